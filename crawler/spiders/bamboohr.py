"""BambooHR boards: one JSON listing a board, then one answer for each posting."""

from __future__ import annotations

from crawler.about import About
from crawler.pages import bamboohr
from crawler.spiders.api import DetailedApiSpider

_OWN = "www|app|api|documentation|help|support|status|resources|marketplace|partners|images|static"


class BambooHRSpider(DetailedApiSpider):
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
    begins = "https://{board}.bamboohr.com/careers/list"
    listed = ("result",)
    stated = ("meta", "totalCount")
    read = staticmethod(bamboohr.listed)
    details = "https://{board}.bamboohr.com/careers/{id}/detail"
    own = staticmethod(bamboohr.own)
