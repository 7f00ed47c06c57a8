"""The tables of a run, in Markdown. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.speed.entrants import FIRST, PHASES, SAME
from benchmarks.speed.figures import Figures, ratio
from benchmarks.speed.plan import HELP, IDLE, SMALL
from benchmarks.speed.targets import BOARDS, STOCK, targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.speed.entrants import Figure


BARE = 2
"""Lines of a table without rows."""


def write(figures: Iterable[Figure], machine: Mapping[str, str], sizes: Sequence[int]) -> str:
    """Give the whole report."""
    found = Figures(figures)
    parts = [
        "\n".join(f"* {name}: {value}" for name, value in machine.items()),
        "## What was promised\n\n" + _promised(found),
        "## What a page costs\n\n" + _slopes(found),
        *(f"## {size:,} pages\n\n{_size(found, size)}" for size in sizes),
        "## Commands that visit nothing\n\n" + _commands(found),
        "## Boards of 1,000 postings in one answer\n\n" + _boards(found),
        *_void(found),
    ]
    return "\n\n".join(parts) + "\n"


def grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Give a table: the first column is text, the others are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    made = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return made if len(lines) > BARE else "Not measured."


def number(value: float | None, digits: int = 2) -> str:
    """Write a number, or a dash where there is none."""
    return "-" if value is None else f"{value:,.{digits}f}"


def _promised(found: Figures) -> str:
    rows = [
        [target.words, f"{target.limit:g} {target.unit}", number(target.found, 3), target.verdict]
        for target in targets(found)
    ]
    return grid(["", "at most", "measured", "verdict"], rows)


def _watching(found: Figures, size: int, phase: str) -> list[str]:
    """Give who watches pages; a board's size is postings, which compare with no page."""
    return [name for name in found.entrants(size, phase) if name not in BOARDS]


def _slopes(found: Figures) -> str:
    """Give the slope between the two smallest sizes, start-up told apart."""
    names: dict[str, None] = {}
    for phase in PHASES:
        for size in found.sizes(STOCK, phase):
            all_of = _watching(found, size, phase)
            names |= {name: None for name in all_of if found.slope(name, phase) is not None}
    head = ["CPU ms a page (start-up CPU s)"]
    for phase in PHASES:
        head += [phase, "x Scrapy"]
    return grid(head, [[name, *_slope_cells(found, name)] for name in names])


def _slope_cells(found: Figures, name: str) -> list[str]:
    cells = []
    for phase in PHASES:
        slope, start = found.slope(name, phase), found.start(name, phase)
        cells += [
            f"{number(slope)} ({number(start, 1)})" if slope is not None else "-",
            number(ratio(slope, found.slope(STOCK, phase))),
        ]
    return cells


def _size(found: Figures, size: int) -> str:
    head = ["start-up included", "phase", "runs", "CPU s", "x Scrapy", "pages/s", "MB largest"]
    rows = [
        _row(found, name, size, phase) for phase in PHASES for name in _watching(found, size, phase)
    ]
    return grid([*head, "MB together", "answers"], rows)


def _row(found: Figures, name: str, size: int, phase: str) -> list[str]:
    cpu, wall = (found.median(name, size, phase, what) for what in ("cpu", "wall"))
    return [
        name,
        phase,
        f"{len(found.of(name, size, phase))}",
        number(cpu),
        number(ratio(cpu, found.median(STOCK, size, phase))),
        number(ratio(size, wall), 0),
        number(found.median(name, size, phase, "largest"), 0),
        number(found.median(name, size, phase, "together"), 0),
        _answers(found.of(name, size, phase)[-1]),
    ]


def _answers(figure: Figure) -> str:
    """Say how the pages were answered: ``304 x 1000``."""
    asked = [f"{status} x {count}" for status, count in figure.answers.items()]
    return ", ".join(asked) + f"; {figure.megabytes:.1f} MB"


def _boards(found: Figures) -> str:
    head = ["start-up included", "phase", "postings", "runs", "CPU s", "s", "MB largest"]
    rows = [
        [
            name,
            phase,
            f"{size:,}",
            f"{len(found.of(name, size, phase))}",
            *(number(found.median(name, size, phase, what)) for what in ("cpu", "wall")),
            number(found.median(name, size, phase, "largest"), 0),
            number(found.median(name, size, phase, "together"), 0),
        ]
        for name in BOARDS
        for phase in (FIRST, SAME)
        for size in found.sizes(name, phase)
    ]
    return grid([*head, "MB together"], rows)


def _commands(found: Figures) -> str:
    rows = [
        [name, f"{size:,}", f"{len(found.of(name, size, SMALL))}", number(cpu), number(wall)]
        for name in (HELP, IDLE)
        for size in found.sizes(name, SMALL)
        for cpu, wall in [[found.median(name, size, SMALL, what) for what in ("cpu", "wall")]]
    ]
    return grid(["", "postings known", "runs", "CPU s", "s"], rows)


def _void(found: Figures) -> list[str]:
    if not found.void:
        return []
    lines = [f"* {each.entrant}, {each.pages:,}, {each.phase}: {each.fault}" for each in found.void]
    return ["## Void, because the result was not right\n\n" + "\n".join(lines)]
