"""Whom a letter goes to and whom it comes from, as it is written in a file or a form. Pure.

It refuses lists, names where an address is meant, and line breaks: what would add a header.
"""

from __future__ import annotations

import re

from monitor.wording import clean

# One address of the plain kind: what a comma, a quote or a line break could add is refused.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


def recipient_of(address: str) -> str:
    """Give back one plain address, or raise ``ValueError``: no list, no name, no line break."""
    if not _ADDRESS.fullmatch(address) or ".." in address:
        raise ValueError(f"not one plain mail address: {clean(address, 80)!r}")
    return address


def sender_of(sender: str) -> tuple[str, str]:
    """Split "Rolecall <watch@example.org>" into name and address, or raise ``ValueError``."""
    from email.utils import parseaddr  # noqa: PLC0415 - most files are read without it

    name, address = parseaddr(sender)
    if any(ord(character) < ord(" ") for character in sender):
        raise ValueError(f"not a sender: {clean(sender, 80)!r}")
    return clean(name, 60), recipient_of(address)
