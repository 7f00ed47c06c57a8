"""A site whose answers have no end, or far more inside than outside."""

from __future__ import annotations

import contextlib
import gzip
import socketserver
import threading
import zlib

import brotli
from backports import zstd

INSIDE = 200_000_000
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"


def packed(name):
    """Give 200 MB of nothing, packed."""
    pieces = [bytes(1_000_000)] * (INSIDE // 1_000_000)
    if name == "deflate":
        packer = zlib.compressobj()
        return b"".join(map(packer.compress, pieces)) + packer.flush()
    if name == "br":
        packer = brotli.Compressor(quality=3)
        return b"".join(map(packer.process, pieces)) + packer.finish()
    if name == "zstd":
        packer = zstd.ZstdCompressor()
        return b"".join(map(packer.compress, pieces)) + packer.flush()
    once = gzip.compress(bytes(INSIDE), 1)
    return gzip.compress(once) if name == "gzip, gzip" else once


PACKINGS = ("gzip", "deflate", "br", "zstd", "gzip, gzip")


class Bombs(socketserver.ThreadingTCPServer):
    """Answers by path; started and stopped as a context."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answering)
        self.port = self.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.packed = {f"/{name}".replace(", ", "-"): (name, packed(name)) for name in PACKINGS}

    def __enter__(self):
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def handle_error(self, *_):
        """Say nothing of who hung up: that is what is hoped for."""


class _Answering(socketserver.StreamRequestHandler):
    def handle(self):
        path = self.rfile.readline().split()[1].decode()
        while self.rfile.readline().strip():
            pass
        with contextlib.suppress(OSError):
            self.answer(path)

    def answer(self, path):
        send = self.wfile.write
        if path in self.server.packed:
            name, body = self.server.packed[path]
            send(OK + f"Content-Encoding: {name}\r\nContent-Length: {len(body)}\r\n\r\n".encode())
            send(body)
        elif path == "/promised":
            send(OK + b"Content-Length: 5000000000\r\n\r\n" + bytes(1000))
            self.endless(lambda: bytes(100_000))
        elif path == "/chunked":
            send(OK + b"Transfer-Encoding: chunked\r\n\r\n")
            self.endless(lambda: b"186a0\r\n" + bytes(100_000) + b"\r\n")
        elif path == "/headers":
            send(OK + b"X-A: %s\r\n" % (b"a" * 1000) + b"X-B: b\r\n" * 400_000 + b"\r\n<html>")
        elif path == "/header":
            send(OK + b"X-A: " + b"a" * 3_000_000 + b"\r\n\r\n<html>")
        elif path == "/endless-headers":
            send(OK)
            self.endless(lambda: b"X-B: b\r\n" * 10_000)
        elif path == "/hops":
            send(b"HTTP/1.1 302 Found\r\nLocation: /hops\r\nContent-Length: 0\r\n\r\n")
        elif path == "/fine":
            send(OK + b"\r\nfine Role")
        else:
            send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    def endless(self, piece):
        for _ in range(50_000):
            self.wfile.write(piece())
