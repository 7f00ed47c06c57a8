import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract import SAVED, ExtractError, extract
from crawler.sources import kinds

NOW = datetime(2026, 11, 2, 7, 0, tzinfo=UTC)


def read(kind, body, url=None, organization=None):
    content = body if isinstance(body, bytes) else body.encode()
    return extract(kind, content, url=url, organization=organization, now=NOW)


def told(kind, body, **given):
    postings, _ = read(kind, body, **given)
    return [(posting.id, posting.title) for posting in postings]


GREENHOUSE = {
    "id": 11,
    "title": "Ferry Pilot",
    "content": "&lt;p&gt;Steer the ferry.&lt;/p&gt;",
    "absolute_url": "https://ferry.example/jobs?gh_jid=11",
    "location": {"name": "Ballina"},
    "updated_at": "2026-10-01T09:00:00Z",
    "first_published": "2026-09-01T09:00:00Z",
}
ASHBY = {
    "id": "a-1",
    "title": "Deck Hand",
    "isListed": True,
    "descriptionHtml": "<p>Coil ropes.</p>",
    "jobUrl": "https://jobs.ashbyhq.com/ferry/a-1",
    "location": "Ballina",
}
LEVER = {
    "id": "b-1",
    "text": "Engineer",
    "description": "<p>Oil it.</p>",
    "hostedUrl": "https://jobs.lever.co/ferry/b-1",
    "categories": {"location": "Ballina"},
}
STATED = json.dumps(
    {"@type": "JobPosting", "title": "Purser", "description": "<p>Sell tickets.</p>"}
)
PAGE = f"""<html><head><script type="application/ld+json">{STATED}</script></head>
    <body><h1>Purser</h1><p>Sell tickets.</p></body></html>"""
SHOWN = f"""<html><head><title>Ship's Cook</title></head><body><main><h1>Ship's Cook</h1>
    <p>{"Cook for a crew of nine on a ferry that never stops, day and night. " * 8}</p>
    </main></body></html>"""


@pytest.mark.parametrize(
    ("kind", "answer", "expected"),
    [
        ("greenhouse", {"jobs": [GREENHOUSE], "meta": {"total": 1}}, [("11", "Ferry Pilot")]),
        ("greenhouse", GREENHOUSE, [("11", "Ferry Pilot")]),
        ("ashby", {"jobs": [ASHBY, ASHBY | {"isListed": False}]}, [("a-1", "Deck Hand")]),
        ("lever", [LEVER], [("b-1", "Engineer")]),
        ("lever", LEVER, [("b-1", "Engineer")]),
    ],
)
@pytest.mark.parametrize("auto", [False, True], ids=["named", "auto"])
def test_a_board_s_answer_is_read_by_its_kind_and_found_without_being_told(
    kind, answer, expected, auto
):
    postings, snippets = read("auto" if auto else kind, json.dumps(answer))
    assert [(posting.id, posting.title) for posting in postings] == expected
    assert postings[0].body
    assert postings[0].url
    assert snippets == []


@pytest.mark.parametrize("kind", ["careers_page", "aggregator", "auto"])
def test_a_page_with_a_stated_posting_is_read(kind):
    assert [title for _, title in told(kind, PAGE)] == ["Purser"]


def test_a_page_that_only_shows_its_posting_is_read_as_an_aggregator_s():
    assert [title for _, title in told("auto", SHOWN)] == ["Ship's Cook"]
    assert told("careers_page", SHOWN) == []


def test_the_link_says_the_kind_when_the_page_could_be_several():
    row = GREENHOUSE | {"isListed": True}
    url = "https://api.ashbyhq.com/posting-api/job-board/ferry"
    postings, _ = read("auto", json.dumps({"jobs": [row]}), url=url)
    assert postings[0].url is None  # read as Ashby's, which has no absolute_url


def test_the_link_and_the_employer_that_are_given_are_used():
    postings, _ = read("auto", PAGE, url="https://ferry.example/jobs/purser", organization="Ferry")
    assert [(one.id, one.url, one.organization) for one in postings] == [
        ("/jobs/purser", "https://ferry.example/jobs/purser", "Ferry")
    ]
    assert read("auto", PAGE)[0][0].url == SAVED


