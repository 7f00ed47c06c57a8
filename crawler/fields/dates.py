"""Stated dates become ISO 8601; a posting's own words say when work starts and applying ends.

Years, months and days are read in a dozen languages (``months``). A date that two countries would
read differently, an age of "30+ days" and anything that is no date give nothing.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

from crawler.fields import months
from crawler.fields.patterns import late

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSTANT = late(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_DATE = late(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_CLOCK = late(
    r"(?<![\d:+-])(?P<h>\d{1,2})[:.](?P<m>\d\d)(?::(?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?)?(?!\d)"
    r" ?(?P<half>[ap]m\b)? ?(?P<zone>(?:z|utc|gmt)?(?![^\W\d_]) ?(?:[+-]\d\d:?\d\d)?)"
)
_COMPACT = late(r"(\d{4})(\d\d)(\d\d)")
_EPOCH = late(r"\d{9,13}(?:\.\d{1,6})?")
_AGE = late(
    rf"(?:(?P<before>{'|'.join(months.AGE_BEFORE)}) |för |for )?"
    rf"(?P<count>\d{{1,4}}|{'|'.join(months.ONES)}) ?(?P<unit>[^\W\d_]+?)\.?"
    rf"(?P<after> (?:{'|'.join(months.AGE_AFTER)})|前に?|以前)?"
)
_YEAR = late(r"20\d\d(?!\d)")
_NUMBER = late(r"\d\d{0,3}")  # sought by its first digit, unlike \d{1,4}
_NUMERIC = late(r"\d{1,4}[./-] ?\d{1,2}[./-] ?\d{2,4}|\d{1,2} ?月")
_MOST_NUMBERS = 5000
# A month's name stands no farther from its day.
_NEAR = 16
_MILLISECONDS = 10**11
_FIRST_YEAR = 1990
_FUTURE = 20
_LONGEST = 120
# A table of years costs what its length costs, and says nothing: so many are looked at.
_MOST = 200
# What decides the meaning of a date stands at most so far before and after it.
_BEFORE = 240
_AFTER = 100
# A word so close after a date speaks of it.
_CLOSE = 30
_A_MONTH = len("2026-09")
_SEASONAL = 10
_MIDYEAR = 6
_PAST = 24
_AHEAD = 60
# "From" a date starts anything; other prepositions mostly an employment.
_PLAIN = {"from", "as of"}
# A leap day needs a leap year: 1896 and 1904 are eight years apart.
_LEAP = 8


class Phrase(NamedTuple):
    """A date, term or season in a body: values of its two ends, and its place in the text."""

    value: str
    until: str | None
    start: int
    end: int


def read(text: str | float | None, *, now: datetime) -> str | None:
    """Read one stated date: an ISO date, month (``YYYY-MM``) or instant with the offset it states.

    Knows ISO 8601, RFC 2822, Unix epochs in seconds and milliseconds (an instant of UTC), dates in
    words, and ages ("3 days ago": the date of ``now`` less the age). A date without a year is the
    newest one that is not later than a day from ``now``: a posting's date lies in the past.

    Gives ``None`` for what is ambiguous (03/04/2026), only bounded (30+ days ago), before 1990,
    more than 20 years ahead, or no date. Never raises, whatever it is given.
    """
    try:
        if isinstance(text, str):
            return _worded(text.strip(), now)
        if isinstance(text, (int, float)) and not isinstance(text, bool):
            return _numbered(text, str(text) if 0 < text < _MILLISECONDS else "", now)
    except (ValueError, OverflowError, OSError):
        pass
    return None


def _numbered(number: float, digits: str, now: datetime) -> str | None:
    if match := _COMPACT.fullmatch(digits):
        return _iso(*map(int, match.groups()), now=now)
    seconds = number if number < _MILLISECONDS else number / 1000
    instant = datetime.fromtimestamp(seconds, UTC)
    return instant.isoformat() if _plausible(instant.year, now) else None


def _worded(text: str, now: datetime) -> str | None:
    if not text or len(text) > _LONGEST:
        return None
    # As nearly all state it; a date that no calendar has is left to what follows.
    if (match := _DATE.fullmatch(text)) and (value := _iso(*map(int, match.groups()), now=now)):
        return value
    if _INSTANT.fullmatch(text) and _exists(text) and _plausible(int(text[:4]), now):
        return text
    if _COMPACT.fullmatch(text) or _EPOCH.fullmatch(text):
        return _numbered(float(text), text, now)
    days = _age(text.translate(months.FOLD).lower(), now)
    return days.isoformat() if days else _written(months.marked(text, months.SHORT_MONTHS), now)


def _exists(instant: str) -> bool:
    try:
        return bool(datetime.fromisoformat(instant))
    except ValueError:
        return False


def _plausible(year: int, now: datetime) -> bool:
    return _FIRST_YEAR <= year <= now.year + _FUTURE


def _iso(year: int, month: int, day: int | None, *, now: datetime) -> str | None:
    """Write a date, or a month when no day is stated; ``None`` when there is no such day."""
    if not _plausible(year, now) or not 1 <= month <= 12:  # noqa: PLR2004 - months of a year
        return None
    if day is None:
        return f"{year}-{month:02}"
    return f"{year}-{month:02}-{day:02}" if 1 <= day <= monthrange(year, month)[1] else None


def _age(words: str, now: datetime) -> date | None:
    """Read an age, whatever a site writes around it."""
    parts = re.sub(r"[^\w'+.<>~-]+", " ", words).split()
    end = len(parts)
    while end >= 0 and (end == len(parts) or parts[end] in months.LEADS):
        for begin in range(end):
            if found := _aged(" ".join(parts[begin:end]), now):
                return found
            if parts[begin] not in months.LEADS:
                break
        end -= 1
    return None


def _aged(phrase: str, now: datetime) -> date | None:
    if phrase in months.DAYS:
        return (now - timedelta(months.DAYS[phrase])).date()
    match = _AGE.fullmatch(phrase)
    unit = months.UNITS.get(match["unit"]) if match else None
    if not match or not unit:
        return None
    if not (match["before"] or match["after"] or match["unit"] in months.SHORT_UNITS):
        return None
    count = int(match["count"]) if match["count"].isdecimal() else 1
    if unit in {"month", "year"}:
        return _months_before(now.date(), count if unit == "month" else 12 * count)
    before = now - timedelta(**{f"{unit}s": count})
    return before.date() if _plausible(before.year, now) else None


def _months_before(day: date, count: int) -> date | None:
    year, month = divmod(day.year * 12 + day.month - 1 - count, 12)
    if year < _FIRST_YEAR:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _written(marked: str, now: datetime) -> str | None:
    """Read the only date of a short text, with its time of day when that is clear."""
    found = list(months.stated(marked))
    if len(found) != 1:
        return None
    stated = found[0]
    around = f"{marked[: stated.start]} {marked[stated.end :]}"
    clock = _CLOCK.search(around)
    rest = around.replace(clock[0], " ", 1) if clock else around
    if re.search(r"[\d+<>~]", re.sub(r"\(.*?\)", "", rest)):
        return None
    if stated.year is None:
        return _latest(stated, now) if set(months.WORD.findall(rest)) <= months.LEADS else None
    value = _iso(stated.year, stated.month, stated.day, now=now)
    named = clock and months.WORD.match(around[clock.end() :].lstrip())
    return _timed(value, clock) if value and stated.day and clock and not named else value


def _latest(stated: months.Stated, now: datetime) -> str | None:
    """Give the newest such date that is not later than a day from now."""
    latest = (now + timedelta(1)).date().isoformat()
    years = range(now.year + 1, now.year - _LEAP - 1, -1)
    dates = (_iso(year, stated.month, stated.day, now=now) for year in years if stated.day)
    return next((iso for iso in dates if iso and iso <= latest), None)


def _timed(value: str, clock: re.Match[str]) -> str:
    """Put date and time together; a time that no clock shows is left out."""
    hour = int(clock["h"])
    if clock["half"]:
        hour = hour % 12 + (12 if clock["half"] == "pm" else 0)
    fraction = f"{clock['f'] or 0:0<6}"[:6]
    text = f"{value}T{hour:02}:{clock['m']}:{clock['s'] or '00'}.{fraction}"
    try:
        instant = datetime.fromisoformat(text)
        return instant.replace(tzinfo=_zone(clock["zone"].strip())).isoformat()
    except ValueError:
        return value


def _zone(words: str) -> timezone | None:
    if not words:
        return None
    digits = re.sub(r"\D", "", words)
    away = timedelta(hours=int(digits[:2] or 0), minutes=int(digits[2:] or 0))
    return timezone(-away if "-" in words else away)


def term(text: str, *, now: datetime) -> tuple[str | None, str | None]:
    """Give start and end of the first stated term: ISO dates, ``YYYY-MM`` where no day is stated.

    A start without a year takes the end's, or the year before it when it would come after the end.
    Gives ``(None, None)`` when the text states none; a lone date is no term.
    """
    for begin, end in _spans(_years(text)):
        for phrase in _phrases(months.marked(text[begin:end]), now):
            if phrase.until:
                return phrase.value, phrase.until
    return None, None


def _spans(places: Iterator[int]) -> Iterator[tuple[int, int]]:
    """Give the stretches of text around places; after the first ones the rest is a table."""
    begin, end = 0, -1
    for place in islice(places, _MOST):
        if place - _BEFORE > end:
            if end > 0:
                yield begin, end
            begin = max(place - _BEFORE, 0)
        end = place + _AFTER
    if end > 0:
        yield begin, end


def _years(text: str) -> Iterator[int]:
    return (match.start() for match in _YEAR.finditer(text))


def _days(text: str) -> Iterator[int]:
    """Find the numbers that may be days: beside a month's name, or in a date of numbers."""
    for match in islice(_NUMBER.finditer(text), _MOST_NUMBERS):
        begin, end = match.span()
        words = months.WORD.findall(text[max(begin - _NEAR, 0) : begin].lower())[-2:]
        words += months.WORD.findall(text[end : end + _NEAR].lower())[:3]
        if not months.MONTHS.keys().isdisjoint(words) or _NUMERIC.match(text, begin):
            yield begin


