"""Paylocity career sites: one page whose script holds every row, then each posting's own page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crawler.about import About
from crawler.pages import cards, paylocity
from crawler.spiders.base import rows
from crawler.spiders.listed import ListedSpider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.http import Response

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
    begins = f"{paylocity.SITE}/All/{{board}}"
    read = staticmethod(paylocity.read)
    body = staticmethod(paylocity.body)

    def parse_rows(self, response: Response, **_: Any) -> Iterator[Any]:
        """Read the rows; raises ``ValueError`` when the page does not hold them."""
        source, now = response.meta["source"], response.meta["now"]
        entries = paylocity.entries(response.text)
        yield from cards.merged(rows(entries, lambda row: self.read(row, source, now)))
