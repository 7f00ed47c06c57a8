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
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sqlite_utils import Database

from monitor.migrations import migrations, names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

APPLICATION_ID = 0x524F4C45
"""Ours, "ROLE" in ASCII (https://sqlite.org/pragma.html#pragma_application_id)."""

_MAGIC = b"SQLite format 3\x00"
# https://sqlite.org/fileformat2.html#the_database_header
_PAGE_SIZE_AT = slice(16, 18)
_PAGE_COUNT_AT = slice(28, 32)
_APPLICATION_ID_AT = slice(68, 72)
_BUSY = 30.0
"""Seconds that a writer waits for another one; SQLite's own 5 are less than a large crawl takes."""

_CHECKED = 50_000_000
"""Bytes up to which every page is checked at each opening; above, only the schema is read."""


class StoreError(Exception):
    """Raised when the file is not a sound Rolecall store or cannot be written; says what to do."""


class Door:
    """A store that is open: whoever holds it closes it (it is a context manager)."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._connection = db.conn

    def close(self) -> None:
        """Close the file; nothing can be asked afterwards."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def connect(path: Path, *, readonly: bool) -> Database:
    """Open a store, making or migrating it where that is needed and allowed.

    Refuses, in words and without touching it, what is not a sound store of this version or older.
    """
    if not path.exists():
        if readonly:
            raise StoreError(f"{path}: there is no store here yet; `rolecall run` makes one.")
        _create(path)
    elif not readonly and not os.access(path, os.R_OK | os.W_OK):
        raise StoreError(f"{path}: this user may not write it; check its owner and mode.")
    outdated = _inspect(path)
    if outdated and readonly:
        raise StoreError(
            f"{path}: was made by an older Rolecall; any command that writes, such as"
            " `rolecall run`, brings it up to date."
        )
    db = _attach(path, readonly=readonly)
    try:
        if outdated:
            _migrate(db, path)
    except BaseException:
        db.close()
        raise
    return db


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


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_BUSY, isolation_level=None
    )


def _attach(path: Path, *, readonly: bool) -> Database:
    connection = _connect(path, "ro" if readonly else "rw")
    connection.row_factory = sqlite3.Row
    if readonly:
        connection.execute("PRAGMA query_only = ON")
    else:
        # A copy made by VACUUM INTO or .dump comes back in rollback mode.
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL: a mail may follow a commit at once, so a commit must outlive a power cut.
        connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # Plug-ins that happen to be installed beside sqlite-utils have no business in our store.
    return Database(connection, execute_plugins=False)


def _create(path: Path) -> None:
    """Build the store beside its place and move it there: a killed run leaves no half store."""
    if not path.parent.is_dir():
        raise StoreError(f"{path}: the folder {path.parent} does not exist; make it first.")
    with _locked(path):
        if path.exists():
            return
        draft = path.with_name(f"{path.name}.new")
        for leftover in (draft, *(Path(f"{draft}{end}") for end in ("-journal", "-wal", "-shm"))):
            leftover.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(_connect(draft, "rw")) as connection:
            _bring_up_to_date(Database(connection, execute_plugins=False))
            connection.execute("PRAGMA journal_mode = WAL")
        draft.rename(path)
        _settle(path.parent)


def _settle(folder: Path) -> None:
    """Make a rename outlive a power cut."""
    entry = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)


def _migrate(db: Database, path: Path) -> None:
    with _locked(path), _in_words("could not be brought up to date; it is as it was"):
        _bring_up_to_date(db)


def _bring_up_to_date(db: Database) -> None:
    with writing(db.conn):
        migrations.apply(db)
        db.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.conn.execute(f"PRAGMA user_version = {len(migrations.applied(db))}")


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
    deadline = time.monotonic() + _BUSY
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise StoreError(
                    f"{path}: another run has been preparing it for {_BUSY:.0f} s; try again later."
                ) from None
            time.sleep(0.02)


def _inspect(path: Path) -> bool:
    """Refuse what is not ours or not sound, reading only; say whether migrations are due."""
    _inspect_header(path)
    try:
        with closing(_connect(path, "ro")) as connection:
            return _inspect_content(path, connection)
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"{path}: cannot be opened ({error}); check the modes of the file and its folder."
        ) from error
    except sqlite3.DatabaseError as error:
        raise _damaged(path, str(error)) from error


def _inspect_header(path: Path) -> None:
    try:
        with path.open("rb") as file:
            header = file.read(100)
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; the store must be a readable file.") from error
    if not header:
        raise _damaged(path, "it is empty, and a store never is")
    if not header.startswith(_MAGIC[: len(header)]):
        raise StoreError(f"{path}: is not an SQLite file; point `store` at another path.")
    if int.from_bytes(header[_APPLICATION_ID_AT], "big") != APPLICATION_ID:
        raise StoreError(
            f"{path}: is the SQLite file of another program, not a Rolecall store; point `store`"
            " at another path."
        )
    if size < _size_of(header) and not _log_is_full(path):
        raise _damaged(path, f"it was cut off at {size} of {_size_of(header)} bytes")


def _size_of(header: bytes) -> int:
    """Read how long the file says it is; SQLite itself takes a half page at the end for zeros."""
    page = int.from_bytes(header[_PAGE_SIZE_AT], "big")
    return (65_536 if page == 1 else page) * int.from_bytes(header[_PAGE_COUNT_AT], "big")


def _log_is_full(path: Path) -> bool:
    """Say whether pages that the file lacks may stand in its write-ahead log."""
    log = Path(f"{path}-wal")
    return log.exists() and log.stat().st_size > 0


def _inspect_content(path: Path, connection: sqlite3.Connection) -> bool:
    if path.stat().st_size < _CHECKED:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise _damaged(path, found)
    # Naming a table makes SQLite read the whole schema.
    applied = {
        name
        for (name,) in connection.execute(
            f"SELECT name FROM {migrations.migrations_table} WHERE migration_set = ?",  # noqa: S608 - a constant of sqlite-utils
            (migrations.name,),
        )
    }
    ours = names()
    if applied - ours:
        raise StoreError(
            f"{path}: was written by a newer Rolecall; upgrade this one"
            " (`pip install --upgrade rolecall`) or point `store` at another path."
        )
    return bool(ours - applied)


def _damaged(path: Path, why: str) -> StoreError:
    return StoreError(
        f"{path}: is damaged ({why}). It was left as it is: restore a backup, or move the file"
        " away to begin anew, in which case every open posting counts as first seen."
    )
