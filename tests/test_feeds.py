"""Feeds of a search: parsers take them without complaint, whatever the postings say."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from xml.etree import ElementTree as ET

import feedparser
import mail_samples as samples
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import feeds, render
from monitor.digest import CrawlNote, compose

HOST = "lists.example"
LINK = "https://lists.example/feeds/ml-intern-phd.atom"
ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = [
    "]]><entry/><![CDATA[",
    "<script>alert(1)</script>",
    "&amp;&lt;&#x0;",
    "nul\x00 bell\x07 ffff\uffff fffe\ufffe",
    "a\r\nb",
    "{{ 7 * 7 }}",
    "\ud800 lone",
    "\u202etxt.exe",
]


def part(*events, **fields):
    """Make what a digest of the events adds to a feed."""
    made = compose(samples.SEARCH, samples.pending(*events, **fields), now=samples.UNTIL)
    return feeds.entries(made, HOST, partial(render.entry, made), home="https://lists.example/")


def whole():
    made = compose(samples.SEARCH, samples.mixed(), now=samples.UNTIL)
    return made, feeds.entries(made, HOST, partial(render.entry, made))


def parsed(drawn):
    found = feedparser.parse(drawn)
    assert not found.bozo, found.bozo_exception
    return found


def texts(drawn):
    """Give every text and attribute of the document."""
    for one in ET.fromstring(drawn).iter():
        yield from (one.text or "", *one.attrib.values())


def test_every_card_of_a_digest_is_one_entry():
    digest, made = whole()
    found = parsed(feeds.atom([made], keep=500))
    cards = [one for one in found.entries if one.tags[0].term != "trouble"]
    assert len(cards) == digest.total == 36
    assert len({one.id for one in found.entries}) == len(found.entries)
    assert found.feed.title == digest.name


def test_an_entry_says_what_the_card_says_as_text_and_as_html():
    (entry,) = parsed(feeds.atom([part(samples.pay_change())], keep=5)).entries
    assert entry.title == "Changed: Machine Learning Intern, Imaging (PhD) · Acme Imaging"
    assert entry.link == "https://jobs.acme.example/openings/1?ref=board&lang=en"
    assert entry.updated == "2026-11-21T07:00:00Z"
    text, (html,) = entry.summary, entry.content
    for words in ("$10,000–$11,000 a month", "$12,100 a month", "Relocation support is offered."):
        assert words in text
        assert words in html.value
    assert html.type == "text/html"
    assert "<td" in html.value
    assert "lowered" not in text


def test_a_feed_has_all_that_the_standard_requires():
    root = ET.fromstring(feeds.atom([part(samples.pay_change())], keep=5, link=LINK))
    assert root.tag == f"{ATOM}feed"
    for holder in (root, *root.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(holder.findall(f"{ATOM}{name}")) == 1, name
    assert [one.text for one in root.iter(f"{ATOM}name")] == ["Rolecall"]
    assert root.findtext(f"{ATOM}id") == "tag:lists.example,2026:ml-intern-phd"
    assert root.findtext(f"{ATOM}updated") == "2026-11-22T06:00:00Z"
    links = {one.get("rel"): one.get("href") for one in root.findall(f"{ATOM}link")}
    assert links == {"self": LINK, "alternate": "https://lists.example/"}


def test_the_same_digest_draws_the_same_bytes():
    assert whole()[1] == whole()[1]
    for draw in (feeds.atom, feeds.json_feed):
        assert draw([whole()[1]], keep=50) == draw([whole()[1]], keep=50)


def openings(day, count):
    found = [
        samples.event("opened", samples.posting(100 * day + n), 24 * day) for n in range(count)
    ]
    return part(*found, until=samples.UNTIL + timedelta(days=day))


def test_the_newest_entries_are_kept_and_a_digest_is_never_cut():
    days = [openings(day, 4) for day in (3, 2, 1)]
    found = parsed(feeds.atom(days, keep=6))
    assert len(found.entries) == 6
    assert [one.updated[:10] for one in found.entries] == 4 * ["2026-11-24"] + 2 * ["2026-11-23"]
    assert found.feed.updated == "2026-11-25T06:00:00Z"
    assert len(parsed(feeds.atom(days, keep=1)).entries) == 4


def test_an_entry_that_is_decided_twice_stands_once():
    again = [openings(2, 2), openings(2, 3), openings(1, 1)]
    found = [one.id for one in parsed(feeds.atom(again, keep=99)).entries]
    assert len(found) == len(set(found)) == 4


def test_a_digest_that_says_nothing_adds_nothing():
    assert part() is None


def test_what_could_not_be_checked_is_an_entry():
    broken = CrawlNote("acme", "Acme <b>", samples.UNTIL, "failed", ("its page answers 503",))
    made = part(
        samples.event("source_broken", samples.posting(), posting_id=None, posting=None),
        crawls=(broken,),
    )
    (entry,) = parsed(feeds.atom([made], keep=5)).entries
    assert entry.title == "What could not be checked"
    assert "503" in entry.summary
    assert "Acme &lt;b&gt;" in entry.content[0].value


def test_a_bundle_says_its_line_in_each_of_its_entries():
    _, made = whole()
    found = parsed(feeds.atom([made], keep=500)).entries
    same = [one for one in found if "The same edit on 11 postings at Acme" in one.summary]
    assert len(same) == 11
    assert all("The same edit" in one.content[0].value for one in same)


def test_a_json_feed_holds_the_same_entries():
    _, made = whole()
    atom, feed = feeds.atom([made], keep=500), json.loads(feeds.json_feed([made], keep=500))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [one["id"] for one in feed["items"]] == [one.id for one in parsed(atom).entries]
    first = feed["items"][0]
    assert first["content_text"]
    assert first["date_published"] == "2026-11-21T07:00:00Z"
    assert first["_rolecall"]["rows"][0]["label"] == "Pay"
    assert "feed_url" not in feed


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_posting_is_text_in_every_feed(text):
    item = samples.posting(1, title=text, organization=text, url=f"javascript:{text}", body=text)
    other = replace(item, id=text, employment_types=(text,), department=text)
    made = part(samples.event("opened", item), samples.event("opened", other))
    drawn = feeds.atom([made], keep=5, link=LINK)
    entries = parsed(drawn).entries
    assert len(entries) == 2
    assert len(ET.fromstring(drawn).findall(f"{ATOM}entry")) == 2
    assert not any(one.get("link", "").startswith("javascript") for one in entries)
    items = json.loads(feeds.json_feed([made], keep=5))["items"]
    for html in [one.content[0].value for one in entries] + [one["content_html"] for one in items]:
        assert "<script" not in html
        assert "49" not in html


@given(text=st.text(max_size=60), number=st.integers(1, 3))
def test_no_text_breaks_a_feed(text, number):
    found = [
        samples.event("opened", samples.posting(n, title=text, organization=text, id=f"{n}{text}"))
        for n in range(number)
    ]
    made = part(*found)
    drawn = feeds.atom([made], keep=9, link=LINK)
    assert len(ET.fromstring(drawn).findall(f"{ATOM}entry")) == number
    assert not any("\r" in one for one in texts(drawn))
    assert len(json.loads(feeds.json_feed([made], keep=9))["items"]) == number


def test_who_vouches_for_ids_is_the_page_or_the_sender():
    assert feeds.authority(samples.SENDER, None) == "lists.example"
    assert feeds.authority(samples.SENDER, "https://roles.example:8443/x") == "roles.example"
    assert feeds.instant(datetime(2026, 11, 24, 7, tzinfo=UTC)) == "2026-11-24T07:00:00Z"
