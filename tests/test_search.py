"""What a search takes and what it leaves."""

from dataclasses import replace
from itertools import combinations

import mail_samples as samples
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Place, Salary
from monitor.events import Event
from monitor.search import Fit, Search, fits, matches


def ask(**wishes):
    return Search(id="s", name="S", **wishes)


def why(search, item):
    fit = fits(search, item)
    return None if fit is None else fit.reasons


POSTING = samples.posting(
    1,
    title="Machine\u00a0Learning Intern (C++)",
    department="R&D, on\u2011site lab",
    body="You know Django, ASP.NET and multi-modal models.\nPhD students only.",
    places=(Place("Zürich, Switzerland", locality="Zürich", country="Switzerland"),),
    employment_types=("INTERN", "FULL_TIME"),
    remote="hybrid",
    salary=samples.monthly(10_000, 11_000),
)


def test_a_search_that_asks_nothing_takes_everything():
    assert fits(ask(), POSTING) == Fit()


@pytest.mark.parametrize(
    ("word", "there"),
    [
        ("intern", True),
        ("INTERN", True),
        ("machine learning", True),
        ("Machine  Learning", True),
        ("on-site lab", True),
        ("multi\u2010modal", True),
        ("c++", True),
        ("acme", True),
        ("phd", True),
        ("c", False),
        ("inter", False),
        ("go", False),
        (".NET", False),
        ("models phd", False),
        ("", False),
        ("a.c", False),
    ],
)
def test_words_are_whole_folded_and_literal(word, there):
    assert (fits(ask(any_words=(word,)), POSTING) is not None) is there


def test_a_phrase_never_runs_from_one_field_into_the_next():
    assert fits(ask(any_words=("acme imaging r&d",)), POSTING) is None


def test_languages_without_spaces_match_inside_a_run():
    item = replace(POSTING, title="机器学习实习生")
    assert why(ask(any_words=("实习",)), item) == ("“实习” in the title",)


def test_all_words_must_be_there_and_none_of_the_refused():
    found = why(ask(all_words=("intern", "phd")), POSTING)
    assert found == ("“intern” in the title", "“phd” in the text")
    assert fits(ask(all_words=("intern", "senior")), POSTING) is None
    assert fits(ask(any_words=("intern",), none_words=("django",)), POSTING) is None
    assert why(ask(none_words=("senior",)), POSTING) == ()


def test_words_are_told_with_the_place_where_they_stand_each_once():
    search = ask(any_words=("lab", "Django", "machine learning", "INTERN", "acme", "senior"))
    assert why(search, POSTING) == (
        "“machine learning”, “INTERN” in the title",
        "“acme” in the company",
        "“lab” in the department",
        "“Django” in the text",
    )


def test_more_words_and_words_in_the_title_fit_better():
    search = ask(any_words=("lathe", "lens"))
    titles_and_texts = [
        ("Lens and Lathe Fitter", ""),
        ("Lens Fitter", "You run a lathe."),
        ("Lens Fitter", ""),
        ("Fitter", "You grind a lens on a lathe."),
        ("Fitter", "You run a lathe, a lathe and a lathe."),
    ]
    items = [samples.posting(1, title=title, body=text) for title, text in titles_and_texts]
    scores = [fits(search, item).score for item in items]
    assert scores == sorted(set(scores), reverse=True)


def test_pay_over_the_floor_fits_better_than_none_and_twice_it_is_enough():
    search = ask(min_salary=50_000, salary_currency="USD", salary_period="year")
    pays = [None, *(Salary(1, top, "USD", "year") for top in (50_000, 60_000, 100_000, 900_000))]
    scores = [fits(search, replace(POSTING, salary=pay)).score for pay in pays]
    assert scores == [0.0, 0.5, 0.6, 1.0, 1.0]
    assert fits(ask(min_salary=0), POSTING).score == 1.0


def test_companies_and_places_match_at_word_boundaries():
    assert why(ask(companies=("acme",)), POSTING) == ("acme",)
    assert fits(ask(companies=("acm",)), POSTING) is None
    assert why(ask(places=("switzerland",)), POSTING) == ("switzerland",)
    assert fits(ask(places=("zurich",)), POSTING) is None
    assert fits(ask(places=("bern",)), replace(POSTING, places=())) is None


