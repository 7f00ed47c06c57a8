"""Workable boards: one public JSON answer a board, with every posting's text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.about import About
from crawler.fields import terms, text
from crawler.items import Total
from crawler.pages import answers, board
from crawler.spiders.base import SweepSpider, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from scrapy.http import Response

    from crawler.items import Posting, Remote, Shortfall, Source

_NO_BOARD = r"(?!(?:j|jobs|view|oauth|backend|auth|www|apply|help|resources)(?:[./?#]|$))"


class WorkableSpider(SweepSpider):
    """Reads the widget of ``apply.workable.com``: one request a board.

    A posting in several places is a row a place with one shortcode: its rows are put together, in
    whatever order they come. Places that the employer hides are not read. All boards share a host
    that refuses more than a few requests at a time, so they are asked one after the other, a second
    apart. A link that names only a posting (``/j/…``) does not tell its board.
    """

    name = "workable"
    about = About(
        fetched="the board's public widget: one JSON answer with every posting and its text",
        requests="one",
        gives="all places, remote mode, text, employment type, department, published, the "
        "employer's code",
        lacks="pay as a field, a total, an update time, a deadline",
        asks="documents ten requests in ten seconds for its API "
        "([workable.readme.io](https://workable.readme.io/reference/rate-limits)), which is kept",
    )
    recognises = (
        r"https?://(?:apply|www)\.workable\.com/api/(?:v\d/)?(?:widget/)?accounts/(?P<board>[\w-]+)",
        rf"https?://apply\.workable\.com/(?P<board>{_NO_BOARD}[\w-]+)",
        rf"https?://(?P<board>{_NO_BOARD}[a-z0-9-]+)\.workable\.com(?:[/?#:]|$)",
    )
    marks = (r"\bwhr_embed\(\s*(?P<board>\d+)",)
    pace = 1.0
    lanes = 1
    sources_per_host = 1

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the whole board, with texts."""
        api = "https://apply.workable.com/api/v1/widget/accounts"
        yield Request(f"{api}/{source.board}?details=true")

    def parse(self, response: Response, **_: Any) -> Iterator[Posting | Shortfall | Total]:
        """Read the board."""
        answer = answers.read(response)
        source, now = response.meta["source"], response.meta["now"]
        entries, employer = board.dig(answer, "jobs"), board.dig(answer, "name")
        if entries == []:
            yield Total(0)
        folded = _folded(entries) if isinstance(entries, list) else entries
        yield from rows(folded, lambda row: read(row, source, now, employer))


def _folded(entries: list[Any]) -> list[Any]:
    """Make one list of all rows of a posting; what has no shortcode stays alone."""
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
