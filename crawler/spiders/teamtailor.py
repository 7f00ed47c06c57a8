"""Teamtailor career sites: an RSS feed with the text of every posting, in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from scrapy import Request

from crawler.about import About
from crawler.items import Posting, Shortfall, Total
from crawler.pages import answers, board, teamtailor, trouble
from crawler.spiders.base import SweepSpider, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.http import Response


SIZE = 100
"""Postings a page, the most that the feed gives."""
_PAGE = f"/jobs.rss?per_page={SIZE}&offset="
_OWN = "www|app|api|docs|support|help|partners?|tt|status|blog|go|scripts|assets|connect"


class TeamtailorSpider(SweepSpider):
    """Reads ``/jobs.rss`` of a career site, at ``teamtailor.com`` or at a host of its own.

    A page holds a hundred postings at most; a site that repeats such a page is read in part. The
    number in a posting's link is its id, the feed's guid is another. An answer that is no feed,
    such as a well-formed error page, is a failed visit, never an empty site.
    """

    name = "teamtailor"
    about = About(
        fetched="the career site's RSS feed with the text of every posting, page by page",
        requests="1 for every 100 postings, and one more where the last page may not be the last",
        gives="all places, remote mode, text, department, published",
        lacks="pay as a field, employment type, a total, an update time, a deadline; an on-site "
        "mode where the employer set none",
        asks="is not known to ask anything of programs beyond robots.txt",
    )
    recognises = (
        (
            rf"https?://(?P<board>(?!(?:{_OWN})\.)[a-z0-9-]+(?:\.[a-z]{{2}})?)\.teamtailor\.com"
            r"(?:[/?#:]|$)"
        ),
    )
    marks = (r"//(?:assets|images)[\w-]*\.teamtailor-cdn\.com/",)
    readers = ("parse", "parse_json")
    begins = f"https://{{board}}.teamtailor.com{_PAGE}0"
    anywhere = True

    def parse(
        self, response: Response, *, seen: tuple[str, ...] = (), **_: object
    ) -> Iterator[Posting | Request | Shortfall | Total]:
        """Read one page of the feed; ``seen`` are the ids of the pages before it."""
        source, now = response.meta["source"], response.meta["now"]
        try:
            entries = teamtailor.items(response.body)
        except ValueError as error:
            raise ValueError(trouble.blocked(response) or str(error)) from error
        if not (entries or seen):
            yield Total(0)
        found = list(rows(entries, lambda item: teamtailor.posting(item, source, now)))
        yield from found
        ids = [thing.id for thing in found if isinstance(thing, Posting)]
        # A site may give fewer than it is asked for; such a limit is taken for a round number.
        if not entries or len(entries) % 10:
            return
        if not set(ids) <= set(seen):
            known = [*seen, *ids]
            link = urljoin(response.url, f"{_PAGE}{len(known)}")
            yield Request(link, cb_kwargs={"seen": known})
        elif len(entries) >= SIZE:
            yield Shortfall(f"the site shows the first {len(seen)} of its postings only")

    def parse_json(self, response: Response) -> Iterator[Posting | Shortfall]:
        """Read a saved JSON Feed of such a site; visits read the fuller RSS feed."""
        entries = board.dig(answers.read(response), "items")
        source, now = response.meta["source"], response.meta["now"]
        yield from rows(entries, lambda item: teamtailor.entry(item, source, now))
