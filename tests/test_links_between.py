import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.fields import places
from crawler.items import Place, Posting, Salary, plain
from monitor.links import (
    Link,
    Print,
    boilerplate,
    choose,
    compared,
    containment,
    keys,
    print_from,
    print_of,
    relate,
    shortlist,
)
from monitor.prints import BUCKET, CANDIDATES, company
from monitor.shingles import SKETCH, sketched

NOW = datetime(2026, 11, 1, tzinfo=UTC)

ROLE = """You will grow oysters on the tidal flats and keep the hatchery's pumps alive through the winter.
Each morning you read salinity, temperature and oxygen in forty tanks and write down what you saw.
You repair cages and lines, sort spat by size and carry trays between the nursery and the racks.
With two colleagues you plan the harvest around moon and weather and call it off when fog comes in.
We offer a 10-week summer placement on site in our Rochester, Tucson or Boulder offices.
The pay for this placement is $3,000-$3,200 monthly.
Working towards a Master's or PhD degree in marine biology or a related field.
Ability to work full time from June to August 2025.
You can lift 20 kg, you do not mind mud, and you hold a licence for small boats or want one.
This position is not eligible for relocation assistance."""
FIRM = """Tidewater has farmed the estuary for three generations and belongs to the people who work there.
We welcome every applicant whatever their age, faith, origin or shoe size and judge by merit alone.
Lunch is cooked on the barge each day, boots are provided, and the dog decides who drives the van."""
OTHER = """You will keep the books of a small company, prepare the quarterly statements for the auditors.
You chase invoices with patience, reconcile four bank accounts and explain numbers to boat builders.
Payroll for thirty people is yours from the first day, and so is the quarrel with the tax office.
You bring a diploma in accounting, five years of practice and a liking for spreadsheets that add up."""


def posting(id_="1", **fields):
    stated = {
        "title": "Oyster Hatchery Intern, Nursery & Racks",
        "organization": "Tidewater",
        "places": places.read("Rochester, NY"),
        "body": ROLE,
    }
    return Posting(id=id_, **{**stated, **fields})


def edition(year, **fields):
    stated = {
        "title": f"Oyster Hatchery Intern, Nursery & Racks (Summer {year})",
        "body": ROLE.replace("2025", str(year)),
    }
    return posting(str(year), **{**stated, **fields})


def link(new, old, *, elsewhere=False, since=0, closed=None, common=frozenset()):
    return relate(
        print_of(new),
        print_of(old),
        same_source=not elsewhere,
        seen=NOW,
        since=NOW - timedelta(since),
        closed=None if closed is None else NOW - timedelta(closed),
        common=common,
    )


def said(found):
    return found and (found.kind, found.strong)


# The print.


def test_a_print_holds_what_linking_needs_and_no_more():
    one = print_of(
        posting(
            organization="Tidewater Oyster Co., Inc.",
            title="Sr. Growers & Sorters II (m/w/d), Summer 2027",
            requisition_id="REQ-00412",
            url="https://www.tidewater.example/roles/412?utm_source=x",
            apply_url="https://tidewater.example/roles/412/apply",
            date_posted="2026-10-02T08:00:00+02:00",
            body="Six plain words make two shingles.",
        )
    )
    assert replace(one, sketch=()) == Print(
        employer="tidewater oyster",
        requisition="412",
        links=("tidewater.example/roles/412",),
        title=("grower", "sorter"),
        level=("2", "senior"),
        places=("rochester|NY|US",),
        season="summer",
        year=2027,
        posted="2026-10-02",
        shingles=2,
        length=34,
    )
    assert len(one.sketch) == 2


def test_an_empty_posting_has_an_empty_print_that_is_linked_with_nothing():
    empty = Posting(id="1", title="")
    assert print_of(empty) == Print()
    assert keys(print_of(empty)) == frozenset()
    assert link(empty, replace(empty, id="2"), elsewhere=True) is None
    assert link(empty, replace(empty, id="2"), closed=30, since=60) is None


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Tidewater GmbH & Co. KG", "tidewater"),
        ("Tidewater, Inc.", "tidewater"),
        ("TIDEWATER Careers", "tidewater"),
        ("Careers at Tidewater", "tidewater"),
        ("The Tidewater Company Ltd.", "tidewater"),
        ("Tidewater & Sons S.A.", "tidewater and sons"),
        ("Jobs", "jobs"),
        ("Company", "company"),
        ("", ""),
    ],
)
def test_an_employer_is_known_without_its_legal_form(name, form):
    assert company(name) == form


