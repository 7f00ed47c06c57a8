"""A digest as a document for programs: whole, the same each time, and nothing but JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import mail_samples as samples
from hypothesis import given
from hypothesis import strategies as st

from monitor.commands.document import document
from monitor.digest import compose


def made(*events, search=samples.SEARCH, **fields):
    pending = samples.pending(*events, **fields)
    digest = compose(search, pending, now=samples.UNTIL)
    return document(search, pending, digest, "the subject")


def test_the_same_window_makes_the_same_bytes():
    pending = samples.mixed()
    digest = compose(samples.SEARCH, pending, now=samples.UNTIL)
    documents = {document(samples.SEARCH, pending, digest, "s") for _ in range(2)}
    (whole,) = documents
    told = json.loads(whole)
    assert len(told["events"]) == len(pending.events)
    assert told["notes"][0].keys() == {"tone", "text", "news"}
    assert told["digest"] == "ml-intern-phd"


def test_only_what_concerns_the_search_is_in_it():
    search = replace(samples.SEARCH, companies=("Borea Robotics",), events=("opened", "closed"))
    silent = samples.posting(4, organization=None)
    events = (
        samples.event("opened", samples.posting(1)),
        samples.event("opened", samples.posting(2, organization="Borea Robotics")),
        samples.event("reopened", samples.posting(3, organization="Borea Robotics")),
        samples.event("opened", silent, source="borea"),
    )
    told = json.loads(made(*events, search=search))
    assert [one["posting_id"] for one in told["events"]] == ["p2", "p4"]


@given(text=st.text(max_size=40))
def test_any_text_comes_back_as_it_was(text):
    item = samples.posting(1, title=text, id=text)
    whole = made(samples.event("opened", item), samples.event("closed", samples.posting(2)))
    assert whole.isascii()
    assert json.loads(whole)["events"][0]["title"] == text
