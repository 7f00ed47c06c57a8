"""What the memory lends the crawler: the one read of a visit.

It stands apart from the rest of the store because every child process loads it, and nothing else.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from crawler.memory import Recollection
from monitor import rows
from monitor.connections import dial

if TYPE_CHECKING:
    from pathlib import Path


class Lent:
    """A store that is open for recalling alone (implements ``crawler.memory.Memory``).

    Whoever made the child has looked whether the store is sound; raises ``sqlite3.Error``.
    """

    def __init__(self, path: Path) -> None:
        self._connection = dial(path, "ro")
        self._connection.row_factory = sqlite3.Row

    def recall(self, source: str) -> Recollection:
        """Give what the crawler may know of a source; nothing of one never visited."""
        self._connection.execute("BEGIN")
        try:
            return recall(self._connection, source)
        finally:
            self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def recall(connection: sqlite3.Connection, source: str) -> Recollection:
    """Give what the crawler may know of a source."""
    pages = connection.execute("SELECT * FROM pages WHERE source = ?", (source,))
    listed = connection.execute(
        "SELECT posting, row_hash, row_read_at, row_extractor FROM postings"
        " WHERE source = ? AND row_hash IS NOT NULL",
        (source,),
    )
    return Recollection({row["url"]: rows.page(row) for row in pages}, rows.listing_rows(listed))
