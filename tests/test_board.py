from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.items import Salary, Source
from crawler.pages import board

NOW = datetime(2026, 11, 2, 7, 0, tzinfo=UTC)
SOURCE = Source("loom", "greenhouse", board="loom", organization="Loom & Daughters", currency="GBP")


def posting(**fields):
    given = {"id": 7, "title": "Weaver", "body": "Weave."} | fields
    return board.posting(SOURCE, NOW, **given)


def band(low, high, currency="USD", period="year"):
    return Salary(low, high, currency, period, raw=f"{low}-{high}", provenance="structured")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("a", 0, "b"), 1),
        (("a", -1, "b"), 2),
        (("a", 9, "b"), None),
        (("a", "0"), None),
        (("x", "y"), None),
        ((), {"a": [{"b": 1}, {"b": 2}]}),
    ],
)
def test_digging_gives_the_value_or_nothing(path, value):
    assert board.dig({"a": [{"b": 1}, {"b": 2}]}, *path) == value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (" Weaver\u200b \n II ", "Weaver II"),
        (4711, "4711"),
        ("", None),
        ("\u200b", None),
        (None, None),
        (True, None),
        (["a"], None),
        ({"a": 1}, None),
    ],
)
def test_a_word_is_clean_text_or_nothing(value, words):
    assert board.word(value) == words


@pytest.mark.parametrize("typed", ["TBD", "See Opening ID", "n/a", " - ", "", None, [], "None"])
def test_what_people_type_for_no_requisition_is_none(typed):
    assert board.requisition(typed) is None
    assert board.requisition("R-118") == "R-118"


@pytest.mark.parametrize("missing", [{"id": None}, {"id": ""}, {"title": None}, {"title": " "}])
def test_a_row_without_id_or_title_is_no_posting(missing):
    assert posting(**missing) is None


def test_an_id_stays_as_it_is_written():
    assert posting(id="aB-09").id == "aB-09"
    assert posting(id=4700123004).id == "4700123004"


def test_links_lose_tracking_and_other_schemes_are_dropped():
    read = posting(
        url="https://Loom.example/jobs?gh_jid=7&gh_src=x1", apply_url="javascript:apply(7)"
    )
    assert (read.url, read.apply_url) == ("https://loom.example/jobs?gh_jid=7", None)


def test_the_source_s_name_stands_in_for_an_organization():
    assert posting().organization == "Loom & Daughters"
    assert posting(organization=" Loom Ltd ").organization == "Loom Ltd"


def test_one_band_is_the_pay_and_repeats_of_it_change_nothing():
    assert posting(pay=[band(50000, 60000)]).salary == band(50000, 60000)
    assert posting(pay=[band(50000, 60000)] * 3).salary == band(50000, 60000)


@pytest.mark.parametrize(
    "other", [band(45000, 52000), band(50000, 60000, "EUR"), band(50000, 60000, period="month")]
)
def test_several_bands_are_no_single_one_even_when_the_text_repeats_one(other):
    read = posting(pay=[band(50000, 60000), other], body="In Leeds: $50,000 - $60,000 a year.")
    assert read.salary is None


def test_only_where_no_field_states_pay_the_text_does():
    text = "Pay: £31,000 - £34,500 per year."
    read = posting(body=text).salary
    assert (read.min, read.max, read.currency, read.provenance) == (31000, 34500, "GBP", "text")
    assert posting(body=text, pay=[band(1500, 1800)]).salary.min == 1500


def test_dates_keep_the_words_they_came_from():
    read = posting(date_posted="2026-10-01T09:00:00-04:00", valid_through="2026-12-01")
    assert read.date_posted_raw == "2026-10-01T09:00:00-04:00"
    assert read.valid_through_raw == "2026-12-01"
    assert posting().date_posted_raw is None


JUNK = st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.lists(st.none())
NAMES = ["organization", "department", "requisition_id", "language", "url", "apply_url"]


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), JUNK), JUNK, st.lists(JUNK, max_size=3))
def test_wrong_types_in_fields_never_raise(fields, key, labels):
    read = posting(id=key, labels=labels, **fields)
    assert read is None or read.id
