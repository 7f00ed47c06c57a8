import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Salary
from monitor.pay import pay_change

amounts = st.none() | st.integers(0, 10**7).map(float)
salaries = st.none() | st.builds(
    Salary,
    amounts,
    amounts,
    st.sampled_from([None, "USD", "CHF"]),
    st.sampled_from([None, "hour", "month", "year"]),
)


def monthly(low, high, **fields):
    return Salary(low, high, "USD", "month", **fields)


def test_a_point_over_a_range_is_raised_with_both_percentages():
    change = pay_change(monthly(10_000, 11_000), monthly(12_100, 12_100))
    assert (change.field, change.weight, change.fact) == ("salary", "material", "raised")
    assert change.note == "+10 % over the old top, +21 % over the old floor"


@pytest.mark.parametrize(
    ("before", "after", "fact"),
    [
        ((100, 120), (110, 130), "raised"),
        ((100, 120), (100, 130), "raised"),
        ((100, 120), (90, 120), "lowered"),
        ((100, 120), (90, 110), "lowered"),
        ((100, 120), (90, 130), "widened"),
        ((100, 120), (105, 110), "narrowed"),
        ((100, None), (110, None), "raised"),
        ((100, None), (100, 120), "narrowed"),
        ((100, 120), (None, 120), "widened"),
        ((100, None), (None, 120), "moved"),
    ],
)
def test_how_an_interval_moved_has_a_name(before, after, fact):
    assert pay_change(monthly(*before), monthly(*after)).fact == fact


def test_pay_that_comes_or_goes_is_said_so():
    assert pay_change(None, monthly(1, 2)).fact == "appeared"
    gone = pay_change(monthly(1, 2), None)
    assert (gone.fact, gone.after, gone.note) == ("vanished", None, None)


@pytest.mark.parametrize(
    ("other", "fact"),
    [
        (Salary(100, 120, "EUR", "month"), "currency changed"),
        (Salary(1200, 1440, "USD", "year"), "period changed"),
        (Salary(1200, 1440, "USD", None), "moved"),
    ],
)
def test_another_currency_or_period_is_not_comparable(other, fact):
    change = pay_change(monthly(100, 120), other)
    assert (change.fact, change.note) == (fact, "not comparable")


def test_the_same_pay_in_other_words_is_nothing():
    before = monthly(100, 120, raw="$100-120 a month", provenance="text", start=3, end=19)
    after = Salary(100.0, 120, "USD", "month", raw="", provenance="structured")
    assert pay_change(before, after) is None
    assert pay_change(Salary(100, 120), before) is None


def test_an_end_that_stays_is_called_unchanged_and_one_that_falls_is_under():
    change = pay_change(monthly(40, 60), monthly(40, 55.5))
    assert change.note == "-7.5 % under the old top, floor unchanged"


def test_an_unpaid_posting_that_is_paid_now_has_no_percentage():
    change = pay_change(monthly(0, 0), monthly(900, 900))
    assert (change.fact, change.note) == ("raised", None)


def test_a_tiny_raise_is_never_plus_nothing():
    change = pay_change(monthly(100_000, 100_000), monthly(100_050, 100_050))
    assert change.note.startswith("+0.05 % over")


@given(salaries)
def test_pay_compared_with_itself_says_nothing(pay):
    assert pay_change(pay, pay) is None


OPPOSITE = {
    "raised": "lowered",
    "widened": "narrowed",
    "appeared": "vanished",
    "moved": "moved",
    "currency changed": "currency changed",
    "period changed": "period changed",
}


@given(salaries, salaries)
def test_taking_a_change_back_has_the_opposite_name(before, after):
    there, back = pay_change(before, after), pay_change(after, before)
    assert (there is None) == (back is None)
    if there is not None:
        pair = (there.fact, back.fact)
        assert pair in OPPOSITE.items() or pair[::-1] in OPPOSITE.items()
