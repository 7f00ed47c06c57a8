import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.fields import dates

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def read(text, now=NOW):
    return dates.read(text, now=now)


def term(text):
    return dates.term(text, now=NOW)


def start(text, now=NOW):
    return dates.start(text, now=now)


def deadline(text, now=NOW):
    return dates.deadline(text, now=now)


# One stated date


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-21",
        "2026-09",
        "2026-09-21T10:00",
        "2026-09-21T10:00:00",
        "2026-09-21T10:00:00Z",
        "2026-08-06T07:39:35.941Z",
        "2026-09-21T10:00:00-07:00",
    ],
)
def test_iso_stays_as_it_is_written(text):
    assert read(text) == text


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-09-21 10:00:00", "2026-09-21T10:00:00"),
        ("2026-09-21 20:28:32 UTC", "2026-09-21T20:28:32+00:00"),
        ("2026-09-21T10:00:00.5+0200", "2026-09-21T10:00:00.500000+02:00"),
        ("2026-09-21T10:00:00.1234567Z", "2026-09-21T10:00:00.123456+00:00"),
        ("Wed, 04 Mar 2026 10:00:00 GMT", "2026-03-04T10:00:00+00:00"),
        ("Wed, 04 Mar 2026 10:00:00 -0530", "2026-03-04T10:00:00-05:30"),
        ("Wed Mar 04 2026 10:00:00 GMT+0000 (a zone's name)", "2026-03-04T10:00:00+00:00"),
        ("9/21/2026 4:00 PM", "2026-09-21T16:00:00"),
        ("9/21/2026 12:05 am", "2026-09-21T00:05:00"),
    ],
)
def test_a_time_of_day_and_its_offset_are_kept(text, iso):
    assert read(text) == iso


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-21T24:00:00",
        "2026-09-21T10:00:00 CET",
        "2026-09-21 10:00:00 +9900",
        "Mon Sep 21 10:00:00 CEST 2026",
        "2026-09-21Z",
    ],
)
def test_a_time_that_is_not_certain_leaves_the_date(text):
    assert read(text) == "2026-09-21"


@pytest.mark.parametrize(
    ("number", "iso"),
    [
        (1754467175, "2025-08-06T07:59:35+00:00"),
        (1754467175941, "2025-08-06T07:59:35.941000+00:00"),
        (1754467175.5, "2025-08-06T07:59:35.500000+00:00"),
        ("1754467175", "2025-08-06T07:59:35+00:00"),
        ("1754467175941", "2025-08-06T07:59:35.941000+00:00"),
        (20260921, "2026-09-21"),
        ("20260921", "2026-09-21"),
    ],
)
def test_an_epoch_in_seconds_or_milliseconds_is_an_instant_of_utc(number, iso):
    assert read(number) == iso


@pytest.mark.parametrize(
    "text",
    [
        "21 September 2026",
        "21st September 2026",
        "September 21st, 2026",
        "Sep 21, 2026",
        "Sept. 21, 2026",
        "21-Sep-2026",
        "21SEP2026",
        "Monday, September 21, 2026",
        "Posted on 21 September 2026",
        "21/09/2026",
        "09/21/2026",
        "9/21/2026",
        "21-09-2026",
        "21.09.2026",
        "2026/09/21",
        "2026.9.21",
        "2026年9月21日",
        "２０２６年９月２１日",
        "21. September 2026",
        "Montag, den 21. September 2026",
        "21 septembre 2026",
        "Publié le 21 septembre 2026",
        "21 de septiembre de 2026",
        "21 settembre 2026",
        "21 set 2026",
        "21 de setembro de 2026",
        "21 september 2026",
        "21 września 2026",
        "21 wrzesnia 2026",
        "21. září 2026",
        "21\u00a0sept.\u00a02026",
    ],
)
def test_a_date_in_words_or_numbers_is_read(text):
    assert read(text) == "2026-09-21"


