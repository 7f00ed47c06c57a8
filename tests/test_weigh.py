from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Place, Posting, Salary, plain
from monitor.events import Change
from monitor.weigh import changes, heaviest

BASE = Posting(
    "77",
    "Software Engineer, Backend",
    organization="Tidewater Optics",
    places=(Place("Hull"), Place("Leith")),
    remote="hybrid",
    employment_types=("FULL_TIME", "CONTRACTOR"),
    department="Lamps",
    salary=Salary(40_000, 50_000, "GBP", "year"),
    date_posted="2027-03-01",
    date_updated="2027-03-02T08:00:00Z",
    valid_through="2027-04-30",
    start_date="2027-06-01",
    requirements=("MS", "PhD"),
    body="Grind lenses for lighthouses.\nBring a lathe.",
    url="https://tidewater.example/roles/77",
    apply_url="https://apply.example/tidewater/77?ref=a",
)


def change_of(**fields):
    found = changes(BASE, replace(BASE, **fields))
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "  software engineer -\u00a0BACKEND "},
        {"organization": "TIDEWATER OPTICS"},
        {"department": "\u201cLamps\u201d"},
        {"places": (Place("Leith"), Place("Hull"))},
        {"employment_types": ("CONTRACTOR", "FULL_TIME")},
        {"requirements": ("PhD", "MS")},
        {"date_updated": "2027-03-09T08:00:00Z"},
        {"date_posted": "2027-03-09", "date_posted_raw": "3 days ago"},
        {"url": "https://www.tidewater.example/en/roles/77?utm_source=x"},
        {"apply_url": "https://apply.example/tidewater/77/apply?gh_src=b"},
        {"valid_through": "2027-04-30T23:59:00+01:00"},
        {
            "body": "Bring a lathe\u2026\nGrind lenses for light-houses.".replace(
                "light-h", "lighth"
            )
        },
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_what_is_cosmetic_is_nothing_at_all(fields):
    after = replace(BASE, **fields)
    assert changes(BASE, after) == changes(after, BASE) == ()


@pytest.mark.parametrize(
    ("field", "value", "weight", "fact"),
    [
        ("salary", Salary(44_000, 55_000, "GBP", "year"), "material", "raised"),
        ("salary", None, "material", "vanished"),
        ("places", (Place("Hull"), Place("Leith"), Place("Oban")), "material", "added"),
        ("places", (Place("Hull"),), "material", "removed"),
        ("places", (Place("Hull"), Place("Oban")), "material", "moved"),
        ("places", (), "material", "vanished"),
        ("remote", "onsite", "material", None),
        ("remote", None, "material", "vanished"),
        ("requirements", ("PhD",), "material", "narrowed"),
        ("requirements", ("BS", "MS", "PhD"), "material", "widened"),
        ("requirements", (), "material", "vanished"),
        ("valid_through", "2027-05-15", "material", "moved later"),
        ("valid_through", "2027-04-15T12:00:00Z", "material", "moved earlier"),
        ("valid_through", None, "material", "vanished"),
        ("start_date", "2027-05", "material", "moved earlier"),
        ("employment_types", ("PART_TIME",), "material", None),
        ("title", "Senior Software Engineer, Backend", "material", "role changed"),
        ("title", "Software Engineer II, Backend", "material", "role changed"),
        ("title", "Software Engineer, Backend (Intern)", "material", "role changed"),
        ("title", "Keeper of Lamps and Tides", "material", "another title"),
        ("title", "Software Engineer, Backend and Lamps", "minor", "reworded"),
        ("department", "Lenses", "minor", None),
        ("department", None, "minor", "vanished"),
        ("organization", "Tidewater Lamps", "minor", None),
        ("apply_url", "https://other-system.example/77", "minor", "moved"),
        ("body", "Grind large lenses for lighthouses.\nBring a lathe.", "minor", "reworded"),
    ],
)
def test_every_field_has_its_weight_and_fact(field, value, weight, fact):
    change = change_of(**{field: value})
    assert (change.field, change.weight, change.fact) == (field, weight, fact)


@pytest.mark.parametrize(
    ("title", "note"),
    [
        ("PhD Software Engineer, Backend", "added phd"),
        ("Software, Backend", "dropped engineer"),
        ("Software Architect, Backend", "engineer → architect"),
    ],
)
def test_a_title_that_asks_for_somebody_else_says_whom(title, note):
    assert change_of(title=title).note == note


def test_values_are_ready_for_json():
    change = change_of(places=(Place("Oban", country="GB"),))
    assert (change.before, change.after) == (["Hull", "Leith"], ["Oban"])
    change = change_of(salary=Salary(44_000, 50_000, "GBP", "year"))
    assert (change.before["min"], change.after["min"]) == (40_000, 44_000)
    assert plain(change.after) == change.after


def test_a_deadline_that_appears_is_material():
    bare = replace(BASE, valid_through=None)
    (change,) = changes(bare, BASE)
    assert (change.weight, change.fact, change.after) == ("material", "appeared", "2027-04-30")


def test_a_start_in_words_is_compared_where_there_is_no_date():
    summer = replace(BASE, start_date=None, start_date_raw="Summer 2027")
    fall = replace(summer, start_date_raw="Fall 2027")
    (change,) = changes(summer, fall)
    assert (change.field, change.weight, change.after) == ("start_date", "material", "Fall 2027")
    assert changes(summer, replace(summer, start_date_raw="SUMMER  2027")) == ()


