"""Weekly and monthly summaries: what is counted, against what, when, and how it is said."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import mail_samples as samples
import pytest
from calling import call
from hypothesis import given
from hypothesis import strategies as st
from mail_lint import lint
from web_samples import KELP, client, pay, posting

from crawler.items import Asked, Counts, Crawl
from monitor import schedule
from monitor.commands import letters, summaries
from monitor.commands.voice import Voice
from monitor.commands.work import Work
from monitor.compare import judge
from monitor.config import loads
from monitor.render import summarised
from monitor.store import AlreadyDecided, Store
from monitor.summary import Pay, Row, summarise

WEEKLY = replace(samples.SEARCH, summary="weekly")
PERIOD = "week 2026-W47"
BEGIN = datetime(2026, 11, 16, tzinfo=UTC)
WEEK = timedelta(days=7)


def pending(*events):
    return replace(samples.pending(*events), since=BEGIN, until=BEGIN + WEEK)


def opened(number, **fields):
    return samples.event("opened", samples.posting(number, **fields))


# What is counted.


def test_counts_stand_beside_those_of_the_span_before():
    before = pending(opened(1), opened(2), samples.event("closed", samples.posting(3)))
    now = pending(opened(4), opened(5), opened(6), opened(6))
    made = summarise(WEEKLY, now, before, period=PERIOD)
    assert made.rows == (Row("new", 3, 2), Row("changed", 0, 0), Row("closed", 0, 1))
    assert [row.difference for row in made.rows] == ["1 more", "as many", "1 fewer"]
    assert made.counts == {"new": 3}
    assert (made.span, made.compared) == ("week", True)


def test_without_a_span_before_nothing_is_compared():
    made = summarise(WEEKLY, pending(opened(1)), None, period=PERIOD)
    assert made.rows[0] == Row("new", 1, None)
    assert made.rows[0].difference == ""
    assert not made.compared


def test_a_summary_counts_what_the_search_asks_for_only():
    only = replace(WEEKLY, any_words=("optics",))
    now = pending(opened(1), opened(2, title="Optics Engineer"))
    assert summarise(only, now, None, period=PERIOD).counts == {"new": 1}


def test_pay_that_went_up_or_down_is_counted_by_itself():
    before, after = (
        samples.posting(1, salary=samples.monthly(low, low + 500)) for low in (5000, 6000)
    )
    now = pending(samples.changed(before, after), opened(2))
    made = summarise(WEEKLY, now, pending(), period=PERIOD)
    assert made.rows[-1] == Row("pay raised", 1, 0)


def test_pay_of_new_postings_is_told_by_currency_and_period():
    now = pending(
        opened(1, salary=samples.monthly(5000, 6000)),
        opened(2, salary=samples.monthly(7000)),
        opened(3, salary=pay(40, 50, "EUR", "hour")),
        opened(4, salary=pay(40, 50, None, "hour")),
        opened(5, salary=pay(1e300, 1e301, "EUR", "hour")),
        opened(6),
    )
    before = pending(opened(7, salary=samples.monthly(4000, 4000)))
    made = summarise(WEEKLY, now, before, period=PERIOD)
    dollars = "$5,000–$7,000 a month (2 postings, median $6,250 a month)"
    assert made.pay == (
        Pay(dollars, "$4,000 a month (1 posting)"),
        Pay("€40–€50 an hour (1 posting)", "none"),
    )
    assert made.stated == 3


# When.


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("every", "now", "period", "begin", "end"),
    [
        ("weekly", "2026-11-23T05:59", "week 2026-W46", "2026-11-08T23:00", "2026-11-15T23:00"),
        ("weekly", "2026-11-23T06:00", "week 2026-W47", "2026-11-15T23:00", "2026-11-22T23:00"),
        ("weekly", "2026-11-29T22:00", "week 2026-W47", "2026-11-15T23:00", "2026-11-22T23:00"),
        ("weekly", "2027-01-04T06:00", "week 2026-W53", "2026-12-27T23:00", "2027-01-03T23:00"),
        ("weekly", "2026-10-26T06:00", "week 2026-W43", "2026-10-18T22:00", "2026-10-25T23:00"),
        ("monthly", "2026-11-01T06:00", "month 2026-10", "2026-09-30T22:00", "2026-10-31T23:00"),
        ("monthly", "2026-11-01T05:59", "month 2026-09", "2026-08-31T22:00", "2026-09-30T22:00"),
        ("monthly", "2027-01-20T06:00", "month 2026-12", "2026-11-30T23:00", "2026-12-31T23:00"),
    ],
)
def test_the_newest_whole_week_or_month_is_due_at_the_search_s_time(every, now, period, begin, end):
    span = schedule.summary(replace(WEEKLY, summary=every), utc(now))
    assert (span.period, span.since, span.until) == (period, utc(begin), utc(end))


@given(
    st.integers(0, 60_000),
    st.sampled_from(["weekly", "monthly"]),
    st.sampled_from(["Europe/Zurich", "America/Sao_Paulo", "Pacific/Apia", "Asia/Beirut"]),
)
def test_spans_tile_the_time_line(hours, every, zone):
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    search = replace(WEEKLY, summary=every, zone=zone)
    span = schedule.summary(search, now)
    assert span.before < span.since < span.until <= now
    following = schedule.summary(
        search, span.until + timedelta(days=40 if every == "monthly" else 8)
    )
    assert following.since == span.until
    assert following.before == span.since


def test_a_search_that_asks_for_none_has_none():
    assert schedule.summary(samples.SEARCH, samples.UNTIL) is None


# The letter.


@pytest.mark.parametrize("compared", [True, False])
def test_the_letter_passes_the_mail_linter_and_says_the_same_in_both_parts(compared):
    now = pending(opened(1, salary=samples.monthly(5000, 6000)), opened(2, title="\u202eOdd\r\n"))
    made = summarise(WEEKLY, now, pending() if compared else None, period=PERIOD)
    letter, again = (
        summarised(made, samples.READER, samples.SENDER, public_url="https://r.example", token="k")
        for _ in range(2)
    )
    assert letter.mime == again.mime
    assert lint(letter.mime) == []
    assert letter.subject == "16 Nov to 22 Nov: 2 new: ML internships, PhD"
    words = "New: 2 (the week before: 0, so 2 more)" if compared else "New: 2\n"
    assert words in letter.text
    assert ("There is no week before to compare with" in letter.text) is not compared
    for part in (letter.text, letter.html):
        assert "$5,000–$6,000 a month (1 posting)" in part
        assert ("the week before" in part.lower()) is compared or not compared
        assert "https://r.example/u/k" in part


def test_a_summary_of_nothing_says_so():
    letter = summarised(
        summarise(WEEKLY, pending(), pending(), period=PERIOD), samples.READER, samples.SENDER
    )
    assert lint(letter.mime) == []
    assert letter.subject == "16 Nov to 22 Nov: nothing new: ML internships, PhD"
    assert "No new posting states its pay" in letter.text


# Through the store.

CONFIG = """
[[search]]
id = "optics"
to = ["ann@reader.example"]
summary = "weekly"
any = ["optics"]
"""


def visit(day, *postings):
    at = datetime(2026, 11, 2, 5, tzinfo=UTC) + timedelta(days=day)
    asked = Asked("GET", "https://kelp.example/api", 200, 300, 0.4)
    counts = Counts(asked=1, answered=1, bytes=300)
    return Crawl(
        KELP,
        at,
        at,
        outcome="complete",
        postings=postings,
        extractor=1,
        counts=counts,
        requests=(asked,),
    )


@pytest.fixture
def path(tmp_path):
    """Give a store that was visited for three weeks: two new in the second, one in the third."""
    path = tmp_path / "rolecall.db"
    names = "abcd"
    with Store.open(path) as store:
        for day, known in ((0, 1), (5, 1), (8, 3), (15, 4)):
            found = [posting(name, f"Optics {name}") for name in names[:known]]
            store.record(visit(day, *found), judge)
    return path


def decided(path, *moments):
    """Take the digests and summaries that are due at each moment; give each letter's subject."""
    config = loads(CONFIG, path.with_name("rolecall.toml"))
    (search,) = config.searches()
    with Store.open(path) as store:
        work = Work(Voice(quiet=True), config, store)
        for moment in map(utc, moments):
            if period := schedule.due(search, store.last_period(search.id), moment):
                letters.decide(work, search, period, moment)
            summaries.decide(work, search, moment)
        return [one.letter.subject for one in store.undelivered()]


