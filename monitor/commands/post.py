"""Letters that somebody waits for leave at once, also while a sweep is under way.

A delivery is claimed before it is sent (``outbox``), so two who deliver at one time never send the
same letter; this one need not hold the lock of a run.
"""

from __future__ import annotations

from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

from monitor.commands import letters
from monitor.commands.work import Work
from monitor.complaints import ConfigError
from monitor.store import Store, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from monitor.commands.voice import Voice
    from monitor.config import Config

_PARTING = 2.0
"""Seconds that a letter under way may still take at the end; else its lease brings it back."""


@contextmanager
def posting(voice: Voice, config: Config) -> Iterator[Callable[[], None]]:
    """Have letters delivered while the block runs, whenever what is given is called."""
    bell, ended = Event(), Event()

    def stand_by() -> None:
        while bell.wait() and not ended.is_set():
            bell.clear()
            _deliver(voice, config)

    thread = Thread(target=stand_by, name="rolecall-post", daemon=True)
    thread.start()
    try:
        yield bell.set
    finally:
        ended.set()
        bell.set()
        thread.join(_PARTING)


def _deliver(voice: Voice, config: Config) -> None:
    try:
        with Store.open(config.path(config.store)) as store:
            letters.deliver(Work(voice, config, store))
    except (StoreError, ConfigError, OSError) as error:
        # The next turn tries again; what was not committed did not happen.
        voice.trouble(str(error), fg="red")
