"""The base of kinds whose listing has most texts: a row without one leads to its own page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from crawler.items import Posting, plain, posting_from
from crawler.pages import own_page, trouble
from crawler.spiders.base import SweepSpider

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scrapy.http import Response

    from crawler.items import Gone


class CompletedSpider(SweepSpider):
    """Reads the own page of every posting without a text.

    A kind gives ``parse_rows``; beside an ``ApiSpider`` that is given already.
    """

    readers: ClassVar[tuple[str, ...]] = ("parse_rows",)

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Any]:
        """Read the listing, and ask for the pages of postings that have no text in it."""
        yield from self.completed(self.parse_rows(response, **kwargs))

    def completed(self, things: Iterable[Any]) -> Iterator[Any]:
        """Ask for the own page of every posting that has no text; hand on everything else."""
        for thing in things:
            if isinstance(thing, Posting) and not thing.body and thing.url:
                row, read = plain(thing), self.parse_posting
                yield self.detail(thing.url, read, posting=thing.id, row=row, listed=row)
            else:
                yield thing

    def parse_posting(
        self, response: Response, *, listed: Mapping[str, Any], **_: Any
    ) -> Iterator[Posting | Gone]:
        """Read a posting's own page; one that is drawn by script leaves what its row says."""
        row = posting_from(listed)
        try:
            yield own_page.read(response, row, row.id, self.body(response.text))
        except ValueError:
            if trouble.blocked(response):
                raise
            yield row
