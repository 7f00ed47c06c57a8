"""The statements that write one judged crawl and read back what is known of a source.

Every function runs inside a transaction that its caller holds (``monitor/store.py``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from monitor import closing, rows, standings, traits
from monitor.events import merely_seen

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from crawler.items import Crawl, Posting, Source
    from monitor.events import Event, Judgement, Known, Standing

KNOWN = "SELECT p.*, s.fields FROM postings p JOIN readings s ON s.hash = p.snapshot "
"""The postings as ``rows.known`` reads them; a condition follows."""

EVENTS = """
    SELECT e.*, a.fields AS after, b.fields AS before FROM events e
    LEFT JOIN readings a ON a.hash = e.after_snapshot
    LEFT JOIN readings b ON b.hash = e.before_snapshot
"""
"""The events as ``rows.event`` reads them; a condition follows."""

NOTES = "SELECT c.*, s.organization FROM crawls c JOIN sources s ON s.id = c.source "
"""The crawls as ``rows.note`` reads them; a condition follows."""

KEPT_LEDGERS = 20
"""Visits of a source whose requests are kept: two days at the busiest, weeks at the usual pace."""

_SKEW = 60.0
"""Seconds by which a clock may be corrected without anything being wrong."""

_UPSERT_POSTING = """
    INSERT INTO postings (source, posting, title, organization, url, state, first_seen, last_seen,
        missing_since, flips, flapping, closed_at, closed_by, authority, valid_through, snapshot,
        extractor, page_hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (source, posting) DO UPDATE SET
        title = excluded.title, organization = excluded.organization, url = excluded.url,
        state = excluded.state, first_seen = excluded.first_seen, last_seen = excluded.last_seen,
        missing_since = excluded.missing_since, flips = excluded.flips,
        flapping = excluded.flapping, closed_at = excluded.closed_at,
        closed_by = excluded.closed_by, authority = excluded.authority,
        valid_through = excluded.valid_through, snapshot = excluded.snapshot,
        extractor = excluded.extractor, page_hash = excluded.page_hash
"""

_UPSERT_PAGE = """
    INSERT INTO pages (source, url, read_at, body_hash, etag, last_modified, extractor, postings,
        links, total, shortfall)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (source, url) DO UPDATE SET
        read_at = excluded.read_at, body_hash = excluded.body_hash, etag = excluded.etag,
        last_modified = excluded.last_modified, extractor = excluded.extractor,
        postings = excluded.postings, links = excluded.links, total = excluded.total,
        shortfall = excluded.shortfall
"""


def ages(connection: sqlite3.Connection, now: datetime) -> dict[str, float]:
    """Give how many seconds ago the visit of each source began that was recorded last.

    By id, and without those that are yet to come: after a clock was set back, a source would
    otherwise not be visited until the clock has caught up.
    """
    found = connection.execute(
        "SELECT c.source, c.started FROM sources s JOIN crawls c"
        " ON c.id = (SELECT max(id) FROM crawls WHERE source = s.id)"
    )
    passed = {row["source"]: (now - rows.instant(row["started"])).total_seconds() for row in found}
    return {source: seconds for source, seconds in passed.items() if seconds >= -_SKEW}


def quarantined(connection: sqlite3.Connection, now: datetime) -> set[str]:
    """Give the sources that are left alone."""
    found = connection.execute(
        "SELECT id, quarantined_at FROM sources WHERE quarantined_at IS NOT NULL"
    )
    return {
        row["id"] for row in found if closing.quarantined(rows.instant(row["quarantined_at"]), now)
    }


def record(
    connection: sqlite3.Connection, crawl: Crawl, judge: Callable[[Crawl, Standing], Judgement]
) -> Judgement | None:
    """Judge a crawl and write it; ``None``, and nothing written, when its slot is taken."""
    stored = _stored_id(connection, crawl.source)
    if stored is not None and _taken(connection, stored, crawl.started):
        return None
    _enrol(connection, crawl.source, stored, crawl.started)
    before, stored_hashes = standings.with_hashes(connection, crawl.source.id)
    return _Entry(connection, crawl, before, stored_hashes).write(judge(crawl, before))


def _stored_id(connection: sqlite3.Connection, source: Source) -> str | None:
    """Find the row that is this source: by name, unless another place had it; else by address."""
    named = connection.execute("SELECT kind, board FROM sources WHERE id = ?", (source.id,))
    if tuple(named.fetchone() or ()) == (source.kind, source.board):
        return source.id
    moved = connection.execute(
        "SELECT id FROM sources WHERE address = ? ORDER BY first_seen LIMIT 1",
        (rows.address(source),),
    ).fetchone()
    return None if moved is None else str(moved["id"])


def _taken(connection: sqlite3.Connection, source: str, started: datetime) -> bool:
    slot = (source, rows.text_of_instant(started))
    return bool(
        connection.execute("SELECT 1 FROM crawls WHERE source = ? AND started = ?", slot).fetchone()
    )


def _enrol(
    connection: sqlite3.Connection, source: Source, stored: str | None, at: datetime
) -> None:
    """Make the row named ``source.id`` this source's, with its history whatever it was called."""
    if stored != source.id:
        _vacate(connection, source.id, at)
    if stored is not None:
        connection.execute("UPDATE sources SET id = ? WHERE id = ?", (source.id, stored))
    connection.execute(
        "INSERT INTO sources (kind, board, url, organization, options, address, id, first_seen)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET kind = excluded.kind,"
        " board = excluded.board, url = excluded.url, organization = excluded.organization,"
        " options = excluded.options, address = excluded.address, retired_at = NULL",
        (*rows.source_row(source), source.id, rows.text_of_instant(at)),
    )


def _vacate(connection: sqlite3.Connection, name: str, at: datetime) -> None:
    """Move whatever another place left under this name aside; it keeps its history, untold."""
    moment = rows.text_of_instant(at)
    connection.execute(
        "UPDATE sources SET id = id || ' until ' || ?, retired_at = ? WHERE id = ?",
        (moment, moment, name),
    )


def keep_snapshots(
    connection: sqlite3.Connection, fresh: Iterable[tuple[str, str, int, str]]
) -> None:
    """Keep snapshots (hash, fields, version, instant) of contents that were not read before.

    What was packed or thinned out, and is read again, is plain again.
    """
    connection.executemany(
        "INSERT INTO snapshots (hash, fields, extractor, first_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (hash) DO UPDATE SET fields = excluded.fields, packed = NULL,"
        " dictionary = NULL WHERE fields <> excluded.fields",
        fresh,
    )


def forget_words(
    connection: sqlite3.Connection, stood: Iterable[tuple[tuple[str, str], Posting]]
) -> None:
    """Take postings (source and id, and how they stood) out of the index.

    It forgets a posting by its old words: they are not stored a second time.
    """
    connection.executemany(
        "INSERT INTO posting_index (posting_index, rowid, title, organization, places, body)"
        " SELECT 'delete', id, ?, ?, ?, ? FROM postings WHERE source = ? AND posting = ?",
        [(*rows.words(posting), *place) for place, posting in stood],
    )


def index_words(
    connection: sqlite3.Connection, stands: Iterable[tuple[tuple[str, str], Posting]]
) -> None:
    """Put postings (source and id, and how they stand) into the index."""
    connection.executemany(
        "INSERT INTO posting_index (rowid, title, organization, places, body)"
        " SELECT id, ?, ?, ?, ? FROM postings WHERE source = ? AND posting = ?",
        [(*rows.words(posting), *place) for place, posting in stands],
    )


class _Entry:
    """One crawl on its way into the tables. Each posting is hashed once, an unchanged one never."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        crawl: Crawl,
        before: Standing,
        stored: Mapping[str, str],
    ) -> None:
        self._connection = connection
        self._crawl = crawl
        self._source = crawl.source.id
        self._at = rows.text_of_instant(crawl.started)
        self._before = before.known
        self._stored = stored
        # By identity: every posting named here lives as long as the standing and the judgement.
        self._hashes: dict[int, str] = {}
        self._fresh: list[tuple[str, str, int, str]] = []

    def write(self, judgement: Judgement) -> Judgement:
        crawl = self._write_crawl(judgement)
        known = judgement.standing.known
        hashes = {name: self._hash_known(name, each) for name, each in known.items()}
        drafts = [self._event_row(crawl, event) for event in judgement.events]
        keep_snapshots(self._connection, self._fresh)
        self._write_requests(crawl)
        self._write_standing(judgement.standing)
        self._write_postings(crawl, known, hashes)
        self._write_readings(known)
        ids = [self._write_event(draft) for draft in drafts]
        events = (replace(event, id=id_) for event, id_ in zip(judgement.events, ids, strict=True))
        return replace(judgement, events=(*events, *self._write_links(crawl, judgement)))

    def _write_links(self, crawl: int, judgement: Judgement) -> list[Event]:
        """Link the postings that are new with what is known; a baseline tells editions only."""
        watching = judgement.standing.baseline_at is not None and not judgement.baseline
        opened = {event.posting_id for event in judgement.events if event.kind == "opened"}
        new = [
            known.posting
            for name, known in judgement.standing.known.items()
            if name not in self._before and known.state == "open"
        ]
        if not new:
            return []
        from monitor import linking  # noqa: PLC0415 - loads every rule of likeness

        found = linking.linked(self._connection, self._source, new, self._crawl.started)
        told = [
            one
            for one in found
            # What is known in silence was on the page before; it is no news by its links either.
            if (one.event.posting_id in opened if watching else one.event.kind == "edition")
        ]
        events = []
        for event, before in told:
            after = self._hash(event.posting, self._crawl.extractor) if event.posting else None
            id_ = self._write_event(rows.event_row(crawl, event, before, after))
            events.append(replace(event, id=id_))
        return events

    def _hash(self, posting: Posting, extractor: int) -> str:
        before = self._before.get(posting.id)
        if before is not None and before.posting is posting:
            return self._stored[posting.id]
        found = self._hashes.get(id(posting))
        if found is None:
            found, text = rows.snapshot(posting)
            self._hashes[id(posting)] = found
            self._fresh.append((found, text, extractor, self._at))
        return found

    def _hash_known(self, name: str, known: Known) -> str:
        before = self._before.get(name)
        if before is not None:
            if before.stated is known.stated:
                return self._stored[name]
            if before.posting == known.posting:
                self._hashes[id(known.posting)] = self._stored[name]
        return self._hash(known.posting, known.extractor)

    def _hash_maybe(self, posting: Posting | None) -> str | None:
        return None if posting is None else self._hash(posting, self._crawl.extractor)

    def _event_row(self, crawl: int, event: Event) -> tuple[Any, ...]:
        before, after = self._hash_maybe(event.before), self._hash_maybe(event.posting)
        return rows.event_row(crawl, event, before, after)

    def _write_crawl(self, judgement: Judgement) -> int:
        crawl = self._crawl
        written = self._connection.execute(
            "INSERT INTO crawls (source, started, finished, outcome, reasons, found, total, counts,"
            " suspicious, baseline, extractor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " RETURNING id",
            rows.crawl_row(crawl, judgement),
        )
        return int(written.fetchone()["id"])

    def _write_requests(self, crawl: int) -> None:
        self._connection.executemany(
            "INSERT INTO requests (crawl, method, url, status, bytes, seconds, words)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [rows.request_row(crawl, asked) for asked in self._crawl.requests],
        )
        self._connection.execute(
            "DELETE FROM requests WHERE crawl IN (SELECT id FROM crawls WHERE source = ?"
            " ORDER BY started DESC LIMIT -1 OFFSET ?)",
            (self._source, KEPT_LEDGERS),
        )

    def _write_standing(self, standing: Standing) -> None:
        self._connection.execute(
            "UPDATE sources SET baseline_at = ?, counts = ?, suspect_since = ?, suspect_count = ?,"
            " suspect_ids = ?, failures = ?, broken = ?, kills = ?, quarantined_at = ?"
            " WHERE id = ?",
            (*rows.standing_row(standing), self._source),
        )
        if self._crawl.outcome != "failed":  # a visit that broke off does not know its kind
            self._connection.execute(
                "UPDATE sources SET secondhand = ? WHERE id = ?",
                (self._crawl.secondhand, self._source),
            )

    def _write_postings(
        self, crawl: int, known: Mapping[str, Known], hashes: Mapping[str, str]
    ) -> None:
        changed = [(self._source, name) for name in known if self._stored.get(name) != hashes[name]]
        before = [
            (place, self._before[place[1]].posting) for place in changed if place[1] in self._before
        ]
        forget_words(self._connection, before)
        seen = {
            name
            for name, each in known.items()
            if name in self._before and merely_seen(self._before[name], each)
        }
        self._connection.executemany(
            "UPDATE postings SET last_seen = ? WHERE source = ? AND posting = ?",
            [(rows.text_of_instant(known[name].last_seen), self._source, name) for name in seen],
        )
        self._connection.executemany(
            _UPSERT_POSTING,
            [
                rows.known_row(self._source, name, known[name], hashes[name])
                for name in known
                if name not in seen
            ],
        )
        index_words(self._connection, [(place, known[place[1]].posting) for place in changed])
        self._connection.executemany(
            "INSERT INTO revisions (posting, at, snapshot, crawl, page_hash)"
            " SELECT id, ?, snapshot, ?, page_hash FROM postings WHERE source = ? AND posting = ?",
            [(self._at, crawl, *place) for place in changed],
        )
        fresh = (known[name].posting for _, name in changed)
        employer = self._crawl.source.organization or self._crawl.source.board
        if changed:
            from monitor import linking  # noqa: PLC0415 - loads every rule of likeness

            linking.enter(self._connection, self._source, fresh, employer)
        moved = {name for _, name in changed} | {
            name
            for name, each in known.items()
            if name in self._before and self._before[name].state != each.state
        }
        traits.enter(
            self._connection, self._source, [known[name].posting for name in moved], employer
        )

    def _write_readings(self, known: Mapping[str, Known]) -> None:
        """Write what spares the next visit a request.

        Of a failed crawl only what the judgement took into memory: a page that counts as read
        while its postings were ignored would never be read again until it changes.
        """
        crawl = self._crawl
        failed = crawl.outcome == "failed"
        read = [each.id for each in crawl.postings if not failed or each.id in known]
        self._connection.executemany(
            "UPDATE postings SET row_hash = ?, row_read_at = ?, row_extractor = ?"
            " WHERE source = ? AND posting = ?",
            [
                (crawl.rows.get(name), self._at, crawl.extractor, self._source, name)
                for name in read
            ],
        )
        self._connection.executemany(
            _UPSERT_PAGE,
            [
                rows.page_row(self._source, page)
                for page in crawl.pages
                if not failed or known.keys() >= set(page.postings)
            ],
        )

    def _write_event(self, draft: tuple[Any, ...]) -> int:
        written = self._connection.execute(
            "INSERT INTO events (crawl, at, source, kind, posting, title, weight, changes, held,"
            " reason, before_snapshot, after_snapshot)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            draft,
        )
        return int(written.fetchone()["id"])
