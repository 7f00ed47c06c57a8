"""Gusto job boards: one page of rows, then each posting's own page, both plain markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crawler.about import About
from crawler.pages import gusto
from crawler.spiders.listed import ListedSpider

if TYPE_CHECKING:
    from scrapy.http import Response

    from crawler.items import Posting

_KEY = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"


class GustoSpider(ListedSpider):
    """Reads a board of ``jobs.gusto.com`` and each posting's own page.

    There is no schema.org markup and no date; all that is stated stands in the markup. A posting is
    known by the key at the end of its link, since the rest of it is its title. The site may answer
    a program with a challenge, which is not passed: such a visit fails.
    """

    name = "gusto"
    about = About(
        fetched="the board's page, then each posting's own page",
        requests="1 + postings that are new or whose row changed",
        gives="places, employment type, text, pay from the text",
        lacks="all dates, a total, department, remote mode unless the text or a place says it",
        asks="is not known to ask anything of programs beyond robots.txt; may answer them with a "
        "challenge",
        example='board = "acme-inc-5b1f0c3a-7d42-4e0b-9c55-2a6f8e91d704"',
    )
    recognises = (rf"https?://jobs\.gusto\.com/boards/(?P<board>[\w-]*{_KEY})",)
    marks = (rf"href=[\"']/boards/(?P<board>[\w-]*{_KEY})[\"']",)
    number = re.compile(rf"/postings/[^/?#]*?({_KEY})(?:[?#]|$)")
    sign = re.compile(r"data-action=[\"']job_(?:boards|postings)-show[\"']")
    back = re.compile(r"/boards/")
    site = "https://jobs.gusto.com"
    begins = f"{site}/boards/{{board}}"
    read = staticmethod(gusto.read)
    body = staticmethod(gusto.body)
    after = staticmethod(gusto.after)

    def context(self, answer: Any, url: str) -> dict[str, Any]:  # noqa: ARG002 - the page does
        """Give the employer, whom a board names once."""
        return {"employer": gusto.employer(answer)}

    def head(self, response: Response, key: str | None) -> Posting | None:
        """Read the headline of a posting's page."""
        source, now = response.meta["source"], response.meta["now"]
        return gusto.head(response.text, source, now, key, self.address(response))
