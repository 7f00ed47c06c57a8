"""What a letter is apart from its words: whom it is from, how it may be left, its name for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor import mime
from monitor.store import Letter

if TYPE_CHECKING:
    from monitor.alert import Alert
    from monitor.digest import Digest
    from monitor.summary import Summary


def enclosed(
    digest: Digest | Summary | Alert,
    recipient: str,
    sender: str,
    leave: str,
    words: tuple[str, str, str],
) -> Letter:
    """Put subject, text and HTML into an envelope that names the letter for good."""
    title, text, html = words
    identity = mime.message_id(sender, digest.search, digest.period, recipient)
    envelope = mime.Envelope(
        sender=sender,
        recipient=recipient,
        date=digest.until,
        message_id=identity,
        list_name=digest.name,
        list_slug=mime.slug(digest.search),
        unsubscribe=leave,
        headers=_headers(digest),
    )
    raw = mime.build(envelope, subject=title, text=text, html=html)
    return Letter(recipient, f"<{identity}>", title, raw, text, html)


def _headers(digest: Digest | Summary | Alert) -> dict[str, str]:
    """Give the headers a reader's filters may look at."""
    counts = "; ".join(f"{kind}={number}" for kind, number in digest.counts.items())
    return {
        "X-Rolecall-Search": digest.search,
        "X-Rolecall-Counts": counts or "none=0",
        "X-Rolecall-Window": digest.period,
    }
