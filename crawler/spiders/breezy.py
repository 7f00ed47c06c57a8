"""Breezy boards: one JSON answer a board, with every posting's text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.about import About
from crawler.fields import salary, text
from crawler.items import Total
from crawler.pages import answers, board, dom
from crawler.spiders.base import rows
from crawler.spiders.completed import CompletedSpider

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from scrapy.http import Response

    from crawler.items import Posting, Remote, Source

_OWN = "www|app|api|developer|developers|help|assets|assets-cdn|cdn|status|blog|careers|attach"


class BreezySpider(CompletedSpider):
    """Reads ``NAME.breezy.hr/json``: one request a board; a posting's page where it has no text.

    Pay is a text. A name without a board leads to Breezy's own site, which is no empty board. All
    boards stand behind one edge that refuses about fourteen requests a second, so only two of them
    are read at a time, whatever their hosts are called.
    """

    name = "breezy"
    about = About(
        fetched="the board's public JSON with every posting and its text; a posting's own page "
        "where it has none",
        requests="one",
        gives="all places, remote or hybrid mode, text, employment type, pay where the employer "
        "wrote it, department, published",
        lacks="a total, an on-site mode, an update time, a deadline",
        asks="is not known to ask anything of programs beyond robots.txt",
    )
    recognises = (rf"https?://(?P<board>(?!(?:{_OWN})\.)[a-z0-9-]+)\.breezy\.hr(?:[/?#:]|$)",)
    readers = ("parse_rows",)

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the whole board, with texts."""
        yield Request(f"https://{source.board}.breezy.hr/json?verbose=true")

    def host(self, source: Source) -> str:  # noqa: ARG002 - the same edge for all
        """Give the host whose patience all boards share."""
        return "breezy.hr"

    def parse(self, response: Response, **_: Any) -> Iterator[Any]:
        """Read the board, and ask for the pages of postings that have no text in it."""
        yield from self.completed(self.parse_rows(response))

    def parse_rows(self, response: Response, **_: Any) -> Iterator[Any]:
        """Read the board alone."""
        entries = answers.read(response)
        source, now = response.meta["source"], response.meta["now"]
        if entries == []:
            yield Total(0)
        yield from rows(entries, lambda row: read(row, source, now))

    def text(self, response: Response) -> str:
        """Give the description on a posting's page."""
        found = dom.tree(response.text).find_class("description")
        return text.from_html("".join(map(dom.markup, found[:1])))


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
