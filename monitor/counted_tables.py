"""The tables of what is counted as it is written, made by ``migrations``.

``figures`` and ``narrowing`` read them: a page that shows how many there are of something must not
count a million rows. Triggers keep them, so that nobody who writes a posting can forget to.
Postings and events are never deleted; whoever begins to, adds the triggers that count them off.
"""

# ruff: noqa: S608 - every statement is made of constants

from __future__ import annotations

# The Monday that begins the week of an instant, as an ISO date (UTC).
_WEEK = "date(substr({0}, 1, 10), '-6 days', 'weekday 1')"
# How many whole days a posting was seen: up to its closing, or to when it was seen last.
_DAYS = (
    "max(CAST(julianday(CASE {0}state WHEN 'closed' THEN coalesce({0}closed_at, {0}last_seen)"
    " ELSE {0}last_seen END) - julianday({0}first_seen) AS INTEGER), 0)"
)
# Those that stood at their source's first complete visit had been open nobody knows how long.
_SINCE = "{0}first_seen > (SELECT baseline_at FROM sources WHERE id = {0}source)"
_ENDED = "{0}state = 'closed'"

_AND_COUNT = "ON CONFLICT DO UPDATE SET n = n + excluded.n"
_AND_FLOW = "ON CONFLICT DO UPDATE SET appeared = appeared + excluded.appeared,"
_AND_FLOW += " closed = closed + excluded.closed"


def _flow(row: str, sign: str) -> str:
    """Count a posting in the weeks in which it appeared and closed, or off them (``-``)."""
    return (
        f"INSERT INTO flow SELECT {_WEEK.format(f'{row}first_seen')}, {sign}1, 0 WHERE 1"
        f" {_AND_FLOW};"
        f" INSERT INTO flow SELECT {_WEEK.format(f'{row}closed_at')}, 0, {sign}1"
        f" WHERE {_ENDED.format(row)} AND {row}closed_at IS NOT NULL {_AND_FLOW};"
    )


def _age(row: str, sign: str) -> str:
    """Count a posting among those that were seen as long as it, or off them (``-``)."""
    return (
        f"INSERT INTO ages SELECT {_DAYS.format(row)}, {_ENDED.format(row)}, {sign}1"
        f" WHERE {_SINCE.format(row)} {_AND_COUNT};"
    )


def _ages_of(baseline: str, sign: str) -> str:
    """Count the postings of a source that appeared after its baseline, or off (``-``)."""
    return (
        f"INSERT INTO ages SELECT {_DAYS.format('')}, {_ENDED.format('')}, {sign}count(*)"
        f" FROM postings WHERE source = new.id AND first_seen > {baseline} GROUP BY 1, 2"
        f" {_AND_COUNT};"
    )


def _pay(row: str, sign: str) -> str:
    return (
        f"INSERT INTO pay_counts SELECT {row}currency, {row}period, {row}low, {row}high, {sign}1"
        f" WHERE {_STATED.format(row)} {_AND_COUNT};"
    )


_STATED = "{0}closed = 0 AND {0}currency IS NOT NULL AND {0}period IS NOT NULL"
_STATED += " AND {0}low IS NOT NULL AND {0}high IS NOT NULL"

