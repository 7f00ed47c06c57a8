from __future__ import annotations

import re
from pathlib import Path

import pytest
from elsewhere import ELSEWHERE

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "faults.md"


def numbers():
    """Give the faults that have a test here or elsewhere."""
    here = {
        f"F{int(number)}"
        for file in HERE.glob("test_*.py")
        for number in re.findall(r"^def test_f(\d+)_", file.read_text(), re.MULTILINE)
    }
    return here | ELSEWHERE.keys()


@pytest.mark.parametrize("name", sorted({name for names in ELSEWHERE.values() for name in names}))
def test_a_test_that_stands_elsewhere_is_there(name):
    file, _, test = name.partition("::")
    text = (HERE.parent / file).read_text()
    assert not test or f"def {test}(" in text


def test_the_page_on_faults_tells_each_of_them_once():
    told = re.findall(r"^\| (F\d+) \|", PAGE.read_text(), re.MULTILINE)
    assert sorted(told) == sorted(numbers() | {"F13", "F49"})
