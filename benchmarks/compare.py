"""How comparing grows: `python benchmarks/compare.py [POSTINGS]... [--board N] [--words N]`.

Invented boards are visited three times: the baseline, the same again with every stamp moved, and a
visit in which some postings are gone, new, paid otherwise or reworded. Each visit is judged as the
product judges it, board after board; times are CPU seconds of this process, and what was told is
counted against what was done. A board has at most 10,000 postings, as the largest real ones do.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from crawler.items import Crawl, Place, Posting, Salary, Source
from monitor.compare import judge, signature
from monitor.events import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

START = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
VOCABULARY = [f"word{number}" for number in range(5_000)]
SHARES = {"gone": 0.02, "paid": 0.02, "reworded": 0.05, "hours": 0.01}
"""What happens to postings between the second and the third visit; as many are new as go."""


def posting(number: int, words: int, chance: random.Random) -> Posting:
    sentences = [
        " ".join(chance.choices(VOCABULARY, k=12)).capitalize() + "."
        for _ in range(max(words // 12, 1))
    ]
    return Posting(
        id=f"{number}",
        title=f"Keel Fitter {number}",
        organization="Harborline Ltd",
        places=(Place("Gdynia, PL", locality="Gdynia", country="PL"),),
        salary=Salary(50_000, 70_000, "EUR", "year", raw="€50k to 70k"),
        date_updated="2026-03-01",
        body="\n".join([*sentences, "We cannot sponsor visas.", "You work 40 hours a week."]),
        url=f"https://jobs.harborline.example/{number}",
    )


def crawl(day: int, postings: list[Posting]) -> Crawl:
    at = START + timedelta(days=day)
    source = Source("harbor", "greenhouse", board="harborline")
    return Crawl(source, at, at, "complete", postings=tuple(postings))


def later(postings: list[Posting], words: int, chance: random.Random) -> Iterator[Posting]:
    """Give the third visit's postings, some of them changed, some in place of one that is gone."""
    kinds = (*SHARES, "nothing")
    weights = (*SHARES.values(), 1 - sum(SHARES.values()))
    for one in postings:
        done = chance.choices(kinds, weights)[0]
        if done == "gone":
            yield posting(int(one.id) + 10_000_000, words, chance)
        elif done == "paid":
            yield replace(one, salary=Salary(55_000, 77_000, "EUR", "year"))
        elif done == "reworded":
            yield replace(one, body=one.body.replace("word", "term", 20))
        elif done == "hours":
            yield replace(one, body=one.body.replace("40 hours", "36 hours"))
        else:
            yield replace(one, date_updated="2026-03-04")


def measure(count: int, board: int, words: int) -> None:
    chance, spent, told = random.Random(7), Counter[str](), Counter[str]()
    wall = time.perf_counter()
    for first in range(0, count, board):
        postings = [
            posting(number, words, chance) for number in range(first, min(first + board, count))
        ]
        visits = {
            "baseline": postings,
            "stamps moved": [replace(one, date_updated="2026-03-03") for one in postings],
            "a tenth changed": list(later(postings, words, chance)),
        }
        standing = Standing("harbor")
        for day, (what, listing) in enumerate(visits.items()):
            visit = crawl(day, listing)
            begun = time.process_time()
            judgement = judge(visit, standing)
            groups = {signature(event) for event in judgement.events if event.kind == "changed"}
            spent[what] += time.process_time() - begun
            standing = replace(
                judgement.standing, known={**standing.known, **judgement.standing.known}
            )
            told[f"{what}: groups of edits"] += len(groups)
            for event in judgement.events:
                told[f"{what}: {event.kind}{' (held)' if event.held else ''}"] += 1
    report(count, spent, told, time.perf_counter() - wall)


def report(count: int, spent: Counter[str], told: Counter[str], passed: float) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count:,} postings, {passed:.0f} s in all, peak {peak:.0f} MB")
    for what, seconds in spent.items():
        print(f"  {what:16} {seconds:8.2f} s  {1e6 * seconds / count:7.1f} us a posting")
    print("  " + ", ".join(f"{what} {n:,}" for what, n in told.items() if n))


def main() -> None:
    parser = argparse.ArgumentParser(description="How comparing grows with the postings.")
    parser.add_argument("postings", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--board", type=int, default=10_000, help="postings of one board at most")
    parser.add_argument("--words", type=int, default=400, help="words of a text")
    options = parser.parse_args()
    for count in options.postings:
        measure(count, options.board, options.words)


if __name__ == "__main__":
    main()
