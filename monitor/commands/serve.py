"""``rolecall serve``: the same turns as ``run``, on the schedule of rolecall.toml, and the page."""

from __future__ import annotations

from contextlib import ExitStack
from threading import Event
from typing import TYPE_CHECKING

import click

from monitor import schedule
from monitor.commands import opened, page, turn, visits
from monitor.commands.command import FINE, command, said
from monitor.commands.post import posting
from monitor.lock import LockHeld
from monitor.store import StoreError
from monitor.wording import count

if TYPE_CHECKING:
    from monitor.commands.voice import Voice


_PATIENCE = 600.0
"""Seconds a bell waits for a run that somebody started by hand."""


@command("serve")
@click.option("--keep", is_flag=True, help="Archive every visit in the folder `captures`.")
@click.option("--page/--no-page", "paged", default=True, help="Show the page too.")
@said
def serve_command(voice: Voice, keep: bool, paged: bool) -> int:
    """Keep running on a schedule of its own, and show the page.

    Visits every source at its interval and sends every digest at its local time, until SIGTERM or
    Ctrl-C. A time that was missed is caught up once; a digest is never sent twice. The page is at
    `listen` of [page].
    """
    config = opened.config(voice)
    visits.reachable(config)
    voice.talk(
        f"serving {count(len(config.source), 'source')}"
        f" and {count(len(config.search), 'search', 'searches')}"
    )

    def one() -> None:
        try:
            turn.run(voice, config, keep=keep, patience=_PATIENCE)
        except (LockHeld, StoreError, OSError) as error:
            # The next bell tries again; what was not committed did not happen.
            voice.trouble(str(error), fg="red")

    try:
        with ExitStack() as stack:
            bell = Event()
            if paged:
                post = stack.enter_context(posting(voice, config))
                link = stack.enter_context(page.serving(config, post, bell.set))
                voice.talk(f"the page is at {link}")
            schedule.serve(one, config.intervals().values(), config.searches(), bell)
    except KeyboardInterrupt:
        voice.talk("stopped")
    return FINE
