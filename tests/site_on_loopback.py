"""A small web site on loopback whose answers a test scripts; it remembers what was asked."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """What to send: ``cut`` sends only that many bytes of the promised body."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    delay: float = 0.0


class Site:
    """Answers by path: a list is taken one by one, its last entry repeats."""

    def __init__(self, host="127.0.0.1", port=0):
        site = self
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, dict[str, str], float]] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                site.serve(self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer((host, port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://{host}:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def put(self, path, body=b"", **kwargs):
        """Add an answer to those of a path."""
        content = body.encode() if isinstance(body, str) else body
        self.answers.setdefault(path, []).append(Answer(content, **kwargs))

    def paths(self):
        """Give what was asked, in order."""
        return [path for path, _, _ in self.asked]

    def serve(self, request):
        self.asked.append((request.path, dict(request.headers), time.monotonic()))
        waiting = self.answers.get(request.path)
        if not waiting:
            self.send(request, Answer(b"no such page", 404))
            return
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        time.sleep(answer.delay)
        tag = answer.headers.get("ETag")
        if tag and request.headers.get("If-None-Match") == tag:
            answer = Answer(b"", 304, {"ETag": tag})
        self.send(request, answer)

    @staticmethod
    def send(request, answer):
        request.send_response(answer.status)
        for name, value in ({"Content-Type": "text/html; charset=utf-8"} | answer.headers).items():
            request.send_header(name, value)
        if answer.status != 304:
            request.send_header("Content-Length", str(len(answer.body)))
        request.end_headers()
        request.wfile.write(answer.body if answer.cut is None else answer.body[: answer.cut])
        if answer.cut is not None:
            request.close_connection = True


def put_careers(site, listing, folder, numbers):
    """Put a listing of an invented employer there, and behind each link a schema.org posting."""
    rows = "".join(f'<a href="{folder}/{number}-tuner">Tuner {number}</a>' for number in numbers)
    site.put(listing, f"<html><body><h1>Openings</h1>{rows}</body></html>")
    for number in numbers:
        page = f'<script type="application/ld+json">{_opening(number)}</script>'
        site.put(f"{folder}/{number}-tuner", f"<html><body>{page}</body></html>")


def _opening(number):
    fields = {"@context": "https://schema.org", "@type": "JobPosting", "title": f"Tuner {number}"}
    fields |= {"hiringOrganization": {"@type": "Organization", "name": "Gannet Foghorns"}}
    return json.dumps(fields | {"description": "<p>Tune foghorns.</p>"})
