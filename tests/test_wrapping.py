"""The text part at the width of a terminal: nothing lost, nothing broken that belongs together."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.wrapping import wrapped

LONG = "https://jobs.acme.example/" + "x" * 90


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("  short\n\n* kept as it is", "  short\n\n* kept as it is"),
        ("  posted 2 May · deadline 9 May", "  posted 2 May ·\n      deadline 9 May"),
        (
            "    raised: +10 % over the old top",
            "    raised: +10 %\n        over the old\n        top",
        ),
        ("  deadline 9 May · source acme", "  deadline 9 May ·\n      source acme"),
        ("  Title: Intern -> Autumn Intern", "  Title: Intern\n      -> Autumn\n          Intern"),
        (f"Stop these letters: {LONG}", f"Stop these letters:\n    {LONG}"),
        (f"* {LONG}", f"* {LONG}"),
        ("* a forged line of my card", "* a forged line of\n    my card"),
    ],
)
def test_a_line_is_broken_where_a_reader_expects_it(text, made):
    assert wrapped(text, 20) == made


def test_what_is_isolated_by_its_direction_stays_on_one_line():
    arabic = "\u2067مهندس تعلم الآلة\u2069"
    assert wrapped(f"who {arabic} · x", 20) == f"who\n    {arabic} ·\n    x"
    assert wrapped(f"an engineer {arabic} here", 20) == f"an engineer\n    {arabic}\n    here"


@given(st.text(st.sampled_from("ab%·* \u2068\u2069\n->"), max_size=80), st.integers(5, 30))
@example("* " + "a" * 40, 5)
def test_no_word_is_lost_and_no_short_line_touched(text, width):
    made = wrapped(text, width)
    assert made.split() == text.split()
    kept = [line for line in text.split("\n") if len(line) <= width]
    assert [line for line in kept if line not in made.split("\n")] == []
    assert wrapped(text, len(text) + 1) == text
