"""S22: every secret of a whole Rolecall at once, and everything that it says, shows and keeps."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from calling import call
from http_server import REPEAT, HttpServer
from mail_server import unused_port
from visits import crawl, posting

from monitor.compare import judge
from monitor.store import Store
from monitor.web.passwords import hashed

pytestmark = pytest.mark.slow  # a process of its own

ROOT = Path(__file__).parents[2]
PASSWORD, TOKEN = "hush-mail-0123456789", "hush-metrics-0123456789-0123456789"
HOOK, LINK = "hush-hook-0123456789-0123456789", "hush-link-0123456789"
PING, PUSH, LOGIN = "hush-ping-0123456789", "hush-push-0123456789", "hush-login-0123456789"
TOML = """
contact = "owner@rolecall.example"
[network]
allow = ["127.0.0.1/32:{web}"]
[delivery]
method = "smtp"
host = "127.0.0.1"
port = {mail}
security = "none"
sender = "Rolecall <watch@rolecall.example>"
username = "watch"
password_file = "mail-password"
[ping]
url_file = "ping-url"
[page]
listen = "127.0.0.1:{page}"
password_file = "login"
metrics_file = "metrics-token"
[[channel]]
id = "desk"
kind = "webhook"
url = "http://127.0.0.1:{web}/in?{link}"
secret_file = "hook-secret"
[[channel]]
id = "phone"
kind = "push"
secret_file = "push-url"
[[search]]
id = "mine"
to = ["ann@reader.example"]
channels = ["desk", "phone"]
"""


@pytest.fixture
def server():
    with HttpServer() as made:
        yield made


@pytest.fixture
def secrets(tmp_path, monkeypatch, server):
    """Write the file and its secrets, and remember a posting; give what nobody may ever read."""
    monkeypatch.chdir(tmp_path)
    written = {
        "mail-password": PASSWORD,
        "ping-url": f"http://127.0.0.1:{server.port}/{PING}",
        "metrics-token": TOKEN,
        "hook-secret": HOOK,
        "push-url": f"json://me:{PUSH}@127.0.0.1:{server.port}/{PUSH}",
        "login": hashed(LOGIN),
    }
    for name, words in written.items():
        (tmp_path / name).write_text(f"{words}\n")
        (tmp_path / name).chmod(0o600)
    ports = {"web": server.port, "mail": unused_port(), "page": unused_port()}
    ports["link"] = LINK
    (tmp_path / "rolecall.toml").write_text(TOML.format(**ports))
    with Store.open(tmp_path / "rolecall.db") as store:
        store.record(crawl([posting()]), judge)
    salted = written["login"].rpartition("$")[2]
    return ports["page"], {PASSWORD, PING, TOKEN, HOOK, PUSH, LINK, LOGIN, salted}


def answered(page, path):
    asked = Request(f"http://127.0.0.1:{page}{path}", headers={"Authorization": f"Bearer {TOKEN}"})
    with urlopen(asked, timeout=10) as answer:
        return answer.read().decode()


def metrics(page):
    """Give what a serving Rolecall answers at /metrics after a turn, and what it said."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "monitor", "serve", "-vvv"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as served:
        end, text = time.monotonic() + 30, ""
        while "last_run_exit_code 4" not in text and time.monotonic() < end:
            time.sleep(0.2)
            try:
                text = answered(page, "/metrics")
            except OSError:
                continue
        served.send_signal(signal.SIGTERM)
        said = served.stderr.read()
    return text, said


def test_s22_no_secret_is_said_shown_or_kept_whatever_fails(secrets, server, tmp_path):
    page, hidden = secrets
    server.script = [REPEAT] * 9  # nobody takes anything, and what was asked for is repeated
    everything = [call("run", "-vvv", "--json"), call("run", "--log-json")]
    assert [answer.code for answer in everything] == [4, 4]
    assert "ping: 404 Not Found" in everything[0].err
    asked = ("status", "doctor", "readers", "digest preview", "config check", "search buoy")
    everything += [call(*words.split(), "--json") for words in asked]
    text, said = metrics(page)
    assert "rolecall_outbox_letters" in text
    assert "serving 0 sources" in said
    shown = {"metrics": text, "serve": said}
    shown |= {str(n): answer.out + answer.err for n, answer in enumerate(everything)}
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    files = {
        path.name: path.read_bytes().decode("latin-1") for path in tmp_path.glob("rolecall.db*")
    }
    assert "rolecall.db" in files
    assert [path.name for path in kept] == ["rolecall.toml"], "others may read only that"
    for name, words in (shown | files).items():
        assert [secret for secret in hidden if secret in words] == [], name
    received = "".join(path for path, _, _ in server.received)
    assert PING in received
    assert LINK in received
