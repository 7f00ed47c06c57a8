"""A letter as bytes: the same letter is the same bytes, and every client reads its headers alike.

The standard library's policies fold a long List-Unsubscribe, References or List-Id by turning it
into RFC 2047 encoded words, which no client undoes inside angle brackets: the unsubscribe button is
gone (a value of 79 characters is enough). ``Policy`` folds those only where they have white space.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import TYPE_CHECKING

from monitor.mailbox import recipient_of, sender_of
from monitor.wording import clean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_AS_WRITTEN = frozenset(
    {
        "list-unsubscribe",
        "list-unsubscribe-post",
        "list-help",
        "list-post",
        "list-archive",
        "list-owner",
        "list-id",
        "references",
        "in-reply-to",
        "message-id",
        "feedback-id",
    }
)
_FOLD_AT = 78  # RFC 5322: lines should be no longer
_LONGEST_LINE = 998  # RFC 5322: lines must be no longer


class Policy(EmailPolicy):
    """SMTP with headers of ids and links kept as written; quoted-printable lines of at most 76."""

    def __init__(self, **settings: object) -> None:
        # 76, not 78: the library wraps quoted-printable text here, and RFC 2045 says 76.
        defaults = {"linesep": "\r\n", "cte_type": "7bit", "utf8": False, "max_line_length": 76}
        super().__init__(**(defaults | settings))  # type: ignore[arg-type]

    def fold(self, name: str, value: str) -> str:
        """Fold one header; those in ``_AS_WRITTEN`` at white space only."""
        return self._as_written(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """Fold one header to bytes, as ``fold`` does."""
        kept = self._as_written(name, value)
        return kept.encode("ascii") if kept else super().fold_binary(name, value)

    def _as_written(self, name: str, value: str) -> str | None:
        ours = name.lower() in _AS_WRITTEN or name.lower().startswith("x-rolecall-")
        if not ours or not str(value).isascii():
            return None
        lines = [f"{name}:"]
        for word in str(value).split():
            # The first word stays beside the name: an empty first line confuses some readers.
            if len(lines[-1]) + 1 + len(word) > _FOLD_AT and lines[-1] != f"{name}:":
                lines.append("")
            lines[-1] += f" {word}"
        if max(map(len, lines)) > _LONGEST_LINE:
            raise ValueError(f"{name} has a word longer than a mail line may be")
        return self.linesep.join(lines) + self.linesep


@dataclass(frozen=True, slots=True)
class Envelope:
    """Everything of a letter but its words: who, when, which list, and how to leave it.

    ``unsubscribe`` is an https link for one click; without one, a mail to the sender leaves.
    """

    sender: str
    recipient: str
    date: datetime
    message_id: str
    list_name: str
    list_slug: str
    unsubscribe: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def build(envelope: Envelope, *, subject: str, text: str, html: str) -> bytes:
    """Make the message: text first, HTML last, both quoted-printable; same input, same bytes.

    Raises ``ValueError`` when the sender or the recipient is not one plain address.
    """
    name, address = sender_of(envelope.sender)
    message = EmailMessage(policy=Policy())
    message["From"] = Address(name, addr_spec=address) if name else address
    message["To"] = recipient_of(envelope.recipient)
    message["Subject"] = heading(subject)
    message["Date"] = format_datetime(envelope.date)
    message["Message-ID"] = f"<{envelope.message_id}>"
    message["List-Id"] = _list_id(envelope, address)
    for header, value in _leaving(envelope, address):
        message[header] = value
    message["Auto-Submitted"] = "auto-generated"
    for header, value in envelope.headers.items():
        message[header] = _ascii(value)
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message.set_boundary("=_rolecall_" + digest_of(envelope.message_id)[:24])
    return message.as_bytes()


def heading(text: str) -> str:
    """Clean a text for a subject: one line, and no format character at all, joiners included."""
    return clean("".join(one for one in clean(text) if unicodedata.category(one) != "Cf"))


def message_id(sender: str, search: str, period: str, recipient: str) -> str:
    """Name a letter for good: sent twice, it carries the same id, and a reader's store sees that.

    Without angle brackets; the domain is the sender's.
    """
    domain = sender_of(sender)[1].rpartition("@")[2]
    return f"{digest_of(f'{search}|{period}|{recipient}')[:32]}@{domain}"


def digest_of(text: str) -> str:
    """Give the SHA-256 of a text in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def slug(text: str) -> str:
    """Make a name fit for a List-Id: "ML intern, PhD" is "ml-intern-phd"."""
    words = re.findall(r"[a-z0-9]+", _ascii(text).lower())
    return "-".join(words)[:60].strip("-") or digest_of(text)[:12]


def _list_id(envelope: Envelope, address: str) -> str:
    host = address.rpartition("@")[2]
    name = re.sub(r'["\\<>]', "", _ascii(envelope.list_name))[:60].strip()
    quoted = f'"{name}"' if re.search(r"[^\w\s!#$%&'*+/=?^`{|}~-]", name) else name
    return f"{quoted} <{envelope.list_slug}.{host}>".strip()


def _leaving(envelope: Envelope, address: str) -> list[tuple[str, str]]:
    """Say how to leave the list: by one click (RFC 8058) where there is a page, always by mail."""
    mail = f"<mailto:{address}?subject=unsubscribe%20{envelope.list_slug}>"
    if not (envelope.unsubscribe or "").startswith("https://"):
        return [("List-Unsubscribe", mail)]
    return [
        ("List-Unsubscribe", f"<{envelope.unsubscribe}>, {mail}"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]


def _ascii(text: str) -> str:
    """Give the ASCII of a text, accents dropped, on one line."""
    return clean(unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode())
