"""An invented digest's news: what a letter looks like before anything was ever visited.

The events come from the same rules as everybody's (``compare``), so the letter is a real one. Pure.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from crawler.items import Crawl, Gone, Place, Posting, Salary, Source
from monitor.compare import judge
from monitor.digest import CrawlNote, Pending
from monitor.events import Standing
from monitor.search import Search

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.events import Known

ORGANIZATION = "Lanternworks (a sample)"
_SOURCE = Source("sample", "careers_page", url="https://lanternworks.example/careers")
_BODY = """You keep the lamps of four harbours burning.

What you do
Trim wicks, log every ship, and teach the relief crew.

What you bring
A certificate in {degree}; sea legs; patience with fog."""


def pending(search: Search, now: datetime) -> Pending:
    """Give what the search would be told of two invented visits, the last just before ``now``."""
    at = now.replace(microsecond=0)
    before, after = at - timedelta(days=1, minutes=5), at - timedelta(minutes=5)
    first = judge(_crawl(before, _yesterday(at)), Standing(_SOURCE.id))
    gone = (Gone("5", "its page answers HTTP 404"),)
    second = judge(_crawl(after, _today(at), gone), first.standing)
    seen: dict[str, Known] = {**first.standing.known, **second.standing.known}
    return Pending(
        search=search.id,
        since=at - timedelta(days=1),
        until=at,
        cursor=0,
        head=len(second.events),
        events=tuple(
            replace(event, id=number) for number, event in enumerate(second.events, start=1)
        ),
        crawls=(
            CrawlNote(_SOURCE.id, ORGANIZATION, after, "complete", found=len(_today(at))),
            CrawlNote("foghorn", "Foghorn & Daughters (a sample)", after, "failed", _TROUBLE),
        ),
        first_seen={(_SOURCE.id, name): known.first_seen for name, known in seen.items()},
        organizations={_SOURCE.id: ORGANIZATION},
    )


def everything(search: Search) -> Search:
    """Give a search that asks nothing, with everything else of this one: the sample fits nobody."""
    kept = ("id", "name", "to", "at", "days", "zone", "channels", "summary", "language")
    return Search(**{name: getattr(search, name) for name in kept})


_TROUBLE = ("https://foghorn.example/jobs: no answer in time",)


def _crawl(at: datetime, postings: tuple[Posting, ...], gone: tuple[Gone, ...] = ()) -> Crawl:
    return Crawl(_SOURCE, at, at + timedelta(minutes=1), "complete", postings=postings, gone=gone)


def _yesterday(now: datetime) -> tuple[Posting, ...]:
    keeper = _posting("1", "Harbour Light Keeper", low=3200, high=3500)
    soon = (now + timedelta(days=4)).date().isoformat()
    return (
        replace(keeper, valid_through=(now + timedelta(days=30)).date().isoformat()),
        replace(_posting("2", "Foghorn Tuner"), valid_through=soon),
        _posting("3", "Buoy Painter", low=24, high=28, period="hour"),
        _posting("5", "Winter Watch"),
    )


def _today(now: datetime) -> tuple[Posting, ...]:
    keeper, tuner, painter, _ = _yesterday(now)
    return (
        replace(
            keeper,
            salary=Salary(3600, 3900, "EUR", "month", raw="EUR 3,600 - 3,900 a month"),
            remote="hybrid",
            body=_BODY.format(degree="optics or navigation"),
        ),
        tuner,
        painter,
        _posting("4", "Research Intern, Lenses", low=2100, high=2100),
    )


def _posting(
    id_: str, title: str, *, low: float = 0, high: float = 0, period: str = "month"
) -> Posting:
    pay = Salary(low, high, "EUR", period) if low else None  # type: ignore[arg-type]
    return Posting(
        id_,
        title=title,
        organization=ORGANIZATION,
        places=(Place("Trieste, IT", locality="Trieste", country="IT"),),
        remote="onsite",
        salary=pay,
        employment_types=("FULL_TIME",),
        body=_BODY.format(degree="optics"),
        url=f"https://lanternworks.example/careers/{id_}",
    )
