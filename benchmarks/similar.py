"""How long it takes to find what is similar: `python benchmarks/similar.py [POSTINGS]`.

Boards of 2,000 postings each, texts of 200 words whose frequencies are those of a language (Zipf).
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from store import CHANCE, FREQUENCY, START, WORDS, judge, posting, visit

from crawler.items import Source
from monitor.search import Search
from monitor.store import Store

BOARD = 2000


def fill(store: Store, count: int) -> None:
    for first in range(0, count, BOARD):
        name = f"board{first // BOARD}"
        each = [
            replace(
                posting(number, 200),
                title=" ".join(CHANCE.choices(WORDS, FREQUENCY, k=4)),
                organization=name,
                url=f"https://{name}.example/{number}",
            )
            for number in range(first, min(first + BOARD, count))
        ]
        source = Source(name, "greenhouse", board=name)
        store.record(replace(visit(0, each), source=source, pages=()), judge)


def measure(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "r.db") as store:
        fill(store, count)
        times, found = [], 0
        for number in CHANCE.sample(range(count), 20):
            begun = time.perf_counter()
            answer = store.similar(str(number))
            times.append(time.perf_counter() - begun)
            found += len(answer[1]) if answer else 0
        times.sort()
        search = Search("s", "S", like="board0/7")
        begun = time.perf_counter()
        store.pending(search, START)
        passed = time.perf_counter() - begun
    print(
        f"{count:,} postings: similar {times[10]:.2f} s in the median, {times[-1]:.2f} s at most,"
    )
    print(f"{found // 20} candidates each; pending of a new search with like {passed:.2f} s")


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
