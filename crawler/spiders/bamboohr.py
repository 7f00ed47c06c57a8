"""BambooHR boards: one JSON listing a board, then one answer for each posting."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.about import About
from crawler.fields import salary, text
from crawler.items import Gone, Posting, Remote, Total, posting_from
from crawler.pages import answers, board, schema_org
from crawler.spiders.base import rows
from crawler.spiders.listed import ListedSpider

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from scrapy.http import Response

    from crawler.items import Source

_OWN = "www|app|api|documentation|help|support|status|resources|marketplace|partners|images|static"
# "0" is on site, and also what stands where nobody chose.
_MODES: dict[str, Remote] = {"1": "remote", "2": "hybrid"}
_CLOSED = frozenset({"closed", "filled", "canceled", "cancelled"})


class BambooHRSpider(ListedSpider):
    """Reads ``NAME.bamboohr.com/careers/list``, then the JSON of each posting that is new or moved.

    The place is an office's or one that was typed in, each in a field of its own; only a posting's
    own answer names the country. Pay is a text. A name that BambooHR does not know leads to its own
    site, which is no board; an empty list is one that the board states.
    """

    name = "bamboohr"
    about = About(
        fetched="the board's JSON listing, then each posting's own JSON",
        requests="1 + postings that are new or whose row changed",
        gives="place, remote or hybrid mode, text, employment type, pay where the employer wrote "
        "it, department, published",
        lacks="an on-site mode, an update time, a deadline",
        asks="is not known to ask anything of programs beyond robots.txt",
    )
    recognises = (rf"https?://(?P<board>(?!(?:{_OWN})\.)[a-z0-9-]+)\.bamboohr\.com(?:[/?#:]|$)",)
    number = re.compile(r"/careers/(\d+)")

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the listing."""
        yield Request(f"https://{source.board}.bamboohr.com/careers/list")

    def parse_rows(self, response: Response, **_: Any) -> Iterator[Any]:
        """Read the rows of the listing."""
        answer = answers.read(response)
        source, now = response.meta["source"], response.meta["now"]
        total = board.dig(answer, "meta", "totalCount")
        if isinstance(total, int) and not isinstance(total, bool):
            yield Total(total)
        yield from rows(board.dig(answer, "result"), lambda row: read(row, source, now, row["id"]))

    def page(self, posting: Posting, source: Source) -> str:
        """Give the address of a posting's JSON; the page people see is drawn by script."""
        return f"https://{source.board}.bamboohr.com/careers/{posting.id}/detail"

    def parse_posting(
        self, response: Response, *, listed: Mapping[str, Any] | None = None, **_: Any
    ) -> Iterator[Posting | Gone]:
        """Read a posting's own answer; raises ``ValueError`` when it is none."""
        opening = board.dig(answers.read(response), "result", "jobOpening")
        link = self.number.search(f"{response.url} {board.dig(opening, 'jobOpeningShareUrl')}")
        key = response.meta.get("posting") or (link[1] if link else None)
        source, now = response.meta["source"], response.meta["now"]
        status = board.word(board.dig(opening, "jobOpeningStatus")) or ""
        if key and status.lower() in _CLOSED:
            yield Gone(key, f"its page says: {status}")
            return
        own = read(opening, source, now, key) if isinstance(opening, dict) else None
        if own is None:
            raise ValueError("the answer is no posting")
        if listed:
            row = posting_from(listed)
            own = schema_org.merge(own, replace(row, places=() if own.places else row.places))
        yield own


def read(row: Mapping[str, Any], source: Source, now: datetime, key: Any) -> Posting | None:
    """Read a row of the listing or a posting's own answer, which says more in the same fields."""
    body = row.get("description")
    site = f"https://{source.board}.bamboohr.com/careers/{key}"
    pay = salary.read(board.word(row.get("compensation")) or "", currency=source.currency)
    mode = _MODES.get(str(row.get("locationType")))
    return board.posting(
        source,
        now,
        id=key,
        title=row.get("jobOpeningName"),
        body=text.from_html(body) if isinstance(body, str) else "",
        labels=[place(row.get("location")), place(row.get("atsLocation"))],
        remote=mode or ("remote" if row.get("isRemote") is True else None),
        employment=[board.word(row.get(f"employment{name}")) for name in ("StatusLabel", "Type")],
        pay=pay[:1],
        department=row.get("departmentLabel"),
        date_posted=row.get("datePosted"),
        url=site,
        apply_url=site,
    )


def place(stated: Any) -> str:
    """Give the town with its state and country, as far as they are stated."""
    area = board.dig(stated, "state") or board.dig(stated, "province")
    land = board.dig(stated, "addressCountry") or board.dig(stated, "country")
    return answers.label(board.dig(stated, "city"), area, land)
