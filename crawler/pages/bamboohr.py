"""What BambooHR states of a posting, in a row and in its own answer. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crawler.fields import salary, text
from crawler.items import Gone, Posting, posting_from
from crawler.pages import answers, board, schema_org

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crawler.items import Remote, Source

# "0" is on site, and also what stands where nobody chose.
_MODES: dict[str, Remote] = {"1": "remote", "2": "hybrid"}
_NUMBER = re.compile(r"/careers/(\d+)")
_CLOSED = frozenset({"closed", "filled", "canceled", "cancelled"})


def listed(row: Mapping[str, Any], source: Source, now: datetime) -> Posting | None:
    """Read a row of the listing."""
    return read(row, source, now, row["id"])


def own(response: Any, row: Mapping[str, Any]) -> Posting | Gone | None:
    """Read a posting's own answer; only its row may name the town."""
    opening = board.dig(answers.read(response), "result", "jobOpening")
    link = _NUMBER.search(f"{response.url} {board.dig(opening, 'jobOpeningShareUrl')}")
    key = response.meta.get("posting") or (link[1] if link else None)
    status = board.word(board.dig(opening, "jobOpeningStatus")) or ""
    if key and status.lower() in _CLOSED:
        return Gone(key, f"its page says: {status}")
    if not isinstance(opening, dict):
        return None
    posting = read(opening, response.meta["source"], response.meta["now"], key)
    if posting is None or not row:
        return posting
    known = posting_from(row)
    return schema_org.merge(posting, replace(known, places=() if posting.places else known.places))


def read(row: Mapping[str, Any], source: Source, now: datetime, key: Any) -> Posting | None:
    """Read a row of the listing or a posting's own answer, which says more in the same fields."""
    body = row.get("description")
    site = f"https://{source.board}.bamboohr.com/careers/{key}"
    pay = salary.read(board.word(row.get("compensation")) or "", currency=source.currency)
    mode = _MODES.get(str(row.get("locationType")))
    return board.posting(
        source,
        now,
        id=key,
        title=row.get("jobOpeningName"),
        body=text.from_html(body) if isinstance(body, str) else "",
        labels=[place(row.get("location")), place(row.get("atsLocation"))],
        remote=mode or ("remote" if row.get("isRemote") is True else None),
        employment=[board.word(row.get(f"employment{name}")) for name in ("StatusLabel", "Type")],
        pay=pay[:1],
        department=row.get("departmentLabel"),
        date_posted=row.get("datePosted"),
        url=site,
        apply_url=site,
    )


def place(stated: Any) -> str:
    """Give the town with its state and country, as far as they are stated."""
    area = board.dig(stated, "state") or board.dig(stated, "province")
    land = board.dig(stated, "addressCountry") or board.dig(stated, "country")
    return answers.label(board.dig(stated, "city"), area, land)
