"""Numbers become the shapes of a chart: points, bars, ticks, in the units of its view box. Pure.

A chart never stands alone: its table says the same in numbers. Nothing here carries a colour; two
series differ in their stroke, and the style sheet draws the second one dashed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 560, 210
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 12, 14, 30
_STEPS = (1, 2, 2.5, 5, 10)
_TICKS = 4
_LABELS = 5
_EDGE = 30
"""How near to a side words in the middle of their place would run over it."""
_GAP = 0.2
"""The share of a bar's room that is left free."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; ``other`` is the second series, ``words`` what it stands for."""

    x: float
    y: float
    width: float
    height: float
    words: str
    other: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """One labelled place on an axis."""

    at: float
    words: str

    @property
    def anchor(self) -> str:
        """Say which end of its words stands there: none may run over a side of the chart."""
        if self.at < _LEFT + _EDGE:
            return "start"
        return "end" if self.at > WIDTH - _RIGHT - _EDGE else "middle"


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn: lines as the points of polylines, bars, and the labels of both axes."""

    title: str
    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]
    lines: tuple[str, ...] = ()
    bars: tuple[Bar, ...] = ()
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    bottom: int = HEIGHT - _BOTTOM


def lined(title: str, labels: Sequence[str], series: Sequence[Sequence[float]]) -> Chart:
    """Draw values over time, one line a series."""
    top = _top(max((max(values, default=0) for values in series), default=0))
    at = [_across(number, max(len(labels) - 1, 1)) for number in range(len(labels))]
    lines = tuple(
        " ".join(f"{x:.1f},{_up(value, top):.1f}" for x, value in zip(at, values, strict=True))
        for values in series
    )
    return Chart(title, _rows(top), _columns(labels, at), lines)


def barred(
    title: str, labels: Sequence[str], series: Sequence[tuple[str, Sequence[float]]]
) -> Chart:
    """Draw values side by side, one bar a series; ``series`` are named."""
    top = _top(max((max(values, default=0) for _, values in series), default=0))
    room = (WIDTH - _LEFT - _RIGHT) / max(len(labels), 1)
    wide = room * (1 - _GAP) / max(len(series), 1)
    bars = [
        Bar(
            x=round(_LEFT + room * number + room * _GAP / 2 + wide * which, 1),
            y=round(_up(value, top), 1),
            width=round(wide, 1),
            height=round(HEIGHT - _BOTTOM - _up(value, top), 1),
            words=f"{label}: {wording.numeral(f'{value:,g}')} {name}",
            other=which > 0,
        )
        for which, (name, values) in enumerate(series)
        for number, (label, value) in enumerate(zip(labels, values, strict=True))
        if value
    ]
    at = [_LEFT + room * (number + 0.5) for number in range(len(labels))]
    return Chart(title, _rows(top), _columns(labels, at), bars=tuple(bars))


def stepped(title: str, steps: Sequence[tuple[int, float]], unit: str) -> Chart:
    """Draw a share (0 to 1) that falls in steps: it holds from each number of units on."""
    last = max(steps[-1][0], 1)
    points: list[str] = []
    before = steps[0][1]
    for number, share in steps:
        x = _across(number, last)
        points += [f"{x:.1f},{_up(before, 1):.1f}", f"{x:.1f},{_up(share, 1):.1f}"]
        before = share
    rows = tuple(Tick(_up(share / 4, 1), f"{wording.number(share * 25)} %") for share in range(5))
    numbers = sorted({round(last * part / _LABELS) for part in range(_LABELS + 1)})
    columns = tuple(
        Tick(_across(number, last), f"{wording.number(number)} {unit}") for number in numbers
    )
    return Chart(title, rows, columns, (" ".join(points),))


def _across(number: float, last: float) -> float:
    return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * number / last, 1)


def _up(value: float, top: float) -> float:
    return HEIGHT - _BOTTOM - (HEIGHT - _BOTTOM - _TOP) * value / top


def _top(most: float) -> float:
    """Give the end of an axis: the least round number that a few round steps reach."""
    return step(most) * max(math.ceil(most / step(most)), 1)


def step(most: float, parts: int = _TICKS) -> float:
    """Give a round number of which at most about ``parts`` make up a whole; never below 1."""
    rough = max(most, 1) / parts
    scale: float = 10.0 ** math.floor(math.log10(rough))
    return max(next(one * scale for one in _STEPS if one * scale >= rough), 1)


def _rows(top: float) -> tuple[Tick, ...]:
    each = step(top)
    count = round(top / each)
    return tuple(
        Tick(round(_up(n * each, top), 1), wording.numeral(f"{n * each:,g}"))
        for n in range(count + 1)
    )


def _columns(labels: Sequence[str], at: Sequence[float]) -> tuple[Tick, ...]:
    """Label a few places only: words must not run into one another."""
    every = max(math.ceil(len(labels) / _LABELS), 1)
    return tuple(
        Tick(round(x, 1), label)
        for number, (label, x) in enumerate(zip(labels, at, strict=True))
        if number % every == 0
    )