_MADE = (
    # week: its Monday. Counted by sight: what stood there at the first visit, too.
    """
    CREATE TABLE flow (
        week TEXT PRIMARY KEY, appeared INTEGER NOT NULL, closed INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    # Counted by events: what was told.
    """
    CREATE TABLE told (
        kind TEXT NOT NULL, week TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (kind, week)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE ages (
        days INTEGER NOT NULL, ended INTEGER NOT NULL, n INTEGER NOT NULL,
        PRIMARY KEY (days, ended)
    ) STRICT, WITHOUT ROWID
    """,
    # Of open postings. Pay is stated in round numbers, so there are few rows.
    """
    CREATE TABLE pay_counts (
        currency TEXT NOT NULL, period TEXT NOT NULL, low REAL NOT NULL, high REAL NOT NULL,
        n INTEGER NOT NULL, PRIMARY KEY (currency, period, low, high)
    ) STRICT, WITHOUT ROWID
    """,
    # How many postings have the value.
    "ALTER TABLE trait_values ADD COLUMN open INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE trait_values ADD COLUMN closed INTEGER NOT NULL DEFAULT 0",
)

KNOWN = (
    f"""
    INSERT INTO flow SELECT {_WEEK.format("first_seen")}, count(*), 0 FROM postings GROUP BY 1
    """,
    f"""
    INSERT INTO flow SELECT {_WEEK.format("closed_at")}, 0, count(*) FROM postings
    WHERE {_ENDED.format("")} AND closed_at IS NOT NULL GROUP BY 1 {_AND_FLOW}
    """,
    f"""
    INSERT INTO told SELECT kind, {_WEEK.format("at")}, count(*) FROM events
    WHERE held = 0 GROUP BY 1, 2
    """,
    f"""
    INSERT INTO ages SELECT {_DAYS.format("p.")}, {_ENDED.format("p.")}, count(*)
    FROM postings p JOIN sources s ON s.id = p.source WHERE p.first_seen > s.baseline_at
    GROUP BY 1, 2
    """,
    f"""
    INSERT INTO pay_counts SELECT currency, period, low, high, count(*) FROM pay
    WHERE {_STATED.format("")} GROUP BY 1, 2, 3, 4
    """,
    """
    UPDATE trait_values SET
        open = (SELECT count(*) FROM traits t WHERE t.closed = 0 AND t.value = trait_values.id),
        closed = (SELECT count(*) FROM traits t WHERE t.closed = 1 AND t.value = trait_values.id)
    """,
)
"""What is there already, counted once."""

_KEPT = (
    f"""
    CREATE TRIGGER postings_flow AFTER INSERT ON postings BEGIN
        {_flow("new.", "")} {_age("new.", "")}
    END
    """,
    f"""
    CREATE TRIGGER postings_flow_moved AFTER UPDATE OF state, closed_at, first_seen ON postings
    WHEN old.state IS NOT new.state OR old.closed_at IS NOT new.closed_at
        OR old.first_seen IS NOT new.first_seen
    BEGIN
        {_flow("old.", "-")} {_flow("new.", "")}
    END
    """,
    # Of all that is merely seen again, a day's first visit changes an age.
    f"""
    CREATE TRIGGER postings_aged
    AFTER UPDATE OF state, closed_at, first_seen, last_seen ON postings
    WHEN old.state IS NOT new.state OR old.first_seen IS NOT new.first_seen
        OR {_DAYS.format("old.")} IS NOT {_DAYS.format("new.")}
    BEGIN
        {_age("old.", "-")} {_age("new.", "")}
    END
    """,
    f"""
    CREATE TRIGGER sources_based AFTER UPDATE OF baseline_at ON sources
    WHEN old.baseline_at IS NOT new.baseline_at
    BEGIN
        {_ages_of("old.baseline_at", "-")} {_ages_of("new.baseline_at", "")}
    END
    """,
    """
    CREATE TRIGGER events_told AFTER INSERT ON events WHEN new.held = 0 BEGIN
        INSERT INTO told SELECT new.kind, {week}, 1 WHERE 1 {count};
    END
    """.format(week=_WEEK.format("new.at"), count=_AND_COUNT),
    f"CREATE TRIGGER pay_stated AFTER INSERT ON pay BEGIN {_pay('new.', '')} END",
    f"""
    CREATE TRIGGER pay_gone AFTER DELETE ON pay BEGIN
        {_pay("old.", "-")}
        DELETE FROM pay_counts WHERE currency = old.currency AND period = old.period
            AND low = old.low AND high = old.high AND n = 0;
    END
    """,
    """
    CREATE TRIGGER traits_had AFTER INSERT ON traits BEGIN
        UPDATE trait_values SET open = open + 1 - new.closed, closed = closed + new.closed
            WHERE id = new.value;
    END
    """,
    """
    CREATE TRIGGER traits_lost AFTER DELETE ON traits BEGIN
        UPDATE trait_values SET open = open - 1 + old.closed, closed = closed - old.closed
            WHERE id = old.value;
    END
    """,
)

COUNTED = (*_MADE, *KNOWN, *_KEPT)
