"""A value as a reader should see it: pay, places, dates, times, links. Pure, English, one line.

Everything here may come from a hostile page, so nothing raises, nothing keeps a control character,
and what cannot be read as its type is shown as the plain text it is.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from crawler.fields.patterns import late
from crawler.fields.text import clean as unhidden

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
    sign = _SIGNS.get(currency)
    return sign + figure if sign else f"{currency} {figure}".strip()


def day(value: date) -> str:
    """Write a date as "21 Sep 2026"."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """Write a date as "21 Sep"."""
    return f"{value.day} {_MONTHS[value.month - 1]}"


def moment(value: datetime) -> str:
    """Write an instant as "21 Sep 2026, 07:00 (UTC+02:00)"; the offset is always said."""
    offset = value.strftime("%z") or "+0000"
    return f"{day(value)}, {value:%H:%M} (UTC{offset[:3]}:{offset[3:5]})"


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
    return f"{number:,} {one if number == 1 else many or one + 's'}"
