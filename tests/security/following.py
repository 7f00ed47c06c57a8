"""Run as a process: crawls the links on stdin with the project's settings, in one way of Scrapy's.

``python following.py WAY`` prints how many requests were made and what became of them, as JSON.
"""

from __future__ import annotations

import json
import sys
from collections import Counter

from scrapy import Request, Spider
from scrapy.crawler import (
    AsyncCrawlerProcess,
    AsyncCrawlerRunner,
    CrawlerProcess,
    CrawlerRunner,
)
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.project import get_project_settings
from scrapy.utils.reactor import install_reactor

ENDS = Counter()
REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"


class Follower(Spider):
    """Follows whatever a page calls a link, as a careless spider would."""

    name = "follower"

    async def start(self):
        for link in self.links:
            try:
                yield self.ask(link)
            except ValueError:
                ENDS["no link to Scrapy"] += 1
        yield self.ask(self.begins, proxy=self.proxy)

    def ask(self, link, **meta):
        return Request(link, meta=meta, errback=self.failed, dont_filter=True)

    def parse(self, response):
        ENDS[f"HTTP {response.status}"] += 1
        if not hasattr(response, "xpath"):
            return
        for href in response.xpath(
            "//@href | //*[local-name()='loc' or local-name()='link']/text()"
        ):
            try:
                yield self.ask(response.urljoin(href.get()))
            except ValueError:
                ENDS["no link to Scrapy"] += 1

    def failed(self, failure):
        ENDS[failure.type.__name__] += 1


def settings(asked):
    made = get_project_settings()
    more = {"ROLECALL_ALLOW": asked["allow"], "RETRY_TIMES": 0, "DOWNLOAD_DELAY": 0}
    made.setdict(more | {"LOG_LEVEL": "CRITICAL", "DOWNLOAD_TIMEOUT": 10}, priority="cmdline")
    return made


def in_a_process(kind, asked, **more):
    made = settings(asked)
    made.setdict(more, priority="cmdline")
    process = kind(made)
    process.crawl(Follower, **asked["spider"])
    process.start()


def in_a_runner(kind, asked):
    install_reactor(REACTOR)
    from twisted.internet import reactor  # noqa: PLC0415 - only after the line above

    runner = kind(settings(asked))

    def begin():
        crawling = runner.crawl(Follower, **asked["spider"])
        ended = deferred_from_coro(crawling) if kind is AsyncCrawlerRunner else crawling
        ended.addBoth(lambda _: reactor.stop())

    reactor.callWhenRunning(begin)
    reactor.run()


WAYS = {
    "CrawlerProcess": lambda asked: in_a_process(CrawlerProcess, asked),
    "AsyncCrawlerProcess": lambda asked: in_a_process(AsyncCrawlerProcess, asked),
    "CrawlerRunner": lambda asked: in_a_runner(CrawlerRunner, asked),
    "AsyncCrawlerRunner": lambda asked: in_a_runner(AsyncCrawlerRunner, asked),
    "without a reactor": lambda asked: in_a_process(
        AsyncCrawlerProcess, asked, TWISTED_REACTOR_ENABLED=False
    ),
}

if __name__ == "__main__":
    WAYS[sys.argv[1]](json.load(sys.stdin))
    sys.stdout.write(json.dumps(ENDS))
