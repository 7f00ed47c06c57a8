"""A description of a JSON answer that nobody described: where its postings stand, and their fields.

Pure. It gives what a user would write as the ``options`` of a ``json`` source, so that it can be
read, shown and corrected, and says nothing rather than call a list of something else postings.
``keys`` knows what fields are called.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crawler.pages import board, described, dom
from crawler.pages.keys import EACH, LOOKS, NAMES, Path, plain, rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_MOST_VALUES = 20_000
_DEEPEST = 6
_NESTED = 4
_SAMPLE = 20
"""So many rows tell what a key holds."""
_OFTEN = 0.5
_LEAST = 2
"""A list of postings states so much besides title and id or link."""

_MONEY = {
    "min": "salarymin minsalary compensationminimum salaryfrom paymin",
    "max": "salarymax maxsalary compensationmaximum salaryto paymax",
    "currency": "salarycurrency currency currencycode compensationcurrency",
    "period": "salaryperiod compensationfrequency salaryunit",
}
_WITHIN = {"min": " min from minimum", "max": " max to maximum", "period": " period interval unit"}
"""What they are called where the key above says that they are pay."""
# A name that people, teams and products have as well; so it needs a text or a date beside it.
_WEAK = frozenset({"name", "nombre", "nom", "role", "position"})
_TOTALS = frozenset(
    {"total", "totalcount", "count", "totalresults", "totalhits", "numfound", "totaljobs", "hits",
     "totalelements", "numberrecords", "totalnumber", "totalrows"}
)  # fmt: skip
_PAGING = ("meta", "pagination", "paging", "page", "info")


@dataclass(frozen=True, slots=True)
class Guess:
    """Where rows stand, what each field of them is called, and how many they are."""

    rows: Path
    fields: Mapping[str, str]
    number: int

    @property
    def weight(self) -> tuple[int, int]:
        """Rank guesses: the list whose rows state most, then the longest."""
        return len(self.fields), self.number


def options(page: str) -> dict[str, Any] | None:
    """Give the options of a ``json`` source that read a page: JSON, or HTML with a script of it."""
    answer = described.answer(page)
    if answer is not None:
        return description(answer)
    for name, words in dom.named_scripts(page, "application/json"):
        if found := description(described.answer(words)):
            return {"script": f"script#{name}", **found}
    return None


def description(answer: Any) -> dict[str, Any] | None:
    """Give the options of a ``json`` source that read an answer; ``None`` when none would."""
    found = [guess for path, rows in _lists(answer) if (guess := _guess(path, rows))]
    if not found and isinstance(answer, dict):
        found = [guess for guess in [_guess((), [answer], own=True)] if guess]
    if not found:
        return None
    best = max(found, key=lambda guess: guess.weight)
    single = best.number == 1 and best.rows == ()
    rows = "[@]" if single and isinstance(answer, dict) else expression(best.rows) or "@"
    options: dict[str, Any] = {"rows": rows, "fields": dict(best.fields)}
    if total := _total(answer, best):
        options["total"] = total
    return options


def expression(path: Path) -> str:
    """Write a path as a JMESPath expression."""
    words = ""
    for key in path:
        bare = re.fullmatch(r"[A-Za-z_]\w*", key, re.ASCII)
        words += EACH if key == EACH else f"{'.' * bool(words)}{key if bare else _quoted(key)}"
    return words


def _quoted(key: str) -> str:
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _lists(answer: Any) -> Iterator[tuple[Path, list[dict[str, Any]]]]:
    """Give every list of objects in an answer, and the way to it; theirs apart."""
    waiting: list[tuple[Path, Any]] = [((), answer)]
    for _ in range(_MOST_VALUES):
        if not waiting:
            return
        path, value = waiting.pop(0)
        if isinstance(value, list):
            rows = [row for row in value[:_SAMPLE] if isinstance(row, dict)]
            if rows and len(rows) * 2 >= len(value[:_SAMPLE]):
                yield path, [row for row in value if isinstance(row, dict)]
        elif isinstance(value, dict) and len(path) < _DEEPEST:
            waiting += [((*path, key), inner) for key, inner in value.items()]


def _guess(path: Path, rows: list[dict[str, Any]], *, own: bool = False) -> Guess | None:
    """Describe the rows of a list, if they are postings; a page's ``own`` must state its text."""
    values = _columns(rows[:_SAMPLE])
    fields: dict[str, str] = {}
    for field in NAMES:
        if chosen := _chosen(field, values, len(rows[:_SAMPLE])):
            fields[field] = expression(chosen)
    if "salary" not in fields and (ends := _ends(values)):
        fields["salary"] = ends
    more = fields.keys() - {"id", "url", "title", "language", "date_updated", "apply_url"}
    known = "id" in fields or "url" in fields
    if "title" not in fields or not known or len(more) < _LEAST or (own and "body" not in fields):
        return None
    if plain(fields["title"]) in _WEAK and not more & {"body", "date_posted", "valid_through"}:
        return None
    return Guess(path, fields, len(rows))


