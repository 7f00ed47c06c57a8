from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from calling import Stream, call
from visits import crawl, monthly, posting

from crawler.items import Asked, Place, Salary
from monitor import lock
from monitor.cli import COMMANDS, _explained, cli
from monitor.commands import lines
from monitor.commands.voice import Voice
from monitor.commands.work import Tally
from monitor.compare import judge
from monitor.config import load
from monitor.store import Store

ROOT = Path(__file__).parents[1]
TOML = """\
contact = "reader@tidewater.example"

[[source]]
id = "tidewater"
kind = "greenhouse"
board = "tidewater"
"""
SEARCH = '[[search]]\nid = "optics"\nto = ["reader@tidewater.example"]\n'


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Stand in an empty folder, with nothing of the tester's own environment."""
    monkeypatch.chdir(tmp_path)
    for name in ("ROLECALL_CONFIG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def file(folder):
    path = folder / "rolecall.toml"
    path.write_text(TOML)
    return path


@pytest.fixture
def store(file):
    """Remember four visits that ended an hour ago: one posting changed, one closed, one missing."""
    path = file.with_name("rolecall.db")
    first = posting(
        organization="Tidewater Optics", salary=monthly(4000), url="https://t.example/1"
    )
    raised = dataclasses.replace(first, salary=monthly(5000))
    asked = Asked("GET", "https://t.example/list", 304, 0, 0.2, "not modified")
    old = posting("2", "Mirror Polisher"), posting("3", "Foghorn Tuner", body="Tune foghorns.")
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    visits = [
        crawl([first, *old]),
        crawl([raised, *old]),
        crawl([raised, old[1]], gone=("2",)),
        crawl([raised], requests=(asked,)),
    ]
    with Store.open(path) as opened:
        for days, visit in zip((3, 2, 1, 0), visits, strict=True):
            at = end - timedelta(days=days)
            opened.record(dataclasses.replace(visit, started=at, finished=at), judge)
    return path


# What a newcomer sees.


def test_help_lists_every_command_from_the_table():
    answer = call("--help")
    assert (answer.code, answer.err) == (0, "")
    listed = [line.split(maxsplit=1) for line in answer.out.split("Commands:")[1].splitlines()]
    assert dict(line for line in listed if len(line) == 2 and line[0] in COMMANDS) == {
        name: text for name, (_, text) in COMMANDS.items()
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_s_own_help_begins_as_the_table_says(name):
    answer = call(name, "--help")
    assert (answer.code, answer.err) == (0, "")
    usage, first = answer.out.split("\n\n")[:2]
    assert usage.startswith(f"Usage: rolecall {name} ")
    assert " ".join(first.split()) == COMMANDS[name][1]
    assert "Traceback" not in answer.out


def commands(group=cli, path=()):
    for name in group.list_commands(click.Context(group)):
        found = group.get_command(click.Context(group), name)
        yield (*path, name), found
        if isinstance(found, click.Group):
            yield from commands(found, (*path, name))


def test_every_command_and_option_says_what_it_is_for():
    for path, found in commands():
        assert found.help, path
        assert {"config", "json", "verbose"} <= {parameter.name for parameter in found.params}
        for parameter in found.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, (path, parameter.name)


def test_the_version_is_one_line():
    answer = call("--version")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("rolecall ")
    assert answer.out.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["serch"], "'search'"),
        (["statsu"], "Did you mean 'status'?"),
        (["--jsn"], "Did you mean one of: '--json', "),
        (["status", "--jsn"], "Did you mean one of: '--json', "),
        (["digest", "prevew"], "Did you mean 'preview'?"),
        (["config", "chek"], "'check'"),
    ],
)
def test_a_slip_is_answered_with_a_guess(arguments, words):
    answer = call(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert words in answer.err


# Exit codes, and where is said what.

NO_FILE = "rolecall.toml: not found; `rolecall init` writes one, --config names another\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["show", "1"],
        ["search", "lens"],
        ["run"],
        ["crawl"],
        ["serve"],
        ["doctor"],
        ["record", "tidewater"],
        ["config", "check"],
        ["digest", "preview"],
        ["digest", "send"],
        ["add", "https://jobs.lever.co/tidewater"],
    ],
    ids=" ".join,
)
def test_without_a_configuration_the_next_step_is_named(arguments):
    answer = call(*arguments)
    assert (answer.code, answer.out, answer.err) == (2, "", NO_FILE)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["config", "check"], 0, ""),
        (["crawl", "tidwater"], 2, 'no source "tidwater"; did you mean tidewater?'),
        (["crawl", "wombat"], 2, 'no source "wombat"; `rolecall status` lists them'),
        (["record", "tidwater"], 2, 'no source "tidwater"; did you mean tidewater?'),
        (["digest", "preview"], 2, "no [[search]] yet: it says who wants to hear of what"),
        (["digest", "send"], 2, "no [[search]] yet"),
        (["show", "1"], 3, "rolecall.db: not there yet; `rolecall run` makes it"),
        (["search", "lens"], 3, "rolecall.db: not there yet; `rolecall run` makes it"),
        (["status"], 1, ""),
        (["search"], 2, "Missing argument 'WORDS...'"),
        (["search", "lens", "--limit", "0"], 2, "0 is not in the range x>=1"),
        (["doctor", "male"], 2, "'male' is not one of"),
        (["doctor", "--to", "nobody"], 2, '"nobody" is not an e-mail address'),
        (["replay", "nowhere"], 2, "Directory 'nowhere' does not exist"),
        (["extract", "auto", "nowhere"], 2, "'nowhere': No such file or directory"),
        (["--config", ".", "status"], 2, "File '.' is a directory"),
    ],
)
@pytest.mark.usefixtures("file")
def test_a_mistake_ends_in_words_and_its_code(arguments, code, words):
    answer = call(*arguments)
    assert answer.code == code
    assert words in answer.err
    assert "Traceback" not in answer.err
    if code > 1:
        assert answer.out == ""


