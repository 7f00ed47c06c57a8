"""``rolecall run``: everything that is due, once; what cron calls."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from monitor.commands import opened, turn, visits
from monitor.commands.command import command, said
from monitor.commands.work import Tally

if TYPE_CHECKING:
    from monitor.commands.voice import Voice


@command("run")
@click.option("--keep", is_flag=True, help="Archive every visit in the folder `captures`.")
@click.option("--exit-code", "news", is_flag=True, help="Leave with 10 when something is new.")
@said
def run_command(voice: Voice, keep: bool, news: bool) -> int:
    """Crawl, compose and deliver whatever is due (for cron).

    Without a terminal it says nothing unless something is wrong. A second run leaves at once with
    exit code 5 while the first is under way.
    """
    voice.quiet = not (sys.stderr.isatty() or voice.verbose)
    config = opened.config(voice)
    tally = turn.run(voice, config, keep=keep)
    voice.talk(str(tally) if tally != Tally() else visits.idle(config), event="run")
    if tally.sent and config.delivery.method == "folder":
        folder = config.path(config.delivery.folder)
        voice.talk(f"digests lie in {folder}; any mail program opens them")
    return tally.code(news=news)
