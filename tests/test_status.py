"""What ``rolecall status`` says to whoever watches the watcher, and the code it leaves with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from calling import call
from judging import START, crawl, judge, posting

from crawler.gates import Gate
from crawler.items import Source
from monitor import runs, staleness
from monitor.commands import status
from monitor.store import Store

HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LONG = ", more than 3 times its interval"
TOML = """
contact = "owner@reader.example"
[[source]]
id = "harbor"
kind = "greenhouse"
board = "harborline"
every = "6h"
"""
QUAY = '[[source]]\nid = "quay"\nkind = "greenhouse"\nboard = "quay"\nevery = "1d"\n'


def source(**fields):
    defaults = {"known_since": NOW - 99 * HOUR, "read_at": NOW - HOUR, "quarantined_at": None}
    return staleness.of_source(**(defaults | fields), interval=3600.0, multiple=3, now=NOW)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, None),
        ({"read_at": NOW - 3 * HOUR}, None),
        (
            {"read_at": NOW - 3 * HOUR - timedelta(seconds=1)},
            f"not read since 2026-11-24 08:59 UTC{LONG}",
        ),
        (
            {"read_at": None},
            f"never read since its first visit on 2026-11-20 09:00 UTC{LONG}",
        ),
        ({"read_at": None, "known_since": NOW - HOUR}, None),
        ({"read_at": None, "known_since": None}, None),
        ({"read_at": NOW - 9 * HOUR, "quarantined_at": NOW - HOUR}, None),
        # Written under a clock that was years ahead: it proves nothing.
        (
            {"read_at": NOW + 9999 * HOUR},
            f"never read since its first visit on 2026-11-20 09:00 UTC{LONG}",
        ),
    ],
)
def test_a_source_is_stale_when_it_was_not_read_for_so_many_intervals(fields, words):
    assert source(**fields) == words


def test_everything_is_stale_when_no_run_ended_for_so_long():
    assert staleness.of_runs(None, HOUR, NOW) is None
    assert staleness.of_runs(NOW - HOUR, HOUR, NOW) is None
    assert staleness.of_runs(NOW - 2 * HOUR, HOUR, NOW) == (
        "no run ended since 2026-11-24 10:00 UTC; is `rolecall run` in the crontab, or"
        " `rolecall serve` running?"
    )


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rolecall.toml").write_text(TOML)
    with Store.open(tmp_path / "rolecall.db") as opened:
        opened.record(crawl(0, posting("a")), judge)
        yield opened


@pytest.fixture
def at(monkeypatch):
    """Give a function that sets the clock of ``status``, by hours after the visit."""
    return lambda hours: monkeypatch.setattr(status, "now", lambda: START + hours * HOUR)


def test_one_stale_source_of_two_is_1_and_all_of_them_are_3(store, at, tmp_path):
    (tmp_path / "rolecall.toml").write_text(TOML + QUAY)
    quay = Source("quay", "greenhouse", board="quay")
    store.record(crawl(0, posting("b"), source=quay), judge)
    for day in (0.5, 0.7):
        failed = crawl(day, outcome="failed", reasons=("no answer in time",))
        store.record(failed, judge)
    at(18)
    assert call("status").code == 1  # its last visit failed
    at(19)
    answer = call("status")
    assert answer.code == 1
    harbor, fine = answer.out.splitlines()
    assert harbor.endswith(
        ", stale: not read since 2026-03-02 06:30 UTC, more than 3 times its interval,"
        " no answer in time"
    )
    assert "stale" not in fine
    rows = call("status", "--json").lines
    assert [row["stale"] is None for row in rows] == [False, True]
    assert rows[0]["succeeded_at"] == "2026-03-02T06:30:00+00:00"
    store.runs.end(store.runs.begin("run", START), START + 100 * HOUR, 0, 0, 0)
    at(100)
    assert call("status").code == 3


def test_a_run_that_does_not_come_is_3_though_no_source_is_due(store, at, tmp_path):
    (tmp_path / "rolecall.toml").write_text(TOML.replace("6h", "99d"))
    assert store.runs.last() is None
    at(26)
    assert call("status").code == 0
    at(27)
    answer = call("status")
    assert answer.code == 3
    assert answer.err.startswith("no run ended since 2026-03-02 06:30 UTC; is ")
    (row,) = call("status", "--json").lines
    assert row["stale"].startswith("no run ended since")
    # A run that began and was killed is none.
    store.runs.begin("run", START + 26 * HOUR)
    assert call("status").code == 3
    store.runs.end(store.runs.begin("run", START + 26 * HOUR), START + 26 * HOUR, 1, 3, 1)
    assert call("status").code == 0
    (tmp_path / "rolecall.toml").write_text(TOML.replace("6h", "99d") + '[alarm]\nsilence = "1m"\n')
    assert call("status").code == 3


@pytest.mark.usefixtures("store")
def test_a_host_that_is_left_alone_is_said(store, at):
    at(0)
    store.hosts.put("a.example", Gate("a.example", START + HOUR, 0, ""), START)
    store.hosts.put("b.example", Gate("b.example", START - HOUR, 2, "HTTP 503"), START)
    assert call("status").err.splitlines() == [
        "a.example: the host asked to wait until 2026-03-02 07:30 UTC",
        "b.example: kept failing (HTTP 503); tried once more next",
    ]
    gates = [line for line in call("status", "--json").lines if "host" in line]
    assert [(gate["host"], gate["trips"], gate["until"]) for gate in gates] == [
        ("a.example", 0, "2026-03-02T07:30:00+00:00"),
        ("b.example", 2, "2026-03-02T05:30:00+00:00"),
    ]


def test_the_newest_runs_are_kept_and_no_more(store, monkeypatch):
    monkeypatch.setattr(runs, "_KEPT", 3)
    assert [store.runs.begin("run", START) for _ in range(5)] == [1, 2, 3, 4, 5]
    found = store._connection.execute("SELECT min(id), count(*) FROM runs").fetchone()
    assert tuple(found) == (3, 3)
