"""What measurements come to: medians, slopes, ratios. Pure."""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.speed.entrants import Figure


class Figures:
    """Measurements by entrant, pages and phase; void ones count for nothing and are kept apart."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._by: dict[tuple[str, int, str], list[Figure]] = defaultdict(list)
        self.void: list[Figure] = []
        for figure in figures:
            if figure.fault:
                self.void.append(figure)
            else:
                self._by[figure.entrant, figure.pages, figure.phase].append(figure)

    def of(self, entrant: str, pages: int, phase: str) -> list[Figure]:
        """Give all measurements of one thing."""
        return self._by.get((entrant, pages, phase), [])

    def entrants(self, pages: int, phase: str) -> list[str]:
        """Give who was measured, in the order of the first time."""
        return [who for who, size, when in self._by if (size, when) == (pages, phase)]

    def sizes(self, entrant: str, phase: str) -> list[int]:
        """Give the numbers of pages at which something was measured."""
        return sorted(size for who, size, when in self._by if (who, when) == (entrant, phase))

    def median(self, entrant: str, pages: int, phase: str, what: str = "cpu") -> float | None:
        """Give the median of one value; nothing where it was not measured."""
        found = [float(getattr(each, what)) for each in self.of(entrant, pages, phase)]
        return median(found) if found else None

    def slope(self, entrant: str, phase: str, step: int = 0) -> float | None:
        """Give the CPU milliseconds of one page more, between two neighbouring sizes."""
        sizes = self.sizes(entrant, phase)[step : step + 2]
        if len(sizes) != 2:  # noqa: PLR2004 - a slope has two ends
            return None
        ends = [self.median(entrant, size, phase) or 0.0 for size in sizes]
        return (ends[1] - ends[0]) / (sizes[1] - sizes[0]) * 1000

    def start(self, entrant: str, phase: str) -> float | None:
        """Give the CPU seconds that are spent however many pages there are."""
        slope, sizes = self.slope(entrant, phase), self.sizes(entrant, phase)
        if slope is None:
            return None
        return (self.median(entrant, sizes[0], phase) or 0.0) - slope * sizes[0] / 1000


def ratio(one: float | None, other: float | None) -> float | None:
    """Divide, where both were measured."""
    return one / other if one is not None and other else None
