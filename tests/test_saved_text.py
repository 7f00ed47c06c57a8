"""Postings saved as plain text: from an aggregator with others below, from a company's page twice."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.pages.prose import offices, once, without_mark
from crawler.pages.saved_text import read

NOW = datetime(2026, 11, 2, 7, 0, tzinfo=UTC)
TITLE = "Autumn Glazing Apprentice (Stoneware, Raku & Majolica)"
BODY = (
    "Who We Are Half the valley eats from our plates. We fire each of them twice and "
    "glaze them by hand. It lasts 12 weeks at 38 hours a week. Your Days Mix "
    "glazes, stack kilns, keep notes... and sweep. Why Kiln? Lunch at 12:30 and a $500 tool "
    "allowance. What We Pay This apprenticeship pays $3,150 monthly. Come In All are "
    "welcome. #K-20417-Zyxwvut Kiln & Sons"
)
TAIL = """\
- ...of the trade, seeks Throwers with... ...wheels, trimming tools. Our... ..., handles, and lids, too... ...Sieve slips of iron, ash, and...ApprenticeshipGlazeImmediate start
- ...and cheerful crew of potters, glazers,... ...fires with gas and with wood... ...Student of ceramics...ApprenticeshipFor studentsWork at studio
$48k - $61k
...of clay dug by the lake... ...firing plans, kiln design, slips... ...~ A trade certificate or...GlazeFor studentsMonday to FridayFlexible hours4 days per week$52.5k - $70.25k
...vases, tiles, chimney pots... ...Kiln Engineer, Gas and Electric... ...apply by letter (not on our...GlazeRemote work$64k - $71k
...) fires stoneware that... ...Helpful: a course in Ceramics,...Full timeContract workRemote work- ...cracked pots. Fire test tiles, then... ...). Some studio... ...above all raku...GlazeVisa sponsorship
$31 per hour
...praise of clay... ...wants Glazing apprentices in three studios...ApprenticeshipHourly payWork at studio2 days per week- ...Tilery's old chapel floors...H2b
$4k
A small tilery wants a Glazer for a chapel floor. Bring steady hands and...ApprenticeshipFull time
- ...potters gather (e.g., at the wheel)... ...Bring a kiln. 2 winters of... ...
Set up a job alert
Get new vacancies by e-mail
- glazing part time Gmunden
- kiln jobs Gmunden $90,000 - $99,000
"""
PAGE = f"{TITLE}\n{BODY}\n{TAIL}"


def amounts(pay):
    return pay and (pay.min, pay.max, pay.currency, pay.period)


def posting(saved, **known):
    (found,), _ = read(saved, now=NOW, **known)
    return found


def test_an_aggregators_posting_has_its_own_pay_and_body_only():
    found = posting(PAGE)
    assert found.title == TITLE
    assert amounts(found.salary) == (3150, 3150, None, "month")
    assert found.body.startswith("Who We Are Half the valley")
    assert found.body.endswith("All are welcome.")


def test_the_resellers_mark_names_the_employer_where_nobody_else_does():
    assert posting(PAGE).organization == "Kiln & Sons"
    assert posting(PAGE, organization="The Kilns").organization == "The Kilns"


def test_the_currency_of_a_bare_sign_is_the_callers_to_say():
    found, snippets = read(PAGE, now=NOW, currency="CAD")
    assert amounts(found[0].salary) == (3150, 3150, "CAD", "month")
    assert {snippet.salary.currency for snippet in snippets if snippet.salary} == {"CAD"}


def test_each_other_vacancy_is_a_snippet_with_its_own_pay():
    _, snippets = read(PAGE, now=NOW)
    told = [(snippet.body[:14], amounts(snippet.salary)) for snippet in snippets]
    assert told == [
        ("...of the trad", None),
        ("...and cheerfu", None),
        ("...of clay dug", (48000, 61000, None, None)),
        ("...vases, tile", (52500, 70250, None, None)),
        ("...) fires sto", (64000, 71000, None, None)),
        ("...cracked pot", None),
        ("...praise of c", (31, 31, None, "hour")),
        ("...Tilery's ol", None),
        ("A small tilery", (4000, 4000, None, None)),
        ("...potters gat", None),
    ]


def test_each_other_vacancy_has_its_own_tags():
    _, snippets = read(PAGE, now=NOW)
    assert [snippet.tags for snippet in snippets] == [
        ("Apprenticeship", "Glaze", "Immediate start"),
        ("Apprenticeship", "For students", "Work at studio"),
        ("Glaze", "For students", "Monday to Friday", "Flexible hours", "4 days per week"),
        ("Glaze", "Remote work"),
        ("Full time", "Contract work", "Remote work"),
        ("Glaze", "Visa sponsorship"),
        ("Apprenticeship", "Hourly pay", "Work at studio", "2 days per week"),
        ("H2b",),
        ("Apprenticeship", "Full time"),
        (),
    ]
    assert {snippet.title for snippet in snippets} == {""}


def test_pay_is_read_without_the_tag_it_is_glued_to():
    _, snippets = read(PAGE, now=NOW)
    assert snippets[3].salary.raw == "$52.5k - $70.25k"


def test_nothing_after_the_offer_to_subscribe_is_a_vacancy():
    _, snippets = read(PAGE, now=NOW)
    assert not any("90,000" in snippet.body or "part time" in snippet.body for snippet in snippets)


def test_a_posting_that_states_no_pay_gets_none_of_the_others():
    silent = PAGE.replace("This apprenticeship pays $3,150 monthly.", "It is fair.")
    assert posting(silent).salary is None


@pytest.mark.parametrize(
    "mark", ["Similar jobs", "Ähnliche Stellen", "Offres similaires:", "People also viewed"]
)
def test_a_headline_begins_the_others(mark):
    saved = f"{TITLE}\nWe glaze pots.\n{mark}\nThrower\n$90,000 - $99,000 a year"
    (found,), snippets = read(saved, now=NOW)
    assert (found.body, found.salary, snippets) == ("We glaze pots.", None, ())


COMPANY = """\
As a glazer you will glaze plates and bowls at Kiln & Sons, in our studio by the lake, all autumn long.
Your days:
Mix glazes and keep notes
Stack the kilns
This place pays $2,900-$3,100 monthly.
#TB-1"""


