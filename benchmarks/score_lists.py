"""Score what the monitor says against recorded histories of two public curated lists.

    python benchmarks/score_lists.py [DATA] [--show]

DATA holds ``histories/<list>/`` with captures and a ``truth.jsonl``; it is not ours to ship. The
truth says what the file did (rows new, removed, flagged, edited); what is due from it follows by
the rules of the design, worked out here on its own: a flag is held like a miss, a row that was
flagged from the start is new when it opens, a change counts while the row is open on both sides
and only if its words differ. Exit code 1 when anything is missed or false.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from score_histories import (
    Absence,
    Line,
    Truth,
    arguments,
    instant,
    judged,
    report,
    settle,
    undone,
)

from crawler.captures import Case, cases, load_source
from crawler.fields.links import canonical
from crawler.items import Crawl
from crawler.pages import curated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

TEXT = {"sponsorship", "terms", "degrees"}
STAMPS = {"date_posted", "date_updated", "active", "is_visible"}
# Two spellings of one place; the symbols say what the sponsorship column says.
ALIASES = {"nyc": "new york", "new york city": "new york", "sf": "san francisco"}
SYMBOLS = re.compile("[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff]")
STATES = {"ny", "ca"}


@dataclass
class Row:
    """What the truth has said of one row so far."""

    listed: bool = False
    active: bool = True
    visible: bool = True
    known: bool = False

    @property
    def open(self) -> bool:
        return self.listed and self.active and self.visible


@dataclass
class Book:
    """The rows of a list, read step by step, and what is due from them."""

    truth: Truth = field(default_factory=Truth)
    rows: dict[str, Row] = field(default_factory=dict)
    away: dict[str, Absence] = field(default_factory=dict)
    absences: list[Absence] = field(default_factory=list)

    def turn(self, at: datetime, before: dict[str, bool], edited: dict[str, bool]) -> None:
        """Say what is due when the rows, open as ``before`` says, stand as they stand now.

        ``edited`` are the rows that read otherwise, and whether more than a typed field does.
        """
        for id_, row in self.rows.items():
            was = before.get(id_, False)
            if row.open and not row.known:
                self.truth.new.add((at, id_))
                row.known = True
            elif row.open and not was:
                absence = self.away.pop(id_)
                absence.back, absence.renamed = at, id_ in edited
            elif was and not row.open:
                self.away[id_] = Absence(id_, "", at)
                self.absences.append(self.away[id_])
            elif row.open and id_ in edited:
                self.truth.changed.add((at, id_))
                self.truth.worded |= {(at, id_)} if edited[id_] else set()


def words(value: Any) -> list[str]:
    """Give the words of a field; typography, order, symbols and a place's spelling are none."""
    text = " | ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    pieces = re.split(r"[|,;]| and ", SYMBOLS.sub("", text).casefold())
    plain = (re.sub(r"[\W_]+", " ", piece.replace(".", "")).strip() for piece in pieces)
    spoken = " ".join(ALIASES.get(piece, piece) for piece in plain).split()
    return sorted(set(spoken) - STATES)


def differs(name: str, before: Any, after: Any) -> bool:
    """Say whether a reader sees that a field changed."""
    if name == "url":
        return urlsplit(before or "").hostname != urlsplit(after or "").hostname
    return name not in STAMPS and words(before) != words(after)


def steps_of(directory: Path) -> list[Any]:
    """Read the steps of a truth."""
    return [json.loads(line) for line in (directory / "truth.jsonl").read_text().splitlines()]


