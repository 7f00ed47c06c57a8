"""Pay as people write it, and the money in postings that is nobody's pay."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.fields import currencies
from crawler.fields.salary import of, period, read, structured


def told(text, **given):
    return [(pay.min, pay.max, pay.currency, pay.period) for pay in read(text, **given)]


def one(text, **given):
    (pay,) = told(text, **given)
    return pay


@pytest.mark.parametrize(
    ("text", "pay"),
    [
        # ranges
        ("$80,000 - $100,000 per year", (80000, 100000, None, "year")),
        ("Salary: $80-100k", (80000, 100000, None, None)),
        ("We pay 80k-100k EUR a year", (80000, 100000, "EUR", "year")),
        ("200K–300K a year", (200000, 300000, None, "year")),
        ("$91.25k - $120.5k", (91250, 120500, None, None)),
        ("between $70,000 and $90,000 per year", (70000, 90000, None, "year")),
        ("$20 To $25 an hour", (20, 25, None, "hour")),
        ("$20--$25 per hour", (20, 25, None, "hour")),
        ("$18/$22 per hour", (18, 22, None, "hour")),
        ("2000/2400€ brut/mois", (2000, 2400, "EUR", "month")),
        ("50-80.000 Kč", (50000, 80000, "CZK", None)),
        ("$50-80,000", (50000, 80000, None, None)),
        ("USD 100 000 to 120 000 per year", (100000, 120000, "USD", "year")),
        ("Compensation: $120,000 – $150,000 USD", (120000, 150000, "USD", None)),
        ("Base: $131,500 CAD [lowest market] to $160,000 CAD", (131500, 160000, "CAD", None)),
        # thousands marks and decimals of many countries
        ("€ 4.500 – 5.200 brutto", (4500, 5200, "EUR", None)),
        ("35.000,50 EUR", (35000.5, 35000.5, "EUR", None)),
        ("1 400 - 1 900 EUR/mėn", (1400, 1900, "EUR", "month")),
        ("CHF 90'000 - 110’000", (90000, 110000, "CHF", None)),
        ("CHF90'000", (90000, 90000, "CHF", None)),
        ("Pay: $22.50 - $27.00/hr", (22.5, 27, None, "hour")),
        ("40\u00a0000\u00a0\u200d–\u200d\u00a060\u00a0000 Kč", (40000, 60000, "CZK", None)),
        ("5.000,- Kč měsíčně", (5000, 5000, "CZK", "month")),
        # words for large numbers
        ("₹8-12 LPA", (800000, 1200000, "INR", "year")),
        ("₹ 12 lakh - ₹ 18 lakh per annum", (1200000, 1800000, "INR", "year")),
        ("₹1.2 crore per year", (12000000, 12000000, "INR", "year")),
        ("月給25万円~30万円", (250000, 300000, "JPY", "month")),
        ("月給25万5,000円", (255000, 255000, "JPY", "month")),
        ("時給１，３５０円", (1350, 1350, "JPY", "hour")),
        ("年収400万円～600万円", (4000000, 6000000, "JPY", "year")),
        ("Ab 55k€", (55000, None, "EUR", None)),
        # one end only
        ("from 1 500 EUR", (1500, None, "EUR", None)),
        ("Salary: $30,000+", (30000, None, None, None)),
        ("at least £28,000", (28000, None, "GBP", None)),
        ("$60,000 and up", (60000, None, None, None)),
        ("upto $95,000", (None, 95000, None, None)),
        ("up to £45k", (None, 45000, "GBP", None)),
        # periods
        ("$9,400 monthly", (9400, 9400, None, "month")),
        ("$4,000 - $5,000 per 14 days", (4000, 5000, None, "biweek")),
        ("$1,234.56 biweekly", (1234.56, 1234.56, None, "biweek")),
        ("Annual base salary: $90,000", (90000, 90000, None, "year")),
        ("Vergütung: 60.000 - 75.000 EUR p.a.", (60000, 75000, "EUR", "year")),
        ("Gehalt: 3.200 € bis 3.900 € monatlich", (3200, 3900, "EUR", "month")),
        ("R$ 5.000 por mês", (5000, 5000, "BRL", "month")),
        ("$120K/yr - $220K/yr", (120000, 220000, None, "year")),
        ("£28,500 pro rata", (28500, 28500, "GBP", None)),
        ("The stipend for this apprenticeship is $8,000 per month", (8000, 8000, None, "month")),
        # without any sign a label or a period makes it pay
        ("Salary range: 100,000 - 120,000", (100000, 120000, None, None)),
        ("Salary 45000", (45000, 45000, None, None)),
    ],
)
def test_pay_is_read_as_it_is_written(text, pay):
    assert one(text) == pay


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Salary: competitive",
        "Learning stipend of $1,500 per year",
        "$500 per month wellness stipend",
        "We raised $40M in Series B",
        "Our revenue grew to $3B last year",
        "401(k) match up to $5,000 a year",
        "403(b) with a 4 % match",
        "Sign-on bonus of $5,000",
        "Relocation allowance of €3,000",
        "You will manage a budget of $2,000,000 per annum",
        "Price: $49 per month",
        "40 hours per week",
        "We work 32 - 40 hours a week",
        "a team of 100 - 150 people",
        "A company of 100 - 150 employees",
        "between 10 and 12 months",
        "a 12-week programme",
        "We serve 10,000 - 11,000 customers monthly",
        "Posted 2026-11-24, reference 12345",
        "call 555-123-4567 before 17:30",
        "since 1998 - 2003",
        "https://kiln.example/$90000",
        "交通費 5,000円",
    ],
)
def test_other_money_and_other_numbers_are_no_pay(text):
    assert read(text) == ()


def test_the_weeks_of_an_internship_are_not_its_pay():
    text = (
        "You stay for 12 weeks of 38 hours, with 3 masters at your side. More words follow here. "
        "This apprenticeship pays $9,400 monthly."
    )
    assert one(text) == (9400, 9400, None, "month")


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("4 days per week$78k - $120k", (78000, 120000)),
        ("Early shift$27 per hour", (27, 27)),
        ("Night shift$8k", (8000, 8000)),
    ],
)
def test_pay_glued_to_the_tag_before_it_is_read_without_the_tag(text, amounts):
    (pay,) = read(text)
    assert (pay.min, pay.max) == amounts
    assert pay.raw.startswith("$")
    assert pay.period == ("hour" if "per hour" in text else None)


@pytest.mark.parametrize(
    "text",
    [
        "Base salary $80,000, OTE $140,000",
        "OTE: $140,000 ($80,000 base)",
        "On-target earnings of $140,000; base pay $80,000",
    ],
)
def test_base_pay_comes_before_pay_on_target(text):
    assert [pay.min for pay in read(text)] == [80000, 140000]


def test_every_zone_of_a_posting_is_given():
    text = (
        "Salary ranges\nVienna: €60,000 - €70,000\nGraz: €52,000 - €61,000\nLinz: €50,000 - €59,000"
    )
    assert [pay[:2] for pay in told(text)] == [(60000, 70000), (52000, 61000), (50000, 59000)]


def test_the_same_pay_told_twice_is_given_once_and_as_fully_as_either_says():
    assert told("$90,000 - $99,000\nThe base salary is $90,000 - $99,000 USD per year.") == [
        (90000, 99000, "USD", "year")
    ]


def test_a_bonus_on_top_does_not_change_the_base():
    assert told("$130K base + $20K bonus") == [(130000, 130000, None, None)]


def test_the_amounts_of_a_search_form_are_no_pay():
    assert read("Salary\n$30,000+ $50,000+ $70,000+ $90,000+") == ()


@pytest.mark.parametrize("given", ["USD", "CAD", "AUD", "SGD"])
def test_a_bare_sign_takes_the_source_s_country(given):
    assert one("$90,000 a year", currency=given)[2] == given


@pytest.mark.parametrize(
    ("text", "given", "code"),
    [
        ("$90,000 a year", "EUR", None),  # a dollar is nobody's euro
        ("€90,000 a year", "USD", "EUR"),
        ("CA$90,000 a year", "USD", "CAD"),
        ("$90,000 AUD a year", "USD", "AUD"),
        ("kr 45 000 per month", "NOK", "NOK"),
        ("kr 45 000 per month", "EUR", None),
        ("¥300,000 per month", None, "JPY"),
        ("¥20,000 per month", "CNY", "CNY"),
        ("Salary: 90,000 a year", "SEK", "SEK"),
        ("Salary: 90,000 a year", None, None),
    ],
)
def test_what_the_text_says_beats_what_the_source_means(text, given, code):
    assert one(text, currency=given)[2] == code


def test_raw_is_the_text_between_start_and_end():
    text = "Pay\u00a0range:\u2003$80,000\u00a0–\u00a0$95,000 per\u00a0year, plus lunch"
    (pay,) = read(text)
    assert pay.raw == text[pay.start : pay.end] == "$80,000\u00a0–\u00a0$95,000 per\u00a0year"
    assert pay.provenance == "text"


@pytest.mark.parametrize(
    ("ends", "pay"),
    [
        ((3000, "3500"), (3000, 3500)),
        (("€ 3.000,00", 3500.0), (3000, 3500)),
        ((3500, 3000), (3000, 3500)),
        ((0, 3500), (None, 3500)),
        ((1, 3500), (None, 3500)),
        ((3000, None), (3000, None)),
        ((3000, float("nan")), (3000, None)),
        ((3000, float("inf")), (3000, None)),
    ],
)
def test_a_structured_field_is_read_with_placeholders_left_open(ends, pay):
    found = structured(*ends, "eur", "MONTH")
    assert (found.min, found.max) == pay
    assert (found.currency, found.period, found.provenance) == ("EUR", "month", "structured")


@pytest.mark.parametrize(
    "ends",
    [
        (None, None),
        (0, 0),
        (1, 1),
        ("1", "0"),
        (-5, -1),
        ("", "n/a"),
        (True, True),
        ([], {}),
        ("2-3", None),
        (10**400, -(10**400)),
    ],
)
def test_a_structured_field_of_placeholders_is_no_pay(ends):
    assert structured(*ends, "EUR", "MONTH") is None


def test_a_structured_currency_that_is_no_code_stays_open():
    assert structured(3000, 3500, "Euros", "per-month-salary").currency is None
    assert structured(3000, 3500, None, None).period is None


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("HOUR", "hour"),
        ("ANN", "year"),
        ("per-year-salary", "year"),
        ("1 YEAR", "year"),
        ("2 weeks", "biweek"),
        ("bi-weekly-salary", "biweek"),
        ("per_month", "month"),
        ("Monatlich", "month"),
        ("one-time", "once"),
        ("weeks", "week"),
        ("2 MONTHS", None),
        ("whenever", None),
        ("", None),
        (None, None),
    ],
)
def test_the_period_of_a_field_is_one_of_ours_or_none(word, meaning):
    assert period(word) == meaning


# Laws


MONEY = (
    "$ € £ kr Kč 円 万 k K M lakh LPA - – -- / to upto from between and per hour month 年 a year + , . "
    ": ( ) % \n \u00a0 \u200d salary base OTE bonus stipend 12 1,000 90.000 45'000 400 0 401(k) 12.5 "
    "999999999999999999999 2026-11-24 CHF USD CAD week$ hours 5,-"
)
PIECES = st.sampled_from(MONEY.split(" "))


@settings(max_examples=250, deadline=None)
@given(st.lists(PIECES, max_size=14).map(" ".join) | st.text(max_size=60))
def test_no_text_raises_and_every_pay_lies_where_it_says(text):
    for pay in read(text, currency="USD"):
        assert pay.raw == text[pay.start : pay.end] != ""
        assert pay.min is not None or pay.max is not None
        assert pay.min is None or pay.max is None or 0 < pay.min <= pay.max


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=10).map("".join))
def test_pieces_without_spaces_between_them_never_raise(text):
    for pay in read(text):
        assert pay.raw == text[pay.start : pay.end]


def plain(amount):
    return f"{amount}"


def english(amount):
    return f"{amount:,}"


def german(amount):
    return f"{amount:,}".replace(",", ".")


def swiss(amount):
    return f"{amount:,}".replace(",", "'")


def french(amount):
    return f"{amount:,}".replace(",", "\u202f")


@settings(max_examples=120, deadline=None)
@given(
    st.integers(10_000, 200_000),
    st.integers(0, 90_000),
    st.sampled_from([plain, english, german, swiss, french]),
    st.sampled_from(["-", " - ", " – ", " to ", "\u00a0\u200d–\u200d\u00a0", " bis "]),
    st.sampled_from(sorted(currencies.CODES - {"RUB", "ALL"})),
)
def test_formatted_amounts_read_back(low, more, written, joint, code):
    text = f"Salary: {code} {written(low)}{joint}{written(low + more)} per year"
    (pay,) = read(text)
    assert (pay.min, pay.max, pay.currency, pay.period) == (low, low + more, code, "year")


PROSE = "clay wheel glaze kiln potters throw fire wedge we and the with care"
WORDS = st.lists(st.sampled_from(PROSE.split()), max_size=12).map(" ".join)


@settings(max_examples=80, deadline=None)
@given(
    WORDS,
    WORDS,
    st.sampled_from(
        [
            "$80,000 - $95,000 per year",
            "Pay: €22.50/hour",
            "base salary of $90k",
            "CHF 90'000 yearly",
        ]
    ),
)
def test_prose_around_pay_does_not_change_it(before, after, stated):
    assert told(f"{before}.\n{stated}.\n{after}.") == told(stated)


@pytest.mark.slow
def test_a_long_text_costs_what_its_length_costs():
    text = "We throw clay for 12 weeks, 40 hours each, in 3 kilns. " * 2000
    assert told(text + "It pays $9,400 monthly.") == [(9400, 9400, None, "month")]


@pytest.mark.parametrize(
    ("text", "given", "pay"),
    [
        ("45 000 – 55 000 € brut/an", None, (45000, 55000, "EUR", "year")),
        ("od 8 500 do 10 000 PLN netto + VAT / mies.", None, (8500, 10000, "PLN", "month")),
        ("42 000–48 000 kr/mån", "SEK", (42000, 48000, "SEK", "month")),
        ("från 32 000 SEK i månaden", None, (32000, None, "SEK", "month")),
        ("1.600 - 1.900 € netti mensili", None, (1600, 1900, "EUR", "month")),
        ("₹1.2 Cr - ₹1.5 Cr", None, (12000000, 15000000, "INR", None)),
        ("AU$120k + super", None, (120000, 120000, "AUD", None)),
        ("KES 150,000 gross", None, (150000, 150000, "KES", None)),
        ("Full-timeRemote$95,000 - $115,000 a yearApply", "USD", (95000, 115000, "USD", "year")),
        ("minimum salary €2.100 (KV), overpay possible", None, (2100, None, "EUR", None)),
        ("mindestens EUR 3.400,- brutto/Monat (14x)", None, (3400, None, "EUR", "month")),
        ("$40\u200b,000 - $50\u200b,000", "USD", (40000, 50000, "USD", None)),
        ("TEUR 60-70", None, (60000, 70000, "EUR", None)),
        ("60-70 TEUR", None, (60000, 70000, "EUR", None)),
        ("Minimum salary: $50,000 Maximum salary: $70,000", "USD", (50000, 70000, "USD", None)),
        ("Salary Min $60,000 Salary Max $80,000", "USD", (60000, 80000, "USD", None)),
        ("11,65 € brut de l'heure", None, (11.65, 11.65, "EUR", "hour")),
        ("до 150 000 ₽", None, (None, 150000, "RUB", None)),
        ("Remote$85kFull-time", "USD", (85000, 85000, "USD", None)),
        ("$95 - 120k", "USD", (95000, 120000, "USD", None)),
        ("Fr. 5'200.– bis 5'800.– pro Monat", None, (5200, 5800, "CHF", "month")),
        ("jusqu'à 42 k€ bruts annuels", None, (None, 42000, "EUR", "year")),
        ("à partir de 1 801,80 € brut mensuel", None, (1801.8, None, "EUR", "month")),
        ("38-45 k€", None, (38000, 45000, "EUR", None)),
        ("tussen €2800,- en €3400,- bruto per maand", None, (2800, 3400, "EUR", "month")),
        ("年薪30万-50万元", None, (300000, 500000, "CNY", "year")),
        ("연봉 4,000만원 ~ 6,000만원", None, (40000000, 60000000, "KRW", "year")),
        ("15 – 20 LPA", "INR", (1500000, 2000000, "INR", "year")),
        ("$2,400 per 14 days", "USD", (2400, 2400, "USD", "biweek")),
        ("TJM 500€", None, (500, 500, "EUR", "day")),
        (
            "Our clients manage $2B-$5B; your base is $110,000 - $130,000.",
            "USD",
            (110000, 130000, "USD", None),
        ),
        ("Wage: $21/hour plus $3/hour shift differential", "USD", (21, 21, "USD", "hour")),
        ("Visa sponsorship$120k – $150k0.5% – 1%", "USD", (120000, 150000, "USD", None)),
        ("1.200€/mes x 14 pagas", None, (1200, 1200, "EUR", "month")),
        ("15 - 20 triệu VND", None, (15000000, 20000000, "VND", None)),
        ("8-12K·14薪", "CNY", (8000, 12000, "CNY", None)),
        ("NT$40,000~60,000/月", None, (40000, 60000, "TWD", "month")),
        ("R$ 8.000 a R$ 10.000 por mês", None, (8000, 10000, "BRL", "month")),
        ("$25.000 a $30.000 MXN mensuales", None, (25000, 30000, "MXN", "month")),
        ("월급 250만원 이상", None, (2500000, None, "KRW", "month")),
        ("no 1200 līdz 1500 EUR", None, (1200, 1500, "EUR", None)),
        ("€1.800 alle 14 Tage", None, (1800, 1800, "EUR", "biweek")),
        ("50-70k/year EUR", None, (50000, 70000, "EUR", "year")),
        ("SeniorUSD 140,000 – 160,000", None, (140000, 160000, "USD", None)),
        ("circa £45k", None, (45000, 45000, "GBP", None)),
        ("£45k + car allowance", None, (45000, 45000, "GBP", None)),
        ("зарплата від 25000 грн/міс", None, (25000, None, "UAH", "month")),
        ("£28,500 rising to £33,000", None, (28500, 33000, "GBP", None)),
        ("BZ: EUR 13,50/Std.", None, (13.5, 13.5, "EUR", "hour")),
    ],
)
def test_pay_is_read_in_the_ways_of_many_countries(text, given, pay):
    assert told(text, currency=given)[0] == pay


@pytest.mark.parametrize(
    "text",
    [
        "average deal size $50k-$100k",
        "deals ranging from €30k to €200k",
        "budget responsibility €2-5 Mio",
        "příspěvek na stravování 2 000 Kč měsíčně",
        "relocation package up to $7,500",
        "a $500 hiring bonus after 90 days",
        "rent from £900 per month nearby",
        "invoice volumes between $10,000 and $50,000",
        "houses from $300,000 to $500,000",
        "Bußgelder von 500 bis 1.000 Euro",
        "prime annuelle de 1000€ à 2000€",
        "budżet szkoleniowy 3000 zł rocznie",
        "friskvårdsbidrag 5 000 kr per år",
        "Weiterbildungsbudget von 1.500 € pro Jahr",
        "contracts worth €100k-€1M",
        "Zuschuss zum Deutschlandticket von 49 € monatlich",
        "reiskostenvergoeding €0,23 per km",
        "Expected hours: 30 – 40 per week",
        "our product costs $50 - $100 per user per month",
        "売上高100億円",
        "stravenky 120 Kč/den",
        "ARR grew from $1M to $10M in a year",
        "up to 12% annual bonus ($8,000–$12,000)",
    ],
)
def test_what_a_firm_earns_grants_or_charges_is_no_pay(text):
    assert told(text, currency="USD") == []


def test_what_nobody_sees_in_an_amount_stays_in_its_raw_text():
    text = "Pay:\u200b $\u206040\u200b,000 a year"
    (pay,) = read(text, currency="USD")
    assert (pay.min, pay.raw) == (40000, "$\u206040\u200b,000 a year")
    assert text[pay.start : pay.end] == pay.raw


@pytest.mark.parametrize(
    ("text", "otherwise"),
    [
        ("Pay: $27.02 to $48.55 per hour.", "$27.02 to $48.55 per hour"),
        ("We pay $60,000 - $98,000 a year.", "$60,000 - $98,000 a year"),
        ("We pay $54,000 - $98,000 a year.", ""),
        ("From $54,000 a year.", ""),  # leaves an end open
        ("Zone 1: $60,000 a year. Zone 2: $70,000 a year.", ""),
        ("You work with kilns.", ""),
    ],
)
def test_a_field_s_pay_counts_and_keeps_what_the_text_says_otherwise(text, otherwise):
    field = structured(54000, 98000, "USD", "YEAR")
    assert of(field, text) == replace(field, otherwise=otherwise)


def test_without_a_field_the_pay_is_the_text_s():
    assert of(None, "Pay: €20 an hour") == read("Pay: €20 an hour")[0]
    assert of(None, "You work with kilns.") is None
