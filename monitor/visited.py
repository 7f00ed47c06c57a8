"""The statements that read sources and visits for people: health, usual size, requests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from crawler.items import NEWEST_ONLY
from monitor import rows
from monitor.ledger import NOTES

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from crawler.items import Asked, Counts, Outcome

_SOURCES = """
    SELECT s.*, c.id AS crawl, c.started, c.finished, c.outcome, c.reasons, c.found, c.suspicious,
        (SELECT count(*) FROM postings p WHERE p.source = s.id AND p.state = 'open') AS open,
        (SELECT max(started) FROM crawls WHERE source = s.id
            AND (outcome IN ('complete', 'unchanged') OR reasons = :newest)) AS succeeded
    FROM sources s
    LEFT JOIN crawls c ON c.source = s.id
        AND c.started = (SELECT max(started) FROM crawls WHERE source = s.id)
"""

_NEWEST = rows.json_text((NEWEST_ONLY,))
"""The reasons of a visit that read all there is to read of a source."""


@dataclass(frozen=True, slots=True)
class SourceNote:
    """A source as it stands: its last visit, the last one that read it whole, its usual size.

    ``usual`` is the median of its last complete visits, ``None`` before there is one.
    """

    id: str
    kind: str
    board: str | None
    url: str | None
    organization: str | None
    first_seen: datetime
    retired_at: datetime | None
    baseline_at: datetime | None
    crawl: int | None
    visited: datetime | None
    outcome: Outcome | None
    reasons: tuple[str, ...]
    suspicious: str | None
    found: int | None
    open: int
    usual: float | None
    succeeded: datetime | None
    failures: int
    broken: bool


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit to a source; ``ledger`` says whether its requests are kept."""

    id: int
    source: str
    organization: str | None
    started: datetime
    finished: datetime
    outcome: Outcome
    reasons: tuple[str, ...]
    found: int
    total: int | None
    counts: Counts
    suspicious: str | None
    baseline: int | None


class Visited:
    """Reads inside a transaction that its caller holds."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def sources(self) -> list[SourceNote]:
        """Give every source that was not replaced by another place, by name."""
        found = self._connection.execute(
            f"{_SOURCES} WHERE s.retired_at IS NULL ORDER BY s.id", {"newest": _NEWEST}
        )
        return [_source(row) for row in found]

    def source(self, name: str) -> SourceNote | None:
        """Give one source, a replaced one too."""
        row = self._connection.execute(
            f"{_SOURCES} WHERE s.id = :id", {"newest": _NEWEST, "id": rows.storable(name)}
        ).fetchone()
        return None if row is None else _source(row)

    def crawls(
        self, source: str | None = None, *, before: tuple[str, int] | None = None, limit: int = 50
    ) -> list[Visit]:
        """Give visits, the newest first, of one source or of all."""
        where, values = ["1"], list[Any]()
        if source is not None:
            where.append("c.source = ?")
            values.append(source)
        if before:
            where.append("(c.started, c.id) < (?, ?)")
            values += before
        return self._visits(
            f"WHERE {' AND '.join(where)} ORDER BY c.started DESC, c.id DESC LIMIT ?",
            *values,
            limit,
        )

    def crawl(self, id_: int) -> Visit | None:
        """Give one visit."""
        return next(iter(self._visits("WHERE c.id = ?", id_)), None)

    def _visits(self, condition: str, *values: Any) -> list[Visit]:
        found = self._connection.execute(
            f"{NOTES} {condition}",
            values,
        )
        return [_visit(row) for row in found]

    def requests(self, crawl: int, *, limit: int) -> list[Asked]:
        """Give what a visit asked for, in the order of the answers; of old visits nothing."""
        found = self._connection.execute(
            "SELECT * FROM requests WHERE crawl = ? ORDER BY id LIMIT ?", (crawl, limit)
        )
        return [rows.asked(row) for row in found]


def _source(row: sqlite3.Row) -> SourceNote:
    counts = json.loads(row["counts"])
    return SourceNote(
        id=row["id"],
        kind=row["kind"],
        board=row["board"],
        url=row["url"],
        organization=row["organization"],
        first_seen=rows.instant(row["first_seen"]),
        retired_at=rows.maybe_instant(row["retired_at"]),
        baseline_at=rows.maybe_instant(row["baseline_at"]),
        crawl=row["crawl"],
        visited=rows.maybe_instant(row["started"]),
        outcome=row["outcome"],
        reasons=tuple(json.loads(row["reasons"] or "[]")),
        suspicious=row["suspicious"],
        found=row["found"],
        open=row["open"],
        usual=median(counts) if counts else None,
        succeeded=rows.maybe_instant(row["succeeded"]),
        failures=row["failures"],
        broken=bool(row["broken"]),
    )


def _visit(row: sqlite3.Row) -> Visit:
    return Visit(
        id=row["id"],
        source=row["source"],
        organization=row["organization"],
        started=rows.instant(row["started"]),
        finished=rows.instant(row["finished"]),
        outcome=row["outcome"],
        reasons=tuple(json.loads(row["reasons"])),
        found=row["found"],
        total=row["total"],
        counts=rows.counts(row["counts"]),
        suspicious=row["suspicious"],
        baseline=row["baseline"],
    )
