"""Rolecall as its users run it: a rolecall.toml, a store, and `rolecall crawl`."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.speed import meter
from benchmarks.speed.boards import POSTINGS, Boards
from benchmarks.speed.entrants import (
    CHANGED,
    FIRST,
    PHASES,
    SAME,
    Task,
    first_fault,
    missed,
    program,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from benchmarks.speed.meter import Cost
    from benchmarks.speed.servers import Answers

HEAD = """\
contact = "bench@rolecall.example"
[network]
allow = ["127.0.0.0/8:{port}"]
delay = 0
"""
SELECTED = """\
[source.options]
rows = ".card"
next = true
detail = true
[source.options.fields]
title = "h2"
url = "h2 a"
place = ".card__place"
salary = ".card__pay"
date = ".card__date"
"""


IN_ROWS = ("pay", "town")
"""The edits that a row of the listing shows."""


def tables(kind: str, links: Iterable[str], more: str = "") -> str:
    """Give a table for each source."""
    return "".join(
        f'[[source]]\nid = "s{at}"\nkind = "{kind}"\nurl = "{link}"\n{more}'
        for at, link in enumerate(links)
    )


def start(folder: Path, port: int, sources: str) -> None:
    """Write a configuration with an empty store beside it."""
    folder.mkdir(parents=True)
    (folder / "rolecall.toml").write_text(HEAD.format(port=port) + sources)


def crawl(folder: Path, count: int) -> Cost:
    """Visit all sources of a folder."""
    names = [f"s{at}" for at in range(count)]
    return meter.measure([rolecall(), "crawl", "--json", *names], folder=folder)


def rolecall() -> Path:
    """Give the program; it is installed where this runs, or nothing can be measured."""
    found = program("rolecall")
    if found is None:
        raise FileNotFoundError("rolecall is not installed beside this Python; run `make bench`")
    return found


@dataclass(frozen=True, slots=True)
class Said:
    """What a crawl printed: outcomes of visits, postings they found, events by kind."""

    outcomes: Counter[str] = field(default_factory=Counter)
    postings: int = 0
    events: Counter[str] = field(default_factory=Counter)


def said(out: str) -> Said:
    """Read what a crawl printed as JSON lines."""
    lines: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]
    visits = [line for line in lines if "crawl" in line]
    events = Counter(
        ("held " if line["held"] else "") + line["event"] for line in lines if "event" in line
    )
    outcomes = Counter(line["crawl"] for line in visits)
    return Said(outcomes, sum(line["postings"] for line in visits), events)


@dataclass(frozen=True)
class Rolecall:
    """Rolecall with one source a site; ``begins`` is the path at which each source begins.

    ``every_page``: each page of a posting is asked for at each visit; else rows of the listing
    vouch for those whose row did not change.
    """

    name: str
    kind: str = "careers_page"
    begins: str = "/sitemap.xml"
    more: str = ""
    validated: bool = True
    every_page: bool = True
    phases: tuple[str, ...] = PHASES
    most: int = 1_000_000
    turns: int = 1000

    def _addresses(self, task: Task) -> Sequence[str]:
        return task.website.validated if self.validated else task.website.plain

    def ready(self, task: Task) -> None:
        """Write the configuration."""
        links = (f"http://{each}:{task.port}{self.begins}" for each in self._addresses(task))
        start(task.folder, task.port, tables(self.kind, links, self.more))

    def visit(self, task: Task, phase: str) -> Cost:  # noqa: ARG002 - the same in each phase
        """Visit all sources."""
        return crawl(task.folder, task.website.sites)

    def fault(self, task: Task, phase: str, cost: Cost, answers: Answers) -> str:
        """Compare what was said and asked with what the pages hold."""
        found = said(cost.out)
        outcome = "unchanged" if phase == SAME else "complete"
        return first_fault(
            missed("exit code", 0, cost.code),
            missed("outcomes", {outcome: task.website.sites}, dict(found.outcomes)),
            missed("postings", task.pages, found.postings),
            missed("events", self._events(task, phase), dict(found.events)),
            missed("pages answered", self._answers(task, phase), dict(answers.pages)),
            missed("robots.txt asked", task.website.sites, answers.robots),
        )

    def _events(self, task: Task, phase: str) -> dict[str, int]:
        """Give the events that the second version must raise, by what can be seen of it."""
        if phase != CHANGED:
            return {}
        edits = task.share if self.every_page else task.edits(*IN_ROWS)
        return {"opened": task.share, "changed": edits, "held closed": task.share}

    def _answers(self, task: Task, phase: str) -> dict[int, int]:
        """Give how the pages of postings must have been answered."""
        if phase == FIRST:
            return {200: task.pages}
        if not self.every_page:
            return {200: task.share + task.edits(*IN_ROWS)} if phase == CHANGED else {}
        if not self.validated:
            return {200: task.pages}
        if phase == SAME:
            return {304: task.pages}
        return {304: task.pages - 2 * task.share, 200: 2 * task.share}


@dataclass(frozen=True)
class BoardVisit:
    """So many boards of 1,000 postings each, visited twice."""

    boards: Boards

    @property
    def name(self) -> str:
        """What the table calls it."""
        return "board, 304" if self.boards.validated else "board, same body"

    def ready(self, folder: Path, port: int) -> None:
        """Write the configuration."""
        links = (f"http://{each}:{port}/" for each in self.boards.addresses)
        start(folder, port, tables("recruitee", links))

    def visit(self, folder: Path) -> Cost:
        """Visit all boards."""
        return crawl(folder, self.boards.count)

    def fault(self, phase: str, cost: Cost) -> str:
        """Compare what was said with what the boards hold."""
        found = said(cost.out)
        outcome = "unchanged" if phase == SAME else "complete"
        return first_fault(
            missed("exit code", 0, cost.code),
            missed("outcomes", {outcome: self.boards.count}, dict(found.outcomes)),
            missed("postings", self.boards.count * POSTINGS, found.postings),
            missed("events", {}, dict(found.events)),
        )


OURS = (
    Rolecall("Rolecall"),
    Rolecall("Rolecall, no validators", validated=False),
    Rolecall("Rolecall, from listings", begins="/list/1"),
    Rolecall(
        "Rolecall, listing first", kind="listing", begins="/list/1", more=SELECTED, every_page=False
    ),
)
"""The first two ask for every page from a sitemap, the third from the listing; the last asks only
for pages whose row in the listing changed, which is what `rolecall add` sets up where it can."""
