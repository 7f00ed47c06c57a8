"""What is passed over to spare time would have said nothing: the short way gives what the long did."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.fields import degrees, money, text
from crawler.pages import closings, prose

PIECES = (
    "you", "will", "build", "kilns", "pay", "euro", "euros", "kronor", "per", "p.a.", "pa.", "kr",
    "https://example.com/a", "co-op", "$", "70,000", "90k", "to", "-", ",", ".", "\n", "hourApply",
    "USD", "12EUR", "d\u00eda", "a_b", "mid", "Year", "it's", "and/or", "\u6708\u7d66", "tkr", "(", ")",
)  # fmt: skip
LINES = st.lists(st.sampled_from(PIECES), max_size=14)
LEARNED = (
    "Bachelor's degree", "BS/MS", "BSc", "B. Eng", "B.Eng", "MEng", "M.Phil", "MBA", "Ph. D", "PhD",
    "phd", "a four-year degree", "4 year degree in", "Undergraduate degree", "masters in", "diplom",
    "Dr. rer", "or Dr.", "bac +5", "doctorate", "MAESTR\u00cdA", "ma\u017fter's degree",
    "D\u0131plomab", "master data", "kilns", "or", ",", "\n", " - ", "preferred", "not required",
)  # fmt: skip


@pytest.mark.parametrize("wording", closings._WORDINGS.split("\n")[1:-1])
def test_whatever_says_that_a_posting_is_closed_holds_a_hint(wording):
    @settings(max_examples=10)
    @given(st.from_regex(wording, fullmatch=True))
    def holds(notice):
        assert closings._hinted([notice]) == [notice]

    holds()


def test_a_line_without_a_hint_is_no_notice():
    assert closings._hinted(["Apply by Friday", "Kiln setter"]) == []


@given(LINES, st.sampled_from(["", " ", "  "]))
def test_words_of_running_text_are_the_tokens_they_were(pieces, gap):
    written = gap.join(pieces).translate(money.FOLDED)
    quick = money.tokens(written, 0, len(written))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(money, "RUNNING", re.compile(r"(?!)"))
        assert quick == money.tokens(written, 0, len(written))


def test_a_currency_in_small_letters_is_one_in_running_text():
    found = money.tokens("five euros, per day", 0, 19)
    assert [(token.kind, token.word, token.start) for token in found] == [
        ("word", "five", 0),
        ("currency", "EUR", 5),
        ("mark", ",", 10),
        ("word", "per", 12),
        ("word", "day", 16),
    ]


@given(st.lists(st.sampled_from(LEARNED), max_size=6), st.sampled_from(["", " "]))
def test_a_text_without_the_letters_of_a_degree_names_none(pieces, gap):
    written = gap.join(pieces)
    quick = degrees.read(written)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(degrees, "_may_name", lambda _: True)
        assert quick == degrees.read(written)


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_is_folded_and_cleaned_as_any_other_text(written):
    assert text.fold(written + " \u00e9") == f"{text.fold(written)} \u00e9".strip()
    assert text.clean(written + " \u00e9") == f"{text.clean(written)} \u00e9".strip()
    assert text.visible(written) == text.UNSEEN.sub("", written)


def test_offices_are_looked_for_where_the_word_stands():
    assert [place.name for place in prose.offices("Sit in our Graz or Linz offices.")] == [
        "Graz",
        "Linz",
    ]
    assert prose.offices("Sit in our Graz or Linz workshops.") == ()
