"""Ashby boards: one public JSON answer a board, with compensation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from scrapy import Request

from crawler.about import About
from crawler.fields import salary, terms, text
from crawler.pages import answers, board
from crawler.spiders.base import SweepSpider, rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scrapy.http import Response

    from crawler.items import Posting, Salary, Shortfall, Source


class AshbySpider(SweepSpider):
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

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the whole board with pay."""
        # Names with spaces are common, and people copy them as the link spells them.
        name = quote(unquote(source.board or ""), safe="")
        yield Request(
            f"https://api.ashbyhq.com/posting-api/job-board/{name}?includeCompensation=true"
        )

    def parse(self, response: Response, **_: Any) -> Iterator[Posting | Shortfall]:
        """Read the board."""
        answer = answers.read(response)
        source, now = response.meta["source"], response.meta["now"]
        entries = board.dig(answer, "jobs")
        if isinstance(entries, list):
            entries = [row for row in entries if board.dig(row, "isListed") is not False]
        yield from rows(entries, lambda row: read(row, source, now))


def read(row: dict[str, Any], source: Source, now: datetime) -> Posting | None:
    """Read one posting of the board."""
    labels = [row.get("location")]
    labels += [board.dig(place, "location") for place in row.get("secondaryLocations") or ()]
    stated = terms.remote(row.get("workplaceType") or "")
    body = text.from_html(row.get("descriptionHtml") or "")
    return board.posting(
        source,
        now,
        id=row["id"],
        title=row["title"],
        body=body or text.clean(row.get("descriptionPlain") or ""),
        labels=labels,
        remote=stated or ("remote" if row.get("isRemote") is True else None),
        employment=row.get("employmentType"),
        pay=pay(row),
        department=row.get("department") or row.get("team"),
        date_posted=row.get("publishedAt"),
        url=row.get("jobUrl"),
        apply_url=row.get("applyUrl"),
    )


def pay(row: dict[str, Any]) -> list[Salary]:
    """Read the salary of every tier; none when the board's own page does not show pay."""
    shown = row.get("shouldDisplayCompensationOnJobPostings") is not False
    tiers = board.dig(row, "compensation", "compensationTiers")
    raw = board.word(board.dig(row, "compensation", "compensationTierSummary")) or ""
    found = (
        band(part, raw)
        for tier in (tiers if shown and isinstance(tiers, list) else ())
        for part in board.dig(tier, "components") or ()
        if str(board.dig(part, "compensationType")).lower() == "salary"
    )
    return [stated for stated in found if stated]


def band(part: dict[str, Any], raw: str) -> Salary | None:
    """Read one component of a tier (interval such as ``1 YEAR``)."""
    low, high = part.get("minValue"), part.get("maxValue")
    return salary.structured(low, high, part.get("currencyCode"), part.get("interval"), raw=raw)
