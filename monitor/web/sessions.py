"""Who is logged in, and who has guessed too often. In memory: a restart asks for the password.

Of a token only its hash is kept, so that whoever reads this memory or a dump of it is not let in.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LIFE = 30 * 86_400
"""Seconds that a login lasts."""
_MOST = 1_000
_WINDOW = 300.0
_GUESSES = 5
_ALL_GUESSES = 40
"""Wrong passwords in five minutes from one address, and from all of them together."""


class Sessions:
    """The logins that last. ``clock`` gives seconds that only ever grow."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ends: dict[str, float] = {}

    def begin(self) -> str:
        """Give the token of a new login; the oldest one ends when there are too many."""
        self._sweep()
        while len(self._ends) >= _MOST:
            self._ends.pop(next(iter(self._ends)))
        token = secrets.token_urlsafe(32)
        self._ends[_hash(token)] = self._clock() + LIFE
        return token

    def lasts(self, token: str) -> bool:
        """Say whether this token was given and has not ended."""
        return self._ends.get(_hash(token), 0.0) > self._clock()

    def end(self, token: str) -> None:
        """End a login; one that is unknown has ended already."""
        self._ends.pop(_hash(token), None)

    def _sweep(self) -> None:
        now = self._clock()
        self._ends = {key: end for key, end in self._ends.items() if end > now}


class Guesses:
    """Wrong passwords of the last minutes, or other tries. A guess counts until it proves right.

    ``own`` are allowed to one address in five minutes, ``every`` to all of them together.
    """

    def __init__(
        self, clock: Callable[[], float], *, own: int = _GUESSES, every: int = _ALL_GUESSES
    ) -> None:
        self._clock, self._own, self._every = clock, own, every
        self._of: defaultdict[str, deque[float]] = defaultdict(deque)

    def wait(self, address: str) -> int:
        """Give the seconds until this address may guess again; 0 when it may now."""
        now = self._clock()
        for known in list(self._of):
            made = self._of[known]
            while made and made[0] <= now - _WINDOW:
                made.popleft()
            if not made:
                del self._of[known]
        own, every = self._of.get(address, ()), [at for made in self._of.values() for at in made]
        if len(own) < self._own and len(every) < self._every:
            return 0
        oldest = min(own) if len(own) >= self._own else min(every)
        return max(int(oldest + _WINDOW - now) + 1, 1)

    def made(self, address: str) -> None:
        """Count a guess, before it is looked at: many at once are many."""
        self._of[address].append(self._clock())

    def right(self, address: str) -> None:
        """Forget the guesses of an address whose password was right."""
        self._of.pop(address, None)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
