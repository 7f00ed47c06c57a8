"""Which degrees qualify for a posting, as its body says.

Degrees of others (a founder's, a signature's, one the employer would pay for) do not count, nor do
words that only look like one: "master data", "Scrum Master", "MS Office".
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import islice
from typing import TYPE_CHECKING, Final

from crawler.fields.patterns import late

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_DEGREES = 200  # mentions in one text; what follows is no posting's
_AROUND = 60  # characters around a degree that may say whose it is

# Degrees, lowest first. Two capital letters are a degree only beside another, or before "in" and
# "degree": elsewhere MS is an office suite, a disease or Mississippi.
_ABBREVIATED: Final = (
    r"(?=\s?/\s?(?:[BM]\.?[AS]|Ph|PH|Do|Ma|MEng|MBA)|(?:,| or|, or|"
    r" and)\s(?:an? )?(?:[BM]\.?[AS]\b|Ph\.?D|PHD"
    r"|Master|Doctor|MBA|MEng|MSc)|\s(?:[Dd]egree|or (?:higher|above|equivalent)|required|"
    r"preferred|"
    r"in (?:[A-Z](?!ffice|xcel)|an? |the |related|engineering|computer|math|stat)|student|/\s))"
)
_DEGREE: Final = late(
    r"(?<![\w.])(?=[BMPDULF4bmpdulf])(?:(?P<BS>(?i:bachelor(?:'?s|s')?(?! part)(?=\W|abs|stu|gr)|"
    r"undergrad(?:uate)? degrees?|"
    r"(?:4|four)[- ]year degree|licenciatura|bac ?\+ ?3)|B\.S(?:c)?\b\.?|B\.A\.|B\.?(?:Sc|Eng|"
    r"Tech)\b|BSC\b|BBA\b|"
    rf"(?:BS|BA|BE){_ABBREVIATED})"
    r"|(?P<MS>(?i:master(?:'s|s'|s?[ -](?:degree|of (?:science|arts|engineering|business|laws|"
    r"public|finance)|program|level|student|thesis)|'?s?(?=(?:[ ,]|\s?/\s?)+(?:or |and |oder |"
    r"und |an? )*"
    r"(?:ph\.? ?d|doctor|dr\.|diplom|bachelor|higher|above))|s in (?!the\b|their|a\b)|abschluss|"
    r"studium|-? ?(?:oder|und) "
    r"bachelor)|diplom(?=\W|ab|st|in)|maestría|máster|mestrado|bac ?\+ ?5)|"
    rf"M\.S(?:c)?\b\.?|M\.A\.|M\.?(?:Sc|Eng|Tech|Phil)\b|MBA\b|(?:MS|MA){_ABBREVIATED}|"
    r"(?<=BS/)M[AS]\b|(?<=BA/)M[AS]\b|(?<=[BM][AS] or )M[AS]\b|(?<=[BM]S, )MS\b|"
    r"(?<=B\.S\. or )MS\b)"
    r"|(?P<PhD>Ph\. ?D\b\.?(?:'s)?|P[hH]D\b(?:'s)?|phd\b|(?i:doctorate|doctoral (?:degree|student|"
    r"candidate|"
    r"program|studies|level)|promovier|doctorat\b|doctorado|doutorado|dottorato|d\.?phil\b)|"
    r"(?:(?<=oder )|(?<=or )|(?<=/)|(?<=/ ))Dr\.(?! [A-Z])|Dr\.? (?:rer|-?Ing)))"
)
_SECTION: Final = late(
    r"(?:^|(?<=[\s:*.!?#]))(?:(?P<wish>(?:Preferred|Desired|Desirable|Bonus|Optional|Additional|"
    r"PREFERRED|DESIRED)"
    r" (?:[A-Z]\w+ )?(?:[Qq]ualif|QUALIF|[Rr]equirem|REQUIR|[Ss]kill|SKILL|[Ee]ducation|"
    r"[Ee]xperience|[Pp]oints)|"
    r"Nice[- ][Tt]o[- ][Hh]ave|Good [Tt]o [Hh]ave|Pluses)|(?:Minimum|Basic|Required|Essential|Key|"
    r"Core|Main|"
    r"MINIMUM|BASIC|REQUIRED|Your) (?:[A-Z]\w+ )?(?:[Qq]ualif|QUALIF|[Rr]equirem|[Ss]kill|SKILL|"
    r"[Ee]ducation|"
    r"[Rr]esponsib|[Pp]rofile)|Requirements|Qualifications|Responsibilities|Education\b|Benefits|"
    r"About|Who|What|Must[- ][Hh]ave)"
)
_WISH_BEFORE: Final = late(
    r"\b(?:prefer(?:ably|ence|red)?|ideally|idealerweise|bonus|nice to have|plus)\b[^.;\n]{0,40}\Z",
    re.IGNORECASE,
)
_WISH_AFTER: Final = late(
    r"^[^.;\n]{0,80}?\b(?:prefer(?:red|able)|an? (?:strong |big |huge )?(?:plus|asset|bonus|"
    r"advantage)|desir(?:ed|able)|nice to have|advantageous|beneficial|von vorteil|wünschenswert|"
    r"un (?:plus|atout)|deseable|"
    r"optional|not (?:required|necessary|needed|essential))\b",
    re.IGNORECASE,
)
# Whose degree it is, when it is not the applicant's.
_OTHERS_BEFORE: Final = late(
    r"\b(?:(?:co-?)?founders?|(?:founded|led) by|team of|group of|staffed|colleagues|mentor\w*|"
    r"supervis\w+|teach\w*|alongside|collaborat\w+ with|work(?:ing)? (?:closely )?with|tuition|"
    r"reimburse\w*|our (?:scientists|engineers|researchers|staff|people|employees))\b"
    r"[^.,;:\n]{0,40}\Z|\b(?:no|without)\b(?: \w+)?\s\Z|"
    r"\b(?:if\b[^.;,\n]{0,20}|required for (?:an? )?)\Z",
    re.IGNORECASE,
)
_OTHERS_AFTER: Final = late(
    r"^(?:s\b(?!')| (?:students?|candidates?|researchers?|holders?)\b[^.;\n]{0,20}\b(?:on|in|"
    r"of) our\b|"
    r"[^.;\n]{0,40}\b(?:tuition|reimburse|sponsorship)|"
    r"(?:(?!prefer)[^.;\n]){0,30}\bnot (?:required|necessary|needed))",
    re.IGNORECASE,
)
_SIGNED: Final = late(r"(?:^|[\n.])\W*(?:[A-Z][\w'-]*\.? ){1,3}[A-Z][\w'-]+, \Z")
_TOGETHER: Final = late(
    r"[\s,/&()'-]*(?:(?:or|and|oder|und|an?|degrees?|s|in|equivalent|student|candidate|"
    r"a relevant)\b[\s,/&()'-]*){0,5}"
)
# One of these stands in every text that names a degree, and plain search finds them at once.
_WORDS: Final = (
    "bachelor", "undergrad", "year degree", "licenciatura", "bac+", "bac +", "master", "diplom",
    "maestría", "máster", "mestrado", "phd", "doctor", "promovier", "doutorado", "dottorato",
    "phil",
)  # fmt: skip
_LETTERS: Final = late(r"[BM]\.?(?:[ABES]|Tech|Phil)|P[hH]|Dr")
# What a pattern takes for an "i" or an "s" and ``str.lower`` does not.
_ODD: Final = ("\u0130", "\u0131", "\u017f")
_BULLET: Final = late(r"\s(?:[-\u2013•·*]|\d{1,2}\\?\.)\s")  # of a list on one line
_LEVELS: Final = ("BS", "MS", "PhD")


def read(body: str) -> tuple[str, ...]:
    """Give the degrees that qualify, of ``BS``, ``MS``, ``PhD``, lowest first.

    A degree that is merely preferred counts only if no other is stated. Degrees of others (a
    founder's, a signature's, one that the employer would pay for) do not count, nor do degrees
    without a level.
    """
    if not _may_name(body):
        return ()
    text = _BULLET.sub("\n", body.translate({0x2019: "'", 0x2018: "'"}))
    required: set[str] = set()
    wished: set[str] = set()
    marks = list(_SECTION.finditer(text)) if _DEGREE.search(text) else []
    stated = islice(_DEGREE.finditer(text), _MOST_DEGREES)
    mentions = [match for match in stated if not _is_of_others(match)]
    for group, following in _groups(mentions, text):
        names = {str(match.lastgroup) for match in group}
        (wished if _is_wish(group, following, text, marks) else required).update(names)
    return tuple(level for level in _LEVELS if level in (required or wished))


def _may_name(body: str) -> bool:
    """Say whether a degree can stand in a text at all; most that name none end here."""
    if _LETTERS.search(body) or any(letter in body for letter in _ODD):
        return True
    lowered = body.lower()
    return any(word in lowered for word in _WORDS)


def _is_of_others(match: re.Match[str]) -> bool:
    before = match.string[max(match.start() - _AROUND, 0) : match.start()]
    after = match.string[match.end() : match.end() + _AROUND]
    return bool(
        _OTHERS_BEFORE.search(before) or _OTHERS_AFTER.match(after) or _SIGNED.search(before)
    )


def _groups(mentions: list[re.Match[str]], text: str) -> Iterator[tuple[list[re.Match[str]], int]]:
    """Put together what is named in one breath ("BS, MS or PhD"), with where the next begins."""
    group: list[re.Match[str]] = []
    for match in mentions:
        if group and not _TOGETHER.fullmatch(text, group[-1].end(), match.start()):
            yield group, match.start()
            group = []
        group.append(match)
    if group:
        yield group, len(text)


def _is_wish(
    group: list[re.Match[str]], following: int, text: str, marks: list[re.Match[str]]
) -> bool:
    """Say whether a degree is preferred only: by its own sentence, or by its section's heading."""
    start, end = group[0].start(), group[-1].end()
    index = bisect_right(marks, start, key=lambda mark: mark.start()) - 1
    if index >= 0 and marks[index]["wish"]:
        return True
    before, after = text[max(start - _AROUND, 0) : start], text[end : min(following, end + 100)]
    return bool(_WISH_BEFORE.search(before) or _WISH_AFTER.match(after))
