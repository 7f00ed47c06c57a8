"""Every way in which a crawl, or anything else that dials, can be started; each as one call.

A way takes a ``Trial`` and gives how many links it tried. ``make ssrf`` prints the table of all of
them: links tried, connections made to the victim, and, as the proof that the victim counts,
connections made when the allow-list opens it.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager, redirect_stderr, suppress
from dataclasses import dataclass
from pathlib import Path

from attacks import HERE as HOME
from attacks import PROXIES, Trap, Victim

from crawler.addresses import allowed
from monitor import push
from monitor.commands import pings
from monitor.commands.voice import Voice
from monitor.complaints import ConfigError
from monitor.config import loads
from monitor.doors import RefusalError, TemporaryError, UnreachableError
from monitor.store import Letter
from monitor.webhook import Webhook

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TOML = 'contact = "owner@rolecall.example"\n[network]\nallow = {allow}\ndelay = 0\n'


@dataclass
class Trial:
    """One try of one way: what leads to whom, what is allowed, and a folder to write to."""

    trap: Trap
    victim: Victim
    folder: Path
    opened: bool = False
    """Whether the allow-list opens the victim and no proxy is named: the counter must move."""

    @property
    def allow(self):
        return self.trap.rules + (self.victim.rules if self.opened else [])

    @property
    def settings(self):
        """Give the options of Scrapy's commands."""
        said = f"ROLECALL_ALLOW={','.join(self.allow)}", "LOG_LEVEL=CRITICAL"
        given = (*said, "RETRY_TIMES=0", "DOWNLOAD_DELAY=0", "DOWNLOAD_TIMEOUT=10")
        return [word for one in given for word in ("-s", one)]

    @property
    def links(self):
        if self.opened:  # it is only to be seen that the victim counts
            return [f"{self.victim.url}/jobs", self.trap.starts()[0]]
        return [*self.victim.links(), *self.trap.starts()]

    def run(self, *command, stdin=None):
        """Run a process whose environment names the victim as its proxy."""
        proxies = {} if self.opened else dict.fromkeys(PROXIES, self.victim.url)
        environment = {name: value for name, value in os.environ.items() if name not in PROXIES}
        return subprocess.run(
            [sys.executable, *map(str, command)],
            cwd=ROOT,
            env=environment | proxies | {"PYTHONPATH": str(ROOT)},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )

    def file(self, links, more=""):
        """Write a rolecall.toml with a source a link; give how many it takes."""
        head, tables = TOML.format(allow=json.dumps(self.allow)), []
        for number, link in enumerate(links):
            table = f'[[source]]\nid = "s{number}"\nkind = "careers_page"\n'
            table += f"url = {json.dumps(link)}\n{more}"
            with suppress(ConfigError):  # refused before anything is dialled, as it should be
                loads(head + table)
                tables.append(table)
        self.toml.write_text(head + "".join(tables), encoding="utf-8")
        return len(tables)

    @property
    def toml(self):
        return self.folder / "rolecall.toml"

    def rolecall(self, *arguments):
        said = self.run(HERE / "hurried.py", "--config", self.toml, *arguments)
        assert said.returncode in (0, 1, 3), said.stderr
        return said


def crawl(trial):
    trial.file(trial.links)
    trial.rolecall("crawl")
    return len(trial.links)


def run(trial):
    trial.file(trial.links)
    trial.rolecall("run")
    return len(trial.links)


def serve(trial):
    wanted = trial.file(trial.links)
    command = [sys.executable, HERE / "hurried.py", "--config", trial.toml, "serve", "--no-page"]
    proxies = {} if trial.opened else dict.fromkeys(PROXIES, trial.victim.url)
    environment = os.environ | proxies | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as served:
        end = time.monotonic() + 120
        while time.monotonic() < end and visited(trial.folder / "rolecall.db") < wanted:
            time.sleep(0.3)
        served.send_signal(signal.SIGTERM)
    assert visited(trial.folder / "rolecall.db") == wanted
    return len(trial.links)


def visited(store):
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as it:
        return it.execute("SELECT count(DISTINCT source) FROM crawls").fetchone()[0]
    return 0


def drawn(trial):
    links = [f"{trial.trap.site.url}/drawn/jobs"]
    trial.file(links, "browser = true\n")
    trial.rolecall("crawl")
    return len(trial.victim.links())


def add(trial):
    trial.file([])
    # What begins like an option is none, and what is no argument cannot be typed.
    links = [link for link in trial.links if "\0" not in link]
    trial.rolecall("add", *links)
    return len(links)


def record(trial):
    links = [f"{trial.victim.url}/jobs", f"{trial.trap.site.url}/jobs", trial.trap.starts()[-1]]
    trial.file(links)
    for number in range(len(links)):
        trial.rolecall("record", f"s{number}", "--into", trial.folder / "cases")
    return len(links)


def replay(trial):
    """Replay recordings in which every page is missing: what is not recorded must not be fetched."""
    links = [link for link in trial.links if link.startswith(f"http://{HOME}")]
    for number, link in enumerate(links):
        case = trial.folder / "cases" / f"s{number}" / "20261102T070000"
        case.mkdir(parents=True)
        table = f'id = "s{number}"\nkind = "careers_page"\nurl = {json.dumps(link)}\n'
        (case.parent / "source.toml").write_text(table)
        empty = {"started": "2026-11-02T07:00:00+00:00", "exchanges": []}
        (case / "index.json").write_text(json.dumps(empty))
    trial.file([])
    said = trial.rolecall("replay", trial.folder / "cases", "--json")
    assert said.stdout.count('"crawl": "failed"') == len(links)
    return len(links)


