"""The time that pay is for, in the words of structured fields and of postings in many languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, get_args

from crawler.fields.patterns import late
from crawler.items import Period

if TYPE_CHECKING:
    from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _table(words: Mapping[Period, str]) -> dict[str, Period]:
    return {word: period for period, text in words.items() for word in text.split()}


# What an English article may stand before: "an hour", "a year".
ENGLISH: Final = _table(
    {
        "hour": "hour hr hourly",
        "day": "day shift",
        "week": "week wk",
        "biweek": "fortnight",
        "month": "month mo",
        "quarter": "quarter",
        "year": "year yr",
    }
)
# What may follow "/", "per", "pro", "par", "za" and the like.
NOUNS: Final = ENGLISH | _table(
    {
        "hour": "hours hrs h heure stunde std hora ora uur time timen timme tunti godz godzina"
        " godzinę timmen timen"
        " hod hodina hodinu val valandą час ч óra"
        " stund stundu stundā tund tunnis 時間 時 小时"
        " 시간",
        "day": "days d tag tage tagen jour día dia giorno dag dagen den dzień d."
        " diena dieną dní dnů dni день дн"
        " nap päivä päev"
        " 日 天 일 diem",
        "week": "weeks w woche wochen týdny semaine semana settimana týden tydzień неделю неделя"
        " vecka veckan uke uken uge ugen"
        " viikko"
        " savaitę 週 周 주",
        "biweek": "biweek",
        "month": "months mth m monat mon mois mes mês mese maand måned måneden"
        " månad månaden mån mnd md mdr міс mies miesiąc mc"
        " měsíc"
        " měs mesiac mėn mėnesį mēnesī mēn bulan мес месяц kuukausi kk kuu lună luna hó hónap 月"
        " 月間 달 월",
        "quarter": "quarters trimestre quartal",
        "year": "years yrs y a annum ann an année jahr j año any anno ano jaar år året rok roku"
        " rocznie god"
        " metus год év vuosi aasta gads gadā 年 년 annual annually yearly",
    }
)
# What says the period alone.
ADVERBS: Final = _table(
    {
        "hour": "hourly ph stündlich 時給 时薪 시급",
        "day": "daily pd täglich diem 日給 日薪 일급",
        "week": "weekly pw wöchentlich 週給 주급 hebdomadaire semanal semanales",
        "biweek": "fortnightly biweekly",
        "month": "monthly pcm pm monatlich mtl mensuel mensuelle mensuels mensual mensuales mensile"
        " mensili mensal maandelijks měsíčně miesięcznie havi 月給 月収 月薪 월급",
        "quarter": "quarterly",
        "year": "yearly annually annum pa lpa ctc jährlich jährl annuel annuelle annuels anual"
        " anuales"
        " annuo annui annuali ročně rocznie årligen årlig 年収 年俸 年給 年薪 연봉",
    }
)
# What says it beside a word for pay: "annual salary", "hourly rate", "mensuel brut".
ADJECTIVES: Final = ADVERBS | _table(
    {
        "hour": "hour hodinová stundenweise horaire hora",
        "day": "day",
        "week": "week",
        "month": "month měsíční miesięczne månadslön",
        "year": "annual annualized annualised year roční roczne jahres",
    }
)
# Pay and period in one word.
COMPOUNDS: Final = _table(
    {
        "hour": "stundenlohn stundensatz uurloon timelønn timlön 時給 时薪 시급",
        "day": "tagessatz dagtarief tjm 日給 日薪 일급",
        "week": "wochenlohn weekloon 週給 주급",
        "month": "monatsgehalt monatslohn bruttomonatsgehalt maandsalaris månadslön månedslønn"
        " 月給 月収 月薪 월급",
        "year": "jahresgehalt jahresbruttogehalt bruttojahresgehalt jahreslohn jaarsalaris årslönn"
        " årslønn jahresbrutto 年収 年俸 年給 年薪 연봉",
    }
)
CONNECTORS: Final = _words(
    "/ per pr pro par por al alla all alle je im in za na w op i v в на em every each"
)
ARTICLES: Final = _words("a an the")
STRUCTURED: Final = _table(
    {
        "hour": "hour hourly hr hrs hur h per-hour-wage per-hour-salary",
        "day": "day daily per-day-wage per-day-salary per-diem d",
        "week": "week weekly wk w wee per-week-salary per-week-wage",
        "biweek": "bi-weekly-salary biweekly bi-weekly fortnight fortnightly bw",
        "month": "month monthly mon mo m mnt per-month-salary per-month-wage",
        "quarter": "quarter quarterly",
        "year": "year yearly yr ann annual annually annum y pa per-year-salary per-year-wage",
        "once": "once one-time one-off onetime lump-sum project fixed",
    }
)
COUNTED = late(r"(?:1|one|p(?:er)?|an?|each|every)?[\s_/-]*([^\W\d].*?)[\s._]*", re.DOTALL)


def period(word: str | None) -> Period | None:
    """Read the period of a structured field, or a lone word for one in any language.

    Knows schema.org's ``HOUR`` and ``ANN``, Lever's ``per-year-salary``, Ashby's ``1 YEAR``. Two
    payments a month and every other period that has no word in ``Period`` give ``None``.
    """
    text = (word or "").strip().lower()[:64].replace("_", "-")
    if re.fullmatch(r"(?:2|two)[\s-]*weeks?|14[\s-]*days?", text):
        return "biweek"
    for form in (text, _bare(text)):
        for table in (STRUCTURED, NOUNS, ADVERBS):
            if form in table:
                return table[form]
    return None


def _bare(text: str) -> str:
    match = COUNTED.fullmatch(text)
    return match[1].removesuffix("s") if match else ""


assert set(STRUCTURED.values()) == set(get_args(Period)), "every period has a structured word"
