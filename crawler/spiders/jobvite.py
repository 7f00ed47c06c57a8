"""Jobvite career sites: pages of rows, then each posting's own page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crawler.about import About
from crawler.pages import jobvite
from crawler.spiders.listed import ListedSpider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.http import Response

    from crawler.items import Posting

_NAME = r"(?!(?:support|careers|job)\b)[\w-]+"


class JobviteSpider(ListedSpider):
    """Reads ``jobs.jobvite.com/NAME``: the pages of its search with their total, then postings.

    The plain list cuts off long categories, so it is read only where there is no search. A closed
    posting leads back to a list, and an unknown name to Jobvite's own site: neither is a page of
    the employer. "3 Locations" is no place; the posting's page has them.
    """

    name = "jobvite"
    about = About(
        fetched="the pages of the site's search, else its one-page list, then each posting's page",
        requests="1 for every 50 postings + postings that are new or whose row changed",
        gives="all places, text, department; date and employment type where the site states "
        "schema.org markup",
        lacks="an update time, a deadline; pay unless the text has it",
        asks="is not known to ask anything of programs beyond robots.txt",
    )
    recognises = (
        rf"https?://(?:jobs|careers)\.jobvite\.com/(?:careers/)?(?P<board>{_NAME})(?:[/?#]|$)",
    )
    number = re.compile(r"/job/(\w+)")
    sign = jobvite.SIGN
    back = re.compile(r"/(?:jobs|search)(?:[/?#]|$)|[?&](?:error|invalid)=")
    site = jobvite.SITE
    begins = f"{site}/{{board}}/search"
    read = staticmethod(jobvite.read)
    body = staticmethod(jobvite.body)
    after = staticmethod(jobvite.after)

    def parse_rows(self, response: Response, **_: Any) -> Iterator[Any]:
        """Read the rows of one page; raises ``ValueError`` when there is no such site."""
        if "invalid=" in response.url:
            raise ValueError(f"Jobvite has no site {response.meta['source'].board}")
        yield from super().parse_rows(response)

    def head(self, response: Response, key: str | None) -> Posting | None:
        """Read the head of a posting's page: title, department, places."""
        source, now = response.meta["source"], response.meta["now"]
        return jobvite.head(response.text, source, now, key, self.address(response))
