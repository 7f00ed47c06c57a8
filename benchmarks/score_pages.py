"""How recorded pages are read: which postings, and which of their fields as labelled.

``python benchmarks/score_pages.py [FOLDER] [-v]``. The pages and their labels are kept outside the
project; their folder is the argument, or ROLECALL_DATA. Listing pages (expected_items.jsonl) are
scored by item and field, posting pages (expected_details.jsonl) by field, all others by whether
they are read at all and, where score_pages.toml says how many postings they hold, by that number.
That file also says which kind reads a page, and describes pages of sites without one as a user
would; all others are read as ``rolecall extract auto`` would.

A field is right, wrong (both say something, not the same), missing (only the label says something)
or invented (only we do); -v prints every disagreement. A currency that is left open agrees, because
nobody told the reader what a bare sign means there; a period of pay that a label only infers is not
asked for. Without the folder there is nothing to score,
which is no error.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.extract import SAVED, ExtractError, extract
from crawler.fields import dates, links, salary, terms, text
from crawler.items import Posting
from crawler.pages import careers
from crawler.sources import kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from crawler.items import Salary, Snippet

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SETUP = Path(__file__).with_suffix(".toml")
LABELS = frozenset({"MANIFEST.tsv", "expected_items.jsonl", "expected_details.jsonl"})
GRADES = ("right", "wrong", "missing", "invented")
GLUED = re.compile(r"(?<=[a-z])(?=[A-Z])")
NOWHERE = frozenset({"anywhere", "remote", "worldwide"})


@dataclass(frozen=True, slots=True)
class Reading:
    """Which kind reads a page, with what it must be told, and what that gave."""

    kind: str
    postings: list[Posting | Snippet] = field(default_factory=list)
    url: str = SAVED
    count: int | None = None
    complaint: str = ""
    seconds: float = 0.0


class Score:
    """Counts grades per kind and field; keeps what disagrees and what stays unread."""

    def __init__(self) -> None:
        self.tally = Counter[tuple[str, str, str]]()
        self.disagreements: list[str] = []
        self.unread: list[str] = []

    def add(self, page: str, reading: Reading, name: str, result: str, words: str = "") -> None:
        """Count one grade; ``words`` say what disagrees."""
        self.tally[reading.kind, name, result] += 1
        if result != "right":
            self.disagreements.append(f"{page} ({reading.kind}): {result} {name}: {words}")

    def table(self) -> Iterator[str]:
        """Give the table, one line a kind and field."""
        yield f"{'kind':<16}{'field':<18}" + "".join(f"{name:>9}" for name in (*GRADES, "share"))
        for kind, name in sorted({(kind, name) for kind, name, _ in self.tally}):
            counts = [self.tally[kind, name, result] for result in GRADES]
            share = f"{counts[0] / sum(counts):.1%}"
            yield f"{kind:<16}{name:<18}" + "".join(f"{count:>9}" for count in (*counts, share))


def read(pages: Path, page: str, setup: Mapping[str, Any]) -> Reading:
    """Read a page as the setup says; what stops it is a complaint in words."""
    for skipped in setup["skip"]:
        if fnmatch(page, skipped["page"]):
            return Reading("none", complaint=skipped["word"])
    told: dict[str, Any] = next((one for one in setup["page"] if fnmatch(page, one["page"])), {})
    kind = told.get("kind") or setup["kinds"].get(page.split("/", maxsplit=1)[0], "auto")
    url, count = told.get("url", SAVED), told.get("count", setup["counts"].get(page))
    if kind not in {*kinds(), "auto"}:
        return Reading(kind, complaint="there is no such kind here")
    found: tuple[list[Posting], list[Snippet]] = ([], [])
    begun, complaint = time.perf_counter(), ""
    try:
        found = extract(
            kind,
            (pages / page).read_bytes(),
            url=url,
            organization=None,
            now=NOW,
            options=told.get("options"),
        )
    except ExtractError as error:
        complaint = str(error)
    seconds = time.perf_counter() - begun
    return Reading(kind, [*(found[0] or found[1])], url, count, complaint, seconds)


# Values, each as the label and as we say it


def grade(label: object, found: object, *, same: bool) -> str:
    if same or (not label and not found):
        return "right"
    if not label:
        return "invented"
    return "wrong" if found else "missing"


def equal(label: object, found: object) -> tuple[str, object]:
    return grade(label, found, same=label == found), found


def words(value: object) -> str:
    return text.fold(str(value or ""))


def day(value: str | None) -> str:
    """Give the day that a label or a field states, be it an instant or "3 days ago"."""
    return (dates.read(value, now=NOW) or value)[:10] if value else ""


def pay(stated: dict[str, Any] | None, found: Salary | None) -> tuple[str, object]:
    shown = found and (found.min, found.max, found.currency, found.period)
    if stated is None or found is None:
        return grade(stated, found, same=False), shown
    period = {"ann": "year"}.get(stated["period"].lower(), stated["period"].lower())
    period = None if stated.get("inferred") else period
    currency = stated["currency"] if found.currency else None
    wanted = (float(stated["min"]), float(stated["max"]), currency, period)
    return grade(stated, found, same=shown == wanted), shown


def places(label: Mapping[str, Any], posting: Posting) -> tuple[str, object]:
    """Every labelled place must be named by a place read, and none read beyond them."""
    wanted = {name for name in map(named, label["locations"]) if name not in NOWHERE}
    found = {words(place.name) for place in posting.places}
    covered = all(any(name in other for other in found) for name in wanted)
    whole = label["n_locations"] > len(label["locations"]) or len(found) <= len(wanted)
    return grade(wanted, found, same=covered and whole), sorted(found)


def named(location: dict[str, Any] | str) -> str:
    """Give the most telling word of a labelled place."""
    if isinstance(location, str):
        return words(location.split(",")[0].split("(")[0].strip())
    parts = [location.get(f"address{part}") for part in ("Locality", "Region", "Country")]
    return words(next((part for part in parts if isinstance(part, str)), "").split(",")[0])


def employment(stated: list[str]) -> set[str]:
    # Labels in the page's own language; schema.org has no word for a contract without an end.
    return {kind for word in stated for kind in terms.employment(word)}


DETAILS: dict[str, tuple[str, Callable[[Any, Posting, str], tuple[str, object]]]] = {
    "title": ("title", lambda label, one, _: equal(words(label["title"]), words(one.title))),
    "company": (
        "company",
        lambda label, one, _: equal(words(label["company"]), words(one.organization)),
    ),
    "locations": ("places", lambda label, one, _: places(label, one)),
    "remote": ("remote", lambda label, one, _: equal(label["remote"], one.remote == "remote")),
    "employment_types": (
        "employment types",
        lambda label, one, _: equal(
            employment(label["employment_types"]), set(one.employment_types)
        ),
    ),
    "date_posted": (
        "date posted",
        lambda label, one, _: equal(day(label["date_posted"]), day(one.date_posted)),
    ),
    "date_updated": (
        "date updated",
        lambda label, one, _: equal(day(label["date_updated"]), day(one.date_updated)),
    ),
    "valid_through": (
        "valid through",
        lambda label, one, _: equal(day(label["valid_through"]), day(one.valid_through)),
    ),
    "salary": ("pay", lambda label, one, _: pay(label["salary"], one.salary)),
    "closed": (
        "closed",
        lambda label, _, html: equal(label["closed"], careers.closed(html) is not None),
    ),
}
"""What a posting's page is labelled with, our name for it, and how the two are compared."""


