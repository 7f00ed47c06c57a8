"""Summaries on their way out: counted, decided together with their outbox rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor import schedule
from monitor.commands import letters
from monitor.store import AlreadyDecided

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.commands.work import Work
    from monitor.config import Config
    from monitor.schedule import Span
    from monitor.search import Search
    from monitor.store import Letter, Store
    from monitor.summary import Summary


def decide(work: Work, search: Search, moment: datetime) -> None:
    """Commit the summary that is due, if one is: of the newest whole week or month, once.

    The first one is of the span in which the search was first told something. Nobody is sent one
    of a span that ended before.
    """
    span = schedule.summary(search, moment)
    if span is None or work.store.past.summarised(search.id, span.period):
        return
    began = work.store.past.began(search.id)
    if began is None or began[1] >= span.until:
        return
    readers, _ = letters.listening(work, search)
    if not readers:
        return
    made = counted(work.store, search, span)
    ends = (span.since, span.until)
    mails = [(to, letters.keys(work.store, search, to)) for to in readers]
    sent = work.drawn(lambda config: [written(config, made, to, keys) for to, keys in mails])
    try:
        work.store.past.decide(search.id, ends, span.period, sent, made.counts, moment)
    except AlreadyDecided:
        return
    work.tally.digests += 1
    letters.announce(work.voice, search, span.period, sent, made.counts)


def counted(store: Store, search: Search, span: Span) -> Summary:
    """Count a span, and the one before if Rolecall watched all of it."""
    from monitor.summary import summarise  # noqa: PLC0415 - once a week

    began = store.past.began(search.id)
    now = store.past.span(search, span.since, span.until)
    watched = began is not None and began[0] <= span.before
    before = store.past.span(search, span.before, span.since) if watched else None
    return summarise(search, now, before, period=span.period)


def written(
    config: Config, summary: Summary, recipient: str, keys: letters.Keys = letters.NO_KEYS
) -> Letter:
    """Render one summary for one address, with the templates and the sender of the file."""
    from monitor.render import summarised  # noqa: PLC0415 - once a week

    return summarised(
        summary,
        recipient,
        config.delivery.sender,
        templates=config.templates_path(),
        public_url=config.public_url,
        token=keys[0],
        manage=keys[1],
    )
