"""Where the work is done: from afar, partly, or on site.

Reads a board's label as well as a whole body. Only what is said of this position counts: "remote
sensing", "hybrid cloud" and "our remote teams" say nothing of it. What stays in doubt is not said.
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
    from crawler.items import Remote

_SHORT = 80  # characters of one label; more is a sentence
_WORKING_DAYS = 5
_AROUND = 60  # characters around a statement that may change what it says

# Where the work is done. All patterns are for folded text.
_LABELS: Final = {
    "fully": "remote", "office": "onsite", "office based": "onsite", "remoto": "remote",
    "remota": "remote", "híbrido": "hybrid", "híbrida": "hybrid", "presencial": "onsite",
    "présentiel": "onsite", "télétravail": "remote", "télétravail total": "remote",
    "télétravail partiel": "hybrid", "teletrabajo": "remote", "homeoffice": "remote",
    "home office": "remote", "wfh": "remote", "work from home": "remote", "anywhere": "remote",
    "work from anywhere": "remote", "worldwide": "remote", "vor ort": "onsite", "hybride": "hybrid",
    "zdalna": "remote", "praca zdalna": "remote", "hybrydowa": "hybrid", "stacjonarna": "onsite",
    "praca hybrydowa": "hybrid", "フルリモート": "remote", "在宅勤務": "remote",
    "telecommute": "remote",
}  # fmt: skip
# Without one of these a clause says nothing of it; plain search, because it meets every clause.
_ANCHORS: Final = (
    "remot", "hybr", "híbr", "hibr", "hybryd", "ibrid", "onsite", "on-site", "on site", "office",
    "in person", "in-person", "home", "anywhere", "telecommut", "telew", "teletr", "télét",
    "vor ort", "präsen", "presenc", "présent", "#li", "mobiles arb", "ortsunab", "zdaln",
    "campus", "büro",
)  # fmt: skip
_CLAUSE: Final = late(r"[\n\r;•●▪]+|[.!?]+\s+")
_ROLE: Final = (
    r"(?:position|role|job|opportunity|internship|opening|vacancy|contract|assignment|placement|"
    r"fellowship|apprenticeship|co-?op|stelle|puesto|poste)"
)
_SITE: Final = r"(?:on-?site|on site|in[- ]person|in[- ](?:the |our |an )?offices?|office[- ]based)"
_ONE: Final = r"(?:[1-7]|one|two|three|four|five|eine[nm]?|zwei|drei|vier|deux|trois|dos|tres)"
_DAYS: Final = (
    rf"(?<![\d.,])(?:(?P<least>{_ONE})\s?(?:-|to|or|/|bis|à)\s?)?\b(?P<days>{_ONE})\+?\s"
    r"(?:full |core |fixed )?(?:days?|tagen?|tage|jours?|d[íi]as?)\b"
)
_WEEKLY: Final = (
    r"(?:\s?(?:per|a|each|every|/|of the|in the|pro|die|par|por|a la)\s?(?:work(?:ing)?[ -]?)?"
    r"(?:week|woche|semaine|semana)|\sweekly)"
)
_NUMBERS: Final = {
    "one": 1, "eine": 1, "einen": 1, "einem": 1, "two": 2, "zwei": 2, "deux": 2, "dos": 2,
    "three": 3, "drei": 3, "trois": 3, "tres": 3, "four": 4, "vier": 4, "five": 5,
}  # fmt: skip
# What follows "remote" when it says where this work is done, not what the work is about.
_END: Final = (
    r"(?=\s*(?:$|[.,;:!?)(/&|-]|\b(?:and|or|but|in|within|from|across|with|for|based|anywhere|only|"
    r"throughout|eligible|except|unless|though|however|so|at|by|first|friendly|usa?|uk|work|"
    r"working|position|role|job|opportunity|option|possible|oder|und|ou|o)\b))"
)
_GAP: Final = r"(?:\s(?!(?:for|of|to|with|on|our|not|responsible)\b)[\w%'-]+){0,3}?"
_FULLY: Final = (
    r"(?:fully|100 ?%|completely|entirely|purely|permanently|exclusively|full|vollständig|komplett)"
)
_FIRM: Final = (
    r"(?:company|teams?|organi[sz]ation|workforce|culture|start-?up|business|studio|agency)"
)
_EITHER: Final = r"(?:\s?[/|]\s?|,?\s(?:or|oder|ou)\s)"
_MODE: Final = (
    r"(?:work ?(?:place|mode|model|type|arrangement)(?: type)?|locations?|arbeitsort|standort)"
)


# What must stand in a clause before a slower pattern is tried on it.
_NEEDED: Final = {
    "hybrid": late("hybr|h[íi]br|ibrid"),
    "partly": late("office|site|remote|home|t[eé]l[eé]t|mobil|in[- ]person"),
    "days": late("day|tag|jour|d[ií]a"),
    "remote": late("remot|tele|télé|home|zdaln|ortsun"),
    "onsite": late("site|person|office|vor ort|pr[äeé]sen"),
    "loose": late("remote|anywhere|home|distrib"),
}


def _any(*patterns: str) -> re.Pattern[str]:
    return late("|".join(patterns))


_DENIED: Final = _any(
    r"\b(?:not?|never|without|cannot|unable to|keine?n?|pas de|sin|\w+n't)\b"
    r"(?:\s(?!only|just|limited|matter|office|required)[\w-]+){0,5}?\s"
    rf"(?:(?P<part>(?:{_FULLY}|an?y?)? ?hybrid|{_FULLY} remote)|remote(?:ly)?|from home|"
    r"telecommut\w+|home[- ]?office|télétravail|teletrabajo)\b(?! (?:control|sensing|teams?)\b)",
    r"\bremote(?:ly)?(?:\s[\w-]+){0,4}?\s(?:(?:is|are|will|can|would) ?)?(?:not|cannot|\w+n't)\s"
    r"(?:be )?(?:currently )?(?:available|possible|permitted|allowed|considered|an option|offered|"
    r"accepted|eligible|supported|accommodated)",
)
_CHOICE: Final = _any(
    rf"\b(?:{_FULLY} )?remote(?:ly)?{_EITHER}(?:fully |either )?{_SITE}\b",
    rf"\b{_SITE}{_EITHER}(?:{_FULLY} )?remote(?:ly)?\b",
)
_HYBRID: Final = _any(
    r"\bhybrid(?:ly)?[- ](?:working|work|workplace|workstyle|schedule|position|job|opportunity|"
    r"internship|set-?up|arrangement|basis|policy|format|contract|remote|office|on-?site|in-office|"
    r"approach to work|mode|model(?! (?:predictive|based|architecture|training)\b)|"
    r"role(?! (?:- )?(?:between|combining|that|of|spanning|blending|across)\b))\b",
    r"\bhybrid\s?(?:\(|(?:in|at|out of|from)\b)(?!.{0,20}(?:cloud|vehicle))",
    rf"\b{_ROLE}{_GAP}\s(?:is|as|be|are){_GAP}\shybrid{_END}",
    r"\b(?:this is|works?|working|we are|we're|will be) (?:a |in a )?hybrid(?=$|[.,)(]| (?:in|team|"
    r"company|environment))",
    rf"\b(?:remote|{_SITE}){_EITHER}hybrid\b(?! (?:cloud|teams?|vehicles?|environments?))",
    rf"\bhybrid{_EITHER}(?:fully )?(?:remote|{_SITE})\b(?! (?:cloud|teams?|environments?))",
    rf"\b{_MODE}\s?[:-]\s?(?:[^.]{{0,40}}?[\s,/(|])?hybrid{_END}",
    r"^hybrid(?:\s?[-,/(:].{0,60})?$|^.{0,60}\(hybrid[^)]{0,40}\)$|#li-?hybrid\b",
    r"\bhybride[sn]? (?:arbeit|zusammenarbeit|modell)|\bhybrid arbeiten|hybrydow|modalità ibrida",
    r"\b(?:mode|modèle|travail|rythme|organisation|format|poste)(?: de travail)? hybride",
    r"\b(?:modalidade?|modelo|formato|trabajo|trabalho|esquema|jornada|puesto)"
    r"(?: de trabajo)?:? (?:\w+ )?h[íi]brid[oa]",
)
_PARTLY: Final = _any(
    r"\bpart(?:ly|ially|ial)?[- ]remote\b|\bsemi-?remote\b|\bteilweise (?:remote|(?:im )?home)",
    r"télétravail (?:partiel|possible|hybride|ponctuel)|teletrabajo parcial|\bmobiles arbeiten",
    r"home[- ]?office[- ](?:möglich|option|anteil|tage|regelung)|möglichkeit (?:zum|zu|auf|von|im) "
    r"(?:\w+ )?(?:home|mobile)",
    r"\b(?:combination|mix|mixture|blend|balance|split)\b.{0,40}\b(?:office|on-?site|"
    r"in[- ]person)\b.{0,40}\b(?:remote|home)",
    r"\b(?:combination|mix|mixture|blend|balance|split)\b.{0,40}\b(?:remote|"
    r"home)\b.{0,40}\b(?:office|on-?site|in[- ]person)",
    r"(?<![\d.])[1-9]\d? ?% (?:of (?:your|the|their) (?:working )?time )?(?:remote|in[- ]office|"
    r"on-?site|home[- ]?office|télétravail|teletrabajo|in the office)",
    r"\btuesdays?,? (?:and )?wednesdays?.{0,40}\boffice|\boffice\b.{0,30}\btuesdays?(?:,| and)",
    r"\b(?:half|\d\d ?%) of (?:the|their|your) (?:work(?:ing)? )?time (?:in|"
    r"at) (?:[\w']+ ){0,3}offices?",
    r"\boffices?\b.{0,30}\bat least \d\d? ?% of (?:the|their|your) time",
    rf"\b{_ONE} (?:remote|home[- ]?office|wfh|work[- ]from[- ]home|in[- ]office|office|"
    r"on-?site)[- ]?(?:days|tage)\b",
)
_OFFICE_DAYS: Final = _any(
    rf"{_DAYS}{_WEEKLY}?(?:\s(?!month|quarter|year|training|off\b)[\w-]+){{0,4}}?\s(?:{_SITE}|"
    r"offices?|campus|studio|hub|büro|bureau|oficina)\b(?!.{0,20}(?:month|quarter|year))",
)
_DAYS_OFFICE: Final = _any(
    rf"\b(?:{_SITE}|offices?|campus|hub|"
    rf"büro)\b(?:[\s(,:-]+[\w']+){{0,6}}?[\s(,:-]+{_DAYS}{_WEEKLY}",
)
_HOME_DAYS: Final = _any(
    rf"{_DAYS}{_WEEKLY}?(?:\s[\w-]+){{0,4}}?\s(?:remote(?:ly)?|from home|home[- ]?office|wfh|"
    r"télétravail|teletrabajo|mobil)\b(?!.{0,20}(?:month|quarter|year))",
)
_REMOTE: Final = _any(
    rf"\b{_FULLY}[ -]?remote(?:ly)?\b(?! (?:{_FIRM}|control))|#li-?remote\b",
    rf"\bremote[ -](?:only )?(?:{_ROLE}|basis|based|arrangement|working arrangement)\b",
    rf"\b{_ROLE}{_GAP}\s(?:is|are|be|as){_GAP}\s(?:located )?remote(?:ly)?{_END}",
    r"\bwork(?:s|ing)?\s(?:(?:fully|100 ?%|entirely|completely|effectively|independently|primarily|"
    rf"mostly|well|in a) ){{0,2}}remote(?:ly)?{_END}",
    rf"\b(?:based|located|performed|done|sit|available) (?:\w+ )?remote(?:ly)?{_END}",
    r"\bremotely (?:or (?:in|at|from|on)\b|from (?:anywhere|home|any)\b)",
    rf"\b{_MODE}\s?[:-]\s?(?:[^.]{{0,40}}?[\s,/(|])?remote{_END}",
    r"^remote(?: work)?(?:\s?[-,/(:].{0,40})?$|^.{0,60}\(remote[^)]{0,40}\)$",
    r"\b(?:eligible for|open to|option (?:for|of)|can be|may be|could be) (?:\w+ )?"
    rf"(?:remote(?:ly)?|telecommut\w+|telework\w*){_END}",
    r"\bremote (?:candidates?|applicants?|work|working|options?)(?: is| are)? (?:\w+ )?(?:welcome|"
    r"ok|considered|encouraged|possible|available|an option|offered|allowed|permitted)",
    r"\bremote (?:is )?(?:ok|okay|possible|eligible)\b",
    rf"\b(?:telecommut(?:e|ing)|work(?:ing)?[- ]from[- ]home|home[- ]based) {_ROLE}\b",
    rf"\b{_ROLE} is (?:\w+ )?home[- ]based|\byou(?: will|'ll) work (?:\w+ )?from home\b",
    rf"\b(?:{_FULLY}|ausschließlich) (?:im |aus dem )?home[- ]?office|remote[- ]?(?:arbeit|stelle)",
    r"\bortsunabhängig|télétravail (?:complet|total|intégral|à 100|100)|100 ?% (?:en )?télétravail|"
    r"\bposte (?:est )?en (?:full )?télétravail|\bpraca (?:\w+ )?zdalna(?!: ?(?:brak|nie|hybr))",
    r"\b(?:trabajo|trabalho|puesto|vaga|modalidade?|modelo)(?: de trabajo)?:? "
    r"(?:(?:es|en|de|100 ?%|totalmente) ){0,2}(?:remot[oa]|teletrabajo)\b|100 ?% (?:remot[oa]|"
    r"teletra)",
)
_ONSITE: Final = _any(
    rf"\b{_SITE}[ -](?:only |based )?(?:{_ROLE}|basis|arrangement|only)\b|#li-?(?:on-?site|"
    r"office)\b",
    rf"\b{_ROLE}{_GAP}\s(?:is|be|as|requires?){_GAP}\s{_SITE}\b(?! (?:gym|interview|visit))",
    r"\b(?:must|required to|expected to|needs? to|have to|will) (?:be )?(?:able to )?(?:work|be|"
    rf"working|based|report)(?: [\w-]+){{0,2}}? {_SITE}\b",
    r"\bwork(?:ing)? (?:fully |full[- ]time |100 ?% )?(?:on-?site|in[- ]person|in[- ]office)\b",
    r"\b(?:on-?site|in[- ]person|in[- ]office) (?:presence|attendance|work) (?:is )?(?:required|"
    r"mandatory|expected|essential)",
    rf"\b{_MODE}\s?[:-]\s?(?:[^.]{{0,40}}?[\s,/(|])?(?:on-?site|in[- ]office){_END}",
    r"^(?:fully |100 ?% )?(?:on-?site|in[- ]office)(?: \(.{0,40}\))?$|"
    r"^.{0,60}\(on-?site[^)]{0,40}\)$",
    r"\b(?:arbeit|arbeiten|tätigkeit|anwesenheit|einsatz) vor ort|vor ort arbeiten|präsenzpflicht|"
    r"100 ?% (?:vor ort|präsenz|présentiel|presencial)",
    r"\b(?:modalidade?|trabajo|trabalho|puesto):? (?:\w+ )?presencial|\bposte (?:en )?présentiel",
)
_LOOSE: Final = _any(
    rf"\bremote[- ](?:first|friendly|native)\b|\b(?:{_FULLY}|all-?) ?(?:remote|"
    rf"distributed) {_FIRM}\b",
    rf"\bin a (?:fully )?remote (?:environment|setting|{_FIRM})\b|\bwe(?: are|'re) remote{_END}",
    r"\bwork(?:ing)?[- ]from[- ](?:home|anywhere)\b(?![- ](?:stipend|allowance|budget|equipment|"
    r"set-?up|policy|days?|office|furniture|opportunit\w+|options?|flexib\w+))",
)
# The statement is of other people, of a case, or of now and then.
_ELSE_BEFORE: Final = late(
    r"\b(?:if|when|whether|while|those|who|employees|staff|colleagues|people|users|customers|"
    r"clients|"
    r"peers|members|partners|experienced?|interviews?|occasional(?:ly)?|sometimes|travel|chance|"
    r"other|another|unless|reside or|applicants)\b(?:\s[\w'-]+){0,4}\s*$"
)
_ELSE_AFTER: Final = late(
    r"^[^,]{0,60}?\b(?:occasional(?:ly)?|sometimes|(?:as|when|if) (?:needed|required)|time to time|"
    r"up to|"
    r"weeks? (?:per|a|each|every|of)|(?:per|a|each|every) (?:month|quarter|year)|annually|abroad|"
    r"once|"
    r"stipend|allowance|(?:\d+|a few|some|one|two|three|four) (?:days?|weeks?|months?)|fridays?)\b"
)
_EACH_WEEK: Final = late(r"week|woche|wöchentl|semaine|semana")
_WEEK: Final = {_OFFICE_DAYS: "onsite", _DAYS_OFFICE: "onsite", _HOME_DAYS: "remote"}
_KINDS: Final = {"remote": _REMOTE, "onsite": _ONSITE, "loose": _LOOSE}
_SOME: Final = late(r".{0,40}\b(?:certain|some|many|select|other) (?:roles|positions|teams)\b")
_VISIT: Final = late(r"^.{0,30}?\b(?:customers?|clients?|interviews?|visits?|meetings?|events?)\b")
_SENTENCE: Final = late(r"\b(?:we|our|you|your|is|are|not|this|requires?)\b|\w{3}[.!?]$")
_LABEL: Final = {
    "hybrid": late(rf"\bhybrid{_END}|^hybrid(?! (?:cloud|vehicle|car))(?: [\w.]+){{0,3}}$"),
    "remote": late(
        rf"\b(?:remote(?:ly)?|tele(?:commut|work)\w*|home[ -]?(?:office|based)){_END}|"
        rf"^(?:{_FULLY} )?"
        r"remote(?! (?:sens|control|team|monitor|support|access|desktop|server|site|patient))"
        r"(?: [\w.]+){0,3}$"
    ),
    "onsite": late(r"\b(?:on-?site|on site|in[- ]office|in[- ]person)\b"),
}


def read(text: str) -> Remote | None:
    """Say whether the work is done from afar, partly, or on site; ``None`` when that is not said.

    Takes a label, several joined with " ; ", or a whole body, of which only statements about this
    position count. Hybrid wins over remote, a choice between remote and office is remote, and a
    body that says both remote and on site says nothing. A "remote-first" employer or a general
    "work from home" counts as remote only if the text says nothing else.
    """
    spoken: set[str] = set()
    for clause in _clauses(text):
        spoken |= _spoken(clause)
    if not spoken and "\n" not in text:
        spoken = _labelled(text)
    if {"remote", "onsite"} <= spoken and "hybrid" not in spoken:
        return None
    found = next((word for word in ("hybrid", "remote", "onsite") if word in spoken), None)
    return found or ("remote" if "loose" in spoken else None)


def _clauses(text: str) -> Iterator[str]:
    """Give the clauses that may say where the work is done, folded."""
    lowered = text.lower()
    present = [anchor for anchor in _ANCHORS if anchor in lowered]
    for clause in _CLAUSE.split(lowered) if present else ():
        if any(anchor in clause for anchor in present):
            yield fold(clause).strip("-*\u00b7 ")


def _spoken(clause: str) -> set[str]:
    """Give what a clause says: remote, hybrid, onsite, and loose for a remote employer."""
    found = {"onsite" for denied in _DENIED.finditer(clause) if not denied["part"]}
    clause = _DENIED.sub(" ", clause)
    seen = {kind for kind, pattern in _NEEDED.items() if pattern.search(clause)}
    parts = [_HYBRID] * ("hybrid" in seen) + [_PARTLY] * ("partly" in seen)
    if any(not _SOME.match(clause, m.end()) for part in parts for m in part.finditer(clause)):
        return {"hybrid"}
    for pattern, all_week in _WEEK.items() if "days" in seen else ():
        found |= {_weekly(match["days"], all_week) for match in pattern.finditer(clause)}
    if _CHOICE.search(clause):
        found.add("remote")
        clause = _CHOICE.sub(" ", clause)
    return found | {kind for kind in seen & _KINDS.keys() if _says(_KINDS[kind], clause, kind)}


def _weekly(days: str, all_week: str) -> str:
    """Say what so many days a week in one place mean."""
    return all_week if _number(days) >= _WORKING_DAYS else "hybrid"


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS.get(word, 1)


def days(text: str) -> tuple[Stated, ...]:
    """Give how many days of a week a text asks for on site, or allows from afar, each once.

    "2-3 days a week on site", "1 day a week from afar"; ``raw`` is the sentence that says so. Days
    of a month, a visit or an interview are none, nor are those of some other roles.
    """
    found: dict[str, Stated] = {}
    for sentence in sentences(text, _ANCHORS):
        clause = _DENIED.sub(" ", fold(sentence.raw))
        if not _NEEDED["days"].search(clause) or _SOME.match(clause):
            continue
        if "hybr" not in clause and not _EACH_WEEK.search(clause):
            continue
        for pattern, where in _WEEK.items():
            for match in pattern.finditer(clause):
                meaning = _counted(match, "on site" if where == "onsite" else "from afar")
                found.setdefault(meaning, replace(sentence, meaning=meaning))
    return tuple(found.values())


def _counted(match: re.Match[str], where: str) -> str:
    ends = dict.fromkeys(_number(one) for one in (match["least"], match["days"]) if one)
    unit = "day" if list(ends) == [1] else "days"
    return f"{'-'.join(map(str, ends))} {unit} a week {where}"


def _says(pattern: re.Pattern[str], clause: str, kind: str) -> bool:
    """Say whether a pattern stands in a clause and is meant of this position, and always."""
    for match in pattern.finditer(clause):
        before = clause[max(match.start() - _AROUND, 0) : match.start()]
        after = clause[match.end() : match.end() + _AROUND]
        other = _ELSE_BEFORE.search(before) or _ELSE_AFTER.match(after)
        if not other and not (kind == "onsite" and _VISIT.match(after)):
            return True
    return False


def _labelled(text: str) -> set[str]:
    """Read labels. A choice is told by its freer side: "On-site or remote" is remote."""
    if text.strip() == "none":  # Teamtailor's remote status; a place called None says nothing
        return {"onsite"}
    found: set[str] = set()
    for part in text.split(" ; "):
        label = fold(part).replace("_", " ")
        if len(label) > _SHORT or _SENTENCE.search(label):
            return set()
        found |= {_LABELS.get(label, "")} - {""}
        found |= {kind for kind, pattern in _LABEL.items() if pattern.search(label)}
    return {next(kind for kind in _LABEL if kind in found)} if found else set()
