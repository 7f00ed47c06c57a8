"""Fixture mode: the download handler that goes live, records, or replays.

``ROLECALL_MODE`` is ``live`` (the default), ``record`` or ``replay``; ``ROLECALL_CAPTURES`` the
case folder to replay, or the folder to record under. Settings win over the environment. An unknown
mode, or one without its folder, is refused before a crawl begins.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from crawler.captures import INDEX, Exchange, Player, Recorder, load
from crawler.refused import BlockedAddress
from crawler.signals import crawl_finished

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

    from crawler.items import Crawl
    from crawler.middlewares.browser import Browser

MODES = ("live", "record", "replay")
ERRORS = {
    "timeout": DownloadTimeoutError,
    "reset": DownloadFailedError,
    "refused": DownloadConnectionRefusedError,
    "dns": CannotResolveHostError,
    "cut": ResponseDataLossError,
    "large": DownloadCancelledError,
    "blocked": BlockedAddress,
}
# A login that was served to us, and what changes on every answer, is not kept.
# The length is that of the packed body; it is the plain one that is kept.
NOT_KEPT = {
    b"set-cookie",
    b"date",
    b"age",
    b"connection",
    b"content-length",
    b"keep-alive",
    b"transfer-encoding",
}


class FixtureMode:
    """The add-on that settles the mode and, in replay, takes waiting and chance away."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Force the settings of the mode over project, spider and command line.

        Raises ``ValueError`` with what is wrong: Scrapy would pass over ``NotConfigured`` here.
        """
        mode = settings.get("ROLECALL_MODE") or os.environ.get("ROLECALL_MODE") or "live"
        captures = settings.get("ROLECALL_CAPTURES") or os.environ.get("ROLECALL_CAPTURES")
        _check(mode, captures)
        forced: dict[str, Any] = {"ROLECALL_MODE": mode, "ROLECALL_CAPTURES": captures}
        if mode == "replay":
            forced |= {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 1}
        for name, value in forced.items():
            settings.set(name, value, priority="cmdline")


def _check(mode: str, captures: str | None) -> None:
    if mode not in MODES:
        raise ValueError(f"ROLECALL_MODE is {mode!r}, not one of {', '.join(MODES)}")
    if mode != "live" and not captures:
        raise ValueError(f"ROLECALL_CAPTURES must name a folder in {mode} mode")
    if mode == "replay" and not (Path(captures or "") / INDEX).is_file():
        raise ValueError(f"{captures}: no recorded visit stands there (it has no {INDEX})")


class CaptureHandler(BaseDownloadHandler):
    """Answers from the wire or from a case. Off the wire no socket code is built."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.mode = crawler.settings["ROLECALL_MODE"]
        folder = crawler.settings["ROLECALL_CAPTURES"]
        self.folder = Path(folder) if folder else None
        self.wire: BaseDownloadHandler | None = None
        self.browser: Browser | None = None
        if self.mode == "replay":
            assert self.folder is not None
            self.player = Player(load(self.folder))
            # Every clock of a replayed visit shows the recorded time.
            crawler.spider.moment = self.player.case.started  # type: ignore[union-attr]
        else:
            from crawler.middlewares.guard import GuardedHandler  # noqa: PLC0415 - sockets

            self.wire = GuardedHandler(crawler)
        if self.mode == "record":
            self.recorders: dict[str, Recorder] = {}
            # robots.txt is fetched once a host, and belongs to every source that is read there.
            self.robots: dict[str, tuple[Exchange, bytes]] = {}
            self.told: set[tuple[str, str]] = set()
            self.unpacker = HttpCompressionMiddleware(crawler=crawler)
            crawler.signals.connect(self._write, crawl_finished)

    async def download_request(self, request: Request) -> Response:
        """Fetch, fetch and keep, or replay."""
        if self.wire is None:
            return self._replay(request)
        try:
            response = await self._fetch(self.wire, request)
        except Exception as error:
            if self.mode == "record":
                self._keep(request, error=error)
            raise
        if self.mode == "record":
            self._keep(request, response)
        return response

    async def _fetch(self, wire: BaseDownloadHandler, request: Request) -> Response:
        """Fetch, and draw in a browser when the source asks for it; robots.txt is never drawn."""
        source = request.meta.get("source")
        if source is None or not source.browser or urlsplit(request.url).path == "/robots.txt":
            return await wire.download_request(request)
        if self.browser is None:
            from crawler.middlewares.browser import Browser  # noqa: PLC0415 - few sources need it

            self.browser = Browser(self.crawler, wire)
        return await self.browser.fetch(request)

    def _replay(self, request: Request) -> Response:
        exchange = self.player.answer(request.method, request.url, request.body)
        if exchange.error is not None:
            raise ERRORS.get(exchange.error, DownloadFailedError)(f"recorded: {exchange.error}")
        headers = Headers()
        for name, value in exchange.headers:
            headers.appendlist(name, value)
        asked = request.headers.get("If-None-Match")
        if asked and asked == headers.get("ETag"):
            return Response(request.url, status=304, headers=headers)
        body = exchange.read()
        kind = responsetypes.from_args(headers=headers, url=request.url, body=body)
        return kind(url=request.url, status=exchange.status or 200, headers=headers, body=body)

    def _keep(
        self, request: Request, response: Response | None = None, error: Exception | None = None
    ) -> None:
        source, now = request.meta.get("source"), request.meta.get("now")
        if source is None or now is None or self.folder is None:
            return
        if source.id not in self.recorders:
            archive = self.crawler.settings.getbool("ROLECALL_ARCHIVE")
            folder = self.folder / source.id
            self.recorders[source.id] = Recorder(folder, now, archive=archive)
        exchange, body = self._exchange(request, response, error)
        parts = urlsplit(request.url)
        site = f"{parts.scheme}://{parts.netloc}"
        if parts.path == "/robots.txt":
            self.robots[site] = exchange, body
        elif site in self.robots and (source.id, site) not in self.told:
            self.recorders[source.id].add(*self.robots[site])
        self.told.add((source.id, site))
        self.recorders[source.id].add(exchange, body)

    def _exchange(
        self, request: Request, response: Response | None, error: Exception | None
    ) -> tuple[Exchange, bytes]:
        """Describe what was asked and what came back."""
        asked = (request.method, request.url, request.body)
        if response is None:
            name = next((name for name, kind in ERRORS.items() if isinstance(error, kind)), "reset")
            return Exchange(*asked, error=name), b""
        plain = self._plain(request, response)
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in plain.headers.items()
            for value in values
            if name.lower() not in NOT_KEPT
        )
        return Exchange(*asked, status=plain.status, headers=headers), plain.body

    def _plain(self, request: Request, response: Response) -> Response:
        """Unpack a body, for people to read; what cannot be unpacked is kept as it was served."""
        try:
            # A copy: the middleware takes the encoding off the answer that it is given.
            plain = self.unpacker.process_response(request, response.copy())
        except Exception:  # noqa: BLE001 - the middleware above meets the same trouble and tells it
            return response
        assert isinstance(plain, Response)
        return plain

    def _write(self, crawl: Crawl) -> None:
        recorder = self.recorders.pop(crawl.source.id, None)
        if recorder is not None:
            recorder.write(crawl.source)

    async def close(self) -> None:
        """Close the browser and the connections, if there are any."""
        if self.browser is not None:
            await self.browser.close()
        if self.wire is not None:
            await self.wire.close()
