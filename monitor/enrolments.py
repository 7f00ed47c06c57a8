"""The statements about readers who subscribe by themselves: asked for, confirmed, changed.

Nobody is believed to be who they say: of an address nothing is sent but the letter that asks it,
until the key in that letter comes back. Of a key only its hash is kept. What is not confirmed in
time is removed as if it had never been asked for.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from monitor import deliveries, offers, rows
from monitor.audience import EVERY, Stop, stop, stops
from monitor.database import reading, writing
from monitor.leaving import mark, token
from monitor.offers import PER_ADDRESS, PREFIX, Enrolment

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from datetime import datetime

    from monitor.deliveries import Letter
    from monitor.offers import Terms, Wish

LIFE = timedelta(hours=48)
"""How long a subscription may be confirmed."""
_DAY = timedelta(days=1)
_NOTICES_A_DAY = 3
"""Forms that are heard in a day of one address: it is sent no more letters than that."""


class FullError(Exception):
    """Raised when no more subscriptions are taken, whoever asks."""


class Notice(NamedTuple):
    """What the letter says to an address that was typed: a key to confirm a wish, or what is known.

    ``known`` are the reader's subscriptions by their keys; ``settled`` names an offered search that
    rolecall.toml sends to this address already. ``number`` tells it from others of one moment.
    """

    recipient: str
    key: str = ""
    wish: Wish | None = None
    known: tuple[tuple[str, Enrolment], ...] = ()
    settled: str = ""
    number: int = 0


class Known(NamedTuple):
    """The subscription that a key is of, and whether its reader stopped it."""

    enrolment: Enrolment
    stopped: bool


class Enrolments:
    """The subscriptions that readers made, each question and each change a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def ask(
        self,
        recipient: str,
        wish: Wish | None,
        terms: Terms,
        compose: Callable[[Notice], Letter],
        now: datetime,
    ) -> None:
        """Queue the letter that an address is owed for a form that names it, if it is owed one.

        Without a ``wish`` its reader wants the links to what there is. Nobody who asks is told
        what became of it, nor can tell by the time it takes: a letter is made and a row is written
        for an address that is owed none, too. Three forms a day are heard of one address. Raises
        ``FullError`` when there is no room for anybody.
        """
        with writing(self._connection):
            purge(self._connection, now)
            if wish is not None:
                self._refuse_when_full(terms, now)
            heard = self._sent(now, recipient)
            if heard >= _NOTICES_A_DAY:
                return
            notice = self._notice(recipient, wish, terms, now)
            letter = compose((notice or Notice(recipient))._replace(number=heard))
            if notice is not None:
                deliveries.queue(self._connection, None, [letter], now)
            self._connection.execute(
                "INSERT INTO notices (message_id, recipient, at) VALUES (?, ?, ?)",
                (letter.message_id, recipient, rows.text_of_instant(now)),
            )

    def confirm(self, key: str, now: datetime) -> Known | None:
        """Begin the subscription that a key confirms; again is as once, and a wrong key nothing."""
        with writing(self._connection):
            found = asked(self._connection, key, now)
            if found is None or found.enrolment.confirmed_at:
                return found
            self._connection.execute(
                "UPDATE enrolments SET confirmed_at = ? WHERE confirm_mark = ?",
                (rows.text_of_instant(now), mark(key)),
            )
            return asked(self._connection, key, now)

    def change(self, key: str, wish: Wish) -> Known | None:
        """Write what a subscription asks for from now on; one that was stopped begins again."""
        with writing(self._connection):
            found = managed(self._connection, key)
            if found is None:
                return None
            one = found.enrolment
            self._connection.execute(
                "UPDATE enrolments SET wish = ? WHERE search = ?",
                (offers.written(wish), one.search),
            )
            self._connection.execute(
                "DELETE FROM stops WHERE recipient = ? AND search = ? AND why = 'unsubscribed'",
                (one.recipient, one.search),
            )
            return managed(self._connection, key)

    def stop(self, key: str, now: datetime) -> Known | None:
        """End the letters of a subscription; again is as once."""
        with writing(self._connection):
            if found := managed(self._connection, key):
                one = found.enrolment
                stop(self._connection, Stop(one.recipient, one.search, "unsubscribed", now))
            return managed(self._connection, key)

    def key(self, search: str, recipient: str) -> str | None:
        """Give the key by which a reader changes a subscription of their own making, if it is."""
        with reading(self._connection):
            found = self._connection.execute(
                "SELECT 1 FROM enrolments WHERE search = ? AND recipient = ?", (search, recipient)
            ).fetchone()
            return _key(self._connection, search, recipient) if found else None

    def all(self) -> list[Enrolment]:
        """Give every subscription, the oldest first, those that nobody confirmed yet included."""
        with reading(self._connection):
            return everything(self._connection)

    def purge(self, now: datetime) -> None:
        """Remove what nobody confirmed in time, and what was sent because of it."""
        with writing(self._connection):
            purge(self._connection, now)

    def _refuse_when_full(self, terms: Terms, now: datetime) -> None:
        (made,) = self._connection.execute("SELECT count(*) FROM enrolments").fetchone()
        # As many letters a day again, for links and second tries: it is not to be a mail cannon.
        if made >= terms.most or self._sent(now) >= 2 * terms.most:
            raise FullError

    def _sent(self, now: datetime, recipient: str | None = None) -> int:
        """Count the forms of a day that named an address, or any."""
        found = self._connection.execute(
            "SELECT count(*) FROM notices WHERE at > ?1 AND (?2 IS NULL OR recipient = ?2)",
            (rows.text_of_instant(now - _DAY), recipient),
        )
        return int(found.fetchone()[0])

    def _notice(
        self, recipient: str, wish: Wish | None, terms: Terms, now: datetime
    ) -> Notice | None:
        if any(one.covers(EVERY, recipient) for one in stops(self._connection)):
            return None
        theirs = _of(self._connection, recipient)
        confirmed = [one for one in theirs if one.confirmed_at]
        known = tuple((_key(self._connection, one.search, one.recipient), one) for one in confirmed)
        if wish is None:
            return Notice(recipient, known=known) if known else None
        offered = terms.offered(wish.offer)
        if offered and recipient.lower() in map(str.lower, offered.to):
            return Notice(recipient, known=known, settled=offered.name)
        if wish.asks in {one.wish.asks for one in confirmed} or len(theirs) >= PER_ADDRESS:
            return Notice(recipient, known=known) if known else None
        return Notice(recipient, self._enrol(recipient, wish, now), wish)

    def _enrol(self, recipient: str, wish: Wish, now: datetime) -> str:
        """Write what is to be confirmed; give the key to do so."""
        search, key = PREFIX + secrets.token_hex(6), secrets.token_urlsafe(32)
        self._connection.execute(
            "INSERT INTO enrolments (search, recipient, wish, confirm_mark, manage_mark, asked_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                search,
                recipient,
                offers.written(wish),
                mark(key),
                mark(_key(self._connection, search, recipient)),
                rows.text_of_instant(now),
            ),
        )
        return key


