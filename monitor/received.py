"""A letter as it arrived, judged: whether its sender is believed and its way out works.

What a sender's domain has published cannot be seen from where letters are sent, but the receiver
writes into each letter what it found. Only headers are looked at; nothing is asked of anybody.
"""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.utils import parseaddr
from typing import TYPE_CHECKING

from monitor.doctor import Finding
from monitor.wording import clean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

_WAYS_OUT = ("list-unsubscribe", "list-unsubscribe-post")
_PROOFS = ("spf", "dkim", "dmarc")
_TAG = re.compile(r"\s*([a-z]+)\s*=\s*([^;]*)")


def judged(raw: bytes, sender: str) -> Iterator[Finding]:
    """Say what a received letter shows of ``sender``; any bytes may be asked about."""
    message = message_from_bytes(raw, policy=policy.compat32)
    told = {name: [clean(one) for one in message.get_all(name, [])] for name in _ASKED}
    author = parseaddr(" ".join(told["from"]))[1].lower()
    if author != parseaddr(sender)[1].lower():
        words = f"is from {author or 'nobody'}, not from {sender}: another program's letter?"
        yield Finding("wrong", "received", words)
        return
    yield from _signed(told["dkim-signature"], author.rpartition("@")[2], _present(message))
    yield from _proved(" ".join(told["authentication-results"][:1]))


_ASKED = ("from", "dkim-signature", "authentication-results")


def _present(message: Message) -> list[str]:
    return [name for name in _WAYS_OUT if message.get(name)]


def _signed(signatures: list[str], domain: str, ways: list[str]) -> Iterator[Finding]:
    """Look for a signature of the sender's domain, and at what it covers."""
    read = [dict(_TAG.findall(one)) for one in signatures]
    ours = [one for one in read if _aligned(domain, one.get("d", "").strip().lower())]
    if not ours:
        others = ", ".join(one.get("d", "?").strip() for one in read)
        why = f"only by {others}" if others else "by nobody"
        words = f"is signed {why}: switch DKIM on for {domain} at your mail provider"
        yield Finding("wrong", "DKIM", words)
        return
    covered = {name.strip().lower() for one in ours for name in one.get("h", "").split(":")}
    if missing := [name for name in ways if name not in covered]:
        words = f"does not cover {' and '.join(missing)}: mail programs show no button to leave"
        yield Finding("wrong", "DKIM", words)
    else:
        yield Finding("fine", "DKIM", f"signed by {domain}, the ways to leave included")


def _aligned(domain: str, signer: str) -> bool:
    return domain == signer or domain.endswith(f".{signer}") or signer.endswith(f".{domain}")


def _proved(results: str) -> Iterator[Finding]:
    """Look at what the receiver found (RFC 8601)."""
    found = {name: re.search(rf"\b{name}\s*=\s*(\w+)", results) for name in _PROOFS}
    for name, one in found.items():
        if one is None:
            words = "the receiver does not say what it found"
            yield Finding("note", name.upper(), words)
        elif one[1].lower() == "pass":
            yield Finding("fine", name.upper(), "the receiver is satisfied")
        else:
            yield Finding("wrong", name.upper(), f"the receiver found: {one[1].lower()}")