@pytest.mark.parametrize(
    ("words", "month"),
    [
        ("january januar janvier enero gennaio januari janeiro stycznia ledna", 1),
        ("february februar février febrero febbraio februari fevereiro lutego února", 2),
        ("march märz mars marzo maart março marca března marts", 3),
        ("april avril abril aprile kwietnia dubna", 4),
        ("may mai mayo maggio mei maio maja května maj", 5),
        ("june juni juin junio giugno junho czerwca června", 6),
        ("july juli juillet julio luglio julho lipca července", 7),
        ("august août agosto augustus augusti sierpnia srpna", 8),
        ("september septembre septiembre settembre setembro września září", 9),
        ("october oktober octobre octubre ottobre outubro października října", 10),
        ("november novembre noviembre novembro listopada listopadu", 11),
        ("december dezember décembre diciembre dicembre dezembro grudnia prosince", 12),
    ],
)
def test_months_are_known_in_twelve_languages(words, month):
    assert {read(f"7 {word} 2026") for word in words.split()} == {f"2026-{month:02}-07"}
    assert {read(f"{word.upper()} 2026") for word in words.split()} == {f"2026-{month:02}"}


@pytest.mark.parametrize("text", ["03/04/2026", "3/4/2026", "04-03-2026", "12/11/2026 4:00 PM"])
def test_a_date_that_two_countries_read_differently_is_refused(text):
    assert read(text) is None


def test_day_and_month_that_are_equal_are_not_ambiguous():
    assert read("04/04/2026") == "2026-04-04"


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        " ",
        "TBD",
        "ASAP",
        "0000-00-00",
        "0000-00-00T00:00:00Z",
        "2026-02-30",
        "2026-13-01",
        "2026-13-01T00:00:00Z",
        "31 June 2026",
        "1989-12-31",
        "2047-01-01",
        "2047-01-01T00:00:00Z",
        "2026",
        "September",
        "may",
        "21 September 2026 - 25 September 2026",
        "Posted 21 September 2026, apply by 1 October 2026",
        "21 September 2026, 12 places",
        "May 5 people join",
        True,
        False,
        0,
        -1754467175,
        123,
        float("nan"),
        float("inf"),
        float("-inf"),
        10**400,
        -(10**400),
        pytest.param(10**5000, id="a number too long to print"),
        1e300,
        ["2026-09-21"],
        {"date": "2026-09-21"},
        b"2026-09-21",
    ],
)
def test_nonsense_is_no_date(text):
    assert read(text) is None


def test_a_date_of_twenty_years_ahead_is_the_last_one():
    assert read("2046-12-31") == "2046-12-31"
    assert read("1990-01-01") == "1990-01-01"


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Oct 24", "2026-10-24"),
        ("24. Oktober", "2026-10-24"),
        ("Posted on Sat, Oct 24", "2026-10-24"),
        ("10月24日", "2026-10-24"),
        ("Nov 24", "2026-11-24"),
        ("Nov 25", "2026-11-25"),
        ("Nov 26", "2025-11-26"),
        ("Dec 31", "2025-12-31"),
        ("Feb 29", "2024-02-29"),
    ],
)
def test_a_date_without_a_year_is_the_newest_that_can_have_been(text, iso):
    assert read(text) == iso


# Ages


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("today", 0),
        ("Posted Today", 0),
        ("just posted", 0),
        ("Just now", 0),
        ("heute veröffentlicht", 0),
        ("aujourd\u2019hui", 0),
        ("hoy", 0),
        ("5 hours ago", 0),
        ("12 hours ago", 1),
        ("yesterday", 1),
        ("Posted Yesterday", 1),
        ("gestern", 1),
        ("Publié hier", 1),
        ("i går", 1),
        ("a day ago", 1),
        ("3 days ago", 3),
        ("Posted 3 Days Ago", 3),
        ("Posted: 3 days ago", 3),
        ("9d", 9),
        ("9d ago", 9),
        ("2w ago", 14),
        ("2 weeks ago", 14),
        ("vor 3 Tagen", 3),
        ("il y a 3 jours", 3),
        ("hace 2 días", 2),
        ("há 2 dias", 2),
        ("2 giorni fa", 2),
        ("2 dagen geleden", 2),
        ("2 dni temu", 2),
        ("před 2 dny", 2),
        ("för 2 dagar sedan", 2),
        ("for 2 dage siden", 2),
        ("2日前", 2),
        ("2天前", 2),
    ],
)
def test_an_age_is_the_date_of_now_less_the_age(text, days):
    assert read(text) == (NOW - timedelta(days)).date().isoformat()


