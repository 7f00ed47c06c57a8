"""S9 and S10: answers without an end, or with far too much inside, and pages no parser likes."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
import troubled
from bombs import PACKINGS, Bombs
from site_on_loopback import Site, put_careers

from crawler.items import Source
from monitor.sweep import Sweeper

pytestmark = pytest.mark.slow  # real child processes; run by make test-all
UNPACKED = "the page is too large when it is unpacked"
WORDS = {name.replace(", ", "-"): UNPACKED for name in PACKINGS} | {
    "promised": "the page is too large",
    "chunked": "the page is too large",
    "header": "its headers are too large",
    "headers": "its headers are too large",
    "endless-headers": "its headers are too large",
    "hops": "too many redirects",
}


@pytest.fixture(scope="module")
def bombs():
    with Bombs() as made:
        yield made


def peak(pid):
    """Give the most memory, in bytes, that a process has had so far."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1000


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here")
@pytest.mark.parametrize("page", WORDS)
def test_s09_an_answer_without_end_costs_its_own_source_and_little_memory(page, bombs, monkeypatch):
    monkeypatch.setattr("monitor.sweep._serve", troubled.main)
    fine, bomb = (Source(name, "troubled", url=f"{bombs.url}/{name}") for name in ("fine", page))
    crawls, grown = swept(bombs, fine, bomb)
    assert crawls["fine"].outcome == "complete", crawls["fine"].reasons
    assert crawls[page].outcome == "failed"
    assert WORDS[page] in crawls[page].reasons[0]
    assert grown < 100_000_000


def swept(site, *sources, **settings):
    """Visit the first source, then all; give their crawls and by how much the child grew."""
    quick = {"ROLECALL_ALLOW": [f"127.0.0.1/32:{site.port}"], "DOWNLOAD_DELAY": 0}
    quick |= {"RETRY_TIMES": 0, "LOG_LEVEL": "CRITICAL", "DOWNLOAD_TIMEOUT": 4} | settings
    crawls = {}
    with Sweeper(quick) as sweeper:

        def finished(crawl):
            crawls[crawl.source.id] = crawl

        sweeper.sweep(sources[:1], finished=finished)
        (worker,) = sweeper._idle
        before = peak(worker.alive.pid)
        sweeper.sweep(sources, finished=finished)
        grown = peak(worker.alive.pid) - before if worker.alive.is_alive() else 0
    return crawls, grown


CROWD = " ".join(f"a{number}='{number}'" for number in range(200_000))
LINK = '<a href="/jobs/1-welder">Welder</a>'
MONSTERS = {
    "attributes": (f"<html><body {CROWD}>{LINK}</body></html>", "more than 300 attributes"),
    "nesting": ("<div>" * 2100 + LINK, "nested too deeply"),
    "a text": ("x" * 50_000_000, "the page is too large"),
    "items": (f"<html><body><ul>{'<li>x' * 1_000_000}</ul></body></html>", "neither postings nor"),
    "nothing but NUL": ("\0" * 1_000_000, "neither postings nor"),
    "UTF-7": ("+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "neither postings nor"),
    "brackets": ("<" * 5_000_000, "neither postings nor"),
    "an open title": (f"<html><title>{LINK * 1000}", "neither postings nor"),
}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here")
@pytest.mark.parametrize("name", MONSTERS)
def test_s10_a_monstrous_page_is_a_reason_and_costs_no_other_source(name):
    page, words = MONSTERS[name]
    with Site() as site:
        put_careers(site, "/fine/jobs", "/jobs", [1])
        site.put("/monster/jobs", page, headers={"Content-Type": "text/html; charset=utf-7"})
        site.put("/robots.txt", "")
        fine, monster = (
            Source(name, "careers_page", url=f"{site.url}/{name}/jobs")
            for name in ("fine", "monster")
        )
        begun = time.monotonic()
        crawls, _ = swept(site, fine, monster, ROLECALL_SILENCE=20, DOWNLOAD_TIMEOUT=25)
    assert time.monotonic() - begun < 60
    assert crawls["fine"].outcome in ("complete", "unchanged")
    assert crawls["monster"].outcome == "failed"
    assert words in crawls["monster"].reasons[0]
