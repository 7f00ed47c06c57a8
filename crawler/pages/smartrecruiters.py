"""What SmartRecruiters' pages for people state of a posting, and saved answers of its API. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crawler.fields import places, salary, terms, text
from crawler.pages import answers, board, cards, dom, prose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from crawler.items import Posting, Remote, Salary, Source

_PAY = re.compile(r"(?:salary|pay|compensation)\b[^:]{0,40}:", re.IGNORECASE)
_BARE = re.compile(
    r"(?:salary|pay|compensation)\b[^:]{0,40}:\s*([\d.,]+)\s*[-\u2013]\s*([\d.,]+)", re.IGNORECASE
)
_NUMBERED = re.compile(r"\S*\d\S*")


def listed(card: cards.Card, source: Source, now: datetime) -> Posting | None:
    """Read a card of a careers page: its title, and the employer's number beside it."""
    title = cards.words(card.node, "job-title") or text.clean(dom.words(card.link))
    label = text.clean(card.link.get("aria-label") or "")
    number = label.removeprefix(title).removeprefix(" - ")
    stated = number if _NUMBERED.fullmatch(number) else None
    return cards.posting(card, source, now, title=title, requisition_id=stated, url=card.url)


def completed(posting: Posting, html: str, source: Source, now: datetime) -> Posting:
    """Add what a posting's page says outside of its markup: sections, workplace, place, pay.

    Of the text, the markup marks the first sections only.
    """
    root = dom.tree(html)
    sections = "\n".join(map(dom.markup, root.find_class("job-section")))
    where = next(root.iter("spl-job-location"), None)
    label = where.get("formattedaddress") or "" if where is not None else ""
    mode = where.get("workplacetype") or "" if where is not None else ""
    posting = replace(
        posting,
        body=text.from_html(sections) or posting.body,
        places=posting.places or places.read(label),
        remote=terms.remote(mode.replace("_", " ")) or posting.remote,
    )
    posting = prose.fill(posting, now=now, currency=source.currency)
    details = [text.clean(dom.words(node)) for node in root.find_class("job-detail")]
    return replace(posting, salary=posting.salary or next(_pay(details, source), None))


def read(row: Mapping[str, Any], source: Source, now: datetime) -> Posting | None:
    """Read a posting of a saved answer of the API; one of a list has no text."""
    where = row.get("location") or {}
    sections = board.dig(row, "jobAd", "sections")
    parts = sections.values() if isinstance(sections, dict) else ()
    return board.posting(
        source,
        now,
        id=row["id"],
        title=row["name"],
        body="\n".join(filter(None, map(_section, parts))),
        labels=[where.get("fullLocation") or _label(where)],
        remote=_remote(where),
        employment=board.dig(row, "typeOfEmployment", "label") or (),
        pay=list(_pay(_own_fields(row), source)),
        organization=board.dig(row, "company", "name"),
        department=board.dig(row, "department", "label"),
        date_posted=row.get("releasedDate"),
        requisition_id=row.get("refNumber"),
        language=board.dig(row, "language", "code"),
        url=row.get("postingUrl") or _url(row),
        apply_url=row.get("applyUrl"),
    )


def _url(row: Mapping[str, Any]) -> str | None:
    company = board.word(board.dig(row, "company", "identifier"))
    return f"https://jobs.smartrecruiters.com/{company}/{row['id']}" if company else None


def _own_fields(row: Mapping[str, Any]) -> Iterator[str]:
    fields = row.get("customField")
    for field in board.several(fields):
        name, value = (board.word(board.dig(field, key)) for key in ("fieldLabel", "valueLabel"))
        yield f"{name}: {value}"


def _section(part: Any) -> str:
    title, words = board.word(board.dig(part, "title")), board.word(board.dig(part, "text"))
    return "\n".join(filter(None, (title, text.from_html(words)))) if words else ""


def _label(where: Mapping[str, Any]) -> str:
    country = board.word(where.get("country")) or ""
    return answers.label(where.get("city"), where.get("region"), country.upper())


def _remote(where: Mapping[str, Any]) -> Remote | None:
    if where.get("hybrid") is True:
        return "hybrid"
    return "remote" if where.get("remote") is True else None


def _pay(fields: Iterable[str], source: Source) -> Iterator[Salary]:
    """Read the employer's own fields that are called pay, also bare ones: "Salary: 21.50-26.00"."""
    for words in fields:
        bare = _BARE.fullmatch(words)
        pay = salary.structured(bare[1], bare[2], source.currency, raw=words) if bare else None
        if pay:
            yield pay
        elif _PAY.match(words):
            yield from salary.read(words, currency=source.currency)
