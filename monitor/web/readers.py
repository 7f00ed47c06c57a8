"""A few threads that read the store, each through a connection of its own."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from monitor.lookup import Lookup

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_THREADS = 4
"""Requests that are answered at one time; the others wait in line."""

Answer = TypeVar("Answer")


class Readers:
    """Runs questions on the store. A file that was replaced by another is opened anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._here = threading.local()
        self._pool = ThreadPoolExecutor(_THREADS, "rolecall-page")

    async def ask(self, question: Callable[[Lookup], Answer]) -> Answer:
        """Run a question in one of the threads, as one moment of the store."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._answer, question)

    async def run(self, work: Callable[[], Answer]) -> Answer:
        """Run other work in one of the threads, so that much of it makes a line, not a crowd."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Let the threads end; their connections end with them."""
        self._pool.shutdown(wait=True)

    def _answer(self, question: Callable[[Lookup], Answer]) -> Answer:
        lookup = self._lookup()
        with lookup.reading():
            return question(lookup)

    def _lookup(self) -> Lookup:
        stamp = self._stamp()
        if getattr(self._here, "stamp", None) != stamp or stamp is None:
            if (old := getattr(self._here, "lookup", None)) is not None:
                old.close()
            self._here.stamp = self._here.lookup = None
            self._here.lookup = Lookup.open(self._path)
            self._here.stamp = stamp
        lookup: Lookup = self._here.lookup
        return lookup

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino
