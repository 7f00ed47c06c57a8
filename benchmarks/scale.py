"""What a store of a million postings costs: python benchmarks/scale.py [POSTINGS] [FILE].

Builds a store with three readings a posting, the texts 1-4 kB long, with plain SQL (kept when FILE
is named; a million take half an hour and 15 GB), packs it as `rolecall thin` does, then measures
what Rolecall does with it. Words are drawn by their rank from 20,000, and each employer has
paragraphs of its own in two fifths of every text: such texts pack worse than real ones, so the
ratio does not flatter. A fifth of the postings are open.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import itertools
import json
import multiprocessing
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import page
from page import NOW, SOURCES, START, at
from store import clocked

from crawler import EXTRACTOR
from crawler.items import Crawl, Source
from monitor import links, rows
from monitor.compare import judge
from monitor.digest import compose
from monitor.retention import Retention
from monitor.search import Search
from monitor.store import Store
from monitor.traits import band, traits_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.items import Posting
    from monitor.digest import Pending

WORDS = 20_000
TEXTS = 19_997
"""A prime, so that no source has a text twice."""
SKETCH = 100
OPEN = 5
CHUNK = 1_000
AHEAD = 4
"""Pieces that are made before they are written, 15 MB each."""
EVENTS = 5_000
SEARCH = Search("s", "S", to=("reader@example.org",))

_SNAPSHOT = (
    "INSERT OR IGNORE INTO snapshots (hash, fields, extractor, first_at) VALUES (?, ?, ?, ?)"
)
_POSTING = """
    INSERT INTO postings (id, source, posting, title, organization, url, state, first_seen,
        last_seen, flips, flapping, closed_at, closed_by, authority, snapshot, extractor, page_hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, 0, ?, ?, ?)
"""
_REVISION = "INSERT INTO revisions (posting, at, snapshot, crawl) VALUES (?, ?, ?, ?)"
_WORDS = """
    INSERT INTO posting_index (rowid, title, organization, places, body) VALUES (?, ?, ?, ?, ?)
"""
_NEWS = """
    INSERT INTO events (crawl, at, source, kind, posting, title, weight, changes, held,
        before_snapshot, after_snapshot)
    SELECT 1, :at, p.source, n.kind, p.posting, p.title, 'minor',
        CASE n.kind WHEN 'changed' THEN :change ELSE '[]' END, 0,
        CASE n.kind WHEN 'changed' THEN (SELECT min(snapshot) FROM revisions r
            WHERE r.posting = p.id AND r.snapshot <> p.snapshot) END, p.snapshot
    FROM postings p JOIN (SELECT 0 AS n, 'opened' AS kind UNION SELECT 1, 'opened'
        UNION SELECT 2, 'opened' UNION SELECT 3, 'changed' UNION SELECT 4, 'closed') n
        ON n.n = p.id / 5 % 5
    WHERE p.state = 'open' ORDER BY p.id LIMIT :most
"""
_CHANGE = '[{"field":"title","before":"Baker","after":"Acting baker","weight":"minor"}]'
_TRAIT = "INSERT INTO stated VALUES (?, ?, ?, ?)"
_EVENT = """
    INSERT INTO events (crawl, at, source, kind, posting, title, weight, changes, held,
        before_snapshot, after_snapshot) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)