@pytest.mark.parametrize(
    ("now", "text", "iso"),
    [
        (datetime(2026, 11, 24, tzinfo=UTC), "1 month ago", "2026-10-24"),
        (datetime(2026, 3, 31, tzinfo=UTC), "1 month ago", "2026-02-28"),
        (datetime(2026, 1, 15, tzinfo=UTC), "2mo ago", "2025-11-15"),
        (datetime(2024, 2, 29, tzinfo=UTC), "1 year ago", "2023-02-28"),
    ],
)
def test_months_and_years_of_an_age_are_those_of_the_calendar(now, text, iso):
    assert read(text, now) == iso


def test_an_age_in_hours_is_counted_in_the_zone_of_now():
    early = datetime(2026, 11, 24, 1, tzinfo=timezone(timedelta(hours=9)))
    assert read("2 hours ago", early) == "2026-11-23"


@pytest.mark.parametrize(
    "text",
    [
        "30+ days ago",
        "Posted 30+ Days Ago",
        "30+d",
        "more than 30 days ago",
        "over 3 months ago",
        "vor über 30 Tagen",
        "il y a plus de 30 jours",
        "a few days ago",
        "last week",
        "3 days",
        "in 3 days",
        "9m",
        "9999 weeks ago",
        "99 years ago",
    ],
)
def test_an_age_that_is_only_bounded_or_unclear_says_nothing(text):
    assert read(text) is None


# Terms


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("September 21 to December 11, 2026", ("2026-09-21", "2026-12-11")),
        ("Sept 21 \u2013 Dec 11, 2026", ("2026-09-21", "2026-12-11")),
        ("Sept. 21 - Dec. 11, 2026", ("2026-09-21", "2026-12-11")),
        ("from September to December 2026", ("2026-09", "2026-12")),
        ("September-December 2025", ("2025-09", "2025-12")),
        ("1 June 2027 until 31 August 2027", ("2027-06-01", "2027-08-31")),
        ("1 June 2027 through Tuesday, 31 August", ("2027-06-01", "2027-08-31")),
        ("01.06.2027 bis 31.08.2027", ("2027-06-01", "2027-08-31")),
        ("du 1er juin au 31 août 2027", ("2027-06-01", "2027-08-31")),
        ("Nov 2026 - Feb 2027", ("2026-11", "2027-02")),
        ("Nov - Feb 2027", ("2026-11", "2027-02")),
        ("between June 2027 and August 2027", ("2027-06", "2027-08")),
        ("You work here (2027-06-01 to 2027-08-31) with us", ("2027-06-01", "2027-08-31")),
        ("", (None, None)),
        ("June 2027", (None, None)),
        ("June 2027 and August 2027", (None, None)),
        ("December 2026 to June 2026", (None, None)),
        ("from May to August", (None, None)),
        ("03/04/2027 to 05/06/2027", (None, None)),
    ],
)
def test_a_term_has_a_start_and_an_end(text, ends):
    assert term(text) == ends