def test_a_source_s_employer_stands_in_and_a_reseller_s_mark_goes_first():
    assert print_of(posting(organization=None), "Tidewater Ltd").employer == "tidewater"
    marked = posting(organization="Joblake", body=f"{ROLE} #J-40404-Abcdef Tidewater Inc.")
    assert print_of(marked).employer == "tidewater"
    assert print_of(marked).sketch == print_of(posting()).sketch


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Werkstudent (m/w/d) Hafen", ("hafen", "werkstudent")),
        ("Entwickler:in Hafen (all genders)", ("entwickler", "hafen")),
        ("Internship - Tide Models '27", ("intern", "model", "tide")),
        ("Fall 2026 Co-op, Harbour #20481", ("#", "coop", "harbour")),
        ("Lead C++ Developer III", ("+", "c", "developer")),
    ],
)
def test_a_title_is_its_telling_words(title, words):
    assert print_of(posting(title=title)).title == words


@pytest.mark.parametrize(
    ("fields", "term"),
    [
        ({"title": "Intern, Fall 2026"}, ("autumn", 2026)),
        ({"title": "Praktikum Sommer"}, ("summer", 0)),
        ({"title": "Intern", "start_date": "2027-06"}, ("", 2027)),
        ({"title": "Summer Intern", "start_date": "2027-06-01"}, ("summer", 2027)),
        ({"title": "Intern", "start_date": "Autumn 2026"}, ("autumn", 2026)),
        ({"title": "Intern 2500"}, ("", 0)),
    ],
)
def test_season_and_year_are_the_title_s_before_the_start_s(fields, term):
    one = print_of(posting(**fields))
    assert (one.season, one.year) == term


@pytest.mark.parametrize("noise", ["N/A", "general", "TBD", None, ""])
def test_a_requisition_that_names_none_is_none(noise):
    assert print_of(posting(requisition_id=noise)).requisition == ""


def test_links_keep_what_names_the_posting_and_drop_what_is_everybody_s():
    shop = print_of(posting(url="https://tidewater.example/", apply_url="mailto:x@y.example"))
    assert shop.links == ()
    routed = print_of(posting(url="https://tidewater.example/#en/roles/7"))
    assert routed.links == ("tidewater.example#en/roles/7",)
    broken = posting(url="http://[bad/1", apply_url="https://tidewater.example/#a/\ud800")
    assert keys(print_of(broken))
    asked = print_of(posting(url="https://forms.example/apply?role=7&utm_medium=mail"))
    assert asked.links == ("forms.example?role=7",)


def test_a_print_survives_json():
    one = print_of(edition(2026, requisition_id="R-7", url="https://tidewater.example/7"))
    stored = json.loads(json.dumps(plain(one)))
    assert print_from({**stored, "newer": 1}) == one
    assert print_from({}) == Print()
    assert all(0 <= shingle < 2**53 for shingle in one.sketch)


@pytest.mark.slow
def test_a_print_is_the_same_in_another_process():
    code = (
        "from crawler.items import Posting; from monitor.links import keys, print_of;"
        "p = print_of(Posting('1', 'Harbour Intern', 'Tidewater', body='a b c d e f g'));"
        "print(p.sketch, sorted(keys(p)))"
    )
    ways = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    one = print_of(Posting("1", "Harbour Intern", "Tidewater", body="a b c d e f g"))
    assert ways == [f"{one.sketch} {sorted(keys(one))}\n"] * 2
    assert one.sketch == (92641881441641, 275746907722671, 279376223738222)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([" ", "\n", "\t", "\u00a0", "\n\n"]), min_size=30), st.booleans())
