"""What may happen to the program: killed, stopped, run twice, out of disk, files or memory."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from mail_server import DROP
from test_delivery import killed, later, until
from test_live import listing, page

from monitor import lock
from monitor.store import Store


def slowly(bench, numbers, delay=0.5):
    """Let the site take its time over each posting's page."""
    bench.answer("/jobs", listing(*numbers))
    for number in numbers:
        bench.answer(f"/jobs/{number}-welder", page(f"Role {number}"), delay=delay)


def asked(bench, number):
    return sum(path.startswith("/jobs/") for path in bench.site.paths()) >= number


def news(bench):
    """Let one new posting wait for the next digest."""
    bench.show(1, 2)
    bench.call("run")
    bench.show(1, 2, 3)
    bench.call("crawl", "acme")


def kill_all(child):
    """Kill a command and its children as the kernel does: none of them may say a word."""
    os.killpg(child.pid, signal.SIGKILL)
    child.communicate()


def test_f01_killed_while_it_reads_the_third_of_ten_pages(bench):
    slowly(bench, range(1, 11))
    with bench.start("run", start_new_session=True) as child:
        until(lambda: asked(bench, 3))
        kill_all(child)
    assert bench.rows("SELECT count(*) FROM postings") == [(0,)]
    assert bench.letters == {}
    bench.show(*range(1, 11))
    assert bench.call("run").code == 0
    assert bench.outcomes == ["complete"]
    assert len(bench.open) == 10
    assert len(bench.letters) == 1
    bench.check()


def test_f05_killed_between_what_happened_and_the_digest_of_it(bench):
    news(bench)
    code, _ = bench.run("run", program=killed("letters", "decide", after=False, days=1))
    assert code == -signal.SIGKILL
    for _ in range(2):
        assert bench.run("run", program=later(1))[0] == 0
    assert len(bench.letters) == 2
    told = " ".join(text for (text,) in bench.rows("SELECT text FROM outbox"))
    assert told.count("* Role 3\n") == 1
    bench.check()


def test_f06_killed_after_the_server_took_the_letter(bench):
    bench.show(1, 2)
    children = []

    def kill():
        children[0].kill()
        return DROP

    bench.server.script["DATA"] = [kill]
    with bench.start("run") as child:
        children.append(child)
        child.communicate(timeout=30)
    assert bench.rows("SELECT state FROM outbox") == [("sending",)]
    assert bench.run("run", program=later(1))[0] == 0
    ((copies),) = bench.letters.values()
    assert len(copies) == 2
    assert bench.rows("SELECT state, attempts FROM outbox") == [("sent", 2)]
    bench.check()


def test_f07_a_schedule_killed_at_its_bell_catches_up_once(bench):
    news(bench)
    code, _ = bench.run("serve", program=killed("letters", "decide", after=False, days=3))
    assert code == -signal.SIGKILL
    with bench.start("serve", program=later(3)) as child:
        until(lambda: len(bench.letters) == 2)
        time.sleep(1)
        child.terminate()
        child.communicate(timeout=20)
    assert child.returncode == 0
    assert [len(copies) for copies in bench.letters.values()] == [1, 1]
    bench.check()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_f08_told_to_end_in_the_middle_of_a_visit(bench, end):
    bench.show(1, 2)
    bench.call("run")
    slowly(bench, range(2, 11), delay=1)
    with bench.start("crawl", "acme") as child:
        seen = len(bench.site.asked)
        until(lambda: len(bench.site.asked) > seen + 2)
        began = time.monotonic()
        child.send_signal(end)
        _, said = child.communicate(timeout=20)
    assert time.monotonic() - began < 5
    assert child.returncode == 130
    _, *last = said.split("\n")  # the first line names the allow-list
    assert last == ["", "interrupted; what was finished is kept", ""]
    assert bench.outcomes == ["complete"]
    assert bench.events == []
    bench.check()


def test_f10_told_to_end_twice_at_once(bench):
    slowly(bench, range(1, 11), delay=1)
    with bench.start("run") as child:
        until(lambda: asked(bench, 2))
        child.send_signal(signal.SIGTERM)
        child.send_signal(signal.SIGINT)
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=10)
    assert child.returncode != 0
    with lock.hold(bench.store):  # nobody holds it any more
        pass
    bench.show(1, 2)
    bench.check()


def test_f11_stopped_and_continued_loses_nothing(bench):
    slowly(bench, range(1, 5), delay=0.3)
    with bench.start("run", start_new_session=True) as child:
        until(lambda: asked(bench, 2))
        os.killpg(child.pid, signal.SIGSTOP)
        time.sleep(3)
        os.killpg(child.pid, signal.SIGCONT)
        child.communicate(timeout=40)
    assert child.returncode == 0
    assert bench.outcomes == ["complete"]
    bench.check()


