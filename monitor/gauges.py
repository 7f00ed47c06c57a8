"""The statements behind ``/metrics``: what is counted of the store in a few short questions.

Somebody asks every few seconds, so nothing here reads visits or postings one by one: what would
take that is counted as it is written (``outside_tables``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from monitor import rows, runs

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from monitor.runs import Run


class Health(NamedTuple):
    """A source as it stands; ``read_at`` is its newest visit that did not fail."""

    source: str
    known_since: datetime
    read_at: datetime | None
    quarantined_at: datetime | None
    failures: int
    broken: bool


class Total(NamedTuple):
    """Visits of one outcome since the store was made, and their requests."""

    outcome: str
    crawls: int
    asked: int
    answered: int
    not_modified: int
    failed: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Gauges:
    """What is seen from outside, at one moment; ``outbox`` are letters not sent, by state."""

    sources: Sequence[Health]
    open: int
    outbox: Mapping[str, int]
    totals: Sequence[Total]
    hosts: int
    run: Run | None


def read(connection: sqlite3.Connection, now: datetime) -> Gauges:
    """Read them inside a transaction that the caller holds."""
    ask = connection.execute
    moment = rows.text_of_instant(now)
    return Gauges(
        sources=[_health(row) for row in ask(_SOURCES)],
        open=ask(_OPEN).fetchone()[0],
        outbox={row["state"]: row["n"] for row in ask(_OUTBOX)},
        totals=[Total(*row) for row in ask("SELECT * FROM crawl_totals ORDER BY outcome")],
        hosts=ask("SELECT count(*) FROM hosts WHERE until > ?", (moment,)).fetchone()[0],
        run=runs.last(connection),
    )


_SOURCES = """
    SELECT id, first_seen, succeeded_at, quarantined_at, failures, broken FROM sources
    WHERE retired_at IS NULL
"""
_OPEN = """
    SELECT (SELECT count(*) FROM postings WHERE state = 'open') - coalesce(sum(
        (SELECT count(*) FROM postings p WHERE p.source = s.id AND p.state = 'open')), 0)
    FROM sources s WHERE s.retired_at IS NOT NULL
"""
_OUTBOX = """
    SELECT state, count(*) AS n FROM outbox WHERE state IN ('pending', 'sending', 'dead')
    GROUP BY state
"""


def _health(row: sqlite3.Row) -> Health:
    return Health(
        row["id"],
        rows.instant(row["first_seen"]),
        rows.maybe_instant(row["succeeded_at"]),
        rows.maybe_instant(row["quarantined_at"]),
        row["failures"],
        bool(row["broken"]),
    )
