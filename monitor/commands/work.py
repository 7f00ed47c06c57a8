"""What a command works with and what it came to: counts, and the exit code they make."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.commands.command import FINE, KEPT, NEWS, NOTHING_DONE, SOME_FAILED
from monitor.wording import count

if TYPE_CHECKING:
    from monitor.commands.voice import Voice
    from monitor.config import Config
    from monitor.store import Store


@dataclass(slots=True)
class Tally:
    """What a turn came to; ``code`` makes an exit code of it."""

    visited: int = 0
    failed: int = 0
    news: int = 0
    digests: int = 0
    told: int = 0
    sent: int = 0
    kept: int = 0

    def __str__(self) -> str:
        parts = [f"{self.visited} visited", f"{self.failed} failed", f"{self.news} new"]
        return ", ".join([*parts, *self.letters()])

    def letters(self) -> list[str]:
        """Say what became of digests."""
        return [count(self.digests, "digest"), f"{self.sent} sent", f"{self.kept} kept"]

    def code(self, *, news: bool = False) -> int:
        """Give the exit code; ``news`` asks for 10 when all is fine and something is new."""
        if self.kept:
            return KEPT
        if self.failed and self.failed == self.visited and not self.digests:
            return NOTHING_DONE
        if self.failed:
            return SOME_FAILED
        return NEWS if news and (self.news or self.told) else FINE


@dataclass(frozen=True, slots=True)
class Work:
    """What a command that crawls or sends has at hand, while it holds the lock."""

    voice: Voice
    config: Config
    store: Store
    tally: Tally = field(default_factory=Tally)


def now() -> datetime:
    """Give the time that everything of one turn shares, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