def test_white_space_and_typography_leave_a_print_as_it_is(spaces, curly):
    words = ROLE.split()
    body = "".join(word + spaces[i % len(spaces)] for i, word in enumerate(words))
    if curly:
        body = body.replace("'", "\u2019").replace("-", "\u2011")
    assert print_of(posting(body=body)).sketch == print_of(posting()).sketch


ANY = st.text(max_size=60)


@settings(max_examples=60, deadline=None)
@given(ANY, ANY, ANY, ANY | st.just("http://[bad/1"), ANY, ANY)
def test_whatever_a_posting_says_it_has_a_print(title, company_name, place, url, day, body):
    one = posting(
        title=title,
        organization=company_name,
        places=(Place(place, place, country=day),),
        requisition_id=place,
        url=url,
        date_posted=day,
        start_date=day,
        body=body,
    )
    assert print_from(json.loads(json.dumps(plain(print_of(one))))) == print_of(one)
    assert len(keys(print_of(one))) <= 18
    assert link(one, one, elsewhere=True) == link(one, replace(one, id="2"), elsewhere=True)
    assert compared(one, replace(one, id="2")) == ()


def test_a_long_text_is_kept_as_its_smallest_hashes():
    body = " ".join(f"word{number}" for number in range(1000))
    one = print_of(posting(body=body))
    assert (len(one.sketch), one.shingles) == (SKETCH, 996)
    assert list(one.sketch) == sorted(one.sketch)


# Texts.


def test_a_text_stands_in_a_longer_one_whole():
    one, longer = print_of(posting()), print_of(posting(body=f"{FIRM}\n{ROLE}\n{OTHER}"))
    assert containment(one, longer) == containment(longer, one) == 1.0
    assert containment(one, print_of(posting(body=OTHER))) == 0.0


def test_of_too_little_text_nothing_is_said():
    short = print_of(posting(body="Grow oysters on the flats with us."))
    assert containment(short, print_of(posting())) is None


@settings(max_examples=30, deadline=None)
@given(st.integers(200, 900), st.integers(200, 900), st.integers(0, 200))
def test_a_sketch_tells_the_share_within_a_quarter(first, second, shared):
    words = [f"w{number}" for number in range(2000)]
    one = print_of(posting(body=" ".join(words[:first])))
    other = print_of(posting(body=" ".join(words[:shared] + words[1000 : 1000 + second])))
    true = max(shared - 4, 0) / min(one.shingles, other.shingles)
    assert containment(one, other) == pytest.approx(true, abs=0.25)


def test_what_an_employer_says_under_every_title_tells_no_role():
    titles = ["Oyster Hatchery Intern", "Bookkeeper", "Van Driver", "Barge Cook"]
    texts = [ROLE, OTHER, ROLE[::-1], OTHER[::-1]]
    prints = [
        print_of(posting(str(i), title=title, body=f"{FIRM}\n{text}"))
        for i, (title, text) in enumerate(zip(titles, texts, strict=True))
    ]
    common = boilerplate(prints)
    firm = set(print_of(posting(body=FIRM)).sketch)
    assert common <= firm
    assert len(common) > len(firm) / 2
    assert containment(prints[0], prints[1]) > 0.2
    assert containment(prints[0], prints[1], common) < 0.05
    assert boilerplate([prints[0]] * 9) == boilerplate(prints[:2]) == boilerplate([]) == frozenset()


# Twins.


def test_one_requisition_of_one_employer_is_one_opening_whatever_the_text():
    here = posting(requisition_id="R-0412")
    there = posting("x9", requisition_id="req 412", body="", organization="Tidewater Inc.")
    found = link(there, here, elsewhere=True)
    assert found == Link("twin", True, 1.0, "requisition 412 at both")
    assert link(here, there, elsewhere=True) == found
    assert link(replace(there, organization="Saltmarsh"), here, elsewhere=True) is None


def test_a_requisition_that_a_board_gives_to_several_is_flagged_at_most():
    here = posting(requisition_id="77")
    city = posting("2", requisition_id="77", places=places.read("Tucson, AZ"))
    assert said(link(city, here, elsewhere=True)) == ("twin", False)
    assert link(posting("3", requisition_id="77", title="Cook"), here, elsewhere=True) is None


