"""The statements that read digests for people: when they were decided, and as what they left."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor import rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from datetime import datetime

_DIGESTS = """
    SELECT d.*, s.name, (
        SELECT count(*) FROM outbox o WHERE o.digest = d.id AND o.channel = 'mail'
    ) AS letters
    FROM digests d JOIN searches s ON s.id = d.search
"""


@dataclass(frozen=True, slots=True)
class DigestNote:
    """One decided digest; one that had nothing to say, or not by mail, has no letters."""

    id: int
    search: str
    name: str
    period: str
    since: datetime | None
    until: datetime
    decided: datetime
    counts: Mapping[str, int]
    letters: int
    kind: str


@dataclass(frozen=True, slots=True)
class SentLetter:
    """One letter as it left, or waits to leave."""

    id: int
    digest: int
    recipient: str
    subject: str
    text: str
    html: str
    state: str
    attempts: int
    last_reply: str | None
    settled: datetime | None


class Sent:
    """Reads inside a transaction that its caller holds."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def digests(
        self, search: str | None = None, *, before: int | None = None, limit: int = 50
    ) -> list[DigestNote]:
        """Give digests, the newest first, of one search or of all."""
        where, values = ["1"], list[Any]()
        if search is not None:
            where.append("d.search = ?")
            values.append(search)
        if before is not None:
            where.append("d.id < ?")
            values.append(before)
        found = self._connection.execute(
            f"{_DIGESTS} WHERE {' AND '.join(where)} ORDER BY d.id DESC LIMIT ?", (*values, limit)
        )
        return [_digest(row) for row in found]

    def digest(self, id_: int) -> DigestNote | None:
        """Give one digest."""
        row = self._connection.execute(f"{_DIGESTS} WHERE d.id = ?", (id_,)).fetchone()
        return None if row is None else _digest(row)

    def letters(self, digest: int) -> list[SentLetter]:
        """Give the letters of one digest, by their number."""
        found = self._connection.execute(
            "SELECT * FROM outbox WHERE digest = ? AND channel = 'mail' ORDER BY id", (digest,)
        )
        return [_letter(row) for row in found]

    def letter(self, id_: int) -> SentLetter | None:
        """Give one letter of a digest; those that forms led to are nobody else's."""
        row = self._connection.execute(
            "SELECT * FROM outbox WHERE id = ? AND channel = 'mail' AND digest IS NOT NULL", (id_,)
        ).fetchone()
        return None if row is None else _letter(row)


def _digest(row: sqlite3.Row) -> DigestNote:
    return DigestNote(
        id=row["id"],
        search=row["search"],
        name=row["name"],
        period=row["period"],
        since=rows.maybe_instant(row["since"]),
        until=rows.instant(row["until"]),
        decided=rows.instant(row["decided_at"]),
        counts=json.loads(row["counts"]),
        letters=row["letters"],
        kind=row["kind"],
    )


def _letter(row: sqlite3.Row) -> SentLetter:
    return SentLetter(
        id=row["id"],
        digest=row["digest"],
        recipient=row["recipient"],
        subject=row["subject"],
        text=row["text"],
        html=row["html"],
        state=row["state"],
        attempts=row["attempts"],
        last_reply=row["last_reply"],
        settled=rows.maybe_instant(row["settled_at"]),
    )
