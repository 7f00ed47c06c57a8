"""What a command works with and what it came to: counts, and the exit code they make."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from monitor.commands import once
from monitor.commands.command import FINE, KEPT, NEWS, NOTHING_DONE, SOME_FAILED
from monitor.wording import count

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.commands.voice import Voice
    from monitor.config import Config
    from monitor.digest import Digest, Pending
    from monitor.search import Search
    from monitor.store import Store

T = TypeVar("T")


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


@dataclass(frozen=True)
class Work:
    """What a command that crawls or sends has at hand, while it holds the lock."""

    voice: Voice
    config: Config
    store: Store
    tally: Tally = field(default_factory=Tally)
    _last: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    _spoilt: list[str] = field(default_factory=list)

    def drawn(self, draw: Callable[[Config], T]) -> T:
        """Draw by the file; templates of the reader's own that fail give way to ours.

        What is due is told all the same, in plainer clothes; that is said once, and until the end
        of the turn nothing is tried again: each reader's letter could take as long to fail.
        """
        if self.config.templates and not self._spoilt:
            from monitor.confinement import RenderError  # noqa: PLC0415 - few have templates

            try:
                return draw(self.config)
            except RenderError as error:
                self._spoilt.append(str(error))
                words = f"{error}; the built-in templates were used, `rolecall doctor` tries yours"
                self.voice.trouble(words, fg="red", event="templates")
        return draw(self.config.model_copy(update={"templates": None}))

    @cached_property
    def readers(self) -> once.Readers:
        """The readers of all searches, who are told of a posting once."""
        return once.Readers(self.config, self.store)

    def digest(self, search: Search, period: str, moment: datetime) -> tuple[Pending, Digest]:
        """Give what a search was not told yet, and the digest of it.

        Many readers of one search, told at one time, are told the same: one after another, they are
        read and composed for once. Readers of other searches, told of the same events, share what
        is the same for all. The lock keeps everybody else from adding to it meanwhile.
        """
        from monitor.digest import compose  # noqa: PLC0415 - most runs have nothing to say
        from monitor.sharing import Shared  # noqa: PLC0415 - as above

        stands = (self.store.stands_at(search.id), search.like, moment)
        read = self._kept("read", stands, lambda: self.store.pending(search, moment))
        pending = self.store.pending_as(search, read)
        told = (once.asked(search), *stands, pending.told_closed, pending.told, period)
        shared = self._kept("shared", None, Shared)
        digest = self._kept(
            "made",
            told,
            lambda: compose(search, pending, now=moment, period=period, shared=shared),
        )
        return pending, replace(digest, search=search.id)

    def _kept(self, name: str, key: Any, make: Callable[[], Any]) -> Any:
        """Give what was made last under a name if it is of this key, else make it."""
        if name not in self._last or self._last[name][0] != key:
            self._last[name] = key, make()
        return self._last[name][1]


def now() -> datetime:
    """Give the time that everything of one turn shares, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
