"""What a Recruitee career site states of a posting. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.fields import salary, text
from crawler.pages import answers, board

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crawler.items import Posting, Remote, Salary, Source

_MODES: tuple[tuple[str, Remote], ...] = (
    ("hybrid", "hybrid"),
    ("remote", "remote"),
    ("on_site", "onsite"),
)


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
