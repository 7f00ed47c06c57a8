"""The shape of the store, as the steps that led to it. Steps are only ever added.

Instants are ISO 8601 text in UTC of one width, so that their order as text is their order in time.
Everything that must not happen twice has a unique key. ``v_*`` are the views for people who open
the file themselves (Datasette, sqlite3): their names and columns stay; the tables may change.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from monitor import rows, traits
from monitor.counted_tables import COUNTED
from monitor.first_tables import TABLES
from monitor.outside_tables import OUTSIDE
from monitor.packed_tables import PACKED
from monitor.reader_tables import READERS, SELFSERVICE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from sqlite_utils import Database

    Step = Callable[[Database], None]


class Steps:
    """The steps of the store in their order; each is known by the name of its function."""

    name = "rolecall"
    table = "_sqlite_migrations"
    """Where sqlite-utils writes which steps of which name were taken."""

    def __init__(self) -> None:
        self._steps: list[Step] = []

    def __call__(self) -> Callable[[Step], Step]:
        """Make a function the next step."""

        def added(step: Step) -> Step:
            self._steps.append(step)
            return step

        return added

    def names(self) -> set[str]:
        """Give the name of every step."""
        return {step.__name__ for step in self._steps}

    def apply(self, connection: sqlite3.Connection) -> int:
        """Take the steps that a store lacks, and give how many it has then."""
        # Seldom: a store that has them all is opened without it.
        from sqlite_utils import Database, Migrations  # noqa: PLC0415 - see above

        known = Migrations(self.name)
        for step in self._steps:
            known()(step)
        # Plug-ins that happen to be installed beside sqlite-utils have no business in our store.
        db = Database(connection, execute_plugins=False)
        known.apply(db)
        return len(known.applied(db))


migrations = Steps()

_WORDS = (
    # What the index is made of (monitor/rows.py, ``words``): of the immutable snapshot alone,
    # because an entry can only be deleted with the very words it was made of, and they are not
    # stored a second time (https://sqlite.org/fts5.html#external_content_tables).
    """
    CREATE VIEW posting_words AS
    SELECT p.id, p.source, p.posting,
        json_extract(s.fields, '$.title') AS title,
        json_extract(s.fields, '$.organization') AS organization,
        (SELECT group_concat(json_extract(value, '$.name'), ' | ')
         FROM json_each(s.fields, '$.places')) AS places,
        json_extract(s.fields, '$.body') AS body
    FROM postings p JOIN snapshots s ON s.hash = p.snapshot
    """,
    # + and # belong to words: C++, C#.
    """
    CREATE VIRTUAL TABLE posting_index USING fts5 (
        title, organization, places, body, content = 'posting_words', content_rowid = 'id',
        tokenize = "porter unicode61 remove_diacritics 2 tokenchars '+#'"
    )
    """,
    # A board's first crawl is indexed a third faster in pieces of 16 MB than of 1 MB.
    "INSERT INTO posting_index (posting_index, rank) VALUES ('hashsize', 16777216)",
)

_VIEWS = (
    """
    CREATE VIEW v_posting AS
    SELECT p.source, p.posting, p.title,
        coalesce(p.organization, o.organization) AS organization, w.places,
        json_extract(s.fields, '$.salary.raw') AS salary,
        json_extract(s.fields, '$.salary.min') AS salary_min,
        json_extract(s.fields, '$.salary.max') AS salary_max,
        json_extract(s.fields, '$.salary.currency') AS salary_currency,
        json_extract(s.fields, '$.salary.period') AS salary_period,
        json_extract(s.fields, '$.remote') AS remote,
        json_extract(s.fields, '$.employment_types') AS employment_types,
        json_extract(s.fields, '$.department') AS department,
        json_extract(s.fields, '$.date_posted') AS date_posted,
        p.valid_through, p.state, p.first_seen, p.last_seen, p.missing_since, p.closed_at,
        p.closed_by, p.flapping, p.url, w.body
    FROM postings p
    JOIN snapshots s ON s.hash = p.snapshot
    JOIN posting_words w ON w.id = p.id
    JOIN sources o ON o.id = p.source
    """,
    """
    CREATE VIEW v_event AS
    SELECT e.id, e.at, e.source, e.kind AS event, e.posting, e.title, e.weight,
        (SELECT group_concat(json_extract(value, '$.field'), ', ')
         FROM json_each(e.changes)) AS fields,
        e.changes, e.held, e.reason, c.started AS crawl_started, c.outcome AS crawl_outcome
    FROM events e JOIN crawls c ON c.id = e.crawl
    """,
    """
    CREATE VIEW v_crawl AS
    SELECT id, source, started, finished, outcome, reasons, found, total, suspicious, baseline,
        json_extract(counts, '$.asked') AS asked,
        json_extract(counts, '$.answered') AS answered,
        json_extract(counts, '$.not_modified') AS not_modified,
        json_extract(counts, '$.failed') AS failed,
        json_extract(counts, '$.bytes') AS bytes
    FROM crawls
    """,
    """
    CREATE VIEW v_request AS
    SELECT c.source, c.started AS crawl_started, r.method, r.url, r.status, r.bytes, r.seconds,
        r.words
    FROM requests r JOIN crawls c ON c.id = r.crawl
    """,
    """
    CREATE VIEW v_source AS
    SELECT s.id AS source, s.kind, s.board, s.url, s.organization, s.first_seen, s.baseline_at,
        s.retired_at, s.failures, s.broken, c.started AS last_visit, c.outcome AS last_outcome,
        c.reasons AS last_reasons, c.found AS last_found,
        (SELECT count(*) FROM postings p WHERE p.source = s.id AND p.state = 'open') AS open
    FROM sources s
    LEFT JOIN crawls c ON c.source = s.id
        AND c.started = (SELECT max(started) FROM crawls WHERE source = s.id)
    """,
)


@migrations()
def m001_store(db: Database) -> None:
    """Make the tables, the search index and the views."""
    for statement in (*TABLES, *_WORDS, *_VIEWS):
        db.conn.execute(statement)


_LINKS = (
    # Its kind repeats what employers state elsewhere.
    "ALTER TABLE sources ADD COLUMN secondhand INTEGER NOT NULL DEFAULT 0",
    # The version that read the page behind the listing row.
    "ALTER TABLE postings ADD COLUMN row_extractor INTEGER",
    "UPDATE postings SET row_extractor = extractor WHERE row_hash IS NOT NULL",
    # The body that the snapshot was read from, by which a kept one is found again.
    "ALTER TABLE revisions ADD COLUMN page_hash TEXT",
    # What a posting was to those that were known when it was first read (monitor/links.py).
    """
    CREATE TABLE links (
        posting INTEGER NOT NULL REFERENCES postings (id),
        other INTEGER NOT NULL REFERENCES postings (id),
        kind TEXT NOT NULL CHECK (kind IN ('twin', 'reposted', 'edition')),
        strong INTEGER NOT NULL, score REAL NOT NULL, why TEXT NOT NULL, at TEXT NOT NULL,
        PRIMARY KEY (posting, other)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX links_other ON links (other)",
    """
    CREATE VIEW v_link AS
    SELECT l.kind AS link, l.strong, l.why, l.at, a.source, a.posting, a.title,
        b.source AS other_source, b.posting AS other_posting, b.title AS other_title
    FROM links l JOIN postings a ON a.id = l.posting JOIN postings b ON b.id = l.other
    """,
    "DROP VIEW v_source",
    """
    CREATE VIEW v_source AS
    SELECT s.id AS source, s.kind, s.board, s.url, s.organization, s.first_seen, s.baseline_at,
        s.retired_at, s.failures, s.broken, c.started AS last_visit, c.outcome AS last_outcome,
        c.reasons AS last_reasons, c.found AS last_found,
        (SELECT count(*) FROM postings p WHERE p.source = s.id AND p.state = 'open') AS open,
        s.secondhand
    FROM sources s
    LEFT JOIN crawls c ON c.source = s.id
        AND c.started = (SELECT max(started) FROM crawls WHERE source = s.id)
    """,
)