def _phrases(marked: str, now: datetime) -> Iterator[Phrase]:
    """Find terms, and the dates with a year that belong to none."""
    found = [*months.stated(marked), months.Stated(None, 0, None, len(marked), len(marked))]
    joined = None
    for first, second in pairwise(found):
        if first is joined:
            continue
        phrase = _joined(first, second, now) if _meet(marked, first, second) else None
        joined = second if phrase else None
        value = _iso(first.year, first.month, first.day, now=now) if first.year else None
        if phrase or value:
            yield phrase or Phrase(value or "", None, first.start, first.end)


def _meet(marked: str, first: months.Stated, second: months.Stated) -> bool:
    if months.JOINT.fullmatch(marked, first.end, second.start):
        return True
    joint = months.AND.fullmatch(marked, first.end, second.start)
    return bool(joint and months.BETWEEN.search(marked[max(first.start - 16, 0) : first.start]))


def _joined(first: months.Stated, second: months.Stated, now: datetime) -> Phrase | None:
    """Make a term of two dates of which one may lack its year; ``None`` when it runs backwards."""
    wraps = (first.month, first.day or 1) > (second.month, second.day or 31)
    start = first.year or (second.year and second.year - wraps)
    end = second.year or (first.year and first.year + wraps)
    if not start or not end or (start, wraps) > (end, False):
        return None
    value = _iso(start, first.month, first.day, now=now)
    until = _iso(end, second.month, second.day, now=now)
    return Phrase(value, until, first.start, second.end) if value and until else None


