"""The statements that narrow postings down by words and traits, count them and page through them.

Every function runs inside a transaction that its caller holds (``monitor/lookup.py``). Pages are
cut by key, not by number: the next page costs what the first one did, however far one reads on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from monitor import rows
from monitor.ledger import KNOWN
from monitor.nearby import quoted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from monitor.events import Known

COUNTED = 5_000
"""Matches up to which everything is counted; of more, only that there are more is said."""
_SHOWN = 8
"""Values a trait."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What postings are asked for: words that all occur, one value a trait, open or closed."""

    words: str = ""
    traits: Mapping[str, str] = field(default_factory=dict)
    closed: bool = False

    @property
    def narrow(self) -> bool:
        """Whether anything but the state is asked."""
        return bool(self.words.split() or self.traits)


class Row(NamedTuple):
    """A posting as it is remembered, with the number that its page has."""

    id: int
    known: Known


class Found(NamedTuple):
    """One page of postings.

    ``total`` is ``None`` when there are more than are counted. ``values`` are the most frequent
    values a trait with their counts (``None`` when they were not counted for this filter).
    """

    rows: list[Row]
    more: bool
    total: int | None
    values: Values


_TALLY = """
    SELECT t.value, count(*) AS n FROM json_each(?) m JOIN traits t ON t.posting = m.value
    GROUP BY t.value
"""

Values: TypeAlias = Mapping[str, list[tuple[str, int | None]]]
"""The most frequent values a trait, with their counts (``None`` when they were not counted)."""

Counts = dict[int, tuple[str, str, int]]
"""Every value of the postings of one state: its number, trait, text and how many have it."""


def counts(connection: sqlite3.Connection, *, closed: bool) -> Counts:
    """Give how many postings of one state have each value, as it was counted when written."""
    state = "closed" if closed else "open"
    found = connection.execute(
        f"SELECT id, trait, value, {state} FROM trait_values WHERE {state} > 0"  # noqa: S608 - one of two words
    )
    return {id_: (trait, value, n) for id_, trait, value, n in found}


def number(connection: sqlite3.Connection, *, closed: bool) -> int:
    """Count the postings of one state."""
    (found,) = connection.execute(
        "SELECT count(*) FROM postings WHERE state = ?", ("closed" if closed else "open",)
    ).fetchone()
    return int(found)


def find(
    connection: sqlite3.Connection,
    asked: Filter,
    all_counts: Counts,
    *,
    before: int | None,
    limit: int,
) -> Found:
    """Give one page of the postings that a filter asks for, the newest first."""
    statement = _Statement(asked, all_counts)
    if statement.impossible:
        return Found([], more=False, total=0, values={})
    total, values, newest = _counted(connection, statement, asked, all_counts)
    if newest is None:
        ids = statement.ids(connection, before, limit + 1)
    else:
        ids = [id_ for id_ in newest if before is None or id_ < before][: limit + 1]
    return Found(_rows(connection, ids[:limit]), len(ids) > limit, total, values)


class _Statement:
    """The question for the ids of matching postings, led by its rarest condition."""

    def __init__(self, asked: Filter, all_counts: Counts) -> None:
        numbers = {(trait, value): id_ for id_, (trait, value, _) in all_counts.items()}
        wanted = [numbers.get(pair) for pair in asked.traits.items()]
        quoted_words = quoted(asked.words)
        self.impossible = None in wanted or bool(asked.words and not quoted_words)
        values = sorted((id_ for id_ in wanted if id_), key=lambda id_: all_counts[id_][2])
        state, closed = "closed" if asked.closed else "open", int(asked.closed)
        self._conditions: list[str] = []
        self._values: list[Any] = []
        if quoted_words:
            self._from, self._id = "posting_index i", "i.rowid"
            self._where("posting_index MATCH ?", quoted_words)
            if not values:
                # CROSS: the index leads, and asks each posting for its state, never the other
                # way. A trait that is asked for says it already: the state is part of its key.
                self._from += " CROSS JOIN postings p"
                self._where("p.id = i.rowid AND p.state = ?", state)
        elif values:
            self._from, self._id = "traits t", "t.posting"
            self._where("t.closed = ? AND t.value = ?", closed, values.pop(0))
        else:
            self._from, self._id = "postings p", "p.id"
            self._where("p.state = ?", state)
        for value in values:
            has = "SELECT 1 FROM traits o WHERE o.closed = ? AND o.value = ? AND o.posting = "
            self._where(f"EXISTS ({has}{self._id})", closed, value)

    def _where(self, condition: str, *values: Any) -> None:
        self._conditions.append(condition)
        self._values += values

    def ids(self, connection: sqlite3.Connection, before: int | None, limit: int) -> list[int]:
        """Give the newest matching ids, after a page that ended at ``before``."""
        cut = f" AND {self._id} < ?" if before is not None else ""
        where = " AND ".join(self._conditions)
        found = connection.execute(
            f"SELECT {self._id} AS id FROM {self._from} WHERE {where}{cut}"  # noqa: S608 - constants only
            f" ORDER BY {self._id} DESC LIMIT ?",
            (*self._values, *(() if before is None else (before,)), limit),
        )
        return [row["id"] for row in found]


def _counted(
    connection: sqlite3.Connection, statement: _Statement, asked: Filter, all_counts: Counts
) -> tuple[int | None, Values, list[int] | None]:
    """Count the matches and their traits, exactly or not at all; give the matches, if counted."""
    everything = {id_: n for id_, (_, _, n) in all_counts.items()}
    if not asked.narrow:
        return number(connection, closed=asked.closed), _grouped(all_counts, everything), None
    alone = _alone(asked, all_counts)
    if alone is None or alone <= COUNTED:
        ids = statement.ids(connection, None, COUNTED + 1)
        if len(ids) <= COUNTED:
            found = connection.execute(_TALLY, (rows.json_text(ids),))
            tally = {row["value"]: row["n"] for row in found}
            return len(ids), _grouped(all_counts, tally), ids
    values = _grouped(all_counts, everything)
    unknown: Values = {
        trait: [(text, None) for text, _ in listed] for trait, listed in values.items()
    }
    return alone, unknown, None


def _alone(asked: Filter, all_counts: Counts) -> int | None:
    """Give the known number of matches of a filter that asks for one trait and nothing else."""
    if asked.words.split() or len(asked.traits) != 1:
        return None
    return next(
        (n for trait, value, n in all_counts.values() if asked.traits.get(trait) == value), 0
    )


def _grouped(
    all_counts: Counts, found: Mapping[int, int]
) -> dict[str, list[tuple[str, int | None]]]:
    """Give the most frequent values of each trait among what was counted, by their numbers."""
    tallies: dict[str, Counter[str]] = {}
    for id_, n in found.items():
        if id_ in all_counts:
            trait, value, _ = all_counts[id_]
            tallies.setdefault(trait, Counter())[value] = n
    return {trait: list(_most(tally)) for trait, tally in tallies.items()}


def _most(tally: Counter[str]) -> Iterator[tuple[str, int | None]]:
    yield from sorted(tally.most_common(_SHOWN), key=lambda pair: (-pair[1], pair[0]))


def _rows(connection: sqlite3.Connection, ids: list[int]) -> list[Row]:
    marks = ", ".join("?" * len(ids))
    found = connection.execute(f"{KNOWN} WHERE p.id IN ({marks}) ORDER BY p.id DESC", ids)
    return [Row(row["id"], rows.known(row)) for row in found]
