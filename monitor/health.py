"""What a digest could not check and why, and what it watches from now on. Pure.

A source that was not read says nothing about its postings, and the reader is told exactly that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from crawler.items import NEWEST_ONLY
from monitor.events import QUARANTINED
from monitor.search import watches
from monitor.wording import clean, count, moment, number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from monitor.digest import CrawlNote, Pending
    from monitor.events import Event
    from monitor.search import Search

MOST = 12  # lines before the rest is a number
_ALONE = f" {QUARANTINED[0].upper()}{QUARANTINED[1:]}."


@dataclass(frozen=True, slots=True)
class Note:
    """One line about a source; ``trouble`` means that something may be missing from the letter.

    ``news`` says that the line is reason enough for a letter: a source that stays broken is told
    when it breaks and when it recovers, and beside other news in between, not every day.
    """

    tone: Literal["trouble", "good"]
    text: str
    news: bool = True


def notes(search: Search, pending: Pending, zone: tzinfo) -> tuple[tuple[Note, ...], str]:
    """Give the lines about sources, troubles first, and how many sources were checked in words."""
    last: dict[str, CrawlNote] = {}
    watching: list[Note] = []
    for crawl in sorted(pending.crawls, key=lambda crawl: (crawl.at, crawl.source)):
        if not watches(search, crawl.source):
            continue
        last[crawl.source] = crawl
        if crawl.baseline is not None:
            name = named(pending, crawl.source, crawl.organization)
            watching.append(
                Note("good", f"Now watching {count(crawl.baseline, 'posting')} at {name}.")
            )
    said = _events(search, pending)
    alone = {event.source for event in pending.events if _quarantines(event)}
    trouble = {
        source: replace(note, text=note.text + _ALONE * (source in alone), news=source in said)
        for source, crawl in last.items()
        if (note := _trouble(crawl, pending, zone)) is not None
    }
    told = [note for source, note in said.items() if source not in trouble]
    checked = count(len(last), "source") + " checked" if last else ""
    if last and trouble:
        checked += f", {number(len(trouble))} with a problem"
    return capped([*trouble.values(), *told, *watching]), checked


def _trouble(crawl: CrawlNote, pending: Pending, zone: tzinfo) -> Note | None:
    """Say what went wrong at the last visit of a source, and what that means for its postings."""
    whole = crawl.outcome != "partial" or crawl.reasons == (NEWEST_ONLY,)
    if crawl.outcome != "failed" and not crawl.suspicious and whole:
        return None
    name = named(pending, crawl.source, crawl.organization)
    when = moment(crawl.at.astimezone(zone))
    why = clean("; ".join(crawl.reasons) or "no reason was given", 240)
    if crawl.outcome == "failed":
        text = f"{name} could not be checked on {when}: {why}. Its postings are not marked closed."
    elif crawl.suspicious:
        why = clean(crawl.suspicious, 240)
        text = f"{name} looked wrong on {when}: {why}. Its postings are not marked closed."
    else:
        text = (
            f"{name} was read only in part on {when}: {why}. "
            "Postings that were not seen are not marked closed."
        )
    return Note("trouble", text)


def _quarantines(event: Event) -> bool:
    return event.kind == "source_broken" and (event.reason or "").startswith(QUARANTINED)


def _events(search: Search, pending: Pending) -> Mapping[str, Note]:
    """Give the last word about each source that broke or recovered."""
    said: dict[str, Note] = {}
    for event in pending.events:
        if event.kind in ("source_broken", "source_recovered") and watches(search, event.source):
            said[event.source] = of_event(event, named(pending, event.source, None))
    return said


def of_event(event: Event, name: str) -> Note:
    """Say that a source broke or recovered."""
    why = f": {clean(event.reason, 240)}" if event.reason else ""
    if event.kind == "source_recovered":
        return Note("good", f"{name} can be read again{why}.")
    return Note("trouble", f"{name} could not be read{why}. Its postings are not marked closed.")


def named(pending: Pending, source: str, organization: str | None) -> str:
    """Name a source by its employer, and by its id where that says more."""
    name = clean(organization or (pending.organizations or {}).get(source) or source, 80)
    return name if name == clean(source, 80) else f"{name} ({clean(source, 80)})"


def capped(found: list[Note], most: int = MOST) -> tuple[Note, ...]:
    """Give at most so many lines; the last one counts the rest."""
    if len(found) <= most:
        return tuple(found)
    rest = found[most - 1 :]
    tone: Literal["trouble", "good"] = (
        "trouble" if any(note.tone == "trouble" for note in rest) else "good"
    )
    news = any(note.news for note in rest)
    return (*found[: most - 1], Note(tone, f"And {count(len(rest), 'more such line')}.", news))
