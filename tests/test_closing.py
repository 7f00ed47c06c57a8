from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visits import SOURCE, T0, Board, posting

from crawler.items import Source
from monitor import closing

EIGHT = tuple(f"{n}" for n in range(8))
LIST = Source("tideboard", "github_list", board="invented/tideboard")


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2027-03-05", datetime(2027, 3, 6, 12, tzinfo=UTC)),
        ("2027-03-05T00:00:00", datetime(2027, 3, 6, 12, tzinfo=UTC)),
        ("2027-03-05T17:00:00", datetime(2027, 3, 6, 5, tzinfo=UTC)),
        ("2027-03-05T17:00:00+01:00", datetime(2027, 3, 5, 16, tzinfo=UTC)),
        ("2027-03-05T17:00:00Z", datetime(2027, 3, 5, 17, tzinfo=UTC)),
        ("0001-01-01T00:00:00", None),
        ("1970-01-01", None),
        ("9999-12-31", None),
        ("until filled", None),
        ("2027-02-30", None),
        (None, None),
    ],
)
def test_a_deadline_is_the_last_moment_it_may_mean(text, end):
    assert closing.deadline(text) == end


@given(st.text(max_size=30) | st.datetimes().map(str) | st.datetimes().map(datetime.isoformat))
def test_no_deadline_text_raises(text):
    closing.deadline(text)
    closing.day(text)


def test_a_missing_posting_is_held_for_a_day_and_then_closed():
    board = Board("1", "2")
    assert board.said(["1"], hours=8) == ["(closed 2)"]
    assert board.said(["1"], hours=16) == []
    assert board.said(["1"], hours=31.9) == []
    (event,) = board.visit(["1"], hours=32)
    assert (event.kind, event.posting_id, event.held) == ("closed", "2", False)
    assert event.reason == ("not listed since 1 Mar 2027 14:00 UTC, confirmed 2 Mar 2027 14:00 UTC")
    assert event.posting == posting("2")
    assert board.said(["1"], hours=60) == []


def test_a_return_within_the_hold_says_nothing():
    board = Board("1", "2")
    board.visit(["1"], hours=8)
    assert board.said(["1", "2"], hours=20) == []
    assert board.said(["1"], hours=40) == ["(closed 2)"]
    assert board.said(["1"], hours=63) == []


def test_a_hold_that_began_under_a_clock_that_was_ahead_begins_when_it_is_right():
    board = Board("1", "2")
    assert board.said(["1"], hours=9000) == ["(closed 2)"]
    assert board.said(["1"], hours=24) == ["(closed 2)"]
    assert board.said(["1"], hours=47) == []
    assert board.said(["1"], hours=48) == ["closed 2"]


@pytest.mark.parametrize("outcome", ["partial", "failed"])
def test_a_crawl_that_is_not_complete_neither_counts_nor_clears(outcome):
    board = Board("1", "2")
    assert board.said(["1"], hours=8, outcome=outcome) == []
    assert board.said(["1"], hours=10) == ["(closed 2)"]
    assert board.said(["1"], hours=40, outcome=outcome) == []
    assert board.said(["1"], hours=41) == ["closed 2"]


def test_a_partial_crawl_that_sees_the_posting_ends_its_hold():
    board = Board("1", "2")
    board.visit(["1"], hours=8)
    assert board.said(["2"], hours=20, outcome="partial") == []
    assert board.said(["1"], hours=40) == ["(closed 2)"]


def test_an_unchanged_crawl_counts_like_a_complete_one():
    board = Board("1", "2")
    assert board.said(hours=8, outcome="unchanged", kept=["1"]) == ["(closed 2)"]
    assert board.said(hours=33, outcome="unchanged", kept=["1"]) == ["closed 2"]


def test_its_own_page_closes_at_once_but_only_in_a_complete_crawl():
    board = Board("1", "2")
    assert board.said(["1"], hours=8, outcome="partial", gone=["2"]) == []
    (event,) = board.visit(["1"], hours=9, gone=["2"])
    assert (event.kind, event.held, event.reason) == ("closed", False, "404 at its own page")
    assert board.standing.known["2"].authority


def test_its_own_page_outranks_the_listing_that_still_names_it():
    board = Board("1", "2")
    assert board.said(["1", "2"], hours=8, gone=["2"]) == ["closed 2"]
    assert board.said(["1", "2"], hours=16, gone=["2"]) == []
    assert board.said(["1", "2"], hours=24) == ["reopened 2"]


