"""Pay as stated: in running text, in a chip of a listing, in a structured field.

An interval with currency, period and its place, or nothing. A bare ``$`` means what the source
says it means; without that its currency stays open. Bonuses, budgets, funding, benefits and head
counts are left alone, and nothing is made yearly.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from crawler.fields.currencies import code
from crawler.fields.intervals import Interval, interval
from crawler.fields.money import DIGITS, FOLDED, number, tokens, windows
from crawler.fields.periods import period
from crawler.fields.text import UNSEEN, visible
from crawler.fields.verdict import Scene, is_pay, label, period_around, scene
from crawler.items import Salary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.fields.money import Token

__all__ = ["of", "period", "read", "structured"]

CODE_LENGTH = 3  # ISO 4217
# A longer value of a structured field is a text, not an amount.
LONGEST_AMOUNT = 64


def read(text: str, *, currency: str | None = None) -> tuple[Salary, ...]:
    """Give every pay that a text states, the likeliest base pay first.

    ``currency`` (ISO 4217) is what a bare sign, or no sign, means at that source. One amount gives
    ``min == max``, "from" only a ``min``, "up to" only a ``max``. Pay on target comes after base
    pay; the same pay told twice is given once, as fully as either says it. Never raises; ``raw`` is
    the text's own characters from ``start`` to ``end``.
    """
    seen = visible(text)
    places = None if seen == text else [at for at, one in enumerate(text) if not UNSEEN.match(one)]
    folded = seen.translate(FOLDED)
    found = [pay for begin, end in windows(folded) for pay in _window(folded, begin, end, currency)]
    kept: list[tuple[int, Salary]] = []
    for rank, pay in found:
        _keep(kept, rank, _placed(pay, text, places))
    return tuple(pay for _, pay in sorted(kept, key=lambda item: item[0]))


def _placed(pay: Salary, text: str, places: list[int] | None) -> Salary:
    """Give pay its words and place in the text itself, which may hold what nobody sees."""
    start, end = pay.start, pay.end
    if places:
        start, end = places[start], places[end - 1] + 1
    return replace(pay, raw=text[start:end], start=start, end=end)


def _window(text: str, begin: int, end: int, currency: str | None) -> Iterator[tuple[int, Salary]]:
    words = tokens(text, begin, end)
    found = list(_intervals(words))
    widgets = _filters(words, found)
    floor = 0
    for item in found:
        around = scene(text, words, item, floor)
        floor = item.last
        if item not in widgets and is_pay(item, code(item.currency, currency), around):
            yield _rank(item, around), _salary(text, words, item, around, currency)


def _intervals(words: Sequence[Token]) -> Iterator[Interval]:
    floor = place = 0
    while place < len(words):
        found = interval(words, place, floor) if words[place].kind == "number" else None
        if found:
            floor = found.last
            yield found
        place = found.last if found else place + 1


def _filters(words: Sequence[Token], found: Sequence[Interval]) -> set[Interval]:
    """Find the amounts of a search form: "$30,000+ $50,000+ $70,000+", with no word between."""
    widgets: set[Interval] = set()
    for left, right in pairwise(found):
        between = words[left.last : right.first]
        if left.open and right.open and all(word.kind == "line" for word in between):
            widgets |= {left, right}
    return widgets


def _rank(found: Interval, around: Scene) -> int:
    named = label(around)
    if named == "target":
        return 2
    return 0 if named or found.period else 1


def _salary(
    text: str, words: Sequence[Token], found: Interval, around: Scene, given: str | None
) -> Salary:
    start, end = words[found.first].start, words[found.last - 1].end
    return Salary(
        found.low,
        found.high,
        code(found.currency, given),
        found.period or period_around(found, around),
        text[start:end],
        start=start,
        end=end,
    )


def _keep(kept: list[tuple[int, Salary]], rank: int, pay: Salary) -> None:
    """Add pay unless it was told before; what either telling leaves open the other fills."""
    for place, (other_rank, other) in enumerate(kept):
        if (other.min, other.max) == (pay.min, pay.max) and _agree(other, pay):
            full = replace(
                other, currency=other.currency or pay.currency, period=other.period or pay.period
            )
            kept[place] = (min(rank, other_rank), full)
            return
    kept.append((rank, pay))


def _agree(one: Salary, other: Salary) -> bool:
    return all(
        not left or not right or left == right
        for left, right in ((one.currency, other.currency), (one.period, other.period))
    )


def structured(
    minimum: object,
    maximum: object,
    currency: str | None = None,
    period_word: str | None = None,
    raw: str = "",
) -> Salary | None:
    """Give pay from the fields of a structured source, numbers or strings alike.

    Ends that stand the wrong way round are turned. Placeholders (0, 1, negatives, not a number)
    are refused: an end that is one stays open, and when both are there is no pay.
    """
    low, high = _end(minimum), _end(maximum)
    if low is None and high is None:
        return None
    if low is not None and high is not None and low > high:
        low, high = high, low
    name = (currency or "").strip().upper()
    return Salary(
        low,
        high,
        name if len(name) == CODE_LENGTH and name.isalpha() else None,
        period(period_word),
        raw or _shown(low, high),
        "structured",
        0,
        0,
    )


def of(pay: Salary | None, text: str, currency: str | None = None) -> Salary | None:
    """Give a posting's pay: what its fields state (``pay``), else what its text states first.

    Where the text contradicts the fields they count, and keep what it says. A text that states
    several pays, or leaves open what the fields say, contradicts nothing.
    """
    if pay is None:
        return next(iter(read(text, currency=currency)), None)
    told = read(text, currency=pay.currency) if pay.provenance == "structured" else ()
    if len(told) != 1:
        return pay
    pairs = ((getattr(pay, name), getattr(told[0], name)) for name in ("min", "max", "period"))
    apart = any(one != other and None not in (one, other) for one, other in pairs)
    return replace(pay, otherwise=told[0].raw) if apart else pay


def _end(value: object) -> float | None:
    if isinstance(value, str):
        value = _written(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 1 < value <= sys.float_info.max else None


def _written(amount: str) -> float | None:
    """Read an amount that a structured field holds as text; a range or a sentence is none."""
    if len(amount) > LONGEST_AMOUNT or "-" in amount:
        return None
    found = DIGITS.search(amount.translate(FOLDED))
    return number(found[0].strip(" .,'")) if found else None


def _shown(low: float | None, high: float | None) -> str:
    ends = [f"{end:g}" for end in (low, high) if end is not None]
    return " - ".join(dict.fromkeys(ends))
