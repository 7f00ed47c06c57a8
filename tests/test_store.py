from __future__ import annotations

import itertools
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import judging
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import DAY, HARBOR, START, crawl, judge, posting

from crawler.items import (
    Asked,
    Counts,
    Link,
    Page,
    Place,
    Posting,
    Salary,
    Snippet,
    Source,
    plain,
    posting_from,
)
from crawler.memory import Recollection, Row
from monitor import compare, ledger, rows
from monitor.events import Event, Judgement, Known, Late, Standing, altered, merely_seen
from monitor.search import Search
from monitor.store import AlreadyDecided, Letter, Store, StoreError

READER = Search("mine", "My search", to=("ann@reader.example",))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "rolecall.db"


@pytest.fixture
def store(path):
    with Store.open(path) as opened:
        yield opened


def told(*events, known=None):
    """Give a judge that says exactly this."""

    def say(_crawl, standing):
        return Judgement(replace(standing, known=known or {}), events)

    return say


def letter(recipient="ann@reader.example", message="<1@rolecall.example>"):
    return Letter(recipient, message, "3 new – Łódź", b"Subject: 3 new\r\n\r\n\xff", "text", "<p>")


def decided(store, period, day, *letters, search=READER):
    now = START + day * DAY
    pending = store.pending(search, now)
    store.decide(search, period, pending, letters, {"opened": 1}, now)
    return pending


def rows_of(path, statement):
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(statement).fetchall()


def test_what_was_recorded_is_known_again_in_another_process(path):
    first, second = posting("a"), posting("b", salary=None, places=())
    with Store.open(path) as store:
        store.record(crawl(0, first, second), judge)
    with Store.open(path) as store:
        standing = store.standing("harbor")
    assert {name: known.posting for name, known in standing.known.items()} == {
        "a": first,
        "b": second,
    }
    assert standing.baseline_at == START
    assert standing.counts == (2,)
    assert standing.known["a"].source == "harbor"


def test_every_value_of_the_standing_comes_back(store):
    known = Known(
        posting("a"),
        "closed",
        START - DAY,
        START,
        extractor=3,
        page_hash="f0",
        missing_since=START,
        flips=2,
        flapping=True,
        closed_at=START + DAY,
        closed_by="410 of its own page",
        authority=True,
        source="harbor",
    )
    after = Standing(
        "harbor",
        baseline_at=START - DAY,
        counts=(9, 10, 11),
        suspect_since=START,
        suspect_count=2,
        suspect_ids=frozenset({"b", "ü"}),
        failures=4,
        broken=True,
        kills=3,
        quarantined_at=START,
        known={"a": known},
    )
    store.record(crawl(0), lambda *_: Judgement(after))
    assert store.standing("harbor") == after


def test_a_visit_is_recorded_once(store):
    assert store.record(crawl(0, posting("a")), judge) is not None
    before = store.standing("harbor")
    called = []
    assert store.record(crawl(0, posting("b")), lambda *_: called.append(1)) is None
    assert store.standing("harbor") == before
    assert called == []


def test_the_same_instant_in_another_zone_is_the_same_visit(store):
    store.record(crawl(0, posting("a")), judge)
    elsewhere = START.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert store.record(replace(crawl(0), started=elsewhere), judge) is None


def test_an_instant_without_a_zone_is_refused(store):
    with pytest.raises(ValueError, match="no time zone"):
        store.record(replace(crawl(0), started=datetime(2026, 1, 1)), judge)  # noqa: DTZ001 - the point
    assert list(store.crawls()) == []


def test_a_judge_that_fails_leaves_nothing(store):
    def stumble(_crawl, _standing):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.record(crawl(0, posting("a")), stumble)
    assert store.status() == []
    assert store.record(crawl(0, posting("a")), judge) is not None


def test_events_come_back_with_their_ids_and_both_sides(store):
    store.record(crawl(0, posting("a")), judge)
    judgement = store.record(crawl(1, posting("a", title="Dock Master"), posting("b")), judge)
    assert [event.id for event in judgement.events] == [1, 2]
    assert tuple(store.events()) == judgement.events
    changed = next(event for event in judgement.events if event.kind == "changed")
    assert changed.before == posting("a")
    assert changed.posting.title == "Dock Master"