# When work starts


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("Start date: 1 October 2026", ("2026-10-01", "1 October 2026")),
        ("Start date\n1 October 2026\nLocation", ("2026-10-01", "1 October 2026")),
        ("- Start: January 2027\n- Where: Graz", ("2027-01", "January 2027")),
        ("Anticipated start date: Monday, May 17, 2027", ("2027-05-17", "May 17, 2027")),
        ("starting in September 2026", ("2026-09", "September 2026")),
        ("The role begins on 5 January 2027.", ("2027-01-05", "5 January 2027")),
        ("A contract commencing 1 March 2027.", ("2027-03-01", "1 March 2027")),
        ("You will start in early January 2027.", ("2027-01", "January 2027")),
        ("Available from: September 2026", ("2026-09", "September 2026")),
        ("An internship from June 2027 (12 weeks).", ("2027-06", "June 2027")),
        ("Beginn: 01.10.2026", ("2026-10-01", "01.10.2026")),
        ("Startdatum 1. Oktober 2026", ("2026-10-01", "1. Oktober 2026")),
        ("Eintrittstermin: ab 01.01.2027", ("2027-01-01", "01.01.2027")),
        ("Wir suchen zum 1. Oktober 2026 dich.", ("2026-10-01", "1. Oktober 2026")),
        ("Un poste à partir du 1er octobre 2026.", ("2026-10-01", "1er octobre 2026")),
        ("Date de début : 1er février 2027", ("2027-02-01", "1er février 2027")),
        ("Tillträde: 1 februari 2027", ("2027-02-01", "1 februari 2027")),
        ("Nástup od 1. 2. 2027", ("2027-02-01", "1. 2. 2027")),
    ],
)
def test_an_explicit_start_is_read_with_its_words(text, stated):
    assert start(text) == stated


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        (
            "The placement lasts 11 weeks, from September 7 to November 20, 2026. Do write to us.",
            ("2026-09-07", "September 7 to November 20, 2026"),
        ),
        (
            "You can work full time from May-August 2027",
            ("2027-05", "May-August 2027"),
        ),
        (
            "Able to be here full time (38 hours) from May to August 2027. Studying for a degree.",
            ("2027-05", "May to August 2027"),
        ),
        ("Praktikum von Juni bis August 2027", ("2027-06", "Juni bis August 2027")),
        ("Traineeship: Nov 2026 - Feb 2027", ("2026-11", "Nov 2026 - Feb 2027")),
    ],
)
def test_a_term_of_work_says_its_start(text, stated):
    assert start(text) == stated


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("An internship for Summer 2027", ("Summer 2027", "Summer 2027")),
        ("Our Fall 2026 internship", ("Autumn 2026", "Fall 2026")),
        ("Our autumn 2026 internship", ("Autumn 2026", "autumn 2026")),
        ("Spring semester 2027 trainees", ("Spring 2027", "Spring semester 2027")),
        ("The 2027 summer trainee group", ("Summer 2027", "2027 summer")),
        ("Werkstudent im Sommer 2027", ("Summer 2027", "Sommer 2027")),
        ("Start: Q3 2027", ("Q3 2027", "Q3 2027")),
        ("Q3 2027 is busy for the role", None),
    ],
)
def test_a_season_stays_a_season(text, stated):
    assert start(text) == stated


def test_the_most_precise_of_agreeing_statements_is_taken():
    body = "Be here full time from June to August 2027.\nThe internship begins on June 7, 2027."
    assert start(body) == ("2027-06-07", "June 7, 2027")
    body = "Start date: June 2027. The internship runs from June 7 to August 27, 2027."
    assert start(body) == ("2027-06-07", "June 7 to August 27, 2027")


def test_a_label_is_believed_before_a_sentence_and_a_month_before_a_season():
    body = "The internship runs from May 3 to July 30, 2027.\nStart date: 1 June 2027"
    assert start(body) == ("2027-06-01", "1 June 2027")
    assert start("A Summer 2027 internship that begins in May 2027")[0] == "2027-05"


@pytest.mark.parametrize(
    "text",
    [
        "Starts: ASAP",
        "Start date: flexible",
        "Start date: 1 October",
        "The team was founded in March 2015.",
        "We have been a family business since June 2026.",
        "Students graduating between December 2026 and June 2027.",
        "Expected graduation: May 2027",
        "A degree with an expected graduation date from December 2026 to June 2027",
        "You must graduate by Spring 2027 to fill the position.",
        "In your last year (December 2026 - June 2027 graduation) of the program",
        "Apply by 15 October 2026",
        "Applications open from 1 October 2026",
        "Bewerbungen bis zum 15.10.2026",
        "An intern here from May 2020 to June 2021",
        "Start date: 1 October 2023",
        "\u00a9 January 2026 The Company",
        "We raised our Series B in March 2026.",
        "Join us at our event from May 4 to May 6, 2027",
        "Starting January 2027, all staff will be on site two days.",
        "From January 2026 to June 2026 sales doubled.",
        "We launched the app in September 2026.",
        "Our fiscal year starts July 1, 2026.",
        "Benefits start date: January 1, 2027",
        "The shop is closed from December 24, 2026 to January 2, 2027.",
        "The position was posted on 1 October 2026.",
        "Opening hours: Monday to Friday, 9 to 5, from 1 October 2026",
    ],
)
def test_what_starts_something_else_is_no_start(text):
    assert start(text) is None


