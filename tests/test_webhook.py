"""A signed POST to a real server: whatever it answers, nothing is lost and nothing is told of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
import time

import pytest
from http_server import DRIP, HANG_UP, NOISE, SILENT, HttpServer
from hypothesis import given
from hypothesis import strategies as st
from mail_server import certified, unused_port

from crawler.addresses import allowed
from monitor import webhook
from monitor.doors import RefusalError, TemporaryError, UnreachableError
from monitor.store import Letter
from monitor.webhook import Webhook, key_of, signature

KEY = b"k" * 32
BODY = b'{"type": "digest"}'
LETTER = Letter("desk", "<0123abcd@rolls.example>", "2 new", BODY, "", "", channel="webhook")


@pytest.fixture
def server():
    with HttpServer() as made:
        yield made


@pytest.fixture(scope="module")
def contexts(tmp_path_factory):
    return certified(tmp_path_factory.mktemp("tls"))


def door(port, path="/hook?token=hush", scheme="http", **options):
    allow = allowed([f"127.0.0.1/32:{port}"])
    plain = {"allow": allow, "timeout": 2.0, "clock": lambda: 1_800_000_000.9}
    return Webhook(f"{scheme}://127.0.0.1:{port}{path}", KEY, **(plain | options))


def test_the_bytes_of_the_letter_arrive_signed_under_their_id(server):
    assert door(server.port).send(LETTER) == "200 OK"
    ((path, headers, body),) = server.received
    assert (path, body) == ("/hook?token=hush", BODY)
    assert headers["Content-Type"] == "application/json"
    assert headers["Host"] == f"127.0.0.1:{server.port}"
    assert headers["webhook-id"] == "0123abcd"
    assert headers["webhook-timestamp"] == "1800000000"
    made = hmac.new(KEY, b"0123abcd.1800000000." + BODY, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(made).decode()


def test_a_signature_is_the_one_of_the_standard():
    # https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_settles_the_letter(server, status):
    server.script = [status]
    assert door(server.port).send(LETTER).startswith(str(status))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (301, "301 Moved Permanently: no redirect is followed; correct the url"),
        (307, "307 Temporary Redirect: no redirect is followed; correct the url"),
        (400, "400 Bad Request"),
        (404, "404 Not Found"),
        (429, "429 Too Many Requests"),
        (500, "500 Internal Server Error"),
    ],
)
def test_another_answer_is_tried_again(server, answer, words):
    server.script = [(answer, {"Location": f"http://127.0.0.1:{server.port}/other"})]
    with pytest.raises(TemporaryError) as found:
        door(server.port).send(LETTER)
    assert str(found.value) == words
    assert not found.value.uncertain
    assert len(server.received) == 1


def test_410_gives_the_letter_up(server):
    server.script = [410]
    with pytest.raises(RefusalError, match="410 Gone"):
        door(server.port).send(LETTER)


@pytest.mark.slow
@pytest.mark.parametrize("answer", [HANG_UP, NOISE, SILENT, DRIP])
def test_no_answer_leaves_it_uncertain_and_takes_no_longer_than_it_may(server, answer):
    server.script = [answer]
    began = time.monotonic()
    with pytest.raises(TemporaryError) as found:
        door(server.port, timeout=0.2, deadline=0.3).send(LETTER)
    assert time.monotonic() - began < 2
    assert found.value.uncertain
    assert str(found.value).startswith(f"127.0.0.1:{server.port}: ")
    assert "hush" not in str(found.value)


def test_a_server_that_is_not_there_is_unreachable():
    port = unused_port()
    with pytest.raises(UnreachableError, match=f"^127.0.0.1:{port}: Connection refused$"):
        door(port).send(LETTER)


def test_over_tls_the_certificate_must_be_trusted(contexts):
    serving, trusting = contexts
    with HttpServer(serving) as server:
        assert door(server.port, scheme="https", context=trusting).send(LETTER) == "200 OK"
        with pytest.raises(UnreachableError, match="certificate"):
            door(server.port, scheme="https").send(LETTER)
    assert len(server.received) == 1


def resolved(monkeypatch, *addresses):
    """Let every name mean these addresses; give what is dialled."""
    dialled = []
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", (one, 443)) for one in addresses]
    )

    def dial(address, **_):
        dialled.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "create_connection", dial)
    return dialled


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_this_machine_is_not_dialled_unless_allowed(host):
    with pytest.raises(UnreachableError, match="is not a public address; "):
        Webhook(f"https://{host}/", KEY).send(LETTER)


@pytest.mark.parametrize(
    "address", ["10.0.0.7", "169.254.169.254", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "100.64.0.1"]
)
def test_a_name_that_means_a_private_address_is_not_dialled(address, monkeypatch):
    dialled = resolved(monkeypatch, address)
    with pytest.raises(UnreachableError, match=f"{address} is not a public address"):
        Webhook("https://hooks.example/", KEY).send(LETTER)
    assert dialled == []


def test_of_a_name_only_its_public_addresses_are_dialled(monkeypatch):
    dialled = resolved(monkeypatch, "10.0.0.1", "9.9.9.9", "::1")
    with pytest.raises(UnreachableError, match="Connection refused"):
        Webhook("https://hooks.example/", KEY).send(LETTER)
    assert dialled == [("9.9.9.9", 443)]


def test_plain_http_to_a_public_address_is_refused(monkeypatch):
    dialled = resolved(monkeypatch, "9.9.9.9")
    with pytest.raises(UnreachableError, match="plain http can be read on the way; use https"):
        Webhook("http://hooks.example/", KEY).send(LETTER)
    assert dialled == []


@pytest.mark.parametrize(
    "url",
    [
        "https://user:hush@hooks.example/",
        "https://hooks.example:99999/hush",
        "https://hooks.example/hush\r\nX: y",
        "ftp://hooks.example/hush",
        "https://" + "a" * 70 + ".example/hush",
        "https://[::1/hush",
        "https:///hush",
    ],
)
def test_a_link_that_is_none_is_refused_and_not_repeated(url):
    with pytest.raises(UnreachableError) as found:
        Webhook(url, KEY).send(LETTER)
    assert "hush" not in str(found.value)


@given(path=st.text(max_size=30), query=st.text(max_size=30))
def test_what_is_asked_for_is_one_line_whatever_the_link_says(path, query):
    try:
        asked = webhook._target(f"https://hooks.example/{path}?{query}").path
    except UnreachableError:
        return
    assert asked.startswith("/")
    assert asked.isascii()
    assert not set(asked) & set("\r\n \t\x00")


@pytest.mark.parametrize("secret", ["brief", "whsec_c2hvcnQ=", "whsec_***", "", "x" * 23])
def test_a_secret_that_is_none_is_refused_and_not_repeated(secret):
    with pytest.raises(ValueError, match="secret") as found:
        key_of(secret)
    assert not secret or secret not in str(found.value)


def test_a_door_does_not_show_its_key():
    assert "kkk" not in repr(door(80))