def test_a_curated_lists_flag_is_held_like_a_miss():
    board = Board("1", "2", source=LIST)
    assert board.said(["1"], hours=8, gone=["2"]) == ["(closed 2)"]
    (event,) = board.visit(["1"], hours=32, gone=["2"])
    assert event.reason.startswith("404 at its own page since 1 Mar 2027 14:00 UTC")
    assert not board.standing.known["2"].authority


def test_a_curated_list_with_an_open_and_a_closed_row_shows_it_as_open():
    board = Board("1", "2", source=LIST)
    assert board.said(["1", "2"], hours=8, gone=["2"]) == []
    assert board.standing.known["2"].missing_since is None


def test_a_posting_closes_when_its_own_date_is_past_everywhere():
    board = Board("1", posting("2", valid_through="2027-03-02"))
    listed = ["1", posting("2", valid_through="2027-03-02")]
    assert board.said(listed, hours=54) == []
    (event,) = board.visit(listed, hours=54.1)
    assert (event.kind, event.reason) == ("closed", "valid through 2027-03-02")
    assert board.said(listed, hours=60) == []
    assert board.said(hours=62, kept=["1", "2"]) == []
    assert board.said(listed, hours=64, outcome="partial") == []
    assert board.standing.known["2"].last_seen == T0 + timedelta(hours=64)


def test_a_kept_posting_expires_without_being_read_again():
    board = Board("1", posting("2", valid_through="2027-03-01T10:00:00Z"))
    assert board.said(hours=3, kept=["1", "2"]) == []
    assert board.said(hours=5, kept=["1", "2"]) == ["closed 2"]


def test_a_date_that_passes_closes_nothing_in_a_partial_crawl():
    board = Board("1", posting("2", valid_through="2027-03-01T10:00:00Z"))
    assert board.said(["1"], hours=5, outcome="partial") == []
    assert board.said(["1"], hours=6) == ["closed 2"]


@pytest.mark.parametrize("date", ["2027-04-01", None])
def test_a_date_that_moves_on_or_goes_away_reopens(date):
    board = Board("1", posting("2", valid_through="2027-03-01T10:00:00Z"))
    board.visit(["1", posting("2", valid_through="2027-03-01T10:00:00Z")], hours=5)
    (event,) = board.visit(["1", posting("2", valid_through=date)], hours=9)
    assert event.kind == "reopened"
    assert [change.field for change in event.changes] == ["valid_through"]


def test_a_posting_first_seen_expired_is_remembered_but_not_told():
    board = Board("1")
    assert board.said(["1", posting("2", valid_through="2027-02-01")], hours=8) == []
    assert board.standing.known["2"].state == "closed"
    assert board.said(["1", posting("3")], gone=["3"], hours=9) == []


@pytest.mark.parametrize(("hours", "kind"), [(32 + 168, "retracted"), (32 + 168.1, "reopened")])
def test_a_wrong_closing_is_taken_back_for_seven_days(hours, kind):
    board = Board("1", "2")
    board.visit(["1"], hours=8)
    board.visit(["1"], hours=32)
    assert board.said(["1", "2"], hours=hours) == [f"{kind} 2"]
    known = board.standing.known["2"]
    assert (known.state, known.closed_at, known.missing_since) == ("open", None, None)


def test_a_proven_closing_is_never_taken_back():
    board = Board("1", "2")
    board.visit(["1"], hours=8, gone=["2"])
    assert board.said(["1"], hours=9, kept=["2"]) == ["reopened 2"]


def test_the_third_flip_says_flapping_and_then_nothing():
    board = Board("1", "2")
    assert board.said(["1"], hours=1, gone=["2"]) == ["closed 2"]
    assert board.said(["1", "2"], hours=2) == ["reopened 2"]
    (event,) = board.visit(["1"], hours=3, gone=["2"])
    assert (event.kind, event.posting_id) == ("flapping", "2")
    assert event.reason == "closed or back 3 times since 1 Mar 2027 06:00 UTC"
    assert board.standing.known["2"].state == "closed"
    assert board.said(["1", "2"], hours=4) == []
    assert board.said(["1"], hours=5) == []
    assert board.said(["1"], hours=30) == []
    assert board.standing.known["2"].state == "closed"


