"""From what is known to the reader's mailbox, by real processes that are killed on the way."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from itertools import pairwise
from pathlib import Path
from urllib.request import urlopen

import pytest
from calling import Started
from judging import HARBOR, crawl, judge, posting
from mail_lint import lint
from mail_server import DROP, HOST, SILENT, MailServer, unused_port

from monitor import lock
from monitor.store import Store

ROOT = Path(__file__).parents[1]
ANN, BEN = "ann@reader.example", "ben@reader.example"
CONFIG = """
contact = "owner@rolecall.example"
[delivery]
sender = "Rolecall <watch@rolecall.example>"
method = "{method}"
{way}
[[source]]
id = "harbor"
kind = "greenhouse"
board = "harborline"
every = "999d"
[[search]]
id = "mine"
name = "Work by the water"
to = {to}
"""
DAYS_LATER = """
import os, signal, sys
from datetime import timedelta
from monitor import outbox, store
from monitor.cli import main
from monitor.commands import letters, turn
clock = turn.now
turn.now = letters.now = lambda: clock() + timedelta(days={days})
{more}
main(sys.argv[1:])
"""
KILLED = """
whole = {owner}.{name}
def killed(*arguments, **options):
    if {after}:
        whole(*arguments, **options)
    os.kill(os.getpid(), signal.SIGKILL)
{owner}.{name} = killed
"""


def later(days=1, more=""):
    """Give the program that is ``rolecall`` some days later."""
    return ("-c", DAYS_LATER.format(days=days, more=more))


def killed(owner, name, *, after, days=0):
    """Give the program that is ``rolecall``, killed before or after a function's first call."""
    return later(days, KILLED.format(owner=owner, name=name, after=after))


class Desk:
    """A reader's folder: rolecall.toml, a store with news, and the commands run there."""

    def __init__(self, folder, port=None, to=(ANN,), more=""):
        self.store, self.file = folder / "rolecall.db", folder / "rolecall.toml"
        self.folder = folder
        way = f'host = "{HOST}"\nport = {port}\nsecurity = "none"\n{more}' if port else ""
        words = {"method": "smtp" if port else "folder", "way": way, "to": str(list(to))}
        self.file.write_text(CONFIG.format(**words).replace("'", '"'))
        self.visited = 0
        self.visit("a", "b")

    def visit(self, *names):
        """Record a visit, so late that the next one is not due yet."""
        self.visited += 1
        found = [posting(name) for name in names]
        started = datetime.now(UTC) - timedelta(minutes=60 - self.visited)
        made = replace(crawl(0, *found, source=HARBOR), started=started, finished=started)
        with Store.open(self.store) as store:
            assert store.record(made, judge)

    def start(self, *arguments, program=("-m", "monitor")):
        """Start a command and give its process."""
        command = [sys.executable, *program, "--config", str(self.file), *arguments]
        return Started(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"},
        )

    def run(self, *arguments, program=("-m", "monitor")):
        """Run a command to its end; give its exit code and what it said."""
        with self.start(*(arguments or ("run",)), program=program) as child:
            said, trouble = child.communicate(timeout=30)
        return child.returncode, said + trouble

    def rows(self, statement):
        with closing(sqlite3.connect(self.store)) as connection:
            return connection.execute(statement).fetchall()

    @property
    def outbox(self):
        return self.rows("SELECT recipient, state, attempts FROM outbox ORDER BY id")

    def sound(self):
        """Say whether the file is whole and every event stands in one digest."""
        windows = self.rows("SELECT after_event, last_event FROM digests ORDER BY id")
        return (
            self.rows("PRAGMA integrity_check") == [("ok",)]
            and self.rows("PRAGMA foreign_key_check") == []
            and all(one[1] == two[0] for one, two in pairwise(windows))
        )


@pytest.fixture
def server():
    with MailServer() as made:
        yield made


@pytest.fixture
def desk(tmp_path, server):
    return Desk(tmp_path, server.port)


def ids(contents):
    return [message_from_bytes(each, policy=policy.default)["Message-ID"] for each in contents]


