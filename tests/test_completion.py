"""What a shell is told when it asks how a line may go on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from calling import call

from monitor.cli import COMMANDS

ROOT = Path(__file__).parents[1]
TOML = """\
[[source]]
id = "tidewater"
kind = "greenhouse"
board = "tidewater"

[[source]]
id = "wharf"
kind = "lever"
board = "wharf"

[[search]]
id = "optics"
to = "not checked in the middle of an edit"
"""


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ROLECALL_CONFIG", raising=False)
    path = tmp_path / "rolecall.toml"
    path.write_text(TOML)
    return path


@pytest.fixture
def ways(monkeypatch):
    """Ask as bash does: the words of the line and the place of the one that is begun."""

    def ask(*words):
        monkeypatch.setenv("_ROLECALL_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", " ".join(("rolecall", *words)))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        answer = call()
        assert (answer.code, answer.err) == (0, "")
        return [line.split(",", 1)[1] for line in answer.out.split()]

    return ask


def test_commands_and_options_are_completed(ways):
    assert ways("") == list(COMMANDS)
    assert ways("re") == [name for name in COMMANDS if name.startswith("re")]
    assert ways("digest", "") == ["preview", "send"]
    assert ways("--ver") == ["--verbose", "--version"]
    assert ways("run", "--e") == ["--exit-code"]


def test_an_option_that_answers_by_itself_does_not_answer_a_shell(ways):
    assert ways("--version", "ini") == ["init"]


@pytest.mark.parametrize("command", ["crawl", "record", "rederive", "show"])
def test_sources_are_completed(ways, command):
    assert ways(command, "") == ["tidewater", "wharf"]
    assert ways(command, "w") == ["wharf"]


def test_a_source_that_stands_in_the_line_is_not_offered_again(ways):
    assert ways("crawl", "wharf", "") == ["tidewater"]


@pytest.mark.parametrize("what", ["preview", "send"])
def test_searches_are_completed_from_a_file_that_is_not_finished(ways, what):
    assert ways("digest", what, "") == ["optics"]


def test_kinds_and_shells_are_completed(ways):
    assert ways("extract", "gree") == ["greenhouse"]
    assert ways("completion", "") == ["bash", "zsh", "fish"]


def test_names_come_from_the_file_that_the_line_names(ways, file, monkeypatch):
    monkeypatch.setenv("HOME", str(file.parent))
    file.rename(file.with_name("rolls.toml"))
    assert ways("crawl", "") == []
    assert ways("--config", "~/rolls.toml", "crawl", "t") == ["tidewater"]
    assert ways("crawl", "--config", "rolls.toml", "t") == ["tidewater"]


@pytest.mark.parametrize("text", ["[[source", "source = 3", "[[source]]\nid = 4", "source = [1]"])
def test_a_file_that_cannot_be_read_completes_nothing(ways, file, text):
    file.write_text(text)
    assert ways("crawl", "t") == []


@pytest.mark.parametrize(
    ("shell", "words"),
    [("bash", "complete -o"), ("zsh", "#compdef rolecall"), ("fish", "complete --no-files")],
)
def test_each_shell_has_its_script(shell, words):
    answer = call("completion", shell)
    assert answer.code == 0
    assert words in answer.out
    assert f"_ROLECALL_COMPLETE={shell}_complete" in answer.out


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("bash"), reason="this system has no bash")
def test_bash_itself_completes_with_the_script(file):
    program = file.with_name("rolecall")
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m monitor "$@"\n')
    program.chmod(0o755)
    typed = (
        'eval "$(rolecall completion bash)"; COMP_WORDS=(rolecall crawl tid); COMP_CWORD=2;'
        ' _rolecall_completion rolecall; echo "${COMPREPLY[@]}"'
    )
    environment = {
        **os.environ,
        "PATH": f"{file.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    ran = subprocess.run(
        ["bash", "--norc", "-c", typed], env=environment, capture_output=True, text=True, check=True
    )
    assert (ran.stdout, ran.stderr) == ("tidewater\n", "")
