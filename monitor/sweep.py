"""Sweeps: sources are visited in child processes, and a page that hangs costs only its source.

The parent takes finished crawls as they come and keeps watch. A child that falls silent is stuck
in a parser or worse; it is killed (SIGKILL, since a graceful stop may never end), the source whose
page it was reading is given a failed crawl that says so, and a new child goes on with the others.
When it was reading no page, the sources under way are visited again, each alone: nobody is failed
for what another one did, nor for a child that was killed from outside.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeAlias, cast

from crawler.items import Crawl
from crawler.slate import SIZE, Slate
from monitor.starting import nobody_in_charge

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from ctypes import Array
    from multiprocessing.connection import Connection

    from crawler.gates import Gate
    from crawler.items import Source

Pipe: TypeAlias = "Connection[Any, Any]"

SILENCE = 30.0
"""Seconds without a sign of life after which a child is taken for stuck."""
STARTING = 60.0
"""Seconds a new child may take to say anything: a cold machine imports slowly."""
TICK = 0.5
"""Seconds to listen at a time."""


@dataclass
class Watch:
    """What the parent knows of one child's sources.

    ``quiet`` are the seconds that were listened in vain.
    ``warm`` says that the child had been idle before: it may have died unnoticed.
    """

    waiting: dict[str, Source]
    warm: bool = False
    open: set[str] = field(default_factory=set)
    quiet: float = 0.0
    spoke: bool = False

    def silent(self, silence: float) -> bool:
        """Say whether the child was not heard for too long."""
        return self.quiet > (silence if self.spoke else max(silence, STARTING))


def _serve(pipe: Pipe, shared: Array[Any]) -> None:
    """Be the child: what it needs is not loaded here before."""
    from monitor import child  # noqa: PLC0415 - the parent has no use for its event loop

    child.main(pipe, shared)


_FRUGAL = {
    # One place to allocate from: the thread that listens for the parent would get its own.
    "MALLOC_ARENA_MAX": "1",
    # What an answer of 5 MB took goes back to the system when it was read. By itself glibc keeps
    # such room from the first time on, in pieces that small things then hold on to.
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "MALLOC_TRIM_THRESHOLD_": "1048576",
}
"""How glibc shall allocate in children (https://man7.org/linux/man-pages/man3/mallopt.3.html)."""


class Child:
    """A child process, its pipe, and the slate it writes on; replaced, not repaired."""

    def __init__(self) -> None:
        # The fork server would look for our modules in the current folder first and run whatever
        # lies there (https://docs.python.org/3/using/cmdline.html#envvar-PYTHONSAFEPATH).
        os.environ["PYTHONSAFEPATH"] = "1"
        for name, value in _FRUGAL.items():
            os.environ.setdefault(name, value)
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["crawler.preload", "monitor.child"])
        self.pipe: Pipe
        self.pipe, theirs = context.Pipe()
        shared = context.RawArray("c", SIZE)
        self.slate = Slate(shared)
        self.alive = context.Process(target=_serve, args=(theirs, shared), daemon=True)
        with nobody_in_charge():
            self.alive.start()
        theirs.close()

    def kill(self) -> None:
        """End the child at once."""
        self.alive.kill()
        self.alive.join()
        self.pipe.close()

    def close(self) -> None:
        """Let the child end by itself, or end it."""
        self.pipe.close()
        self.alive.join(timeout=2)
        if self.alive.is_alive():
            self.kill()