def test_one_link_is_one_opening_whatever_else_is_known():
    here = posting(url="https://tidewater.example/roles/7", organization="Tidewater")
    row = posting("row", apply_url="https://tidewater.example/roles/7/apply?ref=list", body="")
    row = replace(row, organization="Tidewater Farms", places=())
    assert said(link(row, here, elsewhere=True)) == ("twin", True)
    assert "tidewater.example/roles/7" in link(row, here, elsewhere=True).why
    other = replace(row, title="Barge Cook")
    assert link(other, here, elsewhere=True) is None


def test_title_company_place_and_text_together_make_a_strong_twin():
    here, there = posting(), posting("x9", body=f"{ROLE}\n{FIRM}")
    assert said(link(there, here, elsewhere=True)) == ("twin", True)
    assert link(there, here, elsewhere=True) == link(here, there, elsewhere=True)


@pytest.mark.parametrize(
    "fields",
    [
        {"places": ()},
        {"title": "Oyster Hatchery Intern, Nursery"},
        {"body": ""},
        {"body": "\n".join(ROLE.splitlines()[:7]) + OTHER},
    ],
)
def test_what_agrees_less_is_flagged_and_never_folded(fields):
    assert said(link(posting("x9", **fields), posting(), elsewhere=True)) == ("twin", False)


@pytest.mark.parametrize(
    "fields",
    [
        {"requisition_id": "R-2"},
        {"places": places.read("Boulder, CO")},
        {"organization": "Saltmarsh"},
        {"organization": None},
        {"body": OTHER},
        {"title": "Oyster Hatchery Manager, Nursery & Racks"},
        {"title": "Oyster Hatchery Intern 2nd Shift, Nursery & Racks"},
        {"title": "Bookkeeper"},
    ],
)
def test_what_is_another_opening_is_no_twin(fields):
    here = posting(requisition_id="R-1")
    assert link(posting("x9", **fields), here, elsewhere=True) is None


def test_different_requisitions_are_different_postings_even_under_one_link():
    url = "https://tidewater.example/roles"
    one, other = posting(requisition_id="R-1", url=url), posting("2", requisition_id="R-2", url=url)
    assert link(other, one, elsewhere=True) is None


def test_seniority_must_not_contradict():
    senior, staff = posting(title="Senior Grower"), posting("2", title="Staff Grower")
    assert link(staff, senior, elsewhere=True) is None
    assert said(link(posting("3", title="Grower"), senior, elsewhere=True)) == ("twin", False)


def test_what_closed_before_is_no_twin():
    assert link(posting("x9"), posting(), elsewhere=True, since=120, closed=100) is None
    still = relate(
        print_of(posting("x9")),
        print_of(posting()),
        same_source=False,
        seen=NOW,
        since=NOW - timedelta(9),
        closed=NOW + timedelta(3),
    )
    assert said(still) == ("twin", True)


@pytest.mark.parametrize("requisition", [None, "R-1"])
def test_two_open_side_by_side_at_one_source_are_not_linked(requisition):
    one = posting(requisition_id=requisition)
    for other in (
        posting("2"),
        posting("2", requisition_id=requisition),
        posting("2", places=places.read("Boulder, CO")),
        edition(2027),
    ):
        assert link(other, one) is None
        assert link(one, other) is None


# Reposts.


@pytest.mark.parametrize(
    ("closed", "expected"),
    [(0.5, None), (1, "reposted"), (30, "reposted"), (90, "reposted"), (91, None)],
)
def test_a_repost_comes_a_day_to_ninety_days_after_the_closing(closed, expected):
    found = link(posting("2"), posting(), since=100, closed=closed)
    assert (found and found.kind) == expected


def test_an_employer_that_moved_elsewhere_reposts_too():
    found = link(posting("2"), posting(), elsewhere=True, since=100, closed=20)
    assert said(found) == ("reposted", True)
    assert found.why == "title 100%, text 100% alike, after 20 days"


