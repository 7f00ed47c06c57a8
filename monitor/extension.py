"""Scrapy's hook: lends the crawler a memory and hands each finished crawl to the parent.

It writes nothing. It stays off (``NotConfigured``) in a crawler that is used alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals
from scrapy.exceptions import NotConfigured

from crawler.signals import crawl_finished, host_gated, visit_begun
from crawler.slate import Slate
from monitor.recollection import Lent

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from scrapy import Spider
    from scrapy.crawler import Crawler

    from crawler.gates import Gate
    from crawler.items import Crawl, Source


class Line:
    """The pipe to the parent, in a wrapper that survives Scrapy's deep copies of its settings.

    A copied ``Connection`` would close the one pipe there is when the copy is thrown away.
    """

    def __init__(self, pipe: Connection[Any, Any]) -> None:
        self.send = pipe.send

    def __deepcopy__(self, _: object) -> Self:
        return self


class Handover:
    """Speaks to the parent over ``ROLECALL_LINE``; remembers through ``ROLECALL_STORE``.

    Which page is being parsed stands on ``ROLECALL_SLATE``.
    """

    def __init__(self, line: Line, slate: Slate, store: str | None) -> None:
        self.line, self.slate = line, slate
        self.store = Lent(Path(store)) if store else None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Connect to the signals of a visit, or stay off."""
        line = crawler.settings.get("ROLECALL_LINE")
        if line is None:
            raise NotConfigured("no parent to hand crawls to")
        slate = crawler.settings.get("ROLECALL_SLATE") or Slate()
        extension = cls(line, slate, crawler.settings.get("ROLECALL_STORE"))
        connect = crawler.signals.connect
        connect(extension.spider_opened, signals.spider_opened)
        connect(extension.spider_closed, signals.spider_closed)
        connect(extension.visit_begun, visit_begun)
        connect(extension.crawl_finished, crawl_finished)
        connect(extension.host_gated, host_gated)
        return extension

    def spider_opened(self, spider: Spider) -> None:
        """Lend the spider the memory and the slate."""
        spider.slate = self.slate  # type: ignore[attr-defined]
        if self.store is not None:
            spider.memory = self.store  # type: ignore[attr-defined]

    def visit_begun(self, source: Source) -> None:
        """Tell the parent whom to blame if nothing more is heard."""
        self.line.send(("begun", source.id, None))

    def crawl_finished(self, crawl: Crawl) -> None:
        """Hand the crawl on; the parent alone writes."""
        self.line.send(("finished", crawl.source.id, crawl))

    def host_gated(self, host: str, gate: Gate | None) -> None:
        """Tell the parent that a host shall be left alone, or may be asked again."""
        self.line.send(("gate", host, gate))

    def spider_closed(self) -> None:
        """Let go of the store."""
        if self.store is not None:
            self.store.close()
