"""What changed in a text, passage by passage: reworded, added, removed.

Pure. Typography, punctuation, case, order and repetition are nothing; reseller marks are no text.
The work grows with the texts and not with their product: likeness is a bit-parallel longest common
subsequence, asked of a few candidates that share telling words.
"""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from crawler.fields.patterns import late
from crawler.fields.text import fold, passages
from monitor.events import Change

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Key: TypeAlias = tuple[str, ...]

LONGEST = 300
"""Characters of a passage that are shown, the ellipses included."""
CONTEXT = 6
"""Equal words that are shown on either side of a difference."""
REWORDED = 0.5
"""Likeness (of words, 0 to 1) from which a removed and an added passage are one, reworded."""
REPLACED = 0.3
"""The share of common text under which a list of differences helps nobody."""
CANDIDATES = 4
"""How many added passages each removed one is compared with closely."""
TELLING = 64
"""A word that stands in more added passages than this finds no candidates."""
ALIGNED = 10_000
"""Pairs of words up to which the inside of a difference is aligned word by word."""
WORDS = 1_000
"""Words of a passage that its likeness is judged by; no sentence is longer."""

_KEPT = 500  # characters of a passage whose words are kept in mind for the next posting

# A word, or one of the signs that carry meaning: 100 EUR is not 100 USD, C++ is not C#.
_TOKEN = late(r"[^\W_]+|[\u20a0-\u20cf$\u00a2-\u00a5\u0e3f%+#<>\u2264\u2265\u00b1]")
# What is no letter and no digit, of ASCII, to a space: a split then gives the words.
_SIGNS = bytes(code for code in range(128) if not chr(code).isalnum())
_PARTED = bytes.maketrans(_SIGNS, b" " * len(_SIGNS))
# Such a sign in front of a passage is a bullet.
_BULLET = late(r"^(?:[+>#<]+\s+)+")
# Resellers and applicant systems sign the texts they pass on; nobody is told anything by it.
_MARK = late(r"#\s?(?:li[-_][\w-]+|j-\d+-[a-z]+)", re.IGNORECASE)
_SIGNIFICANT = late(
    r"\d|[\u20a0-\u20cf$\u00a3\u00a5%]"
    r"|\b(?:pay|paid|unpaid|salar\w*|compensat\w*|stipend\w*|bonus\w*|equity|wage\w*|commission\w*"
    r"|ph\.?d|doctora\w*|master'?s?|bachelor'?s?|m\.?sc|b\.?sc|mba|degree\w*|diploma\w*"
    r"|visa\w*|sponsor\w*|work permit\w*|authori[sz]\w*|citizen\w*|clearance\w*|eligib\w*"
    r"|remote\w*|hybrid\w*|on-?site|in-office|relocat\w*|commut\w*|travel\w*"
    r"|deadline\w*|start date\w*|apply by|closing date|rolling"
    r"|january|february|march|april|june|july|august|september|october|november|december"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekend\w*"
    r"|hour\w*|full-?time|part-?time|shift\w*|night\w*|overtime|permanent|temporary|contract\w*"
    r"|intern\w*|graduat\w*|probation\w*)\b"
)
# These turn the meaning of a passage without being its subject.
_TURNING = late(
    r"\b(?:no|not|never|none|cannot|without|unable|only|must|may|required?|preferred|optional"
    r"|unless|except|n't|one|two|three|four|five|six|seven|eight|nine|ten|twelve)\b"
)


def tokens(text: str) -> list[str]:
    """Give the words and meaningful signs of a text, folded; everything else is typography."""
    return _TOKEN.findall(_BULLET.sub("", _MARK.sub(" ", fold(text))))


def words(text: str) -> list[str]:
    """Give the words of a text alone, as ``tokens`` gives them."""
    folded = _MARK.sub(" ", fold(text))
    if not folded.isascii():
        for sign in (one for one in {*folded} if not one.isalnum()):
            folded = folded.replace(sign, " ")
    return folded.encode().translate(_PARTED).decode().split()


