"""Waiting when a site asks for it: Retry-After, and growing pauses after errors.

Scrapy retries a 429 within milliseconds whatever the site asked. Here the whole host waits, other
hosts go on. A wait longer than ``ROLECALL_LONGEST_WAIT`` seconds is not sat out: nothing is asked
there any more, and that is the reason. What shuts the gate of a host, or opens it, is signalled
(``host_gated``), so that a run that comes later knows it too.
"""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached

from crawler.gates import Gates
from crawler.pages.trouble import explain
from crawler.signals import host_gated

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.gates import Gate

ASKS_TO_WAIT = frozenset({429, 503})
FIRST_PAUSE = 1.0
LOOK = 0.1
"""Seconds between two looks at the request that tries a host again."""


def retry_after(value: bytes | None, now: datetime) -> float | None:
    """Read a Retry-After header as seconds from now: a number or a date; nonsense is ``None``."""
    if not value:
        return None
    text = value.decode("latin-1").strip()
    if text.isdigit():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())


class Spared(IgnoreRequest):
    """Raised when a host may not be asked now, from ``BackoffMiddleware``; its words say why."""


class BackoffMiddleware(RetryMiddleware):
    """Scrapy's retries with manners: a host that asked for quiet gets it, or raises ``Spared``."""

    crawler: Crawler

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self._quiet_until: dict[str, float] = {}
        self._longest = settings.getfloat("ROLECALL_LONGEST_WAIT")
        self._replay = settings.get("ROLECALL_MODE") == "replay"
        # One for all crawlers of a sweep, where somebody remembers it; else our own.
        self._gates: Gates = settings.get("ROLECALL_GATES") or Gates()

    async def process_request(self, request: Request) -> None:
        """Hold the request back until its host may be asked again, or refuse it."""
        host = urlparse_cached(request).netloc
        # Another answer may prolong the quiet meanwhile, so the clock is asked again.
        while (wait := self._quiet_until.get(host, 0.0) - time.monotonic()) > 0:  # noqa: ASYNC110 - a clock sets no event
            await asyncio.sleep(wait)
        if host in self._gates and not self._replay:
            await self._pass(request, host)

    async def _pass(self, request: Request, host: str) -> None:
        """Wait before a gate that opens soon; raise before one that does not."""
        while True:
            now = datetime.now(UTC)
            if gate := self._gates.shut(host, now):
                wait = (gate.until - now).total_seconds()
                if wait > self._longest:
                    raise Spared(gate.words)
                await asyncio.sleep(wait)
            elif self._gates.enter(host, time.monotonic()):
                request.meta["tries_host"] = True
                return
            else:
                await asyncio.sleep(LOOK)

    def process_response(  # type: ignore[override]  # without the argument Scrapy deprecates
        self, request: Request, response: Response
    ) -> Request | Response:
        """Ask again after the pause, or let the answer stand."""
        if response.status not in self.retry_http_codes or request.meta.get("dont_retry"):
            self._well(request)
            return response
        asked = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        asked = asked if response.status in ASKS_TO_WAIT else None
        words = f"HTTP {response.status}"
        if asked is not None and asked > self._longest:
            response.flags.append(f"asked to wait {asked:.0f} s")
        return self._again(request, words, words, asked) or response

    def process_exception(  # type: ignore[override]  # without the argument Scrapy deprecates
        self, request: Request, exception: Exception
    ) -> Request | Response | None:
        """Ask again after a pause when the connection failed."""
        if not isinstance(exception, self.exceptions_to_retry) or request.meta.get("dont_retry"):
            if request.meta.pop("tries_host", False):
                self._gates.leave(urlparse_cached(request).netloc)
            return None
        return self._again(request, exception, explain(exception), None)

    def _again(
        self, request: Request, reason: str | Exception, words: str, asked: float | None
    ) -> Request | None:
        """Give the request to ask once more, unless its host is to be left alone."""
        host, now = urlparse_cached(request).netloc, datetime.now(UTC)
        # A host whose name was not found was not asked at all.
        lost = self._replay or isinstance(reason, CannotResolveHostError)
        gate = None if lost else self._gates.troubled(host, words, now, asked)
        if gate:
            self._tell(host, gate)
        shut = self._gates.shut(host, now)
        if (asked or 0) > self._longest or (shut and shut.trips):
            return None
        again = self._retry(request, reason)
        if again is not None and not asked:
            self._hush(request)
        return again

    def _well(self, request: Request) -> None:
        host = urlparse_cached(request).netloc
        if request.meta.get("dont_obey_robotstxt"):
            self._gates.leave(host)  # robots.txt is a file; it says nothing of what is behind it
        elif not self._replay and self._gates.answered(host, datetime.now(UTC)):
            self._tell(host, None)

    def _tell(self, host: str, gate: Gate | None) -> None:
        self.crawler.signals.send_catch_log(host_gated, host=host, gate=gate)

    def _hush(self, request: Request) -> None:
        if self._replay:
            return
        tried = request.meta.get("retry_times", 0)
        pause = FIRST_PAUSE * 2**tried * random.uniform(1.0, 1.5)  # noqa: S311 - jitter, no secret
        host = urlparse_cached(request).netloc
        until = time.monotonic() + min(pause, self._longest)
        self._quiet_until[host] = max(until, self._quiet_until.get(host, 0.0))
