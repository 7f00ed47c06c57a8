"""A newer extractor meets what an older one read: recorded visits into a real store."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from replaying import visit

from crawler import EXTRACTOR
from crawler.items import Place
from crawler.spiders import greenhouse
from monitor.compare import judge
from monitor.store import Store

WHARF = Path(__file__).parents[1] / "fixtures" / "wharf"
FIRST, SECOND = WHARF / "20261102T070000", WHARF / "20261103T070000"
RAISED = "4410052"


@pytest.fixture
def upgrade(monkeypatch):
    """Give what makes the greenhouse spider a newer version that reads every field otherwise."""

    def newer():
        before = greenhouse.read

        def read(*arguments):
            posting = before(*arguments)
            return posting and replace(
                posting,
                title=f"{posting.title} (m/f/d)",
                places=(*posting.places, Place("Remote")),
                remote="hybrid",
                requirements=("PhD",),
                department="Crew",
                salary=posting.salary and replace(posting.salary, period="month"),
                body=f"Skip to content\n{posting.body}\nImprint",
            )

        monkeypatch.setattr(greenhouse, "read", read)
        for module in ("accounts", "visit"):
            monkeypatch.setattr(f"crawler.{module}.EXTRACTOR", EXTRACTOR + 1)

    return newer


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "rolecall.db") as opened:
        yield opened


def again(case, tmp_path, hours):
    """Copy a recorded visit to so many hours later: the same bodies, served again."""
    index = json.loads((case / "index.json").read_text())
    later = datetime.fromisoformat(index["started"]) + timedelta(hours=hours)
    folder = tmp_path / "later" / f"{later:%Y%m%dT%H%M%S}"
    shutil.copytree(case, folder)
    shutil.copy(case.parent / "source.toml", folder.parent)
    (folder / "index.json").write_text(json.dumps(index | {"started": later.isoformat()}))
    return folder


def told(store, case):
    """Record a visit and give what it tells of known postings: the changed fields by id."""
    judgement = store.record(visit(case, memory=store), judge)
    return {
        event.posting_id: [change.field for change in event.changes]
        for event in judgement.events
        if event.kind == "changed"
    }


def asked(tmp_path, sql):
    with closing(sqlite3.connect(tmp_path / "rolecall.db")) as connection:
        return connection.execute(sql).fetchall()


def test_a_newer_extractor_on_the_same_body_rebases_in_silence(store, tmp_path, upgrade):
    told(store, FIRST)
    upgrade()
    crawl = visit(again(FIRST, tmp_path, 1), memory=store)
    assert (len(crawl.postings), crawl.kept) == (9, frozenset())
    assert store.record(crawl, judge).events == ()
    known = store.standing("wharf").known.values()
    assert {(one.posting.remote, one.extractor) for one in known} == {("hybrid", EXTRACTOR + 1)}
    versions = "SELECT s.extractor, count(*) FROM revisions r JOIN snapshots s ON s.hash ="
    assert asked(tmp_path, f"{versions} r.snapshot GROUP BY 1") == [
        (EXTRACTOR, 9),
        (EXTRACTOR + 1, 9),
    ]
    unchanged = visit(again(FIRST, tmp_path, 2), memory=store)
    assert (unchanged.outcome, unchanged.postings) == ("unchanged", ())
    assert told(store, SECOND) == {RAISED: ["salary", "body"]}


def test_a_newer_extractor_on_a_changed_body_tells_the_page_and_not_itself(store, upgrade):
    told(store, FIRST)
    upgrade()
    assert told(store, SECOND) == {RAISED: ["salary", "body"]}


def test_every_snapshot_names_the_version_that_read_it_first(store, tmp_path, upgrade):
    told(store, FIRST)
    told(store, SECOND)
    upgrade()
    told(store, again(SECOND, tmp_path, 1))
    read = """
        SELECT DISTINCT s.extractor - c.extractor FROM snapshots s
        JOIN revisions r ON r.snapshot = s.hash JOIN crawls c ON c.id = r.crawl
        WHERE s.first_at = c.started
    """
    assert asked(tmp_path, read) == [(0,)]
    assert asked(tmp_path, "SELECT count(*) FROM snapshots WHERE first_at = ''") == [(0,)]
