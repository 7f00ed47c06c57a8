"""Is this interval pay? The words around it decide, and where they are silent, its shape.

The same number is a salary, a bonus, a budget or a round of funding; readers that look at numbers
alone report all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Literal

from crawler.fields import wording
from crawler.fields.currencies import MANY_ZEROS
from crawler.fields.periods import ADJECTIVES, COMPOUNDS, NOUNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.fields.intervals import Interval
    from crawler.fields.money import Token
    from crawler.items import Period

Label = Literal["pay", "target", "denied"]

BEFORE = 30
AFTER = 16
# Pay below these is somebody's allowance; the same in currencies whose pay has more digits.
FLOORS: dict[Period | None, float] = {
    "hour": 3, "day": 20, "week": 60, "biweek": 120, "month": 250, "quarter": 600, "year": 2500,
}  # fmt: skip
STIPEND_FLOORS: dict[Period | None, float] = {"hour": 3, "week": 200, "month": 800, "year": 9000}
# Nobody's pay is above: company figures begin there.
CEILING = 5e6
CEILING_UNNAMED = 1e6
CEILING_MANY_ZEROS = 5e9
ANNUAL = 9000
YEARS = (1900, 2100)
# A label further away than this speaks of something else.
LABEL_REACH = 14


@dataclass(frozen=True, slots=True)
class Scene:
    """The words around an interval, nearest first on both sides.

    ``before`` ends where the sentence begins, or in the label of the line before; ``clause`` is
    what follows up to a comma or "plus". ``alone`` says that the interval shares its line with no
    other word, ``glued`` that it touches the word before, ``prose`` that it stands in running text
    rather than in a title or a list of facts.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    clause: tuple[str, ...]
    alone: bool
    glued: bool
    prose: bool


def scene(text: str, tokens: Sequence[Token], found: Interval, floor: int) -> Scene:
    """Look around an interval; ``floor`` is where the interval before it ended."""
    here, label = _line_before(tokens, found.first, floor)
    after = _line_after(tokens, found.last)
    glued = bool(here) and _spaced(here[0]) and here[0].end == tokens[found.first].start
    if glued:
        # Lists of tags lose their spaces: "Relocation$200k". The tag says nothing of the pay.
        here, label = [], []
    words = [token for token in (*here, *after) if token.kind == "word"]
    others = [token for token in words if token.word not in wording.BESIDE]
    if found.top >= ANNUAL:  # "£45k plus a car": what comes on top does not name it
        shared = takewhile(lambda token: token.word not in _ON_TOP, after)
        others = [token for token in (*here, *shared) if token in others]
    return Scene(
        before=tuple(token.word for token in (*here, *label)),
        after=tuple(token.word for token in after),
        clause=tuple(token.word for token in takewhile(_same_thought, after)),
        alone=not others and not (here and here[0].kind == "number"),
        glued=glued,
        prose=_prose(text, words),
    )


def _same_thought(token: Token) -> bool:
    return token.word not in wording.JOINERS


def _spaced(token: Token) -> bool:
    """Whether this is a word of a script that puts spaces between words."""
    return token.kind == "word" and token.word < "\u3040"


def _line_before(
    tokens: Sequence[Token], first: int, floor: int
) -> tuple[list[Token], list[Token]]:
    """Give the tokens before in the same line, and those of the label line above, nearest first."""
    here: list[Token] = []
    label: list[Token] = []
    side, crossed = here, ""
    for token in reversed(tokens[max(first - BEFORE, floor, 0) : first]):
        if token.kind == "line" or (token.kind == "stop" and token.word in "|\u2022\u00b7"):
            if crossed or any(seen.kind == "word" for seen in here):
                break
            side, crossed = label, token.kind
        elif token.kind == "stop":
            break
        else:
            side.append(token)
    if crossed == "stop" and not any(token.word in wording.PAY for token in label):
        label = []
    return here, label


def _line_after(tokens: Sequence[Token], last: int) -> list[Token]:
    after = []
    for token in tokens[last : last + AFTER]:
        if token.kind in {"line", "stop"}:
            break
        after.append(token)
    return after


