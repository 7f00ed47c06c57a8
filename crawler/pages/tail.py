"""The tail of a saved aggregator's page: other vacancies as one run of text.

Such a page prints each vacancy as pay (or ``-`` when none is stated), fragments of its text joined
by ``...``, and tags; saved as text, tags are glued to one another and the next vacancy's pay or
dash to the last tag. A pay therefore belongs to what FOLLOWS it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.fields import salary, text
from crawler.fields.patterns import late
from crawler.items import Snippet
from crawler.pages.marks import END, FENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DOTS = r"(?:\.\.\.|…)"
_JOINED = late(rf"{_DOTS}\s+{_DOTS}")
_LINE = r"[-\u2013\u2014]"
_GLUED_DASH = late(rf"(?<=\S){_LINE}(?: (?={_DOTS}|[A-Z\d])|\Z)")
_LAST_DOTS = late(rf".*{_DOTS}(?=[^\s.…])", re.DOTALL)
_DASH = late(rf"{_LINE}(?:\s+|\Z)")
_PAY = late(
    r"(?:\b[A-Z]{1,3})?[$€£¥₹₽₴]\s?\d.*\Z"
    r"|(?:USD|EUR|GBP|CHF|CAD|AUD|NZD|PLN|CZK|SEK|NOK|DKK|INR)\s?\d.*\Z"
    r"|\d[\d\s.,\u2013-]*\s?(?:€|zł|Kč|kr|₽|₴|Ft|lei)(?!\w).*\Z"
)
# Tags begin with a capital or a number: "For phd|Work at office|3 days per week".
_BOUNDARY = late(r"(?<=[a-zà-ÿа-я\d)])(?=[A-ZÀ-ÞА-Я])|(?<=[a-zà-ÿа-я])(?=\d)")
_LONGEST_PAY = 60
_LONGEST_TAGS = 400


def begin(lines: Sequence[str]) -> int:
    """Say at which line the page's own posting ends; the number of lines when nothing follows."""
    fences = (i for i, line in enumerate(lines) if i and (FENCE.fullmatch(line) or END.match(line)))
    return min(next(fences, len(lines)), _first_card(lines))


def snippets(lines: Sequence[str], *, currency: str | None = None) -> tuple[Snippet, ...]:
    """Give the vacancies of a tail, each with its own pay and tags, in the page's order.

    The page gives them no titles, so they have none. Stops where the page offers to subscribe.
    """
    stop = next((i for i, line in enumerate(lines) if END.match(line)), len(lines))
    kept = [line for line in lines[:stop] if not FENCE.fullmatch(line)]
    if not any(map(_fragmented, kept)):
        return ()
    return tuple(_snippets(kept, currency))


def _first_card(lines: Sequence[str]) -> int:
    fragmented = [i for i, line in enumerate(lines) if _fragmented(line)]
    ended = any(END.match(line) for line in lines)
    if len(fragmented) < 2 - ended:  # dots alone are no sign: two cards are, or one before the end
        return len(lines)
    first = fragmented[0]
    headed = first > 0 and (_is_pay(lines[first - 1]) or _DASH.fullmatch(lines[first - 1]))
    return first - 1 if headed else first


def _fragmented(line: str) -> bool:
    words = _DASH.sub("", line, count=1) if _DASH.match(line) else line
    return words.startswith(("...", "…")) or bool(_JOINED.search(words))


def _is_pay(line: str) -> bool:
    return len(line) <= _LONGEST_PAY and bool(_PAY.match(line))


def _snippets(lines: Sequence[str], currency: str | None) -> Iterator[Snippet]:
    pay: str | None = None
    for line in lines:
        if _is_pay(line):
            pay = line
            continue
        for piece in _pieces(line):
            words, tags, following = _parted(
                _DASH.sub("", piece, count=1) if _DASH.match(piece) else piece
            )
            if words:
                yield Snippet(
                    title="",
                    salary=next(iter(salary.read(pay, currency=currency)), None) if pay else None,
                    tags=tags,
                    body=text.clean(words),
                )
            pay = following


def _pieces(line: str) -> Iterator[str]:
    """Cut a line where the next vacancy's dash was glued to the last tag."""
    start = 0
    for match in _GLUED_DASH.finditer(line):
        if _tags_start(line[start : match.start()]):
            yield line[start : match.start()]
            start = match.start()
    yield line[start:]


def _parted(piece: str) -> tuple[str, tuple[str, ...], str | None]:
    """Part a vacancy into its words, its tags, and the pay of the next one behind them."""
    cut = _tags_start(piece)
    if not cut:
        return piece, (), None
    glued = piece[cut:]
    match = _PAY.search(glued)
    pay = match[0] if match and len(match[0]) <= _LONGEST_PAY else None
    labels = glued[: match.start()] if match and pay else glued
    return piece[:cut], tuple(filter(None, map(str.strip, _BOUNDARY.split(labels)))), pay


def _tags_start(piece: str) -> int:
    """Say where the tags begin that follow the last dots without a space; 0 when none do."""
    match = _LAST_DOTS.match(piece)
    if not match or len(piece) - match.end() > _LONGEST_TAGS:
        return 0
    glued = piece[match.end() :]
    prose = ". " in glued or "... " in glued or glued[0] in ",;:)!?"
    return 0 if prose else match.end()
