"""Recruitee career sites: one JSON answer a site, with every posting's text."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from scrapy import Request

from crawler.about import About
from crawler.fields import salary, text
from crawler.items import Total
from crawler.pages import answers, board
from crawler.spiders.base import SweepSpider, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from scrapy.http import Response

    from crawler.items import Posting, Remote, Salary, Shortfall, Source

_OWN = "www|api|app|auth|docs|support|help|blog|status|careers|careers-analytics|assets|cdn"
_MODES: tuple[tuple[str, Remote], ...] = (
    ("hybrid", "hybrid"),
    ("remote", "remote"),
    ("on_site", "onsite"),
)


class RecruiteeSpider(SweepSpider):
    """Reads ``/api/offers`` of a career site, at ``recruitee.com`` or at a host of its own.

    Of several allowed ways of working, hybrid wins over remote and remote over on site. The text is
    in two parts. From 10 February 2027 a token is asked for that the employer makes: its source
    names the variable of the environment that holds it (``options.token_env``).
    """

    name = "recruitee"
    about = About(
        fetched="`/api/offers` of the career site: one JSON answer with every posting and its text",
        requests="one",
        gives="all places, remote mode, text, employment type, pay, department, published, "
        "updated, deadline, the language where there is one only",
        lacks="a total",
        asks="documents the answer and, from 10 February 2027, for a token of the employer's "
        "([docs.recruitee.com](https://docs.recruitee.com/reference/authentication-1))",
    )
    recognises = (rf"https?://(?P<board>(?!(?:{_OWN})\.)[a-z0-9-]+)\.recruitee\.com(?:[/?#:]|$)",)
    marks = (r"\bcareers\.recruiteecdn\.com/",)

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the whole site."""
        if not (source.board or source.url):
            raise ValueError(f"{source.id}: a source of kind {self.name} needs a board or a url")
        site = source.url or f"https://{source.board}.recruitee.com/"
        yield Request(urljoin(site, "/api/offers"))

    def headers(self, source: Source) -> dict[str, str]:
        """Give the token, once the employer asks for one."""
        token = os.environ.get(str(source.options.get("token_env") or ""))
        return {"X-Careers-Sites-Token": token} if token else {}

    def parse(self, response: Response, **_: Any) -> Iterator[Posting | Shortfall | Total]:
        """Read the site; what is listed but not published is nobody's to read."""
        entries = board.dig(answers.read(response), "offers")
        source, now = response.meta["source"], response.meta["now"]
        if isinstance(entries, list):
            entries = [row for row in entries if board.dig(row, "status") in (None, "published")]
        if entries == []:
            yield Total(0)
        yield from rows(entries, lambda row: read(row, source, now))


def read(row: Mapping[str, Any], source: Source, now: datetime) -> Posting | None:
    """Read one posting of the site."""
    parts = (text.from_html(row.get(name) or "") for name in ("description", "requirements"))
    languages = list(row.get("translations") or ())
    return board.posting(
        source,
        now,
        id=row["id"],
        title=row["title"],
        body="\n".join(filter(None, parts)),
        labels=[place(one) for one in row.get("locations") or [row]],
        remote=next((mode for name, mode in _MODES if row.get(name) is True), None),
        employment=row.get("employment_type_code") or (),
        pay=[band for band in [pay(row.get("salary"))] if band],
        organization=row.get("company_name"),
        department=row.get("department"),
        date_posted=row.get("published_at") or row.get("created_at"),
        date_updated=row.get("updated_at"),
        valid_through=row.get("close_at"),
        language=languages[0] if len(languages) == 1 else None,
        url=row.get("careers_url"),
        apply_url=row.get("careers_apply_url"),
    )


def place(stated: Mapping[str, Any]) -> str | None:
    """Give the town with its state and country, else the name, which may be an office's."""
    area = stated.get("state") or stated.get("state_name")
    if not stated.get("city"):
        return board.word(stated.get("name")) or answers.label(area, stated.get("country"))
    return answers.label(stated["city"], area, stated.get("country"))


def pay(stated: Any) -> Salary | None:
    """Read the amounts, which are texts; an employer that hides them leaves them out."""
    low, high, currency, each = (
        board.word(board.dig(stated, key)) for key in ("min", "max", "currency", "period")
    )
    raw = " ".join(filter(None, ("-".join(filter(None, (low, high))), currency, each)))
    return salary.structured(low, high, currency, each, raw=raw)
