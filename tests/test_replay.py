"""What needs no network: recorded visits that run again, and saved pages that are read."""

from __future__ import annotations

import json
from dataclasses import fields
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from calling import call
from mail_lint import lint

from crawler.items import Posting, Snippet
from monitor.store import Store

FIXTURES = Path(__file__).parents[1] / "fixtures"
CRAWL_KEYS = {"schema_version", "at", "source", "crawl", "postings", "reasons"}
EVENT_KEYS = {"schema_version", "at", "source", "event", "posting_id", "title", "weight"} | {
    *("changes", "held")
}
CHANGE_KEYS = {"field", "before", "after", "weight"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ROLECALL_CONFIG", raising=False)
    return tmp_path


# Replay.


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    """Replay a week of a board once: as JSON, with a digest and a store."""
    into = tmp_path_factory.mktemp("replayed")
    answer = call(
        *("replay", FIXTURES / "wharf", "--json"),
        *("--digest", into / "letters" / "digest", "--store", into / "replay.db"),
    )
    return answer, into


@pytest.mark.slow
def test_a_replay_prints_json_lines_and_says_nothing_else(replayed):
    answer, _ = replayed
    assert (answer.code, answer.err) == (0, "")
    assert {line["schema_version"] for line in answer.lines} == {1}


@pytest.mark.slow
def test_every_line_of_a_replay_has_the_keys_that_programs_depend_on(replayed):
    *lines, digest = replayed[0].lines
    for line in lines:
        assert (CRAWL_KEYS if "crawl" in line else EVENT_KEYS) <= line.keys()
        assert line["source"] == "wharf"
        for change in line.get("changes", ()):
            assert change.keys() >= CHANGE_KEYS
    assert digest.keys() == {"schema_version", "digest", "subject", "counts"}


@pytest.mark.slow
def test_a_replay_tells_each_visit_at_its_own_time(replayed):
    crawls = [line for line in replayed[0].lines if "crawl" in line]
    assert [(line["at"], line["crawl"], line["postings"]) for line in crawls] == [
        ("2026-11-02T07:00:00+00:00", "complete", 9),
        ("2026-11-03T07:00:00+00:00", "complete", 8),
        ("2026-11-04T07:00:00+00:00", "failed", 0),
        ("2026-11-05T07:00:00+00:00", "complete", 0),
        ("2026-11-06T07:00:00+00:00", "complete", 9),
        ("2026-11-07T07:00:00+00:00", "complete", 10),
        ("2026-11-08T07:00:00+00:00", "complete", 10),
    ]
    assert [line["baseline"] for line in crawls] == [True] + 6 * [False]
    assert [bool(line["reasons"]) for line in crawls] == [False, False, True] + 4 * [False]


@pytest.mark.slow
def test_a_replay_tells_what_happened_in_its_order(replayed):
    told = [
        (line["at"][8:10], line["event"], line["posting_id"], line["held"])
        for line in replayed[0].lines
        if "event" in line
    ]
    week = [one for one in told if one[0] < "08"]
    assert week == [
        ("03", "changed", "4410052", False),
        ("03", "closed", "4410084", True),
        ("03", "closed", "4410090", True),
        ("03", "opened", "4410103", False),
        ("05", "source_broken", None, False),
        ("06", "source_recovered", None, False),
        ("06", "closed", "4410090", False),
        ("07", "retracted", "4410090", False),
    ]
    assert {one[1] for one in told if one[0] == "08"} == {"changed"}


@pytest.mark.slow
def test_a_replay_writes_its_digest_as_three_files(replayed):
    answer, into = replayed
    made = into / "letters" / "digest"
    assert sorted(path.name for path in made.iterdir()) == [
        "digest.eml",
        "digest.html",
        "digest.txt",
    ]
    raw = (made / "digest.eml").read_bytes()
    assert lint(raw) == []
    letter = message_from_bytes(raw, policy=policy.default)
    assert letter["Subject"] == answer.lines[-1]["subject"]
    assert "Simulation Engineer" in (made / "digest.txt").read_text()
    assert "Simulation Engineer" in (made / "digest.html").read_text()
    assert answer.lines[-1]["digest"] == str(made)


@pytest.mark.slow
def test_what_a_replay_remembers_can_be_asked_like_any_store(replayed, folder):
    _, into = replayed
    config = folder / "rolecall.toml"
    config.write_text(
        f'store = "{into / "replay.db"}"\n'
        '[[source]]\nid = "wharf"\nkind = "greenhouse"\nboard = "wharffield"\nevery = "9999d"\n'
    )
    with Store.open(into / "replay.db", readonly=True) as store:
        assert len(list(store.crawls("wharf"))) == 7
    status = call("status")
    assert status.code == 3
    assert "no run ended since 2026-11-08" in status.err  # as nobody's cron calls a replay
    assert status.out.startswith("wharf  complete 2026-11-08 07:00 UTC, 10 open")
    (shown,) = call("show", "4410090", "--json").lines
    events = [(one["event"], one["held"]) for one in shown["timeline"] if "event" in one]
    assert events[:3] == [("closed", True), ("closed", False), ("retracted", False)]
    assert "[wharf/4410103]" in call("search", "simulation").out


@pytest.mark.slow
def test_a_replay_for_people_is_a_line_a_visit_and_a_line_an_event():
    answer = call("replay", FIXTURES / "wharf", "--digest", "made")
    assert (answer.code, answer.err) == (0, "")
    shown = answer.out.splitlines()
    assert shown[0] == "2026-11-02 07:00  wharf: 9 postings, first visit, now watching"
    assert "  opened           Simulation Engineer [4410103]" in shown
    assert "  source recovered wharf: found 9 postings" in shown
    held = "  closed (held)    Head of People [4410084]: not listed; held for a day"
    assert held in shown
    assert shown[-1] == ("The digest is in made/digest.eml, made/digest.html, made/digest.txt")


@pytest.mark.slow
def test_visits_of_several_sources_run_in_the_order_of_their_times():
    answer = call("replay", FIXTURES / "wharf", FIXTURES / "quarry", "--json")
    crawls = [line for line in answer.lines if "crawl" in line]
    assert len({line["source"] for line in crawls}) == 2
    assert [line["at"] for line in crawls] == sorted(line["at"] for line in crawls)


def test_a_folder_without_a_recorded_visit_is_an_error_with_the_next_step(folder):
    (folder / "empty").mkdir()
    answer = call("replay", "empty", "--json")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "empty: no recorded visit; `rolecall record SOURCE` makes one\n"


@pytest.mark.parametrize(
    ("source", "index", "words"),
    [
        (None, "{}", "source.toml"),
        ("kind = ", "{}", "source.toml"),
        ('id = "a"\nkind = "lever"', "{}", "index.json"),
        ('id = "a"\nkind = "lever"', "no json", "index.json"),
        ('kind = "lever"', '{"started": "2026-11-02T07:00:00Z", "exchanges": []}', "source.toml"),
    ],
)
def test_a_recording_that_cannot_be_read_is_named(folder, source, index, words):
    case = folder / "a" / "20261102T070000"
    case.mkdir(parents=True)
    (case / "index.json").write_text(index)
    if source is not None:
        (folder / "a" / "source.toml").write_text(source)
    answer = call("replay", "a")
    assert (answer.code, answer.out) == (2, "")
    assert words in answer.err
    assert "Traceback" not in answer.err


# Extract.

NAMES = {field.name for field in fields(Posting)} | {"seniority", "conditions"}
STATED = {"@context": "https://schema.org", "@type": "JobPosting", "title": "Foghorn Tuner"} | {
    "hiringOrganization": {"@type": "Organization", "name": "Gannet Foghorns"},
    "jobLocation": {"@type": "Place", "address": {"addressLocality": "Halifax"}},
    "datePosted": "2026-11-02",
    "description": "<p>Tune foghorns by ear.</p>",
}
PAGE = f'<html><script type="application/ld+json">{json.dumps(STATED)}</script></html>'


@pytest.fixture
def page(folder):
    path = folder / "page.html"
    path.write_text(PAGE)
    return path


@pytest.mark.parametrize("kind", ["auto", "careers_page"])
def test_a_saved_page_is_one_json_line_of_the_posting_s_fields(page, kind):
    answer = call("extract", kind, page, "--json", "--url", "https://gannet.example/jobs/1-tuner")
    assert (answer.code, answer.err) == (0, "")
    (line,) = answer.lines
    assert line.keys() == NAMES | {"schema_version"}
    assert (line["title"], line["organization"]) == ("Foghorn Tuner", "Gannet Foghorns")
    assert (line["date_posted"], line["salary"]) == ("2026-11-02", None)
    assert line["url"] == "https://gannet.example/jobs/1-tuner"
    assert "Tune foghorns by ear." in line["body"]


def test_a_saved_page_is_one_readable_line(page):
    answer = call("extract", "auto", page)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("Foghorn Tuner · Gannet Foghorns · Halifax")


def test_a_posting_saved_as_text_states_its_pay_and_takes_the_employer_given(folder):
    text = "Lamp Trimmer\n\nTrim lamps.\n\nSalary: €3,000 - €3,500 per month\n"
    (folder / "lamp.txt").write_text(text)
    options = ("--organization", "Tidewater", "--json")
    (line,) = call("extract", "text", folder / "lamp.txt", *options).lines
    assert line.keys() == NAMES | {"schema_version"}
    assert (line["title"], line["organization"]) == ("Lamp Trimmer", "Tidewater")
    pay = {key: line["salary"][key] for key in ("min", "max", "currency", "period")}
    assert pay == {"min": 3000, "max": 3500, "currency": "EUR", "period": "month"}
    assert "€3,000 - €3,500" in line["salary"]["raw"]
    assert call("extract", "text", "-", answers=text).out.startswith("Lamp Trimmer · €3,000")


def test_other_postings_on_an_aggregator_s_page_are_snippets():
    (saved,) = (FIXTURES / "gazette").glob("*/desc.html")
    own, *others = call("extract", "aggregator", saved, "--json").lines
    assert own.keys() == NAMES | {"schema_version"}
    assert "snippet" not in own
    assert len(others) == 8
    for line in others:
        assert line["snippet"] is True
        assert line.keys() == {field.name for field in fields(Snippet)} | {
            *("schema_version", "snippet")
        }
    shown = call("extract", "aggregator", saved).out.splitlines()
    assert [line.startswith("  similar: ") for line in shown] == [False] + 8 * [True]
    assert call("extract", "auto", saved).out.splitlines() == shown


def test_an_unknown_kind_is_2_with_a_guess(page):
    answer = call("extract", "carers_page", page)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == 'no kind "carers_page"; did you mean careers_page?\n'
    assert 'no kind "x"; it can be auto, text, aggregator, ' in call("extract", "x", page).err


def test_a_page_that_its_kind_cannot_read_is_3_alone_and_1_beside_others(page, folder):
    answer = call("extract", "greenhouse", page)
    assert (answer.code, answer.out) == (3, "")
    assert answer.err.startswith(f"{page}: not a page of kind greenhouse: ")
    board = folder / "board.json"
    board.write_text('{"jobs": [{"id": 7, "title": "Lamp Trimmer", "content": "Trim."}]}')
    both = call("extract", "greenhouse", page, board)
    assert both.code == 1
    assert both.out.startswith("Lamp Trimmer")
    assert both.err.count("\n") == 1


def test_a_page_without_a_posting_says_so(folder):
    (folder / "empty.html").write_text("<html><body>Nothing here.</body></html>")
    answer = call("extract", "careers_page", "empty.html", "--json")
    assert (answer.code, answer.out, answer.err) == (0, "", "empty.html: no posting found\n")


def test_extract_needs_no_configuration(page, folder):
    (folder / "rolecall.toml").write_text("broken =")
    assert call("extract", "auto", page).code == 0
