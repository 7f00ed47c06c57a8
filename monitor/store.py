"""The memory on disk: the one door to the only SQL of the project.

Everything that must not happen twice has a unique key, and everything that belongs together is one
transaction that begins with ``BEGIN IMMEDIATE`` (sqlite-utils' ``atomic()`` begins deferred, which
fails at once when another writer came between read and write; docs/decisions.md). The statements
live here, in ``ledger`` (crawls), ``rewriting`` (readings made anew), ``linking`` and ``ties``
(links), ``nearby`` (what is similar), ``dispatch`` (digests), ``deliveries`` (outbox), ``past``
(summaries), ``audience`` and ``forgetting`` (readers), ``alarms``, ``hosts``, ``runs``,
``migrations`` (tables) and ``database`` (the file). ``lookup`` is the door for whoever only reads.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Self

from monitor import (
    audience,
    deliveries,
    dispatch,
    followed,
    forgetting,
    ledger,
    nearby,
    recollection,
    rewriting,
    rows,
    standings,
    ties,
    upkeep,
)
from monitor.annexes import Annexes
from monitor.audience import EVERY, Audience, Stop
from monitor.database import connect, reading, scrub, writing
from monitor.deliveries import Delivery, Letter
from monitor.dispatch import AlreadyDecided
from monitor.enrolments import Enrolments
from monitor.forgetting import Forgotten
from monitor.past import Past
from monitor.soundness import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from crawler.items import Asked, Crawl, Source
    from crawler.memory import Recollection
    from monitor.closeness import Portrait
    from monitor.derivation import Derivation, Stand
    from monitor.digest import CrawlNote, Pending
    from monitor.events import Event, Judgement, Known, Standing, Tie
    from monitor.retention import Retention
    from monitor.search import Fit, Search

__all__ = ["AlreadyDecided", "Delivery", "Forgotten", "Letter", "Store", "StoreError"]


# Ranked before anything else of a posting is read: common words have many.
_BEST = """
    SELECT o.id, bm25(posting_index, 10, 4, 4, 1) AS rank
    FROM posting_index i CROSS JOIN postings o ON o.id = i.rowid
    WHERE posting_index MATCH ? AND o.state IN ('open', ?) ORDER BY rank, o.id LIMIT ?
