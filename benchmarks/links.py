"""How linking grows: `python benchmarks/links.py [POSTINGS]... [--words N] [--memory]`.

Invented employers (most small, a few with thousands of openings and one text under many titles)
are read source by source: prints, keys, candidates from an SQLite index, the relation of each, and
the choice. Copies, reposts and editions are planted, so that what is found can be counted. Times
are CPU seconds of this process; the default is 10,000 and 100,000 postings.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sqlite3
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.items import Place, Posting, plain
from monitor.links import (
    Link,
    boilerplate,
    choose,
    keys,
    print_from,
    print_of,
    relate,
    shortlist,
)
from monitor.prints import BUCKET

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 1, tzinfo=UTC)
VOCABULARY = 20_000
NOUNS = [
    *("Harbour", "Tide", "Kelp", "Oyster", "Barge", "Beacon", "Rope", "Sail", "Reef", "Anchor"),
    *(
        "Cargo",
        "Salvage",
        "Weather",
        "Sonar",
        "Ballast",
        "Engine",
        "Hull",
        "Chart",
        "Pilot",
        "Ferry",
    ),
]
ROLES = ["Engineer", "Analyst", "Designer", "Planner", "Intern", "Technician", "Manager"]
TOWNS = [Place(f"Town {n}", f"Town {n}", country="NO") for n in range(40)]
SAMPLE = 200  # prints of an employer that tell what it always says
GROUPS = 4  # crawls of an employer
PLANTED = ("twin", "reposted", "edition")
SHARE = 0.05  # of the postings, for each kind


@dataclass(frozen=True)
class Sighting:
    """A posting with its times, and what it was made from."""

    posting: Posting
    source: str
    since: datetime
    closed: datetime | None = None
    of: tuple[str, int] | None = None


@dataclass
class Clock:
    """CPU seconds of each step."""

    spent: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def on(self, step: str) -> Iterator[None]:
        begun = time.process_time()
        yield
        self.spent[step] += time.process_time() - begun


def employers(count: int, chance: random.Random) -> Iterator[tuple[str, int]]:
    """Give names and numbers of openings: most have a few, some have thousands."""
    number = 0
    while count > 0:
        size = min(count, 5_000, int(4 * chance.paretovariate(0.9)))
        yield f"Employer {number}", size
        number, count = number + 1, count - size


def invented(count: int, words: int, chance: random.Random) -> Iterator[list[Sighting]]:
    """Give each employer's openings, source by source: its own two, its reposts, the others'."""
    for name, size in employers(count, chance):
        firm = prose(chance, words // 3)
        own = [opening(name, n, firm, words, chance) for n in range(size)]
        copies = [made for n, one in enumerate(own) if (made := planted(one, n, chance))]
        half = len(own) // 2
        yield own[:half]
        yield [replace(one, source=f"{name} abroad", since=NOW) for one in own[half:]]
        yield [one for one in copies if one.source == name]
        yield [one for one in copies if one.source != name]


def prose(chance: random.Random, words: int) -> str:
    return " ".join(f"w{chance.randrange(VOCABULARY)}" for _ in range(words))


def opening(name: str, number: int, firm: str, words: int, chance: random.Random) -> Sighting:
    """Give an employer's own opening, some of them long closed."""
    subject = " ".join(chance.sample(NOUNS, 2))
    posting = Posting(
        id=f"{name} {number}",
        title=f"{subject} {chance.choice(ROLES)}, Summer 2025",
        organization=name,
        places=(chance.choice(TOWNS),),
        body=f"{firm}\n{prose(chance, words - words // 3)}",
        url=f"https://{name.replace(' ', '')}.example/roles/{number}",
    )
    return Sighting(posting, name, NOW - timedelta(300))


