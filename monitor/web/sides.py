"""Two texts side by side: line against line, and within a reworded line word against word. Pure."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from monitor.excerpts import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST_LINES = 300
_MOST_WORDS = 300
"""Lines and words up to which a text is aligned: the work grows with their square."""

Spans = tuple[Span, ...]


class Pair(NamedTuple):
    """One line of either side; ``word`` says in a word how they differ ("" when they do not)."""

    word: str
    before: Spans
    after: Spans


def aligned(before: Sequence[str], after: Sequence[str]) -> list[Pair]:
    """Give both texts as pairs of lines."""
    left, right = list(before[:_MOST_LINES]), list(after[:_MOST_LINES])
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    pairs: list[Pair] = []
    for tag, b0, b1, a0, a1 in matcher.get_opcodes():
        if tag == "equal":
            pairs += [Pair("", (Span(text),), (Span(text),)) for text in left[b0:b1]]
        else:
            pairs += [_pair(*sides) for sides in zip_longest(left[b0:b1], right[a0:a1])]
    return pairs


def _pair(before: str | None, after: str | None) -> Pair:
    if before is None or after is None:
        word = "added" if before is None else "removed"
        return Pair(word, _whole(before), _whole(after))
    return Pair("reworded", *_words(before.split()[:_MOST_WORDS], after.split()[:_MOST_WORDS]))


def _whole(text: str | None) -> Spans:
    return () if text is None else (Span(text, marked=True),)


def _words(before: list[str], after: list[str]) -> tuple[Spans, Spans]:
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    left = [(tag != "equal", before[b0:b1]) for tag, b0, b1, _, _ in codes]
    right = [(tag != "equal", after[a0:a1]) for tag, _, _, a0, a1 in codes]
    return tuple(_spans(left)), tuple(_spans(right))


def _spans(runs: list[tuple[bool, list[str]]]) -> Iterator[Span]:
    for marked, words in runs:
        if words:
            yield Span(" ".join(words), marked)
