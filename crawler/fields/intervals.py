"""Tokens become amounts and intervals: ``$80-100k``, ``from 1 400 EUR``, ``CZK 170 to 190 / hour``.

This is the grammar alone. Whether an interval is anybody's pay is for ``salary`` to judge.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crawler.fields import wording
from crawler.fields.bounds import closing, opening
from crawler.fields.currencies import JOINED, RUPEES, SCALES, SHARED, TOUCHING
from crawler.fields.money import at, number, touching
from crawler.fields.periods import ADVERBS, ARTICLES, COMPOUNDS, CONNECTORS, ENGLISH, NOUNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.fields.money import Token
    from crawler.items import Period

# "per 14 days", "every 2 weeks": how a fortnight is counted.
FORTNIGHTS = {("14", "day"), ("2", "week"), ("two", "week"), ("fourteen", "day")}
SHORT_UNITS = frozenset(("hr", "yr", "mo"))
# Written with a full stop that ends no sentence.
ABBREVIATED = frozenset(
    ("hr", "yr", "mo", "wk", "std", "mtl", "mėn", "mes", "mies", "měs", "hod", "godz", "val", "мес")
)
# The ends of one pay lie closer together than this; else two unlike numbers met at a dash.
WIDEST = 100
WIDEST_BARE = 20
WIDEST_ABRIDGED = 4
ABRIDGED = 1000
ASIDE_LENGTH = 30


@dataclass(frozen=True, slots=True)
class Amount:
    """One number with its scale and currency; ``first`` and ``last`` are its tokens' places."""

    value: float
    scale: float | None
    currency: str | None
    first: int
    last: int
    open: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    """An amount, or two that belong together; an end is ``None`` where the words leave it open.

    ``currency`` is as written (a code or a shared sign). ``period`` is only what stands right at
    it. ``first`` to ``last`` are the tokens, ``open`` that a ``+`` follows a single amount.
    """

    low: float | None
    high: float | None
    currency: str | None
    period: Period | None
    first: int
    last: int
    scaled: bool
    open: bool = False

    @property
    def single(self) -> bool:
        """Whether only one amount is stated."""
        return self.low is None or self.high is None or self.low == self.high

    @property
    def top(self) -> float:
        """The largest amount stated."""
        return max(self.low or 0, self.high or 0)


def amount(tokens: Sequence[Token], place: int, floor: int = 0) -> Amount | None:
    """Read the amount whose number stands at ``place``; nothing before ``floor`` belongs to it."""
    first = place
    while first > floor and place - first < 2 and tokens[first - 1].kind == "currency":  # noqa: PLR2004
        first -= 1
    names = [token.word for token in tokens[first:place]]
    scale, joined, after = _scale(tokens, place + 1, known=bool(names))
    if not names and not scale and first > floor and tokens[first - 1].word in JOINED:
        first -= 1
        scale, joined = JOINED[tokens[first].word]
    value = number(tokens[place].word, scaled=scale is not None)
    if value is None:
        return None
    value = value * (scale or 1)
    value, after = _lower_part(tokens, value, scale, after)
    after = _whole_mark(tokens, after)
    right, after = _currencies(tokens, after, known=bool(names or joined))
    names += ([joined] if joined else []) + right
    is_open = at(tokens, after).word == "+" and touching(tokens, after)
    currency = next((name for name in names if name not in SHARED), names[0] if names else None)
    return Amount(value, scale, currency, first, after + is_open, is_open)


def _scale(
    tokens: Sequence[Token], place: int, *, known: bool
) -> tuple[float | None, str | None, int]:
    """Read ``k``, ``lakh``, ``万`` or ``kEUR``: scale, currency if in the same word, next place."""
    token = at(tokens, place)
    touches = touching(tokens, place)
    if token.word in JOINED and token.kind == "word":
        scale, currency = JOINED[token.word]
        return scale, currency, place + 1
    scaled = SCALES.get(token.word)
    follows = at(tokens, place + 1)
    apart = token.word in TOUCHING and not touches and follows.kind != "currency"
    if scaled is None or (apart and not (known and token.word in RUPEES)):
        return None, None, place
    if token.word == "k" and not (touches or known or follows.kind == "currency"):
        return None, None, place
    abbreviated = follows.word == "." and touching(tokens, place + 1) and len(token.word) > 1
    return scaled, None, place + 1 + abbreviated


def _lower_part(
    tokens: Sequence[Token], value: float, scale: float | None, place: int
) -> tuple[float, int]:
    """Add what follows a ten-thousand: 25万5,000 is 255,000."""
    if scale == SCALES["万"] and at(tokens, place).kind == "number" and touching(tokens, place):
        rest = number(tokens[place].word)
        if rest is not None and rest < scale:
            return value + rest, place + 1
    return value, place


