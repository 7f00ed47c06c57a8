"""Manatal boards on careers-page.com: pages of a public API with every posting's text."""

from __future__ import annotations

from typing import Any

from crawler.about import About
from crawler.pages import manatal
from crawler.spiders.api import ApiSpider

_NO_BOARD = r"(?!(?:www|api|assets|login|job|jobs)\b)"


class ManatalSpider(ApiSpider):
    """Reads ``www.careers-page.com``: a board's pages of a public API, with a stated total.

    Amounts that are marked as not visible are not read. Amounts have no period; where the text
    states the same ones, they have the text's. States no dates and no employment type.
    """

    name = "manatal"
    about = About(
        fetched="the board's public API with every posting and its text, page by page",
        requests="1 for every 20 to 50 postings",
        gives="place, text, pay where the employer shows it",
        lacks="all dates, employment type, department; the period of pay unless the text has it",
        asks="is not known to ask anything of programs beyond robots.txt",
    )
    recognises = (
        r"https?://(?:www\.)?careers-page\.com/api/v[\d.]+/c/(?P<board>[\w-]+)",
        rf"https?://(?:www\.)?careers-page\.com/{_NO_BOARD}(?P<board>[\w-]+)",
        rf"https?://{_NO_BOARD}(?P<board>[\w-]+)\.careers-page\.com(?:[/?#:]|$)",
    )
    begins = f"{manatal.SITE}/api/v1.0/c/{{board}}/jobs/?page_size=50"
    listed = ("results",)
    stated = ("count",)
    read = staticmethod(manatal.read)
    after = staticmethod(manatal.after)

    def context(self, answer: Any, url: str) -> dict[str, Any]:
        """Give the address of the board, whose name stands in links only."""
        return {"site": manatal.site(answer, url)}
