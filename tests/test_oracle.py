import json
from datetime import UTC, datetime

import pytest
from scrapy import Request
from scrapy.http import TextResponse

from crawler.items import Source, Total
from crawler.sources import recognise
from crawler.spiders.oracle import OracleSpider

NOW = datetime(2026, 11, 5, 9, tzinfo=UTC)
POD = "pod.fa.em2.oraclecloud.com"
SITE = {"api": f"https://{POD}", "number": "CX_1", "pages": f"https://{POD}/sites/CX_1"}
BASE = '<base href="/en/sites/Ports" data-apibaseurl="https://pod.fa.em2.oraclecloud.com:443" data-sitenumber="CX_7"/>'


def reader(board=f"{POD}/CX_1", url=None):
    return OracleSpider(sources=[Source("ports", "oracle", board=board, url=url)])


def answered(body, url=f"https://{POD}/"):
    request = Request(url, meta={"source": Source("ports", "oracle"), "now": NOW})
    return TextResponse(url, body=body.encode(), encoding="utf-8", request=request)


def test_the_page_after_a_full_one_is_asked_for_inside_the_finder():
    rows = [{"Id": str(n), "Title": f"Pilot {n}"} for n in range(200)]
    answer = {"items": [{"TotalJobsCount": 201, "requisitionList": rows}]}
    total, *asked, after = reader().parse(answered(json.dumps(answer)), site=SITE)
    assert total == Total(201)
    assert len(asked) == 200
    assert after.url.endswith(
        "finder=findReqs;siteNumber=CX_1,limit=200,offset=200,sortBy=POSTING_DATES_DESC"
    )
    assert after.cb_kwargs["first"] == "0"


def test_a_site_that_is_known_by_name_is_asked_for_its_number_first():
    spider = reader(f"{POD}/Ports")
    (page,) = spider.requests(spider.sources[0])
    assert page.url == f"https://{POD}/hcmUI/CandidateExperience/en/sites/Ports"
    (first,) = spider.parse_site(answered(BASE, "https://careers.ports.example/en/sites/Ports"))
    assert first.url.startswith(f"https://{POD}/hcmRestApi/")
    assert "siteNumber=CX_7," in first.url
    assert first.cb_kwargs["site"]["pages"] == "https://careers.ports.example/en/sites/Ports"


@pytest.mark.parametrize("body", ["{}", "[]", '{"items": [7]}', '{"items": [{}]}', "<html>"])
def test_another_answer_in_a_postings_place_is_refused(body):
    with pytest.raises(ValueError, match=r"no (?:posting|JSON)"):
        list(reader().parse_posting(answered(body)))


@pytest.mark.parametrize("body", ["{}", "[]", '{"items": []}', '{"items": [{"count": 1}]}', ""])
def test_another_answer_in_a_lists_place_is_refused(body):
    with pytest.raises(ValueError, match=r"no (?:list|JSON)"):
        list(reader().parse(answered(body), site=SITE))


def test_a_page_on_the_employers_own_host_is_known_by_what_it_says_of_its_api():
    url = "https://careers.ports.example/en/sites/Ports"
    source = recognise(url, f"<html><head>{BASE}</head></html>")
    assert (source.kind, source.url) == ("oracle", url)
