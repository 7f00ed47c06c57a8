"""What differs between two readings of one posting, and how much a reader should care.

Pure. Material: pay, places, remote, degree, deadline, start, employment type, another role or
seniority in the title, and what the text states of who may work, of hours and of days on site.
Minor: other words. Nothing at all, and so never given: white space,
hyphens, quotes, letter case, punctuation, order, links with other parameters, and the provider's
own stamps (of 165 edits in four recorded boards, 107 changed nothing that a reader could see).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.fields import conditions, places
from crawler.fields.patterns import late
from crawler.fields.text import fold
from monitor.closing import day, deadline
from monitor.events import Change
from monitor.passages import body_change, same_words, tokens
from monitor.pay import pay_change

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crawler.items import Place, Posting
    from monitor.events import Weight

# Words of a title that say who is wanted; another one is another role.
_ROLE = late(
    r"interns?(?:hip)?|praktik\w+|stagiaire|werkstudent\w*|trainee|apprentice(?:ship)?|ausbildung"
    r"|placement|thesis|graduates?|grad|student|postdoc|fellow(?:ship)?"
    r"|junior|jr|entry|associate|assistant|mid|senior|sr|staff|principal|lead|head|chief|manager"
    r"|supervisor|director|vp|president|executive|partner|coordinator|administrator|architect"
    r"|engineer|developer|analyst|scientist|researcher|designer|consultant|specialist|technician"
    r"|temporary|temp|contract|contractor|freelance|permanent|seasonal|volunteer"
    r"|bachelors?|masters?|msc|bsc|phd|doctoral|mba|i|ii|iii|iv|v|vi|[1-6]"
)
# One word for one meaning: "Sr." for "Senior" is no other role.
_SAME_ROLE = {
    "sr": "senior",
    "jr": "junior",
    "grad": "graduate",
    "graduates": "graduate",
    "interns": "intern",
    "internship": "intern",
    "temp": "temporary",
    "bachelors": "bachelor",
    "masters": "master",
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
}
_ANOTHER_ROLE = 0.5
"""The share of common title words under which the title names another role."""


def changes(before: Posting, after: Posting) -> tuple[Change, ...]:
    """Give what a reader would see changed, typed fields first, the text last.

    Values are JSON-ready. Nothing is given that is cosmetic, so an empty answer means "the same".
    """
    if before == after:
        return ()
    title = _title(before.title, after.title)
    text = body_change(before.body, after.body)
    stated = _conditions(before, after) if title or text else ()
    found = (
        pay_change(before.salary, after.salary),
        _places(before.places, after.places),
        _word("remote", before.remote, after.remote, "material"),
        _words("requirements", before.requirements, after.requirements),
        _date("valid_through", before.valid_through, after.valid_through),
        _start(before, after),
        _words("employment_types", before.employment_types, after.employment_types),
        *stated,
        title,
        _word("department", before.department, after.department, "minor"),
        _word("organization", before.organization, after.organization, "minor"),
        _host(before, after),
        text,
    )
    return tuple(change for change in found if change is not None)


def heaviest(found: Iterable[Change]) -> Weight:
    """Give the weight of an event with these changes: the heaviest of them."""
    weights = {change.weight for change in found}
    if "material" in weights:
        return "material"
    return "minor" if "minor" in weights else "cosmetic"


def _turn(before: object, after: object, otherwise: str | None) -> str | None:
    """Name what happened to a value: it appeared, it vanished, or ``otherwise``."""
    if not before:
        return "appeared"
    return otherwise if after else "vanished"


def _word(field: str, before: str | None, after: str | None, weight: Weight) -> Change | None:
    """Compare one stated word or name; typography, case and punctuation are nothing."""
    if same_words(before or "", after or ""):
        return None
    return Change(field, before, after, weight, _turn(before, after, None))


def _words(field: str, before: tuple[str, ...], after: tuple[str, ...]) -> Change | None:
    """Compare a set of words; order and repetition are nothing."""
    old, new = {fold(word) for word in before}, {fold(word) for word in after}
    if old == new:
        return None
    fact = "narrowed" if new < old else "widened" if new > old else None
    return Change(field, list(before), list(after), "material", _turn(before, after, fact))


def _conditions(before: Posting, after: Posting) -> Iterator[Change | None]:
    """Compare what title and text state together, for what a title drops its text may say."""
    old, new = (conditions.read(posting.title, posting.body) for posting in (before, after))
    for field, found in old.items():
        stated = ([one.meaning for one in side] for side in (found, new[field]))
        yield _words(field, *map(tuple, stated))


def _places(before: tuple[Place, ...], after: tuple[Place, ...]) -> Change | None:
    """Compare where the work is as two sets; another spelling of a place is the same place."""
    lost, won = _without(before, after), _without(after, before)
    if not lost and not won:
        return None
    fact = "moved" if lost and won else "added" if won else "removed"
    names = [place.name for place in before], [place.name for place in after]
    return Change("places", *names, "material", _turn(before, after, fact))


def _without(some: tuple[Place, ...], others: tuple[Place, ...]) -> list[Place]:
    """Give the places that have no like among the others."""
    return [place for place in some if not any(places.same(place, other) for other in others)]


def _date(field: str, before: str | None, after: str | None) -> Change | None:
    """Compare two ISO dates; an hour that only one side states is nothing."""
    old, new = deadline(before), deadline(after)
    if before == after or (old is not None and old == new):
        return None
    if day(before) is not None and day(before) == day(after) and _date_only(before, after):
        return None
    later = (new > old) if old and new else (after or "") > (before or "")
    moved = "moved later" if later else "moved earlier"
    return Change(field, before, after, "material", _turn(before, after, moved))


def _date_only(*stated: str | None) -> bool:
    """Say whether any of these states no hour."""
    return any(text is not None and "T" not in text and " " not in text for text in stated)


def _start(before: Posting, after: Posting) -> Change | None:
    """Compare the start: as dates where both are dates, else in the page's words.

    "Summer 2027" for "Fall 2026" is a change although neither is a date; "21 September 2026" for
    "September 2026" is none, for what one side leaves out contradicts nothing.
    """
    old, new = before.start_date or "", after.start_date or ""
    if old and new and (old.startswith(f"{new}-") or new.startswith(f"{old}-")):
        return None
    if (old or new) and all(one[:1].isdigit() for one in (old, new) if one):
        return _date("start_date", before.start_date, after.start_date)
    old, new = old or before.start_date_raw or "", new or after.start_date_raw or ""
    return _word("start_date", old or None, new or None, "material")


def _title(before: str, after: str) -> Change | None:
    """Compare titles: another role, seniority or half of the words is material, the rest minor."""
    if same_words(before, after):
        return None
    if not _alike(before, after):
        return Change("title", before, after, "material", "another title")
    old, new = _roles(before), _roles(after)
    if old != new:
        return Change("title", before, after, "material", "role changed", _swap(old, new))
    return Change("title", before, after, "minor", "reworded")


def _swap(old: set[str], new: set[str]) -> str:
    """Name the role words that went and came: ``junior → senior``, ``added phd``."""
    went, came = (", ".join(sorted(words)) for words in (old - new, new - old))
    if went and came:
        return f"{went} → {came}"
    return f"added {came}" if came else f"dropped {went}"


def _roles(title: str) -> set[str]:
    """Give the words of a title that say who is wanted, each meaning once."""
    spoken = (word for word in tokens(title) if _ROLE.fullmatch(word))
    return {_SAME_ROLE.get(word, word) for word in spoken}


def _alike(before: str, after: str) -> bool:
    """Say whether two titles share at least half of their words."""
    old, new = set(tokens(before)), set(tokens(after))
    return len(old & new) >= _ANOTHER_ROLE * len(old | new)


def _host(before: Posting, after: Posting) -> Change | None:
    """Compare where one applies: only another host is news (the employer moved its system)."""
    old, new = before.apply_url or before.url, after.apply_url or after.url
    if not old or not new or _hostname(old) == _hostname(new):
        return None
    return Change("apply_url", old, new, "minor", "moved")


def _hostname(url: str) -> str:
    """Give the host of a link; what is no link at all has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
