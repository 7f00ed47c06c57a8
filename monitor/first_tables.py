"""The tables, indices and keys that the first step of the store makes (monitor/migrations.py)."""

from __future__ import annotations

TABLES = (
    # address: the canonical text of kind, board, url and options; by it a renamed source is known.
    # retired_at: another place took over the name; what was known of this one stays, untold.
    """
    CREATE TABLE sources (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, board TEXT, url TEXT, organization TEXT,
        options TEXT NOT NULL, address TEXT NOT NULL, first_seen TEXT NOT NULL, retired_at TEXT,
        baseline_at TEXT, counts TEXT NOT NULL DEFAULT '[]', suspect_since TEXT,
        suspect_count INTEGER NOT NULL DEFAULT 0, suspect_ids TEXT NOT NULL DEFAULT '[]',
        failures INTEGER NOT NULL DEFAULT 0, broken INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    "CREATE INDEX sources_address ON sources (address)",
    # A visit is its source and the moment it began. baseline: the postings it found when it was
    # the one that set the baseline.
    """
    CREATE TABLE crawls (
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL REFERENCES sources (id) ON UPDATE CASCADE,
        started TEXT NOT NULL, finished TEXT NOT NULL,
        outcome TEXT NOT NULL CHECK (outcome IN ('complete', 'unchanged', 'partial', 'failed')),
        reasons TEXT NOT NULL, found INTEGER NOT NULL, total INTEGER, counts TEXT NOT NULL,
        suspicious TEXT, baseline INTEGER, extractor INTEGER NOT NULL,
        UNIQUE (source, started)
    ) STRICT
    """,
    # What the newest visits asked for; the ledger of older ones is not kept (monitor/ledger.py).
    """
    CREATE TABLE requests (
        id INTEGER PRIMARY KEY, crawl INTEGER NOT NULL REFERENCES crawls (id),
        method TEXT NOT NULL, url TEXT NOT NULL, status INTEGER, bytes INTEGER NOT NULL,
        seconds REAL NOT NULL, words TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX requests_crawl ON requests (crawl)",
    # Immutable and named by its content (monitor/rows.py, ``snapshot``); extractor and first_at:
    # the version that read such content first, and when.
    """
    CREATE TABLE snapshots (
        hash TEXT PRIMARY KEY, fields TEXT NOT NULL, extractor INTEGER NOT NULL,
        first_at TEXT NOT NULL
    ) STRICT
    """,
    # extractor, page_hash: what the reading that stands was made by, and the body it was made of.
    # row_hash, row_read_at: the listing row the posting was last read with, and when that was.
    """
    CREATE TABLE postings (
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL REFERENCES sources (id) ON UPDATE CASCADE,
        posting TEXT NOT NULL, title TEXT NOT NULL, organization TEXT, url TEXT,
        state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
        first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, missing_since TEXT,
        flips INTEGER NOT NULL, flapping INTEGER NOT NULL,
        closed_at TEXT, closed_by TEXT, authority INTEGER NOT NULL, valid_through TEXT,
        snapshot TEXT NOT NULL REFERENCES snapshots (hash), extractor INTEGER NOT NULL,
        page_hash TEXT, row_hash TEXT, row_read_at TEXT,
        UNIQUE (source, posting)
    ) STRICT
    """,
    "CREATE INDEX postings_posting ON postings (posting)",
    "CREATE INDEX postings_url ON postings (url)",
    """
    CREATE TABLE revisions (
        id INTEGER PRIMARY KEY,
        posting INTEGER NOT NULL REFERENCES postings (id), at TEXT NOT NULL,
        snapshot TEXT NOT NULL REFERENCES snapshots (hash),
        crawl INTEGER NOT NULL REFERENCES crawls (id)
    ) STRICT
    """,
    "CREATE INDEX revisions_posting ON revisions (posting)",
    # AUTOINCREMENT: a cursor points at an id, so an id is never given twice, even after a deletion.
    """
    CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        crawl INTEGER NOT NULL REFERENCES crawls (id), at TEXT NOT NULL,
        source TEXT NOT NULL REFERENCES sources (id) ON UPDATE CASCADE,
        kind TEXT NOT NULL, posting TEXT, title TEXT, weight TEXT NOT NULL,
        changes TEXT NOT NULL, held INTEGER NOT NULL, reason TEXT,
        before_snapshot TEXT REFERENCES snapshots (hash),
        after_snapshot TEXT REFERENCES snapshots (hash)
    ) STRICT
    """,
    "CREATE INDEX events_posting ON events (source, posting)",
    "CREATE INDEX events_kind ON events (kind, source, posting)",
    """
    CREATE TABLE pages (
        source TEXT NOT NULL REFERENCES sources (id) ON UPDATE CASCADE,
        url TEXT NOT NULL, read_at TEXT NOT NULL, body_hash TEXT NOT NULL, etag TEXT,
        last_modified TEXT, extractor INTEGER NOT NULL, postings TEXT NOT NULL,
        links TEXT NOT NULL, total INTEGER, shortfall TEXT,
        PRIMARY KEY (source, url)
    ) STRICT
    """,
    # first_cursor: where the search began; nothing before it was ever told to it.
    """
    CREATE TABLE searches (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, first_cursor INTEGER NOT NULL,
        cursor INTEGER NOT NULL, crawl_cursor INTEGER NOT NULL, until TEXT NOT NULL
    ) STRICT
    """,
    # What postings are linked by (monitor/prints.py), and the keys under which they are found.
    """
    CREATE TABLE prints (
        posting INTEGER PRIMARY KEY REFERENCES postings (id), print TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE print_keys (
        key TEXT NOT NULL, posting INTEGER NOT NULL REFERENCES postings (id),
        PRIMARY KEY (key, posting)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX print_keys_posting ON print_keys (posting)",
    # A digest tells the events after after_event, up to and including last_event.
    """
    CREATE TABLE digests (
        id INTEGER PRIMARY KEY,
        search TEXT NOT NULL REFERENCES searches (id), period TEXT NOT NULL,
        since TEXT, until TEXT NOT NULL,
        after_event INTEGER NOT NULL, last_event INTEGER NOT NULL,
        counts TEXT NOT NULL, decided_at TEXT NOT NULL,
        UNIQUE (search, period)
    ) STRICT
    """,
    """
    CREATE TABLE outbox (
        id INTEGER PRIMARY KEY,
        digest INTEGER NOT NULL REFERENCES digests (id),
        recipient TEXT NOT NULL, message_id TEXT NOT NULL UNIQUE, subject TEXT NOT NULL,
        mime BLOB NOT NULL, text TEXT NOT NULL, html TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'sent', 'dead')),
        attempts INTEGER NOT NULL, next_at TEXT NOT NULL, lease_until TEXT, last_reply TEXT,
        settled_at TEXT,
        UNIQUE (digest, recipient)
    ) STRICT
    """,
    "CREATE INDEX outbox_due ON outbox (state, next_at)",
)
