"""What a host may say to be left alone: it is, by every source of it and every run to come."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from contextlib import closing

from site_on_loopback import Site
from test_delivery import until
from test_live import listing, page

SOURCE = '[[source]]\nid = "{id}"\nkind = "careers_page"\nurl = "{url}"\nevery = "999d"\n'


def sources(bench, more_ports=(), **links):
    """Let the bench watch these links instead of its own."""
    text = bench.file.read_text()
    head, search = text.split("[[source]]")[0], text[text.index("[[search]]") :]
    ports = ", ".join(f'"127.0.0.0/8:{port}"' for port in (bench.site.port, *more_ports))
    head = head.replace(f'"127.0.0.0/8:{bench.site.port}"', ports)
    tables = "".join(SOURCE.format(id=name, url=url) for name, url in links.items())
    bench.file.write_text(head + tables + search)


def listings(bench, number, **answer):
    """Let the site have so many listings, each answering as given; give their links."""
    for each in range(number):
        bench.answer(f"/jobs/list/{each}", **answer or {"body": listing(each)})
        bench.answer(f"/jobs/{each}-welder", page(f"Role {each}"))
    return {f"s{each:02}": f"{bench.site.url}/jobs/list/{each}" for each in range(number)}


def reasons_of(bench, source):
    found = bench.rows(f"SELECT reasons FROM crawls WHERE source = '{source}' ORDER BY id")
    return [reasons for (reasons,) in found]


def time_passes(bench):
    """Let every wait that was asked for be over."""
    with closing(sqlite3.connect(bench.store)) as connection, connection:
        connection.execute("UPDATE hosts SET until = '2026-01-01T00:00:00.000000+00:00'")


def test_f37_a_wait_outlasts_the_process_and_other_hosts_are_asked(bench):
    with Site("127.0.0.2") as other:
        other.put("/jobs", listing(7))
        other.put("/jobs/7-welder", page("Role 7"))
        bench.show(1, 2)
        acme = f"{bench.site.url}/jobs"
        sources(bench, (other.port,), acme=acme, twin=f"{acme}?twin", other=f"{other.url}/jobs")
        bench.answer("/jobs?twin", listing(1))
        assert bench.call("run").code == 0
        bench.answer("/jobs", "busy", status=429, headers={"Retry-After": "3600"})
        assert bench.call("crawl", "acme").code == 3
        assert "asked to wait 3600 s" in reasons_of(bench, "acme")[-1]

        asked, others = len(bench.site.asked), len(other.asked)
        code, said = bench.run("crawl", "acme", "twin", "other")
        assert code == 1
        assert "acme: failed" in said
        assert len(bench.site.asked) == asked
        assert len(other.asked) > others
    for name in ("acme", "twin"):
        assert "the host asked to wait until 20" in reasons_of(bench, name)[-1]
    assert sorted(bench.outcomes[-3:]) == ["failed", "failed", "unchanged"]
    assert bench.events == []
    assert bench.open == {"Role 1", "Role 2", "Role 7"}
    assert (
        f"127.0.0.1:{bench.site.port}: the host asked to wait until 20" in bench.call("status").err
    )

    time_passes(bench)
    bench.show(1, 2)
    assert bench.call("crawl", "acme").code == 0
    assert "asked to wait" not in bench.call("status").err
    bench.check()


def test_f37_a_short_wait_is_kept_although_the_process_is_killed_meanwhile(bench):
    bench.show(1, 2)
    bench.call("run")
    bench.answer("/jobs", "busy", status=429, headers={"Retry-After": "9"})
    bench.site.put("/jobs", listing(1, 2))
    with bench.start("crawl", "acme", start_new_session=True) as child:
        until(lambda: bench.rows("SELECT * FROM hosts"), 60)
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
    refused = bench.site.asked[-1]
    assert refused[0] == "/jobs"
    time.sleep(1)
    assert bench.call("crawl", "acme").code == 0
    # Its own robots.txt is asked for after the wait too.
    again = next(at for _, _, at in bench.site.asked if at > refused[2])
    assert again - refused[2] >= 8.9
    assert bench.outcomes == ["complete", "unchanged"]
    bench.check()


def test_f38_a_host_that_keeps_failing_is_spared_by_all_its_sources_and_tried_by_one_request(bench):
    sources(bench, **listings(bench, 16))
    assert bench.call("run").code == 0
    listings(bench, 16, body="busy", status=503)
    seen = len(bench.site.asked)
    assert bench.call("crawl", *(f"s{each:02}" for each in range(16))).code == 3
    asked = [path for path in bench.site.paths()[seen:] if path.startswith("/jobs")]
    assert 10 <= len(asked) <= 12  # two sources of a host are read side by side
    spared = [
        name
        for (name,) in bench.rows(
            "SELECT source FROM crawls WHERE reasons LIKE '%left alone until 20%' ORDER BY source"
        )
    ]
    assert len(spared) >= 16 - len(asked)
    assert "because it kept failing: HTTP 503" in bench.call("status").err

    seen = len(bench.site.asked)
    assert bench.run("crawl", "s00", "s15")[0] == 3
    assert len(bench.site.asked) == seen

    time_passes(bench)
    assert bench.call("crawl", *(f"s{each:02}" for each in range(16))).code == 3
    tried = [path for path in bench.site.paths()[seen:] if path.startswith("/jobs")]
    assert len(tried) == 1
    assert bench.rows("SELECT trips FROM hosts") == [(2,)]

    time_passes(bench)
    listings(bench, 16)
    assert bench.call("crawl", *(f"s{each:02}" for each in range(16))).code == 0
    assert bench.rows("SELECT * FROM hosts") == []
    assert {kind for kind, _ in bench.events} <= {"source_broken", "source_recovered"}
    assert len(bench.open) == 16
    bench.check()


def test_f38_a_host_that_flaps_uses_up_its_budget_and_what_was_read_counts(bench):
    numbers = range(40)
    bench.show(*numbers)
    bench.call("run")
    for number in numbers:
        if number % 2:
            bench.answer(f"/jobs/{number}-welder", "busy", status=503)
    assert bench.call("crawl", "acme").code == 0
    assert bench.outcomes[-1] == "partial"
    asked = bench.site.paths()[len(numbers) + 2 :]
    assert sum(path.endswith("-welder") for path in asked) < 35
    assert "left alone until 20" in bench.reasons
    assert bench.events == []
    assert len(bench.open) == 40
    bench.check()
