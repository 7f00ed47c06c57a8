"""One request on its way: through the downloader middlewares, at its host's pace, to the handler.

Scrapy's own way there (``engine.download_async``) costs four times as much for each request
(docs/performance.md): it crosses between Twisted's and asyncio's futures six times, keeps a queue a
host and sends signals that no visit listens to. This goes the same way, and through the same
middlewares in the same order, as plain coroutines. Redirects and retries that a middleware asks for
start anew, as they do there. What is not here is the scheduler, the filter for duplicates and the
spider middlewares: a visit does its own accounting.
"""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import asynccontextmanager
from inspect import isawaitable
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pydispatch import dispatcher
from scrapy import signals
from scrapy.http import Request, Response
from scrapy.utils.httpobj import urlparse_cached

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings


class Pace:
    """How one host is asked: so many requests side by side, so long between two beginnings."""

    def __init__(self, lanes: int, delay: float, jitter: float) -> None:
        self.delay, self.jitter = delay, jitter
        self._lanes = asyncio.Semaphore(lanes)
        self._gate = asyncio.Lock()  # one at a time, or a late one would be followed too soon
        self._next = 0.0

    def slow(self, delay: float) -> None:
        """Ask one thing at a time, at least so many seconds apart: the host asked for it."""
        if delay > self.delay:
            # Jitter would go below what was asked for.
            self.delay, self.jitter = delay, 0.0
            self._lanes = asyncio.Semaphore(1)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a free lane and for the host's time, and hold the lane meanwhile."""
        lanes = self._lanes
        async with lanes:
            if self.delay:
                async with self._gate:
                    wait = self._next - time.monotonic()
                    if wait > 0:
                        await asyncio.sleep(wait)
                    spread = random.uniform(-self.jitter, self.jitter)  # noqa: S311 - no secret
                    self._next = time.monotonic() + self.delay * (1 + spread)
            yield


class Fetcher:
    """Fetches for the visits of one crawler.

    Settings: ``DOWNLOAD_DELAY``, ``DOWNLOAD_DELAY_JITTER``, ``CONCURRENT_REQUESTS_PER_DOMAIN``.
    """

    def __init__(self, crawler: Crawler) -> None:
        downloader: Any = crawler.engine and crawler.engine.downloader
        self._settings = crawler.settings
        self._crawler, self._heard = crawler, _is_heard(crawler)
        self._handlers = downloader.handlers
        self._methods = downloader.middleware.methods
        self._paces: dict[str, Pace] = {}

    @classmethod
    def of(cls, crawler: Crawler) -> Fetcher:
        """Give the one fetcher of a crawler whose engine is running."""
        found = _FETCHERS.get(crawler)
        if found is None:
            found = _FETCHERS[crawler] = cls(crawler)
        return found

    async def fetch(self, request: Request) -> Response:
        """Give the response that the middlewares let through; raises what they and it raise."""
        while True:
            answer = await self._once(request)
            if isinstance(answer, Response):
                if answer.request is None:
                    answer.request = request
                if self._heard:
                    self._crawler.signals.send_catch_log(
                        signals.response_received,
                        response=answer,
                        request=request,
                        spider=self._crawler.spider,
                    )
                return answer
            request = answer

    def pace(self, request: Request) -> Pace:
        """Give the pace of a request's host."""
        host = urlparse_cached(request).hostname or ""
        found = self._paces.get(host)
        if found is None:
            found = self._paces[host] = _pace(self._settings)
        return found

    async def _once(self, request: Request) -> Request | Response:
        try:
            answer = await self._ask(request)
        except Exception as error:  # noqa: BLE001 - what no middleware mends is raised again
            answer = await self._mend(request, error)
        if isinstance(answer, Request):
            return answer
        for method in self._methods["process_response"]:
            answer = await _settled(method(request=request, response=answer))
            if isinstance(answer, Request):
                return answer
        return answer

    async def _ask(self, request: Request) -> Request | Response:
        for method in self._methods["process_request"]:
            early: Request | Response | None = await _settled(method(request=request))
            if early is not None:
                return early
        async with self.pace(request).turn():
            began = time.monotonic()
            response: Response = await self._handlers.download_request_async(request)
            request.meta["download_latency"] = time.monotonic() - began
            return response

    async def _mend(self, request: Request, error: Exception) -> Request | Response:
        for method in self._methods["process_exception"]:
            answer: Request | Response | None = await _settled(
                method(request=request, exception=error)
            )
            if answer is not None:
                return answer
        raise error


_FETCHERS: WeakKeyDictionary[Crawler, Fetcher] = WeakKeyDictionary()


def _is_heard(crawler: Crawler) -> bool:
    """Say whether anybody listens to answers; to tell nobody would cost as much at each of them."""
    receivers = dispatcher.getAllReceivers(crawler.signals.sender, signals.response_received)
    return any(True for _ in receivers)


def _pace(settings: BaseSettings) -> Pace:
    return Pace(
        settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"),
        settings.getfloat("DOWNLOAD_DELAY"),
        settings.getfloat("DOWNLOAD_DELAY_JITTER"),
    )


async def _settled(answer: Any) -> Any:
    return await answer if isawaitable(answer) else answer
