import json
import tomllib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract import extract
from crawler.items import Source
from crawler.pages import guess, paths
from crawler.sources import recognise
from monitor.commands import add

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def rows(*titles, **more):
    return [{"id": n, "title": title} | more for n, title in enumerate(titles, 1)]


def read(page):
    body = page if isinstance(page, str) else json.dumps(page)
    return extract("auto", body.encode(), url=None, organization=None, now=NOW)[0]


BOARD = {
    "meta": {"total": 40},
    "result": {
        "adverts": [
            {
                "uid": {"value": n},
                "advertId": f"A-{n}",
                "positionTitle": title,
                "employer": {"name": "Marram Optics", "url": "https://marram.example", "id": 9},
                "workLocation": {"city": "Harlech"},
                "publicationDate": "2026-11-02",
                "applicationDeadline": "2026-12-01",
                "payRange": {"min": 3000, "max": 3600, "currency": "EUR", "interval": "month"},
                "advertText": {"html": "<p>You grind lenses.</p>"},
                "detailUrl": f"/adverts/{n}",
            }
            for n, title in enumerate(("Lens Grinder", "Coating Technician"), 1)
        ]
    },
}


def test_an_answer_says_by_its_keys_where_its_postings_are_and_what_they_state():
    assert guess.description(BOARD) == {
        "rows": "result.adverts",
        "fields": {
            "title": "positionTitle",
            "url": "detailUrl",
            "id": "advertId",
            "organization": "employer.name",
            "places": "workLocation.city",
            "date_posted": "publicationDate",
            "valid_through": "applicationDeadline",
            "body": "advertText.html",
            "salary": "{min: payRange.min, max: payRange.max, currency: payRange.currency, "
            "period: payRange.interval}",
        },
        "total": "meta.total",
    }


def test_what_was_guessed_is_read_as_if_a_user_had_described_it():
    first, second = read(BOARD)
    assert (first.id, first.title, second.title) == ("A-1", "Lens Grinder", "Coating Technician")
    assert first.url == "https://saved.invalid/adverts/1"
    assert (first.organization, first.places[0].name) == ("Marram Optics", "Harlech")
    assert (first.date_posted, first.valid_through) == ("2026-11-02", "2026-12-01")
    assert (first.salary.min, first.salary.max, first.salary.period) == (3000, 3600, "month")
    assert first.body == "You grind lenses."


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        "postings",
        rows("Home", "About us"),  # a menu
        [{"id": 1, "name": "Marram", "location": "Harlech", "team": "Optics"}],  # people
        {"data": rows("Blog", url="/x", published="2026-11-02")},  # no more than a date
        {"users": [{"id": 1, "title": "Dr", "contact": {"city": "Harlech", "text": "x" * 50}}]},
        [{"id": 7, "title": t, "company": "M", "city": "H"} for t in "abcd"],  # one id for all
    ],
)
def test_what_is_no_list_of_postings_is_not_described(answer):
    assert guess.description(answer) is None


def test_a_description_is_written_in_lines_that_can_be_corrected():
    options = guess.description(BOARD)
    written = add.table(
        Source("marram", "json", url="https://m.example/api", options=options), "6h"
    )
    assert "\n[source.options.fields]\ntitle = " in written
    assert tomllib.loads(written)["source"][0]["options"] == options


def test_an_employer_s_own_name_text_and_link_are_not_the_posting_s():
    company = {"name": "Marram", "url": "https://marram.example/", "description": "We grind. " * 9}
    answer = rows("Lens Grinder", company=company, city="Harlech")
    fields = guess.description(answer)["fields"]
    assert fields == {
        "title": "title",
        "id": "id",
        "organization": "company.name",
        "places": "city",
    }


def test_a_key_that_is_no_plain_word_is_quoted():
    rows = [
        {"job-id": 1, "job title": "Lens Grinder", "city": "Harlech", "posted at": "2026-11-02"}
    ]
    found = guess.description({"all jobs": rows})
    assert found["rows"] == '"all jobs"'
    assert paths.find(found["rows"], {"all jobs": rows}) == rows
    assert paths.find(found["fields"]["title"], rows[0]) == "Lens Grinder"


def test_a_posting_alone_in_its_answer_is_read_when_it_has_its_text():
    alone = rows("Lens Grinder", company="Marram", city="Harlech")[0]
    assert guess.description(alone) is None
    assert guess.description(alone | {"description": "You grind."})["rows"] == "[@]"


def test_a_script_s_data_is_read_where_the_page_shows_nothing():
    data = json.dumps({"props": {"jobs": BOARD["result"]["adverts"]}})
    html = (
        f'<html><div id=app></div><script type="application/json" id="DATA">{data}</script></html>'
    )
    source = recognise("https://marram.example/careers", html)
    assert (source.kind, source.url) == ("json", "https://marram.example/careers")
    assert (source.options["script"], source.options["rows"]) == ("script#DATA", "props.jobs")


def test_a_partner_s_xml_is_read_by_the_names_of_its_elements():
    xml = """<annonces><annonce ref="77"><intitule>Opticien</intitule><nom_entreprise>Marram
    </nom_entreprise><ville>Harlech</ville><description><![CDATA[<p>Vous taillez des verres.</p>]]>
    </description><url>https://marram.example/77</url></annonce><annonce ref="78"><intitule>Polisseur
    </intitule><nom_entreprise>Marram</nom_entreprise><ville>Barmouth</ville><description>Polir des
    <b>verres</b></description><url>https://marram.example/78</url></annonce></annonces>"""
    first, second = read(xml)
    assert (first.id, first.title, first.organization) == ("77", "Opticien", "Marram")
    assert (first.body, second.body) == ("Vous taillez des verres.", "Polir des verres")
    assert second.places[0].name == "Barmouth"


KEYS = st.sampled_from(["title", "id", "url", "jobs", "company", "city", "text", "salary", "min"])
ANSWERS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(), inner, max_size=4)
    ),
)


@given(ANSWERS)
@settings(deadline=None, max_examples=40)
def test_whatever_is_guessed_can_be_read(answer):
    found = guess.description(answer)
    assert found is None or isinstance(paths.find(found["rows"], answer), list)
