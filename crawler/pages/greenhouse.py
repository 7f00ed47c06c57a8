"""What Greenhouse's board API states of a posting. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crawler.fields import salary, text
from crawler.pages import board

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from crawler.items import Posting, Salary, Source


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
