from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Place, Salary, plain
from monitor import wording


@pytest.mark.parametrize(
    ("salary", "words"),
    [
        (Salary(12_100, 12_100, "USD", "month"), "$12,100 a month"),
        (Salary(60_000, 74_500, "EUR", "year"), "€60,000–€74,500 a year"),
        (Salary(21.5, 26, "CHF", "hour"), "CHF 21.50–CHF 26 an hour"),
        (Salary(50_000, None, "GBP", "year"), "from £50,000 a year"),
        (Salary(None, 900, None, "week"), "up to 900 a week"),
        (Salary(raw="competitive"), "competitive"),
        (Salary(), "not stated"),
    ],
)
def test_pay_reads_as_it_is_said(salary, words):
    assert wording.money(plain(salary)) == words


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ("2026-09-21", "21 Sep 2026"),
        ("2026-09-21T23:59:00-07:00", "21 Sep 2026"),
        ("2026-09", "Sep 2026"),
        ("Summer 2027", "Summer 2027"),
        ("soon\u202e", "soon"),
    ],
)
def test_a_date_is_written_as_far_as_it_is_known(stated, words):
    assert wording.shown_date(stated) == words


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (
            "places",
            [plain(Place("Oban")), plain(Place("Hull")), plain(Place("Oban"))],
            "Oban · Hull",
        ),
        ("employment_types", ["FULL_TIME", "INTERN"], "full-time, intern"),
        ("remote", "onsite", "on site"),
        ("requirements", ["MS", "PhD"], "MS, PhD"),
        ("start_date", None, "not stated"),
        ("places", [], "not stated"),
    ],
)
def test_a_value_is_written_as_its_field_asks(field, value, words):
    assert wording.shown(field, value) == words


@pytest.mark.parametrize(
    ("link", "safe"),
    [
        ("https://acme.example/a b", "https://acme.example/a%20b"),
        ("https://acme.example/a?b=c#d", "https://acme.example/a?b=c#d"),
        ('https://acme.example/"><script>', "https://acme.example/%22%3E%3Cscript%3E"),
        ("mailto:ann@acme.example", "mailto:ann@acme.example"),
        ("javascript:alert(1)", ""),
        ("JAVASCRIPT://acme.example/%0aalert(1)", ""),
        ("data:text/html,x", ""),
        ("//acme.example", ""),
        ("https://[", ""),
        (None, ""),
    ],
)
def test_only_a_link_that_may_be_clicked_is_given(link, safe):
    assert wording.safe_url(link) == safe


def test_an_instant_always_says_its_offset():
    moment = datetime(2026, 3, 1, 7, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    assert wording.moment(moment) == "1 Mar 2026, 07:00 (UTC-03:30)"
    assert wording.moment(moment.astimezone(UTC)) == "1 Mar 2026, 10:30 (UTC+00:00)"


@given(st.text(), st.integers(1, 80))
def test_whatever_a_page_says_becomes_one_line_of_the_length_asked_for(text, limit):
    line = wording.clean(text, limit)
    assert len(line) <= limit
    assert "\n" not in line
    assert wording.clean(line) == line
