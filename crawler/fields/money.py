"""Text becomes tokens of money: numbers as people write them, currencies, words and marks.

Nothing here knows what pay is; ``intervals`` joins the tokens and ``salary`` judges them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from crawler.fields.currencies import CASED, CODES, DOLLARS, NAMES, SIGNS, named
from crawler.fields.patterns import late

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# One character for one, so that a place in the folded text is the place in the text itself.
FOLDED = dict.fromkeys([*range(0x2000, 0x2010), *range(0x202A, 0x2030)], " ")
FOLDED |= dict.fromkeys([0x9, 0xB, 0xC, 0xA0, 0xAD, 0x1680, 0x205F, 0x2060, 0x3000, 0xFEFF], " ")
FOLDED |= dict.fromkeys([0xD, 0x85, 0x2028, 0x2029], "\n")
FOLDED |= dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D], "-")
FOLDED |= dict.fromkeys([0x301C, 0xFF5E, 0x223C, 0x2DC, 0x223D], "~")
FOLDED |= dict.fromkeys([0x2018, 0x2019, 0x2BC, 0xB4, 0x2032, 0x60, 0x66C], "'")
# Full-width forms of ASCII stand in one block, in ASCII's order.
FOLDED |= {0xFF01 + place: chr(0x21 + place) for place in range(94)}
FOLDED |= {0x2502: "|", 0x2044: "/", 0xFFE1: "£", 0xFFE5: "¥", 0xFFE6: "₩"}

IDEOGRAPHS = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
LETTER = rf"[^\W\d_{IDEOGRAPHS}]"
PREFIXES = "|".join(re.escape(prefix) for prefix in sorted(DOLLARS, key=len, reverse=True))
TOKEN = late(
    r"(?P<blank> ++)|(?P<line>\s*\n\s*)"
    # What holds digits and is never an amount: dates, times, shares, retirement plans, links.
    r"|(?P<skip>(?<!\d)(?:\d{4}-\d\d-\d\d|\d{1,2}:\d\d|\d{1,2}[/.]\d{1,2}[/.](?:19|20)\d\d)(?!\d)"
    r"|(?<![$\d])4(?:01|03|57) ?(?:\([kb]\)|[kKbB](?![\w-]))|\d++(?:[.,]\d++)? ?%|https?:\S++)"
    # 12 000,50 and 90'000 need whole groups of three; other marks are sorted out by number().
    r"|(?P<number>\d{1,3}(?:[ ']\d{3}){1,4}(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d++(?:[.,]\d++){0,5})"
    rf"|(?P<dollar>(?:(?<!{LETTER})(?:(?:US|U\.S\.) (?=\$)|{PREFIXES}))?\$)"
    rf"|(?P<sign>[{''.join(SIGNS)}])"
    r"|(?P<abbreviated>[pP]\.?/? ?[aAhHmMdD]\.(?!\w)|p/[ahmdwy](?!\w))"
    r"|(?P<ideograph>時給|日給|週給|月給|月収|年収|年俸|年給|时薪|日薪|月薪|年薪|시급|일급|주급|월급|연봉"
    rf"|基本給|基本给|급여|以上|以下|이상|이하|[{IDEOGRAPHS}])"
    # A list of tags that lost its spaces: "$60 an hourApply now".
    r"|(?P<glue>(?:(?<=\d)[kKmM]|[yY]ear|yr|[hH]our|hr|[mM]onth|mo|[wW]eek|wk|[dD]ay|annum|[aA]nnually|[yY]early|"
    r"[mM]onthly|[hH]ourly|[wW]eekly|[dD]aily|[jJ]ahr|[mM]onat|[sS]tunde)(?=[A-ZÀ-Þ][a-zà-ÿ]))"
    rf"|(?P<tag>{LETTER}{{1,40}}?(?<=[a-zà-ÿ])(?=(?:{'|'.join(sorted(CODES))}) ?\d))"
    rf"|(?P<word>{LETTER}[^\W_{IDEOGRAPHS}]*+)"
    r"|(?P<dash>-{1,3}|\.\.\.?(?= ?[$£€₹\d])|→)"
    r"|(?P<stop>[.!?](?=\s|$)|[;|\u2022\u00b7\u25cf\u25aa\u3002])"
    r"|(?P<mark>[^\w\s]|_)"
)
# A word of running text, at which every other kind of token fails: three small letters at least,
# and then what ends a word and continues no link, code or "p.a.".
RUNNING = late(r" *+([a-z]{3,}+)(?=[ ,.;!?)/'\n-])")
# A code before a digit makes one word with it: CHF90'000. A lone R is also how requisition
# numbers begin, so rand needs a thousands mark, a k, or what follows pay (R450,000).
GLUED = late(
    rf"(?:{'|'.join(sorted(CODES))})(?=[.,]?\d|[£€₹¥])|(?:Rs|RM|Rp|kr|Fr)\.? ?(?=\d)"
    r"|R(?= ?\d{1,3}(?:[ ,]\d{3}|k)| ?\d{4,6}(?:\.\d\d)? ?(?:-|to |per |p\.?m|/))"
)
GLUED_CODES = {"R": "ZAR", "Rs": "INR", "RM": "MYR", "Rp": "IDR", "Fr": "CHF"}
DIGITS = late(r"\d[\d,.' ]*+")
# What stands around a number and decides what it means; wider contexts were never needed.
REACH = 320
WINDOW = 8192


class Token(NamedTuple):
    """A piece of text: what sort it is, its word in lower case, and its place.

    ``kind`` is number, currency, word, mark, dash, stop, line or skip; ``word`` of a currency its
    ISO code or shared sign (``$``, ``kr``, ``¥``).
    """

    kind: str
    word: str
    start: int
    end: int


def windows(text: str) -> Iterator[tuple[int, int]]:
    """Give the stretches of text that hold a number, with the words around it, in order.

    A stretch is at most 8 kB long, so that an endless table of numbers costs what its length costs.
    """
    begin = end = -1
    for match in DIGITS.finditer(text):
        if match.start() - REACH > end >= 0:
            yield from _cut(begin, end)
            begin = -1
        if begin < 0:
            begin = max(match.start() - REACH, end, 0)
        end = min(match.end() + REACH, len(text))
    if begin >= 0:
        yield from _cut(begin, end)


def _cut(begin: int, end: int) -> Iterator[tuple[int, int]]:
    for start in range(begin, end, WINDOW):
        yield start, min(start + WINDOW, end)


def tokens(text: str, begin: int, end: int) -> list[Token]:
    """Split folded text (see ``FOLDED``) between two places into tokens; blanks are left out."""
    found = []
    position = begin
    while position < end:
        if match := RUNNING.match(text, position, end):
            word, start, position = match[1], match.start(1), match.end()
            name = named(word) if word in NAMES or word in CASED else None
            found.append(Token("currency" if name else "word", name or word, start, position))
            continue
        match = _glued(text, position, end) or TOKEN.match(text, position, end)
        if not match:  # pragma: no cover - every character belongs to some token
            break
        position = match.end()
        if match.lastgroup != "blank":
            found.append(_token(match))
    return found


def _glued(text: str, position: int, end: int) -> re.Match[str] | None:
    if not text[position].isupper() and text[position] != "k":
        return None
    before = text[position - 1] if position else ""
    if before.isalnum() and not (before.islower() and text[position : position + 3] in CODES):
        return None
    return GLUED.match(text, position, end)


def _token(match: re.Match[str]) -> Token:
    kind, text = match.lastgroup, match[0]
    place = match.span()
    if kind is None:
        name = text.rstrip(". ")
        return Token("currency", GLUED_CODES.get(name, name), *place)
    if kind == "dollar":
        return Token("currency", DOLLARS.get(text[:-1].strip(), "$"), *place)
    if kind == "sign":
        return Token("currency", SIGNS[text], *place)
    if kind == "abbreviated":
        return Token("word", "p" + text.rstrip(".")[-1].lower(), *place)
    if kind == "word" and (name := named(text) or ""):
        return Token("currency", name, *place)
    return Token("word" if kind in {"ideograph", "glue", "tag"} else kind, text.lower(), *place)


def at(tokens: Sequence[Token], place: int) -> Token:
    """Give the token at a place, or one of kind ``end`` where there is none."""
    return tokens[place] if 0 <= place < len(tokens) else Token("end", "", -1, -1)


def touching(tokens: Sequence[Token], place: int) -> bool:
    """Say whether a token follows the one before it without a blank."""
    return place > 0 and at(tokens, place).start == tokens[place - 1].end


def number(text: str, *, scaled: bool = False) -> float | None:
    """Read a number with any thousands mark; ``scaled`` says that a ``k`` or the like follows.

    A single mark before exactly three digits separates thousands (``12.100``, ``12,100``), unless a
    scale follows a point (``178.880k``). Nothing longer than a pay can be is read.
    """
    digits = text.replace(" ", "").replace("'", "")
    if len(digits) > 18:  # noqa: PLR2004 - fifteen digits and their marks: what a float holds exactly
        return None
    whole, fraction = _parts(digits, scaled=scaled)
    return float(f"{whole}.{fraction or 0}")


def _parts(digits: str, *, scaled: bool) -> tuple[str, str]:
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        mark = "." if digits.rfind(".") > digits.rfind(",") else ","
        whole, _, fraction = digits.rpartition(mark)
        return re.sub(r"[.,]", "", whole), fraction
    if points + commas != 1:
        return re.sub(r"[.,]", "", digits), ""
    whole, _, fraction = digits.replace(",", ".").partition(".")
    if len(fraction) == 3 and whole != "0" and not (scaled and points):  # noqa: PLR2004 - thousands
        return whole + fraction, ""
    return whole, fraction