def extract(trial):
    trial.file([])
    page = trial.folder / "page.html"
    page.write_text(trial.trap.site.answers["/jobs"][0].body.decode())
    links = trial.links[::8]
    for link in links:
        trial.rolecall("extract", "auto", page, "--url", link)
    return len(links)


def scrapy(*before, each=16):
    """Give a way that runs one of Scrapy's commands for every so many links."""

    def way(trial):
        # A process each takes seconds.
        links = trial.links[:1] if trial.opened else trial.links[::each] + trial.trap.starts()
        for link in links:
            given = [word.replace("LINK", link) for word in before[1:]]
            trial.run("-m", "scrapy", before[0], *trial.settings, *given)
        return len(links)

    return way


def shell(trial):
    links = [link for link in trial.links if "\\" not in link]
    code = f"for link in {links!r}:\n try:\n  fetch(link)\n except Exception as e: pass"
    trial.run("-m", "scrapy", "shell", *trial.settings, "-c", f"exec({code!r})")
    return len(links)


def runspider(trial):
    """Run a spider that stands in a file of its own, from within the project."""
    spider = trial.folder / "running.py"
    begins = f"{trial.trap.site.url}/jobs"
    fields = f"links = {trial.links!r}\n    begins = {begins!r}\n"
    fields += f"    proxy = {None if trial.opened else trial.victim.url!r}\n"
    head = f"import sys\nsys.path.append({str(HERE)!r})\nimport following\n"
    spider.write_text(f"{head}\nclass Running(following.Follower):\n    {fields}", encoding="utf-8")
    said = trial.run("-m", "scrapy", "runspider", spider, *trial.settings)
    assert said.returncode == 0, said.stderr
    return len(trial.links)


def following(way):
    """Give a way that follows links in one of Scrapy's programming interfaces."""

    def tried(trial):
        proxy = trial.victim.url
        begins = f"{trial.trap.site.url}/jobs"
        spider = {"links": trial.links, "proxy": None if trial.opened else proxy, "begins": begins}
        asked = json.dumps({"allow": trial.allow, "spider": spider})
        said = trial.run(HERE / "following.py", way, stdin=asked)
        assert said.returncode == 0, said.stderr
        ends = json.loads(said.stdout)
        return sum(ends.values()) or len(trial.links)

    return tried


@contextmanager
def proxied(trial):
    """Name the victim as the proxy of this very process."""
    before = dict(os.environ)
    for name in PROXIES:
        os.environ.pop(name, None)
    if not trial.opened:
        os.environ.update(dict.fromkeys(PROXIES, trial.victim.url))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


LETTER = Letter("hook", "<a@rolecall.example>", "One new", b'{"title": "a", "body": "b"}', "", "")


def webhook(trial):
    with proxied(trial):
        for link in trial.links:
            door = Webhook(link, b"k" * 24, allowed(trial.allow), timeout=2, deadline=2)
            with suppress(UnreachableError, TemporaryError, RefusalError):
                door.send(LETTER)
    return len(trial.links)


def ping(trial):
    with proxied(trial), redirect_stderr(io.StringIO()):
        config = loads(TOML.format(allow=json.dumps(trial.allow)))
        for link in trial.links:
            pings._say(Voice(quiet=True), config, link, "/start", "")
    return len(trial.links)


def apprise(trial):
    tried = 0
    with proxied(trial):
        for link in trial.links:
            with suppress(ValueError):
                service = push.service_of(link.replace("http", "json", 1))
                tried += 1
                with suppress(UnreachableError, TemporaryError):
                    push.Push(service, allowed(trial.allow)).send(LETTER)
    return tried


WAYS = {
    "rolecall crawl": crawl,
    "rolecall run": run,
    "rolecall serve": serve,
    "rolecall crawl, drawn by a browser": drawn,
    "rolecall add": add,
    "rolecall record": record,
    "rolecall replay": replay,
    "rolecall extract --url": extract,
    "scrapy crawl": scrapy("crawl", "careers_page", "-a", "url=LINK"),
    "scrapy runspider": runspider,
    "scrapy fetch": scrapy("fetch", "LINK", each=32),
    "scrapy parse": scrapy("parse", "--spider=careers_page", "-a", "url=LINK", "LINK"),
    "scrapy shell": shell,
    "CrawlerProcess": following("CrawlerProcess"),
    "AsyncCrawlerProcess": following("AsyncCrawlerProcess"),
    "CrawlerRunner": following("CrawlerRunner"),
    "AsyncCrawlerRunner": following("AsyncCrawlerRunner"),
    "AsyncCrawlerProcess without a reactor": following("without a reactor"),
    "a webhook": webhook,
    "a push by Apprise": apprise,
    "a ping": ping,
}
NEVER = {"rolecall extract --url", "rolecall replay"}
"""What dials nobody even when the victim is allowed: it only reads."""


def attempt(way, *, opened=False):
    """Try one way; give how many links were tried and how often the victim was reached."""
    with Victim() as victim, Trap(victim) as trap, tempfile.TemporaryDirectory() as folder:
        tried = WAYS[way](Trial(trap, victim, Path(folder), opened))
        time.sleep(0.1)  # a connection may still wait to be counted
        return tried, victim.connections


def main():
    """Print the table; leave with 1 when anybody got through."""
    out = sys.stdout
    out.write(
        "| way | links tried | connections made | when allowed |\n| --- | --- | --- | --- |\n"
    )
    through = 0
    for way in sys.argv[1:] or WAYS:
        tried, reached = attempt(way)
        _, open_ = attempt(way, opened=True)
        out.write(f"| {way} | {tried} | {reached} | {open_} |\n")
        out.flush()
        through += reached
    return int(through > 0)


if __name__ == "__main__":
    sys.exit(main())
