"""What a Scrapy user writes first: links, CSS fields, a feed; the settings are Scrapy's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import scrapy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.http import Response


class StockSpider(scrapy.Spider):
    """Reads six fields of each page."""

    name = "stock"

    def __init__(self, links: str, **more: Any) -> None:
        super().__init__(**more)
        self.start_urls = Path(links).read_text().split()

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        """Give one posting."""
        yield {
            "url": response.url,
            "title": response.css("h1.vacancy__title::text").get(),
            "company": response.css(".facts__company::text").get(),
            "place": response.css(".facts__place::text").get(),
            "salary": response.css(".facts__pay::text").get(),
            "date": response.css(".facts__date::text").get(),
            "body": "\n".join(response.css(".vacancy__text p::text").getall()),
        }
