"""What each command loads, by the modules that its process has in the end: nothing that it does not use.

That is what starting costs. How long it takes depends on the machine (docs/performance.md).
"""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from judging import judge, posting

from crawler.items import Crawl, Source
from monitor.store import Store

pytestmark = pytest.mark.slow  # processes of their own

ROOT = Path(__file__).parent.parent
CASE = ROOT / "fixtures/wharf/20261102T070000"

COMMAND = """
import sys
from monitor.cli import main
try:
    main(sys.argv[1:])
except SystemExit as left:
    print("loaded", left.code, *sys.modules)
"""
CHILD = """
import multiprocessing, sys, threading
from pathlib import Path
import crawler.preload
from crawler.captures import load
from crawler.slate import SIZE
from monitor import child

ours, theirs = multiprocessing.Pipe()
ours.send(([load(Path(sys.argv[1])).source], {
    "ROLECALL_MODE": "replay", "ROLECALL_CAPTURES": sys.argv[1], "LOG_LEVEL": "ERROR"}))

def hear():
    found = 0
    while (said := ours.recv())[0] != "done":
        if said[0] == "finished":
            found = said[2].found
    print("loaded", found, *sys.modules)
    ours.close()

threading.Thread(target=hear).start()
child.main(theirs, multiprocessing.RawArray("c", SIZE))
"""
SPEAKING = {
    "apscheduler",
    "asyncio",
    "babel",
    "email.headerregistry",
    "http.client",
    "jinja2",
    "smtplib",
    "sqlite_utils",
    "ssl",
    "starlette",
    "tomlkit",
}
"""What letters, the page and new stores need."""
VISITING = {
    "crawler.captures",
    "crawler.visit",
    "lxml",
    "monitor.compare",
    "monitor.digest",
    "monitor.linking",
    "monitor.prints",
    "monitor.sweep",
    "multiprocessing",
    "parsel",
    "pycurl",
    "scrapy",
    "twisted",
}
"""What visits, and the judgement of what they find, need."""


def loaded(program, *arguments, folder=ROOT):
    """Give what a program came to, and the modules that it had loaded then."""
    answer = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    (line,) = [line for line in answer.stdout.splitlines() if line.startswith("loaded ")]
    _, came_to, *modules = line.split()
    return int(came_to), set(modules)


@pytest.fixture
def visited(tmp_path):
    """Give a folder whose one source was visited just now, and whose one reader was told of it."""
    source = Source("harbor", "greenhouse", board="harbor")
    (tmp_path / "rolecall.toml").write_text(
        'contact = "https://roles.example.org"\nstore = "r.db"\n'
        '[[source]]\nid = "harbor"\nkind = "greenhouse"\nboard = "harbor"\n'
        '[[search]]\nid = "tides"\nto = ["ann@reader.example"]\n'
    )
    now = datetime.now(UTC).replace(microsecond=0)
    with Store.open(tmp_path / "r.db") as store:
        store.record(Crawl(source, now, now, "complete", postings=(posting("7"),)), judge)
    code, modules = loaded(COMMAND, "run", folder=tmp_path)
    assert code == 0
    assert {"jinja2", "email.headerregistry", "monitor.digest"} <= modules
    assert list(tmp_path.glob("mail/**/*.eml"))
    return tmp_path


def test_help_loads_the_command_line_and_nothing_else():
    code, modules = loaded(COMMAND, "--help")
    assert code == 0
    assert "click" in modules
    few = {"monitor", "monitor.cli", "monitor.logs", "monitor.commands"}
    ours = {name for name in modules if name.startswith(("monitor", "crawler"))}
    assert ours == few | {"monitor.commands.command", "monitor.commands.voice"}
    assert modules & (SPEAKING | VISITING | {"pydantic", "sqlite3"}) == set()


def test_a_run_that_finds_nothing_due_loads_what_tells_it_so(visited):
    code, modules = loaded(COMMAND, "run", folder=visited)
    assert code == 0
    assert {"pydantic", "sqlite3", "monitor.store"} <= modules
    assert modules & (SPEAKING | VISITING) == set()


def test_the_state_of_sources_is_told_without_what_visits_them(visited):
    code, modules = loaded(COMMAND, "status", folder=visited)
    assert code == 0
    assert {"pydantic", "sqlite3", "monitor.store"} <= modules
    assert modules & (SPEAKING | VISITING) == set()


def test_a_child_loads_one_kind_and_of_scrapy_what_is_switched_on():
    found, modules = loaded(CHILD, CASE)
    assert found > 0
    assert {"scrapy.core.engine", "crawler.spiders.greenhouse"} <= modules
    assert "scrapy.downloadermiddlewares.redirect" in modules
    assert modules.isdisjoint(
        {
            "crawler.spiders.workday",
            "crawler.pages.curated",
            "pydantic",
            "requests",
            "scrapy.downloadermiddlewares.cookies",
            "scrapy.downloadermiddlewares.httpcache",
            "scrapy.extensions.telnet",
            "sqlite_utils",
            "tldextract",
        }
    )


@pytest.mark.parametrize(
    "load", ["import crawler.preload", "import monitor.cli as c; c.cli.get_command(None, 'run')"]
)
def test_what_was_loaded_is_never_looked_through_and_the_rest_is(load):
    told = "print('loaded', gc.get_freeze_count() if gc.isenabled() else 0, *sys.modules)"
    count, modules = loaded(f"import gc, sys; {load}; {told}")
    assert count > 10_000
    assert {"scrapy", "pydantic"} & modules


def test_a_child_does_not_run_again_what_its_parent_was_started_by(tmp_path):
    script = tmp_path / "started.py"
    script.write_text(
        "print('started', flush=True)\n"
        "if __name__ == '__main__':\n    from monitor.cli import main\n    main()\n"
    )
    said = subprocess.run(
        [sys.executable, script, "replay", CASE.parent, "--json"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert said.stdout.count('"crawl": "complete"') > 0
    assert said.stdout.count("started") == 1
