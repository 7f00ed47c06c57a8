"""The tables of upkeep, made by ``migrations`` and written by ``upkeep``."""

from __future__ import annotations

PACKED = (
    # What the texts of a source have in common, to pack them with; kept as long as one was packed
    # with it. texts: how many there were when it was tried; without content, it did not pay.
    """
    CREATE TABLE dictionaries (
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL REFERENCES sources (id) ON UPDATE CASCADE,
        made_at TEXT NOT NULL, texts INTEGER NOT NULL, content BLOB
    ) STRICT
    """,
    "CREATE INDEX dictionaries_source ON dictionaries (source)",
    # See monitor/packed.py.
    "ALTER TABLE snapshots ADD COLUMN packed BLOB",
    "ALTER TABLE snapshots ADD COLUMN dictionary INTEGER REFERENCES dictionaries (id)",
    """
    CREATE INDEX snapshots_dictionary ON snapshots (dictionary) WHERE dictionary IS NOT NULL
    """,
    # A visit that led to something is never deleted; without an index each deletion would look for
    # its revisions in all of them.
    "CREATE INDEX revisions_crawl ON revisions (crawl)",
    # The newest visit of a source, and the newest of all, without a look at the others.
    "CREATE INDEX crawls_source ON crawls (source)",
    "CREATE INDEX crawls_started ON crawls (started)",
    # How far the walk over all postings came that packs and thins out, and when the last one ended.
    """
    CREATE TABLE upkeep (
        one INTEGER PRIMARY KEY CHECK (one = 1), source TEXT NOT NULL, posting TEXT NOT NULL,
        ended_at TEXT
    ) STRICT
    """,
    "INSERT INTO upkeep VALUES (1, '', '', NULL)",
)