def start(text: str, *, now: datetime) -> tuple[str, str] | None:
    """Say when work begins by a posting's body: the value, and the words that state it, verbatim.

    The value is an ISO date, ``YYYY-MM``, or a season as ``Autumn 2026``; of statements that agree
    the most precise one. The words of a term are the whole term. Nothing is said of a start without
    a year, of one more than two years past, and of dates that belong to something else: degrees,
    applications, the company's history.
    """
    found = [
        (rank, Phrase(phrase.value, phrase.until, begin + phrase.start, begin + phrase.end))
        for begin, end in _spans(_years(text))
        for rank, phrase in _starts(months.marked(text[begin:end]), now)
    ]
    if not found:
        return None
    first = min(found, key=lambda one: one[0])[1]
    same = [phrase for _, phrase in found if phrase.value.startswith(first.value[:_A_MONTH])]
    best = max(same, key=lambda phrase: len(phrase.value)) if first.value[0].isdigit() else first
    return best.value, text[best.start : best.end]


def _starts(marked: str, now: datetime) -> Iterator[tuple[int, Phrase]]:
    """Find the phrases that say when work starts, with their rank: the lowest is the clearest."""
    for phrase in _phrases(marked, now):
        rank = _rank(marked, phrase, lone=not phrase.until)
        if rank is not None and _near(int(phrase.value[:4]), int(phrase.value[5:7]), now):
            yield rank, phrase
    for match in months.SEASON.finditer(marked):
        word, year = match["s1"] or match["s2"], match["y1"] or match["y2"]
        name = months.SEASONS.get(word, word.upper())
        phrase = Phrase(f"{name} {year}", None, match.start(), match.end())
        rank = _rank(marked, phrase, lone=word not in months.SEASONS)
        if rank is not None and _near(int(year[:4]), _MIDYEAR, now):
            yield _SEASONAL + rank, phrase


