"""docs/security.md names every number once, and no test that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (S\d+) \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)


def test_every_number_has_a_row_a_promise_and_a_test():
    assert [number for number, _, _ in ROWS] == [f"S{number}" for number in range(1, 29)]
    assert all(re.search(r"`\S+::test_\w+`", tests) for _, _, tests in ROWS)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w/]+\.py::\w+)`", PAGE))))
def test_a_test_that_is_named_is_there(name):
    file, _, test = name.partition("::")
    assert f"def {test}(" in (TESTS / file).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "file", [*TESTS.glob("test_*.py"), *(TESTS / "security").glob("test_*.py")]
)
def test_a_test_with_a_number_stands_in_a_row_of_it(file):
    numbers = {number for number, _, _ in ROWS}
    for found in re.findall(r"^def test_s(\d\d)_", file.read_text(), re.MULTILINE):
        assert f"S{int(found)}" in numbers