def test_events_can_be_read_from_an_id_on_and_of_one_source(store):
    other = Source("pier", "lever", board="pier")
    for source in (HARBOR, other):
        store.record(crawl(0, source=source), judge)
        store.record(crawl(1, posting("a"), posting("b"), source=source), judge)
    assert {event.source for event in store.events()} == {"harbor", "pier"}
    assert [event.id for event in store.events(since=3)][:1] == [4]
    assert [event.id for event in store.events(source="pier")][:2] == [3, 4]


def test_a_posting_that_did_not_change_makes_no_revision(store):
    for day in range(3):
        store.record(crawl(day, posting("a")), judge)
    store.record(crawl(3, posting("a", title="Dock Master")), judge)
    store.record(crawl(4, posting("a")), judge)
    entries = store.timeline("harbor", "a")
    assert [entry["posting"].title for entry in entries if "posting" in entry] == [
        posting("a").title,
        "Dock Master",
        posting("a").title,
    ]
    assert [entry["event"] for entry in entries if "event" in entry] == ["changed", "changed"]
    assert [entry["at"] for entry in entries] == sorted(entry["at"] for entry in entries)
    assert plain(entries)[0]["posting"]["id"] == "a"


def test_what_a_judgement_does_not_name_stays_as_it_was(store):
    store.record(crawl(0, posting("a"), posting("b")), judge)
    before = store.standing("harbor").known["b"]
    store.record(crawl(1, posting("a"), kept=frozenset("b")), judge)
    after = store.standing("harbor").known
    assert after["b"] == before
    assert after["a"].last_seen == START + DAY


def test_a_renamed_source_keeps_its_history(store):
    store.record(crawl(0, posting("a")), judge)
    store.record(crawl(1, posting("a"), posting("b")), judge)
    decided(store, "2026-03-04", 2)
    renamed = replace(HARBOR, id="Harborline (Łódź)")
    judgement = store.record(crawl(3, posting("a"), posting("b"), source=renamed), judge)
    assert judgement.events == ()
    assert not judgement.baseline
    assert store.standing("harbor") == Standing("harbor")
    assert [event.source for event in store.events()] == ["Harborline (Łódź)"]
    assert [row["source"] for row in store.status()] == ["Harborline (Łódź)"]
    assert store.find("Harborline (Łódź)/a")


def test_the_visit_of_a_renamed_source_is_still_recorded_once(store):
    store.record(crawl(0, posting("a")), judge)
    renamed = replace(HARBOR, id="other")
    assert store.record(crawl(0, posting("a"), source=renamed), judge) is None
    assert [row["source"] for row in store.status()] == ["harbor"]


def test_another_board_under_an_old_name_closes_nothing(store):
    store.record(crawl(0, posting("a"), posting("b")), judge)
    moved = replace(HARBOR, kind="lever", board="harborline-gmbh")
    judgement = store.record(crawl(1, posting("x"), source=moved), judge)
    assert judgement.baseline
    assert judgement.events == ()
    assert len(store.status()) == 1
    assert [known.source for known in store.find("a")] == [
        "harbor until 2026-03-03T06:30:00.000000+00:00"
    ]
    assert [known.posting.id for known in store.pending(READER, START + 2 * DAY).known] == ["x"]
    back = store.record(crawl(2, posting("a"), posting("b"), source=HARBOR), judge)
    assert not back.baseline
    assert back.events == ()


def test_one_board_watched_with_other_options_is_another_source(store):
    store.record(crawl(0, posting("a")), judge)
    narrow = replace(HARBOR, id="harbor sales", options={"department": "Sales"})
    assert store.record(crawl(0, posting("b"), source=narrow), judge).baseline
    assert set(store.standing("harbor").known) == {"a"}


def test_a_corrected_address_keeps_the_history_of_its_name(store):
    site = Source("site", "careers_page", url="http://harborline.example/jobs")
    store.record(crawl(0, posting("a"), source=site), judge)
    secure = replace(site, url="https://harborline.example/jobs/")
    assert not store.record(crawl(1, posting("a"), source=secure), judge).baseline


def page(url="https://harborline.example/jobs", **fields):
    link = Link(f"{url}/1", "parse_detail", posting="a", row="r1", kwargs={"n": [1, None]})
    values = {
        "etag": '"x"',
        "last_modified": "Mon, 02 Mar 2026 06:30:00 GMT",
        "extractor": 2,
        "postings": ("a",),
        "links": (link,),
        "total": 31,
        "shortfall": "page 3 of 4 failed",
    }
    return Page(url, START, "h1", **{**values, **fields})


