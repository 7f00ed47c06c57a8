"""What is kept of the past, and for how long. Pure: ``upkeep`` reads and writes.

A posting that is open keeps every reading. Of one that closed long ago the first and the last
reading stay, and every event; what a search was not told yet, and whatever another posting still
has, is never let go.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

SHORTEST = timedelta(days=100)
"""The least that history is kept: a monthly summary counts two months, some of them late."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept.

    ``plain`` and ``history`` count from a posting's closing: how long its last text stays readable
    for every program, and how long each of its readings is kept. ``visits`` are rows of visits that
    led to nothing, ``pages`` the visits that `run --keep` archived; of both so many stay anyway.
    """

    plain: timedelta = timedelta(days=90)
    history: timedelta = timedelta(days=730)
    visits: timedelta = timedelta(days=400)
    visits_least: int = 50
    pages: timedelta = timedelta(days=365)
    pages_least: int = 20


@dataclass(frozen=True, slots=True)
class Held:
    """A posting with the hashes of its readings.

    ``revisions`` are numbers and hashes, oldest first; ``told`` what its events name. ``others``
    are readings that other postings of the same name have.
    """

    source: str
    closed_at: datetime | None
    present: str
    revisions: Sequence[tuple[int, str]]
    told: Collection[str] = ()
    others: Collection[str] = ()


@dataclass(slots=True)
class Plan:
    """What becomes of the readings of some postings.

    ``plain`` and ``whole`` are hashes of readings that shall be plain and packed, ``shown`` of
    those that are packed but for what the views show; ``thinned`` of those whose text goes, with
    the ``revisions`` of these numbers. ``source`` says whose each reading is.
    """

    plain: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    thinned: set[str] = field(default_factory=set)
    revisions: list[int] = field(default_factory=list)
    source: dict[str, str] = field(default_factory=dict)


def plan(held: Collection[Held], keep: Retention, now: datetime, *, told: datetime) -> Plan:
    """Say what becomes of readings; ``told`` is up to when every search knows what happened."""
    made = Plan()
    for one in held:
        if one.closed_at is not None and one.closed_at <= now - keep.plain:
            made.shown.add(one.present)
        else:
            made.plain.add(one.present)
        doomed = _middle(one) if _long_closed(one, keep, now, told) else {}
        made.revisions += doomed
        gone = set(doomed.values())
        made.thinned |= gone
        named = {hash_ for _, hash_ in one.revisions} | set(one.told)
        made.whole |= named - gone
        made.source |= dict.fromkeys((one.present, *named), one.source)
    kept = made.plain | made.shown
    for one in held:
        kept |= _ends(one) | set(one.others)
    made.shown -= made.plain
    made.thinned -= kept
    made.whole -= made.plain | made.shown | made.thinned
    return made


def _long_closed(one: Held, keep: Retention, now: datetime, told: datetime) -> bool:
    if one.closed_at is None:
        return False
    return one.closed_at <= min(now - max(keep.history, SHORTEST), told)


def _middle(one: Held) -> dict[int, str]:
    """Give the revisions between the first and the last, but for those with the text of these."""
    return {number: hash_ for number, hash_ in one.revisions[1:-1] if hash_ not in _ends(one)}


def _ends(one: Held) -> set[str]:
    return {one.present, *(hash_ for _, hash_ in (*one.revisions[:1], *one.revisions[-1:]))}


def old_visits(
    visits: Mapping[datetime, Collection[str]],
    wanted: Collection[str],
    keep: Retention,
    now: datetime,
) -> list[datetime]:
    """Give the archived visits that go, oldest first; ``visits`` are the bodies that each has.

    They are old, not among the newest, and none is the last that has a body of ``wanted``.
    """
    missing, doomed = set(wanted), []
    for place, at in enumerate(sorted(visits, reverse=True)):
        bodies = missing.intersection(visits[at])
        if place >= keep.pages_least and at < now - keep.pages and not bodies:
            doomed.append(at)
        missing -= bodies
    return doomed[::-1]
