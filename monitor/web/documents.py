"""Feeds and calendars of the page: of a search, of a source, of everything. No server.

A feed tells visit by visit what a digest would tell, to somebody who misses none; an entry has one
id for good. A calendar is drawn from how deadlines stood since when. Both are the same bytes until
something happens.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from monitor import deadlines, feeds, render, wording
from monitor.closeness import kept
from monitor.digest import compose
from monitor.leaving import FEED
from monitor.search import Search, fits
from monitor.web.entries import deadline_card

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crawler.items import Posting
    from monitor.closeness import Portrait
    from monitor.followed import Due
    from monitor.lookup import Lookup
    from monitor.web.site import Ask, Site

KINDS = {
    "atom": "application/atom+xml",
    "json": "application/feed+json",
    "ics": "text/calendar",
}
"""What may stand behind the dot of a feed's address, and its media type."""
LABELS = {"atom": "Atom", "json": "JSON Feed", "ics": "Calendar of deadlines"}
KEPT = 100
"""Entries of a feed. The newest visit is always whole."""
_LOOKED_AT = 2_000
"""Events that a feed looks through for them."""
_DEADLINES = 1_000
_VISITS_KEPT = 5_000
EVERYTHING = "all"
_BEGINNING = "2026-01-01T00:00:00Z"
"""When a feed was changed last that has nothing yet: a date it must have, and this is as good."""


class Document(NamedTuple):
    """A feed or calendar: its bytes, and when the newest of what it says happened."""

    content: bytes
    changed: datetime


def scoped(site: Site, lookup: Lookup, scope: str) -> Search | None:
    """Give the search that a scope is of: ``search/ID``, ``source/NAME`` or ``all``."""
    kind, _, name = scope.partition("/")
    if kind == "search":
        found = next((one for one in site.searches if one.id == name), None)
        return found and replace(found, id=scope, name=wording.clean(found.name, 80) or name)
    if kind == "source" and (note := lookup.visits.source(name)) is not None:
        title = wording.clean(note.organization or note.id, 80)
        return Search(scope, title, sources=(note.id,), zone=site.zone)
    return Search(scope, "Everything", zone=site.zone) if scope == EVERYTHING else None


class Written:
    """What was written down of visits: it stays as it is, so the newest of it is kept."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int], bytes | None] = {}

    def part(self, key: tuple[str, int], write: Callable[[], bytes | None]) -> bytes | None:
        """Give what one search is told of one visit, written now or before."""
        if key not in self._kept:
            for old in list(self._kept)[: max(len(self._kept) - _VISITS_KEPT, 0)]:
                self._kept.pop(old, None)
            self._kept[key] = write()
        return self._kept.get(key)


def drawn(
    site: Site, lookup: Lookup, search: Search, suffix: str, link: str, written: Written
) -> Document:
    """Draw the document of a search; ``link`` is its own address."""
    if suffix == "ics":
        return _calendar(site, lookup, search)
    parts = _parts(site, lookup, search, written)
    newest = next(parts, None) or _blank(site, search)
    draw = feeds.atom if suffix == "atom" else feeds.json_feed
    until = datetime.fromisoformat(feeds.newest([newest], 1)[0]["until"])
    return Document(draw(chain([newest], parts), keep=KEPT, link=link), until)


def _blank(site: Site, search: Search) -> bytes:
    return feeds.part((search.id, search.name, site.authority), _BEGINNING, home=site.home)


def _parts(site: Site, lookup: Lookup, search: Search, written: Written) -> Iterator[bytes]:
    portrait = lookup.portrait(search.like) if search.like else None
    if search.like and not (portrait and portrait.words):
        return  # there is nothing to compare with yet, and what is kept would never be told
    for crawl in lookup.followed(search.sources, most=_LOOKED_AT):
        write = partial(_part, site, lookup, search, crawl, portrait)
        if (made := written.part((search.id, crawl), write)) is not None:
            yield made


def _part(
    site: Site, lookup: Lookup, search: Search, crawl: int, portrait: Portrait | None
) -> bytes | None:
    pending = replace(lookup.news(crawl), search=search.id, portrait=portrait)
    digest = compose(search, pending, now=pending.until, period=f"visit {crawl}")
    write = partial(render.entry, digest, templates=site.templates)
    return feeds.entries(digest, site.authority, write, home=site.home)


def _calendar(site: Site, lookup: Lookup, search: Search) -> Document:
    """Draw the deadlines of everything that fits, or did at some time."""
    now = site.now()
    since = now.date() - deadlines.KEPT_FOR
    found = lookup.deadlines(since, search.sources, most=_DEADLINES)
    portrait = lookup.portrait(search.like) if search.like else None
    states = [
        deadlines.state(deadline_card(site, due, moment), moment.at)
        for due in found
        if any(_concerns(search, portrait, due, moment.posting) for moment in due.moments)
        for moment in due.moments
    ]
    head = (search.id, search.name, site.authority)
    content = deadlines.calendar([deadlines.part(head, now.date(), states)])
    stamps = [datetime.fromisoformat(one["stamp"]) for one in states]
    return Document(content, max(stamps, default=datetime.fromisoformat(_BEGINNING)))


def _concerns(search: Search, portrait: Portrait | None, due: Due, posting: Posting) -> bool:
    named = replace(posting, organization=posting.organization or due.organization)
    if search.like and (portrait is None or kept(portrait, due.source, named) is None):
        return False
    return fits(search, named) is not None


def address(lookup: Lookup, scope: str, suffix: str) -> str:
    """Give the path of a feed, with its secret."""
    return f"{FEED}{lookup.feed_key(scope)}/{quote(scope)}.{suffix}"


def followed(lookup: Lookup, ask: Ask, scope: str, name: str) -> list[tuple[str, str, str, str]]:
    """Give the feeds of a page: media type, label, title, link; none without a server."""
    return [
        (kind, LABELS[suffix], f"{name}: {LABELS[suffix]}", address(lookup, scope, suffix))
        for suffix, kind in KINDS.items()
        if ask.forms
    ]
