"""Greenhouse boards: one public JSON answer a board, with every posting's text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.about import About
from crawler.fields import salary, text
from crawler.items import Posting, Salary, Shortfall, Source, Total
from crawler.pages import answers, board
from crawler.spiders.base import SweepSpider, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from scrapy.http import Response


class GreenhouseSpider(SweepSpider):
    """Reads ``boards-api.greenhouse.io``: one request a board, complete, with a stated total.

    Gives no remote flag, and an employment type only where the employer made a field for it;
    ``updated_at`` moves on any edit. Several pay ranges (zones, pay on target) are no single band
    and are left out. Boards kept in the EU answer at the same address.
    """

    name = "greenhouse"
    about = About(
        fetched="the board's public API: one JSON answer with every posting and its text",
        requests="one",
        gives="place, text, pay range or pay from the text, department, first published, "
        "updated, deadline, requisition id, language",
        lacks="a remote flag; an employment type unless the employer made a field for it. Of "
        'several pay ranges (zones, pay on target) none is taken for the pay. "Updated" '
        "moves on any edit and is never news",
        asks="documents the API for anyone "
        "([developers.greenhouse.io](https://developers.greenhouse.io/job-board.html))",
    )
    recognises = (
        r"https?://(?:boards|job-boards)(?:\.eu)?\.greenhouse\.io/embed/job_(?:board|app)(?:/js)?/?\?(?:.*&)?for=(?P<board>[\w-]+)",
        r"https?://(?:boards|job-boards)(?:\.eu)?\.greenhouse\.io/(?P<board>[\w-]+)",
        r"https?://(?:boards-api|api)(?:\.eu)?\.greenhouse\.io/v1/boards/(?P<board>[\w-]+)",
        r"https?://[^/]+/(?=.*[?&]gh_jid=\d).*[?&]for=(?P<board>[\w-]+)",
    )

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the whole board, with texts and pay ranges."""
        host = source.options.get("host", "boards-api.greenhouse.io")
        yield Request(
            f"https://{host}/v1/boards/{source.board}/jobs?content=true&pay_transparency=true"
        )

    def parse(self, response: Response, **_: Any) -> Iterator[Posting | Shortfall | Total]:
        """Read the board, or one posting of it."""
        # A board answered by "null" has an answer, but no list.
        answer = None if response.body == b"null" else answers.read(response)
        source, now = response.meta["source"], response.meta["now"]
        if isinstance(answer, dict) and "jobs" not in answer and "absolute_url" in answer:
            answer = {"jobs": [answer]}
        total = board.dig(answer, "meta", "total")
        if isinstance(total, int) and not isinstance(total, bool):
            yield Total(total)
        yield from rows(board.dig(answer, "jobs"), lambda row: read(row, source, now))


def read(row: dict[str, Any], source: Source, now: datetime) -> Posting | None:
    """Read one posting of the board."""
    body = text.from_html(text.unescape_html(row.get("content") or ""))
    return board.posting(
        source,
        now,
        id=row["id"],
        title=row["title"],
        body=body,
        labels=[board.dig(row, "location", "name")],
        pay=[band for band in map(pay, row.get("pay_input_ranges") or ()) if band],
        employment=list(employment(row.get("metadata") or ())),
        organization=row.get("company_name"),
        department=board.dig(row, "departments", 0, "name"),
        date_posted=row.get("first_published"),
        date_updated=row.get("updated_at"),
        valid_through=row.get("application_deadline"),
        requisition_id=row.get("requisition_id"),
        language=row.get("language"),
        url=row.get("absolute_url"),
        apply_url=row.get("absolute_url"),
    )


def employment(fields: Iterable[Any]) -> Iterator[str]:
    """Give the words of the employer's own fields that are called some type or other."""
    for entry in fields:
        if re.search(r"\btype\b", str(board.dig(entry, "name")), re.IGNORECASE):
            value = board.dig(entry, "value")
            yield from filter(None, map(board.word, value if isinstance(value, list) else [value]))


def pay(entry: Any) -> Salary | None:
    """Read one pay range; amounts are in cents."""
    low, high = board.dig(entry, "min_cents"), board.dig(entry, "max_cents")
    if not isinstance(low, (int, float)) or not isinstance(high, (int, float)):
        return None
    title = board.word(board.dig(entry, "title")) or ""
    return salary.structured(
        low / 100, high / 100, board.dig(entry, "currency_type"), title, raw=title
    )
