"""Kinds by their names: one file each, and the rest is not loaded for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from crawler.kinds import kind, kinds


@pytest.mark.parametrize("name", sorted(kinds()))
def test_every_kind_is_found_by_its_name(name):
    assert kind(name) is kinds()[name]


@pytest.mark.parametrize("name", ["", "nobody", "base", "../greenhouse", "greenhouse.x", "os"])
def test_what_is_no_kind_is_none(name):
    assert kind(name) is None


@pytest.mark.slow
def test_a_child_loads_the_kind_that_it_needs_and_not_the_others():
    asked = "from crawler.kinds import kind; import sys; kind('lever');"
    said = "print('crawler.spiders.workday' in sys.modules, 'crawler.spiders.lever' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", asked + said], capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == ["False", "True"]
