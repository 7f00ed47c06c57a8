import contextlib
import time

import lxml.etree
import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages import dom

CROWD = " ".join(f"a{number}" for number in range(301))
OPEN = [
    "<p {}>",
    "<p/{}>",
    "<p\n{}",
    "<!--><p {}>-->",
    "<!----><p {}>-->",
    "<!--x--!><p {}>-->",
    "<title/><p {}>",
    "<iframe/><p {}></iframe>",
    "<noscript><p {}>",
    "<template><p {}>",
    "<script></script ><p {}>",
    "<script {}></script>",
    "<a b='x'><p {}>",
    '<a b="<"><p {}>',
    "<p>a < b <q {}>",
]


@pytest.mark.parametrize("page", OPEN)
def test_s10_an_element_with_more_attributes_than_any_page_has_is_refused_and_not_parsed(page):
    with pytest.raises(ValueError, match="an element of the page has more than 300 attributes"):
        dom.tree(page.format(CROWD))
    assert dom.tree(page.format(CROWD.rpartition(" ")[0])) is not None


@pytest.mark.parametrize(
    "page",
    ["<script>i<n {}</script>", "<style><p {}></style>", "<!-- <p {}> -->", "<a b='{}'>", "a < {}"],
)
def test_what_is_no_markup_has_no_attributes(page):
    assert dom.tree(page.format(CROWD)) is not None


def test_s10_a_hundred_thousand_attributes_cost_what_their_length_costs():
    crowd = " ".join(f'a{n}="{n}"' for n in range(100_000))
    begun = time.process_time()
    with pytest.raises(ValueError, match="attributes"):
        dom.tree(f"<div {crowd}><p class='kept' title='x'>Kiln hand</p></div>")
    assert time.process_time() - begun < 1, "linear, where libxml2 alone takes 20 s"


WORDS = "<p |<a|</a>|<title|<script>|</script>|<!--|-->|--!>|<|>|/| |'|\"|=|x|<svg>|<style|</style>"
PIECES = st.sampled_from([*WORDS.split("|"), "<![CDATA[", "]]>", "<?", CROWD, f" {CROWD} "])


@given(st.lists(PIECES, max_size=12).map("".join))
def test_s10_no_markup_hides_a_crowd_from_the_count(page):
    parser = lxml.html.HTMLParser(encoding="utf-8")
    with contextlib.suppress(lxml.etree.LxmlError, ValueError):
        seen = lxml.html.document_fromstring(page.encode(), parser=parser)
        if max(len(one.attrib) for one in seen.iter() if isinstance(one.tag, str)) > 300:
            with pytest.raises(ValueError, match="attributes"):
                dom.tree(page)


@pytest.mark.parametrize("unit", ["<script", "<a b", '<a b="', "<a b='<a ", "<a ", "<a/", "< ="])
def test_what_looks_like_a_crowd_is_looked_at_once(unit):
    begun = time.process_time()
    with contextlib.suppress(ValueError):
        dom.tree(unit * (400_000 // len(unit)))
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("html", ["", "\0", "<", "<html", "no markup", "<p>" * 10_000, "\ud800"])
def test_whatever_a_server_sent_gives_a_tree(html):
    assert dom.tree(html) is not None


@pytest.mark.parametrize("depth", [10, 300, 2000])
def test_what_follows_deep_nesting_is_read(depth):
    page = f"<p>Kiln</p>{'<div>' * depth}{'</div>' * depth}<p>hand</p>"
    assert dom.words(dom.tree(page)) == "Kiln hand"


def test_a_page_that_is_nested_too_deeply_is_refused_and_not_read_in_part():
    with pytest.raises(ValueError, match="nested too deeply to be read whole"):
        dom.tree(f"<p>Kiln</p>{'<div>' * 2100}{'</div>' * 2100}<p>hand</p>")


def test_hidden_elements_and_scripts_have_no_words():
    page = (
        "<p>Kiln</p><p hidden>secret</p><p style='display: none'>x</p><script>y</script><p>hand</p>"
    )
    assert dom.words(dom.tree(page)) == "Kiln hand"
