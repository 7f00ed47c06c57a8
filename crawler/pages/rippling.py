"""What Rippling's board API states of a posting: in the rows of a board and in its own answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crawler.fields import salary, terms, text
from crawler.items import Shortfall
from crawler.pages import answers, board, described

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from crawler.items import Posting, Salary, Source

API = "https://api.rippling.com/platform/api/ats/v2/board"
LIST = f"{API}/{{board}}/jobs?pageSize=1000&page="
"""Link of a page of a board, without its number, which begins at 0; no page may be larger."""
_ASKED = re.compile(r"[?&]page=(\d+)")


def rows(answer: Any) -> Any:
    """Give the rows of a page, those put together that differ in their place only."""
    entries = _entries(answer)
    return folded(entries) if isinstance(entries, list) else entries


def after(answer: Any, response: Any) -> Iterator[str | Shortfall]:
    """Name the page after this one; a page before it that is not full is a shortfall."""
    asked = _ASKED.search(response.url)
    page, pages = int(asked[1]) + 1 if asked else 1, board.dig(answer, "totalPages")
    if isinstance(pages, int) and page < pages:
        size = described.count(board.dig(answer, "pageSize")) or 1
        if len(board.several(_entries(answer))) < size:
            yield Shortfall(f"page {page} of {pages} of the board is not full")
        yield f"{LIST.format(board=response.meta['source'].board)}{page}"


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
