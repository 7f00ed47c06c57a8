"""``rolecall show`` and ``search``: what is remembered, read only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crawler.items import plain
from monitor.commands import lines, named, opened
from monitor.commands.command import FINE, NOTHING_DONE, command, said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from monitor.commands.voice import Voice
    from monitor.events import Known, Tie


@command("show")
@click.argument("posting", shell_complete=named.sources)
@click.option("--body", is_flag=True, help="Print the whole text of the posting too.")
@said
def show_command(voice: Voice, posting: str, body: bool) -> int:
    """Show one posting: its facts, its links, its history.

    POSTING is what other commands print in brackets, SOURCE/ID, or the posting's link. The name of
    a source shows what its last visit asked for.
    """
    with opened.store(opened.config(voice)) as store:
        found = store.find(posting)
        for known in found:
            timeline = store.timeline(known.source, known.posting.id)
            ties = store.ties(known.source, known.posting.id)
            fields = lines.known_fields(known) | {
                "timeline": [plain(entry) for entry in timeline],
                "links": [lines.tie_fields(tie, known) for tie in ties],
            }
            voice.result("\n".join(_sheet(known, timeline, ties, body=body)), fields)
        asked = () if found else store.requests(posting)
        unknown = "" if found or asked else opened.unknown(store, posting)
        for request in asked:
            voice.result(lines.request_line(request), {"source": posting} | plain(request))
    if unknown:
        voice.trouble(unknown)
        return NOTHING_DONE
    return FINE


def _sheet(
    known: Known, timeline: Sequence[Mapping[str, Any]], ties: Sequence[Tie], *, body: bool
) -> list[str]:
    posting = known.posting
    sheet = [lines.one_line(posting.title), f"  {known.source}/{posting.id}, {_state(known)}"]
    sheet += [f"  {name:<16} {text}" for name, text in lines.facts(posting).items()]
    sheet += [f"  {lines.tie_line(tie, known)}" for tie in ties]
    sheet.append(f"  {known.first_seen:%Y-%m-%d %H:%M}  first seen")
    happened = (entry for entry in timeline if "event" in entry)
    sheet += [f"  {entry['at']:%Y-%m-%d %H:%M}  {_entry(entry)}" for entry in happened]
    if body:
        sheet += ["", *(lines.one_line(line) for line in posting.body.split("\n"))]
    return sheet


def _state(known: Known) -> str:
    if known.state == "closed" and known.closed_at:
        return f"closed since {known.closed_at:%Y-%m-%d} ({known.closed_by or 'no longer listed'})"
    if known.missing_since:
        return f"open, not found since {known.missing_since:%Y-%m-%d} (held)"
    return f"{known.state}, seen {known.first_seen:%Y-%m-%d} to {known.last_seen:%Y-%m-%d}"


def _entry(entry: Mapping[str, Any]) -> str:
    word = f"{entry['event']} (held)" if entry["held"] else str(entry["event"])
    details = [lines.change(change) for change in entry["changes"]] or [entry["reason"] or ""]
    return f"{word}: {'; '.join(details)}" if any(details) else word


@command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--closed", is_flag=True, help="Find closed postings too.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="At most.")
@said
def search_command(voice: Voice, words: tuple[str, ...], closed: bool, limit: int) -> int:
    """Search the remembered postings.

    All WORDS must occur in title, employer, places or text; best matches first.
    """
    with opened.store(opened.config(voice)) as store:
        found = store.search(" ".join(words), limit=limit, closed=closed)
    for known in found:
        mark = " (closed)" if known.state == "closed" else ""
        text = f"{lines.posting_line(known.posting)}{mark} [{known.source}/{known.posting.id}]"
        voice.result(text, lines.known_fields(known))
    if not found:
        voice.trouble("no posting has all these words" + ("" if closed else "; try --closed"))
    return FINE
