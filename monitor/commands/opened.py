"""What a command opens first: the configuration that is meant, and its store to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor import config as configuration
from monitor.complaints import meant
from monitor.store import Store, StoreError

if TYPE_CHECKING:
    from monitor.commands.voice import Voice
    from monitor.config import Config


def config(voice: Voice) -> Config:
    """Read the file that the command line, the environment or the folder names."""
    return configuration.load(configuration.find(voice.config))


def store(settings: Config) -> Store:
    """Open the store to read from; a missing one is an error with the next step."""
    path = settings.path(settings.store)
    if not path.exists():
        raise StoreError(f"{path}: not there yet; `rolecall run` makes it")
    return Store.open(path, readonly=True)


def unknown(store: Store, posting: str) -> str:
    """Say that there is no such posting, with the source that may be meant or the next step."""
    sources = {str(row["source"]) for row in store.status()}
    name, _, number = posting.partition("/")
    guess = "" if name in sources or number.startswith("/") else meant(name, sources)
    next_step = "; `rolecall search WORDS` finds it by its words"
    return f'no posting "{posting}"{guess or next_step}'
