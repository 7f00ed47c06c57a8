"""Listings that a user describes in rolecall.toml: any site whose pages can be selected from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.utils.response import get_base_url

from crawler.about import About
from crawler.fields import links
from crawler.items import Posting, Shortfall, Total
from crawler.pages import careers, selected_rows, selectors
from crawler.spiders.described import DescribedSpider, mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from parsel import Selector
    from scrapy.http import Response

    from crawler.items import Source


class ListingSpider(DescribedSpider):
    """Reads HTML or XML pages by the user's own selectors: rows, fields, the next page.

    A page on which the selector of rows finds nothing is a shortfall, never "no openings", unless
    it shows the text of ``empty``. A row without title or link is unreadable. A next page that
    repeats an earlier one, or that is drawn by script, is a shortfall.
    """

    name = "listing"
    about = About(
        fetched="the page, its next pages and, with `detail`, each posting's own page, by the "
        "selectors of [your description](describe.md)",
        requests="1 + next pages; with `detail` one a posting that is new or whose row changed",
        gives="what the description names, and from the text what it leaves out: pay, start, "
        "deadline, degrees",
        lacks="anything that is drawn by script, unless the source says `browser = true`",
        asks="says in robots.txt what may be asked for and how fast",
    )

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the first page, once the description makes sense."""
        selected_rows.describe(source)
        yield from super().requests(source)

    def parse(
        self, response: Response, *, seen: tuple[str, ...] = (), **_: Any
    ) -> Iterator[Posting | Total | Shortfall | Request]:
        """Read one page of the listing; ``seen`` marks the pages before it."""
        options = selected_rows.describe(response.meta["source"])
        page = selectors.document(response)
        found = selectors.find(page, options["rows"], "options.rows")
        if not found:
            yield selected_rows.nothing(page, options, response)
            return
        if (stated := selected_rows.total(page, options)) is not None:
            yield Total(stated)
        things = list(self.described(_entries(found, options["fields"], response), response))
        yield from things
        here = mark(things)
        if here in seen:
            yield Shortfall(f"{response.url} repeats an earlier page of the listing")
        elif "next" in options:
            yield from self._next(page, options["next"], response, [*seen, here])

    def _next(
        self, page: Selector, query: Any, response: Any, seen: list[str]
    ) -> Iterator[Request | Shortfall]:
        """Follow the link to the next page; one to this very page is the last page's."""
        if query is True:
            href = careers.next_page(response.text, url=response.url)
        else:
            found = selectors.find(page, query, "options.next")
            href = selectors.value("url", found[0]) if found else None
        if not href:
            return
        target = None if href.startswith("#") else links.absolute(href, get_base_url(response))
        if target is None:
            yield Shortfall(f"the next page is drawn by script: its link is {href[:80]!r}")
        elif links.canonical(target) != links.canonical(response.url):
            yield Request(target, callback=self.parse, cb_kwargs={"seen": seen})


def _entries(found: Any, fields: Mapping[str, str], response: Any) -> list[dict[str, Any]]:
    base = get_base_url(response)
    return [selected_rows.entry(row, fields, response, base) for row in found]