@pytest.mark.parametrize("wish", ["intern", "INTERN", "Full-time", "full time"])
def test_employment_is_asked_in_any_spelling(wish):
    assert fits(ask(employment=(wish,)), POSTING) is not None


def test_what_is_asked_and_not_stated_does_not_fit():
    assert fits(ask(remote=("remote",)), replace(POSTING, remote=None)) is None
    assert fits(ask(employment=("INTERN",)), replace(POSTING, employment_types=())) is None


@pytest.mark.parametrize(
    ("salary", "taken"),
    [
        (Salary(10_000, 11_000, "USD", "month"), True),
        (Salary(8_000, 9_000, "USD", "month"), False),
        (Salary(40, 60, "USD", "hour"), True),  # 124,800 a year
        (Salary(40, 57, "USD", "hour"), False),  # 118,560
        (Salary(400, 462, "USD", "day"), True),
        (Salary(50_000, None, "USD", "year"), True),  # the top is open
        (Salary(1, 2, "EUR", "year"), True),  # another currency
        (Salary(1, 2, None, "year"), True),
        (Salary(500, 500, "USD", "once"), True),
        (Salary(500, 500, "USD", None), True),
        (None, True),
    ],
)
def test_pay_refuses_only_what_is_stated_and_comparable(salary, taken):
    search = ask(min_salary=120_000, salary_currency="USD", salary_period="year")
    assert (fits(search, replace(POSTING, salary=salary)) is not None) is taken


def test_the_factor_of_a_converted_pay_is_printed():
    search = ask(min_salary=120_000, salary_currency="USD", salary_period="year")
    assert why(search, POSTING) == ("pay up to 132,000 a year (11,000 a month \u00d7 12)",)


def test_a_change_concerns_a_search_that_it_leaves_or_enters():
    junior, senior = replace(POSTING, title="Junior Clerk"), replace(POSTING, title="Senior Clerk")
    event = samples.changed(junior, senior)
    entered, left = (matches(ask(any_words=(word,)), event) for word in ("senior", "junior"))
    assert entered.reasons == ("“senior” in the title",)
    assert left.reasons == ("before this change: “junior” in the title",)
    assert left.score < entered.score
    assert matches(ask(any_words=("chief",)), event) is None


def test_events_are_chosen_by_kind_and_source():
    event = samples.event("opened", POSTING)
    assert matches(ask(events=("opened",)), event) == Fit()
    assert matches(ask(events=("closed",)), event) is None
    assert matches(ask(sources=("acme",)), event) == Fit()
    assert matches(ask(sources=("borea",)), event) is None


def test_a_held_closing_concerns_nobody():
    assert matches(ask(), samples.event("closed", POSTING, held=True)) is None


def test_news_of_a_source_concerns_all_that_watch_it():
    broken = Event(samples.UNTIL, "acme", "source_broken", reason="403")
    assert matches(ask(any_words=("intern",)), broken).reasons == ("you watch acme",)
    assert matches(ask(sources=("borea",)), broken) is None
    assert matches(ask(events=("opened",)), broken) is None


WORDS = st.lists(st.sampled_from(["intern", "senior", "phd", "django", "x"]), max_size=3)


@given(WORDS.map(tuple), WORDS.map(tuple))
def test_asking_for_more_never_takes_more(words, others):
    both = fits(ask(all_words=words + others), POSTING)
    each = [fits(ask(all_words=part), POSTING) for part in (words, others)]
    assert (both is not None) == all(part is not None for part in each)


@given(st.text(max_size=40), st.text(max_size=200))
def test_any_text_may_be_asked_for_and_searched(word, body):
    item = replace(POSTING, title=body, body=body)
    search = ask(any_words=(word,), companies=(word,), places=(word,), none_words=("zzzz",))
    fits(search, item)


def test_the_criteria_hold_together_as_and():
    wishes = {"any_words": ("intern",), "places": ("bern",), "remote": ("hybrid",)}
    met = {name: fits(ask(**{name: wish}), POSTING) is not None for name, wish in wishes.items()}
    assert met == {"any_words": True, "places": False, "remote": True}
    for pair in combinations(wishes, 2):
        search = ask(**{name: wishes[name] for name in pair})
        assert (fits(search, POSTING) is not None) == all(met[name] for name in pair)
