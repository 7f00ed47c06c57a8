"""``rolecall thin``: keep the store and the kept visits small."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import click

from monitor import lock
from monitor.commands import opened, tidying
from monitor.commands.command import FINE, command, said
from monitor.commands.work import now
from monitor.store import Store, StoreError
from monitor.wording import count

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.commands.tidying import Kept
    from monitor.commands.voice import Voice
    from monitor.upkeep import Done


@command("thin")
@click.option("--dry-run", "dry", is_flag=True, help="Say what would go, and change nothing.")
@click.option(
    "--compact",
    is_flag=True,
    help="Then write the file anew, without its free space. Takes as much disk again meanwhile.",
)
@said
def thin_command(voice: Voice, dry: bool, compact: bool) -> int:
    """Pack what is remembered, and let go what is no longer kept.

    The table [keep] says what that is. Every `run` does a second's worth of it, `thin` all. What
    is open, the first and the last text of what closed, every event, and all that a digest has yet
    to tell stay.
    """
    config = opened.config(voice)
    path = config.path(config.store)
    if not path.exists():
        raise StoreError(f"{path}: not there yet; `rolecall run` makes it")
    moment = now()
    with lock.hold(path), Store.open(path) as store:
        upkeep = store.upkeep(config.retention(), moment)
        done = upkeep.all(dry=dry)
        kept = tidying.Kept()
        for source in config.sources():
            one = tidying.pages(config, upkeep, source.id, moment, dry=dry)
            kept.visits, kept.spared = kept.visits + one.visits, kept.spared + one.spared
        if compact and not dry:
            _compact(store, path)
    voice.result(_words(done, kept, dry=dry), _fields(done, kept, dry=dry))
    if dry:
        voice.talk("nothing was changed (--dry-run)")
    return FINE


def _compact(store: Store, path: Path) -> None:
    size, free = path.stat().st_size, shutil.disk_usage(path.parent).free
    if free < 2 * size:
        raise StoreError(
            f"{path}: writing it anew takes up to {2 * size / 1e6:.0f} MB meanwhile, and only"
            f" {free / 1e6:.0f} MB are free; everything else was done."
        )
    if not store.compact():
        raise StoreError(f"{path}: another program reads it; close that, then say it again.")


def _words(done: Done, kept: Kept, *, dry: bool) -> str:
    size = f" from {done.before / 1e6:.1f} MB"
    size += "" if dry else f" to {done.after / 1e6:.1f} MB"
    parts = [
        f"{count(done.packed, 'reading')} packed{size if done.packed else ''}",
        f"{count(done.thinned, 'reading')} let go",
        f"{count(done.visits, 'visit')} that led to nothing let go",
        f"{count(kept.visits, 'kept visit')} let go",
    ]
    if kept.spared:
        parts.append(f"{kept.spared / 1e6:.1f} MB of kept pages spared")
    return "; ".join(parts)


def _fields(done: Done, kept: Kept, *, dry: bool) -> dict[str, object]:
    return {
        "postings": done.postings,
        "packed": done.packed,
        "bytes_before": done.before,
        "bytes_after": None if dry else done.after,
        "unpacked": done.unpacked,
        "thinned": done.thinned,
        "visits": done.visits,
        "kept_visits": kept.visits,
        "kept_bytes_spared": kept.spared,
        "dry_run": dry,
    }
