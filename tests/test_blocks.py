"""Block pages are told from pages; a site that says no is told from a site that is gone."""

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.pages.blocks import blocked
from crawler.pages.trouble import describe, explain
from crawler.refused import BlockedAddress


def page(title="", body="", head=""):
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


BLOCKS = [
    ("Cloudflare", 403, page("Just a moment...", "<script src='/cdn-cgi/challenge-platform/h/b/orchestrate'></script>")),
    ("Cloudflare", 503, page("Just a moment...", "<noscript>Enable JavaScript and cookies to continue</noscript>")),
    ("Cloudflare", 403, page("Attention Required! | Cloudflare", "<div class='cf-error-details'><h1>Sorry, you have been blocked</h1></div>")),
    ("DataDome", 403, page("kiln.example", "<script src='https://ct.captcha-delivery.com/c.js'></script>")),
    ("PerimeterX", 403, page("Access to this page has been denied", "<div id='px-captcha'></div>")),
    ("PerimeterX", 200, page("Kiln", "<div id='px-captcha'></div><p>Press &amp; Hold to confirm</p>")),
    ("Incapsula", 200, page("", "<iframe src='/_Incapsula_Resource?SWUDNSAI=31'></iframe>")),
    ("Incapsula", 200, page("Pardon Our Interruption", "<p>As you were browsing something made us think you might be a bot.</p><script src='/_Incapsula_Resource'></script>")),
    ("Akamai", 403, page("Access Denied", "<h1>Access Denied</h1><p>Reference #18.2 https://errors.edgesuite.net/18.2</p>")),
    ("captcha", 200, page("Human verification", "<div class='g-recaptcha'></div>")),
    ("captcha", 405, page("Verification", "<script src='https://x.example/awsWafCaptcha.js'></script>")),
    ("captcha", 200, page("Robot Check", "<p>Please solve the captcha below.</p>")),
    ("denied", 403, page("403 Forbidden", "<h1>Forbidden</h1>")),
    ("denied", 403, page("Blocked", "<p>Our systems detected unusual traffic.</p>")),
    ("unusual traffic", 429, page("Kiln", "<p>Our systems detected unusual traffic from your network.</p>")),
]  # fmt: skip


@pytest.mark.parametrize(("who", "status", "html"), BLOCKS)
def test_a_block_page_is_named_for_who_answered(who, status, html):
    assert who in blocked(html, status)


DESCRIPTION = (
    "<p>We fire pots in three kilns and glaze them by hand, every day but Sunday.</p>" * 30
)
ORDINARY = [
    ("a careers page with a captcha in its form", 200, page("Careers at Kiln", DESCRIPTION + "<div class='g-recaptcha'></div>")),
    ("a short page with a captcha in its form", 200, page("Potter", "<h1>Potter</h1><p>Throw clay.</p><form><div class='h-captcha'></div></form>")),
    ("a posting about captchas", 200, page("Captcha Engineer", DESCRIPTION + "<p>Prove you are a human who can solve the captcha.</p>")),
    ("a site behind Cloudflare", 200, page("Jobs at Kiln", "<p>2 openings</p><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>")),
    ("a site watched by PerimeterX", 200, page("Jobs at Kiln", "<p>2 openings</p><script>window._pxAppId = 'PX1'</script>")),
    ("an empty list", 200, page("Open positions", "<p>We have no open positions at the moment.</p>")),
    ("a page that is not there", 404, page("Not found", "<h1>Not found</h1>")),
    ("a maintenance page", 503, page("Back soon", "<p>We are being glazed.</p>")),
    ("a plain refusal", 403, page("Kiln", "<p>Please log in.</p>")),
    ("a page filled in by scripts", 200, page("Kiln careers", "<div id='root'></div>")),
    ("nothing", 200, ""),
    ("nothing, refused", 403, ""),
]  # fmt: skip


@pytest.mark.parametrize(("what", "status", "html"), ORDINARY, ids=[row[0] for row in ORDINARY])
def test_a_page_that_only_mentions_such_things_is_a_page(what, status, html):
    assert blocked(html, status) is None, what


@pytest.mark.parametrize("status", [200, 403, 429, 503])
@pytest.mark.parametrize(
    "statement",
    [
        '<script type="application/ld+json">{"@type":"JobPosting","title":"Potter"}</script>',
        '<div itemscope itemtype="https://schema.org/JobPosting"><h1 itemprop="title">Potter</h1></div>',
    ],
)
def test_a_page_that_states_a_posting_is_never_a_block_page(statement, status):
    for _, _, html in BLOCKS:
        assert blocked(html.replace("<body>", "<body>" + statement), status) is None


@settings(max_examples=80, deadline=None)
@given(
    st.text(max_size=60) | st.binary(max_size=60).map(lambda b: b.decode("latin-1")),
    st.integers(100, 599),
)
def test_no_answer_raises(html, status):
    assert blocked(html, status) is None or status != 200


# What is said of an answer that is no page


def answer(status, text="", flags=()):
    return SimpleNamespace(
        url="https://kiln.example/jobs", status=status, text=text, flags=list(flags)
    )


def test_a_bad_status_is_put_into_words():
    assert describe(answer(410)) == "https://kiln.example/jobs: HTTP 410, the page is gone"
    assert describe(answer(418)) == "https://kiln.example/jobs: HTTP 418"


def test_how_long_the_site_asked_to_wait_is_told():
    waiting = answer(429, flags=["cached", "asked to wait 120 s"])
    assert describe(waiting).endswith("HTTP 429, too many requests, asked to wait 120 s")


def test_a_block_page_is_told_before_its_status():
    told = describe(answer(403, BLOCKS[0][2]))
    assert (
        told
        == "https://kiln.example/jobs: HTTP 403, blocked: Cloudflare asks whether a person is asking"
    )


def test_an_answer_without_text_is_no_block_page():
    picture = SimpleNamespace(url="https://kiln.example/x.png", status=403, flags=[])
    assert describe(picture) == "https://kiln.example/x.png: HTTP 403, access is refused"


def test_a_known_failure_is_told_in_words_and_another_by_its_name():
    class DownloadTimeoutError(Exception):
        pass

    assert explain(DownloadTimeoutError("after 30 s")) == "no answer in time"
    assert explain(RuntimeError("odd")) == "RuntimeError: odd"
    assert explain(ValueError("the answer is no list")) == "the answer is no list"
    assert explain(ValueError()) == "ValueError"
    refused = "http://10.0.0.5/: 10.0.0.5 is not a public address"
    assert explain(BlockedAddress(refused)) == refused
