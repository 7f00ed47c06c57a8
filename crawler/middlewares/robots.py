"""robots.txt, obeyed by every request, also by those in flight while it is being fetched.

Scrapy 2.14 to 2.19 lets all but two of those pass: its middleware awaits one shared Deferred, whose
result turns to ``None`` ("no rules") after the first waiter. Here they share one task. Unlike the
stock middleware this one also reads the status as RFC 9309 asks (5xx or unreachable: nothing may be
fetched for now; 4xx: everything may) and honours ``Crawl-delay``.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler

from crawler.fetch import Fetcher
from crawler.middlewares.backoff import Spared
from crawler.pages.trouble import explain

if TYPE_CHECKING:
    from scrapy.http import Response

SERVER_ERROR, CLIENT_ERROR = 500, 400
NOTHING_ALLOWED = b"User-agent: *\nDisallow: /\n"
LONGEST_DELAY = 60.0  # seconds; a longer Crawl-delay would stretch a visit beyond its deadline


class RobotsMiddleware(RobotsTxtMiddleware):
    """Asks once for each scheme, host and port; raises ``IgnoreRequest`` with the reason."""

    _reasons: dict[str, str]

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._asked: dict[str, asyncio.Task[Any]] = {}
        self._reasons = {}

    async def process_request(self, request: Request) -> None:  # type: ignore[override]  # without the argument Scrapy deprecates
        """Let the request pass, or raise ``IgnoreRequest``."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        url = urlparse_cached(request)
        site = f"{url.scheme}://{url.netloc}"
        if site not in self._asked:
            self._asked[site] = asyncio.ensure_future(self._fetch(site, request))
        # A visit that is cancelled must not cancel the answer the others wait for.
        rules = await asyncio.shield(self._asked[site])
        agent = self._robotstxt_useragent or self._default_useragent
        if not rules.allowed(request.url, agent):
            self._stats.inc_value("robotstxt/forbidden")
            raise IgnoreRequest(self._reasons.get(site, "forbidden by robots.txt"))
        self._slow_down(request, rules.crawl_delay(agent))

    async def _fetch(self, site: str, cause: Request) -> Any:
        request = Request(
            f"{site}/robots.txt",
            priority=self.DOWNLOAD_PRIORITY,
            meta={"dont_obey_robotstxt": True} | {k: cause.meta.get(k) for k in ("source", "now")},
            callback=NO_CALLBACK,
        )
        self._stats.inc_value("robotstxt/request_count")
        body = NOTHING_ALLOWED
        try:
            response = await Fetcher.of(self.crawler).fetch(request)
            body = self._body(site, response)
        except Spared as refused:
            self._reasons[site] = str(refused)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the rules are unknown
            self._reasons[site] = f"robots.txt could not be read ({explain(error)})"
        return build_from_crawler(self._parserimpl, self.crawler, body)

    def _body(self, site: str, response: Response) -> bytes:
        """Turn the status into rules (RFC 9309, 2.3.1)."""
        if response.status >= SERVER_ERROR:
            self._reasons[site] = f"robots.txt could not be read (HTTP {response.status})"
            return NOTHING_ALLOWED
        return b"" if response.status >= CLIENT_ERROR else response.body

    def _slow_down(self, request: Request, delay: float | None) -> None:
        """Set the host's pace to what it asks for."""
        if delay and self.crawler.settings.get("ROLECALL_MODE") != "replay":
            Fetcher.of(self.crawler).pace(request).slow(min(delay, LONGEST_DELAY))
