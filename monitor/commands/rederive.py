"""``rolecall rederive``: what is remembered, read again by today's extractors from kept visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor import lock
from monitor.commands import lines, named, opened, rereading, visits
from monitor.commands.command import FINE, NOTHING_DONE, SOME_FAILED, command, said
from monitor.store import Store, StoreError

if TYPE_CHECKING:
    from monitor.commands.voice import Voice


@command("rederive")
@click.argument("names", nargs=-1, metavar="[SOURCE]...", shell_complete=named.sources)
@click.option("--dry-run", "dry", is_flag=True, help="Read and count, but write nothing.")
@said
def rederive_command(voice: Voice, names: tuple[str, ...], dry: bool) -> int:
    """Read kept visits again with today's extractors.

    Rewrites what is remembered of the sources named, or of all: postings, their history and the
    search index, one transaction a source. Raises no event and changes none that was told. Visits
    are kept by `rolecall run --keep`.
    """
    config = opened.config(voice)
    path, archive = config.path(config.store), config.path(config.captures)
    sources = visits.chosen(config, names) or config.sources()
    if not path.exists():
        raise StoreError(f"{path}: not there yet; `rolecall run` makes it")
    read = failed = 0
    with lock.hold(path), Store.open(path) as store, rereading.Reader(voice) as reader:
        for source in sources:
            kept, troubles = rereading.kept(archive / source.id)
            for trouble in troubles:
                voice.trouble(trouble, fg="red")
            made = reader.derive(store, source, kept)
            if not dry:
                store.rederive(source, made)
            read, failed = read + len(kept), failed + len(troubles)
            fields = lines.derivation_fields(source.id, made, len(kept)) | {"dry_run": dry}
            voice.result(lines.derivation_line(source.id, made, len(kept)), fields)
    if dry:
        voice.talk("nothing was written (--dry-run)")
    if not read:
        words = (
            "no kept visits, so nothing can be re-read; `rolecall run --keep` keeps those to come"
        )
        voice.trouble(f"{archive}: {words}", fg="red")
        return NOTHING_DONE
    return SOME_FAILED if failed else FINE
