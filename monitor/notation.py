"""How values are written in rolecall.toml: durations, addresses, links, zones, times of day. Pure.

Each function takes what stands in the file and gives it in the one form the rest works with, or
raises ``ValueError`` with the value, what is wrong with it and how to write it.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import zoneinfo
from urllib.parse import urlsplit

from monitor import mailbox
from monitor.complaints import meant, quoted

DURATION = r"^[1-9][0-9]{0,4}[mhd]$"
IDENTIFIER = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
EMPLOYMENT = (
    "FULL_TIME",
    "PART_TIME",
    "CONTRACTOR",
    "TEMPORARY",
    "INTERN",
    "VOLUNTEER",
    "PER_DIEM",
    "OTHER",
)
"""Google's list for JobPosting.employmentType; postings are read into these words as well."""
_UNITS = {"m": 60, "h": 3600, "d": 86400}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PAST = 100
_PORTS = range(1, 65536)


def seconds(text: str) -> float:
    """Give a duration written like ``30m``, ``6h`` or ``1d`` in seconds."""
    if not re.fullmatch(DURATION, text):
        raise ValueError(f'{quoted(text)} is not a duration; write it like "30m", "6h" or "1d"')
    return float(int(text[:-1]) * _UNITS[text[-1]])


def duration(text: str) -> str:
    """Accept a duration; it stays as written."""
    seconds(text)
    return text


def past(text: str) -> str:
    """Accept how long the past is kept: long enough for what still counts it."""
    if seconds(text) < _PAST * _UNITS["d"]:
        raise ValueError(f"{quoted(text)} is too short: summaries look back; at least {_PAST}d")
    return text


def identifier(text: str) -> str:
    """Accept a name that is safe in a path, a link and a mail header."""
    if not re.fullmatch(IDENTIFIER, text):
        raise ValueError(f"{quoted(text)} is not an id; use letters, digits, - _ and .")
    return text


def address(text: str) -> str:
    """Accept one plain address; who it belongs to is the reader's own mail program's to know."""
    try:
        return mailbox.recipient_of(text)
    except ValueError:
        hint = '; write it without a name, like "a@example.org"' if "<" in text else ""
        raise ValueError(f"{quoted(text)} is not an e-mail address{hint}") from None


def sender(text: str) -> str:
    """Accept ``roles@example.org`` and ``Rolecall <roles@example.org>``."""
    try:
        mailbox.sender_of(text)
    except ValueError:
        raise ValueError(f"{quoted(text)} is not a sender") from None
    return text


def link(text: str) -> str:
    """Accept an absolute http or https link."""
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound or re.search(r"\s", text):
        raise ValueError(f"{quoted(text)} is not a link; write it with https:// and a host")
    return text


def contact(text: str) -> str:
    """Accept a link or an address; a bare address becomes a ``mailto:`` link."""
    if text.startswith(("http://", "https://")):
        return link(text)
    return "mailto:" + address(text.removeprefix("mailto:"))


def zone(text: str) -> str:
    """Accept a zone that this machine's time zone database knows."""
    try:
        zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        hint = meant(text, zoneinfo.available_timezones()) or '; write it like "Europe/Zurich"'
        raise ValueError(f"{quoted(text)} is not a time zone{hint}") from None
    return text


def clock(value: object) -> dt.time:
    """Accept "07:00" and TOML's own 07:00:00, to the minute."""
    if isinstance(value, str) and re.fullmatch(CLOCK, value):
        return dt.time.fromisoformat(value)
    if isinstance(value, dt.time) and value.tzinfo is None:
        return value.replace(second=0, microsecond=0)
    raise ValueError(f'{quoted(value)} is not a time of day; write it like "07:00"')


def network(text: str) -> str:
    """Accept ``CIDR:port``, an IPv6 network in brackets: the guard's allow-list."""
    net, _, port = text.rpartition(":")
    try:
        ipaddress.ip_network(net.strip("[]"))
        sound = ("." in net or net.endswith("]")) and port.isdigit() and int(port) in _PORTS
    except ValueError:
        sound = False
    if not sound:
        raise ValueError(f'{quoted(text)} is not CIDR:port; write it like "10.0.0.0/8:443"')
    return text


def listen(text: str) -> str:
    """Accept ``address:port``, an IPv6 address in brackets: a place to listen at."""
    try:
        listening(text)
    except ValueError:
        raise ValueError(
            f'{quoted(text)} is not address:port; write it like "127.0.0.1:8750"'
        ) from None
    return text


def listening(text: str) -> tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]:
    """Read ``address:port``; raises ``ValueError`` for what is neither, a host name included."""
    address, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit()) or int(port) not in _PORTS:
        raise ValueError(port)
    if ("[" in address) != (":" in address):
        raise ValueError(address)
    return ipaddress.ip_address(address.removeprefix("[").removesuffix("]")), int(port)


def host(text: str) -> str:
    """Accept the name of a host without a port, as a browser sends it."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]", text):
        raise ValueError(f'{quoted(text)} is not a host; write it like "roles.example.org"')
    return text.lower()


def domain(text: str) -> str:
    """Accept what stands behind the @ of addresses, with the @ or without."""
    found = text.strip().removeprefix("@").lower()
    try:
        mailbox.recipient_of(f"a@{found}")
    except ValueError:
        raise ValueError(f'{quoted(text)} is not a domain; write it like "@uni.example"') from None
    return found


def header(text: str) -> str:
    """Accept the name of an HTTP header (RFC 9110, section 5.1)."""
    if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", text):
        raise ValueError(f'{quoted(text)} is not a header; write it like "X-Remote-User"')
    return text


def proxy(text: str) -> str:
    """Accept an address or a network of addresses."""
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise ValueError(
            f'{quoted(text)} is not an address; write it like "127.0.0.1" or "10.0.0.0/8"'
        ) from None


def currency(text: str) -> str:
    """Accept the three letters of ISO 4217, in any case."""
    if not re.fullmatch(r"[A-Za-z]{3}", text):
        raise ValueError(f'{quoted(text)} is not a currency; write its three letters, like "EUR"')
    return text.upper()


def employment(text: str) -> str:
    """Give schema.org's word for what may be written ``full-time`` or ``Full time``."""
    word = re.sub(r"[\s-]+", "_", text.strip()).upper()
    if word not in EMPLOYMENT:
        known = [one.lower() for one in EMPLOYMENT]
        hint = meant(word, known) or f"; it can be {', '.join(known)}"
        raise ValueError(f"{quoted(text)} is not a type of employment{hint}")
    return word


def day(value: object) -> object:
    """Give the three letters of a day that may be written ``Monday``; the model knows the rest."""
    word = value.strip().lower() if isinstance(value, str) else ""
    return word[:3] if word in _DAYS else word or value
