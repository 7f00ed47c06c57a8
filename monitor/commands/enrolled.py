"""All searches: those of rolecall.toml, and those that readers made by subscribing on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor import offers

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.offers import Enrolment
    from monitor.search import Search
    from monitor.store import Store


def searches(config: Config, store: Store) -> tuple[Search, ...]:
    """Give the searches that somebody is to be told of.

    One of the file that names nobody is there to be subscribed to. Those of readers who are told
    the same stand together, because ``Work.digest`` reads and composes it once for all of them.
    """
    told = tuple(search for search in config.searches() if search.to or search.channels)
    made = sorted(store.enrolments.all(), key=_alike)
    return (*told, *offers.searches(made, config.terms()))


def told(config: Config, store: Store) -> list[Search]:
    """Give the searches that may be due: not those of readers who made one and stopped it.

    They would wait for their reader every quarter of an hour; once back, the next digest tells what
    happened meanwhile, as it does to anybody.
    """
    stops, named = store.audience.stops(), {search.id for search in config.searches()}
    return [
        search
        for search in searches(config, store)
        if search.id in named or not any(stop.covers(search.id, search.to[0]) for stop in stops)
    ]


def _alike(one: Enrolment) -> tuple[object, ...]:
    return (one.wish.offer, one.wish.zone, one.wish.asks, one.asked_at)
