"""What a Breezy board states of a posting. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.fields import salary, text
from crawler.pages import answers, board, dom

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crawler.items import Posting, Remote, Source


def read(row: Mapping[str, Any], source: Source, now: datetime) -> Posting | None:
    """Read one posting of the board."""
    others = row.get("locations")
    places = [row.get("location"), *board.several(others)]
    kind = row.get("type")
    pay = salary.read(board.word(row.get("salary")) or "", currency=source.currency)
    return board.posting(
        source,
        now,
        id=row.get("id"),
        title=row.get("name"),
        body=text.from_html(row.get("description") or ""),
        labels=map(place, places),
        remote=remote(places),
        employment=[board.word(board.dig(kind, key)) for key in ("name", "id")],
        pay=pay[:1],
        organization=board.dig(row, "company", "name"),
        department=_named(row.get("department")),
        date_posted=row.get("published_date"),
        requisition_id=row.get("requisition_id"),
        url=row.get("url"),
        apply_url=row.get("url"),
    )


def place(stated: Any) -> str | None:
    """Give the town with its state and country, else the name ("Worldwide")."""
    area, land = (_named(board.dig(stated, key)) for key in ("state", "country"))
    town = board.word(board.dig(stated, "city"))
    return answers.label(town, area, land) if town else _named(stated) or answers.label(area, land)


def remote(places: list[Any]) -> Remote | None:
    """Give the freest mode that one of the places has; nobody says which are on site."""
    values = [str(board.dig(stated, "remote_details", "value")) for stated in places]
    if any("hybrid" in value.lower() for value in values):
        return "hybrid"
    far = any(board.dig(stated, "is_remote") is True for stated in places)
    return "remote" if far else None


def _named(stated: Any) -> str | None:
    return board.word(board.dig(stated, "name")) or board.word(stated)


def body(html: str) -> str:
    """Give the text on a posting's own page."""
    found = dom.tree(html).find_class("description")
    return text.from_html("".join(map(dom.markup, found[:1])))
