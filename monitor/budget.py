"""A digest made to fit: full cards, then one-liners, then a count; no mail is clipped. Pure.

Gmail hides what comes after about 102 kB of HTML, and a naive digest of 200 postings has 270 kB.
The steps are fixed, so the same digest is always cut alike; what is cut is counted, never dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.digest import Digest
    from monitor.sections import Bundle, Section


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be shown: cards of changes, other cards in all, and one-liners a section."""

    changed: int
    others: int
    lines: int


LADDER = (
    Limits(60, 60, 150),
    Limits(40, 40, 80),
    Limits(20, 25, 40),
    Limits(15, 15, 40),
    Limits(10, 10, 30),
    Limits(6, 6, 20),
    Limits(3, 3, 12),
    Limits(1, 1, 8),
    Limits(0, 0, 4),
    Limits(0, 0, 0),
)
"""Tried in this order until the letter is small enough; the last one shows counts only."""


_LETTER, _CARD, _LINE = 4_000, 2_700, 600
"""About how many bytes of HTML a letter has without postings, a card has, and a line has."""


def likely(digest: Digest, most: int) -> int:
    """Guess which step of the ladder makes a letter of at most so many bytes; its first is 0."""
    return next(
        (i for i, each in enumerate(LADDER) if _about(digest, each) <= most), len(LADDER) - 1
    )


def _about(digest: Digest, limits: Limits) -> int:
    sections = within(digest, limits).sections
    cards = sum(len(section.cards) for section in sections)
    bundled = sum(1 + len(each.cards) for section in sections for each in section.bundles)
    lines = bundled + sum(len(section.lines) for section in sections)
    return _LETTER + _CARD * cards + _LINE * lines


def within(digest: Digest, limits: Limits) -> Digest:
    """Cut a digest to the limits; every posting stays a card, a line or part of a count."""
    sections = []
    others = limits.others
    for section in digest.sections:
        room = limits.changed if section.key == "changed" else others
        cut = _cut(section, room, limits.lines)
        if section.key != "changed":
            others -= len(cut.cards)
        sections.append(cut)
    return replace(digest, sections=tuple(sections))


def _cut(section: Section, cards: int, lines: int) -> Section:
    """Turn the cards that do not fit into one-liners and the lines that do not fit into counts."""
    waiting = section.cards[cards:] + section.lines
    bundles = []
    room = lines
    more = section.more
    for bundle in section.bundles:
        if room:
            bundles.append(_fewer(bundle, room))
            room = max(0, room - 1 - len(bundles[-1].cards))
        else:
            more += bundle.count
    return replace(
        section,
        cards=section.cards[:cards],
        bundles=tuple(bundles),
        lines=waiting[:lines],
        more=more + len(waiting[lines:]),
    )


def _fewer(bundle: Bundle, lines: int) -> Bundle:
    left = len(bundle.cards[lines:])
    return replace(bundle, cards=bundle.cards[:lines], more=bundle.more + left)
