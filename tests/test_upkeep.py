"""Readings are packed and thinned out, and whoever asks the store sees nothing of it."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judging import DAY, HARBOR, START, crawl, judge, posting

from crawler import packing
from monitor import checkup, compare, doctor, upkeep
from monitor.digest import compose
from monitor.lookup import Lookup
from monitor.retention import Retention
from monitor.search import Search
from monitor.store import Store, StoreError

KEEP = Retention(plain=10 * DAY, history=200 * DAY, visits=150 * DAY, visits_least=3)
WORDS = [f"word{n}" for n in range(700)]
SEARCH = Search(id="mine", name="Mine", to=("ann@reader.example",))
LONG_AFTER = START + 900 * DAY


@pytest.fixture
def path(tmp_path):
    return tmp_path / "rolecall.db"


COMMON = " ".join(hashlib.sha256(word.encode()).hexdigest() for word in WORDS[:30])


def text(number):
    """Give a text that has words of its own and a paragraph that every one has."""
    chance = random.Random(number)
    return f"{' '.join(chance.choice(WORDS) for _ in range(60))} knots\n\n{COMMON}"


MADE: dict[tuple[int, int], bytes] = {}
"""Stores that were made before: they take a second each."""


def filled(path, *, postings=24, visits=3):
    """Record visits, each of which finds every text a little changed."""
    if (postings, visits) in MADE:
        path.write_bytes(MADE[postings, visits])
        return path
    with Store.open(path) as store:
        for day in range(visits):
            found = [posting(f"p{n}", body=f"{text(n)} Part {day}") for n in range(postings)]
            store.record(crawl(day, *found), judge)
    MADE[postings, visits] = path.read_bytes()
    return path


def walk(path, now=LONG_AFTER, keep=KEEP):
    with Store.open(path) as store:
        return store.upkeep(keep, now).all()


def ask(path, question, *values):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(question, values).fetchall()


def everything(path):
    """Give all that the store says of its one source."""
    with Store.open(path) as store:
        known = store.standing("harbor").known
        return (
            list(store.events()),
            known,
            store.stands("harbor"),
            [store.timeline("harbor", name) for name in known],
            store.find("p1"),
            store.search("knots"),
        )


KINDS = "SELECT fields = '{}', packed IS NOT NULL, count(*) FROM snapshots GROUP BY 1, 2 ORDER BY 1"


def test_what_was_superseded_is_packed_and_reads_as_before(path):
    before = everything(filled(path))
    done = walk(path)
    assert (done.postings, done.packed, done.thinned) == (24, 48, 0)
    assert ask(path, KINDS) == [(0, 0, 24), (1, 1, 48)]
    assert everything(path) == before
    assert done.before / done.after > 2.5
    assert [
        one.words for one in doctor.store(path, checkup.look(path, LONG_AFTER), LONG_AFTER)
    ] == ["every page, reference and cursor is right"]
    assert walk(path).packed == 0


def test_a_dictionary_is_made_where_it_pays_and_nowhere_else(path, tmp_path):
    few = filled(tmp_path / "few.db", postings=3)
    assert walk(few).packed == 6
    assert ask(few, "SELECT texts, content FROM dictionaries") == [(9, None)]
    assert walk(filled(path)).packed == 48
    ((texts, size),) = ask(path, "SELECT texts, length(content) FROM dictionaries")
    assert (texts, 1000 < size <= 65536) == (72, True)
    assert ask(path, "SELECT DISTINCT dictionary FROM snapshots WHERE packed IS NOT NULL") == [(1,)]


@pytest.mark.slow
def test_a_dictionary_stays_as_long_as_anything_was_packed_with_it(path):
    walk(filled(path, visits=2))
    with Store.open(path) as store:
        more = [posting(f"q{n}", body=text(n + 500)) for n in range(90)]
        store.record(crawl(9, *more), judge)
        store.record(crawl(10, *(replace(one, title="Rigger") for one in more)), judge)
    before = everything(path)
    walk(path, START + 11 * DAY)
    used = "SELECT dictionary, count(*) FROM snapshots WHERE packed IS NOT NULL GROUP BY 1"
    assert ask(path, used) == [(1, 24), (2, 90)]
    assert everything(path) == before
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM upkeep")
        connection.execute("INSERT INTO upkeep VALUES (1, '', '', NULL)")
        connection.execute(
            "UPDATE snapshots SET fields = '{}', packed = NULL, dictionary = NULL"
            " WHERE dictionary = 1"
        )
    walk(path, START + 11 * DAY)
    assert ask(path, "SELECT id FROM dictionaries") == [(2,)]


def test_a_text_that_comes_back_is_plain_again_at_once(path):
    first, other = posting("a", body=text(1)), posting("a", body=text(2))
    with Store.open(path) as store:
        for day, one in enumerate((first, other)):
            store.record(crawl(day, one), judge)
        assert store.upkeep(KEEP, START + 3 * DAY).all().packed == 1
        store.record(crawl(4, first), judge)
        assert store.standing("harbor").known["a"].posting == first
    assert ask(path, "SELECT body FROM v_posting") == [(first.body,)]


def test_what_closed_long_ago_shows_everything_but_its_text_to_other_programs(path):
    kept = posting("a", body=text(1))
    with Store.open(path) as store:
        store.record(crawl(0, kept), judge)
        store.record(crawl(1), judge)
    question = "SELECT title, organization, places, salary_max, body FROM v_posting"
    whole = (kept.title, "Harborline Ltd", "Łódź, PL", 12.5)
    assert walk(path, START + 10 * DAY).packed == 0
    assert ask(path, question) == [(*whole, kept.body)]
    assert walk(path, START + 12 * DAY).packed == 1
    assert ask(path, question) == [(*whole, None)]
    with Store.open(path) as store:
        assert store.standing("harbor").known["a"].posting == kept
        assert [one.posting for one in store.search("knots", closed=True)] == [kept]
        store.record(crawl(20, kept), judge)
        assert store.upkeep(KEEP, START + 21 * DAY).all().unpacked == 1
    assert ask(path, question) == [(*whole, kept.body)]


def long_closed(path, first=0):
    """Record a posting that was read in four ways and closed."""
    with Store.open(path) as store:
        for day in range(4):
            one = posting("a", title=f"Title {day}", body=text(day))
            store.record(crawl(first + day, one), judge)
        store.record(crawl(first + 4), judge)
        store.decide(SEARCH, "first", store.pending(SEARCH, START + 5 * DAY), (), {}, START)
    return path


def test_of_what_closed_long_ago_the_middle_readings_go_and_the_events_stay(path):
    with Store.open(long_closed(path)) as store:
        before = list(store.events())
    assert walk(path, START + 203 * DAY).thinned == 0
    assert walk(path, START + 204 * DAY).thinned == 2
    assert walk(path, START + 205 * DAY).thinned == 0
    with Store.open(path) as store:
        after, line = list(store.events()), store.timeline("harbor", "a")
        bare = [replace(one, posting=None, before=None) for one in before]
        assert [replace(one, posting=None, before=None) for one in after] == bare
        assert [one["posting"].title for one in line if "posting" in one] == ["Title 0", "Title 3"]
        assert [one["changes"][0].after for one in line if one.get("event") == "changed"] == [
            "Title 1",
            "Title 2",
            "Title 3",
        ]
    with Lookup.open(path) as lookup, lookup.reading():
        assert [(one.event.title, one.employer) for one in lookup.latest(limit=2)] == [
            ("Title 3", "Harborline Ltd"),
            ("Title 3", "Harborline Ltd"),
        ]
    assert checkup.look(path, LONG_AFTER).texts == 0


def test_what_a_search_was_not_told_yet_stays(path):
    with Store.open(long_closed(path)) as store:
        store.record(crawl(5, posting("a", title="Again")), judge)
        store.record(crawl(6, posting("a", title="Once more")), judge)
        store.record(crawl(7), judge)
        untold = store.pending(SEARCH, LONG_AFTER)
    assert walk(path).thinned == 0
    with Store.open(path) as store:
        assert store.pending(SEARCH, LONG_AFTER) == untold
        store.decide(SEARCH, "second", untold, (), {}, LONG_AFTER)
    assert walk(path).thinned == 4


def test_visits_that_led_to_nothing_go_after_a_time(path):
    same = posting("a")
    with Store.open(path) as store:
        for day in (0, 1, 2, 3, 4, 200, 201, 202):
            changed = posting("a", title="Other") if day >= 2 else same
            store.record(crawl(day, changed), judge)
    left = "SELECT cast(round(julianday(started) - julianday(?)) AS INTEGER) FROM crawls ORDER BY 1"
    first = START.isoformat()
    assert walk(path, START + 150 * DAY).visits == 0
    assert walk(path, START + 352 * DAY).visits == 3
    assert [day for (day,) in ask(path, left, first)] == [0, 2, 200, 201, 202]
    assert checkup.look(path, LONG_AFTER).references == 0


def test_a_dry_walk_counts_the_same_and_changes_nothing(path):
    long_closed(filled(path), first=3)
    with Store.open(path) as store:
        counted = store.upkeep(KEEP, LONG_AFTER).all(dry=True)
    assert ask(path, KINDS) == [(0, 0, 76)]
    done = walk(path)
    assert (counted.packed, counted.thinned, counted.before) == (
        done.packed,
        done.thinned,
        done.before,
    )


def test_a_run_does_a_part_and_the_next_goes_on(path, monkeypatch):
    monkeypatch.setattr(upkeep, "_STEP", 7)
    filled(path)
    with Store.open(path) as store:
        first = store.upkeep(KEEP, LONG_AFTER - upkeep.EVERY)
        assert first.some(60.0)  # a store that is new holds nothing old
        assert first.done.postings == 0
        assert not store.upkeep(KEEP, LONG_AFTER).some(0.0)
        part = store.upkeep(KEEP, LONG_AFTER)
        moments = iter((0.0, 0.0, 0.0, 2.0))
        monkeypatch.setattr(upkeep.time, "monotonic", lambda: next(moments))
        assert not part.some(1.0)
        assert (part.done.postings, part.done.packed) == (14, 28)
        monkeypatch.undo()
        rest = store.upkeep(KEEP, LONG_AFTER)
        assert rest.some(60.0)
        assert (rest.done.postings, rest.done.packed) == (10, 20)
        idle = store.upkeep(KEEP, LONG_AFTER)
        assert idle.some(60.0)
        assert idle.done.postings == 0
        assert store.upkeep(KEEP, LONG_AFTER + upkeep.EVERY).some(60.0)


def test_one_that_is_broken_off_leaves_whole_steps_and_the_next_ends_as_any(path, monkeypatch):
    monkeypatch.setattr(upkeep, "_STEP", 7)
    filled(path)
    other = path.with_name("other.db")
    shutil.copy(path, other)
    before, calls, pack = everything(path), iter(range(1000)), packing.pack

    def stumbling(*arguments):
        if next(calls) > 60:
            raise sqlite3.OperationalError("disk I/O error")
        return pack(*arguments)

    with monkeypatch.context() as then:
        then.setattr(packing, "pack", stumbling)
        with pytest.raises(StoreError, match="nothing of this step was kept"):
            walk(path)
    ((packed,),) = ask(path, "SELECT count(*) FROM snapshots WHERE packed IS NOT NULL")
    assert packed % 14 == 0
    assert 0 < packed < 48
    assert everything(path) == before
    assert checkup.look(path, LONG_AFTER).texts == 0
    walk(path)
    walk(other)
    rows = "SELECT hash, fields, packed, dictionary FROM snapshots ORDER BY 1"
    assert ask(path, rows) == ask(other, rows)


STEPPING = """
import sys
from pathlib import Path
import test_upkeep
from monitor import upkeep
from monitor.store import Store
upkeep._STEP = 1
with Store.open(Path(sys.argv[1])) as store:
    print("walking", flush=True)
    store.upkeep(test_upkeep.KEEP, test_upkeep.LONG_AFTER - upkeep.EVERY).some(60.0)
    store.upkeep(test_upkeep.KEEP, test_upkeep.LONG_AFTER).some(60.0)
