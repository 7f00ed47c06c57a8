"""How a store is connected to, by whomever: it stands apart because every child loads it."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BUSY = 30.0
"""Seconds that a writer waits for another one; SQLite's own 5 are less than a large crawl takes."""


def dial(path: Path, mode: str, *, patience: float = BUSY) -> sqlite3.Connection:
    """Connect to a file that exists, ``ro`` or ``rw``; transactions are the caller's to begin."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=patience, isolation_level=None
    )