def test_what_changed_is_told_of_a_flapping_posting_too():
    board = Board("1", "2")
    for hour in (1, 2, 3):
        board.visit(["1", "2"][: 1 + (hour == 2)], hours=hour, gone=["2"] * (hour != 2))
    (event,) = board.visit(["1", posting("2", remote="remote")], hours=4)
    assert (event.kind, event.weight) == ("changed", "material")


def test_a_source_that_finds_under_half_is_suspicious_and_closes_nothing():
    board = Board(*EIGHT)
    (event,) = board.visit(EIGHT[:3], hours=8)
    assert (event.kind, event.reason) == ("source_broken", "found 3 of the usual 8 postings")
    assert board.judgement.suspicious == event.reason
    assert board.standing.counts == (8,)
    assert not any(known.missing_since for known in board.standing.known.values())
    assert board.said(EIGHT[:3], hours=40) == []


def test_half_of_the_postings_gone_missing_at_once_is_suspicious():
    board = Board(*EIGHT)
    (event,) = board.visit(EIGHT[4:], hours=8)
    assert event.reason == "4 of 8 open postings would go missing at once"
    board = Board(*EIGHT)
    (event,) = board.visit(EIGHT, hours=8, gone=EIGHT[:3] + EIGHT[4:5])
    assert event.reason == "4 of 8 open postings would close at once"
    assert all(known.state == "open" for known in board.standing.known.values())


def test_a_board_below_eight_is_not_guarded():
    board = Board(*EIGHT[:7])
    assert board.said([], hours=8) == [f"(closed {n})" for n in range(7)]
    assert board.said([], hours=32) == [f"closed {n}" for n in range(7)]


def test_the_usual_size_is_the_median_of_five_believed_crawls():
    board = Board(*EIGHT)
    for hour in range(1, 6):
        board.visit([*EIGHT, "x", "y", "z"], hours=hour)
    assert board.standing.counts == (11,) * 5


def test_a_suspicious_source_that_recovers_says_so_once():
    board = Board(*EIGHT)
    board.visit(EIGHT[:3], hours=8)
    assert board.said(EIGHT[:3], hours=12, outcome="partial") == []
    assert board.said(EIGHT, hours=16) == ["source_recovered"]
    assert board.standing.suspect_count == 0
    assert board.said(EIGHT, hours=24) == []


def test_three_agreeing_suspicious_crawls_over_three_days_are_believed():
    board = Board(*EIGHT)
    board.visit(EIGHT[:3], hours=8)
    assert board.said(EIGHT[:3], hours=44) == []
    assert board.said(hours=56, outcome="failed") == []
    assert board.said(EIGHT[:3], hours=79.9) == []
    events = board.visit(EIGHT[:3], hours=80)
    assert [event.kind for event in events] == ["source_recovered", *["closed"] * 5]
    assert events[1].reason.startswith("not listed since 1 Mar 2027 14:00 UTC")
    assert board.said(EIGHT[:3], hours=88) == []
    assert board.standing.counts == (3, 3)


def test_suspicious_crawls_that_disagree_begin_anew():
    board = Board(*EIGHT)
    board.visit(EIGHT[:3], hours=8)
    board.visit(EIGHT[1:4], hours=44)
    assert board.standing.suspect_since == T0 + timedelta(hours=44)
    assert board.said(EIGHT[1:4], hours=80) == []
    assert len(board.visit(EIGHT[1:4], hours=116)) == 6


def test_a_new_posting_meanwhile_does_not_break_the_agreement():
    board = Board(*EIGHT)
    board.visit(EIGHT[:2], hours=8)
    assert board.said([*EIGHT[:2], "9"], hours=44) == ["opened 9"]
    assert len(board.visit([*EIGHT[:2], "9"], hours=80)) == 7


def test_a_partial_crawl_that_contradicts_the_streak_ends_it():
    board = Board(*EIGHT)
    board.visit(EIGHT[:3], hours=8)
    board.visit(EIGHT[5:6], hours=44, outcome="partial")
    assert board.standing.suspect_count == 0
    assert board.said(EIGHT[:3], hours=80) == []


def test_a_slowly_emptying_board_is_not_suspicious():
    board = Board(*EIGHT, source=SOURCE)
    assert board.said(EIGHT[:5], hours=8) == [f"(closed {n})" for n in (5, 6, 7)]
    assert board.said(EIGHT[:5], hours=33) == [f"closed {n}" for n in (5, 6, 7)]
