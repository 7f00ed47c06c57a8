"""What a text states of a posting's terms: the meaning, the words, and where they stand.

Purely a value and the way to the sentences that may hold one; the readers beside it decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.fields.text import passages

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 600
"""Characters of a sentence; what is longer is no statement but a text without its full stops."""


@dataclass(frozen=True, slots=True)
class Stated:
    """One thing that a text states: ``meaning`` in fixed words, ``raw`` as the text has it.

    ``start`` and ``end`` are the place of ``raw`` in the text that was handed to the reader.
    """

    meaning: str
    raw: str
    start: int
    end: int


def sentences(text: str, anchors: tuple[str, ...]) -> Iterator[Stated]:
    """Give the sentences that hold one of the anchors (small letters), with nothing as meaning."""
    lowered = text.lower()
    present = [anchor for anchor in anchors if anchor in lowered]
    cursor = 0
    for line in text.splitlines(keepends=True) if present else ():
        begin, cursor = cursor, cursor + len(line)
        for passage in passages(line) if _holds(line, present) else ():
            start = text.find(passage, begin)
            begin = start + len(passage)
            if len(passage) <= LONGEST and _holds(passage, present):
                yield Stated("", passage, start, begin)


def _holds(text: str, anchors: list[str]) -> bool:
    small = text.lower()
    return any(anchor in small for anchor in anchors)
