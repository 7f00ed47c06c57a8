"""Searches and digests on the page: what is asked, what would be sent, what was sent."""

from dataclasses import replace
from datetime import time

import lxml.html
import pytest
from web_samples import SEARCH, client, fill, site

from monitor.commands.page import preview
from monitor.config import loads
from monitor.lookup import Lookup
from monitor.search import Search
from monitor.web.guard import LETTER_POLICY
from monitor.web.searches import asks, times

CONFIG = loads('[[search]]\nid = "optics"\nto = ["reader@example.org"]\nany = ["optics"]')


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return fill(tmp_path_factory.mktemp("digests") / "r.db")


@pytest.fixture(scope="module")
def ask(store):
    shown = site(preview=lambda *asked: preview(CONFIG, *asked))
    with client(store, shown) as asking:
        yield asking


def said(answer):
    document = lxml.html.document_fromstring(answer.text)
    return " ".join(" ".join(document.xpath("//main//text()")).split())


def test_a_search_says_what_it_asks_and_when_it_is_told(ask):
    words = said(ask.get("/searches"))
    assert "Any of optics" in words
    assert "daily at 07:00, Europe/Zurich; next 25 Nov, 06:00" in words


def test_every_key_of_a_search_is_said():
    whole = replace(
        SEARCH,
        all_words=("lens",),
        none_words=("unpaid",),
        companies=("Kelp",),
        places=("Bergen",),
        remote=("onsite",),
        employment=("FULL_TIME",),
        min_salary=500_000.0,
        salary_currency="NOK",
        salary_period="year",
        events=("opened",),
        sources=("kelp",),
        like="kelp/g1",
    )
    assert dict(asks(whole))["Pay"] == "from NOK 500,000 a year"
    assert dict(asks(whole))["Where"] == "on site"
    assert len(list(asks(whole))) == 11
    assert list(asks(Search("x", "X"))) == [("Asks", "nothing: every posting fits")]
    assert times(replace(SEARCH, days=(4, 0), at=time(6, 30))) == "Mon, Fri at 06:30, Europe/Zurich"


def test_the_preview_is_the_next_letter_and_tells_nothing(ask, store):
    document = lxml.html.document_fromstring(ask.get("/search/optics").text)
    (frame,) = document.xpath("//iframe")
    assert "allow-scripts" not in frame.get("sandbox")
    letter = ask.get(frame.get("src"))
    assert "This is a sample" in letter.text
    with Lookup.open(store) as lookup, lookup.reading():
        assert len(lookup.letters.digests()) == 2


def test_a_letter_is_shown_as_it_was_sent_and_can_do_nothing(ask, store):
    with Lookup.open(store) as lookup, lookup.reading():
        newest = lookup.letters.digests()[0]
        (sent,) = lookup.letters.letters(newest.id)
    page = ask.get(f"/digest/{newest.id}")
    document = lxml.html.document_fromstring(page.text)
    assert document.xpath("string(//pre)") == sent.text
    assert document.xpath("//h2/text()") == [sent.subject]
    assert "To reader@example.org: waits to be sent" in said(page)
    letter = ask.get(document.xpath("//iframe/@src")[0])
    assert letter.text == sent.html
    assert letter.headers["content-security-policy"] == LETTER_POLICY
    assert "x-frame-options" not in letter.headers


def test_a_letter_may_be_framed_by_this_page_only_and_never_runs_anything():
    parts = dict(part.strip().partition(" ")[::2] for part in LETTER_POLICY.split(";"))
    assert parts["default-src"] == "'none'"
    assert parts["frame-ancestors"] == "'self'"
    assert "allow-scripts" not in parts["sandbox"]
    assert "allow-same-origin" not in parts["sandbox"]
    assert "allow-forms" not in parts["sandbox"]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({}, "It had nothing to say, so no letter was sent."),
        ({"new": 1}, "its readers have it in letters of their other searches."),
    ],
)
def test_a_digest_without_letters_says_so(tmp_path, counts, words):
    from web_samples import NOW, crawls  # noqa: PLC0415 - here only

    from monitor.store import Store  # noqa: PLC0415 - here only

    path = fill(tmp_path / "r.db", crawls()[:1])
    with Store.open(path) as store:
        store.decide(SEARCH, "x", store.pending(SEARCH, NOW), [], counts, NOW)
    with client(path) as asking:
        assert words in said(asking.get("/digest/1"))
        assert ("nothing" in said(asking.get("/digests"))) is (counts == {})


@pytest.mark.parametrize("path", ["/search/none", "/search/none/letter", "/digest/0", "/letter/9"])
def test_what_is_not_there_is_said(ask, path):
    assert ask.get(path).status_code == 404


def test_without_a_preview_there_is_none(store):
    with client(store) as asking:
        assert "iframe" not in asking.get("/search/optics").text
        assert asking.get("/search/optics/letter").status_code == 404
