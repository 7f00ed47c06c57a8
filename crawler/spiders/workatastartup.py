"""Work at a Startup: the openings of one company on Y Combinator's site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.about import About
from crawler.pages import workatastartup
from crawler.spiders.base import rows
from crawler.spiders.listed import ListedSpider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.http import Response

    from crawler.items import Gone, Posting, Shortfall


class WorkAtAStartupSpider(ListedSpider):
    """Reads a company's openings and each posting's own page on ``www.ycombinator.com``.

    The listing keeps its rows in an attribute of the page and states their ages only; the day and
    the text stand on the posting's page, beside other companies' openings, which are not read.
    Pictures' links and ages differ on every load, so they are no sign of a change.
    """

    name = "workatastartup"
    secondhand = True
    about = About(
        fetched="the company's public list of openings, then each posting's own page",
        requests="1 + postings that are new or whose row changed",
        gives="places, pay, employment type, posted, text, experience, visa and skills as text",
        lacks="a total, an update time, a deadline; the directory of all companies, which asks for "
        "a login",
        asks="is not known to ask anything of programs beyond robots.txt",
    )
    recognises = (
        r"https?://(?:www\.)?ycombinator\.com/companies/(?P<board>[^/?#]+)/jobs(?:[/?#]|$)",
        r"https?://(?:www\.)?workatastartup\.com/companies/(?P<board>[^/?#]+)",
    )
    begins = f"{workatastartup.SITE}/companies/{{board}}/jobs"
    quoted = True
    read = staticmethod(workatastartup.read)

    def parse_rows(self, response: Response, **_: Any) -> Iterator[Posting | Shortfall]:
        """Read the rows alone, which have no text."""
        source, now = response.meta["source"], response.meta["now"]
        entries = workatastartup.props(response).get("jobPostings")
        yield from rows(entries, lambda row: self.read(row, source, now))

    def parse_posting(self, response: Response, **_: Any) -> Iterator[Posting | Gone]:
        """Read a posting's own page; raises ``ValueError`` when it shows none."""
        yield workatastartup.own(response)
