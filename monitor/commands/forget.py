"""``rolecall forget``: remove a reader and everything that is kept of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crawler.items import plain
from monitor import complaints, lock, notation, outbox
from monitor.commands import opened
from monitor.commands.command import FINE, SOME_FAILED, Written, command, said
from monitor.complaints import Complaint, ConfigError
from monitor.store import Store
from monitor.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.commands.voice import Voice
    from monitor.config import Config
    from monitor.store import Forgotten


@command("forget")
@click.argument("address", type=Written("address", notation.address))
@said
def forget_command(voice: Voice, address: str) -> int:
    """Remove a reader and everything that is kept of them.

    Letters and their files, keys to leave by, what they stopped or subscribed to, and searches of
    theirs alone that rolecall.toml names no more. Refused while it names ADDRESS. Nothing of it is
    brought back.
    """
    config = opened.config(voice)
    _unnamed(config, address)
    path = config.path(config.store)
    opened.store(config).close()
    with lock.hold(path), Store.open(path) as store:
        # Files first: once the rows are gone, nothing tells which files they were.
        files = _remove(config, store.letters_of(address))
        forgotten = store.forget(address, [search.id for search in config.search])
    fields = {"address": address, "files": files} | plain(forgotten)
    voice.result(f"{address}: {_words(forgotten, files)}", fields)
    voice.talk("Copies elsewhere are yours to remove: backups, exported pages, mail that was sent.")
    voice.talk("Restart `rolecall serve`, if it runs: it knows rolecall.toml as it was.")
    if not forgotten.scrubbed:
        voice.trouble("traces may stand in the file: another program reads it. Run this again.")
    return FINE if forgotten.scrubbed else SOME_FAILED


def _unnamed(config: Config, address: str) -> None:
    """Refuse an address that the file still names: the next letter would begin it all again."""
    found = list(_naming(config, address.lower()))
    if found:
        text = config.file.read_text(encoding="utf-8-sig")
        raise ConfigError(complaints.listed(str(config.file), text, found))


def _naming(config: Config, address: str) -> Iterator[Complaint]:
    for index, search in enumerate(config.search):
        if address in map(str.lower, search.to):
            words = f"still names {address}; take it out, then forget it"
            yield Complaint(("search", index, "to"), words)
    if address in config.delivery.sender.lower():
        words = f"every letter names {address} as its sender; change it, then forget it"
        yield Complaint(("delivery", "sender"), words)


def _remove(config: Config, letters: Iterable[str]) -> int:
    """Delete the files of letters; give how many there were."""
    folder = config.path(config.delivery.folder)
    files = [folder / outbox.file_of(letter) for letter in letters]
    there = [file for file in files if file.is_file()]
    for file in there:
        file.unlink()
    return len(there)


def _words(forgotten: Forgotten, files: int) -> str:
    removed = [
        count(forgotten.letters, "letter"),
        count(files, "file"),
        count(forgotten.keys, "key"),
        count(forgotten.stops, "stop"),
        count(forgotten.enrolments, "subscription"),
        *(f"the search {name}" for name in forgotten.searches),
    ]
    kept = (forgotten.letters, files, forgotten.keys, forgotten.stops, forgotten.enrolments)
    return f"removed {', '.join(removed)}" if any(kept) else "nothing was kept"