"""


@pytest.mark.slow
def test_one_that_is_killed_loses_nothing_and_the_next_goes_on(path):
    before, chance = everything(filled(path)), random.Random(3)
    for _ in range(5):
        child = subprocess.Popen(
            [sys.executable, "-c", STEPPING, str(path)],
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parent)},
        )
        with child:
            assert child.stdout.readline() == b"walking\n"
            time.sleep(chance.uniform(0, 0.05))
            child.kill()
        assert ask(path, "PRAGMA integrity_check") == [("ok",)]
        assert everything(path) == before
    walk(path)
    assert ask(path, KINDS) == [(0, 0, 24), (1, 1, 48)]
    assert everything(path) == before
    assert checkup.look(path, LONG_AFTER).texts == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE snapshots SET packed = substr(packed, 1, 60) WHERE packed IS NOT NULL",
        "UPDATE dictionaries SET content = NULL",
        "UPDATE snapshots SET fields = replace(fields, 'Part', 'Port') WHERE packed IS NULL",
        "UPDATE snapshots SET fields = '{}', packed = NULL WHERE fields = '{}'",
    ],
)
def test_a_text_that_is_not_what_was_read_is_found_by_the_doctor(path, damage):
    walk(filled(path, visits=2))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(damage)
    assert checkup.look(path, LONG_AFTER).texts == 24
    (found,) = doctor.store(path, checkup.look(path, LONG_AFTER), LONG_AFTER)
    assert (found.grade, found.words.split(";")[0]) == (
        "wrong",
        "24 texts cannot be unpacked or are not what was read",
    )


def test_a_text_that_is_not_what_its_name_says_is_left_as_it_is(path):
    filled(path, visits=2)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE snapshots SET fields = replace(fields, 'Part', 'Port')")
    assert walk(path).packed == 0


def test_a_source_that_is_renamed_keeps_its_dictionary(path):
    walk(filled(path))
    with Store.open(path) as store:
        store.record(crawl(30, source=replace(HARBOR, id="quay")), judge)
    assert ask(path, "SELECT source FROM dictionaries") == [("quay",)]
    assert ask(path, "PRAGMA foreign_key_check") == []


# Whatever is recorded, told and thinned out in whatever order, nobody can tell by what comes next.

TEXTS = ["Tie knots.", "Tie knots and splice.", text(1), text(2), text(3)]
VISITS = st.lists(
    st.tuples(
        st.sampled_from((0.5, 2, 60, 150)),  # days since the last one
        st.dictionaries(st.sampled_from("abc"), st.integers(0, 4), max_size=3),
        st.booleans(),  # a digest is decided
        st.booleans(),  # one of the two stores is thinned out
    ),
    min_size=3,
    max_size=9,
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(VISITS)
def test_thinning_never_changes_what_is_said_next(tmp_path_factory, visits):
    folder = tmp_path_factory.mktemp("stores")
    with Store.open(folder / "one.db") as one, Store.open(folder / "two.db") as two:
        day = 0.0
        for passed, found, digest, thin in visits:
            day += passed
            now = START + day * DAY
            visit = crawl(day, *(posting(name, body=TEXTS[n]) for name, n in found.items()))
            assert two.record(visit, compare.judge) == one.record(visit, compare.judge)
            if thin:
                two.upkeep(replace(KEEP, visits_least=1), now).all()
            left, right = one.pending(SEARCH, now), two.pending(SEARCH, now)
            assert left == right
            assert compose(SEARCH, left, now=now) == compose(SEARCH, right, now=now)
            if digest:
                for store in (one, two):
                    store.decide(SEARCH, f"{now:%Y-%m-%dT%H}", left, (), {}, now)
        assert one.standing("harbor") == two.standing("harbor")
        assert one.recall("harbor") == two.recall("harbor")
        assert json.dumps([dict(row) for row in one.status()], default=str) == json.dumps(
            [dict(row) for row in two.status()], default=str
        )
    assert checkup.look(folder / "two.db", LONG_AFTER).texts == 0
