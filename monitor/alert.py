"""What the operator is told of sources that broke or recovered: one letter a run. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor import health
from monitor.search import watches
from monitor.wording import clean, count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from monitor.digest import Pending
    from monitor.events import Event
    from monitor.search import Search

SEARCH = "(alerts)"
"""The search under which alerts are remembered; no id of a user's search has parentheses."""
NAME = "Alerts"
MOST = 60  # lines before the rest is a number


@dataclass(frozen=True, slots=True)
class Alert:
    """One letter to the operator; ``period`` names it for good, ``counts`` are sources by kind."""

    period: str
    since: datetime
    until: datetime
    headline: str
    notes: tuple[health.Note, ...]
    counts: Mapping[str, int]
    search: str = SEARCH
    name: str = NAME
    zone: str = "UTC"


def compose(pending: Pending, recipient: str, readers: Iterable[Search]) -> Alert | None:
    """Make the alert of one address, ``None`` when it has nothing to say.

    ``readers`` are the searches whose digests are taken for enough: what is told there to the same
    address is left out.
    """
    events = [event for event in pending.events if not _told(event, recipient, readers)]
    if not events or pending.since is None:
        return None
    counts = {
        word: sum(event.kind == kind for event in events)
        for kind, word in (("source_broken", "broke"), ("source_recovered", "recovered"))
    }
    notes = [health.of_event(each, health.named(pending, each.source, None)) for each in events]
    return Alert(
        period=f"after {pending.cursor}",
        since=pending.since,
        until=pending.until,
        headline=_headline(events, pending, counts),
        notes=health.capped(notes, MOST),
        counts=counts,
    )


def _told(event: Event, recipient: str, readers: Iterable[Search]) -> bool:
    return any(
        watches(search, event.source) and recipient.lower() in map(str.lower, search.to)
        for search in readers
    )


def _headline(events: list[Event], pending: Pending, counts: Mapping[str, int]) -> str:
    """Say it in a few words: "Acme broke", "3 sources broke, 1 recovered"."""
    said = [(word, number) for word, number in counts.items() if number]
    if len(events) == 1:
        name = health.named(pending, events[0].source, None)
        return f"{clean(name, 60)} {said[0][0]}"
    (word, number), *rest = said
    return ", ".join([f"{count(number, 'source')} {word}", *(f"{n} {w}" for w, n in rest)])
