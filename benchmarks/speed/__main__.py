"""``make bench``: measures, and writes figures.json and table.md into its folder."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.speed import machine, ours, plan, table
from benchmarks.speed.detection import Detection
from benchmarks.speed.entrants import Entrant, Figure, program
from benchmarks.speed.stock import Stock
from benchmarks.speed.watchers import Watcher
from benchmarks.speed.website import Website

if TYPE_CHECKING:
    from collections.abc import Iterator

WATCHERS = (("urlwatch", "--cache", 10_000, 1000), ("webchanges", "--database", 1000, 1))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--reps", type=int, nargs="+", default=[5, 1], help="one for each size")
    parser.add_argument("--boards", type=int, nargs=2, default=[1, 11], help="one number and more")
    parser.add_argument("--out", type=Path, default=Path("build/bench"))
    parser.add_argument("--peers", type=Path, default=Path("build/peers"))
    parser.add_argument("--only", nargs="+", default=[], help="names, or patterns of names")
    asked = parser.parse_args()
    if uneven := [size for size in asked.sizes if not Website(asked.out, size).even]:
        parser.error(f"{uneven[0]} pages: take hundreds up to 1,000, thousands beyond")
    return asked


def peers(folder: Path) -> list[Watcher | Detection]:
    """Give the other programs that are installed there."""
    watchers = [
        Watcher(name, found, option, most, turns)
        for name, option, most, turns in WATCHERS
        if (found := program(name, folder))
    ]
    detection = program(Detection.name, folder)
    return [*watchers, *([Detection(detection)] if detection else [])]


def measured(asked: argparse.Namespace, place: plan.Place) -> Iterator[Figure]:
    """Measure everything that was asked for."""
    entrants: list[Entrant] = [*ours.OURS, Stock(), *peers(asked.peers)]
    if asked.only:
        entrants = [e for e in entrants if any(fnmatch(e.name, name) for name in asked.only)]
    repetitions = [*asked.reps, *[asked.reps[-1]] * len(asked.sizes)]
    yield from plan.helped(place, repetitions[0])
    for size, times in zip(asked.sizes, repetitions, strict=False):
        yield from plan.pages(place, entrants, size, times)
    yield from plan.boards(place, asked.boards, repetitions[0])


def main() -> int:
    """Measure, write, and leave with 1 when a figure is void."""
    asked = arguments()
    asked.out.mkdir(parents=True, exist_ok=True)
    about = machine.described([each.program for each in peers(asked.peers)])
    about |= {"begun": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load {machine.load()}"}
    figures = []
    with tempfile.TemporaryDirectory(prefix="rolecall-bench-") as work:
        for figure in measured(asked, plan.Place(asked.out, Path(work))):
            figures.append(figure)
            print(
                f"{figure.entrant:32} {figure.pages:7,} {figure.phase:8} {figure.cpu:7.2f} CPU s "
                f"{figure.wall:7.2f} s {figure.together:4.0f} MB {figure.fault}",
                file=sys.stderr,
                flush=True,
            )
            lines = [json.dumps(asdict(each)) for each in figures]
            (asked.out / "figures.jsonl").write_text("\n".join(lines) + "\n")
    about |= {"ended": f"{datetime.now(UTC):%H:%M} UTC, load {machine.load()}"}
    report = table.write(figures, about, asked.sizes)
    (asked.out / "table.md").write_text(report)
    print(report)
    return 1 if any(figure.fault for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
