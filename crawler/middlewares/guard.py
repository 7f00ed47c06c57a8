"""The one way out: a download handler that dials public addresses only.

Every fetch (page, redirect, robots.txt, sitemap) passes through ``GuardedHandler``. The check sits
where the socket is opened, because the address that is checked there is the address that is
dialled; a check before the request would be undone by a second lookup (DNS rebinding). It refuses
proxies, other schemes, other ports, and user names in links. It stands on no resolver of a reactor,
so it guards whatever loop it runs on; without a running asyncio loop it refuses to exist.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Headers
from scrapy.responsetypes import responsetypes

from crawler.addresses import PORT_OF, allowed, permitted, refusal
from crawler.middlewares.wire import Broken, TooLarge, Wire
from crawler.refused import BlockedAddress

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_TROUBLES: dict[str, type[Exception]] = {
    "dns": CannotResolveHostError,
    "refused": DownloadConnectionRefusedError,
    "timeout": DownloadTimeoutError,
    "cut": ResponseDataLossError,
}
"""What trouble on the wire is called in Scrapy, whose retries go by these names."""


class GuardedHandler(BaseDownloadHandler):
    """Fetches http and https behind the guard. Settings: ``ROLECALL_ALLOW`` (CIDR:port list)."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        self._exceptions = allowed(settings.getlist("ROLECALL_ALLOW"))
        self._seconds = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._largest = settings.getint("DOWNLOAD_MAXSIZE")
        self._verify = settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
        self._wire: Wire | None = None

    async def download_request(self, request: Request) -> Response:
        """Fetch, or raise ``BlockedAddress`` with the reason in words."""
        if reason := refusal(request.url, request.meta):
            raise BlockedAddress(f"{request.url}: {reason}")
        if self._wire is None:
            self._wire = Wire(self._permitted, verify=self._verify)
        headers = [(name, one) for name, values in request.headers.items() for one in values]
        try:
            answer = await self._wire.ask(
                request.method,
                request.url,
                headers,
                request.body,
                seconds=request.meta.get("download_timeout") or self._seconds,
                largest=self._largest,
            )
        except TooLarge as error:
            raise DownloadCancelledError(f"{request.url}: {error}") from error
        except Broken as error:
            if error.shut:
                addresses = ", ".join(sorted(set(error.shut)))
                words = f"{request.url}: {addresses} is not a public address"
                raise BlockedAddress(words) from error
            head = "certificate verify failed: " if error.kind == "certificate" else ""
            raise _TROUBLES.get(error.kind, DownloadFailedError)(f"{head}{error}") from error
        port = urlsplit(request.url).port or PORT_OF[urlsplit(request.url).scheme]
        if not self._permitted(answer.address, port):
            raise BlockedAddress(f"{request.url}: {answer.address} is not a public address")
        kept, body = Headers(), answer.body
        for name, value in answer.headers:
            kept.appendlist(name, value)
        kind = responsetypes.from_args(headers=kept, url=request.url, body=body)
        address = ip_address(answer.address)
        return kind(request.url, answer.status, headers=kept, body=body, ip_address=address)

    def _permitted(self, address: str, port: int) -> bool:
        return permitted(address, port, self._exceptions)

    async def close(self) -> None:
        """Close every connection."""
        if self._wire is not None:
            self._wire.close()