# The last day to apply


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Apply by 15 October 2026", "15 October 2026"),
        ("Please apply online no later than Oct 15, 2026.", "Oct 15, 2026"),
        ("Apply by 11:59pm on 15 October 2026.", "15 October 2026"),
        ("Application deadline: October 15, 2026", "October 15, 2026"),
        ("Application deadline\n15 October 2026", "15 October 2026"),
        ("Applications close on 15 October 2026 at 23:59 CET", "15 October 2026"),
        ("Applications are accepted until October 15, 2026.", "October 15, 2026"),
        ("Submit your application by October 15, 2026.", "October 15, 2026"),
        ("The application period ends on October 15th, 2026.", "October 15th, 2026"),
        ("Closing date: 15/10/2026", "15/10/2026"),
        ("This position closes on October 15, 2026", "October 15, 2026"),
        ("Deadline for applications is Thursday, October 15, 2026.", "October 15, 2026"),
        ("Send a letter. Deadline: 2026-10-15", "2026-10-15"),
        ("Please send your CV before 15 October 2026 to us.", "15 October 2026"),
        ("Reviewed on a rolling basis; apply by 15 October 2026", "15 October 2026"),
        ("Bewerbungsfrist: 15.10.2026", "15.10.2026"),
        ("Bewerbungsschluss ist der 15. Oktober 2026", "15. Oktober 2026"),
        ("Bewerben Sie sich bis zum 15. Oktober 2026", "15. Oktober 2026"),
        ("Date limite de candidature : 15 octobre 2026", "15 octobre 2026"),
        ("Fecha límite: 15 de octubre de 2026", "15 de octubre de 2026"),
        ("Sista ansökningsdag: 15 oktober 2026", "15 oktober 2026"),
        ("Ansøgningsfrist: 15. oktober 2026", "15. oktober 2026"),
        ("Søknadsfrist: 15. oktober 2026", "15. oktober 2026"),
        ("Termín přihlášek: 15. října 2026", "15. října 2026"),
    ],
)
def test_a_deadline_is_read_with_its_words(text, words):
    assert deadline(text) == ("2026-10-15", words)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Apply by December 15", "2026-12-15"),
        ("Apply by January 15", "2027-01-15"),
        ("Apply by September 25", "2026-09-25"),
        ("Apply by September 24", "2027-09-24"),
        ("Apply by February 29", "2028-02-29"),
    ],
)
def test_a_deadline_without_a_year_is_the_next_one_from_sixty_days_ago(text, iso):
    assert deadline(text)[0] == iso


@pytest.mark.parametrize(
    "text",
    [
        "",
        "You meet deadlines, by October 15, 2026 if you can.",
        "Applications are reviewed on a rolling basis.",
        "Open until filled.",
        "Application deadline: open until filled. Start date: October 15, 2026",
        "Application deadline: rolling, start October 15, 2026",
        "Applications are accepted at least until October 15, 2026.",
        "Benefits enrolment deadline: October 15, 2026",
        "The product deadline: October 15, 2026",
        "Move our applications to the cloud by October 15, 2026.",
        "Visa application deadline: 15 October 2026",
        "Apply by email. Posted 15 October 2026",
        "Apply by October 2026",
        "Application deadline: 03/04/2026",
        "Applications open on 15 October 2026",
        "Apply by 31 June 2026",
    ],
)
def test_what_ends_something_else_or_never_is_no_deadline(text):
    assert deadline(text) is None


