"""The statements of telling: what a search was not told yet, and its digests.

Every function runs inside a transaction that its caller holds (``monitor/store.py``). An event is
in exactly one digest of each search because a digest moves the search's cursor in the same
transaction, and only from where it stood when the digest was composed.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from monitor import deliveries, nearby, rows, ties
from monitor.ledger import EVENTS, KNOWN, NOTES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from monitor.closeness import Portrait
    from monitor.deliveries import Letter
    from monitor.digest import CrawlNote, Pending
    from monitor.events import Event, Known, Tie
    from monitor.search import Search


_NEWEST = "SELECT max(id) FROM crawls WHERE source = o.id"


class AlreadyDecided(Exception):  # noqa: N818 - a state of affairs, not an error of anyone
    """Raised when another run decided this digest first, from ``Store.decide``."""


def pending(
    connection: sqlite3.Connection, search: Search, now: datetime, *, afresh: bool = False
) -> Pending:
    """Give everything a search was not told yet; for a new one, everything that is open."""
    from monitor.digest import Pending  # noqa: PLC0415 - most runs tell nothing

    known_by = None if afresh else search.id
    found = connection.execute("SELECT * FROM searches WHERE id = ?", (known_by,)).fetchone()
    (head,) = connection.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()
    cursor = found["cursor"] if found else head
    events = _untold(connection, cursor, head)
    drawn = nearby.portrait(connection, search.like) if search.like else None
    known = () if found else _near(connection, drawn) if search.like else _open(connection)
    tied = ties.of_events(connection, cursor, head) if found else ties.of_open(connection)
    closings = _closings(connection, keys(events, tied), cursor) if found else {}
    first_seen = {(each.source, each.posting.id): each.first_seen for each in known}
    return Pending(
        search=search.id,
        since=rows.instant(found["until"]) if found else None,
        until=now,
        cursor=cursor,
        head=head,
        events=events,
        crawls=_notes_after(connection, found["crawl_cursor"]) if found else _last(connection),
        known=known,
        told_closed=_since(closings, found["first_cursor"]) if found else frozenset(),
        closings=closings,
        first_seen=first_seen | _first_seen(connection, cursor, head),
        organizations=_organizations(connection),
        portrait=drawn,
        ties=tied,
        secondhand=_secondhand(connection),
        told=_told_changes(connection, tied, found["first_cursor"], cursor)
        if found
        else frozenset(),
    )


def between(
    connection: sqlite3.Connection, events: Sequence[Event], cursor: int, head: int
) -> Pending:
    """Give the window of some events to whoever was told everything before; there are some."""
    from monitor.digest import Pending  # noqa: PLC0415 - as above

    tied = ties.of_events(connection, cursor, head)
    return Pending(
        search="",
        since=None,
        until=events[-1].at,
        cursor=cursor,
        head=head,
        events=tuple(events),
        first_seen=_first_seen(connection, cursor, head),
        organizations=_organizations(connection),
        ties=tied,
        secondhand=_secondhand(connection),
        told=_told_changes(connection, tied, 0, cursor),
    )


def stands_at(connection: sqlite3.Connection, search: str) -> tuple[Any, ...] | None:
    """Give where a search stands: two that stand at one place are told of the same events."""
    found = connection.execute(
        "SELECT cursor, crawl_cursor, until FROM searches WHERE id = ?", (search,)
    ).fetchone()
    return None if found is None else tuple(found)


def pending_as(connection: sqlite3.Connection, search: Search, read: Pending) -> Pending:
    """Give what was read for a search as another one's that stands at the same place.

    They differ in what they were told before, for one may have begun later.
    """
    found = connection.execute(
        "SELECT first_cursor FROM searches WHERE id = ?", (search.id,)
    ).fetchone()
    if found is None:
        return replace(read, search=search.id)
    first, cursor = found["first_cursor"], read.cursor
    return replace(
        read,
        search=search.id,
        told_closed=_since(read.closings, first),
        told=_told_changes(connection, read.ties, first, cursor),
    )


def _near(connection: sqlite3.Connection, drawn: Portrait | None) -> tuple[Known, ...]:
    """Give the open postings near a portrait, none when there is none yet."""
    found = nearby.similar(connection, drawn) if drawn else []
    return tuple(known for known, _ in found)


def _untold(connection: sqlite3.Connection, cursor: int, head: int) -> tuple[Event, ...]:
    found = connection.execute(
        f"{EVENTS} WHERE e.id > ? AND e.id <= ? AND e.held = 0 ORDER BY e.id", (cursor, head)
    )
    return tuple(rows.event(row) for row in found)


def _open(connection: sqlite3.Connection) -> tuple[Known, ...]:
    found = connection.execute(
        f"{KNOWN} JOIN sources o ON o.id = p.source"
        " WHERE p.state = 'open' AND o.retired_at IS NULL ORDER BY p.source, p.id"
    )
    return tuple(rows.known(row) for row in found)


def _notes_after(connection: sqlite3.Connection, crawl: int) -> tuple[CrawlNote, ...]:
    """Give the crawls recorded after one; by id, for a crawl may be recorded long after it ran."""
    found = connection.execute(f"{NOTES} WHERE c.id > ? ORDER BY c.id", (crawl,))
    return tuple(rows.note(row) for row in found)


def _last(connection: sqlite3.Connection) -> tuple[CrawlNote, ...]:
    found = connection.execute(
        f"{NOTES} WHERE c.id IN (SELECT ({_NEWEST}) FROM sources o)"  # noqa: S608 - constants only
        " AND s.retired_at IS NULL ORDER BY c.id"
    )
    return tuple(rows.note(row) for row in found)


def keys(events: Iterable[Event], tied: Iterable[Tie]) -> set[tuple[str, str]]:
    """Give the postings that a digest is about, and those that are linked with them."""
    own = {(event.source, event.posting_id) for event in events if event.posting_id is not None}
    return own | {end.key for tie in tied for end in tie.ends}


def _closings(
    connection: sqlite3.Connection, keys: Iterable[tuple[str, str]], cursor: int
) -> dict[tuple[str, str], int]:
    """Give those of the postings whose newest told turn is a closing, with the id of that event.

    Posting by posting: all that ever closed are many more than a digest is about.
    """
    question = (
        "SELECT kind, id FROM events WHERE source = ? AND posting = ? AND held = 0 AND id <= ?"
        " AND kind IN ('closed', 'reopened', 'retracted') ORDER BY id DESC LIMIT 1"
    )
    found = ((key, connection.execute(question, (*key, cursor)).fetchone()) for key in keys)
    return {key: row["id"] for key, row in found if row and row["kind"] == "closed"}


def _since(closings: Mapping[tuple[str, str], int], first: int) -> frozenset[tuple[str, str]]:
    """Give the closings that a search was told, which began after an event."""
    return frozenset(key for key, event in closings.items() if event > first)


def _first_seen(
    connection: sqlite3.Connection, cursor: int, head: int
) -> dict[tuple[str, str], datetime]:
    found = connection.execute(
        "SELECT DISTINCT p.source, p.posting, p.first_seen FROM events e"
        " JOIN postings p ON p.source = e.source AND p.posting = e.posting"
        " WHERE e.id > ? AND e.id <= ? AND e.held = 0",
        (cursor, head),
    )
    return {(row["source"], row["posting"]): rows.instant(row["first_seen"]) for row in found}


def _secondhand(connection: sqlite3.Connection) -> frozenset[str]:
    found = connection.execute("SELECT id FROM sources WHERE secondhand")
    return frozenset(row["id"] for row in found)


def _told_changes(
    connection: sqlite3.Connection, tied: Sequence[Tie], first: int, cursor: int
) -> frozenset[tuple[str, str, str]]:
    """Give what a search was told of postings that have twins: fields, or the posting as new."""
    from monitor.twins import WHOLE  # noqa: PLC0415 - most runs tell nothing

    twins = {end.key for tie in tied if tie.kind == "twin" for end in tie.ends}
    told: set[tuple[str, str, str]] = set()
    for key in twins:
        events = connection.execute(
            "SELECT kind, changes FROM events WHERE source = ? AND posting = ? AND held = 0"
            " AND id > ? AND id <= ?",
            (*key, first, cursor),
        )
        for event in events:
            told.update((*key, change["field"]) for change in json.loads(event["changes"]))
            if event["kind"] == "opened":
                told.add((*key, WHOLE))
    return frozenset(told)


def _organizations(connection: sqlite3.Connection) -> dict[str, str]:
    found = connection.execute(
        "SELECT id, organization FROM sources WHERE organization IS NOT NULL"
    )
    return {row["id"]: row["organization"] for row in found}


def decide(
    connection: sqlite3.Connection,
    search: Search,
    period: str,
    pending: Pending,
    letters: Sequence[Letter],
    counts: Mapping[str, int],
    now: datetime,
    keys: Collection[tuple[str, str]] | None = None,
) -> int:
    """Write a digest, its letters and the moved cursor; raise when another run was first."""
    try:
        _advance(connection, search, pending)
        digest = _insert_digest(connection, period, pending, counts, now, keys)
        deliveries.queue(connection, digest, letters, now)
    except sqlite3.IntegrityError as error:
        raise AlreadyDecided(
            f"{search.id}: the digest of {period}, or a letter of it, exists already ({error})"
        ) from error
    return digest


def _advance(connection: sqlite3.Connection, search: Search, pending: Pending) -> None:
    """Move the cursor from where ``pending`` found it, or make the row of a new search."""
    until = rows.text_of_instant(pending.until)
    crawl = _newest_crawl(connection, pending.crawls)
    if pending.since is None:
        connection.execute(
            "INSERT INTO searches (id, name, first_cursor, cursor, crawl_cursor, until)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (search.id, search.name, pending.head, pending.head, crawl, until),
        )
        return
    moved = connection.execute(
        "UPDATE searches SET name = ?, cursor = ?, until = ?, crawl_cursor ="
        " CASE WHEN crawl_cursor < ? THEN ? ELSE crawl_cursor END"
        " WHERE id = ? AND cursor = ? AND until = ?",
        (
            search.name,
            pending.head,
            until,
            crawl,
            crawl,
            search.id,
            pending.cursor,
            rows.text_of_instant(pending.since),
        ),
    )
    if moved.rowcount != 1:
        raise AlreadyDecided(f"{search.id}: another run told these events first")


def _newest_crawl(connection: sqlite3.Connection, notes: Sequence[CrawlNote]) -> int:
    visits = [(note.source, rows.text_of_instant(note.at)) for note in notes]
    (newest,) = connection.execute(
        "SELECT coalesce(max(c.id), 0) FROM json_each(?) v CROSS JOIN crawls c ON"
        " c.source = json_extract(v.value, '$[0]') AND c.started = json_extract(v.value, '$[1]')",
        (rows.json_text(visits),),
    ).fetchone()
    return int(newest)


def _insert_digest(
    connection: sqlite3.Connection,
    period: str,
    pending: Pending,
    counts: Mapping[str, int],
    now: datetime,
    keys: Collection[tuple[str, str]] | None,
) -> int:
    written = connection.execute(
        "INSERT INTO digests (search, period, since, until, after_event, last_event, counts,"
        " decided_at, told) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            pending.search,
            period,
            rows.maybe_text_of_instant(pending.since),
            rows.text_of_instant(pending.until),
            pending.cursor,
            pending.head,
            rows.json_text(dict(counts)),
            rows.text_of_instant(now),
            None if keys is None else rows.json_text(sorted(keys)),
        ),
    )
    return int(written.fetchone()["id"])


def last_period(connection: sqlite3.Connection, search: str) -> tuple[str, datetime] | None:
    """Give the newest decided period of a search and when; summaries have periods of their own."""
    row = connection.execute(
        "SELECT period, decided_at FROM digests WHERE search = ? AND kind = 'digest'"
        " ORDER BY id DESC LIMIT 1",
        (search,),
    ).fetchone()
    return None if row is None else (row["period"], rows.instant(row["decided_at"]))