def _whole_mark(tokens: Sequence[Token], place: int) -> int:
    """Pass over the ``,-`` that says in much of Europe that no cents follow."""
    marks = at(tokens, place).word in {",", "."} and at(tokens, place + 1).kind == "dash"
    return place + 2 if marks and touching(tokens, place + 1) else place


def _currencies(tokens: Sequence[Token], place: int, *, known: bool) -> tuple[list[str], int]:
    """Read currencies after the number, unless they are the next number's."""
    begin = place
    if not known and at(tokens, place).kind == "line" and at(tokens, place + 1).kind == "currency":
        place += 1
    names: list[str] = []
    while at(tokens, place).kind == "currency" and len(names) < 2:  # noqa: PLR2004 - "$ USD"
        if known and at(tokens, place + 1).kind == "number":
            break
        names.append(tokens[place].word)
        place += 1
        place += at(tokens, place).word == "." and _goes_on(at(tokens, place + 1))
    return (names, place) if names else ([], begin)


def _goes_on(token: Token) -> bool:
    """Whether a full stop before this word ended an abbreviation and no sentence."""
    return token.word in CONNECTORS or token.word in wording.TO


def interval(tokens: Sequence[Token], place: int, floor: int = 0) -> Interval | None:
    """Read the longest interval whose first number stands at ``place``."""
    low = amount(tokens, place, floor)
    if low is None or not low.value:
        return None
    inner, after = _period_of(tokens, low)
    high = _other_end(tokens, low, after)
    if not high:
        low, after = _named_late(tokens, low, after)
        return _single(tokens, low, inner, after)
    small, large = _same_scale(low, high)
    outer, after = _period_of(tokens, high)
    if not low.currency:
        high, after = _named_late(tokens, high, after)
    return Interval(
        min(small, large),
        max(small, large),
        _one_currency(low, high),
        outer or inner,
        low.first,
        after,
        scaled=bool(low.scale or high.scale),
    )


def _named_late(tokens: Sequence[Token], given: Amount, place: int) -> tuple[Amount, int]:
    """Read a currency that follows the period: "50-70k/year EUR"."""
    late = place > given.last and at(tokens, place).kind == "currency" and not given.currency
    if not late or at(tokens, place + 1).kind == "number":
        return given, place
    return replace(given, currency=tokens[place].word), place + 1


def _other_end(tokens: Sequence[Token], low: Amount, place: int) -> Amount | None:
    """Find the amount that ends the interval begun by ``low``, if the two can belong together."""
    place = _past_asides(tokens, place)
    begin = _past_joint(tokens, low, place)
    if begin is None:
        return None
    target = begin
    while at(tokens, target).kind == "currency" and target - begin < 2:  # noqa: PLR2004
        target += 1
    if at(tokens, target).kind != "number":
        return None
    high = amount(tokens, target, begin)
    return high if high and _together(tokens, low, high) else None


def _past_joint(tokens: Sequence[Token], low: Amount, place: int) -> int | None:
    """Pass over what joins two ends: a dash, "to", "and" after "between", "Max:"."""
    token = at(tokens, place)
    between = any(at(tokens, low.first - back).word in wording.BETWEEN for back in (1, 2))
    if token.kind == "line" and at(tokens, place + 1).kind == "dash":
        split = at(tokens, place + 2).kind == "line"
        return place + 3 if split else None
    if token.word in wording.TO or token.kind == "dash" or (between and token.word in wording.AND):
        place += 1
        while at(tokens, place).word in wording.PASSED_AFTER_TO or at(tokens, place).kind == "line":
            place += 1
        return place
    if token.kind in {"line", "stop"} or token.word == ",":
        token = at(tokens, place := place + 1)
    if token.word not in wording.UPPER_BOUND:
        return None
    begin = place
    while at(tokens, place + 1).word in wording.BOUNDED and place - begin < 3:  # noqa: PLR2004
        place += 1
    return place + 1


def _past_asides(tokens: Sequence[Token], place: int) -> int:
    """Pass over fillers and one bracketed remark: "$131,500 CAD [lowest market] to ..."."""
    place = _past_fillers(tokens, place)
    if at(tokens, place).word in {"(", "["}:
        for end in range(place + 1, min(place + ASIDE_LENGTH, len(tokens))):
            if tokens[end].word in {")", "]"}:
                return _past_fillers(tokens, end + 1)
            if tokens[end].kind in {"number", "line"}:
                break
    return place


def _past_fillers(tokens: Sequence[Token], place: int) -> int:
    begin = place
    while place - begin < 3:  # noqa: PLR2004
        topped = at(tokens, place).word == "+" and at(tokens, place + 1).word in wording.TOPPINGS
        if not topped and at(tokens, place).word not in wording.FILLERS:
            break
        place += 1 + topped
    return place


