"""A stock Scrapy spider with a feed: no memory, so every visit reads every page in full."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.speed import meter
from benchmarks.speed.entrants import CHANGED, PHASES, Task, first_fault, missed, program

if TYPE_CHECKING:
    from benchmarks.speed.meter import Cost
    from benchmarks.speed.servers import Answers


@dataclass(frozen=True)
class Stock:
    """``scrapy runspider`` over the links of all pages; settings as shipped, but the log at INFO.

    It runs outside of the project, whose settings Scrapy would take otherwise.
    """

    name: str = "Scrapy, css fields and feed"
    phases: tuple[str, ...] = PHASES
    most: int = 1_000_000
    turns: int = 1000

    def ready(self, task: Task) -> None:
        """Write the links."""
        task.folder.mkdir(parents=True)
        (task.folder / "links.txt").write_text("\n".join(task.website.links(task.port)))

    def visit(self, task: Task, phase: str) -> Cost:
        """Read all pages into a feed of the phase."""
        spider = Path(__file__).with_name("spider.py")
        feed = f"{phase}.jsonl"
        words = ["runspider", spider, "-a", "links=links.txt", "-o", feed, "-s", "LOG_LEVEL=INFO"]
        return meter.measure([program("scrapy") or "scrapy", *words], folder=task.folder)

    def fault(self, task: Task, phase: str, cost: Cost, answers: Answers) -> str:
        """Count the feed's lines and the answers; a page that is gone gives no line."""
        gone = {404: task.share} if phase == CHANGED else {}
        there = task.pages - sum(gone.values())
        lines = (task.folder / f"{phase}.jsonl").read_text().splitlines()
        whole = sum(all(json.loads(line).values()) for line in lines)
        return first_fault(
            missed("exit code", 0, cost.code),
            missed("postings", there, whole),
            missed("pages answered", {200: there, **gone}, dict(answers.pages)),
        )