def test_the_crawler_is_told_pages_and_rows_again(store):
    visit = crawl(0, posting("a"), posting("b"), pages=(page(),), rows={"a": "r1", "unread": "r9"})
    store.record(visit, judge)
    assert store.recall("harbor") == Recollection({page().url: page()}, {"a": Row("r1", START)})
    assert store.recall("unknown") == Recollection()


def test_a_page_read_again_replaces_what_was_known_of_it(store):
    store.record(crawl(0, posting("a"), pages=(page(),), rows={"a": "r1"}), judge)
    bare = Page(page().url, START + DAY, "h2")
    store.record(crawl(1, posting("a"), pages=(bare,), rows={"a": "r2"}), judge)
    assert store.recall("harbor") == Recollection({bare.url: bare}, {"a": Row("r2", START + DAY)})


def test_a_row_seen_without_reading_its_posting_is_not_taken_as_read(store):
    store.record(crawl(0, posting("a"), rows={"a": "r1"}), judge)
    store.record(crawl(1, kept=frozenset("a"), rows={"a": "r2"}), judge)
    assert store.recall("harbor").rows == {"a": Row("r1", START)}


def test_a_failed_crawl_keeps_pages_but_never_hides_a_posting_that_was_not_judged(store):
    store.record(crawl(0, posting("a"), rows={"a": "r1"}), judge)
    listing = page("https://harborline.example/jobs?page=1", postings=())
    visit = crawl(
        1, posting("a", title="New"), outcome="failed", pages=(page(), listing), rows={"a": "r2"}
    )
    store.record(visit, told())
    memory = store.recall("harbor")
    assert memory.pages == {listing.url: listing}
    assert memory.rows == {"a": Row("r1", START)}


def test_numbers_no_column_can_hold_claim_nothing(store):
    visit = crawl(0, posting("a"), total=10**30, pages=(page(total=2**70),))
    store.record(visit, judge)
    assert store.recall("harbor").pages[page().url].total is None


def test_text_that_is_no_text_does_not_stop_a_crawl(store, path):
    odd = posting(
        "a",
        title="Half \ud83d of a smile",
        body="a\0b \ud83d\ude00",
        salary=Salary(float("nan"), float("inf"), raw="\udfff"),
    )
    store.record(crawl(0, odd, reasons=("\ud800",)), judge)
    found = store.standing("harbor").known["a"].posting
    assert found.title == "Half \ufffd of a smile"
    assert found.body == "a\0b \U0001f600"
    assert found.salary == Salary(raw="\ufffd")
    assert [known.posting.id for known in store.search("smile")] == ["a"]
    assert rows_of(path, "SELECT title, salary FROM v_posting") == [(found.title, "\ufffd")]


def test_a_new_search_is_shown_what_is_open_and_told_only_what_follows(store):
    store.record(crawl(0, posting("a"), posting("b")), judge)
    store.record(crawl(1, posting("a"), posting("c")), judge)
    first = decided(store, "p1", 2)
    assert first.since is None
    assert first.events == ()
    assert {known.posting.id for known in first.known} == {"a", "c"}
    assert first.first_seen[("harbor", "a")] == START
    assert [note.at for note in first.crawls] == [START + DAY]
    assert first.organizations == {"harbor": "Harborline Ltd"}
    store.record(crawl(3, posting("a"), posting("c"), posting("d")), judge)
    second = decided(store, "p2", 4)
    assert second.since == first.until
    assert [event.posting_id for event in second.events] == ["d"]
    assert second.known == ()
    assert second.first_seen == {("harbor", "d"): START + 3 * DAY}
    assert [note.at for note in second.crawls] == [START + 3 * DAY]
    assert store.pending(READER, START + 5 * DAY).events == ()


def test_a_held_closing_is_kept_but_never_pending(store):
    store.record(crawl(0, posting("a")), judge)
    decided(store, "p1", 0)
    held = Event(START, "harbor", "closed", "a", held=True, posting=posting("a"))
    store.record(crawl(1), told(held))
    assert [event.held for event in store.events()] == [True]
    pending = store.pending(READER, START + 2 * DAY)
    assert pending.events == ()
    assert pending.told_closed == frozenset()


