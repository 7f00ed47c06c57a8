"""The statements behind the statistics: days on which postings came and went, pay, time open."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from monitor import rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import datetime


class Flow(NamedTuple):
    """How many postings first appeared and closed on each day (ISO date, UTC)."""

    appeared: Counter[str]
    closed: Counter[str]


class Pay(NamedTuple):
    """The stated pay of one open posting."""

    currency: str
    period: str
    low: float
    high: float


class Figures:
    """Reads inside a transaction that its caller holds; ``source`` narrows to one source."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def flow(self, source: str | None = None) -> Flow:
        """Count by day when postings were first seen and when those that are closed closed."""
        appeared = self._connection.execute(
            "SELECT substr(first_seen, 1, 10) AS day, count(*) AS n FROM postings"
            " WHERE :source IS NULL OR source = :source GROUP BY 1",
            {"source": source},
        )
        closed = self._connection.execute(
            "SELECT substr(closed_at, 1, 10) AS day, count(*) AS n FROM postings"
            " WHERE (:source IS NULL OR source = :source)"
            " AND state = 'closed' AND closed_at IS NOT NULL GROUP BY 1",
            {"source": source},
        )
        return Flow(_by_day(appeared), _by_day(closed))

    def told(self, kind: str, since: datetime, source: str | None = None) -> Counter[str]:
        """Count events of a kind by day (ISO date, UTC), since a moment."""
        counted = "SELECT substr(at, 1, 10) AS day, count(*) AS n FROM events WHERE held = 0"
        values = (kind, rows.text_of_instant(since))
        if source is None:
            found = self._connection.execute(
                f"{counted} AND kind = ? AND at >= ? GROUP BY 1", values
            )
        else:
            # Its few events are found by source; the index on time would look at everybody's.
            found = self._connection.execute(
                f"{counted} AND kind = ? AND +at >= ? AND source = ? GROUP BY 1",
                (*values, source),
            )
        return _by_day(found)

    def pay(self, source: str | None = None) -> list[Pay]:
        """Give the stated pay of every open posting that states currency and period."""
        found = self._connection.execute(
            "SELECT y.currency, y.period, y.low, y.high FROM pay y WHERE y.closed = 0"
            " AND (:source IS NULL"
            " OR y.posting IN (SELECT id FROM postings WHERE source = :source))",
            {"source": source},
        )
        return [Pay(*row) for row in found]

    def lives(self, source: str | None = None) -> dict[tuple[int, bool], int]:
        """Count postings by whole days from first to last seen, and whether they closed then.

        Those that stood at their source's first complete visit are left out: nobody knows how long
        they had been open.
        """
        found = self._connection.execute(
            "SELECT CAST(julianday(CASE p.state WHEN 'closed' THEN coalesce(p.closed_at,"
            " p.last_seen) ELSE p.last_seen END) - julianday(p.first_seen) AS INTEGER) AS days,"
            " p.state = 'closed' AS ended, count(*) AS n"
            " FROM postings p JOIN sources s ON s.id = p.source"
            " WHERE (:source IS NULL OR p.source = :source) AND p.first_seen > s.baseline_at"
            " GROUP BY 1, 2",
            {"source": source},
        )
        return {(max(row["days"], 0), bool(row["ended"])): row["n"] for row in found}


def _by_day(found: Iterable[sqlite3.Row]) -> Counter[str]:
    return Counter({row["day"]: row["n"] for row in found})
