"""What Manatal's board API states of a posting. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crawler.fields import salary, text
from crawler.pages import board

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from crawler.items import Posting, Salary, Source

SITE = "https://www.careers-page.com"
_BOARD = re.compile(r"/c/([\w-]+)/jobs/")


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


def site(answer: Any, url: str) -> str | None:
    """Give the address under which people see the postings of a board: the link names the board."""
    named = _BOARD.search(f"{url} {board.dig(answer, 'next')}")
    return f"{SITE}/{named[1]}" if named else None


def after(answer: Any, _response: Any) -> Iterator[str]:
    """Name the next page, which stands on the same site."""
    link = board.word(board.dig(answer, "next"))
    if link and link.startswith(f"{SITE}/api/"):
        yield link
