"""The statements that find a posting and the open ones near it, by the full-text index.

Every function runs inside a transaction that its caller holds (``monitor/store.py``). What is near
is for ``closeness`` to say; here a bounded number of telling words make one question to the index,
so the work grows with what these words lead to and not with what is known.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from crawler.items import Posting
from monitor import closeness, links, rows
from monitor.ledger import KNOWN

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from monitor.closeness import Portrait
    from monitor.events import Known
    from monitor.search import Fit

CANDIDATES = 100
"""The best of the index that are looked at closely."""

_NEAR = """
    SELECT p.id FROM posting_index i JOIN postings p ON p.id = i.rowid
    JOIN sources o ON o.id = p.source
    WHERE posting_index MATCH ? AND p.state = 'open' AND o.retired_at IS NULL
    ORDER BY bm25(posting_index, 10, 4, 4, 1), p.id LIMIT ?
"""
# What was told to be one role: the posting's own links, then the links that lead to it.
_LINKED = """
    SELECT p.source, p.posting FROM events e JOIN revisions r ON r.snapshot = e.before_snapshot
    JOIN postings p ON p.id = r.posting
    WHERE e.kind IN ('twin', 'edition', 'reposted') AND e.weight = 'material'
        AND e.source = ? AND e.posting = ?
    UNION
    SELECT e.source, e.posting FROM revisions r JOIN events e ON e.before_snapshot = r.snapshot
    JOIN postings p ON p.id = r.posting
    WHERE e.kind IN ('twin', 'edition', 'reposted') AND e.weight = 'material'
        AND p.source = ? AND p.posting = ?
"""


def find(connection: sqlite3.Connection, wanted: str) -> list[Known]:
    """Give the postings that a user may mean: ``source/id``, an id, or a link.

    A link is looked up as it stands, then without what only tracks where one came from.
    """
    wanted = rows.storable(wanted)
    source, _, name = wanted.partition("/")
    found = connection.execute(
        f"{KNOWN} WHERE p.posting = ? OR p.url = ? OR (p.source = ? AND p.posting = ?)"
        " ORDER BY p.id",
        (wanted, wanted, source, name),
    ).fetchall()
    return [rows.known(row) for row in found or _by_link(connection, wanted)]


def _by_link(connection: sqlite3.Connection, link: str) -> list[sqlite3.Row]:
    keys = links.keys(links.print_of(Posting(id="", title="", url=link)))
    return [
        row
        for key in sorted(keys)
        for row in connection.execute(
            f"{KNOWN} JOIN print_keys k ON k.posting = p.id WHERE k.key = ? ORDER BY p.id", (key,)
        )
    ]


def portrait(connection: sqlite3.Connection, wanted: str) -> Portrait | None:
    """Draw the posting that is meant, an open one before a closed one; ``None`` for none."""
    found = sorted(find(connection, wanted), key=lambda known: known.state != "open")
    if not found:
        return None
    known = found[0]
    place = (known.source, rows.storable(known.posting.id))
    siblings = connection.execute(
        f"{KNOWN} WHERE p.source = ? AND p.posting <> ? ORDER BY p.id DESC LIMIT ?",
        (*place, closeness.SIBLINGS),
    )
    beside = [rows.posting(row["fields"]) for row in siblings]
    (total,) = connection.execute("SELECT count(*) FROM postings").fetchone()
    words = closeness.asked(known.posting, beside, total)
    counts = {word: _having(connection, word, most) for word, most in words.items()}
    same = connection.execute(_LINKED, (*place, *place))
    linked = frozenset((row["source"], row["posting"]) for row in same)
    return closeness.draw(known.source, known.posting, counts, total, linked | {place})


def _having(connection: sqlite3.Connection, word: str, most: int) -> int:
    """Count the postings that have a word, in any form of English; no further than ``most``."""
    (found,) = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM posting_index WHERE posting_index MATCH ? LIMIT ?)",
        (quoted(word), most),
    ).fetchone()
    return int(found)


def similar(connection: sqlite3.Connection, drawn: Portrait) -> list[tuple[Known, Fit]]:
    """Give the open postings near a posting, the nearest first; never what is the same role.

    The same role is what was told as a sure twin, edition or repost, and what is a sure twin now.
    """
    if not drawn.rare:
        return []
    question = " OR ".join(map(quoted, drawn.rare))
    ids = [row["id"] for row in connection.execute(_NEAR, (question, CANDIDATES))]
    one = _known(connection, "p.source = ? AND p.posting = ?", drawn.source, drawn.posting.id)
    found = [
        (each, closeness.near(drawn, each.posting))
        for id_ in ids
        for each in _known(connection, "p.id = ?", id_)
        if (each.source, each.posting.id) not in drawn.same
    ]
    near = [(each, fit) for each, fit in found if fit.score and not _twins(connection, one, each)]
    near.sort(key=lambda pair: (-pair[1].score, pair[0].source, pair[0].posting.id))
    return near


def _known(connection: sqlite3.Connection, where: str, *values: object) -> list[Known]:
    found = connection.execute(f"{KNOWN} WHERE {where}", values)
    return [rows.known(row) for row in found]


def _twins(connection: sqlite3.Connection, one: Iterable[Known], other: Known) -> bool:
    """Say whether two postings, of which one may be forgotten, are surely one opening."""
    for each in one:
        new, old = sorted((each, other), key=lambda known: known.first_seen, reverse=True)
        prints = [_print(connection, known) for known in (new, old)]
        link = links.relate(
            prints[0],
            prints[1],
            same_source=new.source == old.source,
            seen=new.first_seen,
            since=old.first_seen,
            closed=old.closed_at,
        )
        if link is not None and link.strong and link.kind == "twin":
            return True
    return False


def _print(connection: sqlite3.Connection, known: Known) -> links.Print:
    row = connection.execute(
        "SELECT r.print FROM prints r JOIN postings p ON p.id = r.posting"
        " WHERE p.source = ? AND p.posting = ?",
        (known.source, rows.storable(known.posting.id)),
    ).fetchone()
    return links.print_from(json.loads(row["print"]))


def quoted(words: str) -> str:
    """Quote every word, so that none of them is an operator of the query language.

    sqlite-utils' ``quote_fts`` leaves what the user put in quotes as it is.
    """
    return " ".join(
        '"{}"'.format(word.replace('"', '""'))
        for word in rows.storable(words).replace("\0", " ").split()
    )