def test_each_crawl_is_noted_in_one_digest_even_when_it_was_recorded_late(store):
    store.record(crawl(0, posting("a")), judge)
    decided(store, "p1", 5)
    other = Source("pier", "lever", board="pier", organization="Pier")
    store.record(crawl(1, posting("x"), posting("y"), source=other), judge)
    suspicious = Judgement(Standing("harbor"), suspicious="found 1 of 80")
    store.record(crawl(2, outcome="partial", reasons=("page 2 timed out",)), lambda *_: suspicious)
    notes = decided(store, "p2", 6).crawls
    assert [(note.source, note.organization, note.baseline) for note in notes] == [
        ("pier", "Pier", 2),
        ("harbor", "Harborline Ltd", None),
    ]
    assert notes[1].suspicious == "found 1 of 80"
    assert notes[1].reasons == ("page 2 timed out",)
    assert decided(store, "p3", 7).crawls == ()


def test_a_told_closing_is_remembered_until_it_is_taken_back(store):
    store.record(crawl(0, posting("a"), posting("early")), judge)
    store.record(crawl(1, posting("a")), judge)
    decided(store, "p1", 1)
    store.record(crawl(2), judge)
    assert decided(store, "p2", 2).told_closed == frozenset()
    store.record(crawl(3, posting("a")), judge)
    pending = decided(store, "p3", 3)
    assert [event.kind for event in pending.events] == ["reopened"]
    assert pending.told_closed == {("harbor", "a")}
    assert store.pending(READER, START + 4 * DAY).told_closed == frozenset()


def test_every_event_is_in_one_digest_of_each_search(store):
    searches = [READER, Search("hers", "Hers")]
    seen = {search.id: [] for search in searches}
    store.record(crawl(0), judge)
    for day in range(1, 9):
        store.record(crawl(day, *(posting(f"p{n}") for n in range(day % 4))), judge)
        search = searches[day % 3 % 2]
        pending = decided(store, f"p{day}", day, search=search)
        seen[search.id] += [(pending.cursor, pending.head, pending.events)]
    for windows in seen.values():
        assert all(one[1] == two[0] for one, two in itertools.pairwise(windows))
        for cursor, head, events in windows[1:]:
            assert [event.id for event in events] == list(range(cursor + 1, head + 1))


def test_a_period_is_decided_once(store):
    store.record(crawl(0, posting("a")), judge)
    now = START + DAY
    decided(store, "p1", 1, letter())
    later = store.pending(READER, now + DAY)
    with pytest.raises(AlreadyDecided):
        store.decide(READER, "p1", later, [letter(message="<2@x>")], {}, now)
    assert len(store.undelivered()) == 1
    assert store.last_period("mine") == ("p1", now)
    assert store.pending(READER, now + DAY).since == now
    assert store.last_period("other") is None


def test_a_digest_composed_before_another_was_decided_is_refused(store):
    store.record(crawl(0, posting("a")), judge)
    stale = store.pending(READER, START)
    decided(store, "p1", 1)
    stale_too = store.pending(READER, START + 2 * DAY)
    decided(store, "p2", 3)
    for old in (stale, stale_too):
        with pytest.raises(AlreadyDecided):
            store.decide(READER, "p3", old, [letter()], {}, START)
    assert store.undelivered() == []
    assert store.last_period("mine")[0] == "p2"


def test_a_letter_that_exists_stops_the_whole_decision(store):
    decided(store, "p1", 0, letter())
    pending = store.pending(READER, START + DAY)
    with pytest.raises(AlreadyDecided):
        store.decide(READER, "p2", pending, [letter()], {}, START)
    assert store.last_period("mine")[0] == "p1"
    assert store.pending(READER, START + DAY).since == START


def test_a_delivery_is_taken_sent_and_never_taken_again(store):
    decided(store, "p1", 0, letter())
    delivery = store.claim(START, lease=60)
    assert delivery.letter == letter()
    assert (delivery.search, delivery.state, delivery.attempts) == ("mine", "sending", 1)
    assert store.claim(START, lease=60) is None
    store.settle(delivery, now=START, sent=True, reply="250 ok", retry_at=None)
    assert store.undelivered() == []
    assert store.claim(START + 99 * DAY, lease=60) is None


def test_a_failed_delivery_waits_for_its_time_and_may_die(store):
    decided(store, "p1", 0, letter())
    retry = START + timedelta(minutes=5)
    delivery = store.claim(START, lease=60)
    store.settle(delivery, now=START, sent=False, reply="451 later", retry_at=retry)
    assert store.claim(retry - timedelta(seconds=1), lease=60) is None
    again = store.claim(retry, lease=60)
    assert (again.attempts, again.last_reply) == (2, "451 later")
    store.settle(again, now=retry, sent=False, reply="550 no such user", retry_at=None)
    assert store.claim(retry + 99 * DAY, lease=60) is None
    assert [(dead.state, dead.last_reply) for dead in store.undelivered()] == [
        ("dead", "550 no such user")
    ]