def same_words(before: str, after: str) -> bool:
    """Say whether two texts differ in typography, case and punctuation only."""
    return before == after or tokens(before) == tokens(after)


def body_change(before: str, after: str) -> Change | None:
    """Give the change of a body, or ``None`` when a reader would notice nothing.

    ``after`` of the change is a list of ``{"kind", "before", "after", "significant"}``, those that
    touch pay, dates, degrees, place of work, permits or hours first, each text at most 300
    characters around the difference. A text that shares under 30 % of its words is only said to
    be replaced, one that came or went only to have appeared or vanished. Two differences are given
    as cosmetic, because histories of boards count them as changes of the text and no reader does:
    marks alone, and sentences that ran into one another (``a grant.*The range``).
    """
    if before == after:
        return None
    old, new = _distinct(before), _distinct(after)
    if tokens(before) == tokens(after) or old.keys() == new.keys():
        return _marks(before, after) or _joined(before, after)
    if not old or not new:
        return Change("body", None, [], "minor", "vanished" if old else "appeared")
    removed = [key for key in old if key not in new]
    added = [key for key in new if key not in old]
    pairs = _pairs(removed, added)
    if _common(old, new, pairs) < REPLACED:
        return Change("body", None, [], "minor", "text replaced")
    shown = _shown(old, new, pairs)
    return Change("body", None, shown, "minor", "reworded", noted(shown))


def edit(before: str, after: str) -> list[str]:
    """Give what an edit brought in, or else what it took out, as folded passages in no order.

    Two postings whose different openings were replaced by the same new one got the same edit.
    """
    old, new = before.splitlines(), after.splitlines()
    lost, won = (_unlike(some, others) for some, others in ((old, new), (new, old)))
    stayed = "\n".join(line for line in dict.fromkeys(new) if line in old)
    changed = _elsewhere_not(won - lost, stayed) or _elsewhere_not(lost - won, stayed)
    return sorted(" ".join(key) for key in changed)


def brought(before: str, after: str) -> tuple[frozenset[str], frozenset[str]]:
    """Give the words that ``edit`` may give, and those that it must, in a tenth of its time.

    What it must give are the words that the text had nowhere. Where there are none, it may give
    what was taken out.
    """
    old, new = before.splitlines(), after.splitlines()
    had, has = set(old), set(new)
    won = _words_of(line for line in new if line not in had)
    lost = _words_of(line for line in old if line not in has)
    fresh = won - lost
    if fresh:
        stayed = fold("\n".join(line for line in has if line in had))
        fresh = frozenset(word for word in fresh if word not in stayed)
    return (won if fresh else won | lost), fresh


def _words_of(lines: Iterable[str]) -> frozenset[str]:
    return frozenset(words("\n.\n".join(lines)))  # no mark begins in one line and ends in the next


def _unlike(some: Sequence[str], others: Sequence[str]) -> set[Key]:
    """Give the passages of the lines that the other text has not; a digest asks this often."""
    left = set(others)
    return set(_distinct("\n".join(line for line in some if line not in left)))


def _elsewhere_not(keys: set[Key], stayed: str) -> set[Key]:
    """Leave out the passages that stand in the lines that stayed, which are most of a text."""
    text = fold(stayed) if keys else ""
    if not any(all(word in text for word in key) for key in keys):
        return keys
    return keys - _distinct(stayed).keys()


def _marks(before: str, after: str) -> Change | None:
    """Give the change of two bodies that differ in nothing but marks, if they do."""
    old, new = dict.fromkeys(_MARK.findall(before)), dict.fromkeys(_MARK.findall(after))
    shown = [_whole("added", mark) for mark in new if mark not in old]
    shown += [_whole("removed", mark) for mark in old if mark not in new]
    quiet = [{**passage, "significant": False} for passage in shown]
    return Change("body", None, quiet, "cosmetic", "marks", noted(quiet)) if quiet else None


