"""How many hours a week the work is.

Reads labels and bodies. Only a week's hours count: the hours of a day, of a shop, of a course, of
overtime, or saved for customers are none. Several statements stay several.
"""

from __future__ import annotations

import re
from typing import Final

from crawler.fields.patterns import late
from crawler.fields.stated import Stated
from crawler.fields.text import DASHES

_LEAST, _MOST = 4, 60
"""Hours a week that somebody is employed for; less is a meeting, more is a mistake."""

_HOUR: Final = (
    r"(?:h(?:(?:ou)?rs?)?|stunden|stund|std|heures?|horas?|uren|uur|godzin\w*|hodin\w*|timmar|timer|"
    r"ore|óra|tuntia)\.?"
)
_WEEK: Final = (
    r"(?:(?:work(?:ing)?[- ]?)?(?:weeks?|wk)|woche|semaine|semana|settimana|vecka|veckan|uge|ugen|"
    r"uke|tydzień|týden|týdně|viikossa|hét)"
)
_EACH: Final = r"(?:per|a|an|each|every|in a|/|pro|die|in der|je|par|por|a la|alla|i|om|na|w|za)"
_NUMBER: Final = r"\d{1,2}(?:[.,]\d{1,2})?"
_SPAN: Final = (
    rf"(?<![\w.,:$€£])(?P<low>{_NUMBER})(?:\s?(?:{_HOUR}\s?)?(?:-|to|bis|à|or|oder|ou|a|tot|till|til|do)"
    rf"\s?(?P<high>{_NUMBER}))?\+?"
)
_PER_WEEK: Final = late(
    rf"{_SPAN}\s?-?\s?{_HOUR}(?:\s?of work)?(?:\s?{_EACH}\s?{_WEEK}\b|[\s-](?:weekly|wöchentlich|"
    r"hebdomadaires?|hebdo|semanales|settimanali|tygodniowo|týdně|wekelijks|ugentligt)\b|/w\b)"
    rf"|(?<![\w.,:$€£])(?P<stiff>{_NUMBER})[ -]?(?:h(?:ou)?rs?|stunden|h)[ -](?:{_WEEK}|work ?week|"
    r"woche)\b",
    re.IGNORECASE,
)
_LABELLED: Final = late(
    r"\b(?:weekly (?:work(?:ing)? )?hours|hours(?: per| a|/) ?week|wochenarbeitszeit|"
    r"wochenstunden|weekly (?:work(?:ing)? )?time|durée hebdomadaire|horas semanales|"
    r"uren per week|heures par semaine)(?: \([^)]{0,20}\))?\s?(?::|\bis\b|=|-)\s?"
    rf"{_SPAN}(?!\s?(?::\d|am|pm|uhr|o'clock|%|days?|tage))",
    re.IGNORECASE,
)
_ELSE_BEFORE: Final = late(
    r"\b(?:sav(?:e|es|ed|ing)|overtime|volunteer\w*|train(?:ing|ed)|meetings?|mentor\w*|mentoring|"
    r"open|store|shop|operat(?:ion|ing|es)|support|customers?|clients?|classes|lessons?|course|"
    r"travel\w*|commut\w*|cover(?:ing|s|age)?|spend|spends|use|uses|watch|drive|drives|extra|"
    r"additional|homework|study|stud(?:ies|ying)|schedule of classes|free|"
    r"at least one|off)\b[^.;:\n]{0,50}$",
    re.IGNORECASE,
)
_ELSE_AFTER: Final = late(
    r"^[^.;\n]{0,12}?\b(?:of (?:overtime|training|pto|study|mentoring|meetings|classes|"
    r"volunteer\w*|content|video|support|travel|admin\w*)|overtime|saved|are lost|wasted)\b",
    re.IGNORECASE,
)
_SAME_LENGTH: Final = str.maketrans(
    {**DASHES, "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200b": " ", "\u2011": "-"}
)
_AROUND = 60
# One of these stands in every statement that the patterns know.
_ANCHORS: Final = (
    *("week", "wk", "/w", "woche", "wöchent", "semaine", "hebdo", "seman", "settiman", "vecka"),
    *("uge", "uke", "tydz", "tygod", "týd", "viiko", "hét"),
)


def read(text: str) -> tuple[Stated, ...]:
    """Give the hours a week that a text states, each meaning once: "20-30 hours a week"."""
    lowered = text.lower()
    if not any(anchor in lowered for anchor in _ANCHORS):
        return ()
    plain = text.translate(_SAME_LENGTH)
    found: dict[str, Stated] = {}
    matches = (match for pattern in (_PER_WEEK, _LABELLED) for match in pattern.finditer(plain))
    for match in sorted(matches, key=re.Match.start):
        meaning = _meaning(match)
        if meaning and not _is_else(plain, match):
            raw = text[match.start() : match.end()]
            found.setdefault(meaning, Stated(meaning, raw, match.start(), match.end()))
    return tuple(found.values())


def _meaning(match: re.Match[str]) -> str:
    """Say one end or both of a statement; nothing where no week is that short or long."""
    groups = match.groupdict()
    stated = [groups.get("low") or groups.get("stiff"), groups.get("high")]
    ends = [float(end.replace(",", ".")) for end in stated if end]
    if not all(_LEAST <= end <= _MOST for end in ends) or ends != sorted(ends):
        return ""
    return "-".join(dict.fromkeys(f"{end:g}" for end in ends)) + " hours a week"


def _is_else(plain: str, match: re.Match[str]) -> bool:
    """Say whether the hours are not those of the work."""
    before = plain[max(match.start() - _AROUND, 0) : match.start()]
    after = plain[match.end() : match.end() + _AROUND]
    return bool(_ELSE_BEFORE.search(before) or _ELSE_AFTER.match(after))