def test_without_a_text_a_repost_is_only_likely():
    assert said(link(posting("2", body=""), posting(body=""), since=50, closed=9)) == (
        "reposted",
        False,
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Oyster Hatchery Intern, Nursery"},
        {"title": "Senior Oyster Hatchery Intern, Nursery & Racks"},
        {"places": places.read("Boulder, CO")},
        {"places": places.read("Rochester, NY; Boulder, CO")},
        {"requisition_id": "R-2"},
        {"body": OTHER},
        {"organization": "Saltmarsh"},
    ],
)
def test_another_role_is_no_repost(fields):
    old = posting(requisition_id="R-1")
    assert link(posting("2", **fields), old, since=60, closed=30) is None


def test_the_same_requisition_again_is_a_repost_under_an_edited_title():
    old = posting(requisition_id="R-1")
    new = posting("2", requisition_id="R-1", title="Oyster Hatchery Intern", body="")
    assert said(link(new, old, since=60, closed=30)) == ("reposted", True)


# Editions.


@pytest.mark.parametrize("elsewhere", [True, False])
@pytest.mark.parametrize("requisition", [None, "R-9"])
def test_another_year_of_the_same_role_is_an_edition(elsewhere, requisition):
    old, new = edition(2025, requisition_id="R-1"), edition(2026, requisition_id=requisition)
    found = link(new, old, elsewhere=elsewhere, since=300, closed=200)
    assert said(found) == ("edition", True)
    assert found.why.endswith("summer 2026 after summer 2025")
    assert link(old, new, elsewhere=elsewhere, since=300, closed=200) is None


def test_an_aggregator_s_copy_of_this_year_s_posting_is_an_edition():
    copy = edition(2026, organization=None, body=f"{FIRM} {ROLE} #J-40404-Abcdef Tidewater")
    copy = replace(copy, title="PhD Oyster Hatchery Intern Summer 2026 (ONR: Nursery, Spat)")
    assert said(link(copy, edition(2025), elsewhere=True, since=300)) == ("edition", True)


def test_another_season_of_one_year_is_an_edition_and_the_same_is_none():
    summer = edition(2026)
    autumn = replace(summer, id="a", title=summer.title.replace("Summer", "Fall"))
    assert said(link(autumn, summer, since=120, closed=60)) == ("edition", True)
    assert link(summer, autumn, since=120, closed=60) is None
    again = replace(summer, id="b", title="Oyster Hatchery Summer 2026 Intern")
    assert link(again, summer, since=300, closed=200) is None


def test_years_apart_make_an_edition_where_no_season_is_stated():
    old, new = posting(), posting("2", requisition_id="R-2")
    assert link(new, old, since=149, closed=100) is None
    found = link(new, old, since=150, closed=100)
    assert (said(found), found.why[-16:]) == (("edition", True), ", 150 days later")
    stated = replace(old, date_posted="2026-10-20")
    assert link(new, stated, since=150, closed=100) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Oyster Intern"},
        {"title": "Senior Oyster Hatchery Intern, Nursery & Racks"},
        {"places": places.read("Boulder, CO")},
        {"body": ""},
        {"body": OTHER},
    ],
)
def test_time_alone_makes_no_edition_of_what_differs(fields):
    assert link(posting("2", **fields), posting(), since=400, closed=300) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"organization": "Saltmarsh"},
        {"title": "Bookkeeper (Summer 2026)"},
        {"title": "Oyster Hatchery Manager (Summer 2026)"},
        {"body": OTHER},
    ],
)
def test_another_year_of_another_role_is_no_edition(fields):
    assert link(edition(2026, **fields), edition(2025), elsewhere=True, since=400) is None


def test_titles_that_share_only_what_every_title_says_name_two_roles():
    old = edition(2025, title="Software Engineer Intern, Summer 2025")
    new = edition(2026, title="Hardware Engineer Intern, Summer 2026")
    assert link(new, old, since=400, closed=300) is None


def test_shared_boilerplate_makes_no_edition():
    old = edition(2025, body=f"{FIRM}\n{ROLE.splitlines()[0]}")
    new = edition(2026, body=f"{FIRM}\n{OTHER.splitlines()[0]}")
    common = frozenset(print_of(posting(body=FIRM)).sketch)
    assert said(link(new, old, since=400, closed=300)) == ("edition", True)
    assert link(new, old, since=400, closed=300, common=common) is None


