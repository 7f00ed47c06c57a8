"""What Lever's postings API states of a posting, whose text comes in pieces. Pure."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from crawler.fields import salary, terms, text
from crawler.pages import board

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.items import Posting, Salary, Source


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
