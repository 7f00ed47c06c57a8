"""Captures: recorded exchanges of a crawl, in one format for fixture, archive and replay.

``<source>/source.toml`` names the source; ``<source>/<time>/index.json`` lists the exchanges of one
visit with their bodies as files. The handler here sits below every middleware, so redirects,
robots.txt, retries and 304 behave in replay as on the wire; in replay no socket code is even built.
It refuses to answer what was not recorded: an error names the link (robots.txt alone answers 404).
"""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from os.path import normpath, sep
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler.items import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

INDEX = "index.json"
SOURCE_KEYS = ("id", "kind", "board", "url", "organization", "currency", "options", "browser")


class CaptureError(Exception):
    """Raised when a capture cannot be read, with the file and what is wrong; from ``load``."""


class NotRecorded(Exception):  # noqa: N818 - it is a state, not a mistake
    """Raised when a replay is asked for what was not recorded, from the download handler.

    It is no ``DownloadFailedError``: asking again would not help.
    """


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back: a status with headers and body, or an error by name."""

    method: str
    url: str
    request_body: bytes = b""
    status: int | None = None
    error: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: Path | None = None

    def read(self) -> bytes:
        """Give the body as served; ``.zst`` files are unpacked."""
        if self.body is None:
            return b""
        if self.body.suffix == ".zst":
            from crawler.archive import read  # noqa: PLC0415 - most captures are plain

            return read(self.body)
        return self.body.read_bytes()


@dataclass(frozen=True, slots=True)
class Case:
    """One recorded visit of a source."""

    path: Path
    started: datetime
    source: Source
    match: str
    exchanges: tuple[Exchange, ...] = field(repr=False)


def load_source(directory: Path) -> Source:
    """Read ``source.toml``: the keys of a ``[[source]]`` table in ``rolecall.toml``.

    What only a schedule, a replay or a test reads (``every``, ``match``, ``recognised``) is passed
    over.
    """
    return _source(_toml(directory))


def _source(table: Mapping[str, Any]) -> Source:
    try:
        return Source(**{key: table[key] for key in SOURCE_KEYS if key in table})
    except TypeError as error:
        raise CaptureError(f"source.toml: {error}") from error


def _toml(directory: Path) -> dict[str, Any]:
    path = directory / "source.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CaptureError(f"{path}: {error}") from error


def load(path: Path) -> Case:
    """Read one case, or raise ``CaptureError`` with what is wrong."""
    table = _toml(path.parent)
    try:
        index = json.loads((path / INDEX).read_text(encoding="utf-8"))
        started = datetime.fromisoformat(index["started"])
        exchanges = tuple(_exchange(entry, path) for entry in index["exchanges"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CaptureError(f"{path / INDEX}: {error!r}") from error
    if started.tzinfo is None:
        started = started.replace(tzinfo=UTC)
    return Case(path, started, _source(table), table.get("match", "exact"), exchanges)


def _exchange(entry: Mapping[str, Any], directory: Path) -> Exchange:
    request_body = entry.get("request_body") or ""
    body = directory / entry["body"] if entry.get("body") else None
    if body is not None and not _within(body, directory.parent):
        raise ValueError(f"the body {entry['body']!r} lies outside of the recording")
    return Exchange(
        method=entry["method"],
        url=entry["url"],
        request_body=request_body.encode() if isinstance(request_body, str) else b"",
        status=entry.get("status"),
        error=entry.get("error"),
        headers=tuple((str(name), str(value)) for name, value in entry.get("headers") or ()),
        body=body,
    )


def _within(path: Path, folder: Path) -> bool:
    """Say whether a path leads into a folder: a recording may have been made by somebody else."""
    return normpath(path).startswith(normpath(folder) + sep)


def cases(directory: Path) -> list[Case]:
    """Give every case of a source folder, or of a folder of such, in the order of their times."""
    folders = sorted(path.parent for path in directory.rglob(INDEX))
    return sorted((load(folder) for folder in folders), key=lambda case: (case.started, case.path))


class Player:
    """Answers requests from one case, in recorded order; the last answer to a request repeats."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._exact: dict[tuple[str, ...], deque[Exchange]] = defaultdict(deque)
        self._by_path: dict[tuple[str, ...], deque[Exchange]] = defaultdict(deque)
        for exchange in case.exchanges:
            self._exact[_key(exchange.method, exchange.url, exchange.request_body)].append(exchange)
            self._by_path[_path_key(exchange.method, exchange.url)].append(exchange)

    def answer(self, method: str, url: str, body: bytes) -> Exchange:
        """Give the next recorded exchange for a request, or raise ``NotRecorded``."""
        waiting = self._exact.get(_key(method, url, body))
        if not waiting and self.case.match == "path":
            waiting = self._by_path.get(_path_key(method, url))
        if not waiting:
            if urlsplit(url).path == "/robots.txt":
                return Exchange(method, url, status=404)
            raise NotRecorded(f"{method} {url} was not recorded in {self.case.path.name}")
        return waiting.popleft() if len(waiting) > 1 else waiting[0]


