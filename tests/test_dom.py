import time

import pytest

from crawler.pages import dom


def test_an_element_with_more_attributes_than_any_page_has_loses_them_all():
    crowd = " ".join(f'a{n}="{n}"' for n in range(100_000))
    begun = time.process_time()
    root = dom.tree(f"<div {crowd}><p class='kept' title='x'>Kiln hand</p></div>")
    assert time.process_time() - begun < 5, "linear, where libxml2 alone takes 20 s"
    assert dict(next(root.iter("div")).attrib) == {}
    assert dict(next(root.iter("p")).attrib) == {"class": "kept", "title": "x"}
    assert dom.words(root) == "Kiln hand"


@pytest.mark.parametrize("unit", ["<script", "<a b", '<a b="', "<a b='<a ", "<a ", "<a/", "< ="])
def test_what_looks_like_a_crowd_is_looked_at_once(unit):
    begun = time.process_time()
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
