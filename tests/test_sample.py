"""The invented letter: shown before anything was visited, by the rules that every letter follows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from calling import call

from monitor import sample
from monitor.search import Search, matches

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
FILE = """
contact = "ann@reader.example"

[[search]]
id = "tides"
name = "Tides & moons"
to = ["ann@reader.example"]
any = ["nobody", "offers", "this"]
language = "de"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_is_shown_in_a_folder_where_nothing_was_visited(folder):
    (folder / "rolecall.toml").write_text(FILE)
    said = call("digest", "preview", "--with", "sample")
    assert said.code == 0, said.err
    for words in ("Harbour Light Keeper", "Remote: on site -> hybrid", "Research Intern, Lenses"):
        assert words in said.out
    assert "could not be checked" in said.out
    assert "Closed on" in said.out
    assert "Tides & moons" in said.out
    assert [path.name for path in folder.iterdir()] == ["rolecall.toml"]


def test_it_needs_no_search_and_says_what_is_misspelt(folder):
    (folder / "rolecall.toml").write_text('contact = "ann@reader.example"\n')
    assert call("digest", "preview", "--with", "sample").code == 0
    (folder / "rolecall.toml").write_text(FILE)
    said = call("digest", "preview", "tide", "--with", "sample")
    assert said.code == 2
    assert 'no search "tide"; did you mean tides?' in said.err
    assert call("digest", "preview", "--with", "simple").code == 2
    both = call("digest", "preview", "--with", "sample", "--summary")
    assert (both.code, "counts your own news" in both.err) == (2, True)


def test_its_news_are_every_kind_that_a_first_day_has_and_nothing_is_told_twice():
    pending = sample.pending(Search("a", "A"), NOW)
    assert [event.kind for event in pending.events] == ["changed", "opened", "closed"]
    (change, *_) = pending.events
    assert [each.field for each in change.changes] == ["salary", "remote", "body"]
    assert pending.until - pending.since == timedelta(days=1)
    assert [event.id for event in pending.events] == [1, 2, 3]


def test_every_search_is_shown_it_whatever_it_asks():
    asking = Search("a", "A", any_words=("nobody",), min_salary=9e9, zone="Asia/Tokyo", like="b/1")
    open_ = sample.everything(asking)
    assert (open_.zone, open_.like) == ("Asia/Tokyo", None)
    assert all(matches(open_, event) for event in sample.pending(asking, NOW).events)
