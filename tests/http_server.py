"""A web server on this machine that keeps what it was sent and answers as it is told to."""

from __future__ import annotations

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DRIP, SILENT, HANG_UP, NOISE = "drip", "silent", "hang up", "noise"
REPEAT, REPEAT_ALONE = "repeat", "repeat alone"
"""Answers that repeat what was asked for, in the reason of a status or without any."""


class HttpServer(ThreadingHTTPServer):
    """Started and stopped as a context; ``script`` are the answers, 200 when it has run out."""

    def __init__(self, context=None):
        super().__init__(("127.0.0.1", 0), _Answering)
        self.received, self.script = [], []
        self.ended = threading.Event()
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.port = self.server_address[1]

    def __enter__(self):
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.shutdown()
        self.thread.join()
        self.server_close()

    def handle_error(self, *_):
        """Say nothing on stderr of who hung up."""


class _Answering(BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing on stderr."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, dict(self.headers), body))
        answer = self.server.script.pop(0) if self.server.script else 200
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        with contextlib.suppress(OSError):
            if isinstance(status, int):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
            else:
                self.misbehave(status)

    def misbehave(self, how):
        if how == HANG_UP:
            self.connection.close()
        elif how == REPEAT:
            self.wfile.write(f"HTTP/1.1 404 no {self.path} here\r\n\r\n".encode())
        elif how == REPEAT_ALONE:
            self.wfile.write(f"{self.path}\r\n\r\n".encode())
        elif how == NOISE:
            self.wfile.write(b"\x00\xff no http\r\n\r\n")
        else:
            for _ in range(200):
                if how == DRIP:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nX-A: b\r\n")
                if self.server.ended.wait(0.05):
                    break
