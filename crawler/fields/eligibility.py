"""Who may do the work: visa sponsorship, citizenship, clearance, the right to work.

Reads titles, labels and bodies, sentence by sentence. Only a condition of this position counts:
not the notice of equal opportunity, not a question of the application form, not a visa that is a
card, a sponsor who pays for trials, or customs clearance. What contradicts itself says nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from crawler.fields.patterns import late
from crawler.fields.stated import sentences
from crawler.fields.text import fold

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from crawler.fields.stated import Stated

OFFERED: Final = "visa sponsorship"
REFUSED: Final = "no visa sponsorship"
CITIZENS: Final = "citizens only"
RESIDENTS: Final = "citizens or permanent residents only"
CLEARANCE: Final = "security clearance"
PERMIT: Final = "right to work required"

_ANCHORS: Final = (
    "sponsor", "visa", "visum", "citizen", "nationals", "u.s. person", "us person", "clearance",
    "to work", "work permit", "work authori", "working permit", "work eligib", "arbeitserlaubnis",
    "staatsb", "staatsangeh", "permis de travail", "nationalité", "permiso de trabajo",
    "nacionalidad", "werkvergunning", "pozwolenie na pracę", "pracovní povolení", "sicherheitsüb",
)  # fmt: skip

# All patterns are for folded sentences.
_NOT: Final = (
    r"\b(?:no|not|never|none|without|unable|cannot|neither|nor|unavailable|ineligible|\w+n't|"
    r"kein(?:e|en|er)?|nicht|ohne|pas|aucune?|sans|sin|ning[uú]n\w*|niet|geen|zonder)\b"
)
# A sponsor of people and not of an event: of a visa, or in words about who may work.
_OF_PEOPLE: Final = late(
    r"\bvisas?\b|\bvisum|\bimmigra|\bh-?[12]b\b|\bf-?1\b|\b(?:opt|cpt|tn)\b|"
    r"\bwork (?:permit|authori)|\bauthori[sz]|\bgreen card|\bcitizen|"
    r"\bemployment[- ](?:based |visa )?sponsor|"
    r"\bsponsor\w*[^.]{0,40}\b(?:employment|work|candidates?|applicants?|individuals|employees)\b|"
    r"\b(?:candidates?|applicants?|individuals|position|role|job)\b[^.]{0,60}\bsponsorship\b|"
    r"\bno (?:\w+ )?sponsorship\b|\b(?:requir|need|seek)\w* (?:\w+ )?sponsorship\b|"
    r"\bwe (?:are unable to|are not able to|cannot|do not|don't|will not|won't|can't) sponsor\b|"
    r"^(?:employment |work )?sponsorship:|^\W*(?:\w+\W+){0,2}sponsorship(?:\W+\w+){0,2}\W*$"
)
_NO_SUBJECT: Final = late(
    r"\bsponsor(?:ed|ing)? (?:by|events?|projects?|research|programs?|athletes?|teams?|content)\b|"
    r"\b(?:executive|event|sports?|trial|clinical|study|project|corporate|brand|financial) sponsor|"
    r"\bsponsorship (?:deals?|sales|packages?|partners?|revenue|opportunit\w+|team|manager|"
    r"process(?:es)? for our)|"
    r"\bvisa(?:,? (?:and|or|&|\W) ?mastercard|'s\b| (?:inc|card|debit|credit|checkout)\b)|"
    r"\bmastercard\b"
)
_REFUSED: Final = late(
    rf"{_NOT}[^.;]{{0,80}}?\b(?:sponsor|visumsponsor|visa-?sponsor|patrocin|parrain)"
    r"|\bsponsor\w*[^.;]{0,50}?\b(?:not|unavailable|isn't|aren't|cannot|nicht|pas)\b"
    r"|\b(?:visa|visum)\W?(?:sponsor\w*|patrocin\w*)\W{0,3}(?:no|none|nein|non)\b"
    rf"|{_NOT}(?:\W\w+){{0,4}}?\W(?:provide|offer|support|obtain|assist with)"
    r"(?:\W\w+){0,3}?\Wvisas?\b"
)
_OFFERED: Final = late(
    r"\b(?:offers?|offering|provides?|providing|supports?|will|can|do|able to|happy to|willing to|"
    r"open to|supportive of|possible|available|eligible for|bieten|proposons|"
    r"ofrecemos)\b(?:\W[\w-]+){0,6}?\W(?:visa[- ]?)?sponsor"
    r"|\bsponsor(?:ship)?\b(?:\W[\w-]+){0,5}?\W(?:available|offered|provided|possible|supported|"
    r"considered|yes)\b"
    r"|^we sponsor\b|\bwe(?: also)? sponsor (?:\w+ ){0,2}visas?\b"
    r"|\bvisa (?:sponsorship|support)\W{0,3}(?:yes|available|provided|offered|included)?\W*$"
)
_TURNED_DOWN: Final = late(r"\bno longer\b|\bnot (?:only|just)\b")

_STATUS: Final = late(
    r"\b(?:regardless|irrespective|without regard|discriminat|equal[- ]opportunit|protected|"
    r"marital|ancestry|religio|race\b|national origin|senior citizens|citizen (?:science|develop|"
    r"service|engage|experience|report)|good citizen|corporate citizen|digital citizen|"
    r"global citizen)"
)
_CITIZEN: Final = (
    r"(?:citizens?(?:hip)?|nationals|nationality|staatsbürger\w*|staatsangehörig\w*|nationalité|"
    r"nacionalidad)"
)
_MUST: Final = (
    r"(?:must|only|requires?|required|mandatory|need(?:s|ed)? to|has to|have to|necessary|"
    r"restricted|limited to|erforderlich|voraussetzung|obligatoire|imprescindible|exig[ée]e?)"
)
_CITIZENS: Final = late(
    rf"\b{_MUST}\b(?:\W+[\w'-]+){{0,9}}?\W+{_CITIZEN}\b"
    rf"|\b{_CITIZEN}\b(?:\W+[\w'-]+){{0,7}}?\W+{_MUST}\b"
    r"|^\W*(?:(?:\w+\W+){0,3}[(\[:-] ?)?(?:usa?|american|canadian|british|uk|eu|"
    rf"australian|german) {_CITIZEN}\W*$"
    rf"|\((?:us|canadian|uk|eu) {_CITIZEN}\)"
)
_PERSON: Final = late(
    rf"\b{_MUST}\b(?:\W+[\w'-]+){{0,8}}?\W+us persons?\b"
    rf"|\bus persons?\b(?:\W+[\w'-]+){{0,6}}?\W+{_MUST}\b"
)
_RESIDENT: Final = late(
    r"\bpermanent(?:ly)? residen|\bgreen[- ]card|\blawful|\brefugee|\basyl|\bus persons?\b|"
    r"\b(?:eu|schengen)\b[^.]{0,30}\bor\b|\bniederlassungserlaubnis"
)

_CLEARANCE: Final = late(
    r"\b(?:security|secret|ts/sci|sci|dod|nato|government|federal|sc|dv|nv[12]|q|l)\b"
    r"(?:\W[\w/]+){0,3}?\Wclearance|\bclearance\W{0,3}(?:level\W{0,3})?(?:secret|top secret|"
    r"ts/sci)|\bpublic trust clearance|\bsicherheitsüberprüfung"
)
_NEEDED: Final = late(
    r"\b(?:must|requires?|required|active|current|obtain\w*|hold|holding|holds|possess\w*|maintain|"
    r"eligible|eligibility|ability to|able to|need(?:s|ed)?|cleared|erforderlich|bereitschaft)\b|"
    r"^\W*(?:\w+\W+){0,4}clearance\W*(?:\w+\W*){0,3}$"
)
_WISHED: Final = late(
    rf"\b(?:preferred|a plus|desired|desirable|advantage|nice to have|bonus|von vorteil)\b"
    rf"|{_NOT}(?:\W\w+){{0,3}}?\W(?:clearance|required|needed|necessary)\b"
    r"|\bclearance\b(?:\W\w+){0,3}\Wnot\b"
)

_PERMIT: Final = late(
    r"\b(?:authori[sz]ed|eligible|entitled|permitted|allowed)(?: \w+){0,2} to (?:live and )?work\b"
    r"(?! (?:from|at|on|with|remote|under|as|night|flexib|hybrid|over|weekend))"
    r"|\b(?:legal|existing|unrestricted|full|valid|current|have|permanent)(?: \w+)?,? "
    r"rights? to (?:live and )?work\b|\brights? to work in\b"
    r"|\b(?:valid|current|existing|unrestricted|permanent|legal|hold|have|need|require\w*) (?:\w+ )"
    r"{0,2}work(?:ing)? (?:permit|authori[sz]ation|visa|eligibility)"
    r"|\bwork(?:ing)? (?:permit|authori[sz]ation|visa)\b(?:\W\w+){0,6}?\W(?:required|necessary|"
    r"needed|mandatory)"
    r"|\b(?:gültige|unbefristete) arbeitserlaubnis|\barbeitserlaubnis\b.{0,40}\b(?:erforderlich|"
    r"voraussetzung)|\bpermis de travail (?:valide|en cours)|\bpermiso de trabajo (?:en vigor|"
    r"válido|vigente)|\bgeldige werkvergunning"
)
# A condition of some other case, or of none.
_PERHAPS: Final = late(
    r"\bmay (?:also )?be (?:required|asked|needed|necessary)\b|^\W*if\b|"
    r"\bif (?:the|this|your) (?:position|role|job)\b|\b(?:certain|some|select) (?:project|roles?|"
    r"positions?|assignments?|jobs?)\b|\bare (?:encouraged|welcome)\b"
)
_AROUND: Final = 80
_FORM: Final = late(r"\?\W*$|\be-?verify\b|\bform i-?9\b|\bright[- ]to[- ]work (?:state|law)")

_ABBREVIATIONS: Final = (("e.g.", "eg"), ("i.e.", "ie"), ("u.s.a.", "usa"), ("u.s.", "us"))
_SPONSORING: Final = frozenset({OFFERED, REFUSED})


def read(text: str) -> tuple[Stated, ...]:
    """Give the conditions that a text states, each meaning once, where it is first stated.

    The meanings are "visa sponsorship", "no visa sponsorship", "citizens only", "citizens or
    permanent residents only", "security clearance" and "right to work required". Citizens and
    others named in one text make the wider of the two. A text that both offers and refuses
    sponsorship says nothing of it; a question and a wish are no condition.
    """
    found: dict[str, Stated] = {}
    for sentence in sentences(text, _ANCHORS):
        words = fold(sentence.raw)
        for abbreviation, plain in _ABBREVIATIONS:
            words = words.replace(abbreviation, plain)
        for meaning in _meanings(words):
            found.setdefault(meaning, replace(sentence, meaning=meaning))
    if found.keys() >= _SPONSORING:
        found = {meaning: one for meaning, one in found.items() if meaning not in _SPONSORING}
    if RESIDENTS in found:
        found.pop(CITIZENS, None)
    return tuple(found.values())


def _meanings(words: str) -> Iterator[str]:
    """Give what one folded sentence states."""
    if _FORM.search(words):
        return
    if "sponsor" in words or "visa" in words or "visum" in words:
        yield from _sponsoring(words)
    citizens = _required(words, _CITIZENS, _PERSON)
    if citizens and not _STATUS.search(words):
        yield RESIDENTS if _RESIDENT.search(words) else CITIZENS
    if _required(words, _CLEARANCE) and _NEEDED.search(words) and not _WISHED.search(words):
        yield CLEARANCE
    if _required(words, _PERMIT) and not _STATUS.search(words):
        yield PERMIT


def _required(words: str, *patterns: re.Pattern[str]) -> bool:
    """Say whether one of the patterns stands there and is no mere possibility."""
    return any(
        not _PERHAPS.search(words[max(match.start() - _AROUND, 0) : match.end() + _AROUND])
        for pattern in patterns
        for match in pattern.finditer(words)
    )


def _sponsoring(words: str) -> Iterator[str]:
    """Give whether a sentence offers or refuses to sponsor people."""
    if _NO_SUBJECT.search(words) or not _OF_PEOPLE.search(words):
        return
    if _REFUSED.search(words) and not _TURNED_DOWN.search(words):
        yield REFUSED
    elif _OFFERED.search(words):
        yield OFFERED
