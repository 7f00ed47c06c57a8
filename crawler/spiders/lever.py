"""Lever boards: one public JSON answer a board; the text of a posting comes in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.about import About
from crawler.items import Shortfall
from crawler.pages import board, lever
from crawler.spiders.api import ApiSpider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.http import Response

    from crawler.items import Source


class LeverSpider(ApiSpider):
    """Reads ``api.lever.co``: one request a board, about two a second at most (its robots.txt).

    States no total, no update time and no deadline. The description alone lacks more than half of
    the text: the lists and the closing part belong to it.
    """

    name = "lever"
    about = About(
        fetched="the board's public API: one JSON answer with every posting; its text is put "
        "together from pieces",
        requests="one",
        gives="all places, remote mode, text, employment type, pay range, department, created",
        lacks="a total, an update time, a deadline",
        asks="documents the API ([lever/postings-api](https://github.com/lever/postings-api)); "
        "its robots.txt asks for a delay, which is kept",
    )
    recognises = (
        r"https?://jobs(?P<region>\.eu)?\.lever\.co/(?P<board>[\w.-]+)",
        r"https?://api(?P<region>\.eu)?\.lever\.co/v0/postings/(?P<board>[\w.-]+)",
    )
    begins = "https://api{region}.lever.co/v0/postings/{board}?mode=json"
    defaults = (("region", ""),)
    read = staticmethod(lever.read)

    def headers(self, source: Source) -> dict[str, str]:  # noqa: ARG002 - the same for all
        """Keep Lever from answering with a widget."""
        return {"Accept": "application/json"}

    def postings(self, answer: Any, response: Response) -> Iterator[Any]:
        """Read the board; one that Lever does not know is no empty one."""
        if board.dig(answer, "ok") is False:
            yield Shortfall(f"Lever has no board {response.meta['source'].board}")
        else:
            yield from super().postings(answer, response)

    def entries(self, answer: Any) -> Any:
        """Give the rows of the board, or the one posting that was asked for."""
        return [answer] if isinstance(answer, dict) and "id" in answer else answer
