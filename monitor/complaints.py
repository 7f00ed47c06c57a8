"""What is wrong with a rolecall.toml, said so that its owner can repair it. Pure.

Every complaint names the place (``rolecall.toml:14 search[0].min_salry``), what is wrong there and,
where one can be guessed, what was meant. All of them are shown at once: a file repaired one error
a run is a file repaired five times. Nothing here decides what is right; ``config`` does.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Key = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)([^\[\]]+)\]\]?\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
_QUOTED = 40


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong: the key it is about (empty for the whole file), and the words."""

    key: Key
    message: str


class ConfigError(Exception):
    """Raised when a configuration cannot be used, from ``config.load``: one line a complaint."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))


def positions(text: str) -> dict[Key, int]:
    """Find the line (from 1) of every table and key by a small scan, not by a second parser.

    A line of a multi-line string that looks like an assignment adds a key that nobody asks for;
    what the scan does not see is looked up by ``line_of`` at the table around it.
    """
    found: dict[Key, int] = {}
    counts: dict[Key, int] = {}
    table: Key = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _table(_parts(header[2]), counts, many=header[1] == "[[")
            found.setdefault(table, number)
        elif assignment := _ASSIGNMENT.match(line):
            key = table
            for part in _parts(assignment[1]):
                key = (*key, part)
                found.setdefault(key, number)
    return found


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _table(names: tuple[str, ...], counts: dict[Key, int], *, many: bool) -> Key:
    """Give a header's key with the index of every array of tables on its way filled in."""
    key: Key = ()
    for depth, name in enumerate(names, 1):
        key = (*key, name)
        if many and depth == len(names):
            counts[key] = counts.get(key, -1) + 1
        if key in counts:
            key = (*key, counts[key])
    return key


def line_of(key: Key, lines: dict[Key, int]) -> int | None:
    """Give the line of a key, or of the nearest thing around it that the scan saw."""
    while key:
        if key in lines:
            return lines[key]
        key = key[:-1]
    return None


def spoken(key: Key) -> str:
    """Write a key as its owner reads it: ``search[0].min_salary``."""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def meant(word: object, known: Iterable[str]) -> str:
    """Say "; did you mean …?" when one of the known words is close, else nothing."""
    close = difflib.get_close_matches(str(word).casefold(), list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""


def quoted(value: object) -> str:
    """Write a value the user gave, in quotes and short enough for one line."""
    text = " ".join(str(value).split())
    return f'"{text[:_QUOTED]}…"' if len(text) > _QUOTED else f'"{text}"'


def listed(name: str, text: str, complaints: Iterable[Complaint]) -> Iterator[str]:
    """Write each complaint as one line, in the order of the file; the same words once."""
    where = positions(text)
    placed = {(line_of(c.key, where) or 0, spoken(c.key), c.message): None for c in complaints}
    for number, key, message in sorted(placed):
        place = f"{name}:{number}" if number else name
        yield f"{place} {key}: {message}" if key else f"{place}: {message}"


def syntax(name: str, message: str) -> str:
    """Write tomllib's "… (at line 3, column 5)" with the place in front, as editors read it."""
    found = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", message, re.DOTALL)
    if not found:
        return f"{name}: not TOML: {message}"
    hint = "; text stands in quotes" if found[1] == "Invalid value" else ""
    return f"{name}:{found[2]}:{found[3]}: not TOML: {found[1]}{hint}"


def refused(error: Any, fields: Callable[[Key], Mapping[str, Any]]) -> Complaint:
    """Say one of pydantic's errors in our words; see its documentation, "Validation Errors".

    ``fields`` gives the keys, with their descriptions, that the table at a place may have.
    """
    key: Key = error["loc"]
    given = error.get("input")
    match error["type"]:
        case "extra_forbidden":
            guess = meant(key[-1], fields(key[:-1]))
            return Complaint(key, f"unknown key{guess}")
        case "missing":
            meaning = str(fields(key[:-1])[str(key[-1])].description)
            return Complaint(key, f"missing: {meaning.rstrip('.')}")
        case "tuple_type" if len(key) == 1:
            return Complaint(key, f"must be a list of tables, each under its own [[{key[0]}]]")
        case "value_error":
            return Complaint(key, str(error["ctx"]["error"]))
        case "literal_error":
            words = re.findall(r"'([^']*)'", error["ctx"]["expected"])
            guess = meant(given, words) or f"; it can be {', '.join(words)}"
            return Complaint(key, f"{quoted(given)} is not known{guess}")
        case kind:
            return Complaint(key, _SHAPES.get(kind) or error["msg"].replace("Input should", "must"))


_SHAPES = {
    "string_type": "must be text, in quotes",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "tuple_type": 'must be a list, like ["one", "two"]',
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "model_type": "must be a table",
    "dict_type": "must be a table",
}
