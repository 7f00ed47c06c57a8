"""Pages drawn by script: real Chromium against a site on loopback, and everything around it."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from replaying import visit
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler
from site_on_loopback import Site
from test_live import page

from crawler.captures import load_source, write_source
from crawler.items import Source
from crawler.middlewares.browser import Browser, NotDrawn, _Drawing, executable, missing
from crawler.settings import USER_AGENT
from monitor import doctor
from monitor.compare import judge
from monitor.config import loads
from monitor.store import Store
from monitor.sweep import Sweeper

CHROMIUM = Path("/usr/bin/chromium")
needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")
DRAWN = """<!doctype html><html><head><link rel="stylesheet" href="/look.css"></head><body>
<main></main><img src="/team.png"><iframe src="/frame"></iframe>
<script src="/app.js?at={at}"></script></body></html>"""
APP = """
fetch("{data}").then(answer => answer.json()).then(numbers => {{
  const row = number => `<li><a href="/jobs/${{number}}-welder">Role ${{number}}</a></li>`;
  document.querySelector("main").innerHTML = numbers.map(row).join("");
}});
"""
SCRIPT = {"Content-Type": "text/javascript"}
DATA = {"Content-Type": "application/json"}
KEPT = """<!doctype html><html><body><script>
const seen = [document.cookie, localStorage.name, sessionStorage.name].join("");
document.cookie = "name=kept"; localStorage.name = "kept"; sessionStorage.name = "kept";
const mark = document.createElement("script");
mark.type = "application/ld+json";
mark.textContent = JSON.stringify({"@context": "https://schema.org", "@type": "JobPosting",
  title: `Welder ${seen}`, description: "With boots."});
document.head.append(mark);
</script></body></html>"""
LARGE = "<!doctype html><body><script>document.body.append('x '.repeat(2e5))</script></body>"
# Every way out of a page that we know of; {tcp} and {udp} are ports that nobody may reach.
ESCAPE = """<!doctype html><html><head>
<link rel="preconnect" href="http://127.0.0.1:{tcp}"><link rel="dns-prefetch" href="//localhost:{tcp}">
<link rel="preload" as="fetch" href="http://127.0.0.1:{tcp}/preload">
<link rel="stylesheet" href="http://127.0.0.1:{tcp}/a.css"><script src="http://127.0.0.1:{tcp}/a.js"></script>
</head><body><img src="http://127.0.0.1:{tcp}/a.png"><iframe src="http://127.0.0.1:{tcp}/frame"></iframe>
<form method="post" action="http://127.0.0.1:{tcp}/form"></form><script>
const hosts = ["127.0.0.1", "localhost", "127.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"];
for (const host of hosts) {{
  fetch(`http://${{host}}:{tcp}/data`).catch(() => 0);
  new WebSocket(`ws://${{host}}:{tcp}/socket`);
}}
fetch("/away").catch(() => 0);
navigator.sendBeacon("http://127.0.0.1:{tcp}/beacon", "x");
new EventSource("http://127.0.0.1:{tcp}/events");
const talk = new RTCPeerConnection({{iceServers: [{{urls: "stun:127.0.0.1:{udp}"}},
  {{urls: "turn:127.0.0.1:{tcp}?transport=tcp", username: "a", credential: "b"}}]}});
talk.createDataChannel("x");
talk.createOffer().then(offer => talk.setLocalDescription(offer));
new Worker(URL.createObjectURL(new Blob([`fetch("http://127.0.0.1:{tcp}/worker");
  new WebSocket("ws://127.0.0.1:{tcp}/worker")`])));
open("http://127.0.0.1:{tcp}/window");
setTimeout(() => document.querySelector("form").submit(), 100);
setTimeout(() => {{ location = "http://127.0.0.1:{tcp}/gone" }}, 200);
setTimeout(() => document.body.insertAdjacentHTML("beforeend", '<a href="/jobs/1-welder">Role 1</a>'), 300);
</script></body></html>"""


def table(**keys):
    """Give a source's table in rolecall.toml."""
    lines = {"id": "acme", "kind": "careers_page", "url": "https://acme.example/jobs"} | keys
    return "[[source]]\n" + "".join(f"{key} = {json.dumps(it)}\n" for key, it in lines.items())


# -- without a browser ------------------------------------------------------------------------


def test_a_source_asks_for_a_browser_by_a_key_of_its_table():
    (asking,) = loads(table(browser=True)).sources()
    (plain,) = loads(table()).sources()
    assert (asking.browser, plain.browser) == (True, False)


def test_a_recorded_source_keeps_its_wish(tmp_path):
    source = Source("acme", "careers_page", url="https://acme.example/jobs", browser=True)
    write_source(tmp_path, source)
    assert load_source(tmp_path) == source
    assert "browser = true\n" in (tmp_path / "source.toml").read_text()