@pytest.mark.parametrize(
    ("before", "after", "fact"),
    [
        ("2026-09", "2026-09-21", "same"),
        ("2026-09-21", "2026-09", "same"),
        ("2026-09", "2027-09-20", "moved later"),
        ("Winter 2026", "Summer 2027", None),
        ("2026-09", "Summer 2027", None),
        (None, "Summer 2027", "appeared"),
    ],
)
def test_a_season_is_no_date_and_a_closer_date_is_the_same_start(before, after, fact):
    found = changes(replace(BASE, start_date=before), replace(BASE, start_date=after))
    assert [change.fact for change in found] == ([] if fact == "same" else [fact])


def test_the_same_role_in_another_spelling_is_no_other_role():
    senior = replace(BASE, title="Senior Software Engineer, Backend")
    (change,) = changes(senior, replace(senior, title="Sr. Software Engineer, Backend"))
    assert (change.weight, change.fact) == ("minor", "reworded")


@pytest.mark.parametrize(
    ("field", "before", "after", "told"),
    [
        ("eligibility_to_work", "We sponsor visas.", "We can not sponsor visas.", None),
        ("eligibility_to_work", "Bring a lathe.", "You must be a U.S. citizen.", "appeared"),
        ("work_hours", "40 hours a week.", "30 to 35 hours a week.", None),
        ("work_hours", "Full time (40 hours/week).", "Full time.", "vanished"),
        ("office_days", "2 days a week in the office.", "4 days a week in the office.", None),
    ],
)
def test_what_the_text_states_of_terms_is_a_material_field(field, before, after, told):
    old, new = (replace(BASE, body=f"Grind lenses.\n{body}") for body in (before, after))
    change, text = changes(old, new)
    assert (change.field, change.weight, change.fact) == (field, "material", told)
    assert (text.field, text.weight) == ("body", "minor")


def test_a_condition_that_moves_from_the_title_into_the_text_has_not_changed():
    old = replace(BASE, title="Lens Grinder (No Sponsorship)", body="Term: summer")
    new = replace(BASE, title="Lens Grinder", body="Term: summer\nSponsorship: not offered")
    assert [change.field for change in changes(old, new)] == ["title", "body"]


def test_with_a_text_goes_what_it_stated():
    full = replace(BASE, body="We do not sponsor visas.")
    stated, text = changes(full, replace(BASE, body=""))
    assert [(one.field, one.fact) for one in (stated, text)] == [
        ("eligibility_to_work", "vanished"),
        ("body", "vanished"),
    ]


def test_typed_fields_come_before_the_text():
    after = replace(BASE, remote="remote", body="Grind lenses at home.\nBring a lathe.")
    assert [change.field for change in changes(BASE, after)] == ["remote", "body"]


def test_the_heaviest_change_weighs_the_event():
    material, minor, cosmetic = (
        Change("title", "a", "b", weight) for weight in ("material", "minor", "cosmetic")
    )
    assert heaviest([cosmetic, material, minor]) == "material"
    assert heaviest([cosmetic, minor]) == "minor"
    assert heaviest([cosmetic]) == heaviest([]) == "cosmetic"


dates = st.none() | st.sampled_from(
    ["2027-03", "2027-03-04", "2027-03-04T10:00:00Z", "2027-03-04T10:00", "soon", "0001-01-01", ""]
)
words = st.none() | st.sampled_from(["Lamps", "lamps", "La-mps", "Tides", ""])
names = st.sampled_from(["Hull", "HULL", "Leith", ""])
postings = st.builds(
    Posting,
    st.just("1"),
    st.sampled_from(["Grinder", "Senior Grinder", "grinder!", "", "C++"]),
    organization=words,
    places=st.lists(names.map(Place), max_size=3).map(tuple),
    remote=st.sampled_from([None, "remote", "hybrid"]),
    employment_types=st.lists(names, max_size=2).map(tuple),
    department=words,
    salary=st.none() | st.builds(Salary, st.none() | st.integers(1, 9).map(float)),
    valid_through=dates,
    start_date=dates,
    start_date_raw=words,
    requirements=st.lists(names, max_size=2).map(tuple),
    body=st.text(alphabet="ab .\n9", max_size=30),
    url=st.none() | st.sampled_from(["https://a.example/1", "https://[bad", "nothing"]),
)


@given(postings)
def test_a_posting_compared_with_itself_says_nothing(posting):
    assert changes(posting, replace(posting)) == ()


@given(postings, postings)
def test_a_difference_is_seen_from_both_sides(before, after):
    there = [change.field for change in changes(before, after)]
    assert there == [change.field for change in changes(after, before)]


@given(postings, postings)
def test_nothing_is_told_whose_sides_are_equal(before, after):
    for change in changes(before, after):
        assert change.before != change.after


@given(postings, st.randoms(use_true_random=False))
def test_reordering_the_lists_of_a_posting_says_nothing(posting, random):
    other = replace(
        posting,
        places=tuple(random.sample(posting.places, len(posting.places))),
        requirements=posting.requirements[::-1],
        employment_types=posting.employment_types[::-1],
    )
    assert changes(posting, other) == ()
