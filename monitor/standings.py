"""The statements that read what is known of a source before one of its crawls is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor import rows
from monitor.events import Late, Standing

if TYPE_CHECKING:
    import sqlite3

    from crawler.items import Posting


def standing(connection: sqlite3.Connection, source: str) -> Standing:
    """Give what is known of a source; nothing, for one never visited."""
    found = with_hashes(connection, source)[0]
    for known in found.known.values():
        assert known.posting  # read now: the transaction ends with this
    return found


def with_hashes(connection: sqlite3.Connection, source: str) -> tuple[Standing, dict[str, str]]:
    """Give the standing of a source and the hash of each posting's snapshot.

    The postings themselves are read when somebody looks at them, in the same transaction.
    """
    row = connection.execute("SELECT * FROM sources WHERE id = ?", (source,)).fetchone()
    if row is None:
        return Standing(source), {}
    found = connection.execute(
        "SELECT p.* FROM postings p WHERE p.source = ?", (source,)
    ).fetchall()
    known = {each["posting"]: rows.known(each, _late(connection, each)) for each in found}
    pages = connection.execute(
        "SELECT body_hash, max(extractor) FROM pages WHERE source = ? GROUP BY body_hash", (source,)
    )
    hashes = {each["posting"]: each["snapshot"] for each in found}
    return rows.standing(row, known, dict(map(tuple, pages))), hashes


def _late(connection: sqlite3.Connection, row: sqlite3.Row) -> Late:
    def read() -> Posting:
        found = connection.execute(
            "SELECT fields FROM readings WHERE hash = ?", (row["snapshot"],)
        ).fetchone()
        return rows.posting(found["fields"])

    return Late(row["posting"], row["valid_through"], read)