@pytest.mark.slow
def test_a_digest_that_is_due_arrives_once_and_running_again_sends_nothing(desk, server):
    assert desk.run("run", "--exit-code") == (10, "")
    assert desk.run("run", "--exit-code") == (0, "")
    (content,) = server.contents
    assert lint(content) == []
    message = message_from_bytes(content, policy=policy.default)
    assert (message["From"], message["To"]) == ("Rolecall <watch@rolecall.example>", ANN)
    assert "Engineer a" in message.get_body(("plain",)).get_content()
    assert desk.outbox == [(ANN, "sent", 1)]
    assert desk.rows("SELECT message_id, mime FROM outbox") == [(message["Message-ID"], content)]


@pytest.mark.slow
def test_a_run_killed_between_decision_and_delivery_loses_nothing(desk, server):
    code, _ = desk.run("run", program=killed("letters", "deliver", after=False))
    assert code == -signal.SIGKILL
    assert server.dialled == 0
    assert desk.outbox == [(ANN, "pending", 0)]
    assert desk.run() == (0, "")
    assert [tuple(row) for row in desk.rows("SELECT message_id, mime FROM outbox")] == [
        (*ids(server.contents), *server.contents)
    ]
    assert desk.outbox == [(ANN, "sent", 1)]
    assert desk.rows("SELECT count(*) FROM digests") == [(1,)]
    assert desk.sound()


@pytest.mark.slow
def test_a_second_run_leaves_at_once_and_says_why(desk, server):
    with lock.hold(desk.store):
        code, said = desk.run()
    assert code == 5
    assert said == (
        f"another run holds {desk.store}.run.lock (process {os.getpid()});"
        " this one leaves the work to it\n"
    )
    assert server.dialled == 0
    assert desk.outbox == []


@pytest.mark.slow
def test_a_run_killed_after_the_server_took_the_letter_repeats_it_as_the_same_letter(desk, server):
    children = []

    def kill():
        children[0].kill()
        return DROP

    server.script["DATA"] = [kill]
    with desk.start("run") as child:
        children.append(child)
        child.communicate(timeout=30)
    assert child.returncode == -signal.SIGKILL
    assert desk.outbox == [(ANN, "sending", 1)]
    assert desk.run() == (
        4,
        f"kept for {ANN}: its sending was cut short; tried again 15 minutes after it began\n",
    )
    assert len(server.received) == 1
    assert desk.run(program=later()) == (0, "")
    assert desk.run() == (0, "")
    first, second = server.contents
    assert first == second
    assert ids([first]) == [desk.rows("SELECT message_id FROM outbox")[0][0]]
    assert desk.outbox == [(ANN, "sent", 2)]
    assert desk.sound()


@pytest.mark.slow
def test_without_a_server_the_mail_is_kept_and_sent_once_it_is_back(tmp_path):
    port = unused_port()
    desk = Desk(tmp_path, port)
    code, said = desk.run()
    assert code == 4
    assert said.startswith(f"kept for {ANN}: {HOST}:{port}: [Errno ")
    assert "Connection refused; next attempt 2" in said
    with MailServer(port=port) as server:
        assert desk.run()[0] == 4  # its time has not come
        assert server.dialled == 0
        assert desk.run(program=later()) == (0, "")
        assert desk.run() == (0, "")
    assert server.recipients == [ANN]
    assert desk.outbox == [(ANN, "sent", 1)]


@pytest.mark.slow
def test_a_reader_unknown_to_the_server_is_reported_and_the_others_get_theirs(tmp_path, server):
    desk = Desk(tmp_path, server.port, to=(ANN, BEN))
    server.script[ANN] = ["550 5.1.1 no such user"]
    code, said = desk.run()
    assert (code, said) == (4, "1 given up for good; `rolecall doctor mail` shows why\n")
    assert desk.outbox == [(ANN, "dead", 1), (BEN, "sent", 1)]
    assert server.recipients == [BEN]
    code, said = desk.run("doctor", "mail")
    assert code == 1
    assert f"{ANN}: given up after 1 attempts: 550 5.1.1 no such user" in said
    assert desk.run() == (0, "")


@pytest.mark.slow
def test_a_password_that_is_not_there_keeps_the_mail(tmp_path, server):
    more = 'username = "ann"\npassword_env = "ROLECALL_TEST_NOBODY_SETS_THIS"'
    desk = Desk(tmp_path, server.port, more=more)
    code, said = desk.run()
    assert code == 2
    assert said == (
        f"{desk.file} delivery.password_env:"
        " $ROLECALL_TEST_NOBODY_SETS_THIS is not set; export it\n"
    )
    assert desk.outbox == [(ANN, "pending", 0)]


