"""``rolecall export``: the pages as a static site, for those who run no server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.commands import opened, page
from monitor.commands.command import FINE, command, said
from monitor.lookup import Lookup
from monitor.web.export import MOST, export
from monitor.wording import count

if TYPE_CHECKING:
    from monitor.commands.voice import Voice


_CALLED = {
    "posting": "postings",
    "compare": "pairs of readings",
    "text": "texts",
    "crawl": "visits",
    "crawls": "lists of visits",
    "postings": "lists of postings",
    "latest": "lists of changes",
    "source": "sources",
    "statistics": "statistics of a source",
    "digest": "digests",
    "letter": "letters",
}
"""What the pages that were left out are called."""


@command("export")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--most", default=MOST, show_default=True, type=click.IntRange(1), help="Pages at most."
)
@said
def export_command(voice: Voice, folder: Path, most: int) -> int:
    """Write the pages of `serve` as a static site.

    DIR is replaced as a whole. Links are relative. Search, narrowing and kept pages need a server
    and are left out; of what is too much, the pages nearest to the first one are written.
    """
    config = opened.config(voice)
    with Lookup.open(config.path(config.store)) as lookup:
        written, left = export(page.site(config), lookup, folder, most=most)
    few = [f"{number:,} {_CALLED.get(name, name)}" for name, number in left.most_common()]
    voice.result(
        f"{folder / 'index.html'}: {count(written, 'page')}"
        + (f"; left out, because of --most {most}: {', '.join(few)}" if left else ""),
        {"folder": str(folder), "pages": written, "left_out": dict(left)},
    )
    return FINE
