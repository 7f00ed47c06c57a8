"""Keys in links: by which a reader leaves with one click (RFC 8058), confirms, changes. Pure.

A key is drawn from the search, the address and a secret of the store: the same letter made twice
has the same bytes, and nobody without the store can make or guess one. It can do one thing, end the
letters of one search to one reader; it opens no page and begins nothing. The keys that confirm and
change a subscription, and those of feeds, are of the same form, each below a path of its own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64encode

PATH = "/u/"
"""Below this the page answers to a key, without a login."""
CONFIRM, MANAGE, FEED = "/s/", "/m/", "/f/"
"""Below these it answers to the keys that confirm and change a subscription, and to a feed's."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def token(secret: bytes, search: str, recipient: str) -> str:
    """Give the key of one reader of one search: 256 bits, 43 letters of a link."""
    named = json.dumps([search, recipient.lower()]).encode()
    return urlsafe_b64encode(hmac.digest(secret, named, "sha256")).decode().rstrip("=")


def mark(key: str) -> str:
    """Give what is kept of a key, by which it is known again: its SHA-256."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def leads_out(path: str) -> bool:
    """Say whether a path is that of a key, known or not; no other is opened to anybody."""
    return path.startswith(PATH) and _TOKEN.fullmatch(path.removeprefix(PATH)) is not None


def holds_key(path: str) -> bool:
    """Say whether a path is one that its key alone opens, known or not: a feed's goes on."""
    if leads_out(path):
        return True
    head, key, rest = path[:3], path[3:46], path[46:]
    ends = rest.startswith("/") if head == FEED else not rest
    return head in (CONFIRM, MANAGE, FEED) and bool(_TOKEN.fullmatch(key)) and ends


def masked(text: str) -> str:
    """Blot out the keys in a letter that somebody else than its reader looks at."""
    return re.sub(rf"(/[usmf]/){_TOKEN.pattern}(?![A-Za-z0-9_-])", r"\1-", text)
