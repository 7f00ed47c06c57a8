"""Rippling boards: pages of a public API, then one answer for each posting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.about import About
from crawler.pages import rippling
from crawler.spiders.api import DetailedApiSpider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.items import Total

_LOCALE = r"(?:(?:embed|[a-z]{2}(?:-[a-z]{2})?)/)*"


class RipplingSpider(DetailedApiSpider):
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
    begins = f"{rippling.LIST}0"
    read = staticmethod(rippling.listed)
    after = staticmethod(rippling.after)
    details = f"{rippling.API}/{{board}}/jobs/{{id}}"
    own = staticmethod(rippling.own)

    def entries(self, answer: Any) -> Any:
        """Give the rows of each posting, put together."""
        return rippling.rows(answer)

    def total(self, answer: Any, entries: Any) -> Iterator[Total]:  # noqa: ARG002 - none is believed
        """Believe no total: a page without rows is an empty list behind the last one as well."""
        yield from ()
