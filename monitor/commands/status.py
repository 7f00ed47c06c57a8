"""``rolecall status``: how every source stands, for people and for a monitor of monitors."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from crawler.items import plain
from monitor import closing, doctor, notation, staleness
from monitor.commands import enrolled, network, opened
from monitor.commands.command import FINE, NOTHING_DONE, SOME_FAILED, command, said
from monitor.commands.work import now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from crawler.gates import Gate
    from crawler.items import Source
    from monitor.audience import Stop
    from monitor.commands.voice import Voice
    from monitor.config import Config
    from monitor.runs import Run
    from monitor.search import Search

_NAMED = ("kind", "board", "url", "organization")
_SEEN = (
    *("first_seen", "baseline_at", "last_visit", "succeeded_at", "outcome", "suspicious", "found"),
    *("usual", "quarantined_at"),
)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store knows; nothing, where there is none yet."""

    rows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    searches: Sequence[Search] = ()
    stops: Sequence[Stop] = ()
    gates: Sequence[Gate] = ()
    run: Run | None = None


@command("status")
@said
def status_command(voice: Voice) -> int:
    """Show every source: last visit, outcome, postings.

    Leaves with 1 when a source failed on its last visit or is stale (not read for 3 of its
    intervals), with 3 when all of them are stale or no run ended for 26 hours, so that a monitor of
    monitors can ask it. [alarm] of rolecall.toml has other numbers.
    """
    config = opened.config(voice)
    known, moment = _known(config), now()
    if not config.source:
        voice.trouble("no sources yet; `rolecall add LINK` watches one")
    silent = staleness.of_runs(
        _last(known), timedelta(seconds=notation.seconds(config.alarm.silence)), moment
    )
    stale = troubled = 0
    width = max((len(source.id) for source in config.source), default=0)
    for source in config.sources():
        row = known.rows.get(source.id) or _unseen(source)
        interval = config.intervals()[source.id]
        words = _stale(config, row, interval, moment)
        overdue = doctor.overdue(row["last_visit"], interval, moment)
        fields = {"overdue": overdue, "stale": words or silent}
        voice.result(_status(row, width, words), plain(dict(row)) | fields)
        stale += words is not None
        troubled += bool(overdue or words or row["outcome"] == "failed")
    _besides(voice, config, known)
    if silent:
        voice.trouble(silent, fg="red")
    if silent or (stale and stale == len(config.source)):
        return NOTHING_DONE
    return SOME_FAILED if troubled else FINE


def _known(config: Config) -> _Known:
    if not config.path(config.store).exists():
        return _Known(searches=config.searches())
    with opened.store(config) as store:
        rows = {str(row["source"]): row for row in store.status()}
        return _Known(
            rows,
            enrolled.searches(config, store),
            store.audience.stops(),
            store.hosts.gates(now()),
            store.runs.last(),
        )


def _last(known: _Known) -> datetime | None:
    """Give when Rolecall was last at work: a run ended, or a visit began."""
    visits = [row["last_visit"] for row in known.rows.values() if row["last_visit"]]
    return max([*visits, *([known.run.ended] if known.run else [])], default=None)


def _stale(config: Config, row: Mapping[str, Any], interval: float, now: datetime) -> str | None:
    return staleness.of_source(
        known_since=row["first_seen"],
        read_at=row["succeeded_at"],
        quarantined_at=row["quarantined_at"],
        interval=interval,
        multiple=config.alarm.stale,
        now=now,
    )


def _unseen(source: Source) -> dict[str, Any]:
    """Give the row of a source that was never visited, with the keys of the store's rows."""
    named = {"source": source.id} | {key: getattr(source, key) for key in _NAMED}
    return named | dict.fromkeys(_SEEN) | {"reasons": (), "open": 0, "failures": 0, "broken": False}


def _besides(voice: Voice, config: Config, known: _Known) -> None:
    """Say what is no source: names that are not watched any more, networks, hosts, readers."""
    names = sorted(set(known.rows) - {source.id for source in config.source})
    if names:
        voice.talk(f"remembered, but no longer in rolecall.toml: {', '.join(names)}")
    network.tell(voice, config)
    for gate in known.gates:
        _spared(voice, gate)
    for finding in doctor.readers(known.stops, (*known.searches, *config.alarms())):
        voice.talk(f"{finding.what}: {finding.words}")


def _spared(voice: Voice, gate: Gate) -> None:
    """Say which host is left alone; the sources of it say so by their last visit only."""
    words = gate.words if gate.until > now() else f"kept failing ({gate.why}); tried once more next"
    if voice.json:
        voice.emit(plain(gate) | {"words": words})
    else:
        voice.talk(f"{gate.host}: {words}")


def _status(row: Mapping[str, Any], width: int, stale: str | None) -> str:
    name = str(row["source"]).ljust(width)
    visit = row["last_visit"]
    if visit is None:
        return f"{name}  never visited"
    alone = closing.quarantined(row["quarantined_at"], now())
    parts = [f"{row['outcome']} {visit:%Y-%m-%d %H:%M} UTC", f"{row['open']} open"]
    if row["usual"] is not None:
        parts.append(f"usually {row['usual']:g}")
    parts += [f"in quarantine; `rolecall crawl {row['source']}` tries it"] * alone
    parts += [f"stale: {stale}"] if stale else []
    parts += [str(reason) for reason in row["reasons"][:2]]
    return f"{name}  " + ", ".join(parts)
