"""iCIMS portals: pages of cards, then the JSON-LD of each posting's own page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.about import About
from crawler.pages import icims
from crawler.spiders.listed import ListedSpider

if TYPE_CHECKING:
    from crawler.items import Posting, Source

_OWN = r"(?:www|login|cdn|media|api|community|developer|support|marketplace)\.|c-\d"


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
    sign = icims.SIGN
    back = re.compile(r"/jobs/(?:search|intro)\b")
    begins = f"{icims.LIST}0"
    read = staticmethod(icims.read)
    body = staticmethod(icims.body)
    after = staticmethod(icims.after)

    def page(self, posting: Posting, source: Source) -> str:  # noqa: ARG002 - the link has it all
        """Give the address of the frame, without which the page is an empty shell."""
        return f"{posting.url}?in_iframe=1"
