from __future__ import annotations

import os
import signal
import threading

from children import crawling
from test_delivery import later, until


def kill_the_reader(bench, seen):
    """Kill the process that reads pages once it has asked for one."""
    until(lambda: bench.site.paths()[seen:].count("/jobs"))
    for child in crawling():
        os.kill(child.pid, signal.SIGKILL)


def test_a_source_that_kills_its_reader_is_left_alone_told_once_and_tried_by_name(bench):
    bench.file.write_text(bench.file.read_text().replace("999d", "10m"))
    bench.show(1, 2)
    bench.call("run")
    bench.answer("/jobs", "never read", delay=1.5)
    for _ in range(3):
        killer = threading.Thread(target=kill_the_reader, args=(bench, len(bench.site.asked)))
        killer.start()
        assert bench.call("crawl", "acme").code == 3
        killer.join()
    assert bench.outcomes == ["complete"] + ["failed"] * 3
    assert "in quarantine; `rolecall crawl acme` tries it" in bench.call("status").out
    assert "left alone for a week" in bench.call("doctor", "sources").out

    asked = len(bench.site.asked)
    for days in (1, 2, 3):
        assert bench.run("run", program=later(days))[0] == 0
    assert len(bench.site.asked) == asked
    told = [text for (text,) in bench.rows("SELECT text FROM outbox") if "left alone" in text]
    assert len(told) == 1

    bench.show(1, 2)
    assert bench.call("crawl", "acme").code == 0
    assert bench.rows("SELECT kills, quarantined_at FROM sources") == [(0, None)]
    assert bench.events == [("source_broken", None), ("source_recovered", None)]
    bench.check()