def test_every_mistake_of_the_file_is_told_on_its_line(file):
    file.write_text("stor = 1\n" + TOML + "evry = 1\n" + SEARCH)
    for arguments in (["config", "check"], ["status"], ["run"]):
        answer = call(*arguments)
        assert (answer.code, answer.out) == (2, "")
        assert answer.err.splitlines() == [
            "rolecall.toml:1 stor: unknown key; did you mean store?",
            "rolecall.toml:8 source[0].evry: unknown key; did you mean every?",
        ]


def test_a_search_that_does_not_exist_is_answered_with_those_that_do(file):
    file.write_text(TOML + SEARCH)
    answer = call("digest", "preview", "optic")
    assert (answer.code, answer.err) == (2, 'no search "optic"; did you mean optics?\n')
    assert call("digest", "send", "birds").err == 'no search "birds"; it can be optics\n'


def test_a_live_visit_without_a_contact_is_refused(file):
    file.write_text(TOML.replace("contact", "#"))
    answer = call("crawl")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == (
        "rolecall.toml contact: missing: sites must be able to reach you;"
        ' add contact = "you@example.org"\n'
    )


def test_a_store_that_is_none_is_refused_in_words(file):
    file.with_name("rolecall.db").write_bytes(b"no database at all" * 100)
    for command in (["status"], ["search", "lens"], ["show", "1"], ["run"]):
        answer = call(*command)
        assert (answer.code, answer.out) == (3, "")
        assert "rolecall.db" in answer.err
        assert "Traceback" not in answer.err


def test_a_second_run_leaves_at_once_with_5(store):
    with lock.hold(store):
        answer = call("crawl", "tidewater")
    assert (answer.code, answer.out) == (5, "")
    assert answer.err.startswith("another run holds ")


