"""iCIMS portals: pages of cards, then the JSON-LD of each posting's own page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from scrapy import Request

from crawler.about import About
from crawler.fields import text
from crawler.items import Shortfall, Total
from crawler.pages import cards, careers, dom, icims
from crawler.spiders.base import rows
from crawler.spiders.listed import ListedSpider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.http import Response

    from crawler.items import Posting, Source

_OWN = r"(?:www|login|cdn|media|api|community|developer|support|marketplace)\.|c-\d"
_ASKED = re.compile(r"[?&]pr=(\d+)")


class IcimsSpider(ListedSpider):
    """Reads ``NAME.icims.com`` as its own frame does: page after page of cards, then postings.

    States how many pages there are, never how many postings. A page past the end answers with the
    first one, and pages asked for side by side answer with their neighbours: they are asked one
    after the other. Ages and markup differ on every load and are no sign of a change. Some portals
    state the time of the request as their dates, which is no date; a deadline a year after the
    publication is filled in by iCIMS. A closed posting answers 410 or
    says that it could not be found.
    """

    name = "icims"
    about = About(
        fetched="the portal's pages of cards, one after the other, then each posting's own page",
        requests="1 + further pages of the list + postings that are new or whose card changed",
        gives="places, employment type, text, pay and dates as far as the portal states them, "
        "employer's number",
        lacks="a total, an update time. Dates that are the time of the request moved by years are "
        "dropped. Portals drawn by script on a host of the employer's own",
        asks="is not known to ask anything of programs beyond robots.txt",
        example='board = "careers-acme"',
    )
    recognises = (rf"https?://(?P<board>(?!{_OWN})[a-z0-9-]+)\.icims\.com(?:[/?#:]|$)",)
    number = re.compile(r"/jobs/(\d+)/(?:[^/?#]+/)?job\b")
    default_terms = (365, 366)
    sign = re.compile(r"\biCIMS_")
    back = re.compile(r"/jobs/(?:search|intro)\b")

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the first page of cards."""
        yield _listing(source, 0)

    def parse_rows(self, response: Response, **_: Any) -> Iterator[Any]:
        """Read the cards of one page, and ask for the page after it."""
        source, now = response.meta["source"], response.meta["now"]
        if not self.sign.search(response.text):
            raise ValueError("the page is none of an iCIMS portal")
        found = self.cards(response, response.url)
        yield from cards.merged(rows(found, lambda card: icims.read(card, source, now)))
        asked = _ASKED.search(response.url)
        page, stated = int(asked[1]) if asked else 0, icims.pages(response.text)
        if stated and stated[0] != page + 1:
            yield Shortfall(f"page {page + 1} of the list was asked for, page {stated[0]} came")
        elif not found:
            yield _bare(response, page)
        elif _more(response, stated):
            yield _listing(source, page + 1)

    def page(self, posting: Posting, source: Source) -> str:  # noqa: ARG002 - the link has it all
        """Give the address of the frame, without which the page is an empty shell."""
        return f"{posting.url}?in_iframe=1"

    def text(self, response: Response) -> str:
        """Give the sections of the page."""
        sections = dom.tree(response.text).find_class("iCIMS_InfoMsg_Job")
        return text.from_html("\n".join(map(dom.markup, sections)))


def _listing(source: Source, page: int) -> Request:
    query = urlencode({"ss": 1, "in_iframe": 1, "pr": page})
    return Request(f"https://{source.board}.icims.com/jobs/search?{query}")


def _bare(response: Response, page: int) -> Total | Shortfall:
    """Say what a page without cards means: nothing is open, or something else answered."""
    if page == 0 and cards.vacant(response.text):
        return Total(0)
    return Shortfall(f"page {page + 1} of the list shows no postings")


def _more(response: Response, stated: tuple[int, int] | None) -> bool:
    if stated:
        return stated[0] < stated[1]
    return careers.next_page(response.text, url=response.url) is not None
