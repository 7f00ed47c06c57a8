"""Transfers by libcurl on the running asyncio loop: the only pycurl.

Chosen for its cost (docs/performance.md) and for one callback: libcurl asks us for every socket
that it is about to connect, with the address it will dial, whatever led there (a name, a number in
a strange base, a lookup of a minute ago). That is where the address guard sits; a ``Wire`` cannot
be made without it. It refuses proxies, also those of the environment, schemes but http and https,
redirects (Scrapy follows them, request by request), cookies, and answers above a size.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, Literal

import certifi
import pycurl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Kind = Literal["dns", "refused", "timeout", "cut", "certificate", "reset"]

MOST_HEADERS = 256 * 1024
"""Bytes of headers that an answer may have; the longest seen had 9 kB."""
_BUFFER = 256 * 1024
_HELD = 512 * 1024
"""Bytes of an unfinished body that stay in memory; sixteen boards of 5 MB may be on their way."""
_CONNECTING = 15_000
"""Milliseconds that looking a name up and connecting may take, less where the whole may."""
_LONG_LINE = 100
"""CURLE_TOO_LARGE, which pycurl has no name for: a line of headers beyond libcurl's own bound."""
_LARGE = (pycurl.E_FILESIZE_EXCEEDED, _LONG_LINE)
_KINDS: dict[int, Kind] = {
    pycurl.E_COULDNT_RESOLVE_HOST: "dns",
    pycurl.E_COULDNT_CONNECT: "refused",
    pycurl.E_OPERATION_TIMEDOUT: "timeout",
    pycurl.E_PARTIAL_FILE: "cut",
    pycurl.E_PEER_FAILED_VERIFICATION: "certificate",
}
_KEPT_IDLE = 64
"""Connections that are kept open for the next request."""


class Broken(Exception):  # noqa: N818 - the transfer broke, nothing of ours did
    """A transfer that came to no end, from ``Wire.ask``.

    ``kind`` is what happened (``reset``: anything that has no name of its own), ``shut`` the
    addresses that were not dialled because they are not permitted.
    """

    def __init__(self, kind: Kind, words: str, shut: tuple[str, ...] = ()) -> None:
        super().__init__(words)
        self.kind, self.shut = kind, shut


class TooLarge(Exception):  # noqa: N818 - the same
    """An answer that is larger than it may be; from ``Wire.ask``."""