@pytest.mark.usefixtures("store")
def test_nothing_to_visit_is_said_and_no_error(file):
    answer = call("crawl")
    assert (answer.code, answer.out) == (0, "")
    assert answer.err == "nothing is due; `rolecall crawl SOURCE` visits one all the same\n"
    assert call("run", terminal=True).err == answer.err
    assert call("run").err == ""
    file.write_text("")
    for command in ("crawl", "run"):
        said = call(command, terminal=True).err
        assert said == "no sources yet; `rolecall add LINK` watches one\n"


@pytest.mark.parametrize(
    ("tally", "code"),
    [
        (Tally(), 0),
        (Tally(visited=3), 0),
        (Tally(visited=3, failed=1), 1),
        (Tally(visited=3, failed=3), 3),
        (Tally(visited=3, failed=3, digests=1), 1),
        (Tally(visited=3, failed=1, kept=1), 4),
        (Tally(kept=1), 4),
    ],
)
def test_what_a_turn_came_to_makes_its_code(tally, code):
    assert tally.code() == code
    tally.news = 1
    assert tally.code(news=True) == (10 if code == 0 else code)


def test_a_process_that_dies_at_its_start_is_no_interruption(monkeypatch):
    def stop(*_, **__):
        raise EOFError

    monkeypatch.setattr("monitor.commands.replay.cases", stop)
    answer = call("replay", ".")
    assert (answer.code, "interrupted" in answer.err) == (3, False)
    assert "the process that visits sites did not start" in answer.err


def test_what_nobody_can_act_on_is_raised_and_not_explained_away():
    with pytest.raises(ZeroDivisionError):
        _explained(Voice(), ZeroDivisionError())


# Output for people and for programs.


@pytest.mark.parametrize(
    "arguments", [["--json", "config", "check"], ["config", "check", "--json"]]
)
@pytest.mark.usefixtures("file")
def test_an_option_of_all_commands_stands_before_or_after_the_name(arguments):
    answer = call(*arguments)
    assert (answer.code, answer.err) == (0, "")
    assert answer.lines == [
        {"schema_version": 1, "config": "rolecall.toml", "sources": 1, "searches": 0}
    ]


def test_the_file_is_named_by_the_option_or_by_the_environment(folder, monkeypatch):
    other = folder / "mine.toml"
    other.write_text(TOML)
    assert call("--config", other, "config", "check").out.startswith(f"{other}: fine, 1 source")
    assert call("config", "check", "--config", other).code == 0
    monkeypatch.setenv("ROLECALL_CONFIG", str(other))
    assert call("config", "check").out == f"{other}: fine, 1 source, 0 searches\n"


@pytest.mark.parametrize("refused", ["", "1"])
@pytest.mark.usefixtures("file")
def test_colours_are_for_terminals_that_do_not_refuse_them(monkeypatch, refused):
    monkeypatch.setenv("NO_COLOR", refused)
    answer = call("doctor", "store", terminal=True)
    assert ("\033[" in answer.out) == (refused == "")
    assert "\033[" not in call("doctor", "store").out
    trouble = call("crawl", "wombat", terminal=True)
    assert ("\033[" in trouble.err) == (refused == "")


@pytest.mark.usefixtures("store")
def test_status_says_how_every_source_stands():
    answer = call("status")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("tidewater  complete ")
    assert answer.out.endswith(" UTC, 2 open, usually 2.5\n")


@pytest.mark.usefixtures("file")
def test_status_of_a_source_never_visited_says_so_and_leaves_with_1():
    answer = call("status")
    assert (answer.code, answer.err) == (1, "")
    assert answer.out == "tidewater  never visited\n"


STATUS_KEYS = {
    *("schema_version", "source", "kind", "board", "url", "organization", "baseline_at"),
    *("last_visit", "outcome", "reasons", "suspicious", "found", "open", "usual", "failures"),
    *("broken", "overdue", "quarantined_at", "first_seen", "succeeded_at", "stale"),
}


