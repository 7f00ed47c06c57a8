"""What is due when: each local day once, whatever the clocks, the bells and the machine did."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import schedule
from monitor.schedule import due, moment, period, spans
from monitor.search import Search

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ZURICH, LORD_HOWE, KIRITIMATI = "Europe/Zurich", "Australia/Lord_Howe", "Pacific/Kiritimati"


def search(at="07:00", zone="UTC", days=range(7)):
    return Search("tides", "Tide tables", at=time.fromisoformat(at), zone=zone, days=tuple(days))


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "zone", "day", "instant"),
    [
        ("07:00", "UTC", "2026-11-24", "2026-11-24T07:00"),
        ("07:00", ZURICH, "2026-11-24", "2026-11-24T06:00"),
        ("07:00", ZURICH, "2026-07-24", "2026-07-24T05:00"),
        ("07:00", KIRITIMATI, "2026-11-24", "2026-11-23T17:00"),
        ("00:00", KIRITIMATI, "2026-11-24", "2026-11-23T10:00"),
        ("23:59", "Pacific/Pago_Pago", "2026-11-24", "2026-11-25T10:59"),
        ("07:00", "Asia/Kathmandu", "2026-11-24", "2026-11-24T01:15"),
        # The clocks skip 02:30: it is 03:30 summer time.
        ("02:30", ZURICH, "2027-03-27", "2027-03-27T01:30"),
        ("02:30", ZURICH, "2027-03-28", "2027-03-28T01:30"),
        ("02:30", ZURICH, "2027-03-29", "2027-03-29T00:30"),
        # They repeat it: the first one counts.
        ("02:30", ZURICH, "2026-10-24", "2026-10-24T00:30"),
        ("02:30", ZURICH, "2026-10-25", "2026-10-25T00:30"),
        ("02:30", ZURICH, "2026-10-26", "2026-10-26T01:30"),
        # Half an hour forward in October, half an hour back in April.
        ("02:15", LORD_HOWE, "2026-10-04", "2026-10-03T15:45"),
        ("01:45", LORD_HOWE, "2027-04-04", "2027-04-03T14:45"),
        # A day that begins at one in the morning.
        ("00:00", "America/Santiago", "2026-09-06", "2026-09-06T04:00"),
    ],
)
def test_a_local_time_is_one_instant_on_every_date(at, zone, day, instant):
    assert moment(search(at, zone), date.fromisoformat(day)) == utc(instant)


@pytest.mark.parametrize(
    ("now", "newest"),
    [
        ("2026-11-24T05:59:59", "2026-11-23"),
        ("2026-11-24T06:00:00", "2026-11-24"),
        ("2026-11-25T05:59:59", "2026-11-24"),
        ("2026-12-31T23:30:00", "2026-12-31"),
        ("2027-01-01T06:00:00", "2027-01-01"),
        ("2028-02-29T12:00:00", "2028-02-29"),
    ],
)
def test_a_period_bears_the_local_date_of_its_time(now, newest):
    assert period(search(zone=ZURICH), utc(now)) == newest


def test_a_period_may_be_tomorrow_where_it_is_tomorrow_already():
    assert period(search(zone=KIRITIMATI), utc("2026-11-23T16:59:59")) == "2026-11-23"
    assert period(search(zone=KIRITIMATI), utc("2026-11-23T17:00:00")) == "2026-11-24"


@pytest.mark.parametrize(
    ("days", "now", "newest"),
    [
        ([0], "2026-11-24T12:00", "2026-11-23"),
        ([1], "2026-11-24T12:00", "2026-11-24"),
        ([1], "2026-11-24T06:59", "2026-11-17"),
        ([2], "2026-11-24T12:00", "2026-11-18"),
        ([0, 1, 2, 3, 4], "2026-11-29T12:00", "2026-11-27"),
        ([], "2026-11-24T12:00", None),
    ],
)
def test_only_its_days_count(days, now, newest):
    assert period(search(days=days), utc(now)) == newest


def test_a_new_search_is_due_at_once():
    evening = search("18:00", ZURICH)
    assert due(evening, None, utc("2026-11-24T10:00")) == "2026-11-23"
    assert due(evening, None, utc("2026-11-24T17:00")) == "2026-11-24"
    assert due(search(days=[]), None, utc("2026-11-24T10:00")) is None


def test_after_its_first_digest_nothing_is_due_before_its_time():
    evening, first = search("18:00", ZURICH), ("2026-11-23", utc("2026-11-24T10:00"))
    assert due(evening, first, utc("2026-11-24T10:00")) is None
    assert due(evening, first, utc("2026-11-24T16:59:59")) is None
    assert due(evening, first, utc("2026-11-24T17:00")) == "2026-11-24"


def test_a_decided_period_is_never_due_again():
    daily, decided = search(), ("2026-11-24", utc("2026-11-24T07:00"))
    for hours in range(24):
        assert due(daily, decided, utc("2026-11-24T07:00") + hours * HOUR) is None
    assert due(daily, decided, utc("2026-11-25T07:00")) == "2026-11-25"


def test_a_time_moved_to_later_the_same_day_does_not_repeat_the_day():
    decided = ("2026-11-24", utc("2026-11-24T07:00"))
    assert due(search("09:00"), decided, utc("2026-11-24T09:00")) is None
    assert due(search("09:00"), decided, utc("2026-11-25T09:00")) == "2026-11-25"


def test_days_asleep_are_caught_up_once():
    daily, decided = search(), ("2026-11-20", utc("2026-11-20T07:00"))
    assert due(daily, decided, utc("2026-11-23T22:00")) == "2026-11-23"
    caught_up = ("2026-11-23", utc("2026-11-23T22:00"))
    assert due(daily, caught_up, utc("2026-11-23T22:05")) is None
    assert due(daily, caught_up, utc("2026-11-24T06:59")) is None
    assert due(daily, caught_up, utc("2026-11-24T07:00")) == "2026-11-24"


def test_a_digest_sent_by_hand_stands_for_the_periods_before_it():
    by_hand = ("2026-11-24T10:00:00Z", utc("2026-11-24T10:00"))
    assert due(search(), by_hand, utc("2026-11-24T10:05")) is None
    assert due(search("18:00"), by_hand, utc("2026-11-24T18:00")) == "2026-11-24"
    assert due(search(), by_hand, utc("2026-11-25T07:00")) == "2026-11-25"


def test_a_digest_decided_under_a_clock_that_was_ahead_holds_up_no_other():
    ahead = ("2031-11-24", utc("2031-11-24T07:00"))
    assert due(search(), ahead, utc("2026-11-24T10:00")) == "2026-11-24"
    slightly = ("2026-11-24T10:00:07Z", utc("2026-11-24T10:00:07"))
    assert due(search(), slightly, utc("2026-11-24T10:00")) is None


def decided(one, bells, last=None):
    """Ask at every bell as a turn does; give ``(period, when)`` of each digest."""
    digests = []
    for bell in bells:
        found = due(one, last, bell)
        if found:
            last = (found, bell)
            digests.append(last)
    return digests


@pytest.mark.parametrize(
    ("at", "zone", "first"),
    [
        ("02:30", ZURICH, "2026-10-23"),
        ("02:00", ZURICH, "2026-10-23"),
        ("02:30", ZURICH, "2027-03-26"),
        ("03:00", ZURICH, "2027-03-26"),
        ("02:15", LORD_HOWE, "2026-10-02"),
        ("01:45", LORD_HOWE, "2027-04-02"),
        ("07:00", KIRITIMATI, "2026-12-29"),
        ("07:00", "UTC", "2026-12-29"),
        ("00:00", "America/Santiago", "2026-09-04"),
        ("23:59", "UTC", "2028-02-27"),
    ],
)
@pytest.mark.parametrize("minutes", [5, 37])
def test_every_local_day_has_one_period_through_every_change_of_clocks(at, zone, first, minutes):
    one, start, step = search(at, zone), utc(f"{first}T12:00"), timedelta(minutes=minutes)
    bells = [start + number * step for number in range(1, 5 * DAY // step + 2)]
    digests = decided(one, bells, (period(one, start), start))
    days = [date.fromisoformat(name) for name, _ in digests]
    assert len(days) == 5
    assert all(after - before == DAY for before, after in pairwise(days))
    late = [when - moment(one, date.fromisoformat(name)) for name, when in digests]
    assert all(timedelta(0) <= each < step for each in late)


zones = st.sampled_from((ZURICH, LORD_HOWE, KIRITIMATI, "UTC", "America/Santiago", "Asia/Tehran"))


@given(
    zones,
    st.times(),
    st.sets(st.integers(0, 6), min_size=1),
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2038, 2, 1)),  # noqa: DTZ001 - gets a zone below
    st.lists(st.integers(1, 5 * 24 * 60), max_size=30),
)
@settings(max_examples=150, deadline=None)
def test_whenever_it_is_asked_no_period_comes_twice_and_none_too_early(zone, at, days, first, gaps):
    one = Search("tides", "Tide tables", at=at, zone=zone, days=tuple(sorted(days)))
    bells = [first.replace(tzinfo=UTC)]
    for gap in gaps:
        bells.append(bells[-1] + timedelta(minutes=gap))
    digests = decided(one, bells)
    assert digests[0][1] == bells[0]
    assert all(before < after for (before, _), (after, _) in pairwise(digests))
    for name, when in digests:
        day = date.fromisoformat(name)
        assert day.weekday() in days
        assert moment(one, day) <= when
        assert name == period(one, when)
    # Every time that passed is told at the first bell after it.
    times = {when for _, when in digests}
    for before, after in pairwise(bells):
        passed = period(one, before) != period(one, after)
        assert (after in times) == passed


def test_a_source_is_due_a_little_before_its_interval():
    assert spans({"harbor": 3600.0, "tidewater": 600.0}) == {"harbor": 3240.0, "tidewater": 540.0}


def rings(one, first, end):
    """Give when the bell of one search rings, by the scheduler's own reckoning."""
    bells = schedule._bells(threading.Event(), [], [one])
    (trigger,) = (each.trigger for each in bells.get_jobs() if hasattr(each.trigger, "fields"))
    found, last = [], trigger.get_next_fire_time(None, utc(first))
    while (rung := last.astimezone(UTC)) <= utc(end):
        found.append(rung)
        last = trigger.get_next_fire_time(last, rung)
    return found


