import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.sources import candidates, kinds, recognise

POSTING_ID = "0f8b2c1d-1111-4222-8333-abcdefabcdef"


def known(url, html=None):
    source = recognise(url, html)
    return source and (source.kind, source.board)


@pytest.mark.parametrize(
    "url",
    [
        "https://boards.greenhouse.io/kelpworks",
        "https://boards.greenhouse.io/kelpworks/",
        "https://boards.greenhouse.io/kelpworks/jobs/4400123?gh_src=abc#app",
        "https://job-boards.greenhouse.io/kelpworks/jobs/4400123",
        "https://boards.eu.greenhouse.io/kelpworks",
        "https://job-boards.eu.greenhouse.io/kelpworks/jobs/4400123",
        "http://boards.greenhouse.io/embed/job_board?for=kelpworks",
        "https://boards.greenhouse.io/embed/job_board/js?for=kelpworks&b=https%3A%2F%2Fx.example",
        "https://boards.greenhouse.io/embed/job_app?token=4400123&for=kelpworks",
        "https://boards-api.greenhouse.io/v1/boards/kelpworks/jobs?content=true",
        "https://api.greenhouse.io/v1/boards/kelpworks/embed/jobs",
        "https://www.kelpworks.example/careers/role?gh_jid=4400123&for=kelpworks",
        "https://www.kelpworks.example/careers/role?for=kelpworks&gh_jid=4400123",
        "  https://boards.greenhouse.io/kelpworks \n",
        "HTTPS://BOARDS.Greenhouse.IO/kelpworks",
        "boards.greenhouse.io/kelpworks",
    ],
)
def test_every_form_of_a_greenhouse_link_gives_its_board(url):
    assert known(url) == ("greenhouse", "kelpworks")


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("https://jobs.lever.co/kelpworks", {}),
        (f"https://jobs.lever.co/kelpworks/{POSTING_ID}/apply?lever-source=x", {}),
        ("https://api.lever.co/v0/postings/kelpworks?mode=json", {}),
        (f"https://jobs.eu.lever.co/kelpworks/{POSTING_ID}", {"region": ".eu"}),
        ("https://api.eu.lever.co/v0/postings/kelpworks?mode=json", {"region": ".eu"}),
        ("https://jobs.EU.lever.co/kelpworks", {"region": ".eu"}),
    ],
)
def test_a_lever_link_gives_its_board_and_its_region(url, options):
    assert known(url) == ("lever", "kelpworks")
    assert recognise(url).options == options


@pytest.mark.parametrize(
    ("url", "board"),
    [
        ("https://jobs.ashbyhq.com/kelpworks", "kelpworks"),
        (f"https://jobs.ashbyhq.com/Kelp%20Works/{POSTING_ID}", "Kelp Works"),
        ("https://jobs.ashbyhq.com/kelp.works/embed?version=2", "kelp.works"),
        ("https://api.ashbyhq.com/posting-api/job-board/kelpworks?x=1", "kelpworks"),
    ],
)
def test_an_ashby_link_gives_its_board_as_it_is_spelt(url, board):
    assert known(url) == ("ashby", board)


def test_a_source_is_named_after_its_board_and_invents_nothing():
    source = recognise("https://jobs.ashbyhq.com/Kelp%20Works")
    assert (source.id, source.url, source.organization, source.currency) == (
        "kelp-works",
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        " ",
        "kelpworks",
        "hello world",
        "https://",
        "https://[",
        "https://www.kelpworks.example/careers",
        "https://www.kelpworks.example/careers?gh_jid=4400123",
        "mailto:jobs@boards.greenhouse.io/kelpworks",
        "javascript:location='https://jobs.lever.co/kelpworks'",
        "ftp://jobs.lever.co/kelpworks",
        "data:text/html,https://jobs.lever.co/kelpworks",
        "https://jobs.lever.co",
        "https://jobs.lever.co/",
        "https://boards.greenhouse.io/",
        "https://boards.greenhouse.io/?for=kelpworks",
        "https://boards.greenhouse.io/embed/job_app?token=4400123",
        "https://boards.greenhouse.io/embed",
        "https://boards.greenhouse.io/jobs",
        "https://job-boards.greenhouse.io/favicon.ico",
        "https://api.lever.co/v0/postings/",
        "https://api.lever.co/v0/postings/jobs",
        "https://jobs.lever.co/robots.txt",
        "https://hire.lever.co/interviews",
        "https://jobs.ashbyhq.com/_next/static/chunk.js",
        "https://jobs.ashbyhq.com/api/non-user-graphql",
        "https://jobs.ashbyhq.com/embed",
        "https://www.greenhouse.io/pricing",
        "https://jobs.lever.co.evil.example/kelpworks",
        "https://evil.example/https://jobs.lever.co/kelpworks",
    ],
)
def test_a_link_that_names_no_board_is_nobody_s(url):
    assert recognise(url) is None


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            '<script src="https://boards.greenhouse.io/embed/job_board/js?for=kelpworks"></script>',
            ("greenhouse", "kelpworks"),
        ),
        (
            '<script src="//boards.greenhouse.io/embed/job_board/js?for=kelpworks&amp;b=1">',
            ("greenhouse", "kelpworks"),
        ),
        (
            '<script>var board = "https:\\/\\/jobs.eu.lever.co\\/kelpworks";</script>',
            ("lever", "kelpworks"),
        ),
        (
            '<iframe src="https://jobs.ashbyhq.com/Kelp%20Works/embed"></iframe>',
            ("ashby", "Kelp Works"),
        ),
        ('<a href="https://jobs.lever.co/kelpworks">See all jobs.</a>', ("lever", "kelpworks")),
        ("<p>Find us at https://jobs.lever.co/kelpworks.</p>", ("lever", "kelpworks")),
    ],
)
def test_a_board_embedded_or_linked_in_a_page_is_found(html, expected):
    assert known("https://www.kelpworks.example/careers", html) == expected


