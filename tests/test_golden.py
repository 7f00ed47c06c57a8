"""The student's letter: last year's internship and this year's, as one card that she can trust."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from calling import call

FIXTURES = Path(__file__).parents[1] / "fixtures"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def card(tmp_path_factory):
    """Give the lines of the internship's card in the text part of the digest."""
    folder = tmp_path_factory.mktemp("letter")
    said = call("replay", str(FIXTURES / "lumen"), "--digest", str(folder))
    assert said.code == 0, said.err
    text = (folder / "digest.txt").read_text(encoding="utf-8")
    (found,) = [part for part in re.split(r"\n\n?\* ", text) if part.startswith("PhD Autumn")]
    return re.sub(r"\n {6,}(?=\S)", " ", found.partition("\n\n")[0]).split("\n")


def test_it_names_what_changed_by_its_fields_and_the_weightiest_first(card):
    labels = [match[1] for line in card if (match := re.match(r"  (\w+): .* -> ", line))]
    assert labels == ["Pay", "Remote", "Deadline", "Start", "Degree", "Hours", "Title"]


def test_it_says_what_she_must_not_miss(card):
    text = "\n".join(card)
    assert "Pay: $8,400–$9,300 a month -> $10,200 a month" in text
    assert "raised: +9.7 % over the old top" in text
    assert "Degree: MS, PhD -> PhD" in text
    assert "Start: Sep 2025 -> 14 Sep 2026" in text
    assert "$135,000" not in text  # the pay of a neighbour


def test_it_shows_five_passages_and_none_that_differs_in_punctuation_alone(card):
    shown = [line.strip() for line in card if re.match(r"    [-+] ", line)]
    labels = [line for line in card if line.strip() in ("Reworded:", "Added:", "Removed:")]
    assert 1 <= len(labels) <= 5
    for one, two in pairwise(shown):
        if one.startswith("- ") and two.startswith("+ "):
            assert re.findall(r"\w+", one) != re.findall(r"\w+", two)
    assert any(re.match(r"  and \d+ more wording changes", line) for line in card)
