"""Words that leave one end of an amount open: "from", "up to", "minimum salary of", "or more".

The words alone; that the amount is pay, ``verdict`` says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.fields import wording
from crawler.fields.money import at, touching

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.fields.money import Token


def opening(tokens: Sequence[Token], first: int) -> tuple[int, bool, bool]:
    """Read "from", "at least", "up to" before a single amount: where they begin, and which."""
    place = first - 1
    while at(tokens, place).word in wording.PASSED or at(tokens, place).kind == "line":
        place -= 1
    word, before = at(tokens, place).word, at(tokens, place - 1).word
    pair = (before, word)
    if bound := _bound(tokens, place):
        return first, bound in wording.LOWER_BOUND, bound in wording.UPPER_BOUND
    if pair in wording.FROM_PAIRS:
        return place - 1, True, False
    if pair in wording.UP_TO_PAIRS:
        return place - 1, False, True
    if word == "to":
        starts = at(tokens, place - 1).kind in {"end", "line", "stop"} or before in {":", "-"}
        return (place, False, True) if starts else (first, False, False)
    if word in wording.FROM:
        return place, True, False
    return (place, False, True) if word in wording.UP_TO else (first, False, False)


def _bound(tokens: Sequence[Token], place: int) -> str | None:
    """Find the bound that a word for pay divides from its amount: "minimum salary of"."""
    begin = place
    while at(tokens, place).word in wording.BOUNDED and begin - place < 4:  # noqa: PLR2004
        place -= 1
    named = any(token.word in wording.PAY for token in tokens[place + 1 : begin + 1])
    bounds = wording.LOWER_BOUND | wording.UPPER_BOUND
    word = at(tokens, place).word
    return word if named and word in bounds else None


def closing(tokens: Sequence[Token], after: int, *, ideographic: bool) -> tuple[int, bool, bool]:
    """Read "or more", "and up", "+" after a single amount; where they end, and which."""
    word, following = at(tokens, after).word, at(tokens, after + 1).word
    if word == "+" and not (
        touching(tokens, after) or at(tokens, after + 1).kind in {"end", "line"}
    ):
        return after, False, False
    if word in {"+", "以上", "이상", "minimum"} or (ideographic and word == "~"):
        return after + 1, True, False
    if word in {"以下", "이하", "max", "maximum"}:
        return after + 1, False, True
    if word in {"or", "and", "&"} and following in wording.MORE:
        return after + 2, True, False
    if word == "or" and following in wording.LESS:
        return after + 2, False, True
    return after, False, False
