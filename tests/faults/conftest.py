from __future__ import annotations

import re
from collections import Counter

import pytest
from bench import Bench
from elsewhere import ELSEWHERE
from mail_server import MailServer
from site_on_loopback import Site

from monitor.config import Config


def pytest_collection_modifyitems(items):
    for item in items:
        if "faults" in item.path.parts:
            item.add_marker(pytest.mark.slow)


def numbers(nodeid):
    """Give the numbers of the faults that a test injects."""
    own = re.search(r"/test_\w+\.py::test_f(\d+)_", nodeid)
    known = {f"F{int(own[1])}"} if own else set()
    return known | {
        number
        for number, names in ELSEWHERE.items()
        if any(re.match(rf"tests/{re.escape(name)}(?:\[|::|$)", nodeid) for name in names)
    }


def pytest_terminal_summary(terminalreporter):
    """Say how often each fault was injected, and how often it was not withstood."""
    found = {"passed": Counter(), "failed": Counter()}
    for outcome, counted in found.items():
        for report in terminalreporter.stats.get(outcome, ()):
            counted.update(numbers(report.nodeid))
    injected = found["passed"] + found["failed"]
    if not injected:
        return
    each = sorted(injected.items(), key=lambda one: int(one[0][1:]))
    terminalreporter.section("faults")
    terminalreporter.write_line(" ".join(f"{number}:{count}" for number, count in each))
    terminalreporter.write_line(
        f"{len(injected)} faults, injected {sum(injected.values())} times,"
        f" not withstood {sum(found['failed'].values())} times"
    )


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