"""


class Store(Annexes):
    """One SQLite file. Open it, ask, record; close it (it is a context manager).

    A store belongs to the thread that opened it; other threads and processes open their own.
    ``StoreError`` is raised by any method that finds the file damaged, full or held too long.
    """

    @classmethod
    def open(cls, path: Path | str, *, readonly: bool = False) -> Self:
        """Open and migrate the store, or raise ``StoreError`` with the next step in words.

        A missing file is created (not when ``readonly``). A file that is damaged, foreign, or
        written by a newer Rolecall is never touched.
        """
        return cls(connect(Path(path), readonly=readonly))

    @property
    def audience(self) -> Audience:
        """The readers: by which key each leaves, who gets no letters and why."""
        return Audience(self._connection)

    @property
    def enrolments(self) -> Enrolments:
        """The readers who subscribed by themselves: who asks, confirms, changes."""
        return Enrolments(self._connection)

    def renew_feed(self, scope: str) -> None:
        """Give a feed another secret address."""
        followed.renew(self._connection, scope)

    @property
    def past(self) -> Past:
        """What happened in spans of time, and the summaries of it."""
        return Past(self._connection)

    def upkeep(self, keep: Retention, now: datetime) -> upkeep.Upkeep:
        """Give the walk that packs readings and thins them out."""
        return upkeep.Upkeep(self._connection, keep, now)

    def compact(self) -> bool:
        """Write the file anew without its free space; ``False`` when somebody else reads it."""
        return scrub(self._connection)

    def recall(self, source: str) -> Recollection:
        """Give what the crawler may know of a source (implements ``crawler.memory.Memory``)."""
        with reading(self._connection):
            return recollection.recall(self._connection, source)

    def standing(self, source: str) -> Standing:
        """Give what is known of a source, with every posting it ever had."""
        with reading(self._connection):
            return standings.standing(self._connection, source)

    def record(
        self, crawl: Crawl, judge: Callable[[Crawl, Standing], Judgement]
    ) -> Judgement | None:
        """Read the standing, judge the crawl, write everything: one transaction.

        The judgement comes back with the events' ids. ``None`` when this visit (source and start
        time) is recorded already: nothing is written. A source that is new by name but the same
        place as a known one (kind, board, URL, options) is that one renamed and keeps its history;
        a name whose kind or board changed is another place and begins with its own baseline.
        """
        with writing(self._connection):
            return ledger.record(self._connection, crawl, judge)

    def behind(self, source: str, extractor: int) -> bool:
        """Say whether the last visit of a source was read by another version of the extractor."""
        with reading(self._connection):
            return rewriting.behind(self._connection, source, extractor)

    def stands(self, source: str) -> list[Stand]:
        """Give how every posting of a source stands and stood, with the page it was read from."""
        with reading(self._connection):
            return rewriting.stands(self._connection, source)

    def rederive(self, source: Source, made: Derivation) -> None:
        """Put today's readings in the place of older ones: one transaction, and no event."""
        with writing(self._connection):
            rewriting.rewrite(self._connection, source, made)

    def pending(self, search: Search, now: datetime, *, afresh: bool = False) -> Pending:
        """Give everything a search has not been told yet; ``afresh`` as if it were new.

        One read.
        """
        with reading(self._connection):
            return dispatch.pending(self._connection, search, now, afresh=afresh)

    def pending_as(self, search: Search, read: Pending) -> Pending:
        """Give what one search was not told from what another one was not that stands there too."""
        with reading(self._connection):
            return dispatch.pending_as(self._connection, search, read)

    def stands_at(self, search: str) -> tuple[Any, ...] | None:
        """Give up to where a search was told; ``None`` for a new one."""
        with reading(self._connection):
            return dispatch.stands_at(self._connection, search)

    def decide(
        self,
        search: Search,
        period: str,
        pending: Pending,
        letters: Sequence[Letter],
        counts: Mapping[str, int],
        now: datetime,
        keys: Collection[tuple[str, str]] | None = None,
    ) -> int:
        """Commit a digest: its row, its letters and the cursor, in one transaction; give its id.

        ``keys`` it tells other searches of. ``AlreadyDecided``: period taken, or cursor moved.
        """
        with writing(self._connection):
            whole = search, period, pending, letters, counts, now, keys
            made = dispatch.decide(self._connection, *whole)
            audience.enrol(self._connection, search.id, letters)
            return made

    def last_period(self, search: str) -> tuple[str, datetime] | None:
        """Give the newest decided period of a search and when it was decided."""
        with reading(self._connection):
            return dispatch.last_period(self._connection, search)

    def claim(self, now: datetime, *, lease: float, shut: Collection[str] = ()) -> Delivery | None:
        """Take one delivery that is due, marking it ``sending`` until the lease (seconds) ends.

        One whose lease ran out is taken again, the same bytes under the same Message-ID. Those that
        leave by a door among ``shut`` wait.
        """
        with writing(self._connection):
            return deliveries.claim(self._connection, now, lease, shut)

    def settle(
        self,
        delivery: Delivery,
        *,
        now: datetime,
        sent: bool,
        reply: str,
        retry_at: datetime | None,
        counted: bool = True,
        bounced: bool = False,
    ) -> None:
        """Write how a sending ended; neither sent nor ``retry_at`` means dead.

        Not ``counted`` means that no letter could leave at all: an outage wears no letter out.
        ``bounced`` means that the address was refused: it gets no letters until that is lifted.
        """
        with writing(self._connection):
            end = partial(deliveries.settle, sent=sent, reply=reply, retry_at=retry_at)
            end(self._connection, delivery, now=now, counted=counted)
            if bounced and delivery.letter.channel == deliveries.MAIL:
                refused = Stop(delivery.letter.recipient, EVERY, "bounced", now, reply)
                audience.stop(self._connection, refused)

    def undelivered(self) -> list[Delivery]:
        """Give every delivery that is not sent yet, dead ones included."""
        with reading(self._connection):
            return deliveries.undelivered(self._connection)

    def told(self, search: str, channel: str, recipient: str, *, most: int = -1) -> list[bytes]:
        """Give what was decided for a channel of a search, newest first, at most so many."""
        with reading(self._connection):
            return deliveries.told(self._connection, search, channel, recipient, most)

    def letters_of(self, recipient: str) -> list[str]:
        """Give the Message-IDs of every letter to an address."""
        with reading(self._connection):
            return forgetting.letters_of(self._connection, recipient)

    def forget(self, recipient: str, named: Collection[str]) -> Forgotten:
        """Remove a reader with everything kept of them; ``named`` are the searches that stay."""
        return forgetting.forget(self._connection, recipient, named)

    def due_sources(self, intervals: Mapping[str, float], now: datetime) -> list[str]:
        """Give the ids whose last visit began longer ago than their interval (seconds).

        Those never visited come first, then those whose visit is longest ago. A source in
        quarantine is not due. A last visit that is yet to come does not count: a clock was wrong.
        """
        with reading(self._connection):
            ages = ledger.ages(self._connection, now)
            alone = ledger.quarantined(self._connection, now)
        due = [name for name, seconds in intervals.items() if ages.get(name, seconds) >= seconds]
        return sorted(set(due) - alone, key=lambda name: -ages.get(name, float("inf")))

    def find(self, posting: str) -> list[Known]:
        """Give the postings that a user may mean: ``source/id``, an id, or a posting's link.

        What a link carries only to tell where its reader came from does not count.
        """
        with reading(self._connection):
            return nearby.find(self._connection, posting)

    def similar(self, posting: str) -> tuple[Portrait, list[tuple[Known, Fit]]] | None:
        """Give the posting that is meant and the open ones near it, the nearest first.

        ``None`` when there is no such posting. At most ``nearby.CANDIDATES`` are given, whatever
        is known; what is surely the same role elsewhere is none of them.
        """
        with reading(self._connection):
            drawn = nearby.portrait(self._connection, posting)
            return None if drawn is None else (drawn, nearby.similar(self._connection, drawn))

    def timeline(self, source: str, posting: str) -> list[Mapping[str, Any]]:
        """Give events and revisions of one posting, oldest first.

        Every entry has ``at``; an event's has ``event`` (what happened) and ``held``, a revision's
        ``posting`` (how it stood from then on) and ``snapshot`` (its hash).
        """
        with reading(self._connection):
            revisions = self._connection.execute(
                "SELECT r.at, r.snapshot, s.fields FROM revisions r"
                " JOIN postings p ON p.id = r.posting JOIN readings s ON s.hash = r.snapshot"
                " WHERE p.source = ? AND p.posting = ? ORDER BY r.id",
                (source, posting),
            ).fetchall()
            events = self._connection.execute(
                f"{ledger.EVENTS} WHERE e.source = ? AND e.posting = ? ORDER BY e.id",
                (source, posting),
            ).fetchall()
        entries = [*map(_revision_entry, revisions), *map(_event_entry, events)]
        return sorted(entries, key=lambda entry: entry["at"])

    def ties(self, source: str, posting: str) -> tuple[Tie, ...]:
        """Give what one posting is linked with, in the order in which they were first read.

        A posting of a source whose name another place took over is in none of them.
        """
        with reading(self._connection):
            return ties.of_posting(self._connection, source, posting)

    def search(self, words: str, *, limit: int = 50, closed: bool = False) -> list[Known]:
        """Search titles, organizations, places and bodies; every user token is quoted.

        All words must occur, in any form of English ("engineer" finds "engineers"); best first.
        """
        quoted = nearby.quoted(words)
        if not quoted:
            return []
        with reading(self._connection):
            found = self._connection.execute(
                f"{ledger.KNOWN} JOIN ({_BEST}) best ON best.id = p.id ORDER BY best.rank, p.id",
                (quoted, "closed" if closed else "open", limit),
            )
            return [rows.known(row) for row in found]

    def requests(self, source: str) -> list[Asked]:
        """Give what the last visit of a source asked for, in the order of the answers."""
        with reading(self._connection):
            found = self._connection.execute(
                "SELECT r.* FROM requests r JOIN crawls c ON c.id = r.crawl WHERE c.source = ?"
                " AND c.started = (SELECT max(started) FROM crawls WHERE source = c.source)"
                " ORDER BY r.id",
                (source,),
            )
            return [rows.asked(row) for row in found]

    def status(self) -> list[Mapping[str, Any]]:
        """Give one row a source: last visit, outcome, reasons, open postings, usual size.

        ``usual`` is the median of its last complete crawls, ``None`` before there is one.
        """
        with reading(self._connection):
            found = self._connection.execute(
                "SELECT v.*, s.counts, s.succeeded_at, c.suspicious FROM v_source v"
                " JOIN sources s ON s.id = v.source"
                " LEFT JOIN crawls c ON c.source = v.source AND c.started = v.last_visit"
                " WHERE v.retired_at IS NULL ORDER BY v.source"
            )
            return [_status_entry(row) for row in found]

    def events(self, since: int = 0, *, source: str | None = None) -> Iterator[Event]:
        """Give the events after an id in the order they were recorded, held ones included."""
        found = self._connection.execute(
            f"{ledger.EVENTS} WHERE e.id > ? AND (? IS NULL OR e.source = ?) ORDER BY e.id",
            (since, source, source),
        )
        return map(rows.event, found)

    def crawls(self, source: str | None = None) -> Iterator[CrawlNote]:
        """Give every crawl in short, in the order they were recorded."""
        found = self._connection.execute(
            f"{ledger.NOTES} WHERE ? IS NULL OR c.source = ? ORDER BY c.id", (source, source)
        )
        return map(rows.note, found)