def _together(tokens: Sequence[Token], low: Amount, high: Amount) -> bool:
    if at(tokens, high.last).word in wording.COUNTED and not high.currency:
        return False
    if _clashing(low, high):
        return False
    small, large = _same_scale(low, high)
    bare = not high.currency and not high.scale
    return small <= large <= small * (WIDEST_BARE if bare else WIDEST)


def _clashing(low: Amount, high: Amount) -> bool:
    codes = {name for name in (low.currency, high.currency) if name and name not in SHARED}
    return len(codes) > 1


def _same_scale(low: Amount, high: Amount) -> tuple[float, float]:
    """Give both values, the ``k`` of one end lent to the other where only that makes sense."""
    if high.scale and not low.scale and low.value <= high.value / high.scale:
        return low.value * high.scale, high.value
    if (
        low.scale
        and not high.scale
        and high.value >= low.value / low.scale
        and high.value < low.scale
    ):
        return low.value, high.value * low.scale
    if _abridged(low, high):
        return low.value * ABRIDGED, high.value
    return low.value, high.value


def _abridged(low: Amount, high: Amount) -> bool:
    """Whether the low end leaves out the thousands that the high end writes: "50-80.000"."""
    if low.scale or high.scale or high.value % ABRIDGED:
        return False
    return low.value <= high.value / ABRIDGED <= WIDEST_ABRIDGED * low.value


def _one_currency(low: Amount, high: Amount) -> str | None:
    names = [name for name in (low.currency, high.currency) if name]
    return next((name for name in names if name not in SHARED), names[0] if names else None)


def _single(tokens: Sequence[Token], low: Amount, period: Period | None, after: int) -> Interval:
    first, lower, upper = opening(tokens, low.first)
    begin = after
    after, more, less = closing(tokens, after, ideographic=low.currency in {"JPY", "CNY", "KRW"})
    if (lower and less) or (upper and more):  # what follows begins another bound
        after, more, less = begin, False, False
    value = low.value
    return Interval(
        None if upper or less else value,
        None if (lower or more or low.open) and not upper else value,
        low.currency,
        period,
        first,
        after,
        scaled=bool(low.scale),
        open=low.open,
    )


def period_at(tokens: Sequence[Token], place: int) -> tuple[Period | None, int]:
    """Read the period that stands right after an amount; where it ends, or ``place`` if none."""
    begin = _past_fillers(tokens, place)
    if at(tokens, begin).kind == "line":
        begin += 1
    bracketed = at(tokens, begin).word == "("
    found, after = _period(tokens, begin + bracketed)
    if bracketed and not found:
        bracketed = False
        found, after = _period(tokens, _past_asides(tokens, begin))
    if not found:
        return None, place
    if bracketed and at(tokens, after).word == ")":
        after += 1
    return found, after


def _period_of(tokens: Sequence[Token], given: Amount) -> tuple[Period | None, int]:
    """Read the period of an amount; lakhs "LPA" are by the year in their own name."""
    if tokens[given.last - 1].word == "lpa":
        return "year", given.last
    return period_at(tokens, given.last)


def _period(tokens: Sequence[Token], place: int) -> tuple[Period | None, int]:
    token = at(tokens, place)
    if token.kind == "dash" and touching(tokens, place) and at(tokens, place + 1).word == "per":
        return _period(tokens, place + 1)
    if (token.word, at(tokens, place + 1).kind) == ("bi", "dash"):
        return ("biweek", place + 3) if at(tokens, place + 2).word == "weekly" else (None, place)
    heads = token.word in COMPOUNDS and at(tokens, place + 1).kind == "number"
    if (token.word in ADVERBS and not heads) or token.word in SHORT_UNITS:
        return ADVERBS.get(token.word) or ENGLISH[token.word], place + 1
    if token.word in ARTICLES:
        return _noun(tokens, place + 1, ENGLISH)
    elided = token.word in {"de", "à"} and at(tokens, place + 1).word == "l"  # "de l'heure"
    if elided or token.word in CONNECTORS:
        return _noun(tokens, place + (3 if elided else 1), NOUNS)
    return None, place


def _noun(
    tokens: Sequence[Token], place: int, nouns: dict[str, Period]
) -> tuple[Period | None, int]:
    token = at(tokens, place)
    article = token.word in ARTICLES and nouns is NOUNS
    if token.word in {"1", "one", "each", "-", "."} or article:
        found, after = _noun(tokens, place + 1, ENGLISH if token.word == "-" else nouns)
        if found or token.word != "an":
            return found, after
    following = nouns.get(at(tokens, place + 1).word)
    if following and (token.word, following) in FORTNIGHTS:
        return "biweek", place + 2
    if token.word == "an" and nouns is NOUNS:  # "a year" in French, when no noun follows
        return "year", place + 1
    found = nouns.get(token.word) or (ADVERBS.get(token.word) if nouns is NOUNS else None)
    abbreviated = token.word in ABBREVIATED and at(tokens, place + 1).word == "."
    return found, place + 1 + abbreviated
