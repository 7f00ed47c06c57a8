"""The statements that keep the store small: readings are packed, and thinned out when they may be.

A walk goes over all postings by their numbers, some in a transaction, and remembers how far it came
in the same transaction; whoever is killed goes on from there. Nothing that a visit, a digest or a
link reads next is touched, and the file is never written anew: what becomes free is used again.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from crawler import packing
from monitor import dictionaries, packed, retention, rows
from monitor.database import reading, writing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from monitor.dictionaries import Common
    from monitor.retention import Held, Plan, Retention

EVERY = timedelta(days=1)
"""How long after the end of a walk the next one begins."""
_STEP = 100
"""Postings a transaction: some 20 ms, so no reader and no writer waits for long."""
_VISITS = 1000

Place: TypeAlias = tuple[str, str]
"""The source and the name of the last posting that was looked at."""
_START: Place = ("", "")

# Source by source, so that one dictionary at a time is enough.
_POSTINGS = """
    SELECT id, source, posting, CASE state WHEN 'closed' THEN closed_at END AS closed_at, snapshot
    FROM postings WHERE (source, posting) > (?, ?) ORDER BY source, posting LIMIT ?
"""
_REVISIONS = """
    SELECT r.posting, r.id, r.snapshot FROM json_each(?) j JOIN revisions r ON r.posting = j.value
    ORDER BY r.id
"""
_TOLD = """
    SELECT p.id, e.before_snapshot, e.after_snapshot FROM json_each(?) j
    JOIN postings p ON p.id = j.value
    JOIN events e ON e.source = p.source AND e.posting = p.posting
    WHERE e.kind NOT IN ('twin', 'reposted', 'edition')
"""
# One that bears the name elsewhere, such as under what a source was called before.
_OTHERS = """
    SELECT p.id, o.snapshot AS present, r.snapshot FROM json_each(?) j
    JOIN postings p ON p.id = j.value
    JOIN postings o ON o.posting = p.posting AND o.id <> p.id
    LEFT JOIN revisions r ON r.posting = o.id
"""
_STATES = """
    SELECT s.hash, s.fields, s.packed IS NOT NULL AS packed, j.value FROM json_each(?) j
    JOIN snapshots s ON s.hash = j.value WHERE s.packed IS {} NULL
"""
# Up to which instant nothing is left that a search was not told.
_UNTOLD = """
    SELECT min(at) FROM events WHERE id > coalesce((SELECT min(cursor) FROM searches), 0)
        AND EXISTS (SELECT 1 FROM searches)
"""
_OLD_VISITS = """
    SELECT c.id FROM crawls c WHERE c.source = :source AND c.started < :before
    AND c.baseline IS NULL AND c.id <= coalesce((SELECT min(crawl_cursor) FROM searches), c.id)
    AND c.id > (SELECT min(id) FROM crawls WHERE source = :source)
    AND c.started < (SELECT started FROM crawls WHERE source = :source
        ORDER BY started DESC LIMIT 1 OFFSET :least)
    AND NOT EXISTS (SELECT 1 FROM revisions WHERE crawl = c.id)
    AND NOT EXISTS (SELECT 1 FROM events WHERE crawl = c.id)
    ORDER BY c.started LIMIT :most