def _revision_entry(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "at": rows.instant(row["at"]),
        "posting": rows.posting(row["fields"]),
        "snapshot": row["snapshot"],
    }


def _event_entry(row: Any) -> dict[str, Any]:
    event = rows.event(row)
    return {
        "at": event.at,
        "event": event.kind,
        "weight": event.weight,
        "changes": event.changes,
        "held": event.held,
        "reason": event.reason,
        "id": event.id,
    }


def _status_entry(row: Any) -> dict[str, Any]:
    counts = json.loads(row["counts"])
    return {
        "source": row["source"],
        "kind": row["kind"],
        "board": row["board"],
        "url": row["url"],
        "organization": row["organization"],
        "first_seen": rows.instant(row["first_seen"]),
        "baseline_at": rows.maybe_instant(row["baseline_at"]),
        "last_visit": rows.maybe_instant(row["last_visit"]),
        "succeeded_at": rows.maybe_instant(row["succeeded_at"]),
        "outcome": row["last_outcome"],
        "reasons": tuple(json.loads(row["last_reasons"] or "[]")),
        "suspicious": row["suspicious"],
        "found": row["last_found"],
        "open": row["open"],
        "usual": median(counts) if counts else None,
        "failures": row["failures"],
        "broken": bool(row["broken"]),
        "quarantined_at": rows.maybe_instant(row["quarantined_at"]),
    }
