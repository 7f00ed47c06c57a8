"""Links in the store: what a new posting is to those that are known, and what a digest says of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.items import Crawl, Place, Posting, Salary, Snippet, Source
from monitor import linking
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


WORDS = ["kiln", "glaze", "stone", "porcelain", "sand", "water", "ash", "clay", "wheel", "cone"]
# So few words and texts that they lead to many; more than a word may lead to have one title.
TITLES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
TEXTS = [" ".join(f"{word} {n} of {WORDS[n % 7]}" for word in WORDS) for n in range(12)]
BOARDS = st.lists(st.tuples(TITLES, st.integers(0, 11)), min_size=1, max_size=40)


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "rolecall.db") as opened:
        yield opened


def record(store, source, at, *postings):
    secondhand = source.kind == "aggregator"
    crawl = Crawl(source, at, at, "complete", postings=postings, secondhand=secondhand)
    return store.record(crawl, judge).events


def tied(store, source, posting):
    return [
        (tie.kind, tie.strong, tie.new.source, tie.old.source)
        for tie in store.ties(source, posting)
    ]


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
    assert edition.reason.startswith(
        "“Photonics Intern, Autumn 2025”, first seen 1 Oct 2025 07:00 UTC, lumen/LO-1; "
    )


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


COPY = replace(INTERN, id="/desc/1", url="https://gazette.example/1")


@pytest.mark.parametrize("minutes", [0, 5, -5])
def test_the_first_visits_of_one_sweep_are_linked_though_they_open_nothing(store, minutes):
    assert record(store, LUMEN, START, INTERN) == ()
    assert record(store, GAZETTE, START + timedelta(minutes=minutes), COPY) == ()
    assert tied(store, "lumen", "LO-1") == [("twin", True, "gazette", "lumen")]
    assert store.ties("gazette", "/desc/1") == store.ties("lumen", "LO-1")


@pytest.mark.parametrize("minutes", [0, 5, -5])
def test_a_posting_that_opens_at_two_sources_in_one_sweep_is_a_twin(store, minutes):
    cook = replace(INTERN, id="LO-9", title="Cook", body="")
    record(store, LUMEN, START, cook)
    record(store, GAZETTE, START)
    noon = START + timedelta(days=1)
    assert [event.kind for event in record(store, LUMEN, noon, cook, INTERN)] == ["opened"]
    events = record(store, GAZETTE, noon + timedelta(minutes=minutes), COPY)
    assert [event.kind for event in events] == ["opened", "twin"]


def test_postings_of_one_visit_are_not_linked_with_one_another(store):
    record(store, LUMEN, START, INTERN, replace(INTERN, id="LO-2"))
    assert tied(store, "lumen", "LO-1") == tied(store, "lumen", "LO-2") == []


def test_every_link_is_kept_and_the_best_is_told(store):
    record(store, LUMEN, START, INTERN)
    record(store, GAZETTE, START, COPY)
    record(store, LUMEN, START + YEAR, NEXT)
    assert tied(store, "lumen", "LO-2") == [
        ("edition", True, "lumen", "lumen"),
        ("edition", True, "lumen", "gazette"),
    ]
    assert tied(store, "lumen", "LO-1")[1] == ("edition", True, "lumen", "lumen")


def test_a_similar_vacancy_beside_a_posting_is_linked_with_nothing(store):
    record(store, LUMEN, START, INTERN)
    beside = Snippet(INTERN.title, "Lumen Optics", INTERN.places, INTERN.salary, body=BODY)
    crawl = Crawl(GAZETTE, START, START, "complete", postings=(NEXT,), snippets=(beside,))
    store.record(crawl, judge)
    assert [known.posting.id for known in store.search("photonics")] == ["LO-1", "LO-2"]
    assert tied(store, "lumen", "LO-1") == [("edition", True, "gazette", "lumen")]


def test_what_a_retired_source_knew_is_linked_with_nothing(store):
    record(store, LUMEN, START, INTERN)
    record(store, GAZETTE, START, COPY)
    record(store, replace(LUMEN, board="other"), START + timedelta(days=1))
    assert store.ties("gazette", "/desc/1") == ()


class Reader:
    """A search that is told every day, and what its letters say."""

    def __init__(self, store):
        self.store, self.day = store, 0
        self.search = Search("s", "All", to=("ann@reader.example",))

    def visit(self, lumen=(), gazette=()):
        """Record what both sources show a day later; ``None`` stands for no visit."""
        self.day += 1
        at = START + timedelta(days=self.day)
        for source, postings in ((LUMEN, lumen), (GAZETTE, gazette)):
            if postings is not None:
                record(self.store, source, at, *postings)
        pending = self.store.pending(self.search, at)
        self.store.decide(self.search, f"day {self.day}", pending, (), {}, at)
        digest = compose(self.search, pending, now=at)
        cards = [one for part in digest.sections for one in (*part.cards, *part.lines)]
        assert digest.total == len(cards)
        return [(one.kind, one.source, one.told) for one in cards]


def test_an_opening_at_two_sources_is_told_once_from_its_first_day_to_its_last(store):
    reader = Reader(store)
    raised = replace(INTERN, salary=Salary(9_500, 9_500, "USD", "month", raw="$9,500"))
    caught_up = replace(COPY, salary=raised.salary)
    assert reader.visit([], []) == []
    assert reader.visit([INTERN], [COPY]) == [("new", "lumen", "")]
    assert reader.visit([raised], [COPY]) == [("changed", "lumen", "")]
    assert reader.visit([raised], [caught_up]) == []
    assert reader.visit([raised], []) == []
    ((kind, _, words),) = reader.visit([raised], [])
    assert (kind, words[:26]) == ("changed", "Closed at gazette on 7 Oct")
    assert words.endswith("; still listed at lumen")
    assert reader.visit([raised], [caught_up]) == [("changed", "lumen", "Listed again at gazette")]
    assert reader.visit([], [caught_up]) == []
    ((kind, source, words),) = reader.visit([], [caught_up])
    assert (kind, source) == ("closed", "lumen")
    assert words.startswith("Closed at lumen on 10 Oct, first seen 3 Oct 2025 (not")
    assert words.endswith("; still listed at gazette")
    assert reader.visit([raised], [caught_up]) == [
        ("retracted", "lumen", "You were told that it had closed; it has not")
    ]
    reader.visit([], [])
    assert [kind for kind, _, _ in reader.visit([], [])] == ["flapping"]
    assert reader.visit([], []) == []


def test_a_source_that_fails_stays_what_it_was(store):
    record(store, GAZETTE, START, COPY)
    broken = Crawl(GAZETTE, START + timedelta(days=1), START + timedelta(days=1), "failed")
    store.record(broken, judge)
    search = Search("s", "All", to=("ann@reader.example",))
    assert store.pending(search, START).secondhand == {"gazette"}


def sketched(store):
    """Give the postings whose texts were sketched."""
    found = store._connection.execute(
        "SELECT p.posting FROM prints JOIN postings p ON p.id = prints.posting"
        " WHERE print LIKE '%\"sketch\"%' ORDER BY 1"
    )
    return [row["posting"] for row in found]


def test_a_text_is_sketched_only_where_it_may_decide(store):
    cook = replace(INTERN, id="LO-3", title="Canteen Cook", body="Cook for the keepers.")
    again = replace(INTERN, id="LO-4")
    record(store, LUMEN, START, INTERN)
    record(store, LUMEN, START + timedelta(days=1), INTERN, cook, again)
    assert sketched(store) == []  # an open one of the same board is nothing to a new one
    record(store, LUMEN, START + YEAR, NEXT)
    assert sketched(store) == ["LO-1", "LO-2", "LO-3", "LO-4"]


def test_open_postings_of_the_same_board_lead_nowhere_however_many_there_are(store):
    crowd = [replace(INTERN, id=f"C{n}", title=f"Keeper {n}", url=f"u{n}") for n in range(40)]
    record(store, LUMEN, START, *crowd)
    record(store, LUMEN, START + timedelta(days=1), *crowd, replace(INTERN, title="Keeper"))
    assert sketched(store) == []
    record(store, LUMEN, START + timedelta(days=2), *crowd[1:], replace(INTERN, title="Keeper"))
    record(store, LUMEN, START + timedelta(days=9), *crowd[1:], replace(NEXT, title="Keeper"))
    assert len(sketched(store)) == 42
    assert tied(store, "lumen", "LO-2") == [("edition", False, "lumen", "lumen")]


def test_a_text_that_changed_is_sketched_anew(store):
    record(store, LUMEN, START, INTERN)
    record(store, GAZETTE, START, COPY)
    assert sketched(store) == ["/desc/1", "LO-1"]
    record(store, LUMEN, START + timedelta(days=1), replace(INTERN, body=f"{BODY} Apply by May."))
    assert sketched(store) == ["/desc/1"]


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(BOARDS, BOARDS, st.integers(0, 2))
def test_links_are_those_of_a_store_that_sketches_every_text(
    tmp_path_factory, first, second, closed
):
    def links(*, eager):
        few = -1 if eager else linking.CANDIDATES
        with (
            patch.object(linking, "CANDIDATES", few),
            Store.open(tmp_path_factory.mktemp("links") / "rolecall.db") as store,
        ):
            for source, at, board in ((LUMEN, START, first), (GAZETTE, START + YEAR, second)):
                made = [
                    replace(INTERN, id=f"{n}", title=title, body=TEXTS[text], url=f"u{n}")
                    for n, (title, text) in enumerate(board)
                ]
                for later in range(1 + closed):
                    record(store, source, at + later * timedelta(days=2), *made[later:])
                if eager:
                    ids = [
                        row["id"] for row in store._connection.execute("SELECT id FROM postings")
                    ]
                    linking._Linking(store._connection, "", START, 1)._sketched(ids)
            found = store._connection.execute("SELECT * FROM links ORDER BY posting, other, kind")
            return [tuple(row) for row in found]

    assert links(eager=False) == links(eager=True)
