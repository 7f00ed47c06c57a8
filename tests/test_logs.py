"""Everything on stderr as JSON lines: whoever says it, whatever it is, and never a secret."""

from __future__ import annotations

import io
import json
import logging
import sys

import pytest
from calling import call
from hypothesis import given
from hypothesis import strategies as st

from monitor import logs
from monitor.commands import letters, opened

TOML = """
contact = "owner@reader.example"
[[source]]
id = "tidewater"
kind = "greenhouse"
board = "tidewater"
every = "99d"
"""
KEYS = ["time", "level", "source", "event", "words"]
SECRET = "open-sesame-94"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rolecall.toml").write_text(TOML)
    monkeypatch.setattr(logs, "_secrets", set())
    return tmp_path


def lines(answer):
    """Give what was said on stderr; fails when a line of it is no log line."""
    found = [json.loads(line) for line in answer.err.splitlines()]
    assert all(list(each)[:5] == KEYS for each in found)
    return found


def said(answer):
    return [(each["level"], each["event"], each["words"]) for each in lines(answer)]


@pytest.mark.parametrize(
    ("arguments", "code", "level", "event", "words"),
    [
        (["crawl", "wombat"], 2, "error", "refused", 'no source "wombat"; `rolecall'),
        (["statsu"], 2, "error", "usage", "No such command 'statsu'."),
        (["status", "--jsn"], 2, "error", "usage", "No such option '--jsn'."),
        (["show", "1"], 3, "error", "refused", "rolecall.db: not there yet;"),
        (["search"], 2, "error", "usage", "Missing argument 'WORDS...'"),
    ],
)
def test_a_mistake_is_one_line(arguments, code, level, event, words):
    for whole in (["--log-json", *arguments], [*arguments, "--log-json"]):
        answer = call(*whole)
        assert (answer.code, answer.out) == (code, "")
        ((first, second, third),) = said(answer)
        assert (first, second) == (level, event)
        assert words in third


def test_results_stay_on_stdout_and_talk_is_about_something(folder):
    (folder / "rolecall.toml").write_text(TOML + '[[search]]\nid = "a"\nto = ["a@b.example"]\n')
    answer = call("status", "--json", "--log-json")
    assert [line["source"] for line in answer.lines] == ["tidewater"]
    assert lines(answer) == []
    (folder / "rolecall.toml").write_text('contact = "owner@reader.example"')
    answer = call("run", "--log-json")
    assert said(answer) == [("info", "run", "no sources yet; `rolecall add LINK` watches one")]
    assert lines(answer)[0]["time"].endswith("+00:00")


def test_what_others_write_to_stderr_is_lines_too(monkeypatch):
    def noisy(_):
        sys.stderr.write("a library: \x1b[31mred\n")
        sys.stderr.write("half a ")
        sys.stderr.write("line\n\nrest")
        logging.getLogger("someone").warning("take %s", "care", extra={"source": "tidewater"})
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(opened, "config", noisy)
    answer = call("status", "--log-json")
    assert answer.code == 1
    found = lines(answer)
    assert said(answer)[:2] == [
        ("error", "stderr", "a library: \x1b[31mred"),
        ("error", "stderr", "half a line"),
    ]
    assert said(answer)[-1] == ("error", "stderr", "rest")
    (log,) = (each for each in found if each["event"] == "log")
    assert (log["level"], log["source"], log["logger"]) == ("warning", "tidewater", "someone")
    assert (log["words"], found[-2]["level"]) == ("take care", "critical")
    assert found[-2]["words"] == "ZeroDivisionError: by zero"
    assert found[-2]["traceback"].endswith("ZeroDivisionError: by zero\n")
    assert "\x1b" not in answer.err


def test_stderr_is_as_it_was_afterwards():
    before, handlers = sys.stderr, list(logging.root.handlers)
    call("status", "--log-json")
    assert (sys.stderr, logging.root.handlers) == (before, handlers)
    assert call("crawl", "wombat").err.startswith('no source "wombat"')


def test_no_secret_that_was_read_is_in_any_line(folder, monkeypatch):
    delivery = (
        '[delivery]\nmethod = "smtp"\nhost = "x.invalid"\nsender = "a@b.example"\n'
        'username = "a"\npassword_env = "WORD"\n[ping]\nurl_env = "PING"\n'
    )
    (folder / "rolecall.toml").write_text('contact = "a@b.example"\n' + delivery)
    monkeypatch.setenv("WORD", SECRET)
    monkeypatch.setenv("PING", "ftp://hc.example/hush-hush")

    def telling(work):
        letters.transport(work.config, sys.stdout)
        work.voice.talk(f"the word is {SECRET}")
        logging.getLogger("smtp").error("AUTH %s", SECRET)
        sys.stderr.write(f"{SECRET}\n")
        raise ValueError(f"{SECRET} at ftp://hc.example/hush-hush")

    monkeypatch.setattr(letters, "deliver", telling)
    answer = call("run", "--log-json")
    assert SECRET not in answer.err
    assert "hush-hush" not in answer.err
    words = [each["words"] for each in lines(answer)]
    assert "the word is [secret]" in words
    assert "AUTH [secret]" in words
    assert words[-1] == "ValueError: [secret] at [secret]"


def test_a_secret_is_struck_out_of_plain_talk_as_well(monkeypatch):
    logs.hide(SECRET)
    logs.hide("a")  # too short to be told from any other letter
    monkeypatch.setattr(opened, "config", lambda voice: voice.trouble(f"a {SECRET}") or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        call("status")
    assert logs.discreet(f"a {SECRET}") == "a [secret]"


@given(st.text(max_size=9000) | st.integers(0, 99_999).map("\U0001f33b".__mul__), st.text())
def test_a_line_is_ascii_and_never_longer_than_a_pipe_takes_at_once(words, trace):
    made = logs.line("INFO", words, source="s" * 64, event="log", logger="x" * 90, traceback=trace)
    assert made.isascii()
    assert "\n" not in made
    assert len(made) < 4096
    read = json.loads(made)
    assert words.startswith(read["words"].removesuffix("…")) or read["words"] == words


@given(st.lists(st.text(max_size=20), max_size=12))
def test_lines_are_whole_however_they_were_written(pieces):
    written = io.StringIO()
    stream = logs.Lines(written)
    for piece in pieces:
        stream.write(piece)
    stream.write("\n")
    whole = [one.rstrip() for one in "".join(pieces).split("\n") if one.strip()]
    assert [json.loads(line)["words"] for line in written.getvalue().splitlines()] == whole
