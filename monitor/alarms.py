"""The statements about alerts: what the operator was not told yet of sources, and that it was.

Alerts are remembered as those of a search of their own (``alert.SEARCH``): its cursor moves in the
transaction that queues their letters, so that an event is in one of them, whatever is killed when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor import dispatch, rows
from monitor.alert import NAME, SEARCH
from monitor.database import reading, writing
from monitor.ledger import EVENTS
from monitor.search import Search

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from monitor.deliveries import Letter
    from monitor.digest import Pending

_HEAD = "SELECT coalesce(max(id), 0) FROM events"


class Alarms:
    """What the operator is told, each question and each change a transaction of its own."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def begin(self, now: datetime) -> None:
        """Tell what happens from now on, unless that was begun before."""
        with reading(self._connection):
            begun = self._row() is not None
        if not begun:
            with writing(self._connection):
                self._connection.execute(
                    "INSERT INTO searches (id, name, first_cursor, cursor, crawl_cursor, until)"
                    f" SELECT ?, ?, ({_HEAD}), ({_HEAD}), 0, ? ON CONFLICT DO NOTHING",
                    (SEARCH, NAME, rows.text_of_instant(now)),
                )

    def pending(self, now: datetime) -> Pending | None:
        """Give the sources that broke or recovered and were not told; ``None`` when none did."""
        with reading(self._connection):
            row = self._row()
            cursor = row["cursor"] if row else 0
            found = self._connection.execute(
                # By kind: these are few, and everything since the cursor may be millions.
                f"{EVENTS} WHERE e.kind IN ('source_broken', 'source_recovered') AND +e.id > ?"
                " ORDER BY +e.id",
                (cursor,),
            )
            events = tuple(rows.event(each) for each in found)
            if row is None or not events:
                return None
            from monitor.digest import Pending  # noqa: PLC0415 - seldom does anything break

            (head,) = self._connection.execute(_HEAD).fetchone()
            named = self._connection.execute(
                "SELECT id, organization FROM sources WHERE organization IS NOT NULL"
                " AND id IN (SELECT value FROM json_each(?))",
                (rows.json_text(sorted({event.source for event in events})),),
            )
            organizations = {each["id"]: each["organization"] for each in named}
            since = rows.instant(row["until"])
        return Pending(SEARCH, since, now, cursor, head, events, organizations=organizations)

    def decide(
        self,
        pending: Pending,
        letters: Sequence[Letter],
        period: str,
        counts: Mapping[str, int],
    ) -> None:
        """Commit alerts with their letters, or raise ``AlreadyDecided``."""
        with writing(self._connection):
            dispatch.decide(
                self._connection,
                Search(SEARCH, NAME),
                period,
                pending,
                letters,
                counts,
                pending.until,
            )

    def _row(self) -> sqlite3.Row | None:
        found = self._connection.execute("SELECT * FROM searches WHERE id = ?", (SEARCH,))
        row: sqlite3.Row | None = found.fetchone()
        return row
