"""One posting: its facts, what happened to it, what it is linked with, its text."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from crawler.items import plain
from monitor import wording
from monitor.web.entries import occurrence, posting_card
from monitor.web.site import Missing, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.items import Posting
    from monitor.events import Known
    from monitor.lookup import Lookup, Revision
    from monitor.narrowing import Row
    from monitor.web.site import Ask, Site

_TIMELINE = 40
_TEXT = 20_000
"""Characters of the text that stand on the page; the whole is one link away."""


def found(lookup: Lookup, ask: Ask) -> Row:
    """Give the posting that is asked for, or raise ``Missing``."""
    id_ = ask.number("id")
    row = None if id_ is None else lookup.posting(id_)
    if row is None:
        raise Missing("There is no such posting.")
    return row


def posting(site: Site, lookup: Lookup, ask: Ask) -> Page:
    """Show a posting as it stands, with its history."""
    row = found(lookup, ask)
    stood, events = lookup.history(row)
    card = posting_card(site, row)
    shown = row.known.posting
    return Page(
        "posting.html",
        card.title,
        {
            "card": card,
            "state": _state(site, row.known),
            "closed": row.known.state == "closed",
            "facts": list(_facts(shown)),
            "links": _links(shown),
            "source": (row.known.source, ask.to("source", name=row.known.source)),
            "timeline": [occurrence(site, event) for event in reversed(events[-_TIMELINE:])],
            "left": max(len(events) - _TIMELINE, 0),
            "first_seen": site.moment(row.known.first_seen),
            "first_iso": site.local(row.known.first_seen).isoformat(timespec="minutes"),
            "revisions": _revisions(site, ask, row, stood),
            "choice": _choice(site, stood),
            "compare": ask.form("compare", id=row.id) if len(stood) > 1 else "",
            "linked": _linked(site, lookup, ask, row),
            "paragraphs": paragraphs(shown.body[:_TEXT]),
            "cut": len(shown.body) > _TEXT,
            "whole": ask.to("text", id=row.id),
            "kept": ask.to("kept", id=row.id) if site.captures and row.known.page_hash else "",
        },
    )


def paragraphs(body: str) -> list[str]:
    """Give the lines of a text, each clean, empty ones left out."""
    return [line for line in map(wording.clean, body.split("\n")) if line]


def _state(site: Site, known: Known) -> str:
    """Say in words whether it is open, since when, and how that is known."""
    if known.state == "closed":
        when = f" on {site.day(known.closed_at)}" if known.closed_at else ""
        why = wording.clean(known.closed_by or "no longer listed", 160)
        return f"Closed{when}: {wording.restated(why)}."
    if known.missing_since:
        return f"Open, but not found since {site.moment(known.missing_since)}; held, not closed."
    words = f"Open; last seen {site.moment(known.last_seen)}."
    return f"{words} It closes and opens again and again." if known.flapping else words


def _facts(posting: Posting) -> Iterator[tuple[str, str, str]]:
    """Give what is stated as (label, words, as written where the words are ours)."""
    values = plain(posting)
    for name in ("places", "remote", "employment_types", "requirements", "department"):
        if values[name]:
            yield wording.label(name), wording.shown(name, values[name]), ""
    for name in ("start_date", "valid_through", "date_posted"):
        if values[name] or values[f"{name}_raw"]:
            raw = wording.clean(values[f"{name}_raw"] or "", 120)
            raw = "" if wording.as_date(raw) else raw
            yield (
                wording.label(name),
                wording.shown_date(values[name]) if values[name] else raw,
                raw,
            )
    if posting.date_updated:
        yield "Updated", wording.shown_date(posting.date_updated), ""
    for name in ("requisition_id", "language"):
        if values[name]:
            yield wording.label(name), wording.clean(values[name], 80), ""
    if posting.salary and posting.salary.provenance == "text":
        yield "Pay as written", wording.clean(posting.salary.raw, 160), ""


def _links(posting: Posting) -> list[tuple[str, str]]:
    pairs = (("The posting", posting.url), ("Apply", posting.apply_url))
    safe = {label: wording.safe_url(url) for label, url in pairs if url}
    if safe.get("Apply") == safe.get("The posting"):
        safe.pop("Apply", None)
    return [(label, url) for label, url in safe.items() if url.startswith("http")]


def _revisions(site: Site, ask: Ask, row: Row, stood: list[Revision]) -> list[tuple[str, str]]:
    """Give each reading but the first with the link that compares it with the one before."""
    pairs = pairwise(stood)
    return [
        (
            f"{site.moment(before.at)} and {site.moment(after.at)}",
            ask.to("compare", id=row.id, before=before.id, after=after.id),
        )
        for before, after in reversed([*pairs][-_TIMELINE:])
    ]


def _choice(site: Site, stood: list[Revision]) -> list[tuple[int, str]]:
    return [(one.id, site.moment(one.at)) for one in stood[-_TIMELINE:]]


def _linked(site: Site, lookup: Lookup, ask: Ask, row: Row) -> list[dict[str, Any]]:
    return [
        {
            "word": _LINKS[link.kind][link.newer] if link.strong else "Perhaps the same role, at",
            "title": wording.clean(link.title, 160) or "(no title)",
            "href": ask.to("posting", id=link.row),
            "source": wording.clean(link.source, 80),
            "state": link.state,
            "day": site.day(link.at),
            "why": wording.clean(link.why, 300),
        }
        for link in lookup.linked(row.id)
    ]


_LINKS = {
    "twin": ("The same opening at", "The same opening at"),
    "reposted": ("Posted before, then closed, at", "Posted again at"),
    "edition": ("The edition before, at", "The next edition, at"),
}
