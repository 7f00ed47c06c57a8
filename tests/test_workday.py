import json
from datetime import UTC, datetime

import pytest
from scrapy import Request
from scrapy.http import TextResponse

from crawler.items import Shortfall, Source, Total
from crawler.pages import workday
from crawler.sources import recognise
from crawler.spiders.workday import WorkdaySpider

NOW = datetime(2026, 11, 5, 9, tzinfo=UTC)
SOURCE = Source("fen", "workday", board="fen/Works", options={"host": "wd3"})
API = "https://fen.wd3.myworkdayjobs.com/wday/cxs/fen/Works"


def rows(numbers):
    return [{"title": f"Fitter {n}", "externalPath": f"/job/Ely/Fitter_JR{n}"} for n in numbers]


def read(answer, source=SOURCE, **state):
    request = Request(f"{API}/jobs", meta={"source": source, "now": NOW})
    body = json.dumps(answer).encode()
    response = TextResponse(request.url, body=body, encoding="utf-8", request=request)
    return list(WorkdaySpider(sources=[source]).parse(response, **state))


def wanted(request):
    return json.loads(request.body)


@pytest.mark.parametrize(
    ("path", "numbers", "key"),
    [
        ("/job/Ely/Fitter_JR100", ["JR100"], "JR100"),
        ("/job/Ely/Fitter_JR100-2", ["JR100"], "JR100-2"),
        ("/job/Ely/Fitter_R_100", ["R_100"], "R_100"),
        ("/job/Ely/Fitter_R_100-1", ["Full time", "R_100"], "R_100-1"),
        ("/job/Ely/Engineer_Voice_JR7", ["Ely"], "JR7"),
        ("/job/Ely/Fitter_JR1007", ["JR100"], "JR1007"),
        ("/job/Ely/fitter", [], "fitter"),
        ("", [], None),
    ],
)
def test_the_id_is_what_follows_the_title_in_the_path(path, numbers, key):
    assert workday.key(path, *numbers) == key


def test_a_list_at_its_cap_is_never_complete_and_is_read_to_the_cap():
    total, short, *asked, after = read({"total": 2000, "jobPostings": rows(range(20))})
    assert total == Total(2000)
    assert short == Shortfall("the list shows 2000 postings at most: narrow it with options.facets")
    assert len(asked) == 20
    assert wanted(after)["offset"] == 20
    *asked, last = read(
        {"total": 0, "jobPostings": rows(range(1980, 2000))}, offset=1980, total=2000, seen=["JR1"]
    )
    assert last.method == "GET"
    assert len([last, *asked]) == 20


def test_a_list_that_begins_again_is_not_asked_further():
    found = read({"total": 0, "jobPostings": rows(range(20))}, offset=20, total=90, seen=ids(20))
    assert found == [Shortfall("page 2 of the list repeats pages before it")]


def ids(count):
    return [f"JR{n}" for n in range(count)]


def test_an_empty_page_before_the_end_is_a_shortfall_and_an_empty_list_is_none():
    assert read({"total": 0, "jobPostings": []}) == [Total(0)]
    assert read({"total": 0, "jobPostings": []}, offset=20, total=41, seen=ids(20)) == [
        Shortfall("page 2 of the list is empty; 41 postings are stated")
    ]


def test_facets_and_words_of_the_options_narrow_the_search():
    options = {"host": "wd3", "facets": {"jobFamilyGroup": ["5eed"]}, "search": "optics"}
    source = Source("fen", "workday", board="fen/Works", options=options)
    (first,) = WorkdaySpider(sources=[source]).requests(source)
    assert wanted(first) == {
        "appliedFacets": {"jobFamilyGroup": ["5eed"]},
        "limit": 20,
        "offset": 0,
        "searchText": "optics",
    }


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        (
            "https://wd5.myworkdaysite.com/en-US/recruiting/fen/Works/job/Ely/Fitter_JR1",
            "https://wd5.myworkdaysite.com/wday/cxs/fen/Works/jobs",
        ),
        (
            "https://fen.wd1.myworkdayjobs.com/EY/job/Ely/Fitter_JR1",
            "https://fen.wd1.myworkdayjobs.com/wday/cxs/fen/EY/jobs",
        ),
        (
            "https://fen.wd1.myworkdayjobs.com/fr-CA/Works",
            "https://fen.wd1.myworkdayjobs.com/wday/cxs/fen/Works/jobs",
        ),
    ],
)
def test_a_link_leads_to_the_list_of_its_very_site(url, asked):
    source = recognise(url)
    (first,) = WorkdaySpider(sources=[source]).requests(source)
    assert first.url == asked


def test_a_link_without_a_site_is_no_source():
    assert recognise("https://fen.wd1.myworkdayjobs.com/en-US/job/Ely/Fitter_JR1") is None


def test_a_posting_on_the_shared_host_has_its_page_under_recruiting():
    site = workday.site_of("https://wd5.myworkdaysite.com/wday/cxs/fen/Works/jobs")
    assert site.pages == "https://wd5.myworkdaysite.com/recruiting/fen/Works"
