"""The statements about readers: by which key each leaves, who gets no letters and why.

A reader is an address of a search; letter case does not tell two apart. Who stopped letters gets
none, however often rolecall.toml names the address, until the operator lifts that
(``rolecall subscribe``). An address that its own server refuses for good is stopped for every
search: a sender that goes on writing to it is soon believed by nobody.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from monitor import rows
from monitor.database import reading, writing
from monitor.deliveries import MAIL
from monitor.leaving import mark, token

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import datetime

    from monitor.deliveries import Letter
    from monitor.overlap import Told

EVERY = ""
"""Stands for every search."""
WITHHELD = "held back: its address refused an earlier letter"

_WAITING = "channel = 'mail' AND (state = 'pending' OR state = 'sending' AND lease_until <= ?)"
_STOPPED = """
    EXISTS (SELECT 1 FROM stops s JOIN digests d ON d.id = outbox.digest
    WHERE s.recipient = outbox.recipient AND s.search IN ('', d.search) AND s.why = ?)
"""
_TOLD = """
    SELECT s.name, d.after_event, d.last_event, d.until, d.told
    FROM digests d JOIN searches s ON s.id = d.search
    WHERE d.search IN (SELECT value FROM json_each(?)) AND d.told IS NOT NULL AND d.last_event >= ?
    AND EXISTS (SELECT 1 FROM outbox o WHERE o.digest = d.id AND o.recipient = ? COLLATE NOCASE
        AND o.channel = 'mail' AND o.state <> 'dead')
    ORDER BY d.id
"""


@dataclass(frozen=True, slots=True)
class Stop:
    """One reader gets no letters of a search (``EVERY`` for all), since when and why.

    ``reply`` are the words of the server that refused the address.
    """

    recipient: str
    search: str
    why: Literal["unsubscribed", "bounced"]
    at: datetime
    reply: str | None = None

    @property
    def words(self) -> str:
        """Say why and since when, in words."""
        if self.why == "unsubscribed":
            return f"unsubscribed on {self.at:%Y-%m-%d}"
        return f"refused on {self.at:%Y-%m-%d}: {self.reply or 'no such address'}"

    def covers(self, search: str, recipient: str) -> bool:
        """Say whether this keeps the letters of a search from an address."""
        return self.search in (EVERY, search) and self.recipient.lower() == recipient.lower()


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a key is of: one reader of one search, who stopped it or did not."""

    search: str
    name: str
    recipient: str
    stopped: bool


@dataclass(frozen=True, slots=True)
class Lifted:
    """What was lifted for an address: its stops, and how many letters wait again."""

    stops: tuple[Stop, ...]
    letters: int


