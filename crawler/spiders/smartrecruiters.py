"""SmartRecruiters careers pages: the list as its own page loads it, then each posting's page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.about import About
from crawler.items import Gone, Posting, Shortfall, Total
from crawler.pages import board, cards, described, dom, smartrecruiters
from crawler.spiders.base import rows
from crawler.spiders.listed import ListedSpider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.http import Response

    from crawler.items import Source

_ASKED = re.compile(r"[?&]page=(\d+)")
_COMPANY = (
    r"(?P<board>(?!(?:api|oneclick-ui|my-applications|ni|sr-jobs|public|static)(?:[/?#]|$))[\w-]+)"
)


class SmartRecruitersSpider(ListedSpider):
    """Reads ``careers.smartrecruiters.com``, page after page, then every posting's own page.

    The API's host refuses programs in its robots.txt and is left alone. The list states no total:
    it ends with the first page that is blank, and a page that repeats another or shows something
    else is a shortfall. A posting that is closed keeps its page, which answers 200 and says so.
    """

    name = "smartrecruiters"
    about = About(
        fetched="the list that the careers page loads, then each posting's own page",
        requests="1 for every 24 postings or so, 1 more, + postings that are new or whose card "
        "changed",
        gives="place, remote mode, text with all its sections, employment type, published, the "
        "employer's number; pay from the text or from a field called so",
        lacks="a total, an update time, a deadline, a department",
        asks="says in the robots.txt of its API that programs stay away, which is kept; the "
        "careers pages are not known to ask anything",
    )
    recognises = (
        rf"https?://(?:careers|jobs|join)\.smartrecruiters\.com/(?:my-applications/|ni/)?{_COMPANY}",
        rf"https?://jobs\.smartrecruiters\.com/oneclick-ui/company/{_COMPANY}",
        rf"https?://api\.smartrecruiters\.com/v1/companies/{_COMPANY}",
    )
    number = re.compile(r"//jobs\.smartrecruiters\.com/[^/?#]+/(\d{6,})")

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the first page of the list."""
        yield Request(_listing(source, 0))

    def parse_rows(
        self, response: Response, *, before: tuple[str, ...] = (), **_: Any
    ) -> Iterator[Any]:
        """Read the cards of one page, and ask for the page after it.

        ``before`` are the first postings of the first page and of the page before this one.
        """
        source, now = response.meta["source"], response.meta["now"]
        found = self.cards(response, response.url)
        asked = _ASKED.search(response.url)
        page = int(asked[1]) if asked else 0
        if not found:
            yield from _end(response, page)
        elif found[0].id in before:
            yield Shortfall(f"page {page + 1} of the list repeats one before it")
        else:
            read = smartrecruiters.listed
            yield from cards.merged(rows(found, lambda card: read(card, source, now)))
            if response.text.count("<li") != response.text.count("</li>"):
                yield Shortfall(f"page {page + 1} of the list breaks off")
            state = {"before": [*before[:1], found[0].id]}
            yield Request(_listing(source, page + 1), cb_kwargs=state)

    def parse_posting(self, response: Response, **kwargs: Any) -> Iterator[Any]:
        """Read a posting's own page, or a saved answer of the API.

        Raises ``ValueError`` when the page shows no posting.
        """
        source, now = response.meta["source"], response.meta["now"]
        if answer := described.answer(response.text):
            entries = [answer] if board.dig(answer, "jobAd") else board.dig(answer, "content")
            yield from rows(entries, lambda row: smartrecruiters.read(row, source, now))
            return
        for notice in dom.tree(response.text).find_class("jobad--empty-state"):
            key = response.meta.get("posting") or self.key(response)
            yield Gone(key or "", f"its page says: {next(iter(dom.lines(notice)), 'closed')}")
            return
        for thing in super().parse_posting(response, **kwargs):
            if isinstance(thing, Posting):
                yield smartrecruiters.completed(thing, response.text, source, now)
            else:
                yield thing


def _listing(source: Source, page: int) -> str:
    return f"https://careers.smartrecruiters.com/{source.board}/api/more?page={page}"


def _end(response: Response, page: int) -> Iterator[Total | Shortfall]:
    """Say what a page without cards means: the list is over, or something else answered."""
    if page == 0 and cards.vacant(response.text):
        yield Total(0)
    elif page == 0 or (response.body.strip() and not cards.vacant(response.text)):
        yield Shortfall(f"page {page + 1} of the list shows no postings and does not say so")
