"""``rolecall record``: one live visit, kept as a test case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.captures import INDEX, replace
from crawler.items import plain
from monitor.commands import lines, named, network, opened, visits
from monitor.commands.command import FINE, NOTHING_DONE, command, said
from monitor.sweep import sweep

if TYPE_CHECKING:
    from crawler.items import Crawl
    from monitor.commands.voice import Voice


@command("record")
@click.argument("source", shell_complete=named.sources)
@click.option(
    "--into",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("fixtures"),
    show_default=True,
    help="Where the folder of the source stands.",
)
@said
def record_command(voice: Voice, source: str, into: Path) -> int:
    """Record one visit of a source as a test case.

    Writes every exchange and the postings that were read (postings.json, to be checked by eye) into
    DIR/SOURCE/TIME. The store is neither read nor written: the visit sees every page in full.
    """
    config = opened.config(voice)
    visits.reachable(config)
    network.tell(voice, config)
    crawls: list[Crawl] = []
    sweep(
        visits.chosen(config, [source]),
        store=None,
        settings=config.scrapy()
        | visits.logging(voice)
        | {"ROLECALL_MODE": "record", "ROLECALL_CAPTURES": str(into.absolute())},
        finished=crawls.append,
    )
    crawl = crawls[0]
    voice.trouble(lines.crawl_line(crawl, None))
    folder = into / source / f"{crawl.started:%Y%m%dT%H%M%S}"
    if not (folder / INDEX).exists():
        voice.trouble(f"{folder}: nothing was exchanged, so nothing is recorded", fg="red")
        return NOTHING_DONE
    _expect(folder, crawl)
    voice.result(str(folder), {"recorded": str(folder), "postings": crawl.found})
    return NOTHING_DONE if crawl.outcome == "failed" else FINE


def _expect(folder: Path, crawl: Crawl) -> None:
    """Write what was read as the case's expectation."""
    postings = sorted(crawl.postings, key=lambda posting: posting.id)
    text = json.dumps(plain(tuple(postings)), indent=1, ensure_ascii=False)
    replace(folder / "postings.json", text.encode() + b"\n")
