"""Rows of the tables that curated lists keep in Markdown: one row, one posting.

Pure. Relative ages give a date and nothing else; a column that nobody knows the meaning of is text.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from crawler.fields import salary, terms, text
from crawler.pages import board, tables
from crawler.pages.tables import Cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from crawler.items import Posting, Source

CLOSED = "the list marks it closed"

# The first pattern that a column's head fits says what stands in it; "never" is what moves by
# itself and says nothing of the posting.
_COLUMNS = (
    ("organization", r"compan(?:y|ies)(?: name)?|employers?|organi[sz]ations?|firms?|startups?"),
    ("title", r"(?:job |role |position )?titles?|roles?|positions?|jobs?|programs?|opportunit\w+"),
    ("mode", r"work (?:model|mode|type|arrangement)|workplace(?: type)?|remote\??"),
    ("places", r"(?:job )?locations?|places?|cit(?:y|ies)|offices?"),
    ("pay", r"(?:base )?salar(?:y|ies)|pay(?: range)?|compensation|wages?|stipends?"),
    ("due", r"(?:application )?(?:deadlines?|due(?: date)?|closes?|closing date)"),
    ("never", r"|#|no\.?|.*\b(?:updated|checked|seen|verified|views?|applicants)\b.*"),
    ("when", r"ages?|days?(?: ago)?|opened|(?:date )?(?:posted|added)(?: (?:on|date))?|dates?"),
    ("link", r"(?:appl(?:y|ications?)|postings?|links?|urls?|websites?)(?:[ /&]+\w+){0,2}"),
)
_HEADS = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _COLUMNS)
_SAME = frozenset({"\u21b3", "\u2937", "\u21aa", "\u2514", "\u3003", '"', "^"})
_LOCK = re.compile("[\U0001f512\u274c\u26d4]")
_SHUT = re.compile(rf"{_LOCK.pattern}|\b(?:closed|expired|filled)\b", re.IGNORECASE)
# What the two large lists mean by them, in the words of their listings.json.
_FLAGS = {
    "\U0001f6c2": "Sponsorship: Does Not Offer Sponsorship",
    "\U0001f1fa\U0001f1f8": "Sponsorship: U.S. Citizenship is Required",
    "\U0001f393": "An advanced degree is required",
}
_SYMBOLS = re.compile(
    "[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f]|:[a-z_]{2,40}:"
)
# Pages that keep a copy of the posting; the employer's own link comes first.
_COPIES = frozenset({"simplify.jobs"})
_BLANK = Cell()

Cells = dict[str, Cell]


class Row(NamedTuple):
    """A posting as a row states it, and in words that the list marks it closed."""

    posting: Posting
    shut: str | None = None


def read(content: str, source: Source, now: datetime) -> Iterator[Row | None]:
    """Read the rows of every table of postings; ``None`` for one that cannot be read.

    A posting's id is its link, so a closed row that lost its link is left out: it is gone from the
    list. Raises ``ValueError`` when no table is one of postings.
    """
    found = [(table, columns) for table in tables.read(content) if (columns := _columns(table))]
    if not found:
        raise ValueError("the file holds no table of postings")
    for table, columns in found:
        named = list(_named(table, columns))
        linked = any(_address(cells) for cells in named)
        for cells in named:
            if _address(cells) or not (_shut(cells) or (linked and _empty(cells))):
                yield _row(cells, source, now)


def _columns(table: tables.Table) -> Mapping[int, str]:
    """Say what stands in each column; nothing when the table is no list of postings.

    A second column of one meaning is text under its own head.
    """
    columns: dict[int, str] = {}
    for number, head in enumerate(table.head):
        label = _plain(head).strip(" :")
        name = next((name for name, pattern in _HEADS if pattern.fullmatch(label)), "")
        columns[number] = f"*{label}" if not name or name in columns.values() else name
    return columns if {"title", "organization"} <= set(columns.values()) else {}


def _named(table: tables.Table, columns: Mapping[int, str]) -> Iterator[Cells]:
    """Give the cells of each row by meaning; an arrow means the company of the row above."""
    above = _BLANK
    for row in table.rows:
        cells = {name: row[number] for number, name in columns.items() if number < len(row)}
        if cells.get("organization", _BLANK).words in _SAME:
            cells["organization"] = above
        above = cells.get("organization", _BLANK)
        if any(cell.words or cell.links for cell in row):
            yield cells


def _address(cells: Cells) -> str | None:
    """Give the link to the posting: the one to apply, else the title's."""
    for name in ("link", "title"):
        found = cells.get(name, _BLANK).links
        own = [link for link in found if urlsplit(link).hostname not in _COPIES]
        if url := board.link(next(iter(own or found), None)):
            return url
    return None


def _shut(cells: Cells) -> bool:
    """Say whether the row marks its posting as closed."""
    title = cells.get("title", _BLANK)
    marked = _SHUT.search(cells.get("link", _BLANK).words)
    return title.struck or bool(marked or _LOCK.search(title.words))


def _empty(cells: Cells) -> bool:
    """Say whether the row says that there is no link."""
    return not re.search(r"\w{4}", cells.get("link", _BLANK).words)


def _row(cells: Cells, source: Source, now: datetime) -> Row | None:
    url = _address(cells)
    band = salary.read(cells.get("pay", _BLANK).words, currency=source.currency)
    posting = board.posting(
        source,
        now,
        id=url,
        title=_plain(cells.get("title", _BLANK).words),
        body="\n".join(_text(cells)),
        labels=cells.get("places", _BLANK).lines,
        remote=terms.remote(cells.get("mode", _BLANK).words),
        pay=band[:1],
        organization=_plain(cells.get("organization", _BLANK).words),
        date_posted=cells.get("when", _BLANK).words,
        valid_through=cells.get("due", _BLANK).words,
    )
    if posting is None:
        return None
    return Row(replace(posting, url=url, apply_url=url), CLOSED if _shut(cells) else None)


def _text(cells: Cells) -> Iterator[str]:
    """Give what the row says by flags and in columns of unknown meaning."""
    marks = "".join(cells.get(name, _BLANK).words for name in ("organization", "title"))
    yield from (words for flag, words in _FLAGS.items() if flag in marks)
    for name, cell in cells.items():
        if name.startswith("*") and cell.words:
            yield f"{name[1:]}: {cell.words}"


def _plain(words: str) -> str:
    """Give words without the symbols that stand for something else."""
    return text.clean(_SYMBOLS.sub("", words))
