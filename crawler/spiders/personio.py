"""Personio career sites: one XML feed a site, or the search's JSON and each posting's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request

from crawler.about import About
from crawler.items import Total
from crawler.pages import answers, cards, personio, trouble
from crawler.spiders.base import rows
from crawler.spiders.completed import CompletedSpider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scrapy.http import Response

    from crawler.items import Posting, Source


class PersonioSpider(CompletedSpider):
    """Reads ``NAME.jobs.personio.com/xml`` (or ``.de``: one does not lead to the other).

    The feed has the texts of one language, English unless ``options.language`` says otherwise, and
    German for those who do not ask. A position that it has twice is one. Where it has no text, and
    for sites without a feed (``options.listing = "search"``, or a page in the feed's place), each
    posting's own page is read. A site that is no more leads to Personio's own, which is no board.
    """

    name = "personio"
    about = About(
        fetched="the site's XML feed with every posting and its text; the search's JSON where "
        "there is no feed, and postings' own pages where there is no text",
        requests="one; 2 + postings that are new or whose row changed where there is no feed",
        gives="all offices, text, employment type, pay where the employer shows it, department, "
        "created, the company of the group",
        lacks="a total, an update time, a deadline, a remote flag, and what the employer wrote in "
        "another language only",
        asks="documents the feed "
        "([developer.personio.de](https://developer.personio.de/docs/retrieving-open-job-positions))",
        example='board = "acme"\noptions = {domain = "de", language = "de"}',
    )
    recognises = (
        (
            r"https?://(?P<board>[a-z0-9-]+)\.jobs\.personio\.(?:com|(?P<domain>de))"
            r"(?:/(?P<listing>search)\.json|(?=[/?#:]|$))"
            r"(?:[^#]*[?&]language=(?!en)(?P<language>[a-z]{2}))?"
        ),
    )
    readers = ("parse_feed", "parse_search")

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the feed, or for the search where the source says that there is none."""
        if source.options.get("listing") == "search":
            yield Request(_page(source, "search.json"), callback=self.parse_found)
        else:
            yield Request(_page(source, "xml"))

    def parse(self, response: Response, **_: Any) -> Iterator[Any]:
        """Read the feed, and ask for the pages of postings that have no text in it."""
        yield from self.completed(self.parse_feed(response))

    def parse_found(self, response: Response, **_: Any) -> Iterator[Any]:
        """Read the search's answer, and ask for the pages of its postings."""
        yield from self.completed(self.parse_search(response))

    def parse_feed(self, response: Response, **_: Any) -> Iterator[Any]:
        """Read the feed alone; a page of the same site in its place is drawn from the search."""
        found, source = personio.positions(response.body), response.meta["source"]
        if found is not None:
            yield from _listed(found, response)
        elif urlsplit(response.url).netloc != urlsplit(_page(source, "xml")).netloc:
            raise ValueError(f"there is no such site: its address leads to {response.url}")
        elif words := trouble.blocked(response):
            raise ValueError(words)
        else:
            yield Request(_page(source, "search.json"), callback=self.parse_found)

    def parse_search(self, response: Response, **_: Any) -> Iterator[Any]:
        """Read the search's answer alone."""
        yield from _listed(answers.read(response), response, personio.searched)


def _listed(
    entries: Any, response: Response, shape: Callable[[Any], dict[str, Any]] = dict
) -> Iterator[Any]:
    """Give the postings of a listing, each once."""
    source, now = response.meta["source"], response.meta["now"]
    if entries == []:
        yield Total(0)

    def read(row: Any) -> Posting | None:
        return personio.posting(shape(row), source, now, _page(source, f"job/{row['id']}"))

    yield from cards.merged(rows(entries, read))


def _page(source: Source, path: str) -> str:
    """Give the address of a page of the site, in the language that is wanted."""
    host = f"{source.board}.jobs.personio.{source.options.get('domain', 'com')}"
    if source.url:
        host = urlsplit(source.url).netloc
    return f"https://{host}/{path}?language={source.options.get('language', 'en')}"
