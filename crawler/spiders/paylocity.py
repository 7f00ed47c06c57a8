"""Paylocity career sites: one page whose script holds every row, then each posting's own page."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.about import About
from crawler.fields import terms, text
from crawler.pages import board, cards, dom
from crawler.spiders.base import rows
from crawler.spiders.listed import ListedSpider

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from scrapy.http import Response

    from crawler.items import Posting, Source

SITE = "https://recruiting.paylocity.com/recruiting/jobs"
_STATED = re.compile(r"window\.pageData\s*=\s*")
_HOST = r"https?://recruiting\.paylocity\.com/recruiting"
_KEY = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"


class PaylocitySpider(ListedSpider):
    """Reads ``recruiting.paylocity.com``: one page with all rows in a script, then postings.

    The name of a place may be "Hybrid" or a shop's number; its address is where the work is, unless
    the employer does not show it. Rows for the employer's own people are left out. A page without
    its rows is a failure, never an empty list.
    """

    name = "paylocity"
    about = About(
        fetched="the employer's one-page list, then each posting's own page",
        requests="1 + postings that are new or whose row changed",
        gives="place, remote mode, published, text, employment type and pay as far as the page "
        "states them, department",
        lacks="a total, an update time, a deadline unless the text has one",
        asks="is not known to ask anything of programs beyond robots.txt",
        example='board = "5b1f0c3a-7d42-4e0b-9c55-2a6f8e91d704"',
    )
    recognises = (
        rf"{_HOST}/jobs/(?:All|List)/(?P<board>{_KEY})",
        rf"{_HOST}/jobs/Details/\d+/(?P<board>{_KEY})",
        rf"{_HOST}/(?:PublicLeads/New|v2/api/feed/jobs)/(?P<board>{_KEY})",
    )
    number = re.compile(r"/jobs/Details/(\d+)", re.IGNORECASE)
    sign = re.compile(r"paylocity", re.IGNORECASE)
    headings = ("job-preview-title",)
    back = re.compile(r"/jobs/(?:All|List)/", re.IGNORECASE)

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the list."""
        yield Request(f"{SITE}/All/{source.board}")

    def parse_rows(self, response: Response, **_: Any) -> Iterator[Any]:
        """Read the rows; raises ``ValueError`` when the page does not hold them."""
        source, now = response.meta["source"], response.meta["now"]
        entries = board.dig(_stated(response.text), "Jobs")
        if isinstance(entries, list):
            entries = [row for row in entries if board.dig(row, "IsInternal") is not True]
        yield from cards.merged(rows(entries, lambda row: _row(row, source, now)))

    def text(self, response: Response) -> str:
        """Give the description of the page."""
        root = dom.tree(response.text)
        for button in root.find_class("apply-button"):
            dom.remove(button)
        parts = root.find_class("job-preview-details")
        return text.from_html(dom.markup(parts[0])) if parts else ""


def _stated(html: str) -> Any:
    """Give what the page's script states; raises ``ValueError`` when it states nothing."""
    match = _STATED.search(html)
    if match is None:
        raise ValueError("the page does not hold its list of postings")
    try:
        return json.JSONDecoder(strict=False).raw_decode(html, match.end())[0]
    except (ValueError, RecursionError):
        raise ValueError("the page's list of postings was cut short") from None


def _row(row: Mapping[str, Any], source: Source, now: datetime) -> Posting | None:
    """Read one row."""
    key, name = board.word(row.get("JobId")), board.word(row.get("LocationName")) or ""
    department = row.get("HiringDepartment")
    return board.posting(
        source,
        now,
        id=key,
        title=row.get("JobTitle"),
        body="",
        labels=[_place(row)],
        remote="remote" if row.get("IsRemote") is True else terms.remote(name),
        department=None if department == "Unspecified" else department,
        date_posted=row.get("PublishedDate"),
        url=f"{SITE}/Details/{key}",
    )


def _place(row: Mapping[str, Any]) -> str | None:
    """Give the address of a place, else its name; neither where the employer hides it."""
    if row.get("ShouldDisplayLocation") is False:
        return None
    parts = [board.word(board.dig(row, "JobLocation", key)) for key in ("City", "State", "Country")]
    return ", ".join(filter(None, parts)) or board.word(row.get("LocationName"))
