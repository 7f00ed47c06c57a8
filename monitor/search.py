"""Who wants what: a reader's saved filter, what it says of a posting, and how well that fits. Pure.

It refuses only on what a posting states: pay that is missing, in another currency or for another
unit of time that cannot be converted is never held against a posting. Remote and employment type
are refused when they are asked for and not stated, because most postings would fit otherwise.
"""

from __future__ import annotations

import re
from bisect import bisect
from dataclasses import dataclass
from datetime import time
from functools import lru_cache, partial
from itertools import accumulate
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from crawler.fields.text import fold
from monitor.language import ENGLISH
from monitor.wording import number, numeral

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

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

Sought: TypeAlias = "tuple[str, str, re.Pattern[str]]"
Ask: TypeAlias = "Callable[[Search, Posting], Fit | None]"

# Chinese, Japanese, Korean and Thai put no space between words: a part of a word must do there.
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")


_STANDS = {"title": 3.0, "company": 2.0, "department": 2.0, "text": 1.0}
"""What a word that is asked for counts, by where it stands; of several places the first."""
_PARTS = tuple(_STANDS)


class Texts(NamedTuple):
    """The folded texts of a posting, one behind the other, and where each of them ends."""

    whole: str
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """Why something concerns a search, in words, and how well it fits.

    ``score`` has no unit: it only puts the postings of one section in order, more is better. No
    reasons mean that the search asks nothing.
    """

    reasons: tuple[str, ...] = ()
    score: float = 0.0

    def __add__(self, other: Fit) -> Fit:
        return Fit(self.reasons + other.reasons, self.score + other.score)


_NOTHING = Fit()
"""What is said of everything by a search that asks nothing."""


