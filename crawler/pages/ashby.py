"""What Ashby's posting API states of a posting and its compensation. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.fields import salary, terms, text
from crawler.pages import board

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.items import Posting, Salary, Source


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