def _key(method: str, url: str, body: bytes) -> tuple[str, ...]:
    from w3lib.url import canonicalize_url  # noqa: PLC0415 - slow to load, and a replay's alone

    return method.upper(), canonicalize_url(url), body.decode("latin-1")


def _path_key(method: str, url: str) -> tuple[str, ...]:
    parts = urlsplit(url)
    return method.upper(), parts.netloc.lower(), parts.path


class Recorder:
    """Collects exchanges of one visit and writes them as a case when the visit is over."""

    def __init__(self, directory: Path, started: datetime, *, archive: bool) -> None:
        self.directory, self.started, self.archive = directory, started, archive
        self._exchanges: list[tuple[Exchange, bytes]] = []

    def add(self, exchange: Exchange, body: bytes = b"") -> None:
        """Keep one exchange."""
        self._exchanges.append((exchange, body))

    def write(self, source: Source) -> Path:
        """Write the case; its index comes last, so that a half-written case has none."""
        folder = self.directory / f"{self.started:%Y%m%dT%H%M%S}"
        folder.mkdir(parents=True, exist_ok=True)
        entries = [
            self._entry(folder, number, *pair) for number, pair in enumerate(self._exchanges)
        ]
        write_source(self.directory, source)
        index = {"started": self.started.isoformat(), "exchanges": entries}
        replace(folder / INDEX, json.dumps(index, indent=1, ensure_ascii=False).encode() + b"\n")
        return folder

    def _entry(self, folder: Path, number: int, exchange: Exchange, body: bytes) -> dict[str, Any]:
        entry: dict[str, Any] = {"method": exchange.method, "url": exchange.url}
        if exchange.request_body:
            entry["request_body"] = exchange.request_body.decode("utf-8", "replace")
        if exchange.error:
            return entry | {"error": exchange.error}
        entry |= {"status": exchange.status, "headers": [list(pair) for pair in exchange.headers]}
        if body:
            entry["body"] = self._keep(folder, number, exchange, body)
        return entry

    def _keep(self, folder: Path, number: int, exchange: Exchange, body: bytes) -> str:
        if self.archive:
            from crawler.archive import keep  # noqa: PLC0415 - only an archive packs bodies

            return f"../bodies/{keep(self.directory / 'bodies', body)}"
        name = f"{number:03d}.{_extension(exchange.headers)}"
        replace(folder / name, body)
        return name


def _extension(headers: Iterable[tuple[str, str]]) -> str:
    served = next((value for name, value in headers if name.lower() == "content-type"), "").lower()
    return next((word for word in ("json", "html", "xml") if word in served), "txt")


def replace(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old or the new content, never a part."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(content)
    draft.replace(path)


def write_source(directory: Path, source: Source) -> None:
    """Write ``source.toml`` beside the cases, unless there is one already."""
    path = directory / "source.toml"
    if path.exists():
        return
    table = {key: getattr(source, key) for key in SOURCE_KEYS}
    lines = [f"{key} = {_written(value)}" for key, value in table.items() if value]
    replace(path, "\n".join([*lines, ""]).encode())


def _written(value: Any) -> str:
    """Write a value as TOML: a JSON string, number or list is one, an object is not."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{json.dumps(key)} = {_written(item)}" for key, item in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_written, value))}]"
    return json.dumps(value, ensure_ascii=False)
