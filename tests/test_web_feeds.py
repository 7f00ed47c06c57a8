"""Feeds and calendars of the page: what parsers make of them, who gets them, when they change."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace

import feedparser
import pytest
from calling import call
from icalendar import Calendar
from web_samples import MOLE, crawl, crawls, fill, pay, posting, site
from web_samples import client as asking

from monitor.compare import judge
from monitor.lookup import Lookup
from monitor.store import Store
from monitor.web.export import export
from monitor.web.login import Access

SHUT = Access("scrypt$1$00$00")
HOSTILE = "nul\x00 bell\x07 \ufffe ]]> <script>alert(1)</script> a\r\nb {{ 7 * 7 }} \u202egpj"
FORMS = {
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json",
    "ics": "text/calendar; charset=utf-8",
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    return fill(tmp_path_factory.mktemp("feeds") / "r.db")


@pytest.fixture
def path(filled, tmp_path):
    return shutil.copy(filled, tmp_path / "r.db")


@pytest.fixture
def ask(path):
    with asking(path, access=SHUT) as client:
        yield client


def link(path, scope, suffix="atom"):
    with Lookup.open(path) as lookup, lookup.reading():
        return f"/f/{lookup.feed_key(scope)}/{scope}.{suffix}"


def parsed(ask, path, scope="all"):
    found = feedparser.parse(ask.get(link(path, scope)).content)
    assert not found.bozo, found.get("bozo_exception")
    ids = [one.id for one in found.entries]
    assert len(set(ids)) == len(ids)
    return found


def titles(ask, path, scope="all"):
    return [one.title for one in parsed(ask, path, scope).entries]


def record(path, *visits):
    with Store.open(path) as store:
        for visit in visits:
            assert store.record(visit, judge)


def deadlines(ask, path, scope="all"):
    """Give the events of the calendar, which comes back whole from a parser and back into bytes."""
    content = ask.get(link(path, scope, "ics")).content
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    read = Calendar.from_ical(content)
    again = Calendar.from_ical(read.to_ical())
    assert again.to_ical() == read.to_ical()
    return {
        re.sub(r"Deadline: | \(.*", "", str(one["summary"])): (
            one["dtstart"].dt.isoformat(),
            str(one["status"]),
            int(one["sequence"]),
        )
        for one in read.walk("VEVENT")
    }


# What they say.


def test_everything_is_told_visit_by_visit_the_newest_first(ask, path):
    assert titles(ask, path) == [
        "Seen before: Optics Intern · Kelp Works",
        "New: Optics Intern · Kelp Works",
        "Closed: Buoy Keeper · Kelp Works",
        "Changed: Lens Grinder · Kelp Works",
    ]
    found = parsed(ask, path)
    assert found.feed.title == "Everything"
    assert [one.updated for one in found.entries] == sorted(
        (one.updated for one in found.entries), reverse=True
    )


def test_a_source_and_a_search_have_feeds_of_their_own(ask, path):
    assert titles(ask, path, "source/mole") == ["New: Optics Intern · Kelp Works"]
    assert parsed(ask, path, "source/kelp").feed.title == "Kelp Works"
    assert parsed(ask, path, "search/optics").feed.title == "Optics"
    record(path, crawl(22, posting("z", "Ship's Cook", body="Fish."), source=MOLE))
    assert titles(ask, path, "source/mole")[0].startswith("New: Ship's Cook")
    assert not any("Cook" in title for title in titles(ask, path, "search/optics"))


def test_an_entry_keeps_its_id_whatever_follows(ask, path):
    before = {one.id: (one.title, one.updated) for one in parsed(ask, path).entries}
    grinder = replace(crawls()[-1].postings[0], salary=pay(600_000, 660_000))
    record(
        path,
        crawl(22, grinder, posting("f4", "Optics Intern")),
        crawl(23, grinder, posting("f4", "Optics Intern")),
    )
    after = {one.id: (one.title, one.updated) for one in parsed(ask, path).entries}
    assert before.items() <= after.items()
    assert len(after) > len(before)


def test_what_closed_and_came_back_is_told_as_both(tmp_path):
    diver, cook = posting("a", "Optics Diver"), posting("c", "Ship's Cook", body="Fish.")
    path = fill(
        tmp_path / "r.db",
        [
            crawl(0, cook),
            crawl(1, cook, diver),
            crawl(3, cook),
            crawl(4.5, cook),
            crawl(5, cook, diver),
        ],
    )
    with asking(path) as ask:
        assert [title.split(":")[0] for title in titles(ask, path)] == [
            "Not closed after all",
            "Closed",
            "New",
        ]


def test_a_source_that_cannot_be_read_is_told_as_well(ask, path):
    failed = {"outcome": "failed", "reasons": ("HTTP 503",)}
    record(path, *(crawl(22 + number, **failed) for number in range(3)))
    newest = parsed(ask, path, "source/kelp").entries[0]
    assert newest.title == "What could not be checked"
    assert "HTTP 503" in newest.summary


def test_whatever_a_posting_says_is_text_and_parsers_do_not_complain(path, ask):
    odd = posting("h", HOSTILE, url="javascript:alert(1)", body=HOSTILE, valid_through="2026-12-01")
    record(path, crawl(22, odd, *crawls()[-1].postings))
    entry = parsed(ask, path).entries[0]
    assert entry.title.startswith("Closing soon: nul")
    assert "<script" not in entry.content[0].value
    assert "{{ 7 * 7 }}" in entry.summary or "{{ 7 * 7 }}" in entry.title
    assert "javascript" not in entry.link
    content = ask.get(link(path, "all", "json")).content.decode()
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe]", content)
    feed = json.loads(content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [one["id"] for one in feed["items"]] == [one.id for one in parsed(ask, path).entries]
    assert any(key.startswith("nul bell") for key in deadlines(ask, path))


def test_a_feed_of_nothing_is_a_feed(tmp_path):
    path = fill(tmp_path / "r.db", [])
    with asking(path) as ask:
        for scope in ("all", "search/optics"):
            assert parsed(ask, path, scope).entries == []
            assert deadlines(ask, path, scope) == {}
            assert json.loads(ask.get(link(path, scope, "json")).content)["items"] == []


def test_a_deadline_that_moves_raises_its_sequence_and_ends_cancelled(tmp_path):
    first = posting("a", "Optics Diver", valid_through="2026-12-01")
    cook = posting("c", "Ship's Cook", body="Fish.", valid_through="2026-12-24")
    path = fill(tmp_path / "r.db", [crawl(0, first, cook, posting("n", "None"))])
    with asking(path) as ask:
        assert deadlines(ask, path) == {
            "Optics Diver": ("2026-12-01", "CONFIRMED", 0),
            "Ship's Cook": ("2026-12-24", "CONFIRMED", 0),
        }
        assert set(deadlines(ask, path, "search/optics")) == {"Optics Diver"}
        later = replace(first, valid_through="2026-12-15")
        record(path, crawl(1, later, cook), crawl(2, replace(later, body="Optics."), cook))
        assert deadlines(ask, path)["Optics Diver"] == ("2026-12-15", "CONFIRMED", 1)
        record(path, crawl(3, replace(later, valid_through=None), cook))
        assert deadlines(ask, path)["Optics Diver"] == ("2026-12-15", "CANCELLED", 2)
        record(path, crawl(4, later, cook))
        assert deadlines(ask, path)["Optics Diver"] == ("2026-12-15", "CONFIRMED", 3)
        record(path, crawl(5, later), crawl(6.5, later))
        assert deadlines(ask, path)["Ship's Cook"] == ("2026-12-24", "CANCELLED", 1)


# How they are served.


@pytest.mark.parametrize("suffix", FORMS)
def test_what_has_not_changed_is_not_sent_again(ask, path, suffix):
    at = link(path, "search/optics", suffix)
    first = ask.get(at)
    assert first.headers["content-type"] == FORMS[suffix]
    assert first.headers["cache-control"] == "private, no-cache"
    assert "set-cookie" not in first.headers
    tag, changed = first.headers["etag"], first.headers["last-modified"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
    for known in (
        {"if-none-match": tag},
        {"if-none-match": f'"other", W/{tag}'},
        {"if-modified-since": changed},
    ):
        again = ask.get(at, headers=known)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["last-modified"] == changed
    fresh = (
        {"if-none-match": '"other"', "if-modified-since": changed},
        {"if-modified-since": "Mon, 02 Nov 2026 06:00:00 GMT"},
        {"if-modified-since": "yesterday"},
    )
    for stale in fresh:
        assert ask.get(at, headers=stale).content == first.content
    head = ask.head(at)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
    more = posting("n", "Optics Buyer", valid_through="2026-12-24")
    record(path, crawl(22, more, *crawls()[-1].postings))
    answer = ask.get(at, headers={"if-none-match": tag})
    assert answer.status_code == 200
    assert answer.headers["last-modified"] != changed


def test_a_visit_without_news_changes_no_feed(ask, path):
    before = {suffix: ask.get(link(path, "all", suffix)).headers["etag"] for suffix in FORMS}
    record(path, replace(crawl(22, *crawls()[-1].postings), outcome="unchanged"))
    assert before == {
        suffix: ask.get(link(path, "all", suffix)).headers["etag"] for suffix in FORMS
    }


def test_a_feed_knows_its_own_address_and_the_page(path):
    known = site(home="https://roles.example.org/", authority="roles.example.org")
    with asking(path, known) as ask:
        at = link(path, "search/optics")
        found = feedparser.parse(ask.get(at).content)
        links = {one.rel: one.href for one in found.feed.links}
        assert links["self"] == f"https://roles.example.org{at}"
        assert links["alternate"] == "https://roles.example.org/"
        assert found.feed.id == "tag:roles.example.org,2026:search/optics"
        assert found.entries[0].id.startswith("tag:roles.example.org,2026:search/optics/")


# Who gets them.


def test_a_feed_needs_its_own_secret_and_no_login(ask, path):
    right = link(path, "search/optics")
    assert ask.get(right).status_code == 200
    assert ask.get("/").status_code == 303
    key = right.split("/")[2]
    for wrong in (
        f"/f/{key}/search/tides.atom",
        f"/f/{key}/all.atom",
        f"/f/{key}/search/optics.rss",
        f"/f/{'k' * 43}/search/optics.atom",
    ):
        assert ask.get(wrong).status_code == 404, wrong
    for shut in (f"/f/{key}", f"/f/{key}x/search/optics.atom", "/f/short/all.atom"):
        assert ask.get(shut).status_code == 303, shut
    assert ask.get(f"/f/{'k' * 43}/all.atom").status_code == 404
    assert ask.get(f"/f/{'k' * 43}/all.atom").status_code == 429
    assert ask.get(right).status_code == 200
    assert ask.post(right, headers={"sec-fetch-site": "same-origin"}).status_code == 405
    assert ask.get(right, headers={"host": "evil.example"}).status_code == 421


def test_a_feed_of_what_is_gone_is_not_known(path):
    with asking(path, site(searches=())) as ask:
        assert ask.get(link(path, "search/optics")).status_code == 404
        assert ask.get(link(path, "source/harbor")).status_code == 404


def test_a_renewed_address_ends_the_old_one_and_no_other(filled, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ROLECALL_CONFIG", raising=False)
    path = shutil.copy(filled, tmp_path / "rolecall.db")
    (tmp_path / "rolecall.toml").write_text(
        '[[source]]\nid = "kelp"\nkind = "greenhouse"\nboard = "kelp"\n'
        '[[search]]\nid = "optics"\nto = ["reader@example.org"]\nany = ["optics"]\n'
    )
    listed = call("feeds", "--json").lines
    assert {one["scope"] for one in listed} == {"all", "search/optics", "source/kelp"}
    assert len({one["link"] for one in listed}) == 9
    old = link(path, "search/optics")
    assert f"http://127.0.0.1:8750{old}" in call("feeds", "search/optics").out
    other = link(path, "all")
    answer = call("feeds", "search/optics", "--renew")
    assert answer.code == 0
    new = link(path, "search/optics")
    assert new != old
    assert new in answer.out
    with asking(path, access=SHUT) as ask:
        assert [ask.get(at).status_code for at in (old, new, other)] == [404, 200, 200]
    assert "it can be all, search/optics, source/kelp" in call("feeds", "x").err
    assert call("feeds", "--renew").code == 2


def test_pages_lead_to_the_feeds_of_what_they_show_and_files_do_not(path, tmp_path):
    with asking(path) as ask:
        for page, scope in (
            ("/", "all"),
            ("/source/kelp", "source/kelp"),
            ("/search/optics", "search/optics"),
        ):
            text = ask.get(page).text
            for suffix, kind in FORMS.items():
                at = link(path, scope, suffix)
                assert ask.get(at).status_code == 200
                media = kind.partition(";")[0]
                assert re.search(
                    rf'<link rel="alternate" type="{re.escape(media)}" title="[^"]+" href="{at}">',
                    text,
                ), (page, suffix)
                assert f'<a href="{at}" type="{media}">' in text
    with Lookup.open(path) as lookup:
        export(site(), lookup, tmp_path / "out")
    assert not any("/f/" in file.read_text() for file in (tmp_path / "out").rglob("*.html"))


def test_what_is_drawn_is_kept_until_something_happens(ask, path, monkeypatch):
    drawn = []
    from monitor.web import feeding  # noqa: PLC0415 - what it draws with is watched

    inner = feeding.drawn
    monkeypatch.setattr(feeding, "drawn", lambda *asked: drawn.append(asked[2].id) or inner(*asked))
    for _ in range(3):
        ask.get(link(path, "all"))
        ask.get(link(path, "source/kelp"))
    assert drawn == ["all", "source/kelp"]
    record(path, crawl(22, posting("n", "Optics Buyer"), *crawls()[-1].postings))
    ask.get(link(path, "all"))
    assert drawn == ["all", "source/kelp", "all"]
