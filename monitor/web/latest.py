"""The first page: what happened last, the newest first, and how much of it in a week."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from monitor import rows
from monitor.web.documents import EVERYTHING, followed
from monitor.web.entries import KINDS, entry
from monitor.web.site import Page

if TYPE_CHECKING:
    from monitor.lookup import Lookup, Told
    from monitor.web.site import Ask, Site

_LENGTH = 50
_WEEK = timedelta(days=7)


def latest(site: Site, lookup: Lookup, ask: Ask) -> Page:
    """Show what was told last, of all kinds or of the one asked for."""
    kind = ask.text("kind") if ask.text("kind") in KINDS else None
    told = lookup.latest(kind, before=ask.cut("before"), limit=_LENGTH + 1)
    entries = [entry(site, ask, one) for one in told[:_LENGTH]]
    tally = lookup.tally(site.now() - _WEEK)
    kinds = [
        (KINDS[name], tally[name], ask.to("latest", kind=name)) for name in KINDS & tally.keys()
    ]
    return Page(
        "latest.html",
        "Latest changes",
        {
            "days": [(day, list(group)) for day, group in groupby(entries, lambda one: one.day)],
            "kinds": sorted(kinds, key=lambda one: -one[1]),
            "chosen": KINDS[kind] if kind else "",
            "all": ask.to("latest"),
            "older": ask.to("latest", kind=kind, before=_end(told)) if len(told) > _LENGTH else "",
            "first": "before" not in ask.asked,
            "sources": ask.to("sources"),
            "feeds": followed(lookup, ask, EVERYTHING, "Everything"),
        },
    )


def _end(told: list[Told]) -> str:
    last = told[_LENGTH - 1].event
    return f"{rows.text_of_instant(last.at)}~{last.id}"
