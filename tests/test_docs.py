"""The pages a user reads: what they name exists, what they show loads, what they quote is true."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from scrapy.http import TextResponse

from crawler import about
from crawler.items import Shortfall, Source, Total
from crawler.sources import kinds
from monitor import config
from monitor.cli import COMMANDS, cli
from monitor.commands.command import (
    FINE,
    INTERRUPTED,
    KEPT,
    LOCKED,
    NEWS,
    NOTHING_DONE,
    SOME_FAILED,
    USAGE,
)
from monitor.commands.voice import Voice
from monitor.reference import reference
from monitor.store import Store

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
SHELLS = ("sh", "cron", "ini")
FENCE = re.compile(r"^( *)```([^\n]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(rolecall [^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
IMAGE = "rolecall:local"  # its entry point is the program
STOPS = {"&&", "||", "|", ";", ">", "&"}
# A source that a page shows in the format of a capture: the keys of a [[source]] table alone.
CAPTURED = "toml source.toml"


DOCKER = (
    f"docker build --tag {IMAGE} .",
    f"docker run -it -v roles:/var/lib/rolecall {IMAGE} init",
    f"docker run --entrypoint sh {IMAGE} -c id",
    f"docker run -d {IMAGE}",
    "docker exec roles rolecall status > rolecall",
)


def name(page):
    return str(page.relative_to(ROOT))


def text_of(page):
    return page.read_text(encoding="utf-8")


def blocks(page, *languages):
    """Give the fenced blocks of a page in these languages."""
    found = FENCE.findall(text_of(page))
    return [body for _, language, body in found if language.strip() in languages]


def words_of(line):
    """Split a line as a shell does, comments left out."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    return list(lexer)


def called(line):
    """Give the arguments of every `rolecall` that a line runs."""
    words = words_of(line)
    image = IMAGE if words[:2] == ["docker", "run"] and "--entrypoint" not in words else None
    for place, word in enumerate(words):
        rest = words[place + 1 :]
        stop = next((i for i, word in enumerate(rest) if word in STOPS), len(rest))
        # What stands behind ">" is a file, what holds a colon a volume.
        program = re.fullmatch(r"([^:]*/)?rolecall", word) and words[place - 1] != ">"
        # Without arguments a container runs what the image says.
        if program or (word == image and stop):
            yield rest[:stop]


def commands_on(page):
    """Give every call of `rolecall` in the shell blocks of a page and in its running text."""
    lines = "\n".join(blocks(page, *SHELLS)).replace("\\\n", " ").splitlines()
    for line in lines:
        # Of a unit file only what it starts; of a crontab the command after five fields.
        if "rolecall" in line and not re.match(r"\w+=(?!\S*/rolecall )", line):
            yield from called(line)
    prose = FENCE.sub("", text_of(page))
    for span in INLINE.findall(prose):
        yield from called(span)


def parsed(arguments):
    """Parse a call as click would, without running it; give the arguments that it lacks."""
    command, rest = cli, list(arguments)
    context = click.Context(cli, obj=Voice())
    while True:
        given, rest, _ = command.make_parser(context).parse_args(rest)
        if not isinstance(command, click.Group):
            break
        if not rest:
            return ["COMMAND"]
        label = rest.pop(0)
        found = command.get_command(context, label)
        assert found is not None, f"there is no command {label!r}"
        command, context = found, click.Context(found, parent=context)
    wanted = [one for one in command.params if isinstance(one, click.Argument) and one.required]
    # What was not given is neither text nor a list of it.
    return [one.name for one in wanted if not isinstance(given.get(one.name), (str, tuple))]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_names_only_commands_and_options_that_exist(page):
    for arguments in commands_on(page):
        try:
            lacking = parsed(arguments)
        except click.ClickException as error:
            pytest.fail(f"rolecall {' '.join(arguments)}: {error.format_message()}")
        # The bare name of a command in running text is its name, not a call.
        bare = len(arguments) == 1 and arguments[0] in COMMANDS
        assert bare or not lacking, arguments


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("rolecall crawll", "there is no command 'crawll'"),
        ("cd x && rolecall run --kept | tail", "No such option"),
        ("5 * * * * $HOME/.venv/bin/rolecall --confg f run", "No such option"),
        ("rolecall config schema --md", "No such option"),
    ],
)
def test_a_wrong_command_on_a_page_would_be_found(line, complaint):
    (arguments,) = called(line)
    with pytest.raises((click.ClickException, AssertionError)) as caught:
        parsed(arguments)
    message = getattr(caught.value, "message", None) or str(caught.value)
    assert complaint in message


