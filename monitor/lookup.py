"""The store to read from: what people look up, one read-only connection, one moment a question.

The page and the export ask here; ``store`` stays the only door for whoever writes. Nothing here
writes, and the connection could not (``mode=ro`` and ``query_only``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self, get_args

from monitor import (
    audience,
    dispatch,
    enrolments,
    figures,
    followed,
    gauges,
    narrowing,
    nearby,
    rows,
    sent,
    visited,
)
from monitor.database import Door, connect, reading
from monitor.events import EventKind
from monitor.ledger import KNOWN

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import date, datetime

    from crawler.items import Posting
    from monitor.audience import Stop, Subscription
    from monitor.closeness import Portrait
    from monitor.digest import Pending
    from monitor.enrolments import Known
    from monitor.events import Event
    from monitor.followed import Due
    from monitor.narrowing import Counts, Filter, Found, Row
    from monitor.search import Search


_EVENTS = """
    SELECT e.*, a.fields AS after, b.fields AS before, p.id AS row,
        coalesce(o.organization, e.source) AS employer
    FROM events e
    LEFT JOIN readings a ON a.hash = e.after_snapshot
    LEFT JOIN readings b ON b.hash = e.before_snapshot
    LEFT JOIN postings p ON p.source = e.source AND p.posting = e.posting
    JOIN sources o ON o.id = e.source
"""


class Told(NamedTuple):
    """An event, the number of its posting's page (if it has one) and whose posting it is."""

    event: Event
    row: int | None
    employer: str


class Revision(NamedTuple):
    """How a posting stood from a moment on."""

    id: int
    at: datetime
    posting: Posting


class Linked(NamedTuple):
    """Another posting that is linked with this one; ``newer`` when the other came later.

    What is not ``strong`` is a likeness that is flagged, and nothing is folded by it.
    """

    kind: str
    strong: bool
    why: str
    at: datetime
    row: int
    title: str
    source: str
    state: str
    newer: bool


