"""What the commands print: values as one JSON object a line, or as one readable line. Pure.

Programs depend on the keys; they are added to, never renamed (docs/start.md lists them).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.items import plain
from monitor.wording import count, money, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.items import Asked, Crawl, Posting, Salary, Snippet
    from monitor.derivation import Derivation
    from monitor.events import Change, Event, Judgement, Known, Tie

_SHOWN_CHANGES = 4
_SHOWN_REASONS = 2
_SHOWN_TEXT = 60
"""Characters of its text by which a posting without a title is told."""


def crawl_fields(crawl: Crawl, judgement: Judgement | None) -> dict[str, Any]:
    """Give a crawl as programs read it; ``baseline`` and ``suspicious`` as it was judged."""
    return {
        "at": crawl.started.isoformat(),
        "source": crawl.source.id,
        "crawl": crawl.outcome,
        "postings": crawl.found,
        "reasons": list(crawl.reasons),
        "suspicious": judgement.suspicious if judgement else None,
        "baseline": bool(judgement and judgement.baseline),
    }


def event_fields(event: Event) -> dict[str, Any]:
    """Give an event as programs read it."""
    return {
        "at": event.at.isoformat(),
        "source": event.source,
        "event": event.kind,
        "posting_id": event.posting_id,
        "title": event.title,
        "weight": event.weight,
        "changes": [plain(change) for change in event.changes],
        "held": event.held,
        "reason": event.reason,
    }


def known_fields(known: Known) -> dict[str, Any]:
    """Give a remembered posting as programs read it: its facts, its state and our clocks."""
    clocks = (
        "source",
        "state",
        "first_seen",
        "last_seen",
        "missing_since",
        "closed_at",
        "closed_by",
    )
    memory = {name: plain(getattr(known, name)) for name in clocks}
    return dict(plain(known.posting)) | memory


def tie_fields(tie: Tie, one: Known) -> dict[str, Any]:
    """Give a link of a posting as programs read it: what the other one is, and why it is said."""
    other = _other(tie, one)
    return {
        "link": tie.kind,
        "strong": tie.strong,
        "later": other is tie.new,
        "why": tie.why,
        "source": other.source,
        "posting_id": other.posting.id,
        "title": other.posting.title,
        "url": other.posting.url,
        "state": other.state,
    }


def tie_line(tie: Tie, one: Known) -> str:
    """Say in one line what another posting is to this one, and why."""
    other = _other(tie, one)
    if tie.kind == "twin":
        words = "same opening" if tie.strong else "maybe the same"
    else:
        words = _TIES[tie.kind][other is tie.new]
    place = one_line(f"{other.source}/{other.posting.id} “{other.posting.title}”, {other.state}")
    return f"{words:<16} {place} ({one_line(tie.why)})"


_TIES = {"reposted": ("posted before", "posted again"), "edition": ("earlier year", "later year")}


def _other(tie: Tie, one: Known) -> Known:
    """Give the other end of a posting's link."""
    return tie.old if tie.new.key == one.key else tie.new


def crawl_line(crawl: Crawl, judgement: Judgement | None) -> str:
    """Say in one line how a visit went: ``acme: 12 postings, 1 changed, 1 opened (2.1 s)``."""
    parts: list[str] = [] if crawl.outcome == "complete" else [crawl.outcome]
    if crawl.outcome != "failed":
        parts.append(count(crawl.found, "posting"))
    if judgement and judgement.baseline:
        parts.append("first visit, now watching")
    parts += [*_tally(judgement), *map(one_line, crawl.reasons[:_SHOWN_REASONS])]
    if judgement and judgement.suspicious:
        parts.append(f"nothing closed: {judgement.suspicious}")
    seconds = (crawl.finished - crawl.started).total_seconds()
    return f"{crawl.source.id}: {', '.join(parts)}" + (f" ({seconds:.0f} s)" if seconds else "")


def _tally(judgement: Judgement | None) -> list[str]:
    counts: dict[str, int] = {}
    for event in judgement.events if judgement else ():
        word = "missing (held)" if event.held else event.kind
        if event.posting_id is not None:
            counts[word] = counts.get(word, 0) + 1
    return [f"{number} {word}" for word, number in sorted(counts.items())]