@pytest.mark.parametrize(
    ("at", "zone", "first"),
    [
        ("02:30", ZURICH, "2026-10-23T12:00"),
        ("02:30", ZURICH, "2027-03-26T12:00"),
        ("02:15", LORD_HOWE, "2026-10-02T00:00"),
        ("01:45", LORD_HOWE, "2027-04-02T00:00"),
        ("07:00", KIRITIMATI, "2026-11-24T00:00"),
    ],
)
def test_the_bells_of_serve_make_one_digest_a_day_at_its_time(at, zone, first):
    one = search(at, zone)
    end = (utc(first) + 5 * DAY).replace(tzinfo=None).isoformat()
    last = (period(one, utc(first)), utc(first))
    digests = decided(one, rings(one, first, end), last)
    assert len(digests) == 5
    assert all(when == moment(one, date.fromisoformat(name)) for name, when in digests)


def test_the_bells_ring_on_the_days_of_a_search_and_no_others():
    found = rings(search("07:00", ZURICH, [0, 4]), "2026-11-22T00:00", "2026-12-06T00:00")
    local = [each.astimezone(ZoneInfo(ZURICH)) for each in found]
    assert [f"{each:%a %d %H:%M}" for each in local] == [
        "Mon 23 07:00",
        "Fri 27 07:00",
        "Mon 30 07:00",
        "Fri 04 07:00",
    ]


