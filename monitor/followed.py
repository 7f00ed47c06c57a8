"""The statements of feeds: what happened visit by visit, deadlines as they moved, secret addresses.

Whoever follows a feed was told everything before, so each visit is a window of its own whose news
stays the same whenever it is read: ties that were found later are none of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from monitor import dispatch, rows
from monitor.database import writing
from monitor.leaving import token
from monitor.ledger import EVENTS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from crawler.items import Posting
    from monitor.digest import Pending

_OF_ONE_VISIT = 500
"""Events of one visit that a feed looks at: more are a flood that nobody reads."""
_VISITS = """
    SELECT crawl, max(id) AS last FROM (
        SELECT id, crawl FROM events
        WHERE held = 0 AND (? IS NULL OR source IN (SELECT value FROM json_each(?)))
        ORDER BY id DESC LIMIT ?)
    GROUP BY crawl ORDER BY last DESC
"""
_DEADLINES = """
    SELECT p.id, p.source, p.posting, o.organization FROM postings p
    JOIN sources o ON o.id = p.source
    WHERE (p.valid_through >= ?2 OR (p.source, p.posting) IN (
        SELECT e.source, e.posting FROM events e
        WHERE e.held = 0 AND e.kind = 'changed' AND e.at >= ?2
        AND e.changes LIKE '%"valid_through"%'))
    AND (?1 IS NULL OR p.source IN (SELECT value FROM json_each(?1)))
    ORDER BY coalesce(p.valid_through, ''), p.id LIMIT ?3
"""
_TURNS = ("closed", "reopened", "retracted")


class Moment(NamedTuple):
    """How a posting stood from a moment on, as far as its deadline goes."""

    at: datetime
    posting: Posting
    closed: bool


class Due(NamedTuple):
    """A posting that states or stated a deadline, whose it is, and how it stood since when."""

    source: str
    organization: str | None
    moments: tuple[Moment, ...]


def head(connection: sqlite3.Connection) -> tuple[int, int]:
    """Give what rises whenever a feed or a calendar may have changed."""
    found = connection.execute(
        "SELECT (SELECT coalesce(max(id), 0) FROM events),"
        " (SELECT coalesce(max(id), 0) FROM revisions)"
    ).fetchone()
    return found[0], found[1]


def visits(connection: sqlite3.Connection, sources: Sequence[str], most: int) -> list[int]:
    """Give the visits that the newest ``most`` events are of, by number, the newest first.

    ``sources`` are those to look at; none are all.
    """
    named = rows.json_text(list(sources)) if sources else None
    found = connection.execute(_VISITS, (named, named, most))
    return [row["crawl"] for row in found]


def visit(connection: sqlite3.Connection, crawl: int) -> Pending:
    """Give a visit with news as whoever follows everything is told of it."""
    found = connection.execute(
        f"{EVENTS} WHERE e.crawl = ? AND e.held = 0 ORDER BY e.id DESC LIMIT ?",
        (crawl, _OF_ONE_VISIT),
    )
    events = tuple(rows.event(row) for row in found)[::-1]
    cursor, last = (events[0].id or 1) - 1, events[-1].id or 1
    until = max(event.at for event in events)
    made = dispatch.between(connection, events, cursor, last)
    tied = tuple(tie for tie in made.ties if all(end.first_seen <= until for end in tie.ends))
    named = {(event.source, event.posting_id) for event in events if event.posting_id is not None}
    named |= {end.key for tie in tied for end in tie.ends}
    closed = frozenset(name for name in named if _closed(connection, name, cursor))
    return replace(made, until=until, ties=tied, told_closed=closed)


def _closed(connection: sqlite3.Connection, key: tuple[str, str], cursor: int) -> bool:
    """Say whether the last turn of a posting up to an event was told as a closing."""
    row = connection.execute(
        "SELECT kind FROM events WHERE source = ? AND posting = ? AND held = 0 AND id <= ?"
        " AND kind IN ('closed', 'reopened', 'retracted') ORDER BY id DESC LIMIT 1",
        (*key, cursor),
    ).fetchone()
    return row is not None and row["kind"] == "closed"


def deadlines(
    connection: sqlite3.Connection, since: date, sources: Sequence[str], most: int
) -> list[Due]:
    """Give the postings whose deadline is not long past or was changed since, nearest first."""
    named = rows.json_text(list(sources)) if sources else None
    found = connection.execute(_DEADLINES, (named, since.isoformat(), most)).fetchall()
    return [Due(row["source"], row["organization"], _moments(connection, row)) for row in found]


def _moments(connection: sqlite3.Connection, row: sqlite3.Row) -> tuple[Moment, ...]:
    """Give how a posting stood since when: each reading of it, each closing and return."""
    readings = connection.execute(
        "SELECT r.at, s.fields FROM revisions r JOIN snapshots s ON s.hash = r.snapshot"
        " WHERE r.posting = ? ORDER BY r.id",
        (row["id"],),
    )
    stood = [(rows.instant(one["at"]), rows.posting(one["fields"])) for one in readings]
    turns = connection.execute(
        "SELECT at, kind FROM events WHERE source = ? AND posting = ? AND held = 0"
        " AND kind IN (SELECT value FROM json_each(?)) ORDER BY id",
        (row["source"], row["posting"], rows.json_text(_TURNS)),
    )
    steps = [(at, 0, posting, "") for at, posting in stood]
    steps += [(rows.instant(one["at"]), 1, stood[0][1], one["kind"]) for one in turns]
    return tuple(_followed(sorted(steps, key=lambda step: step[:2])))


def _followed(steps: Sequence[tuple[datetime, int, Posting, str]]) -> Iterator[Moment]:
    posting, closed = steps[0][2], False
    for at, _, read, kind in steps:
        posting, closed = (posting, kind == "closed") if kind else (read, closed)
        yield Moment(at, posting, closed)


def key(connection: sqlite3.Connection, scope: str) -> str:
    """Give the secret of a feed's address; the same until it is renewed."""
    found = connection.execute("SELECT generation FROM feeds WHERE scope = ?", (scope,)).fetchone()
    secret = connection.execute("SELECT value FROM secrets WHERE name = 'feeds'").fetchone()
    return token(bytes(secret["value"]), scope, str(found["generation"] if found else 0))


def renew(connection: sqlite3.Connection, scope: str) -> None:
    """Give a feed another address: the one before is good for nothing from then on."""
    with writing(connection):
        connection.execute(
            "INSERT INTO feeds (scope, generation) VALUES (?, 1)"
            " ON CONFLICT DO UPDATE SET generation = generation + 1",
            (scope,),
        )