@pytest.mark.usefixtures("store")
def test_status_lines_have_the_same_keys_before_and_after_a_visit(file):
    file.write_text(TOML + '[[source]]\nid = "gannet"\nkind = "lever"\nboard = "gannet"\n')
    words = [line[:11] for line in call("status").out.splitlines()]
    assert words == ["tidewater  ", "gannet     "]
    seen, unseen = call("status", "--json").lines
    assert seen.keys() == unseen.keys() == STATUS_KEYS
    assert (seen["source"], seen["outcome"], seen["open"]) == ("tidewater", "complete", 2)
    assert (unseen["source"], unseen["last_visit"], unseen["overdue"]) == ("gannet", None, True)


def test_status_leaves_with_1_when_the_last_visit_failed(store):
    at = datetime.now(UTC)
    failed = crawl(outcome="failed", reasons=("no answer in time",))
    with Store.open(store) as opened:
        opened.record(dataclasses.replace(failed, started=at, finished=at), judge)
    answer = call("status")
    assert answer.code == 1
    assert answer.out.startswith("tidewater  failed ")
    assert answer.out.endswith(", no answer in time\n")


@pytest.mark.usefixtures("file")
def test_status_names_a_source_in_quarantine_and_what_tries_it(store):
    at = datetime.now(UTC)
    with Store.open(store) as opened:
        for minutes in (3, 2, 1):
            failed = crawl(outcome="failed", reasons=("its process died",), killed=True)
            began = at - timedelta(minutes=minutes)
            opened.record(dataclasses.replace(failed, started=began, finished=began), judge)
    answer = call("status")
    assert answer.code == 1
    assert answer.out.endswith(
        ", in quarantine; `rolecall crawl tidewater` tries it, its process died\n"
    )


@pytest.mark.usefixtures("store")
def test_status_names_what_is_remembered_but_no_longer_watched(file):
    file.write_text("")
    answer = call("status")
    assert (answer.code, answer.out) == (0, "")
    assert answer.err.splitlines() == [
        "no sources yet; `rolecall add LINK` watches one",
        "remembered, but no longer in rolecall.toml: tidewater",
    ]


@pytest.mark.parametrize("name", ["1", "tidewater/1", "https://t.example/1"])
@pytest.mark.usefixtures("store")
def test_a_posting_is_shown_by_id_by_source_and_id_and_by_link(name):
    answer = call("show", name)
    assert (answer.code, answer.err) == (0, "")
    shown = answer.out.splitlines()
    assert shown[0] == "Lens Grinder"
    assert shown[1].startswith("  tidewater/1, open, seen ")
    assert "  organization     Tidewater Optics" in shown
    (event,) = (line for line in shown if "changed: " in line)
    assert "salary raised" in event
    assert "Grind lenses" not in answer.out


@pytest.mark.usefixtures("store")
def test_the_name_of_a_source_shows_what_its_last_visit_asked_for():
    answer = call("show", "tidewater")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == "304        0 kB    0.2 s  GET https://t.example/list  (not modified)\n"


@pytest.mark.usefixtures("store")
def test_the_text_of_a_posting_is_shown_when_asked_for():
    assert call("show", "1", "--body").out.endswith("\n40 hours a week.\n")


@pytest.mark.usefixtures("store")
def test_a_closed_and_a_missing_posting_say_so():
    closed = call("show", "2").out.splitlines()
    assert closed[1].startswith("  tidewater/2, closed since ")
    assert closed[1].endswith(" (404 at its own page)")
    missing = call("show", "3").out.splitlines()
    assert missing[1].startswith("  tidewater/3, open, not found since ")
    assert missing[1].endswith(" (held)")
    assert missing[-1].split("  ")[-1].startswith("closed (held): not listed")


