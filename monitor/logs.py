"""What is said on stderr as JSON lines (``--log-json``), in this process and in its children.

A line is one object: ``time`` (RFC 3339, UTC), ``level``, ``source`` (a source's id, or null),
``event`` (a word for what happened), ``words``; a log record adds ``logger`` and, where there is
one, ``traceback``. Whoever writes to stderr, a library or Python itself, is turned into such lines
too. A line is ASCII and short enough for a pipe to take it at once, so that processes that write
into one pipe do not mix theirs. No secret that was read stands in it.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import traceback
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORDS, _TRACE = 1_500, 2_000
"""Bytes at most: of a pipe's 4,096 that are never torn apart (pipe(7)), with room for the rest."""
_SHORTEST = 6
"""Letters of a secret that is struck out; a shorter one would strike out everything."""

_secrets: set[str] = set()


def hide(secret: str) -> str:
    """Let nothing that is said from now on hold a secret; give it back."""
    if len(secret) >= _SHORTEST:
        _secrets.add(secret)
    return secret


def discreet(text: str) -> str:
    """Strike out every secret that was read."""
    for secret in _secrets:
        text = text.replace(secret, "[secret]")
    return text


def line(
    level: str, words: str, *, source: str | None = None, event: str, **more: str | None
) -> str:
    """Write one line, without its end."""
    fields = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "level": level.lower(),
        "source": source,
        "event": event,
        "words": _cut(discreet(words), _WORDS),
    }
    # Of a traceback the end says what happened.
    fields |= {name: _cut(discreet(text), _TRACE, end=True) for name, text in more.items() if text}
    return json.dumps(fields)


def _cut(text: str, most: int, *, end: bool = False) -> str:
    """Cut a text until JSON takes at most so many bytes for it."""
    whole = text
    while len(json.dumps(text)) > most:
        text = text[len(text) // 4 :] if end else text[: len(text) * 3 // 4]
    return text if text == whole else f"…{text}" if end else f"{text}…"


def put(level: str, words: str, **fields: Any) -> None:
    """Write one line on stderr."""
    stream = sys.stderr.inner if isinstance(sys.stderr, Lines) else sys.stderr
    stream.write(line(level, words, **fields) + "\n")
    stream.flush()


class Lines(io.TextIOBase):
    """A stream whose lines leave as log lines, whoever writes them."""

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, inner: TextIO) -> None:
        super().__init__()
        self.inner = inner
        self._rest = ""

    def write(self, text: str) -> int:
        """Take text, and pass on the lines that are whole."""
        *whole, self._rest = (self._rest + text).split("\n")
        for one in filter(str.strip, whole):
            self.inner.write(line("error", one.rstrip(), event="stderr") + "\n")
        return len(text)

    def flush(self) -> None:
        """Hand on what was written."""
        self.inner.flush()

    def fileno(self) -> int:
        """Give the descriptor behind it."""
        return self.inner.fileno()

    def writable(self) -> bool:
        """Say that it may be written."""
        return True


class Records(logging.Formatter):
    """Log records as lines."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record as one line."""
        trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else None
        source = getattr(record, "source", None)
        return line(
            record.levelname,
            record.getMessage(),
            source=source if isinstance(source, str) else None,
            event="log",
            logger=record.name,
            traceback=trace,
        )


def begin(level: str | int, *, lines: bool) -> None:
    """Log to stderr from now on, in a process that has no logging yet."""
    if not lines:
        logging.basicConfig(stream=sys.stderr, level=level)
        return
    logging.basicConfig(handlers=[_turned()], level=level)


def _turned() -> logging.Handler:
    """Turn stderr into lines, and give what writes log records there."""
    inner = sys.stderr.inner if isinstance(sys.stderr, Lines) else sys.stderr
    handler = logging.StreamHandler(inner)
    handler.setFormatter(Records())
    sys.stderr = Lines(inner)
    return handler


@contextmanager
def speaking() -> Iterator[None]:
    """Make everything that is written to stderr lines while the block runs."""
    before = sys.stderr
    handler = _turned()
    logging.root.addHandler(handler)
    try:
        yield
    finally:
        sys.stderr.write("\n")  # whoever left a line open says no more
        logging.root.removeHandler(handler)
        sys.stderr = before
