"""How long one crawl takes to record: `python benchmarks/store.py [POSTINGS]` (CPU seconds)."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.items import Crawl, Link, Page, Place, Posting, Salary, Source
from monitor.events import Change, Event, Judgement, Known, Standing
from monitor.search import Search
from monitor.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
CHANCE = random.Random(7)
WORDS = [
    "".join(CHANCE.choices("abcdefghijklmnopqrstuvwxyz", k=CHANCE.randint(2, 10)))
    for _ in range(8000)
]
FREQUENCY = [1 / rank for rank in range(1, 8001)]


def posting(number: int, words: int) -> Posting:
    """Give a posting with a body of so many words."""
    return Posting(
        id=f"{number}",
        title=f"Role {number}",
        organization="Harborline Ltd",
        places=(Place("Gdynia, PL", locality="Gdynia", country="PL"),),
        employment_types=("FULL_TIME",),
        salary=Salary(50_000, 70_000 + number, "EUR", "year", raw="€50k to 70k"),
        date_posted="2026-03-01",
        body=" ".join(CHANCE.choices(WORDS, FREQUENCY, k=words)),
        url=f"https://jobs.harborline.example/{number}",
    )


def judge(crawl: Crawl, standing: Standing) -> Judgement:
    """Take every posting into memory; an event for each that is new or differs."""
    known, events = {}, []
    for each in crawl.postings:
        before = standing.known.get(each.id)
        known[each.id] = (
            replace(before, posting=each, last_seen=crawl.started)
            if before
            else Known(each, "open", crawl.started, crawl.started)
        )
        if standing.baseline_at and (before is None or before.posting != each):
            change = Change("title", "a", "b", "minor")
            old = before and before.posting
            events.append(
                Event(
                    crawl.started,
                    "harbor",
                    "changed",
                    each.id,
                    each.title,
                    changes=(change,),
                    posting=each,
                    before=old,
                )
            )
    return Judgement(replace(standing, baseline_at=crawl.started, known=known), tuple(events))


def visit(day: int, postings: list[Posting]) -> Crawl:
    """Give a complete crawl with a page for every posting."""
    started = START + timedelta(days=day)
    pages = tuple(
        Page(
            each.url or "",
            started,
            "h" * 64,
            etag='"e"',
            postings=(each.id,),
            links=(Link(f"{each.url}/apply", "parse"),),
        )
        for each in postings
    )
    return Crawl(
        Source("harbor", "greenhouse", board="harborline"),
        started,
        started + timedelta(minutes=1),
        "complete",
        postings=tuple(postings),
        pages=pages,
        rows={each.id: "r" * 64 for each in postings},
    )


def clocked(what: str, act: Callable[[], object]) -> None:
    """Run something and print what it cost."""
    cpu, wall = time.process_time(), time.perf_counter()
    act()
    spent, passed = time.process_time() - cpu, time.perf_counter() - wall
    print(f"{what:44} cpu {spent:6.2f} s  wall {passed:.2f} s")


def measure(count: int, words: int) -> None:
    """Record a baseline, the same again, a tenth changed; then read it all."""
    postings = [posting(number, words) for number in range(count)]
    size = sum(len(each.body) for each in postings) // count
    print(f"{count} postings, bodies of {size} characters")
    tenth = [
        replace(each, title="Other") if number % 10 == 0 else replace(each)
        for number, each in enumerate(postings)
    ]
    kept = replace(
        visit(3, []), postings=(), kept=frozenset(each.id for each in postings), pages=()
    )
    visits = {
        "record: all new": visit(0, postings),
        "record: all read again": visit(1, [replace(each) for each in postings]),
        "record: a tenth changed": visit(2, tenth),
        "record: all kept": kept,
    }
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "r.db") as store:
        for what, crawl in visits.items():
            verdict = silent if crawl is kept else judge
            clocked(what, partial(store.record, crawl, verdict))
        clocked("recall", lambda: store.recall("harbor"))
        clocked("standing", lambda: store.standing("harbor"))
        clocked("pending of a new search", lambda: store.pending(Search("s", "S"), START))
        clocked("search", lambda: store.search(" ".join(WORDS[99:101])))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.db"
        with Store.open(path) as store:
            store.record(visit(0, postings), judge)
        clocked(f"open ({path.stat().st_size / 1e6:.0f} MB)", lambda: Store.open(path).close())


def silent(_crawl: Crawl, standing: Standing) -> Judgement:
    """Say that every posting was seen again."""
    seen = {
        name: replace(known, last_seen=_crawl.started) for name, known in standing.known.items()
    }
    return Judgement(replace(standing, known=seen))


if __name__ == "__main__":
    for length in (120, 500):
        measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, length)