def _joined(before: str, after: str) -> Change | None:
    """Give the change of two bodies in which nothing but a space came or went between words."""
    old, new = fold(before), fold(after)
    if old == new or old.replace(" ", "") != new.replace(" ", ""):
        return None
    return Change("body", None, [], "cosmetic", "spacing")


@lru_cache(maxsize=8192)
def _key(passage: str) -> Key:
    """Give the words of a passage; the postings of a board have most of theirs in common."""
    return tuple(tokens(passage))


def _distinct(body: str) -> dict[Key, str]:
    """Give each passage once, in order of appearance, by its words; marks and rules are none.

    Careers pages print their whole text twice (once for narrow screens), so repetition is layout.
    """
    found: dict[Key, str] = {}
    for passage in passages(body):
        key = _key(passage) if len(passage) <= _KEPT else tuple(tokens(passage))
        if key:
            found.setdefault(key, passage)
    return found


def _pairs(removed: Sequence[Key], added: Sequence[Key]) -> dict[Key, tuple[Key, float]]:
    """Marry removed to added passages that are alike, the most alike first, with their likeness."""
    places = _index(added)
    scored = [
        (-ratio, i, j)
        for i, key in enumerate(removed)
        for j in _candidates(key, added, places)
        if (ratio := likeness(key[:WORDS], added[j][:WORDS])) >= REWORDED
    ]
    pairs: dict[Key, tuple[Key, float]] = {}
    taken: set[int] = set()
    for ratio, i, j in sorted(scored):
        if removed[i] not in pairs and j not in taken:
            pairs[removed[i]] = (added[j], -ratio)
            taken.add(j)
    return pairs


def _index(added: Sequence[Key]) -> dict[str, list[int]]:
    """Give the passages that each telling word stands in."""
    places: dict[str, list[int]] = {}
    for j, key in enumerate(added):
        for word in dict.fromkeys(key):
            places.setdefault(word, []).append(j)
    return {word: found for word, found in places.items() if len(found) <= TELLING}


def _candidates(key: Key, added: Sequence[Key], places: Mapping[str, list[int]]) -> list[int]:
    """Give the few added passages that share the largest part of their words with this one."""
    shared = Counter(chain.from_iterable(places.get(word, ()) for word in dict.fromkeys(key)))
    ranked = sorted(shared, key=lambda j: (-shared[j] / (len(key) + len(added[j])), j))
    return ranked[:CANDIDATES]


def likeness(before: Sequence[str], after: Sequence[str]) -> float:
    """Give the share of two word lists that stands in both in the same order, from 0 to 1.

    Twice the longest common subsequence over both lengths: difflib's ratio, but exact, and with
    one operation on a long integer for each word whatever the words are.
    """
    masks: dict[str, int] = {}
    for i, word in enumerate(before):
        masks[word] = masks.get(word, 0) | 1 << i
    full = row = (1 << len(before)) - 1
    for word in after:
        hits = row & masks.get(word, 0)
        row = ((row + hits) | (row - hits)) & full
    common = len(before) - row.bit_count()
    return 2 * common / (len(before) + len(after)) if before or after else 1.0


def _common(
    old: Mapping[Key, str], new: Mapping[Key, str], pairs: Mapping[Key, tuple[Key, float]]
) -> float:
    """Give the share of all words that both texts have."""
    kept = sum(len(key) for key in old.keys() & new.keys())
    reworded = sum(
        ratio * (len(key) + len(other)) / 2 for key, (other, ratio) in sorted(pairs.items())
    )
    return 2 * (kept + reworded) / sum(len(key) for key in chain(old, new))


def _shown(
    old: Mapping[Key, str], new: Mapping[Key, str], pairs: Mapping[Key, tuple[Key, float]]
) -> list[dict[str, Any]]:
    """Give the differing passages as values, significant ones first, else as the text has them."""
    won = {other for other, _ in pairs.values()}
    found = [_reworded(old[key], new[other]) for key, (other, _) in pairs.items()]
    found += [_whole("added", new[key]) for key in new if key not in old and key not in won]
    found += [_whole("removed", old[key]) for key in old if key not in new and key not in pairs]
    return sorted(found, key=lambda passage: not passage["significant"])


