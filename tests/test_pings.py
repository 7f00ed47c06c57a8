"""A sign of life after each run: what is sent, to whom, and what a run does when it cannot be."""

from __future__ import annotations

import pytest
from calling import call
from http_server import REPEAT, REPEAT_ALONE, SILENT, HttpServer
from mail_server import unused_port

from monitor.commands import letters, pings
from monitor.store import Store

TOML = """
contact = "owner@reader.example"
[network]
allow = ["127.0.0.1/32:{port}"]
[ping]
{ping}
"""


@pytest.fixture
def server():
    with HttpServer() as made:
        yield made


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder, port, ping=None):
    ping = ping or f'url = "http://127.0.0.1:{port}/hush?source=a"'
    (folder / "rolecall.toml").write_text(TOML.format(port=port, ping=ping))


def paths(server):
    return [path for path, _, _ in server.received]


def test_a_run_says_that_it_begins_and_that_it_ended_well(folder, server):
    write(folder, server.port)
    answer = call("run")
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    assert paths(server) == ["/hush/start?source=a", "/hush?source=a"]
    assert (
        server.received[1][2]
        == b"exit code 0, 0 visited, 0 failed, 0 new, 0 digests, 0 sent, 0 kept"
    )
    with Store.open(folder / "rolecall.db") as store:
        run = store.runs.last()
    assert (run.command, run.code, run.visited) == ("run", 0, 0)


@pytest.mark.parametrize(
    ("ending", "code", "path"),
    [
        (lambda work: setattr(work.tally, "kept", 1), 4, "/hush/4?source=a"),
        (lambda work: vars_of(work, visited=2, failed=2), 3, "/hush/3?source=a"),
        # Some source always fails somewhere; the alert mail tells which.
        (lambda work: vars_of(work, visited=2, failed=1), 1, "/hush?source=a"),
    ],
)
def test_a_run_that_did_not_do_its_work_says_its_exit_code(
    folder, server, monkeypatch, ending, code, path
):
    write(folder, server.port)
    monkeypatch.setattr(letters, "deliver", ending)
    assert call("run").code == code
    assert paths(server) == ["/hush/start?source=a", path]


def vars_of(work, visited, failed):
    work.tally.visited, work.tally.failed = visited, failed


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, 130), (OSError(28, "x", "y"), 3)])
def test_a_run_that_breaks_off_says_so_and_is_written_down(
    folder, server, monkeypatch, error, code
):
    def broken(_):
        raise error

    write(folder, server.port)
    monkeypatch.setattr(letters, "deliver", broken)
    assert call("run").code == code
    assert paths(server) == ["/hush/start?source=a", f"/hush/{code}?source=a"]
    with Store.open(folder / "rolecall.db") as store:
        assert store.runs.last().code == code


def test_a_store_that_cannot_be_opened_is_an_alarm(folder, server):
    write(folder, server.port)
    (folder / "rolecall.db").write_bytes(b"")
    assert call("run").code == 3
    assert paths(server)[-1] == "/hush/3?source=a"


def test_a_ping_that_is_refused_is_said_without_its_link_and_fails_no_run(folder, server):
    write(folder, server.port)
    server.script = [404, 503]
    answer = call("run")
    assert answer.code == 0
    assert answer.err.splitlines() == [
        "ping: 404 Not Found",
        "ping: 503 Service Unavailable",
    ]


def test_a_service_that_repeats_the_link_is_not_repeated(folder, server):
    write(folder, server.port)
    server.script = [REPEAT, REPEAT_ALONE]
    answer = call("run")
    place = f"127.0.0.1:{server.port}"
    assert answer.err.splitlines() == ["ping: 404 Not Found", f"ping: {place}: no HTTP answer"]


def test_a_ping_that_nobody_takes_is_said_and_fails_no_run(folder, server, monkeypatch):
    port = unused_port()
    write(folder, port)
    answer = call("run")
    assert answer.code == 0
    assert answer.err.splitlines() == [f"ping: 127.0.0.1:{port}: Connection refused"] * 2
    monkeypatch.setattr(pings, "_PATIENCE", 0.2)
    write(folder, server.port)
    server.script = [SILENT]
    answer = call("run")
    assert answer.code == 0
    assert answer.err.startswith(f"ping: 127.0.0.1:{server.port}: ")
    assert "hush" not in answer.err


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (
            "http://127.0.0.1:1/hush",
            "127.0.0.1:1: 127.0.0.1 is not a public address; [network] allow",
        ),
        ("http://localhost/hush", "is not a public address; [network] allow may name it"),
        ("https://[::1/hush", "url: not a link that can be read"),
        ("ftp://hc.example/hush", "url: only http and https are read, not ftp"),
        ("https://me:hush@hc.example/", "url: the link carries a user name"),
        ("", "$PING is empty"),
    ],
)
def test_a_link_is_held_to_the_rules_of_addresses_and_never_told(
    folder, server, monkeypatch, url, words
):
    write(folder, server.port, 'url_env = "PING"')
    monkeypatch.setenv("PING", url)
    answer = call("run")
    assert answer.code == 0
    assert words in answer.err
    assert "hush" not in answer.err
    assert server.received == []


def test_the_link_is_read_from_a_private_file(folder, server):
    write(folder, server.port, 'url_file = "ping"')
    secret = folder / "ping"
    secret.write_text(f"http://127.0.0.1:{server.port}/hush\n")
    secret.chmod(0o644)
    assert call("run").err == f"ping: {secret}: others may read it; chmod 600 {secret}\n"
    assert server.received == []
    secret.chmod(0o600)
    assert call("run").err == ""
    assert paths(server) == ["/hush/start", "/hush"]


def test_without_a_ping_nothing_is_said(folder, server):
    (folder / "rolecall.toml").write_text('contact = "owner@reader.example"')
    assert call("run").code == 0
    assert server.received == []
