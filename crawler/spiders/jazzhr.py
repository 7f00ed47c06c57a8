"""JazzHR career pages: one table of rows, then each posting's own page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request

from crawler.about import About
from crawler.fields import text
from crawler.items import Shortfall, Total
from crawler.pages import board, cards, dom
from crawler.spiders.base import rows
from crawler.spiders.listed import ListedSpider

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scrapy.http import Response

    from crawler.items import Posting, Source

_INACTIVE = re.compile(r"<title>\s*Inactive Career Page", re.IGNORECASE)


class JazzHRSpider(ListedSpider):
    """Reads ``NAME.applytojob.com``: its one list, which holds every row twice, then postings.

    About a quarter of the employers have a page without JSON-LD: there the row and the text are all
    that is stated, and no date. A deadline 90 days after the publication is filled in by JazzHR and
    passes while the posting stays open, so it is none. A closed account leads to JazzHR's own site,
    which is no empty list; neither is the shell of scripts that answers at times.
    """

    name = "jazzhr"
    about = About(
        fetched="the one-page list, then each posting's own page",
        requests="1 + postings that are new or whose row changed",
        gives="place, department, text; date, employment type and pay where the page "
        "states schema.org markup",
        lacks="a total, an update time, a deadline unless it was set by hand; all dates where the "
        "page has no markup",
        asks="is not known to ask anything of programs beyond robots.txt",
    )
    recognises = (
        r"https?://(?P<board>(?!www\.|app\.)[a-z0-9-]+)\.applytojob\.com(?:[/?#:]|$)",
        r"https?://app\.jazz\.co/(?:widgets/basic/create|feeds/export/jobs)/(?P<board>[\w-]+)",
    )
    number = re.compile(r"/apply/(?:jobs/details/)?([A-Za-z0-9]{6,})")
    default_terms = (90,)
    sign = re.compile(r"applytojob\.com|jazz\.co|jazzhr|resumator", re.IGNORECASE)
    back = re.compile(r"/apply/?(?:jobs/?)?(?:[?#]|$)")

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the list."""
        yield Request(f"https://{source.board}.applytojob.com/apply/jobs")

    def parse_rows(self, response: Response, **_: Any) -> Iterator[Any]:
        """Read the rows; raises ``ValueError`` when the answer is not the employer's."""
        source, now = response.meta["source"], response.meta["now"]
        found = self.cards(response, response.url)
        yield from cards.merged(rows(found, lambda card: _read(card, source, now)))
        if found:
            return
        host = urlsplit(response.url).hostname or ""
        if _INACTIVE.search(response.text) or not host.endswith(".applytojob.com"):
            raise ValueError(f"JazzHR has no career page {source.board}")
        nothing = cards.vacant(response.text)
        yield Total(0) if nothing else Shortfall("the page shows no list of postings")

    def text(self, response: Response) -> str:
        """Give the description of the page."""
        root = dom.tree(response.text)
        parts = [*root.find_class("job_description"), *root.xpath("//*[@id='job-description']")]
        return text.from_html(dom.markup(parts[0])) if parts else ""


def _read(card: cards.Card, source: Source, now: datetime) -> Posting | None:
    """Read one row of the table, or one item of the newer list."""
    cells = [dom.words(cell) for cell in card.node.iter("td" if card.node.tag == "tr" else "li")]
    cells = cells[1:] if card.node.tag in {"tr", "li"} else cells
    return board.posting(
        source,
        now,
        id=card.id,
        title=dom.words(card.link),
        body="",
        labels=cells[:1],
        department=cards.words(card.node, "resumator_department") or (*cells, "", "")[1],
        url=card.url.split("?", maxsplit=1)[0],
    )
