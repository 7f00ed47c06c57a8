"""Regular expressions that wait: as good as compiled ones, and every one of them compiles."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from crawler.fields.patterns import _Late, late

ROOT = Path(__file__).parents[1]
USERS = sorted(
    str(path.relative_to(ROOT).with_suffix("")).replace("/", ".")
    for package in ("crawler", "monitor")
    for path in (ROOT / package).rglob("*.py")
    if "import late" in path.read_text(encoding="utf-8")
)


def waiting(value):
    """Find the patterns in a module's values, however deep they stand."""
    if isinstance(value, _Late):
        yield value
    elif isinstance(value, dict):
        yield from waiting(tuple(value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from waiting(each)


def test_a_pattern_is_compiled_when_it_is_first_asked(monkeypatch):
    made = []
    original = re.compile
    monkeypatch.setattr(re, "compile", lambda *args: made.append(args) or original(*args))
    word = late(r"(\w)(\w)", re.IGNORECASE)
    assert word.pattern == r"(\w)(\w)"
    assert made == []
    assert word.search("--ab")[2] == "b"
    assert word.sub("x", "ab cd") == "x x"
    assert [match[0] for match in word.finditer("ab cd")] == ["ab", "cd"]
    assert (word.groups, word.flags & re.IGNORECASE) == (2, re.IGNORECASE)
    assert made[0] == (r"(\w)(\w)", re.IGNORECASE)


@pytest.mark.parametrize("module", USERS)
def test_every_waiting_pattern_compiles(module):
    found = list(waiting(vars(import_module(module))))
    for one in found:
        re.compile(one.pattern, one._flags)
    assert found or module == "crawler.fields.workplace"


def test_there_are_users():
    assert len(USERS) > 5
