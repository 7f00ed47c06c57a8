"""Runs as the store knows them: each is written when it begins and when it ends, however it ends.

One that is killed has a beginning and no end, and so is none that ``status`` would count.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from monitor.commands.command import INTERRUPTED, NOTHING_DONE, USAGE
from monitor.commands.work import now
from monitor.complaints import ConfigError
from monitor.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.commands.work import Work


@contextmanager
def noted(work: Work, command: str) -> Iterator[None]:
    """Write that a run of a command begins, and with which code it will leave."""
    number = work.store.runs.begin(command, now())
    try:
        yield
    except BaseException as error:
        with suppress(StoreError):  # what ended the run is told; that this is not written, is not
            _end(work, number, code_of(error))
        raise
    _end(work, number, work.tally.code())


def code_of(error: BaseException) -> int:
    """Give the exit code of a run that an error ended."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    return USAGE if isinstance(error, ConfigError) else NOTHING_DONE


def _end(work: Work, number: int, code: int) -> None:
    work.store.runs.end(number, now(), code, work.tally.visited, work.tally.failed)
