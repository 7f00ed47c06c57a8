"""The tables of hosts that are left alone, and of what is seen from outside.

Made by ``migrations``; ``hosts`` and ``runs`` write them, ``gauges`` reads them.
"""

from __future__ import annotations

_COUNTED = ("asked", "answered", "not_modified", "failed", "bytes")
_SUMS = ", ".join(f"coalesce(sum(json_extract(c.counts, '$.{name}')), 0)" for name in _COUNTED)
_ADDED = ", ".join(
    f"{name} = {name} + coalesce(json_extract(new.counts, '$.{name}'), 0)" for name in _COUNTED
)

OUTSIDE = (
    # trips: how often in a row the circuit of the host opened; 0: it asked for the wait itself.
    """
    CREATE TABLE hosts (
        host TEXT PRIMARY KEY, until TEXT NOT NULL, trips INTEGER NOT NULL, why TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    # The newest turns of `run` and `serve`, and calls of `crawl`. Without ended: cut off, or under
    # way.
    """
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY, command TEXT NOT NULL, began TEXT NOT NULL, ended TEXT,
        code INTEGER, visited INTEGER, failed INTEGER
    ) STRICT
    """,
    # The start of the newest visit that did not fail, so that nobody need look for it.
    "ALTER TABLE sources ADD COLUMN succeeded_at TEXT",
    """
    UPDATE sources SET succeeded_at =
        (SELECT max(started) FROM crawls WHERE source = sources.id AND outcome <> 'failed')
    """,
    # Counted as they are written: nobody who asks every few seconds can read every visit.
    """
    CREATE TABLE crawl_totals (
        outcome TEXT PRIMARY KEY, crawls INTEGER NOT NULL, asked INTEGER NOT NULL,
        answered INTEGER NOT NULL, not_modified INTEGER NOT NULL, failed INTEGER NOT NULL,
        bytes INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    f"""
    INSERT INTO crawl_totals SELECT o.value, count(c.id), {_SUMS}
    FROM json_each('["complete", "unchanged", "partial", "failed"]') o
    LEFT JOIN crawls c ON c.outcome = o.value GROUP BY 1
    """,  # noqa: S608 - constants only
    f"""
    CREATE TRIGGER crawls_counted AFTER INSERT ON crawls BEGIN
        UPDATE crawl_totals SET crawls = crawls + 1, {_ADDED} WHERE outcome = new.outcome;
        UPDATE sources SET succeeded_at = new.started
            WHERE id = new.source AND new.outcome <> 'failed';
    END
    """,  # noqa: S608 - constants only
)
