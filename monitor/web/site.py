"""What every page is made from, and what it is: values, no server.

A page is a function of the site, the store to read from and what was asked. The server and the
export call the same functions; they differ in how a link is written (``Ask.to``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias
from zoneinfo import ZoneInfo

from monitor import wording
from monitor.language import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from monitor.lookup import Lookup
    from monitor.search import Search

_COUNTABLE = re.compile(r"[0-9]{1,15}")
_LONGEST = 300
"""Characters of anything that is asked for."""


class Missing(Exception):  # noqa: N818 - an answer, not a mistake
    """Raised by a page when what was asked for is not there; says what, in words."""


class To(Protocol):
    """Writes the link to a page by its name; "" when there is none to give."""

    def __call__(self, name: str, /, **asked: object) -> str:
        """Give the link."""
        ...


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages need to know of the configuration.

    ``preview`` makes the HTML of a search's next letter, ``intervals`` are seconds between two
    visits by source (``stale`` says how many of them may be missed), ``captures`` is where pages
    are kept, if they are. ``authority`` vouches for the ids of feeds, ``home`` is where readers
    reach the page, if that is known.
    """

    now: Callable[[], datetime]
    zone: str = "UTC"
    language: str = ENGLISH
    searches: tuple[Search, ...] = ()
    intervals: Mapping[str, float] = field(default_factory=dict)
    stale: float = 3
    captures: Path | None = None
    templates: Path | None = None
    preview: Callable[[Lookup, Search, datetime], str] | None = None
    authority: str = "localhost"
    home: str = ""

    def local(self, instant: datetime) -> datetime:
        """Give an instant in the zone of the page."""
        return instant.astimezone(ZoneInfo(self.zone))

    def moment(self, instant: datetime | None) -> str:
        """Write an instant as "21 Sep 2026, 07:00"; the zone is said once, at the foot."""
        if instant is None:
            return ""
        local = self.local(instant)
        return wording.timed(self.day(instant), local)

    def day(self, instant: datetime | None) -> str:
        """Write the day of an instant, with its year when that is another one."""
        if instant is None:
            return ""
        local = self.local(instant)
        same = local.year == self.local(self.now()).year
        return wording.short_day(local) if same else wording.day(local)


@dataclass(frozen=True, slots=True)
class Ask:
    """What was asked: the parts of the path and of the query, and how links are written.

    Without ``forms`` nothing answers a form: the pages are files.
    """

    to: To
    asked: Mapping[str, str] = field(default_factory=dict)
    forms: bool = True

    def form(self, name: str, /, **asked: object) -> str:
        """Write where a form is sent, "" when there is nobody to send it to."""
        return self.to(name, **asked) if self.forms else ""

    def text(self, name: str) -> str:
        """Give what was asked as clean text; nothing is "" and too much is cut."""
        return wording.clean(self.asked.get(name, ""), _LONGEST)

    def number(self, name: str) -> int | None:
        """Give what was asked as a number, if it is one."""
        text = self.asked.get(name, "")
        return int(text) if _COUNTABLE.fullmatch(text) and text.isascii() else None

    def cut(self, name: str) -> tuple[str, int] | None:
        """Give the end of the page before: an instant and a number, written ``instant~number``."""
        at, _, id_ = self.asked.get(name, "").partition("~")
        whole = re.fullmatch(r"[0-9T:.+-]{20,40}", at) and _COUNTABLE.fullmatch(id_)
        return (at, int(id_)) if whole and id_.isascii() else None


@dataclass(frozen=True, slots=True)
class Page:
    """One page before it is drawn: its template, its title and what the template shows."""

    template: str
    title: str
    shown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Raw:
    """A document of somebody else's that is shown as it is: a letter, a kept page."""

    text: str
    html: bool = False


Maker: TypeAlias = "Callable[[Site, Lookup, Ask], Page | Raw]"
