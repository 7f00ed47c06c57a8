"""Faults of what sites say rather than of how they say it; visits are values, the store is real."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from bench import sound
from test_render import MOST_BYTES, crowd, letter_of
from visits import Board, crawl, posting

from monitor.compare import judge
from monitor.schedule import due
from monitor.search import Search
from monitor.store import Store

ROOT = Path(__file__).parents[2]
MINE = Search(id="mine", name="Mine", to=("ann@reader.example",))


def many(count):
    return [str(number) for number in range(count)]


def test_f22_ten_of_five_hundred_that_are_gone_close_after_a_day_and_no_sooner(tmp_path):
    told = []
    with Store.open(tmp_path / "rolecall.db") as store:
        for hours, count in ((0, 500), (24, 490), (47, 490), (48, 490), (72, 490)):
            judged = store.record(crawl(many(count), hours=hours), judge)
            told.append(sum(event.kind == "closed" and not event.held for event in judged.events))
    assert told == [0, 0, 0, 10, 0]
    sound(tmp_path / "rolecall.db")


def test_f23_a_posting_that_comes_and_goes_within_a_day_says_nothing():
    board = Board(*many(9))
    said = [board.said(many(9 - hours % 2), hours=hours) for hours in range(1, 21)]
    assert {word for words in said for word in words} == {"(closed 8)"}


def test_f28_a_board_that_is_truly_empty_is_believed_after_three_visits_and_stays_watched():
    board = Board(*many(12))
    told = [board.said((), hours=hours) for hours in (24, 48, 96, 120)]
    assert told[:2] == [["source_broken"], []]
    assert sum(word.startswith("closed") for word in told[2]) == 12
    assert told[3] == []
    assert board.said(["1"], hours=144) == ["retracted 1"]


def test_f35_an_id_that_names_another_role_has_changed_and_another_link_has_not():
    board = Board("1", "2")
    (event,) = board.visit([posting("1", "Harbour Pilot"), posting("2")], hours=24)
    assert (event.kind, event.posting_id) == ("changed", "1")
    moved = [posting("1", "Harbour Pilot", url="https://elsewhere.example/9"), posting("2")]
    assert [one.weight for one in board.visit(moved, hours=48)] in ([], ["minor"])


@pytest.mark.parametrize(
    "day", ["2028-02-29", "2026-12-31", "2027-02-28", "2038-01-19", "2099-12-31"]
)
def test_f53_any_day_of_the_calendar_is_a_day_like_any_other(tmp_path, day):
    at = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(hours=9)
    path = tmp_path / "rolecall.db"
    periods = []
    with Store.open(path) as store:
        for days in range(3):
            now = at + timedelta(days=days)
            found = [*many(3), f"new-{days}"]
            store.record(replace(crawl(found), started=now, finished=now), judge)
            period = due(MINE, store.last_period("mine"), now)
            store.decide(MINE, period, store.pending(MINE, now), [], {}, now)
            assert due(MINE, store.last_period("mine"), now) is None
            periods.append(date.fromisoformat(period))
    assert [two - one for one, two in pairwise(periods)] == [timedelta(days=1)] * 2
    sound(path)


@pytest.mark.parametrize("end", ["1969-12-31", "2026-02-30", "9999-12-31", "0001-01-01", "31 June"])
def test_f53_no_odd_day_in_a_posting_closes_it(end):
    board = Board("1")
    assert board.said([posting("1", valid_through=end)], hours=24) in ([], ["changed 1"])


def test_f56_twenty_thousand_events_make_one_letter_that_mailboxes_take():
    letter = letter_of(crowd(20_000))
    assert len(letter.html.encode()) <= MOST_BYTES
    told = re.findall(r"<h2[^>]*>[^<]*\(([\d,]+)\)</h2>", letter.html)
    assert sum(int(count.replace(",", "")) for count in told) == 20_000


DEAF = """
import os, socket
class Deaf(socket.socket):
    def connect(self, address):
        if self.family != socket.AF_UNIX:
            print("dialled", address, flush=True)
            os._exit(99)
        return super().connect(address)
socket.socket = Deaf
"""


def test_f63_a_replay_says_the_same_each_time_and_dials_nobody(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(DEAF)
    command = [sys.executable, "-m", "monitor", "replay", "fixtures/wharf", "fixtures/heron"]
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    said = [
        subprocess.run(
            [*command, "--json"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            check=True,
        ).stdout
        for _ in range(2)
    ]
    assert said[0] == said[1]
    assert said[0].count(b'"event"') == 19
