"""Which postings are one role: twins at other sources, reposts, and earlier editions.

Pure, on prints. Candidates come from an index of ``keys``; no posting is compared with all others.

Thresholds, measured on four recorded boards (157 postings) and one real pair of editions: 52 % of
the pairs of different roles of one board have 0.4 of their five-word shingles in common, for they
share what the employer says of itself; without ``boilerplate`` 0.9 % have. The editions share 0.64
of the text and 0.42 of the title's words; the vacancies of other employers that a reseller finds
similar to them share nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from crawler.fields import places
from crawler.items import Place
from monitor.editions import compared
from monitor.prints import (
    Print,
    keys,
    likeness,
    outline,
    print_from,
    print_of,
    shortlist,
    with_sketch,
)
from monitor.shingles import boilerplate, containment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.events import LinkKind

__all__ = [
    "Link",
    "Print",
    "boilerplate",
    "choose",
    "compared",
    "containment",
    "keys",
    "outline",
    "print_from",
    "print_of",
    "relate",
    "shortlist",
    "with_sketch",
]

Term: TypeAlias = Literal["later", "earlier", "same", "unknown"]
Ref = TypeVar("Ref")

COPIED = 0.8
"""The share of the text from which it was copied, not rewritten."""
KEPT = 0.6
"""The same from which a text or a title is the same with edits."""
AGAIN = 0.4
"""What the texts of editions must share when another season or year is stated."""
UNSTATED = 0.5, 0.8
"""What texts and titles must share when only the time between them tells editions apart."""
NAMED = 0.3
"""What titles must share to name one role, whatever else agrees."""
REPOSTED = timedelta(days=1), timedelta(days=90)
"""How long a posting was closed before it is reposted; sooner it was never gone."""
APART = timedelta(days=150)
"""The time from which the same role is another season's."""
_SEASONS = ("winter", "spring", "summer", "autumn")
# Two titles that share only such words name two roles.
_GENERIC = frozenset(
    {"analyst", "assistant", "associate", "consultant", "coordinator", "developer", "director",
     "engineer", "graduate", "intern", "manager", "new", "program", "programme", "software",
     "specialist", "student", "team", "trainee"}
)  # fmt: skip
_KINDS: dict[LinkKind, int] = {"twin": 2, "reposted": 1, "edition": 0}


@dataclass(frozen=True, slots=True)
class Link:
    """That a new posting is a known one's twin, repost or next edition, and why it is said.

    ``strong`` ones may be folded into one card, the others are only flagged. ``score`` (0 to 1)
    ranks links of one kind.
    """

    kind: LinkKind
    strong: bool
    score: float
    why: str


@dataclass(frozen=True)
class _Pair:
    """Two prints, and what the caller knows of their times."""

    new: Print
    old: Print
    same_source: bool
    seen: datetime
    since: datetime
    closed: datetime | None
    common: frozenset[int]

    @property
    def concurrent(self) -> bool:
        """Whether the old posting was still open when the new one was first seen."""
        return self.closed is None or self.closed > self.seen

    @property
    def requisition(self) -> bool | None:
        """Whether the employer's own ids are the same; ``None`` when either is missing."""
        if not self.new.requisition or not self.old.requisition:
            return None
        return self.new.requisition == self.old.requisition

    @property
    def company(self) -> bool:
        return bool(self.new.employer) and self.new.employer == self.old.employer

    @cached_property
    def text(self) -> float | None:
        return containment(self.new, self.old, self.common)

    @cached_property
    def title(self) -> float:
        return likeness(self.new.title, self.old.title)

    @property
    def same_title(self) -> bool:
        new, old = self.new, self.old
        return bool(new.title) and (new.title, new.level) == (old.title, old.level)

    @cached_property
    def place(self) -> bool | None:
        """Whether they share a place; ``None`` when one names none, true when neither does."""
        if not self.new.places or not self.old.places:
            return True if self.new.places == self.old.places else None
        if not set(self.new.places).isdisjoint(self.old.places):
            return True
        return any(_same_place(a, b) for a in self.new.places for b in self.old.places)

    @property
    def other_role(self) -> bool:
        """Whether the titles say it: another seniority, another number, an intern or none."""
        new, old = self.new, self.old
        apart = set(new.title) ^ set(old.title)
        numbers = any(char.isdigit() for word in apart for char in word)
        ranks = bool(new.level and old.level) and new.level != old.level
        return ranks or numbers or "intern" in apart

    @property
    def within(self) -> bool:
        """Whether one title, of two words or more, stands in the other."""
        least = min(len(self.new.title), len(self.old.title))
        return least > 1 and len(set(self.new.title) & set(self.old.title)) == least

    @property
    def named(self) -> bool:
        """Whether the titles may name one role."""
        return (self.title >= NAMED or self.within) and not self.other_role

    @property
    def term(self) -> Term:
        return _term(self.new, self.old)

    @property
    def apart(self) -> timedelta:
        """The time between the beginnings of the two, as their sources state it or as seen."""
        return _begin(self.new, self.seen) - _begin(self.old, self.since)

    def likeness(self) -> str:
        """Say in words how alike they are."""
        text = "" if self.text is None else f", text {self.text:.0%}"
        return f"title {self.title:.0%}{text} alike"

    def score(self) -> float:
        """Rank: what the texts, the titles and the places share, and how near in time they are."""
        known = 0.4 if self.text is None else self.text
        years = abs(self.new.year - self.old.year) if self.new.year and self.old.year else 0
        placed = {True: 0.1, None: 0.05, False: 0.0}[self.place]
        near = 0.1 / (1 + years)
        return round(0.45 * known + 0.3 * self.title + placed + near, 4)


