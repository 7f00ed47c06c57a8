"""Postings as a user described them in rolecall.toml: which option is what, and what it must be.

Pure. Every mistake in a description is a ``ValueError`` whose words name the option.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from crawler.fields import links, salary, terms, text
from crawler.fields.patterns import late
from crawler.pages import board, schema_org

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from crawler.items import Posting, Remote, Salary, Source

FIELDS = (
    "id",
    "title",
    "url",
    "organization",
    "places",
    "remote",
    "employment_types",
    "department",
    "salary",
    "date_posted",
    "date_updated",
    "valid_through",
    "requisition_id",
    "language",
    "body",
    "apply_url",
)
"""What can be described, by the names of a posting's fields."""

_SHORT = {
    "company": "organization",
    "place": "places",
    "employment": "employment_types",
    "date": "date_posted",
}
_MARKUP = late(r"<[a-z/!]|&(?:[a-z]{2,8}|#\d{1,6});", re.IGNORECASE)
_ESCAPED = late(r"</(?:p|div|ul|ol|li|strong|b|h[1-6])>|<br ?/?>", re.IGNORECASE)
_COUNT = late(r"\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+(?!\d)|\d{1,9}")


def options(source: Source, known: Iterable[str]) -> Mapping[str, Any]:
    """Give a source's options; raises ``ValueError`` for one that its kind does not have."""
    _check(source.options, tuple(known), "options")
    return source.options


def fields(stated: Any, option: str, *, wanted: Iterable[str] = ()) -> dict[str, Any]:
    """Give a table of fields by their full names; ``wanted`` ones must be among them."""
    if not isinstance(stated, dict):
        raise ValueError(f"{option}: a table of fields is wanted")  # noqa: TRY004 - a mistake in words
    _check(stated, (*FIELDS, *_SHORT), option)
    found = {_SHORT.get(str(name), str(name)): query for name, query in stated.items()}
    for name in wanted:
        if name not in found:
            raise ValueError(f"{option}.{name} is missing")
    return found


def _check(stated: Mapping[str, Any], known: tuple[str, ...], option: str) -> None:
    for name in stated:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            raise ValueError(f"{option}.{name}: unknown; {hint}")


def table(stated: Any, option: str, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Give a table of plain settings, each of its default's type; the others by default."""
    if not isinstance(stated, dict):
        raise ValueError(f"{option}: a table is wanted")  # noqa: TRY004 - a mistake in words
    _check(stated, tuple(defaults), option)
    for name, value in stated.items():
        if type(value) is not type(defaults[name]):
            wanted = "a text" if isinstance(defaults[name], str) else "a whole number"
            raise ValueError(f"{option}.{name}: {wanted} is wanted")
    return {**defaults, **stated}


def answer(words: str) -> Any:
    """Parse JSON; ``None`` for a page that is none."""
    try:
        return json.loads(words)
    except (ValueError, RecursionError):
        return None


def count(stated: Any) -> int | None:
    """Give the number of postings that words or a number state: the largest in them."""
    if isinstance(stated, int) and not isinstance(stated, bool):
        return stated
    found = _COUNT.findall(stated) if isinstance(stated, str) else []
    return max((int(re.sub(r"\D", "", number)) for number in found), default=None)


def posting(stated: Mapping[str, Any], source: Source, now: datetime) -> Posting | None:
    """Build a posting from what was found for each field, one value or several.

    Without an id it is known by its link's address. ``None`` without title, or without either.
    """
    url = board.link(_first(stated, "url"))
    return board.posting(
        source,
        now,
        id=_first(stated, "id") or (known_by(url, source) if url else None),
        title=_first(stated, "title"),
        body="\n".join(filter(None, map(prose, _every(stated, "body")))),
        labels=_every(stated, "places"),
        remote=_remote(_first(stated, "remote")),
        employment=[one for one in map(board.word, _every(stated, "employment_types")) if one],
        pay=[band for one in _every(stated, "salary") for band in _pay(one, source)][:1],
        organization=_first(stated, "organization"),
        department=_first(stated, "department"),
        date_posted=_first(stated, "date_posted"),
        date_updated=_first(stated, "date_updated"),
        valid_through=_first(stated, "valid_through"),
        requisition_id=_first(stated, "requisition_id"),
        language=_first(stated, "language"),
        url=url,
        apply_url=_first(stated, "apply_url"),
    )


def prose(part: Any) -> str:
    """Give a text as a reader sees it, whether it came as markup, escaped markup or plain."""
    if not isinstance(part, str):
        return ""
    if _MARKUP.search(part):
        words = text.from_html(part)
        # Markup that was escaped once more inside its element.
        return text.from_html(words.replace("\n", "<br>")) if _ESCAPED.search(words) else words
    return "\n".join(filter(None, map(text.clean, part.splitlines())))


def known_by(url: str, source: Source) -> str:
    """Give the id of a posting that has none but its address; with the host on another site."""
    foreign = links.site(url) != links.site(source.url or "")
    return f"{links.site(url) if foreign else ''}{links.address(url)}"


def joined(row: Posting, own: Posting, *, named: bool) -> Posting:
    """Make one posting of a row of the listing and the posting's own page.

    Of two statements the user's own description counts: the page's when its fields are ``named``,
    else the row's. Only places are always the page's: a row may say "3 locations".
    """
    both = schema_org.merge(own, row) if named else schema_org.merge(row, own)
    url = row.url or own.url
    return replace(both, id=row.id, url=url, places=own.places or row.places)


def _every(stated: Mapping[str, Any], field: str) -> list[Any]:
    value = stated.get(field)
    values = value if isinstance(value, list) else [value]
    return [one for one in values if one not in (None, "", [], {})]


def _first(stated: Mapping[str, Any], field: str) -> Any:
    return next(iter(_every(stated, field)), None)


def _remote(value: Any) -> Remote | None:
    if isinstance(value, bool):
        return "remote" if value else None
    return terms.remote(board.word(value) or "")


def _pay(value: Any, source: Source) -> tuple[Salary, ...]:
    """Read pay: a text as a text, a number or a table of ends as structured."""
    if isinstance(value, str):
        return salary.read(value, currency=source.currency)
    ends = value if isinstance(value, dict) else {"min": value, "max": value}
    currency = board.word(ends.get("currency")) or source.currency
    stated = salary.structured(
        ends.get("min"), ends.get("max"), currency, board.word(ends.get("period"))
    )
    return (stated,) if stated else ()