def test_a_delivery_whose_sender_died_is_taken_back_byte_for_byte(store):
    decided(store, "p1", 0, letter())
    lost = store.claim(START, lease=60)
    assert store.claim(START + timedelta(seconds=59), lease=60) is None
    again = store.claim(START + timedelta(seconds=60), lease=60)
    assert again.letter == lost.letter
    assert again.attempts == 2
    assert "uncertain" in again.last_reply


def test_a_sender_that_lost_its_lease_is_believed_only_when_it_sent(store):
    decided(store, "p1", 0, letter())
    slow = store.claim(START, lease=1)
    fresh = store.claim(START + DAY, lease=60)
    store.settle(slow, now=START + DAY, sent=False, reply="timeout", retry_at=None)
    assert [each.state for each in store.undelivered()] == ["sending"]
    store.settle(slow, now=START + DAY, sent=True, reply="250 ok", retry_at=None)
    store.settle(fresh, now=START + DAY, sent=False, reply="reset", retry_at=START)
    assert store.undelivered() == []


def test_a_letter_put_off_under_a_clock_that_was_ahead_is_due_when_it_is_right(store):
    decided(store, "p1", 0, letter())
    ahead, later = START + 900 * DAY, START + 900 * DAY + DAY / 4
    delivery = store.claim(ahead, lease=60)
    store.settle(delivery, now=ahead, sent=False, reply="451", retry_at=later)
    assert store.claim(ahead, lease=60) is None
    assert store.claim(START, lease=60).attempts == 2
    assert store.claim(START, lease=60) is None
    assert store.claim(START - 9 * DAY, lease=60).attempts == 3


def test_due_sources_are_those_never_visited_and_then_the_longest_waiting(store):
    for day, name in ((0, "old"), (2, "fresh"), (1, "older")):
        store.record(crawl(day, source=Source(name, "lever", board=name)), judge)
    hourly = dict.fromkeys(("fresh", "older", "old", "new"), 36 * 3600.0)
    assert store.due_sources(hourly, START + 2.5 * DAY) == ["new", "old", "older"]
    assert store.due_sources({"fresh": 3600.0}, START + 2 * DAY + timedelta(hours=1)) == ["fresh"]


def test_a_source_in_quarantine_is_due_again_after_a_week(store):
    for day, name in ((0, "harmful"), (0, "fine")):
        made = crawl(day, source=Source(name, "lever", board=name))
        alone = Standing(name, quarantined_at=START if name == "harmful" else None)
        store.record(made, lambda *_, alone=alone: Judgement(alone))
    daily = {"harmful": 86400.0, "fine": 86400.0}
    assert store.due_sources(daily, START + 2 * DAY) == ["fine"]
    assert sorted(store.due_sources(daily, START + 7 * DAY)) == ["fine", "harmful"]


def test_a_visit_that_is_yet_to_come_keeps_no_source_waiting(store):
    store.record(crawl(400), judge)
    assert store.due_sources({"harbor": 86400.0}, START) == ["harbor"]
    store.record(crawl(0), judge)
    assert store.due_sources({"harbor": 86400.0}, START + DAY / 2) == []


def test_a_posting_is_found_by_place_id_or_link(store):
    store.record(crawl(0, posting("a/1"), posting("b")), judge)
    for words in ("harbor/a/1", "a/1", "https://jobs.harborline.example/a/1"):
        assert [known.posting.id for known in store.find(words)] == ["a/1"]
    assert store.find("nothing' OR 1=1 --") == []
    assert store.find("\ud800") == []


def test_search_follows_every_change(store):
    store.record(crawl(0, posting("a", title="C++ Engineer"), posting("b", title="Cook")), judge)
    assert [known.posting.id for known in store.search("engineers c++")] == ["a"]
    store.record(crawl(1, posting("a", title="Baker", body=""), posting("b", title="Cook")), judge)
    assert store.search("c++") == []
    assert [known.posting.id for known in store.search("BAKER łodz")] == ["a"]
    store.record(crawl(2, posting("b", title="Cook")), judge)
    assert store.search("baker") == []
    assert [known.state for known in store.search("baker", closed=True)] == ["closed"]


def test_search_puts_a_title_before_a_body(store):
    store.record(
        crawl(0, posting("a", title="Cook", body="with a welder"), posting("b", title="Welder")),
        judge,
    )
    assert [known.posting.id for known in store.search("welder")] == ["b", "a"]
    assert len(store.search("welder", limit=1)) == 1