def test_start_and_deadline_of_one_body_are_told_apart():
    body = (
        "About us\nFounded in May 2009, we bake bread.\nThe traineeship runs from 1 June 2027 until "
        "31 August 2027. Apply by 15 January 2027.\nYou graduate in December 2027."
    )
    assert start(body) == ("2027-06-01", "1 June 2027 until 31 August 2027")
    assert deadline(body) == ("2027-01-15", "15 January 2027")


def test_words_stand_in_the_text_as_they_were_written():
    body = "\u0130\u0130 Start\u00a0date: 1\u00a0OCTOBER\u00a02026, apply by 3\u2011Sep\u20112026"
    assert start(body) == ("2026-10-01", "1\u00a0OCTOBER\u00a02026")
    assert deadline(body) == ("2026-09-03", "3\u2011Sep\u20112026")


def test_characters_for_private_use_are_no_months():
    assert read("21 \ue009\ue009\ue009 2026") is None
    assert start("Start date: 1 \ue009 2026") is None


# Laws


def readable(value):
    if value is None or (len(value) == 7 and 1 <= int(value[5:]) <= 12):
        return True
    return bool(datetime.fromisoformat(value))


words = st.sampled_from(
    [
        *("start", "date:", "starting", "from", "to", "until", "-", ",", ".", "\n", "internship"),
        *("apply", "by", "deadline:", "applications", "close", "on", "graduating", "ago", "vor"),
        *("1", "21st", "2026", "2027", "3", "+", "9/21/2026", "01.06.2027", "2026-09-21", "9月"),
        *("September", "Dec.", "mai", "Summer", "\u00e9t\u00e9", "\u0130", "年", "days", "Tagen"),
        *("T10:00", "Z", "PM"),
    ]
)
sentences = st.lists(words, max_size=14).map(" ".join)


@given(st.text() | sentences | st.integers() | st.floats() | st.booleans() | st.none())
@settings(max_examples=300, deadline=None)
def test_reading_never_raises_and_gives_iso(text):
    assert readable(read(text))


@given(st.dates(date(1990, 1, 1), date(2046, 12, 31)))
@settings(deadline=None)
def test_every_iso_date_is_itself_however_it_is_written(day):
    assert read(day.isoformat()) == day.isoformat()
    assert read(day.strftime("%d %B %Y")) == day.isoformat()
    assert read(day.strftime("%b %d, %Y")) == day.isoformat()
    assert read(day.strftime("%d.%m.%Y")) == day.isoformat()


@given(
    st.datetimes(
        datetime(1990, 1, 2),  # noqa: DTZ001 - the strategy adds the zone
        datetime(2046, 12, 30),  # noqa: DTZ001 - same
        timezones=st.sampled_from([None, UTC, timezone(timedelta(hours=-9, minutes=-30))]),
    )
)
@settings(deadline=None)
def test_every_iso_instant_is_itself(instant):
    assert read(instant.isoformat()) == instant.isoformat()
    assert datetime.fromisoformat(read(instant.isoformat(" "))) == instant


@given(st.text() | sentences)
@settings(max_examples=300, deadline=None)
def test_what_a_body_states_stands_in_it_word_for_word(body):
    for found in (start(body), deadline(body)):
        if found:
            assert found[1]
            assert found[1] in body
    assert all(readable(end) for end in term(body))


@given(st.text() | sentences)
@settings(max_examples=100, deadline=None)
def test_a_deadline_is_a_full_date(body):
    found = deadline(body)
    assert found is None or date.fromisoformat(found[0]).isoformat() == found[0]


# Hostile input


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "1",
        "September ",
        "2026",
        "2026 ",
        "1/",
        " ",
        "\n - ",
        "(",
        "\ue009",
        "\u0130",
        "apply by ",
        "application accept ",
        "start date: ",
        "start date 1 2026 ",
        "intern summer 2027 ",
        "September 2026 to ",
        "starting is on the 2026 ",
        ". deadline",
    ],
)
def test_a_megabyte_of_anything_is_read_at_once(piece):
    body = piece * (1_000_000 // len(piece))
    begun = time.process_time()
    assert read(body) is None
    term(body), start(body), deadline(body)
    assert time.process_time() - begun < 10
