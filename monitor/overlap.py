"""A reader of several searches is told of a posting once: by the first letter that tells it. Pure.

What a letter to the same address told is taken out of what another search has to tell it. Only
what was surely told is: nothing that happened to a posting since, and nothing of a letter that was
given up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor import wording
from monitor.twins import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from monitor.digest import Pending
    from monitor.events import Event
    from monitor.search import Search

_NAMED = 3  # searches by name; more are a count


@dataclass(frozen=True, slots=True)
class Told:
    """One digest that went to a reader: the name of its search and the postings that it told.

    It told what happened to them after the event ``after``, up to and including ``last``.
    """

    name: str
    after: int
    last: int
    until: datetime
    postings: frozenset[tuple[str, str]]

    def tells(self, event: Event) -> bool:
        """Say whether an event is of what it told."""
        within = self.after < (event.id or 0) <= self.last
        return within and (event.source, event.posting_id) in self.postings


def without(pending: Pending, told: Sequence[Told]) -> Pending:
    """Take out what was told; a new search keeps what is open, but for letters of this moment."""
    gone = [event for event in pending.events if any(one.tells(event) for one in told)]
    shown = {key for one in told if one.until == pending.until for key in one.postings}
    out = {event.id for event in gone}
    return replace(
        pending,
        events=tuple(event for event in pending.events if event.id not in out),
        known=tuple(known for known in pending.known if known.key not in shown),
        told_closed=_closed(pending.told_closed, gone),
        told=pending.told | {key for event in gone for key in _fields(event)},
    )


def _closed(
    before: frozenset[tuple[str, str]], gone: Iterable[Event]
) -> frozenset[tuple[str, str]]:
    """Give the postings of which the reader was last told that they closed."""
    closed = set(before)
    for event in gone:
        key = (event.source, event.posting_id or "")
        if event.kind == "closed":
            closed.add(key)
        elif event.kind in ("reopened", "retracted"):
            closed.discard(key)
    return frozenset(closed)


def _fields(event: Event) -> Iterable[tuple[str, str, str]]:
    """Name what an event told of its posting, as ``twins.merged`` takes it."""
    key = (event.source, event.posting_id or "")
    whole = [(*key, WHOLE)] if event.kind == "opened" else []
    return [*((*key, change.field) for change in event.changes), *whole]


def too(searches: Sequence[Search]) -> str:
    """Say which other searches of the reader something fits, in words; "" for none."""
    if not searches:
        return ""
    return f"fits {_names(search.name for search in searches)} too"


def left_out(number: int, told: Iterable[Told]) -> str:
    """Say how many postings a letter leaves out, and where the reader finds them."""
    if number < 1:
        return ""
    stand = "stands" if number == 1 else "stand"
    many = wording.count(number, "more posting")
    verb = "fits" if number == 1 else "fit"
    names = _names(one.name for one in told)
    return f"{many} that {verb} {stand} in your letters of {names}."


def _names(names: Iterable[str]) -> str:
    found = list(dict.fromkeys(f"“{wording.clean(name, 60)}”" for name in names))
    rest = len(found) - _NAMED
    return ", ".join([*found[:_NAMED], *([f"{wording.number(rest)} more"] if rest > 0 else [])])
