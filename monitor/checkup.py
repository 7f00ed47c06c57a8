"""The store looked at closely, for ``rolecall doctor store``: facts, which ``doctor`` judges.

Every page is read, so a large store takes its time. Nothing is written: what SQLite only does for a
writer (the proof of the search index) is rolled back.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor import packed, rows
from monitor.connections import dial
from monitor.soundness import inspect
from monitor.wording import count

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_LATE = timedelta(days=1)
_MOST = 3

_REFERENCES = """
    SELECT snapshot FROM postings UNION SELECT snapshot FROM revisions
    UNION SELECT before_snapshot FROM events WHERE before_snapshot IS NOT NULL
    UNION SELECT after_snapshot FROM events WHERE after_snapshot IS NOT NULL
"""
# A digest tells what follows the one before it, and the search stands where its last one ended.
_GAPS = """
    SELECT search FROM (
        SELECT search, after_event, lag(last_event) OVER (PARTITION BY search ORDER BY id) AS ended
        FROM digests
    ) WHERE ended <> after_event
    UNION
    SELECT s.id FROM searches s JOIN digests d ON d.id = (
        SELECT max(id) FROM digests WHERE search = s.id
    ) WHERE d.last_event <> s.cursor
    UNION
    SELECT id FROM searches WHERE cursor > coalesce(
        (SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0
    )
"""
_ODD = """
    SELECT count(*) FROM (
    SELECT id FROM postings WHERE id NOT IN (SELECT id FROM posting_index_docsize)
    UNION SELECT id FROM posting_index_docsize WHERE id NOT IN (SELECT id FROM postings))
"""
# What a posting or its history has must be there; what only events name may be thinned out.
_TEXTS = """
    SELECT hash, packed, dictionary, fields, EXISTS (SELECT 1 FROM needed n WHERE n.hash = s.hash)
    FROM snapshots s
"""
_NEEDED = """
    CREATE TEMP TABLE needed AS
    SELECT snapshot AS hash FROM postings UNION SELECT snapshot FROM revisions
"""
_NEWEST = """
    SELECT max(at) FROM (
        SELECT max(started) AS at FROM crawls UNION ALL SELECT max(decided_at) FROM digests
        UNION ALL SELECT max(settled_at) FROM outbox
    )
"""


@dataclass(frozen=True, slots=True)
class Checkup:
    """What was seen: complaints of SQLite, numbers, and the newest instant that was written.

    ``references`` are rows that name a row that is not there, ``texts`` snapshots whose text cannot
    be unpacked, is missing, or is not what their hash says, ``orphans`` snapshots that no posting
    and no event names, ``stuck`` letters that were due a day ago, ``gaps`` searches whose digests
    do not follow one another. ``index`` says what is wrong with the search index, if anything.
    """

    pages: tuple[str, ...] = ()
    references: int = 0
    texts: int = 0
    index: str = ""
    orphans: int = 0
    stuck: int = 0
    gaps: tuple[str, ...] = ()
    newest: datetime | None = None


def look(store: Path, now: datetime) -> Checkup:
    """Look at a store; raises ``StoreError`` when it cannot even be opened."""
    inspect(store)
    with closing(dial(store, "ro")) as connection:
        if pages := _pages(connection):
            return Checkup(pages)
        return Checkup(
            references=len(connection.execute("PRAGMA foreign_key_check").fetchall()),
            texts=_texts(connection),
            index=_index(store),
            orphans=_number(
                connection,
                f"SELECT count(*) FROM snapshots WHERE hash NOT IN ({_REFERENCES})",  # noqa: S608 - a constant
            ),
            stuck=_number(
                connection,
                "SELECT count(*) FROM outbox WHERE state = 'pending' AND next_at < ?"
                " OR state = 'sending' AND lease_until < ?",
                *[rows.text_of_instant(now - _LATE)] * 2,
            ),
            gaps=tuple(name for (name,) in connection.execute(_GAPS)),
            newest=rows.maybe_instant(connection.execute(_NEWEST).fetchone()[0]),
        )


def _pages(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Give what SQLite says against the pages of the file; it gives up on some damage."""
    try:
        found = [text for (text,) in connection.execute(f"PRAGMA integrity_check({_MOST})")]
    except sqlite3.DatabaseError as error:
        found = [str(error)]
    return () if found == ["ok"] else tuple(found)


def _texts(connection: sqlite3.Connection) -> int:
    """Count the snapshots whose text, unpacked, is not what their hash says."""
    connection.execute(_NEEDED)
    connection.execute("CREATE UNIQUE INDEX temp.needed_hash ON needed (hash)")
    unpacked = packed.opener(connection)

    def wrong(hash_: str, content: bytes | None, number: int | None, text: str, need: int) -> bool:
        if content is None and text == rows.THINNED:
            return bool(need)
        try:
            whole = text if content is None else unpacked(content, number)
        except ValueError:
            return True
        return hashlib.sha256(whole.encode()).hexdigest() != hash_

    return sum(wrong(*row) for row in connection.execute(_TEXTS))


def _number(connection: sqlite3.Connection, question: str, *values: str) -> int:
    return int(connection.execute(question, values).fetchone()[0])


def _index(store: Path) -> str:
    """Prove the search index in itself, and that it has every posting and nothing else.

    SQLite also compares an index with its content (https://sqlite.org/fts5.html, section 6.4), but
    not where the content is a view, as ours is.
    """
    with closing(dial(store, "rw")) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                "INSERT INTO posting_index (posting_index) VALUES ('integrity-check')"
            )
            odd = _number(connection, _ODD)
        except sqlite3.Error as error:
            return str(error)
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
    return f"{count(odd, 'posting')} in one of the two alone" if odd else ""
