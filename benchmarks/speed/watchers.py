"""urlwatch and webchanges: each page is a job of its own, watched whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.speed import meter
from benchmarks.speed.entrants import CHANGED, FIRST, PHASES, SAME, Task, first_fault, missed

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.speed.meter import Cost
    from benchmarks.speed.servers import Answers

REPORT = """\
display: {new: true, error: true, unchanged: false}
report:
  text: {line_length: 75, details: false, footer: false, minimal: true}
  stdout: {enabled: true, color: false}
"""


@dataclass(frozen=True)
class Watcher:
    """A program of urlwatch's family, installed at ``program``."""

    name: str
    program: Path
    database: str
    most: int
    turns: int
    phases: tuple[str, ...] = PHASES

    def ready(self, task: Task) -> None:
        """Write the list of pages and a configuration that only prints."""
        task.folder.mkdir(parents=True)
        links = task.website.links(task.port)
        jobs = "\n---\n".join(f"name: page {at}\nurl: {link}" for at, link in enumerate(links))
        (task.folder / "jobs.yaml").write_text(jobs + "\n")
        (task.folder / "config.yaml").write_text(REPORT)
        (task.folder / "hooks.py").write_text("")

    def visit(self, task: Task, phase: str) -> Cost:  # noqa: ARG002 - the same in each phase
        """Look at all pages once."""
        words = ["--urls", "jobs.yaml", "--config", "config.yaml", "--hooks", "hooks.py"]
        command = [self.program, *words, self.database, "pages.db"]
        return meter.measure(command, folder=task.folder, environment={"HOME": str(task.folder)})

    def fault(self, task: Task, phase: str, cost: Cost, answers: Answers) -> str:
        """Count what was reported, and that every page was asked for."""
        new = task.pages if phase == FIRST else 0
        edits = task.share if phase == CHANGED else 0
        return first_fault(
            missed("new pages", new, reported(cost.out, "new")),
            missed("changed pages", edits, reported(cost.out, "changed")),
            missed("pages asked", task.pages, sum(answers.pages.values())),
            missed("not modified", 0, answers.pages[200]) if phase == SAME else "",
        )


def reported(out: str, what: str) -> int:
    """Count the pages that a report calls new or changed."""
    return len(re.findall(rf"^(?:\d+\. )?{what}:", out, re.IGNORECASE | re.MULTILINE))
