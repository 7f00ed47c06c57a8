import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.pages import xml

DOCUMENT = (
    b"<list><row><name>Sailmaker</name><text>&lt;p&gt;Sew &amp; mend&lt;/p&gt;</text></row></list>"
)


def texts(body):
    root = xml.tree(body)
    return None if root is None else [xml.content(node) for node in root.iter() if not len(node)]


def test_a_loose_ampersand_costs_nothing_but_its_own_escape():
    loose = DOCUMENT.replace(b"Sailmaker", b"Sails & Ropes &nbsp; ?a=1&b=2")
    assert texts(loose) == ["Sails & Ropes &nbsp; ?a=1&b=2", "<p>Sew & mend</p>"]


def test_a_loose_ampersand_leaves_marked_sections_as_they_are():
    body = b"<list><name>A & B</name><text><![CDATA[<p>C & D &lt; E</p>]]></text></list>"
    assert texts(body) == ["A & B", "<p>C & D &lt; E</p>"]


def test_an_entity_of_the_document_is_not_expanded_when_it_is_mended():
    body = b"<!DOCTYPE list [<!ENTITY e 'boo'>]><list><name>A & B</name><text>&e;</text></list>"
    assert texts(body) == ["A & B", "&e;"]


LOOSE = DOCUMENT.replace(b"Sailmaker", b"A & B")


@pytest.mark.parametrize("cut", range(40, len(LOOSE) - 1, 7))
def test_a_document_that_was_cut_short_is_none_even_with_a_loose_ampersand(cut):
    assert texts(LOOSE[:cut]) is None


@pytest.mark.parametrize("noise", [b"<![CDATA[", b"&", b"<![CDATA[&", b"&#"])
def test_hostile_repetition_costs_no_more_than_its_length(noise):
    begun = time.process_time()
    xml.tree(b"<list>&" + noise * 50_000 + b"</list>")
    assert time.process_time() - begun < 10


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from([b"<a>", b"</a>", b"&", b"&lt;", b"<![CDATA[", b"]]>", b"x", b"<"]))
)
def test_no_mixture_of_markup_raises(pieces):
    xml.tree(b"".join(pieces))
