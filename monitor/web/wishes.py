"""What a reader asks for, as a form shows it and as a page describes it. No server."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from monitor import offers, wording
from monitor.search import Search
from monitor.web.searches import asks, times

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from monitor.offers import Terms, Wish

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def fields(wish: Wish, wrong: Mapping[str, str], terms: Terms) -> dict[str, Any]:
    """Give what the fields of a wish show: the choices, what is chosen, what is wrong with it."""
    return {
        "offered": [
            {
                "id": one.id,
                "name": wording.clean(one.name, 80) or one.id,
                "asks": _asked(one),
                "chosen": one.id == wish.offer,
            }
            for one in terms.searches
        ],
        "own": terms.own_words,
        "owned": wish.offer == offers.OWN,
        "wanted": ", ".join(wish.any_words),
        "unwanted": ", ".join(wish.none_words),
        "days": [(number, day, number in wish.days) for number, day in enumerate(_DAYS)],
        "at": wording.clean(wish.at, 5),
        "here": wish.zone,
        "regions": _regions(),
        "wrong": dict(wrong),
    }


def blank(terms: Terms, zone: str) -> Wish:
    """Give what a fresh form shows as chosen: the first search on offer, every day."""
    first = next((one.id for one in terms.searches), offers.OWN)
    return offers.Wish(first, zone=zone)


def _asked(one: Search) -> str:
    """Say in a line what a search asks for."""
    said = [f"{label}: {words}" for label, words in asks(one)]
    return "Every posting" if said == [_NOTHING] else "; ".join(said)


_NOTHING = ": ".join(next(asks(Search("", ""))))


def _regions() -> list[tuple[str, list[str]]]:
    """Give the zones by the part of the world that their names begin with."""
    found = groupby(offers.zones(), key=lambda zone: zone.partition("/")[0])
    return [(region, list(zones)) for region, zones in found]


def described(wish: Wish, terms: Terms, now: datetime) -> dict[str, Any]:
    """Say what a wish is, in words; also one that is not on offer any more."""
    allowed = offers.Terms(searches=terms.searches, own_words=True)
    search = offers.search_of(offers.Enrolment("", "", wish, now), allowed)
    return {
        "name": wording.clean(offers.name_of(wish, terms), 80),
        "asks": list(asks(search)) if search else [],
        "times": times(search) if search else "",
    }
