"""``rolecall backup`` and ``rolecall restore``: copies of the store, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor import backups, lock
from monitor.commands import opened
from monitor.commands.command import FINE, command, said
from monitor.commands.work import now
from monitor.store import StoreError
from monitor.wording import count

if TYPE_CHECKING:
    from monitor.backups import Copy
    from monitor.commands.voice import Voice


@command("backup")
@click.argument("file", required=False, type=click.Path(path_type=Path), metavar="[FILE]")
@click.option(
    "--keep",
    default=backups.KEPT,
    show_default=True,
    type=click.IntRange(1),
    help="Copies kept in a folder.",
)
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@said
def backup_command(voice: Voice, file: Path | None, keep: int, force: bool) -> int:
    """Copy the store, also while it is in use, and prove the copy.

    FILE may be a folder: then the copy is named by its time, and all but the newest are deleted.
    Without FILE it is the folder `backups` beside the store.
    """
    config = opened.config(voice)
    store = config.path(config.store)
    if not store.exists():
        raise StoreError(f"{store}: not there yet; `rolecall run` makes it")
    folder = _folder(file, store)
    made = backups.copy(
        store,
        folder / backups.dated(store, now()) if folder else Path(str(file)),
        replace=force,
    )
    voice.result(f"{made.path}: {_content(made)}", _fields("backup", made))
    for gone in backups.thin(store, folder, keep) if folder else ():
        voice.talk(f"deleted {gone}: {keep} newer ones are kept")
    return FINE


@command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@said
def restore_command(voice: Voice, file: Path) -> int:
    """Put a backup in the place of the store.

    FILE is proven first. The store that it replaces is kept beside it, damaged or not. What
    happened since the backup is found again by the next visits and may be told a second time.
    """
    config = opened.config(voice)
    store = config.path(config.store)
    if not file.is_file():
        raise StoreError(f"{file}: there is no such file; name a backup of the store.")
    with lock.hold(store):
        done = backups.restore(file, store, now())
    aside = {"replaced": str(done.aside) if done.aside else None, "waiting": done.waiting}
    voice.result(f"{store}: {_content(done.copy)}", _fields("restored", done.copy) | aside)
    if done.aside:
        voice.talk(f"the store that it replaced is {done.aside}")
    if done.waiting:
        voice.talk(f"{count(done.waiting, 'letter')} waited when it was made; `run` sends them")
    return FINE


def _folder(file: Path | None, store: Path) -> Path | None:
    """Give the folder that is meant, made if it is ours; nothing when a file is meant."""
    if file is not None:
        return file if file.is_dir() else None
    folder = store.with_name(backups.FOLDER)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _content(made: Copy) -> str:
    parts = [f"{made.bytes / 1e6:.1f} MB", count(made.rows["postings"], "posting")]
    return ", ".join([*parts, count(made.rows["events"], "event"), f"version {made.version}"])


def _fields(what: str, made: Copy) -> dict[str, object]:
    return {
        what: str(made.path),
        "bytes": made.bytes,
        "version": made.version,
        "rows": dict(made.rows),
    }
