"""When a posting is closed, and when a crawl may not be believed: the rules of time.

Pure functions on what is known and what one crawl shows; the only clock is the crawl's own start.
Nothing is closed by a crawl that did not read its listing whole, and nothing by one complete crawl
alone unless someone with authority says so: measured on public histories, 29-31 % of closings told
at the first miss were undone within a day, and a day's hold takes nearly all there is to gain.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import TYPE_CHECKING, Literal

from monitor.events import altered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.items import Posting
    from monitor.events import Known, Late, Standing

HOLD = timedelta(hours=24)
"""How long a posting must be missing, from the first complete crawl that missed it."""
BELIEF = timedelta(hours=72)
"""How long suspicious crawls must agree before they are believed."""
AGREEING = 3
"""How many suspicious crawls must agree before they are believed."""
TAKEN_BACK = timedelta(days=7)
"""How long after an unproven closing a return says that the closing was wrong."""
GUARDED_FROM = 8
"""The usual size from which a source is guarded; a smaller board may well lose half at once."""
FLIPS = 3
"""The told closing or return from which a posting is flapping."""
FAILURES = 3
"""The failed crawl in a row at which the source is reported."""
KILLS = 3
"""The visit that hangs or kills its reader at which the source is quarantined."""
QUARANTINE = timedelta(days=7)
"""How long a quarantined source is left alone, unless it is visited by name."""

# A curated list's flag is somebody's opinion: of the two largest lists, 40-44 % were undone.
CURATED = frozenset({"github_list"})
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# The day ends last at UTC-12, twelve hours after it ends in Greenwich.
_LAST_ZONE = timedelta(hours=12)
# Databases write "no date" as year 1 or 1970.
_FIRST_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Sight:
    """What one crawl shows of its source, every posting once.

    ``seen`` are the ids shown as open, ``gone`` those declared closed with the reason in words.
    ``counting`` says that the listing was read whole, so that absence means something.
    """

    at: datetime
    read: Mapping[str, Posting]
    seen: frozenset[str]
    gone: Mapping[str, str]
    counting: bool
    curated: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """A closing that is believed, with its evidence in words; ``authority`` needs no hold."""

    reason: str
    authority: bool = False


@dataclass(frozen=True, slots=True)
class Fates:
    """What a crawl means for the open postings it does not show as open.

    ``closing`` are closed now, ``missing`` are missed for the first time.
    """

    closing: Mapping[str, Closing] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()


def words(moment: datetime) -> str:
    """Give an instant as a reader of evidence wants it: ``12 Aug 2026 21:03 UTC``."""
    utc = moment.astimezone(UTC)
    return f"{utc.day} {_MONTHS[utc.month - 1]} {utc.year} {utc:%H:%M} UTC"


def deadline(text: str | None) -> datetime | None:
    """Give the last moment a ``valid_through`` may mean, or ``None`` when it says nothing.

    A date lasts through its end anywhere on Earth (UTC-12), an instant with an offset is exact, one
    without is read at UTC-12 (midnight without an offset is a date that somebody's program padded).
    Years before 2000 are a database's way to say "none".
    """
    try:
        moment = datetime.fromisoformat(text or "")
        if moment.year < _FIRST_YEAR:
            return None
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
        if moment.time() == time():
            moment += timedelta(days=1)
        return moment.replace(tzinfo=UTC) + _LAST_ZONE
    except (ValueError, OverflowError):
        return None


def expired(posting: Posting | Late, now: datetime) -> bool:
    """Say whether the posting's own ``valid_through`` has passed; never without a readable one."""
    end = deadline(posting.valid_through)
    return end is not None and now > end


def standing_open(known: Mapping[str, Known]) -> frozenset[str]:
    """Give the ids of the postings that are open."""
    return frozenset(id_ for id_, item in known.items() if item.state == "open")


def fates(known: Mapping[str, Known], sight: Sight, since: datetime | None = None) -> Fates:
    """Decide every open posting that the crawl misses or that authority closes.

    ``since`` dates the first miss of postings that no believed crawl has missed yet: the start of a
    streak of suspicious crawls that is now believed. A crawl that does not count decides nothing.
    """
    if not sight.counting:
        return Fates()
    closing: dict[str, Closing] = {}
    missing: set[str] = set()
    for id_, item in known.items():
        if item.state == "closed":
            continue
        verdict = _verdict(item, sight, item.missing_since or since)
        if verdict is not None:
            closing[id_] = verdict
        elif id_ not in sight.seen and item.missing_since is None:
            missing.add(id_)
    return Fates(closing, frozenset(missing))


def _verdict(item: Known, sight: Sight, missing_since: datetime | None) -> Closing | None:
    """Give the closing of one open posting, if it is proven or its hold has ended."""
    id_ = item.stated.id
    if id_ in sight.gone and not sight.curated:
        return Closing(sight.gone[id_], authority=True)
    posting = sight.read.get(id_, item.stated)
    if expired(posting, sight.at):
        return Closing(f"valid through {posting.valid_through}", authority=True)
    if id_ in sight.seen or missing_since is None or sight.at - missing_since < HOLD:
        return None
    fact = sight.gone.get(id_, "not listed")
    return Closing(f"{fact} since {words(missing_since)}, confirmed {words(sight.at)}")


def suspicion(standing: Standing, sight: Sight, fates: Fates) -> str | None:
    """Say in words why a crawl that counts is not to be believed, or ``None``.

    From a usual size (median of the last five believed crawls) of 8 on: fewer than half the usual
    number found, or at least half of the open postings closed by this one crawl, by authority too,
    or missed for the first time by it. The two are weighed apart: a board that loses a third each
    day is emptying, not broken.
    """
    usual = median(standing.counts or (0,))
    if usual < GUARDED_FROM:
        return None
    if len(sight.seen) * 2 < usual:
        return f"found {len(sight.seen)} of the usual {usual:g} postings"
    still_open = len(standing_open(standing.known))
    for count, fate in ((len(fates.closing), "close"), (len(fates.missing), "go missing")):
        if count and count * 2 >= still_open:
            return f"{count} of {still_open} open postings would {fate} at once"
    return None


def agrees(standing: Standing, sight: Sight) -> bool:
    """Say whether a suspicious crawl misses just what the running streak misses.

    Postings that appeared since the streak began do not count against agreement.
    """
    still_open = standing_open(standing.known)
    missed = still_open - sight.seen
    return standing.suspect_count > 0 and missed == still_open - standing.suspect_ids


def believed(standing: Standing, sight: Sight) -> bool:
    """Say whether this suspicious crawl is the one that makes its streak believable."""
    since = standing.suspect_since
    return (
        since is not None
        and agrees(standing, sight)
        and standing.suspect_count + 1 >= AGREEING
        and sight.at - since >= BELIEF
    )


def suspect(standing: Standing, sight: Sight) -> Standing:
    """Add one suspicious crawl to the streak it agrees with, or begin a new streak with it."""
    going = agrees(standing, sight)
    return replace(
        standing,
        suspect_since=standing.suspect_since if going else sight.at,
        suspect_count=standing.suspect_count + 1 if going else 1,
        suspect_ids=sight.seen,
    )


def contradicted(standing: Standing, sight: Sight) -> bool:
    """Say whether a partial crawl shows a posting that the running streak claims is missing."""
    missed = standing_open(standing.known) - standing.suspect_ids
    return standing.suspect_count > 0 and not missed.isdisjoint(sight.seen)


def unsuspect(standing: Standing) -> Standing:
    """End the streak of suspicious crawls."""
    return replace(standing, suspect_since=None, suspect_count=0, suspect_ids=frozenset())


def by_then(standing: Standing, now: datetime) -> Standing:
    """Forget a miss that is yet to come: a clock was ahead, and the hold would last as long."""
    since = standing.suspect_since
    known = {
        id_: altered(item, missing_since=None)
        for id_, item in standing.known.items()
        if item.missing_since is not None and item.missing_since > now
    }
    return replace(
        standing,
        suspect_since=min(since, now) if since else None,
        known={**standing.known, **known} if known else standing.known,
    )


def quarantined(at: datetime | None, now: datetime) -> bool:
    """Say whether a source is left alone; a start yet to come was written by a wrong clock."""
    return at is not None and timedelta() <= now - at < QUARANTINE


def returned(known: Known, now: datetime) -> Literal["retracted", "reopened"]:
    """Name the return of a closed posting: ours was wrong, or the posting was opened again.

    A closing that authority proved was never wrong; any other is taken back for seven days.
    """
    recent = known.closed_at is not None and now - known.closed_at <= TAKEN_BACK
    return "retracted" if recent and not known.authority else "reopened"


def flip(known: Known) -> tuple[Known, Literal["told", "flapping", "silent"]]:
    """Count a closing or return, and say how it is told: as it is, as flapping, or not at all.

    The third flip says that the posting is flapping; from then on its closings and returns are
    tracked but not told.
    """
    if known.flapping:
        return known, "silent"
    flips = known.flips + 1
    flapping = flips >= FLIPS
    return replace(known, flips=flips, flapping=flapping), "flapping" if flapping else "told"


def day(text: str | None) -> date | None:
    """Give the calendar day of an ISO date or instant as written, or ``None``."""
    try:
        return datetime.fromisoformat(text or "").date()
    except ValueError:
        return None
