"""Copies of the store: made while it is in use, proven before they have their name, put back.

A copy is one file in rollback mode, with nothing beside it. It is written under another name and
renamed when every page, every reference and the number of rows of every table were found right; so
what bears the name of a copy is one. Nothing here ever deletes a store: a restored copy takes its
place, and what stood there stays beside it under a name of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.connections import dial
from monitor.soundness import APPLICATION_ID, StoreError, inspect, settle

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

FOLDER = "backups"
"""The folder beside the store where copies go when no other place is named."""
KEPT = 7
"""Copies that are kept in a folder, the newest ones."""

_BESIDE = ("-wal", "-journal", "-shm")
"""What SQLite keeps beside a file; the first two hold content of it."""
_PATIENCE = 5.0
"""Seconds that a restore waits for another program to let go of the store."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A proven copy: where it is, its size, the steps that led to its tables, rows by table."""

    path: Path
    bytes: int
    version: int
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did; ``aside`` is where the former store is, ``waiting`` letters go out."""

    copy: Copy
    aside: Path | None
    waiting: int


def dated(store: Path, moment: datetime, mark: str = "") -> str:
    """Give the file name of a copy of a store; names sort by the time (UTC) that they bear."""
    return f"{store.stem}-{mark}{moment:%Y%m%dT%H%M%SZ}.db"


def copy(store: Path, target: Path, *, replace: bool = False) -> Copy:
    """Copy a store while it is in use, as it stands at one moment, and prove the copy.

    Raises ``StoreError`` and leaves nothing behind when the store is not sound, when the target
    exists (unless ``replace``; the store itself is never replaced), or when it cannot be written.
    """
    inspect(store)
    if target.exists() and (target.samefile(store) or not replace):
        raise StoreError(f"{target}: is there already; name another file, or say --force.")
    if not target.parent.is_dir():
        raise StoreError(f"{target}: the folder {target.parent} does not exist; make it first.")
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        version, rows = _fill(store, draft)
        _flush(draft)
        draft.rename(target)
        settle(target.parent)
    except (sqlite3.Error, OSError) as error:
        words = getattr(error, "strerror", None) or error
        raise StoreError(
            f"{target}: the copy could not be made ({words}); the store is as it was."
            " Check free space and file modes."
        ) from error
    finally:
        for end in ("", *_BESIDE):
            Path(f"{draft}{end}").unlink(missing_ok=True)
    return Copy(target, target.stat().st_size, version, rows)


def thin(store: Path, folder: Path, keep: int) -> list[Path]:
    """Delete all but the newest copies of a store in a folder, known by their names; give them."""
    name = re.compile(re.escape(store.stem) + r"-\d{8}T\d{6}Z\.db")
    found = sorted(path for path in folder.iterdir() if name.fullmatch(path.name))
    doomed = found[: max(len(found) - keep, 0)]
    for path in doomed:
        path.unlink()
    return doomed


def restore(file: Path, store: Path, moment: datetime) -> Restored:
    """Put a proven copy in the place of the store; the caller holds the lock of runs.

    What stood there is kept beside it, damaged or not, with its write-ahead log. Letters that it
    says were sent are sent in the copy too. Raises ``StoreError`` and changes nothing when the
    copy is not sound or another program has the store open.
    """
    if store.exists() and file.exists() and file.samefile(store):
        raise StoreError(f"{file}: is the store itself; name a backup of it.")
    draft = store.with_name(f"{store.name}.restoring")
    try:
        copied = copy(file, draft, replace=True)
    except StoreError as error:
        # The next step that such words end with is one for a store.
        fact = str(error).removeprefix(f"{file}: ").split(";")[0].split(". ")[0]
        words = f"{file}: {fact}; name another backup. The store is as it was."
        raise StoreError(words) from error
    try:
        aside = _set_aside(store, moment) if store.exists() else None
        waiting = _reconcile(draft, aside)
        _flush(draft)
        _clear(store)
        draft.rename(store)
        settle(store.parent)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{store}: was not replaced ({error}); it is as it was.") from error
    finally:
        draft.unlink(missing_ok=True)
    return Restored(Copy(store, copied.bytes, copied.version, copied.rows), aside, waiting)


def _fill(store: Path, draft: Path) -> tuple[int, dict[str, int]]:
    """Copy every page of one moment, and compare what came out with what went in."""
    with closing(dial(store, "ro")) as origin, closing(dial(draft, "rw")) as made:
        origin.execute("BEGIN")  # what is counted and what is copied are of one moment
        rows, version = _census(origin), _version(origin)
        origin.backup(made)
        made.execute("PRAGMA journal_mode = DELETE")
        if complaint := _complaint(made):
            raise StoreError(f"{store}: is damaged ({complaint}), so no copy was made of it.")
        if (_version(made), _census(made)) != (version, rows):
            raise StoreError(f"{store}: its copy does not hold the same; nothing was kept of it.")
    return version, rows


def _complaint(connection: sqlite3.Connection) -> str:
    """Say what is wrong with a store, every page and every reference looked at; or nothing."""
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        return str(found)
    if connection.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
        return "it does not say that it is ours"
    broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    return "" if broken is None else f"a row of {broken[0]} names one of {broken[2]} that is none"


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _census(connection: sqlite3.Connection) -> dict[str, int]:
    """Count the rows of every table; of the search index its parts, which are tables as well."""
    names = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0"
        " AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name"
    ).fetchall()
    return {
        name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608 - names of tables
        for (name,) in names
    }


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _set_aside(store: Path, moment: datetime) -> Path:
    """Give the store a second name beside the first, with what belongs to it."""
    _let_go(store)
    aside = store.with_name(dated(store, moment, "replaced-"))
    for end in ("", "-wal", "-journal"):
        origin, kept = Path(f"{store}{end}"), Path(f"{aside}{end}")
        if origin.exists():
            try:
                kept.hardlink_to(origin)
            except FileExistsError:
                raise
            except OSError:  # a file system without links
                shutil.copy2(origin, kept)
                _flush(kept)
    settle(store.parent)
    return aside


def _let_go(store: Path) -> None:
    """Bring a sound store into one file, which fails while another program has it open.

    Such a program would delete, by its name, the write-ahead log of the store that comes after.
    """
    try:
        inspect(store)
    except StoreError:
        return  # it is kept as it is
    try:
        with closing(dial(store, "rw", patience=_PATIENCE)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"{store}: another program has it open ({error}); close that first. Nothing was done."
        ) from error


def _reconcile(draft: Path, aside: Path | None) -> int:
    """Mark what the former store sent as sent; give how many letters still go out."""
    sent = _sent(aside) if aside else []
    with closing(dial(draft, "rw")) as connection:
        connection.executemany(
            "UPDATE outbox SET state = 'sent', settled_at = ?, last_reply = ?"
            " WHERE message_id = ? AND state <> 'sent'",
            sent,
        )
        waiting = "SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')"
        return int(connection.execute(waiting).fetchone()[0])


def _sent(store: Path) -> list[tuple[str, str, str]]:
    """Give what a store says was sent; nothing when it cannot be read."""
    try:
        with closing(dial(store, "ro")) as connection:
            return connection.execute(
                "SELECT settled_at, last_reply, message_id FROM outbox WHERE state = 'sent'"
            ).fetchall()
    except sqlite3.Error:
        return []


def _clear(store: Path) -> None:
    """Take away what would be applied to the next file of this name; it was kept aside."""
    for end in _BESIDE:
        Path(f"{store}{end}").unlink(missing_ok=True)
