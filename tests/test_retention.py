from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from judging import DAY, START

from monitor.retention import Held, Retention, old_visits, plan

KEEP = Retention(plain=10 * DAY, history=200 * DAY)
NOW = START + 1000 * DAY
YEAR = Retention(pages=365 * DAY, pages_least=2)


def held(*hashes, closed=None, **fields):
    """Give a posting that closed so many days ago, or is open."""
    closed_at = None if closed is None else NOW - closed * DAY
    return Held("harbor", closed_at, hashes[-1], list(enumerate(hashes)), **fields)


def planned(*postings, keep=KEEP, told=NOW):
    return plan(postings, keep, NOW, told=told)


def test_an_open_posting_keeps_every_reading_and_its_last_one_plain():
    made = planned(held("a", "b", "c", told={"before-a-rereading"}))
    assert (made.plain, made.whole) == ({"c"}, {"a", "b", "before-a-rereading"})
    assert (made.shown, made.thinned, made.revisions) == (set(), set(), [])
    assert set(made.source) == {"a", "b", "c", "before-a-rereading"}


def test_the_last_text_of_a_posting_is_packed_some_time_after_its_closing():
    assert planned(held("a", "b", closed=9.9)).plain == {"b"}
    made = planned(held("a", "b", closed=10))
    assert (made.plain, made.shown, made.whole) == (set(), {"b"}, {"a"})


def test_of_a_posting_closed_long_ago_the_first_and_the_last_reading_stay():
    assert planned(held(*"abcd", closed=199)).thinned == set()
    made = planned(held(*"abcd", closed=200))
    assert (made.thinned, made.revisions) == ({"b", "c"}, [1, 2])
    assert (made.shown, made.whole) == ({"d"}, {"a"})


def test_a_text_that_came_back_in_the_end_is_no_middle_one():
    made = planned(held("a", "b", "a", "c", "b", closed=500))
    assert (made.thinned, made.revisions) == ({"c"}, [3])


def test_a_reading_that_another_posting_of_the_name_has_stays():
    made = planned(held(*"abc", closed=500, others={"b"}))
    assert (made.thinned, made.whole) == (set(), {"a"})


def test_nothing_goes_before_every_search_was_told():
    assert planned(held(*"abc", closed=500), told=NOW - 501 * DAY).thinned == set()
    assert planned(held(*"abc", closed=500), told=NOW - 499 * DAY).thinned == {"b"}


def test_history_is_never_kept_for_less_than_summaries_look_back():
    none = Retention(history=timedelta(0))
    assert planned(held(*"abc", closed=99), keep=none).thinned == set()
    assert planned(held(*"abc", closed=100), keep=none).thinned == {"b"}


HASHES = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=7)
POSTINGS = st.builds(
    lambda hashes, closed, told, others: held(*hashes, closed=closed, told=told, others=others),
    HASHES,
    st.none() | st.integers(0, 900),
    st.sets(st.sampled_from("abcdefgh")),
    st.sets(st.sampled_from("abc")),
)


@given(st.lists(POSTINGS, max_size=4))
def test_no_reading_has_two_fates_and_none_of_use_goes(postings):
    made = planned(*postings)
    fates = [made.plain, made.shown, made.whole, made.thinned]
    assert sum(map(len, fates)) == len(set().union(*fates))
    for one in postings:
        ends = {one.present, one.revisions[0][1], one.revisions[-1][1]}
        assert not made.thinned & (ends | one.others)
        if one.closed_at is None:
            assert one.present in made.plain


def visits(*days):
    return {NOW - day * DAY: {"page"} for day in days}


def test_old_visits_go_but_for_the_newest_and_what_open_postings_were_read_from():
    assert old_visits(visits(400, 500), (), YEAR, NOW) == []
    assert old_visits(visits(1, 2, 400, 500), (), YEAR, NOW) == [NOW - 500 * DAY, NOW - 400 * DAY]
    assert old_visits(visits(1, 2, 300, 364), (), YEAR, NOW) == []
    found = {NOW - 1 * DAY: {"x"}, NOW - 2 * DAY: {"x"}, **visits(400, 500)}
    assert old_visits(found, {"page"}, YEAR, NOW) == [NOW - 500 * DAY]
