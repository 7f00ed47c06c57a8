"""A page on which readers subscribe by themselves, its store, and the letters that they are sent."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from functools import partial

from starlette.testclient import TestClient
from web_samples import NOW, crawl, posting, site

from monitor.commands import enrolled, letters, notices, summaries
from monitor.commands.voice import Voice
from monitor.commands.work import Work
from monitor.compare import judge
from monitor.config import load
from monitor.store import Store
from monitor.web.app import app
from monitor.web.counter import Service
from monitor.web.login import Access

ANN, BEN, CARA = "ann@uni.example", "ben@uni.example", "cara@uni.example"
PUBLIC = "https://roles.uni.example"
OURS = {"sec-fetch-site": "same-origin"}
SHUT = Access("scrypt$1$00$00", secure=True)
CONFIG = """contact = "owner@uni.example"
public_url = "https://roles.uni.example"
[delivery]
sender = "Careers <roles@uni.example>"
[[source]]
id = "kelp"
kind = "greenhouse"
board = "kelp"
every = "999d"
[[search]]
id = "optics"
name = "Optics"
any = ["optics"]
to = ["cara@uni.example"]
[[search]]
id = "all"
name = "Everything"
[page]
password_env = "ROLECALL_PAGE"
[subscribe]
open = true
searches = ["optics", "all"]
own_words = true
domains = ["@uni.example"]
"""


class Office:
    """A folder with rolecall.toml and a store, the page of it, and its moments."""

    def __init__(self, folder, text=CONFIG):
        folder.mkdir(exist_ok=True)
        self.file, self.now = folder / "rolecall.toml", NOW
        self.file.write_text(text)
        self.path = folder / "rolecall.db"
        self.posted, self.begun = [], []
        with Store.open(self.path) as store:
            cook = posting("b", "Ship's Cook", body="You cook fish.")
            store.record(crawl(0, posting("a", "Optics Diver"), cook), judge)

    @property
    def config(self):
        return load(self.file)

    def client(self, **options):
        service = Service(
            self.config.terms(),
            partial(notices.composed, self.config),
            lambda: self.posted.append(1),
            lambda: self.begun.append(1),
            **{key: options.pop(key) for key in ("proxies",) & options.keys()},
        )
        made = app(
            site(now=lambda: self.now, searches=self.config.searches()),
            self.path,
            hosts={"roles.uni.example"},
            access=SHUT,
            service=service,
        )
        return TestClient(made, base_url=PUBLIC, headers=OURS, follow_redirects=False, **options)

    def visit(self, *names, day=1):
        with Store.open(self.path) as store:
            found = [posting(name, f"Optics {name}") for name in names]
            store.record(crawl(day, posting("a", "Optics Diver"), *found), judge)

    def turn(self):
        """Decide what is due for whoever is told, as a run does; give (address, subject)."""
        config = self.config
        with Store.open(self.path) as store:
            before = {one.id for one in store.undelivered()}
            work = Work(Voice(quiet=True), config, store)
            for search in enrolled.told(config, store):
                letters.decide(work, search, f"{self.now:%Y-%m-%dT%H%M}", self.now)
                summaries.decide(work, search, self.now)
            waiting = [one for one in store.undelivered() if one.id not in before]
        return [(one.letter.recipient, one.letter.subject) for one in waiting]

    def searches(self):
        with Store.open(self.path, readonly=True) as store:
            return enrolled.searches(self.config, store)

    def told(self):
        with Store.open(self.path, readonly=True) as store:
            return enrolled.told(self.config, store)

    def wait(self):
        time.sleep(0.02)

    def mail(self, recipient=None):
        """Give the letters that wait for an address, the oldest first."""
        with Store.open(self.path, readonly=True) as store:
            found = [one.letter for one in store.undelivered()]
        return [one for one in found if recipient in (None, one.recipient)]

    def rows(self, question, *values):
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(question, values).fetchall()

    def later(self, **span):
        self.now += timedelta(**span)


def form(address=ANN, **fields):
    plain = {
        "address": address,
        "search": "all",
        "day": ["0", "1", "2", "3", "4", "5", "6"],
        "at": "07:00",
        "zone": "Europe/Zurich",
    }
    return plain | fields


def link(letter, kind):
    """Give the path of the only link of a kind (``s`` or ``m``) in a letter."""
    (found,) = set(re.findall(rf"{PUBLIC}(/{kind}/[A-Za-z0-9_-]{{43}})", letter.text))
    assert PUBLIC + found in letter.html
    return found


def subscribed(office, ask, address=ANN, **fields):
    """Subscribe and confirm; give the path of the link by which to change it."""
    assert ask.post("/subscribe", data=form(address, **fields)).status_code == 303
    confirm = link(office.mail(address)[-1], "s")
    page = ask.post(confirm).text
    (manage,) = set(re.findall(r'href="(/m/[A-Za-z0-9_-]{43})"', page))
    return manage
