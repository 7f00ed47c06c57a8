from dataclasses import replace

import pytest
from visits import TEXT, posting

from crawler.items import Place, Salary
from monitor.attribution import Rereading, attributed

BEFORE = posting(
    "1",
    salary=Salary(40_000, 50_000, "EUR", "year", raw="€40,000 to €50,000"),
    places=(Place("Brest"),),
    valid_through="2027-04-30",
    valid_through_raw="30 April",
    department="Optics",
    body=f"{TEXT}\nWe pay €40,000 to €50,000.\nApply by 30 April.",
)


def pay(low, high, raw, **fields):
    return Salary(low, high, "EUR", "year", raw=raw, **fields)


def told(**fields):
    return [change.field for change in changed(replace(BEFORE, **fields))]


def changed(after):
    others = {name: Rereading(BEFORE, BEFORE, same=False) for name in "23"}
    return attributed({"1": Rereading(BEFORE, after, same=False)} | others)["1"]


@pytest.mark.parametrize(
    "page",
    [
        {"salary": pay(44_000, 52_000, "€44,000 to €52,000"), "body": f"{TEXT}\nNew."},
        {"salary": pay(40_000, 60_000, "€40,000 to €60,000"), "body": f"{TEXT}\nNew."},
        {"places": (Place("Lorient"),)},
        {"title": "Prism Polisher"},
        {"department": "Mechanics"},
        {"valid_through": "2027-05-15", "valid_through_raw": "15 May", "body": TEXT},
    ],
)
def test_a_value_whose_words_are_gone_for_words_that_are_new_is_told(page):
    assert told(**page) == [next(iter(page))]


@pytest.mark.parametrize(
    "reading",
    [
        {"salary": pay(40_000, None, "€40,000")},  # less of the same words
        {"salary": pay(480_000, 600_000, "€40,000 to €50,000")},  # the same words, read otherwise
        {"salary": pay(45_000, 55_000, "45000 EUR YEAR", provenance="structured")},
        {"salary": pay(3_000, 3_500, "€3,000 to €3,500")},  # the old pay still stands in the text
        {"salary": pay(45_000, 55_000, "")},
        {"salary": None},
        {"places": (Place("Brest"), Place("Lorient"))},
        {"places": (Place("Brest, FR"), Place("Lorient"))},
        {"places": ()},
        {"title": "Senior Lens Grinder"},
        {"department": None},
        {"valid_through": "2028-04-30"},
        {"valid_through": "2027-05-15", "valid_through_raw": None},
        {"remote": "hybrid"},
        {"requirements": ("BS",)},
        {"employment_types": ("INTERN",)},
        {"apply_url": "https://apply.example/1", "url": "https://tidewater.example/1"},
    ],
)
def test_a_value_that_another_version_may_have_found_on_the_same_page_is_not_told(reading):
    assert told(**reading) == []


def test_of_a_text_only_passages_with_new_words_for_old_ones_are_told():
    body = BEFORE.body.replace("lighthouses", "telescopes").replace("\nWe pay", " We pay")
    after = replace(BEFORE, body=f"Menu\n{body}\nImprint")
    (change,) = changed(after)
    ((passage,), note) = change.after, change.note
    assert (passage["kind"], note) == ("reworded", "1 reworded")
    assert ("lighthouses" in passage["before"], "telescopes" in passage["after"]) == (True, True)


def test_a_text_that_another_version_cuts_otherwise_is_not_told():
    joined = BEFORE.body.replace("\n", " ")
    assert told(body=joined) == told(body=TEXT) == told(body="") == []


def several(*afters, same=0):
    """Say which fields of each posting are told, when the first so many pages are the same."""
    rereadings = {
        str(number): Rereading(BEFORE, after, same=number < same)
        for number, after in enumerate(afters)
    }
    return [[one.field for one in found] for found in attributed(rereadings).values()]


MOVED = replace(BEFORE, places=(Place("Lorient"),))


def test_a_field_read_otherwise_on_a_page_that_is_the_same_is_in_doubt_on_all():
    assert several(BEFORE, MOVED, BEFORE, same=1) == [[], ["places"], []]
    assert several(MOVED, MOVED, BEFORE, same=1) == [[], [], []]


def test_a_field_read_otherwise_in_half_of_three_or_more_postings_is_in_doubt():
    assert several(MOVED, MOVED, BEFORE) == [["places"], ["places"], []]
    assert several(MOVED, MOVED, MOVED, *[BEFORE] * 3) == [[]] * 6
    assert several(MOVED, MOVED, MOVED, *[BEFORE] * 4) == [["places"]] * 3 + [[]] * 4


def test_where_too_few_postings_are_read_again_every_field_is_in_doubt():
    assert several(MOVED) == [[]]
    assert several(MOVED, BEFORE) == [[], []]


def test_a_field_in_doubt_is_told_where_the_text_itself_has_other_words():
    body = BEFORE.body.replace("€40,000 to €50,000", "€44,000 to €52,000")
    raised = replace(BEFORE, salary=pay(44_000, 52_000, "€44,000 to €52,000"), body=body)
    other = replace(raised, body=TEXT)
    assert several(raised, raised, raised) == [["salary", "body"]] * 3
    assert several(raised) == [["salary", "body"]]
    assert several(other, other, other) == [[]] * 3
