"""The kinds that read a board's own JSON, and aggregators; careers pages have their own tests."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sites import crawl

from crawler.fields import terms
from crawler.items import Source
from crawler.pages import ashby, greenhouse, lever
from crawler.sources import kinds

NOW = datetime(2026, 11, 2, 7, 0, tzinfo=UTC)
SOURCE = Source("kiln", "any", board="kiln", organization="Kiln & Glaze", currency="USD")
CENTS = {"min_cents": 6100000, "max_cents": 7250000, "currency_type": "USD"}


def band(pay):
    return pay and (pay.min, pay.max, pay.currency, pay.period, pay.provenance)


# -- Greenhouse -----------------------------------------------------------------------------------

GREENHOUSE = {"kind": "greenhouse", "board": "kiln", "organization": "Kiln & Glaze"}
BOARD = "https://boards-api.greenhouse.io/v1/boards/kiln/jobs?content=true&pay_transparency=true"


def opening(number=4400101, **fields):
    return {
        "id": number,
        "internal_job_id": 99,
        "title": "Glaze Chemist ",
        "requisition_id": "R-17",
        "company_name": "Kiln & Glaze Ltd",
        "location": {"name": "Faenza"},
        "departments": [{"id": 1, "name": "Laboratory"}, {"id": 2, "name": "Other"}],
        "metadata": [],
        "content": "&lt;p&gt;Mix glazes &amp;amp; fire them.&lt;/p&gt;&lt;ul&gt;&lt;li&gt;Tea&lt;/li&gt;",
        "absolute_url": f"https://kiln.example/work?gh_jid={number}&gh_src=x",
        "first_published": "2026-10-01T09:00:00-04:00",
        "updated_at": "2026-10-30T09:00:00-04:00",
        "application_deadline": None,
        "language": "en",
    } | fields


def posted(**fields):
    return greenhouse.read(opening(**fields), SOURCE, NOW)


def test_a_greenhouse_row_fills_what_the_board_states():
    posting = posted()
    assert (posting.id, posting.title) == ("4400101", "Glaze Chemist")
    assert (posting.organization, posting.department) == ("Kiln & Glaze Ltd", "Laboratory")
    assert (posting.requisition_id, posting.language) == ("R-17", "en")
    assert posting.body == "Mix glazes & fire them.\n- Tea"
    assert posting.url == "https://kiln.example/work?gh_jid=4400101"
    assert posting.date_posted_raw == "2026-10-01T09:00:00-04:00"
    assert [place.name for place in posting.places] == ["Faenza"]


def test_an_edit_s_time_is_not_the_time_of_publication():
    assert posted(first_published=None).date_posted is None
    assert posted(first_published=None).date_updated is not None


@pytest.mark.parametrize(
    "content",
    [
        "<p>Fire &amp; ice</p>",
        "&lt;p&gt;Fire &amp;amp; ice&lt;/p&gt;",
        "&amp;lt;p&amp;gt;Fire &amp;amp;amp; ice&amp;lt;/p&amp;gt;",
    ],
)
def test_content_is_read_however_often_it_was_escaped(content):
    assert posted(content=content).body == "Fire & ice"


@pytest.mark.parametrize("typed", ["TBD", "See Opening ID", "", None])
def test_a_placeholder_is_no_requisition_id(typed):
    assert posted(requisition_id=typed).requisition_id is None


def test_one_pay_range_is_read_in_whole_units():
    pay = posted(pay_input_ranges=[CENTS | {"title": "Annual base pay"}]).salary
    assert (pay.min, pay.max, pay.currency, pay.raw) == (61000, 72500, "USD", "Annual base pay")


def test_the_same_range_for_two_zones_is_one():
    zones = [CENTS | {"title": "Zone A, annual"}, CENTS | {"title": "Zone B, annual"}]
    assert posted(pay_input_ranges=zones).salary.max == 72500


@pytest.mark.parametrize(
    "other",
    [
        CENTS | {"max_cents": 9900000},
        CENTS | {"currency_type": "CAD"},
        {"min_cents": 3100, "max_cents": 3500, "currency_type": "USD", "title": "Hourly"},
    ],
)
def test_several_pay_ranges_are_no_single_band_not_even_the_one_the_text_repeats(other):
    text = "<p>In Ohio the pay is $61,000 - $72,500 per year.</p>"
    assert posted(pay_input_ranges=[CENTS, other], content=text).salary is None


@pytest.mark.parametrize(
    "empty",
    [
        None,
        [],
        [None],
        ["x"],
        [{}],
        [{"min_cents": None, "max_cents": "a lot"}],
        [CENTS | {"min_cents": 0, "max_cents": 0}],
    ],
)
def test_without_a_usable_range_the_text_speaks(empty):
    assert posted(pay_input_ranges=empty).salary is None
    text = "<p>The pay is $61,000 - $72,500 per year.</p>"
    read = posted(pay_input_ranges=empty, content=text).salary
    assert band(read) == (61000, 72500, "USD", "year", "text")


def test_only_fields_called_a_type_speak_of_employment():
    fields = [
        {"name": "Employment Type", "value": "Full-time"},
        {"name": "Contract type", "value": ["Intern", None, "Fixed term"]},
        {"name": "Prototype", "value": "Contract"},
        {"name": "Team", "value": "Full-time"},
        {"name": "Time Type", "value": None},
        {"name": None, "value": "x"},
        "junk",
    ]
    assert list(greenhouse.employment(fields)) == ["Full-time", "Intern", "Fixed term"]
    assert posted(metadata=fields).title == "Glaze Chemist"


def test_a_board_read_whole_is_complete(tmp_path):
    rows = [opening(1), opening(2, metadata=None, departments=[], location=None)]
    read = crawl(
        tmp_path, GREENHOUSE, {BOARD: {"status": 200, "body": {"jobs": rows, "meta": {"total": 2}}}}
    )
    assert (read.outcome, read.found, read.total, read.reasons) == ("complete", 2, 2, ())
    assert read.counts.asked == 1


def test_rows_that_cannot_be_read_are_a_shortfall(tmp_path):
    bad = [
        None,
        "row",
        7,
        {"id": 3},
        opening(4, title=None),
        opening(5, content=[1]),
        opening(None),
    ]
    read = crawl(
        tmp_path, GREENHOUSE, {BOARD: {"status": 200, "body": {"jobs": [*bad, opening(6)]}}}
    )
    assert (read.outcome, [posting.id for posting in read.postings]) == ("partial", ["6"])
    assert read.reasons == ("7 of 8 rows could not be read",)


def test_a_stated_total_above_the_rows_is_partial(tmp_path):
    answer = {"jobs": [opening(1)], "meta": {"total": 3}}
    read = crawl(tmp_path, GREENHOUSE, {BOARD: {"status": 200, "body": answer}})
    assert read.reasons == ("the site states 3 postings, 1 were read",)
    assert read.outcome == "partial"


@pytest.mark.parametrize(
    "answer", [{"jobs": None}, {"jobs": {}}, {}, [], None, 7, {"error": "no"}, {"jobs": "soon"}]
)
def test_an_answer_without_a_list_is_failed_and_never_empty(tmp_path, answer):
    read = crawl(tmp_path, GREENHOUSE, {BOARD: {"status": 200, "body": answer}})
    assert (read.outcome, read.reasons) == ("failed", ("the listing has no list of postings",))


def test_a_board_without_openings_is_complete_and_empty(tmp_path):
    answer = {"jobs": [], "meta": {"total": 0}}
    read = crawl(tmp_path, GREENHOUSE, {BOARD: {"status": 200, "body": answer}})
    assert (read.outcome, read.found) == ("complete", 0)


def test_a_board_that_is_gone_is_failed(tmp_path):
    gone = {"status": 404, "body": {"status": 404, "error": "Job not found"}}
    read = crawl(tmp_path, GREENHOUSE, {BOARD: gone})
    assert read.outcome == "failed"
    assert read.reasons == (f"{BOARD}: HTTP 404, there is no such page",)


def test_a_saved_answer_for_one_posting_is_read(tmp_path):
    read = crawl(tmp_path, GREENHOUSE, {BOARD: {"status": 200, "body": opening(4400101)}})
    assert [posting.id for posting in read.postings] == ["4400101"]


# -- Lever ----------------------------------------------------------------------------------------

LEVER = {"kind": "lever", "board": "kiln"}
POSTINGS = "https://api.lever.co/v0/postings/kiln?mode=json"
RANGE = {"min": 61000, "max": 72500, "currency": "USD", "interval": "per-year-salary"}


def role(**fields):
    return {
        "id": "0f8b2c1d-1111-4222-8333-abcdefabcdef",
        "text": "Kiln Hand",
        "categories": {"location": "Faenza", "team": "Firing", "commitment": "Full-time"},
        "workplaceType": "onsite",
        "createdAt": 1760000000000,
        "description": "<div>Stack the kiln.</div>",
        "descriptionPlain": "Stack the kiln.",
        "lists": [
            {"text": "You will", "content": "<li>carry</li><li>stoke</li>"},
            {"text": "You have", "content": "<li>patience</li>"},
        ],
        "salaryDescription": "<div>Paid monthly.</div>",
        "additional": "<div>Gloves are ours.</div>",
        "hostedUrl": "https://jobs.lever.co/kiln/0f8b2c1d?lever-source=x",
        "applyUrl": "https://jobs.lever.co/kiln/0f8b2c1d/apply",
    } | fields


def hired(**fields):
    return lever.read(role(**fields), SOURCE, NOW)


def test_a_lever_text_is_whole_and_in_the_order_of_its_page():
    assert hired().body.split("\n") == [
        "Stack the kiln.",
        "You will",
        "- carry",
        "- stoke",
        "You have",
        "- patience",
        "Paid monthly.",
        "Gloves are ours.",
    ]


def test_plain_text_stands_in_where_there_is_no_markup():
    posting = hired(description="", descriptionPlain="5 < 6 & fire", lists=None, additional=None)
    assert posting.body == "5 < 6 & fire\nPaid monthly."


def test_a_lever_row_fills_what_the_board_states():
    posting = hired()
    assert (posting.title, posting.department) == ("Kiln Hand", "Firing")
    assert posting.organization == "Kiln & Glaze"
    assert posting.url == "https://jobs.lever.co/kiln/0f8b2c1d"
    assert posting.apply_url == "https://jobs.lever.co/kiln/0f8b2c1d/apply"
    assert posting.date_posted_raw == "1760000000000"


def test_a_department_comes_before_a_team():
    assert hired(categories={"department": "Works", "team": "Firing"}).department == "Works"
    assert hired(categories=None).department is None


def test_all_places_are_read_and_the_first_only_where_there_is_no_list():
    several = {"location": "Faenza", "allLocations": ["Faenza", "Deruta", "Faenza"]}
    assert [place.name for place in hired(categories=several).places] == ["Faenza", "Deruta"]
    assert [place.name for place in hired().places] == ["Faenza"]


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        (RANGE, (61000, 72500, "USD", "year", "structured")),
        (
            RANGE | {"min": 25, "max": 30, "interval": "per-hour-wage"},
            (25, 30, "USD", "hour", "structured"),
        ),
        (RANGE | {"max": None}, (61000, None, "USD", "year", "structured")),
        (RANGE | {"min": 0, "max": 0}, None),
        ({}, None),
        ("a lot", None),
        (None, None),
    ],
)
def test_a_salary_range_is_read_in_its_own_interval(stated, read):
    assert band(hired(salaryRange=stated).salary) == read


def test_a_lever_board_is_read_in_one_request(tmp_path):
    read = crawl(tmp_path, LEVER, {POSTINGS: [role(id="a"), role(id="b")]})
    assert (read.outcome, read.found, read.counts.asked) == ("complete", 2, 1)


def test_a_board_in_the_eu_is_asked_there(tmp_path):
    there = "https://api.eu.lever.co/v0/postings/kiln?mode=json"
    read = crawl(tmp_path, LEVER | {"options": {"region": ".eu"}}, {there: [role()]})
    assert (read.outcome, read.found) == ("complete", 1)


def test_an_empty_lever_board_is_complete_and_empty(tmp_path):
    read = crawl(tmp_path, LEVER, {POSTINGS: []})
    assert (read.outcome, read.found) == ("complete", 0)


def test_a_board_that_lever_does_not_know_is_failed_in_words(tmp_path):
    answer = {"status": 200, "body": {"ok": False, "error": "Document not found"}}
    read = crawl(tmp_path, LEVER, {POSTINGS: answer})
    assert (read.outcome, read.reasons) == ("failed", ("Lever has no board kiln",))


def test_a_widget_instead_of_json_is_failed(tmp_path):
    read = crawl(tmp_path, LEVER, {POSTINGS: "<html><body>Jobs</body></html>"})
    assert (read.outcome, read.found) == ("failed", 0)


def test_lever_rows_that_cannot_be_read_are_a_shortfall(tmp_path):
    rows = [role(), {"id": "x"}, role(id=None), role(id="c", categories="none"), []]
    read = crawl(tmp_path, LEVER, {POSTINGS: rows})
    assert (read.outcome, read.reasons) == ("partial", ("4 of 5 rows could not be read",))


# -- Ashby ----------------------------------------------------------------------------------------

ASHBY = {"kind": "ashby", "board": "Kiln Works"}
JOBS = "https://api.ashbyhq.com/posting-api/job-board/Kiln%20Works?includeCompensation=true"


def component(low=61000, high=72500, **fields):
    return {
        "compensationType": "Salary",
        "interval": "1 YEAR",
        "currencyCode": "USD",
        "minValue": low,
        "maxValue": high,
    } | fields


def tiers(*components, summary="$61K - $72.5K"):
    listed = [{"title": "Zone", "components": [one]} for one in components]
    return {"compensationTierSummary": summary, "compensationTiers": listed}


def ad(**fields):
    return {
        "id": "7cf0a3f2-1111-4222-8333-444455556666",
        "title": "Thrower",
        "department": "Wheel",
        "team": "Cups",
        "employmentType": "FullTime",
        "location": "Deruta",
        "secondaryLocations": [{"location": "Faenza"}, {"location": "Deruta"}, {}],
        "isListed": True,
        "isRemote": False,
        "workplaceType": "OnSite",
        "publishedAt": "2026-10-01T09:00:00.000+00:00",
        "descriptionHtml": "<p>Throw cups.</p>",
        "descriptionPlain": "Throw cups.",
        "jobUrl": "https://jobs.ashbyhq.com/Kiln%20Works/7cf0a3f2",
        "applyUrl": "https://jobs.ashbyhq.com/Kiln%20Works/7cf0a3f2/application",
    } | fields


def advertised(**fields):
    return ashby.read(ad(**fields), SOURCE, NOW)


def test_an_ashby_row_fills_what_the_board_states():
    posting = advertised()
    assert (posting.title, posting.department, posting.body) == ("Thrower", "Wheel", "Throw cups.")
    assert [place.name for place in posting.places] == ["Deruta", "Faenza"]
    assert posting.url == "https://jobs.ashbyhq.com/Kiln%20Works/7cf0a3f2"
    assert posting.date_posted_raw == "2026-10-01T09:00:00.000+00:00"
    assert posting.date_updated is None


def test_plain_text_stands_in_for_missing_markup():
    assert advertised(descriptionHtml=None).body == "Throw cups."


def test_the_workplace_type_wins_over_the_remote_flag(monkeypatch):
    # what the words mean is the business of fields/terms.py
    monkeypatch.setattr(terms, "remote", {"Hybrid": "hybrid", "Remote": "remote"}.get)
    assert advertised(workplaceType="Hybrid", isRemote=True).remote == "hybrid"
    assert advertised(workplaceType=None, isRemote=True).remote == "remote"
    assert advertised(workplaceType=None, isRemote=None).remote is None


def test_one_salary_component_is_the_pay_and_equity_and_bonus_are_not():
    others = [
        component(compensationType="EquityPercentage"),
        component(1, 2, compensationType="Bonus"),
    ]
    pay = advertised(compensation=tiers(component(), *others)).salary
    assert band(pay) == (61000, 72500, "USD", "year", "structured")
    assert pay.raw == "$61K - $72.5K"


def test_equal_tiers_are_one_band():
    assert advertised(compensation=tiers(component(), component())).salary.min == 61000


@pytest.mark.parametrize(
    "other", [component(52000, 60000), component(currencyCode="EUR"), component(interval="1 HOUR")]
)
def test_several_different_tiers_are_no_single_band(other):
    assert advertised(compensation=tiers(component(), other)).salary is None


def test_pay_that_the_board_does_not_show_is_not_told():
    hidden = advertised(
        compensation=tiers(component()), shouldDisplayCompensationOnJobPostings=False
    )
    assert hidden.salary is None


@pytest.mark.parametrize(
    "odd", [None, {}, [], "x", {"compensationTiers": None}, {"compensationTiers": [None, {}, "x"]}]
)
def test_compensation_of_another_shape_is_no_pay(odd):
    assert advertised(compensation=odd).salary is None


@pytest.mark.parametrize("spelt", ["Kiln Works", "Kiln%20Works"])
def test_a_board_s_name_is_asked_for_as_a_link_spells_it(tmp_path, spelt):
    answer = {"status": 200, "body": {"jobs": []}}
    read = crawl(tmp_path, ASHBY | {"board": spelt}, {JOBS: answer})
    assert (read.outcome, read.found) == ("complete", 0)


def test_postings_that_are_not_listed_are_left_out(tmp_path):
    rows = [ad(id="a"), ad(id="b", isListed=False), ad(id="c", isListed=None)]
    read = crawl(tmp_path, ASHBY, {JOBS: {"status": 200, "body": {"jobs": rows}}})
    assert (read.outcome, [posting.id for posting in read.postings]) == ("complete", ["a", "c"])


def test_a_switched_off_organization_is_failed_and_never_empty(tmp_path):
    off = {"status": 200, "body": {"organization": None, "jobs": None}}
    read = crawl(tmp_path, ASHBY, {JOBS: off})
    assert (read.outcome, read.reasons) == ("failed", ("the listing has no list of postings",))


def test_ashby_rows_that_cannot_be_read_are_a_shortfall(tmp_path):
    rows = [ad(), None, {"isListed": True}, ad(id=""), ad(secondaryLocations=7)]
    read = crawl(tmp_path, ASHBY, {JOBS: {"status": 200, "body": {"jobs": rows}}})
    assert (read.outcome, read.reasons) == ("partial", ("4 of 5 rows could not be read",))


# -- all of them ----------------------------------------------------------------------------------

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("greenhouse", "a board"), ("recruitee", "a board or a url"), ("careers_page", "a url")],
)
def test_a_source_that_says_too_little_is_told_what_its_kind_needs(kind, wanted):
    source = Source("kiln", kind)
    with pytest.raises(ValueError, match=f"^kiln: a source of kind {kind} needs {wanted}$"):
        list(kinds()[kind](sources=[source]).requests(source))


@pytest.mark.parametrize("link", ["https://kiln.example", "https://kiln.example/o/potter?x=1"])
def test_a_site_on_a_host_of_its_own_is_asked_there(link):
    source = Source("kiln", "recruitee", board="kiln", url=link)
    (request,) = kinds()["recruitee"](sources=[source]).requests(source)
    assert request.url == "https://kiln.example/api/offers"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "whole"),
    [
        (greenhouse, opening(pay_input_ranges=[CENTS])),
        (lever, role(salaryRange=RANGE)),
        (ashby, ad(compensation=tiers(component()))),
    ],
    ids=["greenhouse", "lever", "ashby"],
)
@settings(max_examples=120, deadline=None)
@given(st.data())
def test_a_row_with_any_field_spoilt_is_read_or_refused_as_a_row(kind, whole, data):
    name = data.draw(st.sampled_from(sorted(whole)))
    row = whole | {name: data.draw(JUNK)}
    try:
        posting = kind.read(row, SOURCE, NOW)
    except (AttributeError, KeyError, TypeError, ValueError):
        return  # what `rows` counts as unread
    assert posting is None or (posting.id and posting.title)


# -- aggregators ----------------------------------------------------------------------------------

PAGE = """<html lang="en"><head><script type="application/ld+json">{"@type": "JobPosting",
  "title": "Potter", "description": "<p>Pots all day. Pay: $20 an hour.</p>",
  "hiringOrganization": {"name": "Kiln"}, "url": "https://board.example/potter-1"}</script></head>
  <body><main><h1>Potter</h1><p>Pots all day. Pay: $20 an hour.</p></main></body></html>"""


def test_an_aggregator_s_page_gives_its_own_posting(tmp_path):
    url = "https://board.example/potter-1"
    read = crawl(tmp_path, {"kind": "aggregator", "url": url, "currency": "USD"}, {url: PAGE})
    (posting,) = read.postings
    assert (read.outcome, posting.title, posting.organization) == ("complete", "Potter", "Kiln")
    assert band(posting.salary) == (20, 20, "USD", "hour", "text")
