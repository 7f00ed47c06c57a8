"""The server that all are measured against: nginx where it is installed, else one of our own.

Both serve the folder that ``switch`` names, by the address that was asked, and write one line an
answer, by which it is proved afterwards that the pages were really asked for.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CONFIG = """\
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx.err;
events {{ worker_connections 4096; }}
http {{
  types {{ application/xml xml; text/plain txt; }}
  default_type text/html;
  charset utf-8;
  log_format short '$server_addr $status $body_bytes_sent $request_uri';
  access_log {folder}/answers.log short;
  sendfile on; keepalive_requests 100000;
  client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp;
  uwsgi_temp_path {folder}/tmp; scgi_temp_path {folder}/tmp;
  server {{
    {validated}
    root {folder}/served/$server_addr;
    # urlwatch and webchanges send the time of their own last visit beside the ETag.
    if_modified_since before;
    location /api {{ default_type application/json; }}
  }}
  server {{
    {plain}
    root {folder}/served/$server_addr;
    etag off; if_modified_since off; add_header Last-Modified "";
    location /api {{ default_type application/json; add_header Last-Modified ""; }}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a server answered in one measurement: pages of openings by status, the rest, bytes.

    ``robots`` of the rest were robots.txt.
    """

    pages: Counter[int] = field(default_factory=Counter)
    others: int = 0
    size: int = 0
    robots: int = 0


class Server:
    """Serves addresses of loopback at one port; a context manager."""

    def __init__(self, folder: Path, validated: Sequence[str], plain: Sequence[str]) -> None:
        self.folder, self.validated, self.plain = folder.absolute(), validated, plain
        self.port = free(validated[0])
        self.log = self.folder / "answers.log"
        self.nginx = shutil.which("nginx")
        self._read = 0

    def __enter__(self) -> Self:
        (self.folder / "tmp").mkdir(parents=True, exist_ok=True)
        self.log.write_text("")
        command = self._nginx() if self.nginx else self._own()
        self._process = subprocess.Popen(command)
        deadline = time.monotonic() + 20
        while not _listens(self.validated[0], self.port):
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError(f"{kind()} does not serve: see {self.folder}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()

    def _nginx(self) -> list[str]:
        config = self.folder / "nginx.conf"
        listen = [
            " ".join(f"listen {address}:{self.port};" for address in addresses)
            for addresses in (self.validated, self.plain)
        ]
        config.write_text(CONFIG.format(folder=self.folder, validated=listen[0], plain=listen[1]))
        return [str(self.nginx), "-p", str(self.folder), "-c", str(config)]

    def _own(self) -> list[str]:
        sides = [",".join(self.validated), ",".join(self.plain)]
        module = "benchmarks.speed.static"
        return [sys.executable, "-m", module, str(self.folder), str(self.port), *sides]

    def switch(self, version: Path) -> None:
        """Serve this folder from now on."""
        fresh = self.folder / "served.new"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(version.absolute())
        fresh.replace(self.folder / "served")

    def answers(self) -> Answers:
        """Give what was answered since this was last asked."""
        with self.log.open() as log:
            log.seek(self._read)
            lines = log.readlines()
            self._read = log.tell()
        return counted(lines)


def kind() -> str:
    """Say what serves."""
    return "nginx" if shutil.which("nginx") else "a small server of ours"


def counted(lines: Sequence[str]) -> Answers:
    """Count the lines of a log: address, status, bytes and path each."""
    pages: Counter[int] = Counter()
    others = size = robots = 0
    for line in lines:
        _, status, sent, path = line.split(" ", 3)
        size += int(sent)
        if path.startswith("/jobs/"):
            pages[int(status)] += 1
        else:
            others += 1
            robots += path.strip() == "/robots.txt"
    return Answers(pages, others, size, robots)


def free(address: str) -> int:
    """Give a port of an address that nobody listens at."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def _listens(address: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((address, port)) == 0