@pytest.mark.usefixtures("store")
def test_a_posting_nobody_knows_is_3_and_the_next_step():
    answer = call("show", "nothing")
    assert (answer.code, answer.out) == (3, "")
    assert answer.err == 'no posting "nothing"; `rolecall search WORDS` finds it by its words\n'


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("command", ["show", "similar"])
def test_a_source_that_is_mistyped_is_guessed(command):
    answer = call(command, "tidewatr/1")
    assert (answer.code, answer.out) == (3, "")
    assert answer.err == 'no posting "tidewatr/1"; did you mean tidewater?\n'
    assert "; `rolecall search WORDS` finds it" in call(command, "tidewater/99").err


@pytest.mark.usefixtures("store")
def test_a_shown_posting_is_one_json_line_with_its_timeline():
    (line,) = call("show", "1", "--json").lines
    assert (line["id"], line["source"], line["state"]) == ("1", "tidewater", "open")
    assert line["salary"] == {
        "min": 5000,
        "max": 5000,
        "currency": "USD",
        "period": "month",
        "raw": "",
        "provenance": "text",
        "start": 0,
        "end": 0,
        "otherwise": "",
    }
    kinds = [entry.get("event", "revision") for entry in line["timeline"]]
    assert kinds.count("revision") == 2
    assert [kind for kind in kinds if kind != "revision"] == ["changed"]


def test_a_shown_posting_names_what_it_is_linked_with_and_why(store):
    first = posting(organization="Tidewater Optics", requisition_id="R-7")
    copy = dataclasses.replace(first, id="x9", url="https://gazette.example/x9")
    end = datetime.now(UTC).replace(microsecond=0)
    with Store.open(store) as opened:
        for source, one in (("tidewater-2", first), ("gazette", copy)):
            visit = crawl([one])
            where = dataclasses.replace(visit.source, id=source, board=source)
            visit = dataclasses.replace(visit, source=where, started=end, finished=end)
            opened.record(visit, judge)
    shown = call("show", "gazette/x9").out.splitlines()
    line = "  same opening     tidewater-2/1 “Lens Grinder”, open (requisition 7 at both)"
    assert line in shown
    (fields,) = call("show", "tidewater-2/1", "--json").lines
    (link,) = (one for one in fields["links"] if one["source"] == "gazette")
    assert (link["link"], link["strong"], link["later"]) == ("twin", True, True)
    assert (link["posting_id"], link["state"]) == ("x9", "open")
    assert link["why"] == "requisition 7 at both"


@pytest.mark.usefixtures("store")
def test_a_search_finds_open_postings_and_closed_ones_when_asked():
    found = "Lens Grinder · Tidewater Optics · $5,000 a month [tidewater/1]\n"
    assert call("search", "lens", "optics").out == found
    assert call("search", "polisher").out == ""
    assert call("search", "polisher", "--closed").out == "Mirror Polisher (closed) [tidewater/2]\n"


@pytest.mark.usefixtures("store")
def test_a_search_that_finds_nothing_says_what_to_try():
    answer = call("search", "lens", "wombat")
    assert (answer.code, answer.out) == (0, "")
    assert answer.err == "no posting has all these words; try --closed\n"
    assert call("search", "wombat", "--closed").err == "no posting has all these words\n"


@pytest.mark.parametrize(
    "words", ['"', "*", "NEAR(", "-lens", "lens OR", "title:lens", "\U0001f41f"]
)
@pytest.mark.usefixtures("store")
def test_no_word_is_an_operator(words):
    answer = call("search", "--", words)
    assert (answer.code, answer.out.count("\n")) in ((0, 0), (0, 1))


@pytest.mark.usefixtures("store")
def test_a_search_is_json_lines_up_to_a_limit():
    found = call("search", "--json", "tidewater", "--closed").lines
    assert found[0]["title"] == "Lens Grinder"
    every = call("search", "--json", "--closed", "--limit", "1", "lenses").lines
    assert len(every) == 1
    assert {"schema_version", "id", "title", "source", "state", "first_seen"} <= every[0].keys()


