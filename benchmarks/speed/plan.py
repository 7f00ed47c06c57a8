"""The order of a run: everybody visits in turn, phase by phase, again and again."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.speed import meter, ours
from benchmarks.speed.boards import POSTINGS, Boards
from benchmarks.speed.entrants import (
    FIRST,
    PHASES,
    SAME,
    VERSION_OF,
    Entrant,
    Figure,
    Task,
    figure,
    first_fault,
    missed,
)
from benchmarks.speed.servers import Server
from benchmarks.speed.website import VERSIONS, Website

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.speed.meter import Cost

HELP, IDLE = "rolecall --help", "rolecall run, nothing due"
SMALL = "start"
"""The phase of what visits nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where sites are kept between runs, and where programs work during one."""

    kept: Path
    work: Path


def pages(
    place: Place, entrants: Sequence[Entrant], count: int, repetitions: int
) -> Iterator[Figure]:
    """Measure all entrants on so many pages, so many times, interleaved."""
    website = Website(place.kept / f"site-{count}", count)
    website.write()
    taking = [entrant for entrant in entrants if count <= entrant.most]
    with Server(place.kept, website.validated, website.plain) as server:
        website.publish(server.port)
        for turn in range(repetitions):
            at = turn % len(taking)
            order = [each for each in (*taking[at:], *taking[:at]) if turn < each.turns]
            yield from _round(place, order, server, website)


def _round(
    place: Place, entrants: Sequence[Entrant], server: Server, website: Website
) -> Iterator[Figure]:
    tasks = {}
    for at, entrant in enumerate(entrants):
        folder = place.work / f"{at}"
        shutil.rmtree(folder, ignore_errors=True)
        tasks[entrant.name] = Task(website, server.port, folder)
        entrant.ready(tasks[entrant.name])
    for phase in PHASES:
        server.switch(website.folder / VERSION_OF[phase])
        for entrant in entrants:
            if phase in entrant.phases:
                yield figure(entrant, tasks[entrant.name], phase, server.answers)
        time.sleep(1)  # a second visit in one second would be the same visit
    for entrant in entrants:
        if isinstance(entrant, ours.Rolecall):
            yield _idle(tasks[entrant.name], server)
            return


def _idle(task: Task, server: Server) -> Figure:
    """Measure a run that has nothing to visit, with a full store."""
    server.answers()
    cost = meter.measure([ours.rolecall(), "run"], folder=task.folder)
    given = server.answers()
    asked = given.others + sum(given.pages.values())
    fault = first_fault(missed("exit code", 0, cost.code), missed("requests", 0, asked))
    return small(IDLE, task.pages, cost, fault)


def small(name: str, pages: int, cost: Cost, fault: str) -> Figure:
    """Give the figure of a command that visits nothing."""
    return Figure(name, pages, SMALL, cost.cpu, cost.wall, cost.largest, cost.together, fault=fault)


def helped(place: Place, repetitions: int) -> Iterator[Figure]:
    """Measure ``rolecall --help``."""
    for _ in range(repetitions):
        cost = meter.measure([ours.rolecall(), "--help"], folder=place.work)
        shown = "Usage: rolecall" in cost.out
        yield small(
            HELP,
            0,
            cost,
            first_fault(missed("exit code", 0, cost.code), "" if shown else "no help"),
        )


def boards(place: Place, counts: Sequence[int], repetitions: int) -> Iterator[Figure]:
    """Measure boards of 1,000 postings, answered with 304 and with the same body again."""
    kept = place.kept / "boards"
    both = [[Boards(kept, count, validated=side) for count in counts] for side in (True, False)]
    for each in both:
        each[-1].write()
    with Server(place.kept, both[0][-1].addresses, both[1][-1].addresses) as server:
        server.switch(kept / VERSIONS[0])
        for _ in range(repetitions):
            for side in zip(*both, strict=True):
                for made in side:
                    yield from _board(place, ours.BoardVisit(made), server.port)


def _board(place: Place, visit: ours.BoardVisit, port: int) -> Iterator[Figure]:
    folder = place.work / "board"
    shutil.rmtree(folder, ignore_errors=True)
    visit.ready(folder, port)
    for phase in (FIRST, SAME):
        cost = visit.visit(folder)
        yield Figure(
            visit.name,
            visit.boards.count * POSTINGS,
            phase,
            cost.cpu,
            cost.wall,
            cost.largest,
            cost.together,
            fault=visit.fault(phase, cost),
        )
        time.sleep(1)
