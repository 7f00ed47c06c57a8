"""A link's stable form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fields.links import absolute, address, canonical, site, slug


@pytest.mark.parametrize(
    ("given_url", "known_as"),
    [
        ("https://Jobs.Example.com:443/Roles/7#apply", "https://jobs.example.com/Roles/7"),
        ("http://example.com", "http://example.com/"),
        ("http://example.com:8080/a?b=2&a=1", "http://example.com:8080/a?a=1&b=2"),
        (
            "https://example.com/r?utm_source=x&gh_jid=12&gh_src=q",
            "https://example.com/r?gh_jid=12",
        ),
        ("https://example.com/r?lever-source[]=li&ref=a&source=b", "https://example.com/r"),
        ("https://example.com/r;jsessionid=AB12.n1?id=4", "https://example.com/r?id=4"),
        ("https://example.com/caf\u00e9/a%2Fb", "https://example.com/caf%C3%A9/a%2Fb"),
        (" https://[2001:DB8::1]:443/x ", "https://[2001:db8::1]/x"),
    ],
)
def test_tracking_ports_fragments_and_letter_case_do_not_make_another_page(given_url, known_as):
    assert canonical(given_url) == known_as


@pytest.mark.parametrize(
    "other", ["mailto:a@example.com", "", "not a link", "http://[::1", "x://y"]
)
def test_what_is_no_web_link_comes_back_as_it_was(other):
    assert canonical(other) == other


@given(st.text(max_size=60))
def test_canonical_is_its_own_canonical_form(tail):
    once = canonical("https://example.com/" + tail)
    assert canonical(once) == once


def test_an_id_like_parameter_tells_two_pages_apart():
    first, second = "https://e.example/apply?gh_jid=1", "https://e.example/apply?gh_jid=2"
    assert canonical(first) != canonical(second)


def test_the_address_of_a_posting_has_no_host_and_no_tracking():
    assert address("https://a.example/jobs/7/?utm_medium=x&id=3") == "/jobs/7?id=3"
    assert address("https://a.example/jobs", "Head of Tea") == "/jobs#head-of-tea"


@pytest.mark.parametrize(
    ("url", "registrable"),
    [
        ("https://careers.acme.example/x", "acme.example"),
        ("https://jobs.acme.co.uk/", "acme.co.uk"),
        ("https://acme.de", "acme.de"),
        ("http://127.0.0.1:8000/", "127.0.0.1"),
        ("nonsense", ""),
    ],
)
def test_a_site_is_its_registrable_host(url, registrable):
    assert site(url) == registrable


def test_only_web_links_of_a_page_are_resolved():
    assert absolute("../b?x=1", "https://e.example/a/c") == "https://e.example/b?x=1"
    assert absolute("javascript:void(0)", "https://e.example/") is None
    assert absolute("mailto:a@e.example", "https://e.example/") is None
    assert absolute("http://[bad", "https://e.example/") is None


def test_a_slug_keeps_letters_of_every_script_and_drops_their_accents():
    assert slug("Caf\u00e9 Z\u00fcrich", None, "Barista (m/w)") == "cafe-zurich-barista-m-w"
    assert slug("\u6c42\u4eba") == "\u6c42\u4eba"
    assert slug("!!!") == ""


def test_a_route_of_a_site_drawn_by_script_is_part_of_the_link_and_an_anchor_is_not():
    one, other = (f"https://example.com/careers/#en/jobs/{number}" for number in (1, 2))
    assert canonical(one) != canonical(other)
    assert address(one) == "/careers#en/jobs/1"
    assert canonical("https://example.com/careers#apply") == "https://example.com/careers"
    marked = "https://example.com/careers#:~:text=a/b"
    assert canonical(marked) == "https://example.com/careers"
