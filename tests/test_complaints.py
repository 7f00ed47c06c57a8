from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.complaints import (
    Complaint,
    ConfigError,
    line_of,
    listed,
    meant,
    positions,
    quoted,
    spoken,
    syntax,
)

TEXT = """\
store = "rolls.db"  # where
"contact" = "mailto:roles@tidewater.example"

[ delivery ] # how
method = "folder"
network.delay = 2

[[source]]
id = "tidewater"
[source.options]
host = "boards.tidewater.example"
[[source]]
'id' = "gannet"
options.region = ".eu"

[[search]]
to = [
    "one@tidewater.example",
]
"""


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("store",), 1),
        (("contact",), 2),
        (("delivery",), 4),
        (("delivery", "method"), 5),
        (("delivery", "network", "delay"), 6),
        (("source", 0), 8),
        (("source", 0, "id"), 9),
        (("source", 0, "options"), 10),
        (("source", 0, "options", "host"), 11),
        (("source", 1), 12),
        (("source", 1, "id"), 13),
        (("source", 1, "options"), 14),
        (("source", 1, "options", "region"), 14),
        (("search", 0, "to"), 17),
    ],
    ids=str,
)
def test_a_key_is_found_on_its_line(key, line):
    assert positions(TEXT)[key] == line


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("search", 0, "to", 0), 17),
        (("search", 0, "min_salary"), 16),
        (("delivery", "host"), 4),
        (("templates",), None),
        ((), None),
    ],
    ids=str,
)
def test_what_does_not_stand_there_is_looked_up_around_it(key, line):
    assert line_of(key, positions(TEXT)) == line


NAME = st.text("abcdefghijklmnopqrstuvwxyz_-", min_size=1, max_size=6)


@given(st.lists(st.tuples(NAME, st.lists(NAME, unique=True, max_size=4)), max_size=5))
@settings(max_examples=100, deadline=None)
def test_every_key_of_arrays_of_tables_is_found(tables):
    lines, expected, counts = [], {}, {}
    for name, keys in tables:
        index = counts[name] = counts.get(name, -1) + 1
        lines += ["", f"[[{name}]]"]
        expected[name, index] = len(lines)
        for key in keys:
            lines.append(f"{key} = 1 # a = 2")
            expected[name, index, key] = len(lines)
    assert positions("\n".join(lines)) == expected


@given(st.text(alphabet=st.sampled_from("[]a.=\"'# \n\t0é"), max_size=60))
@settings(max_examples=200, deadline=None)
def test_no_text_stops_the_scan(text):
    last = len(text.splitlines())
    assert all(1 <= line <= last for line in positions(text).values())


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ((), ""),
        (("store",), "store"),
        (("search", 0, "min_salary"), "search[0].min_salary"),
        (("search", 2, "to", 1), "search[2].to[1]"),
        (("delivery", "port"), "delivery.port"),
    ],
)
def test_a_key_is_spoken_as_its_owner_reads_it(key, words):
    assert spoken(key) == words


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("min_salry", "; did you mean min_salary?"),
        ("MIN_SALARY", "; did you mean min_salary?"),
        ("palces", "; did you mean places?"),
        ("wombat", ""),
        ("", ""),
        (7, ""),
    ],
)
def test_a_guess_is_made_only_where_one_is_close(word, words):
    assert meant(word, ["places", "min_salary"]) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("lens", '"lens"'),
        ("two\n lines", '"two lines"'),
        (7, '"7"'),
        ("a" * 40, f'"{"a" * 40}"'),
        ("a" * 41, f'"{"a" * 40}…"'),
    ],
)
def test_a_value_is_quoted_on_one_short_line(value, words):
    assert quoted(value) == words


def test_complaints_come_in_the_order_of_the_file_and_once():
    found = [
        Complaint(("search", 0, "to", 0), "is no address"),
        Complaint(("store",), "must be text"),
        Complaint(("source", 1, "id"), "is taken"),
        Complaint(("store",), "must be text"),
        Complaint(("zzz",), "is nowhere"),
        Complaint((), "is odd as a whole"),
    ]
    assert list(listed("rolls.toml", TEXT, found)) == [
        "rolls.toml: is odd as a whole",
        "rolls.toml zzz: is nowhere",
        "rolls.toml:1 store: must be text",
        "rolls.toml:13 source[1].id: is taken",
        "rolls.toml:17 search[0].to[0]: is no address",
    ]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            "Invalid value (at line 3, column 5)",
            "rolls.toml:3:5: not TOML: Invalid value; text stands in quotes",
        ),
        ("Unclosed (at end of document)", "rolls.toml: not TOML: Unclosed (at end of document)"),
        ("Bad '\n' (at line 12, column 1)", "rolls.toml:12:1: not TOML: Bad '\n'"),
    ],
)
def test_the_place_of_broken_syntax_comes_first_as_editors_read_it(message, words):
    assert syntax("rolls.toml", message) == words


def test_an_error_carries_every_line():
    error = ConfigError(line for line in ("one", "two"))
    assert error.lines == ("one", "two")
    assert str(error) == "one\ntwo"
