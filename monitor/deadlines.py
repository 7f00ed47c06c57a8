"""The deadlines of a search as a calendar (RFC 5545): an all-day event each. Pure: values to bytes.

Each digest states what it knows of deadlines (``states``); the calendar is the sum of all of these
in their order (``calendar``), so that drawing it again gives the same bytes. A deadline that moved
raises the SEQUENCE of its event; one that vanished, or whose posting closed before it, is cancelled
rather than left out, because a calendar program keeps what it no longer hears of.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from monitor import feeds, mime
from monitor.wording import LABELS, clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.cards import Card
    from monitor.digest import Digest

KEPT_FOR = timedelta(days=90)
"""How long a deadline stays in the file after its day."""
_OCTETS = 75  # RFC 5545 3.1: lines should be no longer, their break not counted
_ALARM = "-P2D"


@dataclass(frozen=True, slots=True)
class Deadline:
    """One event of the calendar; ``stamp`` is when it last changed, ``sequence`` how often."""

    due: date
    title: str
    company: str
    place: str
    url: str
    stamp: str
    cancelled: bool = False
    sequence: int = 0


def states(digest: Digest, host: str) -> bytes | None:
    """Give what a digest says of deadlines, or ``None`` when that is nothing.

    A posting that has none and never had one is left out; so is one that does not fit the search.
    """
    cards = (card for _, card, _ in feeds.told(digest))
    found = [state(card, digest.until) for card in cards if _concerns(card)]
    head = (digest.search, digest.name, host)
    return part(head, digest.until.date(), found) if found else None


def part(head: tuple[str, str, str], until: date, found: Sequence[dict[str, Any]]) -> bytes:
    """Write states of deadlines down; the head is the search, its name and the host of its ids."""
    named = dict(zip(("search", "name", "host"), head, strict=True))
    return json.dumps(named | {"until": until.isoformat(), "states": list(found)}).encode()


def _concerns(card: Card) -> bool:
    lost = any(row.label == LABELS["valid_through"] for row in card.rows)
    return bool(card.due) or card.kind == "closed" or lost


def state(card: Card, until: datetime) -> dict[str, Any]:
    """Give what a card says of its deadline; it was so from its moment on, else from ``until``."""
    at = card.at or until
    return {
        "key": mime.digest_of(f"{card.source}\n{card.posting_id}")[:32],
        "due": card.due.isoformat() if card.due and card.kind != "closed" else None,
        "day": at.date().isoformat(),
        "stamp": feeds.instant(at),
        "title": card.title,
        "company": card.company,
        "place": card.place,
        "url": card.url,
    }


def calendar(parts: Iterable[bytes]) -> bytes:
    """Draw the calendar of a search from its parts, newest first."""
    read = [json.loads(part) for part in parts]
    # The oldest part names the host for good: an address that changes renames no event.
    head = read[0] | {"host": read[-1]["host"]}
    found: dict[str, Deadline] = {}
    for part in reversed(read):
        for state in part["states"]:
            if now := _after(found.get(state["key"]), state):
                found[state["key"]] = now
    since = date.fromisoformat(head["until"]) - KEPT_FOR
    events = [(key, one) for key, one in sorted(found.items()) if one.due >= since]
    return _document(head, events)


def _after(known: Deadline | None, state: dict[str, Any]) -> Deadline | None:
    """Give a deadline as it stands after one more statement about it."""
    if not state["due"]:
        return _lost(known, state)
    told = Deadline(
        due=date.fromisoformat(state["due"]),
        title=state["title"],
        company=state["company"],
        place=state["place"],
        url=state["url"],
        stamp=state["stamp"],
    )
    if known is None:
        return told
    same = replace(told, stamp=known.stamp, sequence=known.sequence)
    return known if same == known else replace(told, sequence=known.sequence + 1)


def _lost(known: Deadline | None, state: dict[str, Any]) -> Deadline | None:
    """Cancel what has no deadline any more; one that passed stays: that is how it ended."""
    if known is None or known.cancelled or date.fromisoformat(state["day"]) > known.due:
        return known
    return replace(known, cancelled=True, stamp=state["stamp"], sequence=known.sequence + 1)


def _document(head: dict[str, Any], events: Sequence[tuple[str, Deadline]]) -> bytes:
    name = _text(f"Deadlines: {head['name']}")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Rolecall//Deadlines//EN",
        "CALSCALE:GREGORIAN",
        f"NAME:{name}",
        f"X-WR-CALNAME:{name}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        *(line for key, one in events for line in _event(f"{key}@{head['host']}", one)),
        "END:VCALENDAR",
    ]
    return b"".join(map(folded, lines))


def _event(uid: str, one: Deadline) -> Iterator[str]:
    at = f"{one.title} ({one.company})" if one.company else one.title
    yield "BEGIN:VEVENT"
    yield f"UID:{uid}"
    yield f"DTSTAMP:{_stamp(one.stamp)}"
    yield f"SEQUENCE:{one.sequence}"
    yield f"STATUS:{'CANCELLED' if one.cancelled else 'CONFIRMED'}"
    # Without an end it lasts its day (RFC 5545 3.6.1).
    yield f"DTSTART;VALUE=DATE:{one.due.isoformat().replace('-', '')}"
    yield f"SUMMARY:{_text(f'Deadline: {at}')}"
    if one.place:
        yield f"LOCATION:{_text(one.place)}"
    if one.url:
        yield f"DESCRIPTION:{_text(one.url)}"
        yield f"URL:{clean(one.url)}"
    yield "TRANSP:TRANSPARENT"
    if not one.cancelled:
        yield from _alarm(at)
    yield "END:VEVENT"


def _alarm(at: str) -> Iterator[str]:
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{_text(f'Deadline in two days: {at}')}"
    yield f"TRIGGER:{_ALARM}"
    yield "END:VALARM"


def _stamp(instant: str) -> str:
    return f"{datetime.fromisoformat(instant):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """Escape a text (RFC 5545 3.3.11); ``clean`` leaves no line break that could begin a line."""
    return re.sub(r"([\\;,])", r"\\\1", clean(value))


def folded(line: str) -> bytes:
    """End a line, and fold it where it is longer than 75 octets, never inside a character."""
    pieces: list[bytes] = [b""]
    for letter in line:
        octets = letter.encode("utf-8", "replace")
        # The space that begins a continued line is one of its octets.
        if len(pieces[-1]) + len(octets) > _OCTETS - (len(pieces) > 1):
            pieces.append(b"")
        pieces[-1] += octets
    return b"\r\n ".join(pieces) + b"\r\n"
