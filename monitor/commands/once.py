"""What each reader of a digest is told: of a posting once, whichever of their searches it fits.

The search that is due first tells it and says which others it fits; their letters leave it out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from functools import cached_property
from typing import TYPE_CHECKING

from monitor.commands import enrolled

if TYPE_CHECKING:
    from datetime import datetime

    from monitor import overlap
    from monitor.config import Config
    from monitor.digest import Digest, Pending
    from monitor.search import Search
    from monitor.store import Store


def asked(search: Search) -> Search:
    """Give what a search asks for and is called, whosever it is and whenever it is told."""
    return replace(search, id="", to=(), channels=(), at=time(), days=(), summary=None)


class Readers:
    """The searches of each address, as they stand while one command runs."""

    def __init__(self, config: Config, store: Store) -> None:
        self._config, self._store = config, store
        self._last: tuple[object, Digest] | None = None

    @cached_property
    def _searches(self) -> dict[str, list[Search]]:
        found: dict[str, list[Search]] = {}
        stops = self._store.audience.stops()
        for search in enrolled.told(self._config, self._store):
            for address in search.to:
                if not any(stop.covers(search.id, address) for stop in stops):
                    found.setdefault(address.lower(), []).append(search)
        return found

    def others(self, search: Search, address: str) -> tuple[Search, ...]:
        """Give the other searches whose letters an address gets, in the order of the file."""
        found = self._searches.get(address.lower(), ())
        return tuple(other for other in found if other.id != search.id)

    def digest(
        self, search: Search, pending: Pending, whole: Digest, address: str, now: datetime
    ) -> Digest:
        """Give what one reader is told of a digest; the whole of it to whoever has one search.

        Readers with like searches, one after another, are composed for once.
        """
        others = self.others(search, address)
        if not others:
            return whole
        told = self._store.audience.told(address, [one.id for one in others], pending.cursor)
        named = tuple(map(asked, others))
        key = (replace(pending, search=""), asked(search), whole.period, named, told)
        if self._last is None or self._last[0] != key:
            self._last = key, _told(search, pending, whole, named, told, now)
        return replace(self._last[1], search=search.id)


def _told(
    search: Search,
    pending: Pending,
    whole: Digest,
    others: tuple[Search, ...],
    told: tuple[overlap.Told, ...],
    now: datetime,
) -> Digest:
    from monitor import overlap  # noqa: PLC0415 - few readers have several searches
    from monitor.digest import compose  # noqa: PLC0415 - the same

    left = overlap.without(pending, told)
    made = compose(search, left, now=now, sample=whole.sample, period=whole.period, others=others)
    news = [one for one in told if not one.postings.isdisjoint(whole.keys)]
    return replace(made, besides=overlap.left_out(whole.total - made.total, news))
