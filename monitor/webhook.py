"""A digest as a signed POST, after https://www.standardwebhooks.com, and any POST of ours.

The only http.client.

The receiver can tell by ``webhook-signature`` that the body is ours and whole, by
``webhook-timestamp`` that it is not an old one sent again, and by ``webhook-id`` whether it has it
already: the id of a digest stays, however often it is tried.

It refuses what the crawler refuses (``crawler/addresses.py``): addresses that are not public, other
ports and schemes, links with a user name. The address that is judged is the one that is dialled. No
proxy is used and no redirect is followed.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from crawler.addresses import PORT_OF, permitted, public, refusal
from monitor.doors import RefusalError, TemporaryError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crawler.addresses import Allowed
    from monitor.store import Letter

_PREFIX = "whsec_"
_SHORTEST = 24  # bytes; Standard Webhooks: a secret of 24 to 64
_SAFE = "/?%:@!$&'()*+,;=-._~"
_GONE, _OK, _REDIRECTS = 410, range(200, 300), range(300, 400)


def key_of(secret: str) -> bytes:
    """Give the key of a secret: what follows ``whsec_`` is base64, anything else is the key itself.

    Raises ``ValueError``, without the secret in its words, when it is shorter than 24 bytes.
    """
    key = secret.encode()
    if secret.startswith(_PREFIX):
        try:
            key = base64.b64decode(secret[len(_PREFIX) :], validate=True)
        except (binascii.Error, ValueError):
            raise ValueError(f"the secret begins with {_PREFIX} but is not base64") from None
    if len(key) < _SHORTEST:
        raise ValueError(f"the secret is shorter than {_SHORTEST} bytes; `openssl rand -hex 32`")
    return key


def signature(key: bytes, identity: str, timestamp: int, body: bytes) -> str:
    """Sign ``id.timestamp.body`` with HMAC-SHA256."""
    signed = f"{identity}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


@dataclass(frozen=True, slots=True)
class Webhook:
    """A door to one link. ``timeout`` bounds each wait, ``deadline`` the whole attempt, in seconds.

    ``allow`` are the private addresses that may be dialled; plain http is for those only.
    """

    url: str
    key: bytes = field(repr=False)
    allow: tuple[Allowed, ...] = ()
    timeout: float = 10.0
    deadline: float = 30.0
    context: ssl.SSLContext | None = None
    clock: Callable[[], float] = time.time

    def send(self, letter: Letter) -> str:
        """Post the letter's bytes: 2xx settles it, 410 gives it up, all else is tried again."""
        post = Post(self.allow, self.timeout, self.deadline, self.context)
        return _judged(*post.to(self.url, letter.mime, self._headers(letter)))

    def close(self) -> None:
        """Hold nothing open between letters: digests are hours apart."""

    def _headers(self, letter: Letter) -> dict[str, str]:
        # Without a full stop: it parts what is signed.
        identity = letter.message_id.strip("<>").partition("@")[0]
        timestamp = int(self.clock())
        return {
            "Content-Type": "application/json",
            "User-Agent": "Rolecall (webhook)",
            "webhook-id": identity,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(self.key, identity, timestamp, letter.mime),
        }


