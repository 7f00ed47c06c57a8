"""The statements about hosts: those that shall be left alone, until when and why.

What a host asked for outlives the run that was told so, also one that is killed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crawler.gates import Gate
from monitor import rows
from monitor.database import reading, writing

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

_KEPT = timedelta(days=7)
"""How long a circuit is remembered that nobody tried to close."""


class Hosts:
    """The gates of a store, each question and each change a transaction of its own."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def gates(self, now: datetime) -> list[Gate]:
        """Give the gates that are shut, and the circuits that nobody tried since, by host."""
        with reading(self._connection):
            found = self._connection.execute(
                "SELECT * FROM hosts WHERE until > ? OR trips > 0 ORDER BY host",
                (rows.text_of_instant(now),),
            )
            return [
                Gate(row["host"], rows.instant(row["until"]), row["trips"], row["why"])
                for row in found
            ]

    def put(self, host: str, gate: Gate | None, now: datetime) -> None:
        """Remember how the gate of a host stands from now on; ``None`` lifts it."""
        with writing(self._connection):
            self._connection.execute(
                "DELETE FROM hosts WHERE host = ? OR until < ?",
                (rows.storable(host), rows.text_of_instant(now - _KEPT)),
            )
            if gate is not None:
                until = rows.text_of_instant(gate.until)
                self._connection.execute(
                    "INSERT INTO hosts (host, until, trips, why) VALUES (?, ?, ?, ?)",
                    (rows.storable(host), until, gate.trips, rows.storable(gate.why)),
                )
