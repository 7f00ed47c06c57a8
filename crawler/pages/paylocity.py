"""What Paylocity's list and pages state of a posting. Pure."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from crawler.fields import terms, text
from crawler.pages import board, dom

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crawler.items import Posting, Source

SITE = "https://recruiting.paylocity.com/recruiting/jobs"
_STATED = re.compile(r"window\.pageData\s*=\s*")


def entries(html: str) -> Any:
    """Give the rows that are for anybody; raises ``ValueError`` when the page holds none."""
    found = board.dig(_stated(html), "Jobs")
    if not isinstance(found, list):
        return found
    return [row for row in found if board.dig(row, "IsInternal") is not True]


def _stated(html: str) -> Any:
    match = _STATED.search(html)
    if match is None:
        raise ValueError("the page does not hold its list of postings")
    try:
        return json.JSONDecoder(strict=False).raw_decode(html, match.end())[0]
    except (ValueError, RecursionError):
        raise ValueError("the page's list of postings was cut short") from None


def read(row: Mapping[str, Any], source: Source, now: datetime) -> Posting | None:
    """Read one row."""
    key, name = board.word(row.get("JobId")), board.word(row.get("LocationName")) or ""
    department = row.get("HiringDepartment")
    return board.posting(
        source,
        now,
        id=key,
        title=row.get("JobTitle"),
        body="",
        labels=[_place(row)],
        remote="remote" if row.get("IsRemote") is True else terms.remote(name),
        department=None if department == "Unspecified" else department,
        date_posted=row.get("PublishedDate"),
        url=f"{SITE}/Details/{key}",
    )


def _place(row: Mapping[str, Any]) -> str | None:
    """Give the address of a place, else its name; neither where the employer hides it."""
    if row.get("ShouldDisplayLocation") is False:
        return None
    parts = [board.word(board.dig(row, "JobLocation", key)) for key in ("City", "State", "Country")]
    return ", ".join(filter(None, parts)) or board.word(row.get("LocationName"))


def body(html: str) -> str:
    """Give the description of a posting's page."""
    root = dom.tree(html)
    for button in root.find_class("apply-button"):
        dom.remove(button)
    parts = root.find_class("job-preview-details")
    return text.from_html(dom.markup(parts[0])) if parts else ""
