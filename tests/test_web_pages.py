"""The page: what each shows, what it answers to nonsense, and that it only ever reads."""

import re
import sqlite3
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import urljoin

import lxml.html
import pytest
import web_samples as samples
from web_samples import BASE, KELP, client, crawl, fill, posting, site

from crawler.archive import keep
from monitor.lookup import Lookup
from monitor.store import StoreError
from monitor.trail import Trail


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return fill(tmp_path_factory.mktemp("page") / "r.db")


@pytest.fixture(scope="module")
def ask(store):
    with client(store) as asking:
        yield asking


def words(answer):
    apart = re.sub(r"</(td|th|dt|dd|li|caption)>|<br>", r" \g<0>", answer.text)
    return " ".join(lxml.html.document_fromstring(apart).xpath("string(//main)").split())


def links(answer):
    return lxml.html.document_fromstring(answer.text).xpath("//@href | //@src | //@action")


def page_of(ask, title):
    """Give the page of the posting with this title, found as a reader finds it."""
    found = ask.get("/postings", params={"q": title})
    (href,) = lxml.html.document_fromstring(found.text).xpath("//h3/a/@href")[:1]
    return href


def test_the_first_page_shows_what_happened_newest_first(ask):
    answer = ask.get("/")
    said = words(answer)
    assert answer.status_code == 200
    assert "Pay: NOK 480,000–NOK 520,000 a year → NOK 500,000–NOK 560,000 a year ▲ raised" in said
    assert said.index("elsewhere too") < said.index("Lens Grinder")
    assert "1 passage of the text reworded" in said


def test_kinds_are_counted_over_a_week_and_lead_to_their_own_page(ask):
    only = words(ask.get("/", params={"kind": "closed"}))
    assert only.startswith("Latest changes: closed")
    assert "Buoy Keeper" in only
    assert "Lens Grinder" not in only


def test_postings_are_narrowed_by_links_that_say_how_many_there_are(ask):
    document = lxml.html.document_fromstring(ask.get("/postings").text)
    offered = {
        link.text_content(): (link.get("href"), link.getparent().xpath("string(span)"))
        for link in document.xpath("//aside//li/a")
    }
    assert offered["Kelp Works"] == ("/postings?employer=Kelp+Works", "4")
    assert offered["NOK 550,000–574,999 a year"][1] == "1"
    for href, number in offered.values():
        assert words(ask.get(href)).split("Search ")[1].startswith(f"{number} posting")


def test_words_and_traits_narrow_together_and_each_can_be_taken_away(ask):
    answer = ask.get("/postings", params={"q": "optics", "employment": "intern"})
    said = words(answer)
    assert "2 postings with “optics”" in said
    assert "/postings?q=optics" in links(answer)
    assert "0 postings" in words(ask.get("/postings", params={"employer": "Nobody"}))


def test_closed_postings_have_a_list_of_their_own(ask):
    said = words(ask.get("/postings", params={"state": "closed"}))
    assert "Buoy Keeper" in said
    assert "closed 12 Nov" in said or "closed 13 Nov" in said


def test_lists_go_on_without_a_gap_or_a_repetition(tmp_path):
    many = [posting(f"p{n:03}", f"Diver {n:03}") for n in range(120)]
    path = fill(tmp_path / "r.db", [crawl(0, *many)])
    with client(path) as asking:
        seen, href = [], "/postings"
        while href:
            document = lxml.html.document_fromstring(asking.get(href).text)
            seen += document.xpath("//h3/a/text()")
            href = next(iter(document.xpath("//a[@rel='next']/@href")), None)
    assert sorted(seen) == [f"Diver {n:03}" for n in range(120)]


def test_a_posting_shows_its_facts_its_history_and_its_text(ask):
    said = words(ask.get(page_of(ask, "Lens Grinder")))
    assert "NOK 500,000–NOK 560,000 a year · Kelp Works · Bergen, Norway" in said
    assert "Open; last seen 23 Nov, 07:00." in said
    assert "Changed Field Before Now Pay NOK 480,000–NOK 520,000 a year" in said
    assert "first seen 2 Nov, 07:00" in said
    assert "You will align optics by hand and by laser." in said


