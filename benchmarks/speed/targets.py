"""What is promised, what was measured, and whether it holds. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.speed.entrants import CHANGED, FIRST, SAME
from benchmarks.speed.figures import Figures, ratio
from benchmarks.speed.plan import HELP, IDLE, SMALL

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLECALL, PLAIN = "Rolecall", "Rolecall, no validators"
STOCK, URLWATCH = "Scrapy, css fields and feed", "urlwatch"
BOARDS = ("board, 304", "board, same body")
MANY = 100_000
"""Postings known when memory is judged."""
FLAT = 1.15
"""By how much the cost of a page may grow from the first two sizes to the next two: noise."""


@dataclass(frozen=True, slots=True)
class Target:
    """One promise: at most ``limit``; ``found`` is nothing where this run did not measure it."""

    words: str
    limit: float
    unit: str
    found: float | None

    @property
    def verdict(self) -> str:
        """Say whether it holds."""
        if self.found is None:
            return "not measured"
        return "holds" if self.found <= self.limit else "missed"


def targets(figures: Figures) -> list[Target]:
    """Give every promise of the project about cost, as far as these figures tell."""
    return [*_slopes(figures), *_against_urlwatch(figures), *_boards(figures), *_others(figures)]


def _slopes(figures: Figures) -> Iterator[Target]:
    for words, who, phase, limit in (
        ("a page more, unchanged (304)", ROLECALL, SAME, 0.15),
        ("a page more, unchanged (same body)", PLAIN, SAME, 0.15),
        ("a page more, first read", ROLECALL, FIRST, 0.25),
        ("a page more, 1 % changed", ROLECALL, CHANGED, 0.16),
    ):
        found = ratio(figures.slope(who, phase), figures.slope(STOCK, phase))
        yield Target(words, limit, "x Scrapy", found)
    yield Target("start-up", 1.2, "CPU s", figures.start(ROLECALL, SAME))


def _against_urlwatch(figures: Figures) -> Iterator[Target]:
    for pages, limit in ((1000, 0.5), (10_000, 0.1)):
        both = (figures.median(who, pages, SAME) for who in (ROLECALL, URLWATCH))
        yield Target(
            f"{pages:,} pages unchanged, start-up included", limit, "x urlwatch", ratio(*both)
        )


def _boards(figures: Figures) -> Iterator[Target]:
    for name in BOARDS:
        yield Target(f"a posting of a {name}", 0.15, "CPU ms", figures.slope(name, SAME))


def _others(figures: Figures) -> Iterator[Target]:
    flat = ratio(figures.slope(ROLECALL, SAME, 1), figures.slope(ROLECALL, SAME))
    yield Target("a page from the second size on, against one before", FLAT, "x", flat)
    memory = figures.median(ROLECALL, MANY, SAME, "together")
    yield Target(f"memory of all processes, {MANY:,} postings known", 150, "MB", memory)
    idle = [
        figures.median(IDLE, pages, SMALL, "wall") or 0.0 for pages in figures.sizes(IDLE, SMALL)
    ]
    yield Target(HELP, 0.15, "s", figures.median(HELP, 0, SMALL, "wall"))
    yield Target(IDLE, 0.5, "s", max(idle, default=None))