@dataclass(frozen=True, slots=True)
class Post:
    """How a POST gets out: which private addresses may be dialled, and how long it may take."""

    allow: tuple[Allowed, ...] = ()
    timeout: float = 10.0
    deadline: float = 30.0
    context: ssl.SSLContext | None = None

    def to(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """Post a body to a link and give the status of the answer and its reason.

        Raises ``UnreachableError``, or ``TemporaryError`` when it may have arrived; neither repeats
        the link, which may hold a secret.
        """
        target, end = _target(url), time.monotonic() + self.deadline
        whole = {"Host": target.authority, "Connection": "close"} | headers
        with _watched(self._dialled(target), self.deadline) as wire:
            if isinstance(wire, ssl.SSLSocket):
                _shake_hands(wire, target)
            try:
                answer = _posted(wire, target, body, whole)
                if time.monotonic() >= end:  # what was cut off looks like an answer that ended
                    raise TimeoutError(f"no whole answer within {self.deadline:g} s")
            except (OSError, http.client.HTTPException) as error:
                words = f"{target.place}: {_words(error)}"
                raise TemporaryError(words, uncertain=True) from error
        return answer

    def _dialled(self, target: _Target) -> socket.socket:
        """Open a connection to an address that may be dialled, or raise ``UnreachableError``."""
        trouble = "no address"
        for address in self._addresses(target):
            try:
                wire = socket.create_connection((address, target.port), timeout=self.timeout)
            except OSError as error:
                trouble = _words(error)
                continue
            if not target.secure:
                return wire
            trust = self.context or ssl.create_default_context()
            return trust.wrap_socket(
                wire, server_hostname=target.host, do_handshake_on_connect=False
            )
        raise UnreachableError(f"{target.place}: {trouble}")

    def _addresses(self, target: _Target) -> list[str]:
        """Give the addresses of the host that may be dialled; no others, and at least one."""
        try:
            found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise UnreachableError(f"{target.place}: {_words(error)}") from error
        offered = list(dict.fromkeys(str(each[4][0]) for each in found))
        good = [one for one in offered if permitted(one, target.port, self.allow)]
        if not good:
            words = f"{', '.join(offered)} is not a public address"
            raise UnreachableError(f"{target.place}: {words}; [network] allow may name it")
        if not target.secure and any(public(ipaddress.ip_address(one)) for one in good):
            raise UnreachableError(f"{target.place}: plain http can be read on the way; use https")
        return good


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a link leads; ``path`` is as it is asked for, may hold a secret and is never told."""

    secure: bool
    host: str
    port: int
    authority: str
    path: str

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"


def _target(url: str) -> _Target:
    """Read a link, or raise ``UnreachableError`` without repeating it."""
    try:
        if reason := refusal(url, {}):
            raise UnreachableError(f"url: {reason}")
        parts = urlsplit(url)
        port = parts.port or PORT_OF[parts.scheme]
        host = str(parts.hostname).encode("idna").decode()
    except ValueError:
        raise UnreachableError("url: not a link that can be read") from None
    shown = f"[{host}]" if ":" in host else host
    query = f"?{quote(parts.query, safe=_SAFE)}" if parts.query else ""
    return _Target(
        secure=parts.scheme == "https",
        host=host,
        port=port,
        authority=shown if port == PORT_OF[parts.scheme] else f"{shown}:{port}",
        path=quote(parts.path or "/", safe=_SAFE) + query,
    )


@contextlib.contextmanager
def _watched(wire: socket.socket, seconds: float) -> Iterator[socket.socket]:
    """Lend a connection, and cut it when the time is up: one octet at a time is no answer."""
    watch = threading.Timer(seconds, _cut, (wire,))
    watch.daemon = True
    watch.start()
    try:
        yield wire
    finally:
        watch.cancel()
        wire.close()


def _cut(wire: socket.socket) -> None:
    with contextlib.suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)


def _shake_hands(wire: ssl.SSLSocket, target: _Target) -> None:
    try:
        wire.do_handshake()
    except OSError as error:
        raise UnreachableError(f"{target.place}: {_words(error)}") from error


def _posted(
    wire: socket.socket, target: _Target, body: bytes, headers: dict[str, str]
) -> tuple[int, str]:
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = wire
    connection.request("POST", target.path, body, headers)
    status = connection.getresponse().status
    return status, http.client.responses.get(status, "")  # its own words may repeat the link


def _judged(status: int, reason: str) -> str:
    words = f"{status} {reason}".strip()
    if status in _OK:
        return words
    if status == _GONE:
        raise RefusalError(f"{words}: the receiver wants no more of these")
    if status in _REDIRECTS:
        raise TemporaryError(f"{words}: no redirect is followed; correct the url")
    raise TemporaryError(words)


def _words(error: Exception) -> str:
    """Say what went wrong with a connection, in no words of the answer: they may be the link."""
    if isinstance(error, http.client.HTTPException) and not isinstance(error, OSError):
        return "no HTTP answer"
    reason = getattr(error, "verify_message", None) or getattr(error, "strerror", None)
    return str(reason or error) or type(error).__name__
