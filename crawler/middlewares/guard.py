"""The one way out: a download handler that dials public addresses only.

Every fetch (page, redirect, robots.txt, sitemap) passes through ``GuardedHandler``. The check sits
where the name is resolved, because the address that is checked there is the address that is
dialled; a check before the request would be undone by a second lookup (DNS rebinding). It refuses
proxies, other schemes, other ports, user names in links, and, failing closed, to exist without a
reactor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import CannotResolveHostError
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer

from crawler.addresses import PORT_OF, Allowed, allowed, permitted, refusal
from crawler.refused import BlockedAddress

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


@implementer(IResolutionReceiver)
class _Sieve:
    """Passes on the addresses that may be dialled and remembers that others were offered."""

    def __init__(self, receiver: Any, port: int, exceptions: tuple[Allowed, ...]) -> None:
        self.receiver, self.port, self.exceptions = receiver, port, exceptions
        self.refused: list[str] = []

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802 - Twisted's name
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802 - Twisted's name
        if permitted(address.host, self.port, self.exceptions):
            self.receiver.addressResolved(address)
        else:
            self.refused.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802 - Twisted's name
        self.receiver.resolutionComplete()


@implementer(IHostnameResolver)
class GuardedResolver:
    """The reactor's resolver with a sieve behind it; IP literals pass through it as well."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.exceptions: tuple[Allowed, ...] = ()
        self.refused: dict[tuple[str, int], list[str]] = {}

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803 - Twisted passes it by this name
        hostName: str,  # noqa: N803 - same
        portNumber: int = 0,  # noqa: N803 - same
        addressTypes: Any = None,  # noqa: N803 - same
        transportSemantics: str = "TCP",  # noqa: N803 - same
    ) -> Any:
        """Resolve as the inner resolver does, and pass on only what may be dialled."""
        sieve = _Sieve(resolutionReceiver, portNumber, self.exceptions)
        self.refused[(hostName, portNumber)] = sieve.refused
        return self.inner.resolveHostName(
            sieve, hostName, portNumber, addressTypes, transportSemantics
        )


def install() -> GuardedResolver:
    """Put the guard before the reactor's resolver, once a process."""
    from twisted.internet import reactor as installed  # noqa: PLC0415 - would install one

    reactor: Any = installed  # its interfaces are not known to type checkers
    current = reactor.nameResolver
    if isinstance(current, GuardedResolver):
        return current
    guard = GuardedResolver(current)
    reactor.installNameResolver(guard)
    return guard


class GuardedHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler behind the guard. Settings: ``ROLECALL_ALLOW`` (CIDR:port list)."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._guard = install()
        self._guard.exceptions = allowed(crawler.settings.getlist("ROLECALL_ALLOW"))

    async def download_request(self, request: Request) -> Response:
        """Fetch, or raise ``BlockedAddress`` with the reason in words."""
        if reason := refusal(request.url, request.meta):
            raise BlockedAddress(f"{request.url}: {reason}")
        parts = urlsplit(request.url)
        host, port = parts.hostname or "", parts.port or PORT_OF[parts.scheme]
        try:
            response = await super().download_request(request)
        except CannotResolveHostError as error:
            if refused := self._guard.refused.get((host, port)):
                addresses = ", ".join(sorted(set(refused)))
                raise BlockedAddress(
                    f"{request.url}: {addresses} is not a public address"
                ) from error
            raise
        dialled = response.ip_address
        if dialled is None or not permitted(str(dialled), port, self._guard.exceptions):
            raise BlockedAddress(f"{request.url}: {dialled} is not a public address")
        return response
