"""The statements of dictionaries: what the texts of a source have in common, to pack them with.

Every function runs inside a transaction that its caller holds (``monitor/upkeep.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crawler import packing
from monitor import rows

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

_SAMPLES = 200
_GROWN = 4
"""A dictionary is made anew when there are so many times the texts that it was made for."""

_TEXTS = """
    SELECT count(*) FROM postings p JOIN revisions r ON r.posting = p.id WHERE p.source = ?
"""
_NEWEST = "SELECT * FROM dictionaries WHERE source = ? ORDER BY id DESC LIMIT 1"
_SOME = """
    SELECT s.fields FROM postings p JOIN readings s ON s.hash = p.snapshot
    WHERE p.source = ? AND p.id % ? = 0 LIMIT ?
"""
_UNUSED = """
    DELETE FROM dictionaries WHERE id NOT IN (SELECT max(id) FROM dictionaries GROUP BY source)
    AND NOT EXISTS (SELECT 1 FROM snapshots s WHERE s.dictionary = dictionaries.id)
"""


class Common(NamedTuple):
    """A dictionary and its number; both are nothing where none pays."""

    number: int | None = None
    dictionary: packing.Dictionary | None = None


def of_source(connection: sqlite3.Connection, source: str, now: datetime) -> Common:
    """Give the dictionary of a source, made now where there is none and one pays."""
    (texts,) = connection.execute(_TEXTS, (source,)).fetchone()
    row = connection.execute(_NEWEST, (source,)).fetchone()
    if row is None or texts >= _GROWN * row["texts"]:
        row = _trained(connection, source, texts, now)
    if row["content"] is None:
        return Common()
    return Common(row["id"], packing.dictionary(row["content"]))


def _trained(connection: sqlite3.Connection, source: str, texts: int, now: datetime) -> Any:
    (postings,) = connection.execute(
        "SELECT count(*) FROM postings WHERE source = ?", (source,)
    ).fetchone()
    some = connection.execute(_SOME, (source, max(postings // _SAMPLES, 1), _SAMPLES))
    content = packing.train([row["fields"].encode() for row in some], texts)
    return connection.execute(
        "INSERT INTO dictionaries (source, made_at, texts, content) VALUES (?, ?, ?, ?)"
        " RETURNING id, content",
        (source, rows.text_of_instant(now), texts, content),
    ).fetchone()


def drop_unused(connection: sqlite3.Connection) -> None:
    """Delete the dictionaries that nothing is packed with, but for each source's newest."""
    connection.execute(_UNUSED)
