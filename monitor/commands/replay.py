"""``rolecall replay``: recorded visits, run offline in the order of their times."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crawler.captures import CaptureError, cases
from monitor.commands import lines, visits
from monitor.commands.command import FINE, NOTHING_DONE, command, said
from monitor.commands.work import Tally
from monitor.digest import compose
from monitor.render import render
from monitor.search import Search
from monitor.store import Store
from monitor.sweep import Sweeper

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crawler.captures import Case
    from crawler.items import Crawl
    from monitor.commands.voice import Voice

_EVERYTHING = Search("replay", "Everything", to=("reader@example.org",))
_SENDER = "Rolecall <rolecall@example.org>"


@command("replay")
@click.argument(
    "folders",
    nargs=-1,
    required=True,
    metavar="DIR...",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
@click.option(
    "--digest",
    "letter",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the digest of it all as .eml, .html and .txt.",
)
@click.option(
    "--store",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Remember in this file instead of a temporary one.",
)
@said
def replay_command(
    voice: Voice, folders: tuple[Path, ...], letter: Path | None, store: Path | None
) -> int:
    """Run recorded visits offline and print what they mean.

    DIR is a source's folder (source.toml and dated visits), or a folder of such. All visits run in
    the order of their times, against a fresh store, without any network.
    """
    recorded = _recorded(folders)
    tally = Tally()
    with ExitStack() as stack:
        if store is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="rolecall-"))
            store = Path(folder) / "replay.db"
        opened = stack.enter_context(Store.open(store))
        _visit(voice, opened, store, recorded, tally)
        if letter:
            _write(voice, opened, letter, recorded[-1].started)
    # A visit that failed when it was recorded is part of the recording: nothing failed now.
    return NOTHING_DONE if tally.failed == tally.visited else FINE


def _recorded(folders: Sequence[Path]) -> list[Case]:
    recorded = {case.path.resolve(): case for folder in folders for case in cases(folder)}
    if not recorded:
        names = ", ".join(map(str, folders))
        raise CaptureError(f"{names}: no recorded visit; `rolecall record SOURCE` makes one")
    return sorted(recorded.values(), key=lambda case: (case.started, str(case.path)))


def _visit(voice: Voice, store: Store, path: Path, recorded: Sequence[Case], tally: Tally) -> None:
    """Run every visit in a child that stays warm; the first one begins what the digest tells."""

    def finished(crawl: Crawl) -> None:
        judgement = visits.record(voice, store, crawl, tally)
        voice.result(f"{crawl.started:%Y-%m-%d %H:%M}  {lines.crawl_line(crawl, judgement)}")
        visits.tell(voice, judgement)

    settings = visits.logging(voice) | {"ROLECALL_MODE": "replay", "ROLECALL_STORE": str(path)}
    with Sweeper(settings) as sweeper:
        for case in recorded:
            here: dict[str, Any] = {"ROLECALL_CAPTURES": str(case.path.resolve())}
            sweeper.sweep([case.source], finished=finished, settings=here)
            if case is recorded[0]:
                # As if the reader had been told of the baseline: the digest is about what followed.
                pending = store.pending(_EVERYTHING, case.started)
                store.decide(_EVERYTHING, "baseline", pending, (), {}, case.started)


def _write(voice: Voice, store: Store, folder: Path, moment: datetime) -> None:
    digest = compose(_EVERYTHING, store.pending(_EVERYTHING, moment), now=moment)
    made = render(digest, _EVERYTHING.to[0], _SENDER)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "digest.eml").write_bytes(made.mime)
    (folder / "digest.html").write_text(made.html, encoding="utf-8")
    (folder / "digest.txt").write_text(made.text, encoding="utf-8")
    fields = {"digest": str(folder), "subject": made.subject, "counts": dict(digest.counts)}
    places = ", ".join(str(folder / f"digest.{end}") for end in ("eml", "html", "txt"))
    voice.result(f"\n{made.subject}\nThe digest is in {places}", fields)