def test_the_board_a_page_names_most_often_comes_first_and_the_others_are_kept():
    html = '<a href="https://jobs.lever.co/seaweed">a friend</a>' + "".join(
        f'<a href="https://boards.greenhouse.io/kelpworks/jobs/{n}">r</a>' for n in range(3)
    )
    found = candidates("https://www.kelpworks.example/careers", html)
    assert [(one.kind, one.board) for one in found] == [
        ("greenhouse", "kelpworks"),
        ("lever", "seaweed"),
    ]


def test_a_page_that_states_postings_is_a_careers_page():
    html = """<script type="application/ld+json">
        {"@type": "JobPosting", "title": "Kelp Farmer"}</script>"""
    source = recognise("https://www.kelpworks.example/careers", html)
    assert (source.kind, source.id) == ("careers_page", "kelpworks-example")
    assert source.url == "https://www.kelpworks.example/careers"


def test_a_page_that_links_to_several_postings_is_a_careers_page():
    html = '<a href="/jobs/kelp-farmer">F</a><a href="/jobs/diver">D</a>'
    assert known("https://kelpworks.example/careers", html) == ("careers_page", None)


@pytest.mark.parametrize(
    "html", ["", "<p>Hello</p>", '<a href="/jobs/apply">apply</a>', '<a href="/about">us</a>']
)
def test_a_page_about_something_else_is_nobody_s(html):
    assert recognise("https://www.kelpworks.example/", html) is None


@pytest.mark.parametrize(
    "url", ["", "mailto:a@b.example", "javascript:x()", "http://[x", "/careers"]
)
def test_html_does_not_help_a_link_that_is_none(url):
    assert recognise(url, '<a href="/jobs/kelp-farmer">F</a><a href="/jobs/diver">D</a>') is None


def test_every_kind_is_found_under_its_own_name():
    assert set(kinds()) >= {"greenhouse", "lever", "ashby", "careers_page", "aggregator"}
    assert all(spider.name == kind for kind, spider in kinds().items())


@pytest.mark.slow
def test_a_large_page_full_of_links_is_searched_quickly():
    html = "".join(f'<a href="https://x{n}.example/page/{n}">link</a>' for n in range(6000))
    begun = time.process_time()
    assert recognise("https://www.kelpworks.example/", html) is None
    assert time.process_time() - begun < 10


LINKS = st.lists(
    st.sampled_from(
        [
            "https:",
            "//",
            "jobs.lever.co",
            "boards.greenhouse.io",
            "/",
            "embed",
            "?for=",
            "gh_jid=1",
            "%20",
            "%00",
            "[",
            "]",
            "@",
            ":99999",
            "\u2028",
            "é",
            "&",
            "#",
            "\\",
            "..",
            " ",
        ]
    ),
    max_size=9,
).map("".join)


@settings(max_examples=250, deadline=None)
@given(LINKS | st.text(max_size=20), st.none() | LINKS | st.text(max_size=40))
def test_recognising_never_raises(url, html):
    source = recognise(url, html)
    assert source is None or source.board or source.url


def test_an_answer_that_is_a_feed_with_entries_is_a_feed():
    link = "https://www.kiln.example/vacancies.rss"
    item = "<item><title>Kiln hand</title><link>https://www.kiln.example/1</link></item>"
    rss = f'<rss version="2.0"><channel><title>Roles</title>{item}</channel></rss>'
    found = recognise(link, rss)
    assert (found.kind, found.url) == ("feed", link)
    assert recognise(link, rss.replace(item, "")) is None
    assert recognise(link, rss[:-20]) is None