def test_the_commands_are_seen_in_every_sort_of_block():
    page = ROOT / "docs" / "schedule.md"
    seen = [arguments[-1] for arguments in commands_on(page) if "--config" in arguments]
    assert seen == ["run", "run", "serve"]
    image = [arguments[0] for line in DOCKER for arguments in called(line)]
    assert image == ["init", "status"]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_toml_block_is_a_configuration_that_loads(page):
    for block in blocks(page, "toml"):
        config.loads(block)
    for block in blocks(page, CAPTURED):
        config.loads(f"[[source]]\n{block}")


def test_the_reference_is_what_the_program_prints():
    printed = reference().rstrip("\n") + "\n"
    assert text_of(ROOT / "docs" / "config.md") == printed


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_between_pages_leads_somewhere(page):
    for target in LINK.findall(FENCE.sub("", text_of(page))):
        if re.match(r"[a-z]+:", target):
            assert target.startswith("https://"), target
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def anchors(page):
    """Give the anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text_of(page)), re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in kept}


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent.name == "docs"], ids=name)
def test_every_page_is_named_in_the_readme(page):
    assert f"(docs/{page.name})" in text_of(ROOT / "README.md")


def documented_views():
    rows = re.findall(
        r"^\| `(v_\w+)` \|[^|]*\| (.*) \|$", text_of(ROOT / "docs/store.md"), re.MULTILINE
    )
    return {view: re.findall(r"`(\w+)`", columns) for view, columns in rows}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("docs") / "store.db"
    with Store.open(path) as opened:
        yield opened._connection


def test_the_documented_views_are_those_of_a_fresh_store(store):
    rows = store.execute(
        "SELECT name FROM sqlite_master WHERE type = 'view' AND name LIKE 'v\\_%' ESCAPE '\\'"
    )
    views = {row["name"] for row in rows}
    named = set(re.findall(r"\bv_[a-z]+\b", "".join(map(text_of, PAGES))))
    assert documented_views().keys() == views
    assert named <= views


def test_the_documented_columns_are_those_of_the_views(store):
    for view, columns in documented_views().items():
        found = store.execute(f"SELECT * FROM {view} LIMIT 0").description
        assert columns == [column[0] for column in found], view


def test_the_documented_tables_are_those_of_a_fresh_store(store):
    made = {row["name"] for row in store.execute("SELECT name FROM pragma_table_list")}
    section = text_of(ROOT / "docs/store.md").partition("## Tables")[2].partition("\n## ")[0]
    documented = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    inner = {table for table in made if table.startswith(("sqlite_", "_sqlite", "posting_index"))}
    views = {
        row["name"] for row in store.execute("SELECT name FROM sqlite_master WHERE type = 'view'")
    }
    assert documented == made - inner - views


def test_the_queries_on_the_page_of_the_store_run(store):
    queries = blocks(ROOT / "docs/store.md", "sql")
    assert len(queries) >= 3
    for query in queries:
        store.execute(query).fetchall()


def test_the_page_of_sources_is_what_the_spiders_say_of_themselves():
    assert text_of(ROOT / "docs/sources.md") == about.page()
    sections = re.findall(r"^## ([a-z_]+)$", about.page(), re.MULTILINE)
    assert sections == list(kinds())


def test_the_kind_that_the_guide_writes_reads_a_board():
    (written,) = blocks(ROOT / "CONTRIBUTING.md", "python")
    assert len(written.splitlines()) <= 60
    module = {"__name__": "perch"}
    exec(compile(written, "CONTRIBUTING.md", "exec"), module)
    source = Source("fen", "perch", board="fen")
    spider = module["PerchSpider"](sources=[source])
    (request,) = spider.requests(source)
    assert request.url == "https://fen.perch.example/api/openings"
    assert re.match(spider.recognises[0], request.url)["board"] == "fen"
    request.meta.update(source=source, now=datetime(2026, 11, 5, 9, tzinfo=UTC))
    rows = [{"id": 7, "title": "Reed Cutter", "description": "<p>Cut reeds.</p>"}, {"id": 8}]
    body = json.dumps({"meta": {"total": 2}, "openings": rows}).encode()
    answer = TextResponse(request.url, body=body, encoding="utf-8", request=request)
    total, posting, short = spider.parse(answer)
    assert (total, short) == (Total(2), Shortfall("1 of 2 rows could not be read"))
    assert (posting.id, posting.title, posting.body) == ("7", "Reed Cutter", "Cut reeds.")


def test_the_exit_codes_on_the_page_are_those_of_the_program():
    codes = re.findall(r"^\| (\d+) \| ", text_of(ROOT / "docs/start.md"), re.MULTILINE)
    known = {FINE, SOME_FAILED, USAGE, NOTHING_DONE, KEPT, LOCKED, NEWS, INTERRUPTED}
    assert set(map(int, codes)) == known


def test_every_command_has_its_line_on_the_page():
    page = text_of(ROOT / "docs/start.md")
    listed = set(re.findall(r"^\| `rolecall (\w+)", page, re.MULTILINE))
    assert listed == set(COMMANDS)


def test_the_first_screen_of_the_readme_shows_how_to_begin():
    first = text_of(ROOT / "README.md").splitlines()[:60]
    assert {"make demo", "make test"} <= set(first)
    assert first.index("make demo") < 15


def test_the_change_log_tells_of_what_is_not_released_yet():
    page = text_of(ROOT / "CHANGELOG.md")
    assert re.search(r"^## Unreleased\n(.*\n)*?### Added$", page, re.MULTILINE)


def test_the_readme_names_the_command_that_make_demo_runs():
    made = re.search(r"^demo:.*\n\t\S*/(rolecall .*)$", text_of(ROOT / "Makefile"), re.MULTILINE)
    assert f"```sh\n{made[1]}\n```" in text_of(ROOT / "README.md")


def instructions():
    """Give the instructions of the Dockerfile as pairs of name and arguments."""
    text = text_of(ROOT / "Dockerfile").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(maxsplit=1)) for line in lines]


def test_the_image_keeps_everything_in_its_volume_and_runs_as_a_user():
    found = instructions()
    last = dict(found)
    assert last["USER"] == "rolecall"
    assert f"--home-dir {last['VOLUME']} rolecall" in " ".join(body for _, body in found)
    assert last["WORKDIR"] == last["VOLUME"]
    assert f"ROLECALL_CONFIG={last['VOLUME']}/rolecall.toml" in last["ENV"]
    names = [name for name, _ in found]
    assert names.index("USER") < names.index("ENTRYPOINT")
    assert parsed(json.loads(last["CMD"])) == []
    assert json.loads(last["ENTRYPOINT"]) == ["rolecall"]
    shown = blocks(ROOT / "docs" / "schedule.md", "sh")
    assert any(f"-v roles:{last['VOLUME']} {IMAGE}" in block for block in shown)


def test_the_image_is_built_from_what_the_wheel_is_built_from():
    allowed = {
        line[1:] for line in text_of(ROOT / ".dockerignore").splitlines() if line.startswith("!")
    }
    assert all((ROOT / path).exists() for path in allowed)
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    wanted = {*wheel["packages"], *wheel["force-include"], project["project"]["readme"]}
    assert wanted | {"pyproject.toml", "constraints.txt", "LICENSE"} == allowed


@pytest.mark.slow
def test_what_the_readme_quotes_of_the_demo_is_what_the_demo_says(tmp_path):
    demo = ["replay", "fixtures/wharf", "fixtures/heron", "--digest", str(tmp_path)]
    ran = subprocess.run(
        [sys.executable, "-m", "monitor", *demo],
        cwd=ROOT,
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    said = ran.stdout + (tmp_path / "digest.txt").read_text(encoding="utf-8")
    quoted = "".join(blocks(ROOT / "README.md", "text")).splitlines()
    assert len(quoted) >= 5
    assert [line for line in quoted if line not in said.splitlines()] == []
