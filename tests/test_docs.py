"""The pages a user reads: what they name exists, what they show loads, what they quote is true."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import click
import mail_samples
import pytest
from scrapy.http import TextResponse
from visits import crawl, monthly, posting

from crawler import about, captures
from crawler.items import Place, Shortfall, Source, Total
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
from monitor.commands.lines import derivation_line
from monitor.commands.voice import Voice
from monitor.compare import judge
from monitor.derivation import Derivation
from monitor.digest import compose
from monitor.reference import reference
from monitor.render import render
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


OPTICAL = posting(title="Optical Design Engineer", salary=monthly(4000, 5000))
ASKING = """
[[search]]
id = "robots"
to = ["reader@tidewater.example"]
any = ["robotics", "lidar"]
places = ["Zürich"]
min_salary = 5000
salary_currency = "USD"
salary_period = "month"
"""
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


def shown(page):
    """Give the lines of a page's shell blocks, each whole."""
    return "\n".join(blocks(page, "sh")).replace("\\\n", " ").splitlines()


def refused(arguments):
    """Give what click says of the values in a call: of choices, numbers, addresses and the like."""
    command, context = cli, click.Context(cli, obj=Voice())
    rest = list(arguments)
    while isinstance(command, click.Group):
        _, rest, _ = command.make_parser(context).parse_args(rest)
        command = command.get_command(context, rest.pop(0))
        context = click.Context(command, parent=context)
    given, _, _ = command.make_parser(context).parse_args(rest)
    for one in command.params:
        value = given.get(one.name)
        # Whether a file is there is not the page's to say; neither is what was not given.
        if isinstance(one.type, (click.Path, click.File)) or not isinstance(value, (str, tuple)):
            continue
        for word in (value,) if isinstance(value, str) else value:
            try:
                one.type.convert(word, one, context)
            except click.ClickException as error:
                return error.format_message()
    return None


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_an_example_gives_only_values_that_are_taken(page):
    for line in shown(page):
        for arguments in called(line) if "rolecall" in line else ():
            assert refused(arguments) is None, arguments


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["doctor", "post"], "'post' is not one of"),
        (["add", "x.example", "--every", "weekly"], '"weekly"'),
        (["completion", "zhs"], "'zhs' is not one of"),
    ],
)
def test_a_wrong_value_in_an_example_would_be_found(arguments, words):
    assert words in refused(arguments)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_what_an_example_runs_besides_rolecall_is_there(page):
    targets = re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE)
    for line in shown(page):
        words = words_of(line)
        match [word for word in words if not re.match(r"\w+=", word)]:
            case ["make", *goals]:
                assert set(goals) <= set(targets), line
            case ["python", program, *paths]:
                assert all((ROOT / path).exists() for path in (program, *paths)), line
            case ["scrapy", "crawl", kind, *_]:
                assert kind in kinds(), line


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


def test_the_shown_index_is_read_as_the_visit_it_shows(tmp_path):
    page = ROOT / "docs" / "captures.md"
    (index,) = blocks(page, "json")
    (source,) = blocks(page, CAPTURED)
    folder = tmp_path / "20261102T070000"
    folder.mkdir()
    (tmp_path / "source.toml").write_text(source)
    (folder / "index.json").write_text(index)
    (folder / "000.json").write_text("{}")
    (case,) = captures.cases(tmp_path)
    answered, failed = case.exchanges
    assert (case.source.board, answered.status, failed.error) == ("wharffield", 200, "timeout")


def test_the_shown_folder_is_there():
    (tree,) = (
        block for block in blocks(ROOT / "docs/captures.md", "text") if "source.toml" in block
    )
    assert [path for path in tree.split() if not (ROOT / path).exists()] == []


def test_what_the_rules_quote_of_a_digest_is_what_a_digest_says():
    before = posting(
        title="Robotics Intern",
        body="Tune the lidar.",
        salary=monthly(8400, 9300),
        places=(Place("Zürich"),),
    )
    event = mail_samples.changed(before, replace(before, salary=monthly(10200)))
    (search,) = config.loads(ASKING).searches()
    opened = mail_samples.event("opened", replace(before, id="2", title="Robotics Trainee"))
    waiting = mail_samples.pending(event, opened)
    digest = compose(search, waiting, now=mail_samples.UNTIL)
    text = render(digest, "reader@tidewater.example", "roles@tidewater.example").text
    quoted = "".join(blocks(ROOT / "docs/decides.md", "text")).splitlines()
    assert len(quoted) == 3
    said = " ".join(text.split())
    assert [line for line in quoted if line.strip() not in said] == []


def test_what_a_rereading_comes_to_is_said_as_shown():
    differs, same = (SimpleNamespace(posting=1), 2), (SimpleNamespace(posting=1), 1)
    wharf = Derivation(present=[differs] * 10, past=[differs] * 12)
    wharf.fields["department"] = 10
    heron = Derivation(present=[same] * 4, past=[same])
    heron.unread["its page was not kept"] = 1
    said = [derivation_line("wharf", wharf, 7), derivation_line("heron", heron, 3)]
    assert "\n".join([*said, ""]) in blocks(ROOT / "docs" / "captures.md", "text")


def documented_views():
    rows = re.findall(
        r"^\| `(v_\w+)` \|[^|]*\| (.*) \|$", text_of(ROOT / "docs/store.md"), re.MULTILINE
    )
    return {view: re.findall(r"`(\w+)`", columns) for view, columns in rows}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("docs") / "store.db"
    raised = replace(OPTICAL, salary=monthly(5000, 6000))
    with Store.open(path) as opened:
        for days, visit in enumerate((crawl([OPTICAL, "2"]), crawl([raised], gone=("2",)))):
            at = datetime.now(UTC) - timedelta(days=2 - days)
            opened.record(replace(visit, started=at, finished=at), judge)
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
        row["name"]
        for row in store.execute(
            "SELECT name FROM sqlite_master WHERE type = 'view'"
            " UNION SELECT name FROM sqlite_temp_master"
        )
    }
    assert documented == made - inner - views


def test_every_query_on_a_page_finds_what_it_is_for(store):
    queries = [query for page in PAGES for query in blocks(page, "sql")]
    assert len(queries) >= 3
    for query in queries:
        assert len(store.execute(query).fetchall()) == 1, query


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


def test_no_page_and_no_program_keeps_the_marks_of_a_merge():
    tops = ("*.md", "*.toml", "Makefile", "crawler/**/*.py", "monitor/**/*.py", "docs/*.md")
    texts = [path for top in tops for path in ROOT.glob(top)]
    mark = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
    marked = [path.name for path in texts if mark.search(path.read_text(encoding="utf-8"))]
    assert len(texts) > 300
    assert marked == []


def test_every_file_in_the_layout_is_there():
    section = text_of(ROOT / "README.md").partition("## Layout")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    assert len(rows) > 10
    for row in rows:
        first, *others = re.findall(r"`([^`]+)`", row)
        # A bare name stands beside the first of its row.
        near = [
            path if path.endswith("/") or "/" in path else f"{Path(first).parent}/{path}"
            for path in others
        ]
        assert [path for path in (first, *near) if not (ROOT / path).exists()] == []


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
