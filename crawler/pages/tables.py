"""Tables in Markdown files: pipe tables and HTML tables, as rows of cells with words and links.

A cell keeps its lines apart (``<br>``, ``<details>`` with several places). Anything that is no
table is passed over; broken markup gives what can be read of it, never an error.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING, NamedTuple

from crawler.fields import text as words
from crawler.fields.links import absolute
from crawler.pages import dom

if TYPE_CHECKING:
    from collections.abc import Iterator

_RULE = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*+\|?[ \t]*")
_BAR = re.compile(r"(?<!\\)\|")
_IMAGE = re.compile(r"!\[[^\[\]]{0,500}\]\([^()\s]{0,2000}(?:\s[^()]{0,200})?\)")
# A link's words may hold brackets, its address parentheses; one level of each.
_LINK = re.compile(
    r"\[((?:[^\[\]]++|\[[^\[\]]*+\])*+)\]"
    r"\(\s*<?((?:[^()\s<>]{1,2000}+|\([^()\s]{0,200}\)){1,20}+)>?(?:\s[^()]{0,200})?\)"
)
_BARE = re.compile(r"<?(https?://[^\s<>|\"']{1,2000})>?")
_EMPHASIS = re.compile(r"\*+|(?<!\w)_{1,3}|_{1,3}(?!\w)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_BREAK = re.compile(r"<\s*/?\s*br\s*/?\s*>", re.IGNORECASE)
_LONGEST_CELL = 20_000
_MOST_COLUMNS = 50


class Cell(NamedTuple):
    """What a cell shows: its lines, the web links in it, and whether its words are struck out."""

    lines: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    struck: bool = False

    @property
    def words(self) -> str:
        """Give the cell on one line."""
        return " ".join(self.lines)


class Table(NamedTuple):
    """A table with the words of its head; rows hold as many cells as the file gives them."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def read(text: str) -> Iterator[Table]:
    """Give every table of a Markdown or HTML file that has a head, pipe tables first."""
    yield from _piped(text.splitlines())
    if "<table" in text.lower():
        yield from _tagged(text)


def _piped(lines: list[str]) -> Iterator[Table]:
    """Read pipe tables: a head, a rule of dashes, and rows up to a line without a bar."""
    number = 1
    while number < len(lines):
        rule = lines[number].strip()
        if "|" not in lines[number - 1] or "|" not in rule or not _RULE.fullmatch(rule):
            number += 1
            continue
        head, number, rows = lines[number - 1], number + 1, []
        while number < len(lines) and "|" in lines[number]:
            rows.append(tuple(map(_marked_down, _split(lines[number]))))
            number += 1
        yield Table(tuple(_marked_down(cell).words for cell in _split(head)), tuple(rows))


def _split(line: str) -> list[str]:
    line = line.strip().removeprefix("|")
    if line.endswith("|") and not line.endswith("\\|"):
        line = line[:-1]
    cells = _BAR.split(line, _MOST_COLUMNS)[:_MOST_COLUMNS]
    return [cell.replace("\\|", "|").strip() for cell in cells]


def _marked_down(cell: str) -> Cell:
    """Read a cell of a pipe table: Markdown, with HTML in it or not."""
    cell = _IMAGE.sub(" ", cell[:_LONGEST_CELL])
    struck = cell.startswith("~~") and cell.endswith("~~")
    if "<" not in cell and "[" not in cell and "://" not in cell:
        return Cell(_lines([unescape(cell)]), (), struck)
    found = _cell(dom.tree(f"<div>{_BREAK.sub('<br>', _LINK.sub(_anchor, cell))}</div>"))
    bare = () if found.links else tuple(map(unescape, _BARE.findall(cell)))
    lines = _lines([_ESCAPED.sub(r"\1", line) for line in found.lines])
    return Cell(lines, found.links or bare, struck or found.struck)


def _anchor(match: re.Match[str]) -> str:
    return f'<a href="{escape(unescape(match[2]))}">{match[1]}</a>'


def _lines(lines: list[str]) -> tuple[str, ...]:
    """Give lines without the marks of emphasis; a line of nothing else is none."""
    plain = (words.clean(_EMPHASIS.sub("", line.replace("~~", ""))) for line in lines)
    return tuple(line for line in plain if line)


def _tagged(text: str) -> Iterator[Table]:
    """Read HTML tables; what stands in a table inside a table belongs to the inner one only."""
    for table in dom.tree(_BREAK.sub("<br>", text)).iter("table"):
        rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
        cells = [tuple(_cell(node) for node in row.iterchildren("td", "th")) for row in rows]
        if cells:
            yield Table(tuple(cell.words for cell in cells[0]), tuple(cells[1:]))


def _cell(node: dom.Element) -> Cell:
    """Read a cell's tree; the summary of a fold says how much is folded, not what."""
    for summary in list(node.iter("summary")):
        if len(summary.getparent()) > 1 or (summary.tail or "").strip():
            dom.remove(summary)
    found = [absolute(a.get("href"), "") for a in node.iter("a") if a.get("href")]
    shown = dom.words(node)
    struck = any(dom.words(one) == shown for one in node.iter("s", "del", "strike")) and bool(shown)
    return Cell(tuple(dom.lines(node)), tuple(link for link in found if link), struck)
