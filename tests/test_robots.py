import asyncio
import json

import pytest
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings

from crawler.middlewares.fixture_mode import CaptureHandler

STOCK = "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware"
OURS = "crawler.middlewares.robots.RobotsMiddleware"
HOST = "https://board.example"


class SlowRobots(CaptureHandler):
    """Replays, but takes its time over robots.txt, as the wire does."""

    async def download_request(self, request):
        if request.url.endswith("/robots.txt"):
            await asyncio.sleep(0.05)
        return await super().download_request(request)


class SixAtOnce(Spider):
    """Asks six pages before robots.txt can have been answered."""

    name = "six"

    def __init__(self, fetched, refused):
        super().__init__()
        self.fetched, self.refused = fetched, refused

    async def start(self):
        for number in range(6):
            yield Request(f"{HOST}/closed/{number}", callback=self.parse, errback=self.refuse)

    def parse(self, response):
        self.fetched.append(response.url)

    def refuse(self, failure):
        self.refused.append(str(failure.value))


def crawl(tmp_path, robots, middleware=OURS):
    """Replay six pages behind a robots.txt and give what was fetched and what was refused."""
    exchanges = [
        {"method": "GET", "url": f"{HOST}/closed/{n}", "status": 200, "headers": [], "body": "page"}
        for n in range(6)
    ]
    folder = tmp_path / "source" / "20261102T070000"
    folder.mkdir(parents=True)
    (folder.parent / "source.toml").write_text('id = "six"\nkind = "six"\n')
    (folder / "page").write_text("<h1>closed</h1>")
    if robots is not None:
        if "body" in robots:
            (folder / "robots").write_text(robots["body"])
            robots = robots | {"body": "robots"}
        exchanges.append({"method": "GET", "url": f"{HOST}/robots.txt", "headers": []} | robots)
    index = {"started": "2026-11-02T07:00:00+00:00", "exchanges": exchanges}
    (folder / "index.json").write_text(json.dumps(index))
    fetched, refused = [], []

    async def run():
        settings = Settings()
        settings.setmodule("crawler.settings", priority="project")
        chosen = {STOCK: None, OURS: None, middleware: 100}
        forced = {
            "TWISTED_REACTOR_ENABLED": False,
            "ROLECALL_MODE": "replay",
            "ROLECALL_CAPTURES": str(folder),
            "DOWNLOADER_MIDDLEWARES": settings["DOWNLOADER_MIDDLEWARES"].copy_to_dict() | chosen,
            "DOWNLOAD_HANDLERS": {"https": SlowRobots},
            "LOG_LEVEL": "CRITICAL",
        }
        settings.setdict(forced, priority="cmdline")
        await AsyncCrawlerRunner(settings).crawl(SixAtOnce, fetched=fetched, refused=refused)

    asyncio.run(run())
    return fetched, refused


def test_no_request_slips_past_robots_txt_while_it_is_being_fetched(tmp_path):
    fetched, refused = crawl(tmp_path, {"status": 200, "body": "User-agent: *\nDisallow: /closed"})
    assert fetched == []
    assert refused == ["forbidden by robots.txt"] * 6


def test_scrapys_own_middleware_lets_requests_slip_past(tmp_path):
    # When this fails, Scrapy was mended and ours may go.
    fetched, _ = crawl(
        tmp_path, {"status": 200, "body": "User-agent: *\nDisallow: /closed"}, middleware=STOCK
    )
    assert fetched


@pytest.mark.parametrize("status", [404, 410, 401, 403])
def test_a_robots_txt_that_is_not_there_allows_everything(tmp_path, status):
    fetched, _ = crawl(tmp_path, {"status": status, "body": "<html>sorry</html>"})
    assert len(fetched) == 6


@pytest.mark.slow
@pytest.mark.parametrize("robots", [{"status": 500}, {"error": "timeout"}, {"error": "dns"}])
def test_a_robots_txt_that_cannot_be_read_forbids_everything_for_now(tmp_path, robots):
    fetched, refused = crawl(tmp_path, robots)
    assert fetched == []
    assert all("robots.txt could not be read" in words for words in refused)


def test_a_group_for_our_name_is_obeyed_before_the_star(tmp_path):
    body = "User-agent: *\nDisallow: /\n\nUser-agent: rolecall\nAllow: /closed\n"
    fetched, _ = crawl(tmp_path, {"status": 200, "body": body})
    assert len(fetched) == 6
