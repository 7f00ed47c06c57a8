"""The way of a request: middlewares in their order, and a host's pace."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise
from types import SimpleNamespace

import pytest
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.fetch import Fetcher, Pace


def fetcher(answer, *middlewares, listener=None, **settings):
    """Give a fetcher over these middlewares, in Scrapy's order of priorities, and a handler."""

    async def download(request):
        return await answer(request)

    named = "process_request", "process_response", "process_exception"
    methods = {
        name: [getattr(one, name) for one in middlewares if hasattr(one, name)] for name in named
    }
    for name in named[1:]:
        methods[name].reverse()
    downloader = SimpleNamespace(
        handlers=SimpleNamespace(download_request_async=download),
        middleware=SimpleNamespace(methods=methods),
    )
    crawler = Crawler(Spider, settings)
    crawler.engine = SimpleNamespace(downloader=downloader)
    if listener is not None:
        crawler.signals.connect(listener, signals.response_received, weak=False)
    return Fetcher(crawler)


async def plain(request):
    return Response(request.url)


class Witness:
    """A middleware that writes down what it meets."""

    def __init__(self, name, told):
        self.name, self.told = name, told

    def process_request(self, request):  # noqa: ARG002 - Scrapy passes it
        self.told.append(f"{self.name} asks")

    async def process_response(self, request, response):  # noqa: ARG002 - the same
        self.told.append(f"{self.name} hears")
        return response


def test_middlewares_see_a_request_in_their_order_and_its_response_in_the_other():
    told = []
    one = fetcher(plain, Witness("first", told), Witness("second", told))
    response = asyncio.run(one.fetch(Request("http://a.example/")))
    assert told == ["first asks", "second asks", "second hears", "first hears"]
    assert response.request.url == "http://a.example/"


def test_a_request_that_a_middleware_gives_back_starts_anew():
    class Redirects:
        def process_response(self, request, response):
            moved = request.url.endswith("/old")
            return request.replace(url="http://a.example/new") if moved else response

    told = []
    one = fetcher(plain, Witness("all", told), Redirects())
    response = asyncio.run(one.fetch(Request("http://a.example/old")))
    assert response.url == "http://a.example/new"
    assert told == ["all asks", "all asks", "all hears"]


def test_trouble_is_offered_to_the_middlewares_and_raised_when_none_mends_it():
    class Mends:
        def process_exception(self, request, exception):
            return Response(request.url, status=299) if isinstance(exception, OSError) else None

    async def broken(request):
        raise OSError if request.url.endswith("1") else KeyError(request.url)

    one = fetcher(broken, Mends())
    assert asyncio.run(one.fetch(Request("http://a.example/1"))).status == 299
    with pytest.raises(KeyError):
        asyncio.run(fetcher(broken, Mends()).fetch(Request("http://a.example/2")))


def test_who_listens_to_answers_hears_of_each_and_nobody_else_is_told():
    told = []

    def hear(response, request, spider):
        told.append((response.status, request.url, spider))

    asyncio.run(fetcher(plain, listener=hear).fetch(Request("http://a.example/1")))
    asyncio.run(fetcher(plain).fetch(Request("http://a.example/2")))
    assert told == [(200, "http://a.example/1", None)]


def test_one_host_is_asked_at_its_pace_and_another_meanwhile():
    begun = []

    async def noted(request):
        begun.append((request.url, time.monotonic()))
        return Response(request.url)

    async def ask():
        one = fetcher(noted, DOWNLOAD_DELAY=0.05, DOWNLOAD_DELAY_JITTER=0)
        slow = [one.fetch(Request(f"http://a.example/{n}")) for n in range(3)]
        await asyncio.gather(*slow, one.fetch(Request("http://b.example/")))

    asyncio.run(ask())
    times = [when for url, when in begun if "a.example" in url]
    assert min(after - before for before, after in pairwise(times)) > 0.045
    assert [url for url, _ in begun].index("http://b.example/") < 2


def test_only_so_many_requests_of_a_host_are_under_way_at_once():
    open_, most = 0, 0

    async def counted(request):
        nonlocal open_, most
        open_ += 1
        most = max(most, open_)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        open_ -= 1
        return Response(request.url)

    async def ask():
        one = fetcher(counted, CONCURRENT_REQUESTS_PER_DOMAIN=2, DOWNLOAD_DELAY=0)
        await asyncio.gather(*(one.fetch(Request(f"http://a.example/{n}")) for n in range(8)))

    asyncio.run(ask())
    assert most == 2


def test_a_host_that_asks_for_a_slower_pace_gets_it_and_never_a_faster_one():
    pace = Pace(4, 0.5, 0.5)
    pace.slow(0.1)
    assert (pace.delay, pace.jitter) == (0.5, 0.5)
    pace.slow(3.0)
    assert (pace.delay, pace.jitter) == (3.0, 0.0)
