from datetime import UTC, datetime

import pytest
from scrapy import Request
from scrapy.http import TextResponse

from crawler.items import Gone, Shortfall, Source
from crawler.pages import smartrecruiters
from crawler.sources import recognise
from crawler.spiders.smartrecruiters import SmartRecruitersSpider

NOW = datetime(2026, 11, 5, 9, tzinfo=UTC)
SOURCE = Source("boats", "smartrecruiters", board="Boats", currency="EUR")
LIST = "https://careers.smartrecruiters.com/Boats/api/more"
JOBS = "https://jobs.smartrecruiters.com/Boats"


def answered(url, body, **meta):
    request = Request(url, meta={"source": SOURCE, "now": NOW, **meta})
    return TextResponse(url, body=body.encode(), encoding="utf-8", request=request)


def read(body, page=0, **state):
    spider = SmartRecruitersSpider(sources=[SOURCE])
    return list(spider.parse(answered(f"{LIST}?page={page}", body), **state))


def card(number):
    return f'<li class="opening-job"><a href="{JOBS}/{number}-rigger"><h4 class="job-title">Rigger</h4></a></li>'


def test_a_blank_first_page_says_nothing_of_the_board():
    assert read("\n ") == [Shortfall("page 1 of the list shows no postings and does not say so")]


def test_a_blank_page_is_the_end_of_the_list():
    assert read("", page=3, before=["744000000000001"]) == []


def test_a_page_without_cards_that_is_not_blank_is_a_shortfall():
    assert read("<p>Please try again.</p>", page=1) == [
        Shortfall("page 2 of the list shows no postings and does not say so")
    ]


@pytest.mark.parametrize("before", [["744000000000001"], ["744000000000009", "744000000000001"]])
def test_a_page_that_repeats_an_earlier_one_ends_the_reading(before):
    assert read(card(744000000000001), page=2, before=before) == [
        Shortfall("page 3 of the list repeats one before it")
    ]


def test_a_page_keeps_in_mind_where_the_list_and_the_page_began():
    *_, after = read(card(744000000000002), page=1, before=["744000000000001"])
    assert after.url == f"{LIST}?page=2"
    assert after.cb_kwargs == {"before": ["744000000000001", "744000000000002"]}


def test_a_closed_posting_says_so_in_any_language():
    body = '<h1>Takler</h1><div class="jobad--empty-state"><h2>Stillingen er ikke mer</h2></div>'
    page = answered(f"{JOBS}/744000000000001-rigger", body, posting="744000000000001")
    (gone,) = SmartRecruitersSpider(sources=[SOURCE]).parse_posting(page)
    assert gone == Gone("744000000000001", "its page says: Stillingen er ikke mer")


@pytest.mark.parametrize(
    ("name", "value", "pay"),
    [
        ("Salary Range", "21.50-26.00", (21.5, 26, "EUR")),
        ("Pay (annual)", "48.000 – 52.000", (48000, 52000, "EUR")),
        ("Payroll Area", "12-14", None),
        ("Salary Range", "to be agreed", None),
    ],
)
def test_pay_is_read_from_a_field_that_is_called_so(name, value, pay):
    row = {"id": "1", "name": "Rigger", "customField": [{"fieldLabel": name, "valueLabel": value}]}
    stated = smartrecruiters.read(row, SOURCE, NOW).salary
    assert (stated and (stated.min, stated.max, stated.currency)) == pay


@pytest.mark.parametrize("path", ["my-applications", "oneclick-ui/", "api/x", "static/logo"])
def test_the_system_s_own_paths_are_no_companies(path):
    assert recognise(f"https://jobs.smartrecruiters.com/{path}") is None
