"""When a host may be asked: what it asked for is kept, and one that keeps failing is spared."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.gates import BUDGET, FIRST_REST, LONGEST_REST, LONGEST_WAIT, Gate, Gates

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def opened(gates, now=NOW, why="HTTP 503"):
    """Let a host fail until its circuit opens; give the gate and how many failures it took."""
    for number in range(1, 100):
        if gate := gates.troubled("a", why, now):
            return gate, number
    raise AssertionError("it never opened")


def test_a_host_that_asks_to_wait_is_left_alone_so_long_and_then_asked_like_any():
    gates = Gates()
    gate = gates.troubled("a", "HTTP 429", NOW, 600.0)
    assert gate == Gate("a", NOW + timedelta(minutes=10))
    assert gate.words == "the host asked to wait until 2026-11-24 12:10 UTC"
    assert gates.shut("a", NOW + timedelta(seconds=599)) == gate
    assert gates.shut("b", NOW) is None
    assert gates.shut("a", NOW + timedelta(minutes=10)) is None
    assert gates.enter("a", 0.0)
    assert gates.enter("a", 0.0)


@pytest.mark.parametrize(
    ("asked", "wait"),
    [(31_536_000.0, LONGEST_WAIT), (float("inf"), LONGEST_WAIT), (0.5, SECOND / 2)],
)
def test_an_absurd_wait_is_a_day(asked, wait):
    assert Gates().troubled("a", "HTTP 429", NOW, asked).until == NOW + wait


def test_a_shorter_wait_does_not_cut_a_longer_one_short():
    gates = Gates()
    gates.troubled("a", "HTTP 429", NOW, 600.0)
    assert gates.troubled("a", "HTTP 429", NOW, 60.0) is None
    assert gates.shut("a", NOW).until == NOW + timedelta(minutes=10)


def test_a_gate_far_ahead_was_shut_under_a_wrong_clock():
    assert Gates([Gate("a", NOW + LONGEST_WAIT + SECOND)]).shut("a", NOW) is None


def test_ten_failures_open_the_circuit_and_each_failed_try_doubles_its_rest():
    gates = Gates()
    gate, number = opened(gates)
    assert (number, gate.trips) == (BUDGET, 1)
    assert FIRST_REST <= gate.until - NOW <= FIRST_REST * 1.25
    assert gate.words.endswith(" UTC, because it kept failing: HTTP 503")
    assert gates.troubled("a", "HTTP 503", NOW) is None  # it was in flight already
    rests = []
    for _ in range(8):
        now = gate.until
        assert gates.shut("a", now) is None
        gate = gates.troubled("a", "no answer in time", now)
        rests.append(gate.until - now)
    assert all(rest >= 2 * FIRST_REST for rest in rests)
    assert rests[0] <= 2.5 * FIRST_REST
    assert LONGEST_REST <= rests[-1] <= 1.25 * LONGEST_REST


def test_a_circuit_lets_one_request_through_and_closes_by_its_answer():
    gates = Gates()
    gate, _ = opened(gates)
    now = gate.until
    assert [gates.enter("a", at) for at in (0.0, 0.1, 59.0)] == [True, False, False]
    assert gates.enter("a", 61.0)  # the first one is lost
    assert not gates.answered("a", now - SECOND)  # asked before the circuit opened
    assert gates.answered("a", now)
    assert [gates.enter("a", at) for at in (62.0, 62.0)] == [True, True]
    assert not gates.answered("a", now)
    assert opened(gates)[1] == BUDGET


@pytest.mark.parametrize(
    ("fails_of_100", "opens"), [(5, False), (9, False), (20, True), (50, True)]
)
def test_a_host_that_flaps_is_spared_when_more_than_one_answer_in_ten_fails(fails_of_100, opens):
    gates = Gates()
    shut = [
        gates.troubled("a", "HTTP 503", NOW)
        if number * fails_of_100 % 100 < fails_of_100
        else gates.answered("a", NOW)
        for number in range(1000)
    ]
    assert any(shut) is opens


def test_the_gates_of_a_sweep_are_one_in_every_copy_of_its_settings_and_reach_another_process():
    gates = Gates([Gate("a", NOW + HOUR)])
    assert copy.deepcopy({"gates": gates})["gates"] is gates
    assert pickle.loads(pickle.dumps(gates)).shut("a", NOW) == Gate("a", NOW + HOUR)
    gates.take("b", Gate("b", NOW + HOUR, 1, "HTTP 500"))
    gates.take("a", None)
    assert ("a" in gates, "b" in gates) == (False, True)


STEP = st.tuples(st.sampled_from("ft"), st.integers(0, 900), st.none() | st.floats(0, 1e12))


@given(st.lists(STEP, max_size=60))
def test_no_answer_ever_shuts_a_gate_in_the_past_or_for_more_than_a_day(steps):
    gates, now = Gates(), NOW
    for what, seconds, asked in steps:
        now += timedelta(seconds=seconds)
        if what == "t":
            gates.answered("a", now)
        elif gate := gates.troubled("a", "HTTP 503", now, asked):
            assert now <= gate.until <= now + LONGEST_WAIT
            assert gates.shut("a", now) in (gate, None)