@pytest.mark.parametrize(
    "between",
    ["", f"Share this posting\nApply here\n{TITLE}\n", "Apply now\n", "\n\n"],
)
def test_a_company_page_saved_with_its_text_twice_is_kept_once(between):
    found = posting(f"{TITLE}\n{COMPANY}\n{between}{COMPANY}\n")
    assert found.body == COMPANY
    assert amounts(found.salary) == (2900, 3100, None, "month")


def test_a_company_page_has_no_others():
    assert read(f"{TITLE}\n{COMPANY}", now=NOW)[1] == ()


def test_dots_in_ones_own_text_begin_no_vacancies():
    text = f"{TITLE}\nWe throw... and fire... and glaze...\n- ...and sweep\nPay: $20 per hour"
    (found,), snippets = read(text, now=NOW)
    assert found.body.count("\n") == 2
    assert (amounts(found.salary), snippets) == ((20, 20, None, "hour"), ())


def test_the_id_is_the_links_path_or_a_slug_of_employer_and_title():
    assert posting(f"{TITLE}\n{COMPANY}", organization="Kiln").id == (
        "kiln-autumn-glazing-apprentice-stoneware-raku-majolica"
    )
    assert posting(COMPANY, url="https://kiln.example/jobs/7?utm_source=x").id == "/jobs/7"


@pytest.mark.parametrize("nothing", ["", "\n \n\t\n", "\ufeff"])
def test_an_empty_text_gives_nothing(nothing):
    assert read(nothing, now=NOW) == ((), ())


def test_a_title_alone_is_a_posting_without_a_body():
    found = posting("\ufeffGlazer\u202e\n")
    assert (found.id, found.title, found.body) == ("glazer", "Glazer", "")


# The parts


@pytest.mark.parametrize(
    ("body", "kept", "named"),
    [
        ("We fire. #K-20417-Zyxwvut Kiln & Sons", "We fire.", "Kiln & Sons"),
        ("We fire. #K-20417-Zyxwvut", "We fire.", None),
        ("We fire.\n#K-20417-Zyxwvut Kiln\n", "We fire.", "Kiln"),
        (
            "We fire #K-20417-Zyxwvut pots.\nAnd glaze.",
            "We fire #K-20417-Zyxwvut pots.\nAnd glaze.",
            None,
        ),
        ("#LI-REMOTE", "#LI-REMOTE", None),
    ],
)
def test_a_resellers_mark_is_taken_off_the_end(body, kept, named):
    assert without_mark(body) == (kept, named)


def test_a_body_that_begins_twice_but_goes_on_otherwise_stays_whole():
    start = "We fire pots in three kilns and glaze them by hand, every day of the week but Sunday. "
    body = (
        start
        + "Then we rest."
        + start
        + "Then we throw the next ones, trim them, dry them, and so on."
    )
    assert once(body) == body


def test_a_refrain_does_not_hide_that_the_whole_was_printed_twice():
    verse = "Wedge it, throw it, trim it, fire it. " * 5 + "\nThen rest.\n"
    assert once(verse + "Apply\n" + verse) == verse.rstrip()


def test_several_offices_named_in_a_sentence_are_places():
    found = offices("Work hybrid in our Gmunden, Bad Ischl, or Linz offices.")
    assert [place.name for place in found] == ["Gmunden", "Bad Ischl", "Linz"]
    assert offices("one of our Kiln offices") == ()


# Laws

LINES = st.sampled_from(
    [
        TITLE,
        COMPANY,
        *TAIL.split("\n"),
        "- ",
        "...",
        "- ...a... ...b...C",
        "$1",
        "$9k",
        "…x… …y…Z-",
        "",
        "a" * 90,
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=9).map("\n".join) | st.text(max_size=80))
def test_no_text_raises_and_no_snippet_is_empty(saved):
    postings, snippets = read(saved, now=NOW)
    assert len(postings) <= 1
    assert all(snippet.body for snippet in snippets)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(20, 99), min_size=3, max_size=12))
def test_any_number_of_vacancies_keep_their_pay_in_order(rates):
    cards = [
        f"${rate} per hour\n...clay is... ...thrown here...Hourly payFull time" for rate in rates
    ]
    saved = f"{TITLE}\n{BODY}\n" + "\n".join(cards) + "\nSubscribe now"
    (found,), snippets = read(saved, now=NOW)
    assert found.salary.min == 3150
    assert [snippet.salary.min for snippet in snippets] == rates