def planted(one: Sighting, number: int, chance: random.Random) -> Sighting | None:
    """Make some openings again: at an aggregator, after they closed, or for the next year."""
    kind = chance.choices((*PLANTED, None), (*(SHARE,) * 3, 1 - 3 * SHARE))[0]
    if kind is None:
        return None
    posting, of = one.posting, (kind, number)
    again = replace(posting, id=f"{posting.id} {kind}", url=None)
    if kind == "twin":
        return Sighting(again, "aggregator", NOW, of=of)
    if kind == "reposted":
        return Sighting(again, one.source, NOW, of=of)
    text = posting.body.split()
    text[: len(text) // 8] = prose(chance, len(text) // 4).split()
    title = "PhD " + posting.title.replace("2025", "2026")
    return Sighting(replace(again, title=title, body=" ".join(text)), "aggregator", NOW, of=of)


class Index:
    """Keys and prints in SQLite, as a store would hold them."""

    def __init__(self, path: str) -> None:
        self.file = sqlite3.connect(path)
        self.file.execute("create table print (id integer primary key, row text)")
        self.file.execute(
            "create table key (key text, id integer, primary key (key, id)) without rowid"
        )

    def add(self, number: int, row: dict[str, Any], under: frozenset[str]) -> None:
        self.file.execute("insert into print values (?, ?)", (number, json.dumps(row)))
        self.file.executemany("insert into key values (?, ?)", [(key, number) for key in under])

    def under(self, key: str) -> list[int]:
        found = self.file.execute(
            "select id from key where key = ? order by id desc limit ?", (key, BUCKET + 1)
        )
        return [number for (number,) in found]

    def row(self, number: int) -> dict[str, Any]:
        (text,) = self.file.execute("select row from print where id = ?", (number,)).fetchone()
        return json.loads(text)


def linked(batch: list[Any], index: Index, seen: list[Sighting], clock: Clock) -> list[Any]:
    """Relate one crawl's new postings with what is known, before they are known themselves."""
    answers = []
    with clock.on("boilerplate"):
        common = boilerplate(one for _, one in batch[:SAMPLE])
    for sighting, one in batch:
        with clock.on("candidates"):
            refs = shortlist({key: index.under(key) for key in keys(one)})
            known = [(ref, print_from(index.row(ref))) for ref in refs]
        with clock.on("relate"):
            found: dict[int, Link] = {}
            for ref, other in known:
                before = seen[ref]
                closed = before.closed if sighting.of and sighting.of[0] == "twin" else None
                if sighting.of and sighting.of[0] != "twin":
                    closed = NOW - timedelta(30)
                link = relate(
                    one,
                    other,
                    same_source=before.source == sighting.source,
                    seen=sighting.since,
                    since=before.since,
                    closed=closed,
                    common=common if len(batch) > 1 else frozenset(),
                )
                if link is not None:
                    found[ref] = link
            answers.append(choose(found))
    return answers


def measure(count: int, words: int, path: str) -> None:
    chance, clock, index = random.Random(7), Clock(), Index(path)
    seen: list[Sighting] = []
    told: dict[str, Counter[str]] = defaultdict(Counter)
    begun, first = time.perf_counter(), 0
    for number, group in enumerate(invented(count, words, chance)):
        if number % GROUPS == 0:
            first = len(seen)
        with clock.on("prints"):
            batch = [(one, print_of(one.posting)) for one in group]
        for (one, _), answer in zip(batch, linked(batch, index, seen, clock), strict=True):
            verdict(told, one, answer, first)
        with clock.on("index"):
            for one, made in batch:
                index.add(len(seen), plain(made), keys(made))
                seen.append(replace(one, posting=Posting(one.posting.id, "")))
    report(count, len(seen), clock, told, time.perf_counter() - begun)


def verdict(
    told: dict[str, Counter[str]], one: Sighting, answer: tuple[int, Link] | None, first: int
) -> None:
    """Count what was found of what was planted, and what was said of anything else."""
    kind = one.of[0] if one.of else "nothing"
    if answer is None:
        told[kind]["nothing said"] += 1
        return
    ref, link = answer
    right = one.of is not None and (link.kind, ref) == (kind, first + one.of[1])
    told[kind]["found" if right else f"wrong {'strong' if link.strong else 'weak'}"] += 1


def report(
    count: int, made: int, clock: Clock, told: dict[str, Counter[str]], passed: float
) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{made:,} postings ({count:,} and those planted), {passed:.0f} s in all, {peak:.0f} MB")
    for step, spent in clock.spent.items():
        print(f"  {step:12} {spent:8.2f} s  {1e6 * spent / made:7.0f} us a posting")
    for kind, verdicts in sorted(told.items()):
        print(f"  {kind:12} " + ", ".join(f"{n:,} {word}" for word, n in verdicts.most_common()))


def main() -> None:
    parser = argparse.ArgumentParser(description="How linking grows with the postings.")
    parser.add_argument("postings", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--words", type=int, default=400, help="words of a text")
    parser.add_argument("--memory", action="store_true", help="keep the index in memory")
    options = parser.parse_args()
    for count in options.postings:
        with tempfile.TemporaryDirectory() as folder:
            path = ":memory:" if options.memory else str(Path(folder) / "index.db")
            measure(count, options.words, path)


if __name__ == "__main__":
    main()
