"""Pinpoint boards: one public JSON answer a board; the text of a posting comes in sections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from scrapy import Request

from crawler.about import About
from crawler.fields import salary, terms, text
from crawler.pages import answers, board
from crawler.spiders.base import SweepSpider, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from scrapy.http import Response

    from crawler.items import Posting, Salary, Shortfall, Source

_SECTIONS = ("description", "key_responsibilities", "skills_knowledge_expertise", "benefits")


class PinpointSpider(SweepSpider):
    """Reads ``NAME.pinpointhq.com/postings.json``: one request a board.

    The answer holds the amounts that an employer chose not to show as well; they are not read. The
    link of a posting may be relative, and an office's name is no place where a town is stated.
    """

    name = "pinpoint"
    about = About(
        fetched="the board's public `postings.json` with every posting and its text",
        requests="one",
        gives="place, remote mode, text, employment type, pay where the employer shows it, "
        "department, deadline, requisition id",
        lacks="a total, the day of publication, an update time, pay that is marked as not visible",
        asks="documents the answer for employers' own sites; is not known to ask anything of "
        "programs beyond robots.txt",
    )
    recognises = (
        r"https?://(?P<board>(?!www\.|app\.|api\.)[a-z0-9-]+)\.pinpointhq\.com(?:[/?#:]|$)",
    )

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the whole board."""
        yield Request(f"https://{source.board}.pinpointhq.com/postings.json")

    def parse(self, response: Response, **_: Any) -> Iterator[Posting | Shortfall]:
        """Read the board."""
        source, now = response.meta["source"], response.meta["now"]
        entries = board.dig(answers.read(response), "data")
        yield from rows(entries, lambda row: read(row, source, now, response.url))


def read(row: Mapping[str, Any], source: Source, now: datetime, site: str) -> Posting | None:
    """Read one posting of the board, whose links are relative to ``site`` at times."""
    role = row.get("job") or row
    link = board.word(row.get("url")) or board.word(row.get("path"))
    url = urljoin(site, link) if link else None
    return board.posting(
        source,
        now,
        id=row.get("id"),
        title=row.get("title"),
        body=whole(row),
        labels=[place(row.get("location"))],
        remote=terms.remote(board.word(row.get("workplace_type")) or ""),
        employment=[board.word(row.get(f"employment_type{end}")) for end in ("", "_text")],
        pay=[band for band in [pay(row)] if band],
        department=board.dig(role, "department", "name"),
        valid_through=row.get("deadline_at"),
        requisition_id=board.dig(role, "requisition_id"),
        url=url,
        apply_url=url,
    )


def whole(row: Mapping[str, Any]) -> str:
    """Put the sections of a posting together under the headings the employer gave them."""
    parts: list[str] = []
    for name in _SECTIONS:
        if body := text.from_html(row.get(name) or ""):
            parts += filter(None, [board.word(row.get(f"{name}_header")), body])
    return "\n".join(parts)


def place(stated: Any) -> str | None:
    """Give the town and its province, else the name, which may be an office's."""
    parts = [board.word(board.dig(stated, key)) for key in ("city", "province")]
    return ", ".join(filter(None, parts)) if parts[0] else board.word(board.dig(stated, "name"))


def pay(row: Mapping[str, Any]) -> Salary | None:
    """Read the amounts, where the employer shows them."""
    if row.get("compensation_visible") is not True:
        return None
    low, high, currency, each = (
        row.get(f"compensation_{name}") for name in ("minimum", "maximum", "currency", "frequency")
    )
    raw = board.word(row.get("compensation")) or ""
    return salary.structured(low, high, board.word(currency), board.word(each), raw=raw)