def test_a_twin_leads_to_the_other_posting_and_back(ask):
    answer = ask.get(page_of(ask, "Optics Intern"))
    (other,) = lxml.html.document_fromstring(answer.text).xpath(
        "//li[contains(., 'The same opening')]/a/@href"
    )
    there = ask.get(other)
    assert "The same opening at" in words(there)
    assert str(answer.url).endswith(links(there)[links(there).index(str(answer.url.path))])


def test_two_readings_stand_side_by_side(ask):
    href = page_of(ask, "Lens Grinder")
    document = lxml.html.document_fromstring(ask.get(f"{href}/compare").text)
    ((before, after),) = [
        [cell.text_content().strip() for cell in row.xpath("td")[-2:]]
        for row in document.xpath("//tr[@class='reworded']")
    ]
    assert before == "You will align optics by hand."
    assert after == "You will align optics by hand and by laser."
    assert document.xpath("//tr[@class='reworded']//ins//text()") == ["hand and by laser."]
    swapped = ask.get(f"{href}/compare?before=999999&after=nonsense")
    assert swapped.status_code == 200


def test_the_text_alone_is_plain_text(ask):
    answer = ask.get(page_of(ask, "Lens Grinder") + "/text")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("Lens Grinder\n\nKelp Works grinds lenses")


def test_a_kept_page_is_shown_as_text_and_a_missing_one_is_explained(tmp_path):
    body = b"<script>alert(1)</script>" + b"x" * 99
    import hashlib  # noqa: PLC0415 - here only

    digest = hashlib.sha256(body).hexdigest()
    keep(tmp_path / "captures" / "kelp" / "bodies", body)
    kept, lost = posting("a", "Kept"), posting("b", "Lost")
    path = fill(tmp_path / "r.db", [crawl(0, kept, lost, page_of={"a": digest, "b": "0" * 64})])
    with client(path, site(captures=tmp_path / "captures")) as asking:
        answer = asking.get(page_of(asking, "Kept") + "/page")
        assert answer.text == body.decode()
        assert answer.headers["content-type"].startswith("text/plain")
        missing = asking.get(page_of(asking, "Lost") + "/page")
    assert missing.status_code == 404
    assert "rolecall run --keep" in words(missing)


def test_sources_say_how_they_are_in_words(ask):
    said = words(ask.get("/sources"))
    assert "2 sources, 5 open postings." in said
    assert "Fine: read whole. 3 3 23 Nov, 07:00 23 Nov, 07:00" in said
    source = words(ask.get("/source/kelp"))
    assert "every 1 day" in source
    assert "failed https://kelp.example/api: HTTP 503" in source


def test_a_failed_source_comes_first_with_its_reason(tmp_path):
    bad = crawl(1, source=KELP, outcome="failed", reasons=("the page holds no postings",))
    path = fill(tmp_path / "r.db", [crawl(0, posting("a", "A")), bad])
    with client(path) as asking:
        said = words(asking.get("/sources"))
    assert "1 with a problem" in said
    assert "The last visit failed. Its postings are not marked closed. the page holds no" in said


def test_a_visit_shows_what_it_led_to_and_what_it_asked_for(ask):
    document = lxml.html.document_fromstring(ask.get("/visits").text)
    hrefs = document.xpath("//tbody//th/a/@href")
    assert len(hrefs) == len(samples.crawls())
    said = words(ask.get(hrefs[0]))
    assert "Took 1 min 15 s" in said
    assert "404 GET https://kelp.example/api?page=1 its page answers 404 31 kB 0.4 s" in said


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/posting/0",
        "/posting/99999999999999999999",
        "/posting/x",
        "/posting/1%2F..%2F2",
        "/source/none",
        "/visit/0",
        "/visit/½",
        "/page.css/x",
    ],
)
def test_what_is_not_there_is_said_on_a_page(ask, path):
    answer = ask.get(path)
    assert answer.status_code == 404
    assert words(answer).startswith("Not found There is no such")