def asked(connection: sqlite3.Connection, key: str, now: datetime) -> Known | None:
    """Give what a key confirms, ``None`` for a wrong one and one that is too old."""
    return _known(
        connection, "confirm_mark = ? AND asked_at > ?", mark(key), rows.text_of_instant(now - LIFE)
    )


def managed(connection: sqlite3.Connection, key: str) -> Known | None:
    """Give what a key changes; one that nobody confirmed cannot be changed."""
    return _known(connection, "manage_mark = ? AND confirmed_at IS NOT NULL", mark(key))


def _known(connection: sqlite3.Connection, condition: str, *values: str) -> Known | None:
    row = connection.execute(
        "SELECT *, EXISTS (SELECT 1 FROM stops t WHERE t.recipient = e.recipient"  # noqa: S608 - ours
        f" AND t.search = e.search) AS stopped FROM enrolments e WHERE {condition}",
        values,
    ).fetchone()
    return None if row is None else Known(_enrolment(row), bool(row["stopped"]))


def everything(connection: sqlite3.Connection) -> list[Enrolment]:
    """Give every subscription, the oldest first."""
    found = connection.execute("SELECT * FROM enrolments ORDER BY asked_at, search")
    return [_enrolment(row) for row in found]


def _of(connection: sqlite3.Connection, recipient: str) -> list[Enrolment]:
    found = connection.execute(
        "SELECT * FROM enrolments WHERE recipient = ? ORDER BY asked_at, search", (recipient,)
    )
    return [_enrolment(row) for row in found]


def purge(connection: sqlite3.Connection, now: datetime) -> None:
    """Remove keys that are too old, letters that carried them, and what nobody confirmed."""
    old = rows.text_of_instant(now - LIFE)
    connection.execute(
        "DELETE FROM outbox WHERE digest IS NULL AND message_id IN ("
        " SELECT message_id FROM notices WHERE at <= ?)",
        (old,),
    )
    connection.execute("DELETE FROM notices WHERE at <= ?", (old,))
    connection.execute(
        "DELETE FROM enrolments WHERE confirmed_at IS NULL AND asked_at <= ?", (old,)
    )


def _enrolment(row: sqlite3.Row) -> Enrolment:
    return Enrolment(
        row["search"],
        row["recipient"],
        offers.read(row["wish"]),
        rows.instant(row["asked_at"]),
        rows.maybe_instant(row["confirmed_at"]),
    )


def _key(connection: sqlite3.Connection, search: str, recipient: str) -> str:
    found = connection.execute("SELECT value FROM secrets WHERE name = 'managing'").fetchone()
    return token(bytes(found["value"]), search, recipient)
