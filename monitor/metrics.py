"""What is seen from outside as Prometheus text, version 0.0.4. Pure.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from monitor import closing, staleness

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from monitor.gauges import Gauges, Health

TYPE = "text/plain; version=0.0.4; charset=utf-8"
HEALTHS = ("fine", "stale", "failing", "broken", "quarantined", "never")


class Metric(NamedTuple):
    """One metric with its samples, each with at most one label."""

    name: str
    kind: str
    help: str
    samples: Iterable[tuple[tuple[str, str] | None, float]]


def text(gauges: Gauges, intervals: Mapping[str, float], multiple: float, now: datetime) -> str:
    """Write everything; ``intervals`` are seconds by the sources that are watched."""
    lines: list[str] = []
    for metric in _metrics(gauges, intervals, multiple, now):
        lines += (
            f"# HELP rolecall_{metric.name} {metric.help}",
            f"# TYPE rolecall_{metric.name} {metric.kind}",
        )
        lines += (
            f"rolecall_{metric.name}{_label(label)} {value}" for label, value in metric.samples
        )
    return "\n".join([*lines, ""])


def _label(label: tuple[str, str] | None) -> str:
    if label is None:
        return ""
    name, value = label
    escaped = value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
    return f'{{{name}="{escaped}"}}'


def _metrics(
    gauges: Gauges, intervals: Mapping[str, float], multiple: float, now: datetime
) -> Iterator[Metric]:
    watched = {one.source: one for one in gauges.sources if one.source in intervals}
    healths = Counter(
        _health(watched[name], interval, multiple, now) if name in watched else "never"
        for name, interval in intervals.items()
    )
    yield Metric(
        "sources",
        "gauge",
        "Sources in rolecall.toml by how they stand.",
        [(("health", name), healths[name]) for name in HEALTHS],
    )
    yield Metric(
        "source_last_success_timestamp_seconds",
        "gauge",
        "When the newest visit that did not fail began, by source.",
        [
            (("source", one.source), one.read_at.timestamp())
            for one in watched.values()
            if one.read_at
        ],
    )
    yield Metric("postings_open", "gauge", "Postings that are open.", [(None, gauges.open)])
    yield from _letters(gauges)
    yield Metric("hosts_left_alone", "gauge", "Hosts not asked for now.", [(None, gauges.hosts)])
    yield from _run(gauges)
    yield from _totals(gauges)


def _health(one: Health, interval: float, multiple: float, now: datetime) -> str:
    """Name how a source stands, by the worst that is true of it."""
    if closing.quarantined(one.quarantined_at, now):
        return "quarantined"
    if one.broken:
        return "broken"
    if one.failures:
        return "failing"
    stale = staleness.of_source(
        known_since=one.known_since,
        read_at=one.read_at,
        quarantined_at=None,
        interval=interval,
        multiple=multiple,
        now=now,
    )
    return "stale" if stale else "fine"


def _letters(gauges: Gauges) -> Iterator[Metric]:
    kept = gauges.outbox.get("pending", 0) + gauges.outbox.get("sending", 0)
    dead = gauges.outbox.get("dead", 0)
    yield Metric(
        "outbox_letters",
        "gauge",
        "Letters that are kept to be sent, or were given up.",
        [(("state", "kept"), kept), (("state", "dead"), dead)],
    )


def _run(gauges: Gauges) -> Iterator[Metric]:
    """Say nothing of a run before there was one."""
    run = gauges.run
    if run is None:
        return
    seconds = (run.ended - run.began).total_seconds()
    for name, words, value in (
        ("last_run_timestamp_seconds", "When the last run ended.", run.ended.timestamp()),
        ("last_run_exit_code", "The exit code of the last run that ended.", run.code),
        ("last_run_duration_seconds", "How long the last run took.", seconds),
    ):
        yield Metric(name, "gauge", words, [(None, value)])


def _totals(gauges: Gauges) -> Iterator[Metric]:
    totals = gauges.totals
    yield Metric(
        "crawls_total",
        "counter",
        "Visits that were recorded, by outcome.",
        [(("outcome", one.outcome), one.crawls) for one in totals],
    )
    asked = {
        "read": sum(one.answered - one.not_modified for one in totals),
        "not_modified": sum(one.not_modified for one in totals),
        "failed": sum(one.failed for one in totals),
    }
    yield Metric(
        "requests_total",
        "counter",
        "Requests of recorded visits, by how they were answered; robots.txt is none of them.",
        [(("answer", name), number) for name, number in asked.items()],
    )
    received = sum(one.bytes for one in totals)
    words = "Bytes of the answers of recorded visits, unpacked."
    yield Metric("received_bytes_total", "counter", words, [(None, received)])
