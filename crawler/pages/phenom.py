"""What a Phenom site tells: its sitemap's postings, a search's rows, a posting's own page. Pure."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from crawler.fields import terms, text
from crawler.pages import board

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from crawler.items import Posting, Source

LOCALE = r"[a-z]{2,6}/[a-z]{2}(?:[_-][a-z]{2,4})?"
"""Where a site keeps a language: ``us/en``, ``global/en``."""

_LOCALE = re.compile(rf"https?://[^/]+/({LOCALE})/", re.IGNORECASE)
_POSTING = re.compile(rf"https?://[^/]+/{LOCALE}/job/([\w.-]+)(?:/|$)", re.IGNORECASE)
_STATE = re.compile(r"\bphApp\.ddo\s*=\s*(?=\{)")


def locale(url: str) -> str | None:
    """Give the language that an address belongs to, or ``None``."""
    match = _LOCALE.match(url if url.endswith("/") else f"{url}/")
    return match[1].lower() if match else None


def chosen(urls: Iterable[str]) -> str | None:
    """Choose one language of a site: English, else the one with the most addresses."""
    found = Counter(filter(None, map(locale, urls)))
    ranked = sorted(found, key=lambda name: (not name.endswith("/en"), -found[name], name))
    return next(iter(ranked), None)


def number(url: str) -> str | None:
    """Give the id of the posting that an address leads to, ``None`` for other pages."""
    match = _POSTING.match(url)
    return match[1] if match else None


def job(html: str) -> dict[str, Any] | None:
    """Give the posting that a page keeps for its scripts."""
    match = _STATE.search(html)
    try:
        state, _ = json.JSONDecoder().raw_decode(html, match.end()) if match else (None, 0)
    except (ValueError, RecursionError):
        return None
    found = board.dig(state, "jobDetail", "data", "job")
    return found if isinstance(found, dict) else None


def read(row: dict[str, Any], source: Source, now: datetime, url: str | None) -> Posting | None:
    """Read a row of a search, or the posting of a page. A teaser is no text."""
    places = row.get("multi_location") or [
        row.get("cityStateCountry") or row.get("location") or row.get("cityState")
    ]
    return board.posting(
        source,
        now,
        id=(number(url) if url else None) or row.get("jobId") or row.get("jobSeqNo"),
        title=row["title"],
        body=text.from_html(board.word(row.get("description")) or ""),
        labels=places if isinstance(places, list) else [places],
        remote=terms.remote(board.word(row.get("workplaceType") or row.get("remote")) or ""),
        employment=board.word(row.get("type") or row.get("jobType")) or "",
        organization=row.get("companyName"),
        department=row.get("category"),
        date_posted=row.get("dateCreated") or row.get("postedDate"),
        requisition_id=row.get("reqId"),
        url=url,
        apply_url=row.get("applyUrl"),
    )
