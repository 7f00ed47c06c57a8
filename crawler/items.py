"""The values a crawl is made of: frozen, picklable, and free of Scrapy.

Field names follow schema.org JobPosting in snake case. A parsed value keeps the text it came from,
so that a reader can check it and a later extractor can read it again. Nothing here parses.
"""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass, field, is_dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Period = Literal["hour", "day", "week", "biweek", "month", "quarter", "year", "once"]
Remote = Literal["remote", "hybrid", "onsite"]
Outcome = Literal["complete", "unchanged", "partial", "failed"]

NEWEST_ONLY = "the feed may show only its newest entries (options.complete)"
"""The reason of a visit that read all there is to read of a source that never shows everything."""

_PLAIN = frozenset({str, int, bool, type(None)})


class _Value:
    """A value that is pickled by its fields in order, at a third of what dataclasses take."""

    __slots__ = ()

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        kind: Any = type(self)
        return kind, tuple([getattr(self, name) for name in _names(kind)])


@dataclass(frozen=True, slots=True)
class Salary(_Value):
    """Pay as an interval in its own currency and period; either end may be open (``None``).

    ``currency`` is an ISO 4217 code or ``None`` when the page does not say and nothing may be
    guessed. ``raw`` is the text it was read from, ``start`` and ``end`` its place in the text that
    was handed to the reader, ``provenance`` whether a structured field or running text said so.
    ``otherwise`` is the pay that the posting's text states where a structured field contradicts it.
    """

    min: float | None = None
    max: float | None = None
    currency: str | None = None
    period: Period | None = None
    raw: str = ""
    provenance: Literal["structured", "text"] = "text"
    start: int = 0
    end: int = 0
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Place(_Value):
    """Where the work is. ``name`` is what a reader sees; the parts are filled only when stated."""

    name: str
    locality: str | None = None
    region: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Posting(_Value):
    """One opening as a source states it.

    ``id`` is the provider's own id and never changes with the title; ``requisition_id`` is the
    employer's. Dates are ISO 8601 (a date, or an instant with its offset); where the page's words
    were not ISO they stay in the ``*_raw`` twin. ``employment_types`` holds schema.org's words
    (``FULL_TIME``, ``INTERN`` …), ``requirements`` the degrees that qualify (``BS``, ``MS``,
    ``PhD``), ``body`` plain text whose blocks are separated by newlines.
    """

    id: str
    title: str
    organization: str | None = None
    places: tuple[Place, ...] = ()
    remote: Remote | None = None
    employment_types: tuple[str, ...] = ()
    department: str | None = None
    salary: Salary | None = None
    date_posted: str | None = None
    date_posted_raw: str | None = None
    date_updated: str | None = None
    valid_through: str | None = None
    valid_through_raw: str | None = None
    start_date: str | None = None
    start_date_raw: str | None = None
    requirements: tuple[str, ...] = ()
    requisition_id: str | None = None
    language: str | None = None
    body: str = ""
    url: str | None = None
    apply_url: str | None = None


@dataclass(frozen=True, slots=True)
class Snippet(_Value):
    """A partial posting on someone else's page, with its own pay. It opens and closes nothing.

    ``id`` is the page's own id of it, where the card states one.
    """

    title: str
    organization: str | None = None
    places: tuple[Place, ...] = ()
    salary: Salary | None = None
    tags: tuple[str, ...] = ()
    date_posted_raw: str | None = None
    body: str = ""
    url: str | None = None
    date_posted: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Total(_Value):
    """How many postings the site itself says the listing has."""

    postings: int


@dataclass(frozen=True, slots=True)
class Gone(_Value):
    """A page that says, with authority, that this posting is closed; ``reason`` in words.

    An empty ``id`` means the posting that this page showed when it was last read.
    """

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Shortfall(_Value):
    """The callback knows that the listing was not read whole; ``reason`` in words."""

    reason: str


@dataclass(frozen=True, slots=True)
class Source(_Value):
    """A place that lists postings, as the user configured it.

    ``id`` is the user's name for it, ``board`` its name at its host, ``currency`` what a bare
    currency sign means there, ``options`` what only its kind understands, ``browser`` whether its
    pages are drawn by script and must be read from a browser.
    """

    id: str
    kind: str
    board: str | None = None
    url: str | None = None
    organization: str | None = None
    currency: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    browser: bool = False