def test_no_bell_is_dropped_for_being_late():
    bells = schedule._bells(threading.Event(), [3600.0, 3600.0, 60.0], [search()])
    lengths = {getattr(each.trigger, "interval_length", None) for each in bells.get_jobs()}
    assert lengths == {60, 300, 3600, None}
    bells.start(paused=True)  # only then does the scheduler apply its defaults
    try:
        assert {each.misfire_grace_time for each in bells.get_jobs()} == {None}
        assert all(each.coalesce for each in bells.get_jobs())
    finally:
        bells.shutdown()


def bell_threads():
    return [each for each in threading.enumerate() if each.name == "APScheduler"]


@pytest.mark.parametrize("end", [KeyboardInterrupt, ValueError])
def test_serve_takes_a_turn_at_once_and_silences_its_bells_when_it_ends(end):
    turns = []

    def turn():
        turns.append(threading.current_thread())
        assert len(bell_threads()) == 1
        raise end

    with pytest.raises(end):
        schedule.serve(turn, [3600.0], [search()])
    assert turns == [threading.main_thread()]
    for each in bell_threads():
        each.join(timeout=2)
    assert bell_threads() == []


@pytest.mark.slow
def test_serve_takes_a_turn_at_every_bell_and_one_for_all_that_rang_meanwhile():
    turns, busy = [], threading.Event()

    def turn():
        turns.append(datetime.now(UTC))
        if len(turns) == 1:
            busy.wait(2.5)  # two bells ring
        if len(turns) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        schedule.serve(turn, [1.0], [])
    first, second, third = turns
    assert second - first < timedelta(seconds=2.9)
    assert timedelta(seconds=0.1) < third - second < timedelta(seconds=1.5)
