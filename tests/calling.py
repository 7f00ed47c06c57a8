"""The command line inside the test's own process: what it prints, and the code it leaves with."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass

from jsonschema import Draft202012Validator

from monitor.cli import main
from monitor.commands.config import _RESULTS

RESULTS = Draft202012Validator(
    json.loads(_RESULTS.read_text(encoding="utf-8")),
    format_checker=Draft202012Validator.FORMAT_CHECKER,
)


class Bytes(io.BytesIO):
    """Bytes that have a name, as those of a real stream do."""

    name = "<stdin>"


class Stream(io.TextIOWrapper):
    """Text kept as the bytes that were written; a terminal when it shall be one."""

    def __init__(self, content=b"", *, terminal=False):
        super().__init__(Bytes(content), encoding="utf-8", newline="", write_through=True)
        self.terminal = terminal

    def isatty(self):
        return self.terminal

    def said(self):
        return self.buffer.getvalue().decode()


@dataclass
class Answer:
    """What a call came to."""

    code: int
    out: str
    err: str

    @property
    def lines(self):
        """Give the JSON lines of stdout; fails when one is none, or not what the schema says."""
        found = [json.loads(line) for line in self.out.splitlines()]
        for line in found:
            RESULTS.validate(line)
        return found


def call(*arguments, answers="", stdin=None, terminal=False):
    """Run ``rolecall ARGUMENTS`` with lines to answer its questions, and give its ``Answer``."""
    out, err = Stream(terminal=terminal), Stream(terminal=terminal)
    code = None
    with _streams(stdin=stdin or Stream(answers.encode()), stdout=out, stderr=err):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as left:
            code = left.code
    return Answer(code, out.said(), err.said())


@contextmanager
def _streams(**streams):
    """Lend our streams to the program, and take back what it changed of the process."""
    before = {name: getattr(sys, name) for name in streams}
    terminate = signal.getsignal(signal.SIGTERM)
    for name, stream in streams.items():
        setattr(sys, name, stream)
    try:
        yield
    finally:
        for name, stream in before.items():
            setattr(sys, name, stream)
        signal.signal(signal.SIGTERM, terminate)


class Started(subprocess.Popen):
    """A command as a process of its own; a test that gives up does not wait for it."""

    def __exit__(self, kind, *rest):
        if kind is not None:
            self.kill()
        super().__exit__(kind, *rest)
