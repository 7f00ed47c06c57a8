"""Lists of openings that people keep in a repository: ``listings.json``, or tables in Markdown.

Pure. What such a list marks as closed is told apart, for it is somebody's opinion.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from crawler.fields import links
from crawler.items import Gone, Posting
from crawler.pages import board, curated_rows, schema_org
from crawler.pages.curated_rows import CLOSED, Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from crawler.items import Source

HIDDEN = "the list no longer shows it"
_MARKS = ("START", "END")
_LABELS = {"terms": "Start", "sponsorship": "Sponsorship", "degrees": "Degrees"}


class Listing(NamedTuple):
    """A list as it stands: open postings, what it marks closed, and how many rows are unread.

    ``whole`` is false when the file shows that it was cut short.
    """

    postings: tuple[Posting, ...]
    gone: tuple[Gone, ...]
    rows: int
    unread: int
    whole: bool = True


def read(content: str, source: Source, now: datetime) -> Listing:
    """Read a list; raises ``ValueError`` in words when the file is none.

    A posting's id is the list's own, else the link to apply in its stable form. Rows of one id and
    one link are one posting; another link under the same id is another posting, which a mark after
    ``#`` tells apart.
    """
    if content.lstrip()[:14].lower().startswith(("<!doctype html", "<html")):
        raise ValueError("a web page answers instead of the list's file")
    entries = _json(content)
    if entries is None:
        stated = list(curated_rows.read(content, source, now))
    else:
        stated = [_entry(entry, source, now) for entry in entries]
    rows = list(_distinct([row for row in stated if row is not None]))
    return Listing(
        postings=tuple(row.posting for row in rows if row.shut is None),
        gone=tuple(Gone(row.posting.id, row.shut) for row in rows if row.shut is not None),
        rows=len(stated),
        unread=stated.count(None),
        whole=entries is not None or _whole(content),
    )


def _json(content: str) -> list[Any] | None:
    """Give the entries of a JSON list; ``None`` for Markdown, which may begin with ``[`` too."""
    try:
        entries = json.loads(content)
    except (ValueError, RecursionError):
        if re.match(r"\s*(?:\[\s*)?\{", content):
            raise ValueError("the list is no whole JSON document") from None
        return None
    if not isinstance(entries, list):
        raise ValueError("the file holds no list of postings")  # noqa: TRY004 - the page is wrong
    return entries


def _whole(content: str) -> bool:
    """Say whether Markdown comes to its end, as far as what began in it tells.

    A cut between two tables shows nowhere: Markdown has no end of its own.
    """
    begun, ended = (set(re.findall(rf"<!--.{{0,200}}?(\w+)_{mark}\b", content)) for mark in _MARKS)
    last, before = [*reversed(content.split("\n")), "", ""][:2]
    broken = "|" in last and before.rstrip().endswith("|") and not last.rstrip().endswith("|")
    lowered = content.lower()
    return begun <= ended and not broken and lowered.count("<table") <= lowered.count("</table")


def _entry(entry: Any, source: Source, now: datetime) -> Row | None:
    """Read one entry of a ``listings.json``; what its fields say beyond a posting's is its text."""
    if not isinstance(entry, dict):
        return None
    url = board.link(entry.get("url"))
    lines = [_line(label, entry.get(name)) for name, label in _LABELS.items()]
    posting = board.posting(
        source,
        now,
        id=board.word(entry.get("id")) or url,
        title=entry.get("title"),
        body="\n".join(line for line in lines if line),
        labels=_several(entry.get("locations")),
        organization=entry.get("company_name"),
        date_posted=entry.get("date_posted"),
        date_updated=entry.get("date_updated"),
    )
    if posting is None:
        return None
    hidden = HIDDEN if entry.get("is_visible") is False else None
    shut = CLOSED if entry.get("active") is False else hidden
    return Row(dataclasses.replace(posting, url=url, apply_url=url), shut)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _line(label: str, value: Any) -> str:
    """Give a field as a line of text; nothing when it is empty."""
    stated = [word for word in map(board.word, _several(value)) if word]
    return f"{label}: {', '.join(stated)}" if stated else ""


def _distinct(rows: list[Row]) -> Iterator[Row]:
    """Make one row of those of one opening, and give openings that share an id one each."""
    shared: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        same = shared[row.posting.id]
        opening = _opening(row.posting)
        same[opening] = _joined(same[opening], row) if opening in same else row
    for group in shared.values():
        # The older keeps the id, in whatever order the list names them.
        first, *others = sorted(group.values(), key=lambda row: _since(row.posting))
        yield first
        for row in others:
            key = f"{row.posting.id}#{_mark(_opening(row.posting))}"
            yield Row(dataclasses.replace(row.posting, id=key), row.shut)


def _opening(posting: Posting) -> str:
    """Say which opening a row is of, where an id may have been copied with the row.

    In a table the link is the id: of two titles under one link the titles tell.
    """
    by_link = posting.url is not None and posting.url != posting.id
    return str(posting.url) if by_link else _words(posting)


def _mark(opening: str) -> str:
    return hashlib.sha256(opening.encode()).hexdigest()[:8]


def _words(posting: Posting) -> str:
    return links.slug(posting.organization, posting.title)


def _since(posting: Posting) -> tuple[str, str, str]:
    return posting.date_posted or "9999", posting.url or "", posting.title


def _joined(first: Row, second: Row) -> Row:
    """Make one of two rows: one that is open makes the posting open."""
    if (first.shut is None) != (second.shut is None):
        return first if first.shut is None else second
    return Row(schema_org.merge(first.posting, second.posting), first.shut)
