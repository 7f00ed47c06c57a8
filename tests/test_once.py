"""A reader of several searches: each posting in one letter, which says what else it fits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from calling import call
from judging import HARBOR, crawl, judge, posting
from test_readers import ANN, BEN, NOW
from test_readers import CONFIG as FILE

from monitor.commands import letters
from monitor.commands.voice import Voice
from monitor.commands.work import Work
from monitor.config import load
from monitor.overlap import left_out, too
from monitor.search import Search
from monitor.store import Store

CONFIG = f"""{FILE.partition("[[search]]")[0]}[[search]]
id = "optics"
name = "Optics"
to = ["{ANN}"]
any = ["optics"]
[[search]]
id = "all"
name = "Whatever there is"
to = ["{ANN}", "{BEN}"]
"""
OPTICS = posting("o1", title="Optics Engineer")
WELDER = posting("w1", title="Welder")
OTHER = posting("o2", title="Optics Technician")


class Desk:
    """A store with news and the file, told whenever a test says so."""

    def __init__(self, folder, more=""):
        self.file = folder / "rolecall.toml"
        self.file.write_text(CONFIG + more)
        self.path = folder / "rolecall.db"
        self.visits = 0

    def visit(self, *found):
        with Store.open(self.path) as store:
            store.record(crawl(self.visits, *found, source=HARBOR), judge)
        self.visits += 1

    def tell(self, *names, day=0):
        """Decide the digests of searches on a day; give the new letters as (search, address)."""
        moment = NOW + timedelta(days=day)
        with Store.open(self.path) as store:
            work = Work(Voice(), load(self.file), store)
            before = {one.id for one in store.undelivered()}
            searches = {one.id: one for one in work.config.searches()}
            for name in names or searches:
                letters.decide(work, searches[name], f"day {day}", moment)
            made = [one for one in store.undelivered() if one.id not in before]
        return {(one.search, one.letter.recipient): one.letter for one in made}


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    made.visit(WELDER)
    made.tell("optics", "all")
    return made


def test_what_two_searches_of_a_reader_begin_with_is_shown_once(tmp_path):
    desk = Desk(tmp_path)
    desk.visit(OPTICS, WELDER)
    made = desk.tell()
    assert made.keys() == {("optics", ANN), ("all", ANN), ("all", BEN)}
    assert "“optics” in the title, fits “Whatever there is” too" in made["optics", ANN].text
    hers, his = made["all", ANN], made["all", BEN]
    assert "Optics Engineer" not in hers.text + hers.html
    assert hers.subject.startswith("1 open now: Whatever there is")
    assert "1 more posting that fits stands in your letters of “Optics”." in hers.text
    assert "stands in your letters of “Optics”" in hers.html
    assert his.subject.startswith("2 open now: Whatever there is")
    assert "fits" not in his.text
    assert "your letters of" not in his.text


def test_news_that_fits_two_searches_is_in_the_letter_of_the_first_that_is_due(desk):
    desk.visit(WELDER, OPTICS)
    first, second = desk.tell("optics", day=1), desk.tell("all", day=2)
    assert first["optics", ANN].subject.startswith("1 new: Optics")
    assert second.keys() == {("all", BEN)}
    desk.visit(WELDER, OPTICS, OTHER)
    first, second = desk.tell("all", day=3), desk.tell("optics", day=4)
    assert "Why: fits “Optics” too" in first["all", ANN].text
    assert second == {}


def test_what_happened_after_the_other_letter_is_told(desk):
    desk.visit(WELDER, OPTICS)
    desk.tell("optics", day=1)
    desk.visit(WELDER, replace(OPTICS, title="Senior Optics Engineer"))
    made = desk.tell("all", day=2)
    assert made["all", BEN].subject.startswith("1 new: ")
    assert made["all", ANN].subject.startswith("1 changed: ")
    assert "Title: Optics Engineer -> Senior Optics Engineer" in made["all", ANN].text


def test_a_closing_that_another_letter_told_is_taken_back(desk):
    desk.visit(WELDER, OPTICS)
    desk.tell(day=1)
    desk.visit(WELDER)
    assert desk.tell("optics", day=2)["optics", ANN].subject.startswith("1 closed: ")
    desk.visit(WELDER, OPTICS)
    made = desk.tell("all", day=3)
    assert made["all", ANN].subject.startswith("1 open again: ")
    assert ("all", BEN) not in made


def test_a_letter_that_was_given_up_told_nothing(desk):
    desk.visit(WELDER, OPTICS)
    desk.tell("optics", day=1)
    with Store.open(desk.path) as store:
        for _ in store.undelivered():
            taken = store.claim(NOW + timedelta(days=1), lease=60)
            store.settle(taken, now=NOW, sent=False, reply="554 no", retry_at=None)
        assert {one.state for one in store.undelivered()} == {"dead"}
    assert desk.tell("all", day=2).keys() == {("all", ANN), ("all", BEN)}


def test_a_reader_who_left_the_other_search_is_told_by_this_one(desk):
    desk.visit(WELDER, OPTICS)
    with Store.open(desk.path) as store:
        store.audience.leave(store.audience.key("optics", ANN), NOW)
    made = desk.tell(day=1)
    assert made.keys() == {("all", ANN), ("all", BEN)}
    assert "too" not in made["all", ANN].text


def test_a_search_that_begins_later_shows_what_is_open_all_the_same(tmp_path):
    desk = Desk(tmp_path)
    desk.visit(OPTICS)
    desk.tell("all")
    made = desk.tell("optics", day=1)
    assert made["optics", ANN].subject.startswith("1 open now: Optics")


def test_a_heartbeat_says_where_the_news_is(tmp_path):
    desk = Desk(tmp_path, more="heartbeat = true")
    desk.visit(WELDER)
    desk.tell()
    desk.visit(WELDER, OPTICS)
    letter = desk.tell(day=1)["all", ANN]
    assert "No posting to tell of." in letter.text
    assert "1 more posting that fits stands in your letters of “Optics”." in letter.text


def test_the_preview_is_that_of_its_reader(desk):
    desk.visit(WELDER, OPTICS)
    desk.tell("optics", day=1)
    said = call("--config", str(desk.file), "digest", "preview", "all")
    assert "Optics Engineer" not in said.out
    assert "1 more posting that fits stands in your letters of “Optics”." in said.out


def test_the_names_of_many_searches_are_cut():
    searches = [Search(f"s{n}", f"Search {n}") for n in range(5)]
    assert too(searches) == "fits “Search 0”, “Search 1”, “Search 2”, 2 more too"
    assert too([]) == ""
    assert left_out(0, []) == ""
