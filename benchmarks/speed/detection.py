"""changedetection.io in its batch mode: one round over all pages, then it ends by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.speed import meter
from benchmarks.speed.entrants import CHANGED, FIRST, PHASES, Task, first_fault, missed
from benchmarks.speed.servers import free

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.speed.meter import Cost
    from benchmarks.speed.servers import Answers

SHOWN = ("pay", "town", "passage")
"""The edits that stand in what a page shows, which is all that it compares."""


@dataclass(frozen=True)
class Detection:
    """changedetection.io, installed at ``program``; settings as shipped, but quiet."""

    program: Path
    name: str = "changedetection.io"
    most: int = 1000
    turns: int = 1
    phases: tuple[str, ...] = PHASES

    def ready(self, task: Task) -> None:
        """Make room; the pages are named when it first starts."""
        task.folder.mkdir(parents=True)

    def visit(self, task: Task, phase: str) -> Cost:
        """Look at all pages once."""
        links = task.website.links(task.port)
        what = (
            [word for link in links for word in ("-u", link)] if phase == FIRST else ["-r", "all"]
        )
        listen = ["-h", "127.0.0.1", "-p", str(free("127.0.0.1"))]
        environment = {
            "HOME": str(task.folder),
            "ALLOW_IANA_RESTRICTED_ADDRESSES": "true",
            "DISABLE_VERSION_CHECK": "true",
            "LOGGER_LEVEL": "WARNING",
        }
        command = [self.program, "-d", "store", "-C", "-b", *listen, *what]
        return meter.measure(command, folder=task.folder, environment=environment)

    def fault(self, task: Task, phase: str, cost: Cost, answers: Answers) -> str:
        """Count the pages of which there are two states, and that every page was asked for."""
        histories = (task.folder / "store").glob("*/history.txt")
        states = [len(history.read_text().splitlines()) for history in histories]
        edits = task.edits(*SHOWN) if phase == CHANGED else 0
        return first_fault(
            missed("exit code", 0, cost.code),
            missed("pages known", task.pages, len(states)),
            missed("changed pages", edits, sum(count > 1 for count in states)),
            missed("pages asked", task.pages, sum(answers.pages.values())),
        )
