"""The child process of a sweep: runs Scrapy on one reactor, one command after another.

It receives ``(sources, settings)`` over its pipe, visits them, says ``("done", …)``, and waits for
the next command or the end of the pipe. It knows nothing of the store but what the extension lends.
"""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import signal
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from crawler.slate import Slate
from monitor import logs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from ctypes import Array
    from multiprocessing.connection import Connection

    from crawler.items import Source

BEAT = 1.0
"""Seconds between two signs of life."""
LONELY = 600
"""Seconds without a beat after which the system ends a stuck child whose parent is gone."""


MEMORY = 2 * 1024**3
"""Bytes of address space that a child may take; a normal one takes a fifth of it."""


def main(pipe: Connection[Any, Any], shared: Array[Any]) -> None:
    """Serve commands until the parent closes the pipe; ``shared`` is the slate it reads along."""
    # The parent decides when a child ends; Ctrl-C in a terminal reaches the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Its default action needs no Python, which a stuck parser would not let run.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    from scrapy.utils.reactor import install_reactor  # noqa: PLC0415 - chooses the reactor

    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor as installed  # noqa: PLC0415 - only after the line above

    reactor: Any = installed  # its interfaces are not known to type checkers
    loop = asyncio.get_event_loop_policy().get_event_loop()

    async def serve() -> None:
        try:
            await _serve(pipe, Slate(shared))
        finally:
            reactor.callLater(0, reactor.stop)

    reactor.callWhenRunning(lambda: _keep(loop.create_task(serve())))
    reactor.run(installSignalHandlers=False)


_TASKS: set[asyncio.Task[Any]] = set()


def _keep(task: asyncio.Task[Any]) -> None:
    """Hold a reference: the loop itself keeps only a weak one."""
    _TASKS.add(task)
    task.add_done_callback(_TASKS.discard)


async def _serve(pipe: Connection[Any, Any], slate: Slate) -> None:
    loop = asyncio.get_running_loop()
    _keep(loop.create_task(_beat(pipe)))
    while True:
        try:
            sources, settings = await loop.run_in_executor(None, pipe.recv)
        except (EOFError, OSError):
            return
        try:
            await _sweep(sources, settings | {"ROLECALL_SLATE": slate}, pipe)
        except Exception:
            logging.getLogger(__name__).exception("the sweep broke off")
        pipe.send(("done", None, None))


async def _beat(pipe: Connection[Any, Any]) -> None:
    """Show life; a child whose parent is gone has nobody to work for."""
    while True:
        signal.alarm(LONELY)
        await asyncio.sleep(BEAT)
        try:
            pipe.send(("beat", None, None))
        except OSError:
            os._exit(1)


async def _sweep(
    sources: Sequence[Source], settings: Mapping[str, Any], pipe: Connection[Any, Any]
) -> None:
    """Run one crawler a kind, side by side."""
    from scrapy.crawler import AsyncCrawlerRunner  # noqa: PLC0415 - needs the reactor

    from crawler.kinds import kind as spider  # noqa: PLC0415 - needs the reactor

    by_kind = defaultdict(list)
    for source in sources:
        by_kind[source.kind].append(source)
    _bound(settings.get("ROLECALL_MEMORY", MEMORY), sources)
    runner = AsyncCrawlerRunner(_settings(settings, pipe))

    async def crawl(kind: str, group: Sequence[Source]) -> None:
        try:
            known = spider(kind)
            if known is None:
                raise LookupError(f"nothing here reads the kind {kind!r}")  # noqa: TRY301 - told below
            await runner.crawl(known, sources=group)
        except Exception as error:
            logging.getLogger(__name__).exception("a crawler broke off")
            for source in group:
                pipe.send(("broken", source.id, f"its crawler broke off: {error}"))

    await asyncio.gather(*(crawl(kind, group) for kind, group in by_kind.items()))


def _bound(most: int, sources: Sequence[Source]) -> None:
    """Let a page that eats memory fail by itself, before the machine looks for someone to kill.

    A browser reserves far more address space than it uses, and inherits the limit.
    """
    _, hardest = resource.getrlimit(resource.RLIMIT_AS)
    most = hardest if any(source.browser for source in sources) else most
    with suppress(ValueError, OSError):  # not every system has it
        resource.setrlimit(resource.RLIMIT_AS, (most, hardest))


def _settings(settings: Mapping[str, Any], pipe: Connection[Any, Any]) -> Any:
    from scrapy.settings import Settings  # noqa: PLC0415 - not before the reactor is chosen

    from monitor.extension import Line  # noqa: PLC0415 - same

    made = Settings()
    made.setmodule("crawler.settings", priority="project")
    made.setdict(dict(settings), priority="cmdline")
    made.set("ROLECALL_LINE", Line(pipe), priority="cmdline")
    made.set("EXTENSIONS", {"monitor.extension.Handover": 500}, priority="cmdline")
    # A crawl carries its own counts and reasons; nothing here asks Scrapy's extensions for theirs.
    made.set("EXTENSIONS_BASE", {}, priority="cmdline")
    # Scrapy would load every kind to know their names; here they are known by their files.
    made.set("SPIDER_MODULES", [], priority="cmdline")
    made.set("STATS_CLASS", "scrapy.statscollectors.DummyStatsCollector", priority="cmdline")
    if not logging.root.handlers:
        logs.begin(made["LOG_LEVEL"], lines=made.getbool("ROLECALL_LOG_JSON"))
        # Twisted and asyncio tell their insides at levels that mean something else to a user.
        for name in ("twisted", "asyncio", "filelock"):
            logging.getLogger(name).setLevel(logging.ERROR)
    return made