@pytest.fixture
def no_extra(monkeypatch):
    """Take the extra away."""
    monkeypatch.setitem(sys.modules, "playwright", None)
    monkeypatch.setitem(sys.modules, "playwright.async_api", None)


WITHOUT_EXTRA = "browser = true needs an extra: pip install 'rolecall[browser]'"


def fetched(**settings):
    """Fetch a page through a browser that has no wire to ask."""
    browser = Browser(get_crawler(settings_dict=settings), None)
    return asyncio.run(browser.fetch(Request("https://acme.example/jobs")))


@pytest.mark.usefixtures("no_extra")
def test_without_the_extra_nothing_is_asked_and_the_words_say_how_to_get_it():
    with pytest.raises(NotDrawn) as refused:
        fetched()
    assert str(refused.value) == WITHOUT_EXTRA


def test_without_a_chromium_the_words_name_the_one_that_is_not_there():
    with pytest.raises(NotDrawn, match="needs a Chromium: there is none at /no/such/chromium"):
        fetched(ROLECALL_CHROMIUM="/no/such/chromium")


def test_the_chromium_is_the_one_named_else_one_on_the_path(tmp_path, monkeypatch):
    pytest.importorskip("playwright")
    monkeypatch.delenv("ROLECALL_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("crawler.middlewares.browser.FOUND", ("chromium", "google-chrome"))
    assert missing().startswith("browser = true needs a Chromium: none is found; install one")
    for name in ("google-chrome", "chromium", "mine"):
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(0o700)
        assert missing() is None
        assert Path(executable()).name == (name if name != "mine" else "chromium")
    monkeypatch.setenv("ROLECALL_CHROMIUM", str(tmp_path / "mine"))
    assert Path(executable()).name == "mine"
    assert Path(executable(str(tmp_path / "chromium"))).name == "chromium"


@pytest.mark.usefixtures("no_extra")
def test_the_doctor_names_the_sources_that_cannot_be_drawn():
    text = 'contact = "a@b.example"\n' + table() + table(id="drawn", browser=True)
    found = [(one.grade, one.what, one.words) for one in doctor.sources(loads(text), {}, None)]
    assert ("wrong", "drawn", WITHOUT_EXTRA) in found
    assert [what for grade, what, _ in found if grade == "wrong"] == ["drawn"]


def test_the_doctor_is_silent_about_browsers_that_nobody_asks_for(monkeypatch):
    monkeypatch.setitem(sys.modules, "crawler.middlewares.browser", None)
    (found,) = doctor.sources(loads('contact = "a@b.example"\n' + table()), {}, None)
    assert found.grade == "note"


@pytest.mark.usefixtures("no_extra")
def test_a_replay_reads_what_was_drawn_without_any_browser(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "crawler.middlewares.browser", None)
    source = Source("acme", "careers_page", url="https://acme.example/jobs", browser=True)
    write_source(tmp_path, source)
    case = tmp_path / "20261102T070000"
    case.mkdir()
    (case / "000.html").write_text(page("Role 1"))
    answer = {"method": "GET", "url": source.url, "status": 200, "body": "000.html"}
    exchange = answer | {"headers": [["Content-Type", "text/html; charset=utf-8"]]}
    index = {"started": "2026-11-02T07:00:00+00:00", "exchanges": [exchange]}
    (case / "index.json").write_text(json.dumps(index))
    assert [posting.title for posting in visit(case).postings] == ["Role 1"]


@pytest.mark.parametrize(
    ("here", "there", "shown"),
    [
        ("93.184.215.14", "93.184.215.15", True),
        ("93.184.215.14", "10.0.0.5", False),
        ("10.0.0.5", "10.0.0.6", True),
        ("10.0.0.5", "93.184.215.14", True),
    ],
)
def test_a_page_of_the_internet_is_not_shown_an_intranet_that_may_be_dialled(here, there, shown):
    link = "https://acme.example/data"
    answer = Response(link, ip_address=ipaddress.ip_address(there))

    async def ask(_):
        return answer

    async def told():
        served = Response("https://acme.example/jobs", ip_address=ipaddress.ip_address(here))
        browser = SimpleNamespace(largest=1000, ask_permitted=ask)
        drawing = _Drawing(browser, Request(served.url), served, 5.0)
        fields = {"headers": {}, "post_data_buffer": None, "resource_type": "fetch"}
        return await drawing._answer(SimpleNamespace(url=link, method="GET", **fields))

    assert asyncio.run(told()) is (answer if shown else None)


@pytest.mark.slow
def test_a_source_that_asks_for_no_browser_loads_none():
    code = (
        "import sys, crawler.middlewares.fixture_mode, crawler.middlewares.guard, monitor.doctor\n"
        "print([name for name in sys.modules if name.endswith('.browser') or 'playwright' in name])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


# -- with a real one --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site():
    with Site() as made:
        made.put("/robots.txt", "User-agent: *\nDisallow: /private\n")
        made.put("/jobs", DRAWN.format(at="jobs"), headers={"ETag": '"frame"'})
        made.put("/app.js?at=jobs", APP.format(data="/data"), headers=SCRIPT)
        made.put("/data", "[1, 2]", headers=DATA)
        for number in (1, 2, 3):
            made.put(f"/jobs/{number}-welder", page(f"Role {number}"))
        made.put("/kept/jobs", KEPT)
        for name, data in {
            "ill": "/ill/data",
            "forbidden": "/private/data",
            "away": "/away",
        }.items():
            made.put(f"/{name}/jobs", DRAWN.format(at=name))
            made.put(f"/app.js?at={name}", APP.format(data=data), headers=SCRIPT)
        made.put("/ill/data", "oops", status=503)
        made.put("/endless/jobs", "<!doctype html><body><script>for (;;) {}</script></body>")
        made.put("/large/jobs", LARGE)
        yield made


@contextmanager
def sweeper(site, **settings):
    """Give a function that visits sources of the site, in one child, and gives their crawls."""
    quick = {
        "ROLECALL_ALLOW": [f"127.0.0.1/32:{site.port}"],
        "ROLECALL_CHROMIUM": str(CHROMIUM),
        "DOWNLOAD_DELAY": 0,
        "RETRY_TIMES": 0,
        "LOG_LEVEL": "CRITICAL",
    }
    with Sweeper(quick | settings) as made:

        def visited(*sources):
            crawls = {}
            site.asked.clear()
            made.sweep(sources, finished=lambda crawl: crawls.update({crawl.source.id: crawl}))
            return [crawls[source.id] for source in sources]

        yield visited


@pytest.fixture(scope="module")
def sweep(site):
    with sweeper(site) as visited:
        yield visited


def source(site, name="jobs", *, browser=True):
    path = "/jobs" if name == "jobs" else f"/{name}/jobs"
    return Source(name, "careers_page", url=site.url + path, organization="Acme", browser=browser)


def titles(crawl):
    return [posting.title for posting in crawl.postings]


@needs_chromium
@pytest.mark.browser
def test_a_listing_drawn_by_script_is_read_from_a_browser_and_fails_without(site, sweep):
    (plain,) = sweep(source(site, browser=False))
    assert plain.outcome == "failed"
    assert plain.reasons == ("the page shows neither postings nor links to them",)
    (drawn,) = sweep(source(site))
    assert (drawn.outcome, drawn.reasons) == ("complete", ())
    assert sorted(titles(drawn)) == ["Role 1", "Role 2"]
    assert sorted(site.paths()) == sorted(
        ["/robots.txt", "/jobs", "/app.js?at=jobs", "/data", "/jobs/1-welder", "/jobs/2-welder"]
    )
    assert {headers["User-Agent"] for _, headers, _ in site.asked} == {USER_AGENT}


@needs_chromium
@pytest.mark.browser
def test_a_page_reaches_no_private_address_by_any_way_out(site, sweep):
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
    ):
        udp.bind(("127.0.0.1", 0))
        ports = {"tcp": tcp.getsockname()[1], "udp": udp.getsockname()[1]}
        away = f"http://127.0.0.1:{ports['tcp']}/away"
        site.answers["/escape/jobs"] = []
        site.put("/escape/jobs", ESCAPE.format(**ports))
        site.answers["/away"] = []
        site.put("/away", status=302, headers={"Location": away})
        escaping = source(site, "escape")
        (crawl,) = sweep(escaping)
        for bound, reached in ((tcp, tcp.accept), (udp, lambda: udp.recv(99))):
            bound.setblocking(False)
            with pytest.raises(BlockingIOError):
                reached()
    assert crawl.outcome == "failed"
    (reason,) = crawl.reasons
    assert f"the page is drawn from {site.url}/away: " in reason
    assert "127.0.0.1 is not a public address" in reason


@needs_chromium
@pytest.mark.browser
def test_what_somebody_else_refuses_does_not_keep_a_page_from_being_read(site, sweep):
    with socket.create_server(("127.0.0.1", 0)) as tcp:
        port = tcp.getsockname()[1]
        page_of_both = ESCAPE.replace('fetch("/away").catch(() => 0);', "")
        site.answers["/escape/jobs"] = []
        site.put("/escape/jobs", page_of_both.format(tcp=port, udp=port))
        (crawl,) = sweep(source(site, "escape"))
        tcp.setblocking(False)
        with pytest.raises(BlockingIOError):
            tcp.accept()
    assert (crawl.outcome, crawl.reasons, titles(crawl)) == ("complete", (), ["Role 1"])
    assert set(site.paths()) == {"/robots.txt", "/escape/jobs", "/jobs/1-welder"}


@needs_chromium
@pytest.mark.browser
def test_what_was_drawn_is_recorded_and_replayed_without_a_browser(site, tmp_path, monkeypatch):
    with sweeper(site, ROLECALL_MODE="record", ROLECALL_CAPTURES=str(tmp_path)) as sweep:
        (live,) = sweep(source(site))
    (index,) = tmp_path.glob("jobs/*/index.json")
    exchanges = json.loads(index.read_text())["exchanges"]
    asked = sorted(exchange["url"].removeprefix(site.url) for exchange in exchanges)
    assert asked == ["/jobs", "/jobs/1-welder", "/jobs/2-welder", "/robots.txt"]
    (drawn,) = (exchange for exchange in exchanges if exchange["url"] == f"{site.url}/jobs")
    assert '<a href="/jobs/2-welder">Role 2</a>' in (index.parent / drawn["body"]).read_text()
    assert "etag" not in {name.lower() for name, _ in drawn["headers"]}
    monkeypatch.setitem(sys.modules, "playwright", None)
    monkeypatch.setitem(sys.modules, "crawler.middlewares.browser", None)
    again = visit(index.parent)
    assert again.outcome == live.outcome == "complete"
    assert sorted(again.postings, key=str) == sorted(live.postings, key=str)
    assert len(again.postings) == 2


@needs_chromium
@pytest.mark.browser
def test_a_page_whose_own_data_fail_it_is_not_taken_for_an_empty_one(site, sweep):
    site.answers["/away"] = []
    site.put("/away", status=302, headers={"Location": "/data"})
    ill, forbidden, away = sweep(*(source(site, name) for name in ("ill", "forbidden", "away")))
    assert (ill.outcome, ill.reasons) == ("failed", (f"{site.url}/ill/jobs: HTTP 503",))
    (reason,) = forbidden.reasons
    assert reason.startswith(f"{site.url}/forbidden/jobs: the page is drawn from {site.url}/priv")
    assert reason.endswith("/private/data: forbidden by robots.txt")
    assert "/private/data" not in site.paths()
    assert (away.outcome, len(titles(away))) == ("complete", 2)


@needs_chromium
@pytest.mark.browser
def test_a_page_that_hangs_or_grows_costs_itself_only(site):
    sources = [source(site, name) for name in ("endless", "large", "jobs")]
    with sweeper(site, DOWNLOAD_TIMEOUT=12, DOWNLOAD_MAXSIZE=300_000) as sweep:
        endless, large, fine = sweep(*sources)
    assert endless.reasons == (f"{site.url}/endless/jobs: the page was not drawn within 12 s",)
    assert large.reasons == (f"{site.url}/large/jobs: the page is too large",)
    assert (fine.outcome, len(titles(fine))) == ("complete", 2)


@needs_chromium
@pytest.mark.browser
def test_a_page_keeps_nothing_for_the_next_one(site, sweep):
    first = source(site, "kept")
    second = Source("other", "careers_page", url=f"{site.url}/kept/jobs?again", browser=True)
    site.put("/kept/jobs?again", KEPT)
    for crawl in sweep(first, second):
        assert titles(crawl) == ["Welder"]
    assert not any("Cookie" in headers for _, headers, _ in site.asked)


@needs_chromium
@pytest.mark.browser
def test_a_frame_that_stays_the_same_does_not_hide_what_moved_in_it(site, tmp_path):
    path = tmp_path / "s.db"
    with Store.open(path) as store, sweeper(site, ROLECALL_STORE=str(path)) as sweep:
        for browser, data, found in ((False, "[1]", 0), (True, "[1, 2]", 2), (True, "[1, 3]", 2)):
            site.answers["/data"] = []
            site.put("/data", data, headers=DATA)
            (crawl,) = sweep(source(site, browser=browser))
            store.record(crawl, judge)
            assert (crawl.outcome, crawl.found) == ("complete" if found else "failed", found)
            time.sleep(1.1)  # a visit is named by its second
        assert {row.title for row in crawl.postings} == {"Role 3"}


@needs_chromium
@pytest.mark.browser
def test_a_chromium_that_does_not_start_fails_the_visit_in_words(site, tmp_path):
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho no display >&2\nexit 1\n")
    broken.chmod(0o700)
    with sweeper(site, ROLECALL_CHROMIUM=str(broken)) as sweep:
        (crawl,) = sweep(source(site))
    assert crawl.outcome == "failed"
    (reason,) = crawl.reasons
    assert reason.startswith(f"{site.url}/jobs: {broken} does not start: ")
    assert "\n" not in reason
