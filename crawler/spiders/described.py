"""What the kinds that a user describes have in common: rows, and their postings' own pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.items import Gone, Posting, Shortfall, plain, posting_from
from crawler.memory import row_hash
from crawler.pages import careers, described, details, schema_org
from crawler.spiders.base import SweepSpider, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scrapy.http import Response


# "3 days ago" is another text tomorrow, of the same posting.
_DATED = ("date_posted", "date_posted_raw")


class DescribedSpider(SweepSpider):
    """Gives postings from what was found in each row, and completes them from their own pages.

    Option ``detail``: ``true`` when those pages carry schema.org JobPosting, or a table of fields
    with selectors. A row that the listing has twice is one posting.
    """

    def described(
        self, entries: list[Any], response: Response
    ) -> Iterator[Posting | Shortfall | Request]:
        """Give the posting of each row, or the request for its own page."""
        source, now = response.meta["source"], response.meta["now"]
        found: dict[str, Posting] = {}
        for thing in rows(entries, lambda entry: described.posting(entry, source, now)):
            if isinstance(thing, Shortfall):
                yield thing
            else:
                twin = found.get(thing.id)
                found[thing.id] = schema_org.merge(twin, thing) if twin else thing
        wanted = bool(source.options.get("detail"))
        for posting in found.values():
            yield self._detail(posting) if wanted and posting.url else posting

    def _detail(self, posting: Posting) -> Request:
        stated = plain(posting)
        row = {name: value for name, value in stated.items() if name not in _DATED}
        return self.detail(
            posting.url or "", self.parse_posting, posting=posting.id, row=row, stated=stated
        )

    def parse_posting(
        self, response: Response, *, stated: Mapping[str, Any], **_: Any
    ) -> Iterator[Posting | Gone | Shortfall]:
        """Read a posting's own page; what it leaves open its row says."""
        row = posting_from(stated)
        if words := careers.closed(response.text):
            yield Gone(row.id, f"its page says: {words}")
            return
        fields = details.detail_fields(response.meta["source"])
        own = (
            details.selected(response, row, fields) if fields else details.marked_up(response, row)
        )
        if own is None:
            yield Shortfall(f"{response.url}: the page shows nothing that options.detail describes")
        yield described.joined(row, own, named=bool(fields)) if own else row


def mark(things: Iterable[Any]) -> str:
    """Give a mark of what a page of a listing gave, by which a repeated page is known."""
    ids = [
        thing.meta["posting"] if isinstance(thing, Request) else thing.id
        for thing in things
        if not isinstance(thing, Shortfall)
    ]
    return row_hash(ids)