@dataclass(frozen=True, slots=True)
class Link(_Value):
    """A request that a page led to, kept so that an unchanged page need not be parsed again."""

    url: str
    callback: str
    posting: str | None = None
    row: str | None = None
    kwargs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page(_Value):
    """What is remembered of one URL: validators, body hash, and what reading it gave.

    ``read_at`` is when the body was last read in full (not merely confirmed); ``extractor`` the
    version that read it. ``postings`` are the ids it yielded.
    """

    url: str
    read_at: datetime
    body_hash: str
    etag: str | None = None
    last_modified: str | None = None
    extractor: int = 0
    postings: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    total: int | None = None
    shortfall: str | None = None


@dataclass(frozen=True, slots=True)
class Counts(_Value):
    """What a visit cost: requests asked, answered, not modified, failed, and body bytes."""

    asked: int = 0
    answered: int = 0
    not_modified: int = 0
    failed: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Asked(_Value):
    """One request of a visit and how it ended: ``status`` (``None`` when nothing answered).

    ``seconds`` count from the moment it was its turn, pauses for the host included; ``bytes`` are
    the body's, unpacked; ``words`` say what was made of the answer when it was not simply read.
    """

    method: str
    url: str
    status: int | None = None
    bytes: int = 0
    seconds: float = 0.0
    words: str = ""


@dataclass(frozen=True, slots=True)
class Crawl(_Value):
    """One finished visit to one source: the only thing the monitor ever judges.

    ``postings`` were read in this visit, ``kept`` are the ids seen again without being read (their
    page or row did not change), ``gone`` those whose own page says they are closed. ``reasons``
    say in words why the outcome is not ``complete``. ``rows`` is the listing hash of each posting
    whose row was seen. ``page_of`` names the page hash each read posting came from. ``requests``
    are all that was asked for, in the order of their ends. ``secondhand`` says that the kind of the
    source repeats what employers state elsewhere. ``killed`` says that the visit did
    not end by itself: a page hung or killed its reader.
    """

    source: Source
    started: datetime
    finished: datetime
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    postings: tuple[Posting, ...] = ()
    kept: frozenset[str] = frozenset()
    gone: tuple[Gone, ...] = ()
    snippets: tuple[Snippet, ...] = ()
    pages: tuple[Page, ...] = ()
    rows: Mapping[str, str] = field(default_factory=dict)
    page_of: Mapping[str, str] = field(default_factory=dict)
    total: int | None = None
    counts: Counts = field(default_factory=Counts)
    requests: tuple[Asked, ...] = ()
    extractor: int = 0
    secondhand: bool = False
    killed: bool = False

    @property
    def windowed(self) -> bool:
        """Whether the visit read everything of a source that shows only its newest postings."""
        return self.outcome == "partial" and self.reasons == (NEWEST_ONLY,)

    @property
    def found(self) -> int:
        """How many postings the visit saw, read or kept."""
        return len({posting.id for posting in self.postings} | self.kept)


def plain(value: object) -> Any:
    """Give a value as JSON-ready data: dataclasses as mappings, tuples as lists, 10.0 as 10."""
    kind: Any = type(value)
    if kind in _PLAIN:  # most of what there is
        return value
    if names := _names(kind):
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list, set, frozenset)):
        items = [plain(item) for item in value]
        return sorted(items, key=str) if isinstance(value, (set, frozenset)) else items
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


@functools.cache
def _names(kind: type) -> tuple[str, ...]:
    """Give the fields of a class of values, none for any other class."""
    return tuple(f.name for f in dataclasses.fields(kind)) if is_dataclass(kind) else ()


def posting_from(data: Mapping[str, Any]) -> Posting:
    """Rebuild a posting from what ``plain`` made of it; unknown keys are ignored.

    A key that a newer version added is simply absent in old data and takes its default.
    """
    known = _names(Posting)
    values = {key: value for key, value in data.items() if key in known}
    values["places"] = tuple(Place(**place) for place in values.get("places") or ())
    if values.get("salary"):
        values["salary"] = Salary(**values["salary"])
    for name in ("employment_types", "requirements"):
        values[name] = tuple(values.get(name) or ())
    return Posting(**values)
