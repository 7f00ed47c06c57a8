"""S1 to S7: every link that leads where nobody may go, in every way that a crawl can be started."""

from __future__ import annotations

import asyncio

import attacks
import pycurl
import pytest
import ways
from site_on_loopback import Site

from crawler.middlewares import browser
from crawler.middlewares.wire import Broken, Wire

pytestmark = pytest.mark.slow  # real processes; run by make test-all

DRAWN = "rolecall crawl, drawn by a browser"
undrawn = pytest.mark.skipif(browser.missing() is not None, reason="no browser here")
marks = {DRAWN: [undrawn, pytest.mark.browser]}


@pytest.mark.parametrize(
    "way", [pytest.param(way, marks=marks.get(way, ()), id=way) for way in ways.WAYS]
)
def test_s01_to_s07_no_way_to_start_a_crawl_reaches_what_is_forbidden(way):
    tried, reached = ways.attempt(way)
    assert tried >= (3 if way == "rolecall record" else 7)
    assert reached == 0
    _, when_allowed = ways.attempt(way, opened=True)
    assert (when_allowed == 0) == (way in ways.NEVER), "the victim counts who is let through"


def test_s03_a_name_that_means_another_address_each_time_leads_nowhere_private(monkeypatch):
    meant = []
    line = Wire._line

    def resolving(wire):
        made = line(wire)
        made.easy.setopt(pycurl.RESOLVE, meant)
        return made

    async def ask(wire, host, *addresses):
        entry = f"{host}:{victim.port}"
        meant[:] = [f"-{entry}", f"{entry}:{','.join(addresses)}"]
        wire._idle.clear()
        try:
            answer = await wire.ask("GET", f"http://{entry}/a", (), b"", seconds=5, largest=1000)
        except Broken as error:
            return error.shut
        return answer.address

    async def asked():
        wire = Wire(lambda address, _: address == "127.0.0.2")
        try:
            return [
                await ask(wire, "private.example", "127.0.0.1"),
                await ask(wire, "mixed.example", "127.0.0.1", "127.0.0.2"),
                await ask(wire, "flipping.example", "127.0.0.2"),
                await ask(wire, "flipping.example", "127.0.0.1"),
                await ask(wire, "flipping.example", "127.0.0.2"),
            ]
        finally:
            wire.close()

    monkeypatch.setattr(Wire, "_line", resolving)
    with attacks.Victim() as victim, Site(host="127.0.0.2", port=victim.port) as site:
        site.put("/a", "", headers={"Connection": "close"})
        shut, open_ = ("127.0.0.1",), "127.0.0.2"
        assert asyncio.run(asked()) == [shut, open_, open_, shut, open_]
        assert victim.connections == 0
    assert len(site.asked) == 3
