"""Transfers: what is dialled, what is not, and how each way of breaking off is told apart."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import contextmanager

import pytest
from mail_server import certified
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from site_on_loopback import Site

from crawler.middlewares import wire
from crawler.middlewares.guard import GuardedHandler
from crawler.middlewares.wire import Broken, TooLarge, Wire
from crawler.refused import BlockedAddress


def loopback(address, _port):
    return address in ("127.0.0.1", "::1")


def asked(*urls, permit=loopback, seconds=5.0, largest=100_000, method="GET", body=b"", headers=()):
    """Ask for each link in turn over one wire; give the answers and the troubles."""

    async def ask():
        one = Wire(permit)
        given = []
        try:
            for url in urls:
                try:
                    given.append(
                        await one.ask(method, url, headers, body, seconds=seconds, largest=largest)
                    )
                except (Broken, TooLarge) as error:
                    given.append(error)
        finally:
            one.close()
        return given

    return asyncio.run(ask())


@contextmanager
def raw(answer, *, keep=False):
    """Serve these very bytes to every connection; count the connections and keep what they said."""
    server = socket.create_server(("127.0.0.1", 0))
    heard = []

    def serve():
        while True:
            try:
                there, _ = server.accept()
            except OSError:
                return
            with there:
                heard.append(there.recv(65536))
                try:
                    there.sendall(answer)
                    while keep:
                        there.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/", heard
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def test_an_answer_comes_with_its_status_headers_body_and_the_address_that_was_dialled():
    with Site() as site:
        site.put("/a", "hello", status=404, headers={"X-Twice": "one"})
        (answer,) = asked(f"{site.url}/a")
    assert (answer.status, answer.body, answer.address) == (404, b"hello", "127.0.0.1")
    assert (b"X-Twice", b"one") in answer.headers


def test_most_of_a_large_body_waits_outside_of_memory_and_comes_back_whole(monkeypatch):
    held = []
    keep = wire.Answer.keep

    def watched(answer, chunk):
        keep(answer, chunk)
        held.append(sum(map(len, answer.chunks)))

    monkeypatch.setattr(wire.Answer, "keep", watched)
    body = b"".join(b"%07d\n" % n for n in range(300_000))
    with Site() as site:
        site.put("/a", body)
        (answer,) = asked(f"{site.url}/a", largest=10_000_000)
    assert answer.body == body
    assert max(held) <= 512 * 1024 < len(body) == 2_400_000


def test_a_large_body_stays_in_memory_where_no_file_can_be_made(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    with Site() as site:
        site.put("/a", b"x" * 2_000_000)
        (answer,) = asked(f"{site.url}/a", largest=10_000_000)
    assert answer.body == b"x" * 2_000_000


def test_requests_to_one_host_share_a_connection():
    dialled = []

    def permit(address, port):
        dialled.append((address, port))
        return True

    with Site() as site:
        site.put("/a", "hello")
        answers = asked(*[f"{site.url}/a"] * 3, permit=permit)
    assert [answer.body for answer in answers] == [b"hello"] * 3
    assert dialled == [("127.0.0.1", site.port)]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "0"]
)
def test_no_connection_is_made_to_an_address_that_is_not_permitted_however_it_is_written(host):
    with raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as (url, heard):
        port = url.rstrip("/").rpartition(":")[2]
        (trouble,) = asked(f"http://{host}:{port}/", permit=lambda *_: False)
    assert isinstance(trouble, Broken)
    assert trouble.shut
    assert set(trouble.shut) <= {"127.0.0.1", "::1", "0.0.0.0"}
    assert heard == []


def test_the_port_is_judged_with_the_address():
    seen = []

    def permit(address, port):
        seen.append((address, port))
        return False

    asked("http://127.0.0.1:81/", permit=permit)
    assert seen == [("127.0.0.1", 81)]


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    with raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as (proxy, heard), Site() as site:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy)
        site.put("/a", "direct")
        (answer,) = asked(f"{site.url}/a")
    assert answer.body == b"direct"
    assert heard == []


@pytest.mark.parametrize("link", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/"])
def test_other_schemes_are_refused_by_the_wire_itself(link):
    (trouble,) = asked(link)
    assert isinstance(trouble, Broken)
    assert trouble.kind == "reset"


def test_redirects_are_given_back_and_not_followed():
    with Site() as site:
        site.put("/a", "", status=302, headers={"Location": "/b"})
        (answer,) = asked(f"{site.url}/a")
        assert (answer.status, site.paths()) == (302, ["/a"])


@pytest.mark.parametrize(
    ("answer", "keep"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\nabc", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\n" + (b"X-Long: " + b"y" * 60_000 + b"\r\n") * 9, False),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Many: y\r\n" * 40_000 + b"\r\n", False),
    ],
)
def test_an_answer_above_its_size_is_broken_off(answer, keep):
    with raw(answer, keep=keep) as (url, _):
        (trouble,) = asked(url, largest=50_000)
    assert isinstance(trouble, TooLarge)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", "cut"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc",
            "cut",
        ),
        (b"HTTP/1.1 200 OK\r\nX-Half: a", "cut"),
        (b"HTTP/1.1 200 OK\r\nX-Last: a\r\n", "cut"),
        (b"", "reset"),
        (b"\x16\x03garbage\r\n\r\n", "reset"),
    ],
)
def test_each_way_of_breaking_off_has_its_name(answer, kind):
    with raw(answer) as (url, _):
        (trouble,) = asked(url)
    assert isinstance(trouble, Broken)
    assert trouble.kind == kind


def test_a_silent_server_costs_the_stated_time_and_no_more():
    with Site() as site:
        site.put("/slow", "late", delay=5.0)
        (trouble,) = asked(f"{site.url}/slow", seconds=0.2)
    assert isinstance(trouble, Broken)
    assert trouble.kind == "timeout"


def test_a_request_that_is_cancelled_leaves_the_wire_usable():
    async def ask(slow, quick):
        one = Wire(loopback)
        try:
            waiting = asyncio.create_task(one.ask("GET", slow, (), b"", seconds=5.0, largest=100))
            await asyncio.sleep(0.05)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            return await one.ask("GET", quick, (), b"", seconds=5.0, largest=100)
        finally:
            one.close()

    with Site() as site:
        site.put("/slow", "late", delay=0.5)
        site.put("/quick", "now")
        answer = asyncio.run(ask(f"{site.url}/slow", f"{site.url}/quick"))
    assert answer.body == b"now"


def test_a_body_is_sent_as_it_is_and_no_header_is_added_that_was_not_asked_for():
    with raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") as (url, heard):
        headers = [(b"User-Agent", b"Rolecall"), (b"X-Empty", b"")]
        post, get = (
            *asked(url, method="POST", body=b'{"page":1}', headers=headers),
            *asked(url, headers=headers),
        )
    assert (post.body, get.body) == (b"ok", b"ok")
    sent, plain = (message.split(b"\r\n\r\n", 1) for message in heard)
    assert sent[0].startswith(b"POST / HTTP/1.1\r\n")
    assert sent[1] == b'{"page":1}'
    names = [line.partition(b":")[0] for line in sent[0].split(b"\r\n")[1:]]
    assert sorted(names) == [b"Content-Length", b"Host", b"User-Agent", b"X-Empty"]
    assert plain[0].startswith(b"GET / HTTP/1.1\r\n")
    assert b"Content-Length" not in plain[0]


def test_what_follows_a_body_in_pieces_is_no_header():
    chunks = b"5\r\nhello\r\n0\r\nETag: late\r\n\r\n"
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: ETag\r\n\r\n" + chunks
    with raw(answer) as (url, _):
        (given,) = asked(url)
    assert given.body == b"hello"
    assert b"ETag" not in dict(given.headers)


def test_folded_headers_are_joined_and_lines_that_are_none_left_out():
    answer = b"HTTP/1.1 200 OK\r\nX-Long: one\r\n two\r\nContent-Length: 0\r\n\r\n"
    with raw(answer) as (url, _):
        (given,) = asked(url)
    assert dict(given.headers)[b"X-Long"] == b"one two"


def test_the_authorities_are_those_that_are_named_else_the_systems_else_certifis(
    monkeypatch, tmp_path
):
    named = tmp_path / "authorities.pem"
    named.write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(named))
    assert wire.trusted()[0] == str(named)
    empty = tmp_path / "none"
    empty.mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing"))
    monkeypatch.setenv("SSL_CERT_DIR", str(empty))
    assert wire.trusted() == (wire.certifi.where(), None)


@contextmanager
def secured(folder, monkeypatch, **given):
    """Serve over TLS with a certificate of 127.0.0.1 whose maker is trusted; give the port."""
    context, _ = certified(folder, **given)
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "certificate.pem"))
    with Site() as site:
        site.server.socket = context.wrap_socket(site.server.socket, server_side=True)
        site.server.handle_error = lambda *_: None  # who hangs up is who is tested
        site.put("/a", "over TLS")
        yield site.port


def test_a_certificate_is_trusted_for_its_own_host_alone(tmp_path, monkeypatch):
    with secured(tmp_path, monkeypatch) as port:
        mine, other = asked(f"https://127.0.0.1:{port}/a", f"https://localhost:{port}/a")
    assert mine.body == b"over TLS"
    assert other.kind == "certificate"


@pytest.mark.parametrize("days", [(-9, -1), (1, 9)], ids=["expired", "not yet valid"])
def test_a_certificate_is_trusted_in_its_time_alone(days, tmp_path, monkeypatch):
    with secured(tmp_path, monkeypatch, days=days) as port:
        (answer,) = asked(f"https://127.0.0.1:{port}/a")
    assert answer.kind == "certificate"


def test_what_was_dialled_is_judged_once_more_when_it_answered(monkeypatch):
    begin = Wire.__init__

    def blind(wire, _, **given):
        begin(wire, lambda *_: True, **given)

    monkeypatch.setattr(Wire, "__init__", blind)

    async def ask(url):
        handler = GuardedHandler(Crawler(Spider, {"TELNETCONSOLE_ENABLED": False}))
        try:
            return await handler.download_request(Request(url))
        finally:
            await handler.close()

    with Site() as site:
        site.put("/a", "hush")
        with pytest.raises(BlockedAddress, match=r"127\.0\.0\.1 is not a public address"):
            asyncio.run(ask(f"{site.url}/a"))
        assert site.paths() == ["/a"]
