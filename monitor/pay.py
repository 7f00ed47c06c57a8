"""What happened to the pay: one named fact, and how much, in the pay's own period.

Pure. Nothing is converted: another period or currency is "not comparable", never a percentage. The
words around the amounts, their place in the text and who said them are not pay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.items import Salary, plain
from monitor.events import Change

if TYPE_CHECKING:
    from collections.abc import Callable

NOT_COMPARABLE = "not comparable"


def pay_change(before: Salary | None, after: Salary | None) -> Change | None:
    """Give the change of pay, or ``None`` when a reader would see the same pay.

    ``fact`` is one of appeared, vanished, currency changed, period changed, raised, lowered,
    widened, narrowed, moved. Raised and lowered mean that no end went the other way; widened and
    narrowed that the ends went apart or together; moved that an end was opened while the other
    went elsewhere. A currency or period that one side leaves out is no change by itself, and pay
    without any amount is no pay.
    """
    before, after = _stated(before), _stated(after)
    if _same(before, after):
        return None
    fact, note = _fact(before, after)
    return Change("salary", plain(before), plain(after), "material", fact, note)


def _stated(pay: Salary | None) -> Salary | None:
    """Give pay that has an amount, else ``None``."""
    return pay if pay is not None and _bounds(pay) else None


def _same(before: Salary | None, after: Salary | None) -> bool:
    """Say whether both sides state the same amounts and do not contradict each other."""
    if before is None or after is None:
        return before is after
    return (
        _ends(before) == _ends(after)
        and not _differ(before.currency, after.currency)
        and not _differ(before.period, after.period)
    )


def _ends(pay: Salary) -> tuple[float | None, float | None]:
    return pay.min, pay.max


def _differ(before: str | None, after: str | None) -> bool:
    """Say whether two stated words differ; what one side leaves out contradicts nothing."""
    return None not in (before, after) and before != after


def _fact(before: Salary | None, after: Salary | None) -> tuple[str, str | None]:
    """Name the fact, with its note."""
    if before is None or after is None:
        return ("vanished" if after is None else "appeared"), None
    if _differ(before.currency, after.currency):
        return "currency changed", NOT_COMPARABLE
    if _differ(before.period, after.period):
        return "period changed", NOT_COMPARABLE
    if before.period != after.period:
        return "moved", NOT_COMPARABLE
    return _direction(before, after), _shares(before, after)


def _direction(before: Salary, after: Salary) -> str:
    """Name how the interval moved; see ``pay_change``."""
    floor, top = _step(before.min, after.min), _step(before.max, after.max)
    if floor is None or top is None:
        return _openness(before, after)
    if floor * top < 0:
        return "widened" if top > 0 else "narrowed"
    return "raised" if floor + top > 0 else "lowered"


def _step(before: float | None, after: float | None) -> int | None:
    """Give the direction of one end: 1, 0 or -1; ``None`` when it was opened or bounded."""
    if before is None or after is None:
        return 0 if before is after else None
    return (after > before) - (after < before)


def _openness(before: Salary, after: Salary) -> str:
    """Name a change in which an end was opened or bounded."""
    if before.min != after.min and before.max != after.max:
        return "moved"
    return "widened" if _bounds(after) < _bounds(before) else "narrowed"


def _bounds(pay: Salary) -> int:
    """Count the ends that are stated."""
    return 2 - _ends(pay).count(None)


def _shares(before: Salary, after: Salary) -> str | None:
    """Give the new ends against the old ones: ``+10 % over the old top, ...``."""
    ends: tuple[tuple[str, Callable[[Salary], float | None]], ...] = (
        ("top", lambda pay: pay.max),
        ("floor", lambda pay: pay.min),
    )
    parts = [
        part for name, end in ends if (part := _share(name, end(before), end(after))) is not None
    ]
    return ", ".join(parts) or None


def _share(name: str, before: float | None, after: float | None) -> str | None:
    """Say what one end did, if both sides have it and the old one is a number to divide by."""
    if not before or after is None:
        return None
    if before == after:
        return f"{name} unchanged"
    percent = (after - before) / before * 100
    side = "over" if percent > 0 else "under"
    return f"{_rounded(percent)} % {side} the old {name}"


def _rounded(percent: float) -> str:
    """Give a signed percentage with one decimal where it has one, never as plus nothing."""
    places = 1 if abs(percent) >= 0.1 else 2  # noqa: PLR2004 - below it one decimal says zero
    return f"{percent:+.{places}f}".removesuffix(".0")
