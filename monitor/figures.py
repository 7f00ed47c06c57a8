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
    """A stated pay."""

    currency: str
    period: str
    low: float
    high: float


class Figures:
    """Reads inside a transaction that its caller holds; ``source`` narrows to one source.

    Of everything together, what was counted as it was written is read (``counted_tables``), and a
    day is the Monday of its week; one source's rows are few enough to be counted when asked.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def flow(self, source: str | None = None) -> Flow:
        """Count by day when postings were first seen and when those that are closed closed."""
        if source is None:
            weeks = self._connection.execute("SELECT week, appeared, closed FROM flow").fetchall()
            return Flow(
                Counter({week: n for week, n, _ in weeks}),
                Counter({week: n for week, _, n in weeks}),
            )
        appeared = self._connection.execute(
            "SELECT substr(first_seen, 1, 10) AS day, count(*) AS n FROM postings"
            " WHERE source = ? GROUP BY 1",
            (source,),
        )
        closed = self._connection.execute(
            "SELECT substr(closed_at, 1, 10) AS day, count(*) AS n FROM postings"
            " WHERE source = ? AND state = 'closed' AND closed_at IS NOT NULL GROUP BY 1",
            (source,),
        )
        return Flow(_by_day(appeared), _by_day(closed))

    def told(self, kind: str, since: datetime, source: str | None = None) -> Counter[str]:
        """Count events of a kind by day (ISO date, UTC), since the beginning of a Monday."""
        moment = rows.text_of_instant(since)
        if source is None:
            found = self._connection.execute(
                "SELECT week AS day, n FROM told WHERE kind = ? AND week >= ?", (kind, moment[:10])
            )
        else:
            # Its few events are found by source; the index on time would look at everybody's.
            found = self._connection.execute(
                "SELECT substr(at, 1, 10) AS day, count(*) AS n FROM events WHERE held = 0"
                " AND kind = ? AND +at >= ? AND source = ? GROUP BY 1",
                (kind, moment, source),
            )
        return _by_day(found)

    def pay(self, source: str | None = None) -> Counter[Pay]:
        """Count the open postings that state a pay with currency and period, by what they state."""
        if source is None:
            found = self._connection.execute("SELECT * FROM pay_counts WHERE n > 0")
        else:
            found = self._connection.execute(
                "SELECT y.currency, y.period, y.low, y.high, count(*) FROM postings p"
                " JOIN pay y ON y.posting = p.id WHERE p.source = ? AND y.closed = 0"
                " AND y.currency IS NOT NULL AND y.period IS NOT NULL GROUP BY 1, 2, 3, 4",
                (source,),
            )
        return Counter({Pay(*stated): n for *stated, n in found})

    def lives(self, source: str | None = None) -> dict[tuple[int, bool], int]:
        """Count postings by whole days from first to last seen, and whether they closed then.

        Those that stood at their source's first complete visit are left out: nobody knows how long
        they had been open.
        """
        if source is None:
            found = self._connection.execute("SELECT days, ended, n FROM ages WHERE n > 0")
        else:
            found = self._connection.execute(_LIVES, (source,))
        return {(row["days"], bool(row["ended"])): row["n"] for row in found}


_LIVES = """
    SELECT max(CAST(julianday(CASE p.state WHEN 'closed' THEN coalesce(p.closed_at, p.last_seen)
        ELSE p.last_seen END) - julianday(p.first_seen) AS INTEGER), 0) AS days,
        p.state = 'closed' AS ended, count(*) AS n
    FROM postings p JOIN sources s ON s.id = p.source
    WHERE p.source = ? AND p.first_seen > s.baseline_at GROUP BY 1, 2
"""


def _by_day(found: Iterable[sqlite3.Row]) -> Counter[str]:
    return Counter({row["day"]: row["n"] for row in found})
