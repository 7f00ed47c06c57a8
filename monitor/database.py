"""One SQLite file: made whole or not at all, opened only when sound, written in one way.

A store is not like any other SQLite file: taking a damaged, foreign or empty one for a new store
would make every posting in the world news. So everything is looked at before anything is touched.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from monitor import packed
from monitor.connections import BUSY, dial
from monitor.migrations import migrations, names
from monitor.soundness import APPLICATION_ID, StoreError, inspect, settle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType


class Door:
    """A store that is open: whoever holds it closes it (it is a context manager)."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def close(self) -> None:
        """Close the file; nothing can be asked afterwards."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def connect(path: Path, *, readonly: bool) -> sqlite3.Connection:
    """Open a store, making or migrating it where that is needed and allowed.

    Refuses, in words and without touching it, what is not a sound store of this version or older.
    """
    if not path.exists():
        if readonly:
            raise StoreError(f"{path}: there is no store here yet; `rolecall run` makes one.")
        _create(path)
    elif not readonly and not os.access(path, os.R_OK | os.W_OK):
        raise StoreError(f"{path}: this user may not write it; check its owner and mode.")
    outdated = inspect(path)
    if outdated and readonly:
        raise StoreError(
            f"{path}: was made by an older Rolecall; any command that writes, such as"
            " `rolecall run`, brings it up to date."
        )
    connection = _attach(path, readonly=readonly)
    try:
        if outdated:
            _migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """Make the block one transaction that holds the write lock from its first read on.

    A deferred ``BEGIN`` that reads first fails at once, whatever the timeout, when another
    connection has committed before its first write
    (https://sqlite.org/lang_transaction.html#deferred_immediate_and_exclusive_transactions).
    """
    with _in_words("could not be written; nothing of this step was kept"):
        connection.execute("BEGIN IMMEDIATE")
        with _ending(connection):
            yield


@contextmanager
def reading(connection: sqlite3.Connection) -> Iterator[None]:
    """Make the block see one moment of the store, however many questions it asks."""
    with _in_words("could not be read"):
        connection.execute("BEGIN")
        with _ending(connection):
            yield


def scrub(connection: sqlite3.Connection) -> bool:
    """Write the file anew without what was deleted, and empty its log.

    ``False`` when somebody who reads it kept the log from being emptied.
    """
    with _in_words("could not be written anew; what was deleted may still be read in the file"):
        connection.execute("VACUUM")
        # https://sqlite.org/pragma.html#pragma_wal_checkpoint: the first number is 1 when blocked.
        (blocked, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not blocked


@contextmanager
def _ending(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk has already ended the transaction; a second ROLLBACK would hide the cause.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _in_words(what: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        raise StoreError(
            f"The store {what}: {error}. Check free space, file modes and that no other program"
            " holds it, then run the same command again."
        ) from error


def _attach(path: Path, *, readonly: bool) -> sqlite3.Connection:
    connection = dial(path, "ro" if readonly else "rw")
    connection.row_factory = sqlite3.Row
    packed.teach(connection)
    if readonly:
        connection.execute("PRAGMA query_only = ON")
    else:
        # A copy made by VACUUM INTO or .dump comes back in rollback mode.
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL: a mail may follow a commit at once, so a commit must outlive a power cut.
        connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _create(path: Path) -> None:
    """Build the store beside its place and move it there: a killed run leaves no half store."""
    if not path.parent.is_dir():
        raise StoreError(f"{path}: the folder {path.parent} does not exist; make it first.")
    log = Path(f"{path}-wal")
    if log.exists() and log.stat().st_size:
        raise StoreError(
            f"{path}: is gone, but its write-ahead log {log.name} is there: put the file back, or"
            " move the log away too to begin anew."
        )
    with _locked(path):
        if path.exists():
            return
        draft = path.with_name(f"{path.name}.new")
        for leftover in (draft, *(Path(f"{draft}{end}") for end in ("-journal", "-wal", "-shm"))):
            leftover.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(dial(draft, "rw")) as connection:
            _bring_up_to_date(connection)
            connection.execute("PRAGMA journal_mode = WAL")
        draft.rename(path)
        settle(path.parent)


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Copy the store beside it, then take the steps that it lacks."""
    from monitor import backups  # noqa: PLC0415 - once a version

    with _locked(path), _in_words("could not be brought up to date; it is as it was"):
        if inspect(path):  # else another process did it while this one waited
            name = backups.dated(path, datetime.now(UTC), f"before-v{len(names())}-")
            backups.copy(path, path.with_name(name), replace=True)
            _bring_up_to_date(connection)


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    with writing(connection):
        taken = migrations.apply(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {taken}")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the file lock that migrations need: applying them side by side fails now and then."""
    try:
        lock = os.open(f"{path}.lock", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise StoreError(
            f"{path}.lock: {error.strerror}; the store's folder must be writable."
        ) from error
    try:
        _take(lock, path)
        yield
    finally:
        os.close(lock)


def _take(lock: int, path: Path) -> None:
    deadline = time.monotonic() + BUSY
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise StoreError(
                    f"{path}: another run has been preparing it for {BUSY:.0f} s; try again later."
                ) from None
            time.sleep(0.02)