"""


@dataclass(slots=True)
class Done:
    """What a walk came to; ``before`` and ``after`` are the bytes of what it packed."""

    postings: int = 0
    packed: int = 0
    before: int = 0
    after: int = 0
    unpacked: int = 0
    thinned: int = 0
    visits: int = 0


class Upkeep:
    """A walk over the store, or the part of one that there is time for. It holds no transaction."""

    def __init__(self, connection: sqlite3.Connection, keep: Retention, now: datetime) -> None:
        self._connection, self._keep, self._now = connection, keep, now
        self.done = Done()
        self._common: tuple[str, Common] | None = None

    def some(self, seconds: float) -> bool:
        """Go on with the walk for so long; say whether it came to its end, or was not due.

        The first one is due a day after the store was first looked at: nothing is old before.
        """
        end = time.monotonic() + seconds
        place, ended = self._state()
        if place == _START and (ended is None or ended > self._now - EVERY):
            if ended is None:
                with writing(self._connection):
                    self._ended()
            return True
        while place is not None and time.monotonic() < end:
            place = self._step(place)
        return place is None

    def all(self, *, dry: bool = False) -> Done:
        """Walk from the first posting to the last; ``dry`` only counts."""
        place: Place | None = _START
        while place is not None:
            place = self._look(place) if dry else self._step(place)
        return self.done

    def bodies(self, source: str) -> set[str]:
        """Give the hashes of the pages that the open postings of a source were read from."""
        with reading(self._connection):
            found = self._connection.execute(
                "SELECT DISTINCT page_hash FROM postings"
                " WHERE source = ? AND state = 'open' AND page_hash IS NOT NULL",
                (source,),
            )
            return {row["page_hash"] for row in found}

    def _state(self) -> tuple[Place | None, datetime | None]:
        with reading(self._connection):
            row = self._connection.execute("SELECT * FROM upkeep").fetchone()
        return (row["source"], row["posting"]), rows.maybe_instant(row["ended_at"])

    def _step(self, place: Place) -> Place | None:
        """Do what is to be done for some postings, or for all visits when there are no more."""
        with writing(self._connection):
            found, plan = self._planned(place)
            if found:
                self._apply(plan)
                return self._came_to(_place(found))
        self._let_visits_go()
        with writing(self._connection):
            dictionaries.drop_unused(self._connection)
            self._came_to(_START)
            self._ended()
        return None

    def _ended(self) -> None:
        self._connection.execute(
            "UPDATE upkeep SET ended_at = ?", (rows.text_of_instant(self._now),)
        )

    def _came_to(self, place: Place) -> Place:
        self._connection.execute("UPDATE upkeep SET source = ?, posting = ?", place)
        return place

    def _look(self, place: Place) -> Place | None:
        """Count what a step would do."""
        with reading(self._connection):
            found, plan = self._planned(place)
            if found:
                waiting = self._standing(plan.whole | plan.shown, plain=True)
                self.done.packed += len(waiting)
                self.done.before += sum(len(row["fields"].encode()) for row in waiting)
                self.done.unpacked += len(self._standing(plan.plain, plain=False))
                self.done.thinned += len(plan.revisions)
                return _place(found)
            self.done.visits = sum(len(self._old_visits(source)) for source in self._sources())
        return None

    def _planned(self, place: Place) -> tuple[Sequence[Any], Plan]:
        found = self._connection.execute(_POSTINGS, (*place, _STEP)).fetchall()
        self.done.postings += len(found)
        held = _held(self._connection, found)
        return found, retention.plan(held, self._keep, self._now, told=self._told)

    @cached_property
    def _told(self) -> datetime:
        """Up to when every search knows all; what is recorded meanwhile is newer."""
        (untold,) = self._connection.execute(_UNTOLD).fetchone()
        return rows.instant(untold) if untold else self._now

    def _standing(self, hashes: Iterable[str], *, plain: bool) -> list[Any]:
        """Give those of the snapshots that are plain, or packed."""
        statement = _STATES.format("" if plain else "NOT")
        found = self._connection.execute(statement, (rows.json_text(sorted(hashes)),)).fetchall()
        return [row for row in found if not plain or row["fields"] != rows.THINNED]

    def _apply(self, plan: Plan) -> None:
        for row in self._standing(plan.plain, plain=False):
            self._connection.execute(
                "UPDATE snapshots SET fields = (SELECT fields FROM readings WHERE hash = ?),"
                " packed = NULL, dictionary = NULL WHERE hash = ?",
                (row["hash"], row["hash"]),
            )
            self.done.unpacked += 1
        for row in self._standing(plan.whole | plan.shown, plain=True):
            self._pack(row, self._common_of(plan.source[row["hash"]]), row["hash"] in plan.shown)
        self._thin(plan)

    def _common_of(self, source: str) -> Common:
        if self._common is None or self._common[0] != source:
            self._common = source, dictionaries.of_source(self._connection, source, self._now)
        return self._common[1]

    def _pack(self, row: Any, common: Common, shown: bool) -> None:
        text, hash_ = row["fields"], row["hash"]
        if shown and '"body":' not in text:
            return  # all of it is shown
        content = text.encode()
        made = packing.pack(content, common.dictionary)
        if hashlib.sha256(packing.unpack(made, common.dictionary)).hexdigest() != hash_:
            return  # it is not what its name says; `rolecall doctor store` tells
        stays = packed.shown(text) if shown else rows.THINNED
        if len(made) + len(stays) >= len(content):
            return
        self._connection.execute(
            "UPDATE snapshots SET fields = ?, packed = ?, dictionary = ? WHERE hash = ?",
            (stays, made, common.number, hash_),
        )
        self.done.packed += 1
        self.done.before += len(content)
        self.done.after += len(made) + len(stays)

    def _thin(self, plan: Plan) -> None:
        self._connection.executemany(
            "DELETE FROM revisions WHERE id = ?", [(number,) for number in plan.revisions]
        )
        self._connection.executemany(
            "UPDATE snapshots SET fields = ?, packed = NULL, dictionary = NULL WHERE hash = ?",
            [(rows.THINNED, hash_) for hash_ in plan.thinned],
        )
        self.done.thinned += len(plan.revisions)

    # -- visits ------------------------------------------------------------------------------------

    def _sources(self) -> list[str]:
        return [row["id"] for row in self._connection.execute("SELECT id FROM sources")]

    def _old_visits(self, source: str) -> list[tuple[int]]:
        before = rows.text_of_instant(self._now - max(self._keep.visits, retention.SHORTEST))
        asked = {"source": source, "before": before, "least": self._keep.visits_least - 1}
        found = self._connection.execute(_OLD_VISITS, asked | {"most": _VISITS})
        return [(row["id"],) for row in found]

    def _let_visits_go(self) -> None:
        """Delete the visits that led to nothing, long ago, source by source."""
        for source in self._sources():
            with writing(self._connection):
                doomed = self._old_visits(source)
                for table, key in (("requests", "crawl"), ("crawls", "id")):
                    self._connection.executemany(
                        f"DELETE FROM {table} WHERE {key} = ?",  # noqa: S608 - constants
                        doomed,
                    )
                self.done.visits += len(doomed)


def _place(found: Sequence[Any]) -> Place:
    return found[-1]["source"], found[-1]["posting"]


def _held(connection: sqlite3.Connection, found: Sequence[Any]) -> list[Held]:
    """Read which readings some postings have, and what else names them."""
    ids = json.dumps([row["id"] for row in found])
    revisions: dict[int, list[tuple[int, str]]] = {row["id"]: [] for row in found}
    told: dict[int, set[str]] = {row["id"]: set() for row in found}
    others: dict[int, set[str]] = {row["id"]: set() for row in found}
    for posting, number, hash_ in connection.execute(_REVISIONS, (ids,)):
        revisions[posting].append((number, hash_))
    for posting, *hashes in connection.execute(_TOLD, (ids,)):
        told[posting].update(filter(None, hashes))
    for posting, *hashes in connection.execute(_OTHERS, (ids,)):
        others[posting].update(filter(None, hashes))
    return [
        retention.Held(
            row["source"],
            rows.maybe_instant(row["closed_at"]),
            row["snapshot"],
            revisions[row["id"]],
            told[row["id"]],
            others[row["id"]],
        )
        for row in found
    ]
