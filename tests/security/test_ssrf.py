"""S1 to S7: every link that leads where nobody may go, in every way that a crawl can be started."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import attacks
import pytest
import ways
from site_on_loopback import Site

from crawler.middlewares import browser

pytestmark = pytest.mark.slow  # real processes; run by make test-all

DRAWN = "rolecall crawl, drawn by a browser"
undrawn = pytest.mark.skipif(browser.missing() is not None, reason="no browser here")
replaced = pytest.mark.xfail(
    reason="CrawlerProcess puts a resolver of its own in the guard's place", strict=False
)
marks = {
    "scrapy shell": [replaced],
    "CrawlerProcess": [replaced],
    DRAWN: [undrawn, pytest.mark.browser],
}


@pytest.mark.parametrize(
    "way", [pytest.param(way, marks=marks.get(way, ()), id=way) for way in ways.WAYS]
)
def test_s01_to_s07_no_way_to_start_a_crawl_reaches_what_is_forbidden(way):
    tried, reached = ways.attempt(way)
    assert tried >= (3 if way == "rolecall record" else 7)
    assert reached == 0
    _, when_allowed = ways.attempt(way, opened=True)
    assert (when_allowed == 0) == (way in ways.NEVER), "the victim counts who is let through"


def test_s03_a_name_that_means_another_address_each_time_leads_nowhere_private():
    with attacks.Victim() as victim, Site(host="127.0.0.2", port=victim.port) as site:
        for path in ("/robots.txt", "/a", "/b", "/c"):
            site.put(path, "", headers={"Connection": "close"})
        names = {
            "private.example": [["127.0.0.1"]],
            "mixed.example": [["127.0.0.1", "127.0.0.2"]],
            "flipping.example": [["127.0.0.2"], ["127.0.0.1"]],
            "back.example": [["127.0.0.1"], ["127.0.0.2"]],
        }
        links = [
            f"http://{name}:{victim.port}{path}" for path in ("/a", "/b", "/c") for name in names
        ]
        spider = {"links": links, "proxy": None, "begins": links[0]}
        asked = {"allow": [f"127.0.0.2/32:{victim.port}"], "spider": spider}
        said = subprocess.run(
            [sys.executable, ways.HERE / "flipping.py", "AsyncCrawlerProcess"],
            cwd=ways.ROOT,
            env=os.environ | {"NAMES": json.dumps(names), "PYTHONPATH": str(ways.ROOT)},
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=True,
        )
        assert victim.connections == 0
        hosts = {headers["Host"].partition(":")[0] for _, headers, _ in site.asked}
        assert "flipping.example" in hosts, said.stdout  # the names were looked up there
        assert "private.example" not in hosts