@pytest.mark.usefixtures("store")
def test_at_a_terminal_a_run_says_where_the_digests_lie(file):
    file.write_text(TOML + SEARCH)
    answer = call("run", terminal=True)
    assert answer.code == 0
    folder = file.parent / "mail"
    assert answer.err.endswith(f"digests lie in {folder}; any mail program opens them\n")
    assert len(list(folder.glob("*.eml"))) == 1


@pytest.mark.usefixtures("store")
def test_a_digest_is_previewed_as_text_and_as_json(file):
    file.write_text(TOML + SEARCH)
    answer = call("digest", "preview")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("Subject: ")
    assert "Lens Grinder" in answer.out
    (line,) = call("digest", "preview", "optics", "--json").lines
    assert line.keys() == {"schema_version", "digest", "subject", "counts", "text"}
    assert (line["digest"], line["text"] in answer.out) == ("optics", True)
    assert call("digest", "preview").out == answer.out, "a preview counts as told"


def test_a_preview_before_the_first_visit_leads_to_the_sample(file):
    file.write_text(TOML + SEARCH)
    Store.open(file.with_name("rolecall.db")).close()
    answer = call("digest", "preview")
    assert answer.code == 0
    assert "nothing was visited yet; --with sample shows how a letter with news looks" in answer.err
    assert call("digest", "preview", "--with", "sample").err == ""


# Lines.


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  two\n\twords ", "two words"),
        ("red \033[31mink\a", "red [31mink"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        (None, ""),
        (7, "7"),
    ],
)
def test_scraped_text_is_one_safe_line(text, line):
    assert lines.one_line(text) == line


@pytest.mark.parametrize(
    ("salary", "words"),
    [
        (None, ""),
        (
            Salary(4000, 5000, "EUR", "month", "4.000 – 5.000 € im Monat"),
            "4.000 – 5.000 € im Monat",
        ),
        (Salary(4000, 5000, "EUR", "month", "4000 EUR", "structured"), "€4,000\u20135,000 a month"),
        (Salary(38, None, "USD", "hour"), "from $38 an hour"),
    ],
)
def test_pay_is_as_the_page_wrote_it_or_as_a_digest_would(salary, words):
    assert lines.pay(salary).replace("\u2013€", "\u2013") == words


def test_a_posting_is_one_line_of_what_it_states():
    whole = posting("7", "Lamp\nTrimmer", organization="Tidewater", places=(Place("Halifax"),))
    assert lines.posting_line(whole) == "Lamp Trimmer · Tidewater · Halifax"


# A first file.

FLAGS = ("--email", "reader@tidewater.example", "--delivery", "folder", "--words", "lens, mirror")


def test_init_writes_a_file_that_loads_and_its_schema(folder):
    answer = call("init", *FLAGS)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == "wrote rolecall.toml; next: rolecall add LINK\n"
    made = load(folder / "rolecall.toml")
    assert made.contact == "mailto:reader@tidewater.example"
    assert made.search[0].to == ("reader@tidewater.example",)
    assert made.search[0].any == ("lens", "mirror")
    assert (folder / "rolecall.toml").read_text().startswith("#:schema ./rolecall.schema.json\n")
    schema = call("config", "schema").out
    assert json.loads((folder / "rolecall.schema.json").read_text()) == json.loads(schema)


def test_init_asks_for_what_the_options_do_not_say(folder):
    answer = call("init", answers="nobody\nreader@tidewater.example\nfax\nstdout\n\n")
    assert answer.code == 0
    assert '"nobody" is not an e-mail address' in answer.err
    assert "'fax' is not one of 'folder', 'smtp', 'stdout'" in answer.err
    assert answer.out == "wrote rolecall.toml; next: rolecall add LINK\n"
    made = load(folder / "rolecall.toml")
    assert (made.delivery.method, made.search[0].any) == ("stdout", ())


def test_init_never_overwrites_and_does_not_ask_in_vain(file):
    answer = call("init")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == (
        "rolecall.toml: is there already and stays as it is; --config FILE names another\n"
    )
    assert file.read_text() == TOML


