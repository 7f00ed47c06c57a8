"""``rolecall extract``: read saved pages without a crawl, a configuration or a store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING

import click

from crawler.extract import ExtractError, extract
from crawler.fields import conditions, terms
from crawler.items import plain
from monitor.commands import lines, named
from monitor.commands.command import FINE, NOTHING_DONE, SOME_FAILED, command, said
from monitor.complaints import ConfigError, meant
from monitor.config import kinds

if TYPE_CHECKING:
    from crawler.items import Posting, Snippet
    from monitor.commands.voice import Voice

_MORE = ("auto", "text")


@command("extract")
@click.argument("kind", shell_complete=named.kinds)
@click.argument("files", nargs=-1, required=True, type=click.File("rb"), metavar="FILE...")
@click.option("--url", metavar="URL", help="The link the page was saved from.")
@click.option("--organization", metavar="NAME", help="The employer, where the page does not say.")
@said
def extract_command(
    voice: Voice, kind: str, files: tuple[IO[bytes], ...], url: str | None, organization: str | None
) -> int:
    """Read saved pages and print their postings.

    KIND is a kind of source, `auto` to find out, or `text` for a posting saved as plain text. FILE
    may be - for stdin. With --json one posting a line; what other postings a page shows in short
    carries "snippet": true.
    """
    known = (*_MORE, *kinds())
    if kind not in known:
        hint = meant(kind, known) or f"; it can be {', '.join(known)}"
        raise ConfigError([f'no kind "{kind}"{hint}'])
    refused = 0
    for file in files:
        try:
            found = extract(
                kind, file.read(), url=url, organization=organization, now=datetime.now(UTC)
            )
        except ExtractError as error:
            voice.trouble(f"{file.name}: {error}", fg="red")
            refused += 1
        else:
            _print(voice, file.name, *found)
    if not refused:
        return FINE
    return NOTHING_DONE if refused == len(files) else SOME_FAILED


def _print(voice: Voice, name: str, postings: list[Posting], snippets: list[Snippet]) -> None:
    for posting in postings:
        told = {
            "seniority": terms.seniority(posting.title),
            "conditions": plain(conditions.read(posting.title, posting.body)),
        }
        voice.result(lines.posting_line(posting), plain(posting) | told)
    for snippet in snippets:
        fields = plain(snippet) | {"snippet": True}
        voice.result(f"  similar: {lines.posting_line(snippet)}", fields)
    if not postings:
        voice.trouble(f"{name}: no posting found")