def _prose(text: str, words: Sequence[Token]) -> bool:
    small = sum(text[word.start].islower() for word in words)
    return len(words) > 3 and small * 2 > len(words)  # noqa: PLR2004 - a shorter line is a title


def label(scene: Scene) -> Label | None:
    """Say what the nearest telling word calls the interval, after it and before it."""
    behind = _label_after(scene.after)
    ahead = _label_before(scene.before)
    if behind == "denied" or ahead == "denied":
        return "denied"
    if "target" in (behind, ahead):
        return "target"
    return behind or ahead


def _label_after(words: Sequence[str]) -> Label | None:
    for place, word in enumerate(words[:5]):
        if word in wording.JOINERS:
            return _bracketed(words[place + 1 :]) if word == "(" else None
        if found := _kind(word):
            spent = word in wording.FOR_SOMETHING and _kind("".join(words[place + 1 : place + 2]))
            return spent or found
    return None


def _bracketed(words: Sequence[str]) -> Label | None:
    found = _kind(words[0]) if words else None
    return found if found == "target" else None


def _label_before(words: Sequence[str]) -> Label | None:
    """Take the nearest label of those before the amount.

    One that denies counts only where nothing but small words divide it from the amount, so that a
    "Property Manager" may be paid.
    """
    linked = True
    for place, word in enumerate(words[:LABEL_REACH]):
        found = _kind(word)
        if found == "denied":
            granted = word in wording.GRANTS and (words[place - 1 : place] in _FOR or place == 1)
            if (linked or granted) and not _aside(words, place):
                return "denied"
        elif found and linked and _of_another(words, place):
            return "denied"
        elif found:
            return "target" if found == "pay" and _on_target(words, place) else found
        linked = linked and word in wording.LINKS
    return None


def _of_another(words: Sequence[str], place: int) -> bool:
    """Whether a word for pay, or for any interval, belongs to what is none: "deal range"."""
    word = words[place]
    if word in wording.PAY and word not in wording.OF_SOMETHING:
        return False
    before = (other for other in words[place + 1 : place + 4] if other not in _SMALL)
    owner = next(before, "")
    return _kind(owner) == "denied" and not any(one in wording.PAY for one in before)


def _on_target(words: Sequence[str], place: int) -> bool:
    """Whether "pay" is "on-target pay", or "total compensation"."""
    return any(word in wording.TARGET or word == "total" for word in words[place + 1 : place + 4])


def _aside(words: Sequence[str], place: int) -> bool:
    """Whether a word only mentions what comes with the pay: "including bonus, it is ..."."""
    closed = place > 0 and any(word in {",", ")"} for word in words[max(place - 3, 0) : place])
    opened = any(word in wording.ASIDES or word == "(" for word in words[place + 1 : place + 6])
    return closed and opened


_FOR = tuple((word,) for word in wording.PURPOSES)
_ON_TOP = frozenset(("+", "plus"))
_SMALL = frozenset(("of", "is", "are", "from", ":", "-", "size", "sizes"))


def _kind(word: str) -> Label | None:
    if word in wording.DENIED or word.endswith(wording.DENIED_ENDS):
        return "denied"
    if word in wording.TARGET:
        return "target"
    return "pay" if word in wording.PAY or word in wording.RANGE else None


def is_pay(found: Interval, currency: str | None, around: Scene) -> bool:
    """Judge one interval by its label, its period, its place in the line and its size."""
    if found.top > (CEILING_MANY_ZEROS if currency in MANY_ZEROS else CEILING):
        return False
    named = label(around)
    if named == "denied":
        return _paid_stipend(found, around)
    if _comes_on_top(found, around):
        return False
    if found.currency is None:
        return _bare_is_pay(found, around, named)
    shaped = bool(named) or _shaped_like_pay(found, currency, around)
    return shaped or _paid_stipend(found, around)


