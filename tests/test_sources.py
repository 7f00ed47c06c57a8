"""Every case under fixtures/, found by itself: what spiders yield and what the monitor says."""

from __future__ import annotations

import inspect
import json
import tomllib
from dataclasses import asdict
from pathlib import Path
from statistics import median

import pytest
from replayed import postings, sequence
from replaying import visit

from crawler.captures import load_source
from crawler.sources import kinds, recognise

FIXTURES = Path(__file__).parent.parent / "fixtures"
CASES = sorted(path.parent for path in FIXTURES.glob("*/*/postings.json"))
LONGEST = 160
"""Lines that no kind's file exceeds: those are systems with pages, caps and several sorts of hosts."""
SEQUENCES = sorted({path.parent.parent for path in FIXTURES.glob("*/*/events.json")})


def name(path):
    return str(path.relative_to(FIXTURES))


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def differences(found, expected, where=""):
    """Name every field in which two values differ."""
    if isinstance(found, dict) and isinstance(expected, dict):
        for key in sorted(found.keys() | expected.keys()):
            yield from differences(found.get(key), expected.get(key), f"{where}.{key}")
    elif isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        for number, pair in enumerate(zip(found, expected, strict=True)):
            yield from differences(*pair, f"{where}[{number}]")
    elif found != expected:
        yield f"{where.lstrip('.')}: found {found!r}, expected {expected!r}"


@pytest.mark.parametrize("path", CASES, ids=name)
def test_a_case_yields_what_it_is_expected_to(path):
    assert list(differences(postings(visit(path)), load(path / "postings.json"))) == []


@pytest.mark.slow
@pytest.mark.parametrize("folder", SEQUENCES, ids=name)
def test_a_sequence_tells_what_it_is_expected_to(folder, tmp_path):
    told = sequence(folder, tmp_path / "store.db")
    expected = {path.parent.name: load(path) for path in folder.glob("*/events.json")}
    assert list(differences(told, expected)) == []


def table(folder):
    return tomllib.loads((folder / "source.toml").read_text(encoding="utf-8"))


RECOGNISED = [
    (path.parent, link)
    for path in sorted(FIXTURES.glob("*/source.toml"))
    for link in table(path.parent).get("recognised", ())
]


@pytest.mark.parametrize(("folder", "link"), RECOGNISED, ids=[link for _, link in RECOGNISED])
def test_a_link_of_a_source_is_recognised_as_it(folder, link):
    source, found = load_source(folder), recognise(link)
    assert found is not None
    assert (found.kind, found.board, found.options) == (source.kind, source.board, source.options)


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_kind_has_a_case_with_postings_and_says_what_it_reads(kind):
    spider = kinds()[kind]
    folders = [path.parent for path in FIXTURES.glob("*/source.toml")]
    own = [folder for folder in folders if table(folder)["kind"] == kind]
    cases = [path for folder in own for path in folder.glob("*/postings.json")]
    assert any(load(path) for path in cases), "a case whose postings.json holds postings"
    assert (spider.__doc__ or "").startswith("Reads "), "docs/sources.md quotes its docstring"
    said = asdict(spider.about)
    assert all(said[name] for name in said if name != "example")
    if spider.recognises or spider.marks:
        assert any(table(folder).get("recognised") for folder in own), "links in source.toml"


def test_half_of_the_kinds_are_files_of_sixty_lines_and_none_is_long():
    files = [Path(inspect.getfile(spider)) for spider in kinds().values()]
    lengths = {file.name: len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    assert median(lengths.values()) <= 60
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}
