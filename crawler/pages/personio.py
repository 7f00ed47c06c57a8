"""Personio's two listings of a career site: the XML feed, and the search's JSON. Pure.

Both give plain mappings with the same keys, so that one reader makes postings of either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.fields import salary, text
from crawler.pages import board, xml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from crawler.items import Posting, Salary, Source

_ROOT = "workzag-jobs"


def positions(body: bytes) -> list[dict[str, Any]] | None:
    """Give the positions of the feed; ``None`` for an answer that is no feed at all.

    Raises ``ValueError`` for a feed that was cut short.
    """
    root = xml.tree(body)
    if root is not None and xml.name(root) == _ROOT:
        return [_position(node) for node in root if xml.name(node) == "position"]
    if _ROOT.encode() in body[:1000]:
        raise ValueError("the feed of postings was cut short")
    return None


def _position(node: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        xml.name(child): xml.content(child) for child in node if len(child) < 1
    }
    nested = {xml.name(child): child for child in node if len(child)}
    found["offices"] = [found.get("office"), *_texts(nested.get("additionalOffices"))]
    found["sections"] = [_fields(one) for one in nested.get("jobDescriptions", ())]
    found["pay"] = _fields(nested.get("salaryInformation", ()))
    return found


def _texts(node: Any) -> list[str]:
    return [] if node is None else [xml.content(child) for child in node]


def _fields(node: Any) -> dict[str, str]:
    return {xml.name(child): xml.content(child) for child in node}


def searched(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give a row of the search's answer with the keys that the feed has."""
    others = row.get("offices")
    offices = [row.get("office"), *board.several(others)]
    sections = [{"value": row.get("description") or ""}]
    return {**row, "offices": offices, "sections": sections, "pay": {}} | {
        "employmentType": row.get("employment_type"),
    }


def posting(row: Mapping[str, Any], source: Source, now: datetime, url: str) -> Posting | None:
    """Read one position, whose page people see at ``url``."""
    kinds = [str(row.get(key) or "").replace("-", " ") for key in ("employmentType", "schedule")]
    return board.posting(
        source,
        now,
        id=row.get("id"),
        title=row.get("name"),
        body="\n".join(_whole(row["sections"])),
        labels=row["offices"],
        employment=kinds,
        pay=[band for band in [_pay(row["pay"])] if band],
        organization=row.get("subcompany"),
        department=row.get("department"),
        date_posted=row.get("createdAt"),
        url=url,
        apply_url=url,
    )


def _whole(sections: list[dict[str, str]]) -> Iterator[str]:
    """Put the sections together under their headings; an empty one has none."""
    for section in sections:
        if body := text.from_html(section.get("value") or ""):
            yield from filter(None, [board.word(section.get("name")), body])


def _pay(stated: Mapping[str, str]) -> Salary | None:
    low, high, currency, each = (stated.get(key) for key in ("min", "max", "currencyCode", "type"))
    raw = " ".join(filter(None, ("-".join(filter(None, (low, high))), currency, each)))
    return salary.structured(low, high, currency, each, raw=raw)
