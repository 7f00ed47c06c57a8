"""What happened, as lists and timelines show it: one entry an event, every text one clean line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor import wording
from monitor.cards import body_of, card, rows_of
from monitor.folding import Story
from monitor.search import Fit

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.items import Posting
    from monitor.cards import Card, Row
    from monitor.events import Event
    from monitor.excerpts import Excerpt
    from monitor.folding import StoryKind
    from monitor.followed import Due, Moment
    from monitor.lookup import Told
    from monitor.narrowing import Row as Found
    from monitor.web.site import Ask, Site

KINDS = {
    "opened": "new",
    "changed": "changed",
    "closed": "closed",
    "reopened": "open again",
    "retracted": "not closed after all",
    "reposted": "posted again",
    "edition": "new edition",
    "twin": "elsewhere too",
    "flapping": "on and off",
    "source_broken": "cannot be read",
    "source_recovered": "can be read again",
}
"""What each kind of event is called on the page."""
_WORDS = 240


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. ``rows``, ``passages`` and ``smaller`` are its difference, as in a digest.

    ``card`` is the posting, ``None`` for news of a source, which is then called ``title``. ``href``
    leads to the page of either, "" when there is none.
    """

    kind: str
    word: str
    day: str
    at: str
    iso: str
    title: str
    href: str
    card: Card | None
    words: str
    rows: tuple[Row, ...]
    passages: tuple[Excerpt, ...]
    smaller: str

    @property
    def text(self) -> str:
        """Say in a few words what became of the text, where its passages are not shown."""
        if self.passages:
            return f"{wording.count(len(self.passages), 'passage')} of the text reworded"
        return self.smaller


@dataclass(frozen=True, slots=True)
class Line:
    """One posting in a list."""

    card: Card
    href: str
    seen: str
    closed: str


def entry(site: Site, ask: Ask, told: Told) -> Entry:
    """Make the entry of an event in a list of many postings."""
    event = told.event
    if event.posting_id is None:
        return _entry(site, event, href=ask.to("source", name=event.source), employer=told.employer)
    href = "" if told.row is None else ask.to("posting", id=told.row)
    return _entry(site, event, href=href, employer=told.employer)


def occurrence(site: Site, event: Event) -> Entry:
    """Make the entry of an event on its posting's own page."""
    return _entry(site, event, href="", employer="")


def _entry(site: Site, event: Event, *, href: str, employer: str) -> Entry:
    noticed = tuple(change for change in event.changes if change.weight != "cosmetic")
    passages, smaller = body_of(noticed)
    local = site.local(event.at)
    return Entry(
        kind="held" if event.held else event.kind,
        word="missing, held for a day" if event.held else KINDS[event.kind],
        day=site.day(event.at),
        at=wording.clock(local),
        iso=local.isoformat(timespec="minutes"),
        title=wording.clean(event.title or event.source, 160),
        href=href,
        card=_card(site, event.posting, event.source, employer, event.at)
        if event.posting
        else None,
        words=wording.restated(wording.clean(event.reason or "", _WORDS)),
        rows=rows_of(noticed),
        passages=passages,
        smaller=smaller,
    )


def line(site: Site, ask: Ask, found: Found) -> Line:
    """Make the line of a posting in a list."""
    known = found.known
    closed = site.day(known.closed_at) if known.closed_at else ""
    return Line(
        card=posting_card(site, found),
        href=ask.to("posting", id=found.id),
        seen=site.day(known.first_seen),
        closed=f"closed {closed}".strip() if known.state == "closed" else "",
    )


def posting_card(site: Site, found: Found) -> Card:
    """Make the card of a posting as it stands, the one that a digest would show."""
    known = found.known
    employer = known.posting.organization or known.source
    kind: StoryKind = "closed" if known.state == "closed" else "open"
    return _card(site, known.posting, known.source, employer, known.first_seen, kind)


def deadline_card(site: Site, due: Due, moment: Moment) -> Card:
    """Make the card of a posting with a deadline, as it stood from a moment on."""
    employer = moment.posting.organization or due.organization or due.source
    kind: StoryKind = "closed" if moment.closed else "open"
    return _card(site, moment.posting, due.source, employer, moment.at, kind)


def _card(
    site: Site,
    posting: Posting,
    source: str,
    employer: str,
    at: datetime,
    kind: StoryKind = "changed",
) -> Card:
    story = Story(kind=kind, source=source, posting=posting, at=at)
    company, now = wording.clean(employer, 80), site.local(site.now())
    return card(story, Fit(), company=company, seen=None, now=now)