class Audience:
    """The readers of a store, each question and each change a transaction of its own."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def key(self, search: str, recipient: str) -> str:
        """Give the key by which a reader leaves a search; the same whenever it is asked for."""
        with reading(self._connection):
            return token(_secret(self._connection), search, recipient)

    def told(self, recipient: str, searches: Iterable[str], since: int) -> tuple[Told, ...]:
        """Give the digests of searches that went to an address and reach an event or beyond.

        One whose letter was given up told nothing. A digest says what it told only if some reader
        had another search besides when it was decided.
        """
        with reading(self._connection):
            found = self._connection.execute(_TOLD, (json.dumps([*searches]), since, recipient))
            return tuple(map(_digest, found))

    def stops(self) -> list[Stop]:
        """Give who gets no letters, the oldest first."""
        with reading(self._connection):
            return stops(self._connection)

    def leave(self, key: str, now: datetime) -> Subscription | None:
        """Stop the letters that a key is of; again is as once, and a wrong key stops nothing."""
        with writing(self._connection):
            found = subscription(self._connection, key)
            if found is not None:
                left = Stop(found.recipient, found.search, "unsubscribed", now)
                stop(self._connection, left)
            return found

    def withdraw(self, now: datetime) -> None:
        """Take back what still waits for those who get no letters.

        What a reader stopped is deleted unsent. What an address would refuse is given up like the
        letter that it refused, and goes out once that is lifted.
        """
        moment = rows.text_of_instant(now)
        with writing(self._connection):
            self._connection.execute(
                f"DELETE FROM outbox WHERE {_WAITING} AND {_STOPPED}",  # noqa: S608 - constants only
                (moment, "unsubscribed"),
            )
            self._connection.execute(
                "UPDATE outbox SET state = 'dead', lease_until = NULL, last_reply = ?,"  # noqa: S608 - constants only
                f" settled_at = ? WHERE {_WAITING} AND {_STOPPED}",
                (WITHHELD, moment, moment, "bounced"),
            )

    def lift(self, recipient: str, search: str | None, now: datetime) -> Lifted:
        """Let letters go to an address again: of one search, or of all.

        What it refused meanwhile is queued again, so that no news is lost to it.
        """
        with writing(self._connection):
            lifted = tuple(
                one
                for one in stops(self._connection)
                if one.recipient.lower() == recipient.lower()
                and (search is None or one.search in (EVERY, search))
            )
            letters = sum(self._requeue(one, now) for one in lifted if one.why == "bounced")
            self._connection.executemany(
                "DELETE FROM stops WHERE recipient = ? AND search = ?",
                [(one.recipient, one.search) for one in lifted],
            )
        return Lifted(lifted, letters)

    def _requeue(self, refused: Stop, now: datetime) -> int:
        return self._connection.execute(
            "UPDATE outbox SET state = 'pending', attempts = 0, next_at = ? WHERE state = 'dead'"
            " AND channel = 'mail' AND recipient = ? COLLATE NOCASE AND settled_at >= ?",
            (
                rows.text_of_instant(now),
                refused.recipient,
                rows.text_of_instant(refused.at),
            ),
        ).rowcount


def _digest(row: sqlite3.Row) -> Told:
    from monitor.overlap import Told  # noqa: PLC0415 - loads what digests are made of

    return Told(
        name=row["name"],
        after=row["after_event"],
        last=row["last_event"],
        until=rows.instant(row["until"]),
        postings=frozenset((source, posting) for source, posting in json.loads(row["told"])),
    )


def subscription(connection: sqlite3.Connection, key: str) -> Subscription | None:
    """Give what a key is of, ``None`` for one that was never given."""
    found = connection.execute(
        "SELECT r.search, r.recipient, s.name, EXISTS (SELECT 1 FROM stops t"
        " WHERE t.recipient = r.recipient AND t.search = r.search) AS stopped"
        " FROM readers r JOIN searches s ON s.id = r.search WHERE r.mark = ?",
        (mark(key),),
    ).fetchone()
    if found is None:
        return None
    named = (found["search"], found["name"], found["recipient"])
    return Subscription(*named, stopped=bool(found["stopped"]))


def enrol(connection: sqlite3.Connection, search: str, letters: Iterable[Letter]) -> None:
    """Remember by which keys those may leave to whom a search is mailed; no channel has a key."""
    recipients = [each.recipient for each in letters if each.channel == MAIL]
    secret = _secret(connection)
    connection.executemany(
        "INSERT INTO readers (mark, search, recipient) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(mark(token(secret, search, each)), search, each) for each in recipients],
    )


def stop(connection: sqlite3.Connection, one: Stop) -> None:
    """Write that a reader gets no letters from now on; the first reason stands."""
    connection.execute(
        "INSERT INTO stops (recipient, search, why, at, reply) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (
            one.recipient,
            one.search,
            one.why,
            rows.text_of_instant(one.at),
            rows.storable(one.reply) if one.reply else None,
        ),
    )


def _secret(connection: sqlite3.Connection) -> bytes:
    found = connection.execute("SELECT value FROM secrets WHERE name = 'leaving'").fetchone()
    return bytes(found["value"])


def stops(connection: sqlite3.Connection) -> list[Stop]:
    """Give who gets no letters, the oldest first."""
    found = connection.execute("SELECT * FROM stops ORDER BY at, recipient, search")
    return [
        Stop(row["recipient"], row["search"], row["why"], rows.instant(row["at"]), row["reply"])
        for row in found
    ]
