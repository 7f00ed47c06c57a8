"""A digest as one JSON document for programs: made of the same objects that ``--json`` prints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from crawler.items import plain
from monitor.commands.lines import event_fields, known_fields
from monitor.commands.voice import SCHEMA_VERSION
from monitor.digest import concerning
from monitor.feeds import told

if TYPE_CHECKING:
    from monitor.digest import Digest, Pending
    from monitor.events import Known
    from monitor.search import Search


def document(search: Search, pending: Pending, digest: Digest, subject: str) -> bytes:
    """Write what a digest tells: its events as recorded, and for a new search what is open.

    The same window makes the same bytes. Postings that are open come without their text.
    """
    kinds = {(card.source, card.posting_id): card.kind for _, card, _ in told(digest)}
    whole = {
        "schema_version": SCHEMA_VERSION,
        "type": "digest",
        "timestamp": digest.until.isoformat(),
        "digest": digest.search,
        "name": digest.name,
        "period": digest.period,
        "subject": subject,
        "since": digest.since.isoformat() if digest.since else None,
        "until": digest.until.isoformat(),
        "counts": dict(digest.counts),
        "notes": [plain(note) for note in digest.notes],
        "events": [event_fields(event) for event in concerning(search, pending, kinds)],
        "open": [_open(known) for known in pending.known if kinds.get(known.key) == "open"],
    }
    return json.dumps(whole).encode()


def _open(known: Known) -> dict[str, Any]:
    return {name: value for name, value in known_fields(known).items() if name != "body"}
