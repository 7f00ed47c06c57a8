"""The language of a reader's dates and numbers, and nothing else: the only Babel.

Sentences stay English; how a date, a time, a number and an amount are written is the reader's. What
a letter or a page is made in is set once around its making, like the context of ``decimal``:
``wording`` asks here, and no value has to carry a language through the rules. English itself is
written by ``wording``; Babel is loaded for others alone. Calendars are Gregorian everywhere.
"""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from copy import copy
from datetime import date, time
from difflib import get_close_matches
from functools import cache, lru_cache, wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from babel import Locale

ENGLISH = "en"
TAG = r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$"
_CURRENT: ContextVar[str] = ContextVar("language", default=ENGLISH)
_TURNED, _ENDED = "\u200e\u2067", "\u2069"
_ZEROS = {
    "adlm": "\U0001e950",
    "arab": "\u0660",
    "arabext": "\u06f0",
    "beng": "\u09e6",
    "cakm": "\U00011136",
    "deva": "\u0966",
    "hmnp": "\U0001e140",
    "mtei": "\uabf0",
    "mymr": "\u1040",
    "nkoo": "\u07c0",
    "olck": "\u1c50",
    "tibt": "\u0f20",
}
"""The zero of each numbering system some language has by default (Unicode CLDR, numberingSystems);
Babel knows their separators and writes Latin digits all the same."""

P = ParamSpec("P")
R = TypeVar("R")


class _Speaker(Protocol):
    @property
    def language(self) -> str: ...


S = TypeVar("S", bound=_Speaker)


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Write dates and numbers in this language while the block runs."""
    before = _CURRENT.set(language)
    try:
        yield
    finally:
        _CURRENT.reset(before)


def speaking(make: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Let a function write dates and numbers in the ``language`` of its first argument."""

    @wraps(make)
    def made(speaker: S, /, *args: P.args, **named: P.kwargs) -> R:
        with spoken(speaker.language):
            return make(speaker, *args, **named)

    return made


def tag() -> str:
    """Name the language that is written now."""
    return _CURRENT.get()


def current() -> Writer | None:
    """Give who writes now; ``None`` for English, which needs nobody."""
    language = _CURRENT.get()
    return None if language == ENGLISH else writer(language)


class Writer:
    """Writes dates and numbers in one language; each is one line of text, and remembered.

    What runs from right to left is isolated from the English words around it (UAX #9, RLI ... PDI).
    The mark before it is for HTML's `dir="auto"`, which looks into what is isolated by characters.
    """

    def __init__(self, locale: Locale) -> None:
        self._locale = locale
        zero = _ZEROS.get(locale.default_numbering_system)
        self._digits = {ord("0") + n: chr(ord(zero) + n) for n in range(10)} if zero else {}
        self._mirrored = locale.text_direction == "rtl"
        self.date = lru_cache(maxsize=4096)(self._date)
        self.clock = lru_cache(maxsize=2048)(self._clock)
        self.numeral = lru_cache(maxsize=8192)(self._numeral)
        self.amount = lru_cache(maxsize=8192)(self._amount)

    def at(self, day: str, clock: str) -> str:
        """Put a written day and a written time together, as one."""
        pattern = str(self._locale.datetime_formats["medium"]).replace("'", "")
        day, clock = (one.strip(_TURNED + _ENDED) for one in (day, clock))
        return self._line(pattern.replace("{1}", day).replace("{0}", clock))

    def _date(self, year: int, month: int, day: int, skeleton: str) -> str:
        """Write what a skeleton of CLDR names of a date: ``yMMMd``, ``MMMd``, ``yMMM``."""
        from babel.dates import format_date, match_skeleton  # noqa: PLC0415 - few need it

        known = self._locale.datetime_skeletons
        name = skeleton if skeleton in known else match_skeleton(skeleton, known)
        pattern = known[name] if name else "medium"
        return self._line(format_date(date(year, month, day), pattern, self._locale))

    def _clock(self, hour: int, minute: int) -> str:
        from babel.dates import format_time  # noqa: PLC0415 - few need it

        return self._line(format_time(time(hour, minute), "short", locale=self._locale))

    def _numeral(self, english: str) -> str:
        """Write anew what English writes as ``-1,234.50``, a sign and the decimals kept."""
        bare = english.lstrip("+").replace(",", "")
        pattern = copy(self._locale.decimal_formats[None])
        written = self._applied(pattern, bare, len(bare.partition(".")[2]))
        return english[: english.startswith("+")] + written.translate(self._digits)

    def _amount(self, value: float, currency: str) -> str:
        """Write an amount with its ISO 4217 currency; cents where there are any."""
        pattern = copy(self._locale.currency_formats["standard"])
        places = 0 if value == int(value) else 2
        return self._line(self._applied(pattern, f"{value:.{places}f}", places, currency))

    def _applied(self, pattern: Any, number: str, places: int, currency: str | None = None) -> str:
        pattern.frac_prec = (places, places)
        written: str = pattern.apply(
            number,
            self._locale,
            currency=currency,
            currency_digits=False,
            numbering_system="default",
        )
        return " ".join(written.split())

    def _line(self, text: str) -> str:
        """Make it one line of plain spaces in the language's own digits, isolated if mirrored."""
        line = " ".join(text.translate(self._digits).split())
        return f"{_TURNED}{line}{_ENDED}" if self._mirrored else line


@cache
def writer(language: str) -> Writer:
    """Give the writer of a language; raises ``ValueError`` for one that is not ``known``."""
    from babel import Locale, localedata  # noqa: PLC0415 - 40 ms that English does without

    # Babel writes what it looked up for one language into what others inherit, so that "ar" reads
    # otherwise after "root" than alone; but the same digest must make the same bytes.
    localedata._cache.clear()  # noqa: SLF001 - there is no other way to forget
    return Writer(Locale.parse(known(language).replace("-", "_")))


def known(text: str) -> str:
    """Give the tag of a language that Babel knows, in its own spelling: ``pt_br`` is ``pt-BR``.

    Raises ``ValueError`` with a guess for one that it does not know; a name such as "German" is
    guessed as well.
    """
    if text == ENGLISH:
        return text
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - as above

    found, tag = None, text.replace("-", "_")
    with suppress(UnknownLocaleError, ValueError):
        found = Locale.parse(tag) if re.fullmatch(TAG, text) else None
    if found is None or str(found).count("_") < tag.count("_"):  # a part was not understood
        raise ValueError(f'"{text[:40]}" is not a language{_guess(text[:40])}')
    return str(found).replace("_", "-")


def _guess(text: str) -> str:
    """Say which language may be meant, by its tag, its English name or its own."""
    from babel import Locale, localedata  # noqa: PLC0415 - for a mistake alone

    tags = {tag.replace("_", "-").casefold(): tag for tag in localedata.locale_identifiers()}
    names = {
        name.casefold(): tag
        for tag in tags.values()
        if "_" not in tag
        for name in (Locale(ENGLISH).languages.get(tag), Locale.parse(tag).languages.get(tag))
        if name
    }
    close = get_close_matches(text.replace("_", "-").casefold(), [*names, *tags], 1, 0.7)
    if not close:
        return '; write it like "de" or "pt-BR"'
    tag = names.get(close[0]) or tags[close[0]]
    return f"; did you mean {tag.replace('_', '-')}?"
