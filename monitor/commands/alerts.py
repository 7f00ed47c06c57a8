"""Alerts on their way out: what broke in this run, one letter to each operator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor import alert
from monitor.commands import enrolled, letters
from monitor.store import AlreadyDecided

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from monitor.alert import Alert
    from monitor.audience import Stop
    from monitor.commands.work import Work
    from monitor.config import Config
    from monitor.search import Search
    from monitor.store import Letter


def begin(work: Work, moment: datetime) -> None:
    """Tell what happens from the first run on that has somebody to tell."""
    if work.config.alarm.to:
        work.store.alarms.begin(moment)


def decide(work: Work, moment: datetime) -> None:
    """Commit what broke or recovered with its letters; a second time there is nothing to say."""
    pending = work.store.alarms.pending(moment) if work.config.alarm.to else None
    if pending is None:
        return
    (search,) = work.config.alarms()
    to, withheld = letters.listening(work, search)
    stops = work.store.audience.stops()
    enough = () if work.config.alarm.always else enrolled.searches(work.config, work.store)
    pairs = [
        (recipient, alert.compose(pending, recipient, _reached(enough, recipient, stops)))
        for recipient in (*to, *withheld)
    ]
    told = [(recipient, one) for recipient, one in pairs if one is not None]
    made = work.drawn(lambda config: [_written(config, one, to) for to, one in told])
    shown = told[0][1] if told else None
    period = f"after {pending.cursor}"
    try:
        work.store.alarms.decide(pending, made, period, shown.counts if shown else {})
    except AlreadyDecided:
        return
    if shown is not None:
        letters.announce(work.voice, search, shown.period, made, shown.counts)


def _written(config: Config, one: Alert, recipient: str) -> Letter:
    from monitor.render import alerted  # noqa: PLC0415 - most runs have nothing to say

    sender, public_url = config.delivery.sender, config.public_url
    return alerted(one, recipient, sender, templates=config.templates_path(), public_url=public_url)


def _reached(searches: Iterable[Search], recipient: str, stops: Iterable[Stop]) -> list[Search]:
    """Give the searches whose digests do reach an address, as far as is known."""
    stopped = tuple(stops)
    return [
        search
        for search in searches
        if not any(stop.covers(search.id, recipient) for stop in stopped)
    ]