@pytest.mark.parametrize(
    "words",
    [
        '"',
        '""',
        "*",
        "NEAR(",
        "-",
        "^",
        "a AND",
        "NOT",
        "title:",
        "{a b}: c",
        "😀",
        "\0",
        "",
        " ",
        "\ud800",
        "'",
        "knots -",
        'say "knots',
    ],
)
def test_no_words_are_a_syntax_error(store, words):
    store.record(crawl(0, posting("a")), judge)
    found = store.search(words)
    assert [known.posting.id for known in found] == (["a"] if words == "knots -" else [])


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    with Store.open(tmp_path_factory.mktemp("filled") / "rolecall.db") as store:
        store.record(crawl(0, posting("a"), posting("b")), judge)
        yield store


@given(words=st.text(max_size=30))
@settings(max_examples=60, deadline=None)
def test_search_takes_any_text(filled, words):
    assert isinstance(filled.search(words), list)


def test_status_says_how_each_source_is(store):
    for day, count in ((0, 3), (1, 5), (2, 4)):
        store.record(crawl(day, *(posting(f"p{n}") for n in range(count))), judge)
    store.record(crawl(3, outcome="failed", reasons=("HTTP 500",)), judge)
    (row,) = store.status()
    assert row["source"] == "harbor"
    assert (row["outcome"], row["reasons"]) == ("failed", ("HTTP 500",))
    assert (row["open"], row["usual"], row["failures"]) == (4, 3.5, 1)
    assert row["last_visit"] == START + 3 * DAY
    assert row["baseline_at"] == START


def test_the_views_are_there_for_other_programs(store, path):
    store.record(crawl(0, posting("a")), judge)
    store.record(crawl(1, posting("a", title="Dock Master"), counts=Counts(3, 2, 1)), judge)
    assert rows_of(
        path,
        "SELECT title, organization, places, salary, salary_max, currency_is, state FROM"
        " (SELECT *, salary_currency AS currency_is FROM v_posting)",
    ) == [("Dock Master", "Harborline Ltd", "Łódź, PL", "10\u201312,50 €/h", 12.5, "EUR", "open")]
    assert rows_of(path, "SELECT event, fields, crawl_outcome FROM v_event") == [
        ("changed", "title", "complete")
    ]
    assert rows_of(path, "SELECT found, baseline, not_modified FROM v_crawl ORDER BY id") == [
        (1, 1, 0),
        (1, None, 1),
    ]
    assert rows_of(path, "SELECT source, open, last_visit FROM v_source") == [
        ("harbor", 1, "2026-03-03T06:30:00.000000+00:00")
    ]


def test_snippets_open_nothing(store):
    visit = crawl(0, posting("a"), snippets=(Snippet("Similar role"),))
    store.record(visit, judge)
    assert set(store.standing("harbor").known) == {"a"}


def test_a_reader_of_the_file_cannot_write_it(path):
    with Store.open(path) as store:
        store.record(crawl(0, posting("a")), judge)
    with Store.open(path, readonly=True) as store:
        assert set(store.standing("harbor").known) == {"a"}
        with pytest.raises(StoreError, match="readonly"):
            store.record(crawl(1), judge)


def test_a_full_disk_is_said_in_words_and_leaves_the_store_whole(store):
    store.record(crawl(0, posting("a")), judge)
    before = store.standing("harbor")
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    many = [posting(f"p{n}", body="x" * 3000) for n in range(99)]
    with pytest.raises(StoreError, match="full"):
        store.record(crawl(1, *many), judge)
    assert store.standing("harbor") == before
    store._connection.execute("PRAGMA max_page_count = 1000000")
    assert store.record(crawl(1, *many), judge) is not None