def test_text_is_read_as_a_posting_saved_by_hand():
    text = "Ferry Mate\nRow when the engine stops.\nPay: €3,000 - €3,400 per month\n"
    postings, _ = read("text", text, organization="Ferry")
    assert (postings[0].title, postings[0].organization) == ("Ferry Mate", "Ferry")
    assert (postings[0].salary.min, postings[0].salary.period) == (3000, "month")


@pytest.mark.parametrize(
    "foreign",
    [
        {"jobs": [{"id": 1, "title": "Somebody's row"}, {"id": 2, "title": "another"}]},
        {"id": 7, "title": "A story about hiring", "children": []},
        [{"id": 1, "title": "x", "salary": "much"}],
        {"jobs": []},
        [],
        {},
        None,
        3,
    ],
)
def test_json_of_no_known_site_gives_nothing(foreign):
    assert read("auto", json.dumps(foreign)) == ([], [])


def test_an_unknown_kind_is_refused_with_the_known_ones():
    with pytest.raises(ExtractError, match="unknown kind 'telegraph'; known are auto, text, agg"):
        read("telegraph", PAGE)


ROWS = "<row><name>Purser</name><link>/v/7</link></row>"
BY_ROWS = {"rows": "row, li", "fields": {"title": "name, a", "url": "link, a"}}


@pytest.mark.parametrize(
    "body",
    [f"<?xml version='1.0'?><rows>{ROWS}</rows>", "<ul><li><a href='/v/7'>Purser</a></li></ul>"],
    ids=["xml", "html"],
)
def test_a_saved_listing_is_read_by_the_users_description(body):
    url = "https://ferry.example/list"
    (posting,), _ = extract(
        "listing", body.encode(), url=url, organization=None, now=NOW, options=BY_ROWS
    )
    assert (posting.title, posting.url) == ("Purser", "https://ferry.example/v/7")


@pytest.mark.parametrize("kind", ["greenhouse", "lever", "ashby"])
def test_a_page_that_its_kind_cannot_make_sense_of_is_refused_in_words(kind):
    with pytest.raises(ExtractError, match=f"not a page of kind {kind}"):
        read(kind, PAGE)


HOSTILE = [
    b"",
    b"\x00\x01\x02\xff\xfe" * 50,
    b"\xef\xbb\xbf" + PAGE.encode(),
    PAGE.encode("utf-16"),
    b"%PDF-1.7 \xe2\xe3\xcf\xd3 stream",
    b"\x1f\x8b\x08\x00broken",
    b"\x89PNG\r\n\x1a\n" + bytes(200),
    b"<" * 50_000,
    b"<div>" * 20_000,
    b"[" * 100_000,
    b'{"jobs":' * 5_000,
    b'{"jobs": [' + b'{"id": 1e999, "title": NaN},' * 50 + b"]}",
    b"<script type='application/ld+json'>" + b"{" * 50_000,
    b"<h1>" + "\u202e\u200b".encode() * 1000,
    b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
]


@pytest.mark.slow
@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("kind", ["auto", "text", *kinds()])
def test_a_hostile_page_is_refused_or_read_and_never_a_crash(kind, body):
    begun = time.process_time()
    try:
        read(kind, body)
    except ExtractError:
        assert kind not in {"auto", "text"}
    assert time.process_time() - begun < 10


@pytest.mark.slow
def test_a_page_of_300_kilobytes_costs_seconds_and_not_minutes():
    filler = "".join(f'<div class="c{n}"><p>Word {n} <b>more</b></p></div>' for n in range(6000))
    large = PAGE.replace("</body>", f"{filler}</body>")
    assert len(large) > 280_000
    begun = time.process_time()
    assert [title for _, title in told("auto", large)] == ["Purser"]
    assert time.process_time() - begun < 10


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_by_auto_without_a_crash(body):
    postings, snippets = read("auto", body)
    assert all(posting.title for posting in [*postings, *snippets])


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.sampled_from([PAGE, SHOWN, json.dumps({"jobs": [GREENHOUSE]})]), st.data())
def test_a_page_cut_or_spoilt_anywhere_is_no_crash(page, data):
    place = data.draw(st.integers(0, len(page)))
    read("auto", page[:place] + data.draw(st.text(max_size=4)) + page[place + 3 :])
