"""Sources: how each is, how large it usually is, when it was last read whole, and why not since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor import wording
from monitor.doctor import overdue
from monitor.web.crawls import visit_line
from monitor.web.documents import followed
from monitor.web.entries import entry
from monitor.web.site import Missing, Page

if TYPE_CHECKING:
    from monitor.lookup import Lookup
    from monitor.visited import SourceNote
    from monitor.web.site import Ask, Site

_LENGTH = 100
_VISITS = 20
_REASONS = 5
_OUTCOMES = {
    "complete": "read whole",
    "unchanged": "unchanged",
    "partial": "read in part",
    "failed": "failed",
}


@dataclass(frozen=True, slots=True)
class Health:
    """One source as its line shows it. ``grade`` is fine, note or wrong; ``words`` say it."""

    id: str
    href: str
    organization: str
    kind: str
    where: str
    grade: str
    words: str
    reasons: list[str]
    open: int
    usual: str
    visited: str
    succeeded: str


def sources(site: Site, lookup: Lookup, ask: Ask) -> Page:
    """Show every source, those with a problem first."""
    health = [_health(site, ask, note) for note in lookup.visits.sources()]
    known = {one.id for one in health}
    health.sort(key=lambda one: (_GRADES.index(one.grade), one.id))
    start = min(ask.number("from") or 0, max(len(health) - 1, 0))
    end = start + _LENGTH
    return Page(
        "sources.html",
        "Sources",
        {
            "sources": health[start:end],
            "total": wording.count(len(health), "source"),
            "open": sum(one.open for one in health),
            "wrong": sum(one.grade == "wrong" for one in health),
            "unvisited": sorted(set(site.intervals) - known),
            "crawls": ask.to("crawls"),
            "more": ask.to("sources", **{"from": end}) if end < len(health) else "",
            "first": ask.to("sources") if start else "",
        },
    )


_GRADES = ("wrong", "note", "fine")


def source(site: Site, lookup: Lookup, ask: Ask) -> Page:
    """Show one source: its health, its visits, what happened there."""
    note = lookup.visits.source(ask.text("name"))
    if note is None:
        raise Missing("There is no such source.")
    visits = lookup.visits.crawls(note.id, limit=_VISITS)
    return Page(
        "source.html",
        note.id,
        {
            "one": _health(site, ask, note),
            "since": site.day(note.first_seen),
            "baseline": site.moment(note.baseline_at),
            "every": _every(site.intervals.get(note.id)),
            "retired": site.day(note.retired_at),
            "visits_shown": [visit_line(site, ask, visit) for visit in visits],
            "entries": [entry(site, ask, told) for told in lookup.latest_of(note.id)],
            "postings": ask.to("postings", source=note.id),
            "closed": ask.to("postings", source=note.id, state="closed"),
            "statistics": ask.to("statistics", source=note.id),
            "feeds": followed(lookup, ask, f"source/{note.id}", note.id),
        },
    )


def _every(seconds: float | None) -> str:
    """Write an interval as the file does, "" for a source that is no longer watched."""
    if seconds is None:
        return ""
    for unit, length in (("day", 86_400), ("hour", 3_600)):
        if seconds >= length and seconds % length == 0:
            return "every " + wording.count(int(seconds // length), unit)
    return "every " + wording.count(int(seconds // 60), "minute")


def _health(site: Site, ask: Ask, note: SourceNote) -> Health:
    grade, words = _graded(site, note)
    name = wording.clean(note.organization or "", 80)
    return Health(
        id=wording.clean(note.id, 80),
        href=ask.to("source", name=note.id),
        organization="" if name == note.id else name,
        kind=wording.clean(note.kind, 40),
        where=wording.clean(note.board or note.url or "", 120),
        grade=grade,
        words=words,
        reasons=[wording.clean(reason, 240) for reason in note.reasons[:_REASONS]]
        + ([f"nothing was closed: {wording.clean(note.suspicious, 240)}"] * bool(note.suspicious)),
        open=note.open,
        usual="" if note.usual is None else wording.numeral(f"{note.usual:,g}"),
        visited=site.moment(note.visited),
        succeeded=site.moment(note.succeeded),
    )


def _graded(site: Site, note: SourceNote) -> tuple[str, str]:
    """Judge a source by its last visit: in a word, and in a sentence."""
    if note.outcome is None:
        return "note", "Never visited."
    if note.broken or note.outcome == "failed":
        times = f" {note.failures} times in a row" if note.failures > 1 else ""
        return "wrong", f"The last visit failed{times}. Its postings are not marked closed."
    interval = site.intervals.get(note.id)
    if interval and overdue(note.visited, interval, site.now()):
        return "wrong", "Overdue: nobody visits it."
    if note.suspicious:
        return "note", "The last visit looked wrong, so nothing was closed."
    if note.outcome == "partial":
        return "note", "Read in part, so nothing was closed."
    return "fine", f"Fine: {_OUTCOMES[note.outcome]}."
