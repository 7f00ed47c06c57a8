"""The statements that forget a reader: every row, and what deleted rows leave behind in the file.

What employers publish is not touched, even where it holds the same address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.database import scrub, writing
from monitor.rows import json_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

_OF = "SELECT o.message_id, d.search FROM outbox o LEFT JOIN digests d ON d.id = o.digest"
_UNUSED = """
    SELECT value FROM json_each(?) WHERE value NOT IN (SELECT search FROM readers)
    AND value NOT IN (SELECT d.search FROM digests d JOIN outbox o ON o.digest = d.id)
"""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was removed: rows by what they were, and the searches that were this reader's alone.

    Not ``scrubbed`` means that another program held the file: traces may stand in it until then.
    """

    letters: int
    keys: int
    stops: int
    enrolments: int
    searches: tuple[str, ...]
    scrubbed: bool


def letters_of(connection: sqlite3.Connection, recipient: str) -> list[str]:
    """Give the Message-IDs of every letter to an address."""
    found = connection.execute(
        f"{_OF} WHERE o.channel = 'mail' AND o.recipient = ? COLLATE NOCASE", (recipient,)
    )
    return [row["message_id"] for row in found]


def forget(connection: sqlite3.Connection, recipient: str, named: Collection[str]) -> Forgotten:
    """Remove a reader, and the searches of theirs alone that are not ``named`` any more.

    Deleting marks pages of the file as free and leaves what stood there; so they are overwritten
    at once (``secure_delete``), and the file is written anew without what earlier changes left
    (``VACUUM``), its log emptied. That takes the time and the space of a copy, once a reader.
    """
    connection.execute("PRAGMA secure_delete = ON")
    with writing(connection):
        theirs = connection.execute(
            f"{_OF} WHERE o.channel = 'mail' AND o.recipient = ? COLLATE NOCASE", (recipient,)
        )
        searches = {row["search"] for row in theirs if row["search"]} - set(named)
        searches |= _enrolled(connection, recipient)
        letters, keys, stops, enrolments, _ = (
            connection.execute(statement, (recipient,)).rowcount
            for statement in (
                "DELETE FROM outbox WHERE channel = 'mail' AND recipient = ? COLLATE NOCASE",
                "DELETE FROM readers WHERE recipient = ?",
                "DELETE FROM stops WHERE recipient = ?",
                "DELETE FROM enrolments WHERE recipient = ?",
                "DELETE FROM notices WHERE recipient = ?",
            )
        )
        alone = _end(connection, searches)
    return Forgotten(letters, keys, stops, enrolments, alone, scrub(connection))


def _enrolled(connection: sqlite3.Connection, recipient: str) -> set[str]:
    """Give the searches that a reader made, told or not yet."""
    found = connection.execute("SELECT search FROM enrolments WHERE recipient = ?", (recipient,))
    return {row["search"] for row in found}


def _end(connection: sqlite3.Connection, searches: Collection[str]) -> tuple[str, ...]:
    """Remove those of the searches that nobody else ever got a letter of."""
    given = json_text(sorted(searches))
    alone = tuple(row["value"] for row in connection.execute(_UNUSED, (given,)))
    for name in alone:
        connection.execute("DELETE FROM digests WHERE search = ?", (name,))
        connection.execute("DELETE FROM stops WHERE search = ?", (name,))
        connection.execute("DELETE FROM searches WHERE id = ?", (name,))
    return alone
