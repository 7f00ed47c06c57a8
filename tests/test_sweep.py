"""Sweeps in real child processes: what one source does to its reader costs that source alone."""

from __future__ import annotations

import gzip
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import troubled
from children import crawling
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from site_on_loopback import Site

from crawler.items import Source
from crawler.sources import host
from monitor.sweep import STARTING, Sweeper, Watch, shares, sweep

pytestmark = pytest.mark.slow  # real child processes; run by make test-all

QUICK = {
    "ROLECALL_SILENCE": 8.0,  # a busy machine may take seconds over its imports
    "DOWNLOAD_DELAY": 0,
    "RETRY_TIMES": 0,
    "LOG_LEVEL": "CRITICAL",
}
LARGEST = 200_000


def allowing(*ports, **settings):
    """Give settings under which these ports of this machine may be asked."""
    return QUICK | {"ROLECALL_ALLOW": [f"127.0.0.1/32:{port}" for port in ports]} | settings


def source(url, page="fine", **options):
    """Give a source that begins at a page of a site, and is named after it."""
    return Source(page, "troubled", url=f"{url}/{page}", options=options)


class Visits:
    """Sweeps with one sweeper, and fails when a source ends twice or never."""

    def __init__(self, sweeper):
        self.sweeper, self.begun, self.pids = sweeper, [], set()

    def __call__(self, *sources, begun=None, **settings):
        crawls = {}

        def finished(crawl):
            assert crawl.source.id not in crawls, "a source ended twice"
            crawls[crawl.source.id] = crawl

        def told(name):
            self.begun.append(name)
            self.pids |= children()
            if begun:
                begun(name)

        self.sweeper.sweep(sources, finished=finished, begun=told, settings=settings)
        assert crawls.keys() == {source.id for source in sources}
        return crawls


@contextmanager
def visits(*ports, processes=1, **settings):
    with Sweeper(allowing(*ports, **settings), processes=processes) as sweeper:
        yield Visits(sweeper)


def outcomes(crawls):
    return {name: crawl.outcome for name, crawl in crawls.items()}


def children():
    """Give the pids of this process's children (the fork server begets them)."""
    return {one.pid for one in crawling()}


def gone(pid):
    """Say whether a process is over, though nobody may have asked after it yet."""
    said = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, check=False)
    return not said.stdout.strip() or said.stdout.strip().startswith(b"Z")


def wait_for(true, seconds=15.0):
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


@contextmanager
def mute():
    """Give a port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


class Flood(Site):
    """A site whose pages never end, or promise or unpack to more than anyone would read."""

    def serve(self, request):
        if request.path == "/robots.txt":
            super().serve(request)
            return
        request.close_connection = True
        request.send_response(200)
        if request.path == "/promised":
            request.send_header("Content-Length", str(10 * LARGEST))
        if request.path == "/packed":
            request.send_header("Content-Encoding", "gzip")
        request.end_headers()
        if request.path == "/packed":
            request.wfile.write(gzip.compress(bytes(10 * LARGEST)))
            return
        try:
            while True:
                request.wfile.write(b"fine " + b"x" * 20_000)
        except OSError:
            self.asked.append(("hung up", {}, time.monotonic()))


@pytest.fixture(autouse=True, scope="module")
def trouble():
    """Let every child know the troubled kind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("monitor.sweep._serve", troubled.main)
        yield


@pytest.fixture(scope="module")
def site():
    with Site() as made:
        for name in ("fine", "good", "sound"):
            made.put(f"/{name}", f"fine Role {name}")
        for word in ("spin", "exit", "kill", "unsendable", "eat"):
            made.put(f"/{word}", word)
        made.put("/slow", "fine Late", delay=1.5)
        made.put("/walk", "next slow")
        made.put("/list", "next never")
        made.put("/never", "fine Never", delay=30)
        made.put("/both", "both never")
        yield made


@pytest.fixture(scope="module")
def flood():
    with Flood() as made:
        yield made


@pytest.fixture(scope="module")
def warm(site, flood):
    """Give a sweeper whose child is kept from one test to the next."""
    with mute() as silent:
        ports = (site.port, flood.port, silent)
        limits = {"DOWNLOAD_TIMEOUT": 1, "DOWNLOAD_MAXSIZE": LARGEST}
        with visits(*ports, **limits) as made:
            made.silent = f"http://127.0.0.1:{silent}"
            yield made


# -- one child that stays -----------------------------------------------------------------------


def test_a_socket_that_never_answers_costs_its_own_source_and_is_a_reason(warm, site):
    crawls = warm(source(warm.silent, "mute"), source(site.url), source(site.url, "good"))
    assert outcomes(crawls) == {"mute": "failed", "fine": "complete", "good": "complete"}
    (reason,) = crawls["mute"].reasons
    assert reason.startswith(f"{warm.silent}/mute: robots.txt could not be read")


@pytest.mark.slow  # Scrapy looks every five seconds whether a broken-off crawl is over
def test_a_page_that_never_comes_ends_by_the_deadline_with_what_was_read(warm, site):
    listed = source(site.url, "both")
    crawls = warm(listed, source(site.url), ROLECALL_DEADLINE=0.6, DOWNLOAD_TIMEOUT=20)
    assert outcomes(crawls) == {"both": "partial", "fine": "complete"}
    assert [posting.title for posting in crawls["both"].postings] == ["Both"]
    assert crawls["both"].reasons == ("not finished after 1 s",)


def test_a_page_that_never_comes_ends_by_its_own_timeout(warm, site):
    crawls = warm(source(site.url, "both"))
    assert outcomes(crawls) == {"both": "partial"}
    assert crawls["both"].reasons == (f"{site.url}/never: no answer in time",)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("endless", "the page is too large"),
        ("promised", "the page is too large"),
        ("packed", "the page is too large when it is unpacked"),
    ],
)
def test_a_body_beyond_the_limit_is_cut_off_with_a_reason(warm, site, flood, page, words):
    crawls = warm(source(flood.url, page), source(site.url))
    assert outcomes(crawls) == {page: "failed", "fine": "complete"}
    (reason,) = crawls[page].reasons
    assert reason.startswith(f"{flood.url}/{page}: ") or f"{flood.url}/{page}" in reason
    assert words in reason
    if page == "endless":
        wait_for(lambda: "hung up" in flood.paths())


def test_a_crawl_that_no_pipe_carries_fails_its_source_and_no_other(warm, site):
    crawls = warm(source(site.url, "unsendable"), source(site.url))
    assert outcomes(crawls) == {"unsendable": "failed", "fine": "complete"}
    assert crawls["unsendable"].reasons == ("the sweep ended without a word about it",)


def test_f14_a_page_that_eats_memory_costs_its_own_source(warm, site):
    eaten = warm(source(site.url, "eat"), source(site.url), ROLECALL_MEMORY=1_000_000_000)
    assert outcomes(eaten) == {"eat": "failed", "fine": "complete"}
    assert eaten["eat"].reasons == (
        f"{site.url}/eat: the page takes more memory than there is for it",
    )
    assert not eaten["eat"].killed


def test_a_kind_that_nobody_reads_is_a_reason_of_its_own_source(warm, site):
    crawls = warm(Source("odd", "telegraph", url="https://a.example"), source(site.url))
    assert outcomes(crawls) == {"odd": "failed", "fine": "complete"}
    assert "nothing here reads the kind 'telegraph'" in crawls["odd"].reasons[0]


def test_settings_of_one_sweep_are_forgotten_in_the_next(warm, site):
    assert outcomes(warm(source(site.url), ROLECALL_MOST_PAGES=0)) == {"fine": "failed"}
    assert outcomes(warm(source(site.url))) == {"fine": "complete"}


def test_every_visit_is_announced_once_and_the_child_is_the_same(warm, site):
    warm.begun.clear()
    warm.pids.clear()
    warm(source(site.url), source(site.url, "good"))
    warm(source(site.url, "sound"))
    assert sorted(warm.begun) == ["fine", "good", "sound"]
    assert len(warm.pids) == 1


def test_no_source_needs_no_child(site):
    with visits(site.port) as visit:
        before = children()
        assert visit() == {}
        assert children() == before


# -- children that are lost ---------------------------------------------------------------------


