"""``rolecall thin``, and the part of it that every run does."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from calling import call
from judging import crawl, judge, posting

from monitor import lock
from monitor.commands import tidying
from monitor.commands.voice import Voice
from monitor.commands.work import Work
from monitor.config import ConfigError, load, loads
from monitor.retention import Retention
from monitor.store import Store

FIXTURES = Path(__file__).parents[1] / "fixtures"
CONFIG = """
[[source]]
id = "harbor"
kind = "greenhouse"
board = "harborline"

[[source]]
id = "wharf"
kind = "greenhouse"
board = "wharffield"
"""
BODY = "Ropes, knots, splices. " * 90


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ROLECALL_CONFIG", raising=False)
    (tmp_path / "rolecall.toml").write_text(CONFIG)
    with Store.open("rolecall.db") as store:
        for day in range(3):
            store.record(crawl(day, posting("a", body=f"{BODY} {day}")), judge)
    return tmp_path


def packed(folder):
    with closing(sqlite3.connect(folder / "rolecall.db")) as connection:
        return connection.execute("SELECT count(packed), count(*) FROM snapshots").fetchone()


def test_what_would_go_is_said_and_nothing_is_done(folder):
    said = call("thin", "--dry-run", "--json")
    assert said.code == 0
    assert said.lines == [
        {
            "schema_version": 1,
            "postings": 1,
            "packed": 2,
            "bytes_before": said.lines[0]["bytes_before"],
            "bytes_after": None,
            "unpacked": 0,
            "thinned": 0,
            "visits": 0,
            "kept_visits": 0,
            "kept_bytes_spared": 0,
            "dry_run": True,
        }
    ]
    assert 4000 < said.lines[0]["bytes_before"] < 6000
    assert packed(folder) == (0, 3)


def test_it_is_done_and_the_file_written_anew_when_that_is_asked(folder):
    before = (folder / "rolecall.db").stat().st_size
    said = call("thin", "--compact")
    assert (said.code, said.out.split(";")[0]) == (0, "2 readings packed from 0.0 MB to 0.0 MB")
    assert packed(folder) == (2, 3)
    assert (folder / "rolecall.db").stat().st_size < before
    assert call("doctor", "store").code == 0


def test_a_full_disk_is_said_before_the_file_is_written_anew(folder, monkeypatch):
    used = shutil.disk_usage(folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: used._replace(free=1000))
    said = call("thin", "--compact")
    assert said.code == 3
    assert "only 0 MB are free; everything else was done" in said.err
    assert packed(folder) == (2, 3)


def test_it_waits_for_no_run(folder):
    with lock.hold(folder / "rolecall.db"):
        assert call("thin").code == 5
    (folder / "rolecall.db").unlink()
    assert "not there yet" in call("thin").err


def test_a_run_does_some_of_it_in_the_end(folder):
    with Store.open("rolecall.db") as store:
        work = Work(Voice(), load(folder / "rolecall.toml"), store)
        for day in (23, 24):  # it begins a day after it was first there
            tidying.some(work, datetime(2026, 11, day, tzinfo=UTC))
    assert packed(folder) == (2, 3)


@pytest.fixture
def archive(folder):
    """Give the kept visits of a source, three months in a year apart."""
    source = folder / "captures" / "wharf"
    shutil.copytree(FIXTURES / "wharf", source)
    for path in source.glob("*/postings.json"):
        path.unlink()
    (first, *others) = sorted(path.parent for path in source.glob("*/index.json"))
    for path in others:
        shutil.rmtree(path)
    first.rename(source / "20250102T070000")
    for year in (2026, 2027):
        shutil.copytree(source / "20250102T070000", source / f"{year}0102T070000")
    return source


def test_kept_visits_go_by_age_and_number(folder, archive):
    toml = folder / "rolecall.toml"
    moment = datetime(2027, 2, 1, tzinfo=UTC)
    with Store.open("rolecall.db") as store:
        upkeep = store.upkeep(Retention(), moment)
        assert tidying.pages(load(toml), upkeep, "wharf", moment).visits == 0
        toml.write_text(f"{CONFIG}\n[keep]\npages = '30d'\npages_least = 1\n")
        dry = tidying.pages(load(toml), upkeep, "wharf", moment, dry=True)
        assert (dry.visits, len(list(archive.glob("*/index.json")))) == (2, 3)
        assert tidying.pages(load(toml), upkeep, "wharf", moment).visits == 2
    assert [path.parent.name for path in archive.glob("*/index.json")] == ["20270102T070000"]


def test_a_damaged_archive_is_left_to_whoever_reads_it(folder):
    bodies = folder / "captures" / "wharf" / "bodies"
    bodies.mkdir(parents=True)
    for number in range(20):
        (bodies / f"{number:032x}.zst").write_bytes(b"damaged")
    moment = datetime(2027, 2, 1, tzinfo=UTC)
    with Store.open("rolecall.db") as store:
        done = tidying.pages(
            load(folder / "rolecall.toml"), store.upkeep(Retention(), moment), "wharf", moment
        )
    assert (done.visits, done.spared) == (0, 0)


def test_the_past_is_kept_as_the_file_says():
    found = loads("[keep]\nplain = '1d'\nhistory = '100d'\nvisits_least = 7\n").retention()
    assert found == Retention(plain=timedelta(days=1), history=timedelta(days=100), visits_least=7)
    assert loads("").retention() == Retention()
    with pytest.raises(ConfigError, match="too short: summaries look back; at least 100d"):
        loads("[keep]\nhistory = '99d'\n")
