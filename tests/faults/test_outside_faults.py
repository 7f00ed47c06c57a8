"""What somebody outside sees when Rolecall itself is dead."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from http_server import HttpServer
from test_delivery import killed, until
from test_live import page

from monitor.commands import status


@pytest.fixture
def switch(bench):
    """Give a dead-man's switch, and let the bench tell it."""
    with HttpServer() as made:
        text = bench.file.read_text().replace("allow = [", f'allow = ["127.0.0.1/32:{made.port}", ')
        bench.file.write_text(f'{text}[ping]\nurl = "http://127.0.0.1:{made.port}/roles"\n')
        yield made


def heard(switch):
    return [path for path, _, _ in switch.received]


def days_pass(monkeypatch, days):
    later = datetime.now(UTC) + timedelta(days=days)
    monkeypatch.setattr(status, "now", lambda: later)


def test_f59_a_run_that_is_killed_or_never_comes_is_silence_and_status_is_stale(
    bench, switch, monkeypatch
):
    bench.show(1, 2)
    assert bench.call("run").code == 0
    assert heard(switch) == ["/roles/start", "/roles"]
    bench.file.write_text(bench.file.read_text().replace("999d", "10m"))
    bench.answer("/jobs", page("never read"), delay=9)
    with bench.start("crawl", "acme", start_new_session=True) as child:
        until(lambda: bench.site.paths()[-1] == "/jobs", 60)
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
    assert bench.rows("SELECT count(*) FROM runs WHERE ended IS NULL") == [(1,)]
    assert bench.call("status").code == 0

    # Nobody runs it any more.
    days_pass(monkeypatch, 2)
    answer = bench.call("status")
    assert answer.code == 3
    assert "no run ended since " in answer.err
    assert ", stale: not read since " in answer.out
    assert heard(switch) == ["/roles/start", "/roles"]
    monkeypatch.undo()
    bench.show(1, 2)
    bench.check()


def test_f59_a_run_that_is_killed_in_the_middle_has_begun_and_does_not_end(bench, switch):
    bench.show(1, 2)
    bench.answer("/jobs", page("never read"), delay=9)
    with bench.start("run", start_new_session=True) as child:
        until(lambda: "/jobs" in bench.site.paths(), 60)
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
    assert heard(switch) == ["/roles/start"]
    bench.show(1, 2)
    assert bench.call("run").code == 0
    assert heard(switch)[1:] == ["/roles/start", "/roles"]
    bench.check()


def alerts(bench):
    """Give the subjects of what reached the operator, one for each time that it arrived."""
    owner = [content for contents in bench.letters.values() for content in contents]
    told = [message_from_bytes(content, policy=policy.default) for content in owner]
    return sorted(one["Subject"] for one in told if one["To"] == "owner@rolecall.example")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_an_alert_reaches_the_operator_once_wherever_a_run_is_killed(bench, after):
    bench.file.write_text(bench.file.read_text() + '[alarm]\nto = ["owner@rolecall.example"]\n')
    bench.show(1, 2)
    bench.call("run")
    bench.answer("/jobs", "oops", status=500)
    for _ in range(3):
        bench.call("crawl", "acme")
    assert bench.events == [("source_broken", None)]
    killer = killed("turn.alerts", "decide", after=after)
    assert bench.run("run", program=killer)[0] == -signal.SIGKILL
    assert alerts(bench) == []
    for _ in range(3):
        assert bench.call("run").code == 0
    assert alerts(bench) == ["Acme (acme) broke: Rolecall"]
    bench.show(1, 2)
    bench.call("crawl", "acme")
    for _ in range(2):
        bench.call("run")
    assert alerts(bench) == ["Acme (acme) broke: Rolecall", "Acme (acme) recovered: Rolecall"]
    bench.check()


def test_a_run_and_its_children_say_everything_as_json_lines(bench):
    bench.show(1, 2)
    bench.answer("/jobs/2-welder", "oops", status=500)
    with bench.start("run", "--log-json", "-vv") as child:
        out, err = child.communicate(timeout=60)
    assert (child.returncode, out) == (0, out)
    lines = [json.loads(line) for line in err.splitlines()]
    assert all(list(line)[:5] == ["time", "level", "source", "event", "words"] for line in lines)
    said = [(line["event"], line["source"]) for line in lines]
    assert ("progress", "acme") in said
    assert ("visit", "acme") in said
    assert ("run", None) in said
    (failed,) = (line for line in lines if line.get("logger") == "crawler.visit")
    assert (failed["source"], failed["level"]) == ("acme", "info")
    assert "HTTP 500" in failed["words"]
    assert failed["traceback"].rstrip().endswith("HTTP 500")
    assert any(line.get("logger", "").startswith("scrapy.") for line in lines)


def test_a_child_that_dies_says_so_as_json_lines(bench):
    bench.show(1, 2)
    bench.answer("/jobs", "never read", delay=9)
    with bench.start("crawl", "acme", "--log-json") as child:
        until(lambda: "/jobs" in bench.site.paths(), 60)
        found = subprocess.run(
            ["pgrep", "-P", str(child.pid)], capture_output=True, text=True, check=False
        )
        for server in found.stdout.split():
            readers = subprocess.run(
                ["pgrep", "-P", server], capture_output=True, text=True, check=False
            )
            for reader in readers.stdout.split():
                os.kill(int(reader), signal.SIGKILL)
        out, err = child.communicate(timeout=60)
    assert (child.returncode, out) == (3, "")
    lines = [json.loads(line) for line in err.splitlines()]
    (visit,) = (line for line in lines if line["event"] == "visit")
    assert (visit["level"], visit["source"]) == ("error", "acme")
    assert "its process died" in visit["words"]
