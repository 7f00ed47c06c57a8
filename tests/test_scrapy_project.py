"""The crawler as a plain Scrapy project: used alone, offline, and with every other door shut."""

from __future__ import annotations

import ast
import dataclasses
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from scrapy.crawler import Crawler
from scrapy.settings import Settings, default_settings

from crawler import settings as ours
from crawler.captures import cases
from crawler.items import Posting
from crawler.kinds import kind
from crawler.middlewares.fixture_mode import FixtureMode
from crawler.sources import kinds

pytestmark = pytest.mark.slow  # real child processes; run by make test-all

ROOT = Path(__file__).parent.parent
CASE = "fixtures/wharf/20261102T070000"
SOURCE = Path(ours.__file__).read_text(encoding="utf-8")
DEFAULT = re.compile(
    r"^# default (True|False|None|\d+)\b(?! GiB).*\n(?:# .*\n)*([A-Z_]+) ", re.MULTILINE
)
OWN_NAMES = {"BOT_NAME", "SPIDER_MODULES", "NEWSPIDER_MODULE"}
"""What says which project this is, not how it behaves; nothing needs a reason there."""


def scrapy(*arguments, **environment):
    """Run ``scrapy ARGUMENTS`` in the checkout."""
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("ROLECALL")}
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *map(str, arguments)],
        cwd=ROOT,
        env=quiet | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def applied(**given):
    """Give the project's settings as the add-on leaves them."""
    made = Settings()
    made.setmodule(ours, priority="project")
    made.setdict(given, priority="cmdline")
    FixtureMode().update_settings(made)
    return made


# -- the commands -------------------------------------------------------------------------------


def test_scrapy_lists_the_kinds():
    said = scrapy("list")
    assert said.returncode == 0, said.stderr
    assert said.stdout.split() == list(kinds())


def test_a_crawl_alone_writes_one_posting_a_line_with_the_fields_in_their_order(tmp_path):
    out = tmp_path / "out.jsonl"
    mode = ("-s", "ROLECALL_MODE=replay", "-s", f"ROLECALL_CAPTURES={CASE}")
    said = scrapy("crawl", "greenhouse", "-a", "board=wharffield", *mode, "-O", out)
    assert said.returncode == 0, said.stderr
    expected = json.loads((ROOT / CASE / "postings.json").read_text(encoding="utf-8"))
    made = lines(out)
    assert sorted(row["id"] for row in made) == sorted(row["id"] for row in expected)
    assert {row["title"] for row in made} == {row["title"] for row in expected}
    order = [field.name for field in dataclasses.fields(Posting)]
    assert [list(row) for row in made] == [order] * len(made)
    assert "Valparaíso" in out.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_mode_may_come_from_the_environment(tmp_path):
    out = tmp_path / "out.jsonl"
    said = scrapy(
        *("crawl", "greenhouse", "-a", "board=wharffield", "-O", out),
        ROLECALL_MODE="replay",
        ROLECALL_CAPTURES=CASE,
    )
    assert said.returncode == 0, said.stderr
    assert len(lines(out)) == len(json.loads((ROOT / CASE / "postings.json").read_text()))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "ValueError: greenhouse needs a source: -a board=NAME or -a url=LINK"),
        (
            ["-a", "board=x", "-s", "ROLECALL_MODE=rewind"],
            "ValueError: ROLECALL_MODE is 'rewind', not one of live, record, replay",
        ),
        (
            ["-a", "board=x", "-s", "ROLECALL_MODE=replay"],
            "ValueError: ROLECALL_CAPTURES must name a folder in replay mode",
        ),
    ],
)
def test_what_is_missing_is_said_in_the_last_line_and_by_the_exit_code(arguments, words):
    said = scrapy("crawl", "greenhouse", *arguments)
    assert said.returncode == 1
    assert said.stderr.splitlines()[-1] == words


@pytest.mark.slow
def test_a_board_that_was_not_recorded_is_named_and_gives_no_posting(tmp_path):
    out = tmp_path / "out.jsonl"
    mode = ("-s", "ROLECALL_MODE=replay", "-s", f"ROLECALL_CAPTURES={CASE}")
    said = scrapy("crawl", "greenhouse", "-a", "board=other", *mode, "-O", out)
    assert "/v1/boards/other/jobs" in said.stderr
    assert "was not recorded in 20261102T070000" in said.stderr
    assert out.read_text() == ""


LISTENING = """
import socket, sys
from scrapy.cmdline import execute

def refuse(event, arguments):
    if event in ("socket.bind", "socket.connect") and isinstance(arguments[1], tuple):
        if arguments[1][1]:  # urllib3 binds port 0 once, to see whether there is IPv6
            print("opened", event, arguments[1], file=sys.stderr, flush=True)
    if event == "import" and arguments[0] == "pycurl":  # it dials without asking Python
        print("opened", event, arguments[0], file=sys.stderr, flush=True)

sys.addaudithook(refuse)
execute(["scrapy", *sys.argv[1:]])
"""