def test_init_writes_nothing_when_the_answers_end_early(folder):
    answer = call("init", answers="reader@tidewater.example\n")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.endswith("; --email, --delivery and --words answer beforehand\n")
    assert list(folder.iterdir()) == []


def test_init_takes_the_end_of_the_answers_at_a_terminal_for_an_interruption(folder):
    answer = call("init", stdin=Stream(terminal=True))
    assert (answer.code, answer.out) == (130, "")
    assert answer.err.endswith("\ninterrupted; what was finished is kept\n")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("method", ["folder", "smtp", "stdout"])
def test_init_takes_any_way_out_and_any_words(folder, method):
    words = 'quote", back\\slash, ünï'
    answer = call("init", "--email", "a+b@c.example", "--delivery", method, "--words", words)
    assert answer.code == 0, answer.err
    made = load(folder / "rolecall.toml")
    assert made.search[0].any == ('quote"', "back\\slash", "ünï")
    assert made.delivery.method == method
    if method == "smtp":
        assert (made.delivery.host, made.delivery.sender) == ("smtp.example.org", "a+b@c.example")
    unnamed = "next: name your mail server in its [delivery], then rolecall add LINK\n"
    assert answer.out.endswith(unnamed) == (method == "smtp")


def test_init_with_a_mail_server_leaves_nothing_to_name(folder):
    answer = call("init", *FLAGS[:2], *FLAGS[4:], "--delivery", "smtp", "--host", "mx.c.example")
    assert answer.out == "wrote rolecall.toml; next: rolecall add LINK\n"
    assert load(folder / "rolecall.toml").delivery.host == "mx.c.example"


def test_init_into_a_folder_that_is_not_there_says_so():
    answer = call("--config", "sub/rolls.toml", "init", *FLAGS)
    assert (answer.code, answer.out) == (3, "")
    assert answer.err == "sub/rolls.toml: No such file or directory\n"


def test_the_schema_of_another_file_is_kept(folder):
    (folder / "rolecall.schema.json").write_text("mine")
    assert call("init", *FLAGS, "--json").lines == [{"schema_version": 1, "wrote": "rolecall.toml"}]
    assert (folder / "rolecall.schema.json").read_text() == "mine"


class Ended(Stream):
    """A keyboard at which the program is told to end instead of being answered."""

    def readline(self, _size=-1):
        os.kill(os.getpid(), signal.SIGTERM)
        return "too late\n"


def test_a_program_that_is_told_to_end_leaves_with_130(folder):
    answer = call("init", stdin=Ended())
    assert (answer.code, answer.out) == (130, "")
    assert answer.err.endswith(": \ninterrupted; what was finished is kept\n")
    assert list(folder.iterdir()) == []


# The real program.


def run(*arguments, **options):
    command = [sys.executable, "-m", "monitor", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, **options)


HEAVY = {"scrapy", "twisted", "sqlite_utils", "pydantic", "tomlkit", "jinja2", "email", "asyncio"}


def test_help_loads_nothing_heavy():
    code = (
        "import sys, monitor.cli as c\n"
        "try: c.main(['--help'])\n"
        "except SystemExit as left: print(left.code, *sys.modules)"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    left, *modules = out.splitlines()[-1].split()
    assert left == "0"
    assert "click" in modules
    assert HEAVY.isdisjoint(modules)


@pytest.mark.slow
def test_a_reader_who_leaves_the_pipe_is_no_error():
    read, write = os.pipe()
    os.close(read)
    with run("config", "schema", stdout=write) as program:
        os.close(write)
        assert program.wait() == 0
        assert program.stderr.read() == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_said_without_a_traceback():
    with Path("/dev/full").open("w") as full, run("--version", stdout=full) as program:
        assert program.wait() == 3
        assert program.stderr.read() == "stdout: No space left on device\n"
