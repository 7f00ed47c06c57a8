"""The statements that find a posting and the open ones near it, by the full-text index.

Every function runs inside a transaction that its caller holds (``monitor/store.py``). What is near
is for ``closeness`` to say; here a bounded number of telling words make one question to the index,
so the work grows with what these words lead to and not with what is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.items import Posting
from monitor import rows
from monitor.ledger import KNOWN

if TYPE_CHECKING:
    import sqlite3

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
# What is surely one role: what the posting is linked with, and what is linked with it.
_LINKED = """
    WITH one AS (SELECT id FROM postings WHERE source = ? AND posting = ?)
    SELECT p.source, p.posting FROM one CROSS JOIN links l ON l.posting = one.id
        JOIN postings p ON p.id = l.other WHERE l.strong
    UNION SELECT p.source, p.posting FROM one CROSS JOIN links l ON l.other = one.id
        JOIN postings p ON p.id = l.posting WHERE l.strong
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
    from monitor import links  # noqa: PLC0415 - loads every rule of likeness

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
    from monitor import closeness  # noqa: PLC0415 - loads every rule of likeness

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
    same = connection.execute(_LINKED, place)
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
    """Give the open postings near a posting, the nearest first; never what is the same role."""
    from monitor import closeness  # noqa: PLC0415 - as above

    if not drawn.rare:
        return []
    question = " OR ".join(map(quoted, drawn.rare))
    ids = [row["id"] for row in connection.execute(_NEAR, (question, CANDIDATES))]
    found = (connection.execute(f"{KNOWN} WHERE p.id = ?", (id_,)).fetchone() for id_ in ids)
    known = [each for each in map(rows.known, found) if each.key not in drawn.same]
    near = [(each, fit) for each in known if (fit := closeness.near(drawn, each.posting)).score]
    near.sort(key=lambda pair: (-pair[1].score, pair[0].source, pair[0].posting.id))
    return near


def quoted(words: str) -> str:
    """Quote every word, so that none of them is an operator of the query language.

    sqlite-utils' ``quote_fts`` leaves what the user put in quotes as it is.
    """
    return " ".join(
        '"{}"'.format(word.replace('"', '""'))
        for word in rows.storable(words).replace("\0", " ").split()
    )