def race(path, act, runners=4):
    """Let several connections act at once; give what each got, or its error."""
    barrier, results = threading.Barrier(runners), []

    def run():
        with Store.open(path) as store:
            barrier.wait()
            try:
                results.append(act(store))
            except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
                results.append(error)

    threads = [threading.Thread(target=run) for _ in range(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_connections_that_race_to_record_a_visit_one_wins(path):
    results = race(path, lambda store: store.record(crawl(0, posting("a")), judge))
    assert sorted(type(result).__name__ for result in results) == ["Judgement"] + 3 * ["NoneType"]


def test_of_connections_that_race_to_decide_one_wins(path):
    def decide(store):
        decided(store, "p1", 1, letter())

    results = race(path, decide)
    assert sorted(type(result).__name__ for result in results) == 3 * ["AlreadyDecided"] + [
        "NoneType"
    ]
    with Store.open(path) as store:
        assert len(store.undelivered()) == 1


def test_what_was_decided_for_a_channel_is_told_newest_first(store):
    search = Search("tides", "Tides")
    for day, words in enumerate((b"one", b"two", b"three")):
        now = START + day * DAY
        ours = Letter("desk", f"<{day}@x.example>", "s", words, "t", "", channel="atom")
        other = Letter("r@x.example", f"<m{day}@x.example>", "s", b"mail", "t", "")
        store.decide(search, f"d{day}", store.pending(search, now), [ours, other], {}, now)
    assert store.told(search.id, "atom", "desk") == [b"three", b"two", b"one"]
    assert store.told(search.id, "atom", "desk", most=2) == [b"three", b"two"]
    assert store.told(search.id, "calendar", "desk") == []
    assert store.told("another", "atom", "desk") == []


def test_of_connections_that_race_to_claim_each_letter_goes_to_one(path):
    letters = [letter(f"{n}@reader.example", f"<{n}@x>") for n in range(6)]
    with Store.open(path) as store:
        decided(store, "p1", 0, *letters)
    results = race(path, lambda store: [store.claim(START, lease=60) for _ in range(3)], runners=3)
    taken = [each.letter.recipient for result in results for each in result if each]
    assert sorted(taken) == sorted(each.recipient for each in letters)


def test_one_connection_reads_while_another_writes(path):
    with Store.open(path) as writer, Store.open(path) as reader:
        writer.record(crawl(0, posting("a")), judge)

        def look(visit, standing):
            assert set(reader.standing("harbor").known) == {"a"}
            return judge(visit, standing)

        writer.record(crawl(1, posting("a"), posting("b")), look)
        assert set(reader.standing("harbor").known) == {"a", "b"}


words = st.text(st.characters(codec="utf-8"), max_size=20)
maybe = st.none() | words
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 10**6)
salaries = st.builds(
    Salary,
    numbers,
    numbers,
    maybe,
    st.sampled_from(("hour", "year", None)),
    words,
    st.sampled_from(("structured", "text")),
    st.integers(0, 99),
    st.integers(0, 99),
)
postings = st.builds(
    Posting,
    id=words,
    title=words,
    organization=maybe,
    places=st.lists(st.builds(Place, words, maybe, maybe, maybe), max_size=3).map(tuple),
    remote=st.sampled_from(("remote", "hybrid", None)),
    employment_types=st.lists(words, max_size=2).map(tuple),
    salary=st.none() | salaries,
    valid_through=maybe,
    requirements=st.lists(words, max_size=2).map(tuple),
    body=words,
    url=maybe,
)


@given(postings)
@settings(max_examples=25)
def test_a_posting_survives_its_snapshot_and_the_plain_form(value):
    hash_, text = rows.snapshot(value)
    assert rows.posting(text) == value
    assert posting_from(plain(value)) == value
    assert rows.snapshot(rows.posting(text)) == (hash_, text)


@given(postings, postings)
@settings(max_examples=50)
def test_snapshots_have_one_name_exactly_when_they_are_equal(one, two):
    assert (rows.snapshot(one)[0] == rows.snapshot(two)[0]) == (one == two)


def test_a_field_that_says_nothing_is_not_in_the_snapshot():
    bare = Posting("a", "Cook", places=(Place(""),))
    assert rows.snapshot(bare)[1] == '{"id":"a","places":[{"name":""}],"title":"Cook"}'


@given(
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)),  # noqa: DTZ001 - gets a zone below
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)),  # noqa: DTZ001 - same
    st.integers(-14 * 60, 14 * 60),
)
def test_instants_as_text_stand_in_their_order_in_time(one, two, minutes):
    one = one.replace(tzinfo=UTC)
    two = two.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    first, second = rows.text_of_instant(one), rows.text_of_instant(two)
    assert (first < second) == (one < two)
    assert rows.instant(second) == two
    assert len(first) == 32


