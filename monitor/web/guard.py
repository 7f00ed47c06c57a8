"""What every request must pass, and what every answer carries: pure ASGI, no page knows of it.

A page on 127.0.0.1 is reachable by any site a browser visits unless the host is checked (DNS
rebinding), and a form of another site can post to it unless the origin is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from monitor.leaving import leads_out

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self';"
    " frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""The content security policy of every page: no script at all, nothing from anywhere else."""

LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation;"
    " default-src 'none'; style-src 'unsafe-inline'; form-action 'none';"
    " frame-ancestors 'self'; base-uri 'none'"
)
"""That of a letter as it was sent: its own style, and a sandbox around whatever it is."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: that makes a browser send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "private, no-store",
}
_SAFE = ("GET", "HEAD")
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::[0-9]{1,5})?")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Guard:
    """Refuses foreign hosts and foreign forms; puts the security headers on every answer."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        app = self._refusal(scope["method"], scope["path"], Headers(scope=scope)) or self._app
        await app(scope, receive, _adorned(send))
        return None

    def _refusal(self, method: str, path: str, headers: Headers) -> ASGIApp | None:
        if not self._known(headers.get("host", "")):
            return PlainTextResponse(
                "This host is not known here. Add it to `hosts` of [page] in rolecall.toml, or set"
                " `public_url`.\n",
                status_code=421,
            )
        # A mail program that leaves a list posts from anywhere; the key in its path is the proof.
        if method not in _SAFE and not leads_out(path) and not same_origin(headers):
            return PlainTextResponse("A form of another site sent this.\n", status_code=403)
        return None

    def _known(self, host: str) -> bool:
        found = _HOST.fullmatch(host.lower())
        return found is not None and found["name"].rstrip(".") in self._hosts


def same_origin(headers: Headers) -> bool:
    """Say whether a form is our own: by what the browser says of its origin; silence is no.

    https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin", "")
    try:
        return bool(origin) and urlsplit(origin).netloc == headers.get("host")
    except ValueError:
        return False


def _adorned(send: Send) -> Send:
    async def adorned(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("Content-Security-Policy", POLICY)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if "sandbox" not in headers["Content-Security-Policy"]:
                headers["X-Frame-Options"] = "DENY"
        await send(message)

    return adorned
