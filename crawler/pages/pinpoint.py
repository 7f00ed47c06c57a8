"""What a Pinpoint board states of a posting, whose text comes in sections. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from crawler.fields import salary, terms, text
from crawler.pages import board

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crawler.items import Posting, Salary, Source

_SECTIONS = ("description", "key_responsibilities", "skills_knowledge_expertise", "benefits")


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
