"""Lever boards: one public JSON answer a board; the text of a posting comes in pieces."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.about import About
from crawler.fields import salary, terms, text
from crawler.items import Shortfall
from crawler.pages import answers, board
from crawler.spiders.base import SweepSpider, rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scrapy.http import Response

    from crawler.items import Posting, Salary, Source


class LeverSpider(SweepSpider):
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

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the whole board; the header keeps Lever from answering with a widget."""
        region = source.options.get("region", "")
        yield Request(
            f"https://api{region}.lever.co/v0/postings/{source.board}?mode=json",
            headers={"Accept": "application/json"},
        )

    def parse(self, response: Response, **_: Any) -> Iterator[Posting | Shortfall]:
        """Read the board, or one posting of it."""
        answer = answers.read(response)
        source, now = response.meta["source"], response.meta["now"]
        if isinstance(answer, dict) and answer.get("ok") is False:
            yield Shortfall(f"Lever has no board {source.board}")
            return
        entries = [answer] if isinstance(answer, dict) and "id" in answer else answer
        yield from rows(entries, lambda row: read(row, source, now))


def read(row: dict[str, Any], source: Source, now: datetime) -> Posting | None:
    """Read one posting of the board."""
    categories = row.get("categories") or {}
    several = categories.get("allLocations")
    return board.posting(
        source,
        now,
        id=row["id"],
        title=row["text"],
        body=text.from_html(whole(row)),
        labels=several if several and isinstance(several, list) else [categories.get("location")],
        remote=terms.remote(row.get("workplaceType") or ""),
        employment=categories.get("commitment"),
        pay=[band for band in [pay(row.get("salaryRange"))] if band],
        department=categories.get("department") or categories.get("team"),
        date_posted=row.get("createdAt"),
        url=row.get("hostedUrl"),
        apply_url=row.get("applyUrl"),
    )


def whole(row: dict[str, Any]) -> str:
    """Put the pieces of a posting's text together, in the order of Lever's own page."""
    parts = [row.get("description") or escape(row.get("descriptionPlain") or "")]
    parts += [
        f"<h3>{entry.get('text') or ''}</h3><ul>{entry.get('content') or ''}</ul>"
        for entry in row.get("lists") or ()
    ]
    parts.append(row.get("salaryDescription") or "")
    parts.append(row.get("additional") or escape(row.get("additionalPlain") or ""))
    return "\n".join(f"<div>{part}</div>" for part in parts if part)


def pay(entry: Any) -> Salary | None:
    """Read the structured range (interval such as ``per-year-salary``)."""
    if not isinstance(entry, dict):
        return None
    low, high, interval = entry.get("min"), entry.get("max"), entry.get("interval")
    raw = f"{low}-{high} {entry.get('currency')} {interval}"
    return salary.structured(low, high, entry.get("currency"), interval, raw=text.clean(raw))
