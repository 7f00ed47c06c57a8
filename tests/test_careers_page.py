"""Whole crawls of careers pages: listing, next pages, sitemaps, and what closes a posting."""

import gzip
import json

import pytest
from sites import crawl

SITE = "https://saltmarsh.example"
LIST = f"{SITE}/jobs/"
SOURCE = {"kind": "careers_page", "url": LIST, "organization": "Saltmarsh", "currency": "EUR"}
GONE = {"status": 404, "body": "<h1>Not found</h1>"}


def listing(*names, after=None):
    rows = "".join(f'<li><a href="/jobs/{name}">{name}</a></li>' for name in names)
    more = f'<a rel="next" href="{after}">Next</a>' if after else ""
    return f"<html><body><h1>Jobs</h1><ul>{rows}</ul>{more}<a href='/about'>Us</a></body></html>"


def detail(title, notice="", **fields):
    stated = json.dumps(
        {"@type": "JobPosting", "title": title, "description": "Rake salt."} | fields
    )
    return f"""<html><body><script type="application/ld+json">{stated}</script>
        <h1>{title}</h1>{notice}<p>Rake salt.</p></body></html>"""


def site(*names, **answers):
    return (
        {LIST: listing(*names)}
        | {f"{LIST}{name}": detail(name.title()) for name in names}
        | answers
    )


def titles(read):
    return sorted(posting.title for posting in read.postings)


def test_a_listing_with_its_next_page_is_read_to_the_end(tmp_path):
    answers = site("raker", "boiler") | {
        LIST: listing("raker", "boiler", after="?page=2"),
        f"{LIST}?page=2": listing("boiler", "carter", after="/jobs/"),
        f"{LIST}carter": detail("Carter"),
    }
    read = crawl(tmp_path, SOURCE, answers)
    assert (read.outcome, read.reasons) == ("complete", ())
    assert titles(read) == ["Boiler", "Carter", "Raker"]
    assert read.counts.asked == 5


def test_a_posting_without_an_employer_belongs_to_the_source(tmp_path):
    answers = site("raker", "boiler")
    answers[f"{LIST}boiler"] = detail("Boiler", hiringOrganization={"name": "Brine Ltd"})
    read = crawl(tmp_path, SOURCE, answers)
    assert {one.title: one.organization for one in read.postings} == {
        "Raker": "Saltmarsh",
        "Boiler": "Brine Ltd",
    }


def test_postings_stated_on_the_listing_itself_are_read(tmp_path):
    read = crawl(tmp_path, SOURCE, {LIST: detail("Raker", url="/jobs/raker"), f"{LIST}raker": GONE})
    assert titles(read) == ["Raker"]


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><h1>Jobs</h1><div id='root'></div></body></html>",
        "<html><body><h1>Jobs</h1><p>No openings.</p><a href='/about'>Us</a></body></html>",
        "",
    ],
)
def test_a_listing_without_postings_or_links_is_failed_and_never_empty(tmp_path, page):
    read = crawl(tmp_path, SOURCE, {LIST: page})
    assert (read.outcome, read.found) == ("failed", 0)
    assert read.reasons == ("the page shows neither postings nor links to them",)


BLOCK = """<html><head><title>Just a moment...</title></head><body>
    <script src="/cdn-cgi/challenge-platform/h/b/orchestrate"></script></body></html>"""


@pytest.mark.parametrize("status", [200, 403, 503])
def test_a_block_page_is_named_whatever_its_status(tmp_path, status):
    read = crawl(tmp_path, SOURCE, {LIST: {"status": status, "body": BLOCK}})
    assert read.outcome == "failed"
    assert "Cloudflare" in " ".join(read.reasons)


def test_a_block_page_instead_of_a_posting_makes_the_crawl_partial(tmp_path):
    read = crawl(tmp_path, SOURCE, site("raker", "boiler") | {f"{LIST}boiler": BLOCK})
    assert (read.outcome, titles(read), read.gone) == ("partial", ["Raker"], ())
    assert "Cloudflare" in read.reasons[0]


def again(tmp_path, answers, **second):
    """Crawl a site twice, the second time with some answers changed, and give the second crawl."""
    first = crawl(tmp_path, SOURCE, answers)
    assert (first.outcome, first.found) == ("complete", 2)
    changed = {f"{LIST}{name}": answer for name, answer in second.items()}
    return crawl(tmp_path, SOURCE, answers | changed, memory=first)


def gone(read):
    return {mark.id: mark.reason for mark in read.gone}


@pytest.mark.parametrize("status", [404, 410])
def test_a_known_posting_s_page_that_is_gone_closes_it(tmp_path, status):
    read = again(tmp_path, site("raker", "boiler"), boiler=GONE | {"status": status})
    assert (read.outcome, read.kept) == ("complete", {"/jobs/raker"})
    assert gone(read) == {"/jobs/boiler": f"its page answers HTTP {status}"}


