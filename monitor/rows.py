"""Rows become values and values become rows. No SQL and no file here.

Text that no encoding can hold (lone surrogates) becomes U+FFFD and numbers that JSON lacks (NaN,
infinities) become null: one odd posting must not keep a whole crawl from being written.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crawler.items import Asked, Counts, Link, Page, Posting, plain, posting_from
from crawler.memory import Row
from monitor.events import Change, Event, Known, Late, Standing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from crawler.items import Crawl, Source
    from monitor.digest import CrawlNote
    from monitor.events import Judgement

THINNED = "{}"
"""What is left of the text of a reading that was thinned out, or was packed whole."""

_COUNTLESS = 2**63
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)


def text_of_instant(instant: datetime) -> str:
    """Give an instant as text of one width in UTC; refuses one without a time zone."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone, so it is no instant")
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def maybe_text_of_instant(instant: datetime | None) -> str | None:
    """Give an instant that may be missing as text."""
    return None if instant is None else text_of_instant(instant)


def instant(text: str) -> datetime:
    """Read an instant back."""
    return datetime.fromisoformat(text)


def maybe_instant(text: str | None) -> datetime | None:
    """Read back an instant that may be missing."""
    return None if text is None else datetime.fromisoformat(text)


def storable(text: str) -> str:
    """Give text that can be written: split surrogate pairs are joined, lone ones replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def maybe_storable(text: str | None) -> str | None:
    """Give text that can be written, or nothing."""
    return None if text is None else storable(text)


def countable(number: int | None) -> int | None:
    """Give a number that a column can hold; a site that claims more postings claims nothing."""
    return None if number is None or abs(number) >= _COUNTLESS else number


def json_text(value: object) -> str:
    """Give a value as canonical JSON text: equal values make equal text."""
    return _canonical(plain(value))


def _canonical(value: object) -> str:
    try:
        text = _ENCODER.encode(value)
    except ValueError:  # NaN or an infinity
        text = _ENCODER.encode(_finite(value))
    return storable(text)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def snapshot(posting: Posting) -> tuple[str, str]:
    """Give a posting's hash and its JSON text.

    Only what differs from a field's default is written, so a field that a later version adds
    leaves every old hash as it was.
    """
    text = _canonical(_lean(posting))
    return hashlib.sha256(text.encode()).hexdigest(), text


def _lean(value: Any) -> Any:
    kind = type(value)
    if kind is str:  # most of what there is
        return value
    if kind is tuple or kind is list:
        return [_lean(item) for item in value]
    if dataclasses.is_dataclass(kind):
        return {
            name: _lean(item)
            for name, default in _defaults(kind)
            if (item := getattr(value, name)) != default
        }
    return plain(value)


@functools.cache
def _defaults(kind: type) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.default) for field in dataclasses.fields(kind))


def posting(text: str) -> Posting:
    """Read a posting back from its snapshot's JSON text."""
    return posting_from(json.loads(text))


def maybe_posting(text: str | None) -> Posting | None:
    """Read back a posting that an event may not have, or whose text was thinned out."""
    return None if text is None or text == THINNED else posting(text)


def words(posting: Posting) -> tuple[str, str | None, str | None, str | None]:
    """Give what the search index holds of a posting; the view ``posting_words`` says the same."""
    places = " | ".join(storable(place.name) for place in posting.places)
    return (
        storable(posting.title),
        maybe_storable(posting.organization),
        places or None,
        storable(posting.body),
    )


def address(source: Source) -> str:
    """Give what makes a source the same place under whatever name."""
    return json_text([source.kind, source.board, source.url, dict(source.options)])


def known(row: sqlite3.Row, late: Late | None = None) -> Known:
    """Read what is remembered of one posting.

    The row has its snapshot's ``fields``, or ``late`` reads them when somebody asks.
    """
    return Known(
        posting=late or posting(row["fields"]),  # type: ignore[arg-type]  # Known reads it
        state=row["state"],
        first_seen=instant(row["first_seen"]),
        last_seen=instant(row["last_seen"]),
        extractor=row["extractor"],
        page_hash=row["page_hash"],
        missing_since=maybe_instant(row["missing_since"]),
        flips=row["flips"],
        flapping=bool(row["flapping"]),
        closed_at=maybe_instant(row["closed_at"]),
        closed_by=row["closed_by"],
        authority=bool(row["authority"]),
        source=row["source"],
    )


def known_row(source: str, id_: str, known: Known, hash_: str) -> tuple[Any, ...]:
    """Give the columns of ``postings`` that a judgement sets, in the order of its statement."""
    posting = known.posting
    return (
        source,
        id_,
        storable(posting.title),
        maybe_storable(posting.organization),
        maybe_storable(posting.url),
        known.state,
        text_of_instant(known.first_seen),
        text_of_instant(known.last_seen),
        maybe_text_of_instant(known.missing_since),
        known.flips,
        known.flapping,
        maybe_text_of_instant(known.closed_at),
        maybe_storable(known.closed_by),
        known.authority,
        maybe_storable(posting.valid_through),
        hash_,
        known.extractor,
        known.page_hash,
    )


