"""Visits, digests, letters, kills, backups and restores in any order, against a plain model.

``make torture MINUTES=20``, or ``python tests/faults/torture.py MINUTES [SEED]``. Every step is made
by a process of its own; one in three is killed with -9 after some number of SQLite's instructions.
The model knows which visits were committed, and from them what must be true of every posting. The
seed decides what is done; where a kill hits depends on the machine as well.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench import sound
from visits import posting

from crawler.items import Crawl, Salary, Source
from monitor import backups, outbox
from monitor.closing import HOLD
from monitor.compare import judge
from monitor.digest import compose
from monitor.outbox import RefusalError, TemporaryError, UnreachableError
from monitor.render import render
from monitor.schedule import due
from monitor.search import Search
from monitor.store import AlreadyDecided, Store

SOURCES = tuple(Source(name, "greenhouse", board=name) for name in ("ash", "elm"))
SEARCHES = (
    Search(id="all", name="All", to=("ann@reader.example", "ben@reader.example")),
    Search(id="elm", name="Elm", to=("cy@reader.example",), sources=("elm",), days=(0, 2, 4)),
)
SENDER = "Rolecall <watch@rolecall.example>"
KILLED = 0.35
"""How many of the steps are killed."""


class Mouth:
    """A way out for letters that writes down what leaves, and fails as servers do."""

    def __init__(self, file, chance):
        self.file, self.chance = file, chance

    def send(self, letter):
        throw = self.chance.random()
        if throw < 0.1:
            raise UnreachableError("no server")
        if throw < 0.2:
            raise TemporaryError("451 later")
        if throw < 0.22:
            raise RefusalError("550 never")
        arrived = {"id": letter.message_id, "hash": hashlib.sha256(letter.mime).hexdigest()}
        with self.file.open("a") as file:
            file.write(json.dumps(arrived) + "\n")
        if throw < 0.3:
            raise TemporaryError("no answer after the letter", uncertain=True)
        return "250 taken"

    def close(self):
        pass


@dataclass
class Model:
    """What is true of one source, told from its committed visits alone."""

    shown: dict[str, int | None] = field(default_factory=dict)
    missed: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def visit(self, crawl):
        """Take a committed visit."""
        if crawl.outcome == "failed":
            return
        found = {each.id: each.salary.min for each in crawl.postings}
        for name, pay in found.items():
            self.shown[name] = pay
            self.missed.pop(name, None)
        if crawl.outcome == "complete":
            for name in self.shown.keys() - found.keys():
                self.missed[name].append(crawl.started)

    def check(self, known):
        """See that what the store knows follows from the visits."""
        assert known.keys() == self.shown.keys(), "postings that were never shown, or are lost"
        for name, item in known.items():
            assert item.posting.salary.min == self.shown[name], "a posting as it never stood"
            missed = self.missed.get(name, [])
            if not missed:
                assert item.state == "open", "closed although it is listed"
            elif item.state == "closed":
                assert len(missed) >= 2, "closed at its first miss"
                assert missed[-1] - missed[0] >= HOLD, "closed before a day had passed"


class Torture:
    """One store, its sites, and chance."""

    def __init__(self, folder, seed):
        self.folder, self.store = folder, folder / "rolecall.db"
        self.chance = random.Random(seed)
        self.now = datetime(2027, 3, 1, 6, tzinfo=UTC)
        self.sites = {source.id: {str(n): 10 for n in range(12)} for source in SOURCES}
        self.models = {source.id: Model() for source in SOURCES}
        self.arrivals = folder / "arrivals"
        self.arrivals.touch()
        self.counts = Counter()
        Store.open(self.store).close()

    # -- one step ---------------------------------------------------------------------------------

    def step(self):
        """Do one thing, perhaps killed in the middle of it, and see what is true then."""
        self.now += timedelta(minutes=self.chance.choice([1, 30, 400, 1500, 3000]))
        steps = [self.edit, self.visit, self.visit, self.visit, self.digest, self.deliver]
        steps += [self.deliver, self.back_up, self.restore] if self.chance.random() < 0.3 else []
        self.chance.choice(steps)()
        self.check()
        self.counts["steps"] += 1

    def edit(self):
        """Change a site: take postings off, put some on, pay others differently."""
        site = self.sites[self.chance.choice(SOURCES).id]
        for _ in range(self.chance.choice([1, 1, 2, 9])):
            name = str(self.chance.randrange(30))
            if self.chance.random() < 0.5:
                site.pop(name, None)
            else:
                site[name] = self.chance.randrange(10, 99)

    def visit(self):
        """Record a visit of one source, of any outcome."""
        source = self.chance.choice(SOURCES)
        outcome = self.chance.choice(["complete"] * 5 + ["partial"] * 2 + ["failed"])
        site = self.sites[source.id]
        names = [] if outcome == "failed" else sorted(site)
        if outcome == "partial" or self.chance.random() < 0.1:  # a few of them: suspicious
            names = self.chance.sample(names, len(names) // 3)
        found = [
            posting(name, salary=Salary(site[name], site[name], "EUR", "hour")) for name in names
        ]
        killed = outcome == "failed" and self.chance.random() < 0.3
        made = Crawl(
            source, self.now, self.now + timedelta(minutes=1), outcome, ("why",) * (outcome != "complete"),
            postings=tuple(found), extractor=1, killed=killed,
        )  # fmt: skip
        self.alone(lambda store: store.record(made, judge))
        with Store.open(self.store) as store:
            if any(note.at == made.started for note in store.crawls(source.id)):
                self.models[source.id].visit(made)
                self.counts[outcome] += 1

    def digest(self):
        """Decide whatever digest is due."""
        self.alone(self._digest)

    def _digest(self, store):
        for search in SEARCHES:
            period = due(search, store.last_period(search.id), self.now)
            if period is None:
                continue
            pending = store.pending(search, self.now)
            made = compose(search, pending, now=self.now, period=period)
            letters = [] if made.empty else [render(made, to, SENDER) for to in search.to]
            try:
                store.decide(search, period, pending, letters, made.counts, self.now)
            except AlreadyDecided as error:
                raise AssertionError("one process decides at a time") from error

    def deliver(self):
        """Send what is due, over a way out that fails."""
        mouth = Mouth(self.arrivals, random.Random(self.chance.random()))
        self.alone(lambda store: outbox.deliver(store, mouth, now=self.now))

    def back_up(self):
        """Make a backup, which is proven by the making."""
        target = self.folder / "copy.db"
        self.alone(lambda _: backups.copy(self.store, target, replace=True))
        if target.exists():
            sound(target)

    def restore(self):
        """Back up and put the backup back at once: nothing may differ."""
        target = self.folder / "now.db"
        backups.copy(self.store, target, replace=True)
        self.alone(lambda _: backups.restore(target, self.store, self.now), closed=True)
        for aside in self.folder.glob("*-replaced-*"):
            aside.unlink()

    def alone(self, what, *, closed=False):
        """Do something in a process of its own, which may be killed on its way."""
        after = int(1.03 ** self.chance.randrange(250)) if self.chance.random() < KILLED else 0
        pid = os.fork()
        if pid == 0:
            self._be_a_child(what, after, closed)
        _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL
            self.counts["kills"] += 1
        else:
            assert os.WEXITSTATUS(status) == 0, "a step failed by itself"
        sound(self.store)

    def _be_a_child(self, what, after, closed):
        code = 1
        try:
            if closed:
                if after:
                    signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
                    signal.setitimer(signal.ITIMER_REAL, min(after, 500) / 10_000)
                what(None)
            else:
                with Store.open(self.store) as store:
                    if after:
                        store._connection.set_progress_handler(_Countdown(after), 10)
                    what(store)
            code = 0
        except BaseException:  # noqa: BLE001 - nothing of it may reach the parent's code
            import traceback  # noqa: PLC0415 - the child says why and is gone

            traceback.print_exc()
        finally:
            os._exit(code)

    # -- what must be true ------------------------------------------------------------------------

    def check(self):
        """Compare the store with the model, and the letters with the outbox."""
        self.counts["checks"] += 1
        with Store.open(self.store) as store:
            for source in SOURCES:
                self.models[source.id].check(store.standing(source.id).known)
            rows = store._connection.execute(
                "SELECT message_id, mime, state FROM outbox"
            ).fetchall()
            told = store._connection.execute("SELECT count(*) FROM digests").fetchone()[0]
        written = {row["message_id"]: hashlib.sha256(row["mime"]).hexdigest() for row in rows}
        arrived = [json.loads(line) for line in self.arrivals.read_text().splitlines()]
        assert all(written[one["id"]] == one["hash"] for one in arrived), "a letter nobody decided"
        sent = {row["message_id"] for row in rows if row["state"] == "sent"}
        assert sent <= {one["id"] for one in arrived}, "said to be sent, and never left"
        self.counts["letters"], self.counts["digests"] = len(sent), told
        self.counts["repeats"] = len(arrived) - len({one["id"] for one in arrived})

    def drain(self):
        """Let everything come to rest: then all is told, all is sent, and nothing more happens."""
        for _ in range(40):
            self.now += timedelta(hours=7)
            with Store.open(self.store) as store:
                self._digest(store)
                mouth = Mouth(self.arrivals, random.Random(7))
                mouth.chance.random = lambda: 0.9
                outbox.deliver(store, mouth, now=self.now)
        self.check()
        with Store.open(self.store) as store:
            assert [one.state for one in store.undelivered() if one.state != "dead"] == []
            head = max((event.id for event in store.events()), default=0)
            for search in SEARCHES:
                assert store.pending(search, self.now).cursor == head
        before = self.arrivals.read_text()
        self.now += timedelta(days=9)
        with Store.open(self.store) as store:
            self._digest(store)
            outbox.deliver(store, mouth, now=self.now)
        assert self.arrivals.read_text() == before, "a letter without news"


class _Countdown:
    """Kills this process when it was called often enough."""

    def __init__(self, calls):
        self.calls = calls

    def __call__(self):
        self.calls -= 1
        if self.calls <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


def torture(folder, seed, seconds):
    """Torture a new store for so long; give what was done. Raises ``AssertionError`` when it yields."""
    made = Torture(folder, seed)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        made.step()
    made.drain()
    return made.counts


def say(words):
    """Print a line at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main():
    """Torture one store after another, each for half a minute, and print what was done."""
    minutes = float(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(10**6)
    until, total = time.monotonic() + 60 * minutes, Counter()
    while time.monotonic() < until:
        say(f"seed {seed}")
        with tempfile.TemporaryDirectory() as folder:
            total += torture(Path(folder), seed, min(30, 60 * minutes))
        total["stores"] += 1
        seed += 1
    say(json.dumps(total))


if __name__ == "__main__":
    main()
