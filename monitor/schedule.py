"""When something is due: pure answers with the time as an argument, and the only APScheduler.

Whatever rings the bell (cron, a timer, ``serve``), the same question is asked: which digest is due
now? Its answer is a local date, and that date is the key under which the store lets a digest be
decided once. So a bell that rings twice, late, or through a change of clocks sends one digest.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from threading import Event
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from monitor.search import Search

_WEEK = 7
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_OUTBOX = 300.0
"""Seconds between two looks at mail that could not be sent and at whatever else is due."""
_AHEAD = timedelta(days=1)
_EARLY = 0.9
"""A source is due after nine tenths of its interval: a cron line and an interval of the same length
shall agree, and a visit begins some time after its bell."""


def moment(search: Search, day: date) -> datetime:
    """Give the instant (UTC) at which a search's digest of a local date is due.

    A time that the clocks skip is taken as if they had not (02:30 becomes 03:30), a time that they
    repeat is taken the first time: that is what ``fold=0`` means in PEP 495.
    """
    return datetime.combine(day, search.at, ZoneInfo(search.zone)).astimezone(UTC)


def period(search: Search, now: datetime) -> str | None:
    """Give the local date (ISO) of the newest digest that was due by now; ``None`` without days.

    It is the newest only: after three days of sleep one digest catches up with everything.
    """
    newest = _newest(search, now)
    return newest.isoformat() if newest else None


def due(search: Search, last: tuple[str, datetime] | None, now: datetime) -> str | None:
    """Give the period whose digest shall be decided now, or ``None``.

    ``last`` is the newest decided period and when it was decided. A new search is due at once: it
    shows what is open, and the reader sees that it works. A decision that lies more
    than a day ahead was made under a wrong clock; it stands for its own period only.
    """
    newest = _newest(search, now)
    if newest is None:
        return None
    if last and last[0] == newest.isoformat():
        return None
    if last and moment(search, newest) <= last[1] <= now + _AHEAD:
        return None
    return newest.isoformat()


def _newest(search: Search, now: datetime) -> date | None:
    today = now.astimezone(ZoneInfo(search.zone)).date()
    for back in range(_WEEK + 1):
        day = today - timedelta(days=back)
        if day.weekday() in search.days and moment(search, day) <= now:
            return day
    return None


class Span(NamedTuple):
    """A whole week or month: its name, where the one before began, its own two ends (UTC)."""

    period: str
    before: datetime
    since: datetime
    until: datetime


def summary(search: Search, now: datetime) -> Span | None:
    """Give the newest whole week (from Monday) or month whose summary was due by now.

    It is due at the search's time on the first day after. A day begins at midnight in its zone,
    where the clocks skip that an hour later; so spans tile the time line.
    """
    if search.summary is None:
        return None
    end = _first(search, now.astimezone(ZoneInfo(search.zone)).date())
    if moment(search, end) > now:
        end = _first(search, end - timedelta(days=1))
    begin = _first(search, end - timedelta(days=1))
    before = _first(search, begin - timedelta(days=1))
    name = f"week {begin:%G-W%V}" if search.summary == "weekly" else f"month {begin:%Y-%m}"
    return Span(name, *(_midnight(search, day) for day in (before, begin, end)))


def _first(search: Search, day: date) -> date:
    """Give the first day of the week or the month of a day."""
    return day - timedelta(days=day.weekday() if search.summary == "weekly" else day.day - 1)


def _midnight(search: Search, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(search.zone)).astimezone(UTC)


def spans(intervals: Mapping[str, float]) -> dict[str, float]:
    """Give the seconds after which each source counts as due, from its interval."""
    return {source: interval * _EARLY for source, interval in intervals.items()}


def serve(
    turn: Callable[[], object],
    intervals: Iterable[float],
    searches: Iterable[Search],
    bell: Event | None = None,
) -> None:
    """Take a turn at once and whenever something may be due, until interrupted.

    ``bell`` may be rung by others besides, from any thread.

    Every bell only asks; what is due is decided by the functions above and the store. Bells that
    ring while a turn is under way are one turn more. The turns run in the calling thread, so that a
    signal interrupts them like any command: ``KeyboardInterrupt`` ends the bells and is passed on.
    """
    bell = bell or Event()
    bell.set()
    bells = _bells(bell, intervals, searches)
    bells.start()
    try:
        while bell.wait():
            bell.clear()
            turn()
    finally:
        bells.shutdown(wait=False)


def _bells(bell: Event, intervals: Iterable[float], searches: Iterable[Search]) -> Any:
    """Hang one bell an interval, one a search, one for the outbox; none of them rings yet."""
    from apscheduler.schedulers.background import BackgroundScheduler  # noqa: PLC0415 - 0.3 s
    from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415 - that only
    from apscheduler.triggers.interval import IntervalTrigger  # noqa: PLC0415 - serve needs

    # By default APScheduler drops what is more than a second late, and says so only in its log.
    late = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    bells = BackgroundScheduler(timezone=UTC, job_defaults=late)
    for length in sorted({_OUTBOX, *intervals}):
        bells.add_job(bell.set, IntervalTrigger(seconds=int(length), timezone=UTC))
    for search in searches:
        # By name: in APScheduler's numbers 0 is Monday, in a crontab's it is Sunday.
        days = ",".join(_DAYS[day] for day in search.days)
        at = {"day_of_week": days, "hour": search.at.hour, "minute": search.at.minute}
        bells.add_job(bell.set, CronTrigger(**at, timezone=ZoneInfo(search.zone)))
    return bells
