"""The gate before the pages: a password, or a proxy that vouches for whom it lets through.

What is open without either is listed here and nowhere else; every other path is shut.
"""

from __future__ import annotations

import hmac
import ipaddress
import time
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from monitor.leaving import holds_key
from monitor.web import forms
from monitor.web.passwords import matches
from monitor.web.sessions import LIFE, Guesses, Sessions
from monitor.web.site import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from monitor.web.readers import Readers

OPEN = frozenset({"/login", "/page.css", "/icon.svg", "/favicon.ico", "/healthz"})
"""The paths that anybody may ask for, besides those with a key (``leaving.holds_key``)."""
COMING = frozenset({"/subscribe", "/subscribe/links", "/subscribe/sent"})
"""Those where readers subscribe; without [subscribe] there is nothing there."""
METRICS = "/metrics"
"""The path that a bearer token opens too, where there is one: a program has no browser."""
SHORTEST_TOKEN = 24
_FORM = 4_096
"""Bytes of a form; a longer one is nobody's password."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who is let in: who knows the password (its hash), or whom a trusted proxy names in a header.

    ``secure`` says that readers come by https, so that the cookie never travels otherwise.
    ``token`` opens ``METRICS`` and nothing else.
    """

    password: str | None = None
    header: str | None = None
    proxies: tuple[str, ...] = ()
    secure: bool = False
    token: str | None = None

    @property
    def cookie(self) -> str:
        """The name of the cookie; the prefix ties it to this host and to https."""
        return "__Host-rolecall" if self.secure else "rolecall"

    def bears(self, path: str, headers: Headers) -> bool:
        """Say whether a program shows the token, where it opens something."""
        if path != METRICS or not self.token:
            return False
        shown = headers.get("authorization", "").partition(" ")
        return shown[0].lower() == "bearer" and hmac.compare_digest(
            shown[2].strip().encode(), self.token.encode()
        )

    def vouched(self, client: str, headers: Headers) -> bool:
        """Say whether a proxy that is trusted, and nobody else, names a user."""
        if not self.header or not headers.get(self.header, "").strip():
            return False
        return among(client, self.proxies)


def among(client: str, networks: Iterable[str]) -> bool:
    """Say whether an address is of one of the networks."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in networks)


class Gate:
    """Lets in who may see the pages; sends the others to the login, or away."""

    def __init__(self, app: ASGIApp, access: Access, sessions: Sessions) -> None:
        self._app, self._access, self._sessions = app, access, sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here."""
        if scope["type"] != "http" or scope["path"] in OPEN | COMING or holds_key(scope["path"]):
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        client = (scope.get("client") or ("",))[0]
        if self._access.vouched(client, headers) or self._access.bears(scope["path"], headers):
            return await self._app(scope, receive, send)
        if self._access.password and self._sessions.lasts(token(headers, self._access)):
            scope["rolecall.leave"] = "/logout"
            return await self._app(scope, receive, send)
        await self._refusal(scope)(scope, receive, send)
        return None

    def _refusal(self, scope: Scope) -> Response:
        if scope["path"] == METRICS and self._access.token:
            asks = {"WWW-Authenticate": "Bearer"}
            return Response("The token is missing or wrong.\n", 401, asks, "text/plain")
        if not self._access.password:
            words = "This page is reached through its proxy only, and after a login there.\n"
            return Response(words, status_code=403, media_type="text/plain")
        if scope["method"] not in ("GET", "HEAD"):
            return Response("Log in first.\n", status_code=403, media_type="text/plain")
        query = scope["query_string"].decode("latin-1")
        back = quote(scope["path"]) + (f"?{query}" if query else "")
        return RedirectResponse(f"/login?next={quote(back, safe='')}", status_code=303)


def token(headers: Headers, access: Access) -> str:
    """Give the token that a browser shows, "" when there is none."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(access.cookie)
    except CookieError:
        return ""
    return found.value if found else ""


def within(link: str) -> str:
    """Give a link of this page, or the first page for any other: a login sends nobody elsewhere."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return "/"
    plain = all(32 < ord(letter) < 127 and letter != "\\" for letter in link)  # noqa: PLR2004 - ASCII
    own = link.startswith("/") and not link.startswith("//")
    return link if plain and own and not parts.scheme and not parts.netloc else "/"


class Desk:
    """Where one logs in and out."""

    def __init__(
        self,
        access: Access,
        readers: Readers,
        draw: Callable[[Page], str],
        clock: Callable[[], float] = time.monotonic,
        *,
        taking: bool = False,
    ) -> None:
        self._taking = taking
        self.sessions = Sessions(clock)
        self._guesses = Guesses(clock)
        self._access, self._readers, self._draw = access, readers, draw

    def routes(self) -> list[Route]:
        """Give the routes of the desk."""
        return [
            Route("/login", self.login, methods=["GET", "POST"], name="login"),
            Route("/logout", self.logout, methods=["POST"], name="logout"),
        ]

    async def login(self, request: Request) -> Response:
        """Show the form, or take the password."""
        back = within(request.query_params.get("next", "/"))
        if request.method != "POST":
            return self._form(back)
        client = request.client.host if request.client else ""
        if wait := self._guesses.wait(client):
            words = f"Too many wrong passwords. Try again in {wait // 60 + 1} minutes."
            return self._form(back, words, 429, {"Retry-After": str(wait)})
        self._guesses.made(client)
        password = await _password(request)
        known = self._access.password or ""
        if not await self._readers.run(lambda: matches(password, known)):
            return self._form(back, "This is not the password.", 403)
        self._guesses.right(client)
        answer = RedirectResponse(back, status_code=303)
        self._set(answer, self.sessions.begin(), LIFE)
        return answer

    async def logout(self, request: Request) -> Response:
        """End the login."""
        self.sessions.end(token(request.headers, self._access))
        answer = RedirectResponse("/login", status_code=303)
        self._set(answer, "", 0)
        return answer

    def _set(self, answer: Response, value: str, life: int) -> None:
        answer.set_cookie(
            self._access.cookie,
            value,
            max_age=life,
            path="/",
            secure=self._access.secure,
            httponly=True,
            samesite="lax",
        )

    def _form(
        self, back: str, words: str = "", status: int = 200, headers: dict[str, str] | None = None
    ) -> Response:
        action = "/login" if back == "/" else f"/login?next={quote(back, safe='')}"
        shown = {"action": action, "words": words, "navigation": [], "taking": self._taking}
        page = self._draw(Page("login.html", "Log in", shown))
        return HTMLResponse(page, status_code=status, headers=headers)


async def _password(request: Request) -> str:
    """Read the password of the form; what is too long or odd is no password."""
    return (await forms.fields(request, _FORM)).get("password", [""])[0]
