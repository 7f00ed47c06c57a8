"""JSON-LD as pages really carry it."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.pages.json_ld import objects, postings

NOW = datetime(2026, 11, 2, 7, 0, tzinfo=UTC)
URL = "https://careers.kiln.example/jobs/clay-buyer-19?utm_source=feed"


def script(text, media="application/ld+json"):
    return f"<html lang='de-AT'><head><script type='{media}'>{text}</script></head></html>"


def page(**more):
    stated = {"@context": "https://schema.org", "@type": "JobPosting", "title": "Clay Buyer"}
    return script(json.dumps(stated | more))


def one(html, **known):
    (posting,) = postings(html, url=URL, now=NOW, **known)
    return posting


@pytest.mark.parametrize(
    "block",
    [
        '{"@type":"JobPosting","title":"Kiln\nHand"}',
        '\ufeff<!--\n{"@type":"JobPosting","title":"Kiln Hand"}\n-->',
        '//<![CDATA[\n{"@type":"JobPosting","title":"Kiln Hand"}\n//]]>',
        '/* <![CDATA[ */{"@type":"JobPosting","title":"Kiln Hand"};/* ]]> */',
        "{&quot;@type&quot;:&quot;JobPosting&quot;,&quot;title&quot;:&quot;Kiln Hand&quot;}",
        "{&amp;quot;@type&amp;quot;:&amp;quot;JobPosting&amp;quot;,&amp;quot;title&amp;quot;:&amp;quot;Kiln Hand&amp;quot;}",
        '{"@type":"JobPosting","title":"Kiln Hand",}',
        '{"@type":"JobPosting",,"title":"Kiln Hand"}',
        '{"@type":"JobPosting"\n"title":"Kiln Hand"}',
        '{"@Type":"JobPosting","Title":"Kiln Hand"}',
        '{"@type":"schema:JobPosting","schema:title":"Kiln Hand"}',
        '{"@type":["Thing","http://schema.org/JobPosting"],"title":"Kiln Hand"}',
        '{"@graph":[{"@type":"WebSite"},{"@type":"JobPosting","title":"Kiln Hand"}]}',
        '[[{"@type":"WebPage","mainEntity":{"item":[{"@type":"JobPosting","title":"Kiln Hand"}]}}]]',
        '{"@type":"WebPage"}{"@type":"JobPosting","title":"Kiln Hand"}',
        '{"@type":"JobPosting","title":"Kiln Hand","a":[NaN,Infinity,null]} trailing words',
        '{"@type":"JobPosting","description":"a \\_o_/ \\x \\u12","title":"Kiln Hand",}',
    ],
)
def test_a_damaged_block_is_still_read(block):
    assert one(script(block)).title == "Kiln Hand"


@pytest.mark.parametrize(
    "media",
    ["application/ld+json", "APPLICATION/LD+JSON; charset=utf-8", "application/ld&#43;json"],
)
def test_the_media_type_may_be_written_in_many_ways(media):
    assert one(script('{"@type":"JobPosting","title":"Kiln Hand"}', media)).title == "Kiln Hand"


@pytest.mark.parametrize(
    "block",
    ["{'@type':'JobPosting','title':'Kiln Hand'}", '{"@type":"JobPosting","title":"Kiln', ""],
)
def test_a_block_that_would_need_guessing_gives_nothing(block):
    assert postings(script(block), url=URL, now=NOW) == ()


def test_markup_that_a_page_has_commented_out_is_not_read():
    hidden = f"<!-- {page(title='Last year')} -->"
    assert [p.title for p in postings(hidden + page(), url=URL, now=NOW)] == ["Clay Buyer"]


def test_a_broken_block_does_not_take_the_next_one_with_it():
    assert (
        one(script('{"@type": "Organization", "name": "a "b" c"}') + page()).title == "Clay Buyer"
    )


def test_objects_come_outer_before_inner_in_page_order():
    html = script('{"@type":"A","x":{"@type":"B"}}') + script('[{"@type":"C"},{"y":{"@type":"D"}}]')
    assert [node["@type"] for node in objects(html)] == ["A", "B", "C", "D"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "bomb",
    [
        '{"a":' * 200_000,
        "[" * 200_000 + "]" * 200_000,
        '{"@type":"JobPosting","title":' + '{"name":' * 500 + '"x"' + "}" * 501,
        '"' + '\\"' * 300_000,
        '{"@type":"JobPosting","n":' + "9" * 6000 + "}",
    ],
)
def test_a_nesting_bomb_costs_nothing_and_gives_nothing_wrong(bomb):
    began = time.process_time()
    postings(script(bomb), url=URL, now=NOW)
    assert time.process_time() - began < 10


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["<!--", "<script", '<script type="application/ld+json">{', "-->"])
def test_hostile_markup_is_read_in_linear_time(unit):
    html = "application/ld+json" + unit * 60_000
    began = time.process_time()
    objects(html)
    assert time.process_time() - began < 5


# --- what a JobPosting says -------------------------------------------------------------------


def test_an_empty_posting_has_a_title_and_an_address_and_nothing_else():
    posting = one(page())
    assert posting.id == "/jobs/clay-buyer-19"
    assert posting.url == "https://careers.kiln.example/jobs/clay-buyer-19"
    assert (posting.places, posting.salary, posting.body, posting.organization) == (
        (),
        None,
        "",
        None,
    )
    assert posting.language == "de-AT"


def test_a_posting_without_a_title_is_none():
    assert postings(page(title=None), url=URL, now=NOW) == ()


@pytest.mark.parametrize("identifier", ["KB-19", {"@type": "PropertyValue", "value": "KB-19"}])
def test_the_providers_identifier_is_the_id(identifier):
    posting = one(page(identifier=identifier))
    assert (posting.id, posting.requisition_id) == ("KB-19", "KB-19")


@pytest.mark.parametrize(
    "identifier",
    [
        "See Opening ID",
        {"name": "Kiln", "value": "Kiln"},
        {"value": 0},
        "clay-buyer",
        {"value": {}},
    ],
)
def test_what_is_no_identifier_is_not_taken_for_one(identifier):
    posting = one(page(identifier=identifier))
    assert (posting.id, posting.requisition_id) == ("/jobs/clay-buyer-19", None)


def test_an_identifier_that_two_postings_share_names_the_employer():
    html = page(identifier="EMP77", title="Potter") + page(identifier="EMP77", title="Glazer")
    found = postings(html, url=URL, now=NOW)
    assert [p.id for p in found] == ["/jobs/clay-buyer-19#potter", "/jobs/clay-buyer-19#glazer"]


def test_the_same_posting_stated_for_each_place_is_one_with_all_places():
    towns = [{"address": {"addressLocality": town}} for town in ("Gmunden", "Stoob")]
    html = "".join(page(jobLocation=town) for town in towns)
    assert [place.name for place in one(html).places] == ["Gmunden", "Stoob"]


def test_the_link_of_the_employers_front_page_is_not_the_postings():
    assert one(page(url="https://kiln.example")).id == "/jobs/clay-buyer-19"
    assert one(page(url="/jobs/other-5?ref=x")).id == "/jobs/other-5"


@pytest.mark.parametrize(
    "employer",
    [
        "Kiln &amp; Sons",
        {"name": "Kiln & Sons"},
        [{"name": ["Kiln & Sons"]}],
        {"legalName": "Kiln & Sons"},
    ],
)
def test_the_employer_is_found_in_the_shapes_sites_use(employer):
    assert (
        one(page(hiringOrganization=employer), organization="Source").organization == "Kiln & Sons"
    )


def test_the_callers_organization_fills_a_gap_only():
    assert one(page(), organization="Kiln").organization == "Kiln"


def test_an_employer_named_by_reference_is_followed():
    graph = [
        {"@type": "Organization", "@id": "#o", "name": "Kiln"},
        {"@type": "JobPosting", "title": "Potter", "hiringOrganization": {"@id": "#o"}},
    ]
    assert one(script(json.dumps({"@graph": graph}))).organization == "Kiln"


def test_a_place_keeps_its_parts_and_drops_placeholders():
    address = {
        "addressLocality": "Gmunden",
        "addressRegion": "UNAVAILABLE",
        "addressCountry": {"@type": "Country", "name": ["AT", "AT", "AT"]},
    }
    (place,) = one(page(jobLocation={"address": address})).places
    assert (place.name, place.locality, place.region, place.country) == (
        "Gmunden, AT",
        "Gmunden",
        None,
        "AT",
    )


def test_a_number_where_a_place_belongs_is_a_placeholder():
    address = {"addressLocality": "Gmunden", "addressRegion": "0", "addressCountry": 0}
    assert [place.name for place in one(page(jobLocation={"address": address})).places] == [
        "Gmunden"
    ]


def test_places_that_share_a_copied_address_are_known_by_their_names():
    same = {"addressLocality": "Gmunden"}
    stated = [{"name": name, "address": same} for name in ("Gmunden", "Stoob", "Graz")]
    assert [p.name for p in one(page(jobLocation=stated)).places] == ["Gmunden", "Stoob", "Graz"]


def test_the_employers_name_in_the_place_of_a_town_is_no_place():
    address = {"addressLocality": "Kiln"}
    assert one(page(hiringOrganization="Kiln", jobLocation={"address": address})).places == ()


def test_telecommute_is_remote_and_anywhere_is_no_place():
    posting = one(page(jobLocationType="TELECOMMUTE", jobLocation={"addressLocality": "Anywhere"}))
    assert (posting.remote, posting.places) == ("remote", ())


def test_a_list_of_all_countries_is_no_list_of_places():
    world = [{"address": {"addressCountry": f"C{n}"}} for n in range(200)]
    assert one(page(jobLocationType="TELECOMMUTE", jobLocation=world)).places == ()
    assert len(one(page(jobLocationType="TELECOMMUTE", jobLocation=world[:30])).places) == 30


def test_a_remote_posting_tells_where_applicants_may_live():
    stated = {"@type": "Country", "name": "Austria"}
    posting = one(page(jobLocationType="TELECOMMUTE", applicantLocationRequirements=stated))
    assert [place.name for place in posting.places] == ["Austria"]


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        (
            {
                "currency": "EUR",
                "value": {"minValue": 3000, "maxValue": "3500", "unitText": "MONTH"},
            },
            (3000, 3500, "EUR", "month"),
        ),
        (
            {"currency": "EUR", "unitText": "MONTH", "value": {"minValue": 3000, "maxValue": 3500}},
            (3000, 3500, "EUR", "month"),
        ),
        ({"currency": "USD", "value": "55000", "unitCode": "ANN"}, (55000, 55000, "USD", "year")),
        (
            {"currency": "USD", "minValue": 20.5, "maxValue": 22, "unitText": "HOUR"},
            (20.5, 22, "USD", "hour"),
        ),
        (
            [
                {"currency": "USD", "value": {"minValue": a, "maxValue": b, "unitText": "YEAR"}}
                for a, b in ((50000, 60000), (45000, 55000))
            ],
            (45000, 60000, "USD", "year"),
        ),
        ("$22 - $24 per hour", (22, 24, "USD", "hour")),
    ],
)
def test_pay_is_read_in_every_shape_of_base_salary(stated, read):
    pay = one(page(baseSalary=stated), currency="USD").salary
    assert (pay.min, pay.max, pay.currency, pay.period) == read


def test_structured_pay_comes_before_the_descriptions():
    structured = {"currency": "EUR", "value": {"minValue": 10, "maxValue": 12, "unitText": "HOUR"}}
    described = page(baseSalary=structured, description="Pay: $90,000 per year.")
    assert one(described).salary.period == "hour"
    assert one(page(description="<p>Pay: $90,000 per year.</p>")).salary.min == 90000


@pytest.mark.parametrize(
    "nothing", [None, "", [], {}, {"value": None}, {"value": {"minValue": 0}}, 0]
)
def test_pay_that_is_not_stated_is_none(nothing):
    assert one(page(baseSalary=nothing)).salary is None


def test_dates_that_are_only_the_clock_moved_by_years_are_dropped():
    posted, through = NOW - timedelta(days=730), NOW + timedelta(days=365)
    made_up = one(page(datePosted=posted.isoformat(), validThrough=through.isoformat()))
    assert (made_up.date_posted, made_up.valid_through) == (None, None)
    real = one(page(datePosted="2024-11-02", validThrough=(NOW + timedelta(days=30)).isoformat()))
    assert (real.date_posted, real.valid_through is None) == ("2024-11-02", False)


def test_a_description_escaped_as_text_becomes_lines():
    posting = one(
        page(description="&lt;p&gt;Wedge &amp;amp; throw.&lt;/p&gt;&lt;ul&gt;&lt;li&gt;Tea")
    )
    assert posting.body == "Wedge & throw.\n- Tea"


def test_a_description_printed_twice_is_kept_once():
    body = "<p>" + "Wedge the clay until it sings, then throw. " * 4 + "</p><p>Pay is fair.</p>"
    doubled = body + "<p>About the job</p><h2>Clay Buyer</h2>" + body
    assert one(page(description=doubled)).body == one(page(description=body)).body


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["@type", "@id", "name", "value", "address", "addressCountry", "minValue"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
KEYS = (
    "title identifier hiringOrganization jobLocation jobLocationType baseSalary employmentType url "
    "datePosted validThrough description applicantLocationRequirements potentialAction qualifications"
)


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS.split()), JUNK))
def test_wrong_types_never_raise(stated):
    for posting in postings(page(**stated), url=URL, now=NOW):
        assert posting.title


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 400), st.text(max_size=5), st.integers(0, 400))
def test_a_block_cut_or_spoilt_anywhere_never_raises(start, noise, end):
    html = page(description="a \\ b", baseSalary={"value": {"minValue": 3}}, jobLocation=["Graz"])
    postings(html[:start] + noise + html[end:], url=URL, now=NOW)
