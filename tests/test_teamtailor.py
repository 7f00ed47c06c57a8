from datetime import UTC, datetime

import pytest
from scrapy import Request
from scrapy.http import TextResponse

from crawler.items import Posting, Shortfall, Source
from crawler.sources import recognise
from crawler.spiders.teamtailor import TeamtailorSpider

NOW = datetime(2026, 11, 5, 9, tzinfo=UTC)
SOURCE = Source("ravelund", "teamtailor", url="https://jobs.ravelund.example/")
SITE = "https://jobs.ravelund.example"


def feed(numbers):
    items = "".join(
        f"<item><title>Rigger {n}</title><link>{SITE}/jobs/{n}-rigger</link></item>"
        for n in numbers
    )
    return f'<rss version="2.0"><channel>{items}</channel></rss>'


def read(body, seen=()):
    request = Request(f"{SITE}/jobs.rss?per_page=100", meta={"source": SOURCE, "now": NOW})
    response = TextResponse(request.url, body=body.encode(), encoding="utf-8", request=request)
    return list(TeamtailorSpider(sources=[SOURCE]).parse(response, seen=seen))


def test_a_full_page_leads_to_the_one_after_it():
    *found, after = read(feed(range(100)))
    assert [posting.id for posting in found] == [str(n) for n in range(100)]
    assert after.url == f"{SITE}/jobs.rss?per_page=100&offset=100"
    assert after.cb_kwargs["seen"] == [str(n) for n in range(100)]


def test_a_full_page_that_comes_again_makes_the_visit_partial():
    *found, end = read(feed(range(100)), seen=[str(n) for n in range(100)])
    assert end == Shortfall("the site shows the first 100 of its postings only")
    assert len(found) == 100


def test_a_page_that_comes_again_though_it_has_room_was_the_whole_list():
    found = read(feed(range(20)), seen=[str(n) for n in range(20)])
    assert all(isinstance(thing, Posting) for thing in found)


@pytest.mark.parametrize(
    "body", ["", "<html><body><h1>Maintenance</h1></body></html>", feed([1, 2])[:-20], "{}"]
)
def test_what_is_no_whole_feed_is_no_empty_site(body):
    with pytest.raises(ValueError, match="no whole feed"):
        read(body)


def test_a_site_of_its_own_is_known_by_its_pictures_and_a_widget_is_no_site():
    page = '<img src="https://images.teamtailor-cdn.com/images/s3/logo.png">'
    found = recognise(f"{SITE}/jobs/1-rigger", page)
    assert (found.kind, found.url) == ("teamtailor", f"{SITE}/jobs/1-rigger")
    widget = '<script src="https://scripts.teamtailor-cdn.com/widgets/jobs.js"></script>'
    assert recognise("https://www.ravelund.example/work", widget) is None
