"""What Work at a Startup states of a posting, in a row and on its own page. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crawler.fields import links, salary
from crawler.items import Gone, Posting
from crawler.pages import board, careers, described, dom

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.items import Source

SITE = "https://www.ycombinator.com"
_LINES = {"minExperience": "Experience", "visa": "Visa", "skills": "Skills"}


def props(response: Any) -> dict[str, Any]:
    """Give the values that a page is drawn from; raises ``ValueError`` when it holds none."""
    for node in dom.tree(response.text).iter():
        if isinstance(node.tag, str) and (drawn := node.get("data-page")):
            found = board.dig(described.answer(drawn), "props")
            if isinstance(found, dict):
                return found
    raise ValueError("the page holds no postings: another one answers, or it is built anew")


def read(row: dict[str, Any], source: Source, now: datetime) -> Posting | None:
    """Read a row; what it says beyond a posting's fields is its text."""
    link = links.absolute(board.word(row.get("url")) or "", SITE)
    return board.posting(
        source,
        now,
        id=row.get("id"),
        title=row.get("title"),
        body="\n".join(line for line in map(_line, _LINES, [row] * len(_LINES)) if line),
        labels=[row.get("location")],
        employment=board.word(row.get("type")) or (),
        pay=salary.read(board.word(row.get("salaryRange")) or "", currency=source.currency)[:1],
        organization=row.get("companyName"),
        department=row.get("prettyRole"),
        url=link if row.get("url") else None,
        apply_url=row.get("applyUrl"),
    )


def _line(name: str, row: dict[str, Any]) -> str:
    value = row.get(name)
    words = filter(None, map(board.word, value if isinstance(value, list) else [value]))
    stated = ", ".join(words)
    return f"{_LINES[name]}: {stated}" if stated else ""


def completed(posting: Posting, stated: Posting) -> Posting:
    """Give a posting with what its page's JSON-LD states; that knows currency, period and day."""
    return replace(
        posting,
        places=stated.places or posting.places,
        remote=posting.remote or stated.remote,
        salary=stated.salary or posting.salary,
        date_posted=stated.date_posted,
        date_posted_raw=stated.date_posted_raw,
        valid_through=stated.valid_through,
        valid_through_raw=stated.valid_through_raw,
        start_date=stated.start_date,
        start_date_raw=stated.start_date_raw,
        requirements=stated.requirements,
        body="\n".join(part for part in (stated.body, posting.body) if part),
    )


def own(response: Any) -> Posting | Gone:
    """Read a posting's own page: its fields, and the JSON-LD beside them.

    Raises ``ValueError`` when the page shows no posting.
    """
    source, now = response.meta["source"], response.meta["now"]
    row = props(response).get("job")
    posting = read(row, source, now) if isinstance(row, dict) else None
    if posting is not None:
        found = careers.postings(response.text, url=response.url, now=now)
        return completed(posting, found[0]) if found else posting
    if words := careers.closed(response.text):
        return Gone(response.meta.get("posting") or "", f"its page says: {words}")
    raise ValueError("the page shows no posting")
