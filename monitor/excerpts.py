"""Two wordings of one text as a reader can take them in: short, marked, at most a handful. Pure.

A plain sentence diff of one real pair gave 103 passages of which 13 mattered; so the weighty ones
come first and the rest is a number. ``passages`` finds them and leaves out unchanged middles; here
they are chosen and their differing words marked.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from monitor.passages import word_of
from monitor.wording import clean, count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MOST = 5  # passages a card
LONGEST = 300  # characters a passage
_JOIN = 3  # runs closer than this many words read better as one
_MOST_WORDS = 400  # a longer passage is cut before it is compared
_LABELS = {"reworded": "Reworded", "added": "Added", "removed": "Removed"}


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a passage; ``marked`` when it is what differs."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One labelled difference of two texts, given as a clean line of each; "" where there is none.

    What differs is marked when it is asked for: of a thousand changed texts a letter shows a few.
    """

    label: str
    old: str = ""
    new: str = ""

    @property
    def before(self) -> tuple[Span, ...]:
        """The former side in pieces; an added passage has none."""
        return self._side(self.old, 0)

    @property
    def after(self) -> tuple[Span, ...]:
        """The side as it stands now in pieces; a removed passage has none."""
        return self._side(self.new, 2)

    def _side(self, text: str, at: Literal[0, 2]) -> tuple[Span, ...]:
        if not (self.old and self.new):
            return (Span(clean(text, LONGEST)),) if text else ()
        runs = _runs(self.old, self.new)
        return _spans(text.split(), [(run[at], run[at + 1]) for run in runs])


def shown(found: Sequence[Mapping[str, Any]]) -> tuple[tuple[Excerpt, ...], str]:
    """Choose the passages to show and say in words how many were left out ("" when none)."""
    weighty = [one for one in found if one.get("significant")]
    chosen = weighty[:MOST] or list(found)[: MOST - 2]
    excerpts = tuple(excerpt for excerpt in map(_excerpt, chosen) if excerpt)
    left = len(found) - len(chosen)
    if not left:
        return excerpts, ""
    which = "more wording change" if len(weighty) > len(chosen) else "smaller wording change"
    return excerpts, "and " + count(left, which)


def _excerpt(found: Mapping[str, Any]) -> Excerpt | None:
    label = _LABELS.get(str(found.get("kind")))
    old, new = (
        " ".join(clean(found.get(side) or "").split()[:_MOST_WORDS]) for side in ("before", "after")
    )
    if label == "Added" and new:
        return Excerpt(label, new=new)
    if label == "Removed" and old:
        return Excerpt(label, old)
    if label == "Reworded" and old and new:
        return Excerpt(label, old, new)
    return None


@lru_cache(maxsize=1024)
def _runs(before: str, after: str) -> list[tuple[int, int, int, int]]:
    """Give the runs of words that differ, near ones joined, as ranges on either side.

    Where a comma came or went the word is the same: punctuation is never marked as a difference.
    A card's passages are asked for in text and in HTML, by each reader that it is shown to.
    """
    runs: list[tuple[int, int, int, int]] = []
    old, new = ([word_of(word) for word in side.split()] for side in (before, after))
    for tag, b0, b1, a0, a1 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if runs and b0 - runs[-1][1] < _JOIN and a0 - runs[-1][3] < _JOIN:
            grown = runs.pop()
            runs.append((grown[0], b1, grown[2], a1))
        else:
            runs.append((b0, b1, a0, a1))
    return runs


def _spans(words: list[str], runs: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    """Cut a side into what stayed and what differs, at most ``LONGEST`` characters in all."""
    spans: list[Span] = []
    room, at = LONGEST, 0
    for start, end in (*runs, (len(words), len(words))):
        for piece, marked in ((words[at:start], False), (words[start:end], True)):
            if piece and room > 1:
                spans.append(Span(clean(" ".join(piece), room), marked))
                room -= len(spans[-1].text) + 1
        at = end
    return tuple(spans)
