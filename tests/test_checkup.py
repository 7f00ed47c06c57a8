from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from judging import crawl, judge, posting

from monitor import checkup, doctor
from monitor.search import Search
from monitor.store import Letter, Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SEARCH = Search(id="mine", name="Mine", to=("ann@reader.example",))
FINE = ("fine", "every page, reference and cursor is right")


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "rolecall.db"
    letter = Letter("ann@reader.example", "<1@rolecall.example>", "News", b"mime", "text", "<p>")
    with Store.open(made) as store:
        store.record(crawl(0, posting("a"), posting("b")), judge)
        for period in ("2026-11-23", "2026-11-24"):
            store.record(crawl(int(period[-1]), posting("a"), posting(period)), judge)
            pending = store.pending(SEARCH, NOW)
            letters = [letter] if period.endswith("4") else []
            store.decide(SEARCH, period, pending, letters, {}, NOW)
    return made


def write(path, *statements):
    """Do to the file what no run of ours does."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def found(path, moment=NOW):
    return [
        (finding.grade, finding.words)
        for finding in doctor.store(path, checkup.look(path, moment), moment)
    ]


def test_a_sound_store_is_fine_and_looking_changes_nothing(path):
    before = path.read_bytes()
    assert found(path) == [FINE]
    assert path.read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("statements", "grade", "words"),
    [
        (["DELETE FROM crawls WHERE id = 1"], "wrong", "2 rows of it name what is not there; "),
        (
            ["INSERT INTO posting_index (rowid, title) VALUES (99, 'ghost')"],
            "wrong",
            "its search index does not fit: 1 posting in one of the two alone; ",
        ),
        (
            [
                "INSERT INTO snapshots (hash, fields, extractor, first_at) VALUES ('ab', '{}', 1, '2026')"
            ],
            "note",
            "1 snapshot that nothing names; ",
        ),
        (
            ["UPDATE digests SET after_event = 0"],
            "wrong",
            "its digests do not follow one another; ",
        ),
        (["UPDATE searches SET cursor = 999"], "wrong", "its digests do not follow one another; "),
    ],
)
def test_what_is_wrong_inside_is_found(path, statements, grade, words):
    write(path, *statements)
    ((first, said),) = found(path)
    assert first == grade
    assert said.startswith(words)


def test_letters_that_nobody_sends_and_a_clock_that_is_behind_are_found(path):
    late = found(path, NOW + timedelta(days=2))
    assert late == [("wrong", "1 letter due for more than a day; does `rolecall run` run?")]
    ((grade, words),) = found(path, NOW - timedelta(days=2))
    assert grade == "wrong"
    assert words.startswith("something was recorded at 2026-11-24 12:00 UTC, which is yet to come")


def test_a_damaged_page_is_told_with_the_way_out(path, monkeypatch):
    monkeypatch.setattr("monitor.soundness._CHECKED", 1)
    content = bytearray(path.read_bytes())
    content[4096 * 8 : 4096 * 10] = b"\xa5" * 8192
    path.write_bytes(content)
    for grade, words in found(path):
        assert grade == "wrong"
        assert words.startswith("is damaged: ")
        assert words.endswith("`rolecall restore FILE` puts a backup in its place")