def of_listings(directory: Path) -> Truth:
    """Work out what is due from the truth of a ``listings.json``."""
    steps = steps_of(directory)
    snapshots = [json.loads(case.exchanges[0].read()) for case in cases(directory)]
    book = Book()
    for entry in snapshots[0]:
        book.rows[entry["id"]] = Row(True, entry["active"], entry["is_visible"])
    for row in book.rows.values():
        row.known = row.open
    for step, snapshot in zip(steps, snapshots[1:], strict=True):
        before = {id_: row.open for id_, row in book.rows.items()}
        born = {entry["id"]: entry["is_visible"] for entry in snapshot}
        for entry in step["new"] + step["returned"]:
            row = book.rows.setdefault(entry["id"], Row())
            row.listed, row.active, row.visible = True, entry["active"], born[entry["id"]]
        for entry in step["removed"]:
            book.rows[entry["id"]].listed = False
        edited: dict[str, bool] = {}
        for entry in step["changed"]:
            row, fields = book.rows[entry["id"]], entry["fields"]
            row.active = fields.get("active", [None, row.active])[1]
            row.visible = fields.get("is_visible", [None, row.visible])[1]
            told = [name for name, sides in fields.items() if differs(name, *sides)]
            if told:
                edited[entry["id"]] = not TEXT.isdisjoint(told)
        at = instant(step["to_time"])
        book.turn(at, before, edited)
        book.truth.invisible |= {(at, entry["id"]) for entry in step["changed"]} - {
            (at, id_) for id_ in edited
        }
    return settled(book, [instant(step["to_time"]) for step in steps])


def of_table(directory: Path) -> Truth:
    """Work out what is due from the truth of a table, whose rows are known by their links."""
    steps = steps_of(directory)
    for step in steps:  # a link counts in its stable form, whichever spelling the table has
        step["new"] = [canonical(entry["url"]) for entry in step["new"]]
        step["returned"] = [canonical(url) for url in step["returned"]]
        step["removed"] = [canonical(url) for url in step["removed"]]
    book = Book()
    # The truth names the rows of the first version only when they go: what goes was there.
    named = {url for step in steps for url in step["new"]}
    for url in (url for step in steps for url in step["removed"] if url not in named):
        book.rows[url] = Row(listed=True, known=True)
    for step in steps:
        before = {id_: row.open for id_, row in book.rows.items()}
        for url in step["new"]:
            book.rows[url] = Row(listed=True)
        for url in step["returned"]:
            book.rows[url].listed = True
        for url in step["removed"]:
            book.rows[url].listed = False
        book.turn(instant(step["to_time"]), before, {})
    return settled(book, [instant(step["to_time"]) for step in steps])


def settled(book: Book, visits: list[datetime]) -> Truth:
    """Decide every absence by the hold of the design."""
    for absence in book.absences:
        settle(book.truth, visits, absence)
    return book.truth


def crawled(directory: Path) -> Iterator[Crawl]:
    """Read the captures of one list."""
    source = load_source(directory)
    for case in cases(directory):
        yield _crawl(source, case)


def _crawl(source: Any, case: Case) -> Crawl:
    found = curated.read(case.exchanges[0].read().decode(), source, case.started)
    at = case.started
    return Crawl(source, at, at, "complete", postings=found.postings, gone=found.gone)


def by_id(line: Line) -> Line:
    """Know a row by the id that it shares: the truth does not tell such rows apart."""
    return {**line, "posting_id": (line["posting_id"] or "").partition("#")[0]}


def fields_told(told: list[Line]) -> str:
    """Name the fields whose changes were told: an age or a stamp would stand here."""
    names = Counter(change["field"] for line in told for change in line["changes"])
    return ", ".join(f"{name} {count}" for name, count in sorted(names.items())) or "none"


LISTS: dict[str, tuple[Callable[[Path], Truth], Callable[[Line], Line]]] = {
    "simplify_summer2025": (of_listings, by_id),
    "speedyapply_swe_readme": (of_table, lambda line: {**line, "posting_id": line["url"]}),
}


def main(argv: list[str] | None = None) -> int:
    options = arguments(argv)
    histories = options.data / "histories"
    print(f"{'list':22} {'category':15} {'found':>6} {'missed':>7} {'false':>6}")
    perfect = True
    for name, (recorded, marked) in LISTS.items():
        directory = histories / name
        if not (directory / "truth.jsonl").is_file():
            continue
        truth, told = recorded(directory), [marked(one) for one in judged(crawled(directory))]
        perfect = report(name, truth, told, show=options.show) and perfect
        print(f"{name:22} {undone([truth])}")
        print(f"{name:22} changes told of fields: {fields_told(told)}\n")
    return 0 if perfect else 1


if __name__ == "__main__":
    sys.exit(main())
