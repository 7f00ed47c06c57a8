"""``rolecall crawl``: visit sources now, and say what changed there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor import lock
from monitor.commands import named, opened, rereading, runs, visits
from monitor.commands.command import command, said
from monitor.commands.work import Work, now
from monitor.store import Store

if TYPE_CHECKING:
    from monitor.commands.voice import Voice


@command("crawl")
@click.argument("names", nargs=-1, metavar="[SOURCE]...", shell_complete=named.sources)
@said
def crawl_command(voice: Voice, names: tuple[str, ...]) -> int:
    """Visit the sources that are due, or those named.

    Every finished visit is remembered at once; nothing is mailed. Prints one line a source on
    stderr and what changed on stdout.
    """
    config = opened.config(voice)
    wanted = visits.chosen(config, names)
    path = config.path(config.store)
    with lock.hold(path), Store.open(path) as store:
        work = Work(voice, config, store)
        with runs.noted(work, "crawl"):
            sources = wanted or visits.due(config, store, now())
            if not sources:
                voice.talk(visits.idle(config))
            rereading.catch_up(work, sources)
            visits.crawl(work, sources)
    return work.tally.code()
