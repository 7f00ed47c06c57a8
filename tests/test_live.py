"""Whole sweeps over real sockets, against a site on loopback, with the store between visits."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
import time
from contextlib import contextmanager
from itertools import pairwise

import pytest
from children import crawling
from site_on_loopback import Site

from crawler.items import Source
from monitor.commands import rereading
from monitor.commands.rereading import Reader
from monitor.commands.voice import Voice
from monitor.compare import judge
from monitor.derivation import NOT_KEPT
from monitor.store import Store
from monitor.sweep import Sweeper

pytestmark = pytest.mark.slow


def page(title, **fields):
    """Give a posting's own page."""
    posting = {"@context": "https://schema.org", "@type": "JobPosting", "title": title} | fields
    text = json.dumps(posting | {"description": f"<p>{title}, with boots.</p>"})
    return f'<html><body><script type="application/ld+json">{text}</script></body></html>'


def listing(*numbers, extra=""):
    """Give a listing page."""
    rows = "".join(f'<li><a href="/jobs/{n}-welder">Role {n}</a></li>' for n in numbers)
    return f"<html><body><h1>Openings</h1><ul>{rows}</ul>{extra}</body></html>"


@pytest.fixture
def site():
    with Site() as made:
        made.put("/robots.txt", "User-agent: *\nDisallow: /private\n")
        yield made


@contextmanager
def sweeper(store, *sites, **settings):
    """Give a function that visits sources and records what they were."""
    allow = [f"127.0.0.1/32:{site.port}" for site in sites]
    quick = {
        "ROLECALL_ALLOW": allow,
        "ROLECALL_STORE": str(store),
        "DOWNLOAD_DELAY": 0,
        "LOG_LEVEL": "ERROR",
    }
    Store.open(store).close()
    with Sweeper(quick | settings) as made:

        def visit(*sources, begun=None):
            crawls = {}

            def finished(crawl):
                assert crawl.source.id not in crawls, "a source ended twice"
                crawls[crawl.source.id] = crawl
                with Store.open(store) as opened:
                    opened.record(crawl, judge)

            made.sweep(sources, finished=finished, begun=begun)
            return [crawls[source.id] for source in sources]

        visit.sweeper = made
        yield visit


def child_pid():
    """Give the process that the sweep runs in (the fork server's own child)."""
    (child,) = crawling()
    return child.pid


def source(site, name="acme"):
    return Source(name, "careers_page", url=f"{site.url}/jobs", organization="Acme")


def test_the_second_visit_parses_nothing_that_did_not_change(site, tmp_path):
    site.put("/jobs", listing(1, 2, 3), headers={"ETag": '"list"'})
    for number in (1, 2, 3):
        site.put(f"/jobs/{number}-welder", page(f"Role {number}"), headers={"ETag": f'"{number}"'})
    with sweeper(tmp_path / "s.db", site) as visit:
        (first,) = visit(source(site))
        time.sleep(1.1)  # a visit is named by its second
        (second,) = visit(source(site))
    assert (first.outcome, first.found, len(first.postings)) == ("complete", 3, 3), first.reasons
    assert (second.outcome, second.found, second.postings) == ("unchanged", 3, ())
    assert second.counts.not_modified == second.counts.answered == 4
    assert second.counts.bytes == 0


def test_an_archive_with_confirmed_pages_is_read_again_and_a_gap_in_it_is_never_filled(
    site, tmp_path
):
    for tag, numbers in (("one", (1, 2)), ("two", (1, 2, 3)), ("two", (1, 2, 3))):
        site.put("/jobs", listing(*numbers), headers={"ETag": f'"{tag}"'})
    for number in (1, 3):
        site.put(f"/jobs/{number}-welder", page(f"Role {number}"), headers={"ETag": '"1"'})
    for tag, title in (("a", "Role 2"), ("b", "Role 2, by night"), ("b", "")):
        site.put("/jobs/2-welder", page(title), headers={"ETag": f'"{tag}"'})
    archive = tmp_path / "captures"
    keeping = {"ROLECALL_MODE": "record", "ROLECALL_CAPTURES": str(archive)}
    with sweeper(tmp_path / "s.db", site, ROLECALL_ARCHIVE=True, **keeping) as visit:
        for _ in range(3):
            (crawl,) = visit(source(site))
            time.sleep(1.1)  # a visit is named by its second
    assert (crawl.outcome, crawl.counts.bytes) == ("unchanged", 0)

    def reread():
        with Store.open(tmp_path / "s.db") as store, Reader(Voice()) as reader:
            kept, _ = rereading.kept(archive / "acme")
            return reader.derive(store, source(site), kept)

    whole = reread()
    titles = {posting.title for _, posting in whole.present}
    assert titles == {"Role 1", "Role 2, by night", "Role 3"}
    assert [posting.title for _, posting in whole.past] == ["Role 2"]
    assert (whole.changed, whole.past_changed, whole.unread, len(whole.pages)) == (0, 0, {}, 4)

    shutil.rmtree(sorted(archive.glob("acme/2*"))[1])
    rest = reread()
    assert {posting.title for _, posting in rest.present} == {"Role 1"}
    assert (rest.changed, rest.unread) == (0, {NOT_KEPT: 2})
    assert [page.url for page in rest.pages] == [f"{site.url}/jobs/1-welder"]


