"""Whatever a site says, it is text on every page: no markup, no template, no link of its own."""

import json
import re
from dataclasses import replace
from itertools import cycle
from urllib.parse import urljoin, urlsplit

import feedparser
import lxml.html
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from test_render import HOSTILE, LINKS
from web_samples import SEARCH, client, crawl, fill, posting, site

from crawler.items import Asked, Place, Salary, Source
from monitor.rows import storable

TAGS = {
    *("html", "head", "meta", "title", "link", "body", "a", "header", "p", "nav", "ul", "ol", "li"),
    *("main", "footer", "h1", "h2", "h3", "section", "aside", "div", "span", "time", "form"),
    *("label", "input", "button", "select", "option", "dl", "dt", "dd", "table", "thead", "tbody"),
    *("tr", "th", "td", "caption", "strong", "br", "del", "ins", "details", "summary", "svg"),
    *("g", "text", "line", "polyline", "path", "rect", "iframe", "pre", "desc"),
}
"""Everything our templates write; a script, an image, a style would be somebody else's."""

anything = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))
link = st.one_of(st.sampled_from(LINKS), st.text(max_size=20))


def odd(draw, link, name):
    return posting(
        name,
        draw(),
        organization=draw(),
        places=(Place(draw()), Place(draw())),
        url=link(),
        apply_url=link(),
        department=draw(),
        body=f"{draw()}\n{draw()} optics",
        employment_types=(draw(),),
        requirements=(draw(),),
        language=draw(),
        date_posted=draw(),
        date_posted_raw=draw(),
        valid_through=draw(),
        start_date=draw(),
        remote=draw(),
        requisition_id=draw(),
        salary=Salary(9.0, 10.0, draw(), draw(), raw=draw()),
    )


def visits(draw, link):
    """Give visits that open, change, close and fail, each in words of somebody else's."""
    source = Source(
        "kelp",
        "greenhouse",
        board="kelp",
        organization=storable(draw()),
        url="https://kelp.example",
    )
    first, second = odd(draw, link, "a"), odd(draw, link, storable(draw()) or "b")
    changed = odd(draw, link, "a")
    asked = (Asked(draw(), link(), 200, 1, 0.1, draw()),)
    failed = {"outcome": "failed", "reasons": (draw(), draw())}
    return [
        crawl(0, first, source=source, requests=asked),
        crawl(1, first, second, source=source, requests=asked),
        crawl(2, changed, second, source=source, requests=asked),
        crawl(3, changed, source=source, requests=asked),
        crawl(5, changed, source=source, requests=asked),
        crawl(6, source=source, requests=asked, **failed),
    ]


def complaints(answer):
    """Give what a parser of feeds or calendars says against one."""
    kind = answer.headers["content-type"].partition(";")[0]
    if kind == "application/atom+xml":
        found = feedparser.parse(answer.content)
        return [found.bozo_exception] if found.bozo else []
    if kind == "application/feed+json":
        return [] if json.loads(answer.content)["items"] is not None else ["no items"]
    if kind == "text/calendar":
        return [one.errors for one in Calendar.from_ical(answer.content).walk() if one.errors]
    return [] if kind in ("text/plain", "text/css", "image/svg+xml") else [kind]


def examine(answer):
    if not answer.headers["content-type"].startswith("text/html"):
        assert complaints(answer) == []
        return []
    if "sandbox" in answer.headers["content-security-policy"]:
        return []
    document = lxml.html.document_fromstring(answer.text)
    tags = {one.tag for one in document.iter() if isinstance(one.tag, str)}
    assert tags <= TAGS, tags - TAGS
    for one in document.iter():
        assert not [key for key in one.attrib if key.startswith("on") or key == "style"]
    hrefs = document.xpath("//@href | //@src | //@action")
    for href in hrefs:
        assert urlsplit(href).scheme in ("", "http", "https"), href
    for outward in document.xpath("//a[contains(@href, '://')]"):
        assert outward.get("rel") == "noopener noreferrer nofollow"
    return [href for href in hrefs if not re.match(r"https?:|#", href)]


def walk(path, search, most=60):
    """Look at every page that can be reached; give how many there were."""
    with client(path, site(searches=(search,))) as asking:
        seen, waiting = set(), ["/", "/postings?state=closed", "/nothing<script>"]
        while waiting:
            href = waiting.pop(0)
            if href not in seen and len(seen) < most:
                seen.add(href)
                answer = asking.get(href)
                assert answer.status_code in (200, 404), href
                # A feed says a posting's id as its site does, however long.
                assert len(answer.content) < (1_000_000 if "/f/" in href else 120_000), href
                waiting += [urljoin(href, one) for one in examine(answer)]
    return len(seen)


def test_no_site_known_to_be_hostile_can_write_a_page(tmp_path):
    words, links = cycle(HOSTILE), cycle(LINKS)
    hostile = visits(lambda: next(words), lambda: next(links))
    search = replace(SEARCH, name=HOSTILE[3])
    assert walk(fill(tmp_path / "r.db", hostile, search), search) > 30


@pytest.mark.slow
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.generate],  # a failing page is told as it is; shrinking takes minutes
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_no_site_at_all_can_write_a_page(tmp_path_factory, data):
    hostile = visits(lambda: data.draw(anything), lambda: data.draw(link))
    assert walk(fill(tmp_path_factory.mktemp("any") / "r.db", hostile), SEARCH) > 20


def test_a_template_in_a_title_is_not_run(tmp_path):
    path = fill(tmp_path / "r.db", [crawl(0, posting("a", "{{7*7}} {% raw %}"))])
    with client(path) as asking:
        said = asking.get("/postings").text
    assert "{{7*7}} {% raw %}" in said
    assert ">49" not in said
