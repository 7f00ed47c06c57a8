"""Templates of the reader's own are drawn in a process that can be ended.

The sandbox of ``render`` keeps them from Python. From looping for ever or filling the memory only
the system can keep them: so a process of its own draws them, within bounds of time and memory, and
is replaced when it met one. Without such templates everything is drawn where it is asked for.
"""

from __future__ import annotations

import os
import resource
import signal
import traceback
from contextlib import suppress
from functools import wraps
from threading import Lock
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from monitor import language
from monitor.starting import nobody_in_charge

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from pathlib import Path

P = ParamSpec("P")
R = TypeVar("R")

SECONDS = 30.0
"""Of CPU for one letter or page."""
MEMORY = 1024**3
"""Bytes of address space; ours need a fifth of it."""
MOST = 4_000_000
"""Bytes of one letter or page, all its parts together."""


class RenderError(Exception):
    """Raised when templates of the reader's own give nothing; says which, where and why."""


class Drawer:
    """The process that draws; replaced, not repaired. Threads take turns."""

    def __init__(self) -> None:
        self.inside = False
        self._lock = Lock()
        self._alive: BaseProcess | None = None
        self._pipe: Connection[Any, Any]

    def ask(self, name: str, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Let a function of ``render`` run there; raises ``RenderError``."""
        from multiprocessing.reduction import ForkingPickler  # noqa: PLC0415 - few have templates

        with self._lock:
            if self._alive is None or not self._alive.is_alive():
                self._start()
            try:
                self._pipe.send((SECONDS, language.tag(), name, args, named))
                drawn, answer = ForkingPickler.loads(self._pipe.recv_bytes(MOST))
            except (EOFError, OSError) as error:
                words = self._end(too_large=not isinstance(error, (EOFError, ConnectionError)))
                raise RenderError(f"{named['templates']}: {words}") from None
        if not drawn:
            raise RenderError(answer)
        return answer

    def _start(self) -> None:
        import multiprocessing  # noqa: PLC0415 - same

        # As in ``sweep.Child``: it would look for our modules in the current folder first.
        os.environ["PYTHONSAFEPATH"] = "1"
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._alive = context.Process(target=serve, args=(theirs,), daemon=True)
        with nobody_in_charge():
            self._alive.start()
        theirs.close()

    def _end(self, *, too_large: bool) -> str:
        """Make an end, and say in words what the templates did."""
        assert self._alive is not None
        if too_large:
            self._alive.kill()
        self._alive.join()
        self._pipe.close()
        if too_large:
            return f"its templates made more than {MOST / 1e6:.0f} MB of one letter or page"
        if self._alive.exitcode == -signal.SIGPROF:
            return f"its templates did not end within {SECONDS:g} s"
        return "the process that drew its templates died"


DRAWER = Drawer()


def confined(make: Callable[P, R]) -> Callable[P, R]:
    """Let a function of ``render`` be run by the drawer when it is given ``templates``."""

    @wraps(make)
    def made(*args: P.args, **named: P.kwargs) -> R:
        if DRAWER.inside or named.get("templates") is None:
            return make(*args, **named)
        return cast("R", DRAWER.ask(make.__name__, args, named))

    return made


def serve(pipe: Connection[Any, Any]) -> None:
    """Be the process that draws, until nobody asks any more."""
    from monitor import render  # noqa: PLC0415 - it is what asks

    DRAWER.inside = True
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches the whole group
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # ends it, whatever it is at
    with suppress(ValueError, OSError):  # not every system has it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    while True:
        try:
            seconds, tag, name, args, named = pipe.recv()
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, seconds)
        with language.spoken(tag):
            answer = _drawn(getattr(render, name), args, named)
        signal.setitimer(signal.ITIMER_PROF, 0)
        pipe.send(answer)


def _drawn(make: Callable[..., Any], args: Any, named: Any) -> tuple[bool, Any]:
    try:
        return True, make(*args, **named)
    except Exception as error:  # noqa: BLE001 - whatever it is, a template led to it
        return False, _words(error, named["templates"])


def _words(error: Exception, folder: Path) -> str:
    """Say where a template failed and why; Jinja puts its lines among those of Python."""
    lines = traceback.extract_tb(error.__traceback__)
    here = [
        f"{line.filename}:{line.lineno}"
        for line in lines
        if line.filename.startswith(f"{folder}{os.sep}")
    ]
    words = "it ran out of memory" if isinstance(error, MemoryError) else str(error)
    return f"{here[-1] if here else folder}: {words or type(error).__name__}"
