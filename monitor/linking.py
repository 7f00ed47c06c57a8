"""The statements that find what a posting is linked with: twins, reposts, earlier editions.

Every function runs inside a transaction that its caller holds (``monitor/store.py``). What makes a
link is for ``links`` to say; here the few candidates are found by keys, so the work grows with the
postings that are new and not with those that are known.
"""

from __future__ import annotations

import json
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from crawler.items import plain
from monitor import links, rows
from monitor.closing import words
from monitor.events import Event
from monitor.prints import CANDIDATES
from monitor.wording import clean

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from crawler.items import Posting
    from monitor.links import Link, Print

SAMPLE = 200
"""The newest postings of a source that tell what its employer says under every title."""

_OLD = """
    SELECT p.source, p.posting, p.title, p.first_seen, p.closed_at, p.missing_since, p.snapshot,
        s.fields
    FROM postings p JOIN readings s ON s.hash = p.snapshot WHERE p.id = ?
"""
_PRINTS = "SELECT posting, print FROM json_each(?) j JOIN prints ON posting = j.value"
_TEXT = "SELECT s.fields FROM postings p JOIN readings s ON s.hash = p.snapshot WHERE p.id = ?"
# New postings that share a key with one that was known before.
_NEW = """
    SELECT p.id, p.posting FROM postings p
    WHERE p.id >= :first AND +p.source = :source AND EXISTS (
        SELECT 1 FROM print_keys n JOIN print_keys o ON o.key = n.key AND o.posting < :first
        WHERE n.posting = p.id
    )
"""
# An open posting of the same source is another role, whatever it says.
_UNDER = """
    SELECT k.posting FROM print_keys k JOIN postings p ON p.id = k.posting
    WHERE k.key = ? AND k.posting < ?
        AND (p.source <> ? OR p.closed_at IS NOT NULL OR p.missing_since IS NOT NULL)
    ORDER BY k.posting DESC
"""
# Such a text is read when somebody asks what two have in common.
_OF_THE_TEXT = frozenset({"sketch", "shingles"})
_BARE = f"{_PRINTS} WHERE instr(print, '\"sketch\"') = 0"


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
    """Write the outlines of postings that are new or changed, and the keys that lead to them."""
    for posting in postings:
        made = links.outline(posting, employer)
        text = rows.json_text({k: v for k, v in plain(made).items() if k not in _OF_THE_TEXT})
        (id_,) = connection.execute(
            "INSERT INTO prints (posting, print) SELECT id, ? FROM postings"
            " WHERE source = ? AND posting = ?"
            " ON CONFLICT (posting) DO UPDATE SET print = excluded.print RETURNING posting",
            (text, source, rows.storable(posting.id)),
        ).fetchone()
        connection.execute("DELETE FROM print_keys WHERE posting = ?", (id_,))
        _write_keys(connection, id_, links.keys(made))


def _write_keys(connection: sqlite3.Connection, id_: int, keys: Iterable[str]) -> None:
    connection.executemany(
        "INSERT INTO print_keys (key, posting) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(key, id_) for key in sorted(keys)],
    )


def linked(
    connection: sqlite3.Connection, source: str, opened: Iterable[Posting], at: datetime
) -> list[Linked]:
    """Write what the newly opened postings are to known ones; give an event for each best link.

    Postings of this visit are linked with none of it. Of other sources all count that are known:
    two that are read in one sweep may begin at one instant.
    """
    (first,) = connection.execute(
        "SELECT min(id) FROM postings WHERE source = ? AND first_seen = ?",
        (source, rows.text_of_instant(at)),
    ).fetchone()
    near = connection.execute(_NEW, {"source": source, "first": first})
    ids = {row["posting"]: row["id"] for row in near}
    visit = _Linking(connection, source, at, first)
    found = (
        visit.best(posting, ids[name])
        for posting in opened
        if (name := rows.storable(posting.id)) in ids
    )
    return [one for one in found if one is not None]


class _Linking:
    """The new postings of one visit on their way to their links.

    What others say of a text is read only where the outlines leave something open: most new
    postings are like none that is known, and the rest are mostly like an open one of their source.
    """

    def __init__(
        self, connection: sqlite3.Connection, source: str, at: datetime, first: int
    ) -> None:
        self._connection, self._source, self._at, self._first = connection, source, at, first
        self._led: dict[str, list[int]] = {}
        self._whole: set[int] = set()

    def best(self, posting: Posting, id_: int) -> Linked | None:
        """Write what one posting is to known ones; give the event of its best link."""
        candidates = {
            old: self._connection.execute(_OLD, (old,)).fetchone() for old in self._near(id_)
        }
        if not candidates:
            return None
        prints = self._sketched([id_, *candidates])
        found = {
            old: link
            for old, row in candidates.items()
            if (link := self._relate(prints[id_], prints[old], row))
        }
        _write(self._connection, id_, found, self._at)
        best = links.choose(found)
        if best is None:
            return None
        return _event(posting, candidates[best[0]], best[1], self._source, self._at)

    @cached_property
    def _common(self) -> frozenset[int]:
        """What the employer says under every title."""
        own = self._connection.execute(
            "SELECT id FROM postings WHERE source = ? ORDER BY id DESC LIMIT ?",
            (self._source, SAMPLE),
        )
        return links.boilerplate(self._sketched([row["id"] for row in own]).values())

    def _near(self, id_: int) -> tuple[int, ...]:
        """Give the few postings worth relating with a new one, by its keys.

        Texts have a say where the rest leads to too many.
        """
        found = {key: self._under(key) for key in links.keys(self._print(id_))}
        every = set(chain.from_iterable(found.values()))
        if len(every) > CANDIDATES:
            self._complete({id_, *every})
            found = {key: self._under(key) for key in links.keys(self._print(id_))}
        return links.shortlist(found)

    def _under(self, key: str) -> list[int]:
        """Give what a key leads to, the newest first."""
        if key not in self._led:
            found = self._connection.execute(_UNDER, (key, self._first, self._source))
            self._led[key] = [row["posting"] for row in found]
        # More texts may be sketched before the next one asks.
        return self._led.pop(key) if key[0] == "s" else self._led[key]

    def _print(self, id_: int) -> Print:
        return self._prints([id_])[id_]

    def _prints(self, ids: Iterable[int]) -> dict[int, Print]:
        stored = self._connection.execute(_PRINTS, (json.dumps(list(ids)),))
        return {row["posting"]: links.print_from(json.loads(row["print"])) for row in stored}

    def _sketched(self, ids: Collection[int]) -> dict[int, Print]:
        """Give prints with their sketches."""
        self._complete(ids)
        return self._prints(ids)

    def _complete(self, ids: Iterable[int]) -> None:
        """Sketch the texts that never were, and keep it."""
        wanted = json.dumps(sorted(set(ids) - self._whole))
        for row in self._connection.execute(_BARE, (wanted,)).fetchall():
            (text,) = self._connection.execute(_TEXT, (row["posting"],)).fetchone()
            one = links.print_from(json.loads(row["print"]))
            made = links.with_sketch(one, rows.posting(text))
            self._connection.execute(
                "UPDATE prints SET print = ? WHERE posting = ?",
                (rows.json_text(made), row["posting"]),
            )
            _write_keys(self._connection, row["posting"], links.keys(made))
        self._whole.update(ids)

    def _relate(self, new: Print, other: Print, old: Any) -> Link | None:
        return links.relate(
            new,
            other,
            same_source=old["source"] == self._source,
            seen=self._at,
            since=rows.instant(old["first_seen"]),
            closed=rows.maybe_instant(old["closed_at"] or old["missing_since"]),
            common=self._common,
        )


def _write(
    connection: sqlite3.Connection, id_: int, found: Mapping[int, Link], at: datetime
) -> None:
    connection.executemany(
        "INSERT INTO links (posting, other, kind, strong, score, why, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [
            (
                *(id_, other, link.kind, link.strong, link.score, rows.storable(link.why)),
                rows.text_of_instant(at),
            )
            for other, link in found.items()
        ],
    )


def _event(posting: Posting, old: Any, link: Link, source: str, at: datetime) -> Linked:
    before = rows.posting(old["fields"])
    seen = words(rows.instant(old["first_seen"]))
    # What a reader knows it by stands first: a letter cuts what is long.
    name = f"“{clean(old['title'], 80)}”, first seen {seen}"
    why = f"{name}, {old['source']}/{old['posting']}; {link.why}"
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
