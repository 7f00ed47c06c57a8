"""One posting's news as a reader takes it in: a card. Pure; every text in it is one clean line."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from crawler.items import plain
from monitor import elsewhere, excerpts, wording

if TYPE_CHECKING:
    from datetime import date, datetime

    from crawler.items import Posting
    from monitor.elsewhere import Listing
    from monitor.events import Change
    from monitor.excerpts import Excerpt
    from monitor.folding import Story, StoryKind
    from monitor.search import Fit

SOON = 7  # days before a deadline that deserve a section of their own
_TITLE = 160
_MARKS = {"raised": "▲", "lowered": "▼"}
_ORDER = (
    *("salary", "places", "remote", "office_days", "valid_through", "start_date"),
    *("requirements", "eligibility_to_work", "work_hours"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One field of a change: ``mark`` is ▲, ▼ or nothing, ``words`` say the same and more."""

    label: str
    before: str
    now: str
    mark: str = ""
    fact: str = ""
    note: str = ""
    pay: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """What a digest says of one posting. ``url`` is safe to follow, or empty.

    ``headline`` is the news in one line, for where there is no room for the card; ``told`` is what
    a card says of it besides its table. ``why`` says what of the search it fits, ``fit`` how well.
    ``also`` are the other sources of the opening, ``apart`` what they say otherwise, ``maybe`` the
    postings that may be the same opening. ``at`` is when its news happened, ``due`` its deadline.
    ``kept`` is for whoever draws cards: what was drawn of all that differ in ``why`` and ``fit``
    alone, which have it in common.
    """

    kind: StoryKind
    title: str
    url: str
    language: str
    company: str
    place: str
    pay: str
    traits: str
    why: str
    badge: str
    rows: tuple[Row, ...]
    passages: tuple[Excerpt, ...]
    smaller: str
    facts: str
    headline: str
    told: str
    source: str
    posting_id: str
    material: bool
    soon: bool
    fit: float = 0.0
    also: tuple[Listing, ...] = ()
    apart: tuple[str, ...] = ()
    maybe: tuple[Listing, ...] = ()
    at: datetime | None = None
    due: date | None = None
    kept: dict[Any, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def against(self) -> str:
        """Say what the table compares with, where that is not how the posting stood itself."""
        return "Beside the earlier one" if self.kind in ("edition", "reposted") else ""


def card(story: Story, fit: Fit, *, company: str, seen: datetime | None, now: datetime) -> Card:
    """Make the card of a story that fits a search.

    ``now`` carries the reader's zone, ``seen`` is our first look.
    """
    posting = story.posting
    rows, shown, smaller = _difference(story)
    told = _told(story, seen, now)
    due = wording.as_date(posting.valid_through)
    left = (due - now.date()).days if due else None
    return Card(
        told=told,
        kind=story.kind,
        title=titled(posting),
        url=wording.safe_url(posting.url) or wording.safe_url(posting.apply_url),
        language=_language(posting.language),
        company=company,
        place=wording.place_names(plain(posting.places)),
        pay=wording.money(plain(posting.salary)) if posting.salary else "",
        traits=_traits(posting),
        why=wording.clean(", ".join(fit.reasons), 160),
        badge=_badge(story, left),
        rows=rows,
        passages=shown,
        smaller=smaller,
        facts=_facts(story, due, seen, now),
        headline=told or _headline(rows, smaller, shown),
        source=wording.clean(story.source, 80),
        posting_id=posting.id,
        material=any(change.weight == "material" for change in story.changes),
        soon=left is not None and 0 <= left <= SOON,
        fit=round(fit.score, 6),
        also=elsewhere.listings(story, now),
        apart=(*_pay_otherwise(posting), *elsewhere.apart(story)),
        maybe=elsewhere.doubts(story),
        at=story.at.astimezone(now.tzinfo),
        due=due,
    )


def titled(posting: Posting) -> str:
    """Write the title of a posting."""
    return wording.clean(posting.title, _TITLE) or "(no title)"


def _pay_otherwise(posting: Posting) -> tuple[str, ...]:
    """Say what pay the text states where the posting's own fields, which count, contradict it."""
    stated = wording.clean(posting.salary.otherwise, 80) if posting.salary else ""
    return (f"Its text states another pay: {stated}",) if stated else ()


def _difference(story: Story) -> tuple[tuple[Row, ...], tuple[Excerpt, ...], str]:
    """Give the table, the passages and what was left out; of a copy's changes where they are."""
    rows, (passages, smaller) = rows_of(story.changes), body_of(story.changes)
    for copy in story.copies:
        changes = copy.story.changes if copy.story else ()
        where = f"at {wording.clean(copy.known.source, 80)}"
        rows += tuple(
            replace(row, note=" · ".join(filter(None, (where, row.note))))
            for row in rows_of(changes)
        )
        if not passages and not smaller:
            passages, smaller = body_of(changes)
            smaller = f"{where}: {smaller}" if smaller else ""
    return rows, passages, smaller


def rows_of(changes: tuple[Change, ...]) -> tuple[Row, ...]:
    """Make the table of a change, pay first. A row whose two sides look alike is left out."""
    fields = sorted(
        (change for change in changes if change.field != "body"),
        key=lambda change: (
            _ORDER.index(change.field) if change.field in _ORDER else len(_ORDER),
            change.weight != "material",
        ),
    )
    return tuple(row for row in map(_row, fields) if row.before != row.now)


def _row(change: Change) -> Row:
    before, now = (wording.shown(change.field, side) for side in (change.before, change.after))
    if before == now:  # an instant moved within its day, a part of a place was filled in
        before, now = (wording.clean(side, 160) for side in (change.before, change.after))
    fact = wording.clean(change.fact or "", 60)
    return Row(
        label=wording.label(change.field),
        before=before,
        now=now,
        mark=_MARKS.get(fact, ""),
        fact=fact,
        note=wording.restated(wording.clean(change.note or "", 160)),
        pay=change.field == "salary",
    )


def body_of(changes: tuple[Change, ...]) -> tuple[tuple[Excerpt, ...], str]:
    """Give the passages of a changed text and what was left out, in words."""
    body = next((change for change in changes if change.field == "body"), None)
    if body is None:
        return (), ""
    if not body.after:  # too different for passages, or there was no text on one side
        return (), _WHOLE.get(body.fact or "", "The text was reworded.")
    return excerpts.shown(body.after)


_WHOLE = {
    "appeared": "A text appeared.",
    "vanished": "The text is gone.",
    "text replaced": "The text was replaced by another.",
}


def _language(tag: str | None) -> str:
    parts = (tag or "").split("-")
    whole = all(part.isascii() and part.isalnum() and len(part) <= 8 for part in parts)  # noqa: PLR2004 RFC 5646
    return "-".join(parts) if whole and parts[0].isalpha() else ""


def _traits(posting: Posting) -> str:
    stated = (
        wording.terms(posting.employment_types),
        wording.working_place(posting.remote) if posting.remote else "",
        wording.listed(posting.requirements),
        f"starts {wording.shown_date(posting.start_date)}" if posting.start_date else "",
    )
    return " · ".join(filter(None, stated))


def _badge(story: Story, left: int | None) -> str:
    if story.kind == "closed":
        return "opened and closed" if story.brief else "closed"
    if left is None or not 0 <= left <= SOON:
        return ""
    return "closes " + ({0: "today", 1: "tomorrow"}.get(left) or f"in {wording.number(left)} days")


def _facts(story: Story, due: date | None, seen: datetime | None, now: datetime) -> str:
    posting = story.posting
    stated = (
        f"posted {wording.shown_date(posting.date_posted)}" if posting.date_posted else "",
        f"first seen {wording.day(seen.astimezone(now.tzinfo))}" if seen else "",
        f"deadline {wording.day(due)}" if due else "",
        f"source {wording.clean(story.source, 80)}" if story.source else "",
    )
    return " · ".join(filter(None, stated))


def _told(story: Story, seen: datetime | None, now: datetime) -> str:
    """Say what happened to a posting besides its changes; of news and changes nothing."""
    reason = wording.restated(wording.clean(story.reason or "", 160))
    words = _STORIES.get(story.kind, "")
    if words:
        when = wording.short_day(story.at.astimezone(now.tzinfo))
        where = f" at {wording.clean(story.source, 80)}" if story.copies else ""
        words = words.format(when=when, where=where)
        words += _since(story, seen, now) if story.kind == "closed" else ""
        words += f" ({reason})" if reason else ""
    return "; ".join(filter(None, (words, elsewhere.happened(story, now))))


def _since(story: Story, seen: datetime | None, now: datetime) -> str:
    """Say since when what closed was open: as its source states it, else when it was first seen."""
    if posted := wording.as_date(story.posting.date_posted):
        return f", open since {wording.day(posted)}"
    return f", first seen {wording.day(seen.astimezone(now.tzinfo))}" if seen else ""


_STORIES = {
    "closed": "Closed{where} on {when}",
    "flapping": "Closes and opens again and again; from now on you are not told each time",
    "retracted": "You were told that it had closed; it has not",
    "back": "Open again{where} since {when}",
    "reposted": "Posted again after it had closed",
    "edition": "The role of an earlier year again",
}


def _headline(rows: tuple[Row, ...], smaller: str, found: tuple[Excerpt, ...]) -> str:
    if rows:
        return "; ".join(f"{row.label}: {row.before} → {row.now}" for row in rows[:2])
    return (
        smaller
        if smaller and not found
        else wording.count(len(found), "passage") + " reworded"
        if found
        else ""
    )
