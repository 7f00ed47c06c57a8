"""How many fields of recorded posting pages are read as labelled.

``python benchmarks/score_pages.py [FOLDER] [-v]``. The pages and their labels
(pages/expected_details.jsonl) are kept outside the project; their folder is the argument, or
ROLECALL_DATA. Every page is read as ``rolecall extract auto`` would read it. A field is right,
wrong (both say something, not the same), missing (only the label says something) or invented (only
we do); -v prints every disagreement. A currency that is left open agrees, because nobody told the
reader what a bare sign means there. Without the folder there is nothing to score: no error.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.extract import ExtractError, extract
from crawler.fields import terms, text
from crawler.items import Posting
from crawler.pages import careers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.items import Salary

NOW = datetime(2026, 11, 24, tzinfo=UTC)
FIELDS = {
    "title": "title",
    "company": "company",
    "locations": "places",
    "remote": "remote",
    "employment_types": "employment types",
    "date_posted": "date posted",
    "valid_through": "valid through",
    "salary": "pay",
    "closed": "closed",
}
GRADES = ("right", "wrong", "missing", "invented")
NOWHERE = frozenset({"anywhere", "remote", "worldwide"})


def labels(pages: Path) -> dict[str, dict[str, Any]]:
    """Give what is known of each page; of two labels for one field the later, by hand, counts."""
    found: dict[str, dict[str, Any]] = {}
    for line in (pages / "expected_details.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        known = found.setdefault(row["page"], {})
        known.update(row)
        if "n_locations" not in row and "locations" in row:
            known["n_locations"] = len(row["locations"])
    return found


def read(path: Path) -> tuple[list[Posting], float]:
    begun = time.perf_counter()
    try:
        postings, _ = extract("auto", path.read_bytes(), url=None, organization=None, now=NOW)
    except ExtractError:
        postings = []
    return postings, time.perf_counter() - begun


def grade(same: bool, label: object, found: object) -> str:
    if same or (not label and not found):
        return "right"
    if not label:
        return "invented"
    return "wrong" if found else "missing"


def words(value: str | None) -> str:
    return text.fold(value or "")


def compare(key: str, label: dict[str, Any], posting: Posting, html: str) -> tuple[str, Any]:
    """Grade one field; give what was read beside it."""
    stated = label[key]
    if key == "locations":
        return places(label, posting)
    if key == "salary":
        return pay(stated, posting.salary)
    wanted, found = {
        "title": lambda: (words(stated), words(posting.title)),
        "company": lambda: (words(stated), words(posting.organization)),
        "remote": lambda: (stated, posting.remote == "remote"),
        "employment_types": lambda: (expected_kinds(stated), set(posting.employment_types)),
        "date_posted": lambda: ((stated or "")[:10], (posting.date_posted or "")[:10]),
        "valid_through": lambda: ((stated or "")[:10], (posting.valid_through or "")[:10]),
        "closed": lambda: (stated, careers.closed(html) is not None),
    }[key]()
    return grade(wanted == found, wanted, found), found


def expected_kinds(stated: list[str]) -> set[str]:
    # A label in the page's own language is put into schema.org's words as a page's would be.
    return {kind for word in stated for kind in terms.employment(word) or (word,)}


def pay(stated: dict[str, Any] | None, found: Salary | None) -> tuple[str, Any]:
    shown = found and (found.min, found.max, found.currency, found.period)
    if stated is None or found is None:
        return grade(False, stated, found), shown
    period = {"ann": "year"}.get(stated["period"].lower(), stated["period"].lower())
    currency = stated["currency"] if found.currency else None
    wanted = (float(stated["min"]), float(stated["max"]), currency, period)
    return grade(shown == wanted, stated, found), shown


def places(label: dict[str, Any], posting: Posting) -> tuple[str, Any]:
    """Every labelled place must be named by a place read, and none read beyond them."""
    wanted = {name for name in map(named, label["locations"]) if name not in NOWHERE}
    found = {words(place.name) for place in posting.places}
    covered = all(any(name in other for other in found) for name in wanted)
    whole = label["n_locations"] > len(label["locations"]) or len(found) <= len(wanted)
    return grade(covered and whole, wanted, found), sorted(found)


def named(location: dict[str, Any] | str) -> str:
    """Give the most telling word of a labelled place."""
    if isinstance(location, str):
        return words(location.split(",")[0].split("(")[0])
    parts = [location.get(f"address{part}") for part in ("Locality", "Region", "Country")]
    return words(next((part for part in parts if isinstance(part, str)), "").split(",")[0])


def chosen(postings: list[Posting], label: dict[str, Any]) -> Posting:
    """Of several postings the labelled one; an empty one when there is none."""
    titled = [one for one in postings if words(one.title) == words(label.get("title"))]
    return next(iter(titled or postings), Posting(id="", title=""))


def disagreements(pages: Path, tally: Counter[tuple[str, str]]) -> Iterator[str]:
    for page, label in labels(pages).items():
        postings, seconds = read(pages / page)
        posting = chosen(postings, label)
        html = (pages / page).read_text(encoding="utf-8", errors="replace")
        yield f"{page}: {len(postings)} postings, {seconds * 1000:.0f} ms"
        for key in [key for key in FIELDS if key in label]:
            result, found = compare(key, label, posting, html)
            tally[FIELDS[key], result] += 1
            if result != "right":
                yield f"  {result} {FIELDS[key]}: label {label[key]!r:.200}, read {found!r:.200}"


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
    tally = Counter[tuple[str, str]]()
    for line in disagreements(pages, tally):
        if given.verbose:
            print(line)
    print(f"{'field':<18}" + "".join(f"{name:>10}" for name in GRADES))
    for name in FIELDS.values():
        print(f"{name:<18}" + "".join(f"{tally[name, result]:>10}" for result in GRADES))


if __name__ == "__main__":
    main()
