"""What some boards' systems ask for or do beyond what a recorded case shows."""

import pytest
from sites import crawl

from crawler.items import Source
from crawler.sources import host, kinds, recognise

FEED = "https://kiln.jobs.personio.com/xml?language=en"
SEARCH = "https://kiln.jobs.personio.com/search.json?language=en"
KILN = {"kind": "personio", "board": "kiln", "organization": "Kiln & Glaze"}
DRAWN = {"status": 200, "body": "<!doctype html><html><body><div id='root'></div></body></html>"}


def test_workable_s_boards_are_asked_one_after_the_other():
    spider = kinds()["workable"]
    assert (spider.lanes, spider.sources_per_host, spider.pace) == (1, 1, 1.0)
    assert host(Source("a", "workable", "a")) == host(Source("b", "workable", "b"))


def test_breezy_s_boards_share_one_patience_whatever_their_hosts():
    assert {host(Source(name, "breezy", name)) for name in ("kiln", "glaze")} == {"breezy.hr"}


def test_a_page_that_embeds_a_workable_widget_names_its_account():
    page = (
        "<script>whr(document).ready(function(){whr_embed(407001, {detail: 'titles'});});</script>"
    )
    found = recognise("https://www.kiln.example/work", page)
    assert (found.kind, found.board) == ("workable", "407001")


@pytest.mark.parametrize(
    "link",
    [
        "https://apply.workable.com/j/7C20D4E81A",
        "https://jobs.workable.com/view/8Qd",
        "https://docs.recruitee.com/reference",
        "https://www.personio.com/product",
        "https://app.teamtailor.com/companies/kiln",
        "https://www.bamboohr.com/careers/",
        "https://breezy.hr/",
    ],
)
def test_a_system_s_own_pages_are_nobody_s_board(link):
    assert recognise(link) is None


def test_a_recruitee_site_on_a_host_of_its_own_is_known_by_its_pictures():
    page = '<meta property="og:image" content="https://careers.recruiteecdn.com/image/a.png">'
    found = recognise("https://work.kiln.example/o/potter", page)
    (request,) = kinds()["recruitee"](sources=[found]).requests(found)
    assert (found.kind, request.url) == ("recruitee", "https://work.kiln.example/api/offers")


def test_a_recruitee_token_is_sent_from_the_variable_that_the_source_names(monkeypatch):
    source = Source("kiln", "recruitee", "kiln", options={"token_env": "KILN_TOKEN"})
    spider = kinds()["recruitee"](sources=[source])
    assert spider.headers(source) == {}
    monkeypatch.setenv("KILN_TOKEN", "t0ken")
    assert spider.headers(source) == {"X-Careers-Sites-Token": "t0ken"}


def test_a_personio_page_in_the_feed_s_place_leads_to_the_search(tmp_path):
    rows = [{"id": 7, "name": "Potter", "office": "Faenza", "offices": "Faenza", "description": ""}]
    page = "https://kiln.jobs.personio.com/job/7?language=en"
    answers = {FEED: DRAWN, SEARCH: {"status": 200, "body": rows}, page: DRAWN}
    read = crawl(tmp_path, KILN, answers)
    assert (read.outcome, read.reasons) == ("complete", ())
    assert [(posting.id, posting.title, posting.url) for posting in read.postings] == [
        ("7", "Potter", page)
    ]


@pytest.mark.parametrize("body", [DRAWN["body"], {"jobs": 3}, "", "[1, 2"])
def test_a_personio_site_that_shows_no_list_anywhere_is_failed(tmp_path, body):
    read = crawl(tmp_path, KILN, {FEED: DRAWN, SEARCH: {"status": 200, "body": body}})
    assert (read.outcome, read.found) == ("failed", 0)


def test_an_empty_personio_feed_is_an_empty_board(tmp_path):
    empty = {"status": 200, "body": "<?xml version='1.0'?><workzag-jobs></workzag-jobs>"}
    read = crawl(tmp_path, KILN, {FEED: empty})
    assert (read.outcome, read.found, read.total) == ("complete", 0, 0)


@pytest.mark.parametrize("kind", ["workable", "recruitee", "breezy", "bamboohr", "teamtailor"])
def test_a_block_page_is_named_and_is_never_an_empty_board(kind, tmp_path):
    source = Source("kiln", kind, "kiln")
    (request,) = kinds()[kind](sources=[source]).requests(source)
    page = "<html><head><title>Just a moment...</title></head><body><script src='/cdn-cgi/challenge-platform/x'></script></body></html>"
    read = crawl(
        tmp_path, {"kind": kind, "board": "kiln"}, {request.url: {"status": 200, "body": page}}
    )
    assert read.outcome == "failed"
    assert any("blocked: Cloudflare" in reason for reason in read.reasons)
