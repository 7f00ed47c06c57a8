"""Careers pages: any site whose postings carry schema.org JobPosting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.about import About
from crawler.items import Gone, Posting, Shortfall
from crawler.pages import careers, trouble
from crawler.spiders.base import SweepSpider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.http import Response


class CareersPageSpider(SweepSpider):
    """Reads a listing page (and its next pages) or a sitemap, then every posting's own page.

    Postings come from JSON-LD, else from microdata. A listing without links to postings and without
    postings is a shortfall, never "no openings": it may be drawn by script.
    """

    name = "careers_page"
    about = About(
        fetched="the listing and its next pages, or the sitemap and those it names; then each "
        "posting's own page",
        requests="1 + pages of the listing + postings; what did not change is asked for "
        "conditionally",
        gives="whatever schema.org JobPosting markup states (JSON-LD, else microdata), and from "
        "the text what it leaves out: pay, start, deadline, degrees",
        lacks="anything from pages that are drawn by script and state nothing, unless the source "
        'says `browser = true`: such a listing is a failed visit, never "no openings"',
        asks="says in robots.txt what may be asked for and how fast",
    )
    readers = ("parse_posting", "parse")

    def parse(
        self, response: Response, *, child: bool = False, **_: Any
    ) -> Iterator[Request | Posting | Shortfall]:
        """Read a listing: postings that stand on it, links to others, and the next page."""
        if child or _is_sitemap(response):
            yield from self._sitemap(response, child=child)
            return
        found = careers.stated(response)
        yield from found
        links = careers.links(response.text, url=response.url)
        for url in links:
            yield Request(url, callback=self.parse_posting, meta={"detail": True})
        if after := careers.next_page(response.text, url=response.url):
            yield Request(after, callback=self.parse)
        if not found and not links:
            words = trouble.blocked(response)
            yield Shortfall(words or "the page shows neither postings nor links to them")

    def parse_posting(self, response: Response, **_: Any) -> Iterator[Posting | Gone | Shortfall]:
        """Read a posting's own page; one that says it is closed says so with authority.

        A page that showed a posting before and now shows nothing is a shortfall: it may be drawn by
        script. One that never did is some other page, which a listing may well link to.
        """
        found = careers.stated(response)
        if words := careers.closed(response.text):
            for key in [posting.id for posting in found] or [""]:
                yield Gone(key, f"its page says: {words}")
            return
        yield from found
        known = response.meta.get("remembered")
        if not found and known is not None and (known.postings or known.shortfall):
            words = trouble.blocked(response) or "the page no longer shows its posting"
            yield Shortfall(f"{response.url}: {words}")

    def _sitemap(self, response: Response, *, child: bool) -> Iterator[Request | Shortfall]:
        """Follow a sitemap; one of an index's children may well name other pages only."""
        pages, children = careers.sitemap(response.body)
        for url in children:
            yield Request(url, callback=self.parse, cb_kwargs={"child": True})
        wanted = [url for url, _ in pages if careers.leads_to_posting(url)]
        for url in wanted:
            yield Request(url, callback=self.parse_posting, meta={"detail": True})
        if not children and not (pages if child else wanted):
            yield Shortfall("the sitemap names no postings")


def _is_sitemap(response: Response) -> bool:
    head = response.body[:4096].lower()  # some carry a long comment first
    return head.startswith(b"\x1f\x8b") or b"<urlset" in head or b"<sitemapindex" in head
