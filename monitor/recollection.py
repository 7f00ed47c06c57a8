"""What the memory lends the crawler: the one read of a visit.

It stands apart from the rest of the store because every child process loads it, and nothing else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING

from crawler.memory import Recollection, Row
from monitor import rows
from monitor.connections import dial

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crawler.items import Page


class Lent:
    """A store that is open for recalling alone (implements ``crawler.memory.Memory``).

    Whoever made the child has looked whether the store is sound; raises ``sqlite3.Error``.
    """

    def __init__(self, path: Path) -> None:
        self._connection = dial(path, "ro")
        self._connection.row_factory = sqlite3.Row

    def recall(self, source: str) -> Recollection:
        """Give what the crawler may know of a source; nothing of one never visited.

        A page is read when it is asked for: sixteen visits of a thousand pages would hold 16 MB.
        Only the end of its own visit writes what is known of a source.
        """
        return Recollection(Pages(self._connection, source), _listed(self._connection, source))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def recall(connection: sqlite3.Connection, source: str) -> Recollection:
    """Give what the crawler may know of a source."""
    pages = connection.execute("SELECT * FROM pages WHERE source = ?", (source,))
    return Recollection({row["url"]: rows.page(row) for row in pages}, _listed(connection, source))


class Pages(Mapping[str, "Page"]):
    """The pages of a source by URL, each read from the store when it is looked at."""

    def __init__(self, connection: sqlite3.Connection, source: str) -> None:
        self._connection, self._source = connection, source

    def __getitem__(self, url: str) -> Page:
        row = self._connection.execute(
            "SELECT * FROM pages WHERE source = ? AND url = ?", (self._source, rows.storable(url))
        ).fetchone()
        if row is None:
            raise KeyError(url)
        return rows.page(row)

    def __iter__(self) -> Iterator[str]:
        found = self._connection.execute("SELECT url FROM pages WHERE source = ?", (self._source,))
        return iter([row["url"] for row in found])

    def __len__(self) -> int:
        (count,) = self._connection.execute(
            "SELECT count(*) FROM pages WHERE source = ?", (self._source,)
        ).fetchone()
        return int(count)


def _listed(connection: sqlite3.Connection, source: str) -> Mapping[str, Row]:
    found = connection.execute(
        "SELECT posting, row_hash, row_read_at, row_extractor FROM postings"
        " WHERE source = ? AND row_hash IS NOT NULL",
        (source,),
    )
    return rows.listing_rows(found)
