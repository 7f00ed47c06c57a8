"""The static site: complete, relative, bounded, and never written over anything else."""

from collections import Counter
from dataclasses import replace
from urllib.parse import unquote

import lxml.html
import pytest
from click.testing import CliRunner
from web_samples import KELP, crawl, fill, posting, site

from monitor.cli import cli
from monitor.lookup import Lookup
from monitor.web.export import ExportError, export


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return fill(tmp_path_factory.mktemp("export") / "r.db")


@pytest.fixture(scope="module")
def made(store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site") / "roles"
    with Lookup.open(store) as lookup:
        written, left = export(site(preview=lambda *_: "<p>next</p>"), lookup, folder)
    assert left == Counter()
    assert written == len([*folder.rglob("*.html"), *folder.rglob("*.txt")])
    return folder


def links(file):
    document = lxml.html.parse(str(file))
    return [href for href in document.xpath("//@href | //@src") if ":" not in href]


def test_every_link_leads_to_a_file_of_the_site(made):
    pages = [*made.rglob("*.html")]
    assert len(pages) > 30
    for file in pages:
        for href in links(file):
            there = (file.parent / unquote(href.partition("#")[0])).resolve()
            assert href.startswith("#") or there.is_file(), (file, href)
            assert there.is_relative_to(made.resolve()), (file, href)
            assert not href.startswith("/")


def test_it_holds_every_sort_of_page(made):
    names = {str(file.relative_to(made)) for file in made.rglob("*.*") if file.is_file()}
    assert names >= {
        *("index.html", "postings.html", "sources.html", "visits.html", "statistics.html"),
        *("searches.html", "digests.html", "source/kelp.html", "search/optics.html"),
        *("search/optics/letter.html", "posting/1.html", "posting/1/text.txt", "letter/1.html"),
        *("digest/1.html", "visit/1.html", "page.css", "icon.svg"),
    }
    readings = [name for name in names if name.startswith("posting/1/compare")]
    assert len(readings) == 1
    assert "Optics Intern" in (made / "index.html").read_text(encoding="utf-8")


def test_nothing_asks_a_server(made):
    for file in made.rglob("*.html"):
        document = lxml.html.parse(str(file))
        assert not document.xpath("//form"), file
    narrowed = lxml.html.parse(str(made / "postings.html"))
    (place,) = narrowed.xpath("//aside//li[span='Bergen, Norway']/span[@class='number']/text()")
    assert place == "5"


def test_what_is_too_much_is_left_out_and_said(tmp_path, store):
    with Lookup.open(store) as lookup:
        written, left = export(site(), lookup, tmp_path / "few", most=12)
    assert written == 12
    assert left["posting"] >= 1
    for file in (tmp_path / "few").rglob("*.html"):
        for href in links(file):
            assert (file.parent / href).exists() or href.startswith("#")


def test_an_export_replaces_an_earlier_one_and_nothing_else(tmp_path, store):
    other = tmp_path / "photos"
    other.mkdir()
    (other / "cat.jpg").write_bytes(b"x")
    with Lookup.open(store) as lookup:
        with pytest.raises(ExportError, match="holds other files"):
            export(site(), lookup, other)
        assert [file.name for file in other.iterdir()] == ["cat.jpg"]
        here = tmp_path / "roles"
        export(site(), lookup, here)
        (here / "posting" / "stale.html").write_text("x")
        export(site(), lookup, here)
    assert not (here / "posting" / "stale.html").exists()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["photos", "roles"]


def test_an_odd_name_is_no_path(tmp_path):
    odd = [
        replace(KELP, id=name, board=name) for name in ("../up", "a/b", "Case", "case", "é", "%2e")
    ]
    path = fill(tmp_path / "r.db", [crawl(0, posting("a", "A"), source=source) for source in odd])
    with Lookup.open(path) as lookup:
        export(site(), lookup, tmp_path / "out")
    files = [file for file in (tmp_path / "out" / "source").iterdir() if file.is_file()]
    assert len(files) == len(odd)
    assert not (tmp_path / "up.html").exists()
    for file in (tmp_path / "out").rglob("*.html"):
        for href in links(file):
            assert (file.parent / unquote(href.partition("#")[0])).exists(), (file, href)


def test_the_command_says_what_it_wrote(tmp_path, store):
    (tmp_path / "rolecall.toml").write_text(f'store = "{store}"\n', encoding="utf-8")
    arguments = ["--config", str(tmp_path / "rolecall.toml"), "export", str(tmp_path / "out")]
    answer = CliRunner().invoke(cli, [*arguments, "--most", "9"])
    assert answer.exit_code == 0
    assert "index.html: 9 pages; left out, because of --most 9: " in answer.stdout
    assert "postings" in answer.stdout
