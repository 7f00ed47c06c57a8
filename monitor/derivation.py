"""Kept bodies become today's readings in the place of older ones (``rolecall rederive``). Pure.

What is remembered of a posting was read from a body, by the extractor of its day. Where that body
is kept, today's extractor reads it again, and history compares like with like. A reading is known
again by the posting's id and the hash of the body it was made of, never by its time alone: an
archive has gaps, and a 304 in it may vouch for a body that was never kept.

It refuses to touch what it cannot prove. A reading whose body is not kept, or on whose body today's
extractor sees no such posting, stays as it was and is counted with the reason.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, NamedTuple

from crawler.items import Posting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from crawler.items import Crawl, Page

UNNAMED = "the page it was read from is not known"
NOT_KEPT = "its page was not kept"
NOT_SEEN = "today's reading of its page does not show it"


class Stand(NamedTuple):
    """How a posting stood from ``at`` on, read from the body with the hash ``page``.

    ``row`` is its number in the store, ``revision`` that of a past reading, ``None`` the present;
    ``open`` says whether the posting is open now.
    """

    row: int
    revision: int | None
    posting: Posting
    at: datetime
    page: str | None
    open: bool

    @property
    def key(self) -> tuple[str, str | None]:
        """What a reading of the same body is known by."""
        return self.posting.id, self.page


class Readings:
    """What today's extractor reads in the kept visits of one source, as far as it is wanted.

    ``remembered`` are the pages by URL that the next visit would be asked about.
    """

    def __init__(self, stands: Iterable[Stand], remembered: Mapping[str, Page]) -> None:
        self.stands = tuple(stands)
        self.pages: dict[str, Page] = {}
        self._remembered = remembered
        self.extractor = 0
        self._wanted = {stand.key for stand in self.stands}
        self._bodies: set[str] = set()
        self._found: dict[tuple[str, str | None], list[tuple[datetime, Posting]]] = defaultdict(
            list
        )

    def take(self, crawl: Crawl) -> None:
        """Keep what one visit, read again, shows of the wanted bodies; visits come in order."""
        self.extractor = crawl.extractor
        self.pages |= {page.url: page for page in crawl.pages if self._supersedes(page)}
        self._bodies.update(crawl.page_of.values(), (page.body_hash for page in crawl.pages))
        for posting in crawl.postings:
            key = posting.id, crawl.page_of.get(posting.id)
            if key in self._wanted:
                self._found[key].append((crawl.started, posting))

    def _supersedes(self, page: Page) -> bool:
        """Say whether a page is the remembered body, read as well as it was.

        What an older version saw there, and today's does not, is for a visit to judge.
        """
        known = self._remembered.get(page.url)
        if known is None or known.body_hash != page.body_hash:
            return False
        return set(known.postings) <= set(page.postings)

    def of(self, stand: Stand) -> Posting | None:
        """Give today's reading of the body: the last one made before it stood, else the first.

        One body may be read on several days, and "posted 3 days ago" is another day on each.
        """
        found = self._found.get(stand.key) if stand.page else None
        if not found:
            return None
        return next((one for at, one in reversed(found) if at <= stand.at), found[0][1])

    def why_not(self, stand: Stand) -> str:
        """Say in words why there is no reading."""
        if not stand.page:
            return UNNAMED
        return NOT_SEEN if stand.page in self._bodies else NOT_KEPT


@dataclass(slots=True)
class Derivation:
    """What rereading one source comes to: the new readings, and what was counted on the way.

    ``fields`` counts the present postings whose reading of a field differs, ``unread`` those that
    could not be read again, by the reason in words.
    """

    extractor: int = 0
    present: list[tuple[Stand, Posting]] = field(default_factory=list)
    past: list[tuple[Stand, Posting]] = field(default_factory=list)
    pages: Sequence[Page] = ()
    fields: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    past_unread: int = 0

    @property
    def changed(self) -> int:
        """How many present readings differ."""
        return sum(stand.posting != posting for stand, posting in self.present)

    @property
    def past_changed(self) -> int:
        """How many past readings differ."""
        return sum(stand.posting != posting for stand, posting in self.past)


def needed(stands: Iterable[Stand], visits: Sequence[datetime]) -> list[datetime]:
    """Give those of the visits, in order, between which what is open now was read last."""
    read = [stand.at for stand in stands if stand.open and stand.revision is None]
    return [at for at in visits if read and min(read) <= at <= max(read)]


def derive(readings: Readings) -> Derivation:
    """Match what stands with what today's extractor reads."""
    made = Derivation(readings.extractor)
    for stand in readings.stands:
        posting = readings.of(stand)
        if stand.revision is not None and posting is not None:
            made.past.append((stand, posting))
        elif stand.revision is not None:
            made.past_unread += 1
        elif posting is not None:
            made.present.append((stand, posting))
            made.fields.update(_differing(stand.posting, posting))
        else:
            made.unread[readings.why_not(stand)] += 1
    made.pages = _settled(readings.pages.values(), {posting.id for _, posting in made.present})
    return made


def _differing(before: Posting, after: Posting) -> list[str]:
    """Name the fields that were read otherwise; where in a text pay stands is no reading of it."""
    old, new = _unplaced(before), _unplaced(after)
    names = (one.name for one in fields(Posting))
    return [name for name in names if getattr(old, name) != getattr(new, name)]


def _unplaced(posting: Posting) -> Posting:
    pay = posting.salary
    return replace(posting, salary=replace(pay, start=0, end=0)) if pay else posting


def _settled(pages: Iterable[Page], read: set[str]) -> list[Page]:
    """Give the pages of which nothing is left to read: the next visit need not ask for them anew.

    A posting that today's extractor sees on a page for the first time must be read by a visit.
    """
    return [page for page in pages if read.issuperset(page.postings)]
