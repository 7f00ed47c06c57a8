"""``rolecall similar``: the open postings near one that is remembered, read only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor.commands import lines, opened
from monitor.commands.command import FINE, NOTHING_DONE, command, said

if TYPE_CHECKING:
    from monitor.commands.voice import Voice


@command("similar")
@click.argument("posting")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="At most.")
@said
def similar_command(voice: Voice, posting: str, limit: int) -> int:
    """List the open postings near one, the nearest first.

    POSTING is what other commands print in brackets, SOURCE/ID, or the posting's link. Every line
    says why it is there. What is surely the same role at another source, or another year's, is left
    out.
    """
    with opened.store(opened.config(voice)) as store:
        found = store.similar(posting)
        unknown = "" if found else opened.unknown(store, posting)
    if found is None:
        voice.trouble(unknown)
        return NOTHING_DONE
    portrait, near = found
    voice.talk(f"near {lines.posting_line(portrait.posting)} [{portrait.place}]")
    for known, fit in near[:limit]:
        text = f"{lines.posting_line(known.posting)} [{known.source}/{known.posting.id}]"
        why = lines.one_line(", ".join(fit.reasons))
        fields = lines.known_fields(known) | {"closeness": fit.score, "why": list(fit.reasons)}
        voice.result(f"{text}\n  {fit.score:.0%} near: {why}", fields)
    if not near:
        voice.trouble("no open posting shares any telling word with it")
    return FINE
