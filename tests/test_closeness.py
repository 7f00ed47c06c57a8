"""How near one posting is to another, judged on invented trades."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Place, Posting, Salary
from monitor import closeness
from monitor.closeness import LIKE, NEAR, asked, common, draw, kept, near
from monitor.search import Fit

KILN = Posting(
    "1",
    "Senior Kiln Operator (m/w/d)",
    places=(Place("Delft, Netherlands", locality="Delft", country="Netherlands"),),
    employment_types=("FULL_TIME",),
    requirements=("BS",),
    remote="onsite",
    salary=Salary(40_000, 50_000, "EUR", "year"),
    body="You fire porcelain and stoneware.\nPorcelain cracks; you know why.\nFree lunch.",
)
COUNTS = {"kiln": 20, "operator": 300, "porcelain": 30, "stoneware": 30, "lunch": 900}


def portrait(counts=COUNTS, posting=KILN):
    return draw("delft", posting, counts, 1000)


def bare(title, body=""):
    return Posting("2", title, body=body)


def test_what_an_employer_says_under_every_title_is_not_asked_for():
    siblings = [bare(f"Role {n}", "Free lunch.") for n in range(4)]
    words = asked(KILN, siblings, 1000)
    assert list(words)[:3] == ["senior", "kiln", "operator"]
    assert {"porcelain", "stoneware", "cracks"} <= words.keys()
    assert words.keys().isdisjoint({"lunch", "free", "you", "and", "why"})
    assert (words["kiln"], words["porcelain"]) == (1000, common(1000) + 1)


def test_the_words_asked_for_are_bounded():
    long = bare("Kiln", " ".join(f"w{n}x" for n in range(5000)))
    assert len(asked(long, [], 1000)) == closeness.ASKED
    counts = dict.fromkeys(asked(long, [], 1000), 3)
    assert len(portrait(counts, long).words) == closeness.WORDS


@pytest.mark.parametrize(("total", "most"), [(0, 10), (30, 10), (1000, 100), (10**6, 2000)])
def test_a_word_is_common_beyond_one_in_ten(total, most):
    assert common(total) == most


def test_words_of_the_title_weigh_more_and_common_ones_of_the_text_nothing():
    words = dict(portrait().words)
    assert list(words) == ["kiln", "operator", "porcelain", "stoneware"]
    assert portrait().rare == tuple(words)
    many = draw("delft", KILN, COUNTS | {"operator": 2001}, 10_000)
    assert many.rare == ("kiln", "porcelain", "stoneware", "lunch")


def test_a_word_that_no_other_posting_has_says_nothing():
    assert dict(portrait(COUNTS | {"kiln": 1}).words).keys() == {
        "operator",
        "porcelain",
        "stoneware",
    }


def test_a_posting_is_as_near_to_itself_as_can_be():
    assert near(portrait(), KILN) == Fit(
        (
            "same title",
            "shares “kiln”, “operator”, “porcelain” and 1 more",
            "same place",
            "pay overlaps",
            "asks the same degree",
            "same employment type",
            "both on site",
        ),
        1.0,
    )


def test_the_nearer_the_words_the_nearer_the_posting():
    others = [
        bare("Kiln Operator", "Porcelain and stoneware."),
        bare("Kiln Operators"),
        bare("Operator", "You fire a kiln."),
        bare("Operator"),
        bare("Accountant", "You like porcelain."),
        bare("Accountant", "You like books."),
    ]
    scores = [near(portrait(), each).score for each in others]
    assert scores == sorted(set(scores), reverse=True)
    assert (scores[0], scores[-1]) == (0.7, 0.0)


def test_facts_bring_nearer_or_further_and_silence_does_neither():
    silent = bare("Kiln Operator", KILN.body)
    places = (Place("Delft"),), (Place("Porto, Portugal", locality="Porto", country="Portugal"),)
    here, there = (replace(silent, places=each) for each in places)
    scores = [near(portrait(), each).score for each in (here, silent, there)]
    assert scores == [0.8, 0.7, 0.65]


def test_facts_alone_bring_nothing_near():
    assert near(portrait(), replace(KILN, title="Accountant", body="Books.")).score == 0.0


@pytest.mark.parametrize(
    ("pay", "overlaps"),
    [
        (Salary(45_000, 60_000, "EUR", "year"), True),
        (Salary(51_000, None, "EUR", "year"), False),
        (Salary(None, 40_000, "EUR", "year"), True),
        (Salary(3_500, 4_000, "EUR", "month"), True),
        (Salary(6_000, 7_000, "EUR", "month"), False),
        (Salary(45_000, 60_000, "USD", "year"), None),
        (Salary(45_000, 45_000, None, "year"), None),
        (Salary(45_000, 45_000, "EUR", "once"), None),
        (None, None),
    ],
)
def test_pay_is_compared_where_it_can_be(pay, overlaps):
    silent = near(portrait(), bare(KILN.title, KILN.body)).score
    fit = near(portrait(), replace(bare(KILN.title, KILN.body), salary=pay))
    assert ("pay overlaps" in fit.reasons) is (overlaps is True)
    assert (fit.score > silent) - (fit.score < silent) == {True: 1, False: -1, None: 0}[overlaps]


def test_a_search_keeps_what_is_near_enough_and_the_posting_itself():
    far, close = bare("Accountant", "Stoneware."), bare("Kiln Operator")
    assert kept(portrait(), "delft", far) is None
    assert kept(portrait(), "delft", close).score == LIKE * near(portrait(), close).score
    assert near(portrait(), far).score < NEAR < near(portrait(), close).score
    own = Fit(("the posting that this search is like",), LIKE)
    assert kept(portrait(), "delft", replace(KILN, title="Gone", body="")) == own
    assert kept(portrait(), "porto", replace(KILN, title="Gone", body="")) is None


TEXTS = st.lists(st.sampled_from([*COUNTS, "glaze", "7", "C++"]), max_size=8).map(" ".join)
PAYS = st.sampled_from([None, KILN.salary, Salary(1, 2, "EUR", "month")])
PLACES = st.sampled_from([(), KILN.places, (Place("Porto"),)])
POSTINGS = st.builds(
    Posting, st.just("9"), TEXTS, places=PLACES, salary=PAYS, body=TEXTS, requirements=st.just(())
)


@given(POSTINGS, POSTINGS)
def test_nothing_is_nearer_to_a_posting_than_itself(one, other):
    drawn = portrait({word: COUNTS.get(word, 5) for word in asked(one, [], 1000)}, one)
    assert 0 <= near(drawn, other).score <= near(drawn, one).score <= 1


@given(st.text(max_size=60), st.text(max_size=200), st.integers(0, 3000))
def test_any_text_can_be_drawn_and_compared(title, body, having):
    posting = bare(title, body)
    words = asked(posting, [KILN, posting], 1000)
    drawn = draw("s", posting, dict.fromkeys(words, having), 1000)
    assert near(drawn, KILN).score >= 0
    assert near(portrait(), posting).score <= 1
