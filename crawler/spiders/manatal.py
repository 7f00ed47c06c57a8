"""Manatal boards on careers-page.com: pages of a public API with every posting's text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.about import About
from crawler.fields import salary, text
from crawler.items import Posting, Salary, Shortfall, Source, Total
from crawler.pages import answers, board
from crawler.spiders.base import SweepSpider, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from scrapy.http import Response

SITE = "https://www.careers-page.com"
_BOARD = re.compile(r"/c/([\w-]+)/jobs/")
_NO_BOARD = r"(?!(?:www|api|assets|login|job|jobs)\b)"


class ManatalSpider(SweepSpider):
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

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the first page."""
        yield Request(f"{SITE}/api/v1.0/c/{source.board}/jobs/?page_size=50")

    def parse(
        self, response: Response, **_: Any
    ) -> Iterator[Posting | Request | Total | Shortfall]:
        """Read one page, and ask for the one that it names as the next."""
        answer = answers.read(response)
        source, now = response.meta["source"], response.meta["now"]
        if isinstance(total := board.dig(answer, "count"), int):
            yield Total(total)
        after = board.word(board.dig(answer, "next"))
        named = _BOARD.search(f"{response.url} {after}")
        site = f"{SITE}/{named[1]}" if named else None
        yield from rows(board.dig(answer, "results"), lambda row: read(row, source, now, site))
        if after and after.startswith(f"{SITE}/api/"):
            yield Request(after)


def read(row: Mapping[str, Any], source: Source, now: datetime, site: str | None) -> Posting | None:
    """Read one posting of the board, whose page people see at ``site``."""
    body = text.from_html(row.get("description") or "")
    places = [board.word(row.get(name)) for name in ("city", "state", "country")]
    key = board.word(row.get("hash"))
    url = f"{site}/job/{key}" if site and key else None
    return board.posting(
        source,
        now,
        id=row.get("id"),
        title=row.get("position_name"),
        body=body,
        labels=[row.get("location_display") or ", ".join(filter(None, places))],
        pay=[band for band in [pay(row, body)] if band],
        url=url,
        apply_url=url,
    )


def pay(row: Mapping[str, Any], body: str) -> Salary | None:
    """Read the amounts, where the employer shows them, with the period the text gives them."""
    if row.get("is_salary_visible") is not True:
        return None
    low, high, currency = (
        board.word(row.get(f)) for f in ("salary_min", "salary_max", "currency_code")
    )
    raw = " ".join(filter(None, ("-".join(filter(None, (low, high))), currency)))
    stated = salary.structured(low, high, currency, raw=raw)
    told = salary.read(body, currency=currency) if stated else ()
    same = [one.period for one in told if stated and (one.min, one.max) == (stated.min, stated.max)]
    return replace(stated, period=same[0]) if stated and same else stated