def _near(year: int, month: int, now: datetime) -> bool:
    """Say whether a month may be the start of a posting that is open: no history, no vision."""
    return -_PAST <= (year - now.year) * 12 + month - now.month <= _AHEAD


def _rank(marked: str, phrase: Phrase, *, lone: bool) -> int | None:
    """Give 0 after a label, 1 after a verb or preposition, 2 for a term or season of work."""
    before = marked[max(phrase.start - _BEFORE, 0) : phrase.start]
    if label := months.START_LABEL.search(before):
        return None if months.OTHER_START.search(before[: label.start()]) else 0
    said = months.STOP.split(before)[-1]
    after = months.STOP.split(marked[phrase.end : phrase.end + _AFTER], maxsplit=1)[0]
    close = months.SUBJECT.search(after.split(",")[0][:_CLOSE])
    if close and not close["work"]:
        return None
    cue = months.START_CUE.search(said)
    subject = next(reversed(list(months.SUBJECT.finditer(said))), None)
    if cue and _announced(said, after, cue, subject):
        return 1
    subject = subject or close or (None if lone else months.SUBJECT.search(after))
    return 2 if not lone and subject and subject["work"] else None


def _announced(said: str, after: str, cue: re.Match[str], subject: re.Match[str] | None) -> bool:
    """Say whether it is work that a verb or preposition lets start."""
    if subject:
        return bool(subject["work"])
    if cue["preposition"] in _PLAIN:
        return False
    alone = not said[: cue.start()].strip(" -*:") and len(after.strip()) < _CLOSE
    return alone or bool(months.PERSON.search(said))


def deadline(text: str, *, now: datetime) -> tuple[str, str] | None:
    """Give the last day to apply by a posting's body: an ISO date, and its words, verbatim.

    A day without a year is the next one, counted from 60 days before ``now``: a posting stays up
    for a while after its deadline. A time of day is left out. Nothing is said of "until filled",
    of a month without a day, and of deadlines that are part of the work.
    """
    for begin, end in _spans(_days(text)):
        marked = months.marked(text[begin:end])
        for stated in months.stated(marked):
            value = _next(stated, now) if stated.day and _due(marked, stated.start) else None
            if value:
                return value, text[begin + stated.start : begin + stated.end]
    return None


def _due(marked: str, place: int) -> bool:
    """Say whether the words before a date announce it as the last one to apply.

    "At least until" names the first day on which it may end.
    """
    for cue in months.DUE.finditer(marked, max(place - _BEFORE // 2, 0), place):
        gap = marked[cue.end() : place]
        if months.NOT_DUE.search(gap) or "at least" in marked[cue.start() : place]:
            continue
        other = months.OTHER_DUE.search(marked[max(cue.start() - _CLOSE, 0) : cue.start()])
        if not other and months.DUE_GAP.fullmatch(gap):
            return True
    return False


def _next(stated: months.Stated, now: datetime) -> str | None:
    """Give the date; without a year the first that is not over for more than 60 days."""
    if stated.year:
        return _iso(stated.year, stated.month, stated.day, now=now)
    earliest = (now - timedelta(60)).date().isoformat()
    years = range(now.year - 1, now.year + _LEAP + 1)
    dates = (_iso(year, stated.month, stated.day, now=now) for year in years)
    return next((iso for iso in dates if iso and iso >= earliest), None)
