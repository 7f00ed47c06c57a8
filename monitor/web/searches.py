"""Searches: what each asks for, when it is told, and what its next letter would say."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor import schedule, wording
from monitor.web.digests import digest_line
from monitor.web.documents import followed
from monitor.web.site import Missing, Page, Raw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.audience import Stop
    from monitor.lookup import Lookup
    from monitor.search import Search
    from monitor.web.site import Ask, Site

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEK = 7
_DIGESTS = 20


def searches(site: Site, lookup: Lookup, ask: Ask) -> Page:
    """Show every search of rolecall.toml."""
    found = []
    for one in site.searches:
        last = next(iter(lookup.letters.digests(one.id, limit=1)), None)
        found.append(
            {
                "name": wording.clean(one.name) or one.id,
                "href": ask.to("search", name=one.id),
                "asks": list(asks(one)),
                "times": times(one),
                "last": site.moment(last.decided) if last else "",
                "last_href": ask.to("digest", id=last.id) if last else "",
                "next": _next(site, one),
            }
        )
    return Page("searches.html", "Searches", {"searches": found})


def search(site: Site, lookup: Lookup, ask: Ask) -> Page:
    """Show one search with a preview of its next letter."""
    one = _asked(site, ask)
    told = lookup.letters.digests(one.id, limit=_DIGESTS)
    return Page(
        "search.html",
        wording.clean(one.name) or one.id,
        {
            "name": wording.clean(one.name) or one.id,
            "asks": list(asks(one)),
            "times": times(one),
            "to": list(_readers(one, lookup.stops())),
            "next": _next(site, one),
            "preview": ask.to("preview", name=one.id) if site.preview else "",
            "digests": [digest_line(site, ask, note) for note in told],
            "feeds": followed(lookup, ask, f"search/{one.id}", one.name),
        },
    )


def preview(site: Site, lookup: Lookup, ask: Ask) -> Raw:
    """Give the next letter of a search as it would be sent now."""
    one = _asked(site, ask)
    if site.preview is None:
        raise Missing("There is no preview here.")
    return Raw(site.preview(lookup, one, site.now()), html=True)


def _asked(site: Site, ask: Ask) -> Search:
    name = ask.text("name")
    found = next((one for one in site.searches if one.id == name), None)
    if found is None:
        raise Missing("There is no such search in rolecall.toml.")
    return found


def asks(one: Search) -> Iterator[tuple[str, str]]:
    """Give what a search asks for, a line a key; of a search that asks nothing, that."""
    lists = (
        ("Any of", one.any_words),
        ("All of", one.all_words),
        ("None of", one.none_words),
        ("Employers", one.companies),
        ("Places", one.places),
        ("Where", tuple(map(wording.working_place, one.remote))),
        ("Employment", (wording.terms(one.employment),) if one.employment else ()),
        ("Events", one.events),
        ("Sources", one.sources),
        ("Like", (one.like,) if one.like else ()),
    )
    said = [(label, wording.clean(", ".join(words), 300)) for label, words in lists if words]
    if one.min_salary is not None:
        least = {"min": one.min_salary, "currency": one.salary_currency}
        said.append(("Pay", wording.money(least | {"period": one.salary_period})))
    yield from said or [("Asks", "nothing: every posting fits")]


def _readers(one: Search, stops: Iterable[Stop]) -> Iterator[str]:
    """Give who gets the letters of a search, and of who does not, why; then its channels."""
    stopped = tuple(stops)
    for address in one.to:
        stop = next((each for each in stopped if each.covers(one.id, address)), None)
        why = f" (no letters: {wording.clean(stop.words, 200)})" if stop else ""
        yield wording.clean(address) + why
    yield from map(wording.clean, one.channels)


def times(one: Search) -> str:
    """Say when a search's digest is due."""
    days = "daily" if len(one.days) == _WEEK else ", ".join(_DAYS[day] for day in sorted(one.days))
    return f"{days} at {one.at:%H:%M}, {one.zone}"


def _next(site: Site, one: Search) -> str:
    now = site.now()
    today = now.astimezone(ZoneInfo(one.zone)).date()
    for ahead in range(_WEEK + 2):
        day = today + timedelta(days=ahead)
        if day.weekday() in one.days and schedule.moment(one, day) > now:
            return site.moment(schedule.moment(one, day))
    return ""