@pytest.mark.slow
def test_a_killed_writer_leaves_every_crawl_whole_or_absent(path):
    chance = random.Random(5)
    program = str(Path(judging.__file__))
    root = str(Path(judging.__file__).parents[1])
    for _ in range(10):
        child = subprocess.Popen(
            [sys.executable, program, str(path)],
            env={**os.environ, "PYTHONPATH": root},
        )
        known = visits_in(path)
        while visits_in(path) == known and child.poll() is None:
            time.sleep(0.01)  # what it takes to start is the machine's affair
        time.sleep(chance.uniform(0, 0.3))
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
        with Store.open(path) as store:
            digest = f"p{len(list(store.crawls()))}"
            if store.last_period("mine") is None or store.last_period("mine")[0] != digest:
                now = datetime.now(UTC)
                store.decide(READER, digest, store.pending(READER, now), [], {}, now)
    assert rows_of(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows_of(path, "PRAGMA foreign_key_check") == []
    check_whole_crawls(path)
    check_windows(path)


def visits_in(path):
    try:
        return rows_of(path, "SELECT count(*) FROM crawls")
    except sqlite3.OperationalError:
        return []


def check_whole_crawls(path):
    """Each visit opens one, closes one and changes forty, and made that many revisions."""
    days = rows_of(
        path,
        "SELECT c.id, (SELECT count(*) FROM events e WHERE e.crawl = c.id),"
        " (SELECT count(*) FROM revisions r WHERE r.crawl = c.id) FROM crawls c ORDER BY c.id",
    )
    assert len(days) > 2
    assert [count for _, *count in days] == [[0, 41]] + [[42, 41]] * (len(days) - 1)
    indexed = "SELECT count(*) FROM posting_index WHERE posting_index MATCH ?"
    with closing(sqlite3.connect(path)) as connection:
        newest = f'"{len(days) - 1}"'
        assert connection.execute(indexed, (f"title : {newest}",)).fetchone() == (41,)
        connection.execute("INSERT INTO posting_index (posting_index) VALUES ('integrity-check')")


def check_windows(path):
    windows = rows_of(path, "SELECT after_event, last_event FROM digests ORDER BY id")
    assert all(one[1] == two[0] for one, two in itertools.pairwise(windows))


def test_the_requests_of_the_newest_visits_are_kept(tmp_path):
    path = tmp_path / "rolecall.db"
    asked = Asked("GET", "https://harbor.example/\udcff", 304, 0, 0.25, "not modified")
    with Store.open(path) as store:
        for day in range(ledger.KEPT_LEDGERS + 3):
            store.record(crawl(day, requests=(replace(asked, bytes=day), asked)), judge)
        last = ledger.KEPT_LEDGERS + 2
        stored = replace(asked, url="https://harbor.example/\N{REPLACEMENT CHARACTER}")
        assert store.requests("harbor") == [replace(stored, bytes=last), stored]
        assert store.requests("nobody") == []
    days = rows_of(path, "SELECT DISTINCT crawl_started FROM v_request")
    assert len(days) == ledger.KEPT_LEDGERS


def test_a_visit_that_confirms_everything_reads_no_posting_and_moves_its_clock(store, monkeypatch):
    store.record(crawl(0, posting("7"), posting("8")), compare.judge)
    read = []
    original = rows.posting
    monkeypatch.setattr(rows, "posting", lambda text: read.append(text) or original(text))
    kept = frozenset({"7", "8"})
    judgement = store.record(crawl(1, kept=kept, outcome="unchanged"), compare.judge)
    assert (judgement.events, read) == ((), [])
    known = store.standing(HARBOR.id).known
    assert {each.last_seen for each in known.values()} == {START + DAY}
    assert {each.first_seen for each in known.values()} == {START}
    assert len(read) == 2
    assert known["7"].posting == posting("7")


def test_a_visit_that_changes_one_posting_reads_that_one(store, monkeypatch):
    store.record(crawl(0, posting("7"), posting("8")), compare.judge)
    read = []
    original = rows.posting
    monkeypatch.setattr(rows, "posting", lambda text: read.append(text) or original(text))
    moved = posting("8", title="Harbour pilot")
    judgement = store.record(crawl(1, moved, kept=frozenset({"7"})), compare.judge)
    assert [event.before.title for event in judgement.events] == [posting("8").title]
    assert len(read) == 1


def test_what_is_altered_keeps_an_unread_posting_unread():
    read = []
    late = Late("7", None, lambda: read.append("7") or posting("7"))
    known = Known(late, "open", first_seen=START, last_seen=START)
    later = altered(known, last_seen=START + DAY)
    assert (later.last_seen, later.key, read) == (START + DAY, ("", "7"), [])
    assert merely_seen(known, later)
    assert not merely_seen(known, altered(later, state="closed"))
    assert later.posting is known.posting
    assert read == ["7"]
    assert replace(known, last_seen=START + DAY) == later
