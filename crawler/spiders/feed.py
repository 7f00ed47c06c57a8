"""Feeds of postings: RSS, Atom and JSON Feed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.about import About
from crawler.fields import links
from crawler.items import NEWEST_ONLY, Posting, Shortfall, Total
from crawler.pages import described, details, feed, trouble
from crawler.spiders.described import DescribedSpider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.http import Response

    from crawler.items import Source

_OPTIONS = ("complete", "title", "fields", "detail")


class FeedSpider(DescribedSpider):
    """Reads RSS, Atom or JSON Feed; an entry is known by its guid or id, else by its link.

    Most feeds show only the newest entries. Unless option ``complete`` says that this one lists
    everything, a visit is partial and closes nothing. The order of entries and a newer date are no
    change. A page that is no feed, such as an error page, is never an empty one.
    """

    name = "feed"
    secondhand = True
    about = About(
        fetched="the feed, and the next pages that it names; with `detail` each posting's own page",
        requests="1 + next pages; with `detail` one a posting that is new or whose entry changed",
        gives="text, published and updated; employer, places, pay, type and deadline where the "
        "feed has elements for them or [your description](describe.md) names others",
        lacks="closings, unless the feed lists everything",
        asks="says in robots.txt what may be asked for and how fast; a feed may state how long it "
        "may be kept",
    )

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the feed, once the description makes sense."""
        describe(source)
        yield from super().requests(source)

    def parse(
        self, response: Response, *, seen: tuple[str, ...] = (), **_: Any
    ) -> Iterator[Posting | Total | Shortfall | Request]:
        """Read one page of the feed; ``seen`` are the pages before it."""
        source = response.meta["source"]
        names, title = describe(source)
        try:
            found = feed.read(response.body, response.text)
        except ValueError as error:
            yield Shortfall(trouble.blocked(response) or f"{response.url}: {error}")
            return
        if not source.options.get("complete"):
            yield Shortfall(NEWEST_ONLY)
        elif not found.entries:
            yield Total(0)
        entries = [self._entry(feed.stated(one, names, title), response) for one in found.entries]
        yield from self.described(entries, response)
        after = links.absolute(found.after, response.url) if found.after else None
        if after in (*seen, response.url):
            yield Shortfall(f"{after} repeats an earlier page of the feed")
        elif after:
            yield Request(after, callback=self.parse, cb_kwargs={"seen": [*seen, response.url]})

    def _entry(self, stated: dict[str, Any], response: Response) -> dict[str, Any]:
        """Make an entry's links absolute; an id that is a link is known by its address."""
        source = response.meta["source"]
        for field in ("url", "apply_url"):
            targets = (links.absolute(one, response.url) for one in stated[field])
            stated[field] = list(filter(None, targets))
        for key in stated["id"][:1]:
            is_link = key.startswith(("http://", "https://"))
            stated["id"] = [described.known_by(key, source) if is_link else key]
        return stated


def describe(source: Source) -> tuple[dict[str, str], str | None]:
    """Give the user's own element names and title pattern; raises ``ValueError`` in words."""
    options = described.options(source, _OPTIONS)
    names = described.fields(options.get("fields", {}), "options.fields")
    for field, element in names.items():
        if not isinstance(element, str) or not element:
            raise ValueError(f"options.fields.{field}: the name of an element is wanted")
    if not isinstance(options.get("complete", False), bool):
        raise ValueError("options.complete: true or false is wanted")  # noqa: TRY004 - in words
    details.detail_fields(source)
    return names, feed.pattern(options.get("title"), "options.title")
