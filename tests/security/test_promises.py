"""What the other tests of docs/security.md leave: small promises, each by its number."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path

import jinja2.exceptions
import pytest
from attacks import Victim
from calling import Stream
from hypothesis import given
from hypothesis import strategies as st
from scrapy.settings import default_settings
from web_samples import client, crawl, fill, posting

from crawler import captures
from crawler import settings as ours
from crawler.exporters import PlainCsvExporter
from crawler.pages import paths, selectors, sitemap, xml
from monitor.commands.secrets import secret
from monitor.commands.voice import Voice
from monitor.complaints import ConfigError
from monitor.config import loads
from monitor.render import environment_of
from monitor.store import Store

ROOT = Path(__file__).parents[2]
OURS = [*(ROOT / "crawler").rglob("*.py"), *(ROOT / "monitor").rglob("*.py")]


@pytest.mark.parametrize("link", ["file:///etc/passwd", "ftp://a.example/", "data:text/html,x"])
def test_s05_a_source_that_is_no_web_page_is_a_mistake_of_the_file(link):
    with pytest.raises(ConfigError, match="is not a link; write it with https://"):
        loads(f'[[source]]\nid = "a"\nkind = "careers_page"\nurl = "{link}"')


@pytest.mark.parametrize("read", [xml.tree, sitemap.sitemap])
def test_s11_no_document_reads_a_file_or_dials_through_its_entities(read, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("hush")
    with Victim() as victim:
        for place in (secret.as_uri(), f"{victim.url}/dtd"):
            document = (
                f'<?xml version="1.0"?><!DOCTYPE urlset SYSTEM "{place}" [<!ENTITY x SYSTEM "{place}">'
                f'<!ENTITY % y SYSTEM "{place}"> %y;]>'
                "<urlset><url><loc>https://a.example/&x;</loc></url></urlset>"
            )
            assert "hush" not in repr(seen(read(document.encode())))
        time.sleep(0.05)
        assert victim.connections == 0


def seen(found):
    return [node.text for node in found.iter()] if hasattr(found, "iter") else found


@pytest.mark.parametrize(
    "query",
    [
        "//p[document('/etc/passwd')]",
        "//p[unparsed-text('/etc/passwd')]",
        "//p[doc('file:///etc/passwd')]",
        "//p[json-doc('x')]",
        "//p[exslt:document('x')]",
        "(//p",
    ],
)
def test_s12_a_selector_reads_nothing_but_its_page(query):
    with pytest.raises(ValueError, match="is no selector"):
        selectors.check(query, "rows")


@pytest.mark.parametrize("query", ["env", "$ENV", "env.HOME", "getenv('HOME')"])
def test_s12_an_expression_reads_nothing_but_its_answer(query):
    try:
        paths.check(query, "rows")
    except ValueError:
        return
    assert paths.find(query, {"a": 1}) is None


TITLE = "\x1b[2J\x1b]0;owned\x07Diver\x9b31m\u202e\rgone"


@given(st.text())
def test_s14_whatever_is_said_moves_no_cursor(words):
    out, err = Stream(), Stream()
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = out, err
    try:
        Voice().result(words + TITLE)
        Voice().trouble(words + TITLE, fg="red")
        Voice(json=True).emit({"title": words + TITLE})
    finally:
        sys.stdout, sys.stderr = before
    told = out.said() + err.said()
    assert not re.search("\x1b(?!\\[(?:0|1|3[0-7])m)|[\x00-\x08\x0b-\x1a\x7f-\x9f\u202e]", told)
    assert json.loads(out.said().splitlines()[-1])["title"] == words + TITLE


@pytest.mark.parametrize("title", ["=cmd|'/C calc'!A0", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1"])
def test_s14_no_title_is_a_formula(title, tmp_path):
    with (tmp_path / "out.csv").open("wb") as file:
        exporter = PlainCsvExporter(file)
        exporter.start_exporting()
        exporter.export_item({"title": title, "terms": [title, "x"], "pay": -5, "plain": "Diver"})
        exporter.finish_exporting()
        file.flush()
    header, row = (tmp_path / "out.csv").read_bytes().decode().split("\r\n", 1)
    assert header == "title,terms,pay,plain"
    assert row.lstrip('"').startswith(f"'{title}")
    assert f",'{title},x" in row.replace('"', "")
    assert row.rstrip().endswith(",-5,Diver")


@pytest.mark.parametrize(
    "words",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ digest.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{% for one in range(99999999) %}x{% endfor %}",
        "{{ lipsum.__globals__ }}",
        "{{ found.append(1) }}",
    ],
)
def test_s17_a_template_of_the_readers_own_reaches_nothing_of_python(words, tmp_path):
    (tmp_path / "x.html").write_text(words)
    template = environment_of(tmp_path).get_template("x.html")
    with pytest.raises((jinja2.exceptions.SecurityError, OverflowError)):
        template.render(digest=object(), found=[])


@pytest.mark.parametrize("body", ["/etc/passwd", "../../secret", "a/../../../secret", "../../x/b"])
def test_s19_a_recording_of_somebody_elses_reads_no_file_of_ours(body, tmp_path):
    case = tmp_path / "source" / "20261102T070000"
    case.mkdir(parents=True)
    (case.parent / "source.toml").write_text('id = "a"\nkind = "greenhouse"\nboard = "a"\n')
    entry = {"method": "GET", "url": "https://a.example/", "status": 200, "body": body}
    index = {"started": "2026-11-02T07:00:00+00:00", "exchanges": [entry]}
    (case / "index.json").write_text(json.dumps(index))
    with pytest.raises(captures.CaptureError, match="outside of the recording"):
        captures.load(case)


def test_s18_a_kept_body_is_named_by_its_content_and_by_nothing_else(tmp_path):
    recorder = captures.Recorder(tmp_path / "a", crawl(0).started, archive=True)
    link = "https://a.example/../../../etc/passwd\0" + "x" * 5000
    recorder.add(captures.Exchange("GET", link, status=200), b"<html>")
    folder = recorder.write(captures.Source("a", "greenhouse", board="../../b"))
    written = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert folder.parent == tmp_path / "a"
    assert {path.parts[0] for path in written} == {"a"}
    (kept,) = (path.name for path in written if path.parent.name == "bodies")
    assert re.fullmatch(r"[0-9a-f]{32}\.zst", kept)


@pytest.mark.parametrize("kind", ["delivery", "page"])
def test_s24_a_secret_that_others_may_read_is_refused(kind, tmp_path):
    (tmp_path / "word").write_text("hush\n")
    more = (
        'method = "smtp"\nhost = "mx.example"\nsender = "a@b.example"\nusername = "a"\n'
        if kind == "delivery"
        else ""
    )
    config = loads(f'[{kind}]\n{more}password_file = "word"', tmp_path / "rolecall.toml")
    table = getattr(config, kind)
    for mode in (0o640, 0o604, 0o644, 0o666):
        (tmp_path / "word").chmod(mode)
        with pytest.raises(ConfigError, match="others may read it; chmod 600") as found:
            secret(config, kind, table)
        assert "hush" not in str(found.value)
    (tmp_path / "word").chmod(0o400)
    assert secret(config, kind, table) == "hush"


def test_s24_what_is_remembered_is_private_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        Store.open(tmp_path / "r.db").close()
    finally:
        os.umask(before)
    assert (tmp_path / "r.db").stat().st_mode & 0o077 == 0


NAMES = ['a]"; DROP TABLE postings; --', "a' OR '1'='1", "%", "_", "*", "NULL", "x\\", "a;b"]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_s25_no_name_is_a_statement(name, tmp_path):
    one = posting("a", name, organization=name, department=name)
    path = fill(tmp_path / "r.db", [crawl(0, one, posting("b", "Diver", organization="Kelp"))])
    with client(path) as ask:
        for trait in ("employer", "place", "source", "pay", "state", "before", "q", name):
            answer = ask.get("/postings", params={trait: name})
            assert answer.status_code == 200, trait
        told = ask.get("/postings", params={"employer": name}).text
        assert "Diver" not in told
        assert ask.get("/postings").text.count('<li class="') >= 0
    with Store.open(path) as store:
        assert len(store.search("Diver")) == 1


RUN = re.compile(
    r"^\s*(?:import|from) (?:pickle|shelve|marshal|dill|joblib|cloudpickle|yaml)\b"
    r"|(?<![\w.])(?:eval|exec|compile|__import__)\(",
    re.MULTILINE,
)


def test_s27_nothing_that_was_written_is_run():
    found = {path.name: RUN.findall(path.read_text(encoding="utf-8")) for path in OURS}
    assert {name: words for name, words in found.items() if words} == {}
    assert RUN.search("    import pickle")
    assert RUN.search("x = eval(y)")


def test_s27_no_queue_and_no_cache_is_read_back():
    assert not hasattr(ours, "JOBDIR")
    assert default_settings.JOBDIR is None
    assert not getattr(ours, "HTTPCACHE_ENABLED", default_settings.HTTPCACHE_ENABLED)
