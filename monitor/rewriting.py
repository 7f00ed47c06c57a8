"""The statements that put today's readings in the place of older ones. No event, nothing deleted.

Every function runs inside a transaction that its caller holds (``monitor/store.py``). Revisions
stay where they are and point at other snapshots; the snapshots that events point at stay as they
are, for what was told was told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor import ledger, rows, traits
from monitor.derivation import Stand

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from crawler.items import Page, Posting, Source
    from monitor.derivation import Derivation

# The newest revision of a posting is its present reading and is not counted twice.
_STANDS = """
    SELECT p.id, NULL AS revision, s.fields, coalesce(p.row_read_at, p.last_seen) AS at,
        p.page_hash, p.state = 'open' AS open
    FROM postings p JOIN readings s ON s.hash = p.snapshot WHERE p.source = :source
    UNION ALL
    SELECT p.id, r.id, s.fields, r.at, r.page_hash, p.state = 'open'
    FROM postings p JOIN revisions r ON r.posting = p.id JOIN readings s ON s.hash = r.snapshot
    WHERE p.source = :source AND r.id < (SELECT max(id) FROM revisions WHERE posting = p.id)
    ORDER BY 1, 2
"""


def stands(connection: sqlite3.Connection, source: str) -> list[Stand]:
    """Give how every posting of a source stands and stood."""
    return [
        Stand(
            row["id"],
            row["revision"],
            rows.posting(row["fields"]),
            rows.instant(row["at"]),
            row["page_hash"],
            bool(row["open"]),
        )
        for row in connection.execute(_STANDS, {"source": source})
    ]


def behind(connection: sqlite3.Connection, source: str, extractor: int) -> bool:
    """Say whether the last visit of a source was read by another version."""
    last = connection.execute(
        "SELECT extractor FROM crawls WHERE source = ? ORDER BY started DESC LIMIT 1", (source,)
    ).fetchone()
    return last is not None and last["extractor"] != extractor


def rewrite(connection: sqlite3.Connection, source: Source, made: Derivation) -> None:
    """Write what was derived of a source; equal readings only learn who read them."""
    changed = [(stand, new) for stand, new in made.present if new != stand.posting]
    past = [(stand, new) for stand, new in made.past if new != stand.posting]
    hashes = _keep(connection, [*changed, *past], made.extractor)
    _rewrite_postings(connection, source, changed, hashes)
    connection.executemany(
        "UPDATE revisions SET snapshot = ? WHERE id = ?",
        [(hashes[stand], stand.revision) for stand, _ in past],
    )
    connection.executemany(
        "UPDATE postings SET extractor = ?, row_extractor = ? WHERE id = ?",
        [(made.extractor, made.extractor, stand.row) for stand, _ in made.present],
    )
    _rewrite_pages(connection, source.id, made.pages)


def _keep(
    connection: sqlite3.Connection, changed: Iterable[tuple[Stand, Posting]], extractor: int
) -> dict[Stand, str]:
    """Write the new snapshots and give their hashes."""
    hashes: dict[Stand, str] = {}
    fresh = []
    for stand, posting in changed:
        hashes[stand], text = rows.snapshot(posting)
        fresh.append((hashes[stand], text, extractor, rows.text_of_instant(stand.at)))
    ledger.keep_snapshots(connection, fresh)
    return hashes


def _rewrite_postings(
    connection: sqlite3.Connection,
    source: Source,
    changed: list[tuple[Stand, Posting]],
    hashes: dict[Stand, str],
) -> None:
    """Rewrite postings with the index and the prints that are made of them."""
    places = [(source.id, stand.posting.id) for stand, _ in changed]
    old = [stand.posting for stand, _ in changed]
    new = [posting for _, posting in changed]
    ledger.forget_words(connection, zip(places, old, strict=True))
    connection.executemany(
        "UPDATE postings SET title = ?, organization = ?, url = ?, valid_through = ?, snapshot = ?"
        " WHERE id = ?",
        [_columns(stand, posting, hashes[stand]) for stand, posting in changed],
    )
    connection.executemany(
        "UPDATE revisions SET snapshot = ?"
        " WHERE id = (SELECT max(id) FROM revisions WHERE posting = ?)",
        [(hashes[stand], stand.row) for stand, _ in changed],
    )
    ledger.index_words(connection, zip(places, new, strict=True))
    employer = source.organization or source.board
    from monitor import linking  # noqa: PLC0415 - loads every rule of likeness

    linking.enter(connection, source.id, new, employer)
    traits.enter(connection, source.id, new, employer)


def _columns(stand: Stand, posting: Posting, hash_: str) -> tuple[Any, ...]:
    return (
        rows.storable(posting.title),
        rows.maybe_storable(posting.organization),
        rows.maybe_storable(posting.url),
        rows.maybe_storable(posting.valid_through),
        hash_,
        stand.row,
    )


def _rewrite_pages(connection: sqlite3.Connection, source: str, pages: Iterable[Page]) -> None:
    """Write what reading a remembered body gives today; validators and clocks stay."""
    connection.executemany(
        "UPDATE pages SET extractor = ?, postings = ?, links = ?, total = ?, shortfall = ?"
        " WHERE source = ? AND url = ? AND body_hash = ?",
        [
            (
                page.extractor,
                *rows.reading_columns(page),
                source,
                rows.storable(page.url),
                page.body_hash,
            )
            for page in pages
        ],
    )