def test_a_page_without_validators_is_known_by_its_body(site, tmp_path):
    site.put("/jobs", listing(1))
    site.put("/jobs/1-welder", page("Role 1"))
    with sweeper(tmp_path / "s.db", site) as visit:
        visit(source(site))
        time.sleep(1.1)
        (second,) = visit(source(site))
    assert (second.outcome, second.found, second.postings) == ("unchanged", 1, ())


def test_robots_redirects_waits_errors_and_cut_pages_are_each_accounted_for(site, tmp_path):
    private = '<a href="/private/jobs/9-welder">Role 9</a>'
    site.put("/jobs", listing(1, 2, 3, 4, 5, extra=private))
    site.put("/jobs/1-welder", page("Role 1"))
    site.put("/jobs/2-welder", status=301, headers={"Location": "/jobs/2b-welder"})
    site.put("/jobs/2b-welder", page("Role 2"))
    site.put("/jobs/3-welder", "busy", status=429, headers={"Retry-After": "2"})
    site.put("/jobs/3-welder", page("Role 3"))
    site.put("/jobs/4-welder", "oops", status=500)
    site.put("/jobs/5-welder", page("Role 5"), cut=40)
    with sweeper(tmp_path / "s.db", site) as visit:
        (crawl,) = visit(source(site))
    assert crawl.outcome == "partial"
    assert {posting.title for posting in crawl.postings} == {"Role 1", "Role 2", "Role 3"}
    reasons = "\n".join(crawl.reasons)
    assert "/private/jobs/9-welder: forbidden by robots.txt" in reasons
    assert "/jobs/4-welder: HTTP 500" in reasons
    assert "/jobs/5-welder" in reasons
    assert "/private/jobs/9-welder" not in site.paths()
    assert site.paths()[0] == "/robots.txt"
    times = [at for path, _, at in site.asked if path == "/jobs/3-welder"]
    assert times[1] - times[0] >= 1.9
    assert "contact" in site.asked[0][1]["User-Agent"]


def test_a_wait_that_is_too_long_is_a_reason_and_not_sat_out(site, tmp_path):
    site.put("/jobs", "busy", status=429, headers={"Retry-After": "86400"})
    with sweeper(tmp_path / "s.db", site) as visit:
        began = time.monotonic()
        (crawl,) = visit(source(site))
    assert time.monotonic() - began < 30
    assert crawl.outcome == "failed"
    assert "asked to wait 86400 s" in crawl.reasons[0]
    assert site.paths().count("/jobs") == 1


def test_a_crawl_delay_is_kept(site, tmp_path):
    site.answers["/robots.txt"] = []
    site.put("/robots.txt", "User-agent: *\nCrawl-delay: 1\n")
    site.put("/jobs", listing(1, 2))
    for number in (1, 2):
        site.put(f"/jobs/{number}-welder", page(f"Role {number}"))
    with sweeper(tmp_path / "s.db", site) as visit:
        visit(source(site))
    times = [at for path, _, at in site.asked if path.startswith("/jobs")]
    assert min(b - a for a, b in pairwise(times)) >= 0.95


def test_a_posting_whose_page_is_gone_closes_at_once_and_one_led_back_to_the_list_too(
    site, tmp_path
):
    site.put("/jobs", listing(1, 2, 3))
    for number in (1, 2, 3):
        site.put(f"/jobs/{number}-welder", page(f"Role {number}"))
    with sweeper(tmp_path / "s.db", site) as visit:
        visit(source(site))
        site.answers["/jobs/2-welder"] = []
        site.put("/jobs/2-welder", status=410)
        site.answers["/jobs/3-welder"] = []
        site.put("/jobs/3-welder", status=302, headers={"Location": "/jobs"})
        time.sleep(1.1)
        (second,) = visit(source(site))
    assert second.outcome == "complete"
    assert len(second.gone) == 2
    with Store.open(tmp_path / "s.db") as store:
        told = {event.title: event.kind for event in store.events()}
    assert told == {"Role 2": "closed", "Role 3": "closed"}


def test_nothing_leads_the_crawler_to_a_private_address(site, tmp_path):
    with Site() as victim:
        links = f'<a href="{victim.url}/jobs/1-welder">x</a>'
        site.put("/jobs", listing(1, 2, 3, extra=links))
        for number, target in enumerate(("127.0.0.1", "127.1", "localhost"), 1):
            location = f"http://{target}:{victim.port}/jobs/7-welder"
            site.put(f"/jobs/{number}-welder", status=302, headers={"Location": location})
        with sweeper(tmp_path / "s.db", site) as visit:
            (crawl,) = visit(source(site))
        assert victim.asked == []
        assert crawl.outcome in ("partial", "failed")
        assert "is not a public address" in "\n".join(crawl.reasons)


def test_a_child_that_hangs_costs_only_the_source_whose_page_it_was_reading(site, tmp_path):
    with Site() as other:
        for made in (site, other):
            made.put("/jobs", listing(1))
            made.put("/jobs/1-welder", page("Role 1"))
        site.answers["/jobs/1-welder"][0].delay = 1.5
        with sweeper(tmp_path / "s.db", site, other, ROLECALL_SILENCE=8) as visit:
            visit(source(other, "warm"))

            def freeze(name):
                if name == "stuck":
                    timer = threading.Timer(0.8, os.kill, (child_pid(), signal.SIGSTOP))
                    timer.daemon = True
                    timer.start()

            stuck, fine = visit(source(site, "stuck"), source(other, "fine"), begun=freeze)
    assert fine.outcome in ("complete", "unchanged")
    assert stuck.outcome == "failed"
    assert "killed" in stuck.reasons[0]
