"""The base of kinds whose listing has no texts: every row leads to the posting's own page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from crawler.items import Gone, Posting, plain, posting_from
from crawler.pages import board, cards, dom, own_page, schema_org
from crawler.spiders.base import SweepSpider, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping

    from scrapy.http import Response

    from crawler.items import Source


class ListedSpider(SweepSpider):
    """Reads the rows of a listing, then the page of each posting that is new or whose row changed.

    ``jazzhr.py`` is the model; for a kind of this sort decide:

    1. ``begins``: the link of the listing.
    2. ``number``: what in the address of a posting's page is its id; ``sign``: what stands on pages
       of this system alone; ``back``: where the page of a closed posting leads.
    3. ``read``: the function of ``crawler/pages/<kind>.py`` that makes a posting of a card.
    4. ``body``: the function that gives the text of a page without JSON-LD, likewise.

    Where a system is odd, override ``after`` (the listing has pages, or is empty in its own way),
    ``head`` (what a posting's page says beside its text), ``page`` (it is asked for elsewhere), or
    ``parse_rows`` (rows are no cards around links).
    """

    readers = ("parse_posting", "parse_rows")
    number: ClassVar[re.Pattern[str]]
    """Finds a posting's id in the address of its page: the first group."""
    sign: ClassVar[re.Pattern[str]] = re.compile("")
    """Stands on every page of the system, and on nobody else's."""
    back: ClassVar[re.Pattern[str]] = re.compile(r"(?!)")
    """Addresses of listings that a closed posting's page leads back to."""
    site: ClassVar[str] = ""
    """Link that the links of a listing are relative to, where it is not the listing's own."""
    after: ClassVar[Callable[..., Iterable[Any]]] = staticmethod(cards.after)
    headings: ClassVar[tuple[str, ...]] = ()
    """Classes of the element that holds a posting's title, where that is no ``h1``."""
    default_terms: ClassVar[Container[int]] = ()
    """Days after the publication that the system itself fills in as a deadline."""

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Any]:
        """Ask for the page of every row; totals, shortfalls and next pages are handed on."""
        for thing in self.parse_rows(response, **kwargs):
            if isinstance(thing, Posting) and thing.url:
                row = plain(thing)
                page = self.page(thing, response.meta["source"])
                yield self.detail(page, self.parse_posting, posting=thing.id, row=row, listed=row)
            else:
                yield thing

    def parse_rows(self, response: Response, **_: Any) -> Iterator[Any]:
        """Read the cards of a listing alone, and what comes after them."""
        source, now = response.meta["source"], response.meta["now"]
        found = self.cards(response, self.site or response.url)
        known = self.context(response.text, response.url) if found else {}
        yield from cards.merged(rows(found, lambda card: self.read(card, source, now, **known)))
        yield from self.follow(self.after(found, response))

    def parse_posting(
        self, response: Response, *, listed: Mapping[str, Any] | None = None, **_: Any
    ) -> Iterator[Posting | Gone]:
        """Read a posting's own page; raises ``ValueError`` when it shows none.

        A page that no row led to must bear the system's sign: it may be anybody's.
        """
        if listed is None and not self.sign.search(response.text):
            raise ValueError(f"the page is none of {self.name}'s")
        key = response.meta.get("posting") or self.key(response)
        if self.back.search(response.url):
            yield Gone(key or "", "its page leads back to the listing")
            return
        head = self.head(response, key)
        row = posting_from(listed) if listed else None
        row = schema_org.merge(row, head) if row and head else row or head
        yield own_page.read(response, row, key, self.body(response.text), self.default_terms)

    def cards(self, response: Response, base: str) -> list[cards.Card]:
        """Give the cards of a listing whose links are relative to ``base``; none of other sites."""
        ours = self.sign.search(response.text)
        return cards.read(response.text, base, self.number) if ours else []

    def page(self, posting: Posting, source: Source) -> str:  # noqa: ARG002 - for kinds to override
        """Give the address at which a posting's page is asked for."""
        return posting.url or ""

    def address(self, response: Response) -> str:
        """Give the page's own link: where it was asked for, else (saved) where it says it is."""
        own = [response.url, *_stated(response.text)]
        return next((url for url in own if self.number.search(url)), response.url)

    def key(self, response: Response) -> str | None:
        """Give the posting's id in the page's own link."""
        match = self.number.search(self.address(response))
        return match[1] if match else None

    def head(self, response: Response, key: str | None) -> Posting | None:
        """Give what the head of a posting's page says of it; a row wins over it."""
        root = dom.tree(response.text)
        title = cards.words(root, *self.headings) or next(map(dom.words, root.iter("h1")), None)
        source, now, url = response.meta["source"], response.meta["now"], self.address(response)
        return board.posting(source, now, id=key, title=title, body="", url=url)


def _stated(html: str) -> Iterator[str]:
    for node in dom.tree(html).iter("link", "meta"):
        if node.get("rel") == "canonical" or node.get("property") == "og:url":
            yield node.get("href") or node.get("content") or ""
