"""The base of every kind: many sources of it are read in one sweep, a visit each."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote, unquote, urljoin, urlsplit

from scrapy import Request, Spider

from crawler.items import Shortfall, Source
from crawler.memory import Blank, Memory, row_hash
from crawler.pages import own_page
from crawler.slate import Slate
from crawler.visit import Visit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping

    from scrapy.http import Response
    from scrapy.settings import BaseSettings

    from crawler.about import About
    from crawler.items import Crawl, Posting


_GUARD = "crawler.middlewares.fixture_mode.CaptureHandler"


def _unguarded(settings: BaseSettings) -> list[str]:
    """Give the schemes that are fetched by another handler than ours."""
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
    return sorted(scheme for scheme, one in handlers.items() if one not in (None, _GUARD))


class SweepSpider(Spider):
    """Visits sources of one kind.

    To add a kind, decide which of these it is:

    1. A board that lists its postings in JSON, texts and all, is an ``ApiSpider``.
    2. A listing in JSON whose postings have JSON answers of their own is a ``DetailedApiSpider``.
    3. A listing in HTML whose postings have pages of their own is a ``ListedSpider``.
    4. What lists most texts, and lacks some, is a ``CompletedSpider``.
    5. Anything else begins here: with ``begins`` or ``requests``, and with a callback ``parse``.

    Used alone it reads one source from its arguments (``-a board=acme`` or ``-a url=…``).
    """

    name: str
    about: ClassVar[About]
    """What docs/sources.md says of the kind."""
    recognises: ClassVar[tuple[str, ...]] = ()
    """Regular expressions over links; a group ``board`` names the board, other groups options.

    A group ``tenant`` stands before the board where that alone is no name: ``acme/Careers``.
    """
    marks: ClassVar[tuple[str, ...]] = ()
    """Regular expressions over the HTML of a page: by these a site of this kind is known that has a
    host of its own. A group ``board`` names the board; without one the page's link is the source.
    """
    secondhand: ClassVar[bool] = False
    """Whether postings of the kind were copied from the employer, or told by others than it."""
    begins: ClassVar[str] = ""
    """Link of a source's first page: ``{board}`` is its board, other names in braces are its
    options. A kind without one begins at the source's own ``url``."""
    defaults: ClassVar[tuple[tuple[str, str], ...]] = ()
    """What options in ``begins`` are where a source does not say: names with values."""
    quoted: ClassVar[bool] = False
    """Whether a board's name may hold what a link must quote, such as spaces."""
    anywhere: ClassVar[bool] = False
    """Whether a site may be on a host of its own: there a ``url`` says where ``begins`` is."""
    read: ClassVar[Callable[..., Posting | None]]
    """Makes a posting of a row, its source, the time, and what ``context`` names."""
    body: ClassVar[Callable[..., str]] = staticmethod(own_page.silent)
    """Gives the text of a posting's page, from its HTML, where that has no JSON-LD."""
    after: ClassVar[Callable[..., Iterable[Any]]]
    """Tells, of what was read and its response, what comes after a page: the link of the next one,
    a total, or a shortfall."""
    pace: ClassVar[float] = 0.0
    """Seconds between two requests to a host that its owner asks for; the user may only ask for
    more."""
    readers: ClassVar[tuple[str, ...]] = ("parse",)
    """Callbacks that ``extract`` tries on a saved page, in this order."""
    lanes = 4
    """Requests of one source that may wait at once."""
    sources_per_host = 2
    """Sources of one host that are read side by side."""

    memory: Memory = Blank()
    slate: Slate = Slate()
    moment: datetime | None = None
    """The time of the visit, when it is not now: set in replay."""

    def __init__(
        self,
        name: str | None = None,
        *,
        sources: Iterable[Source] = (),
        board: str | None = None,
        url: str | None = None,
        organization: str | None = None,
        currency: str | None = None,
        browser: str = "",
        **options: Any,
    ) -> None:
        super().__init__(name)
        self.sources = tuple(sources)
        if not self.sources and (board or url):
            label = board or urlsplit(url or "").netloc or "source"
            drawn = browser.lower() in ("1", "true", "yes")
            one = Source(label, self.name, board, url, organization, currency, options, drawn)
            self.sources = (one,)
        if not self.sources:
            raise ValueError(f"{self.name} needs a source: -a board=NAME or -a url=LINK")

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Slow down to the pace of the kind, whatever the user set.

        Raises ``ValueError`` where anything would be fetched past the address guard: a spider that
        was started without the settings of this project, or with handlers of somebody else's.
        """
        super().update_settings(settings)
        if past := _unguarded(settings):
            words = "DOWNLOAD_HANDLERS must be those of crawler.settings, which refuse addresses"
            raise ValueError(f"{', '.join(past)} would be fetched past the address guard; {words}")
        if cls.pace > settings.getfloat("DOWNLOAD_DELAY"):
            settings.set("DOWNLOAD_DELAY", cls.pace, priority="cmdline")

    @property
    def deadline(self) -> float:
        """Seconds after which a visit ends with what it has."""
        return self.settings.getfloat("ROLECALL_DEADLINE")

    @property
    def most_pages(self) -> int:
        """Requests after which a visit ends with what it has (calendar traps, endless lists)."""
        return self.settings.getint("ROLECALL_MOST_PAGES")

    @property
    def most_depth(self) -> int:
        """Links that may lead from a source's first page to another: chains without an end."""
        return self.settings.getint("ROLECALL_MOST_DEPTH")

    def clock(self) -> datetime:
        """Give the time: now, or the recorded time in replay."""
        return self.moment or datetime.now(UTC).replace(microsecond=0)

    def requests(self, source: Source) -> Iterator[Request]:
        """Give the first requests of a source; raises ``ValueError`` when it says too little."""
        yield Request(self.first(source), callback=self.parse)

    def first(self, source: Source) -> str:
        """Give the link of a source's first page."""
        if source.url and not self.begins:
            return source.url
        if source.url and self.anywhere:
            path = urlsplit(self.begins)._replace(scheme="", netloc="")
            return urljoin(source.url, path.geturl())
        if not (self.begins and source.board):
            wanted = "a board or a url" if self.anywhere else "a board" if self.begins else "a url"
            raise ValueError(f"{source.id}: a source of kind {self.name} needs {wanted}")
        board = quote(unquote(source.board), safe="") if self.quoted else source.board
        return self.begins.format_map({**dict(self.defaults), **source.options, "board": board})

    def parse(self, response: Response, **kwargs: Any) -> Any:
        """Read a page: give postings, totals, shortfalls and further requests."""
        yield from self.parse_rows(response, **kwargs)

    def parse_rows(self, response: Response, **kwargs: Any) -> Iterator[Any]:
        """Read the rows of a listing alone."""
        raise NotImplementedError

    def context(self, answer: Any, url: str) -> Mapping[str, Any]:  # noqa: ARG002 - for kinds
        """Give, by name, what the reader of a row is told beyond it.

        ``answer`` is what stands at the link ``url``: parsed, or the HTML of a page.
        """
        return {}

    def headers(self, source: Source) -> Mapping[str, str]:  # noqa: ARG002 - for kinds to override
        """Give headers that every request of a source carries, such as a key its owner gave out."""
        return {}

    def follow(self, things: Iterable[Any]) -> Iterator[Any]:
        """Ask for the pages whose links are among things; hand on everything else."""
        for thing in things:
            yield Request(thing, callback=self.parse) if isinstance(thing, str) else thing

    def detail(
        self,
        url: str,
        callback: Callable[..., Any],
        *,
        posting: str | None = None,
        row: Any = None,
        **kwargs: Any,
    ) -> Request:
        """Make the request for a posting's own page.

        ``posting`` is its id, where the listing states it: then a page that is gone closes it, and
        an unchanged ``row`` (whatever of the listing tells that nothing changed) spares the
        request. ``kwargs`` reach the callback; they are remembered, so they must be JSON-ready.
        """
        meta = {"detail": True, "posting": posting, "row": row_hash(row) if row else None}
        return Request(url, callback=callback, cb_kwargs=kwargs, meta=meta)

    def closing(self, response: Response) -> str | None:  # noqa: ARG002 - for kinds to override
        """Say in words that an error answer of a posting's own page means that it is closed.

        404 and 410 mean it everywhere; this is for systems that say it in another way.
        """
        return None

    async def start(self) -> AsyncIterator[Any]:
        """Visit hosts side by side; hand on postings when their crawl is whole."""
        finished: asyncio.Queue[Crawl] = asyncio.Queue()
        limits: Mapping[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(self.sources_per_host)
        )
        hosts = asyncio.Semaphore(self.settings.getint("CONCURRENT_REQUESTS"))

        async def visit(source: Source) -> None:
            async with limits[self.host(source)], hosts:
                finished.put_nowait(await Visit(self, source, self.clock()).run())

        async with asyncio.TaskGroup() as tasks:
            for source in self.sources:
                tasks.create_task(visit(source))
            for _ in self.sources:
                for posting in (await finished.get()).postings:
                    yield posting

    def host(self, source: Source) -> str:
        """Give the host that a source's visit begins at."""
        try:
            first = next(iter(self.requests(source)))
        except (StopIteration, ValueError, TypeError):
            return source.id  # the visit will say what is wrong
        return urlsplit(first.url).netloc


def rows(entries: Any, read: Callable[[Any], Posting | None]) -> Iterator[Posting | Shortfall]:
    """Read each row of a listing; rows that cannot be read make the listing short, not empty."""
    unread = 0
    if not isinstance(entries, list):
        yield Shortfall("the listing has no list of postings")
        return
    for entry in entries:
        try:
            posting = read(entry)
        except (AttributeError, KeyError, TypeError, ValueError):
            posting = None
        if posting is None:
            unread += 1
        else:
            yield posting
    if unread:
        yield Shortfall(f"{unread} of {len(entries)} rows could not be read")
