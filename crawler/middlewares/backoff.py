"""Waiting when a site asks for it: Retry-After, and growing pauses after errors.

Scrapy retries a 429 within milliseconds whatever the site asked. Here the whole host waits, other
hosts go on. A wait longer than ``ROLECALL_LONGEST_WAIT`` seconds is not sat out: the answer stands
and the visit ends early, with that reason.
"""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.utils.httpobj import urlparse_cached

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

ASKS_TO_WAIT = frozenset({429, 503})
FIRST_PAUSE = 1.0


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


class BackoffMiddleware(RetryMiddleware):
    """Scrapy's retries with manners: a host that asked for quiet gets it."""

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self._quiet_until: dict[str, float] = {}
        self._longest = settings.getfloat("ROLECALL_LONGEST_WAIT")
        self._replay = settings.get("ROLECALL_MODE") == "replay"

    async def process_request(self, request: Request) -> None:
        """Hold the request back until its host may be asked again."""
        host = urlparse_cached(request).netloc
        # Another answer may prolong the quiet meanwhile, so the clock is asked again.
        while (wait := self._quiet_until.get(host, 0.0) - time.monotonic()) > 0:  # noqa: ASYNC110 - a clock sets no event
            await asyncio.sleep(wait)

    def process_response(  # type: ignore[override]  # without the argument Scrapy deprecates
        self, request: Request, response: Response
    ) -> Request | Response:
        """Ask again after the pause, or let the answer stand."""
        if response.status not in self.retry_http_codes or request.meta.get("dont_retry"):
            return response
        asked = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        if response.status in ASKS_TO_WAIT and asked is not None and asked > self._longest:
            response.flags.append(f"asked to wait {asked:.0f} s")
            return response
        again = self._retry(request, f"HTTP {response.status}")
        if again is not None:
            self._hush(request, asked)
        return again or response

    def process_exception(  # type: ignore[override]  # without the argument Scrapy deprecates
        self, request: Request, exception: Exception
    ) -> Request | Response | None:
        """Ask again after a pause when the connection failed."""
        if not isinstance(exception, self.exceptions_to_retry) or request.meta.get("dont_retry"):
            return None
        again = self._retry(request, exception)
        if again is not None:
            self._hush(request, None)
        return again

    def _hush(self, request: Request, asked: float | None) -> None:
        if self._replay:
            return
        tried = request.meta.get("retry_times", 0)
        pause = FIRST_PAUSE * 2**tried * random.uniform(1.0, 1.5)  # noqa: S311 - jitter, no secret
        host = urlparse_cached(request).netloc
        until = time.monotonic() + min(pause if asked is None else asked, self._longest)
        self._quiet_until[host] = max(until, self._quiet_until.get(host, 0.0))
