"""A value as a reader should see it: pay, places, dates, times, links. Pure, one line.

Words are English; dates, times, numbers and amounts are written in the language that ``language``
says is spoken, which is English unless a reader asked for another.

Everything here may come from a hostile page, so nothing raises, nothing keeps a control character,
and what cannot be read as its type is shown as the plain text it is.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from crawler.fields.patterns import late
from crawler.fields.text import clean as unhidden
from monitor import language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

NOT_STATED = "not stated"

LABELS = {
    "salary": "Pay",
    "places": "Place",
    "remote": "Remote",
    "employment_types": "Employment",
    "eligibility_to_work": "Eligibility",
    "work_hours": "Hours",
    "office_days": "Office days",
    "requirements": "Degree",
    "valid_through": "Deadline",
    "start_date": "Start",
    "date_posted": "Posted",
    "organization": "Company",
    "title": "Title",
    "department": "Department",
    "language": "Language",
    "requisition_id": "Requisition",
    "url": "Link",
    "apply_url": "Apply at",
}

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "ILS": "₪"}
_A_PERIOD = {
    "hour": " an hour",
    "day": " a day",
    "week": " a week",
    "biweek": " every two weeks",
    "month": " a month",
    "quarter": " a quarter",
    "year": " a year",
    "once": " once",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RECORDED = re.compile(
    r"(?P<share>[+-]\d+(?:\.\d+)?)(?= %)"
    rf"|\b(?P<day>\d{{1,2}}) (?P<month>{'|'.join(_MONTHS)}) (?P<year>\d{{4}})"
    r" (?P<hour>\d\d):(?P<minute>\d\d)(?= UTC)"
)
_CURRENCY = re.compile(r"[A-Z]{3}")
_SCHEMES = ("http", "https", "mailto")
_LONGEST_LINK = 2000
_QUOTED = late(r"[^A-Za-z0-9_.\-:/?#\[\]@!$&'()*+,;=%~\u0080-\U0010ffff]")


def clean(value: object, limit: int | None = None) -> str:
    """Make any text one line without control, bidi or hidden characters, cut at ``limit``."""
    text = unhidden(str(value))
    if limit is None or len(text) <= limit:
        return text
    return text[: limit - 1].rstrip() + "…"


def safe_url(value: object) -> str:
    """Give a link that may be clicked (http, https, mailto), quoted; anything else is ``""``.

    Jinja's autoescape lets ``javascript:`` through: an escaped link is still a link.
    """
    text = str(value or "").strip()
    if len(text) > _LONGEST_LINK or clean(text) != text:
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    scheme, there = parts.scheme.lower(), parts.netloc or parts.path
    if not there or scheme not in _SCHEMES or (scheme != "mailto" and not parts.netloc):
        return ""
    return scheme + _QUOTED.sub(lambda found: quote(found[0]), text[len(scheme) :])


def together(text: str) -> str:
    """Keep a sign of percent on the line of its number: "+10 %"."""
    return text.replace(" %", "\u00a0%")


def money(salary: Mapping[str, Any]) -> str:
    """Write pay as "$12,100 a month" or an interval; a bare number when no currency is stated."""
    low, high = (_number(salary.get(end)) for end in ("min", "max"))
    currency = clean(salary.get("currency") or "")
    ends = [_amount(end, currency) for end in (low, high) if end is not None]
    if not ends:
        return clean(salary.get("raw") or "", 80) or NOT_STATED
    if low is None or high is None:
        words = f"{'from' if high is None else 'up to'} {ends[0]}"
    else:
        words = "\u2013".join(dict.fromkeys(ends))
    return words + _A_PERIOD.get(str(salary.get("period")), "")


def a_period(period: str) -> str:
    """Write " a year" behind an amount; nothing for a period nobody knows."""
    return _A_PERIOD.get(period, "")


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and abs(value) < 10**15 else None


def _amount(value: float, currency: str) -> str:
    figure = f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
    if (foreign := language.current()) and _CURRENCY.fullmatch(currency):
        return foreign.amount(value, currency)
    sign = _SIGNS.get(currency)
    return sign + numeral(figure) if sign else f"{currency} {numeral(figure)}".strip()


def numeral(english: str) -> str:
    """Write anew, in the reader's language, a number that is written like "-1,234.50"."""
    foreign = language.current()
    return foreign.numeral(english) if foreign else english


