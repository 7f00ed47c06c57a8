"""Postings: searched by words, narrowed by traits, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor import wording
from monitor.narrowing import COUNTED, Filter
from monitor.traits import TRAITS
from monitor.web.entries import line
from monitor.web.site import Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.lookup import Lookup
    from monitor.narrowing import Found
    from monitor.web.site import Ask, Site

_LENGTH = 50
_LABELS = {
    "employer": "Employer",
    "place": "Place",
    "remote": "Where",
    "employment": "Employment",
    "degree": "Degree",
    "pay": "Pay",
    "source": "Source",
}


def postings(site: Site, lookup: Lookup, ask: Ask) -> Page:
    """Show one page of the postings that were asked for, and how to narrow them further."""
    chosen = {trait: text for trait in TRAITS if (text := ask.text(trait))}
    asked = Filter(ask.text("q"), chosen, closed=ask.text("state") == "closed")
    found = lookup.postings(asked, before=ask.number("before"), limit=_LENGTH)
    query = {"q": asked.words, "state": "closed" if asked.closed else ""} | chosen
    last = found.rows[-1].id if found.rows else 0
    return Page(
        "postings.html",
        "Postings",
        {
            "words": asked.words,
            "closed": asked.closed,
            "action": ask.form("postings"),
            "kept": {key: text for key, text in query.items() if text and key != "q"},
            "total": _total(found),
            "lines": [line(site, ask, row) for row in found.rows],
            "chosen": [
                (_LABELS[trait], text, ask.to("postings", **(query | {trait: ""})))
                for trait, text in chosen.items()
            ],
            "facets": _facets(ask, found, query),
            "other": ask.to("postings", **(query | {"state": "" if asked.closed else "closed"})),
            "older": ask.to("postings", **query, before=last) if found.more else "",
            "newest": "" if "before" not in ask.asked else ask.to("postings", **query),
        },
    )


def _total(found: Found) -> str:
    if found.total is None:
        return f"more than {wording.number(COUNTED)} postings"
    return wording.count(found.total, "posting")


def _facets(
    ask: Ask, found: Found, query: Mapping[str, str]
) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Give each trait that is not chosen yet with its values, their counts and their links."""
    return [
        (
            _LABELS[trait],
            [
                (
                    value,
                    "" if n is None else wording.number(n),
                    ask.to("postings", **query, **{trait: value}),
                )
                for value, n in found.values[trait]
            ],
        )
        for trait in TRAITS
        if trait in found.values and not query.get(trait)
    ]