@dataclass(frozen=True, slots=True)
class Search:
    """A reader's saved filter with its schedule and addresses. Empty tuples ask nothing.

    ``any_words``/``all_words``/``none_words`` match whole words, case-folded, in title,
    organization, department and body. ``min_salary`` is compared in ``salary_period`` and
    ``salary_currency``; a posting without pay is not refused. ``days`` are 0 (Monday) to 6.
    ``like`` names a posting that others must be near; ``closeness`` says which are. ``channels``
    are the ids of other ways to the reader than mail. ``summary`` asks for a letter of counts
    besides. ``language`` is that of its dates and numbers.
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
    like: str | None = None
    channels: tuple[str, ...] = ()
    summary: Literal["weekly", "monthly"] | None = None
    language: str = ENGLISH


def matches(search: Search, event: Event) -> Fit | None:
    """Say why the event concerns this search, or ``None`` when it does not.

    A change concerns it when the posting matches before *or* after. News of a source concerns every
    search that watches it. A held closing concerns nobody yet.
    """
    if event.held or not watches(search, event.source):
        return None
    if search.events and event.kind not in search.events:
        return None
    if event.kind in ("source_broken", "source_recovered"):
        return Fit((f"you watch {event.source}",))
    return either(partial(fits, search), event.before, event.posting)


def watches(search: Search, source: str) -> bool:
    """Say whether the search looks at this source at all."""
    return not search.sources or source in search.sources


def either(
    judge: Callable[[Posting], Fit | None], before: Posting | None, after: Posting | None
) -> Fit | None:
    """Say why a posting fits as it stands or, failing that, why it did before; else ``None``.

    ``judge`` says it of one reading. What only fitted before ranks half as high.
    """
    now = judge(after) if after else None
    if now is not None or before is None:
        return now
    then = judge(before)
    if then is None:
        return None
    return Fit(tuple(f"before this change: {reason}" for reason in then.reasons), then.score / 2)


def fits(search: Search, posting: Posting) -> Fit | None:
    """Say why one posting, as it stands, fits this search and how well, or ``None``.

    It ranks by how many of the words that are asked for it has and where they stand, by its place,
    and by how far its pay is over the floor. A fit without reasons is that of a search that asks
    nothing.
    """
    return judging(search)(posting)


def texts(posting: Posting) -> Texts:
    """Give the folded texts of a posting in which words are looked for."""
    stated = (posting.title, posting.organization, posting.department, posting.body)
    parts = [fold(text or "") for text in stated]
    # A line break between them, which no folded text has: no phrase may span two.
    return Texts("\n".join(parts), tuple(accumulate(len(part) + 1 for part in parts)))


def judging(
    search: Search, texts: Callable[[Posting], Texts] = texts
) -> Callable[[Posting], Fit | None]:
    """Make what says of each posting what ``fits`` says; ``texts`` may have kept its answers."""
    asks: list[Ask] = [_wording(search, texts)] if _words_of(search) else []
    asks += [ask for name, ask in _ASKS.items() if getattr(search, name) not in (None, ())]

    def judged(posting: Posting) -> Fit | None:
        fit = _NOTHING
        for ask in asks:
            answer = ask(search, posting)
            if answer is None:
                return None
            fit = answer if fit is _NOTHING else fit + answer
        return fit

    return judged


def _words_of(search: Search) -> tuple[str, ...]:
    return (*search.all_words, *search.any_words, *search.none_words)


def _wording(search: Search, texts: Callable[[Posting], Texts]) -> Ask:
    """Make what says which words that are asked for stand in a posting."""
    sought = _sought((*search.all_words, *search.any_words))
    refused, every, some = _sought(search.none_words), {*search.all_words}, {*search.any_words}

    def ask(_: Search, posting: Posting) -> Fit | None:
        stated = texts(posting)
        found = _standing(sought, stated)
        if some and some.isdisjoint(found):
            return None
        if not found.keys() >= every or _standing(refused, stated):
            return None
        return Fit(_placed(found), sum(map(_STANDS.__getitem__, found.values()), 0.0))

    return ask


def _sought(words: Iterable[str]) -> list[Sought]:
    return [(word, *_pattern(word)) for word in words]


def _standing(sought: Iterable[Sought], stated: Texts) -> dict[str, str]:
    """Give the words that occur, each with the first part it stands in."""
    found = {}
    for word, phrase, pattern in sought:
        place = _place(phrase, pattern, stated.whole)
        if place >= 0:
            found[word] = _PARTS[bisect(stated.ends, place)]
    return found


def _place(phrase: str, pattern: re.Pattern[str], text: str) -> int:
    """Give where a word or phrase stands in a folded text, -1 if nowhere; most do not occur."""
    at = text.find(phrase)
    found = pattern.search(text, at) if at >= 0 else None
    return found.start() if found else -1


def _placed(found: Mapping[str, str]) -> tuple[str, ...]:
    quoted: dict[str, list[str]] = {}
    for word, part in found.items():
        quoted.setdefault(part, []).append(f"\u201c{word}\u201d")
    return tuple(f"{', '.join(quoted[part])} in the {part}" for part in _PARTS if part in quoted)


def _companies(search: Search, posting: Posting) -> Fit | None:
    return _named(search.companies, (posting.organization,))


def _places(search: Search, posting: Posting) -> Fit | None:
    names = [
        part
        for place in posting.places
        for part in (place.name, place.locality, place.region, place.country)
    ]
    return _named(search.places, names)


def _named(wanted: tuple[str, ...], stated: Iterable[str | None]) -> Fit | None:
    # A line break between the names: no phrase may begin in one and end in the next.
    text = "\n".join(fold(part) for part in stated if part)
    return _asked(wanted, [word for word in wanted if _place(*_pattern(word), text) >= 0])


def _remote(search: Search, posting: Posting) -> Fit | None:
    return _listed(search.remote, (posting.remote,))


def _employment(search: Search, posting: Posting) -> Fit | None:
    return _listed(search.employment, posting.employment_types)


def _listed(wanted: tuple[str, ...], stated: Iterable[str | None]) -> Fit | None:
    words = [_plain_word(word) for word in stated if word]
    asked = {_plain_word(word) for word in wanted}
    return _asked(wanted, [word for word in words if word in asked])


def _asked(wanted: tuple[str, ...], found: list[str]) -> Fit | None:
    """Give the fit of what was found of a list that is asked for, if it is."""
    if not wanted:
        return _NOTHING
    return Fit(tuple(found), 1.0) if found else None


def _plain_word(word: str) -> str:
    """Make ``FULL_TIME``, ``Full-time`` and ``full time`` the same word."""
    return re.sub(r"[\s_-]+", " ", fold(word)).strip()


def _pay(search: Search, posting: Posting) -> Fit | None:
    if search.min_salary is None or posting.salary is None:
        return _NOTHING
    if search.salary_currency and search.salary_currency != posting.salary.currency:
        return _NOTHING
    return _enough(posting.salary, search.min_salary, search.salary_period or "year")


def _enough(salary: Salary, least: float, period: Period) -> Fit | None:
    """Compare the top of the pay, in the search's period; an open top may always be enough."""
    if salary.max is None or salary.period not in PER_YEAR or period not in PER_YEAR:
        return _NOTHING
    factor = PER_YEAR[salary.period] / PER_YEAR[period]
    top = salary.max * factor
    if top < least:
        return None
    how = "" if factor == 1 else _times(salary, factor)
    # Twice the floor is as good as any more: a posting is not its pay alone.
    over = min(top / least, 2) if least > 0 else 2
    return Fit((f"pay up to {number(top)} a {period}{how}",), over / 2)


def _times(salary: Salary, factor: float) -> str:
    pay, times = numeral(f"{salary.max:,.10g}"), numeral(f"{factor:,.4g}")
    return f" ({pay} a {salary.period} \u00d7 {times})"


_ASKS: dict[str, Ask] = {
    "companies": _companies,
    "places": _places,
    "remote": _remote,
    "employment": _employment,
    "min_salary": _pay,
}
"""What else may be asked, each by the field of a search that asks it."""


@lru_cache(maxsize=1024)
def _pattern(word: str) -> tuple[str, re.Pattern[str]]:
    """Give a phrase as a folded text has it, and the pattern by which it is whole words there.

    "c" is not in "c++", "go" not in "django".
    """
    phrase = fold(word)
    pattern = re.escape(phrase)
    if phrase and not _UNSPACED.search(phrase):
        pattern = rf"(?<!\w){pattern}(?![\w+#])"
    return phrase, re.compile(pattern or r"(?!)")
