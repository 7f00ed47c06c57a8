"""Whole crawls inside the test's own process: replay needs no reactor and no socket."""

from __future__ import annotations

import asyncio

from scrapy import signals
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings

from crawler.captures import load
from crawler.memory import Blank
from crawler.signals import crawl_finished
from crawler.sources import kinds


def visit(path, memory=None, spider=None, **extra):
    """Replay one case, by its own kind or the spider given, and give its crawl."""
    case = load(path)
    crawls = []

    async def run():
        settings = Settings()
        settings.setmodule("crawler.settings", priority="project")
        replay = {
            "TWISTED_REACTOR_ENABLED": False,
            "ROLECALL_MODE": "replay",
            "ROLECALL_CAPTURES": str(path),
            "LOG_LEVEL": "ERROR",
        }
        settings.setdict(replay | extra, priority="cmdline")
        runner = AsyncCrawlerRunner(settings)
        crawler = runner.create_crawler(spider or kinds()[case.source.kind])

        def keep(crawl):
            crawls.append(crawl)

        def lend(spider):
            spider.memory = memory or Blank()

        crawler.signals.connect(keep, crawl_finished, weak=False)
        crawler.signals.connect(lend, signals.spider_opened, weak=False)
        await runner.crawl(crawler, sources=[case.source])

    asyncio.run(run())
    (crawl,) = crawls
    return crawl
