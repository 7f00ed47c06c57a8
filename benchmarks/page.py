"""How long and how large the pages are over a large store: python benchmarks/page.py [POSTINGS].

Builds a store of 100,000 postings and ten times as many events with plain SQL (kept when a path is
given as the second argument), then asks for lists, searches and postings as a browser would.
The issue asks for a p95 under 150 ms and pages under 60 kB, on two cores.
"""

from __future__ import annotations

import random
import sqlite3
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.testclient import TestClient

from crawler.items import Place, Posting, Salary
from monitor import rows
from monitor.store import Store
from monitor.traits import band, traits_of
from monitor.web.app import app
from monitor.web.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator

START = datetime(2025, 11, 24, 6, tzinfo=UTC)
NOW = START + timedelta(days=365)
SOURCES = 400
EVENTS = 10
ROLES = ("engineer", "designer", "nurse", "analyst", "welder", "teacher", "driver", "chemist")
LEVELS = ("Junior", "Senior", "Lead", "Staff", "Night", "Field", "Assistant")
PLACES = [f"Town {n}, Land {n % 30}" for n in range(1500)]
COMMON = [f"term{n}" for n in range(4000)]
TYPES = ("FULL_TIME", "PART_TIME", "INTERN", "CONTRACTOR")
PAID = 0.6


def posting(number: int, chance: random.Random) -> Posting:
    """Make a posting whose words, places and pay are spread as unevenly as real ones."""
    low = chance.randrange(30_000, 150_000, 500)
    words = (COMMON[int(chance.paretovariate(0.6)) % len(COMMON)] for _ in range(120))
    return Posting(
        f"p{number}",
        f"{chance.choice(LEVELS)} {chance.choice(ROLES)} {number}",
        organization=f"Employer {number % SOURCES}",
        places=tuple(Place(chance.choice(PLACES)) for _ in range(chance.choice((1, 1, 1, 2, 3)))),
        remote=chance.choice((None, "remote", "hybrid", "onsite")),
        employment_types=(chance.choice(TYPES),),
        salary=Salary(low, low * 1.3, chance.choice(("USD", "EUR", "GBP")), "year", raw=f"{low}")
        if chance.random() < PAID
        else None,
        date_posted="2026-03-01",
        body="You will join a team.\n" + " ".join(words),
        url=f"https://employer{number % SOURCES}.example/jobs/{number}",
    )


def at(number: int, total: int) -> str:
    """Give the moment of the nth of so many things, spread over the year."""
    return rows.text_of_instant(START + (NOW - START) * number / total)