def test_rows_without_texts_are_editions_only_under_one_title():
    old, new = edition(2025, body=""), edition(2026, body="")
    assert said(link(new, old, elsewhere=True)) == ("edition", False)
    assert link(replace(new, title="Oyster Intern 2026"), old, elsewhere=True) is None


# Finding and choosing.


def test_every_pair_that_is_linked_shares_a_key():
    old = edition(2025)
    for new in (
        edition(2026, title="PhD Oyster Hatchery Intern 2026 (ONR)", body=f"{FIRM}\n{ROLE}"),
        edition(2026, body=""),
        posting("x", body=OTHER),
    ):
        assert keys(print_of(new)) & keys(print_of(old))
    assert not keys(print_of(old)) & keys(print_of(edition(2025, organization="Saltmarsh")))


def test_keys_are_few():
    crowded = posting(
        title=" ".join(f"word{letter}" for letter in "abcdefghij"),
        places=places.read("Rochester, NY; Tucson, AZ; Boulder, CO; Berlin, Germany"),
        requisition_id="R-1",
        url="https://tidewater.example/1",
        apply_url="https://forms.example/1",
    )
    found = keys(print_of(crowded))
    assert sorted(key[0] for key in found) == [*"ll", *"pp", "r", *"ssss", "t", *"wwwwwwww"]


def test_a_shortlist_is_short_ranked_and_skips_what_leads_everywhere():
    crowd = [f"c{number}" for number in range(BUCKET + 1)]
    found = {"sA": ["a", "b"], "sB": ["b"], "wC": crowd, "lD": ["d"]}
    assert shortlist(found) == ("d", "b", "a")
    assert shortlist({"tT": crowd}) == tuple(sorted(crowd[:BUCKET])[:CANDIDATES])
    assert shortlist({}) == ()


def test_the_best_link_is_chosen_whatever_the_order():
    weak, twin = Link("twin", False, 0.9, ""), Link("twin", True, 0.8, "")
    again, older = Link("reposted", True, 1.0, ""), Link("edition", True, 0.7, "")
    found = {"a": weak, "b": older, "c": again, "d": twin, "e": twin}
    assert choose(found) == ("d", twin)
    assert choose(dict(reversed(found.items()))) == ("d", twin)
    assert choose({"b": older, "a": weak}) == ("b", older)
    assert choose({}) is None


def test_of_several_editions_the_last_is_chosen():
    new = edition(2026)
    found = {year: link(new, edition(year), elsewhere=True) for year in (2023, 2025, 2024)}
    assert choose(found)[0] == 2025


TITLES = ["Oyster Hatchery Intern", "Oyster Hatchery Intern 2026", "Senior Grower", "Grower II", ""]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            posting,
            st.sampled_from("ab"),
            title=st.sampled_from(TITLES),
            organization=st.sampled_from(["Tidewater", "Tidewater Ltd", None]),
            places=st.sampled_from([(), places.read("Rochester, NY"), places.read("Oslo")]),
            requisition_id=st.sampled_from([None, "R-1", "R-2"]),
            body=st.sampled_from(["", ROLE, f"{FIRM}\n{ROLE}", OTHER]),
            url=st.sampled_from([None, "https://tidewater.example/1"]),
        ),
        min_size=2,
        max_size=2,
    )
)
def test_twins_are_twins_of_each_other_and_nothing_is_linked_beside_itself(pair):
    one, other = pair
    there = link(one, other, elsewhere=True)
    back = link(other, one, elsewhere=True)
    assert (there and there.kind == "twin") == (back and back.kind == "twin")
    if there and there.kind == "twin":
        assert there == back
        assert keys(print_of(one)) & keys(print_of(other))
        assert 0 <= there.score <= 1
    assert link(one, other) is None
    assert link(one, one) is None


# What an edition's own table says.

