"""Readings of postings, packed: what a text was made into, and how it is read again.

``snapshots`` holds a reading in one of three ways. One that is read or shown all the time is plain
in ``fields``. A packed one is whole in ``packed``, and ``fields`` holds what the views show of a
posting that has it as its last reading: all but the text, or ``{}`` when no posting has. One that
was thinned out is ``{}`` alone: its hash is all that is left.

Statements read the view ``readings``, which every connection of ours has, and never ask which way.
"""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING

from crawler import packing
from monitor import rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

# For this connection alone: other programs lack the function, and a view that fails hides the rest.
_READINGS = """
    CREATE TEMP VIEW readings AS SELECT hash, CASE WHEN packed IS NULL THEN fields
        ELSE unpacked(packed, dictionary) END AS fields FROM snapshots
"""
_HELD = 32
"""Dictionaries that a connection holds, of 64 kB each."""


def teach(connection: sqlite3.Connection) -> None:
    """Give a connection the view ``readings``: each snapshot's ``hash`` and JSON ``fields``."""
    connection.create_function("unpacked", 2, opener(connection), deterministic=True)
    connection.execute(_READINGS)


def opener(connection: sqlite3.Connection) -> Callable[[bytes, int | None], str]:
    """Give what unpacks a text by the number of its dictionary.

    It raises ``ValueError`` for what is damaged, or was packed with what is not there.
    """

    @functools.lru_cache(maxsize=_HELD)
    def dictionary(number: int) -> packing.Dictionary:
        return load(connection, number)

    def unpacked(content: bytes, number: int | None) -> str:
        return packing.unpack(content, None if number is None else dictionary(number)).decode()

    return unpacked


def load(connection: sqlite3.Connection, number: int) -> packing.Dictionary:
    """Give a dictionary by its number; raises ``ValueError`` when there is none."""
    row = connection.execute("SELECT content FROM dictionaries WHERE id = ?", (number,)).fetchone()
    if row is None or row[0] is None:
        raise ValueError(f"there is no dictionary {number}")
    return packing.dictionary(row[0])


def shown(text: str) -> str:
    """Give what stays plain of a packed reading that is a posting's last: all but its text."""
    fields = json.loads(text)
    fields.pop("body", None)
    return rows.json_text(fields)
