import gzip
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crawler.pages.sitemap import sitemap

NAMESPACES = [
    ' xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"',
    ' xmlns="https://www.sitemaps.org/schemas/sitemap/0.9"',
    "",
]


def urlset(*locations, namespace=NAMESPACES[0], head='<?xml version="1.0" encoding="UTF-8"?>\n'):
    entries = "".join(f"<url><loc>{location}</loc></url>" for location in locations)
    return f"{head}<urlset{namespace}>{entries}</urlset>".encode()


MILL = "https://mill.example/jobs/miller"


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_pages_are_read_in_either_namespace_or_none(namespace):
    assert sitemap(urlset(MILL, namespace=namespace)) == ([(MILL, None)], [])


def test_the_last_change_is_kept_as_written():
    xml = b"""<urlset><url><lastmod> 2026-03-04 </lastmod><loc>
        https://mill.example/a </loc></url>
        <url><loc>http://mill.example/b?x=1&amp;y=2</loc><lastmod/></url></urlset>"""
    assert sitemap(xml)[0] == [
        ("https://mill.example/a", "2026-03-04"),
        ("http://mill.example/b?x=1&y=2", None),
    ]


def test_an_index_names_its_children():
    xml = b"""<s:sitemapindex xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9">
        <s:sitemap><s:loc>https://mill.example/jobs-1.xml</s:loc></s:sitemap>
        <s:sitemap><s:loc>https://mill.example/jobs-2.xml.gz</s:loc></s:sitemap></s:sitemapindex>"""
    assert sitemap(xml) == (
        [],
        ["https://mill.example/jobs-1.xml", "https://mill.example/jobs-2.xml.gz"],
    )


def test_a_gzipped_sitemap_is_unpacked():
    assert sitemap(gzip.compress(urlset(MILL), mtime=0)) == ([(MILL, None)], [])


def test_image_and_language_extensions_do_not_shadow_the_page():
    xml = f"""<urlset{NAMESPACES[0]} xmlns:image="urn:i" xmlns:xhtml="urn:x"><url>
        <loc>{MILL}</loc><image:image><image:loc>https://mill.example/m.jpg</image:loc></image:image>
        <xhtml:link rel="alternate" hreflang="de" href="https://mill.example/de"/></url></urlset>"""
    assert sitemap(xml.encode()) == ([(MILL, None)], [])


def test_comments_instructions_and_a_byte_order_mark_do_no_harm():
    head = '\ufeff<?xml version="1.0"?><?xml-stylesheet href="s.xsl"?><!-- made by a plug-in -->'
    assert sitemap(urlset(MILL, head=head)) == ([(MILL, None)], [])


def test_a_bare_ampersand_in_a_whole_sitemap_is_forgiven():
    pages, _ = sitemap(urlset("https://mill.example/j?a=1&b=2", MILL))
    assert [url for url, _ in pages][-1] == MILL


@pytest.mark.parametrize(
    "xml",
    [
        urlset(MILL, f"{MILL}-2")[:-20],
        gzip.compress(urlset(*(f"{MILL}-{n}" for n in range(500))))[:-40],
        gzip.compress(urlset(MILL), mtime=0)[:12],
        b"",
        b"\x1f\x8bnot gzip at all",
        b"<html><body><p>Not found</p></body></html>",
        b"<rss><channel><item><link>https://mill.example/a</link></item></channel></rss>",
        b'{"urlset": []}',
        b"\x00\xff\xfe<urlset>",
    ],
)
def test_what_is_cut_short_or_no_sitemap_is_empty(xml):
    assert sitemap(xml) == ([], [])


def test_other_schemes_are_left_out():
    xml = urlset("ftp://mill.example/a", "javascript:alert(1)", "/jobs/relative", "", MILL)
    assert sitemap(xml) == ([(MILL, None)], [])


def test_a_page_named_twice_is_given_once():
    assert sitemap(urlset(MILL, MILL)) == ([(MILL, None)], [])


def test_entities_are_never_expanded_and_cost_nothing(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("hush")
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    head = f'<!DOCTYPE u [<!ENTITY l0 "ha">{bomb}<!ENTITY s SYSTEM "{secret.as_uri()}">]>'
    xml = urlset("https://mill.example/&l11;", "https://mill.example/&s;", head=head)
    begun = time.process_time()
    pages, _ = sitemap(xml)
    assert time.process_time() - begun < 10
    assert "hush" not in str(pages)
    assert "haha" not in str(pages)


@pytest.mark.slow
def test_a_gzip_bomb_is_cut_off_and_therefore_empty():
    bomb = gzip.compress(b"<urlset>" + b" " * 60_000_000 + b"</urlset>", compresslevel=1, mtime=0)
    assert sitemap(bomb) == ([], [])


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=20), st.integers(0, 150))
@example(b":", 1)
def test_noise_anywhere_never_raises(noise, place):
    whole = urlset(MILL, f"{MILL}?x=1&amp;y")
    pages, children = sitemap(whole[:place] + noise + whole[place:])
    assert all(url.startswith("http") for url in [*(url for url, _ in pages), *children])