def request_line(asked: Asked) -> str:
    """Say in one line what was asked for and how it ended: ``200   31 kB   0.4 s  GET …``."""
    ended = str(asked.status or "-")
    words = f"  ({one_line(asked.words)})" if asked.words else ""
    cost = f"{ended:<4}{asked.bytes / 1000:>8,.0f} kB{asked.seconds:>7.1f} s"
    return f"{cost}  {asked.method} {one_line(asked.url)}{words}"


def derivation_fields(source: str, made: Derivation, visits: int) -> dict[str, Any]:
    """Give what rereading a source came to as programs read it."""
    unread = sum(made.unread.values())
    return {
        "source": source,
        "visits": visits,
        "postings": len(made.present) + unread,
        "reread": len(made.present),
        "changed": made.changed,
        "fields": dict(made.fields.most_common()),
        "past": len(made.past) + made.past_unread,
        "past_reread": len(made.past),
        "past_changed": made.past_changed,
        "unread": dict(made.unread.most_common()),
    }


def derivation_line(source: str, made: Derivation, visits: int) -> str:
    """Say in one line what rereading a source came to."""
    counts = derivation_fields(source, made, visits)
    if not counts["postings"]:
        return f"{source}: nothing remembered yet"
    fields = ", ".join(f"{name.replace('_', ' ')} {times:,}" for name, times in made.fields.items())
    differ = f" ({made.changed:,} differ: {fields})" if fields else ""
    parts = [f"{len(made.present):,} of {count(counts['postings'], 'posting')} re-read{differ}"]
    if counts["past"]:
        past = f" ({made.past_changed:,} differ)" if made.past_changed else ""
        parts.append(f"{len(made.past):,} of {count(counts['past'], 'past reading')}{past}")
    why = [f"{times:,} not re-read: {words}" for words, times in made.unread.most_common()]
    return f"{source}: {'; '.join([count(visits, 'kept visit'), ', '.join(parts), *why])}"


def event_line(event: Event) -> str:
    """Say in one line what happened: ``changed  acme  Data Engineer: salary (raised)``."""
    word = f"{event.kind} (held)" if event.held else event.kind.replace("_", " ")
    details = [change(one) for one in event.changes[:_SHOWN_CHANGES]]
    if more := len(event.changes) - len(details):
        details.append(f"{more} more")
    text = "; ".join(details) or (event.reason or "")
    what = f"{one_line(event.title)} [{event.posting_id}]" if event.posting_id else event.source
    return f"  {word:<16} {what}" + (f": {text}" if text else "")


def change(one: Change) -> str:
    """Say one change in words: ``salary raised (+10 % over the old top)``, ``remote: a → b``."""
    name = one.field.replace("_", " ")
    if not one.fact:
        return f"{name}: {shown(one.field, one.before)} → {shown(one.field, one.after)}"
    return f"{name} {one.fact}" + (f" ({one.note})" if one.note else "")


def one_line(text: object) -> str:
    """Give scraped text as one line without control characters, safe on a terminal."""
    words = " ".join(str(text if text is not None else "").split())
    return "".join(letter for letter in words if letter.isprintable())


def pay(salary: Salary | None) -> str:
    """Give pay as the page wrote it, else as a digest would; nothing when there is none."""
    if salary is None:
        return ""
    # What stands in a structured field ("38000 GBP YEAR") was written for programs.
    written = salary.provenance == "text" and salary.raw
    return one_line(written or money(plain(salary)))


def posting_line(posting: Posting | Snippet) -> str:
    """Say in one line what a posting is: title, employer, places, pay."""
    places = " / ".join(place.name for place in posting.places)
    title = posting.title or f"{posting.body[:_SHOWN_TEXT]}…"
    parts = (title, posting.organization, places, pay(posting.salary))
    return " · ".join(one_line(part) for part in parts if part)


def facts(posting: Posting) -> Mapping[str, str]:
    """Give the stated facts of a posting as readable text, in the order of the vocabulary."""
    shown: dict[str, str] = {}
    for name, value in plain(posting).items():
        if name not in ("body", "title") and not name.endswith("_raw"):
            shown[name.replace("_", " ")] = _fact(name, value, posting)
    return {name: text for name, text in shown.items() if text}


def _fact(name: str, value: Any, posting: Posting) -> str:
    if name == "salary":
        return pay(posting.salary)
    if name == "places":
        return one_line(" / ".join(place.name for place in posting.places))
    return one_line(", ".join(value) if isinstance(value, list) else value)
