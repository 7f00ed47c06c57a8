"""Dates, times, numbers and amounts in the language of a reader; the words stay English."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import web_samples
from babel import Locale, localedata
from calling import call
from mail_lint import lint
from mail_samples import READER, SEARCH, SENDER, UNTIL, event, mixed, monthly, pending, posting

from crawler.items import Salary, plain
from monitor import language, wording
from monitor.complaints import ConfigError
from monitor.config import loads
from monitor.digest import CrawlNote, compose
from monitor.events import Change
from monitor.language import spoken
from monitor.render import render, summarised
from monitor.summary import summarise
from monitor.web.site import Site

DAY = datetime(2026, 9, 21, 17, 5, tzinfo=UTC)
PAY = plain(Salary(12_100, 13_000.5, "EUR", "month"))


def letter_of(tongue, waiting=None):
    search = replace(SEARCH, language=tongue)
    return render(compose(search, waiting or mixed(), now=UNTIL), READER, SENDER)


@pytest.mark.parametrize(
    ("tongue", "moment", "pay", "counted"),
    [
        ("en", "21 Sep 2026, 17:05", "€12,100–€13,000.50", "123,456"),
        ("en-US", "Sep 21, 2026, 5:05 PM", "€12,100–€13,000.50", "123,456"),
        ("de", "21. Sept. 2026, 17:05", "12.100 €–13.000,50 €", "123.456"),
        ("de-CH", "21. Sept. 2026, 17:05", "EUR 12’100–EUR 13’000.50", "123’456"),
        ("fr", "21 sept. 2026, 17:05", "12 100 €–13 000,50 €", "123 456"),
        ("hi", "21 सित॰ 2026, 5:05 pm", "€12,100–€13,000.50", "1,23,456"),
        ("ja", "2026年9月21日 17:05", "€12,100–€13,000.50", "123,456"),
        ("ko", "2026년 9월 21일 PM 5:05", "€12,100–€13,000.50", "123,456"),
    ],
)
def test_a_reader_s_language_writes_dates_amounts_and_numbers(tongue, moment, pay, counted):
    with spoken(tongue):
        assert wording.moment(DAY) == f"{moment} (UTC+00:00)"
        assert wording.money(PAY) == f"{pay} a month"
        assert wording.count(123_456, "posting") == f"{counted} postings"
    assert wording.day(DAY) == "21 Sep 2026"


@pytest.mark.parametrize(
    ("tongue", "day", "counted", "pay"),
    [
        ("ar-EG", "٢١ سبتمبر ٢٠٢٦", "١٢٬٣٤٥", "\u200f١٢٬١٠٠ €"),
        ("fa", "۲۱ سپتامبر ۲۰۲۶", "۱۲٬۳۴۵", "\u200e€ ۱۲٬۱۰۰"),
        ("he", "21 בספט׳ 2026", "12,345", "\u200f12,100 \u200f€"),
    ],
)
def test_what_runs_from_right_to_left_turns_no_word_around_it(tongue, day, counted, pay):
    with spoken(tongue):
        assert wording.day(DAY) == f"\u200e\u2067{day}\u2069"
        assert wording.number(12_345) == counted
        assert (
            wording.money(plain(Salary(12_100, 12_100, "EUR", None))) == f"\u200e\u2067{pay}\u2069"
        )


def test_a_day_without_a_year_and_a_month_without_a_day_are_written_as_far_as_they_go():
    with spoken("de"):
        assert wording.short_day(date(2026, 9, 1)) == "1. Sept."
        assert wording.shown_date("2026-09") == "Sept. 2026"
        assert wording.shown_date("Summer 2027") == "Summer 2027"


def test_pay_keeps_its_own_currency_and_what_names_none_gets_none():
    with spoken("de"):
        assert wording.money(plain(Salary(21.5, None, "CHF", "hour"))) == "from 21,50 CHF an hour"
        assert wording.money(plain(Salary(None, 900, None, "week"))) == "up to 900 a week"
        assert wording.money({"min": 1000, "max": 1000, "currency": "'¤#"}) == "'¤# 1.000"
        assert wording.money(plain(Salary(raw="1,000 if you ask"))) == "1,000 if you ask"


def test_what_was_recorded_in_english_is_restated_and_nothing_else_in_it():
    words = "+10.5 % over the old top; 404 since 12 Aug 2026 21:03 UTC, said “12 Aug 2026”"
    with spoken("de"):
        assert wording.restated(words) == (
            "+10,5 % over the old top; 404 since 12. Aug. 2026, 21:03 UTC, said “12 Aug 2026”"
        )
        assert wording.restated("on 31 Feb 2026 21:03 UTC") == "on 31 Feb 2026 21:03 UTC"
    assert wording.restated(words) == words


def test_a_language_reads_the_same_whichever_was_read_before():
    language.writer.cache_clear()
    Locale("root").months["format"]["abbreviated"]
    Locale("ar").months["format"]["abbreviated"]
    assert (
        language.writer("ar-MA").date(2026, 9, 21, "MMMd").strip("\u200e\u2067\u2069") == "21 شتنبر"
    )
    assert language.writer("ko").date(2026, 9, 21, "MMMd") == "9월 21일"


@pytest.mark.slow
def test_every_numbering_system_that_is_some_language_s_own_has_its_digits():
    used = {
        Locale.parse(tag).default_numbering_system
        for tag in localedata.locale_identifiers()
        if "_" not in tag
    }
    assert used - {"latn"} <= language._ZEROS.keys()
    for zero in language._ZEROS.values():
        assert [int(chr(ord(zero) + n)) for n in range(10)] == list(range(10))


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("German", '"German" is not a language; did you mean de?'),
        ("deutsch", '"deutsch" is not a language; did you mean de?'),
        ("pt-Brasil", '"pt-Brasil" is not a language; did you mean pt-BR?'),
        ("xx", '"xx" is not a language; write it like "de" or "pt-BR"'),
        ("", '"" is not a language; write it like "de" or "pt-BR"'),
    ],
)
def test_a_language_that_nobody_knows_is_refused_with_a_guess(written, told):
    text = f'store = "r.db"\nlanguage = "{written}"\n[[search]]\nid = "a"\nto = ["a@example.org"]\n'
    with pytest.raises(ConfigError) as refused:
        loads(text)
    assert refused.value.lines == (f"rolecall.toml:2 language: {told}",)
    with pytest.raises(ConfigError) as refused:
        loads(f'[[search]]\nid = "a"\nto = ["a@example.org"]\nlanguage = "{written}"')
    assert refused.value.lines == (f"rolecall.toml:4 search[0].language: {told}",)


def test_a_search_speaks_its_own_language_else_that_of_the_file():
    table = '[[search]]\nid = "{}"\nto = ["a@example.org"]\n'
    config = loads(
        'language = "pt_br"\n' + table.format("a") + table.format("b") + 'language = "fr-ca"'
    )
    assert [one.language for one in config.searches()] == ["pt-BR", "fr-CA"]
    assert loads(table.format("a")).searches()[0].language == "en"


@pytest.mark.slow
@pytest.mark.parametrize("tongue", ["de", "ar-EG", "he", "fa", "ja", "zh"])
def test_a_letter_in_any_language_is_sound_and_made_of_the_same_bytes_again(tongue):
    letter = letter_of(tongue)
    assert lint(letter.mime) == []
    assert letter_of(tongue).mime == letter.mime
    assert letter.message_id == letter_of("en").message_id
    assert "You get this because" in letter.text


def test_every_number_and_date_of_a_letter_is_in_its_language():
    closed = event("closed", posting(2), reason="its page answered 404 on 21 Nov 2026 08:00 UTC")
    waiting = pending(closed, *mixed().events[:1], until=UNTIL)
    waiting = replace(
        waiting, crawls=(CrawlNote("acme", "Acme", UNTIL, "complete", baseline=1234),)
    )
    letter = letter_of("de", waiting)
    assert letter.subject == "1 changed, 1 closed: ML internships, PhD (22. Nov.)"
    assert "21. Nov. 2026, 07:00 (UTC+01:00) to 22. Nov. 2026, 07:00 (UTC+01:00)" in letter.text
    assert "Now watching 1.234 postings at Acme" in letter.text
    assert "Pay: 10.000 $–11.000 $ a month -> 12.100 $ a month" in letter.text
    assert "posted 21. Sept. 2026 · first seen 21. Sept. 2026" in letter.text
    assert "Start: 18. Mai 2026 -> 17. Mai 2027" in letter.text
    assert "answered 404 on 21. Nov. 2026, 08:00 UTC" in " ".join(letter.text.split())
    assert "The pay for this role is $12,100 monthly." in letter.text  # as the page has it
    for english in ("Sep 2026", "1,234", "10,000 "):
        assert english not in letter.text


def test_a_summary_counts_in_its_language():
    search = replace(SEARCH, language="de")
    news = [event("opened", posting(n, salary=monthly(9_000 + n))) for n in range(1, 1201)]
    made = summarise(search, pending(*news), pending(), period="week 2026-W47")
    assert made.pay[0].now == "9.001 $–10.200 $ a month (1.200 postings, median 9.600,50 $ a month)"
    with spoken("de"):
        assert made.rows[0].difference == "1.200 more"
    letter = summarised(made, READER, SENDER)
    assert "New: 1.200 (the week before: 0, so 1.200 more)" in letter.text
    assert "21. Nov. to 21. Nov.: 1.200 new: ML internships, PhD" in letter.subject


def test_the_page_writes_in_the_language_of_the_file(tmp_path):
    store = web_samples.fill(tmp_path / "r.db")
    page = web_samples.client(store, web_samples.site(language="de")).get("/posting/1").text
    assert "6. Nov." in page
    assert "500.000 NOK–560.000 NOK a year" in page
    assert 'datetime="2026-11-06T' in page
    assert "Made 24. Nov. 2026, 09:00" in page
    assert Site(now=lambda: DAY, language="fr").language == "fr"


def test_json_stays_iso_in_every_language(tmp_path):
    (tmp_path / "rolecall.toml").write_text('language = "de"\nstore = "r.db"\n')
    web_samples.fill(tmp_path / "r.db")
    config = ("--config", str(tmp_path / "rolecall.toml"))
    shown = call(*config, "show", "kelp/g1", "--json")
    assert "2026-10-28" in shown.out
    assert "Okt" not in shown.out


def test_a_change_names_its_share_in_the_language():
    change = Change("salary", None, None, "material", "raised", "+4.5 % over the old top")
    with spoken("de"):
        assert wording.restated(change.note) == "+4,5 % over the old top"


@pytest.mark.slow
def test_english_loads_no_babel():
    words = (
        "import sys, monitor.cli, monitor.render, monitor.config as c;"
        "c.loads('language = \"en\"'); print('babel' in sys.modules)"
    )
    asked = subprocess.run(
        [sys.executable, "-c", words], capture_output=True, text=True, check=True
    )
    assert asked.stdout == "False\n"
