"""The statements about runs: when the newest ones began and ended, and what they came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor import rows
from monitor.database import reading, writing

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

_KEPT = 200
"""Runs that are kept: two days of one every quarter of an hour."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run that ended: by which command, with which exit code, sources visited and failed."""

    command: str
    began: datetime
    ended: datetime
    code: int
    visited: int
    failed: int


class Runs:
    """The runs of a store, each question and each change a transaction of its own."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def begin(self, command: str, now: datetime) -> int:
        """Write that a run began; give its number."""
        with writing(self._connection):
            made = self._connection.execute(
                "INSERT INTO runs (command, began) VALUES (?, ?) RETURNING id",
                (command, rows.text_of_instant(now)),
            ).fetchone()
            self._connection.execute("DELETE FROM runs WHERE id <= ?", (made["id"] - _KEPT,))
            return int(made["id"])

    def end(self, number: int, now: datetime, code: int, visited: int, failed: int) -> None:
        """Write how a run ended; one that is killed is never written so."""
        with writing(self._connection):
            self._connection.execute(
                "UPDATE runs SET ended = ?, code = ?, visited = ?, failed = ? WHERE id = ?",
                (rows.text_of_instant(now), code, visited, failed, number),
            )

    def last(self) -> Run | None:
        """Give the run that ended last."""
        with reading(self._connection):
            return last(self._connection)


def last(connection: sqlite3.Connection) -> Run | None:
    """Give the run that ended last, inside a transaction that the caller holds."""
    row = connection.execute(
        "SELECT * FROM runs WHERE ended IS NOT NULL ORDER BY id DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    times = (rows.instant(row["began"]), rows.instant(row["ended"]))
    return Run(row["command"], *times, row["code"], row["visited"], row["failed"])
