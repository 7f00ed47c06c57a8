"""A whole Rolecall to be broken: a site, a mail server, a folder, and what must hold whatever comes.

``Bench.check`` is what every fault ends with: the file is sound, nothing was closed by a visit that
was not complete, every event stands in exactly one digest of its search, a letter has one
Message-ID and one content however often it came, and running again changes nothing.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import closing
from datetime import UTC, datetime
from email import message_from_bytes, policy
from itertools import pairwise
from pathlib import Path

from calling import Started, call
from mail_server import HOST
from test_live import listing, page

from monitor import checkup
from monitor.store import Store

ROOT = Path(__file__).parents[2]
ANN = "ann@reader.example"
CONFIG = """
contact = "owner@rolecall.example"
[network]
allow = ["127.0.0.0/8:{site}"]
delay = 0
[delivery]
sender = "Rolecall <watch@rolecall.example>"
method = "smtp"
host = "{host}"
port = {mail}
security = "none"
[[source]]
id = "acme"
kind = "careers_page"
url = "{url}/jobs"
organization = "Acme"
every = "999d"
[[search]]
id = "mine"
to = ["ann@reader.example"]
"""


class Bench:
    """The folder of one reader; its site answers as a test scripts it."""

    def __init__(self, folder, site, server):
        self.folder, self.site, self.server = folder, site, server
        self.store, self.file = folder / "rolecall.db", folder / "rolecall.toml"
        words = {"site": site.port, "url": site.url, "host": HOST, "mail": server.port}
        self.file.write_text(CONFIG.format(**words))

    # -- the site ---------------------------------------------------------------------------------

    def show(self, *numbers, extra=""):
        """Let the site list these postings, each with a page of its own."""
        self.answer("/jobs", listing(*numbers, extra=extra))
        for number in numbers:
            self.answer(f"/jobs/{number}-welder", page(f"Role {number}"))

    def answer(self, path, body=b"", **kwargs):
        """Let a path answer this alone."""
        self.site.answers.pop(path, None)
        self.site.put(path, body, **kwargs)

    # -- the program ------------------------------------------------------------------------------

    def call(self, *arguments):
        """Run a command here, and give its ``Answer``."""
        self._another_second()
        return call("--config", self.file, *arguments)

    def start(self, *arguments, program=("-m", "monitor"), **options):
        """Start a command as a process of its own."""
        self._another_second()
        return Started(
            [sys.executable, *program, "--config", str(self.file), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            **options,
        )

    def run(self, *arguments, **options):
        """Run a command as a process of its own; give its exit code and what it said."""
        with self.start(*arguments, **options) as child:
            said, trouble = child.communicate(timeout=60)
        return child.returncode, said + trouble

    @staticmethod
    def _another_second():
        """Wait for the next second: a visit is named by its second."""
        time.sleep(1.01 - time.time() % 1)

    # -- what is known ----------------------------------------------------------------------------

    def rows(self, statement):
        with closing(sqlite3.connect(self.store)) as connection:
            return connection.execute(statement).fetchall()

    @property
    def outcomes(self):
        return [outcome for (outcome,) in self.rows("SELECT outcome FROM crawls ORDER BY id")]

    @property
    def reasons(self):
        return self.rows("SELECT reasons FROM crawls ORDER BY id DESC LIMIT 1")[0][0]

    @property
    def events(self):
        found = self.rows("SELECT kind, title, held FROM events ORDER BY id")
        return [(f"({kind})" if held else kind, title) for kind, title, held in found]

    @property
    def open(self):
        return {title for (title,) in self.rows("SELECT title FROM postings WHERE state = 'open'")}

    @property
    def letters(self):
        """Give what arrived, by Message-ID."""
        found = defaultdict(list)
        for content in self.server.contents:
            message = message_from_bytes(content, policy=policy.default)
            found[message["Message-ID"]].append(content)
        return found

    # -- what must hold ---------------------------------------------------------------------------

    def check(self):
        """See that whatever happened was harmless, and that running again changes nothing."""
        sound(self.store)
        before = self.rows("SELECT count(*) FROM events"), self.rows("SELECT * FROM digests")
        for contents in self.letters.values():
            assert len(set(contents)) == 1, "one Message-ID, two contents"
        written = {name for (name,) in self.rows("SELECT message_id FROM outbox")}
        assert set(self.letters) <= written
        assert self.call("run").code in (0, 4)
        assert before[0] == self.rows("SELECT count(*) FROM events")
        assert self.rows("SELECT * FROM digests")[: len(before[1])] == before[1]
        sound(self.store)


def sound(store):
    """See that a store is whole and says nothing that no complete visit showed."""
    seen = checkup.look(store, datetime.now(UTC))
    assert (seen.pages, seen.references, seen.index, seen.gaps) == ((), 0, "", ())
    with closing(sqlite3.connect(store)) as connection:
        ask = connection.execute
        assert not ask(
            "SELECT * FROM events e JOIN crawls c ON c.id = e.crawl WHERE e.kind = 'closed'"
            " AND c.outcome NOT IN ('complete', 'unchanged')"
        ).fetchall(), "closed by a visit that was not complete"
        assert not ask(
            "SELECT source, posting FROM events WHERE kind = 'opened' GROUP BY 1, 2"
            " HAVING count(*) > 1"
        ).fetchall(), "opened twice"
        windows = ask("SELECT search, after_event, last_event FROM digests ORDER BY id").fetchall()
    for search in {name for name, _, _ in windows}:
        mine = [window for window in windows if window[0] == search]
        assert all(one[2] == two[1] for one, two in pairwise(mine)), "an event told twice or never"
    with Store.open(store) as opened:  # and it still opens
        opened.status()
