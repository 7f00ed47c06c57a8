"""What a Workable widget states of a posting, in a row a place. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.fields import terms, text
from crawler.pages import answers, board

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from crawler.items import Posting, Remote, Source


def folded(entries: Any) -> Any:
    """Make one list of all rows of a posting; what has no shortcode stays alone.

    What is no list is given back as it is.
    """
    if not isinstance(entries, list):
        return entries
    found: dict[Any, list[Any]] = {}
    for number, row in enumerate(entries):
        key = board.word(board.dig(row, "shortcode"))
        found.setdefault(key or number, []).append(row)
    return list(found.values())


def read(stated: list[Any], source: Source, now: datetime, employer: Any) -> Posting | None:
    """Read one posting from its rows, which differ in their place only."""
    row = stated[0]
    return board.posting(
        source,
        now,
        id=row["shortcode"],
        title=row["title"],
        body=text.from_html(row.get("description") or ""),
        labels=[label for one in stated for label in places(one)],
        remote=remote(stated),
        employment=row.get("employment_type") or row.get("type") or (),
        organization=employer,
        department=row.get("department"),
        date_posted=row.get("published_on") or row.get("created_at"),
        requisition_id=row.get("code"),
        url=row.get("url") or row.get("shortlink"),
        apply_url=row.get("application_url"),
    )


def places(row: Mapping[str, Any]) -> Iterator[str]:
    """Give the places of a row that the employer shows; the row's own where it lists none."""
    listed = row.get("locations") or [row]
    for place in listed:
        if not place.get("hidden"):
            area = place.get("region") or place.get("state")
            yield answers.label(place.get("city"), area, place.get("country"))


def remote(stated: list[Any]) -> Remote | None:
    """Give the mode that all rows of a posting state; the type of workplace says more."""
    modes = {
        terms.remote(board.word(row.get("workplace_type")) or "")
        or ("remote" if row.get("telecommuting") is True else None)
        for row in stated
    }
    return modes.pop() if len(modes) == 1 else None
