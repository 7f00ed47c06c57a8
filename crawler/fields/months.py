"""The words of dates by language, and where a text states a date; ``dates`` says what it means.

English, German, French, Spanish, Italian, Dutch, Portuguese, Polish, Czech, Swedish, Danish and
Norwegian, full and abbreviated, with and without their accents; Japanese and Chinese numerals.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from crawler.fields.money import FOLDED
from crawler.fields.patterns import late

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Meaning = TypeVar("Meaning", int, str)
# A shorter word without its accents is too often another word ("uno" for "úno").
_SHORTEST = 4


def _table(words: Mapping[Meaning, str], by: str | None = None) -> dict[str, Meaning]:
    return {
        form: meaning
        for meaning, text in words.items()
        for word in text.split(by)
        for form in (word, _plain(word) if len(word) >= _SHORTEST else word)
    }


def _plain(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


MONTHS: Final = _table(
    {
        1: "january januar jan jänner jän janvier janv enero ene gennaio januari janeiro stycznia"
        " styczeń leden ledna lednu",
        2: "february februar feb febr febrero février févr fév fevr febbraio februari fevereiro fev"
        " lutego luty únor února únoru",
        3: "march mar marts märz mär mrz mars marzo maart mrt março marca marzec března březen"
        " březnu",
        4: "april apr avril avr abril abr aprile kwietnia kwiecień dubna duben dubnu",
        5: "may mai mayo maggio mei maio maj maja května květen květnu",
        6: "june jun juni juin junio giugno junho czerwca czerwiec června červen červnu",
        7: "july jul juli juillet juil julio luglio julho lipca lipiec července červenec červenci",
        8: "august aug augusti augustus août agosto sierpnia sierpień srpna srpen srpnu",
        9: "september sep sept septembre septiembre settembre setembro września wrzesień září",
        10: "october oct oktober okt octobre octubre ottobre ott outubro października październik"
        " října říjen říjnu",
        11: "november nov novembre noviembre novembro listopada listopad listopadu",
        12: "december dec dezember dez décembre déc diciembre dic dicembre dezembro grudnia"
        " grudzień prosince prosinec prosinci",
    }
)
# Abbreviations that are also everyday words somewhere: only where the whole text is one date.
SHORT_MONTHS: Final = MONTHS | _table(
    {
        1: "gen sty led",
        2: "lut úno",
        3: "bře",
        4: "kwi dub",
        5: "mag kvě",
        6: "giu cze čvn",
        7: "lug lip čvc",
        8: "ago sie srp",
        9: "set wrz zář",
        10: "out paź říj",
        11: "lis",
        12: "gru pro",
    }
)
WEEKDAYS: Final = _table(
    {
        1: "mon monday mo montag lun lundi lunes lunedì maandag segunda-feira poniedziałek pondělí"
        " måndag mandag",
        2: "tue tues tuesday di dienstag mardi martes martedì dinsdag terça-feira wtorek úterý"
        " tisdag tirsdag",
        3: "wed wednesday mi mittwoch mer mercredi miércoles mercoledì woensdag quarta-feira środa"
        " středa onsdag",
        4: "thu thur thurs thursday do donnerstag jeu jeudi jueves giovedì donderdag quinta-feira"
        " czwartek čtvrtek torsdag",
        5: "fri friday fr freitag ven vendredi viernes venerdì vrijdag sexta-feira piątek pátek"
        " fredag",
        6: "sat saturday sa samstag sonnabend sam samedi sábado sabato zaterdag sobota lördag"
        " lørdag",
        7: "sun sunday so sonntag dim dimanche domingo domenica zondag niedziela neděle söndag"
        " søndag",
    }
)
# What a site writes around the date on which it published a posting; all of it may be left out.
LEADS: Final = frozenset(WEEKDAYS) | frozenset(
    _table(
        {
            0: "posted reposted published publication updated listed added date datum on at since"
            " the of just job vacancy first veröffentlicht am vom den erschienen eingestellt seit"
            " online publié publiée parution mise en ligne le du el publicado publicada fecha data"
            " pubblicato pubblicata il geplaatst op gepubliceerd publicação em opublikowano dodano"
            " dnia zveřejněno dne publicerad publicerat publisert offentliggjort oprettet"
            " 掲載日 更新日 公開日 发布于 发布日期 掲載"
        }
    )
)
# Words for an age in days.
DAYS: Final = _table(
    {
        0: "today|just posted|just now|heute|hoy|aujourd'hui|oggi|vandaag|hoje|dzisiaj"
        "|dziś|dnes|idag|i dag|本日|今日|今天",
        1: "yesterday|gestern|hier|ayer|ieri|gisteren|ontem|wczoraj|včera|igår|i går|昨日|昨天",
    },
    "|",
)
UNITS: Final = _table(
    {
        "minute": "minute minutes min mins minuten minuto minutos minuti minuut minuty minut minutę"
        " minuter minutter 分 分钟",
        "hour": "hour hours hr hrs h stunde stunden std heure heures hora horas ora ore uur godzina"
        " godziny godzin godzinę hodina hodiny hodin hodinou hodinami timme timmar time timer"
        " 時間 小时",
        "day": "day days d tag tage tagen jour jours día días giorno giorni dag dagen dage dagar"
        " dager dzień dni den dny dnem dnů 日 天",
        "week": "week weeks wk wks w woche wochen semaine semaines semana semanas settimana"
        " settimane weken tydzień tygodnie tygodni týden týdny týdnem týdnů vecka veckor uge uger"
        " uke uker 週間 周",
        "month": "month months mo mos monat monate monaten mois mes meses mese mesi mês maand"
        " maanden miesiąc miesiące miesięcy měsíc měsíce měsícem měsíci månad månader måned"
        " måneder か月 ヶ月 个月",
        "year": "year years yr yrs y jahr jahre jahren an ans année année año años anno anni jaar"
        " ano anos rok roky rokem lat lata år 年",
    }
)
ONES: Final = frozenset(
    _table({1: "a an one ein eine einem einer un une uno una een um uma jeden en et ett"})
)
# Units that say an age without a further word: "9d". A lone m may be minutes or months.
SHORT_UNITS: Final = frozenset(("h", "hr", "hrs", "d", "w", "wk", "wks", "mo", "mos", "y", "yr"))
# Words that make an age of "3 days": before the number, or after the unit.
AGE_BEFORE: Final = ("vor", "il y a", "hace", "há", "ha", "před")
AGE_AFTER: Final = ("ago", "old", "fa", "geleden", "atrás", "temu", "zpět", "sedan", "siden")
SEASONS: Final = _table(
    {
        "Spring": "spring frühjahr frühling printemps primavera voorjaar lente wiosna wiosną jaro"
        " våren foråret",
        "Summer": "summer sommer sommersemester été verano zomer verão lato léto sommaren sommeren",
        "Autumn": "fall autumn herbst automne otoño autunno najaar herfst outono jesień podzim"
        " hösten efteråret høsten",
        "Winter": "winter wintersemester hiver invierno inverno zima vintern vinteren",
    }
)

# One character for one, so that a place in the folded text is the place in the text itself: the
# marks of ``marked`` must not stand in the text, and one letter's small form is two characters.
FOLD = FOLDED | dict.fromkeys(range(0xE000, 0xE010), " ") | {0x130: "i"}
WORD = late(r"[^\W\d_]+")
_MARK = 0xE000
MARKS = "\ue001-\ue00c"
_MONTH = rf"(?P<m{{0}}>[{MARKS}])(?P=m{{0}})*+"
_TAIL = r"(?:\.?,?[ /-]{{0,2}}(?:of |de |del )?(?P<y{0}>\d{{4}})(?!\d))?"
# The letter of a group's name says what it holds: year, month, day, or the unclear a/b of 9/21.
_DATE = late(
    r"(?<![a-z\d/_])(?<!\d[.,])(?:"
    r"(?P<y1>\d{4})(?P<s1>[-/.])(?P<m1>\d{1,2})(?P=s1)(?P<d1>\d{1,2})(?!\d)"
    r"|(?P<y2>\d{4}) ?年 ?(?P<m2>\d{1,2}) ?月(?: ?(?P<d2>\d{1,2}) ?日)?"
    r"|(?P<m3>\d{1,2}) ?月 ?(?P<d3>\d{1,2}) ?日"
    r"|(?P<d4>\d{1,2})\. ?(?P<m4>\d{1,2})\. ?(?P<y4>\d{4})(?!\d)"
    r"|(?P<a5>\d{1,2})(?P<s5>[/-])(?P<b5>\d{1,2})(?P=s5)(?P<y5>\d{4})(?!\d)"
    r"|(?P<m6>0[1-9]|1[0-2])[/.](?P<y6>\d{4})(?!\d)"
    r"|(?P<y7>\d{4})-(?P<m7>0[1-9]|1[0-2])(?![\w-])"
    r"|(?P<d8>\d{1,2})(?:st|nd|rd|th|er|re|:[ea]|[º°])?\.?[ /-]?(?:of |de |d')?"
    + _MONTH.format(8)
    + _TAIL.format(8)
    + rf"|{_MONTH.format(9)}\.?[ -]{{1,2}}(?:the )?(?P<d9>\d{{1,2}})(?:st|nd|rd|th)?(?!\w|[:.]\d)"
    r"(?: \d\d:\d\d:\d\d(?: [a-z]{3,5})?(?= \d{4}))?"
    + _TAIL.format(9)
    + "|"
    + _MONTH.format(0)
    + _TAIL.format(0)
    + ")"
)

# What joins the two dates of a term, and the seasons that stand for one.
JOINT = late(
    r" {0,2}(?:,? ?(?:to|until|till|til|through|thru|and ending(?: on)?|ending(?: on)?|bis(?: zum)?"
    r"|au|à|jusqu'(?:au|en|à)|hasta(?: el)?|al?|fino al?|tot(?: en met)?|t/m|até|do|till|til|から|~"
    rf")|-{{1,3}}) {{0,2}}(?:(?:{'|'.join(WEEKDAYS)})\.?,? )?"
)
BETWEEN = late(r"(?:between|zwischen|entre|tussen|mellan|mellem|mellom)(?: the| dem)? {1,2}$")
AND = late(r" {0,2}(?:and|und|et|y|e|en|och|og) {0,2}(?:the |dem )?")
SEASON = late(
    rf"(?<!\w)(?:(?P<s1>{'|'.join(SEASONS)}|q[1-4])"
    r"(?:[ -](?:semester|term|quarter|session|internship|intern|co-?op|placement)s?)?[ /-]"
    r"(?:of |de )?(?P<y1>20\d\d(?:[/-](?:20)?\d\d(?!\d))?)"
    rf"|(?P<y2>20\d\d)[ -](?P<s2>{'|'.join(SEASONS)}))(?!\w)"
)
# Where a sentence of a marked text ends: not after "1." or "Sept.", nor in "e.g.".
STOP = late(
    rf"\n|[!?;•●▪。](?!\w)|(?<![^{MARKS}][{MARKS}]{{3}})(?<![^{MARKS}][{MARKS}]{{4}})"
    r"(?<!(?<!\d)\d)(?<!(?<!\d)\d\d)(?<!\W[a-z])\.(?=\s|$)"
)
# What may stand between the words that announce a date and the date.
_FILLING = (
    r"(?:[\s:*(),-]|\b(?:is|are|will be|would be|of|on|in|from|the|as of|early|mid|late|middle"
    r"|beginning|end|around|about|approximately|approx|expected|anticipated|planned|targeted|day"
    r"|work|(?:full|part)[- ]time|am|ab|dem|zum|den|der|im|anfang|mitte|ende|frühestens|spätestens"
    r"|ist|le|la|du|de|début|mi|fin|est|à partir|el|es|il|dal|op|vanaf|per|od|dne|fra|från|den"
    r"|em|a partir|" + "|".join(WEEKDAYS) + r")\b\.?){0,8}"
)
# Words that announce nothing but the day on which work starts.
START_LABEL = late(
    r"\b(?:start(?:ing)?[ -]?dates?(?:\(s\))?|starts?\s?:|starting\s?:"
    r"|date of (?:start|joining|commencement)|(?:commencement|joining|onboarding) date"
    r"|available (?:from|starting)|availability(?: from|\s?:)|start(?:datum|termin)"
    r"|eintritt(?:s(?:termin|datum))?|arbeitsbeginn|einstellungs(?:termin|datum)"
    r"|(?:ausbildungs|praktikums|vertrags|dienst|stellen)?beginn"
    r"|(?:zu besetzen|besetzbar|verfügbar) ab"
    r"|date (?:de |d')(?:début|démarrage|prise de (?:poste|fonctions?)|entrée)"
    r"|prise de (?:poste|fonctions?)|début\s?:|démarrage"
    r"|fecha de (?:inicio|incorporación)|incorporación|data di inizio|inizio\s?:"
    r"|data de início|início\s?:|ingangsdatum|aanvangsdatum"
    r"|(?:data|termin) rozpoczęcia|(?:datum |termín )?nástupu?"
    r"|tillträde(?:sdag)?|tiltrædelse|tiltredelse|oppstart(?:sdato)?|startdato"
    r"|開始日|勤務開始|入社日)" + _FILLING + r"$"
)
# The same words for the start of something else.
OTHER_START = late(
    r"\b(?:application|semester|term|school|course|enrol\w*|benefits?|coverage|plan|policy|event"
    r"|campaign|conference|insurance|fiscal year|kick|on)s?\W{0,3}$"
)
# Weaker: what starts has to be named in the sentence, after the prepositions more clearly.
START_CUE = late(
    r"(?:\b(?:starts?|starting|begins?|beginning|commenc(?:es?|ing)|kicks off"
    r"|join(?:ing)?(?: us|(?: our| the) team)?|beginnt|beginnend|startet|débute|démarre|commence"
    r"|commençant|empieza|comienza|inizia|börjar|starter|begint|zaczyna)"
    r"|(?<!bis )\b(?P<preposition>from|as of|ab|zum|per|à partir|dès|à compter|desde|a partir"
    r"|a decorrere|dal|vanaf|från|fra|od))" + _FILLING + r"$"
)
# What a sentence with a date is about: the last such word before the date decides.
SUBJECT = late(
    r"\b(?:(?P<work>intern(?:s|ships?)?|placements?|traineeships?|trainees?|apprentice\w*|co-?ops?"
    r"|fellow(?:s|ships?)?|residency|positions?|roles?|contract|assignment|engagement"
    r"|program(?:me)?s?|employment|available|availability|full[- ]time|part[- ]time|seasonal"
    r"|cohorts?|praktik\w*|stelle|werkstudent\w*|ausbildung\w*|anstellung|einstellung"
    r"|befristet\w*|tätigkeit|vertrag|stage|stagiaire|alternance|poste|cdd|cdi|contrat|prácticas"
    r"|contrato|tirocinio|contratto|functie|vacature|tjänst\w*|anställning\w*|stilling\w*"
    r"|vikariat|staż\w*|umow\w*|pozic\w*|pracovní\w*|masterarbeit|bachelorarbeit)"
    r"|graduat\w*|degree|diploma|coursework|class of|founded|established|launch\w*|incorporated"
    r"|since|depuis|seit|copyright|deadline|appl(?:y|ies|ied|ying|ications?)|bewerb\w*"
    r"|candidatures?|clos(?:es?|ed|ing)|funding|raised?|series [a-e]|round|ipo|acquired"
    r"|acquisition|revenue|conference|webinar|hackathon|fair|events?|holidays?|version|released?"
    r"|published|updated|posted|benefits?|enrol\w*|visa|policy|fiscal|abschluss|gegründet|fondée?"
    r"|fundada|headquarters|new offices?|expires?|interviews?|awarded|survey|opened|opening"
    r"|completed|last|previous|past)\b"
    r"|©"
)
PERSON = late(
    r"\b(?:you|your|join\w*|candidates?|(?:we are|we're|now) (?:looking|hiring|seeking)"
    r"|looking for|seeking|hiring|recruiting|work|suchen|sucht|recherch\w+|buscamos|cerchiamo"
    r"|zoeken|söker|søger|søker|szukamy|hledáme)\b"
)
_UNTIL = r"(?:by|until|before|no later than|not later than|on or before|latest)"
_WITHIN = r"[^\n.!?;:\d]{0,50}?"
# Words after which a day is the last one to apply; in a folded text.
DUE = late(
    rf"\b(?:apply(?: online| now| here| directly)?(?: latest)? {_UNTIL}"
    r"|(?:submit|send|complete|received?|accept\w*) (?:us |your |an |the |all )*applications?\b"
    rf"{_WITHIN}\b{_UNTIL}"
    rf"|applications?\b{_WITHIN}\b(?:clos(?:e|es|ing|ed)|due|deadline|ends?|end date"
    rf"|(?:accept|receiv|submit|welcom|sent|open|consider)\w*\b{_WITHIN}\b{_UNTIL})"
    rf"|(?:cvs?|resumes?|cover letters?)\b{_WITHIN}\b{_UNTIL}"
    r"|deadline (?:for|to|of) (?:all |the |your |this |receipt of |submitting |receiving |job )*"
    r"(?:appl\w+|candida\w+|submissions?|submit|position|role)"
    r"|(?:posting|position|vacancy|role|job|advert\w*|listing|requisition|opportunity)s?"
    r" (?:will |is |also )?(?:clos(?:es?|ing)|expires?|end date|deadline)"
    r"|(?:closing|apply[- ]by|closure) date|bewerbungs(?:frist|schluss|ende)|einsendeschluss"
    rf"|(?:bewerbung(?:en)?|bewerben sie sich|bewirb dich)\b{_WITHIN}\bbis"
    r"|date limite(?: (?:de |d'|des |du |pour )?(?:la )?"
    r"(?:dépôt|candid|récep|envoi|postul|inscri|soumiss)| ?:)|(?:date de )?clôture des candidatures"
    rf"|(?:candidatures?|postulez?|postuler)\b{_WITHIN}\b(?:avant|jusqu'au|au plus tard|entro)"
    r"|fecha l[íi]mite(?: (?:de |para )(?:la |las )?"
    r"(?:present|solicit|inscri|postul|candid|aplic|recep)| ?:| es)"
    r"|plazo de (?:solicitud|inscripción|presentación)|scadenza|sluitingsdatum"
    rf"|(?:solliciteer|solliciteren|reageer|reageren)\b{_WITHIN}\b(?:vóór|voor|uiterlijk|tot)"
    r"|data limite (?:de |para )?(?:candid|inscri|submis|envio)"
    r"|prazo (?:de|para) (?:candidatura|inscriç|submissão)"
    r"|sista ansökningsdag|sista dag (?:för )?att (?:ansöka|söka)"
    rf"|(?:an)?sök\w*\b{_WITHIN}\bsenast|ansøgningsfrist|ansøgning\w*\b{_WITHIN}\bsenest"
    rf"|søknadsfrist|søk\w*\b{_WITHIN}\binnen"
    r"|termin (?:składania|nadsyłania|aplikowania)|aplikuj do"
    r"|(?:termín|uzávěrka|lhůta) (?:pro )?(?:podání |podávání |zaslání )?přihlášek"
    rf"|přihlášky\b{_WITHIN}\bdo)\w*"
    r"|(?:^|\n)\W{0,4}(?:deadline *(?:\n|(?: is)?\s*[:-])|clos(?:es|ing)\s*[:-])"
    r"|[.!?] deadline:|\bappl(?:y|ications?)\b[^\n]{0,60}?[.!] (?:the |our )?deadline is"
    r"|応募締切|応募期限|締切日?"
)
# The last day of something that is not applying for this posting.
OTHER_DUE = late(
    r"\b(?:visa|grant|patent|loan|permit|enrol\w*|benefits?|tax|building|project|client|customer"
    r"|credit|planning|mobile|web|software)s? {0,2}$"
)
DUE_GAP = late(
    r"(?:[\s:*()-]{0,8}|[^\n.!?;\d]{0,48}?)"
    r"(?:\d{1,2}(?:[:.]\d\d)? ?(?:[ap]\.?m\.?|uhr|h)?\b[^\n!?;\d]{0,32})?"
)
NOT_DUE = late(
    r"\b(?:start|begin|open|interview|fill|post|publi|launch|review|graduat|for (?:the|our|an?)\b)"
)


class Stated(NamedTuple):
    """A date as a text states it: what it leaves out is ``None``; and its place in the text."""

    year: int | None
    month: int
    day: int | None
    start: int
    end: int


def marked(text: str, words: Mapping[str, int] = MONTHS) -> str:
    """Fold a text, each letter of a month's name replaced by that month's mark.

    Marks are characters for private use, so patterns need no month's name in any language.
    """
    folded = text.translate(FOLD).lower()
    return WORD.sub(
        lambda word: chr(_MARK + words[word[0]]) * len(word[0]) if word[0] in words else word[0],
        folded,
    )


def stated(text: str) -> Iterator[Stated]:
    """Find the dates of a marked text, in order; an ambiguous one (03/04/2026) is left out."""
    for match in _DATE.finditer(text):
        parts = {name[0]: value for name, value in match.groupdict().items() if value}
        if "a" in parts:
            parts |= _ordered(parts["a"], parts["b"])
        if "m" in parts:
            year, month, day = (_value(parts.get(name)) for name in "ymd")
            yield Stated(year, month or 0, day, match.start(), match.end())


def _ordered(a: str, b: str) -> dict[str, str]:
    """Tell day and month apart where only one order is possible."""
    first, second = int(a), int(b)
    if first == second or first > 12 >= second:  # noqa: PLR2004 - months of a year
        return {"d": a, "m": b}
    return {"d": b, "m": a} if second > 12 >= first else {}  # noqa: PLR2004 - same


def _value(digits: str | None) -> int | None:
    if not digits:
        return None
    return int(digits) if digits.isdecimal() else ord(digits) - _MARK
