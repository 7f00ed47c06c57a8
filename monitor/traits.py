"""What postings can be narrowed by: employer, place, source, degree, pay.

A trait is a short word that many postings share. It is written when a posting is, so that a page
that counts a hundred thousand postings by place reads no posting at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor import rows
from monitor.wording import clean, working_place

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from crawler.items import Posting, Salary

TRAITS = ("employer", "place", "remote", "employment", "degree", "pay", "source")
"""In the order in which a page offers them."""

_BANDS = {
    "hour": (10, "an hour"),
    "day": (100, "a day"),
    "week": (500, "a week"),
    "biweek": (1_000, "every two weeks"),
    "month": (2_000, "a month"),
    "quarter": (5_000, "a quarter"),
    "year": (25_000, "a year"),
}
"""The width of a pay band, in whole units of the currency, and its words, by period."""
_LONGEST = 80
_MOST_PLACES = 12
_COUNTABLE = 10**12


def traits_of(posting: Posting, source: str, employer: str | None) -> set[tuple[str, str]]:
    """Give the traits of a posting as (trait, value); values are clean, short and never empty."""
    found = {
        (trait, clean(rows.storable(word), _LONGEST))
        for trait, words in _stated(posting, source, employer)
        for word in words
        if word
    }
    return {(trait, value) for trait, value in found if value}


def _stated(
    posting: Posting, source: str, employer: str | None
) -> Iterator[tuple[str, Iterable[str | None]]]:
    yield "source", [source]
    yield "employer", [posting.organization or employer]
    yield "place", [place.name for place in posting.places[:_MOST_PLACES]]
    yield "remote", [working_place(posting.remote) if posting.remote else None]
    yield "employment", [word.lower().replace("_", "-") for word in posting.employment_types]
    yield "degree", posting.requirements
    yield "pay", [band(posting.salary) if posting.salary else None]


def band(salary: Salary) -> str | None:
    """Name the band in which the top of a pay lies: ``USD 100,000-124,999 a year``.

    Only pay with a currency and a period has one: bands are never compared across either.
    """
    top = salary.max if salary.max is not None else salary.min
    width, words = _BANDS.get(salary.period or "", (0, ""))
    if top is None or not width or not salary.currency or not 0 <= top < _COUNTABLE:
        return None
    floor = int(top // width) * width
    return f"{salary.currency} {floor:,}\u2013{floor + width - 1:,} {words}"


def enter(
    connection: sqlite3.Connection, source: str, postings: Iterable[Posting], employer: str | None
) -> None:
    """Write the traits and the pay of postings whose rows were written or changed just now."""
    values: dict[tuple[str, str], int] = {}
    for posting in postings:
        id_, closed = connection.execute(
            "SELECT id, state = 'closed' FROM postings WHERE source = ? AND posting = ?",
            (source, rows.storable(posting.id)),
        ).fetchone()
        connection.execute("DELETE FROM traits WHERE posting = ?", (id_,))
        connection.executemany(
            "INSERT INTO traits (closed, value, posting) VALUES (?, ?, ?)",
            [
                (closed, _value(connection, values, trait), id_)
                for trait in sorted(traits_of(posting, source, employer))
            ],
        )
        _enter_pay(connection, id_, closed, posting.salary)


def _value(
    connection: sqlite3.Connection, values: dict[tuple[str, str], int], trait: tuple[str, str]
) -> int:
    if trait not in values:
        connection.execute(
            "INSERT INTO trait_values (trait, value) VALUES (?, ?) ON CONFLICT DO NOTHING", trait
        )
        (values[trait],) = connection.execute(
            "SELECT id FROM trait_values WHERE trait = ? AND value = ?", trait
        ).fetchone()
    return values[trait]


def _enter_pay(
    connection: sqlite3.Connection, id_: int, closed: int, salary: Salary | None
) -> None:
    connection.execute("DELETE FROM pay WHERE posting = ?", (id_,))
    if salary is None or band(salary) is None:
        return
    ends = [end for end in (salary.min, salary.max) if end is not None]
    connection.execute(
        "INSERT INTO pay (posting, closed, currency, period, low, high) VALUES (?, ?, ?, ?, ?, ?)",
        (id_, closed, rows.maybe_storable(salary.currency), salary.period, min(ends), max(ends)),
    )
