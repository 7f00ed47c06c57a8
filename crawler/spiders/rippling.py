"""Rippling boards: pages of a public API, then one answer for each posting."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from scrapy import Request

from crawler.about import About
from crawler.items import Posting, Shortfall, Source
from crawler.pages import answers, board, rippling
from crawler.spiders.base import rows
from crawler.spiders.listed import ListedSpider

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scrapy.http import Response

API = "https://api.rippling.com/platform/api/ats/v2/board"
SIZE = 1000
"""Rows a page, the most that the API documents."""
_ASKED = re.compile(r"[?&]page=(\d+)")
_LOCALE = r"(?:(?:embed|[a-z]{2}(?:-[a-z]{2})?)/)*"


class RipplingSpider(ListedSpider):
    """Reads ``api.rippling.com``: the pages of a board, then an answer a posting, 6.5 s apart.

    A posting in several places is a row a place, and the rows it has are what ``totalItems``
    counts: they are put together and the number is not believed. Pay is stated a place; several
    different bands are no single one.
    """

    name = "rippling"
    about = About(
        fetched="the board's public API (v2): its pages, then each posting's own answer",
        requests="1 for every 1,000 rows + postings that are new or whose row changed. A new board "
        "of more than about 130 postings takes several visits, each of them partial",
        gives="all places, remote mode, text, employment type, pay, department, created",
        lacks="a total, an update time, a deadline",
        asks="documents 100 requests in ten minutes "
        "([developer.rippling.com](https://developer.rippling.com/documentation/job-board-api)), "
        "which is kept",
    )
    recognises = (
        rf"https?://ats\.rippling\.com/{_LOCALE}(?P<board>(?!api/)[a-z0-9][\w-]+)(?:[/?#]|$)",
        r"https?://(?:api\.rippling\.com/platform/api/ats|ats\.rippling\.com/api)/v\d/board/(?P<board>[\w-]+)",
    )
    marks = (r"data-job-board-id=[\"'](?P<board>[a-z0-9][\w-]*)[\"']",)
    pace = 6.5
    number = re.compile(r"/jobs/([0-9a-f-]{36})", re.IGNORECASE)

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the first page of the board."""
        yield _listing(source, 0)

    def parse_rows(self, response: Response, **_: Any) -> Iterator[Any]:
        """Read the rows of one page, and ask for the page after it."""
        answer = answers.read(response)
        source, now = response.meta["source"], response.meta["now"]
        entries = answer if isinstance(answer, list) else board.dig(answer, "items")
        folded = rippling.folded(entries) if isinstance(entries, list) else entries
        yield from rows(folded, lambda row: rippling.listed(row, source, now))
        asked = _ASKED.search(response.url)
        page, pages = int(asked[1]) if asked else 0, board.dig(answer, "totalPages")
        if isinstance(pages, int) and page + 1 < pages:
            if len(entries or ()) < (board.dig(answer, "pageSize") or 1):
                yield Shortfall(f"page {page + 1} of {pages} of the board is not full")
            yield _listing(source, page + 1)

    def page(self, posting: Posting, source: Source) -> str:
        """Give the address of a posting's answer; the page people see is drawn by script."""
        return f"{API}/{source.board}/jobs/{posting.id}"

    def parse_posting(
        self, response: Response, *, listed: Mapping[str, Any] | None = None, **_: Any
    ) -> Iterator[Posting]:
        """Read a posting's own answer; raises ``ValueError`` when it is none."""
        answer = answers.read(response)
        row = answer if isinstance(answer, dict) and "description" in answer else {}
        posting = rippling.read(row, response.meta["source"], response.meta["now"], listed or {})
        if posting is None:
            raise ValueError("the answer is no posting")
        yield posting


def _listing(source: Source, page: int) -> Request:
    return Request(f"{API}/{source.board}/jobs?{urlencode({'page': page, 'pageSize': SIZE})}")
