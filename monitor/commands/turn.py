"""One turn of the wheel: visit what is due, compose what is due, deliver what waits.

Cron's ``run`` is one turn, and so is every bell of ``serve``. What is due is decided by
``schedule`` and the store, so a turn too many finds nothing to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor import lock, schedule
from monitor.commands import (
    alerts,
    enrolled,
    letters,
    pings,
    runs,
    summaries,
    tidying,
    visits,
)
from monitor.commands.work import Tally, Work, now
from monitor.store import Store

if TYPE_CHECKING:
    from monitor.commands.voice import Voice
    from monitor.config import Config


def run(voice: Voice, config: Config, *, keep: bool = False, patience: float = 0.0) -> Tally:
    """Crawl what is due, decide the digests that are due, deliver what waits; under the lock."""
    path = config.path(config.store)
    tally = Tally()
    with (
        lock.hold(path, patience=patience),
        pings.around(voice, config, tally),
        Store.open(path) as store,
        runs.noted(work := Work(voice, config, store, tally), "run"),
    ):
        alerts.begin(work, now())
        sources = visits.due(config, store, now())
        if sources:
            from monitor.commands import rereading  # noqa: PLC0415 - loads what sweeps

            rereading.catch_up(work, sources)
        visits.crawl(work, sources, settings=visits.keeping(config) if keep else None)
        moment = now()
        store.enrolments.purge(moment)
        for search in enrolled.told(config, store):
            period = schedule.due(search, store.last_period(search.id), moment)
            if period:
                letters.decide(work, search, period, moment)
            summaries.decide(work, search, moment)
        alerts.decide(work, moment)
        letters.deliver(work)
        if work.tally.visited:
            tidying.some(work, moment, archived=sources if keep else ())
    return tally
