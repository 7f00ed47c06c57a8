"""Sites that a user describes: what a description may say, and what pages make of it."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy import Request
from scrapy.http import HtmlResponse, TextResponse

from crawler.items import Posting, Shortfall, Source, Total
from crawler.pages import described, feed, selectors, successfactors, xml
from crawler.sources import kinds
from monitor import config

NOW = datetime(2026, 11, 2, 7, tzinfo=UTC)
URL = "https://heath.example/jobs?page=1"
FIELDS = {"title": "h2", "url": "a"}
LISTING = {"rows": "li", "fields": FIELDS}
JSON = {"rows": "jobs", "fields": {"id": "id", "title": "title"}}
ROW = '<li><h2>Shepherd</h2><a href="/jobs/7">More</a></li>'


def site(kind, options, url=URL):
    return Source("heath", kind, url=url, organization="Heath", currency="GBP", options=options)


def read(kind, body, options, url=URL, method="parse", headers=None, **kwargs):
    source = site(kind, options)
    response_type = TextResponse if kind == "json" and "script" not in options else HtmlResponse
    request = Request(url, meta={"source": source, "now": NOW})
    response = response_type(
        url, body=body.encode(), encoding="utf-8", request=request, headers=headers
    )
    return list(getattr(kinds()[kind](sources=[source]), method)(response, **kwargs))


def reasons(things):
    return [thing.reason for thing in things if isinstance(thing, Shortfall)]


def titles(things):
    return [thing.title for thing in things if isinstance(thing, Posting)]


def next_urls(things):
    return [thing.url for thing in things if isinstance(thing, Request)]


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        ("listing", {}, "options.rows: a CSS or XPath selector is wanted"),
        ("listing", {"rows": "li", "row": "li"}, "options.row: unknown; did you mean rows?"),
        ("listing", {"rows": "li"}, "options.fields: a table of fields is wanted"),
        ("listing", {"rows": "li", "fields": {"title": "h2"}}, "options.fields.url is missing"),
        (
            "listing",
            {"rows": "li", "fields": FIELDS | {"titel": "h3"}},
            "options.fields.titel: unknown; did you mean title?",
        ),
        ("listing", {"rows": "li[", "fields": FIELDS}, "options.rows: 'li[' is no selector"),
        ("listing", {"rows": "//li[", "fields": FIELDS}, "options.rows: '//li[' is no selector"),
        ("listing", LISTING | {"next": "a::text()x"}, "options.next: 'a::text()x' is no selector"),
        ("listing", LISTING | {"detail": {"body": "p:"}}, "options.detail.body: 'p:' is no selec"),
        ("listing", LISTING | {"detail": "yes"}, "options.detail: a table of fields is wanted"),
        ("json", {"rows": "jobs["}, "options.fields: a table of fields is wanted"),
        ("json", JSON | {"rows": "jobs["}, "options.rows: 'jobs[' is no JMESPath expression"),
        ("json", JSON | {"fields": {"title": "t"}}, "options.fields: id or url is wanted"),
        ("json", JSON | {"page": {"param": "p"}}, "options.page.param: unknown; did you mean par"),
        ("json", JSON | {"page": {"start": 0}}, "options.page.parameter is missing"),
        (
            "json",
            JSON | {"page": {"parameter": "p", "step": "1"}},
            "options.page.step: a whole number is wanted",
        ),
        ("feed", {"complete": "yes"}, "options.complete: true or false is wanted"),
        ("feed", {"title": "{company} - "}, "options.title: a pattern is wanted"),
        ("feed", {"title": "{firm}: {title}"}, "options.title.firm: unknown"),
        ("feed", {"fields": {"place": 3}}, "options.fields.places: the name of an element is"),
    ],
)
def test_a_mistake_in_a_description_is_told_by_its_option(kind, options, words):
    source = site(kind, options)
    with pytest.raises(ValueError, match=re.escape(words)):
        next(kinds()[kind](sources=[source]).requests(source))


def test_the_descriptions_on_the_page_about_them_make_sense():
    page = (Path(__file__).parent.parent / "docs" / "describe.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    sources = [source for block in blocks for source in config.loads(block).sources()]
    asked = [next(kinds()[one.kind](sources=[one]).requests(one)).url for one in sources]
    assert {source.kind for source in sources} == {"listing", "json", "feed"}
    assert "https://jobs.oxbow-instruments.example/api/openings?per_page=50&page=1" in asked


def test_a_page_without_rows_is_empty_only_where_it_says_so():
    options = LISTING | {"empty": "No vacancies  today"}
    assert read("listing", "<p>no vacancies today.</p>", options) == [Total(0)]
    hidden = "<p hidden>No vacancies today</p>"
    assert reasons(read("listing", hidden, options)) == [
        f"{URL}: options.rows finds nothing on the page"
    ]
    assert reasons(read("listing", "<p>No vacancies today</p>", LISTING)) != []


def test_a_row_without_title_or_link_is_not_read_and_makes_the_listing_short():
    body = f"<ul>{ROW}<li><h2>Beekeeper</h2></li><li><a href='/jobs/9'></a></li></ul>"
    things = read("listing", body, LISTING)
    assert titles(things) == ["Shepherd"]
    assert reasons(things) == ["2 of 3 rows could not be read"]


@pytest.mark.parametrize(
    ("link", "follows", "short"),
    [
        ('<a class="next" href="?page=2">2</a>', ["https://heath.example/jobs?page=2"], []),
        ('<a class="next" href="?page=1">1</a>', [], []),
        ('<span class="next">Next</span>', [], []),
        ('<a class="next" href="#">2</a>', [], ["its link is '#'"]),
        ('<a class="next" href="javascript:more()">2</a>', [], ["its link is 'javascript:more()'"]),
    ],
)
def test_the_next_page_is_followed_or_missed_but_never_ignored(link, follows, short):
    things = read("listing", ROW + link, LISTING | {"next": ".next"})
    assert next_urls(things) == follows
    assert [words[-len(end) :] for words, end in zip(reasons(things), short, strict=True)] == short


def test_selectors_of_a_row_look_into_that_row_only():
    body = f"{ROW}<li><h2>Drover</h2><a href='/jobs/8'>More</a></li>"
    options = {"rows": "//li", "fields": {"title": "//h2", "url": "(//a)[1]", "id": "//a/@href"}}
    found = read("listing", body, options)
    assert [(one.id, one.title) for one in found] == [
        ("/jobs/7", "Shepherd"),
        ("/jobs/8", "Drover"),
    ]


def test_a_row_that_comes_twice_is_one_posting_with_both_places():
    rows = [f"<li><h2>Drover</h2><a href='/jobs/8'>x</a><i>{p}</i></li>" for p in ("Lund", "Oslo")]
    (found,) = read("listing", "".join(rows), {"rows": "li", "fields": FIELDS | {"place": "i"}})
    assert [place.name for place in found.places] == ["Lund", "Oslo"]


def test_a_link_to_another_site_is_known_with_its_host():
    (found,) = read("listing", ROW.replace("/jobs/7", "https://elsewhere.example/jobs/7"), LISTING)
    assert found.id == "elsewhere.example/jobs/7"


@pytest.mark.parametrize(
    ("stated", "number"),
    [
        ("1-20 of 1,204 jobs", 1204),
        ("1 til 20 av 1 204", 1204),
        ("none", None),
        (7, 7),
        (True, None),
    ],
)
def test_a_stated_number_of_postings_is_the_largest_one(stated, number):
    assert described.count(stated) == number


def test_an_answer_that_is_no_json_or_has_no_list_is_short_and_an_empty_list_is_empty():
    assert reasons(read("json", "<html>", JSON)) == [f"{URL}: the answer is no JSON"]
    assert reasons(read("json", '{"error": "x"}', JSON)) == [f"{URL}: options.rows finds no list"]
    assert read("json", '{"jobs": []}', JSON) == []


def test_a_cursor_and_an_offset_lead_to_the_next_page():
    body = '{"jobs": [{"id": 1, "title": "A"}], "after": "k9"}'
    cursor = JSON | {"next": "after", "page": {"parameter": "c"}}
    assert next_urls(read("json", body, cursor)) == ["https://heath.example/jobs?page=1&c=k9"]
    offset = JSON | {"page": {"parameter": "page", "start": 0, "step": 20, "size": 1}}
    assert next_urls(read("json", body, offset)) == ["https://heath.example/jobs?page=20"]
    assert next_urls(read("json", body, offset | {"page": offset["page"] | {"size": 2}})) == []


def test_a_page_of_json_that_comes_again_ends_the_listing_short():
    body = '{"jobs": [{"id": 1, "title": "A"}]}'
    options = JSON | {"page": {"parameter": "page"}}
    (_, after) = read("json", body, options)
    again = read("json", body, options, **after.cb_kwargs)
    assert reasons(again) == [f"{URL} repeats an earlier page of the listing"]
    assert next_urls(again) == []


def test_json_in_a_script_of_a_page_is_read():
    body = '<script id="d">{"jobs": [{"id": 3, "title": "Drover &amp; dog"}]}</script>'
    assert titles(read("json", body, JSON | {"script": "#d"})) == ["Drover &amp; dog"]


@pytest.mark.parametrize(
    ("pattern", "title", "parts"),
    [
        (
            "{company}: {title}",
            "Acme: Lead: Ads",
            {"organization": ["Acme"], "title": ["Lead: Ads"]},
        ),
        (
            "{title} at {company}",
            "Lead at Sea at Acme",
            {"title": ["Lead at Sea"], "organization": ["Acme"]},
        ),
        ("{title} ({place})", "Lead", {}),
    ],
)
def test_a_title_is_taken_apart_by_its_pattern_or_stays_whole(pattern, title, parts):
    assert feed.split(pattern, title) == parts


def test_an_old_feed_in_rdf_is_read():
    body = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        "<channel><title>x</title></channel>"
        "<item><title>Drover</title><link>/jobs/8</link></item></rdf:RDF>"
    )
    things = read("feed", body, {"complete": True})
    assert [(one.id, one.title) for one in things] == [("/jobs/8", "Drover")]


@pytest.mark.parametrize(
    "body",
    [
        "<html><body>Sorry</body></html>",
        "<rss><channel><item><title>A</title></item>",
        '{"version": "2", "items": []}',
        "{}",
        "",
    ],
)
def test_what_is_no_feed_is_never_an_empty_one(body):
    (thing,) = read("feed", body, {"complete": True})
    assert isinstance(thing, Shortfall)
    assert read("feed", "<rss><channel/></rss>", {"complete": True}) == [Total(0)]


def test_xml_is_read_with_its_small_faults_but_never_in_part():
    assert xml.tree(b"<a><b>x & y</b></a>") is not None
    assert xml.tree(b"<a><b>1</b><b>2</b>") is None
    assert xml.tree(b"<a><><b>1</b></><b>2</b></a>") is None
    assert xml.tree(b"no") is None


def test_an_entity_of_a_document_is_not_expanded():
    bomb = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a><b>&e;</b></a>'
    found = xml.tree(bomb)
    assert found is None or "root" not in xml.content(found)


def test_the_code_at_the_end_of_a_place_is_a_country_and_a_state_is_none():
    haifa = successfactors.place("Haifa, IL, 31000")
    assert (haifa.name, haifa.country) == ("Haifa, IL", "IL")
    assert successfactors.place("Dayton, OH") is None


HOSTILE = st.text(st.sampled_from(list("<>/&;\"'![]CDAT{}:,?itemrslnkguaf \n\0é")), max_size=200)


@settings(max_examples=200, deadline=None)
@given(HOSTILE)
def test_no_text_makes_a_reader_of_feeds_or_xml_raise_anything_but_words(words):
    body = words.encode()
    xml.tree(body)
    for reader in (lambda: feed.read(body, words), lambda: successfactors.listing(body, "s", "c")):
        with contextlib.suppress(ValueError):
            reader()


JUNK = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(described.FIELDS), JUNK))
def test_values_of_any_shape_give_a_posting_or_none(stated):
    found = described.posting(stated, site("json", {}), NOW)
    assert found is None or (found.id and found.title)


def test_a_selector_finds_the_words_of_an_element_and_no_hidden_ones():
    page = selectors.document(
        HtmlResponse(
            URL, body=b"<h2>Drover<span hidden>x</span></h2><time datetime='2026-11-01'>now</time>"
        )
    )
    fields = {"title": "h2", "date_posted": "time", "language": "(count(//h2))"}
    assert selectors.read(page, fields, "options.fields") == {
        "title": ["Drover"],
        "date_posted": ["2026-11-01"],
        "language": ["1.0"],
    }
