"""One run at a time: a lock beside the store that the kernel lets go of when its holder dies.

``flock`` and not a file with a process id in it: a run that was killed with -9, or a host that lost
power, leaves nothing behind that a human must remove. The lock file itself stays; removing it
would let two runs lock two files of one name.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PAUSE = 0.1


class LockHeld(Exception):  # noqa: N818 - it is a state, not a mistake
    """Raised when another run holds the lock, from ``hold``; ``holder`` is its process id."""

    def __init__(self, path: Path, holder: str) -> None:
        self.path, self.holder = path, holder
        by = f" (process {holder})" if holder else ""
        super().__init__(f"another run holds {path}{by}; this one leaves the work to it")


@contextmanager
def hold(store: Path, *, patience: float = 0.0) -> Iterator[None]:
    """Hold the lock of a store, waiting at most ``patience`` seconds, or raise ``LockHeld``.

    The descriptor is not inherited by programs that are started meanwhile (Python's default), so
    a child that outlives this process does not keep the lock.
    """
    path = store.with_name(store.name + ".run.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(descriptor, path, time.monotonic() + patience)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path, until: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
                raise LockHeld(path, holder) from None
            time.sleep(_PAUSE)
        else:
            return