@migrations()
def m002_links(db: Database) -> None:
    """Keep what postings are linked with, and which version read what from which body."""
    for statement in _LINKS:
        db.conn.execute(statement)


_PAGE = (
    "CREATE INDEX postings_state ON postings (state)",
    # What the statistics count, so that they need not read the rows themselves.
    """
    CREATE INDEX postings_times
        ON postings (source, state, first_seen, closed_at, last_seen, flips)
    """,
    "CREATE INDEX events_crawl ON events (crawl)",
    # The page pages through what happened by its time (monitor/lookup.py).
    "CREATE INDEX events_at ON events (at) WHERE held = 0",
    "CREATE INDEX events_kind_at ON events (kind, at) WHERE held = 0",
    # What postings can be narrowed by (monitor/traits.py): a value is written once. ``closed``
    # stands in the key, so that counting the open ones reads nothing else.
    """
    CREATE TABLE trait_values (
        id INTEGER PRIMARY KEY, trait TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (trait, value)
    ) STRICT
    """,
    """
    CREATE TABLE traits (
        closed INTEGER NOT NULL, value INTEGER NOT NULL REFERENCES trait_values (id),
        posting INTEGER NOT NULL REFERENCES postings (id),
        PRIMARY KEY (closed, value, posting)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX traits_posting ON traits (posting, value)",
    """
    CREATE TRIGGER traits_renamed AFTER UPDATE OF id ON sources BEGIN
        UPDATE trait_values SET value = new.id WHERE trait = 'source' AND value = old.id;
    END
    """,
    # Stated pay in numbers, for the statistics.
    """
    CREATE TABLE pay (
        posting INTEGER PRIMARY KEY REFERENCES postings (id), closed INTEGER NOT NULL,
        currency TEXT, period TEXT, low REAL, high REAL
    ) STRICT
    """,
)


@migrations()
def m003_page(db: Database) -> None:
    """Keep what the page narrows and counts by, of the postings that are known as well."""
    for statement in _PAGE:
        db.conn.execute(statement)
    known = db.conn.execute(
        "SELECT p.source, o.organization, o.board, s.fields FROM postings p"
        " JOIN sources o ON o.id = p.source JOIN snapshots s ON s.hash = p.snapshot"
    ).fetchall()
    for source, organization, board, fields in known:
        traits.enter(db.conn, source, [rows.posting(fields)], organization or board)


_QUARANTINE = (
    # kills: visits whose page hung or killed its reader, since one was read.
    "ALTER TABLE sources ADD COLUMN kills INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE sources ADD COLUMN quarantined_at TEXT",
    "DROP VIEW v_source",
    """
    CREATE VIEW v_source AS
    SELECT s.id AS source, s.kind, s.board, s.url, s.organization, s.first_seen, s.baseline_at,
        s.retired_at, s.failures, s.broken, c.started AS last_visit, c.outcome AS last_outcome,
        c.reasons AS last_reasons, c.found AS last_found,
        (SELECT count(*) FROM postings p WHERE p.source = s.id AND p.state = 'open') AS open,
        s.secondhand, s.quarantined_at
    FROM sources s
    LEFT JOIN crawls c ON c.source = s.id
        AND c.started = (SELECT max(started) FROM crawls WHERE source = s.id)
    """,
)


@migrations()
def m004_quarantine(db: Database) -> None:
    """Remember of a source that its pages hang or kill whoever reads them."""
    for statement in _QUARANTINE:
        db.conn.execute(statement)


@migrations()
def m005_channels(db: Database) -> None:
    """Let letters leave by other ways than mail: ``channel`` says by which (docs/channels.md)."""
    db.conn.execute("ALTER TABLE outbox ADD COLUMN channel TEXT NOT NULL DEFAULT 'mail'")


@migrations()
def m006_readers(db: Database) -> None:
    """Keep by which keys readers leave, who left, and which digests are summaries."""
    for statement in READERS:
        db.conn.execute(statement)
    db.conn.execute("INSERT INTO secrets VALUES ('leaving', ?)", (secrets.token_bytes(32),))


@migrations()
def m007_packed(db: Database) -> None:
    """Let readings be packed; those that are there are packed by and by (monitor/upkeep.py)."""
    for statement in PACKED:
        db.conn.execute(statement)


@migrations()
def m008_selfservice(db: Database) -> None:
    """Keep what readers subscribe to by themselves, and letters that are of no digest."""
    for statement in SELFSERVICE:
        db.conn.execute(statement)
    db.conn.executemany(
        "INSERT INTO secrets VALUES (?, ?)",
        [(name, secrets.token_bytes(32)) for name in ("managing", "feeds")],
    )


@migrations()
def m009_hosts(db: Database) -> None:
    """Remember hosts that are left alone, runs, and what of visits is asked for from outside."""
    for statement in OUTSIDE:
        db.conn.execute(statement)


@migrations()
def m010_told(db: Database) -> None:
    """Keep of a digest which postings it told, where its readers have other searches besides.

    JSON, a list of [source, posting]; NULL where nobody asks.
    """
    db.conn.execute("ALTER TABLE digests ADD COLUMN told TEXT")


@migrations()
def m011_figures(db: Database) -> None:
    """Count what the page shows numbers of as it is written, and what is known already."""
    for statement in COUNTED:
        db.conn.execute(statement)


def names() -> set[str]:
    """Give the name of every step this version knows."""
    return migrations.names()