# Pages of one posting


def details(pages: Path, setup: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Give what is known of each page; of two labels for one field the later, by hand, counts."""
    found: dict[str, dict[str, Any]] = {}
    for line in (pages / "expected_details.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        known = found.setdefault(row["page"], {})
        known.update(row)
        if "n_locations" not in row and "locations" in row:
            known["n_locations"] = len(row["locations"])
        if row["page"] in setup["inferred"]:
            known["salary"]["inferred"] = True
        if row.get("date_text"):
            known.setdefault("date_posted", row["date_text"])
    return found


def score_detail(
    pages: Path, page: str, label: dict[str, Any], reading: Reading, to: Score
) -> None:
    own = [one for one in reading.postings if isinstance(one, Posting)]
    titled = [one for one in own if words(one.title) == words(label.get("title"))]
    posting = next(iter(titled or own), Posting(id="", title=""))
    if not own:
        to.unread.append(f"{page}: {reading.complaint or 'no posting of its own is found'}")
    html = (pages / page).read_text(encoding="utf-8", errors="replace")
    for key in [key for key in DETAILS if key in label]:
        name, compare = DETAILS[key]
        result, found = compare(label, posting, html)
        to.add(page, reading, name, result, f"label {label[key]!r:.160}, read {found!r:.160}")


# Listing pages


def items(pages: Path) -> dict[str, dict[str, Any]]:
    lines = (pages / "expected_items.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["page"]: row for row in map(json.loads, lines)}


def score_items(page: str, label: dict[str, Any], reading: Reading, to: Score) -> None:
    """Compare a listing's items: found, missing or extra, then their fields."""
    keys = {key(item, reading.url): item for item in label["items"]}  # an item shown twice is one
    left = list(reading.postings)
    for wanted, item in keys.items():
        posting = next((one for one in left if wanted in known_by(one)), None)
        to.add(page, reading, "items", "missing" if posting is None else "right", str(wanted))
        if posting is None:
            continue
        left.remove(posting)
        for name, result, found in compared(item, label["how"], posting, reading.url):
            to.add(page, reading, name, result, f"label {item[name]!r:.120}, read {found!r:.120}")
    for extra in left:
        to.add(page, reading, "items", "invented", extra.title)


def key(item: Mapping[str, Any], base: str) -> str:
    """Give what tells a labelled item from the others: its id, else its link."""
    return str(item["id"]) if "id" in item else canonical(item["url"], base)


def known_by(one: Posting | Snippet) -> set[str | None]:
    return {one.id, one.url and canonical(one.url, one.url)}


def canonical(url: str, base: str) -> str:
    return links.canonical(links.absolute(url, base) or url)


def compared(
    item: Mapping[str, Any], how: str, one: Posting | Snippet, base: str
) -> Iterator[tuple[str, str, object]]:
    """Grade every labelled field of an item."""
    found: dict[str, tuple[object, object]] = {
        "id": (str(item.get("id")), getattr(one, "id", "")),
        "title": (words(item.get("title")), words(one.title)),
        "url": (canonical(item.get("url") or "", base), one.url and canonical(one.url, base)),
        "company": (words(item.get("company")), words(one.organization)),
        "location": (
            words(item.get("location")),
            words("; ".join(place.name for place in one.places)),
        ),
        "date": (day(item.get("date")), day(getattr(one, "date_posted", None))),
        "salary": (amounts(item.get("salary") or ""), one.salary and shown(one.salary)),
    }
    # Where a whole card was labelled as the title, the title begins it.
    if how.startswith("a[") and found["title"][1]:
        label, title = map(str, found["title"])
        found["title"] = (title if label.startswith(f"{title} ") else label, title)
    for name in [name for name in found if name in item]:
        yield name, *equal(*found[name])


def amounts(stated: str) -> object:
    """Read a card's line of pay, whose badges were labelled as one word."""
    return next(map(shown, salary.read(GLUED.sub(" ", stated))), None)


def shown(pay: Salary) -> object:
    return pay.min, pay.max, pay.period


# All other pages


def score_other(page: str, reading: Reading, to: Score) -> str:
    """Say how many postings a page without labels gave; count it where the number is known."""
    number = len(reading.postings)
    line = f"{page:<68}{reading.kind:<16}{number:>5}"
    if not number:
        to.unread.append(f"{page}: {reading.complaint or 'nothing is found'}")
    if reading.kind == "none":
        return line
    if reading.count is None:
        to.add(page, reading, "pages read", "right" if number else "missing", reading.complaint)
        return line
    right = number == reading.count
    to.add(page, reading, "pages counted", "right" if right else "wrong", f"{number} postings")
    return line + ("" if right else f"  of {reading.count}")


def score(pages: Path) -> tuple[Score, list[str]]:
    setup = tomllib.loads(SETUP.read_text(encoding="utf-8"))
    result, counts = Score(), []
    listed, detailed = items(pages), details(pages, setup)
    for path in sorted(path for path in pages.rglob("*") if path.is_file()):
        page = path.relative_to(pages).as_posix()
        if path.name in LABELS:
            continue
        reading = read(pages, page, setup)
        if page in listed:
            score_items(page, listed[page], reading, result)
        elif page in detailed:
            score_detail(pages, page, detailed[page], reading, result)
        else:
            counts.append(score_other(page, reading, result))
    return result, counts


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    default = os.environ.get("ROLECALL_DATA", "../shared/data")
    parser.add_argument("data", nargs="?", default=default, help="the folder that has pages/")
    parser.add_argument("-v", "--verbose", action="store_true", help="print every disagreement")
    given = parser.parse_args()
    pages = Path(given.data) / "pages"
    if not (pages / "expected_details.jsonl").is_file():
        print("no labels: name the folder of pages/expected_details.jsonl, or set ROLECALL_DATA")
        return
    result, counts = score(pages)
    sections = {
        "Fields as labelled": list(result.table()),
        "Disagreements": result.disagreements if given.verbose else [],
        "Pages without labels, and how many postings each gave": counts,
        "What stays unread": result.unread,
    }
    for heading, lines in sections.items():
        if lines:
            print(heading, *(f"  {line}" for line in lines), "", sep="\n")


if __name__ == "__main__":
    main()
