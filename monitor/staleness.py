"""When what is known is too old to be relied on: sources that are not read, runs that do not come.

A monitor that is dead says nothing, which looks like good news. So somebody else asks (``rolecall
status``, ``/metrics``), and the answer is judged here, by what is remembered and the time. Pure.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from monitor import closing

if TYPE_CHECKING:
    from datetime import datetime

_SKEW = timedelta(minutes=5)
"""By how much clocks may differ; what lies further ahead was written under a wrong one."""


def of_source(
    *,
    known_since: datetime | None,
    read_at: datetime | None,
    quarantined_at: datetime | None,
    interval: float,
    multiple: float,
    now: datetime,
) -> str | None:
    """Say why a source is stale, or ``None``: it was not read for so many intervals (seconds).

    ``known_since`` is its first visit, ``read_at`` the newest that did not fail. One that was never
    visited is not stale, but new; one in quarantine is left alone on purpose.
    """
    if closing.quarantined(quarantined_at, now):
        return None
    read_at = _passed(read_at, now)
    since = read_at or _passed(known_since, now)
    if since is None or now - since <= timedelta(seconds=interval * multiple):
        return None
    what = "not read since" if read_at else "never read since its first visit on"
    return f"{what} {since:%Y-%m-%d %H:%M} UTC, more than {multiple:g} times its interval"


def of_runs(last: datetime | None, span: timedelta, now: datetime) -> str | None:
    """Say why everything is stale, or ``None``: no run or visit ended for longer than ``span``."""
    last = _passed(last, now)
    if last is None or now - last <= span:
        return None
    step = "is `rolecall run` in the crontab, or `rolecall serve` running?"
    return f"no run ended since {last:%Y-%m-%d %H:%M} UTC; {step}"


def _passed(instant: datetime | None, now: datetime) -> datetime | None:
    return instant if instant and instant <= now + _SKEW else None