def _columns(rows: Iterable[Mapping[str, Any]]) -> dict[Path, list[Any]]:
    """Give what the rows hold under each path."""
    found: dict[Path, list[Any]] = {}
    for row in rows:
        for path, value in _leaves(row, ()):
            found.setdefault(path, []).append(value)
    return found


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict) and sum(key != EACH for key in path) < _NESTED:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, str(key)))
    elif isinstance(value, list) and path and any(isinstance(one, dict) for one in value):
        for inner in value[:_SAMPLE]:
            yield from _leaves(inner, (*path, EACH)) if isinstance(inner, dict) else ()
    elif value not in (None, "", [], {}):
        yield path, value


def _chosen(field: str, values: Mapping[Path, list[Any]], rows: int) -> Path | None:
    """Give the path whose name is surest and whose values look like the field."""
    looks = LOOKS[field]
    named = [(sure, path) for path in values if (sure := rank(field, path)) is not None]
    if field == "body":  # the fullest of the nearest: a teaser is called a text as well
        sizes = {path: sum(len(str(value)) for value in values[path]) for _, path in named}
        named.sort(key=lambda one: (one[0][0], -sizes[one[1]]))
    else:
        named.sort()
    for _, path in named:
        fitting = sum(looks(value) for value in values[path])
        enough = fitting >= _OFTEN * len(values[path])
        often = len(values[path]) >= _OFTEN * rows or field not in ("title", "id", "url")
        if fitting and enough and often and _tells(field, values[path], rows):
            return path
    return None


def _tells(field: str, values: list[Any], rows: int) -> bool:
    """Say whether values tell rows apart, as an id or a link must."""
    if field not in ("id", "url"):
        return True
    return max(Counter(map(str, values)).values()) * 3 <= max(rows, 3)


def _ends(values: Mapping[Path, list[Any]]) -> str | None:
    """Write pay that stands in two fields, with what says its currency and its period."""
    for above in sorted({path[:-1] for path in values if EACH not in path}, key=len):
        if above and not plain(above[-1]).startswith(("salar", "pay", "compens", "remun")):
            continue
        inner = {plain(path[-1]): path for path in values if path[:-1] == above}
        parts = {
            part: inner[name]
            for part, names in _MONEY.items()
            if (
                name := next(
                    (
                        n
                        for n in (names + _WITHIN.get(part, "") * bool(above)).split()
                        if n in inner
                    ),
                    None,
                )
            )
        }
        if parts.keys() >= {"min", "max"}:
            return "{" + ", ".join(f"{part}: {expression(p)}" for part, p in parts.items()) + "}"
    return None


def _total(answer: Any, best: Guess) -> str | None:
    """Give the way to the number of postings that an answer states beside its list."""
    for depth in range(len(best.rows), 0, -1):
        above = best.rows[: depth - 1]
        for path in (above, *((*above, key) for key in _PAGING)):
            beside: Any = board.dig(answer, *path)
            for key, value in beside.items() if isinstance(beside, dict) else ():
                if plain(key) in _TOTALS and type(value) is int and value >= best.number:
                    return expression((*path, key))
    return None
