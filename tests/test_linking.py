"""Links in the store: what a new posting is to those that are known, and what a digest says of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.items import Crawl, Place, Posting, Salary, Source
from monitor.compare import judge
from monitor.digest import compose
from monitor.search import Search
from monitor.store import Store

START = datetime(2025, 10, 1, 7, tzinfo=UTC)
YEAR = timedelta(days=365)
LUMEN = Source("lumen", "greenhouse", board="lumen", organization="Lumen Optics")
GAZETTE = Source("gazette", "aggregator", url="https://gazette.example/1")
BODY = " ".join(
    f"You grind lens number {number} for the lighthouse at pier {number} and measure its curve."
    for number in range(40)
)
INTERN = Posting(
    "LO-1",
    "Photonics Intern, Autumn 2025",
    organization="Lumen Optics",
    places=(Place("Rochester, NY", "Rochester", "NY"),),
    salary=Salary(8_400, 9_300, "USD", "month", raw="$8,400-$9,300"),
    requirements=("MS", "PhD"),
    start_date="2025-09",
    body=BODY,
)
NEXT = replace(
    INTERN,
    id="LO-2",
    title="PhD Photonics Intern, Autumn 2026",
    salary=Salary(10_200, 10_200, "USD", "month", raw="$10,200"),
    requirements=("PhD",),
    start_date="2026-09-14",
)


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "rolecall.db") as opened:
        yield opened


def record(store, source, at, *postings):
    crawl = Crawl(source, at, at, "complete", postings=postings)
    return store.record(crawl, judge).events


def test_the_next_edition_of_a_role_is_told_with_its_differences(store):
    record(store, LUMEN, START, INTERN)
    record(
        store, LUMEN, START + timedelta(days=90), replace(INTERN, id="LO-9", title="Cook", body="")
    )
    events = record(store, LUMEN, START + YEAR, NEXT)
    (edition,) = (event for event in events if event.kind == "edition")
    assert (edition.posting_id, edition.before.id, edition.weight) == ("LO-2", "LO-1", "material")
    salary = next(change for change in edition.changes if change.field == "salary")
    assert (salary.fact, salary.note) == (
        "raised",
        "+9.7 % over the old top, +21.4 % over the old floor",
    )
    assert {"requirements", "start_date"} <= {change.field for change in edition.changes}
    assert "lumen/LO-1 “Photonics Intern, Autumn 2025”" in edition.reason


def test_an_edition_is_told_even_at_the_baseline_of_another_source_and_a_twin_is_not(store):
    record(store, LUMEN, START, INTERN)
    copy = replace(NEXT, id="/desc/1", url="https://gazette.example/1")
    assert [event.kind for event in record(store, GAZETTE, START + YEAR, copy)] == ["edition"]
    other = replace(GAZETTE, id="other", url="https://other.example/1")
    again = replace(copy, url="https://other.example/1")
    kinds = [event.kind for event in record(store, other, START + YEAR, again)]
    assert "twin" not in kinds


def test_the_digest_shows_the_edition_before_it_and_each_event_once(store):
    search = Search("s", "All", to=("ann@reader.example",))
    record(store, LUMEN, START, INTERN)
    pending = store.pending(search, START)
    store.decide(search, "first", pending, (), {}, START)
    record(store, LUMEN, START + YEAR, NEXT)
    now = START + YEAR
    digest = compose(search, store.pending(search, now), now=now)
    (section,) = (one for one in digest.sections if one.key == "again")
    (card,) = section.cards
    assert (card.kind, card.rows[0].label, card.rows[0].now) == (
        "edition",
        "Pay",
        "$10,200 a month",
    )
    assert "The role of an earlier year again" in card.told
    assert digest.counts == {"edition": 1}


def test_two_roles_of_one_board_are_linked_with_nothing(store):
    record(store, LUMEN, START, INTERN)
    cook = replace(INTERN, id="LO-3", title="Canteen Cook", body="Cook for the lighthouse keepers.")
    events = record(store, LUMEN, START + timedelta(days=1), INTERN, cook)
    assert [event.kind for event in events] == ["opened"]
