"""What every program in the comparison can be asked: get ready, visit, and prove what it did."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from benchmarks.speed.openings import EVERY, edit
from benchmarks.speed.website import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.speed.meter import Cost
    from benchmarks.speed.servers import Answers
    from benchmarks.speed.website import Website

FIRST, SAME, CHANGED = "first", "same", "changed"
PHASES = (FIRST, SAME, CHANGED)
VERSION_OF = {FIRST: VERSIONS[0], SAME: VERSIONS[0], CHANGED: VERSIONS[1]}


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be watched: all pages of a website at a port, from a folder of one's own."""

    website: Website
    port: int
    folder: Path

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return self.website.pages

    @property
    def share(self) -> int:
        """How many pages are edited in the second version; as many are new, as many removed."""
        return self.pages // EVERY

    def edits(self, *kinds: str) -> int:
        """Give how many of the edits are of these kinds."""
        return sum(edit(number) in kinds for number in range(self.pages))


class Entrant(Protocol):
    """A program that watches pages."""

    @property
    def name(self) -> str:
        """What the table calls it."""

    @property
    def phases(self) -> tuple[str, ...]:
        """What it is asked to do."""

    @property
    def most(self) -> int:
        """Pages beyond which it is not asked, since it would take hours."""

    @property
    def turns(self) -> int:
        """How often it is asked, however often others are: what is slow needs no second look."""

    def ready(self, task: Task) -> None:
        """Write what it is started with."""

    def visit(self, task: Task, phase: str) -> Cost:
        """Look at every page once and give the cost."""

    def fault(self, task: Task, phase: str, cost: Cost, answers: Answers) -> str:
        """Say what it did not do that it should have; then its figure is void."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement: who, how many pages, in which phase, at what cost, and what was proved."""

    entrant: str
    pages: int
    phase: str
    cpu: float
    wall: float
    largest: float
    together: float
    answers: dict[str, int] = field(default_factory=dict)
    megabytes: float = 0.0
    fault: str = ""


def figure(entrant: Entrant, task: Task, phase: str, answers: Callable[[], Answers]) -> Figure:
    """Measure one visit and check it."""
    answers()  # what came before is nobody's
    cost = entrant.visit(task, phase)
    given = answers()
    fault = entrant.fault(task, phase, cost, given)
    asked = {str(status): count for status, count in sorted(given.pages.items())}
    return Figure(
        entrant.name,
        task.pages,
        phase,
        cost.cpu,
        cost.wall,
        cost.largest,
        cost.together,
        asked | {"other": given.others},
        round(given.size / 1e6, 2),
        fault,
    )


def missed(what: str, wanted: object, found: object) -> str:
    """Say that something is not as it should be, or nothing."""
    return "" if wanted == found else f"{what}: {found} instead of {wanted}"


def first_fault(*faults: str) -> str:
    """Give the first of these that says something."""
    return next(filter(None, faults), "")


def program(name: str, folder: Path | None = None) -> Path | None:
    """Find a program beside this Python, or in another environment's folder."""
    place = (folder / "bin") if folder else Path(sys.executable).parent
    found = shutil.which(name, path=str(place.absolute()))
    return Path(found) if found else None
