"""The measuring of speed: its sites, its server, what it counts and what it makes of it."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections import Counter
from datetime import UTC, datetime

import pytest

from benchmarks.speed import meter, ours, servers, table
from benchmarks.speed.boards import row
from benchmarks.speed.entrants import CHANGED, FIRST, SAME, Figure, Task
from benchmarks.speed.figures import Figures
from benchmarks.speed.markup import Template, listing_page, posting_page
from benchmarks.speed.openings import edited, first, opening, second
from benchmarks.speed.plan import IDLE, SMALL
from benchmarks.speed.targets import BOARDS, ROLECALL, STOCK, targets
from benchmarks.speed.watchers import reported
from benchmarks.speed.website import Website
from crawler.items import Source
from crawler.pages import careers, recruitee

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def read(page):
    return careers.postings(page, url="http://127.0.1.1/jobs/1", now=NOW)


def figure(who, pages, phase, cpu, **more):
    return Figure(who, pages, phase, cpu, cpu, 90.0, 140.0, {"304": pages}, **more)


@pytest.fixture(scope="module")
def website(tmp_path_factory):
    made = Website(tmp_path_factory.mktemp("bench") / "site-100", 100)
    made.write()
    return made


def test_a_page_is_the_same_in_every_run_and_states_one_posting():
    page = posting_page(opening(17), Template(3))
    assert page == posting_page(opening(17), Template(3))
    (found,) = read(page)
    assert (found.title, found.salary.min, found.places[0].locality) == (
        opening(17).title,
        opening(17).pay,
        opening(17).town[0],
    )
    assert opening(17).paragraphs[0].split(". ")[0] in found.body


def test_pages_are_of_the_size_that_is_promised():
    sizes = [len(posting_page(opening(n), Template(n % 10)).encode()) for n in range(200)]
    assert min(sizes) > 15_000
    assert max(sizes) < 55_000
    assert sum(sizes) / len(sizes) == pytest.approx(32_000, rel=0.05)


@pytest.mark.parametrize("number", [7, 107, 207, 307])
def test_an_edit_changes_what_is_read(number):
    before, after = (
        read(posting_page(each, Template(0)))[0]
        for each in (opening(number), edited(opening(number)))
    )
    fields = ("salary", "places", "body", "valid_through")
    assert [name for name in fields if getattr(before, name) != getattr(after, name)] == [
        fields[number // 100]
    ]


def test_the_second_version_has_one_edit_one_removal_and_one_new_opening_in_a_hundred():
    before, after = first(range(200)), second(range(200), range(200, 202))
    assert len(before) == len(after) == 200
    same = set(before) & set(after)
    assert len(same) == 196
    assert {each.number for each in set(after) - same} == {7, 107, 200, 201}
    assert {each.number for each in set(before) - same} == {7, 43, 107, 143}


def test_only_sizes_are_taken_that_share_out_evenly(tmp_path):
    sizes = (0, 50, 100, 250, 900, 1000, 1200, 10_000, 25_000, 100_000)
    even = [size for size in sizes if Website(tmp_path, size).even]
    assert even == [100, 900, 1000, 10_000, 25_000, 100_000]


def test_a_listing_leads_to_its_openings_and_to_the_next_page():
    page = listing_page(first(range(50)), Template(0), "/list/2")
    found = careers.links(page, url="http://127.0.1.1/list/1")
    assert len(found) == 50
    assert careers.next_page(page, url="http://127.0.1.1/list/1") == "http://127.0.1.1/list/2"


def test_a_board_s_row_is_a_whole_posting_of_five_kilobytes():
    found = recruitee.read(row(5), Source("q", "recruitee"), NOW)
    assert found.title == opening(5).title
    assert found.salary.min == opening(5).pay
    sizes = [len(json.dumps(row(number))) for number in range(50)]
    assert sum(sizes) / 50 == pytest.approx(5000, rel=0.05)


def test_what_did_not_change_keeps_its_file_and_what_did_has_another_time(website):
    pages = {
        version: {
            page.name: page.stat()
            for page in (website.folder / version / "127.0.1.1/jobs").iterdir()
        }
        for version in ("v1", "v2")
    }
    kept = [
        n
        for n, stat in pages["v1"].items()
        if n in pages["v2"] and stat.st_ino == pages["v2"][n].st_ino
    ]
    assert len(kept) == 98
    (edit,) = set(pages["v1"]) & set(pages["v2"]) - set(kept)
    assert pages["v1"][edit].st_mtime < pages["v2"][edit].st_mtime


@pytest.mark.parametrize("program", ["nginx", "ours"])
def test_a_server_answers_conditionally_where_it_should_and_tells_what_it_answered(
    website, program, monkeypatch
):
    if program == "ours":
        monkeypatch.setattr(servers.shutil, "which", lambda _: None)
    elif servers.kind() != "nginx":
        pytest.skip("no nginx here")
    with servers.Server(website.folder.parent, website.validated, website.plain) as server:
        server.switch(website.folder / "v1")
        link = website.links(server.port)[0]
        tag = ask(link)[1]
        assert ask(link, tag)[0] == 304
        bare = link.replace("127.0.1.", "127.0.2.")
        assert ask(bare, tag) == (200, None)
        removed = next(each for each in website.links(server.port) if "/43-" in each)
        server.switch(website.folder / "v2")
        assert ask(removed)[0] == 404
        assert server.answers().pages == Counter({200: 2, 304: 1, 404: 1})
        assert server.answers().pages == Counter()


def ask(link, tag=None):
    request = urllib.request.Request(link, headers={"If-None-Match": tag} if tag else {})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers["ETag"]
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["ETag"]


@pytest.mark.slow
def test_the_cost_of_a_process_whose_parent_left_it_is_counted(tmp_path):
    burn = "import time\nwhile time.process_time() < 0.6: pass"
    leave = (
        f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {burn!r}]); print('x')"
    )
    cost = meter.measure([sys.executable, "-c", leave], folder=tmp_path)
    assert cost.cpu > 0.6
    assert (cost.code, cost.out) == (0, "x\n")
    assert cost.wall < cost.cpu  # the command itself was over long before


@pytest.mark.slow
def test_a_command_s_exit_code_and_largest_process_are_told(tmp_path):
    fill = "import sys; taken = bytearray(90_000_000); sys.exit(7)"
    cost = meter.measure([sys.executable, "-c", fill], folder=tmp_path)
    assert cost.code == 7
    assert 90 < cost.largest < 130


def test_what_a_crawl_printed_is_counted():
    lines = [
        {"event": "opened", "held": False},
        {"event": "closed", "held": True},
        {"crawl": "unchanged", "postings": 5},
        {"crawl": "unchanged", "postings": 7},
    ]
    found = ours.said("\n".join(map(json.dumps, lines)))
    assert found.outcomes == {"unchanged": 2}
    assert found.postings == 12
    assert found.events == {"opened": 1, "held closed": 1}


def test_a_figure_is_void_unless_each_site_s_robots_txt_was_asked_for(website, tmp_path):
    task = Task(website, 80, tmp_path)
    out = json.dumps({"crawl": "unchanged", "postings": 100})
    cost = meter.Cost(1.0, 1.0, 0, 80.0, 120.0, out)
    log = [f"127.0.1.1 304 0 /jobs/{number}\n" for number in range(100)]
    fault = ours.OURS[0].fault(task, SAME, cost, servers.counted(log))
    assert fault == "robots.txt asked: 0 instead of 1"
    asked = servers.counted([*log, "127.0.1.1 200 33 /robots.txt\n"])
    assert ours.OURS[0].fault(task, SAME, cost, asked) == ""
    assert ours.OURS[0].fault(task, CHANGED, cost, asked).startswith("outcomes: ")


def test_a_report_s_pages_are_counted_by_what_it_calls_them():
    assert reported("001. NEW: page 1\n002. NEW: page 2\nCHANGED: page 3\nrenewed: no", "new") == 2


def test_a_page_more_and_the_start_are_told_apart_by_the_median_at_two_sizes():
    found = Figures(
        [
            *(figure("a", 100, SAME, cpu) for cpu in (1.0, 1.2, 9.0)),
            figure("a", 1100, SAME, 3.2),
        ]
    )
    assert found.slope("a", SAME) == pytest.approx(2.0)
    assert found.start("a", SAME) == pytest.approx(1.0)
    assert found.slope("a", FIRST) is None


def test_a_figure_whose_result_was_wrong_is_void_and_said():
    wrong = figure("Rolecall", 100, CHANGED, 0.1, fault="events: {} instead of {'changed': 1}")
    assert Figures([wrong]).median("Rolecall", 100, CHANGED) is None
    text = table.write([wrong], {"load": "0.1"}, [100])
    assert "Rolecall, 100, changed: events: {} instead of {'changed': 1}" in text


def test_a_target_holds_is_missed_or_was_not_measured():
    found = {
        each.words: each
        for each in targets(
            Figures(
                [
                    figure(who, size, phase, start + size * cost / 1000)
                    for size in (100, 1100)
                    for who, start, phase, cost in (
                        (ROLECALL, 1.0, SAME, 1.0),
                        (STOCK, 1.0, SAME, 8.0),
                        (ROLECALL, 1.0, FIRST, 4.0),
                        (STOCK, 1.0, FIRST, 8.0),
                    )
                ]
            )
        )
    }
    assert found["a page more, unchanged (304)"].found == pytest.approx(0.125)
    assert found["a page more, unchanged (304)"].verdict == "holds"
    assert found["a page more, first read"].verdict == "missed"
    assert found["rolecall --help"].verdict == "not measured"
    assert found["start-up"].found == pytest.approx(1.0)


def test_the_report_has_a_row_for_everything_that_was_measured():
    found = [
        figure(ROLECALL, 100, SAME, 0.5),
        figure(STOCK, 100, SAME, 2.0),
        Figure(BOARDS[0], 100, SAME, 0.4, 0.5, 70.0, 110.0),
        figure(IDLE, 100, SMALL, 0.3),
    ]
    rows = [line.split(" | ") for line in table.write(found, {}, [100]).splitlines()]
    row = next(row for row in rows if row[:2] == ["| Rolecall", "same"])
    assert row[2:] == ["1", "0.50", "0.25", "200", "90", "140", "304 x 100; 0.0 MB |"]
    row = next(row for row in rows if row[0] == f"| {IDLE}" and row[1] == "100")
    assert row[2:] == ["1", "0.30", "0.30 |"]
    (row,) = (row for row in rows if row[0] == f"| {BOARDS[0]}")  # never among the pages
    assert row[1:] == ["same", "100", "1", "0.40", "0.50", "70", "110 |"]
