"""Listings that a user describes in rolecall.toml: any site whose pages can be selected from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.utils.response import get_base_url

from crawler.about import About
from crawler.fields import links, text
from crawler.items import Posting, Shortfall, Total
from crawler.pages import careers, described, dom, selectors, trouble
from crawler.spiders.described import DescribedSpider, checked, detail_fields, mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from parsel import Selector
    from scrapy.http import Response

    from crawler.items import Source

_OPTIONS = ("rows", "fields", "next", "total", "empty", "detail")


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
        describe(source)
        yield from super().requests(source)

    def parse(
        self, response: Response, *, seen: tuple[str, ...] = (), **_: Any
    ) -> Iterator[Posting | Total | Shortfall | Request]:
        """Read one page of the listing; ``seen`` marks the pages before it."""
        options = describe(response.meta["source"])
        page = selectors.document(response)
        found = selectors.find(page, options["rows"], "options.rows")
        if not found:
            yield nothing(page, options, response)
            return
        if (stated := total(page, options)) is not None:
            yield Total(stated)
        entries = [entry(row, options["fields"], response) for row in found]
        things = list(self.described(entries, response))
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


def describe(source: Source) -> Mapping[str, Any]:
    """Give a description with its fields by their full names; raises ``ValueError`` in words."""
    options = dict(described.options(source, _OPTIONS))
    for name in ("rows", "next", "total"):
        if name == "rows" or (name in options and options[name] is not True):
            options[name] = selectors.check(options.get(name), f"options.{name}")
    options["fields"] = checked(options.get("fields"), "options.fields", wanted=("title", "url"))
    detail_fields(source)
    return options


def entry(row: Selector, fields: Mapping[str, str], response: Any) -> dict[str, Any]:
    """Read one row; nothing when its link leads nowhere."""
    found: dict[str, Any] = selectors.read(row, fields, "options.fields")
    href = next(iter(found.get("url", ())), None)
    target = links.absolute(href, get_base_url(response)) if href else None
    language = dom.language(response.text)
    return {"language": language} | found | {"url": target} if target else {}


def total(page: Selector, options: Mapping[str, Any]) -> int | None:
    """Give the number of postings that the page states, where the description says so."""
    found = selectors.find(page, options["total"], "options.total") if "total" in options else []
    return described.count(selectors.value("total", found[0])) if found else None


def nothing(page: Selector, options: Mapping[str, Any], response: Response) -> Total | Shortfall:
    """Say what a page without rows means: what it says itself, else that it was not read."""
    stated = text.fold(str(options.get("empty") or ""))
    if stated and stated in text.fold(dom.words(page.root)):
        return Total(0)
    words = trouble.blocked(response)
    return Shortfall(words or f"{response.url}: options.rows finds nothing on the page")