def standing(row: sqlite3.Row, known: Mapping[str, Known], pages: Mapping[str, int]) -> Standing:
    """Read what is known of a source from its row, its postings and its pages."""
    return Standing(
        source=row["id"],
        baseline_at=maybe_instant(row["baseline_at"]),
        counts=tuple(json.loads(row["counts"])),
        suspect_since=maybe_instant(row["suspect_since"]),
        suspect_count=row["suspect_count"],
        suspect_ids=frozenset(json.loads(row["suspect_ids"])),
        failures=row["failures"],
        broken=bool(row["broken"]),
        kills=row["kills"],
        quarantined_at=maybe_instant(row["quarantined_at"]),
        known=known,
        pages=pages,
    )


def standing_row(standing: Standing) -> tuple[Any, ...]:
    """Give the columns of ``sources`` that a judgement sets, in the order of its statement."""
    return (
        maybe_text_of_instant(standing.baseline_at),
        json_text(standing.counts),
        maybe_text_of_instant(standing.suspect_since),
        standing.suspect_count,
        json_text(standing.suspect_ids),
        standing.failures,
        standing.broken,
        standing.kills,
        maybe_text_of_instant(standing.quarantined_at),
    )


def crawl_row(crawl: Crawl, judgement: Judgement) -> tuple[Any, ...]:
    """Give the columns of ``crawls`` without the id, in the order of its statement."""
    return (
        crawl.source.id,
        text_of_instant(crawl.started),
        text_of_instant(crawl.finished),
        crawl.outcome,
        json_text(crawl.reasons),
        crawl.found,
        countable(crawl.total),
        json_text(crawl.counts),
        maybe_storable(judgement.suspicious),
        crawl.found if judgement.baseline else None,
        crawl.extractor,
    )


def counts(text: str) -> Counts:
    """Read back what a visit cost; a count that an older version did not keep is 0."""
    known = {field.name for field in dataclasses.fields(Counts)}
    return Counts(**{name: n for name, n in json.loads(text).items() if name in known})


def request_row(crawl: int, asked: Asked) -> tuple[Any, ...]:
    """Give the columns of ``requests`` without the id, in the order of its statement."""
    return (
        crawl,
        asked.method,
        storable(asked.url),
        asked.status,
        asked.bytes,
        asked.seconds,
        storable(asked.words),
    )


def asked(row: sqlite3.Row) -> Asked:
    """Read one request of a visit back."""
    return Asked(
        method=row["method"],
        url=row["url"],
        status=row["status"],
        bytes=row["bytes"],
        seconds=row["seconds"],
        words=row["words"],
    )


def source_row(source: Source) -> tuple[Any, ...]:
    """Give the columns of ``sources`` that the user configures, in its statement's order."""
    options = json_text(dict(source.options))
    return (source.kind, source.board, source.url, source.organization, options, address(source))


def event(row: sqlite3.Row) -> Event:
    """Read an event; the row has both snapshots' fields as ``after`` and ``before``."""
    return Event(
        at=instant(row["at"]),
        source=row["source"],
        kind=row["kind"],
        posting_id=row["posting"],
        title=row["title"],
        weight=row["weight"],
        changes=tuple(Change(**change) for change in json.loads(row["changes"])),
        held=bool(row["held"]),
        reason=row["reason"],
        posting=maybe_posting(row["after"]),
        before=maybe_posting(row["before"]),
        id=row["id"],
    )


def event_row(crawl: int, event: Event, before: str | None, after: str | None) -> tuple[Any, ...]:
    """Give the columns of ``events`` without the id, in the order of its statement."""
    return (
        crawl,
        text_of_instant(event.at),
        event.source,
        event.kind,
        event.posting_id,
        maybe_storable(event.title),
        event.weight,
        json_text(event.changes),
        event.held,
        maybe_storable(event.reason),
        before,
        after,
    )


def page(row: sqlite3.Row) -> Page:
    """Read what is remembered of a URL."""
    return Page(
        url=row["url"],
        read_at=instant(row["read_at"]),
        body_hash=row["body_hash"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        extractor=row["extractor"],
        postings=tuple(json.loads(row["postings"])),
        links=tuple(Link(**link) for link in json.loads(row["links"])),
        total=row["total"],
        shortfall=row["shortfall"],
    )


def page_row(source: str, page: Page) -> tuple[Any, ...]:
    """Give the columns of ``pages`` in the order of its statement."""
    return (
        source,
        storable(page.url),
        text_of_instant(page.read_at),
        page.body_hash,
        maybe_storable(page.etag),
        maybe_storable(page.last_modified),
        page.extractor,
        *reading_columns(page),
    )


def reading_columns(page: Page) -> tuple[Any, ...]:
    """Give the columns of ``pages`` that say what reading the body gave."""
    return (
        _canonical(_lean(page.postings)),
        _canonical(_lean(page.links)),
        countable(page.total),
        maybe_storable(page.shortfall),
    )


def listing_rows(rows: Iterable[sqlite3.Row]) -> dict[str, Row]:
    """Read the listing row of each posting that has one."""
    return {
        row["posting"]: Row(row["row_hash"], instant(row["row_read_at"]), row["row_extractor"])
        for row in rows
    }


def note(row: sqlite3.Row) -> CrawlNote:
    """Read one crawl in short; its ``at`` is when the visit began."""
    from monitor.digest import CrawlNote  # noqa: PLC0415 - a child reads rows and no digest

    return CrawlNote(
        source=row["source"],
        organization=row["organization"],
        at=instant(row["started"]),
        outcome=row["outcome"],
        reasons=tuple(json.loads(row["reasons"])),
        found=row["found"],
        suspicious=row["suspicious"],
        baseline=row["baseline"],
    )
