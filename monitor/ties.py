"""The statements that read which postings are linked, and how each stands now.

Every function runs inside a transaction that its caller holds (``monitor/store.py``). What a
retired source knew is linked with nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor import rows
from monitor.events import Tie
from monitor.ledger import KNOWN

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from monitor.events import Known

# Twins of twins are one opening too; the postings to begin with are inserted.
_FAMILY = """
    WITH RECURSIVE family (id) AS (
        {begin}
        UNION SELECT l.other FROM family f CROSS JOIN links l ON l.posting = f.id
            WHERE l.kind = 'twin' AND l.strong
        UNION SELECT l.posting FROM family f CROSS JOIN links l ON l.other = f.id
            WHERE l.kind = 'twin' AND l.strong
    )
    SELECT l.* FROM family f CROSS JOIN links l ON l.posting = f.id
    UNION SELECT l.* FROM family f CROSS JOIN links l ON l.other = f.id
    ORDER BY 1, 2
"""
_BEGIN = {
    "posting": "SELECT id FROM postings WHERE source = ? AND posting = ?",
    "told": "SELECT p.id FROM events e JOIN postings p ON p.source = e.source"
    " AND p.posting = e.posting WHERE e.id > ? AND e.id <= ? AND e.held = 0",
    "open": "SELECT id FROM postings WHERE state = 'open'",
}


def of_posting(connection: sqlite3.Connection, source: str, posting: str) -> tuple[Tie, ...]:
    """Give the links of one posting."""
    found = _ties(connection, "posting", (source, posting))
    return tuple(tie for tie in found if (source, posting) in [end.key for end in tie.ends])


def of_events(connection: sqlite3.Connection, cursor: int, head: int) -> tuple[Tie, ...]:
    """Give the links of all postings, and of their twins, that events after ``cursor`` name."""
    return _ties(connection, "told", (cursor, head))


def of_open(connection: sqlite3.Connection) -> tuple[Tie, ...]:
    """Give the links of all open postings."""
    return _ties(connection, "open", ())


def _ties(connection: sqlite3.Connection, begin: str, values: Sequence[object]) -> tuple[Tie, ...]:
    found = connection.execute(_FAMILY.format(begin=_BEGIN[begin]), values).fetchall()
    known = _known(connection, {row[end] for row in found for end in ("posting", "other")})
    return tuple(
        Tie(
            kind=row["kind"],
            strong=bool(row["strong"]),
            why=row["why"],
            new=known[row["posting"]],
            old=known[row["other"]],
            score=row["score"],
        )
        for row in found
        if row["posting"] in known and row["other"] in known
    )


def _known(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, Known]:
    statement = f"{KNOWN} JOIN sources o ON o.id = p.source WHERE p.id = ? AND o.retired_at IS NULL"
    found = ((id_, connection.execute(statement, (id_,)).fetchone()) for id_ in sorted(ids))
    return {id_: rows.known(row) for id_, row in found if row is not None}