@pytest.mark.slow
def test_pages_that_hang_or_kill_their_reader_cost_their_own_sources_alone(site):
    with Site() as other:
        names = [f"role-{n}" for n in range(12)]
        for name in names:
            other.put(f"/{name}", f"fine {name}")
        bad = [source(site.url, word) for word in ("spin", "exit", "kill")]
        good = [source(other.url, name) for name in names]
        before = children()
        with visits(site.port, other.port) as visit:
            crawls = visit(*good[:4], *bad, *good[4:])
    assert outcomes(crawls) == dict.fromkeys(names, "complete") | dict.fromkeys(
        ("spin", "exit", "kill"), "failed"
    )
    assert crawls["spin"].reasons == (
        f"{site.url}/spin: killed: its page gave no sign of life for 8 s",
    )
    for word in ("exit", "kill"):
        assert crawls[word].reasons == (f"{site.url}/{word}: its process died",)
    killed = {name for name, crawl in crawls.items() if crawl.killed}
    assert killed == {"spin", "exit", "kill"}
    assert len(visit.pids - before) in (3, 4)


@pytest.mark.slow
def test_a_child_killed_while_it_waits_for_pages_fails_nobody(site):
    with visits(site.port) as visit:
        before = children()
        visit(source(site.url))
        (pid,) = children() - before
        killing = threading.Timer(0.8, os.kill, (pid, signal.SIGKILL))

        def kill(name):
            if name == "walk" and not gone(pid):
                killing.start()

        crawls = visit(source(site.url, "slow"), source(site.url, "walk"), begun=kill)
        killing.join()
    assert outcomes(crawls) == {"slow": "complete", "walk": "complete"}
    assert sorted(visit.begun) == ["fine", "slow", "slow", "walk", "walk"]
    assert len(visit.pids - before) == 2


@pytest.mark.slow
def test_a_source_that_hangs_before_its_first_page_is_found_out_by_visiting_it_alone(site):
    with visits(site.port) as visit:
        crawls = visit(
            source(site.url, "slow"), source(site.url, "good", spin=True), source(site.url)
        )
    assert outcomes(crawls) == {"slow": "complete", "good": "failed", "fine": "complete"}
    assert crawls["good"].reasons == ("killed: its page gave no sign of life for 8 s",)
    assert [name for name, crawl in crawls.items() if crawl.killed] == ["good"]


@pytest.mark.slow
def test_a_child_that_died_while_idle_is_replaced(site):
    with visits(site.port) as visit:
        before = children()
        visit(source(site.url))
        (pid,) = children() - before
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: gone(pid))
        assert outcomes(visit(source(site.url))) == {"fine": "complete"}
    assert children() == before


@pytest.mark.slow
def test_a_child_that_dies_just_as_it_is_asked_costs_nobody(site):
    with visits(site.port) as visit:
        before = children()
        visit(source(site.url))
        (pid,) = children() - before
        os.kill(pid, signal.SIGKILL)  # nobody may have noticed yet
        assert outcomes(visit(source(site.url))) == {"fine": "complete"}


@pytest.mark.slow
def test_a_parent_that_takes_its_time_is_no_silence_of_the_child(site):
    crawls = []

    def finished(crawl):
        if not crawls:
            time.sleep(4.0)
        crawls.append(crawl)

    with Sweeper(allowing(site.port)) as sweeper:
        before = children()
        sweeper.sweep([source(site.url), source(site.url, "slow")], finished=finished)
        assert len(children() - before) == 1
    assert [crawl.outcome for crawl in crawls] == ["complete", "complete"]


# -- the ends -----------------------------------------------------------------------------------


def test_an_exception_while_a_crawl_is_taken_ends_the_sweep_and_its_children(site):
    before, seen = children(), set()

    def finished(_):
        seen.update(children() - before)
        raise RuntimeError("the disk is full")

    with (
        Sweeper(allowing(site.port)) as sweeper,
        pytest.raises(RuntimeError, match="the disk is full"),
    ):
        sweeper.sweep([source(site.url), source(site.url, "list")], finished=finished)
    assert len(seen) == 1
    assert children() == before
    assert all(map(gone, seen))


PARENT = """
import multiprocessing, sys
import troubled
from crawler.items import Source
import monitor.sweep
from monitor.sweep import sweep

def begun(name):
    print(*(one.pid for one in multiprocessing.active_children()), flush=True)

if __name__ == "__main__":
    monitor.sweep._serve = troubled.lonely
    port, url = sys.argv[1:]
    sweep(
        [Source("last", "troubled", url=url)],
        store=None,
        settings={"ROLECALL_ALLOW": [f"127.0.0.1/32:{port}"], "LOG_LEVEL": "CRITICAL"},
        finished=print,
        begun=begun,
    )
"""


