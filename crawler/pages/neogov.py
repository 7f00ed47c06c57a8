"""What a NEOGOV feed states of an agency and its postings. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crawler.fields import salary, terms, text
from crawler.pages import board, xml

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.items import Posting, Salary, Source

_STATE = re.compile(r",\s*[A-Z]{2}$")
_NUMBER = re.compile(r"(?:/jobs/|jobid=)(\d+)", re.IGNORECASE)
# Seconds are followed by a lone ":0" in today's feeds.
_TAIL = re.compile(r"(?<=:\d\d:\d\d):\d+$")
_SECTIONS = (
    ("", "description"),
    ("Examples of duties", "examplesofduties"),
    ("Qualifications", "qualifications"),
    ("Supplemental information", "supplementalinformation"),
)


def feed(document: bytes) -> dict[str, Any]:
    """Read a feed: its agency and its items; raises ``ValueError`` when it is none or not whole."""
    root = xml.tree(document)
    channel = root.find("channel") if root is not None and xml.name(root) == "rss" else None
    agency = channel.findtext("title", "").strip() if channel is not None else ""
    if channel is None or not agency:
        raise ValueError("the answer is no whole feed of an agency")
    items = [fields(item) for item in channel.iterfind("item")]
    return {"agency": _STATE.sub("", agency), "items": items}


def fields(item: xml.Element) -> dict[str, str]:
    """Give an item's elements by name, without namespaces; times end with their seconds."""
    stated: dict[str, str] = {}
    for node in item:
        if xml.name(node):
            stated.setdefault(xml.name(node), _TAIL.sub("", xml.content(node)))
    return stated


def read(row: dict[str, str], source: Source, now: datetime, agency: str) -> Posting | None:
    """Read one posting of the feed."""
    link = row.get("link") or row.get("guid") or ""
    number = _NUMBER.search(link)
    place = board.word(row.get("location")) or ""
    kind = row.get("jobType") or ""
    end = row.get("advertiseToDateTimeUTC") or ""
    sections = [(heading, row[name]) for heading, name in _SECTIONS if row.get(name)]
    return board.posting(
        source,
        now,
        id=row.get("jobId") or (number and number[1]),
        title=row["title"],
        body="\n".join(part for parts in sections for part in map(text.from_html, parts) if part),
        labels=[place if "," in place else f"{place}, {row.get('state') or ''}".strip(" ,")],
        remote=terms.remote(f"{place} ; {kind}"),
        employment=kind,
        pay=[band for band in [pay(row)] if band],
        organization=agency,
        department=row.get("department"),
        date_posted=row.get("advertiseFromDate") or row.get("pubDate"),
        date_updated=row.get("pubDate"),
        valid_through=f"{end} GMT" if end[-1:].isdigit() else row.get("advertiseToDateTime"),
        requisition_id=row.get("jobNumberSingle"),
        url=link,
        apply_url=link,
    )


def pay(row: dict[str, str]) -> Salary | None:
    """Read the salary fields; "Not Displayed" in either is no pay."""
    low, high = row.get("minimumSalary") or "", row.get("maximumSalary") or ""
    currency, interval = row.get("salaryCurrency"), row.get("salaryInterval")
    raw = " ".join(word for word in (f"{low} - {high}".strip(" -"), currency, interval) if word)
    return salary.structured(low, high, currency, interval, raw=raw)
