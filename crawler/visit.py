"""One source's visit: it runs a spider's ordinary callbacks, accounts for them, and ends once.

A visit is one coroutine over ``Fetcher.fetch``: robots, retries, redirects, host delays
and the download handler apply as in any crawl. It does its own accounting (asked, answered, failed
and why) and ends in one ``finally`` with a ``Crawl``: exactly once, by its deadline, whatever
happened. It refuses what it cannot account for: errbacks, and requests made outside a callback.

The cheapest answer comes first: not modified, then same body, then same listing row, then parse.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections import deque
from dataclasses import replace
from datetime import datetime, timedelta
from inspect import isasyncgen, isawaitable
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse
from w3lib.url import canonicalize_url

from crawler import EXTRACTOR
from crawler.accounts import Ledger, Reading, says_all
from crawler.addresses import site
from crawler.captures import NotRecorded
from crawler.fetch import Fetcher
from crawler.items import (
    Asked,
    Crawl,
    Gone,
    Link,
    Page,
    Posting,
    Shortfall,
    Snippet,
    Source,
    Total,
)
from crawler.pages import ends
from crawler.pages.trouble import blocked, describe, explain, restate
from crawler.refused import BlockedAddress
from crawler.signals import crawl_finished, visit_begun

if TYPE_CHECKING:
    from scrapy.http import Response

    from crawler.memory import Recollection, Row
    from crawler.spiders.base import SweepSpider

logger = logging.getLogger(__name__)

GONE = frozenset({404, 410})
NOT_MODIFIED = 304
BAD = 400
REVISIT = timedelta(days=7)
"""How long an unchanged listing row vouches for the page behind it."""


class Refused(Exception):  # noqa: N818 - the page was refused, nothing crashed
    """Raised when an answer is no page: a bad status or a block page; from ``Visit``."""


class Visit:
    """The accounting of one source: what was asked, what was answered, and what went wrong."""

    def __init__(self, spider: SweepSpider, source: Source, now: datetime) -> None:
        self.spider, self.source, self.now = spider, source, now
        self.known: Recollection = spider.memory.recall(source.id)
        self.ledger = Ledger()
        self._fetcher = Fetcher.of(spider.crawler)
        self._asked: set[bytes | str] = set()
        self._read: set[str] = set()
        self._listings: set[str] = set()
        self._canonical: dict[str, str] = {}
        # A link that waits is no request yet: a board of ten thousand would fill the memory.
        self._waiting: deque[tuple[Request | Link, int]] = deque()
        self._home: tuple[str, str] | None = None
        self._lanes = 0

    async def run(self) -> Crawl:
        """Read the source to its end or its deadline, and say how it went."""
        signals = self.spider.crawler.signals
        signals.send_catch_log(visit_begun, source=self.source)
        crawl = None
        try:
            async with asyncio.timeout(self.spider.deadline), asyncio.TaskGroup() as self._tasks:
                await self._begin()
        except TimeoutError:
            self.ledger.reason(f"not finished after {self.spider.deadline:.0f} s")
        except asyncio.CancelledError:
            self.ledger.reason("the sweep was stopped")
            raise
        finally:
            crawl = self._close()
            signals.send_catch_log(crawl_finished, crawl=crawl)
        return crawl

    async def _begin(self) -> None:
        reading = Reading()
        await self._take(self.spider.requests(self.source), reading, None)
        self._listings = {link.url for link in reading.links}
        if not self.ledger.asked:
            self.ledger.reason("nothing was asked")

    async def _work(self) -> None:
        """Ask for what waits, one after the other, until nothing does."""
        while self._waiting:
            one, depth = self._waiting.popleft()
            try:
                request = self._request(one) if isinstance(one, Link) else one
            except Exception as error:  # noqa: BLE001 - a link kept long ago may lead nowhere now
                self._fail(one.url, error)
                continue
            request.meta["depth"] = depth
            await self._fetch(request)
        self._lanes -= 1

    async def _fetch(self, request: Request) -> None:
        """Ask for one page and take what it gives."""
        remembered = self._remembered(request)
        request.meta.update(source=self.source, now=self.now, remembered=remembered)
        asked, begun = Asked(request.method, request.url), time.monotonic()
        words = ""
        try:
            request.meta["keys"] = self._home, self.spider.headers(self.source)
            response = await self._fetcher.fetch(request)
            asked = replace(asked, status=response.status, bytes=len(response.body))
            self.ledger.size += asked.bytes
            words = await self._answer(request, response, remembered)
        except Exception as error:  # noqa: BLE001 - one page's trouble is a reason, not a crash
            words = self._fail(request.url, error)
        finally:
            seconds = round(time.monotonic() - begun, 3)
            self.ledger.requests.append(replace(asked, seconds=seconds, words=words))

    async def _answer(self, request: Request, response: Response, remembered: Page | None) -> str:
        """Take the cheapest reading of an answer that will do; say which, unless it was read."""
        if words := self._closing_mark(request, response, remembered):
            self.ledger.answered += 1
            return words
        page = self._page(request, response)
        if remembered is not None and self._unchanged(response, page, remembered):
            confirmed = response.status == NOT_MODIFIED
            self._recall(remembered, page, confirmed, request.meta["depth"])
            return "not modified" if confirmed else "same body"
        await self._parse(request, response, page)
        return ""

    def _remembered(self, request: Request) -> Page | None:
        """Give what is known of a page, if today's extractor read it.

        A page whose listing row changed is read again whatever it answers: what the row says
        belongs to the posting as well.
        """
        posting, row = request.meta.get("posting"), request.meta.get("row")
        known = self.known.rows.get(posting) if posting and row else None
        if request.method != "GET" or (known is not None and known.hash != row):
            return None
        page = self.known.pages.get(self._name(request.url))
        return page if page is not None and page.extractor == EXTRACTOR else None

    def _page(self, request: Request, response: Response) -> Page:
        """Give the memory of this answer, still without what it yields."""
        headers = response.headers
        return Page(
            url=self._name(request.url),
            read_at=self.now,
            body_hash=hashlib.sha256(response.body).hexdigest(),
            etag=_text(headers.get("ETag")),
            last_modified=_text(headers.get("Last-Modified")),
            extractor=EXTRACTOR,
        )

    @staticmethod
    def _unchanged(response: Response, page: Page, remembered: Page) -> bool:
        if response.status == NOT_MODIFIED:
            return True
        return response.status == 200 and page.body_hash == remembered.body_hash  # noqa: PLR2004 - HTTP OK

    def _recall(self, remembered: Page, page: Page, confirmed: bool, depth: int) -> None:
        """Take what an unchanged page gave last time."""
        self.ledger.answered += 1
        self.ledger.not_modified += 1
        self.ledger.kept.update(remembered.postings)
        self.ledger.listed += len(remembered.postings)
        self.ledger.state(remembered.total)
        if remembered.shortfall:
            self.ledger.reason(remembered.shortfall)
        if not confirmed:
            fresh = replace(remembered, read_at=page.read_at, etag=page.etag)
            self.ledger.pages.append(replace(fresh, last_modified=page.last_modified))
        for link in remembered.links:
            self._ask(link, link, depth)

    def _closing_mark(self, request: Request, response: Response, page: Page | None) -> str:
        """Say in words that the answer is a posting's closing rather than a page, if it is."""
        ids = [request.meta["posting"]] if request.meta.get("posting") else []
        ids += page.postings if page is not None and len(page.postings) == 1 else ()
        detail = request.meta.get("detail")
        if response.status in GONE and detail:
            reason = f"its page answers HTTP {response.status}"
        elif detail and self._name(response.url) in self._listings:
            reason = "its page leads back to the listing"
        elif detail and response.status >= BAD and (words := self.spider.closing(response)):
            reason = f"its page says: {words}"
        else:
            return ""
        for posting in ids:
            self.ledger.gone[posting] = Gone(posting, reason)
        return reason

    async def _parse(self, request: Request, response: Response, page: Page) -> None:
        final = self._name(response.url)
        if final in self._read and final != page.url:
            self.ledger.answered += 1  # a redirect to a page that was read already
            return
        self._read.add(final)
        if not 200 <= response.status < 300:  # noqa: PLR2004 - the range of success
            raise Refused(describe(response))
        cut = isinstance(response, HtmlResponse) and ends.breaks_off(response.text)
        if cut and request.meta.get("detail"):
            raise Refused(ends.WORDS)  # half of a posting is no change of it
        reading = Reading(whole=not cut, depth=request.meta["depth"])
        callback = request.callback or self.spider.parse
        slate = self.spider.slate
        slate.write(self.source.id, request.url)
        try:
            await self._take(callback(response, **request.cb_kwargs), reading, page)
        finally:
            slate.wipe()
        if reading.empty and (words := blocked(response)):
            raise Refused(words)
        if cut:
            self.ledger.reason(f"{page.url}: {ends.WORDS}")
        if reading.whole:
            self.ledger.answered += 1
            if request.method == "GET" and not reading.fleeting:
                self.ledger.pages.append(
                    replace(
                        page,
                        postings=tuple(reading.postings),
                        links=tuple(reading.links),
                        total=reading.total,
                        shortfall=reading.shortfall,
                    )
                )

    # -- what a callback gives ----------------------------------------------------------------

    async def _take(self, output: Any, reading: Reading, page: Page | None) -> None:
        """Take what a callback gives, of any shape Scrapy allows."""
        try:
            if isasyncgen(output):
                async for thing in output:
                    self._put(thing, reading, page)
                return
            if isawaitable(output):
                output = await output
            for thing in output or ():
                self._put(thing, reading, page)
        except Exception as error:  # noqa: BLE001 - what came before the break is kept
            reading.whole = False
            self._fail(page.url if page else self.source.id, error)

    def _put(self, thing: Any, reading: Reading, page: Page | None) -> None:
        match thing:
            case Request():
                link = self._link(thing)
                if thing.method == "GET":
                    reading.links.append(link)
                reading.fleeting |= thing.method != "GET"
                self._ask(thing, link, reading.depth)
            case Posting():
                reading.postings.append(thing.id)
                self.ledger.listed += 1
                self._read_posting(thing, page)
            case Snippet():
                self.ledger.snippets.append(thing)
            case Gone():
                reading.fleeting = True  # memory keeps postings only; the mark must be read again
                self._gone(thing, page)
            case Total():
                reading.total = thing.postings
                self.ledger.state(thing.postings)
            case Shortfall():
                reading.shortfall = thing.reason
                self.ledger.reason(thing.reason)
            case _:
                raise TypeError(f"a callback gave a {type(thing).__name__}")

    def _read_posting(self, posting: Posting, page: Page | None) -> None:
        """Keep a posting; listed twice (in a list and on its own page), the fuller one stays."""
        first = self.ledger.postings.get(posting.id)
        if first is not None and len(first.body) >= len(posting.body):
            return
        self.ledger.postings[posting.id] = posting
        if page is not None:
            self.ledger.page_of[posting.id] = page.body_hash

    def _gone(self, mark: Gone, page: Page | None) -> None:
        """Keep a closing mark; one without an id means the posting this page showed before."""
        known = self.known.pages.get(page.url) if page is not None else None
        for posting in (mark.id,) if mark.id else known.postings if known else ():
            self.ledger.gone[posting] = Gone(posting, mark.reason)

    # -- requests -----------------------------------------------------------------------------

    def _link(self, request: Request) -> Link:
        """Describe a request so that an unchanged page can ask it again without being parsed."""
        if request.errback is not None:
            raise TypeError(f"{request} has an errback; a visit does its own accounting")
        callback = getattr(request.callback, "__name__", "parse")
        meta = request.meta
        return Link(
            self._name(request.url),
            callback,
            meta.get("posting"),
            meta.get("row"),
            dict(request.cb_kwargs) | ({"detail": True} if meta.get("detail") else {}),
        )

    def _name(self, url: str) -> str:
        """Give a URL's canonical form, worked out once a visit."""
        if url not in self._canonical:
            self._canonical[url] = canonicalize_url(url)
        return self._canonical[url]

    def _request(self, link: Link) -> Request:
        self._canonical[link.url] = link.url  # it was when it was kept
        kwargs = dict(link.kwargs)
        detail = kwargs.pop("detail", False)
        meta = {"posting": link.posting, "row": link.row, "detail": detail}
        callback = getattr(self.spider, link.callback)
        return Request(link.url, callback=callback, cb_kwargs=kwargs, meta=meta)

    def _ask(self, wanted: Request | Link, link: Link, depth: int) -> None:
        """Ask for what is wanted once a visit, unless its row says that nothing changed.

        ``link`` describes it. From memory it is all there is; a request may be more than that.
        ``depth`` is that of the page which led to it: how many links it is from the first one.
        """
        posting, row = link.posting, link.row
        if posting and row:
            self.ledger.rows[posting] = row
            known = self.known.rows.get(posting)
            if known and known.hash == row and self._vouched(known):
                self.ledger.kept.add(posting)
                self.ledger.listed += 1
                return
        key: bytes | str = link.url
        if isinstance(wanted, Request) and (wanted.method != "GET" or wanted.body):
            key = self.spider.crawler.request_fingerprinter.fingerprint(wanted)
        if key in self._asked:
            return
        self._asked.add(key)
        if self.ledger.asked >= self.spider.most_pages:
            self.ledger.reason(f"more than {self.spider.most_pages} pages; the rest was not read")
            return
        if depth > self.spider.most_depth:
            self.ledger.reason(
                f"more than {self.spider.most_depth} links deep; the rest was not read"
            )
            return
        self._home = self._home or site(link.url)
        self.ledger.asked += 1
        self.ledger.details += bool(link.kwargs.get("detail"))
        if isinstance(wanted, Request) and says_all(link, wanted, self.spider):
            wanted = link  # a request takes ten times its room
        self._waiting.append((wanted, depth + 1))
        if self._lanes < self.spider.lanes:
            self._lanes += 1
            self._tasks.create_task(self._work())

    def _vouched(self, row: Row) -> bool:
        """Say whether a row's page was read lately, and by today's extractor."""
        return row.extractor == EXTRACTOR and self.now - row.read_at < REVISIT

    def _fail(self, url: str, error: Exception) -> str:
        self.ledger.failed += 1
        spoken = isinstance(error, (Refused, IgnoreRequest, BlockedAddress, NotRecorded))
        words = restate(str(error)) if spoken else explain(error)
        self.ledger.reason(words if url in words else f"{url}: {words}")
        about = {"source": self.source.id}
        logger.info("%s: %s: %s", self.source.id, url, words, exc_info=error, extra=about)
        return words

    def _close(self) -> Crawl:
        crawl = self.ledger.crawl(self.source, started=self.now, finished=self.spider.clock())
        return replace(crawl, secondhand=self.spider.secondhand)


def _text(header: bytes | None) -> str | None:
    return header.decode("latin-1") if header else None
