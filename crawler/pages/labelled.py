"""Facts that a page names in words: "Location: Linz", a table's row, a term and what it is.

Reads the labels of many languages. A label that stands for several different values on one page
says nothing, nor does one that heads links, as the columns of a footer do.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, Final

from crawler.fields import text
from crawler.fields.patterns import late
from crawler.pages import dom

if TYPE_CHECKING:
    from collections.abc import Iterator

_LABELS: Final = {
    "organization": r"company(?: name)?|employer|organi[sz]ation|hiring (?:company|organi[sz]ation)"
    r"|unternehmen|arbeitgeber|firma|entreprise|société|employeur|empresa|azienda|società|bedrijf|"
    r"werkgever|společnost|zaměstnavatel|pracodawca|företag|arbetsgivare|virksomhed|arbeidsgiver|"
    r"työnantaja|компания|работодатель|会社名|企業名|公司(?:名称)?",
    "place": r"(?:job |work(?:ing)? |office )?locations?|place of work|work ?place|city|"
    r"(?:arbeits|dienst|einsatz)ort|standort|lieu(?: de travail)?|localisation|"
    r"ubicaci[óo]n?|lugar(?: de trabajo)?|localidade?|sede(?: di lavoro)?|luogo(?: di lavoro)?|"
    r"standplaats|locatie|arbetsort|placering|arbejdssted|arbeidssted|toimipaikka|lokalizacja|"
    r"miejsce pracy|lokalita|místo (?:výkonu )?práce|место работы|город|勤務地|勤務場所|工作地点",
    "employment": r"(?:employment|job|position|contract|work) (?:type|form|basis|schedule)|"
    r"type of (?:employment|contract|position)|(?:working )?hours|"
    r"anstellungsart|beschäftigungsart|vertragsart|arbeitszeit|art der anstellung|"
    r"(?:type|nature) de (?:contrat|poste)|temps de travail|tipus de contracte|tipo de contrat[oa]|"
    r"tipo di contratto|jornada(?: laboral)?|dienstverband|anställningsform|omfattning|"
    r"ansættelsesform|stillingstype|typ (?:pracovního poměru|úvazku)|rodzaj umowy|wymiar pracy|"
    r"тип занятости|занятость|雇用形態|工作性质",
    "mode": r"work(?:ing|place)? (?:mode|model|type|arrangement)|remote(?: work| status)?|"
    r"modalitat de treball|modalidad(?: de trabajo)?|arbeitsmodell",
    "date": r"(?:date )?(?:posted|published)(?: on)?|(?:posting|publication) date|"
    r"veröffentlicht(?: am)?|online seit|publiée? le|fecha de publicación|publicado(?: el)?|"
    r"publicerad|datum zveřejnění|data publikacji|дата публикации|掲載日",
    "updated": r"(?:last )?(?:updated|modified)(?: on)?|aktualisiert(?: am)?|mise? à jour(?: le)?|"
    r"actualizado(?: el)?|(?:最終)?更新日",
}
_KIND: Final = late(
    "|".join(rf"(?P<{kind}>(?:{names}))" for kind, names in _LABELS.items()), re.IGNORECASE
)
_COLON: Final = late(r"\s*[:\uff1a]\s*")
# A label in ideographs, or one of a date, may do without a colon.
_DATED: Final = late(rf"(?P<label>{_LABELS['updated']}|{_LABELS['date']})\s+(?=\d)", re.IGNORECASE)
# A template's brackets around the country, before which it had no town to print.
_UNSAID: Final = late(r"\A\(([^()]*)\)\Z")
_LONGEST: Final = 100
_LONGEST_LABEL: Final = 40
_NEAR: Final = 6  # siblings of a label that may be empty before its value
_SPOKEN: Final = 3  # words in lower case; a name has few


def read(root: Any) -> dict[str, str]:
    """Give the value of each kind of fact that an element's labels state; kinds are as above.

    Several statements of the hours are joined by a comma; of any other fact there may be only one.
    """
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for kind, value in (*_lines(root), *_beside(root)):
        found[kind].setdefault(text.fold(value), value)
    return {
        kind: _UNSAID.sub(r"\1", ", ".join(values.values()))
        for kind, values in found.items()
        if len(values) == 1 or kind == "employment"
    }


def kind_of(words: str) -> str | None:
    """Give the kind of fact that a label announces; ``None`` for words that are no such label."""
    match = _KIND.fullmatch(words.rstrip(" :\uff1a")) if len(words) <= _LONGEST_LABEL else None
    return match.lastgroup if match else None


def bare(words: str) -> str:
    """Give a value without the label it begins with, where it has one."""
    parts = _COLON.split(words, maxsplit=1)
    return parts[1] if len(parts) > 1 and kind_of(parts[0]) else words


def _lines(root: Any) -> Iterator[tuple[str, str]]:
    """Find labels that end in a colon: their value stands behind it or in the next line."""
    for line, after in pairwise((*dom.lines(root), "")):
        label, *rest = _COLON.split(line, maxsplit=1)
        if not rest and (dated := _DATED.match(line)):
            label, rest = dated["label"], [line[dated.end() :]]
        kind, value = kind_of(label), (rest or [""])[0] or after
        if kind and rest and _is_value(value, kind):
            yield kind, value


def _beside(root: Any) -> Iterator[tuple[str, str]]:
    """Find elements that hold a label alone: their value is the element that follows."""
    for node in root.iter():
        label = " ".join((node.text or "").split()) if not len(node) else ""
        kind = kind_of(label) if isinstance(node.tag, str) and label else None
        if kind and next(node.iterancestors("a", "button"), None) is None and node.tag != "a":
            value = _next(node)
            if value is not None and _states(value, kind):
                yield kind, dom.words(value).lstrip(" :\uff1a")


def _next(node: Any) -> Any:
    """Give the element that follows a label, climbing out of what holds nothing else."""
    while node.getparent() is not None:
        after = islice(node.itersiblings("*"), _NEAR)
        follower = next((one for one in after if dom.words(one)), None)
        if follower is not None or (node.tail or "").strip():
            return None if (node.tail or "").strip() else follower
        if any(map(dom.words, islice(node.itersiblings("*", preceding=True), _NEAR))):
            return None
        node = node.getparent()
    return None


def _states(node: Any, kind: str) -> bool:
    """Whether an element is one value; an employer's name that is a link may be a menu's."""
    linked = kind == "organization" and (node.tag == "a" or next(node.iter("a"), None) is not None)
    return not linked and len(dom.lines(node)) == 1 and _is_value(dom.words(node), kind)


def _is_value(words: str, kind: str) -> bool:
    """Rule out what is too long, what is another label, and sentences where a name is due."""
    if not 1 < len(words) <= _LONGEST or kind_of(words) or words.endswith(":"):
        return False
    spoken = sum(word[0].islower() for word in words.split())
    return kind not in ("organization", "place") or spoken <= _SPOKEN
