"""The one password of the page, kept as a hash that is slow to guess from. Pure.

scrypt (RFC 7914) with N = 2^15, r = 8, p = 1: a guess costs 32 MB and a tenth of a second. Guesses
at the page are limited besides (``sessions``).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

SHORTEST = 8
"""Characters of a password; guesses are few, so that this is enough for a good one."""

_COST, _BLOCK, _LANES = 2**15, 8, 1
_MEMORY = 64 * 1024 * 1024
_SALT, _LENGTH = 16, 32
_WRITTEN = re.compile(r"scrypt\$([A-Za-z0-9_-]{22}==)\$([A-Za-z0-9_-]{43}=)")


def hashed(password: str) -> str:
    """Give what may be kept of a password: ``scrypt$salt$hash``, another one each time."""
    salt = secrets.token_bytes(_SALT)
    return f"scrypt${_text(salt)}${_text(_derive(password, salt))}"


def sound(written: str) -> bool:
    """Say whether this is what ``hashed`` gives; a password in the clear is not."""
    return _WRITTEN.fullmatch(written) is not None


def matches(password: str, written: str) -> bool:
    """Say whether a password is the one that was hashed; ``False`` for what is not a hash."""
    found = _WRITTEN.fullmatch(written)
    if found is None:
        return False
    salt, known = (base64.urlsafe_b64decode(part) for part in found.groups())
    return hmac.compare_digest(_derive(password, salt), known)


def _derive(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        password.encode("utf-8", "surrogatepass"),
        salt=salt,
        n=_COST,
        r=_BLOCK,
        p=_LANES,
        maxmem=_MEMORY,
        dklen=_LENGTH,
    )


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode("ascii")