def _reworded(before: str, after: str) -> dict[str, Any]:
    """Show a passage that was reworded, each side elided around what differs."""
    old, new = before.split(), after.split()
    runs = _runs([word_of(word) for word in old], [word_of(word) for word in new])
    lost = [word for a, b, _, _ in runs for word in old[a:b]]
    won = [word for _, _, c, d in runs for word in new[c:d]]
    return {
        "kind": "reworded",
        "before": _elided(old, [(a, b) for a, b, _, _ in runs]),
        "after": _elided(new, [(c, d) for _, _, c, d in runs]),
        "significant": _matters(f"{before} {after}", " ".join((*lost, *won))),
    }


def _whole(kind: str, passage: str) -> dict[str, Any]:
    """Show a passage that came or went, from where it matters if it is long."""
    hit = _SIGNIFICANT.search(fold(passage))
    start = 0
    if hit is not None and len(passage) > LONGEST:
        start = len(passage[: max(0, hit.start() - LONGEST // 2)].split())
    words = passage.split()
    text = _elided(words, [(start, len(words))])
    return {
        "kind": kind,
        "before": text if kind == "removed" else None,
        "after": text if kind == "added" else None,
        "significant": hit is not None,
    }


def word_of(word: str) -> str:
    """Give the form in which two words are the same word; a lone mark is no word."""
    plain = word.isascii() and word.isalnum()  # then it is its only token, in a tenth of the time
    return word.lower() if plain else " ".join(tokens(word))


def _matters(passage: str, differing: str) -> bool:
    """Say whether a rewording touches what an applicant decides by.

    A turning word ("not", "must", "preferred") matters when its passage is about such a thing.
    """
    words = fold(differing)
    if _SIGNIFICANT.search(words):
        return True
    return bool(_TURNING.search(words) and _SIGNIFICANT.search(fold(passage)))


Run: TypeAlias = tuple[int, int, int, int]


def _runs(old: Sequence[str], new: Sequence[str]) -> list[Run]:
    """Give the spans of words that differ, ``(from, to)`` on either side.

    Equal ends are cut off first; what is left is aligned word by word unless it is very long.
    """
    head = _equal(old, new)
    tail = _equal(old[head:][::-1], new[head:][::-1])
    inner, other = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(inner) * len(other) > ALIGNED:
        return [(head, len(old) - tail, head, len(new) - tail)]
    codes = SequenceMatcher(None, inner, other, autojunk=False).get_opcodes()
    return [
        (head + a, head + b, head + c, head + d)
        for code, a, b, c, d in codes
        if code != "equal" and (any(inner[a:b]) or any(other[c:d]))
    ]


def _equal(old: Sequence[str], new: Sequence[str]) -> int:
    """Count the words with which both begin."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(old), len(new)))


def _elided(words: Sequence[str], spans: Iterable[tuple[int, int]]) -> str:
    """Give the words of the spans with a little context, the rest as ``…``, in 300 characters."""
    near = {
        i
        for first, last in spans
        for i in range(max(first - CONTEXT, 0), min(last + CONTEXT, len(words)))
    }
    kept = [
        word if i in near else "…"
        for i, word in enumerate(words)
        if i in near or i - 1 in near or i == 0
    ]
    text = " ".join(kept)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2].rstrip()} …"


def noted(shown: Iterable[Mapping[str, Any]]) -> str:
    """Say how many passages there are of each kind: ``2 reworded, 1 added``."""
    counts = Counter(passage["kind"] for passage in shown)
    kinds = ("reworded", "added", "removed")
    return ", ".join(f"{counts[kind]} {kind}" for kind in kinds if counts[kind])