@dataclass(eq=False, slots=True)
class Answer:
    """What came back: the last block of headers, the body, and who was dialled."""

    largest: int
    lines: list[bytes] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    size: int = 0
    head: int = 0
    status: int = 0
    address: str = ""
    shut: list[str] = field(default_factory=list)
    """Addresses that were offered for dialling and are not permitted."""
    large: bool = False
    headed: bool = False
    """Whether the headers came to their end; libcurl is content with a connection that did."""
    _aside: IO[bytes] | None = None
    _put: int = 0
    _held: int = 0

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The headers as they came, folded lines joined, lines that are none left out."""
        made: list[tuple[bytes, bytes]] = []
        for line in self.lines[1:]:
            name, colon, value = line.partition(b":")
            if line[:1] in b" \t" and made:
                made[-1] = (made[-1][0], made[-1][1] + b" " + line.strip())
            elif colon:
                made.append((name.strip(), value.strip()))
        return made

    @property
    def body(self) -> bytes:
        """The body, as it was served (packed, if the server packed it)."""
        return self.chunks[0] if len(self.chunks) == 1 else b"".join(self.chunks)

    def keep(self, chunk: bytes) -> None:
        """Take a piece of the body; what waits for the rest of a large one waits in a file."""
        self.size += len(chunk)
        self.large |= self.size > self.largest
        self._held += len(chunk)
        self.chunks.append(chunk)
        if self._held > _HELD:
            self._held = 0
            with suppress(OSError):  # no room there: it stays in memory
                self._put_aside()

    def _put_aside(self) -> None:
        """Write what is held to a file without a name, all of it or nothing that counts."""
        held = b"".join(self.chunks)
        self._aside = self._aside or TemporaryFile(buffering=0)  # noqa: SIM115 - until it is gathered
        if os.pwrite(self._aside.fileno(), held, self._put) == len(held):
            self._put += len(held)
            self.chunks.clear()

    def gather(self) -> None:
        """Bring back what was put aside, when the transfer is over."""
        if self._aside is not None:
            with self._aside as file:
                held, self.chunks = self.chunks, []
                self.chunks = [b"".join([os.pread(file.fileno(), self._put, 0), *held])]
            self._aside = None


class Wire:
    """Asks many things at once on one loop. Close it when the loop ends.

    ``permit`` says of an address and a port whether they may be dialled, at the moment of dialling.
    """

    def __init__(self, permit: Callable[[str, int], bool], *, verify: bool = True) -> None:
        self._permit, self._verify = permit, verify
        self._trusted = trusted()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._open: dict[Any, tuple[_Line, asyncio.Future[None]]] = {}
        self._idle: list[_Line] = []
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, _KEPT_IDLE)
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._wait)

    async def ask(
        self,
        method: str,
        url: str,
        headers: Iterable[tuple[bytes, bytes]],
        body: bytes,
        *,
        seconds: float,
        largest: int,
    ) -> Answer:
        """Ask once. Raises ``Broken`` or ``TooLarge``; the answer may have any status."""
        line = self._idle.pop() if self._idle else self._line()
        line.begin(url, headers, seconds, Answer(largest))
        line.speak(method, body)
        done: asyncio.Future[None] = self._loop.create_future()
        self._open[line.easy] = line, done
        self._multi.add_handle(line.easy)
        try:
            await done
        finally:
            if self._open.pop(line.easy, None):  # it was cancelled
                self._multi.remove_handle(line.easy)
            answer = line.end()
            answer.gather()
            if method == "GET" and not body:
                self._idle.append(line)
            else:
                line.easy.close()  # a method clings to its handle
        return answer

    def close(self) -> None:
        """Break off what still runs and close every connection."""
        if self._timer is not None:
            self._timer.cancel()
        for easy, (_, done) in self._open.items():
            self._multi.remove_handle(easy)
            done.cancel()
        self._open.clear()
        for line in self._idle:
            line.easy.close()
        self._idle.clear()
        self._multi.close()

    def _line(self) -> _Line:
        line = _Line(self._permit)
        line.easy.setopt(pycurl.SSL_VERIFYPEER, int(self._verify))
        line.easy.setopt(pycurl.SSL_VERIFYHOST, 2 if self._verify else 0)
        for option, path in zip((pycurl.CAINFO, pycurl.CAPATH), self._trusted, strict=True):
            if path:
                line.easy.setopt(option, path)
        return line

    # -- the loop -----------------------------------------------------------------------------

    def _watch(self, what: int, descriptor: int, _multi: Any, _kept: Any) -> None:
        """Do as libcurl says: listen to a socket, or no longer."""
        if what & pycurl.POLL_IN and what != pycurl.POLL_REMOVE:
            self._loop.add_reader(descriptor, self._act, descriptor, pycurl.CSELECT_IN)
        else:
            self._loop.remove_reader(descriptor)
        if what & pycurl.POLL_OUT and what != pycurl.POLL_REMOVE:
            self._loop.add_writer(descriptor, self._act, descriptor, pycurl.CSELECT_OUT)
        else:
            self._loop.remove_writer(descriptor)

    def _wait(self, milliseconds: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if milliseconds >= 0:
            # Also for 0: libcurl must not be called from within its own callback.
            self._timer = self._loop.call_later(
                milliseconds / 1000, self._act, pycurl.SOCKET_TIMEOUT, 0
            )

    def _act(self, descriptor: int, what: int) -> None:
        """Let libcurl work on a socket, and hand on what came to its end."""
        self._multi.socket_action(descriptor, what)
        more = 1
        while more:
            more, fine, broken = self._multi.info_read()
            for easy in fine:
                self._end(easy, None)
            for easy, code, words in broken:
                self._end(easy, (code, words))

    def _end(self, easy: Any, trouble: tuple[int, str] | None) -> None:
        self._multi.remove_handle(easy)
        line, done = self._open.pop(easy)
        if done.done():
            return
        if trouble is None and line.answer.headed:
            done.set_result(None)
        elif trouble is None:
            done.set_exception(Broken("cut", "the headers were cut short"))
        elif line.answer.large or trouble[0] in _LARGE:
            heavy = trouble[0] == _LONG_LINE or line.answer.head > MOST_HEADERS
            words = "its headers" if heavy else f"more than {line.answer.largest} bytes"
            done.set_exception(TooLarge(words))
        else:
            code, words = trouble
            kind = _KINDS.get(code, "reset")
            done.set_exception(Broken(kind, words, tuple(line.answer.shut)))


class _Line:
    """One handle of libcurl, used again and again, and the answer that it is taking."""

    def __init__(self, permit: Callable[[str, int], bool]) -> None:
        self.answer = Answer(0)
        self._permit = permit
        self._opened: list[socket.socket] = []
        self.easy = easy = pycurl.Curl()
        easy.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
        easy.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        easy.setopt(pycurl.PROXY, "")  # not even the environment's
        easy.setopt(pycurl.PATH_AS_IS, 1)
        easy.setopt(pycurl.NOSIGNAL, 1)
        easy.setopt(pycurl.CONNECTTIMEOUT_MS, _CONNECTING)
        easy.setopt(pycurl.BUFFERSIZE, _BUFFER)
        easy.setopt(pycurl.HEADERFUNCTION, self._header)
        easy.setopt(pycurl.WRITEFUNCTION, self._piece)
        easy.setopt(pycurl.OPENSOCKETFUNCTION, self._socket)

    def begin(
        self, url: str, headers: Iterable[tuple[bytes, bytes]], seconds: float, answer: Answer
    ) -> None:
        self.answer = answer
        self.easy.setopt(pycurl.URL, url)
        self.easy.setopt(pycurl.HTTPHEADER, _lines(headers))
        self.easy.setopt(pycurl.TIMEOUT_MS, max(1, int(seconds * 1000)))
        self.easy.setopt(pycurl.MAXFILESIZE_LARGE, answer.largest)

    def speak(self, method: str, body: bytes) -> None:
        if method == "HEAD":
            self.easy.setopt(pycurl.NOBODY, 1)
        elif body or method != "GET":
            self.easy.setopt(pycurl.POSTFIELDS, body)
            self.easy.setopt(pycurl.CUSTOMREQUEST, method)

    def end(self) -> Answer:
        while self._opened:
            self._opened.pop().close()  # libcurl has a descriptor of its own for it
        answer, self.answer = self.answer, Answer(0)
        answer.status = self.easy.getinfo(pycurl.RESPONSE_CODE)
        answer.address = self.easy.getinfo(pycurl.PRIMARY_IP)
        return answer

    def _header(self, line: bytes) -> int:
        """Keep a header line; each block (100 Continue comes before the real one) starts anew."""
        answer = self.answer
        answer.head += len(line)
        answer.large |= answer.head > MOST_HEADERS
        if line.startswith(b"HTTP/"):
            answer.lines, answer.headed = [], False
        if not line.strip():
            answer.headed = True
        elif not answer.headed:  # what comes after a body in pieces is no header
            answer.lines.append(line)
        return -1 if answer.large else len(line)

    def _piece(self, chunk: bytes) -> int:
        """Keep a piece of the body, or break the transfer off."""
        self.answer.keep(chunk)
        return -1 if self.answer.large else len(chunk)

    def _socket(self, purpose: int, peer: Any) -> Any:
        """Open a socket, only to where it is permitted to dial."""
        family, kind, protocol, address = peer
        if purpose != pycurl.SOCKTYPE_IPCXN or family not in (socket.AF_INET, socket.AF_INET6):
            return pycurl.SOCKET_BAD
        host, port = address[:2]
        host = host.decode() if isinstance(host, bytes) else host
        if not self._permit(host, port):
            self.answer.shut.append(host)
            return pycurl.SOCKET_BAD
        opened = socket.socket(family, kind, protocol)
        self._opened.append(opened)
        return opened


def trusted() -> tuple[str | None, str | None]:
    """Give the file and the folder of the certificate authorities that are trusted.

    As OpenSSL does: what ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` name, else the system's, else (a
    machine without any) those that certifi brings.
    """
    paths = ssl.get_default_verify_paths()
    if paths.cafile or (paths.capath and any(os.scandir(paths.capath))):
        return paths.cafile, paths.capath
    return certifi.where(), None


def _lines(headers: Iterable[tuple[bytes, bytes]]) -> list[bytes]:
    """Write headers as libcurl takes them; those it would add by itself are switched off."""
    lines = [name + (b": " + value if value else b";") for name, value in headers]
    given = {line.partition(b":")[0].lower() for line in lines}
    return lines + [name + b":" for name in _ADDED if name.lower() not in given]


_ADDED = (b"Accept", b"Content-Type", b"Expect")
