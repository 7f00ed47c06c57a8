"""Traits: the short words by which postings are narrowed down, kept as postings come and go."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_samples import KELP, MOLE, crawl, fill, posting

from crawler.items import Place, Salary
from monitor.compare import judge
from monitor.derivation import Derivation
from monitor.lookup import Lookup
from monitor.narrowing import Filter
from monitor.store import Store
from monitor.traits import TRAITS, band, traits_of
from monitor.wording import clean


@pytest.mark.parametrize(
    ("salary", "words"),
    [
        (Salary(95_000, 120_000, "USD", "year"), "USD 100,000–124,999 a year"),
        (Salary(100_000, None, "USD", "year"), "USD 100,000–124,999 a year"),
        (Salary(None, 99_999.99, "CHF", "year"), "CHF 75,000–99,999 a year"),
        (Salary(21.5, 29.99, "GBP", "hour"), "GBP 20–29 an hour"),
        (Salary(3_000, 3_000, "EUR", "biweek"), "EUR 3,000–3,999 every two weeks"),
        (Salary(0, 0, "EUR", "year"), "EUR 0–24,999 a year"),
        (Salary(1, 2, None, "year"), None),
        (Salary(1, 2, "EUR", None), None),
        (Salary(1, 2, "EUR", "once"), None),
        (Salary(-5, -5, "EUR", "year"), None),
        (Salary(float("nan"), None, "EUR", "year"), None),
        (Salary(float("inf"), None, "EUR", "year"), None),
        (Salary(None, None, "EUR", "year"), None),
    ],
)
def test_pay_lies_in_a_band_of_its_own_currency_and_period(salary, words):
    assert band(salary) == words


def test_a_posting_has_every_trait_that_it_states():
    stated = posting(
        "a",
        "Diver",
        places=(Place("Oslo"), Place("Bergen"), Place("Oslo")),
        remote="onsite",
        requirements=("PhD",),
        salary=Salary(1_000, 2_500, "NOK", "week"),
    )
    assert traits_of(stated, "kelp", None) == {
        ("employer", "Kelp Works"),
        ("place", "Oslo"),
        ("place", "Bergen"),
        ("remote", "on site"),
        ("employment", "full-time"),
        ("degree", "PhD"),
        ("pay", "NOK 2,500–2,999 a week"),
        ("source", "kelp"),
    }


def test_the_source_s_employer_stands_in_for_one_that_is_not_stated():
    unnamed = posting("a", "Diver", organization=None)
    assert ("employer", "Kelp Works") in traits_of(unnamed, "kelp", "Kelp Works")


@given(st.text(), st.text(), st.text())
def test_whatever_is_stated_a_trait_is_short_clean_and_never_empty(name, place, word):
    odd = posting("a", "x", organization=name, places=(Place(place),), requirements=(word,))
    for trait, value in traits_of(odd, "kelp", None):
        assert trait in TRAITS
        assert 0 < len(value) <= 80
        assert value == clean(value)
        value.encode()


def found(path, **asked):
    traits = {key: value for key, value in asked.items() if key in TRAITS}
    rest = {key: value for key, value in asked.items() if key not in TRAITS}
    with Lookup.open(path) as lookup, lookup.reading():
        return lookup.postings(Filter(traits=traits, **rest))


def titles(path, **asked):
    return [row.known.posting.title for row in found(path, **asked).rows]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "r.db"


def test_traits_follow_a_posting_that_changes_closes_and_returns(path):
    first = posting("a", "Diver", places=(Place("Oslo"),))
    fill(path, [crawl(0, first, posting("b", "Other"))])
    assert titles(path, place="Oslo") == ["Diver"]
    fill(path, [crawl(1, replace(first, places=(Place("Bodø"),)), posting("b", "Other"))])
    assert titles(path, place="Oslo") == []
    assert titles(path, place="Bodø") == ["Diver"]
    fill(path, [crawl(day, posting("b", "Other")) for day in (2, 4)])
    assert titles(path, place="Bodø") == []
    assert titles(path, place="Bodø", closed=True) == ["Diver"]
    fill(path, [crawl(5, replace(first, places=(Place("Bodø"),)), posting("b", "Other"))])
    assert titles(path, place="Bodø") == ["Diver"]
    assert titles(path, place="Bodø", closed=True) == []


def test_the_counts_beside_the_values_are_those_of_what_was_asked(path):
    fill(path)
    values = found(path, words="optics").values
    assert dict(values["employment"]) == {"full-time": 2, "intern": 2}
    assert dict(values["source"]) == {"kelp": 3, "mole": 1}
    assert found(path, words="optics", source="mole").total == 1


def test_a_renamed_source_keeps_its_postings(path):
    fill(path, [crawl(0, posting("a", "Diver"))])
    renamed = replace(KELP, id="weed")
    fill(path, [crawl(1, posting("a", "Diver"), source=renamed)])
    assert titles(path, source="weed") == ["Diver"]
    assert titles(path, source="kelp") == []


def test_more_than_can_be_counted_is_said_to_be_more(path, monkeypatch):
    monkeypatch.setattr("monitor.narrowing.COUNTED", 3)
    fill(path, [crawl(0, posting("a", "Diver"))])
    with Store.open(path) as store:
        many = [posting(f"p{n}", "Diver", body="x") for n in range(4)]
        store.record(crawl(0, *many, source=MOLE), judge)
    assert found(path, words="diver").total is None
    assert found(path, words="diver").values["source"] == [("mole", None), ("kelp", None)]
    assert found(path, source="mole").total == 4
    assert found(path).total == 5


def test_traits_follow_a_posting_that_is_read_anew(path):
    fill(path, [crawl(0, posting("a", "Diver", places=(Place("Olso"),)))])

    with Store.open(path) as store:
        right = [
            (stand, replace(stand.posting, places=(Place("Oslo"),)))
            for stand in store.stands("kelp")
        ]
        store.rederive(KELP, Derivation(2, right))
    assert titles(path, place="Oslo") == ["Diver"]
    assert titles(path, place="Olso") == []
