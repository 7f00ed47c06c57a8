"""Ashby boards: one public JSON answer a board, with compensation."""

from __future__ import annotations

from typing import Any

from crawler.about import About
from crawler.pages import ashby, board
from crawler.spiders.api import ApiSpider


class AshbySpider(ApiSpider):
    """Reads ``api.ashbyhq.com``: one request a board.

    Unlisted postings are left out, as Ashby asks. ``publishedAt`` is the last publication, not the
    first. ``workplaceType`` wins over ``isRemote``, which is true for hybrid work as well. Pay in
    several zones or currencies is no single band and is left out.
    """

    name = "ashby"
    about = About(
        fetched="the board's public API: one JSON answer with every posting, its text and "
        "compensation",
        requests="one",
        gives="all places, remote mode, text, employment type, pay where the employer shows it, "
        "department, last published",
        lacks="a total, the first publication, an update time, a deadline. Of several pay zones "
        "none is taken for the pay",
        asks="documents the API "
        "([developers.ashbyhq.com](https://developers.ashbyhq.com/docs/public-job-posting-api)) "
        "and asks that unlisted postings stay unlisted",
    )
    recognises = (
        r"https?://jobs\.ashbyhq\.com/(?P<board>[^/?#]+)",
        r"https?://api\.ashbyhq\.com/posting-api/job-board/(?P<board>[^/?#]+)",
    )
    begins = "https://api.ashbyhq.com/posting-api/job-board/{board}?includeCompensation=true"
    quoted = True
    listed = ("jobs",)
    read = staticmethod(ashby.read)

    def entries(self, answer: Any) -> Any:
        """Give the rows that the board lists."""
        found = super().entries(answer)
        if not isinstance(found, list):
            return found
        return [row for row in found if board.dig(row, "isListed") is not False]