"""


class Texts:
    """Texts as long and as various as real ones; no source has one of them twice."""

    def __init__(self) -> None:
        self._chance = random.Random(5)
        letters = "etaoinshrdlucmfwypvbgk"
        self._words = [
            "".join(self._chance.choices(letters, k=self._chance.randint(2, 11)))
            for _ in range(WORDS)
        ]
        self._ranks = list(itertools.accumulate(1 / (rank + 3) for rank in range(WORDS)))
        self._frames = [(self.some(60, 120), self.some(20, 60)) for _ in range(SOURCES)]
        self._own = [self.some(60, 420) for _ in range(TEXTS)]

    def some(self, least: int, most: int) -> str:
        count = self._chance.randint(least, most)
        return " ".join(self._chance.choices(self._words, cum_weights=self._ranks, k=count))

    def of(self, number: int) -> str:
        head, tail = self._frames[number % SOURCES]
        return f"{head}\n\n{self._own[number * 7919 % TEXTS]}\n\n{tail}"

    def more(self, number: int) -> str:
        return self._own[(number * 7919 + 1) % TEXTS][:80]


class Postings:
    """Postings: a few are made with care, and the others differ from these by name and text."""

    def __init__(self) -> None:
        chance = random.Random(7)
        self.texts = Texts()
        made = [page.posting(number, chance) for number in range(SOURCES * 5)]
        self._made = [
            replace(one, id="p@@", url=f"{str(one.url).rpartition('/')[0]}/@@", body="@")
            for one in made
        ]
        self._snapshots = [rows.snapshot(one)[1] for one in self._made]
        self._prints = [links.print_of(one, None) for one in made]
        self._traits = [traits_of(one, f"s{n % SOURCES}", None) for n, one in enumerate(made)]
        self._sketches = [
            tuple(sorted(chance.choices(range(2**44), k=SKETCH))) for _ in range(TEXTS)
        ]

    def of(self, number: int) -> Posting:
        like = self._made[number % len(self._made)]
        url = str(like.url).replace("@@", str(number))
        return replace(like, id=f"p{number}", url=url, body=self.texts.of(number))

    def traits_of(self, number: int) -> set[tuple[str, str]]:
        return self._traits[number % len(self._made)]

    def print_of(self, number: int) -> links.Print:
        """Give a print with numbers of its own for a sketch."""
        return replace(
            self._prints[number % len(self._prints)],
            links=(f"employer{number % SOURCES}.example/jobs/{number}",),
            shingles=300,
            sketch=self._sketches[number * 7919 % TEXTS],
        )

    def readings(self, number: int) -> list[tuple[str, str]]:
        """Give hash and text of how a posting stood: at first, renamed, with more said."""
        text = self.texts.of(number).replace("\n", "\\n")
        like = self._snapshots[number % len(self._made)]
        first = like.replace('"body":"@"', f'"body":"{text}"').replace("@@", str(number))
        renamed = first.replace('"title":"', '"title":"Acting ', 1)
        said = renamed.replace('"body":"', f'"body":"{self.texts.more(number)}. ', 1)
        return [(hashlib.sha256(one.encode()).hexdigest(), one) for one in (first, renamed, said)]


def build(path: Path, count: int) -> None:
    """Write the store with plain SQL, in pieces that other processes make."""
    Store.open(path).close()
    ahead = threading.BoundedSemaphore(AHEAD)
    with sqlite3.connect(path) as db, multiprocessing.Pool(1, _begin) as pool:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA cache_size = -1000000")
        indexes = db.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall()
        for name, _ in indexes:
            db.execute(f"DROP INDEX {name}")
        db.execute("CREATE TABLE stated (closed INTEGER, trait TEXT, value TEXT, posting INTEGER)")
        _sources(db)
        for piece in pool.imap(_piece, _pieces(count, ahead)):
            for statement, made in piece.items():
                db.executemany(statement, made)
            db.commit()
            ahead.release()
        _number_traits(db)
        for _, statement in indexes:
            db.execute(statement)


def _pieces(count: int, ahead: threading.BoundedSemaphore) -> Iterator[tuple[int, int, int]]:
    """Give the pieces one by one, never more than a few before they are written."""
    for begin in range(0, count, CHUNK):
        ahead.acquire()
        yield (begin, min(begin + CHUNK, count), count)


def _number_traits(db: sqlite3.Connection) -> None:
    """Give values the numbers by which traits know them."""
    db.execute("INSERT INTO trait_values (trait, value) SELECT DISTINCT trait, value FROM stated")
    db.execute(
        "INSERT INTO traits SELECT s.closed, v.id, s.posting FROM stated s"
        " JOIN trait_values v ON v.trait = s.trait AND v.value = s.value ORDER BY 1, 2, 3"
    )
    db.execute("DROP TABLE stated")


def _sources(db: sqlite3.Connection) -> None:
    db.executemany(
        "INSERT INTO sources (id, kind, board, options, address, first_seen, baseline_at, counts)"
        " VALUES (?, 'greenhouse', ?, '{}', ?, ?, ?, '[250, 250]')",
        [
            (source.id, source.board, rows.address(source), at(0, 1), at(0, 1))
            for source in map(source_of, range(SOURCES))
        ],
    )
    db.executemany(
        "INSERT INTO crawls (id, source, started, finished, outcome, reasons, found, counts,"
        " extractor) VALUES (?, ?, ?, ?, 'complete', '[]', 250, '{}', ?)",
        [
            (n + 1, f"s{n % SOURCES}", at(n, SOURCES * 500), at(n, SOURCES * 500), EXTRACTOR)
            for n in range(SOURCES * 500)
        ],
    )


def source_of(number: int) -> Source:
    return Source(f"s{number}", "greenhouse", board=f"s{number}")


_postings: list[Postings] = []


def _begin() -> None:
    _postings.append(Postings())


def _piece(piece: tuple[int, int, int]) -> dict[str, list[tuple[object, ...]]]:
    """Make the rows of some postings, by the statements that write them."""
    begin, end, count = piece
    made: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    for number in range(begin, end):
        _make(made, number, count, _postings[0])
    return made


@functools.cache
def _at(part: int) -> str:
    return at(min(part, 2000), 2000)


def _make(
    out: dict[str, list[tuple[object, ...]]], number: int, count: int, postings: Postings
) -> None:
    """Make one posting with its readings, its events and everything that is made of it."""
    item, source, closed = postings.of(number), f"s{number % SOURCES}", number % OPEN != 0
    made = postings.readings(number)
    item = replace(
        item, title=f"Acting {item.title}", body=f"{postings.texts.more(number)}. {item.body}"
    )
    times = [_at((number + turn * count // 40) * 2000 // count) for turn in range(4)]
    crawl = number * SOURCES * 500 // count // SOURCES * SOURCES + number % SOURCES + 1
    out[_SNAPSHOT] += [(*one, EXTRACTOR, when) for one, when in zip(made, times, strict=False)]
    columns = (item.title, item.organization, item.url, "closed" if closed else "open")
    ends = (times[3], "missed") if closed else (None, None)
    seen = (times[0], times[3], *ends, made[-1][0], EXTRACTOR, f"{number:064x}")
    out[_POSTING].append((number + 1, source, item.id, *columns, *seen))
    out[_REVISION] += [
        (number + 1, when, one, crawl) for (one, _), when in zip(made, times, strict=False)
    ]
    out[_EVENT] += _events(number, item.title, [one for one, _ in made], times, crawl)
    out[_WORDS].append((number + 1, *rows.words(item)))
    out[_TRAIT] += [(int(closed), *pair, number + 1) for pair in postings.traits_of(number)]
    print_ = postings.print_of(number)
    fields = {one.name: getattr(print_, one.name) for one in dataclasses.fields(print_)}
    text = json.dumps(fields, separators=(",", ":"), sort_keys=True)
    out["INSERT INTO prints VALUES (?, ?)"].append((number + 1, text))
    out["INSERT INTO print_keys VALUES (?, ?)"] += [(key, number + 1) for key in links.keys(print_)]
    if (pay := item.salary) and band(pay):
        numbers = (pay.currency, pay.period, pay.min, pay.max)
        out["INSERT INTO pay VALUES (?, ?, ?, ?, ?, ?)"].append((number + 1, int(closed), *numbers))


def _events(
    number: int, title: str, made: list[str], times: list[str], crawl: int
) -> Iterator[tuple[object, ...]]:
    place = (f"s{number % SOURCES}", f"p{number}", title)
    change = {"field": "title", "before": title.removeprefix("Acting "), "after": title}
    changed = json.dumps([{**change, "weight": "minor", "fact": None, "note": None}])
    for kind, turn, changes in (
        ("opened", 0, "[]"),
        ("changed", 1, changed),
        ("changed", 2, changed),
        *([("closed", 3, "[]")] if number % OPEN else []),
    ):
        before = made[turn - 1] if kind == "changed" else None
        source, name, words = place
        told = (kind, name, words, "minor", changes, before, made[min(turn, 2)])
        yield (crawl, times[turn], source, *told)


def sizes(path: Path) -> str:
    """Say how large the file is, and how much of that is free to be used again."""
    with sqlite3.connect(path) as db:
        pages, free, size = (
            db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
    return f"{pages * size / 1e6:,.0f} MB, {free * size / 1e6:,.0f} MB of it free"


def visit(store: Store, number: int, hours: int, *, changed: int = 0, new: int = 0) -> Crawl:
    """Give a visit that finds all that is open, some of it changed, and something new."""
    known = store.standing(f"s{number}").known
    items = [one.posting for one in known.values() if one.state == "open"][:1000]
    found = [
        replace(one, title=f"{one.title} II") if place < changed else one
        for place, one in enumerate(items)
    ]
    texts, chance = Texts(), random.Random(hours)
    found += [replace(page.posting(10**8 + n, chance), body=texts.of(number)) for n in range(new)]
    started = NOW + timedelta(hours=hours)
    return Crawl(
        source_of(number), started, started, "complete", postings=tuple(found), extractor=EXTRACTOR
    )


def remembered(path: Path) -> None:
    """Measure what a visit, a reader and a digest ask of the store."""
    with Store.open(path) as store:
        clocked("recall of a source", lambda: store.recall("s1"))
        clocked("standing of a source, all it ever had", lambda: store.standing("s1"))
        same, few = visit(store, 1, 1), visit(store, 1, 2, changed=5)
        many = visit(store, 2, 3, new=1000)
        clocked(f"record: {len(same.postings)} read again", lambda: store.record(same, judge))
        clocked("record: of these 5 changed", lambda: store.record(few, judge))
        clocked("record: 1,000 new ones beside", lambda: store.record(many, judge))
        clocked("status", store.status)
        clocked("sources that are due", lambda: store.due_sources({"s1": 1.0}, NOW))
        _searches(store)
        _digest(store)


def _searches(store: Store) -> None:
    chance, times, texts = random.Random(3), [], Texts()
    for _ in range(60):
        words = " ".join(chance.sample(texts.some(30, 40).split(), 2))
        began = time.perf_counter()
        store.search(words)
        times.append((time.perf_counter() - began) * 1000)
    p95 = statistics.quantiles(times, n=20, method="inclusive")[-1]
    print(f"search for two words: median {statistics.median(times):.0f} ms, p95 {p95:.0f} ms")


def _digest(store: Store) -> None:
    """Compose a digest of 5,000 events, each of a posting of its own."""
    db = store._connection  # noqa: SLF001 - a search that was told all but these
    db.execute("BEGIN")
    db.execute(
        "INSERT INTO searches SELECT 's', 'S', 0, (SELECT max(id) FROM events), max(id) - ?, ?"
        " FROM crawls",
        (4 * SOURCES, at(1, 1)),
    )
    db.execute(_NEWS, {"at": at(1, 1), "change": _CHANGE, "most": EVENTS})
    db.execute("COMMIT")
    pending: list[Pending] = []
    clocked("pending: 5,000 events", lambda: pending.append(store.pending(SEARCH, NOW)))
    clocked("digest: 5,000 events composed", lambda: compose(SEARCH, pending[0], now=NOW))
    db.execute("DELETE FROM events WHERE id > (SELECT cursor FROM searches)")
    db.execute("DELETE FROM searches")


def commands(path: Path) -> None:
    """Measure commands with everything that a start of them takes."""
    toml = path.with_suffix(".toml")
    toml.write_text(
        f'store = "{path}"\ncontact = "reader@example.org"\n'
        + "".join(
            f'[[source]]\nid = "s{n}"\nkind = "greenhouse"\nboard = "s{n}"\nevery = "9999d"\n'
            for n in range(SOURCES)
        )
    )
    for words in (["--help"], ["run"], ["status"], ["search", "senior", "nurse"]):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        asked = [sys.executable, "-m", "monitor", "--config", str(toml), *words]
        subprocess.run(asked, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(
            f"rolecall {' '.join(words):24} cpu {spent:.2f} s  wall"
            f" {time.perf_counter() - began:.2f} s  peak so far {after.ru_maxrss / 1000:.0f} MB"
        )


def packed(path: Path) -> None:
    """Pack the store, and say what that spares and takes."""
    with Store.open(path) as store:
        upkeep = store.upkeep(Retention(), NOW)
        clocked("thin: the first walk", upkeep.all)
        done = upkeep.done
        print(
            f"  {done.packed:,} of {3 * done.postings:,} readings packed:"
            f" {done.before / 1e6:,.0f} MB -> {done.after / 1e6:,.0f} MB,"
            f" ratio {done.before / max(done.after, 1):.2f}"
        )
        again = store.upkeep(Retention(), NOW)
        clocked("thin: a walk with nothing to pack", again.all)
    print(f"  {sizes(path)}")


def main() -> None:
    """Build, unless it is there already, and measure."""
    given = dict(enumerate(sys.argv))
    count = int(given.get(1, "100000"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(given.get(2, f"{folder}/r.db")).absolute()
        if not path.exists():
            clocked("build", partial(build, path, count))
            print(f"  {count:,} postings from {START:%Y-%m} to {NOW:%Y-%m}: {sizes(path)}")
        for part in (packed, remembered, commands):
            part(path)
        page.measure(path, count)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(f"peak of this process {peak / 1000:.0f} MB")


if __name__ == "__main__":
    main()
