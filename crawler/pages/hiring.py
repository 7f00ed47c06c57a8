"""Comments of a "Who is hiring?" thread: one comment, one posting. Pure.

The first line is "Company | Role | Location | REMOTE | pay | link" by custom only, in any order and
with any of it missing. What a part of it is shows in its words; what shows in none stays text. A
comment without such a line is a posting all the same, titled by its first sentence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from crawler.fields import places, regions, salary, terms, text
from crawler.fields.links import absolute
from crawler.pages import board, dom

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crawler.items import Place, Posting, Salary, Source

_BAR = re.compile(r"\s*[|\uff5c\u2502]\s*")
_DASH = re.compile(r"\s+[\u2013\u2014]\s+|\s+-{2,3}\s+")
_PARTS = 3  # what dashes must divide a line into; a sentence has one
_ASIDE = re.compile(r"\s*\(([^()]{0,200})\)")
# Codes of countries that such lines mean something else by.
_CRAFTS = frozenset({"AI", "IT", "ML", "IO", "PM", "QA"})
_WEB = re.compile(
    r"(?:https?://|www\.)\S+|[\w.-]+\.(?:com|io|ai|co|org|dev|net)(?:/\S*)?", re.IGNORECASE
)
_ROLE = re.compile(
    r"\b(?:engineer\w*|develop\w+|programmers?|design\w+|managers?|scientists?|analysts?|sre|swe"
    r"|architects?|devops|leads?|head|founding|directors?|interns?|research\w*|roles|positions|cto"
    r"|vp|staff|senior|principal|junior|operators?|operations|marketing|sales|writers?|recruiters?"
    r"|administrators?|consultants?|specialists?|technicians?|full[ -]?stack|back[ -]?end"
    r"|front[ -]?end|jobs)\b",
    re.IGNORECASE,
)
_TYPES = re.compile(
    r"(?:full|part|time|contract(?:or)?|permanent|freelance|intern(?:ship)?s?|temporary|or|and|[^\w]"
    r")+",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s")
_LONGEST_TITLE = 120
_LONGEST_LINE = 1000


class _Header(NamedTuple):
    """What a first line says."""

    title: str
    organization: str | None = None
    places: tuple[str, ...] = ()
    employment: tuple[str, ...] = ()
    pay: tuple[Salary, ...] = ()
    mode: str = ""


def read(comment: dict[str, Any], source: Source, now: datetime) -> Posting | None:
    """Read a top-level comment; ``None`` when it has no id or no words."""
    markup = comment.get("text")
    body = text.from_html(markup) if isinstance(markup, str) else ""
    header = _header(body.partition("\n")[0][:_LONGEST_LINE], source.currency)
    key = board.word(comment.get("id"))
    return board.posting(
        source,
        now,
        id=key,
        title=header.title,
        body=body,
        labels=header.places,
        remote=terms.remote(header.mode),
        employment=header.employment,
        pay=header.pay[:1],
        organization=header.organization,
        date_posted=comment.get("created_at"),
        url=f"https://news.ycombinator.com/item?id={key}",
        apply_url=_link(markup or ""),
    )


def _header(line: str, currency: str | None) -> _Header:
    """Read a first line; the parts that are nothing else name the role."""
    first, *rest = _parts(line)
    if not rest:
        return _Header(_title(_SENTENCE.split(line, 1)[0]), mode=line)
    rest += [aside for aside in _ASIDE.findall(first) if terms.remote(aside)]
    rest = [part for part in rest if not _WEB.fullmatch(part)]
    roles = [part for part in rest if _ROLE.search(part) and not _TYPES.fullmatch(part)]
    where = [name for part in rest if part not in roles for name in _places(part)]
    return _Header(
        title=_title(", ".join(roles) or line),
        organization=_ASIDE.sub("", first).strip(" :,-") or None,
        places=tuple(where),
        employment=tuple(rest),
        pay=tuple(band for part in rest for band in salary.read(part, currency=currency)),
        mode=" ; ".join([first, *rest]),
    )


def _parts(line: str) -> Sequence[str]:
    """Divide a first line at its bars, else at its dashes; a sentence is one part."""
    for divider, least in ((_BAR, 2), (_DASH, _PARTS)):
        parts = [part for part in divider.split(line) if part]
        if len(parts) >= least:
            return parts
    return (line,)


def _title(words: str) -> str:
    """Give words as a title: not longer than a line."""
    if len(words) <= _LONGEST_TITLE:
        return words
    return f"{words[:_LONGEST_TITLE].rsplit(' ', 1)[0]} \u2026"


def _places(part: str) -> list[str]:
    """Give the places of a part that the tables know; a town that they do not know stays text."""
    return [place.name for place in places.read(part) if _is_known(place)]


def _is_known(place: Place) -> bool:
    town = regions.city(place.locality or place.name)
    return place.name not in _CRAFTS and bool(
        (place.country and regions.country(place.country))
        or (place.region and regions.region(place.region))
        or len(town) > 1
        or town[0] in regions.LARGE
        or regions.fold(place.name) in regions.WIDE
    )


def _link(markup: str) -> str | None:
    """Give the link of the first line, where it has one."""
    first = dom.tree(markup.split("<p>", 1)[0])
    return next((url for a in first.iter("a") if (url := absolute(a.get("href") or "", ""))), None)
