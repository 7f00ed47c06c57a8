"""What one mail says: fold events, order them, put them into sections. Pure.

A digest is a value. It knows no database, no clock and no markup; ``render`` makes it a message.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor import health, overlap, wording
from monitor.cards import Card
from monitor.closeness import kept
from monitor.health import Note
from monitor.language import ENGLISH, speaking
from monitor.matters import Entry, Sight
from monitor.search import Fit, either, judging, texts, watches
from monitor.sections import Bundle, Section, sections_of
from monitor.sharing import Shared, named

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import TypeAlias

    from crawler.items import Outcome, Posting
    from monitor.closeness import Portrait
    from monitor.events import Event, EventKind, Known, Tie
    from monitor.folding import Story, StoryKind
    from monitor.matters import Matter
    from monitor.search import Search, Texts

    Judge: TypeAlias = Callable[[str, Posting], Fit | None]

__all__ = [
    "Bundle",
    "Card",
    "CrawlNote",
    "Digest",
    "Pending",
    "Section",
    "compose",
    "counted",
    "stories",
]

_EVENT_OF: dict[StoryKind, EventKind] = {
    "changed": "changed",
    "new": "opened",
    "open": "opened",
    "retracted": "closed",
    "back": "reopened",
    "reposted": "reposted",
    "edition": "edition",
    "twin": "twin",
    "flapping": "flapping",
    "closed": "closed",
}


@dataclass(frozen=True, slots=True)
class CrawlNote:
    """One crawl of the window, in short: what the health line of a digest is made of.

    ``baseline`` is the number of postings when this crawl set the baseline, else ``None``.
    ``suspicious`` says in words why nothing was closed.
    """

    source: str
    organization: str | None
    at: datetime
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    found: int = 0
    suspicious: str | None = None
    baseline: int | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """Everything a search was not told yet, read at one moment.

    ``since`` is the end of the window of its last digest (``None`` for a search that never had
    one), ``cursor`` and ``head`` the event ids between which ``events`` lie (after cursor, up to
    and including head). ``known`` is given for a new search only: every open posting, to be shown
    once. ``told_closed`` are the (source, posting) pairs whose closing this search was told and
    that were not taken back; ``closings`` are those that anybody was told, with the id of the
    closing. ``organizations`` names sources, by id. ``portrait`` is the posting
    that the search is ``like``, as far as it is known; ``known`` are then those near it.

    ``ties`` are the links of everything that happened, of twins of twins too; ``secondhand`` names
    the sources whose kind repeats what employers state. ``told`` are the (source, posting, field)
    of the tied postings' changes that this search was told, as ``twins.merged`` takes them.
    """

    search: str
    since: datetime | None
    until: datetime
    cursor: int
    head: int
    events: tuple[Event, ...] = ()
    crawls: tuple[CrawlNote, ...] = ()
    known: tuple[Known, ...] = ()
    told_closed: frozenset[tuple[str, str]] = frozenset()
    first_seen: dict[tuple[str, str], datetime] | None = None
    organizations: dict[str, str] | None = None
    portrait: Portrait | None = None
    ties: tuple[Tie, ...] = ()
    closings: Mapping[tuple[str, str], int] = field(default_factory=dict)
    secondhand: frozenset[str] = frozenset()
    told: frozenset[tuple[str, str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Digest:
    """Everything one mail says; ``since`` and ``until`` stand in the reader's zone.

    ``period`` names the window for good: two digests with one period are the same digest.
    ``counts`` are postings by kind of story, in the order in which a subject names them.
    ``waiting`` says in words why nothing can be told yet; then nothing counts as told either.
    ``keys`` are the (source, posting) pairs that it tells of, twins too; ``besides`` says what its
    reader finds in letters of other searches.
    """

    search: str
    name: str
    zone: str
    since: datetime | None
    until: datetime
    period: str
    counts: Mapping[str, int]
    sections: tuple[Section, ...] = ()
    notes: tuple[Note, ...] = ()
    checked: str = ""
    empty: bool = False
    sample: bool = False
    waiting: str = ""
    language: str = ENGLISH
    keys: tuple[tuple[str, str], ...] = ()
    besides: str = ""

    @property
    def total(self) -> int:
        """How many postings this digest speaks of."""
        return sum(self.counts.values())


@speaking
def compose(
    search: Search,
    pending: Pending,
    *,
    now: datetime,
    sample: bool = False,
    period: str | None = None,
    shared: Shared | None = None,
    others: Sequence[Search] = (),
) -> Digest:
    """Make the digest of everything a search was not told yet.

    ``shared`` is given where many are composed of one window; it makes no digest another.
    ``others`` are further searches of the same reader: each card says which of them it fits too.
    ``empty`` is true when there is nothing to say that was not said before: no letter is due then
    unless the search asks for a heartbeat. Raises nothing on scraped text, however hostile; the
    search's zone must exist (``config`` sees to that).
    """
    zone = ZoneInfo(search.zone)
    waiting = _waiting(search, pending)
    shared = shared or Shared(room=0)
    told = [] if waiting else _told(search, pending, shared)
    sight = Sight(now.astimezone(zone), search.zone, search.language)
    too = _too(others, pending, shared)
    entries = [
        Entry(matter, fit, sight, shared.card, too(matter.story) if others else "")
        for matter, fit in told
    ]
    sections = sections_of(entries, pending.organizations or {})
    notes, checked = health.notes(search, pending, zone)
    notes = (Note("trouble", waiting), *notes) if waiting else notes
    return Digest(
        search=search.id,
        name=wording.clean(search.name) or wording.clean(search.id),
        zone=search.zone,
        since=pending.since.astimezone(zone) if pending.since else None,
        until=pending.until.astimezone(zone),
        period=period or _window(pending),
        counts=counted(matter.story.kind for matter, _ in told),
        sections=sections,
        notes=notes,
        checked=checked,
        empty=not sections and not any(note.news for note in notes),
        sample=sample,
        waiting=waiting,
        language=search.language,
        keys=tuple(key for matter, _ in told for key in _keys(matter.story)),
    )


def _too(others: Sequence[Search], pending: Pending, shared: Shared) -> Callable[[Story], str]:
    """Make what says which other searches a story fits, as far as that can be seen from here."""
    seen = replace(pending, portrait=None)
    judges = [(one, _judge(one, seen, shared.texts)) for one in others if not one.like]

    def too(story: Story) -> str:
        return overlap.too(
            [
                one
                for one, judge in judges
                if watches(one, story.source) and _concerns(one, story, judge) is not None
            ]
        )

    return too


def _keys(story: Story) -> list[tuple[str, str]]:
    return [story.key, *(copy.known.key for copy in story.copies)]


def concerning(
    search: Search, pending: Pending, told: Collection[tuple[str, str | None]]
) -> list[Event]:
    """Give the events as they were recorded that concern a search or a posting that it is ``told``.

    A digest makes one story of many events; a program may want to see each.
    """
    judge = _judge(search, pending)
    return [
        event
        for event in pending.events
        if (event.source, event.posting_id) in told or _is_of_concern(search, pending, event, judge)
    ]


def _is_of_concern(search: Search, pending: Pending, event: Event, judge: Judge) -> bool:
    kinds = {event.kind, "closed"} if event.kind == "retracted" else {event.kind}
    if not watches(search, event.source) or (search.events and kinds.isdisjoint(search.events)):
        return False
    if event.posting_id is None:
        return True
    name = (pending.organizations or {}).get(event.source)
    sides = (side and named(side, name) for side in (event.before, event.posting))
    return either(partial(judge, event.source), *sides) is not None


def _waiting(search: Search, pending: Pending) -> str:
    """Say why a search with ``like`` cannot tell anything yet, if so."""
    if not search.like or (pending.portrait and pending.portrait.words):
        return ""
    name = wording.clean(search.like, 160)
    if pending.portrait:
        why = "shares no telling word with any other yet"
    else:
        why = "was not seen at any source yet; add its board with `rolecall add`, or correct `like`"
    return f"Nothing is told before it can be compared with {name}, which {why}. Nothing is lost."


def _window(pending: Pending) -> str:
    """Name a window by its ends in UTC, which no clock change moves."""
    ends = (pending.since, pending.until)
    return "/".join(end.astimezone(ZoneInfo("UTC")).isoformat() if end else ".." for end in ends)


def counted(kinds: Iterable[StoryKind]) -> dict[str, int]:
    """Count stories by kind, in the order in which a subject names them; what is none is left."""
    found = Counter(kinds)
    return {kind: found[kind] for kind in _EVENT_OF if found[kind]}


def stories(search: Search, pending: Pending) -> list[tuple[Story, Fit]]:
    """Give what concerns the search, an opening once, and why each does."""
    shared = Shared(room=0)
    return [(matter.story, fit) for matter, fit in _told(search, pending, shared)]


def _told(search: Search, pending: Pending, shared: Shared) -> list[tuple[Matter, Fit]]:
    judge = _judge(search, pending, shared.texts)
    found = shared.matters(search, pending)
    told = ((matter, _concerns(search, matter.story, judge)) for matter in found)
    return [(matter, fit) for matter, fit in told if fit is not None]


def _concerns(search: Search, story: Story, judge: Judge) -> Fit | None:
    """Say why a story concerns the search: as any source states it, now or at the beginning."""
    if search.events and story.kind != "open" and _events(story).isdisjoint(search.events):
        return None
    fit = either(partial(judge, story.source), story.before, story.posting)
    for copy in story.copies if fit is None else ():
        known, before = copy.known, copy.story.before if copy.story else None
        fit = either(partial(judge, known.source), before, known.posting)
        if fit is not None:
            reasons = tuple(f"{reason} (at {known.source})" for reason in fit.reasons)
            return replace(fit, reasons=reasons)
    if fit is None and story.told:
        return Fit(("you were told that it had closed",))
    return fit


def _judge(search: Search, pending: Pending, texts: Callable[[Posting], Texts] = texts) -> Judge:
    """Make what says why a source's posting concerns a search; ``like`` keeps what is near."""
    fits = judging(search, texts)
    portrait = pending.portrait
    if portrait is None:
        return lambda _, posting: fits(posting)

    def near(source: str, posting: Posting) -> Fit | None:
        fit = fits(posting)
        close = None if fit is None else kept(portrait, source, posting)
        return None if fit is None or close is None else fit + close

    return near


def _events(story: Story) -> set[EventKind]:
    """Name the kinds of event that a story tells of; what is also elsewhere is a twin as well."""
    kinds = {_EVENT_OF[story.kind]}
    return kinds | {"twin"} if story.copies and story.kind in ("new", "edition") else kinds
