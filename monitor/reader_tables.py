"""The tables of readers, made by ``migrations`` and written by ``audience`` and ``past``."""

from __future__ import annotations

READERS = (
    # From which the keys are drawn by which readers leave (monitor/leaving.py).
    "CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
    # mark: the hash of such a key.
    """
    CREATE TABLE readers (
        mark TEXT PRIMARY KEY, search TEXT NOT NULL REFERENCES searches (id),
        recipient TEXT NOT NULL COLLATE NOCASE
    ) STRICT, WITHOUT ROWID
    """,
    # Who gets no letters of a search; "" stands for every search.
    """
    CREATE TABLE stops (
        recipient TEXT NOT NULL COLLATE NOCASE, search TEXT NOT NULL,
        why TEXT NOT NULL CHECK (why IN ('unsubscribed', 'bounced')),
        at TEXT NOT NULL, reply TEXT,
        PRIMARY KEY (recipient, search)
    ) STRICT, WITHOUT ROWID
    """,
    # A summary counts what digests told; it tells no event itself (monitor/summary.py).
    """
    ALTER TABLE digests ADD COLUMN kind TEXT NOT NULL DEFAULT 'digest'
        CHECK (kind IN ('digest', 'summary'))
    """,
)
