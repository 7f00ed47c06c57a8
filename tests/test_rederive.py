"""``rolecall rederive``: the command, with its child, over an archive of two sources."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from calling import call

from crawler import EXTRACTOR
from crawler.captures import load_source
from monitor import lock
from monitor.commands import rereading
from monitor.commands.voice import Voice
from monitor.commands.work import Work
from monitor.config import load
from monitor.derivation import Derivation
from monitor.store import Store

FIXTURES = Path(__file__).parents[1] / "fixtures"
CONFIG = """
contact = "reader@example.org"

[[source]]
id = "wharf"
kind = "greenhouse"
board = "wharffield"
organization = "Wharf & Field"
currency = "USD"

[[source]]
id = "heron"
kind = "careers_page"
url = "https://heron-rail.example/vacancies/"
organization = "Heron Rail"
currency = "GBP"

[[search]]
id = "all"
name = "All"
to = ["reader@example.org"]
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ROLECALL_CONFIG", raising=False)
    (tmp_path / "rolecall.toml").write_text(CONFIG)
    return tmp_path


@pytest.fixture
def archived(folder):
    """Give a folder with an archive, and a store in which an older version misread departments."""
    for name in ("wharf", "heron"):
        shutil.copytree(FIXTURES / name, folder / "captures" / name)
    assert call("replay", "captures", "--store", "rolecall.db").code == 0
    with Store.open(folder / "rolecall.db") as store:
        for name in ("wharf", "heron"):
            older = Derivation(EXTRACTOR - 1)
            for stand in store.stands(name):
                misread = replace(stand.posting, department="Misread")
                (older.past if stand.revision else older.present).append((stand, misread))
            store.rederive(load_source(FIXTURES / name), older)
    return folder


def departments():
    with Store.open("rolecall.db", readonly=True) as store:
        return {
            known.posting.department
            for name in ("wharf", "heron")
            for known in store.standing(name).known.values()
        }


def events():
    with Store.open("rolecall.db", readonly=True) as store:
        return list(store.events())


@pytest.mark.slow
@pytest.mark.usefixtures("archived")
def test_an_archive_is_read_again_counted_and_written():
    told = events()
    dry = call("rederive", "--dry-run", "--json")
    assert (departments(), dry.err) == ({"Misread"}, "nothing was written (--dry-run)\n")
    real = call("rederive", "--json")
    assert (dry.code, real.code) == (0, 0)
    assert [line | {"dry_run": False} for line in dry.lines] == real.lines
    wharf, heron = real.lines
    assert (wharf["source"], wharf["visits"], heron["visits"]) == ("wharf", 7, 3)
    for line in real.lines:
        assert line["postings"] == line["reread"] == line["changed"] > 0
        assert line["past"] == line["past_reread"] == line["past_changed"] > 0
        assert line["fields"] == {"department": line["changed"]}
        assert line["unread"] == {}
    assert "Misread" not in departments()
    assert events() == told
    again = call("rederive", "wharf")
    assert (again.code, again.err) == (0, "")
    assert again.out == "wharf: 7 kept visits; 10 of 10 postings re-read, 12 of 12 past readings\n"


@pytest.mark.slow
def test_a_visit_whose_index_is_damaged_is_named_and_the_rest_is_read(archived):
    damaged = archived / "captures" / "heron" / "20261104T070000" / "index.json"
    damaged.write_text("{")
    answer = call("rederive", "heron")
    assert answer.code == 1
    assert "heron/20261104T070000/index.json: JSONDecodeError" in answer.err
    assert answer.out.startswith("heron: 2 kept visits; ")


@pytest.mark.slow
def test_the_first_visit_by_a_newer_version_waits_for_the_newest_kept_visits(archived):
    config = load(archived / "rolecall.toml")
    with Store.open("rolecall.db") as store:
        work = Work(Voice(quiet=True), config, store)
        rereading.catch_up(work, config.sources())
        assert departments() == {"Misread"}  # their last visit was read by this version
        store._connection.execute("UPDATE crawls SET extractor = extractor - 1")
        rereading.catch_up(work, config.sources())
    assert "Misread" not in departments()


def test_without_an_archive_it_says_what_to_do(folder):
    Store.open(folder / "rolecall.db").close()
    answer = call("rederive")
    assert answer.code == 3
    assert answer.out == "wharf: nothing remembered yet\nheron: nothing remembered yet\n"
    assert answer.err == (
        f"{folder / 'captures'}: no kept visits, so nothing can be re-read;"
        " `rolecall run --keep` keeps those to come\n"
    )


def test_without_a_store_or_while_another_run_works_nothing_is_read(folder):
    answer = call("rederive")
    assert (answer.code, "rolecall.db: not there yet" in answer.err) == (3, True)
    assert not (folder / "rolecall.db").exists()
    Store.open(folder / "rolecall.db").close()
    with lock.hold(folder / "rolecall.db"):
        assert call("rederive").code == 5


@pytest.mark.usefixtures("folder")
def test_an_unknown_source_is_a_mistake_with_a_guess():
    answer = call("rederive", "wharv")
    assert (answer.code, 'no source "wharv"; did you mean wharf?' in answer.err) == (2, True)
