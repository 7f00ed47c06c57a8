"""How the commands speak: results on stdout, talk on stderr, either as JSON lines on demand."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from monitor import logs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

SCHEMA_VERSION = 1
# What moves a cursor, rings, hides or turns text around. What a site said was cleaned where it was
# put into words; this is for what was forgotten there. Colours of our own pass.
_UNSEEN = re.compile(
    "\x1b(?!\\[(?:0|1|3[0-7])m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e"
    "\u2066-\u2069]"
)


@dataclass(slots=True)
class Voice:
    """One command's way to be heard.

    ``json`` turns results into JSON lines, ``log_json`` all that is said on stderr; ``quiet`` keeps
    talk back that is no trouble (cron mails whatever is said), though not from a log; ``config`` is
    the file named on the command line.

    What is said may be about a ``source``, and is named by an ``event``: a word for programs.
    """

    json: bool = False
    log_json: bool = False
    quiet: bool = False
    verbose: int = 0
    config: str | None = None
    _passing: bool = field(default=False, init=False)

    @property
    def color(self) -> bool | None:
        """Say whether colours are refused (https://no-color.org); ``None`` leaves it to click."""
        return False if os.environ.get("NO_COLOR") else None

    def emit(self, fields: Mapping[str, Any]) -> None:
        """Print one JSON line on stdout, with the version of its schema."""
        utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
        whole = {"schema_version": SCHEMA_VERSION} | dict(fields)
        line = json.dumps(whole, ensure_ascii=not utf8)
        self._say(_UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", line))

    def result(self, text: str, fields: Mapping[str, Any] | None = None) -> None:
        """Print a result on stdout: the fields as JSON when asked for, else the text."""
        if not self.json:
            self._say(text)
        elif fields is not None:
            self.emit(fields)

    def document(self, text: str) -> None:
        """Print a whole document on stdout, as it is with ``--json`` and without."""
        self._say(text)

    def talk(self, text: str, *, source: str | None = None, event: str = "said") -> None:
        """Say something that is no result on stderr, unless kept quiet."""
        if self.log_json:
            self._log("info", text, source, event)
        elif not self.quiet:
            self.trouble(text)

    def trouble(
        self, text: str, *, fg: str | None = None, source: str | None = None, event: str = "trouble"
    ) -> None:
        """Say something on stderr that a quiet run says too; in red it is an error."""
        if self.log_json:
            return self._log("error" if fg == "red" else "warning", text, source, event)
        self._wipe()
        words = logs.discreet(text)
        return self._say(click.style(words, fg=fg) if fg else words, err=True)

    def _log(self, level: str, text: str, source: str | None, event: str) -> None:
        try:
            logs.put(level, text, source=source, event=event)
        except BrokenPipeError:
            hang_up(sys.stderr)

    def _say(self, text: str, *, err: bool = False) -> None:
        try:
            click.echo(_UNSEEN.sub("", text), err=err, color=self.color)
        except BrokenPipeError:
            # Who listened left (`| head`). That ends no crawl and is no failure.
            hang_up(sys.stderr if err else sys.stdout)

    def progress(self, text: str, *, source: str | None = None) -> None:
        """Show on a terminal what is under way; the next line takes its place."""
        if self.log_json:
            return self._log("info", text, source, "progress")
        if self.quiet or self.json or not _terminal():
            return None
        self._wipe()
        width = shutil.get_terminal_size().columns - 1
        click.echo(_UNSEEN.sub("", text)[:width], err=True, nl=False)
        self._passing = True
        return None

    def _wipe(self) -> None:
        if self._passing:
            click.echo("\r\033[K", err=True, nl=False, color=True)
            self._passing = False


def hang_up(stream: TextIO) -> None:
    """Write no more there: what cannot be flushed now cannot be flushed at exit either.

    https://docs.python.org/3/library/signal.html#note-on-sigpipe
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