@pytest.mark.slow
@pytest.mark.parametrize("page", ["never", "spin"])
def test_a_child_does_not_outlive_its_parent_even_when_it_is_stuck(site, tmp_path, page):
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    here = Path(__file__).parent
    path = os.pathsep.join([str(here.parent), str(here)])
    asked = len(site.asked)
    command = [sys.executable, script, str(site.port), f"{site.url}/{page}"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": path}
    ) as parent:
        pid = int(parent.stdout.readline())
        wait_for(lambda: f"/{page}" in site.paths()[asked:])
        parent.kill()
    wait_for(lambda: gone(pid), seconds=60)


# -- shares -------------------------------------------------------------------------------------

SOURCES = st.lists(
    st.one_of(
        st.builds(
            lambda name, board: Source(name, "greenhouse", board=board),
            st.text("abc", min_size=1),
            st.sampled_from("xyz"),
        ),
        st.builds(
            lambda name, number, kind: Source(name, kind, url=f"https://{number}.example/jobs"),
            st.text("abc", min_size=1),
            st.integers(0, 4),
            st.sampled_from(["careers_page", "unknown"]),
        ),
        st.builds(Source, st.text("abc", min_size=1), st.just("careers_page")),
    ),
    unique_by=lambda source: source.id,
    max_size=12,
)


@given(SOURCES, st.integers(1, 5))
@examples(max_examples=50, deadline=None)
def test_shares_hold_every_source_once_and_no_host_twice(sources, processes):
    made = shares(sources, processes)
    assert len(made) <= processes
    assert all(made)
    assert sorted(one.id for share in made for one in share) == sorted(one.id for one in sources)
    hosts = [{host(one) for one in share} for share in made]
    assert sum(map(len, hosts)) == len(set().union(*hosts))


def test_shares_are_about_as_long_as_one_another():
    sources = [
        Source(f"{n}-{m}", "careers_page", url=f"https://{n}.example/{m}")
        for n in range(4)
        for m in range(4 - n)
    ]
    assert sorted(map(len, shares(sources, 2))) == [5, 5]


@pytest.mark.slow
def test_two_processes_share_the_hosts_and_one_of_them_dying_does_not_stop_the_other(site):
    with Site() as other:
        other.put("/fine-2", "fine Role")
        other.put("/exit-2", "exit")
        sources = [source(site.url), source(site.url, "good")]
        sources += [source(other.url, "fine-2"), source(other.url, "exit-2")]
        before = children()
        with visits(site.port, other.port, processes=2) as visit:
            crawls = visit(*sources)
    assert outcomes(crawls) == {
        "fine": "complete",
        "good": "complete",
        "fine-2": "complete",
        "exit-2": "failed",
    }
    assert len(visit.pids - before) in (2, 3)
    assert children() == before


# -- what the parent knows ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quiet", "spoke", "silent"),
    [
        (29.0, True, False),
        (31.0, True, True),
        (31.0, False, False),
        (STARTING + 1, False, True),
    ],
)
def test_a_new_child_may_take_longer_to_say_its_first_word(quiet, spoke, silent):
    assert Watch({}, quiet=quiet, spoke=spoke).silent(30.0) is silent


@pytest.mark.slow
def test_a_sweep_in_replay_shows_the_recorded_time_also_for_a_source_that_failed():
    case = Path(__file__).parent.parent / "fixtures" / "wharf" / "20261102T070000"
    crawls = []
    sweep(
        [Source("wharf", "greenhouse", board="wharffield"), Source("odd", "telegraph")],
        store=None,
        settings={
            "ROLECALL_MODE": "replay",
            "ROLECALL_CAPTURES": str(case),
            "LOG_LEVEL": "CRITICAL",
        },
        finished=crawls.append,
    )
    assert sorted((crawl.source.id, crawl.outcome) for crawl in crawls) == [
        ("odd", "failed"),
        ("wharf", "complete"),
    ]
    assert {f"{crawl.started:%Y%m%dT%H%M%S}" for crawl in crawls} == {case.name}
