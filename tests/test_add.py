from __future__ import annotations

import json

import pytest
from calling import call
from hypothesis import given, settings
from hypothesis import strategies as st
from site_on_loopback import Site, put_careers

from crawler.items import Source
from monitor.commands.add import _picked, append, table
from monitor.commands.proof import Refused
from monitor.config import load, loads

HEAD = """\
# My roll.   Mind the spaces,
store   = "rolls.db"# and this
contact = "reader@tidewater.example"

[network]
delay = 0
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ROLECALL_CONFIG", raising=False)
    path = tmp_path / "rolecall.toml"
    path.write_bytes(HEAD.encode())
    return path


def add(*links):
    return call("add", "--no-fetch", *links)


@pytest.mark.parametrize(
    ("link", "kind", "board"),
    [
        ("https://boards.greenhouse.io/tidewater", "greenhouse", "tidewater"),
        ("https://job-boards.greenhouse.io/tidewater/jobs/441", "greenhouse", "tidewater"),
        ("https://boards.greenhouse.io/embed/job_board?for=tidewater", "greenhouse", "tidewater"),
        (
            "https://boards.greenhouse.io/embed/job_board/js?for=tidewater",
            "greenhouse",
            "tidewater",
        ),
        ("https://boards-api.greenhouse.io/v1/boards/tidewater/jobs", "greenhouse", "tidewater"),
        ("https://jobs.lever.co/tidewater", "lever", "tidewater"),
        ("https://jobs.lever.co/tidewater/2f1b-77/apply", "lever", "tidewater"),
        ("https://api.lever.co/v0/postings/tidewater?mode=json", "lever", "tidewater"),
        ("https://jobs.ashbyhq.com/tidewater", "ashby", "tidewater"),
        ("https://api.ashbyhq.com/posting-api/job-board/tidewater", "ashby", "tidewater"),
        ("jobs.lever.co/tidewater", "lever", "tidewater"),
    ],
)
def test_a_link_says_its_kind_and_board(file, link, kind, board):
    answer = add(link)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == f"added tidewater: {kind} {board}, to rolecall.toml; next: rolecall run\n"
    (source,) = load(file).source
    assert (source.id, source.kind, source.board, source.every) == ("tidewater", kind, board, "6h")


def test_every_byte_of_the_file_stays(file):
    assert add("https://jobs.lever.co/tidewater").code == 0
    assert file.read_bytes() == HEAD.encode() + (
        b'\n[[source]]\nid = "tidewater"\nkind = "lever"\nboard = "tidewater"\nevery = "6h"\n'
    )


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b'store = "a.db" # no newline at the end',
        b'# windows\r\nstore = "a.db"\r\n',
        b'\xef\xbb\xbfstore = "a.db"\n',
        b'[[search]]\nid = "a"\nto = ["a@b.example"]\n\n\n',
        b'[network] # last table\nallow = [\n "10.0.0.0/8:443", # why\n]\n',
    ],
)
def test_any_sound_file_takes_a_source_at_its_end(file, before):
    file.write_bytes(before)
    append(file, table(Source("tidewater", "lever", "tidewater"), "1d"))
    after = file.read_bytes()
    assert after.startswith(before)
    assert [source.id for source in load(file).source] == ["tidewater"]
    if b"\r\n" in before:
        assert after.count(b"\r\n") == after.count(b"\n")


@pytest.mark.parametrize("before", ["source = []\n", "stor = 1\n"])
def test_a_file_that_cannot_take_a_source_stays_and_the_table_is_shown(file, before):
    file.write_text(before)
    with pytest.raises(Refused) as refused:
        append(file, table(Source("tidewater", "lever", "tidewater"), "1d"))
    assert "cannot be appended (" in str(refused.value)
    assert '[[source]]\nid = "tidewater"\nkind = "lever"' in str(refused.value)
    assert file.read_text() == before
    assert [path.name for path in file.parent.iterdir()] == ["rolecall.toml"]


def test_the_mode_of_the_file_stays(file):
    file.chmod(0o640)
    assert add("https://jobs.lever.co/tidewater").code == 0
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_link_to_the_file_stays_a_link(file):
    real = file.with_name("real.toml")
    file.rename(real)
    file.symlink_to(real)
    assert add("https://jobs.lever.co/tidewater").code == 0
    assert file.is_symlink()
    assert len(load(real).source) == 1


def test_what_is_watched_is_not_added_again(file):
    assert add("https://jobs.lever.co/tidewater").code == 0
    before = file.read_bytes()
    again = add("https://api.lever.co/v0/postings/tidewater", "--id", "other")
    assert (again.code, again.out) == (3, "")
    assert again.err == (
        "https://api.lever.co/v0/postings/tidewater: is watched already, as tidewater\n"
    )
    assert file.read_bytes() == before


def test_a_page_that_is_watched_is_refused_before_it_is_visited(file):
    link = "https://gannet.example/careers"
    append(file, table(Source("gannet", "careers_page", url=link), "6h"))
    answer = call("add", link)
    assert (answer.code, answer.out) == (3, "")
    assert answer.err == f"{link}: is watched already, as gannet\n"


@pytest.mark.usefixtures("file")
def test_the_next_step_is_named_once():
    first, second = (add(f"https://jobs.lever.co/{name}").out for name in ("tidewater", "gannet"))
    assert first.endswith("; next: rolecall run\n")
    assert second == "added gannet: lever gannet, to rolecall.toml\n"


def test_the_same_name_at_other_hosts_gets_another_id(file):
    links = [
        "https://jobs.lever.co/tidewater",
        "https://jobs.ashbyhq.com/tidewater",
        "https://jobs.eu.lever.co/tidewater",
        "https://boards.greenhouse.io/tidewater",
    ]
    answer = add(*links)
    assert answer.code == 0
    assert [(source.id, source.kind) for source in load(file).source] == [
        ("tidewater", "lever"),
        ("tidewater-ashby", "ashby"),
        ("tidewater-lever", "lever"),
        ("tidewater-greenhouse", "greenhouse"),
    ]
    assert dict(load(file).source[2].options) == {"region": ".eu"}


def test_a_name_and_an_interval_are_taken_as_given(file):
    answer = add("https://jobs.lever.co/tidewater", "--id", "lamps", "--every", "30m", "--json")
    assert (answer.code, answer.err) == (0, "")
    assert answer.lines == [
        {
            "schema_version": 1,
            "added": "lamps",
            "kind": "lever",
            "board": "tidewater",
            "url": None,
        }
    ]
    assert (load(file).source[0].id, load(file).source[0].every) == ("lamps", "30m")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--every", "5"], 2, '"5" is not a duration; write it like "30m", "6h" or "1d"'),
        (["--id", "a b"], 2, '"a b" is not an id; use letters, digits, - _ and .'),
        (["--id", "taken"], 3, 'the id "taken" is taken; --id gives it another'),
        (["--id", "a", "https://jobs.lever.co/b"], 2, "--id names one source; add the links one"),
        (["--no-fetch", "ftp://tidewater.example"], 1, "is not a link; write it with https://"),
        (["a link"], 1, '"https://a link" is not a link'),
        (["https://tidewater.example/careers"], 1, "the link alone does not say what it is; leave"),
    ],
)
def test_a_mistake_ends_in_words_and_its_code(file, arguments, code, words):
    file.write_text(HEAD + '[[source]]\nid = "taken"\nkind = "ashby"\nboard = "x"\n')
    before = file.read_bytes()
    answer = add("https://jobs.lever.co/tidewater", *arguments)
    assert answer.code == code
    assert words in answer.err
    assert "Traceback" not in answer.err
    added = len(load(file).source) - 1
    assert added == (1 if code == 1 else 0)
    assert file.read_bytes().startswith(before)


def test_no_link_that_could_be_added_is_3(file):
    answer = add("https://tidewater.example/careers", "https://gannet.example")
    assert (answer.code, answer.out, answer.err.count("\n")) == (3, "", 2)
    assert file.read_bytes() == HEAD.encode()


def test_a_broken_file_is_told_before_anything_is_visited(file):
    file.write_text("stor = 1\n")
    answer = call("add", "https://tidewater.example/careers")
    assert answer.code == 2
    assert answer.err == "rolecall.toml:1 stor: unknown key; did you mean store?\n"


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
)
@settings(max_examples=60, deadline=None)
def test_a_table_reads_back_as_the_source_it_was_written_from(board, organization):
    source = Source("a", "ashby", board, None, organization, "EUR", {"region": board})
    assert loads(table(source, "2h")).sources() == (source,)


# Live, against a site on loopback.


@pytest.fixture
def site(file):
    with Site() as made:
        made.put("/robots.txt", "User-agent: *\nDisallow: /private\n")
        put_careers(made, "/careers", "/jobs", (1, 2))
        file.write_text(f'{HEAD}allow = ["127.0.0.1/32:{made.port}"]\n')
        yield made


def test_of_several_boards_of_a_page_one_is_picked_and_without_a_pick_all_are_listed():
    found = [Source("gannet", "greenhouse", board="gannet"), Source("tern", "lever", board="tern")]
    assert _picked(found[:1], None) == found[0]
    assert _picked(found, 2) == found[1]
    for pick in (None, 3):
        with pytest.raises(Refused) as refused:
            _picked(found, pick)
        assert str(refused.value) == (
            "leads to 2 sources: 1 greenhouse gannet, 2 lever tern; --pick says which"
        )


@pytest.mark.slow
def test_a_page_that_leads_to_two_boards_lists_them_and_adds_neither(file, site):
    board = "https://boards.greenhouse.io/gannet"
    site.put("/about", f'<a href="{board}">Jobs</a> <a href="https://jobs.lever.co/tern">More</a>')
    before = file.read_bytes()
    answer = call("add", f"{site.url}/about")
    assert answer.code == 3
    assert "leads to 2 sources: 1 greenhouse gannet, 2 lever tern" in answer.err
    assert file.read_bytes() == before


@pytest.mark.slow
def test_a_careers_page_is_visited_proved_and_appended(file, site):
    before = file.read_bytes()
    answer = call("add", f"{site.url}/careers", "--id", "gannet")
    assert answer.code == 0, answer.err
    assert (
        answer.out
        == f"added gannet: careers_page {site.url}/careers, to rolecall.toml; next: rolecall run\n"
    )
    assert "read 2 postings" in answer.err
    assert file.read_bytes().startswith(before)
    (source,) = load(file).source
    assert (source.kind, source.url) == ("careers_page", f"{site.url}/careers")
    assert source.organization == "Gannet Foghorns"
    assert "/private" not in site.paths()
    assert not file.with_name("rolls.db").exists(), "a proof is not remembered"
    again = call("add", f"{site.url}/careers")
    assert (again.code, file.read_bytes().count(b"[[source]]")) == (3, 1)
    assert "is watched already, as gannet" in again.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/empty", "saw 200, text/html, 0 kB, but no board of a known kind and no schema.org"),
        ("/missing", "saw 404, text/html, 0 kB, but no board of a known kind"),
        ("/private", "robots.txt"),
    ],
)
def test_a_page_that_cannot_be_read_is_refused_with_what_was_seen(file, site, path, words):
    site.put("/empty", "<html><body>We are always looking.</body></html>")
    before = file.read_bytes()
    answer = call("add", f"{site.url}{path}")
    assert (answer.code, answer.out) == (3, "")
    assert words in answer.err
    assert answer.err.count(f"{site.url}{path}: ") == 1
    assert "Traceback" not in answer.err
    assert file.read_bytes() == before


@pytest.mark.slow
def test_a_private_address_that_is_not_allowed_is_refused(file, site):
    file.write_text(HEAD)
    answer = call("add", f"{site.url}/careers")
    assert (answer.code, answer.out) == (3, "")
    assert "127.0.0.1 is not a public address" in answer.err
    assert answer.err.endswith(". If it is your own, name it in `allow` of [network]\n")
    assert site.paths() == []


@pytest.mark.slow
@pytest.mark.usefixtures("file")
def test_what_was_added_is_crawled_recorded_and_replayed(site, tmp_path):
    assert call("add", f"{site.url}/careers", "--id", "gannet").code == 0
    answer = call("crawl", "gannet", "--json")
    assert answer.code == 0
    allowed, line = answer.lines
    assert allowed["allow"] == [f"127.0.0.1/32:{site.port}"]
    assert (line["source"], line["crawl"], line["postings"]) == ("gannet", "complete", 2)
    assert (line["baseline"], "2 postings, first visit" in answer.err) == (True, True)
    recorded = call("record", "gannet", "--into", tmp_path / "cases", "--json")
    allowed, line = recorded.lines
    assert allowed["allow"] == [f"127.0.0.1/32:{site.port}"]
    assert (recorded.code, line["postings"]) == (0, 2)
    kept = json.loads((tmp_path / line["recorded"] / "postings.json").read_text())
    assert [posting["title"] for posting in kept] == ["Tuner 1", "Tuner 2"]
    replayed = call("replay", tmp_path / "cases", "--json")
    assert [(one["crawl"], one["postings"]) for one in replayed.lines] == [("complete", 2)]


@pytest.mark.slow
def test_a_source_that_fails_is_1_beside_others_and_3_alone(file, site):
    with file.open("a") as text:
        for name, path in (("gannet", "careers"), ("auk", "missing")):
            text.write(f'[[source]]\nid = "{name}"\nkind = "careers_page"\n')
            text.write(f'url = "{site.url}/{path}"\n')
    answer = call("crawl")
    assert answer.code == 1
    assert "\nauk: failed, " in "\n" + answer.err
    assert "\ngannet: 2 postings, first visit" in "\n" + answer.err
    assert call("crawl", "auk").code == 3
    assert call("status").code == 1
