"""What every test shares: no socket leaves this machine, and chance is the same every time.

``HYPOTHESIS_PROFILE=quick`` (`make test`) tries fewer examples; ``explore`` lets the property tests
look where they have not looked before.
"""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import sqlite3
import threading
from contextlib import closing

import pytest
from hypothesis import HealthCheck, settings

from monitor import database

# A slow machine is no failure: no profile asks how long an example took, or took to be drawn.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
repeatable = settings(patient, derandomize=True, database=None)
settings.register_profile("repeatable", repeatable)
settings.register_profile("quick", repeatable, max_examples=25)
settings.register_profile("explore", patient, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

# A shell that starts the suite in the background lets it ignore interrupts, and children inherit it.
if (
    threading.current_thread() is threading.main_thread()
    and signal.getsignal(signal.SIGINT) is signal.SIG_IGN
):
    signal.signal(signal.SIGINT, signal.default_int_handler)

LOCAL = {"localhost", "127.0.0.1", "::1", "", None}


def _is_local(address: object) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = address[0]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in LOCAL


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Fail any test that would dial or look up anything but this machine."""
    dial, look_up = socket.socket.connect, socket.getaddrinfo

    def connect(self, address):
        if not _is_local(address):
            pytest.fail(f"a test tried to reach {address}")
        return dial(self, address)

    def getaddrinfo(host, *args, **kwargs):
        if not _is_local((host.decode() if isinstance(host, bytes) else host,)):
            raise socket.gaierror(socket.EAI_NONAME, f"a test tried to look up {host}")
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.fixture(scope="session")
def blank(tmp_path_factory):
    """Give one new store, made by its steps once instead of in a thousand tests."""
    path = tmp_path_factory.mktemp("blank") / "rolecall.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as made:
        database._bring_up_to_date(made)
    return path


@pytest.fixture(autouse=True)
def new_stores(request, monkeypatch, blank):
    """Copy that store wherever a test makes a new one, except where the steps are the subject."""
    if request.module.__name__ == "test_migrations":
        return
    steps = database._bring_up_to_date

    def bring(connection):
        if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            steps(connection)
            return
        with closing(sqlite3.connect(blank)) as made:
            made.backup(connection)

    monkeypatch.setattr(database, "_bring_up_to_date", bring)


@pytest.fixture(scope="module")
def chromium():
    """Give Debian's browser, for the tests that are marked ``browser``."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 only where a browser is

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield browser
        browser.close()
