"""The statements that find what a posting is linked with: twins, reposts, earlier editions.

Every function runs inside a transaction that its caller holds (``monitor/store.py``). What makes a
link is for ``links`` to say; here the few candidates are found by keys, so the work grows with the
postings that are new and not with those that are known.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from monitor import links, rows
from monitor.closing import words
from monitor.events import Event
from monitor.prints import BUCKET

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import datetime

    from crawler.items import Posting
    from monitor.links import Link, Print

_OLD = """
    SELECT p.source, p.posting, p.title, p.first_seen, p.closed_at, p.missing_since, p.snapshot,
        s.fields, r.print
    FROM postings p JOIN prints r ON r.posting = p.id JOIN readings s ON s.hash = p.snapshot
    WHERE p.id = ?
"""


class Linked(NamedTuple):
    """An event that links a new posting with a known one, and the hash of the known one's text."""

    event: Event
    before: str


def enter(
    connection: sqlite3.Connection,
    source: str,
    postings: Iterable[Posting],
    employer: str | None,
) -> None:
    """Write the prints of postings that are new or changed, and the keys that lead to them."""
    for posting in postings:
        made = links.print_of(posting, employer)
        place = (source, rows.storable(posting.id))
        (id_,) = connection.execute(
            "INSERT INTO prints (posting, print) SELECT id, ? FROM postings"
            " WHERE source = ? AND posting = ?"
            " ON CONFLICT (posting) DO UPDATE SET print = excluded.print RETURNING posting",
            (rows.json_text(made), *place),
        ).fetchone()
        connection.execute("DELETE FROM print_keys WHERE posting = ?", (id_,))
        connection.executemany(
            "INSERT INTO print_keys (key, posting) VALUES (?, ?)",
            [(key, id_) for key in sorted(links.keys(made))],
        )


def linked(
    connection: sqlite3.Connection, source: str, opened: Iterable[Posting], at: datetime
) -> list[Linked]:
    """Write what the newly opened postings are to known ones; give an event for each best link.

    Postings of this visit are linked with none of it. Of other sources all count that are known:
    two that are read in one sweep may begin at one instant.
    """
    own = _prints(connection, source)
    common = links.boilerplate(own.values())
    (first,) = connection.execute(
        "SELECT min(id) FROM postings WHERE source = ? AND first_seen = ?",
        (source, rows.text_of_instant(at)),
    ).fetchone()
    found = (_best(connection, source, posting, own, at, common, first) for posting in opened)
    return [one for one in found if one is not None]


def _prints(connection: sqlite3.Connection, source: str) -> dict[str, Print]:
    stored = connection.execute(
        "SELECT p.posting, r.print FROM prints r JOIN postings p ON p.id = r.posting"
        " WHERE p.source = ?",
        (source,),
    )
    return {row["posting"]: links.print_from(json.loads(row["print"])) for row in stored}


def _best(
    connection: sqlite3.Connection,
    source: str,
    posting: Posting,
    own: dict[str, Print],
    at: datetime,
    common: frozenset[int],
    first: int,
) -> Linked | None:
    new = own[rows.storable(posting.id)]
    candidates = {
        id_: connection.execute(_OLD, (id_,)).fetchone() for id_ in _near(connection, new, first)
    }
    found = {
        id_: link
        for id_, old in candidates.items()
        if (link := _relate(new, old, source, at, common))
    }
    _write(connection, (source, rows.storable(posting.id)), found, at)
    best = links.choose(found)
    return None if best is None else _event(posting, candidates[best[0]], best[1], source, at)


def _write(
    connection: sqlite3.Connection, place: tuple[str, str], found: dict[int, Link], at: datetime
) -> None:
    connection.executemany(
        "INSERT INTO links (posting, other, kind, strong, score, why, at)"
        " SELECT id, ?, ?, ?, ?, ?, ? FROM postings WHERE source = ? AND posting = ?"
        " ON CONFLICT DO NOTHING",
        [
            (
                *(id_, link.kind, link.strong, link.score, rows.storable(link.why)),
                *(rows.text_of_instant(at), *place),
            )
            for id_, link in found.items()
        ],
    )


def _near(connection: sqlite3.Connection, new: Print, first: int) -> tuple[int, ...]:
    """Give the few postings worth relating with a print, by its keys; none from ``first`` on."""
    found = {
        key: [
            row["posting"]
            for row in connection.execute(
                "SELECT posting FROM print_keys WHERE key = ? AND posting < ?"
                " ORDER BY posting DESC LIMIT ?",
                (key, first, BUCKET + 1),
            )
        ]
        for key in links.keys(new)
    }
    return links.shortlist(found)


def _relate(new: Print, old: Any, source: str, at: datetime, common: frozenset[int]) -> Link | None:
    return links.relate(
        new,
        links.print_from(json.loads(old["print"])),
        same_source=old["source"] == source,
        seen=at,
        since=rows.instant(old["first_seen"]),
        closed=rows.maybe_instant(old["closed_at"] or old["missing_since"]),
        common=common,
    )


def _event(posting: Posting, old: Any, link: Link, source: str, at: datetime) -> Linked:
    before = rows.posting(old["fields"])
    seen = words(rows.instant(old["first_seen"]))
    why = f"{old['source']}/{old['posting']} “{old['title']}”, first seen {seen}; {link.why}"
    event = Event(
        at=at,
        source=source,
        kind=link.kind,
        posting_id=posting.id,
        title=posting.title,
        weight="material" if link.strong else "minor",
        changes=() if link.kind == "twin" else links.compared(posting, before),
        reason=why,
        posting=posting,
        before=before,
    )
    return Linked(event, old["snapshot"])
