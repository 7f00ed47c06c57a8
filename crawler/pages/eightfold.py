"""What Eightfold states of a posting, in the rows of a search and in its own answer. Pure.

Both name their fields alike, so one reader serves both.
"""

from __future__ import annotations

import re
from ast import literal_eval
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from crawler.fields import terms, text
from crawler.pages import answers, board

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from crawler.items import Posting, Source

_DOMAIN = re.compile(
    r"[\"']domain[\"']\s*:\s*[\"']([\w-]+(?:\.[\w-]+)+)|[?&;]domain=([\w-]+(?:\.[\w-]+)+)"
)
_TERMS = re.compile(r"(?:employment|time|worker)_?type", re.IGNORECASE)
_SAYS = ("id", "name", "department", "workLocationOption", "postedTs", "displayJobId", "atsJobId")
_LONGEST = 4000
"""Characters of a text that may be a list; a longer one is none."""


def domain(html: str) -> str | None:
    """Give the employer's domain by which a site's own page asks for its postings."""
    match = _DOMAIN.search(unescape(html))
    return match[1] or match[2] if match else None


def stable(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give what of a row tells that nothing changed."""
    return {name: row.get(name) for name in _SAYS} | {"locations": list(_places(row))}


def found(response: Any) -> dict[str, Any]:
    """Give the result of a search; raises ``ValueError`` when the answer is none."""
    stated = board.dig(answers.read(response), "data")
    if not isinstance(board.dig(stated, "count"), int):
        raise ValueError("the answer is no list of postings")  # noqa: TRY004 - a page in its place
    return {"positions": stated.get("positions"), "count": stated["count"]}


def own(response: Any, row: Mapping[str, Any]) -> Posting | None:
    """Read a posting's own answer; ``None`` when it is none."""
    stated = answers.stated(board.dig(answers.read(response), "data"))
    if "name" not in stated:
        return None
    source, now = response.meta["source"], response.meta["now"]
    return read({**row, **stated}, source, now, response.url)


def read(row: Mapping[str, Any], source: Source, now: datetime, url: str) -> Posting | None:
    """Read a row, or a posting's own answer, of the site at ``url``; a row has no text.

    The requisition is the one of the system behind it, else the number that the page shows.
    """
    own = row.get("publicUrl") or row.get("canonicalPositionUrl") or row.get("positionUrl")
    return board.posting(
        source,
        now,
        id=row.get("id"),
        title=row.get("name"),
        body=text.from_html(board.word(row.get("jobDescription")) or ""),
        labels=_places(row),
        remote=terms.remote((board.word(row.get("workLocationOption")) or "").replace("_", " ")),
        employment=[word for key in row if _TERMS.search(key) for word in _listed(row[key])],
        department=row.get("department"),
        date_posted=row.get("postedTs") or row.get("creationTs"),
        date_updated=row.get("t_update"),
        requisition_id=row.get("atsJobId") or row.get("displayJobId"),
        url=urljoin(url, board.word(own) or f"/careers/job/{row.get('id')}"),
    )


def _places(row: Mapping[str, Any]) -> Iterator[Any]:
    yield from _listed(row.get("locations")) or _listed(row.get("standardizedLocations"))


def _listed(value: Any) -> list[Any]:
    """Give a list that is one, or one that is written as Python writes it, or a single text."""
    if isinstance(value, str) and value.startswith("[") and len(value) < _LONGEST:
        try:
            value = literal_eval(value)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return []
    return value if isinstance(value, list) else [value] if value else []
