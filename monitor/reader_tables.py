"""The tables of readers, made by ``migrations``; ``audience``, ``enrolments``, ``past`` write."""

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

SELFSERVICE = (
    # What readers subscribed to by themselves (monitor/offers.py, ``Wish``); search: the id of the
    # search that it makes. The marks: hashes of the keys that confirm and change it.
    """
    CREATE TABLE enrolments (
        search TEXT PRIMARY KEY, recipient TEXT NOT NULL COLLATE NOCASE, wish TEXT NOT NULL,
        confirm_mark TEXT NOT NULL UNIQUE, manage_mark TEXT NOT NULL UNIQUE,
        asked_at TEXT NOT NULL, confirmed_at TEXT
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX enrolments_recipient ON enrolments (recipient)",
    # The letters that a form on the page led to, so that nobody is sent many.
    """
    CREATE TABLE notices (
        message_id TEXT PRIMARY KEY, recipient TEXT NOT NULL COLLATE NOCASE, at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX notices_at ON notices (at)",
    # How often the secret address of a feed was changed; the scope is its path.
    """
    CREATE TABLE feeds (scope TEXT PRIMARY KEY, generation INTEGER NOT NULL) STRICT, WITHOUT ROWID
    """,
    # A letter may belong to no digest: SQLite cannot take NOT NULL off a column
    # (https://sqlite.org/lang_altertable.html#otheralter), so the table is made anew.
    """
    CREATE TABLE outbox_of_all (
        id INTEGER PRIMARY KEY,
        digest INTEGER REFERENCES digests (id),
        recipient TEXT NOT NULL, message_id TEXT NOT NULL UNIQUE, subject TEXT NOT NULL,
        mime BLOB NOT NULL, text TEXT NOT NULL, html TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'sent', 'dead')),
        attempts INTEGER NOT NULL, next_at TEXT NOT NULL, lease_until TEXT, last_reply TEXT,
        settled_at TEXT, channel TEXT NOT NULL DEFAULT 'mail',
        UNIQUE (digest, recipient)
    ) STRICT
    """,
    """
    INSERT INTO outbox_of_all
    SELECT id, digest, recipient, message_id, subject, mime, text, html, state, attempts, next_at,
        lease_until, last_reply, settled_at, channel
    FROM outbox
    """,
    "DROP TABLE outbox",
    "ALTER TABLE outbox_of_all RENAME TO outbox",
    "CREATE INDEX outbox_due ON outbox (state, next_at)",
)
