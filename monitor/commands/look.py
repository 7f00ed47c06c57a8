"""``rolecall show``, ``search`` and ``status``: what is remembered, read only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crawler.items import plain
from monitor import closing, doctor
from monitor.commands import enrolled, lines, named, opened
from monitor.commands.command import FINE, NOTHING_DONE, SOME_FAILED, command, said
from monitor.commands.work import now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.gates import Gate
    from crawler.items import Source
    from monitor.audience import Stop
    from monitor.commands.voice import Voice
    from monitor.config import Config
    from monitor.events import Known, Tie

_NAMED = ("kind", "board", "url", "organization")
_SEEN = ("baseline_at", "last_visit", "outcome", "suspicious", "found", "usual", "quarantined_at")


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


@command("status")
@said
def status_command(voice: Voice) -> int:
    """Show every source: last visit, outcome, postings.

    Leaves with 1 when a source failed on its last visit or is long overdue, so that a monitor of
    monitors can ask it.
    """
    config = opened.config(voice)
    rows: dict[str, Mapping[str, Any]] = {}
    stops: list[Stop] = []
    gates: list[Gate] = []
    searches = config.searches()
    if config.path(config.store).exists():
        with opened.store(config) as store:
            rows = {str(row["source"]): row for row in store.status()}
            stops, searches = store.audience.stops(), enrolled.searches(config, store)
            gates = store.hosts.gates(now())
    if not config.source:
        voice.trouble("no sources yet; `rolecall add LINK` watches one")
    troubled = 0
    width = max((len(source.id) for source in config.source), default=0)
    for source in config.sources():
        row = rows.get(source.id) or _unseen(source)
        overdue = doctor.overdue(row["last_visit"], config.intervals()[source.id], now())
        troubled += overdue or row["outcome"] == "failed"
        voice.result(_status(row, width, overdue=overdue), plain(dict(row)) | {"overdue": overdue})
    _forgotten(voice, config, rows)
    for gate in gates:
        _spared(voice, gate)
    for finding in doctor.readers(stops, searches):
        voice.talk(f"{finding.what}: {finding.words}")
    return SOME_FAILED if troubled else FINE


def _unseen(source: Source) -> dict[str, Any]:
    """Give the row of a source that was never visited, with the keys of the store's rows."""
    named = {"source": source.id} | {key: getattr(source, key) for key in _NAMED}
    return named | dict.fromkeys(_SEEN) | {"reasons": (), "open": 0, "failures": 0, "broken": False}


def _forgotten(voice: Voice, config: Config, rows: Mapping[str, Any]) -> None:
    names = sorted(set(rows) - {source.id for source in config.source})
    if names:
        voice.talk(f"remembered, but no longer in rolecall.toml: {', '.join(names)}")


def _spared(voice: Voice, gate: Gate) -> None:
    """Say which host is left alone; the sources of it say so by their last visit only."""
    words = gate.words if gate.until > now() else f"kept failing ({gate.why}); tried once more next"
    if voice.json:
        voice.emit(plain(gate) | {"words": words})
    else:
        voice.talk(f"{gate.host}: {words}")


def _status(row: Mapping[str, Any], width: int, *, overdue: bool) -> str:
    name = str(row["source"]).ljust(width)
    visit = row["last_visit"]
    if visit is None:
        return f"{name}  never visited"
    alone = closing.quarantined(row["quarantined_at"], now())
    parts = [f"{row['outcome']} {visit:%Y-%m-%d %H:%M} UTC", f"{row['open']} open"]
    if row["usual"] is not None:
        parts.append(f"usually {row['usual']:g}")
    parts += [f"in quarantine; `rolecall crawl {row['source']}` tries it"] * alone
    parts += ["overdue"] * (overdue and not alone)
    parts += [str(reason) for reason in row["reasons"][:2]]
    return f"{name}  " + ", ".join(parts)
