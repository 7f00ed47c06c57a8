"""What every way out has in common: how a letter leaves, and the three ways in which it does not.

A door takes one letter and answers in words, or raises one of the errors below; whether and when it
is tried again is the outbox's to decide. A door keeps nothing of its own: what was decided stands
in the store, so a door may be closed, killed and opened again at any moment.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.store import Letter


class TemporaryError(Exception):
    """Raised when a letter did not leave this time, from ``Transport.send``; its words say why.

    ``uncertain`` when the server had the whole letter and did not answer: it may have arrived.
    """

    def __init__(self, reply: str, *, uncertain: bool = False) -> None:
        super().__init__(reply)
        self.uncertain = uncertain


class RefusalError(Exception):
    """Raised when the other side said no to this letter for good, from ``Transport.send``."""


class BounceError(RefusalError):
    """Raised when a mail server said that there is no such address, from ``Transport.send``."""


class UnreachableError(Exception):
    """Raised when no letter can leave by this door now (no server, no secret)."""


class Transport(Protocol):
    """A door for letters. ``send`` gives the answer in words or raises an error above."""

    def send(self, letter: Letter) -> str:
        """Send one letter to its one recipient."""
        ...

    def close(self) -> None:
        """Let go of whatever is held open."""
        ...


def keep(target: Path, content: bytes) -> None:
    """Write a file durably, whole or not at all; raise ``UnreachableError`` when that fails."""
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise UnreachableError(f"{target}: {error.strerror or error}") from error


def _sync_folder(path: Path) -> None:
    """Make the new name last: a file's rename is durable only with its folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
