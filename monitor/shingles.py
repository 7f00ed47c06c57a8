"""The sketch of a text: enough of its phrases to say how much of one text stands in another.

Of all phrases of five words those with the smallest hashes are kept, which is an even sample
whatever the text. Typography, punctuation and resellers' marks are nothing; what an employer says
under every title can be told apart and left out. Hashes are the same in every process.
"""

from __future__ import annotations

from bisect import bisect_left
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING

from monitor.passages import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.prints import Print

SHINGLE = 5
"""Words that make a shingle: two texts that share one share a phrase and not only a subject."""
SKETCH = 128
"""Shingles that are kept of a text: its smallest hashes, an even sample whatever the text."""
_HASH = 6
"""Bytes of a hash: exact in JSON and in any database, and far more than one text has shingles."""
LEAST = 12
"""Shingles below which nothing is said of two texts."""
EVERYWHERE = 3, 5
"""Under how many titles a shingle stands that says nothing of a role: so many, one in so many."""


def sketched(text: str) -> tuple[tuple[int, ...], int]:
    """Give the sketch of a text, ascending, and how many different shingles the text has."""
    hashes = sorted(_hashes(_shingles(text)))
    # Bytes of one length stand in the order of the numbers they are.
    return tuple(int.from_bytes(one, "big") for one in hashes[:SKETCH]), len(hashes)


def containment(one: Print, other: Print, common: frozenset[int] = frozenset()) -> float | None:
    """Give the share of the smaller text's shingles that stands in the other, from 0 to 1.

    Estimated from the sketches (within 0.2 on recorded boards). ``None`` when there is too little
    text to say.
    """
    bound = min(_bound(one), _bound(other))
    some = {shingle for shingle in one.sketch if shingle <= bound} - common
    others = {shingle for shingle in other.sketch if shingle <= bound} - common
    least = min(len(some), len(others))
    return len(some & others) / least if least >= LEAST else None


def boilerplate(prints: Iterable[Print]) -> frozenset[int]:
    """Give the shingles that an employer's texts share whatever the role.

    Those that stand under at least three titles and a fifth of all; take some 200 prints of the
    employer at most. Prints of one role say nothing of the others.
    """
    # Most shingles stand under one title alone; a set for each would take 30 MB a thousand texts.
    first: dict[int, tuple[str, ...]] = {}
    titles: dict[int, set[tuple[str, ...]]] = {}
    bounds: dict[tuple[str, ...], float] = {}
    for one in prints:
        if one.sketch:
            bounds[one.title] = max(_bound(one), bounds.get(one.title, 0))
        for shingle in one.sketch:
            before = first.setdefault(shingle, one.title)
            if before != one.title:
                titles.setdefault(shingle, {before}).add(one.title)
    # A long text keeps fewer of its shingles: only those count that could have kept this one.
    able = sorted(bounds.values())
    least, share = EVERYWHERE
    return frozenset(
        shingle
        for shingle, under in titles.items()
        if len(under) >= max(least, (len(able) - bisect_left(able, shingle)) / share)
    )


def _bound(one: Print) -> float:
    """Give the hash up to which a sketch holds all the shingles of its text."""
    return one.sketch[-1] if one.shingles > len(one.sketch) else float("inf")


def _hashes(phrases: Iterable[bytes]) -> list[bytes]:
    made = []
    fresh = blake2b(digest_size=_HASH).copy  # costs half of what it costs to make one
    for phrase in phrases:
        one = fresh()
        one.update(phrase)
        made.append(one.digest())
    return made


def _shingles(body: str) -> set[bytes]:
    """Give every phrase of five words; signs are none, for a ``+`` may be a bullet."""
    spoken = " ".join(words(body)).encode().split(b" ")
    runs = zip(*(islice(spoken, i, None) for i in range(SHINGLE)), strict=False)
    return set(map(b" ".join, runs))