class Lookup(Door):
    """One SQLite file to read from. It belongs to the thread that opened it.

    Ask inside ``reading``; ``StoreError`` is raised there when the file cannot be read.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._counts: dict[bool, tuple[int, Counts]] = {}

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """Open a store that is there and of this version, or raise ``StoreError`` in words."""
        return cls(connect(Path(path), readonly=True))

    def reading(self) -> AbstractContextManager[None]:
        """Make a block see one moment of the store, however many questions it asks."""
        return reading(self._connection)

    def subscription(self, key: str) -> Subscription | None:
        """Give the reader and the search whose letters a key stops, if it is one."""
        return audience.subscription(self._connection, key)

    def stops(self) -> list[Stop]:
        """Give who gets no letters, the oldest first."""
        return audience.stops(self._connection)

    def asked(self, key: str, now: datetime) -> Known | None:
        """Give the subscription that a key confirms, if it is one and not too old."""
        return enrolments.asked(self._connection, key, now)

    def managed(self, key: str) -> Known | None:
        """Give the subscription that a key changes, if it is one."""
        return enrolments.managed(self._connection, key)

    # -- what happened -----------------------------------------------------------------------------

    def latest(
        self, kind: str | None = None, *, before: tuple[str, int] | None = None, limit: int = 50
    ) -> list[Told]:
        """Give what was told last, the newest first, after a page that ended at ``before``."""
        where, values = ["e.held = 0"], list[object]()
        if kind:
            where.append("e.kind = ?")
            values.append(kind)
        if before:
            where.append("(e.at, e.id) < (?, ?)")
            values += before
        return self._told(
            f"WHERE {' AND '.join(where)} ORDER BY e.at DESC, e.id DESC LIMIT ?", (*values, limit)
        )

    def latest_of(self, source: str, *, limit: int = 20) -> list[Told]:
        """Give what was told last of one source.

        Which these are is asked first: else the texts of all its events would be read and sorted.
        """
        newest = "SELECT id FROM events WHERE source = ? AND held = 0 ORDER BY id DESC LIMIT ?"
        return self._told(f"WHERE e.id IN ({newest}) ORDER BY e.id DESC", (source, limit))

    def of_crawl(self, crawl: int, *, limit: int) -> list[Told]:
        """Give what one visit led to, held closings included, in the order of its judgement."""
        return self._told("WHERE e.crawl = ? ORDER BY e.id LIMIT ?", (crawl, limit))

    def _told(self, condition: str, values: Iterable[object]) -> list[Told]:
        found = self._connection.execute(f"{_EVENTS} {condition}", tuple(values))
        return [_told(row) for row in found]

    def tally(self, since: datetime) -> Mapping[str, int]:
        """Count what was told since a moment, by kind."""
        found = self._connection.execute(
            # Kind by kind, so that the index on (kind, at) is asked for the last days only.
            "SELECT k.value AS kind, (SELECT count(*) FROM events"
            " WHERE held = 0 AND kind = k.value AND at >= ?) AS n FROM json_each(?) k",
            (rows.text_of_instant(since), rows.json_text(get_args(EventKind))),
        )
        return {row["kind"]: row["n"] for row in found if row["n"]}

    # -- postings ----------------------------------------------------------------------------------

    def postings(self, asked: Filter, *, before: int | None = None, limit: int = 50) -> Found:
        """Give one page of the postings that a filter asks for, the newest first, with counts."""
        return narrowing.find(
            self._connection, asked, self._counted(asked.closed), before=before, limit=limit
        )

    def number(self, *, closed: bool = False) -> int:
        """Count the postings that are open, or closed."""
        return narrowing.number(self._connection, closed=closed)

    def _counted(self, closed: bool) -> Counts:
        """Count traits once a state of the store: it changes once a visit, and is asked often."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if closed not in self._counts or self._counts[closed][0] != version:
            self._counts[closed] = version, narrowing.counts(self._connection, closed=closed)
        return self._counts[closed][1]

    def posting(self, id_: int) -> Row | None:
        """Give a posting by the number of its page."""
        row = self._connection.execute(f"{KNOWN} WHERE p.id = ?", (id_,)).fetchone()
        return None if row is None else narrowing.Row(row["id"], rows.known(row))

    def place(self, source: str, posting: str) -> int | None:
        """Give the number of the page of a posting by its source and its id there."""
        row = self._connection.execute(
            "SELECT id FROM postings WHERE source = ? AND posting = ?",
            (source, rows.storable(posting)),
        ).fetchone()
        return None if row is None else int(row["id"])

    def history(self, known: Row) -> tuple[list[Revision], list[Event]]:
        """Give how a posting stood since when, and what happened to it; oldest first."""
        revisions = self._connection.execute(
            "SELECT r.id, r.at, s.fields FROM revisions r JOIN readings s ON s.hash = r.snapshot"
            " WHERE r.posting = ? ORDER BY r.id",
            (known.id,),
        )
        stood = [
            Revision(row["id"], rows.instant(row["at"]), rows.posting(row["fields"]))
            for row in revisions
        ]
        place = (known.known.source, rows.storable(known.known.posting.id))
        told = self._told("WHERE e.source = ? AND e.posting = ? ORDER BY e.id", place)
        return stood, [one.event for one in told]

    def linked(self, id_: int) -> list[Linked]:
        """Give the postings that twins, reposts and editions link with this one."""
        linked = self._connection.execute(
            "SELECT l.kind, l.strong, l.why, l.at, o.id, o.title, o.source, o.state, 0 AS newer"
            " FROM links l JOIN postings o ON o.id = l.other WHERE l.posting = :id"
            " UNION ALL"
            " SELECT l.kind, l.strong, l.why, l.at, o.id, o.title, o.source, o.state, 1"
            " FROM links l JOIN postings o ON o.id = l.posting WHERE l.other = :id",
            {"id": id_},
        )
        found = [
            Linked(
                row["kind"],
                bool(row["strong"]),
                row["why"],
                rows.instant(row["at"]),
                row["id"],
                row["title"],
                row["source"],
                row["state"],
                bool(row["newer"]),
            )
            for row in linked
        ]
        return sorted(found, key=lambda link: link.at, reverse=True)

    # -- the rest of the doors ---------------------------------------------------------------------

    def pending(self, search: Search, now: datetime) -> Pending:
        """Give everything a search has not been told yet."""
        return dispatch.pending(self._connection, search, now)

    def head(self) -> tuple[int, int]:
        """Give what rises whenever a feed or a calendar may have changed."""
        return followed.head(self._connection)

    def followed(self, sources: Sequence[str], *, most: int) -> list[int]:
        """Give the visits that the newest events are of, by number, the newest first."""
        return followed.visits(self._connection, sources, most)

    def news(self, crawl: int) -> Pending:
        """Give the news of a visit as whoever follows everything is told of it."""
        return followed.visit(self._connection, crawl)

    def deadlines(self, since: date, sources: Sequence[str], *, most: int) -> list[Due]:
        """Give the postings that state or stated a deadline, as they stood since when."""
        return followed.deadlines(self._connection, since, sources, most)

    def portrait(self, posting: str) -> Portrait | None:
        """Give a posting as others are near it or not, if it is known."""
        return nearby.portrait(self._connection, posting)

    def feed_key(self, scope: str) -> str:
        """Give the secret of a feed's address."""
        return followed.key(self._connection, scope)

    @property
    def visits(self) -> visited.Visited:
        """Sources and the visits to them."""
        return visited.Visited(self._connection)

    @property
    def letters(self) -> sent.Sent:
        """Digests and the letters they were sent as."""
        return sent.Sent(self._connection)

    @property
    def figures(self) -> figures.Figures:
        """What is counted over time."""
        return figures.Figures(self._connection)

    def gauges(self, now: datetime) -> gauges.Gauges:
        """Give what is seen from outside."""
        return gauges.read(self._connection, now)


def _told(row: sqlite3.Row) -> Told:
    event = rows.event(row)
    stated = event.posting.organization if event.posting else None
    return Told(event, row["row"], str(row["employer"]) if stated is None else stated)
