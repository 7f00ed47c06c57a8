"""Templates of the reader's own, whatever is wrong with them, and who is none the worse for it."""

from __future__ import annotations

import time

import mail_samples as samples
import pytest
from calling import call
from mail_samples import READER, SEARCH, SENDER, UNTIL
from visits import crawl, posting
from web_samples import client, fill, site

from monitor import confinement, render
from monitor.commands import notices
from monitor.compare import judge
from monitor.config import loads
from monitor.confinement import DRAWER, RenderError
from monitor.digest import compose
from monitor.enrolments import Notice
from monitor.language import spoken
from monitor.store import Store

LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
TREE = "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}"


def write(folder, words, name="digest/body.txt"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words, encoding="utf-8")


def letter(templates):
    digest = compose(SEARCH, samples.pending(samples.pay_change()), now=UNTIL)
    return render.render(digest, READER, SENDER, templates=templates)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (LOOP, "its templates did not end within 0.5 s"),
        (TREE, "its templates did not end within 0.5 s"),
        ("{{ 10 ** (10 ** 9) }}", "its templates did not end within 0.5 s"),
        ("{{ 'a' * 5000000 }}", "its templates made more than 4 MB of one letter or page"),
    ],
)
def test_a_template_without_an_end_is_ended_and_the_next_letter_is_drawn(
    words, why, tmp_path, monkeypatch
):
    monkeypatch.setattr(confinement, "SECONDS", 0.5)
    write(tmp_path, words)
    began = time.process_time()
    with pytest.raises(RenderError) as found:
        letter(tmp_path)
    assert str(found.value) == f"{tmp_path}: {why}"
    assert time.process_time() - began < 0.3, "it was drawn here"
    write(tmp_path, "My own {{ headline }}")
    monkeypatch.setattr(confinement, "SECONDS", 30)
    assert letter(tmp_path).text == "My own 1 changed"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("\n{{ 'a' * 9999999999 }}", "{}/digest/body.txt:2: it ran out of memory"),
        ("\n\n{{ nobody }}", "{}/digest/body.txt:3: 'nobody' is undefined"),
        ("{{ ''.__class__.a }}", "{}/digest/body.txt:1: access to attribute '__class__' of 'str'"),
        ("{% fro x %}", "{}/digest/body.txt:1: Encountered unknown tag 'fro'."),
        ("{% include 'none.txt' %}", "{}/digest/body.txt:1: 'none.txt' not found in search path"),
        ("{{ 1 / 0 }}", "{}/digest/body.txt:1: division by zero"),
    ],
)
def test_a_broken_template_is_told_with_its_place(words, why, tmp_path):
    write(tmp_path, words)
    with pytest.raises(RenderError) as found:
        letter(tmp_path)
    assert str(found.value).startswith(why.format(tmp_path))


@pytest.mark.slow
def test_a_process_that_died_meanwhile_is_replaced(tmp_path):
    write(tmp_path, "My own {{ headline }}")
    letter(tmp_path)
    DRAWER._alive.kill()
    DRAWER._alive.join()
    assert letter(tmp_path).text == "My own 1 changed"


def test_what_is_drawn_elsewhere_is_what_is_drawn_here(tmp_path):
    assert letter(tmp_path) == letter(None)
    write(tmp_path, "{{ many | number }}", "web/x.html")
    with spoken("de"):
        assert render.page("x.html", {"many": 1234567}, templates=tmp_path) == "1.234.567"


def test_an_entry_of_a_feed_is_what_it_is_here(tmp_path):
    digest = compose(SEARCH, samples.pending(samples.pay_change()), now=UNTIL)
    card = digest.sections[0].cards[0]
    own = tmp_path / "own"
    write(own, "{% macro entry(card, label, since) %}{{ label }}{% endmacro %}", "feed/entry.txt")
    here = render.entry(digest, card, "a label")
    assert render.entry(digest, card, "a label", templates=tmp_path) == here
    assert render.entry(digest, card, "a label", templates=own) == ("a label", here[1])


PAGES = """/ /postings /postings?q=optics /posting/1 /posting/1/compare /sources /source/kelp /visits
/visit/1 /statistics /searches /search/optics /digests /digest/1 /letter/1 /nothing"""


@pytest.mark.slow
def test_every_page_can_be_drawn_elsewhere(tmp_path):
    store, templates = fill(tmp_path / "r.db"), tmp_path / "own"
    templates.mkdir()
    ours, own = client(store), client(store, site(templates=templates))
    with ours, own:
        for path in PAGES.split():
            one, other = ours.get(path), own.get(path)
            assert (one.status_code, one.text) == (other.status_code, other.text), path


# What goes on without them.


TOML = """
contact = "owner@rolecall.example"
templates = "own"
[[search]]
id = "one"
to = ["ann@reader.example", "ben@reader.example"]
[[search]]
id = "two"
to = ["cat@reader.example"]
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rolecall.toml").write_text(TOML)
    with Store.open(tmp_path / "rolecall.db") as store:
        store.record(crawl([posting()]), judge)
    return tmp_path / "rolecall.toml"


@pytest.mark.slow
def test_a_run_tells_everybody_by_the_built_in_templates_and_says_so_once(file, monkeypatch):
    monkeypatch.setattr(confinement, "SECONDS", 0.5)
    own = file.with_name("own")
    write(own, LOOP)
    answer = call("run")
    assert answer.code == 0
    words = f"{own}: its templates did not end within 0.5 s; the built-in templates were used"
    assert answer.err == f"{words}, `rolecall doctor` tries yours\n"
    sent = sorted(path.read_text() for path in file.with_name("mail").glob("*.eml"))
    assert len(sent) == 3
    assert all("Lens Grinder" in text for text in sent)


@pytest.mark.slow
def test_a_preview_and_the_doctor_say_what_is_wrong_with_a_template(file):
    own = file.with_name("own")
    write(own, "{{ nobody }}")
    words = f"{own}/digest/body.txt:1: 'nobody' is undefined"
    answer = call("digest", "preview", "one")
    assert (answer.code, answer.out, answer.err) == (3, "", f"{words}\n")
    answer = call("doctor", "mail")
    assert answer.code == 1
    assert f"wrong  templates: {words}" in answer.out.splitlines()
    write(own, "My own {{ headline }}")
    assert f"fine   templates: {own}: a letter can be drawn" in call("doctor", "mail").out


def test_a_reader_who_subscribes_is_answered_all_the_same(file, caplog):
    write(file.with_name("own"), "{{ nobody }}", "notice/known.txt")
    notice = Notice("ann@reader.example", "k", None, (), 7)
    config = loads('public_url = "https://rolls.example"\n' + TOML, file)
    assert notices.composed(config, notice, UNTIL).recipient == "ann@reader.example"
    assert "'nobody' is undefined; the built-in templates were used" in caplog.text
