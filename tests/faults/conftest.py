from __future__ import annotations

import pytest
from bench import Bench
from mail_server import MailServer
from site_on_loopback import Site

from monitor.config import Config


def pytest_collection_modifyitems(items):
    for item in items:
        if "faults" in item.path.parts:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Ask a page once: the pauses between attempts are tested elsewhere, and take seconds."""
    whole = Config.scrapy
    monkeypatch.setattr(Config, "scrapy", lambda self: whole(self) | {"RETRY_TIMES": 0})


@pytest.fixture
def site():
    with Site() as made:
        made.put("/robots.txt", "User-agent: *\nAllow: /\n")
        yield made


@pytest.fixture
def server():
    with MailServer() as made:
        yield made


@pytest.fixture
def bench(tmp_path, site, server):
    return Bench(tmp_path, site, server)
