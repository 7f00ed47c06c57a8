"""What a card says of the other sources of its opening. Pure; every text is one clean line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor import wording
from monitor.weigh import changes

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.items import Posting
    from monitor.events import Known
    from monitor.folding import Copy, Story

MOST_DOUBTS = 3  # postings that may be the same: more are a count
_STATED = (
    "title",
    "salary",
    "places",
    "remote",
    "requirements",
    "valid_through",
    "start_date",
    "employment_types",
)
_NEW = ("new", "open", "edition", "reposted")


@dataclass(frozen=True, slots=True)
class Listing:
    """Another posting: where it is, its link (safe to follow, or empty), and what is said of it."""

    words: str
    url: str
    note: str = ""


def listings(story: Story, now: datetime) -> tuple[Listing, ...]:
    """Name the other sources that list the opening, or did when the window began."""
    return tuple(
        Listing(f"Also at {_source(copy.known)}", _url(copy.known.posting), _state(copy, now))
        for copy in story.copies
        if copy.known.state == "open" or copy.story
    )


def apart(story: Story) -> tuple[str, ...]:
    """Say what other sources state otherwise than the lead, or state and the lead does not."""
    if story.kind == "closed":
        return ()
    found = ((copy, _otherwise(story.posting, copy.known.posting)) for copy in story.copies)
    return tuple(
        f"The {'advert' if copy.secondhand else 'posting'} at {_source(copy.known)} says: {words}"
        for copy, words in found
        if words and copy.known.state == "open"
    )


def doubts(story: Story) -> tuple[Listing, ...]:
    """Name the postings that may be the same opening, and why it is thought."""
    found = [
        Listing(
            f"Possibly the same as \u201c{wording.clean(doubt.known.posting.title, 80)}\u201d"
            f" at {_source(doubt.known)}",
            _url(doubt.known.posting),
            wording.clean(doubt.why, 120),
        )
        for doubt in story.doubts
    ]
    left = len(found) - MOST_DOUBTS
    rest = [Listing(f"Possibly the same as {left} more", "")] if left > 0 else []
    return (*found[:MOST_DOUBTS], *rest)


def happened(story: Story, now: datetime) -> str:
    """Say what happened to the opening at its other sources; empty when nothing did."""
    parts = [_to_copy(copy, story, now) for copy in story.copies]
    closed = any(copy.story and copy.story.kind == "closed" for copy in story.copies)
    if story.known is not None and story.kind != "closed":
        parts.insert(0, _to_lead(story))
        if closed and story.known.state == "open":
            parts.append(_still(story.known, now))
    text = "; ".join(filter(None, parts))
    return text[:1].upper() + text[1:] if not _has_words(story) else text


def _has_words(story: Story) -> bool:
    return story.kind not in ("changed", "new", "open", "twin")


def _to_lead(story: Story) -> str:
    """Say of the leading posting what its section does not."""
    if story.alone in _NEW and story.kind not in _NEW:
        return f"now also listed at {wording.clean(story.source, 80)}"
    if story.alone in ("back", "retracted") and story.kind == "changed":
        return f"{_AGAIN[story.alone]} at {wording.clean(story.source, 80)}"
    return ""


def _to_copy(copy: Copy, story: Story, now: datetime) -> str:
    source = _source(copy.known)
    if copy.story is None:
        return _still(copy.known, now) if story.kind == "closed" else ""
    if copy.story.kind == "closed":
        reason = wording.restated(wording.clean(copy.story.reason or "", 80))
        when = wording.short_day(copy.story.at.astimezone(now.tzinfo))
        return f"closed at {source} on {when}" + (f" ({reason})" if reason else "")
    if story.kind == "closed":
        return _still(copy.known, now)
    if copy.story.kind in _NEW:
        return "" if story.kind in _NEW else f"now also listed at {source}"
    if copy.story.kind == "changed":
        return f"changed at {source}" if copy.story.changes and not story.changes else ""
    return f"{_AGAIN[copy.story.kind]} at {source}"


_AGAIN = {
    "back": "listed again",
    "retracted": "listed again",
    "flapping": "closes and opens again and again",
}


def _still(known: Known, now: datetime) -> str:
    """Say that a posting is listed, or since when it is not found, which is no closing yet."""
    if known.state == "closed":
        return ""
    if known.missing_since is None:
        return f"still listed at {_source(known)}"
    when = wording.short_day(known.missing_since.astimezone(now.tzinfo))
    return f"not found at {_source(known)} since {when}"


def _state(copy: Copy, now: datetime) -> str:
    if copy.known.state == "closed":
        return "closed"
    if copy.known.missing_since is None:
        return ""
    return f"not found since {wording.short_day(copy.known.missing_since.astimezone(now.tzinfo))}"


def _otherwise(lead: Posting, other: Posting) -> str:
    """Write the fields that another source states otherwise; what it leaves out is nothing."""
    bare = [replace(one, body="", organization=None, url=None) for one in (lead, other)]
    found = {change.field: change for change in changes(*bare)}
    stated = (found[field] for field in _STATED if field in found)
    return "; ".join(
        f"{wording.label(change.field)} {wording.shown(change.field, change.after)}"
        for change in stated
        if change.after
    )


def _source(known: Known) -> str:
    return wording.clean(known.source, 80)


def _url(posting: Posting) -> str:
    return wording.safe_url(posting.url) or wording.safe_url(posting.apply_url)