@pytest.mark.slow
def test_two_runs_at_once_send_one_letter(desk, server):
    children = [desk.start("run") for _ in range(3)]
    codes = []
    for child in children:
        with child:
            child.communicate(timeout=30)
        codes.append(child.returncode)
    assert set(codes) <= {0, 5}
    assert 0 in codes
    assert server.recipients == [ANN]
    assert desk.outbox == [(ANN, "sent", 1)]


@pytest.mark.slow
def test_a_run_that_is_interrupted_while_a_server_is_silent_ends_and_keeps_the_letter(desk, server):
    server.script["DATA"] = [SILENT]
    with desk.start("run") as child:
        until(lambda: server.received)
        began = time.monotonic()
        child.terminate()
        _, said = child.communicate(timeout=30)
    assert time.monotonic() - began < 5
    assert (child.returncode, said.strip()) == (130, "interrupted; what was finished is kept")
    assert desk.outbox == [(ANN, "sending", 1)]
    assert desk.run(program=later()) == (0, "")
    first, second = server.contents
    assert first == second


def until(holds, seconds=60.0):
    """Wait for something another process does."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_serve_delivers_what_is_due_and_ends_cleanly_when_asked(tmp_path, end):
    desk = Desk(tmp_path)
    with desk.start("serve", "--no-page") as child:
        until(lambda: list(tmp_path.glob("mail/*.eml")))
        until(lambda: desk.outbox == [(ANN, "sent", 1)])
        child.send_signal(end)
        said, trouble = child.communicate(timeout=10)
    assert child.returncode == 0
    assert said == ""
    talk = trouble.splitlines()
    assert talk[0] == "serving 1 source and 1 search"
    assert talk[1].startswith("mine: ")
    assert talk[2:] == ["stopped"]
    assert len(list(tmp_path.glob("mail/*.eml"))) == 1
    with lock.hold(desk.store):
        pass


@pytest.mark.slow
def test_serve_shows_the_page_beside_its_turns(tmp_path):
    desk = Desk(tmp_path)
    here = f"127.0.0.1:{unused_port()}"
    with desk.file.open("a") as file:
        file.write(f'\n[page]\nlisten = "{here}"\n')
    with desk.start("serve") as child:
        until(lambda: desk.outbox == [(ANN, "sent", 1)])
        with urlopen(f"http://{here}/digests") as answer:
            page = answer.read().decode()
        taken = desk.run("serve")
        child.terminate()
        _, trouble = child.communicate(timeout=10)
    assert child.returncode == 0
    assert trouble.splitlines()[1] == f"the page is at http://{here}/"
    assert 'href="/digest/1"' in page
    assert taken[0] == 2
    assert f"{here}: Address already in use; the page cannot be served there." in taken[1]


POINTS = [("store.Store", "decide"), ("store.Store", "claim"), ("outbox.Smtp", "send"),
          ("store.Store", "settle")]  # fmt: skip


@pytest.mark.slow
def test_wherever_a_run_is_killed_every_digest_arrives_and_a_repeat_is_the_same_letter(
    desk, server
):
    names = ["a", "b"]
    for day, (point, after) in enumerate((each, after) for each in POINTS for after in (0, 1)):
        names.append(f"new-{day}")
        desk.visit(*names)
        code, _ = desk.run(program=killed(*point, after=after, days=day))
        assert code == -signal.SIGKILL
    assert desk.run(program=later(8)) == (0, "")
    assert desk.sound()
    letters = desk.rows("SELECT message_id, mime FROM outbox WHERE state = 'sent' ORDER BY id")
    assert len(letters) == len(desk.outbox)
    arrived = list(zip(ids(server.contents), server.contents, strict=True))
    assert set(arrived) == set(letters)
    # Twice only what was killed between the server's yes and its being written down.
    assert len(arrived) == len(letters) + 2
    told = " ".join(text for (text,) in desk.rows("SELECT text FROM outbox"))
    assert [told.count(f"Engineer {name}\n") for name in names] == [1] * len(names)