@pytest.mark.parametrize("target", ["/jobs/", LIST])
def test_a_known_posting_s_page_that_leads_to_the_listing_closes_it(tmp_path, target):
    away = {"status": 302, "headers": [["Location", target]]}
    read = again(tmp_path, site("raker", "boiler"), boiler=away)
    assert gone(read) == {"/jobs/boiler": "its page leads back to the listing"}
    assert read.reasons == ()


def test_a_page_that_says_so_closes_its_posting(tmp_path):
    shut = detail("Boiler", '<p class="alert">This position has been filled.</p>')
    read = again(tmp_path, site("raker", "boiler"), boiler=shut)
    assert gone(read) == {"/jobs/boiler": "its page says: This position has been filled."}
    assert titles(read) == []


def test_a_page_that_only_says_so_closes_the_posting_it_showed_before(tmp_path):
    shut = "<html><body><p>This job is no longer available.</p></body></html>"
    read = again(tmp_path, site("raker", "boiler"), boiler=shut)
    assert gone(read) == {"/jobs/boiler": "its page says: This job is no longer available."}
    assert read.outcome == "complete"


def test_a_page_that_showed_a_posting_and_shows_nothing_now_is_a_shortfall(tmp_path):
    drawn = "<html><body><div id='root'></div><script src='/app.js'></script></body></html>"
    answers = site("raker", "boiler")
    read = again(tmp_path, answers, boiler=drawn)
    assert (read.outcome, read.gone) == ("partial", ())
    assert read.reasons == (f"{LIST}boiler: the page no longer shows its posting",)
    later = crawl(tmp_path, SOURCE, answers | {f"{LIST}boiler": drawn + " "}, memory=read)
    assert later.outcome == "partial"


def test_a_linked_page_that_never_was_a_posting_does_no_harm(tmp_path):
    read = crawl(
        tmp_path, SOURCE, site("raker", "faq-for-rakers") | {f"{LIST}faq-for-rakers": "<p>Why"}
    )
    assert (read.outcome, titles(read)) == ("complete", ["Raker"])


def test_a_server_s_trouble_closes_nothing(tmp_path):
    read = again(tmp_path, site("raker", "boiler"), boiler={"status": 500, "body": "oops"})
    assert (read.outcome, read.gone, read.kept) == ("partial", (), {"/jobs/raker"})


# -- sitemaps -------------------------------------------------------------------------------------

MAP = f"{SITE}/sitemap.xml"
BY_MAP = SOURCE | {"url": MAP}


def urlset(*paths, root="urlset", entry="url"):
    entries = "".join(f"<{entry}><loc>{SITE}{path}</loc></{entry}>" for path in paths)
    return f"<?xml version='1.0'?><{root}>{entries}</{root}>"


def index(*paths):
    return urlset(*paths, root="sitemapindex", entry="sitemap")


def test_a_sitemap_leads_to_its_postings_only(tmp_path):
    answers = {
        MAP: urlset("/", "/about", "/jobs/", "/jobs/raker", "/blog/jobs/salt"),
        f"{LIST}raker": detail("Raker"),
    }
    read = crawl(tmp_path, BY_MAP, answers)
    assert (read.outcome, titles(read), read.counts.asked) == ("complete", ["Raker"], 2)


def test_an_index_is_followed_into_its_children_and_one_without_postings_is_fine(tmp_path):
    answers = {
        MAP: index("/pages.xml", "/jobs-1.xml.gz"),
        f"{SITE}/pages.xml": urlset("/", "/about"),
        f"{SITE}/jobs-1.xml.gz": gzip.compress(urlset("/jobs/raker").encode()),
        f"{LIST}raker": detail("Raker"),
    }
    read = crawl(tmp_path, BY_MAP, answers)
    assert (read.outcome, read.reasons, titles(read)) == ("complete", (), ["Raker"])


def test_a_gzipped_sitemap_may_be_the_source_itself(tmp_path):
    packed = f"{MAP}.gz"
    answers = {
        packed: gzip.compress(urlset("/jobs/raker").encode()),
        f"{LIST}raker": detail("Raker"),
    }
    read = crawl(tmp_path, SOURCE | {"url": packed}, answers)
    assert (read.outcome, titles(read)) == ("complete", ["Raker"])


@pytest.mark.parametrize(
    "xml", [urlset(), urlset("/about"), index(), urlset("/jobs/raker", "/jobs/x")[:-30]]
)
def test_a_sitemap_that_names_no_postings_is_failed_and_never_empty(tmp_path, xml):
    read = crawl(tmp_path, BY_MAP, {MAP: xml})
    assert (read.outcome, read.reasons) == ("failed", ("the sitemap names no postings",))


def test_a_child_that_cannot_be_had_makes_the_crawl_partial(tmp_path):
    answers = {
        MAP: index("/jobs-1.xml", "/jobs-2.xml"),
        f"{SITE}/jobs-1.xml": urlset("/jobs/raker"),
        f"{SITE}/jobs-2.xml": urlset("/jobs/boiler")[:-25],
        f"{LIST}raker": detail("Raker"),
    }
    read = crawl(tmp_path, BY_MAP, answers)
    assert (read.outcome, titles(read)) == ("partial", ["Raker"])
    assert read.reasons == ("the sitemap names no postings",)
