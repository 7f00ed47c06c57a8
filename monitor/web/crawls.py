"""Visits: how each went, and what it asked for, request by request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor import rows, wording
from monitor.web.entries import entry
from monitor.web.site import Missing, Page

if TYPE_CHECKING:
    from crawler.items import Asked
    from monitor.lookup import Lookup
    from monitor.visited import Visit
    from monitor.web.site import Ask, Site

_LENGTH = 50
_EVENTS = 50
_REQUESTS = 150
_KILO = 1000


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One visit in a list."""

    href: str
    source: str
    source_href: str
    when: str
    outcome: str
    found: int
    asked: int
    cost: str
    words: str


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request of a visit. ``url`` is only ever text or a safe link."""

    status: str
    size: str
    seconds: str
    method: str
    url: str
    words: str


def crawls(site: Site, lookup: Lookup, ask: Ask) -> Page:
    """Show the visits to all sources, the newest first."""
    found = lookup.visits.crawls(before=ask.cut("before"), limit=_LENGTH + 1)
    shown, more = found[:_LENGTH], len(found) > _LENGTH
    end = f"{rows.text_of_instant(shown[-1].started)}~{shown[-1].id}" if more else ""
    return Page(
        "crawls.html",
        "Visits",
        {
            "visits_shown": [visit_line(site, ask, visit) for visit in shown],
            "older": ask.to("crawls", before=end) if more else "",
            "newest": ask.to("crawls") if "before" in ask.asked else "",
        },
    )


def crawl(site: Site, lookup: Lookup, ask: Ask) -> Page:
    """Show one visit: its outcome with reasons, what it led to, what it asked for."""
    id_ = ask.number("id")
    visit = None if id_ is None else lookup.visits.crawl(id_)
    if visit is None:
        raise Missing("There is no such visit.")
    asked = lookup.visits.requests(visit.id, limit=_REQUESTS)
    told = lookup.of_crawl(visit.id, limit=_EVENTS + 1)
    counts = visit.counts
    return Page(
        "crawl.html",
        f"Visit to {wording.clean(visit.source, 80)}",
        {
            "one": visit_line(site, ask, visit),
            "reasons": [wording.clean(reason, 300) for reason in visit.reasons],
            "suspicious": wording.clean(visit.suspicious or "", 300),
            "baseline": visit.baseline,
            "total": visit.total,
            "facts": [
                ("Began", site.moment(visit.started)),
                ("Took", _took((visit.finished - visit.started).total_seconds())),
                ("Postings seen", wording.number(visit.found)),
                ("Requests", wording.number(counts.asked)),
                ("Answered", wording.number(counts.answered)),
                ("Not modified", wording.number(counts.not_modified)),
                ("Failed", wording.number(counts.failed)),
                ("Read", _size(counts.bytes)),
            ],
            "entries": [entry(site, ask, one) for one in told[:_EVENTS]],
            "more": len(told) > _EVENTS,
            "requests": [_request(one) for one in asked],
            "left": max(counts.asked - len(asked), 0) if asked else 0,
        },
    )


def visit_line(site: Site, ask: Ask, visit: Visit) -> VisitLine:
    """Make the line of a visit."""
    said = [*visit.reasons[:2], *([visit.suspicious] if visit.suspicious else [])]
    return VisitLine(
        href=ask.to("crawl", id=visit.id),
        source=wording.clean(visit.source, 80),
        source_href=ask.to("source", name=visit.source),
        when=site.moment(visit.started),
        outcome=visit.outcome,
        found=visit.found,
        asked=visit.counts.asked,
        cost=_size(visit.counts.bytes),
        words=wording.clean("; ".join(said), 240),
    )


def _request(asked: Asked) -> RequestLine:
    return RequestLine(
        status=str(asked.status or "none"),
        size=_size(asked.bytes),
        seconds=f"{asked.seconds:.1f} s",
        method=wording.clean(asked.method, 10),
        url=wording.clean(asked.url, 300),
        words=wording.clean(asked.words, 160),
    )


def _size(number: int) -> str:
    """Write a number of bytes as "812 B", "31 kB", "2.4 MB"."""
    if number < _KILO:
        return f"{number} B"
    if number < _KILO**2:
        return f"{wording.number(number / _KILO)} kB"
    return f"{wording.numeral(f'{number / _KILO**2:,.1f}')} MB"


def _took(seconds: float) -> str:
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{wording.number(seconds)} s"
    return f"{wording.number(seconds // 60)} min {wording.number(seconds % 60)} s"
