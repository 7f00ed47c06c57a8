"""JSON as pages really carry it: read what a machine wrote and a template then damaged.

Repairs only what has one meaning. Quotes that are missing or not JSON's are never guessed, so a
text that stays ambiguous gives nothing. Time is linear in the text; nesting bombs give nothing.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

from crawler.fields.patterns import late

if TYPE_CHECKING:
    from collections.abc import Iterator

# Comment and CDATA wrappers from the days when a script had to be hidden from a browser.
_WRAPPED = r"(?:\s|\ufeff|<!--|//|/\*|\*/|<!\[CDATA\[|\]\]>|-->|;)"
_HEAD = late(rf"\A{_WRAPPED}++")
_BETWEEN = late(rf"(?:{_WRAPPED}|,)*+")
_ESCAPE = late(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|(.)|\Z)', re.DOTALL)
_TOKEN = late(
    r'(?P<space>\s++)|(?P<string>"(?:[^"\\]++|\\.)*+")|(?P<mark>[{}\[\]:,])'
    r'|(?P<word>[^\s"{}\[\]:,]++)|(?P<open>")',
    re.DOTALL,
)
# What a scanner raises: bad JSON and over-long numbers, and nesting beyond the stack.
_UNREADABLE = (ValueError, RecursionError)


def values(text: str) -> list[Any]:
    """Give every JSON value that stands in the text, one after the other.

    Keys begin in lower case and without a vocabulary's prefix. Values before a damaged one are
    kept; what cannot be read is left out.
    """
    text = _unwrapped(text)
    found, end = _sequence(text)
    rest = text[end:]
    if rest.strip() and (repaired := _repaired(rest)) is not None:
        found += _sequence(repaired)[0]
    return found


def _unwrapped(text: str) -> str:
    for _ in range(2):  # a block escaped whole, at times twice
        if '"' in text or "&" not in text:
            break
        text = html.unescape(text)
    return _HEAD.sub("", text)


def _sequence(text: str) -> tuple[list[Any], int]:
    found: list[Any] = []
    end = 0
    while end < len(text):
        try:
            value, end = _DECODER.raw_decode(text, end)
        except _UNREADABLE:
            break
        found.append(value)
        end = _next(text, end)
    return found, end


def _next(text: str, start: int) -> int:
    match = _BETWEEN.match(text, start)
    return match.end() if match else start


def _repaired(text: str) -> str | None:
    """Mend commas and escapes, or give ``None`` when a string never ends."""
    parts: list[str] = []
    last, comma = "", -1
    for kind, piece in _pieces(text):
        if kind == "open":
            return None
        if kind == "space":
            parts.append(piece)
            continue
        if piece in "}]" and last == ",":
            parts[comma] = ""
        elif piece == "," and last in {"", ",", "[", "{"}:
            continue
        elif _starts(kind, piece) and _ends(last):
            parts.append(",")
        comma = len(parts) if piece == "," else comma
        parts.append(_escaped(piece) if kind == "string" else piece)
        last = piece if kind == "mark" else "value"
    return "".join(parts)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    return ((match.lastgroup or "", match[0]) for match in _TOKEN.finditer(text))


def _starts(kind: str, piece: str) -> bool:
    return kind in {"string", "word"} or piece in "{["


def _ends(last: str) -> bool:
    return last in {"value", "}", "]"}


def _escaped(string: str) -> str:
    return _ESCAPE.sub(_escape, string) if "\\" in string else string


def _escape(match: re.Match[str]) -> str:
    if match[1]:
        return match[0]
    # \' is JavaScript's; any other stray backslash was meant as a backslash.
    return "'" if match[2] == "'" else f"\\\\{match[2] or ''}"


def _no_constant(_: str) -> None:
    """Read NaN and Infinity, which JSON does not know, as nothing."""


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Name members as schema.org does: some generators write ``Title`` or ``schema:title``."""
    return {_name(key): value for key, value in pairs if value is not None}


def _name(key: str) -> str:
    if key[:1] == "@":
        return key.lower()
    bare = key.rsplit("/", 1)[-1].removeprefix("schema:")
    return bare[:1].lower() + bare[1:]


_DECODER = json.JSONDecoder(strict=False, parse_constant=_no_constant, object_pairs_hook=_members)
