"""What programs are told at ``/metrics``, read back by their own parser, and who is told."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from web_samples import KELP, NOW, crawl, fill, posting, site
from web_samples import client as asking

from crawler.gates import Gate
from crawler.items import Counts
from monitor import metrics
from monitor.commands.page import access
from monitor.compare import judge
from monitor.complaints import ConfigError
from monitor.config import loads
from monitor.database import writing
from monitor.gauges import Gauges, Health
from monitor.store import Store
from monitor.web.login import Access
from monitor.web.passwords import hashed

TOKEN = "t" * 24
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("metrics") / "r.db"
    fill(path)
    with Store.open(path) as opened:
        opened.runs.end(opened.runs.begin("run", NOW), NOW + timedelta(seconds=7), 1, 2, 1)
        opened.runs.begin("run", NOW + timedelta(seconds=9))
        opened.hosts.put("a.example", Gate("a.example", NOW + DAY), NOW)
    return path


def read(text):
    """Give every sample by name and labels; fails when the text is not of the format."""
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation
        assert family.type in ("gauge", "counter")
        for sample in family.samples:
            key = (sample.name.removeprefix("rolecall_"), *sample.labels.values())
            assert key not in found
            found[key] = sample.value
    return found


def test_the_page_counts_what_the_store_holds(store):
    with asking(store) as ask:
        answer = ask.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = read(answer.text)
    visited = {
        name: found["source_last_success_timestamp_seconds", name] for name in ("kelp", "mole")
    }
    assert visited["kelp"] == (crawl(21).started).timestamp()
    assert visited["mole"] == (crawl(14).started).timestamp()
    healths = {key[1]: value for key, value in found.items() if key[0] == "sources"}
    assert healths == dict.fromkeys(metrics.HEALTHS, 0) | {"fine": 2}
    assert found["postings_open",] == 5
    assert (found["outbox_letters", "kept"], found["outbox_letters", "dead"]) == (2, 0)
    assert found["last_run_exit_code",] == 1
    assert found["last_run_duration_seconds",] == 7
    assert found["last_run_timestamp_seconds",] == NOW.timestamp() + 7
    assert found["hosts_left_alone",] == 1
    assert (found["crawls_total", "complete"], found["crawls_total", "failed"]) == (7, 1)
    assert found["requests_total", "read"] == 16
    assert found["received_bytes_total",] == 8 * 31_200


def health(name="a", **fields):
    plain = {
        "known_since": NOW - 9 * DAY,
        "read_at": NOW,
        "quarantined_at": None,
        "failures": 0,
        "broken": False,
    }
    return Health(name, **(plain | fields))


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, "fine"),
        ({"read_at": NOW - 4 * DAY}, "stale"),
        ({"read_at": None}, "stale"),
        ({"failures": 1, "read_at": NOW - 4 * DAY}, "failing"),
        ({"failures": 3, "broken": True}, "broken"),
        ({"broken": True, "quarantined_at": NOW - DAY}, "quarantined"),
        ({"broken": True, "quarantined_at": NOW - 8 * DAY}, "broken"),
    ],
)
def test_a_source_is_counted_once_by_the_worst_that_is_true_of_it(fields, word):
    gauges = Gauges([health(**fields), health("not watched")], 0, {}, [], 0, None)
    found = read(metrics.text(gauges, {"a": 86_400.0, "new": 60.0}, 3, NOW))
    counted = {key[1]: value for key, value in found.items() if key[0] == "sources" and value}
    assert counted == {word: 1, "never": 1}


def test_before_the_first_run_nothing_is_said_of_it(tmp_path):
    with asking(fill(tmp_path / "r.db", [])) as ask:
        found = read(ask.get("/metrics").text)
    assert not [key for key in found if key[0].startswith("last_run")]
    assert found["sources", "never"] == 2


def test_no_name_breaks_the_format():
    odd = 'a "b" \\ c\nd{e="f"} 1'
    gauges = Gauges([health(odd)], 0, {}, [], 0, None)
    found = read(metrics.text(gauges, {odd: 60.0}, 3, NOW))
    assert found["source_last_success_timestamp_seconds", odd] == NOW.timestamp()


def test_postings_of_a_place_that_was_replaced_are_not_open(tmp_path):
    path = fill(tmp_path / "r.db", [crawl(0, posting("a", "Diver"), posting("b", "Cook"))])
    with Store.open(path) as opened:
        elsewhere = replace(KELP, board="kelp-two")
        opened.record(crawl(1, posting("c", "Baker"), source=elsewhere, counts=Counts()), judge)
    with asking(path) as ask:
        assert read(ask.get("/metrics").text)["postings_open",] == 1


# Who may ask.


def test_without_a_token_it_is_shut_like_every_page(store):
    with asking(store, access=Access(hashed("correct horse"))) as ask:
        assert ask.get("/metrics").status_code == 303
        shown = ask.get("/metrics", headers={"authorization": "Bearer None"})
        assert shown.status_code == 303
        assert "rolecall_" not in shown.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shown", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer  {TOKEN} ", 200),
        (f"Basic {TOKEN}", 401),
        (f"Bearer {TOKEN[:-1]}", 401),
        (f"Bearer {TOKEN}x", 401),
        ("Bearer ", 401),
        ("Bearer \u00e9", 401),
        ("", 401),
    ],
)
def test_the_token_opens_it_and_nothing_else(store, shown, status):
    with asking(store, access=Access(hashed("correct horse"), token=TOKEN)) as ask:
        headers = {"authorization": shown.encode("latin-1")}
        answer = ask.get("/metrics", headers=headers)
        assert answer.status_code == status
        assert ("rolecall_sources" in answer.text) == (status == 200)
        if status == 401:
            assert answer.headers["www-authenticate"] == "Bearer"
        for path in ("/", "/postings", "/metrics/", "/statistics"):
            assert ask.get(path, headers=headers).status_code == 303
        assert ask.get("/metrics", headers={"host": "evil.example", **headers}).status_code == 421


def test_the_token_is_read_from_a_private_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    token, password = tmp_path / "token", tmp_path / "password"
    password.write_text(hashed("correct horse"))
    password.chmod(0o600)
    config = loads('[page]\npassword_file = "password"\nmetrics_file = "token"\n')
    for content, mode, words in (
        (TOKEN, 0o644, "others may read it; chmod 600"),
        (TOKEN[1:], 0o600, "shorter than 24 letters; `openssl rand -hex 32`"),
        ("", 0o600, "is empty"),
    ):
        token.write_text(content)
        token.chmod(mode)
        with pytest.raises(ConfigError, match=words) as refused:
            access(config)
        assert not content or content not in str(refused.value)
    token.write_text(TOKEN + "\n")
    assert access(config).token == TOKEN


def cost_of_asking(path, sources):
    """Give the CPU seconds of a scrape beside so many sources: the quickest of three."""
    with Store.open(fill(path, [])) as opened:
        row = (
            "INSERT INTO sources (id, kind, options, address, first_seen, succeeded_at)"
            " VALUES (?, 'lever', '{}', ?, ?, ?)"
        )
        at = crawl(0).started.isoformat(timespec="microseconds")
        with writing(opened._connection):
            made = [(f"s{n}", f"s{n}", at, at) for n in range(sources)]
            opened._connection.executemany(row, made)
    intervals = {f"s{n}": 86_400.0 for n in range(sources)}
    with asking(path, site(intervals=intervals)) as ask:
        ask.get("/metrics")
        spent = []
        for _ in range(3):
            begun = time.process_time()
            found = read_fast(ask.get("/metrics").text)
            spent.append(time.process_time() - begun)
    assert found == sources
    return min(spent)


@pytest.mark.slow
def test_a_scrape_costs_as_much_as_there_are_sources_and_not_their_square(tmp_path):
    few, many = (cost_of_asking(tmp_path / f"{n}.db", n) for n in (5_000, 50_000))
    assert many < 30 * few  # the square would be a hundred


def read_fast(text):
    return text.count("rolecall_source_last_success_timestamp_seconds{")
