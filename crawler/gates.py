"""When a host may be asked: waits that it asked for, and circuits that open when it keeps failing.

A host that fails now and then is asked again after a pause (``middlewares/backoff.py``). One that
keeps failing uses up a budget, as gRPC throttles retries (https://github.com/grpc/proposal/blob/
master/A6-client-retries.md): a failure costs one, a good answer earns a tenth. When nothing is left
its circuit opens: for a while nobody asks it, whichever source they read. Then one request is let
through; by its answer the circuit closes, or opens for twice as long. Pure, but for the dice.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

BUDGET = 10.0
"""Failures of a host, beyond one in ten answers, at which its circuit opens."""
EARNED = 0.1
FIRST_REST = timedelta(minutes=10)
LONGEST_REST = timedelta(hours=6)
LONGEST_WAIT = timedelta(days=1)
"""What a host that asks for more is given; a gate further ahead was shut under a wrong clock."""
LOST = 60.0
"""Seconds after which the request that tries a host again is taken for lost."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Until when a host is not asked, and why in words.

    ``trips`` counts how often in a row its circuit opened; 0 means that it asked for the wait.
    """

    host: str
    until: datetime
    trips: int = 0
    why: str = ""

    @property
    def words(self) -> str:
        """Say it as the reason of a visit."""
        until = f"until {self.until:%Y-%m-%d %H:%M} UTC"
        if not self.trips:
            return f"the host asked to wait {until}"
        return f"the host is left alone {until}, because it kept failing: {self.why}"


class Gates:
    """The gates of all hosts, shared by the crawlers of a sweep; instants are aware."""

    def __init__(self, known: Iterable[Gate] = ()) -> None:
        self._gates = {gate.host: gate for gate in known}
        self._budgets: dict[str, float] = {}
        self._tried: dict[str, float] = {}

    def __deepcopy__(self, _: object) -> Self:
        """Stay one and the same in Scrapy's copies of its settings."""
        return self

    def __contains__(self, host: object) -> bool:
        return host in self._gates

    def take(self, host: str, gate: Gate | None) -> None:
        """Learn from somebody else that a gate was shut, or lifted."""
        if gate is None:
            self._gates.pop(host, None)
        else:
            self._gates[host] = gate

    def shut(self, host: str, now: datetime) -> Gate | None:
        """Give the gate that keeps a host from being asked, if one does."""
        gate = self._gates.get(host)
        return gate if gate and now < gate.until <= now + LONGEST_WAIT else None

    def enter(self, host: str, at: float) -> bool:
        """Let a request through; through a circuit that was open, one at a time (``at`` in s)."""
        gate = self._gates.get(host)
        if gate is None or not gate.trips:
            return True
        if at < self._tried.get(host, -LOST) + LOST:
            return False
        self._tried[host] = at
        return True

    def leave(self, host: str) -> None:
        """Let the next one through: a request ended that says nothing about its host."""
        self._tried.pop(host, None)

    def answered(self, host: str, now: datetime) -> bool:
        """Take note of a good answer; true when it lifts the gate of its host."""
        if host in self._budgets:
            self._budgets[host] = min(self._budgets[host] + EARNED, BUDGET)
        if host not in self._gates:
            return False
        self.leave(host)
        if self.shut(host, now):
            return False  # it was asked before the gate was shut
        del self._gates[host]
        return True

    def troubled(
        self, host: str, why: str, now: datetime, asked: float | None = None
    ) -> Gate | None:
        """Take note of a failure; give the gate that it shuts, if it shuts one.

        ``asked`` are the seconds for which the host asked to be left alone.
        """
        self.leave(host)
        left = self._budgets[host] = self._budgets.get(host, BUDGET) - 1
        known, shut = self._gates.get(host), self.shut(host, now)
        trips = known.trips if known else 0
        if asked:
            made = Gate(host, now + min(timedelta(seconds=min(asked, 1e9)), LONGEST_WAIT))
        elif (trips or left <= 0) and not (shut and shut.trips):
            made = Gate(host, now + _rest(trips), trips + 1, why)
            del self._budgets[host]
        else:
            return None
        if shut and shut.until >= made.until:
            return None
        self._gates[host] = made
        return made


def _rest(trips: int) -> timedelta:
    """Give how long a circuit stays open, never less than it is said to."""
    rest: timedelta = min(FIRST_REST * 2 ** min(trips, 16), LONGEST_REST)
    jitter = random.uniform(1.0, 1.25)  # noqa: S311 - no secret
    return rest * jitter
