"""Many letters of one window: each is the letter that would be composed alone."""

import gc
import tracemalloc
from dataclasses import replace

import mail_samples as samples
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mail_samples import READER, SEARCH, SENDER, UNTIL, changed, event, posting

from monitor.digest import compose
from monitor.events import Known, Tie
from monitor.render import render
from monitor.sharing import Shared

WORDS = ("research", "imaging", "paid", "relocation", "acme")
SEARCHES = st.builds(
    replace,
    st.just(SEARCH),
    any_words=st.lists(st.sampled_from(WORDS), max_size=3, unique=True).map(tuple),
    none_words=st.sampled_from([(), ("relocation",)]),
    min_salary=st.sampled_from([None, 0, 9_000]),
    sources=st.sampled_from([(), ("acme",), ("borea",)]),
    events=st.sampled_from([(), ("changed",)]),
    zone=st.sampled_from(["Europe/Zurich", "Asia/Tokyo", "America/Los_Angeles"]),
    language=st.sampled_from(["en", "de", "ar"]),
)


def twins():
    """Give a window in which an opening stands at two sources, and one source names its company."""
    one, other = posting(90, title="Lens Fitter"), posting(91, title="Lens Fitter", body="Imaging.")
    ends = (
        Known(other, "open", UNTIL, UNTIL, source="borea"),
        Known(one, "open", UNTIL, UNTIL, source="acme"),
    )
    events = [
        event("opened", one),
        event("opened", other, source="borea"),
        changed(posting(92, body="Imaging."), posting(92, body="Imaging, paid."), source="borea"),
        event("opened", posting(93, organization=None), source="borea"),
    ]
    window = samples.pending(*events, organizations={"borea": "Borea Optics"})
    return replace(window, ties=(Tie("twin", True, "same words", *ends),))


def crowd(number):
    """Give a window of so many new postings at fifty companies."""
    found = [posting(n, organization=f"Acme {n % 50}", language="en") for n in range(number)]
    return samples.pending(*[event("opened", one) for one in found])


WINDOWS = (samples.mixed(), twins())


def letter(search, window, **fields):
    digest = compose(search, window, now=UNTIL, **fields)
    return digest, render(digest, READER, SENDER)


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(SEARCHES, st.sampled_from(WINDOWS), st.booleans()), min_size=2, max_size=4),
    st.sampled_from([0, 200, 10**6]),
)
def test_letters_that_are_composed_together_are_those_composed_alone(asked, room):
    shared = Shared(room)
    for search, window, told in asked:
        closed = frozenset({("acme", "p20"), ("acme", "p40")} if told else ())
        mine = replace(window, told_closed=closed)
        assert letter(search, mine, shared=shared) == letter(search, mine)


def test_more_readers_take_no_more_memory():
    searches = [
        replace(SEARCH, id=f"s{n}", any_words=("research", f"word{n}"), min_salary=n + 1)
        for n in range(12)
    ]
    window, shared, held = samples.mixed(), Shared(), []
    letter(SEARCH, window, shared=shared)
    tracemalloc.start()
    for readers in (searches[:6], searches[6:]):
        for search in readers:
            letter(search, window, shared=shared)
        gc.collect()
        held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert held[1] - held[0] < 50_000


def test_cards_are_made_of_what_a_letter_shows_and_once_for_all():
    window, shared = crowd(400), Shared()
    first = letter(SEARCH, window, shared=shared)[1]
    made = shared.card.cache_info().misses
    assert 0 < made < 300
    other = letter(replace(SEARCH, min_salary=1), window, shared=shared)[1]
    assert other.text == first.text
    assert shared.card.cache_info().misses == made


@pytest.mark.parametrize("guess", [0, 4, 9])
def test_a_wrong_guess_of_its_size_leaves_a_letter_as_it_is(guess, monkeypatch):
    digest = compose(SEARCH, crowd(160), now=UNTIL)
    expected = render(digest, READER, SENDER)
    monkeypatch.setattr("monitor.render.likely", lambda *_: guess)
    assert render(digest, READER, SENDER) == expected