class Sweeper:
    """Keeps children between sweeps, so that the next one starts warm; a context manager."""

    def __init__(self, settings: Mapping[str, Any], *, processes: int = 1) -> None:
        self.settings, self.processes = dict(settings), max(1, processes)
        self._idle: list[Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for idle in self._idle:
            idle.close()
        self._idle.clear()

    def sweep(
        self,
        sources: Sequence[Source],
        *,
        finished: Callable[[Crawl], None],
        begun: Callable[[str], None] | None = None,
        gated: Callable[[str, Gate | None], None] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        """Visit every source; call ``finished`` exactly once for each, ``begun`` at least once.

        ``gated`` is told of each host that shall be left alone, and when it may be asked again.
        ``settings`` are added for this sweep alone. An exception from ``finished`` ends the sweep.
        """
        asked = self.settings | dict(settings or {})
        sweep = Sweep(asked, self._idle, finished, begun or _unheard, gated or _unheard)
        try:
            sweep.run(shares(sources, self.processes))
        finally:
            sweep.abandon()


class Sweep:
    """One sweep as the parent sees it: the children at work and what each was heard to say."""

    def __init__(
        self,
        settings: Mapping[str, Any],
        idle: list[Child],
        finished: Callable[[Crawl], None],
        begun: Callable[[str], None],
        gated: Callable[[str, Gate | None], None],
    ) -> None:
        self.settings, self.idle, self.finished, self.begun = settings, idle, finished, begun
        self.gated = gated
        self.silence = float(settings.get("ROLECALL_SILENCE", SILENCE))
        self.running: dict[Pipe, tuple[Child, Watch]] = {}
        self.suspects: list[Source] = []

    def run(self, groups: Sequence[Sequence[Source]]) -> None:
        """Give each group a child of its own, and each suspect one when all the rest is over."""
        for group in groups:
            self._begin({source.id: source for source in group})
        while self.running or self.suspects:
            if not self.running:
                suspect = self.suspects.pop(0)
                self._begin({suspect.id: suspect})
            self._turn()

    def _begin(self, waiting: dict[str, Source]) -> None:
        """Give a child, warm or new, these sources."""
        worker, warm = self._child()
        self.running[worker.pipe] = (worker, Watch(waiting, warm))
        with suppress(OSError):  # it died just now; the next turn will notice
            worker.pipe.send((list(waiting.values()), self.settings))

    def _child(self) -> tuple[Child, bool]:
        while self.idle:
            worker = self.idle.pop()
            if worker.alive.is_alive():
                return worker, True
            worker.kill()
        return Child(), False

    def _turn(self) -> None:
        """Take what the children say, then look for those that say nothing.

        Only time spent listening counts as silence: neither what ``finished`` takes nor a parent
        that was stopped (Ctrl-Z) is held against a child.
        """
        began = time.monotonic()
        ready = wait(list(self.running), timeout=TICK)
        listened = min(time.monotonic() - began, TICK)
        for _, watch in self.running.values():
            watch.quiet += listened
        for pipe in ready:
            self._listen(*self.running[cast("Pipe", pipe)])
        silent = [pair for pair in self.running.values() if pair[1].silent(self.silence)]
        for worker, watch in silent:
            words = f"killed: its page gave no sign of life for {self.silence:.0f} s"
            self._bury(worker, watch, words)

    def abandon(self) -> None:
        """End what still runs."""
        for worker, _ in self.running.values():
            worker.kill()
        self.running.clear()

    def _listen(self, worker: Child, watch: Watch) -> None:
        try:
            over = self._hear(watch, worker.pipe.recv())
        except (EOFError, OSError):
            self._bury(worker, watch, "its process died")
            return
        if over:
            del self.running[worker.pipe]
            self.idle.append(worker)
            for source in watch.waiting.values():
                self._fail(source, "the sweep ended without a word about it")

    def _hear(self, watch: Watch, said: tuple[str, str | None, Any]) -> bool:
        """Take one message of a child; true when its share is over."""
        watch.quiet, watch.spoke = 0.0, True
        what, name, value = said
        if what == "begun" and name:
            watch.open.add(name)
            self.begun(name)
        elif what == "gate" and name:
            self.gated(name, value)
        elif name:
            self._end(watch, what, name, value)
        return what == "done"

    def _end(self, watch: Watch, what: str, name: str, value: Any) -> None:
        """Hand on the end of a visit, which ``finished`` with a crawl or was ``broken`` off."""
        watch.open.discard(name)
        source = watch.waiting.pop(name, None)
        if source is not None and what == "finished":
            self.finished(value)
        elif source is not None:
            self._fail(source, value)

    def _bury(self, worker: Child, watch: Watch, words: str) -> None:
        """Kill a child, blame the source whose page it was reading, and go on with the others."""
        del self.running[worker.pipe]
        worker.kill()
        if watch.spoke or not watch.warm:  # else it had died before it was asked
            self._blame(watch, worker.slate.read(), words)
        if watch.waiting:
            self._begin(watch.waiting)

    def _blame(self, watch: Watch, page: tuple[str, str] | None, words: str) -> None:
        """Fail the source whose ``page`` was being read, or set aside those that may be."""
        blamed, url = page or ("", "")
        if blamed in watch.waiting:
            self._fail(watch.waiting.pop(blamed), f"{url}: {words}", killed=True)
        elif watch.open and len(watch.waiting) > 1:
            self.suspects += [watch.waiting.pop(name) for name in sorted(watch.open)]
        else:
            while watch.waiting:
                self._fail(watch.waiting.popitem()[1], words, killed=bool(watch.open))

    def _fail(self, source: Source, words: str, *, killed: bool = False) -> None:
        """Hand on the crawl of a visit that never came to its end."""
        now = datetime.now(UTC).replace(microsecond=0)
        if self.settings.get("ROLECALL_MODE") == "replay":
            from crawler import captures  # noqa: PLC0415 - live visits need none

            now = captures.load(Path(self.settings["ROLECALL_CAPTURES"])).started
        self.finished(Crawl(source, now, now, "failed", (words,), killed=killed))


def _unheard(*_: object) -> None:
    """Nobody asked to be told."""


def shares(sources: Sequence[Source], processes: int) -> list[list[Source]]:
    """Split sources over processes so that one host is asked by one process alone."""
    if processes == 1:
        return [list(sources)] if sources else []
    from crawler.sources import host  # noqa: PLC0415 - loads Scrapy, which one process does not need

    groups: dict[str, list[Source]] = {}
    for source in sources:
        groups.setdefault(host(source), []).append(source)
    made: list[list[Source]] = [[] for _ in range(processes)]
    for group in sorted(groups.values(), key=len, reverse=True):
        min(made, key=len).extend(group)
    return [share for share in made if share]


def sweep(
    sources: Sequence[Source],
    *,
    store: Path | None,
    settings: Mapping[str, Any],
    finished: Callable[[Crawl], None],
    processes: int = 1,
    begun: Callable[[str], None] | None = None,
    gated: Callable[[str, Gate | None], None] | None = None,
) -> None:
    """Visit every source once in children that end with the sweep."""
    asked = dict(settings) | {"ROLECALL_STORE": str(store) if store else None}
    with Sweeper(asked, processes=processes) as sweeper:
        sweeper.sweep(sources, finished=finished, begun=begun, gated=gated)
