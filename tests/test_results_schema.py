"""The schema of the lines that --json prints; ``calling`` holds every line of every test to it."""

import json

import pytest
from calling import RESULTS, call
from jsonschema import Draft202012Validator, ValidationError
from web_samples import fill

EVENT = {
    "schema_version": 1,
    "at": "2026-11-02T07:00:00+00:00",
    "source": "kelp",
    "event": "opened",
    "posting_id": "g1",
    "title": "Lens Grinder",
    "weight": "material",
    "changes": [],
    "held": False,
    "reason": None,
}


def test_the_schema_is_sound_and_printed():
    Draft202012Validator.check_schema(RESULTS.schema)
    assert json.loads(call("config", "schema", "--results").out) == RESULTS.schema


@pytest.mark.parametrize(
    "wrong",
    [
        {"schema_version": 2},
        {"event": "vanished"},
        {"held": "no"},
        {"weight": None},
        {"changes": [{"field": "salary"}]},
        {"crawl": "complete"},
        {"naem": "x"},
    ],
)
def test_a_line_that_is_not_as_described_is_refused(wrong):
    RESULTS.validate(EVENT)
    with pytest.raises(ValidationError):
        RESULTS.validate(EVENT | wrong)


@pytest.mark.parametrize("key", sorted(EVENT.keys() - {"at", "event"}))
def test_a_key_that_is_left_out_is_missed(key):
    with pytest.raises(ValidationError):
        RESULTS.validate({name: value for name, value in EVENT.items() if name != key})


def test_what_is_remembered_is_printed_as_the_schema_says(tmp_path):
    fill(tmp_path / "r.db")
    source = '[[source]]\nid = "kelp"\nkind = "greenhouse"\nboard = "kelp"\n'
    search = '[[search]]\nid = "a"\nto = ["a@example.org"]\n'
    (tmp_path / "rolecall.toml").write_text(f'store = "r.db"\n{source}{search}')
    asked = [
        ("status",),
        ("search", "optics"),
        ("show", "kelp/g1"),
        ("show", "kelp"),
        ("similar", "kelp/g1"),
        ("doctor", "store"),
        ("digest", "preview"),
    ]
    for words in asked:
        assert call("--config", tmp_path / "rolecall.toml", *words, "--json").lines, words
