"""Pages drawn by script: a Chromium that draws a page and dials nothing itself.

The page is fetched as any other; when it is HTML, the browser is handed that answer and runs it.
Whatever the page then asks for (scripts and data, nothing else) is taken out of the browser's hands
and asked by the very handler that fetched the page, so the address guard, robots.txt, the size cap
and the User-Agent hold for it at the moment of dialling. Chromium's own way out is shut: what is
not taken from it (WebSockets, WebRTC, whatever comes next) meets a proxy without an address.

It refuses to load pictures, fonts, media and frames, to leave the page, to keep a cookie or
anything else for the next page, and to give a page whose own site failed it half way.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import HtmlResponse, Response

from crawler.addresses import public
from crawler.middlewares.robots import RobotsMiddleware
from crawler.refused import BlockedAddress

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.core.downloader.handlers.base import BaseDownloadHandler
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

FOUND = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
"""Where a browser is looked for when ``ROLECALL_CHROMIUM`` names none."""
SHUT = (
    # The name is reserved never to exist, and no name or address is resolved besides.
    "--proxy-server=http://closed.invalid:9",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    # WebRTC would send datagrams past the proxy.
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # its name in older ones
    "--disable-quic",
)
LOADED = frozenset({"script", "xhr", "fetch"})
PAGES = 2
"""Pages that are drawn side by side."""
MOST = 300
"""Requests that one page may make; a calendar that loads itself has no last one."""
QUIET = 15
"""Ticks of the page's own clock without a request, after which it is drawn: 0.75 s, on a quiet
machine. On a busy one its timers are late, and a wait by our clock would end before them."""
_TICK = "() => new Promise(done => setTimeout(done, 50))"
_CLOSING = 5.0
_BUSY, _TROUBLE = 429, 500
_SAME_METHOD = {307, 308}
# Ours to say, or about a connection that is not the browser's.
_NOT_SENT = {"accept-encoding", "connection", "content-length", "cookie", "host"}
_NOT_SERVED = {
    b"Connection",
    b"Content-Encoding",
    b"Content-Length",
    b"Set-Cookie",
    b"Transfer-Encoding",
}
# The page as drawn is not the bytes these were said of.
_OF_THE_BYTES = ("ETag", "Last-Modified", "Content-Length")
_ENVIRONMENT = ("HOME", "LANG", "PATH", "TMPDIR")


class NotDrawn(IgnoreRequest):
    """Raised when a page cannot be drawn, in words; from ``Browser.fetch``. Never tried again."""


def executable(named: str | None = None) -> str | None:
    """Give the browser to start: the one named, else ``ROLECALL_CHROMIUM``, else one on PATH."""
    named = named or os.environ.get("ROLECALL_CHROMIUM")
    return next(filter(None, map(shutil.which, (named,) if named else FOUND)), None)


def missing(named: str | None = None) -> str | None:
    """Say in words what keeps pages from being drawn here and the next step; ``None``: nothing."""
    if find_spec("playwright") is None:
        return "browser = true needs an extra: pip install 'rolecall[browser]'"
    if executable(named) is None:
        named = named or os.environ.get("ROLECALL_CHROMIUM")
        seen = f"there is none at {named}, as ROLECALL_CHROMIUM says" if named else "none is found"
        return f"browser = true needs a Chromium: {seen}; install one or name it there"
    return None


class Browser:
    """Fetches pages by ``wire`` and draws those that are HTML; one Chromium a crawler.

    Setting: ``ROLECALL_CHROMIUM``. Nothing is started before the first page is drawn.
    """

    def __init__(self, crawler: Crawler, wire: BaseDownloadHandler) -> None:
        self.crawler, self.wire = crawler, wire
        self.named = crawler.settings.get("ROLECALL_CHROMIUM")
        self.largest = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self.patience = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._packing = HttpCompressionMiddleware(crawler=crawler)
        self._starting, self._lanes = asyncio.Lock(), asyncio.Semaphore(PAGES)
        self._playwright: Any = None
        self._chromium: Any = None

    async def fetch(self, request: Request) -> Response:
        """Fetch a page and draw it; what is not a page of HTML is given as it was served.

        Raises ``NotDrawn`` with the reason, and whatever ``wire`` raises.
        """
        if words := missing(self.named):
            raise NotDrawn(words)
        asked = request.copy()
        for name in ("If-None-Match", "If-Modified-Since"):
            # The frame of a page stays the same while what is drawn into it moves.
            asked.headers.pop(name, None)
        served = await self.ask(asked)
        if served.status != 200 or not isinstance(served, HtmlResponse):  # noqa: PLR2004 - HTTP OK
            return served
        patience = request.meta.get("download_timeout", self.patience)
        drawing = _Drawing(self, request, served, patience)
        try:
            async with self._lanes, asyncio.timeout(patience):
                body = (await self._draw(drawing)).encode()
        except TimeoutError:
            raise NotDrawn(f"the page was not drawn within {patience:.0f} s") from None
        if isinstance(drawing.trouble, Exception):
            raise drawing.trouble
        if drawing.trouble is not None:
            return drawing.trouble.replace(url=request.url)
        return self._drawn(served, body)

    async def ask(self, request: Request) -> Response:
        """Ask one thing of the web, unpacked."""
        self._packing.process_request(request)
        served = self._packing.process_response(request, await self.wire.download_request(request))
        assert isinstance(served, Response)
        return served

    async def ask_permitted(self, request: Request) -> Response:
        """Ask one thing for a page: as robots.txt lets us, redirects followed."""
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        for _ in range(1 + self.crawler.settings.getint("REDIRECT_MAX_TIMES")):
            if robots is not None:
                await robots.process_request(request)
            served = await self.ask(request)
            location = served.headers.get("Location")
            if not 300 <= served.status < 400 or location is None:  # noqa: PLR2004 - redirects
                return served
            target = urljoin(request.url, location.decode("latin-1"))
            same: dict[str, Any] = (
                {} if served.status in _SAME_METHOD else {"method": "GET", "body": b""}
            )
            request = request.replace(url=target, **same)
        raise IgnoreRequest(f"{request.url}: it is redirected too often")

    def _drawn(self, served: Response, body: bytes) -> Response:
        if len(body) > self.largest:
            raise DownloadCancelledError(f"{served.url}: {len(body)} bytes as drawn")
        headers = served.headers.copy()
        for name in _OF_THE_BYTES:
            headers.pop(name, None)
        headers["Content-Type"] = "text/html; charset=utf-8"
        return served.replace(headers=headers, body=body, encoding="utf-8")

    async def _draw(self, drawing: _Drawing) -> str:
        from playwright.async_api import Error  # noqa: PLC0415 - an extra

        try:
            async with self._tab(drawing) as tab:
                await tab.goto(drawing.url, wait_until="load", timeout=0)
                await drawing.quiet(tab)
                return str(await tab.content())
        except Error as error:
            raise NotDrawn(f"the browser: {_first_line(error)}") from error

    @asynccontextmanager
    async def _tab(self, drawing: _Drawing) -> AsyncIterator[Any]:
        """Open an empty page that shares nothing with any other, and close it whatever happens."""
        chromium = await self._started()
        context = await chromium.new_context(
            user_agent=drawing.agent, service_workers="block", accept_downloads=False
        )
        try:
            await context.route("**/*", drawing.serve)
            yield await context.new_page()
        finally:
            try:
                async with asyncio.timeout(_CLOSING):
                    await context.close()
            except Exception:  # noqa: BLE001 - a page that will not close costs the whole browser
                await self.close()

    async def _started(self) -> Any:
        from playwright.async_api import Error, async_playwright  # noqa: PLC0415 - an extra

        async with self._starting:
            if self._chromium is not None and self._chromium.is_connected():
                return self._chromium
            await self.close()
            self._playwright = await async_playwright().start()
            try:
                self._chromium = await self._playwright.chromium.launch(
                    executable_path=executable(self.named),
                    args=list(SHUT),
                    # Chromium refuses to run for root in its sandbox.
                    chromium_sandbox=os.geteuid() != 0,
                    # It has no use for our passwords.
                    env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
                )
            except Error as error:
                words = f"{executable(self.named)} does not start: {_first_line(error)}"
                raise NotDrawn(words) from error
            return self._chromium

    async def close(self) -> None:
        """End the browser, if one was started."""
        chromium, self._chromium = self._chromium, None
        playwright, self._playwright = self._playwright, None
        ends = [chromium.close] if chromium else []
        ends += [playwright.stop] if playwright else []
        for end in ends:
            with suppress(Exception):  # it may have died on its own
                async with asyncio.timeout(_CLOSING):
                    await end()


class _Drawing:
    """One page while it is drawn: what it asks for, what it was given, and what failed it."""

    def __init__(
        self, browser: Browser, request: Request, served: Response, patience: float
    ) -> None:
        self.browser, self.url, self.served = browser, request.url, served
        self.agent = (request.headers.get("User-Agent") or b"").decode("latin-1")
        self.meta = {k: request.meta.get(k) for k in ("source", "now")}
        # Somebody else's script that hangs must not take the whole page's time.
        self.patience = patience / 2
        self.trouble: Exception | Response | None = None
        self.begun, self.open, self.asked, self.size = False, 0, 0, len(served.body)
        self.ticks = 0

    async def quiet(self, tab: Any) -> None:
        """Wait until the page has stopped asking, or has met trouble."""
        while not self.trouble and (self.open or self.ticks < QUIET):
            self.ticks += 1
            await tab.evaluate(_TICK)

    async def serve(self, route: Any) -> None:
        """Answer one request of the page."""
        self.open += 1
        try:
            await self._serve(route, route.request)
        except Exception as error:  # noqa: BLE001 - the page is gone, or the browser is
            logger.debug("%s: %s", self.url, error)
        finally:
            self.open, self.ticks = self.open - 1, 0

    async def _serve(self, route: Any, asked: Any) -> None:
        if not self.begun and asked.is_navigation_request():
            self.begun = True
            await self._fulfil(route, self.served)
        elif asked.resource_type == "stylesheet":
            # Some scripts wait for their style sheet before they draw.
            await route.fulfill(status=200, content_type="text/css", body="")
        elif asked.resource_type not in LOADED or self.trouble:
            await route.abort("aborted")
        elif (answer := await self._answer(asked)) is None:
            await route.abort("failed")
        else:
            await self._fulfil(route, answer)

    async def _answer(self, asked: Any) -> Response | None:
        """Ask what the page asks for; ``None`` when it is not to be had."""
        try:
            self._count()
            answer = await self._ask(asked)
            self._count(len(answer.body))
            self._judge(answer)
        except Exception as error:  # noqa: BLE001 - it is told, or becomes the page's own trouble
            logger.info("%s: %s was not loaded: %s", self.url, asked.url, error)
            self.trouble = self.trouble or self._fault(asked, error)
            return None
        ill = answer.status == _BUSY or answer.status >= _TROUBLE
        if ill and _same_site(self.url, asked.url):
            self.trouble = self.trouble or answer
        return answer

    async def _ask(self, asked: Any) -> Response:
        headers = {
            name: value
            for name, value in asked.headers.items()
            if name not in _NOT_SENT and not name.startswith("sec-")
        }
        if asked.method != "GET" or _origin(asked.url) != _origin(self.url):
            headers["origin"] = _origin(self.url)
        request = Request(
            asked.url,
            method=asked.method,
            headers=headers,
            body=asked.post_data_buffer or b"",
            meta={**self.meta, "download_timeout": self.patience},
        )
        try:
            async with asyncio.timeout(self.patience):
                return await self.browser.ask_permitted(request)
        except TimeoutError:
            raise DownloadTimeoutError(asked.url) from None

    def _count(self, size: int | None = None) -> None:
        """Keep account of what the page loads; ends it when it is too much."""
        self.asked += size is None
        self.size += size or 0
        if self.asked > MOST:
            self.trouble = NotDrawn(f"the page loads more than {MOST} things")
        if self.size > self.browser.largest:
            self.trouble = DownloadCancelledError(f"{self.url}: {self.size} bytes to draw it")
        if isinstance(self.trouble, Exception):
            raise self.trouble

    def _judge(self, answer: Response) -> None:
        """Refuse to show a page of the Internet what stands on a network that we may dial.

        A redirect or a second address of its own name would make it read as its own.
        """
        here, there = self.served.ip_address, answer.ip_address
        if here and there and public(here) and not public(there):
            raise BlockedAddress(f"{there} is not a public address, as the page's own is")

    def _fault(self, asked: Any, error: Exception) -> Exception | None:
        """Say what a failed request means for the page: nothing when it is somebody else's.

        A script that must not be asked for may be beside the point; data hardly ever are.
        """
        refused = isinstance(error, (IgnoreRequest, BlockedAddress))
        if not _same_site(self.url, asked.url) or (refused and asked.resource_type == "script"):
            return None
        if refused:
            return NotDrawn(f"the page is drawn from {asked.url}: {error}")
        return error

    @staticmethod
    async def _fulfil(route: Any, answer: Response) -> None:
        headers = {
            name.decode("latin-1"): b", ".join(values).decode("latin-1")
            for name, values in answer.headers.items()
            if name not in _NOT_SERVED
        }
        await route.fulfill(status=answer.status, headers=headers, body=answer.body)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _same_site(one: str, other: str) -> bool:
    """Say whether two links look like one owner's: port and last labels of the host agree."""
    first, second = map(urlsplit, (one, other))
    names = ((parts.hostname or "").split(".")[-2:] for parts in (first, second))
    return first.port == second.port and next(names) == next(names)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