def build(path: Path, count: int) -> None:
    """Write the store with plain SQL: what is measured is reading."""
    Store.open(path).close()
    chance = random.Random(7)
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.executemany(
            "INSERT INTO sources (id, kind, board, options, address, first_seen, baseline_at,"
            " counts) VALUES (?, 'greenhouse', ?, '{}', ?, ?, ?, '[250, 250]')",
            [(f"s{n}", f"s{n}", f"s{n}", at(0, 1), at(0, 1)) for n in range(SOURCES)],
        )
        db.executemany(
            "INSERT INTO crawls (id, source, started, finished, outcome, reasons, found, counts,"
            " extractor) VALUES (?, ?, ?, ?, 'complete', '[]', 250, '{}', 1)",
            [
                (n + 1, f"s{n % SOURCES}", at(n, SOURCES * 50), at(n, SOURCES * 50))
                for n in range(SOURCES * 50)
            ],
        )
        values: dict[tuple[str, str], int] = {}
        for number in range(count):
            write(db, number, count, posting(number, chance), values)
        db.executemany(
            "INSERT INTO events (crawl, at, source, kind, posting, title, weight, changes, held,"
            " before_snapshot, after_snapshot) VALUES (?, ?, ?, ?, ?, ?, 'material', ?, ?, ?, ?)",
            events(count),
        )
        db.execute(
            "INSERT INTO posting_index (rowid, title, organization, places, body)"
            " SELECT id, title, organization, places, body FROM posting_words"
        )
    with sqlite3.connect(path, isolation_level=None) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def write(
    db: sqlite3.Connection,
    number: int,
    count: int,
    item: Posting,
    values: dict[tuple[str, str], int],
) -> None:
    """Write one posting with two readings, its traits and its pay; a fifth of all are closed."""
    hash_, text = rows.snapshot(item)
    source, closed = f"s{number % SOURCES}", number % 5 == 0
    seen, end = at(number, count), at(min(number + count // 10, count), count)
    old = f"{hash_[:-1]}_"
    db.executemany(
        "INSERT INTO snapshots (hash, fields, extractor, first_at) VALUES (?, ?, 1, ?)",
        [(old, text.replace("join a team", "lead a team"), seen), (hash_, text, end)],
    )
    db.execute(
        "INSERT INTO postings (id, source, posting, title, organization, url, state, first_seen,"
        " last_seen, flips, flapping, closed_at, authority, snapshot, extractor)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, 0, ?, 1)",
        (
            number + 1,
            source,
            item.id,
            item.title,
            item.organization,
            item.url,
            "closed" if closed else "open",
            seen,
            end,
            end if closed else None,
            hash_,
        ),
    )
    db.executemany(
        "INSERT INTO revisions (posting, at, snapshot, crawl) VALUES (?, ?, ?, 1)",
        [(number + 1, seen, old), (number + 1, end, hash_)],
    )
    for pair in traits_of(item, source, None):
        if pair not in values:
            values[pair] = len(values) + 1
            db.execute(
                "INSERT INTO trait_values (id, trait, value) VALUES (?, ?, ?)",
                (values[pair], *pair),
            )
        db.execute("INSERT INTO traits VALUES (?, ?, ?)", (int(closed), values[pair], number + 1))
    if item.salary and band(item.salary):
        pay = item.salary
        db.execute(
            "INSERT INTO pay VALUES (?, ?, ?, ?, ?, ?)",
            (number + 1, int(closed), pay.currency, pay.period, pay.min, pay.max),
        )


def events(count: int) -> Iterator[tuple[object, ...]]:
    """Give ten events a posting: opened, closed or changed, a few of them held."""
    hashes = [rows.snapshot(posting(0, random.Random(0)))[0]]
    change = '[{"field":"salary","before":{"min":1000,"max":2000,"currency":"USD","period":"year"},'
    change += '"after":{"min":1500,"max":2000,"currency":"USD","period":"year"},'
    change += '"weight":"material","fact":"narrowed","note":"floor raised"}]'
    chance = random.Random(7)
    for number in range(count):
        hashes[0] = rows.snapshot(posting(number, chance))[0]
        for turn in range(EVENTS):
            kind = "opened" if turn == 0 else "closed" if turn == EVENTS - 1 else "changed"
            yield (
                number * EVENTS // (count * EVENTS // (SOURCES * 50) + 1) + 1,
                at(min(number + turn * count // 100, count), count),
                f"s{number % SOURCES}",
                kind,
                f"p{number}",
                f"Role {number}",
                change if kind == "changed" else "[]",
                int(turn == EVENTS - 2),
                f"{hashes[0][:-1]}_" if kind == "changed" else None,
                hashes[0],
            )


def asked(count: int) -> dict[str, list[str]]:
    """Give what is asked for, by the sort of page."""
    chance = random.Random(3)
    ids = [chance.randrange(1, count + 1) for _ in range(60)]
    towns = [chance.choice(PLACES).replace(" ", "+").replace(",", "%2C") for _ in range(15)]
    return {
        "latest": ["/", *(f"/?kind={kind}" for kind in ("opened", "changed", "closed"))] * 8,
        "list": [
            *["/postings", "/postings?state=closed"] * 6,
            *(f"/postings?place={town}" for town in towns),
            *(f"/postings?place={town}&remote=remote" for town in towns),
            *(f"/postings?remote={word}&employment=intern" for word in ("remote", "on+site")),
            *(f"/postings?source=s{n}" for n in range(10)),
            *(f"/postings?before={id_}&employment=full-time" for id_ in ids[:10]),
        ],
        "search": [
            *(f"/postings?q={role}" for role in ROLES),
            *(f"/postings?q=senior+{role}&remote=hybrid" for role in ROLES),
            *(f"/postings?q=term{chance.randrange(4000)}" for _ in range(20)),
            *(f"/postings?q=term1+{role}&state=closed" for role in ROLES),
            *(f"/postings?q=team&before={id_}" for id_ in ids[:10]),
            *("/postings?q=nothing+has+these", "/postings?q=team&place=" + towns[0]),
        ],
        "posting": [f"/posting/{id_}" for id_ in ids],
        "readings": [f"/posting/{id_}/compare" for id_ in ids[:20]],
        "source": [*(f"/source/s{n}" for n in range(20)), *["/sources", "/visits"] * 4],
        "statistics": ["/statistics", *(f"/statistics?source=s{n}" for n in range(5))],
    }


def measure(path: Path, count: int) -> None:
    """Print what each sort of page costs: median, p95, the largest page."""
    made = app(Site(now=lambda: NOW), path)
    with TestClient(made, base_url="http://127.0.0.1") as client:
        for _ in range(8):
            client.get("/postings")  # each reading thread opens the store once
        for what, paths in asked(count).items():
            times, sizes, slowest, spent = [], [], (0.0, ""), time.process_time()
            for one in paths:
                began = time.perf_counter()
                answer = client.get(one)
                times.append((time.perf_counter() - began) * 1000)
                sizes.append(len(answer.content))
                slowest = max(slowest, (times[-1], one))
                assert answer.is_success, one
            p95 = statistics.quantiles(times, n=20, method="inclusive")[-1]
            print(
                f"{what:12} {len(paths):4} asked  median {statistics.median(times):6.1f} ms"
                f"  p95 {p95:6.1f} ms  largest {max(sizes) / 1000:5.1f} kB"
                f"  cpu {(time.process_time() - spent) / len(paths) * 1000:.0f} ms each"
                f"  slowest {slowest[0]:.0f} ms {slowest[1]}"
            )


def main() -> None:
    """Build, unless it is there already, and measure."""
    given = dict(enumerate(sys.argv))
    count = int(given.get(1, "100000"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(given.get(2, f"{folder}/r.db"))
        if not path.exists():
            began = time.perf_counter()
            build(path, count)
            print(
                f"built {path.stat().st_size / 1e6:.0f} MB in {time.perf_counter() - began:.0f} s"
            )
        measure(path, count)


if __name__ == "__main__":
    main()