def _shaped_like_pay(found: Interval, currency: str | None, around: Scene) -> bool:
    """Judge an amount that nothing names: by its period, or because it stands as a fact alone."""
    doubtful = around.prose and any(
        word in wording.DENIED for word in around.before + around.clause
    )
    if found.period:
        return found.top >= FLOORS.get(found.period, 0) and not doubtful
    if found.single:
        return (around.alone or around.glued) and (
            found.top < CEILING_UNNAMED or currency in MANY_ZEROS
        )
    if currency in MANY_ZEROS and found.top < FLOORS["year"]:
        return False
    return not around.prose or (found.top >= ANNUAL and not doubtful)


def _paid_stipend(found: Interval, around: Scene) -> bool:
    """Say whether a stipend is large enough to live on: an intern's pay, else a benefit."""
    near = around.before[:7] + around.after[:2]
    if "stipend" not in near or found.top < STIPEND_FLOORS.get(found.period, float("inf")):
        return False
    others = wording.DENIED - {"stipend", "stipends"}
    return not any(word in others for word in near)


def _comes_on_top(found: Interval, around: Scene) -> bool:
    opening = around.before[:2]
    return found.single and any(word in wording.ADDED for word in opening)


def _bare_is_pay(found: Interval, around: Scene, named: Label | None) -> bool:
    """Judge numbers without any currency: only a label or a period makes them pay."""
    if around.after[:1] and around.after[0] in wording.COUNTED:
        return False
    if not (found.scaled or found.period) and _like_a_year(found):
        return False
    if named and _linked(around.before):
        return found.top >= (FLOORS[found.period] if found.period else 1000)
    plausible = bool(found.period) and found.top >= FLOORS.get(found.period, 0)
    if around.alone and found.scaled:
        return True
    return plausible and (found.scaled or not found.single) and not around.prose


def _like_a_year(found: Interval) -> bool:
    ends = [end for end in (found.low, found.high) if end is not None]
    return all(YEARS[0] <= end <= YEARS[1] and end.is_integer() for end in ends)


def _linked(words: Iterable[str]) -> bool:
    """Whether only small words stand between the amount and the pay word before it."""
    for word in words:
        if _kind(word) in {"pay", "target"}:
            return True
        if word not in wording.LINKS and word not in wording.FILLERS:
            return False
    return False


def period_around(found: Interval, around: Scene) -> Period | None:
    """Find the period of an interval that has none right after it.

    "Annual base salary: X", "hourly rate X", "X potential earnings, per year". A period that
    belongs to another word ("3 days per week$100k") is left alone.
    """
    return _period_before(around.before) or _period_behind(found, around.after)


def _period_before(words: tuple[str, ...]) -> Period | None:
    for place, word in enumerate(words[:LABEL_REACH]):
        if word in COMPOUNDS:
            return COMPOUNDS[word]
        near = words[max(place - 4, 0) : place] + words[place + 1 : place + 4]
        if word in ADJECTIVES and any(other in wording.PAY for other in near):
            return ADJECTIVES[word]
        if word in NOUNS and words[place + 1 : place + 2] in (("per",), ("/",), ("pro",), ("par",)):
            paid = any(other in wording.PAY for other in words[place + 2 : place + 5])
            return NOUNS[word] if paid else None
    return None


def _period_behind(found: Interval, words: Sequence[str]) -> Period | None:
    for place, word in enumerate(words):
        if word == "skip":
            continue
        period = _FAR.get(word)
        led = place > 0 and words[place - 1] in {"per", "/", "a", "an"}
        if period and (led or word in _FAR_ALONE):
            return period if found.top >= FLOORS[period] else None
    return None


_FAR: dict[str, Period] = {
    "year": "year", "annum": "year", "yr": "year", "annually": "year", "yearly": "year",
    "pa": "year", "hour": "hour", "hr": "hour", "hourly": "hour", "month": "month",
    "monthly": "month", "week": "week", "day": "day",
}  # fmt: skip
_FAR_ALONE = frozenset(("annually", "yearly", "pa", "hourly", "monthly"))