PAID = {"currency": "USD", "period": "month"}
NEXT = """About Tidewater Tidewater has farmed the estuary for three generations. What You Will Do You \
will grow oysters on the tidal flats and keep the hatchery\u2019s pumps alive through the winter. Each \
morning you read salinity, temperature and oxygen in sixty tanks and write down what you saw. You \
repair cages and lines, sort spat by size and carry trays between the nursery and the racks. With \
two colleagues you plan the harvest around moon and weather and call it off when fog comes in. \
Depending on the team, we offer summer placements either remote or hybrid in our Rochester, Tucson \
or Boulder offices. Pay The pay for this placement is $3,600 monthly. Working toward a PhD degree \
in marine biology or a related field. Ability to legally work full time (40 hours/week) from June \
to August 2026. Why Intern at Tidewater? You can lift 20 kg, you do not mind mud, and you hold a \
licence for small boats or want one. #J-40404-Abcdef Tidewater"""


def tables():
    old = edition(
        2025,
        requirements=("MS", "PhD"),
        remote="onsite",
        start_date="2025-06",
        apply_url="https://tidewater.example/1",
        salary=Salary(3000, 3200, **PAID, raw="$3,000-$3,200 monthly"),
    )
    new = edition(
        2026,
        organization="Tidewater Inc.",
        body=NEXT,
        requirements=("PhD",),
        remote="hybrid",
        start_date="2026-06",
        apply_url="https://joblake.example/77",
        salary=Salary(3600, 3600, **PAID, raw="$3,600 monthly"),
    )
    return {change.field: change for change in compared(new, old)}


def test_an_edition_s_table_gives_the_fields_that_a_reader_compares():
    found = tables()
    assert list(found) == [
        *("salary", "remote", "requirements", "start_date", "work_hours", "title", "body")
    ]
    assert found["salary"].note == "+12.5 % over the old top, +20 % over the old floor"
    assert (found["requirements"].fact, found["start_date"].fact) == ("narrowed", "moved later")


def test_an_edition_s_passages_are_few_and_none_is_a_heading_or_the_pay_again():
    passages = tables()["body"].after
    assert all(one["significant"] for one in passages)
    after = [one["after"] for one in passages if one["kind"] == "reworded"]
    assert [text.split()[0] for text in after] == ["Working", "Ability", "Depending"]
    assert [one["before"] for one in passages if one["kind"] == "removed"] == [
        "This position is not eligible for relocation assistance."
    ]
    assert not any("$" in f"{one['before']}{one['after']}" for one in passages)
    assert not any("Why Intern" in (one["after"] or "") for one in passages)
    assert len(passages) <= 5
    assert tables()["body"].note == "and 3 smaller wording changes"


def test_no_more_than_five_passages_are_given():
    old = posting(
        body=f"{ROLE}\n" + "\n".join(f"You may travel {n} days in {n}." for n in range(9))
    )
    (change,) = compared(posting("2"), old)
    assert len(change.after) == 5
    assert change.note == "and 4 more wording changes"


def test_run_in_headings_alone_change_nothing():
    glued = ROLE.replace("You can lift", "Your Profile You can lift").replace("\n", " ")
    assert compared(posting("2", body=glued), posting()) == ()


def test_an_edition_that_says_the_same_has_no_table():
    marked = posting("2", body=f"{ROLE} #J-40404-Abcdef Tidewater", organization="Tidewater Ltd")
    assert compared(marked, posting()) == ()


def test_sketches_are_those_that_stores_hold():
    english = "You will build small pumps, and test them in the yard. R&D + C++ #LI-Remote"
    german = "Du baust \ufb01eine Pumpen f\u00fcr gr\u00f6\u00dfere H\u00f6fe \u2013 und pr\u00fcfst sie dort"
    assert sketched(english) == (
        (13780341414419, 25121867522138, 76909434467905, 86058157781073, 101573583563239,
         116644061510622, 224987971656036, 226905794801349, 243724942294919, 244832427034063),
        10,
    )  # fmt: skip
    assert sketched(german) == (
        (998855085459, 22837941022837, 153442835919500, 197902040426316, 236240605459378,
         263538055285169, 264438412327534),
        7,
    )  # fmt: skip
