"""One letter to the operator when sources break, one when they recover, and never a second."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from judging import HARBOR, START, crawl, posting
from mail_lint import lint

from crawler.items import Source
from monitor import alert, audience, checkup, config
from monitor.audience import EVERY, Stop
from monitor.commands import alerts
from monitor.commands.voice import Voice
from monitor.commands.work import Work
from monitor.compare import judge
from monitor.store import AlreadyDecided, Store

HOUR = timedelta(hours=1)
OWNER, ANN = "owner@rolls.example", "ann@reader.example"
QUAY = Source("quay", "greenhouse", board="quay")
TOML = """
contact = "owner@rolls.example"
[delivery]
sender = "Rolecall <watch@rolls.example>"
[alarm]
to = ["{to}"]
always = {always}
[[source]]
id = "harbor"
kind = "greenhouse"
board = "harborline"
[[search]]
id = "mine"
to = ["ann@reader.example"]
sources = ["harbor"]
"""


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "r.db") as opened:
        yield opened


def work(store, to=OWNER, *, always=False):
    return Work(
        Voice(quiet=True), config.loads(TOML.format(to=to, always=str(always).lower())), store
    )


def fail(store, source=HARBOR, days=(1, 2, 3), **fields):
    for day in days:
        store.record(
            crawl(day, source=source, outcome="failed", reasons=("HTTP <500>",), **fields), judge
        )


def turn(made, day):
    """Take the part of a turn that is about alerts; give the subjects of the letters so far."""
    alerts.decide(made, START + day * timedelta(days=1))
    return [delivery.letter.subject for delivery in made.store.undelivered()]


def test_sources_that_break_in_one_run_are_one_letter_and_their_recovery_another(store):
    made = work(store)
    alerts.begin(made, START)
    for source in (HARBOR, QUAY):
        store.record(crawl(0, posting("a"), source=source), judge)
    fail(store)
    fail(store, QUAY, killed=True)
    assert turn(made, 4) == ["2 sources broke: Rolecall"]
    assert turn(made, 4.1) == ["2 sources broke: Rolecall"]
    fail(store, days=(5, 6))
    assert len(turn(made, 6.1)) == 1
    store.record(crawl(7, posting("a")), judge)
    assert turn(made, 7.1)[1:] == ["Harborline Ltd (harbor) recovered: Rolecall"]
    assert len(turn(made, 8)) == 2
    first, second = (delivery.letter for delivery in store.undelivered())
    assert (first.recipient, second.recipient) == (OWNER, OWNER)
    assert first.message_id != second.message_id
    text = " ".join(first.text.split())
    assert (
        "! Harborline Ltd (harbor) could not be read: 3 visits in a row failed; HTTP <500>." in text
    )
    assert "! quay could not be read: its pages hung or killed their reader three times" in text
    assert "+ Harborline Ltd (harbor) can be read again: found 1 posting." in second.text
    assert "HTTP &lt;500&gt;" in first.html
    for letter in (first, second):
        assert lint(letter.mime) == []
    assert f"[alarm] of rolecall.toml names {OWNER}" in first.text


def test_an_alert_that_another_run_decided_is_not_decided_again(store):
    made = work(store)
    alerts.begin(made, START)
    store.record(crawl(0, posting("a")), judge)
    fail(store)
    pending = store.alarms.pending(START + 4 * HOUR)
    turn(made, 4)
    with pytest.raises(AlreadyDecided):
        store.alarms.decide(pending, [], f"after {pending.cursor}", {})
    assert len(store.undelivered()) == 1


def test_the_same_alert_is_the_same_letter_whenever_it_is_made(store):
    made = work(store)
    alerts.begin(made, START)
    store.record(crawl(0, posting("a")), judge)
    fail(store)
    pending = [store.alarms.pending(START + hours * HOUR) for hours in (96, 97)]
    periods = [alert.compose(one, OWNER, ()).period for one in pending]
    assert periods == ["after 0", "after 0"]


@pytest.mark.parametrize(
    ("to", "always", "stop", "told"),
    [
        (OWNER, False, None, 1),
        (ANN, False, None, 0),
        (ANN.upper(), False, None, 0),
        (ANN, True, None, 1),
        # The digest does not reach her, so nobody else tells her.
        (ANN, False, "mine", 1),
        # No letter reaches her: it is kept, and goes when that is lifted.
        (ANN, False, EVERY, 1),
    ],
)
def test_whoever_reads_of_it_in_a_digest_gets_no_alert_unless_configured(
    store, to, always, stop, told
):
    made = work(store, to, always=always)
    alerts.begin(made, START)
    store.record(crawl(0, posting("a")), judge)
    if stop is not None:
        _stop(store, stop)
    fail(store)
    assert len(turn(made, 4)) == told
    assert store.alarms.pending(START) is None


def _stop(store, search):
    why = "unsubscribed" if search else "bounced"
    with store._connection:
        audience.stop(store._connection, Stop(ANN, search, why, START, "550 no"))


def test_a_source_that_no_digest_of_the_operator_watches_is_told(store):
    made = work(store, ANN)
    alerts.begin(made, START)
    store.record(crawl(0, posting("a"), source=QUAY), judge)
    fail(store, QUAY)
    assert turn(made, 4) == ["quay broke: Rolecall"]


def test_what_broke_before_anybody_was_to_be_told_is_not_told(store):
    store.record(crawl(0, posting("a")), judge)
    fail(store)
    made = work(store)
    alerts.begin(made, START + 90 * HOUR)
    alerts.begin(made, START + 91 * HOUR)
    assert turn(made, 4) == []
    fail(store, QUAY, days=(4, 5, 6))
    assert turn(made, 7) == ["quay broke: Rolecall"]


def test_without_an_operator_nothing_is_begun(store):
    silent = Work(Voice(), config.loads('contact = "owner@rolls.example"'), store)
    alerts.begin(silent, START)
    store.record(crawl(0, posting("a")), judge)
    fail(store)
    assert turn(silent, 4) == []
    assert store._connection.execute("SELECT count(*) FROM searches").fetchone()[0] == 0


def test_a_hundred_sources_that_break_at_once_are_one_letter_that_counts_the_rest(store):
    made = work(store)
    alerts.begin(made, START)
    for number in range(100):
        fail(store, Source(f"s{number:02}", "greenhouse", board=f"s{number:02}"))
    assert turn(made, 4) == ["100 sources broke: Rolecall"]
    (delivery,) = store.undelivered()
    assert "! And 41 more such lines." in delivery.letter.text
    assert len(delivery.letter.html.encode()) < 90_000


def test_the_store_stays_sound_with_alerts_in_it(store, tmp_path):
    made = work(store)
    alerts.begin(made, START)
    store.record(crawl(0, posting("a")), judge)
    fail(store)
    turn(made, 4)
    store.record(crawl(7, posting("a")), judge)
    turn(made, 8)
    seen = checkup.look(tmp_path / "r.db", START)
    assert (seen.references, seen.gaps) == (0, ())
    with closing(sqlite3.connect(tmp_path / "r.db")) as connection:
        windows = connection.execute("SELECT after_event, last_event FROM digests").fetchall()
    assert windows == [(0, 1), (1, 2)]
