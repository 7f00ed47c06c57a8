"""What a sound store is, seen without touching it: ours, whole, and not of a newer Rolecall.

A store is not like any other SQLite file: taking a damaged, foreign or empty one for a new store
would make every posting in the world news. So everything is looked at before anything is touched.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from monitor.connections import dial
from monitor.migrations import migrations, names

APPLICATION_ID = 0x524F4C45
"""Ours, "ROLE" in ASCII (https://sqlite.org/pragma.html#pragma_application_id)."""

_MAGIC = b"SQLite format 3\x00"
# https://sqlite.org/fileformat2.html#the_database_header
_PAGE_SIZE_AT = slice(16, 18)
_PAGE_COUNT_AT = slice(28, 32)
_APPLICATION_ID_AT = slice(68, 72)
_CHECKED = 50_000_000
"""Bytes up to which every page is checked at each opening; above, only the schema is read."""


class StoreError(Exception):
    """Raised when the file is not a sound Rolecall store or cannot be written; says what to do."""


def settle(folder: Path) -> None:
    """Make a rename outlive a power cut."""
    entry = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)


def inspect(path: Path) -> bool:
    """Refuse what is not ours or not sound, reading only; say whether migrations are due."""
    _inspect_header(path)
    try:
        with closing(dial(path, "ro")) as connection:
            return _inspect_content(path, connection)
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"{path}: cannot be opened ({error}); check the modes of the file and its folder."
        ) from error
    except sqlite3.DatabaseError as error:
        raise damaged(path, str(error)) from error


def _inspect_header(path: Path) -> None:
    try:
        with path.open("rb") as file:
            header = file.read(100)
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; the store must be a readable file.") from error
    if not header:
        raise damaged(path, "it is empty, and a store never is")
    if not header.startswith(_MAGIC[: len(header)]):
        raise StoreError(f"{path}: is not an SQLite file; point `store` at another path.")
    if int.from_bytes(header[_APPLICATION_ID_AT], "big") != APPLICATION_ID:
        raise StoreError(
            f"{path}: is the SQLite file of another program, not a Rolecall store; point `store`"
            " at another path."
        )
    if size < _size_of(header) and not _log_is_full(path):
        raise damaged(path, f"it was cut off at {size} of {_size_of(header)} bytes")


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
            raise damaged(path, found)
    # Naming a table makes SQLite read the whole schema.
    applied = {
        name
        for (name,) in connection.execute(
            f"SELECT name FROM {migrations.table} WHERE migration_set = ?",  # noqa: S608 - a constant of sqlite-utils
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


def damaged(path: Path, why: str) -> StoreError:
    """Give the refusal of a file that is ours but not whole, with the ways out."""
    return StoreError(
        f"{path}: is damaged ({why}). It was left as it is: `rolecall restore FILE` puts a backup"
        " in its place; moving it away begins anew, and every open posting counts as first seen."
    )
