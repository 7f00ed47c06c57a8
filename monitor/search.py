"""Who wants what: a reader's saved filter and what it says of an event. Pure.

It refuses only on what a posting states: pay that is missing, in another currency or for another
unit of time that cannot be converted is never held against a posting. Remote and employment type
are refused when they are asked for and not stated, because most postings would fit otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from functools import lru_cache
from typing import TYPE_CHECKING

from crawler.fields.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.items import Period, Posting, Salary
    from monitor.events import Event, EventKind

PER_YEAR: dict[str, int] = {
    "hour": 2080,
    "day": 260,
    "week": 52,
    "biweek": 26,
    "month": 12,
    "quarter": 4,
    "year": 1,
}
"""How many of a period make a year: 40 h in 52 weeks, 5 days in 52 weeks. ``once`` has none."""

# Chinese, Japanese, Korean and Thai put no space between words: a part of a word must do there.
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Search:
    """A reader's saved filter with its schedule and addresses. Empty tuples ask nothing.

    ``any_words``/``all_words``/``none_words`` match whole words, case-folded, in title,
    organization, department and body. ``min_salary`` is compared in ``salary_period`` and
    ``salary_currency``; a posting without pay is not refused. ``days`` are 0 (Monday) to 6.
    """

    id: str
    name: str
    to: tuple[str, ...] = ()
    any_words: tuple[str, ...] = ()
    all_words: tuple[str, ...] = ()
    none_words: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()
    employment: tuple[str, ...] = ()
    min_salary: float | None = None
    salary_currency: str | None = None
    salary_period: Period | None = None
    events: tuple[EventKind, ...] = ()
    sources: tuple[str, ...] = ()
    at: time = time(7)
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    zone: str = "UTC"
    heartbeat: bool = False


def matches(search: Search, event: Event) -> tuple[str, ...] | None:
    """Say in words why the event concerns this search, or ``None`` when it does not.

    A change concerns it when the posting matches before *or* after. News of a source concerns every
    search that watches it. A held closing concerns nobody yet.
    """
    if event.held or not watches(search, event.source):
        return None
    if search.events and event.kind not in search.events:
        return None
    if event.kind in ("source_broken", "source_recovered"):
        return (f"you watch {event.source}",)
    return either(search, event.before, event.posting)


def watches(search: Search, source: str) -> bool:
    """Say whether the search looks at this source at all."""
    return not search.sources or source in search.sources


def either(search: Search, before: Posting | None, after: Posting | None) -> tuple[str, ...] | None:
    """Say why a posting fits as it stands or, failing that, why it did before; else ``None``."""
    now = fits(search, after) if after else None
    if now is not None or before is None:
        return now
    then = fits(search, before)
    return None if then is None else tuple(f"before this change: {reason}" for reason in then)


def fits(search: Search, posting: Posting) -> tuple[str, ...] | None:
    """Say in words why one posting, as it stands, fits this search, or ``None``.

    An empty tuple means that it fits a search that asks nothing.
    """
    reasons: list[str] = []
    for ask in (_words, _companies, _places, _remote, _employment, _pay):
        answer = ask(search, posting)
        if answer is None:
            return None
        reasons += answer
    return tuple(reasons)


def _words(search: Search, posting: Posting) -> list[str] | None:
    if not (search.any_words or search.all_words or search.none_words):
        return []
    text = _folded((posting.title, posting.organization, posting.department, posting.body))
    found = _found(search.any_words, text)
    if search.any_words and not found:
        return None
    if len(_found(search.all_words, text)) < len(search.all_words):
        return None
    if _found(search.none_words, text):
        return None
    return [f"“{word}”" for word in dict.fromkeys((*search.all_words, *found))]


def _companies(search: Search, posting: Posting) -> list[str] | None:
    return _named(search.companies, (posting.organization,))


def _places(search: Search, posting: Posting) -> list[str] | None:
    names = [
        part
        for place in posting.places
        for part in (place.name, place.locality, place.region, place.country)
    ]
    return _named(search.places, names)


def _named(wanted: tuple[str, ...], stated: Iterable[str | None]) -> list[str] | None:
    if not wanted:
        return []
    return _found(wanted, _folded(stated)) or None


def _remote(search: Search, posting: Posting) -> list[str] | None:
    return _listed(search.remote, (posting.remote,))


def _employment(search: Search, posting: Posting) -> list[str] | None:
    return _listed(search.employment, posting.employment_types)


def _listed(wanted: tuple[str, ...], stated: Iterable[str | None]) -> list[str] | None:
    if not wanted:
        return []
    asked = {_plain_word(word) for word in wanted}
    return [_plain_word(word) for word in stated if word and _plain_word(word) in asked] or None


def _plain_word(word: str) -> str:
    """Make ``FULL_TIME``, ``Full-time`` and ``full time`` the same word."""
    return re.sub(r"[\s_-]+", " ", fold(word)).strip()


def _pay(search: Search, posting: Posting) -> list[str] | None:
    if search.min_salary is None or posting.salary is None:
        return []
    if search.salary_currency and search.salary_currency != posting.salary.currency:
        return []
    return _enough(posting.salary, search.min_salary, search.salary_period or "year")


def _enough(salary: Salary, least: float, period: Period) -> list[str] | None:
    """Compare the top of the pay, in the search's period; an open top may always be enough."""
    if salary.max is None or salary.period not in PER_YEAR or period not in PER_YEAR:
        return []
    factor = PER_YEAR[salary.period] / PER_YEAR[period]
    top = salary.max * factor
    if top < least:
        return None
    how = "" if factor == 1 else f" ({salary.max:,.10g} a {salary.period} \u00d7 {factor:,.4g})"
    return [f"pay up to {top:,.0f} a {period}{how}"]


def _folded(parts: Iterable[str | None]) -> str:
    # A line break between the parts: no phrase may begin in one field and end in the next.
    return "\n".join(fold(part) for part in parts if part)


def _found(words: Iterable[str], text: str) -> list[str]:
    return [word for word in words if _pattern(word).search(text)]


@lru_cache(maxsize=1024)
def _pattern(word: str) -> re.Pattern[str]:
    """Make the pattern of a whole word or phrase; "c" is not in "c++", "go" not in "django"."""
    folded = fold(word).split()
    phrase = r"[^\S\n]+".join(re.escape(part) for part in folded)
    if not phrase or _UNSPACED.search(phrase):
        return re.compile(phrase or r"(?!)")
    return re.compile(rf"(?<!\w){phrase}(?![\w+#])")
