"""The statements of looking back: what happened in a span of time, and summaries of it.

A summary moves no cursor: it counts what digests tell and tells no event itself.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor import audience, deliveries, dispatch, rows, ties
from monitor.database import reading, writing
from monitor.ledger import EVENTS, NOTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from monitor.deliveries import Letter
    from monitor.digest import Pending
    from monitor.search import Search

# Of one posting (+at: never by the time, which would look at all that ever closed).
_TURN = """
    SELECT kind FROM events WHERE source = ? AND posting = ? AND held = 0 AND +at < ?
    AND kind IN ('closed', 'reopened', 'retracted') ORDER BY id DESC LIMIT 1
"""


class Past:
    """What lies behind, each question and each change a transaction of its own."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def began(self, search: str) -> tuple[datetime, datetime] | None:
        """Give when the first visit began and when a search was first told; ``None`` before."""
        with reading(self._connection):
            row = self._connection.execute(
                "SELECT (SELECT min(started) FROM crawls) AS visited, min(decided_at) AS told"
                " FROM digests WHERE search = ? AND kind = 'digest'",
                (search,),
            ).fetchone()
        if row["visited"] is None or row["told"] is None:
            return None
        return rows.instant(row["visited"]), rows.instant(row["told"])

    def summarised(self, search: str, period: str) -> bool:
        """Say whether the summary of a period was decided."""
        with reading(self._connection):
            found = self._connection.execute(
                "SELECT 1 FROM digests WHERE search = ? AND period = ?", (search, period)
            )
            return found.fetchone() is not None

    def span(self, search: Search, since: datetime, until: datetime) -> Pending:
        """Give what happened from an instant up to another, as a digest would be given it."""
        ends = (rows.text_of_instant(since), rows.text_of_instant(until))
        with reading(self._connection):
            events = tuple(
                rows.event(row)
                for row in self._connection.execute(
                    f"{EVENTS} WHERE e.at >= ? AND e.at < ? AND e.held = 0 ORDER BY e.id", ends
                )
            )
            ids = [event.id or 0 for event in events] or [1, 0]
            crawls = self._connection.execute(
                f"{NOTES} WHERE c.started >= ? AND c.started < ? ORDER BY c.id", ends
            )
            tied = ties.of_events(self._connection, min(ids) - 1, max(ids))
            return replace(
                dispatch.pending(self._connection, search, until),
                since=since,
                events=events,
                crawls=tuple(rows.note(row) for row in crawls),
                known=(),
                told_closed=self._closed(dispatch.keys(events, tied), ends[0]),
                ties=tied,
                told=frozenset(),
            )

    def _closed(self, keys: Iterable[tuple[str, str]], since: str) -> frozenset[tuple[str, str]]:
        """Give those of the postings whose newest told turn before an instant is a closing."""
        turns = {key: self._connection.execute(_TURN, (*key, since)).fetchone() for key in keys}
        return frozenset(key for key, row in turns.items() if row and row["kind"] == "closed")

    def decide(
        self,
        search: str,
        ends: tuple[datetime, datetime],
        period: str,
        letters: Sequence[Letter],
        counts: Mapping[str, int],
        now: datetime,
    ) -> None:
        """Commit the summary between two instants with its letters, or raise ``AlreadyDecided``."""
        try:
            with writing(self._connection):
                made = self._connection.execute(
                    "INSERT INTO digests (search, period, since, until, after_event, last_event,"
                    " counts, decided_at, kind) SELECT id, ?, ?, ?, cursor, cursor, ?, ?,"
                    " 'summary' FROM searches WHERE id = ? RETURNING id",
                    (
                        period,
                        *map(rows.text_of_instant, ends),
                        rows.json_text(dict(counts)),
                        rows.text_of_instant(now),
                        search,
                    ),
                ).fetchone()
                deliveries.queue(self._connection, made["id"], letters, now)
                audience.enrol(self._connection, search, letters)
        except sqlite3.IntegrityError as error:
            words = f"{search}: the summary of {period} exists already ({error})"
            raise dispatch.AlreadyDecided(words) from error
