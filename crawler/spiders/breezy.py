"""Breezy boards: one JSON answer a board, with every posting's text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.about import About
from crawler.pages import breezy
from crawler.spiders.api import ApiSpider
from crawler.spiders.completed import CompletedSpider

if TYPE_CHECKING:
    from crawler.items import Source

_OWN = "www|app|api|developer|developers|help|assets|assets-cdn|cdn|status|blog|careers|attach"


class BreezySpider(ApiSpider, CompletedSpider):
    """Reads ``NAME.breezy.hr/json``: one request a board; a posting's page where it has no text.

    Pay is a text. A name without a board leads to Breezy's own site, which is no empty board. All
    boards stand behind one edge that refuses about fourteen requests a second, so only two of them
    are read at a time, whatever their hosts are called.
    """

    name = "breezy"
    about = About(
        fetched="the board's public JSON with every posting and its text; a posting's own page "
        "where it has none",
        requests="one",
        gives="all places, remote or hybrid mode, text, employment type, pay where the employer "
        "wrote it, department, published",
        lacks="a total, an on-site mode, an update time, a deadline",
        asks="is not known to ask anything of programs beyond robots.txt",
    )
    recognises = (rf"https?://(?P<board>(?!(?:{_OWN})\.)[a-z0-9-]+)\.breezy\.hr(?:[/?#:]|$)",)
    begins = "https://{board}.breezy.hr/json?verbose=true"
    read = staticmethod(breezy.read)
    body = staticmethod(breezy.body)

    def host(self, source: Source) -> str:  # noqa: ARG002 - the same edge for all
        """Give the host whose patience all boards share."""
        return "breezy.hr"