def number(value: float) -> str:
    """Write a whole number with its groups: "1,234"."""
    return numeral(f"{value:,.0f}")


def day(value: date) -> str:
    """Write a date as "21 Sep 2026"."""
    if foreign := language.current():
        return foreign.date(value.year, value.month, value.day, "yMMMd")
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """Write a date as "21 Sep"."""
    if foreign := language.current():
        return foreign.date(value.year, value.month, value.day, "MMMd")
    return f"{value.day} {_MONTHS[value.month - 1]}"


def timed(written: str, value: datetime) -> str:
    """Write the time of an instant behind its day, which is written already: "21 Sep, 07:00"."""
    if foreign := language.current():
        return foreign.at(written, foreign.clock(value.hour, value.minute))
    return f"{written}, {value:%H:%M}"


def clock(value: datetime) -> str:
    """Write the time of an instant alone: "07:00"."""
    foreign = language.current()
    return foreign.clock(value.hour, value.minute) if foreign else f"{value:%H:%M}"


def moment(value: datetime) -> str:
    """Write an instant as "21 Sep 2026, 07:00 (UTC+02:00)"; the offset is always said."""
    offset = value.strftime("%z") or "+0000"
    return f"{timed(day(value), value)} (UTC{offset[:3]}:{offset[3:5]})"


def restated(text: str) -> str:
    """Write the shares and instants in a sentence of the monitor's own in the reader's language.

    What was recorded is English: "+10 % over the old top", "12 Aug 2026 21:03 UTC".
    """
    return _RECORDED.sub(_restated, text) if language.current() else text


def _restated(found: re.Match[str]) -> str:
    if found["share"]:
        return numeral(found["share"])
    date_, month, year, hour, minute = found.group("day", "month", "year", "hour", "minute")
    try:
        value = datetime(  # noqa: DTZ001 - the sentence goes on with its zone
            int(year), _MONTHS.index(month) + 1, int(date_), int(hour), int(minute)
        )
    except ValueError:
        return found[0]
    return timed(day(value), value)


def as_date(text: object) -> date | None:
    """Read an ISO date or instant as the date its page states, in the page's own offset."""
    try:
        return datetime.fromisoformat(str(text).strip()).date()
    except ValueError:
        return None


def shown_date(text: object) -> str:
    """Write a stated date as "21 Sep 2026", a month as "Sep 2026", else as it stands."""
    if read := as_date(text):
        return day(read)
    if month := as_date(f"{text}-01"):
        if foreign := language.current():
            return foreign.date(month.year, month.month, 1, "yMMM")
        return f"{_MONTHS[month.month - 1]} {month.year}"
    return clean(text, 40)


def place_names(places: object) -> str:
    """Join the names of places, each once, in the order of the page."""
    items = (item.get("name") if isinstance(item, dict) else item for item in _items(places))
    names = (clean(item or "", 60) for item in items)
    return clean(" · ".join(dict.fromkeys(name for name in names if name)), 160)


def terms(words: object) -> str:
    """Join schema.org's words for a reader: ``("FULL_TIME", "INTERN")`` is "full-time, intern"."""
    return listed(str(word).lower().replace("_", "-") for word in _items(words))


def working_place(word: object) -> str:
    """Write "remote", "hybrid" or "on site"."""
    return "on site" if word == "onsite" else clean(word, 40)


def listed(words: Iterable[object]) -> str:
    """Join words with commas, each once."""
    return clean(", ".join(dict.fromkeys(filter(None, map(clean, words)))), 160)


def _items(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]


def shown(field: str, value: object) -> str:
    """Write the JSON-ready value of a change's field as a reader should see it."""
    if value is None or value in ("", [], {}):
        return NOT_STATED
    if field == "salary" and isinstance(value, dict):
        return money(value)
    write = _WRITERS.get(field)
    return write(value) if write else listed(_items(value))


_WRITERS: dict[str, Callable[[object], str]] = {
    "places": place_names,
    "employment_types": terms,
    "remote": working_place,
    "valid_through": shown_date,
    "start_date": shown_date,
    "date_posted": shown_date,
}


def label(field: str) -> str:
    """Name a field for a reader: "employment_types" is "Employment"."""
    return LABELS.get(field) or clean(field.replace("_", " ")).capitalize()


def count(number: int, one: str, many: str | None = None) -> str:
    """Write "1 posting", "2 postings"."""
    return f"{numeral(f'{number:,}')} {one if number == 1 else many or one + 's'}"
