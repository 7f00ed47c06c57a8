import json
from datetime import UTC, datetime

import pytest
from scrapy import Request
from scrapy.http import TextResponse

from crawler.items import Place, Shortfall, Source, Total
from crawler.pages import eightfold
from crawler.sources import recognise
from crawler.spiders.eightfold import EightfoldSpider

NOW = datetime(2026, 11, 5, 9, tzinfo=UTC)
SITE = "https://oats.eightfold.ai"


def first(source):
    (request,) = EightfoldSpider(sources=[source]).requests(source)
    return request.url


def read(answer, **state):
    source = Source("oats", "eightfold", board="oats")
    request = Request(f"{SITE}/api/pcsx/search", meta={"source": source, "now": NOW})
    body = json.dumps(answer).encode()
    response = TextResponse(request.url, body=body, encoding="utf-8", request=request)
    return list(EightfoldSpider(sources=[source]).parse(response, domain="oats.example", **state))


def test_a_search_at_its_cap_is_never_complete():
    rows = [{"id": n, "name": f"Baker {n}"} for n in range(10)]
    total, short, *asked, after = read({"data": {"count": 2676, "positions": rows}})
    assert total == Total(2000)
    assert short == Shortfall("the list shows 2000 of 2676 postings")
    assert len(asked) == 10
    assert "start=10" in after.url
    state = {"start": 1990, "total": 2676, "first": "x"}
    assert len(read({"data": {"count": 0, "positions": rows}}, **state)) == 10


@pytest.mark.parametrize("answer", [{}, [], {"data": None}, {"data": {"positions": []}}])
def test_another_answer_in_a_searchs_place_is_refused(answer):
    with pytest.raises(ValueError, match="no list of postings"):
        read(answer)


@pytest.mark.parametrize(
    ("html", "domain"),
    [
        ("{&#34;domain&#34;: &#34;oats.example&#34;}", "oats.example"),
        ('<a href="/careers?pid=1&amp;domain=oats.co.example">', "oats.co.example"),
        ("<html>our domain: baking</html>", None),
    ],
)
def test_the_domain_is_read_from_the_site_s_own_page(html, domain):
    assert eightfold.domain(html) == domain


def test_a_site_on_the_shared_host_is_known_by_its_domain():
    source = recognise("https://app.eightfold.ai/careers?hl=en&domain=oats.example&pid=7")
    assert source.board == "oats.example"
    assert first(source).startswith(
        "https://app.eightfold.ai/api/pcsx/search?domain=oats.example&query="
    )


@pytest.mark.parametrize(
    "url", ["https://www.eightfold.ai/products", "https://app.eightfold.ai/login"]
)
def test_eightfold_s_own_pages_are_no_source(url):
    assert recognise(url) is None


def test_a_page_on_the_employers_own_host_is_known_by_its_configuration():
    html = '<code id="pcsx-data" style="display:none;">{}</code>'
    source = recognise("https://jobs.oats.example/careers", html)
    assert (source.kind, source.url) == ("eightfold", "https://jobs.oats.example/careers")


@pytest.mark.parametrize(
    ("stated", "names"),
    [
        ("['Leeds', 'York']", ["Leeds", "York"]),
        ("['Leeds", []),
        ("[" * 3000, []),
        ("Leeds", ["Leeds"]),
        (["Leeds", None], ["Leeds"]),
        ({"a": 1}, []),
    ],
)
def test_places_are_read_however_the_list_is_written(stated, names):
    row = {"id": 1, "name": "Baker", "locations": stated}
    posting = eightfold.read(row, Source("oats", "eightfold"), NOW, SITE)
    assert [place.name for place in posting.places] == names
    assert all(isinstance(place, Place) for place in posting.places)
