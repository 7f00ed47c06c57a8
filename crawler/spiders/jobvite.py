"""Jobvite career sites: pages of rows, then each posting's own page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.about import About
from crawler.items import Posting, Shortfall, Total
from crawler.pages import cards, jobvite
from crawler.spiders.listed import ListedSpider

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scrapy.http import Response

    from crawler.pages.cards import Card

_NAME = r"(?!(?:support|careers|job)\b)[\w-]+"
_SEARCH = re.compile(r"/search(?:[/?#]|$)")


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
    sign = re.compile(r"[\"' ]jv-")
    back = re.compile(r"/(?:jobs|search)(?:[/?#]|$)|[?&](?:error|invalid)=")
    bodies = ("jv-job-detail-description",)
    site = "https://jobs.jobvite.com"
    begins = f"{site}/{{board}}/search"
    read = staticmethod(jobvite.read)

    def parse_rows(self, response: Response, **_: Any) -> Iterator[Any]:
        """Read the rows of one page; raises ``ValueError`` when there is no such site."""
        if "invalid=" in response.url:
            raise ValueError(f"Jobvite has no site {response.meta['source'].board}")
        yield from super().parse_rows(response)

    def after(self, found: Sequence[Card], response: Response) -> Iterator[Any]:
        """Ask for the page after this one; for the plain list where there is no search."""
        nothing = self.sign.search(response.text) and cards.vacant(response.text)
        if found:
            for thing in jobvite.progress(response.text, response.url):
                yield Request(thing, callback=self.parse) if isinstance(thing, str) else thing
        elif not nothing and _SEARCH.search(response.url):
            plain = f"{self.site}/{response.meta['source'].board}/jobs"
            yield Request(plain, callback=self.parse)
        else:
            yield Total(0) if nothing else Shortfall("the page shows no list of postings")

    def head(self, response: Response, key: str | None) -> Posting | None:
        """Read the head of a posting's page: title, department, places."""
        source, now = response.meta["source"], response.meta["now"]
        return jobvite.head(response.text, source, now, key, self.address(response))
