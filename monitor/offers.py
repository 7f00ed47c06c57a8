"""What readers may ask for by themselves, and what one asked for. Pure.

The operator offers searches of rolecall.toml, and words of one's own if that is allowed; a reader
chooses one of these, when its letters come, and nothing else: no employer's source is visited for a
reader, no channel but mail is begun. What is refused is said per field, in words for the reader.
"""

from __future__ import annotations

import json
import re
import zoneinfo
from dataclasses import asdict, dataclass, replace
from datetime import time
from functools import cache
from typing import TYPE_CHECKING, Any

from monitor import mailbox
from monitor.search import Search
from monitor.wording import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

OWN = ""
"""Stands for words of the reader's own, in the place of an offered search."""
PREFIX = "s-"
"""How the id of a search begins that a reader made; twelve random hexadecimal digits follow."""
MOST_WORDS = 10
LONGEST_WORD = 60
PER_ADDRESS = 5
"""Subscriptions that one address may have."""
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Terms:
    """What the operator allows: whether new readers may come, which searches are offered.

    ``own_words`` allows words instead of a search, ``domains`` are those of the addresses that may
    subscribe (none: any), ``most`` is how many subscriptions there may be in all.
    """

    taking: bool = False
    searches: tuple[Search, ...] = ()
    own_words: bool = False
    domains: tuple[str, ...] = ()
    most: int = 500

    def admits(self, address: str) -> bool:
        """Say whether an address is of one of the domains; a host below one is another domain."""
        return not self.domains or address.rpartition("@")[2].lower() in self.domains

    def offered(self, name: str) -> Search | None:
        """Give an offered search by its id."""
        return next((one for one in self.searches if one.id == name), None)

    def allows(self, wish: Wish) -> bool:
        """Say whether what was asked for once is still on offer."""
        return self.own_words if wish.offer == OWN else self.offered(wish.offer) is not None


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader asked for: an offered search by id or words of their own, and when."""

    offer: str = OWN
    any_words: tuple[str, ...] = ()
    none_words: tuple[str, ...] = ()
    days: tuple[int, ...] = tuple(range(_WEEK))
    at: str = "07:00"
    zone: str = "UTC"

    @property
    def asks(self) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """What it is of, whenever its letters come: two with the same are one wish."""
        return self.offer, self.any_words, self.none_words


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One subscription that a reader made: the id of its search, the address, what was asked."""

    search: str
    recipient: str
    wish: Wish
    asked_at: datetime
    confirmed_at: datetime | None = None


def written(wish: Wish) -> str:
    """Write a wish for the store."""
    return json.dumps(asdict(wish), ensure_ascii=False, sort_keys=True)


def read(text: str) -> Wish:
    """Read a wish back."""
    said = json.loads(text).items()
    values: dict[str, Any] = {key: tuple(it) if isinstance(it, list) else it for key, it in said}
    return Wish(**values)


def address(form: Mapping[str, Sequence[str]], terms: Terms) -> str:
    """Read the address off a form; only its writing is judged.

    Raises ``ValueError`` with words for whoever typed it.
    """
    given = _one(form, "address").strip()
    try:
        found = mailbox.recipient_of(given)
    except ValueError:
        raise ValueError("Write one plain address, like ann@example.org.") from None
    if len(found) > _LONGEST_ADDRESS:
        raise ValueError("This address is too long.")
    if not terms.admits(found):
        allowed = " or ".join(f"@{domain}" for domain in terms.domains)
        raise ValueError(f"Only addresses that end in {allowed} may subscribe here.")
    return found


_LONGEST_ADDRESS = 254  # RFC 5321 4.5.3.1.3, less its brackets


def wish(form: Mapping[str, Sequence[str]]) -> Wish:
    """Read a form as it was filled in; ``wrong`` judges it."""
    offer = _one(form, "search")
    return Wish(
        offer=offer,
        any_words=_words(_one(form, "any")) if offer == OWN else (),
        none_words=_words(_one(form, "none")) if offer == OWN else (),
        days=tuple(day for day in range(_WEEK) if str(day) in form.get("day", ())),
        at=_one(form, "at"),
        zone=_one(form, "zone"),
    )


def wrong(asked: Wish, terms: Terms) -> dict[str, str]:
    """Give everything that is wrong with a wish, in words by field; none when it can be taken."""
    return dict(_wrong(asked, terms))


def _one(form: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(form.get(name, ())), "")


def _words(text: str) -> tuple[str, ...]:
    """Read words with commas between them, each once."""
    found = (clean(part) for part in re.split(r"[,;\n]", text))
    return tuple(dict.fromkeys(part for part in found if part))


def _wrong(asked: Wish, terms: Terms) -> Iterator[tuple[str, str]]:
    if not terms.allows(asked):
        yield "search", "Choose one of these."
    if asked.offer == OWN and not asked.any_words:
        yield "any", "Write at least one word."
    for field in ("any", "none"):
        words = getattr(asked, f"{field}_words")
        if len(words) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in words):
            yield field, f"At most {MOST_WORDS} words or phrases of {LONGEST_WORD} letters each."
    if not asked.days:
        yield "day", "Choose at least one day."
    if not _CLOCK.fullmatch(asked.at):
        yield "at", "Write a time of day, like 07:00."
    if asked.zone not in zones():
        yield "zone", "Choose one of these zones."


@cache
def zones() -> tuple[str, ...]:
    """Give the zones that a reader may choose, by name: those of places, and UTC."""
    known = zoneinfo.available_timezones()
    named = (zone for zone in known if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return ("UTC", *sorted(named))


def search_of(enrolment: Enrolment, terms: Terms) -> Search | None:
    """Give the search of a subscription, ``None`` while it sleeps.

    It sleeps while what it asks for is not on offer, its address is of no allowed domain, or the
    offered search names the address itself: nobody is told the same thing twice.
    """
    asked, to = enrolment.wish, enrolment.recipient
    if not terms.allows(asked) or not terms.admits(to):
        return None
    base = terms.offered(asked.offer) or Search("", name_of(asked, terms))
    if to.lower() in map(str.lower, base.to):
        return None
    return replace(
        base,
        id=enrolment.search,
        to=(to,),
        channels=(),
        any_words=base.any_words or asked.any_words,
        none_words=base.none_words or asked.none_words,
        days=asked.days,
        at=time.fromisoformat(asked.at),
        zone=asked.zone,
    )


def name_of(asked: Wish, terms: Terms) -> str:
    """Name what was asked for: the offered search, or the words."""
    found = terms.offered(asked.offer)
    return found.name if found else clean(", ".join(asked.any_words), 80) or asked.offer


def searches(enrolments: Iterable[Enrolment], terms: Terms) -> Iterator[Search]:
    """Give the searches of confirmed subscriptions that do not sleep."""
    for enrolment in enrolments:
        if enrolment.confirmed_at and (found := search_of(enrolment, terms)):
            yield found
