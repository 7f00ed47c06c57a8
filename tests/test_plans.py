"""No statement of a visit, a digest or a page reads a whole table of a large store."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from web_samples import NOW, SEARCH, client, crawl, fill, pay, posting

from monitor import database
from monitor.compare import judge
from monitor.lookup import Lookup
from monitor.store import Store

LARGE = {
    "postings",
    "snapshots",
    "revisions",
    "events",
    "traits",
    "pay",
    "prints",
    "print_keys",
    "links",
    "pages",
    "crawls",
    "requests",
}
"""The tables that grow with what was read; the others grow with what is watched."""


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    return fill(tmp_path_factory.mktemp("plans") / "r.db")


@pytest.fixture
def asked(monkeypatch):
    """Give the statements that were executed by every connection opened from here on."""
    said = []
    attach = database._attach

    def listening(*arguments, **options):
        made = attach(*arguments, **options)
        made.set_trace_callback(said.append)
        return made

    monkeypatch.setattr(database, "_attach", listening)
    return said


def scans(path, statements):
    """Give the statements that go through a large table from end to end, and how.

    To go along an index to a limit is none of it. Tables that a statement does not name are looked
    for orphans of a foreign key, and only while there are any.
    """
    found = {}
    with closing(database.connect(path, readonly=True)) as db:
        for statement in set(statements):
            if not re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", statement):
                continue
            steps = [row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
            ends = "LIMIT" in statement and not any("TEMP B-TREE" in step for step in steps)
            for step in steps:
                scan = re.match(r"SCAN (\w+)( USING (?:COVERING )?INDEX)?", step)
                if scan and named(statement, scan[1]) in LARGE and not (scan[2] and ends):
                    found[statement] = step
    return found


def plan(path, statement):
    """Give the steps in which a statement is executed."""
    with closing(database.connect(path, readonly=True)) as db:
        return [row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")]


def named(statement, alias):
    """Give the table that a statement calls so."""
    known = re.search(rf"\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)\s+(?:AS\s+)?{alias}\b", statement)
    plain = re.search(rf"\b(?:FROM|JOIN|UPDATE|INTO)\s+{alias}\b", statement)
    return known[1] if known else alias if plain else ""


def test_a_scan_would_be_seen(month):
    asked = "SELECT e.id FROM events e WHERE e.reason = 'x'"
    assert scans(month, [asked, "SELECT 1 FROM events WHERE id = 3"]) == {asked: "SCAN e"}


def test_a_visit_asks_for_what_it_is_about(tmp_path, asked):
    path = fill(tmp_path / "r.db")
    del asked[:]
    grinder = posting("g1", "Lens Grinder", salary=pay(1, 2))
    fresh = posting("n7", "Optics Intern", employment_types=("INTERN",))
    with Store.open(path) as store:
        store.recall("kelp")
        assert store.record(crawl(22, grinder, fresh), judge).events
        store.due_sources({"kelp": 1.0}, NOW)
        store.status()
    assert len(asked) > 50
    assert scans(path, asked) == {}


def test_a_digest_and_a_summary_ask_for_what_they_tell(month, asked):
    with Store.open(month) as store:
        pending = store.pending(SEARCH, NOW)
        store.stands_at(SEARCH.id)
        store.pending_as(SEARCH, pending)
        assert store.past.span(SEARCH, NOW - timedelta(days=20), NOW).events
        assert store.past.began(SEARCH.id)
        store.past.summarised(SEARCH.id, "week 2026-W47")
    assert scans(month, asked) == {}
    turns = [statement for statement in asked if "'retracted'" in statement]
    assert turns
    assert all("posting = '" in statement for statement in turns)  # never all that ever closed


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?kind=changed",
        "/postings",
        "/postings?q=optics&place=Bergen%2C+Norway&state=closed",
        "/posting/1",
        "/posting/1/compare",
        "/sources",
        "/source/kelp",
        "/visits",
        "/visit/1",
        "/statistics",
        "/statistics?source=kelp",
    ],
)
def test_a_page_asks_for_what_it_shows(month, asked, path):
    with client(month) as asking:
        assert asking.get(path).is_success
    assert scans(month, asked) == {}


def test_who_looks_from_outside_counts_nothing(month, asked):
    with Lookup.open(month) as lookup, lookup.reading():
        lookup.gauges(NOW)
        lookup.head()
        lookup.tally(datetime(2026, 11, 20, tzinfo=UTC))
    assert scans(month, asked) == {}


def test_what_a_source_told_last_is_chosen_before_its_texts_are_read(month, asked):
    with Lookup.open(month) as lookup, lookup.reading():
        assert [one.event.posting_id for one in lookup.latest_of("kelp", limit=2)] == ["k3", "f4"]
    (statement,) = [each for each in asked if "FROM events" in each]
    steps = plan(month, statement)
    assert "SEARCH e USING INTEGER PRIMARY KEY (rowid=?)" in steps
    sorted_at = steps.index("USE TEMP B-TREE FOR ORDER BY")
    assert "SEARCH events USING INDEX events_posting (source=?)" in steps[:sorted_at]
    assert [step for step in steps[:sorted_at] if "snapshots" in step] == []


def test_the_turn_of_a_posting_is_found_by_the_posting(month, asked):
    with Store.open(month) as store:
        store.pending(SEARCH, NOW)
        store.past.span(SEARCH, NOW - timedelta(days=20), NOW)
    turns = {each for each in asked if "'retracted'" in each}
    for turn in turns:
        (search,) = [step for step in plan(month, turn) if step.startswith("SEARCH")]
        assert "(source=? AND posting=?" in search
