"""The key by which a reader leaves a search with one click (RFC 8058). Pure.

A key is drawn from the search, the address and a secret of the store: the same letter made twice
has the same bytes, and nobody without the store can make or guess one. It can do one thing, end the
letters of one search to one reader; it opens no page and begins nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64encode

PATH = "/u/"
"""Below this the page answers to a key, without a login."""
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


def masked(text: str) -> str:
    """Blot out the keys in a letter that somebody else than its reader looks at."""
    return re.sub(rf"{PATH}{_TOKEN.pattern}(?![A-Za-z0-9_-])", f"{PATH}-", text)
