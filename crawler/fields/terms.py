"""The terms of a posting in fixed words: hours and relation, seniority, workplace, degrees.

Reads labels and titles to words of schema.org, where it has one. A word that names the work itself
("Internal Audit", "Contract Manager") is no term of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from crawler.fields.degrees import read as degrees
from crawler.fields.patterns import late
from crawler.fields.text import fold
from crawler.fields.workplace import read as remote

__all__ = ["degrees", "employment", "remote", "seniority"]

_LONGEST_TITLE = 300  # characters; more is no label and no title

# How many hours, and in what relation. What is safe anywhere in a title, then what is safe only
# where nothing else stands beside it ("Engineer - Contract", not "Contract Manager").
_SURE: Final = {
    "FULL_TIME": r"full[ -]?time|full(?= (?:or|and|-? ?/) ?part)|vollzeit|heltid|voltijds?|"
    r"voll(?=-? ?(?:oder|und|/) ?teilz)|temps plein|temps complet|plein temps|plný úvazek|"
    r"tempo (?:integral|pieno)|(?:jornada|tiempo) complet[oa]|pełny etat|正社員|フルタイム|全职",
    "PART_TIME": r"part[ -]?time|teilzeit|temps partiel|media jornada|zkrácený úvazek|deltid|"
    r"(?:jornada|tiempo|tempo) parcial|część etatu|niepełny etat|deeltijds?|mini-?job|"
    r"werkstudent\w*|working student|パート|アルバイト",
    "INTERN": r"(?<!/)intern(?:ship)?s?(?! (?:program(?:me)? )?(?:manager|coordinator|recruit|lead|"
    r"supervisor|specialist|director|advisor))|praktik(?:um|ant|antin|a)|stagiaire|prácticas|"
    r"becari[oa]|estági[oa]|estagiári[oa]|tirocinio|"
    r"co-?op(?= ?(?:$|[-(,]|student|summer|fall|spring|winter|20))",
    "TEMPORARY": r"temporary(?! (?:works|structures|traffic|power|staffing|housing))|seasonal|"
    r"befristet|fixed[ -](?:term|time|period)(?: contract(?:or)?)?(?! (?:income|deposit))|"
    r"zeitarbeit|cdd|intérim|maternity cover|契約社員",
    "CONTRACTOR": r"\Ab2b(?: contract)?\Z",
    "PER_DIEM": r"per diem",
    "OTHER": r"apprentice|ausbildung|azubi|alternance|alternant",
}  # fmt: skip
_ALONE: Final = {
    "CONTRACTOR": r"contract[ -]to[ -]hire|contract(?:or|ors|ing)?|freelanc(?:e|er|ers|ing)|"
    r"freiberuflich|indépendant|autónomo|c2c|1099|業務委託",
    "INTERN": r"stage|co-?op|trainee(?:ship)?",
    "TEMPORARY": r"temp|temporal|interim|ftc",
    "VOLUNTEER": r"volunteer(?:ing)?|ehrenamt(?:lich)?|bénévol(?:e|at)|voluntari[oa](?:do)?",
    "PER_DIEM": r"prn",
    "OTHER": r"other|casual|apprenticeship|sonstige",
}  # fmt: skip
_FILLER: Final = (
    r"\d+\W?|months?|weeks?|hours?|h|w2|m|w|d|f|x|the|a|an|of|only|uk|us|usa|eu|type|work|"
    r"position|job|role|employment|summer|fall|spring|winter|autumn|long|short|term|paid|unpaid|"
    r"remote|hybrid|perm"
)
_PERMANENT: Final = late(
    r"\b(?:permanent|indefinite|open[- ]ended|employment|unlimited|labou?r)[ -]contract\b|"
    r"\bunbefristet\w*"
)
_SURE_WORD: Final = late(
    "|".join(rf"(?P<{kind}>(?<!\w)(?:{words})(?!\w))" for kind, words in _SURE.items())
)
_ALONE_WORD: Final = late(
    "|".join(rf"(?P<{kind}>\b(?:{words})\b)" for kind, words in _ALONE.items())
)
_PIECE: Final = late(r"[^,;/|()\[\]:+&\n]+?(?= - | or | and | und | oder |[,;/|()\[\]:+&\n]|$)")
_LEFT_OVER: Final = late(rf"\W*(?:(?:{_FILLER})(?!\w)\W*)*")


def employment(text: str | Iterable[str]) -> tuple[str, ...]:
    """Give schema.org's words for the hours and relation that labels or a title state, each once.

    A working student works part-time; an apprentice is ``OTHER``, for schema.org has no word.
    "Permanent" and "CDI" say nothing of hours and give nothing; neither does a word that names the
    work itself ("Internal Audit", "Contract Manager"). What is no text is passed over.
    """
    labels = [text] if isinstance(text, str) else text if isinstance(text, Iterable) else ()
    found = (kind for label in labels if isinstance(label, str) for kind in _kinds(label))
    return tuple(dict.fromkeys(found))


def _kinds(label: str) -> list[str]:
    if len(label) > _LONGEST_TITLE:
        return []
    words = fold(re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", label)).replace("_", " ")
    words = _PERMANENT.sub(" ", words)
    found = [(match.start(), str(match.lastgroup)) for match in _SURE_WORD.finditer(words)]
    words = _SURE_WORD.sub(lambda match: " " * len(match[0]), words)
    for piece in _PIECE.finditer(words):
        stated = list(_ALONE_WORD.finditer(piece[0]))
        if stated and _LEFT_OVER.fullmatch(_ALONE_WORD.sub(" ", piece[0])):
            found += [(piece.start() + match.start(), str(match.lastgroup)) for match in stated]
    return [kind for _, kind in sorted(found)]


_SENIORITY: Final = {
    "executive": r"c[etfoimp]o|chief (?!of staff)[\w ]{0,40}officer|executive (?:director|"
    r"officer)|(?<!vice )president",
    "vp": r"[ase]?vp|vice[ -]president",
    "director": r"director|head of",
    "manager": r"manager|managers",
    "lead": r"lead(?! (?:gen|qualif))|teamleit(?:er|erin|ung)|tech[ -]?lead",
    "principal": r"principal",
    "staff": r"(?<!chief of )staff(?= (?!nurse|accountant|assistant|writer|attorney|auditor)\w)",
    "senior": r"senior|sr|sénior|snr",
    "mid": r"mid|mid-?level|intermediate",
    "junior": r"junior|jr|jnr",
    "entry": r"entry[ -]level|graduate|new[ -]?grad|trainee|apprentice|berufseinsteiger(?:in)?",
}  # fmt: skip
_SENIOR: Final = {kind: late(rf"(?<!\w)(?:{words})(?!\w)") for kind, words in _SENIORITY.items()}
_SERVES: Final = late(r"\b(?:assistant|secretary|advis[eo]r|reporting) to\b.*")


def seniority(title: str) -> str | None:
    """Give the level that a title's words name, the strongest of several; ``None`` for no word.

    One of ``intern, entry, junior, mid, senior, staff, principal, lead, manager, director, vp,
    executive``. An intern is an intern whatever else the title says.
    """
    words = _SERVES.sub("", fold(title[:_LONGEST_TITLE]))
    if "INTERN" in _kinds(title) or re.search(r"\bwerkstudent|\bworking student", words):
        return "intern"
    return next((kind for kind, pattern in _SENIOR.items() if pattern.search(words)), None)
