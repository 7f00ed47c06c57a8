"""A text part that is read at 72 to 78 columns: long lines are broken between words. Pure.

No word and no link is broken, however long it is, and what a line goes on with is indented, so that
nothing a page says can look like a line of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 76  # columns: what a terminal shows with room for one "> " of a reply
_FURTHER = 4
_BECAME, _NEXT = " -> ", " · "
_ISOLATES, _ISOLATED = "\u2066\u2067\u2068", "\u2069"


def wrapped(text: str, width: int = WIDTH) -> str:
    """Break the lines of a text that are longer than ``width`` characters, where it has spaces.

    A change that does not fit has its two sides on two lines.
    """
    return "\n".join(
        line if len(line) <= width else "\n".join(_broken(line, width)) for line in text.split("\n")
    )


def _broken(line: str, width: int) -> Iterator[str]:
    bare = line.lstrip(" ")
    indent = " " * (len(line) - len(bare))
    before, became, now = bare.partition(_BECAME)
    yield from _filled(indent, before, indent + " " * _FURTHER, width)
    if became:
        yield from _filled(f"{indent}{' ' * _FURTHER}-> ", now, indent + " " * 2 * _FURTHER, width)


def _filled(first: str, text: str, further: str, width: int) -> Iterator[str]:
    """Give the lines of a text: the first begins with one indent, those after it with another."""
    line, indent = "", first
    for piece in _facts(text, width - len(further)) or _words(text):
        if line and len(indent) + len(line) + 1 + len(piece) > width:
            yield indent + line
            line, indent = "", further
        line += f" {piece}" if line else piece
    yield indent + line


def _depth(text: str) -> int:
    return sum(text.count(one) for one in _ISOLATES) - text.count(_ISOLATED)


def _sign(word: str) -> bool:
    return len(word) == 1 and not word.isalnum()


def _facts(text: str, width: int) -> list[str]:
    """Give the parts of a line of facts, "posted 2 May · source acme", if each is short enough."""
    *parts, last = text.split(_NEXT)
    pieces = [*(part + _NEXT.rstrip() for part in parts), last] if parts else []
    whole = all(len(piece) <= width and _depth(piece) == 0 for piece in pieces)
    return pieces if whole else []


def _words(text: str) -> Iterator[str]:
    """Give what stays together: a word with a sign beside it, what is isolated by its direction."""
    piece: list[str] = []
    depth = 0
    for word in text.split(" "):
        if piece and depth == 0 and not (_sign(word) or _sign(" ".join(piece))):
            yield " ".join(piece)
            piece = []
        piece.append(word)
        depth += _depth(word)
    yield " ".join(piece)
