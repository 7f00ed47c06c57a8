"""Postings' own pages that say in words that the posting is closed.

Such a word closes at once, so it must stand where such words stand: in a headline, an alert, or
alone on a near-empty page. A description that mentions it says nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from crawler.fields import text
from crawler.fields.patterns import late
from crawler.pages import dom, hints, json_ld

# The posting, as an English notice names it.
_IT = (
    r"(?:this|the|that) (?:[\w-]+ ){0,2}?"
    r"(?:job|position|role|posting|vacancy|opening|opportunity|listing|ad|advert|requisition)"
    r"(?: (?:posting|opening|ad|advert|you requested|you(?: are|'re) looking for))?"
)
# One wording a line, read on folded text (lower case, straight quotes), language by language.
_WORDINGS = rf"""
no longer accept(?:ing|s) (?:new )?applica(?:tions|nts)(?! (?:from|by|via|through|in) )
{_IT} (?:is|was) (?:now |already |currently )?(?:closed|filled|expired|unavailable|inactive)
{_IT} (?:is|was) (?:now |already |currently )?(?:not available|not accepting applications)
{_IT} is no longer (?:\w+ )?(?:available|open|active|posted|online|listed|being recruited)
{_IT} has (?:now |already |since )?(?:expired|closed|ended)
{_IT} has (?:now |already |since )?been (?:filled|closed|removed|cancell?ed|taken down|archived)
{_IT} (?:does not|doesn't|no longer) exists?
{_IT} (?:could not|cannot|can't) be found
the page you(?: are|'re) looking for (?:doesn't|does not|no longer) exists?
applications (?:for this (?:job|position|role|posting|vacancy) )?(?:are|have) (?:now |been )?closed
(?:job|position|role|vacancy|posting) (?:closed|expired|filled)
(?:stelle|stellenanzeige|stellenausschreibung|position|anzeige) ist (?:\w+ ){{0,2}}nicht mehr \w+
(?:stelle|position) (?:ist|wurde) (?:\w+ ){{0,2}}(?:besetzt|vergeben)
(?:stellenanzeige|stellenausschreibung|anzeige|ausschreibung) ist (?:\w+ ){{0,2}}abgelaufen
bewerbungsfrist ist (?:\w+ ){{0,2}}abgelaufen
(?:offre|annonce|poste)(?: d'emploi)? n'est (?:plus|pas) (?:disponible|en ligne|active|d'actualité)
(?:offre|annonce|poste)(?: d'emploi)? a (?:expiré|(?:déjà )?été pourvue?)
(?:offre|annonce|poste)(?: d'emploi)? est (?:expirée?|pourvue?|clôturée?|fermée?|close)
(?:oferta|vacante)(?: de empleo)? (?:ya no está|no está) (?:disponible|activa)
(?:oferta|vacante)(?: de empleo)? ha (?:caducado|expirado|finalizado)
(?:oferta|vacante)(?: de empleo)? está (?:cerrada|cubierta|caducada)
ya no se aceptan (?:solicitudes|candidaturas)
(?:vacature|functie) is (?:\w+ ){{0,2}}(?:gesloten|vervuld|verlopen|ingevuld)
(?:vacature|functie) is (?:\w+ ){{0,2}}niet (?:meer|langer) (?:beschikbaar|actief|online)
(?:offerta|posizione)(?: di lavoro)? non è più (?:disponibile|attiva)
(?:offerta|posizione)(?: di lavoro)? è (?:scaduta|stata chiusa|stata coperta|chiusa)
vaga (?:foi |está )?(?:encerrada|preenchida|fechada)
vaga não está mais disponível
(?:oferta|ogłoszenie)(?: pracy)? (?:wygasł[ao]|jest nieaktualn[ae]|jest nieaktywn[ae])
(?:oferta|ogłoszenie)(?: pracy)? nie jest już dostępn[ae]
(?:nabídka|pozice|inzerát)(?: práce)? (?:již |už )?není (?:již |už )?(?:aktuální|aktivní)
(?:nabídka|pozice|inzerát)(?: práce)? (?:je|byla?) (?:již |už )?(?:obsazen|ukončen)[ao]?
(?:stillingen|stillinga) er (?:ikke lenger tilgjengelig|besat|besatt|lukket|udløbet|utløpt)
(?:tjänsten|jobbet|annonsen) är (?:inte längre (?:tillgänglig|aktiv)|tillsatt|stängd)
(?:この求人|募集|掲載)(?:は|の)?(?:すでに|既に)?(?:募集を|掲載を)?(?:終了|締め切)
(?:职位|岗位)(?:已|已经)(?:关闭|下线|停止招聘|过期)
"""
_CLOSED = late("|".join(_WORDINGS.split("\n")[1:-1]))
# "Open until the position is filled" speaks of a closing to come.
_CONDITION = late(
    r"\b(?:if|once|when|until|till|unless|whether|wenn|falls|sobald|si|lorsque|cuando|indien|"
    r"wanneer|jeśli|pokud|hvis)\b[^.!?]*\Z"
)
# A headline or an alert; a longer line is prose.
_NOTICE = 220
_DESCRIPTION = late(
    r"descri|job-?(?:body|content|details?|text)|posting-?(?:body|content|text)|show-more-less|"
    r"rich-?text|user-?content|faq|cookie|consent|comment"
)
_OTHERS = late(
    r"similar|related|recommend|also-?(?:like|viewed)|other-?(?:jobs|positions)|more-?jobs|"
    r"card-?list|footer|breadcrumb"
)


@lru_cache(maxsize=1)  # several kinds look at one saved page
def closed(html: str) -> str | None:
    """Give the line in which a posting's own page says that it is closed, or ``None``.

    Looks at headlines, alerts and near-empty pages only: not into the description, nor at other
    postings on the page, nor at what is hidden for later use.
    """
    if not hints.possible(html):
        return None
    root = dom.tree(html)
    if not any(map(_notice, _hinted(dom.lines(root)))):
        return None
    for node in [node for node in root.iter() if _elsewhere(node)]:
        dom.remove(node)
    found = [line for line in _hinted(dom.lines(root)) if _notice(line)]
    described = _described(html) if found else ""
    return next((line for line in found if text.fold(line) not in described), None)


def _hinted(lines: list[str]) -> list[str]:
    """Give the lines among which a notice may be; none, of nearly every page."""
    short = [line for line in lines if len(line) <= _NOTICE]
    folded = text.fold("\n".join(short))
    return short if hints.stand(folded) else []


def _notice(line: str) -> bool:
    folded = text.fold(line) if len(line) <= _NOTICE else ""
    match = _CLOSED.search(folded)
    return match is not None and not _CONDITION.search(folded[: match.start()])


def _described(html: str) -> str:
    stated = (node.get("description") for node in json_ld.objects(html))
    bodies = (text.from_html(words) for words in stated if isinstance(words, str))
    return text.fold("\n".join(bodies))


def _elsewhere(node: Any) -> bool:
    if not isinstance(node.tag, str) or node.tag in {"html", "body", "main", "h1"}:
        return False
    names = dom.named(node)
    described = _DESCRIPTION.search(names) and "closed" not in names
    return bool(described or node.tag in {"footer", "nav", "dialog"} or _OTHERS.search(names))