def relate(
    new: Print,
    old: Print,
    *,
    same_source: bool,
    seen: datetime,
    since: datetime,
    closed: datetime | None = None,
    common: frozenset[int] = frozenset(),
) -> Link | None:
    """Say what a new posting is to a known one, or ``None`` when they are two roles.

    ``seen`` and ``since`` are when the new and the old one were first seen, ``closed`` when the old
    one closed or, while that is not believed, since when it is missing. ``common`` are the shingles
    that say nothing of a role (see ``boilerplate``). Different requisition ids prove different
    postings; so does being open side by side at one source. Of two editions only the later one is
    the new one: where an earlier season's posting is found last, ask the other way round.
    """
    pair = _Pair(new, old, same_source, seen, since, closed, common)
    if same_source and pair.concurrent:
        return None
    return _twin(pair) or _reposted(pair) or _edition(pair)


def choose(found: Mapping[Ref, Link]) -> tuple[Ref, Link] | None:
    """Give the best of several links, the same whatever their order; ``None`` for none.

    A strong one goes before a weak one, a twin before a repost, a repost before an edition.
    """
    ranked = sorted(
        found.items(),
        key=lambda item: (-item[1].strong, -_KINDS[item[1].kind], -item[1].score, str(item[0])),
    )
    return ranked[0] if ranked else None


def _twin(pair: _Pair) -> Link | None:
    """Recognise the same opening at another source."""
    if pair.same_source or not pair.concurrent or pair.requisition is False:
        return None
    if pair.requisition and pair.company:
        return _by_requisition(pair, "twin", "at both")
    shared = set(pair.new.links) & set(pair.old.links)
    if shared and not pair.other_role and (pair.title >= KEPT or pair.within):
        return Link("twin", pair.place is not False, 0.98, f"the same link {min(shared)}")
    if pair.term in {"later", "earlier"} or not pair.company:
        return None
    return None if pair.place is False or pair.other_role else _alike(pair)


def _by_requisition(pair: _Pair, kind: LinkKind, how: str) -> Link | None:
    """Judge two postings of one requisition: boards give one to several cities, and to others."""
    why = f"requisition {pair.new.requisition} {how}"
    if pair.named and pair.place is not False:
        return Link(kind, True, 1.0, why)
    return Link(kind, False, 0.9, why) if pair.title >= NAMED else None


def _alike(pair: _Pair) -> Link | None:
    """Judge two openings of one employer at one time by title, place and text."""
    text = pair.text
    if pair.same_title and pair.place and text is not None and text >= COPIED:
        return Link("twin", True, pair.score(), pair.likeness())
    likely = pair.same_title if text is None else pair.title >= KEPT and text >= KEPT
    return Link("twin", False, pair.score(), pair.likeness()) if likely else None


def _reposted(pair: _Pair) -> Link | None:
    """Recognise a posting that comes under a new id after the old one closed."""
    if pair.closed is None or pair.requisition is False or pair.term in {"later", "earlier"}:
        return None
    if not REPOSTED[0] <= pair.seen - pair.closed <= REPOSTED[1] or not pair.company:
        return None
    gap = f"after {(pair.seen - pair.closed).days} days"
    if pair.requisition:
        return _by_requisition(pair, "reposted", f"again {gap}")
    if not pair.same_title or pair.new.places != pair.old.places:
        return None
    if pair.text is not None and pair.text < KEPT:
        return None
    return Link("reposted", pair.text is not None, pair.score(), f"{pair.likeness()}, {gap}")


def _edition(pair: _Pair) -> Link | None:
    """Recognise another season's posting of a role that was known before."""
    if not pair.company or not pair.named or pair.term in {"earlier", "same"}:
        return None
    if pair.term == "unknown":
        return _season_later(pair)
    telling = set(pair.new.title) & set(pair.old.title) - _GENERIC
    if not telling and not pair.same_title:
        return None
    why = f"{pair.likeness()}, {_when(pair.new)} after {_when(pair.old)}"
    if pair.text is None:
        return Link("edition", False, pair.score(), why) if pair.same_title else None
    return Link("edition", True, pair.score(), why) if pair.text >= AGAIN else None


def _season_later(pair: _Pair) -> Link | None:
    """Judge by the time between two postings where no season tells them apart."""
    if pair.concurrent or pair.apart < APART or pair.place is False:
        return None
    if pair.new.level != pair.old.level or pair.title < UNSTATED[1]:
        return None
    if pair.text is None or pair.text < UNSTATED[0]:
        return None
    why = f"{pair.likeness()}, {pair.apart.days} days later"
    return Link("edition", True, pair.score(), why)


def _term(new: Print, old: Print) -> Term:
    """Compare what two postings are for; a season without its year says no order."""
    seasons = new.season and old.season and new.season != old.season
    if not new.year or not old.year:
        return "later" if seasons else "unknown"
    if new.year != old.year:
        return "later" if new.year > old.year else "earlier"
    if not seasons:
        return "same"
    later = _SEASONS.index(new.season) > _SEASONS.index(old.season)
    return "later" if later else "earlier"


def _when(one: Print) -> str:
    return " ".join(filter(None, (one.season, str(one.year or "")))) or "undated"


def _begin(one: Print, seen: datetime) -> date:
    """Give when a posting was posted, or when it was first seen."""
    return date.fromisoformat(one.posted) if one.posted else seen.date()


def _same_place(key: str, other: str) -> bool:
    """Compare two canonical keys; what one leaves out contradicts nothing."""
    return places.same(_place(key), _place(other))


def _place(key: str) -> Place:
    locality, region, country = (part or None for part in key.split("|"))
    return Place(key, locality, region, country)
