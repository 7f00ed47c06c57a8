"""What Rippling's board API states of a posting: in the rows of a board and in its own answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crawler.fields import salary, terms, text
from crawler.pages import answers, board, described

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crawler.items import Posting, Salary, Source

_ASKED = re.compile(r"[?&]page=(\d+)")


def rows(answer: Any) -> Any:
    """Give the rows of a page, those put together that differ in their place only."""
    entries = _entries(answer)
    return folded(entries) if isinstance(entries, list) else entries


def progress(answer: Any, url: str) -> tuple[int, int, bool]:
    """Give how many pages were read, how many there are, and whether this one was full."""
    asked = _ASKED.search(url)
    read, pages = int(asked[1]) + 1 if asked else 1, board.dig(answer, "totalPages")
    size = described.count(board.dig(answer, "pageSize")) or 1
    full = len(board.several(_entries(answer))) >= size
    return read, pages if isinstance(pages, int) else 0, full


def _entries(answer: Any) -> Any:
    return answer if isinstance(answer, list) else board.dig(answer, "items")


def folded(entries: list[Any]) -> list[Any]:
    """Make one row of those that differ in their place only."""
    found: dict[str, dict[str, Any]] = {}
    strays = []
    for entry in entries:
        if key := _key(entry):
            places = board.dig(entry, "locations")
            twin = found.setdefault(key, {**entry, "locations": []})
            alone = [board.dig(entry, "workLocation")]
            twin["locations"] += places if isinstance(places, list) else alone
        else:
            strays.append(entry)
    return [*found.values(), *strays]


def _key(entry: Any) -> str | None:
    """Give a row's id, which older answers call a uuid."""
    return board.word(board.dig(entry, "id")) or board.word(board.dig(entry, "uuid"))


def listed(entry: Mapping[str, Any], source: Source, now: datetime) -> Posting | None:
    """Read a folded row of a board."""
    modes = {board.word(board.dig(place, "workplaceType")) for place in entry["locations"]}
    mode = modes.pop() if len(modes) == 1 else None
    return board.posting(
        source,
        now,
        id=_key(entry),
        title=entry.get("name"),
        body="",
        labels=[
            board.dig(place, "name") or board.dig(place, "label") for place in entry["locations"]
        ],
        remote=terms.remote(mode or ""),
        department=_department(entry),
        language=entry.get("language"),
        url=entry["url"],
    )


def own(response: Any, row: Mapping[str, Any]) -> Posting | None:
    """Read a posting's own answer; ``None`` when it is none."""
    found = answers.read(response)
    answer = found if isinstance(found, dict) and "description" in found else {}
    return read(answer, response.meta["source"], response.meta["now"], row)


def read(
    answer: Mapping[str, Any], source: Source, now: datetime, row: Mapping[str, Any]
) -> Posting | None:
    """Read a posting's own answer; the remote mode stands in its row only."""
    kind, sections = answer.get("employmentType"), answer.get("description")
    parts = sections.values() if isinstance(sections, dict) else [sections]
    return board.posting(
        source,
        now,
        id=answer.get("uuid"),
        title=answer.get("name"),
        body="\n".join(
            filter(None, (text.from_html(part) for part in parts if isinstance(part, str)))
        ),
        labels=board.several(answer.get("workLocations")),
        remote=row.get("remote"),
        employment=[word for key in ("id", "label") if (word := board.word(board.dig(kind, key)))],
        pay=[band for band in map(_pay, board.several(answer.get("payRangeDetails"))) if band],
        organization=answer.get("companyName"),
        department=_department(answer),
        date_posted=answer.get("createdOn"),
        language=row.get("language"),
        url=row.get("url") or answer.get("url"),
        apply_url=answer.get("url"),
    )


def _department(row: Mapping[str, Any]) -> Any:
    stated = row.get("department")
    return board.dig(stated, "name") or board.dig(stated, "label")


def _pay(entry: Any) -> Salary | None:
    low, high = board.dig(entry, "rangeStart"), board.dig(entry, "rangeEnd")
    currency, each = (board.word(board.dig(entry, key)) for key in ("currency", "frequency"))
    amounts = "-".join(filter(None, map(board.word, (low, high))))
    raw = " ".join(filter(None, (amounts, currency, each)))
    return salary.structured(low, high, currency, each, raw=raw)
