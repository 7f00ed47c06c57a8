"""The statements of the outbox: letters that were decided, and how sending them went.

Every function runs inside a transaction that its caller holds (``monitor/store.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from monitor import rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable
    from datetime import datetime

MAIL = "mail"
INTERRUPTED = "uncertain: an earlier sending was interrupted and may have arrived"

_AHEAD = timedelta(days=1)
_DELIVERIES = """
    SELECT o.*, coalesce(d.search, '') AS search
    FROM outbox o LEFT JOIN digests d ON d.id = o.digest
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """One composed message, ready to be queued; ``mime`` holds the bytes that leave.

    A mail goes to an address; on any other channel ``recipient`` is the id of the [[channel]].
    """

    recipient: str
    message_id: str
    subject: str
    mime: bytes
    text: str
    html: str
    channel: str = MAIL

    @property
    def door(self) -> str:
        """Name the way out: one for all mail, one for each other channel."""
        return MAIL if self.channel == MAIL else self.recipient


@dataclass(frozen=True, slots=True)
class Delivery:
    """A queued letter and how sending it went so far; ``search`` is "" for one of no digest."""

    id: int
    search: str
    letter: Letter
    state: Literal["pending", "sending", "sent", "dead"]
    attempts: int
    next_at: datetime
    last_reply: str | None


def queue(
    connection: sqlite3.Connection, digest: int | None, letters: Iterable[Letter], now: datetime
) -> None:
    """Write the letters of a digest, or of none.

    Raises sqlite3's ``IntegrityError`` when one was written before.
    """
    connection.executemany(
        "INSERT INTO outbox (digest, recipient, message_id, subject, mime, text, html, channel,"
        " state, attempts, next_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending', 0, ?)",
        [(digest, *_letter_row(letter), rows.text_of_instant(now)) for letter in letters],
    )


def _letter_row(letter: Letter) -> tuple[str, str, str, bytes, str, str, str]:
    return (
        letter.recipient,
        letter.message_id,
        rows.storable(letter.subject),
        letter.mime,
        rows.storable(letter.text),
        rows.storable(letter.html),
        letter.channel,
    )


def claim(
    connection: sqlite3.Connection, now: datetime, lease: float, shut: Collection[str] = ()
) -> Delivery | None:
    """Take the oldest delivery that is due, or whose sender let its lease run out.

    Doors that are ``shut`` are passed over: see ``Letter.door``. No letter waits for a day: a time
    further ahead was written under a wrong clock.
    """
    times = (rows.text_of_instant(now), rows.text_of_instant(now + _AHEAD))
    row = connection.execute(
        f"{_DELIVERIES} WHERE (o.state = 'pending'"  # noqa: S608 - constants only
        " AND (o.next_at <= ? OR o.next_at > ?)"
        " OR o.state = 'sending' AND (o.lease_until <= ? OR o.lease_until > ?))"
        " AND iif(o.channel = ?, o.channel, o.recipient) NOT IN (SELECT value FROM json_each(?))"
        " ORDER BY o.next_at, o.id LIMIT 1",
        (*times, *times, MAIL, rows.json_text(sorted(shut))),
    ).fetchone()
    if row is None:
        return None
    connection.execute(
        "UPDATE outbox SET state = 'sending', attempts = attempts + 1, lease_until = ?,"
        " last_reply = CASE state WHEN 'sending' THEN ? ELSE last_reply END WHERE id = ?",
        (rows.text_of_instant(now + timedelta(seconds=lease)), INTERRUPTED, row["id"]),
    )
    taken = connection.execute(f"{_DELIVERIES} WHERE o.id = ?", (row["id"],)).fetchone()
    return _delivery(taken)


def settle(
    connection: sqlite3.Connection,
    delivery: Delivery,
    *,
    now: datetime,
    sent: bool,
    reply: str,
    retry_at: datetime | None,
    counted: bool = True,
) -> None:
    """Write how a sending ended; one that was nobody's fault is not counted as an attempt.

    A sender that outlived its lease may still say that it sent; of a failure only the latest
    sender is believed.
    """
    state = "sent" if sent else "pending" if retry_at else "dead"
    connection.execute(
        "UPDATE outbox SET state = ?, next_at = coalesce(?, next_at), lease_until = NULL,"
        " attempts = attempts - ?, last_reply = ?, settled_at = ? WHERE id = ?"
        " AND state <> 'sent' AND (? = 'sent' OR state = 'sending' AND attempts = ?)",
        (
            state,
            rows.maybe_text_of_instant(retry_at),
            0 if counted else 1,
            rows.storable(reply),
            rows.text_of_instant(now),
            delivery.id,
            state,
            delivery.attempts,
        ),
    )


def undelivered(connection: sqlite3.Connection) -> list[Delivery]:
    """Give every delivery that is not sent, oldest first."""
    found = connection.execute(f"{_DELIVERIES} WHERE o.state <> 'sent' ORDER BY o.id")
    return [_delivery(row) for row in found]


def _delivery(row: sqlite3.Row) -> Delivery:
    letter = Letter(
        recipient=row["recipient"],
        message_id=row["message_id"],
        subject=row["subject"],
        mime=row["mime"],
        text=row["text"],
        html=row["html"],
        channel=row["channel"],
    )
    return Delivery(
        id=row["id"],
        search=row["search"],
        letter=letter,
        state=row["state"],
        attempts=row["attempts"],
        next_at=rows.instant(row["next_at"]),
        last_reply=row["last_reply"],
    )


def told(
    connection: sqlite3.Connection, search: str, channel: str, recipient: str, most: int
) -> list[bytes]:
    """Give what was decided for a channel of a search, newest first, sent or not."""
    found = connection.execute(
        "SELECT o.mime FROM outbox o JOIN digests d ON d.id = o.digest"
        " WHERE d.search = ? AND o.channel = ? AND o.recipient = ? ORDER BY o.id DESC LIMIT ?",
        (search, channel, recipient, most),
    )
    return [row["mime"] for row in found]