def test_a_summary_is_decided_once_beside_the_digests_and_takes_nothing_from_them(path):
    moments = ["2026-11-12T07:00", "2026-11-16T06:59", "2026-11-16T07:00", "2026-11-16T07:15"]
    assert decided(path, *moments) == [
        "4 open now: optics (12 Nov)",
        "9 Nov to 15 Nov: 2 new: optics",
    ]
    later = decided(path, "2026-11-17T07:00", "2026-11-23T07:00", "2026-11-24T07:00")
    assert later[2:] == ["16 Nov to 22 Nov: 1 new: optics"]
    with closing(sqlite3.connect(path)) as store:
        told = store.execute("SELECT period FROM digests WHERE kind = 'summary'").fetchall()
        assert told == [("week 2026-W46",), ("week 2026-W47",)]
    with Store.open(path) as store:
        (letter,) = (
            one.letter for one in store.undelivered() if one.letter.subject.startswith("16 Nov")
        )
        assert "New: 1 (the week before: 2, so 1 fewer)" in letter.text
        assert lint(letter.mime) == []
    with client(path) as ask:
        assert "Optics, summary" in ask.get("/digests").text.replace("optics", "Optics")


def test_a_search_that_was_told_nothing_yet_is_sent_no_summary(path):
    config = loads(CONFIG)
    (search,) = config.searches()
    with Store.open(path) as store:
        summaries.decide(Work(Voice(), config, store), search, utc("2026-11-16T07:00"))
        assert store.undelivered() == []


def test_a_week_that_was_not_watched_is_not_compared_with(path):
    decided(path, "2026-11-04T07:00", "2026-11-09T07:00")
    with Store.open(path) as store:
        text = store.undelivered()[-1].letter.text
    assert "There is no week before to compare with: not all of it was watched." in text


def test_a_summary_is_shown_before_anybody_asks_for_it(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    path.with_name("rolecall.toml").write_text(CONFIG.replace('summary = "weekly"\n', ""))
    monkeypatch.setattr("monitor.commands.digest.now", lambda: utc("2026-11-16T07:00"))
    answer = call("digest", "preview", "--summary")
    assert answer.code == 0
    assert answer.out.startswith("Subject: 9 Nov to 15 Nov: 2 new: optics\n")
    (line,) = call("digest", "preview", "optics", "--summary", "--json").lines
    assert line["counts"] == {"new": 2}


def test_the_same_summary_cannot_be_decided_twice(path):
    decided(path, "2026-11-12T07:00", "2026-11-16T07:00")
    ends = (BEGIN - WEEK, BEGIN)
    with Store.open(path) as store, pytest.raises(AlreadyDecided, match="week 2026-W46"):
        store.past.decide("optics", ends, "week 2026-W46", [], {}, BEGIN)