@pytest.mark.slow
def test_a_crawl_opens_no_port_and_in_replay_dials_nobody(tmp_path):
    script = tmp_path / "listening.py"
    script.write_text(LISTENING)
    arguments = ["crawl", "greenhouse", "-a", "board=wharffield", "-O", str(tmp_path / "out.jsonl")]
    environment = {"ROLECALL_MODE": "replay", "ROLECALL_CAPTURES": CASE, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(script), *arguments]
    console = json.dumps({"scrapy.extensions.telnet.TelnetConsole": 0})
    open_doors = ["-s", "TELNETCONSOLE_ENABLED=True", "-s", f"EXTENSIONS={console}"]
    opened = {}
    for name, more in {"ours": [], "telnet": open_doors}.items():
        said = subprocess.run(
            command + more,
            cwd=ROOT,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        opened[name] = [line for line in said.stderr.splitlines() if line.startswith("opened")]
    assert opened["ours"] == []
    assert opened["telnet"]  # the hook does see a port when there is one


# -- the settings -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELNETCONSOLE_ENABLED", False),
        ("REMOTE_CONTROL_ENABLED", False),
        ("DOWNLOAD_VERIFY_CERTIFICATES", True),
        ("COOKIES_ENABLED", False),
        ("HTTPPROXY_ENABLED", False),
        ("METAREFRESH_ENABLED", False),
        ("ROBOTSTXT_OBEY", True),
        ("FEED_EXPORT_ENCODING", "utf-8"),
    ],
)
def test_what_scrapy_leaves_open_is_shut(name, value):
    assert hasattr(default_settings, name), "Scrapy has another name for it now"
    assert getattr(default_settings, name) != value
    assert applied()[name] == value


def test_bodies_and_waits_are_far_smaller_than_scrapy_s():
    made = applied()
    assert made.getint("DOWNLOAD_MAXSIZE") <= 32 * 1024 * 1024
    assert made.getint("DOWNLOAD_TIMEOUT") <= 60
    assert made.getfloat("DOWNLOAD_DELAY") > 0
    assert made.getint("CONCURRENT_REQUESTS_PER_DOMAIN") <= 2
    assert "contact" in made["USER_AGENT"]


def test_no_scheme_but_http_and_https_is_ever_fetched():
    handlers = applied().getwithbase("DOWNLOAD_HANDLERS")
    guarded = "crawler.middlewares.fixture_mode.CaptureHandler"
    assert handlers["http"] == handlers["https"] == guarded
    assert {scheme for scheme, handler in handlers.items() if handler} == {"http", "https"}
    assert handlers.keys() == default_settings.DOWNLOAD_HANDLERS_BASE.keys()


STOCK = "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (None, "data, file, ftp, http, https, s3 would be fetched past the address guard"),
        ({"DOWNLOAD_HANDLERS": dict(ours.DOWNLOAD_HANDLERS) | {"http": STOCK}}, "http would be"),
        ({"DOWNLOAD_HANDLERS": {"http": ours.DOWNLOAD_HANDLERS["http"]}}, "data, file, ftp, https"),
    ],
    ids=["no settings of ours", "another handler", "handlers left out"],
)
def test_no_spider_of_ours_starts_where_the_guard_is_not_installed(changed, words):
    made = Settings() if changed is None else applied(**changed)
    with pytest.raises(ValueError, match=words):
        Crawler(kind("careers_page"), made)
    assert Crawler(kind("careers_page"), applied()).spidercls.name == "careers_page"


def test_the_command_line_of_scrapy_cannot_take_the_guard_away():
    handlers = json.dumps(dict.fromkeys(("http", "https"), STOCK))
    asked = ("-a", "url=http://127.0.0.1:1/jobs", "-s", f"DOWNLOAD_HANDLERS={handlers}")
    said = scrapy("crawl", "careers_page", *asked)
    assert "would be fetched past the address guard" in said.stderr
    assert said.returncode != 0


def test_replay_takes_away_waiting_and_chance_whatever_else_is_said():
    case = cases(ROOT / "fixtures" / "wharf")[0].path
    made = applied(ROLECALL_MODE="replay", ROLECALL_CAPTURES=str(case), DOWNLOAD_DELAY=9)
    assert made.getfloat("DOWNLOAD_DELAY") == 0
    assert made.getint("CONCURRENT_REQUESTS_PER_DOMAIN") == 1


def test_a_setting_wins_over_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("ROLECALL_MODE", "replay")
    monkeypatch.setenv("ROLECALL_CAPTURES", str(tmp_path))
    assert applied(ROLECALL_MODE="live")["ROLECALL_MODE"] == "live"
    with pytest.raises(ValueError, match="no recorded visit stands there"):
        applied()


# -- the reasons --------------------------------------------------------------------------------


def assigned():
    """Give each setting of the file and the lines it stands on, from 0."""
    for statement in ast.parse(SOURCE).body:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = getattr(statement, "targets", None) or [statement.target]
            yield targets[0].id, statement.lineno - 1, statement.end_lineno - 1


def explained(first, last):
    """Say whether a comment stands above a setting, or above its first entry.

    Settings that stand together share the comment above them.
    """
    text = SOURCE.splitlines()
    while first and text[first - 1].strip():
        first -= 1
        if text[first].startswith("# "):
            return True
    return any(line.lstrip().startswith("# ") for line in text[first:last])


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [row for row in assigned() if row[0] not in OWN_NAMES and not row[0].startswith("_")],
)
def test_every_setting_says_why(name, first, last):
    assert explained(first, last), f"{name} stands there without a reason"


@pytest.mark.parametrize(("stated", "name"), DEFAULT.findall(SOURCE))
def test_a_default_that_is_stated_is_scrapy_s(stated, name):
    assert getattr(default_settings, name) == ast.literal_eval(stated)


def test_every_setting_is_one_that_scrapy_or_the_crawler_knows():
    names = [name for name, _, _ in assigned() if not name.startswith("_")]
    assert len(names) == len(set(names)), "a setting is given twice"
    foreign = [name for name in names if not hasattr(default_settings, name)]
    sources = "".join(path.read_text() for path in (ROOT / "crawler").rglob("*.py"))
    unread = [name for name in foreign if f'"{name}"' not in sources]
    assert unread == []
