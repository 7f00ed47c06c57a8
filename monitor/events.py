"""The words of the monitor: what is known, what happened, and how much it matters.

Values only. Nothing here decides anything; ``compare`` and ``closing`` do.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from crawler.items import Posting

Weight = Literal["material", "minor", "cosmetic"]
EventKind = Literal[
    "opened",
    "changed",
    "closed",
    "reopened",
    "retracted",
    "reposted",
    "edition",
    "twin",
    "flapping",
    "source_broken",
    "source_recovered",
]
LinkKind = Literal["twin", "reposted", "edition"]
State = Literal["open", "closed"]

QUARANTINED = "its pages hung or killed their reader three times, so it is left alone for a week"
"""How the reason of a ``source_broken`` begins when the source is quarantined."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: JSON-ready values before and after, and how much it matters.

    ``fact`` names what happened in a word ("raised", "appeared", "moved later"); ``note`` is what a
    reader should see beside it ("+10 % over the old top, +21 % over the old floor"). For ``body``
    the values are lists of passages ``{"kind": "reworded"|"added"|"removed", "before", "after",
    "significant"}`` in ``after``, and ``before`` is ``None``.
    """

    field: str
    before: Any
    after: Any
    weight: Weight
    fact: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something a reader may be told. ``held`` marks a closing not yet believed: never mailed.

    ``posting`` is the posting as it stands after the event (before it, for a closing);
    ``before`` as it stood (for changes), so that a search can look at both sides.
    """

    at: datetime
    source: str
    kind: EventKind
    posting_id: str | None = None
    title: str | None = None
    weight: Weight = "material"
    changes: tuple[Change, ...] = ()
    held: bool = False
    reason: str | None = None
    posting: Posting | None = None
    before: Posting | None = None
    id: int | None = None


class Late:
    """A posting that is read when somebody looks at it; most visits look at none.

    What is asked of every posting at every visit is at hand: its id and its stated end.
    """

    __slots__ = ("_posting", "_read", "id", "valid_through")

    def __init__(self, id_: str, valid_through: str | None, read: Callable[[], Posting]) -> None:
        self.id, self.valid_through, self._read = id_, valid_through, read
        self._posting: Posting | None = None

    def read(self) -> Posting:
        """Give the posting, read once."""
        if self._posting is None:
            self._posting = self._read()
        return self._posting


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of one posting between crawls.

    ``missing_since`` is the start of the first complete crawl that did not find it, ``None`` while
    it is found. ``flips`` counts the closings and returns that were told. ``told_closed_at`` is
    when the current closing was decided; ``closed_by`` its evidence in words. ``source`` is filled
    by the store.
    """

    posting: Posting
    state: State
    first_seen: datetime
    last_seen: datetime
    extractor: int = 0
    page_hash: str | None = None
    missing_since: datetime | None = None
    flips: int = 0
    flapping: bool = False
    closed_at: datetime | None = None
    closed_by: str | None = None
    authority: bool = False
    source: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Where it is known: its source and its id there."""
        return self.source, self.stated.id

    @property
    def stated(self) -> Posting | Late:
        """The posting, or what stands for it until somebody looks at ``posting``."""
        return cast("Posting | Late", _SLOT.__get__(self))


class _Looked:
    """What ``Known.posting`` is: the posting, read now if it was not yet."""

    def __get__(self, known: Known, _: type | None = None) -> Posting:
        found = known.stated
        return found.read() if type(found) is Late else cast("Posting", found)

    def __set__(self, known: Known, value: Posting | Late) -> None:
        _SLOT.__set__(known, value)


_SLOT: Any = Known.__dict__["posting"]
Known.posting = _Looked()  # type: ignore[assignment,misc]  # a slot knows no late reading
_NAMES = tuple(each.name for each in fields(Known) if each.name != "posting")


def altered(known: Known, **changes: Any) -> Known:
    """Give what is known with some of it changed, like ``dataclasses.replace``.

    Unlike it, this does not look at the posting, so one that nobody has read stays unread.
    """
    made = object.__new__(Known)
    _SLOT.__set__(made, known.stated)
    for name in _NAMES:
        value = changes[name] if name in changes else getattr(known, name)
        object.__setattr__(made, name, value)
    return made


def merely_seen(before: Known, after: Known) -> bool:
    """Say whether nothing differs but when the posting was last seen, without looking at it."""
    return before.stated is after.stated and all(
        getattr(before, name) == getattr(after, name) for name in _NAMES if name != "last_seen"
    )


@dataclass(frozen=True, slots=True)
class Tie:
    """That a posting was found to be what another is: its twin, its repost, its next edition.

    ``new`` was read after ``old``; both are given as they are known now. A twin that is ``strong``
    is the same opening, one that is not may be. ``why`` is the evidence in words; ``score``, from
    0 to 1, ranks links of one kind.
    """

    kind: LinkKind
    strong: bool
    why: str
    new: Known
    old: Known
    score: float = 0.0

    @property
    def ends(self) -> tuple[Known, Known]:
        """Both postings, the later first."""
        return self.new, self.old


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one source before a crawl is judged.

    ``counts`` are the sizes of its last complete, unsuspicious crawls, newest last, at most five.
    ``suspect_since`` and ``suspect_ids`` describe a running streak of suspicious crawls that agree,
    ``suspect_count`` its length. ``failures`` counts failed crawls in a row; ``broken`` says that
    the reader was told. ``pages`` are the hashes of the page bodies that were read last, each with
    the version of the extractor that read it.
    ``kills`` counts the visits whose page hung or killed its reader since one was read;
    ``quarantined_at`` is the start of the last of them once there were too many.
    """

    source: str
    baseline_at: datetime | None = None
    counts: tuple[int, ...] = ()
    suspect_since: datetime | None = None
    suspect_count: int = 0
    suspect_ids: frozenset[str] = frozenset()
    failures: int = 0
    broken: bool = False
    kills: int = 0
    quarantined_at: datetime | None = None
    known: Mapping[str, Known] = field(default_factory=dict)
    pages: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one crawl means: the events, and the standing after it.

    ``standing.known`` holds only the postings whose memory changes; all others stay as they were.
    ``suspicious`` is the reason in words when nothing may close. ``baseline`` is true for the crawl
    that set it.
    """

    standing: Standing
    events: tuple[Event, ...] = ()
    suspicious: str | None = None
    baseline: bool = False
