"""How near one posting is to another: by telling words, then by what both state. Pure.

A word tells something of a posting when few others have it, and when it is not what its employer
says under every title. Which words are rare is for the store to count; here they are chosen,
weighed and looked for. What a posting does not state counts neither for it nor against it.

Languages without spaces between words are compared by their facts and by whole runs only.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from crawler.fields import places
from monitor.passages import tokens
from monitor.prints import stem, title_words
from monitor.search import PER_YEAR, Fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crawler.items import Posting, Salary

WORDS = 32
"""Telling words that a posting is drawn by; more of them find the same postings, only slower."""
ASKED = 300
"""Different words of a posting whose frequency is asked for."""
SIBLINGS = 30
"""Postings of the same source that show what an employer says under every title."""
NEAR = 0.3
"""The closeness from which a search with ``like`` keeps a posting (docs/decides.md)."""
LIKE = 10.0
"""What full closeness counts in the fit of a search with ``like``: more than a few words."""
_SHARED, _OFTEN = 4, 3
"""One in so many siblings, or so many, may have a word that still tells something."""
_TITLE = 5.0
"""What a word of the title counts, against one of the text."""
_TEXT = 0.7
"""How close the same words make two postings that state no facts; facts scale it up and down."""
_FEWEST, _MOST = 10, 2000
_COMMON = 10
"""A word of more than one in so many postings is telling in a title at most."""
_NAMED = 3
"""Shared words that are named to the reader."""
_PLACES = 8
# Where most postings have no text, the commonest words look rare.
_FUNCTION = frozenset(
    {"about", "across", "all", "also", "an", "and", "any", "are", "as", "at", "be", "been",
     "being", "both", "but", "by", "can", "could", "did", "do", "does", "each", "for", "from",
     "had", "has", "have", "how", "if", "in", "into", "is", "it", "its", "just", "like",
     "more", "most", "must", "need", "needs", "no", "not", "of", "on", "one", "only", "or",
     "other", "our", "out", "over", "own", "per", "should", "so", "some", "such", "than",
     "that", "the", "their", "them", "then", "there", "these", "they", "this", "those",
     "through", "to", "too", "under", "up", "us", "very", "via", "was", "we", "well", "were",
     "what", "when", "where", "which", "while", "who", "whose", "why", "will", "with",
     "within", "without", "would", "you", "your"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Portrait:
    """A posting as others are compared with it.

    ``words`` are its telling words (stems) with their weights, heaviest first; ``rare`` those of
    them by which others can be looked up at little cost. ``shown`` gives a stem as the posting
    writes it. ``same`` are the (source, id) pairs of the postings that are the same role.
    """

    source: str
    posting: Posting
    words: tuple[tuple[str, float], ...] = ()
    rare: tuple[str, ...] = ()
    shown: tuple[tuple[str, str], ...] = ()
    same: frozenset[tuple[str, str]] = frozenset()

    @property
    def place(self) -> str:
        """Name the posting as commands do: ``source/id``."""
        return f"{self.source}/{self.posting.id}"


def common(total: int) -> int:
    """Give how many of ``total`` postings may have a word of a text that still tells something."""
    return min(max(total // _COMMON, _FEWEST), _MOST)


def asked(posting: Posting, siblings: Sequence[Posting], total: int) -> dict[str, int]:
    """Give the words whose frequency must be known, the title's first, and how far to count.

    A word of the text is counted until it is too common. One that a quarter of the
    siblings have, and more than three, is what the employer always says and is not asked for.
    """
    under = Counter(word for each in siblings for word in _written(each.body))
    most = max(len(siblings) / _SHARED, _OFTEN)
    text = (word for root, word in _written(posting.body).items() if under[root] <= most)
    found = dict.fromkeys(_written(posting.title).values(), total)
    found |= {word: common(total) + 1 for word in text if word not in found}
    return dict(islice(found.items(), ASKED))


def draw(
    source: str,
    posting: Posting,
    counts: Mapping[str, int],
    total: int,
    same: frozenset[tuple[str, str]] = frozenset(),
) -> Portrait:
    """Draw the portrait of a posting from how many of ``total`` postings have each word.

    ``counts`` are by the words of ``asked``, the title's first. A word that no other posting has
    says nothing of how near others are.
    """
    title = frozenset(title_words(posting.title)[0])
    times = Counter(map(stem, tokens(posting.body)))
    weights: dict[str, float] = {}
    for word, having in counts.items():
        root = stem(word)
        if having > 1 and (root in title or having <= common(total)):
            rarity = math.log(1 + total / having)
            weights[root] = rarity * (_TITLE if root in title else math.log(1 + (times[root] or 1)))
    heaviest = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:WORDS]
    shown: dict[str, str] = {}
    for word in counts:
        shown.setdefault(stem(word), word)
    rare = [shown[root] for root, _ in heaviest if counts[shown[root]] <= _MOST]
    return Portrait(
        source=source,
        posting=posting,
        words=tuple(heaviest),
        rare=tuple(rare or (shown[root] for root, _ in heaviest)),
        shown=tuple((root, shown[root]) for root, _ in heaviest),
        same=same,
    )


def near(portrait: Portrait, posting: Posting) -> Fit:
    """Say in words why a posting is near, and how near as a score from 0 to 1.

    A word of the title counts half where the other has it only in its text.
    """
    title, text = set(title_words(posting.title)[0]), _written(posting.body)
    own = set(title_words(portrait.posting.title)[0])
    shares = {
        root: weight if root in title or root not in own else weight / 2
        for root, weight in portrait.words
        if root in title or root in text
    }
    whole = sum(weight for _, weight in portrait.words)
    shared = sum(shares.values()) / whole if whole else 0.0
    scale = _TEXT
    reasons = ["same title"] if own and own == title else []
    reasons += _named(portrait, shares)
    for part, agree, words in _facts(portrait.posting, posting):
        if agree is not None:
            scale += part if agree else -part / 2
            reasons += [words] if agree else []
    return Fit(tuple(reasons), round(min(shared * scale, 1.0), 4))


def kept(portrait: Portrait, source: str, posting: Posting) -> Fit | None:
    """Say why a search that is ``like`` this portrait keeps a posting, or ``None``.

    The posting itself is kept: its own news concerns whoever named it.
    """
    if (source, posting.id) == (portrait.source, portrait.posting.id):
        return Fit(("the posting that this search is like",), LIKE)
    fit = near(portrait, posting)
    return Fit(fit.reasons, LIKE * fit.score) if fit.score >= NEAR else None


def _named(portrait: Portrait, shares: Mapping[str, float]) -> Iterator[str]:
    if shares:
        shown = dict(portrait.shown)
        named = [f"“{shown[root]}”" for root in islice(shares, _NAMED)]
        more = len(shares) - len(named)
        yield f"shares {', '.join(named)}" + (f" and {more} more" if more else "")


def _facts(one: Posting, other: Posting) -> Iterator[tuple[float, bool | None, str]]:
    """Give for each fact its part of the closeness, whether both agree, and words for it.

    ``None`` is said where one of them states nothing, or what cannot be compared.
    """
    yield 0.1, _placed(one, other), "same place"
    yield 0.05, _overlap(one.salary, other.salary), "pay overlaps"
    yield 0.05, _listed(one.requirements, other.requirements), "asks the same degree"
    yield 0.05, _listed(one.employment_types, other.employment_types), "same employment type"
    remote = (one.remote == other.remote) if one.remote and other.remote else None
    yield 0.05, remote, f"both {'on site' if one.remote == 'onsite' else one.remote}"


def _placed(one: Posting, other: Posting) -> bool | None:
    if not one.places or not other.places:
        return None
    if {place.name for place in one.places} & {place.name for place in other.places}:
        return True
    pairs = ((a, b) for a in one.places[:_PLACES] for b in other.places[:_PLACES])
    return any(places.same(a, b) for a, b in pairs)


def _listed(some: Sequence[str], others: Sequence[str]) -> bool | None:
    return not set(some).isdisjoint(others) if some and others else None


def _overlap(one: Salary | None, other: Salary | None) -> bool | None:
    """Say whether two intervals of pay have an amount in common, an open end reaching anywhere."""
    if one is None or other is None or not one.currency or one.currency != other.currency:
        return None
    if one.period not in PER_YEAR or other.period not in PER_YEAR:
        return None
    (low, high), (least, most) = _yearly(one), _yearly(other)
    return low <= most and least <= high


def _yearly(pay: Salary) -> tuple[float, float]:
    factor = PER_YEAR[pay.period or "year"]
    low = -math.inf if pay.min is None else pay.min * factor
    return low, math.inf if pay.max is None else pay.max * factor


def _written(text: str) -> dict[str, str]:
    """Give the stems of a text, each with the word it was first written as; no numbers."""
    found: dict[str, str] = {}
    for word in tokens(text):
        if len(word) > 1 and not word.isdigit() and word not in _FUNCTION:
            found.setdefault(stem(word), word)
    return found