def test_f12_a_second_run_leaves_at_once_and_asks_nobody(bench):
    slowly(bench, range(1, 6), delay=0.5)
    with bench.start("run", start_new_session=True) as child:
        until(lambda: asked(bench, 1))
        began = time.monotonic()
        assert bench.call("run").code == 5
        assert time.monotonic() - began < 3
        child.communicate(timeout=40)
    paths = [path for path in bench.site.paths() if path.startswith("/jobs")]
    assert sorted(paths) == sorted(set(paths))
    assert len(bench.letters) == 1
    bench.check()


def test_f12_the_lock_of_a_run_that_was_killed_is_free(bench):
    slowly(bench, range(1, 6), delay=0.5)
    with bench.start("run", start_new_session=True) as child:
        until(lambda: asked(bench, 1))
        kill_all(child)
    bench.show(1)
    assert bench.call("run").code == 0
    bench.check()


def limited(**limits):
    """Give what sets limits of a process before it begins (Python's names of them)."""

    def set_them():
        for name, limit in limits.items():
            resource.setrlimit(getattr(resource, name), (limit, limit))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    return set_them


def test_f43_no_room_for_the_store_is_said_and_nothing_is_half_done(bench):
    bench.show(1)
    bench.call("run")
    size = bench.store.stat().st_size
    bench.show(*range(1, 61))
    code, said = bench.run("crawl", "acme", preexec_fn=limited(RLIMIT_FSIZE=size // 4))
    assert code == 3
    assert "Traceback" not in said
    assert "could not be written; nothing of this step was kept" in said
    assert bench.outcomes == ["complete"]
    assert bench.call("crawl", "acme").code == 0  # there is room again
    assert len(bench.open) == 60
    bench.check()


def test_f43_no_room_for_a_backup_leaves_no_half_of_one(bench):
    bench.show(1, 2)
    bench.call("run")
    code, said = bench.run(
        "backup", "copy.db", preexec_fn=limited(RLIMIT_FSIZE=50_000), cwd=bench.folder
    )
    assert code == 3
    assert "the copy could not be made" in said
    assert "Traceback" not in said
    assert not [path for path in bench.folder.iterdir() if "copy" in path.name]
    bench.check()


def humbled():
    """Take from root what lets it write where modes forbid it; from anybody else nothing."""
    for right in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        ctypes.CDLL(None).prctl(24, right, 0, 0, 0)  # PR_CAPBSET_DROP


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's prctl where root runs the tests")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_f44_a_store_that_may_not_be_written_is_left_in_words(bench, what):
    bench.show(1)
    bench.call("run")
    for end in (".lock", ".run.lock"):
        bench.store.with_name(f"rolecall.db{end}").unlink(missing_ok=True)
    place, mode = {"file": (bench.store, 0o444), "folder": (bench.folder, 0o555)}[what]
    before, contents = place.stat().st_mode, bench.store.read_bytes()
    place.chmod(mode)
    code, said = bench.run("run", preexec_fn=humbled)
    place.chmod(before)
    assert (code, "Traceback" in said, said.count("\n")) == (3, False, 1)
    assert "rolecall.db" in said
    assert bench.store.read_bytes() == contents
    bench.check()


def test_f44_too_few_open_files_are_no_crash_of_the_store(bench):
    bench.show(1)
    bench.call("run")
    code, _ = bench.run("crawl", "acme", preexec_fn=limited(RLIMIT_NOFILE=14))
    assert code != 0
    bench.check()


def test_f45_a_store_that_another_program_holds_is_waited_for_and_then_left(bench, monkeypatch):
    bench.show(1)
    bench.call("run")
    monkeypatch.setattr("monitor.connections.dial.__kwdefaults__", {"patience": 0.2})
    with Store.open(bench.store) as other:
        other._connection.execute("BEGIN IMMEDIATE")
        answer = bench.call("crawl", "acme")
        other._connection.execute("ROLLBACK")
    assert answer.code == 3
    assert "The store could not be written; nothing of this step was kept" in answer.err
    assert bench.outcomes == ["complete"]
    bench.check()


def cut(path):
    os.truncate(path, path.stat().st_size // 2 + 100)


def flip(path):
    content = bytearray(path.read_bytes())
    for place in range(4096 * 2, len(content), 4096):
        content[place : place + 64] = bytes(64)
    path.write_bytes(content)


def empty(path):
    path.write_bytes(b"")


def foreign(path):
    path.unlink()
    subprocess.run(
        [
            sys.executable,
            "-c",
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('CREATE TABLE t (a)'); c.commit()",
            path,
        ],
        check=True,
    )


@pytest.mark.parametrize("harm", [cut, flip, empty, foreign], ids=lambda harm: harm.__name__)
def test_f46_a_damaged_store_is_left_as_it_is_and_a_backup_takes_its_place(bench, harm):
    bench.show(1, 2)
    bench.call("run")
    assert bench.call("backup").code == 0
    harm(bench.store)
    for end in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            bench.store.with_name(f"{bench.store.name}{end}").unlink()
    before = bench.store.read_bytes()
    for command in ("run", "crawl", "status", "backup"):
        answer = bench.call(command)
        assert (answer.code, answer.err.count("\n")) == (3, 1), command
        assert str(bench.store) in answer.err
    assert bench.store.read_bytes() == before
    (copy,) = (bench.folder / "backups").iterdir()
    assert bench.call("restore", copy).code == 0
    (aside,) = bench.folder.glob("rolecall-replaced-*.db")
    assert aside.read_bytes() == before
    assert bench.open == {"Role 1", "Role 2"}
    bench.check()
    assert len(bench.letters) == 1


def test_f50_killed_in_the_middle_of_a_restore_there_is_always_a_store(bench):
    bench.show(1, 2)
    bench.call("run")
    bench.call("backup", bench.folder / "copy.db")
    points = [("backups", "_set_aside"), ("backups", "_reconcile"), ("backups", "_clear")]
    for owner, name in points:
        for after in (False, True):
            program = killed(owner, name, after=after)
            program = (
                program[0],
                program[1].replace("from monitor import ", "from monitor import backups, "),
            )
            code, _ = bench.run("restore", str(bench.folder / "copy.db"), program=program)
            assert code == -signal.SIGKILL
            with Store.open(bench.store, readonly=True) as store:
                assert len(store.standing("acme").known) == 2
    assert bench.call("restore", bench.folder / "copy.db").code == 0
    bench.check()


def test_f52_a_clock_that_was_years_ahead_holds_nothing_up(bench):
    news(bench)
    assert bench.run("run", program=later(900))[0] == 0  # the digest of a day to come
    assert len(bench.letters) == 2
    bench.show(1, 2, 3, 4)
    bench.call("crawl", "acme")
    answer = bench.call("doctor", "store")
    assert answer.code == 1
    assert "clock: something was recorded at " in answer.out
    bench.run("run", program=later(1))
    assert len(bench.letters) == 3
    told = " ".join(text for (text,) in bench.rows("SELECT text FROM outbox"))
    assert [told.count(f"* Role {number}\n") for number in (3, 4)] == [1, 1]
    bench.check()


def test_f54_each_reader_has_a_fate_of_their_own(bench):
    bench.show(1, 2)
    bench.file.write_text(
        bench.file.read_text().replace(
            '["ann@reader.example"]',
            '["ann@reader.example", "ben@reader.example", "cy@reader.example", "di@reader.example"]',
        )
    )
    bench.server.script["ben@reader.example"] = ["550 5.1.1 no such user"]
    bench.server.script["cy@reader.example"] = ["451 4.7.1 greylisted"]
    bench.server.script["di@reader.example"] = ["552 5.2.2 over quota"]
    assert bench.call("run").code == 4
    states = dict(bench.rows("SELECT recipient, state FROM outbox"))
    assert states["ann@reader.example"] == "sent"
    assert states["ben@reader.example"] == "dead"
    assert states["cy@reader.example"] == "pending"
    assert states["di@reader.example"] in ("dead", "pending")
    assert bench.call("doctor", "mail").code == 1
    bench.run("run", program=later(1))
    assert dict(bench.rows("SELECT recipient, state FROM outbox"))["cy@reader.example"] == "sent"
    assert [len(copies) for copies in bench.letters.values()] == [1] * len(bench.letters)
    bench.check()


@pytest.mark.parametrize(("heartbeat", "letters"), [("false", 1), ("true", 2)])
def test_f57_a_day_without_news_makes_a_letter_only_where_one_is_wished(bench, heartbeat, letters):
    bench.file.write_text(f"{bench.file.read_text()}heartbeat = {heartbeat}\n")
    bench.show(1, 2)
    bench.call("run")
    bench.call("crawl", "acme")
    assert bench.run("run", program=later(1)) == (0, "")
    assert len(bench.letters) == letters
    bench.check()
