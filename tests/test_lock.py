"""One run at a time: the second leaves at once, and a dead one stands in nobody's way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from monitor import lock
from monitor.lock import LockHeld, hold

# Only what locking needs: the child shall be there in a tenth of a second.
HOLDER = (
    "import sys, time; from pathlib import Path; from monitor.lock import hold\n"
    "with hold(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
)


@pytest.fixture
def store(tmp_path):
    return tmp_path / "rolecall.db"


@pytest.fixture
def holder(store):
    """Give a process that holds the lock of the store."""
    command = [sys.executable, "-c", HOLDER, str(store)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "held\n"
        yield child
        child.kill()


def test_the_second_holder_is_told_at_once_who_the_first_is(store, holder):
    began = time.monotonic()
    with pytest.raises(LockHeld) as caught, hold(store):
        pytest.fail("two hold one lock")
    assert time.monotonic() - began < 3
    assert str(caught.value) == (
        f"another run holds {store}.run.lock (process {holder.pid}); this one leaves the work to it"
    )
    assert (caught.value.holder, caught.value.path.name) == (
        str(holder.pid),
        "rolecall.db.run.lock",
    )


def test_one_process_cannot_hold_it_twice(store):
    with hold(store), pytest.raises(LockHeld, match=f"process {os.getpid()}"), hold(store):
        pytest.fail("two hold one lock")


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_the_lock_of_a_killed_holder_is_free(store, holder, end):
    holder.send_signal(end)
    assert holder.wait(5) == -end
    with hold(store):
        assert (store.parent / "rolecall.db.run.lock").read_text() == f"{os.getpid()}\n"


def test_a_holder_that_fails_lets_go(store):
    with pytest.raises(ValueError, match="no reason"), hold(store):
        raise ValueError("no reason")
    with hold(store):
        pass


def test_patience_waits_for_the_first_to_end(store):
    taken, let_go = threading.Event(), threading.Event()

    def first():
        with hold(store):
            taken.set()
            let_go.wait(5)

    other = threading.Thread(target=first)
    other.start()
    taken.wait(5)
    threading.Timer(0.15, let_go.set).start()
    began = time.monotonic()
    with hold(store, patience=5):
        assert let_go.is_set()
    assert 0.1 < time.monotonic() - began < 20
    other.join()


def test_patience_has_an_end(store, holder, monkeypatch):
    monkeypatch.setattr(lock, "_PAUSE", 0.02)
    began = time.monotonic()
    with pytest.raises(LockHeld, match=str(holder.pid)), hold(store, patience=0.1):
        pytest.fail("two hold one lock")
    assert 0.1 <= time.monotonic() - began < 20


def test_a_child_that_outlives_its_parent_does_not_keep_the_lock(store):
    with hold(store):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with child, hold(store):
        assert child.poll() is None


def test_each_store_has_its_own_lock_and_its_folder_is_made(tmp_path):
    one, other = tmp_path / "new" / "one.db", tmp_path / "new" / "other.db"
    with hold(one), hold(other):
        names = sorted(file.name for file in (tmp_path / "new").iterdir())
    assert names == ["one.db.run.lock", "other.db.run.lock"]


def test_a_holder_not_yet_named_is_still_respected(store):
    path = store.with_name("rolecall.db.run.lock")
    with hold(store):
        path.write_text("")
        with pytest.raises(LockHeld) as caught, hold(store):
            pytest.fail("two hold one lock")
    assert str(caught.value) == f"another run holds {path}; this one leaves the work to it"
