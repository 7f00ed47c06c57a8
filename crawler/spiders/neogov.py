"""NEOGOV (governmentjobs.com, schooljobs.com): one RSS feed an agency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.about import About
from crawler.pages import neogov
from crawler.spiders.api import ApiSpider

if TYPE_CHECKING:
    from scrapy.http import Response

_AGENCY = r"(?P<board>(?!home\b)[^/?#&]+)"


class NeogovSpider(ApiSpider):
    """Reads an agency's feed of ``governmentjobs.com`` or ``schooljobs.com``: one request, whole.

    ``pubDate`` moves on any edit; the posting is as old as its advertisement. A closing date may be
    "Continuous" and pay "Not Displayed": both are nothing. An answer that is no feed of a named
    agency is a failure, never an empty board.
    """

    name = "neogov"
    about = About(
        fetched="the agency's public RSS feed with every posting and its text",
        requests="one",
        gives="place, pay with its period, employment type, department, advertised from and to, "
        "updated, job number, text",
        lacks='a total, a remote flag; the places of a posting whose agency writes "various"',
        asks="is not known to ask anything of programs beyond robots.txt",
    )
    recognises = (
        rf"https?://(?:www\.)?governmentjobs\.com/careers/{_AGENCY}",
        rf"https?://(?P<host>www\.schooljobs\.com)/careers/{_AGENCY}",
        rf"https?://agency\.governmentjobs\.com/{_AGENCY}",
        rf"https?://(?:www\.)?governmentjobs\.com/SearchEngine/JobsFeed\?agency={_AGENCY}",
        rf"https?://(?P<host>www\.schooljobs\.com)/SearchEngine/JobsFeed\?agency={_AGENCY}",
    )
    begins = "https://{host}/SearchEngine/JobsFeed?agency={board}"
    defaults = (("host", "www.governmentjobs.com"),)
    quoted = True
    listed = ("items",)
    read = staticmethod(neogov.read)

    def answer(self, response: Response) -> Any:
        """Read the feed; raises ``ValueError`` when the answer is none."""
        return neogov.feed(response.body)

    def context(self, answer: Any, url: str) -> dict[str, Any]:  # noqa: ARG002 - the answer does
        """Give the agency's name, which stands beside its items."""
        return {"agency": answer["agency"]}
