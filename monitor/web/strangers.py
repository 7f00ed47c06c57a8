"""Those who ask without a login: who they are, and how many wrong keys they may try."""

from __future__ import annotations

import ipaddress
import time
from typing import TYPE_CHECKING

from starlette.responses import Response

from monitor.web.login import among
from monitor.web.sessions import Guesses
from monitor.web.site import Missing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from starlette.requests import Request


class Strangers:
    """Counts what strangers try. ``proxies`` are believed when they say for whom they ask."""

    def __init__(
        self, proxies: Collection[str] = (), clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._proxies = tuple(proxies)
        self._wrong = Guesses(clock)

    def name(self, request: Request) -> str:
        """Name whoever asks: by the connection, or by the last hop that a trusted proxy adds."""
        peer = request.client.host if request.client else ""
        if not among(peer, self._proxies):
            return peer
        hop = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        try:
            return str(ipaddress.ip_address(hop))
        except ValueError:
            return peer

    def unknown(self, request: Request, words: str) -> Response:
        """Say no to a wrong key, and no more than that for a while to whoever tries many.

        A key that is right is never kept waiting: others' guesses must not keep a reader out.
        """
        name = self.name(request)
        if wait := self._wrong.wait(name):
            return patience(wait, "Too many links that are not known here. Try again later.")
        self._wrong.made(name)
        raise Missing(words)


def patience(wait: int, words: str) -> Response:
    """Ask for patience, in seconds."""
    headers = {"Retry-After": str(wait)}
    return Response(f"{words}\n", status_code=429, headers=headers, media_type="text/plain")