@pytest.mark.parametrize(
    "q", ['"', "*", "NEAR(", "-", "a OR", "title:", "🦑", "\0", "(", "^x", "'"]
)
def test_no_word_is_an_operator(ask, q):
    for state in ("", "closed"):
        answer = ask.get("/postings", params={"q": q, "state": state})
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "before=-1",
        "before=1e9",
        "before=٣",
        "before=" + "9" * 400,
        "kind=nonsense",
        "before=2026-11-02T07:00:00+00:00~1",
        "before=2026-11-02T07:00:00+00:00~x",
        "before=~",
        "state=ajar",
        "q=" + "w" * 5000,
        "place=%00&place=b",
        "%ff=%ff",
    ],
)
def test_nonsense_in_the_query_is_no_error(ask, query):
    for path in ("/", "/postings", "/visits"):
        assert ask.get(f"{path}?{query}").status_code == 200


def test_every_link_of_every_page_leads_to_a_page(ask):
    seen, waiting = set(), ["/"]
    while waiting:
        href = waiting.pop(0)
        # Choices of choices are the same page again.
        if href in seen or ":" in href.partition("?")[0] or href.count("=") > 1:
            continue
        seen.add(href)
        answer = ask.get(href)
        assert answer.status_code == 200, href
        letter = "sandbox" in answer.headers["content-security-policy"]
        if answer.headers["content-type"].startswith("text/html") and not letter:
            waiting += [urljoin(href, one) for one in links(answer) if not one.startswith("#")]
    assert len(seen) > 45
    assert {one.split("/")[1].partition("?")[0] for one in seen} >= {
        *("", "postings", "posting", "sources", "source", "visits", "visit", "statistics"),
        *("searches", "search", "digests", "digest", "letter", "page.css", "icon.svg"),
    }


def test_a_letter_leads_to_a_posting_by_its_source_and_its_id_there(tmp_path):
    odd = posting("/jobs/7?a=b&c", "Lamp Trimmer")
    with client(fill(tmp_path / "r.db", [crawl(0, odd)])) as ask:
        trail = Trail(BASE).history(SimpleNamespace(source="kelp", posting_id=odd.id))
        answer = ask.get(trail.removeprefix(BASE))
        assert (answer.status_code, answer.headers["location"]) == (303, "/posting/1")
        for missing in ("", "?source=kelp", "?source=kelp&posting=x", "?posting=%ed%a0%80"):
            assert ask.get(f"/known{missing}").status_code == 404


def test_links_to_other_sites_take_nothing_along(ask):
    document = lxml.html.document_fromstring(ask.get(page_of(ask, "Lens Grinder")).text)
    (outward,) = document.xpath("//main//a[contains(@href, '://')]")
    assert outward.get("href") == "https://kelp.example/jobs/g1"
    assert outward.get("rel") == "noopener noreferrer nofollow"


def test_the_store_is_only_read(store):
    with Lookup.open(store) as lookup, pytest.raises(sqlite3.OperationalError, match="readonly"):
        lookup._connection.execute("DELETE FROM events")


def test_a_store_that_is_not_there_is_explained_and_found_once_it_is(tmp_path):
    with client(tmp_path / "r.db") as asking:
        answer = asking.get("/")
        assert answer.status_code == 503
        assert "rolecall run" in words(answer)
        fill(tmp_path / "r.db", [crawl(0, posting("a", "A"))])
        assert asking.get("/postings").status_code == 200
    with pytest.raises(StoreError):
        Lookup.open(tmp_path / "none.db")


def test_what_is_counted_follows_the_store(tmp_path):
    first = posting("a", "Diver")
    path = fill(tmp_path / "r.db", [crawl(0, first)])
    with client(path) as asking:
        assert "1 posting" in words(asking.get("/postings"))
        fill(path, [crawl(1, first, replace(first, id="b", title="Other Diver"))])
        said = words(asking.get("/postings"))
    assert "2 postings" in said
    assert re.search(r"Kelp Works 2", said)
