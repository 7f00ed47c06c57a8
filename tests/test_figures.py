"""What is counted as it is written is what a count of everything would give."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from web_samples import KELP, MOLE, crawl, fill, pay, posting

from monitor.compare import judge
from monitor.counted_tables import KNOWN
from monitor.database import connect
from monitor.lookup import Lookup
from monitor.store import Store

TABLES = ("flow", "told", "ages", "pay_counts", "trait_values")


def counted(connection):
    """Give the rows of the counting tables, but those that count nothing (more)."""
    found = {}
    for table in TABLES:
        columns = "*" if table != "trait_values" else "trait, value, open, closed"
        made = [tuple(row) for row in connection.execute(f"SELECT {columns} FROM {table}")]
        numbers = slice(-2 if table in ("flow", "trait_values") else -1, None)
        found[table] = sorted(row for row in made if any(row[numbers]))
    return found


def recounted(connection):
    """Forget what was counted, count everything that is there, and give that."""
    for table in TABLES[:-1]:
        connection.execute(f"DELETE FROM {table}")
    connection.execute("UPDATE trait_values SET open = 0, closed = 0")
    for statement in KNOWN:
        connection.execute(statement)
    return counted(connection)


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    return fill(tmp_path_factory.mktemp("figures") / "r.db")


@pytest.fixture
def connection(month):
    with closing(connect(month, readonly=False)) as db:
        db.execute("BEGIN")
        yield db
        db.execute("ROLLBACK")


def test_a_month_of_visits_is_counted_as_it_is_written(connection):
    found = counted(connection)
    assert found["flow"] == [("2026-11-02", 4, 0), ("2026-11-09", 1, 1), ("2026-11-16", 1, 0)]
    assert found["told"] == [
        ("changed", "2026-11-02", 1),
        ("closed", "2026-11-09", 1),
        ("opened", "2026-11-09", 1),
        ("opened", "2026-11-16", 1),
        ("twin", "2026-11-16", 1),
    ]
    assert found["pay_counts"] == [("NOK", "year", 500_000.0, 560_000.0, 1)]
    assert ("employer", "Kelp Works", 4, 1) in found["trait_values"]


def test_a_store_that_was_there_before_is_counted_the_same(connection):
    assert counted(connection) == recounted(connection)


def test_a_source_that_is_renamed_keeps_its_counts(connection):
    before = counted(connection)
    connection.execute("UPDATE sources SET id = 'kelp works' WHERE id = 'kelp'")
    renamed = [
        (trait, "kelp works" if (trait, value) == ("source", "kelp") else value, *numbers)
        for trait, value, *numbers in before["trait_values"]
    ]
    assert counted(connection) == before | {"trait_values": sorted(renamed)}


def test_a_baseline_that_moves_is_counted_from_there_on(connection):
    connection.execute(
        "UPDATE sources SET baseline_at = '2026-11-11T07:00:00.000000+00:00' WHERE id = 'kelp'"
    )
    moved = counted(connection)
    assert sum(n for _, _, n in moved["ages"]) == 2  # the two that came after that
    assert moved == recounted(connection)


_STATES = st.dictionaries(
    st.sampled_from(("a", "b", "c")),
    st.tuples(st.sampled_from(("Baker", "Miller")), st.sampled_from((None, 400, 500))),
)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 60),
            st.sampled_from((KELP, MOLE)),
            st.sampled_from(("complete",) * 3 + ("partial",)),
            _STATES,
        ),
        max_size=8,
    )
)
def test_whatever_is_found_the_counts_are_those_of_a_count(tmp_path_factory, visits):
    path = tmp_path_factory.mktemp("law") / "r.db"
    day = 0.0
    with Store.open(path) as store:
        for hours, source, outcome, found in visits:
            day += hours / 12
            stated = [
                posting(name, title, salary=low and pay(low * 1000, None))
                for name, (title, low) in found.items()
            ]
            store.record(crawl(day, *stated, source=source, outcome=outcome), judge)
        connection = store._connection
        assert counted(connection) == recounted(connection)


def test_all_sources_together_are_the_sum_of_each(month):
    with Lookup.open(month) as lookup, lookup.reading():
        figures = lookup.figures
        each = [figures.lives(name) for name in ("kelp", "mole")]
        assert Counter(figures.lives()) == Counter(each[0]) + Counter(each[1])
        assert figures.pay() == figures.pay("kelp") + figures.pay("mole")
        assert figures.flow().appeared.total() == 6
        for kind in ("opened", "closed"):
            weeks = [figures.told(kind, datetime.fromisoformat("2026-11-02T00:00+00:00"))]
            days = figures.told(kind, datetime.fromisoformat("2026-11-02T00:00+00:00"), "kelp")
            days += figures.told(kind, datetime.fromisoformat("2026-11-02T00:00+00:00"), "mole")
            assert weeks == [by_week(days)]


def by_week(days):
    weeks = Counter()
    for day, n in days.items():
        moment = date.fromisoformat(day)
        weeks[(moment - timedelta(days=moment.weekday())).isoformat()] += n
    return weeks
