from __future__ import annotations

import dataclasses
import os
import socket
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from calling import call
from mail_server import HOST, MailServer, unused_port
from visits import crawl, posting

from monitor import doctor
from monitor.commands import channels
from monitor.compare import judge
from monitor.config import load, loads
from monitor.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CONTACT = 'contact = "reader@tidewater.example"\n'
BOARD = '[[source]]\nid = "tidewater"\nkind = "greenhouse"\nboard = "tidewater"\n'
SEARCH = '[[search]]\nid = "optics"\nto = ["reader@tidewater.example"]\n'
SMTP = '[delivery]\nmethod = "smtp"\nsender = "{sender}"\nhost = "127.0.0.1"\nport = {port}\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ROLECALL_CONFIG", raising=False)
    return tmp_path


@pytest.fixture
def file(folder):
    path = folder / "rolecall.toml"
    path.write_text(CONTACT + BOARD + SEARCH)
    path.chmod(0o644)
    return path


def said(findings):
    return [(finding.grade, finding.what, finding.words) for finding in findings]


# The store.


def test_a_folder_that_is_not_there_is_wrong(tmp_path):
    (found,) = said(doctor.disk(tmp_path / "none" / "rolls.db"))
    words = f"{tmp_path / 'none'}: no such folder; make it, or change `store`"
    assert found == ("wrong", "store", words)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_wrong(tmp_path):
    tmp_path.chmod(0o500)
    (found,) = said(doctor.disk(tmp_path / "rolls.db"))
    tmp_path.chmod(0o700)
    assert found == ("wrong", "store", f"{tmp_path}: not writable by this user")


def test_a_store_is_told_with_its_size(tmp_path):
    path = tmp_path / "rolls.db"
    assert said(doctor.disk(path)) == []
    path.write_bytes(bytes(1_250_000))
    assert said(doctor.disk(path)) == [("fine", "store", f"{path}: 1.2 MB")]


# Who else may write it.


@pytest.mark.parametrize(
    ("name", "mode", "grade", "who"),
    [
        ("rolecall.toml", 0o646, "wrong", "others"),
        ("rolecall.toml", 0o664, "note", "its group"),
        ("rolls.db", 0o666, "wrong", "others"),
        ("own", 0o757, "wrong", "others"),
        ("own", 0o1777, "wrong", "others"),
        ("own/digest/body.txt", 0o602, "wrong", "others"),
        (".", 0o777, "wrong", "others"),
    ],
)
def test_what_others_may_write_is_told_with_its_next_step(folder, name, mode, grade, who):
    (folder / "own" / "digest").mkdir(parents=True)
    for file in ("rolecall.toml", "rolls.db", "own/digest/body.txt"):
        (folder / file).write_text('store = "rolls.db"\ntemplates = "own"\n')
    config = load(folder / "rolecall.toml")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert said(doctor.modes(config)) == []
    folder.joinpath(name).chmod(mode)
    path = folder / name
    words = f"{path}: {who} may write it; chmod go-w {path}"
    assert said(doctor.modes(config)) == [(grade, "modes", words)]


def test_a_folder_of_everybody_s_where_nobody_replaces_a_file_is_no_finding(folder, file):
    folder.chmod(0o1777)
    assert said(doctor.modes(load(file))) == []


def test_what_others_may_write_is_counted_when_it_is_much(folder, file):
    (folder / "own").mkdir()
    file.write_text('templates = "own"\n')
    for number in range(8):
        (folder / "own" / f"{number}.txt").touch(0o600)
        (folder / "own" / f"{number}.txt").chmod(0o602)
    found = said(doctor.modes(load(file)))
    assert len(found) == 6
    assert found[-1] == ("wrong", "modes", "3 files more that others may write")


@pytest.mark.parametrize("key", ["login", "metrics", "ping"])
def test_a_secret_of_the_page_or_the_ping_must_be_there_and_private(folder, file, key):
    secret, table = folder / "secret", "[ping]\nurl_file"
    if key != "ping":
        asked = 'user_header = "x-user"\nproxies = ["10.0.0.1/32"]'
        table = f"[page]\n{asked}\n" + {"login": "password", "metrics": "metrics"}[key] + "_file"
    file.write_text(f'{table} = "secret"\n')
    config = load(file)
    words = f"{secret}: No such file or directory"
    assert said(doctor.modes(config)) == [("wrong", key, words)]
    secret.write_text("hush")
    secret.chmod(0o604)
    words = f"{secret}: others may read it; chmod 600 {secret}"
    assert said(doctor.modes(config)) == [("wrong", key, words)]
    secret.chmod(0o600)
    assert said(doctor.modes(config)) == [("fine", key, f"{secret}: there, and private")]


def test_the_command_tells_who_else_may_write(file):
    file.chmod(0o666)
    answer = call("doctor", "store")
    assert answer.code == 1
    assert f"wrong  modes: {file}: others may write it; chmod go-w {file}" in answer.out


# The sources.


def row(hours, **more):
    """Give a source's row as the store has it, last visited some hours ago."""
    visit = NOW - timedelta(hours=hours)
    told = {"outcome": "complete", "reasons": (), "suspicious": None, "failures": 0, "open": 12}
    told |= {"quarantined_at": None}
    return {"last_visit": visit} | told | more


UNHEARD = ", and not since: is `rolecall run` in the crontab, or `serve` running?"
ALONE = "; left alone for a week, unless `rolecall crawl tidewater` succeeds"
SEEN = "2026-11-24 11:00 UTC"


@pytest.mark.parametrize(
    ("seen", "grade", "words"),
    [
        (None, "note", "never visited; `rolecall crawl tidewater` does it now"),
        ({"last_visit": None}, "note", "never visited; `rolecall crawl tidewater` does it now"),
        (row(1), "fine", f"complete on {SEEN}, 12 open"),
        (row(1, outcome="unchanged"), "fine", f"unchanged on {SEEN}, 12 open"),
        (
            row(1, outcome="failed", failures=1, reasons=("no answer in time", "again")),
            "wrong",
            f"failed on {SEEN}: no answer in time; again",
        ),
        (
            row(1, outcome="failed", failures=3),
            "wrong",
            f"failed on {SEEN}, 3 times in a row: no reason given",
        ),
        (
            row(1, outcome="failed", failures=1, reasons=("died",), quarantined_at=NOW),
            "wrong",
            f"failed on {SEEN}: died{ALONE}",
        ),
        (
            row(1, outcome="partial", reasons=("page 3 is missing",)),
            "note",
            f"partial on {SEEN}, nothing closes meanwhile: page 3 is missing",
        ),
        (
            row(1, suspicious="found 1 of the usual 12"),
            "note",
            f"complete on {SEEN}, nothing closes meanwhile: found 1 of the usual 12",
        ),
        (
            row(19),
            "wrong",
            f"complete on 2026-11-23 17:00 UTC{UNHEARD}",
        ),
    ],
)
def test_a_source_is_judged_by_its_last_visit(seen, grade, words):
    config = loads(CONTACT + BOARD)
    rows = {} if seen is None else {"tidewater": seen}
    assert said(doctor.sources(config, rows, NOW)) == [(grade, "tidewater", words)]


@pytest.mark.parametrize(
    ("visit", "interval", "late"),
    [
        (None, 3600.0, True),
        (NOW - timedelta(hours=3), 3600.0, False),
        (NOW - timedelta(hours=3, seconds=1), 3600.0, True),
        (NOW + timedelta(hours=1), 3600.0, False),
    ],
)
def test_a_source_is_overdue_after_three_missed_visits(visit, interval, late):
    assert doctor.overdue(visit, interval, NOW) is late


def test_no_contact_is_wrong_and_no_source_is_a_note():
    contact, sources = said(doctor.sources(loads(""), {}, NOW))
    assert contact[:2] == ("wrong", "contact")
    assert 'add contact = "you@example.org"' in contact[2]
    assert sources == ("note", "sources", "none yet; `rolecall add LINK` watches one")


# The mail.


def test_a_folder_for_letters_is_looked_at_where_it_shall_be(folder, file):
    config = loads(SEARCH + '[delivery]\nfolder = "a/b"\n', file)
    assert said(doctor.mail(config)) == [("fine", "delivery", f".eml files in {folder / 'a/b'}")]
    (folder / "a").write_text("a file stands in the way")
    (found,) = said(doctor.mail(config))
    assert found == ("wrong", "delivery", f"{folder / 'a/b'}: cannot be written by this user")


def test_printing_is_always_possible_and_nobody_to_tell_is_a_note():
    assert said(doctor.mail(loads('[delivery]\nmethod = "stdout"'))) == [
        (
            *("note", "searches"),
            "none, so nobody is told; `rolecall config schema --markdown` shows the keys",
        ),
        ("fine", "delivery", "printed on stdout"),
    ]


def test_a_channel_is_told_with_its_folder_and_whether_a_search_takes_it(folder, file):
    shelf = '[[channel]]\nid = "shelf"\nkind = "{}"\n'
    config = loads(SEARCH + 'channels = ["shelf"]\n' + shelf.format("atom"), file)
    assert said(doctor.channels(config, channels.secret_of)) == [
        ("fine", "shelf", f"atom files in {folder / 'feeds'}"),
    ]
    (folder / "feeds").write_text("a file stands in the way")
    config = loads(SEARCH + shelf.format("jsonfeed"), file)
    assert said(doctor.channels(config, channels.secret_of)) == [
        ("note", "shelf", 'no search takes it; add channels = ["shelf"] to a [[search]]'),
        ("wrong", "shelf", f"{folder / 'feeds'}: cannot be written by this user"),
    ]


HOOK = '[[channel]]\nid = "desk"\nkind = "webhook"\nurl = "https://hooks.tidewater.example/in?t=hush"\n'


@pytest.mark.parametrize(
    ("mode", "text", "grade", "words"),
    [
        (0o600, "open-sesame-94-open-sesame", "fine", "webhook to hooks.tidewater.example, its"),
        (0o640, "open-sesame-94-open-sesame", "wrong", "others may read it; chmod 600 "),
        (0o600, "sesame", "wrong", "the secret is shorter than 24 bytes"),
        (0o600, "", "wrong", " is empty"),
        (None, "", "wrong", "No such file or directory"),
    ],
)
def test_the_secret_of_a_channel_must_be_there_and_private(tmp_path, mode, text, grade, words):
    path = tmp_path / "hook-secret"
    if mode is not None:
        path.write_text(text + "\n")
        path.chmod(mode)
    config = loads(SEARCH + 'channels = ["desk"]\n' + HOOK + f'secret_file = "{path}"\n')
    ((found, what, said_of_it),) = said(doctor.channels(config, channels.secret_of))
    assert (found, what) == (grade, "desk")
    assert words in said_of_it
    assert "sesame" not in said_of_it
    assert "hush" not in said_of_it


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def smtp(port, more="", sender="roles@tidewater.example"):
    text = SEARCH + SMTP.format(port=port, sender=sender) + more
    return {what: (grade, words) for grade, what, words in said(doctor.mail(loads(text)))}


def test_a_server_that_answers_is_fine_and_what_cannot_be_seen_is_said(port):
    found = smtp(port)
    assert found.keys() == {"server", "sender"}
    assert found["server"] == ("fine", f"127.0.0.1:{port} answers")
    words = "ask your provider for SPF, DKIM and DMARC of tidewater.example; not visible from here"
    assert found["sender"][0] == "note"
    assert found["sender"][1].startswith(words)


def test_a_server_that_does_not_answer_is_wrong():
    port = unused_port()
    assert smtp(port)["server"] == ("wrong", f"127.0.0.1:{port}: Connection refused")


def test_a_sender_without_a_domain_is_wrong(port):
    text = SEARCH + SMTP.format(port=port, sender="Rolls <rolls@localhost>")
    found = said(doctor.mail(loads(text)))
    words = "Rolls <rolls@localhost>: most receivers refuse mail from localhost"
    assert ("wrong", "sender", words) in found


def test_a_password_in_clear_is_wrong(port):
    found = smtp(port, 'security = "none"\nusername = "rolls"\n')
    assert found["security"] == (
        "wrong",
        'the password would travel in clear; use "starttls"',
    )


def test_a_password_that_is_not_in_the_environment_is_wrong(port, monkeypatch):
    more = 'username = "rolls"\npassword_env = "ROLLS_PASSWORD"\n'
    monkeypatch.delenv("ROLLS_PASSWORD", raising=False)
    assert smtp(port, more)["password"] == (
        "wrong",
        "$ROLLS_PASSWORD is not set here; cron needs it too",
    )
    monkeypatch.setenv("ROLLS_PASSWORD", "open-sesame-94")
    assert "password" not in smtp(port, more)


@pytest.mark.parametrize(
    ("mode", "grade", "words"),
    [
        (0o600, "fine", "there, and private"),
        (0o400, "fine", "there, and private"),
        (0o640, "wrong", "others may read it; chmod 600 "),
        (0o604, "wrong", "others may read it; chmod 600 "),
        (None, "wrong", "No such file or directory"),
    ],
)
def test_a_password_file_must_be_there_and_private(tmp_path, port, mode, grade, words):
    path = tmp_path / "password"
    if mode is not None:
        path.write_text("open-sesame-94\n")
        path.chmod(mode)
    found = smtp(port, f'username = "rolls"\npassword_file = "{path}"\n')["password"]
    assert found[0] == grade
    assert found[1].startswith(f"{path}: {words}")
    assert "sesame" not in found[1]


def delivery(**more):
    kept = {"state": "pending", "attempts": 1, "last_reply": None, "next_at": NOW}
    return SimpleNamespace(letter=SimpleNamespace(recipient="a@b.example"), **(kept | more))


@pytest.mark.parametrize(
    ("one", "grade", "words"),
    [
        (delivery(), "note", "kept, tried again 2026-11-24 12:00 UTC: not tried yet"),
        (
            delivery(last_reply="451 later"),
            "note",
            "kept, tried again 2026-11-24 12:00 UTC: 451 later",
        ),
        (
            delivery(state="dead", attempts=9, last_reply="550 unknown"),
            "wrong",
            "given up after 9 attempts: 550 unknown",
        ),
    ],
)
def test_letters_that_wait_and_letters_given_up_are_told(one, grade, words):
    assert said(doctor.letters([one])) == [(grade, "a@b.example", words)]


@pytest.mark.parametrize(
    ("ahead", "grade", "words"),
    [
        (timedelta(hours=1), "wrong", "something was recorded at 2026-11-24 13:00 UTC, which is"),
        (timedelta(minutes=4), "fine", "2026-11-24 12:00 UTC, and nothing that was recorded"),
        (None, "fine", "2026-11-24 12:00 UTC, and nothing that was recorded"),
    ],
)
def test_what_is_recorded_in_the_future_tells_of_a_wrong_clock(ahead, grade, words):
    (found,) = said(doctor.clock(ahead and NOW + ahead, NOW))
    assert found[:2] == (grade, "clock")
    assert found[2].startswith(words)


# The command.


def visited(file):
    """Remember one visit that ended just now."""
    at = datetime.now(UTC)
    with Store.open(file.with_name("rolecall.db")) as store:
        store.record(dataclasses.replace(crawl([posting()]), started=at, finished=at), judge)


def test_the_doctor_of_a_fresh_installation_names_the_next_steps(file):
    answer = call("doctor")
    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert lines.pop(2).endswith("UTC, and nothing that was recorded is yet to come")
    assert lines == [
        f"note   store: {file.parent / 'rolecall.db'}: not there yet; `rolecall run` makes it",
        "note   tidewater: never visited; `rolecall crawl tidewater` does it now",
        f"fine   delivery: .eml files in {file.parent / 'mail'}",
    ]
    assert sorted(path.name for path in file.parent.iterdir()) == ["rolecall.toml"]


def test_findings_are_json_lines(file):
    visited(file)
    answer = call("doctor", "--json")
    assert (answer.code, answer.err) == (0, "")
    for line in answer.lines:
        assert line.keys() == {"schema_version", "grade", "what", "words"}
    assert [(line["grade"], line["what"]) for line in answer.lines] == [
        ("fine", "store"),
        ("fine", "tidewater"),
        ("fine", "clock"),
        ("fine", "delivery"),
    ]


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        (["store"], {"store"}),
        (["sources"], {"tidewater", "clock"}),
        (["mail"], {"delivery"}),
        (["mail", "store"], {"delivery", "store"}),
    ],
)
def test_only_what_is_named_is_looked_at(file, parts, what):
    visited(file)
    assert {line["what"] for line in call("doctor", *parts, "--json").lines} == what


def test_something_wrong_is_1(file):
    file.write_text(BOARD + SEARCH)
    answer = call("doctor", "sources")
    assert answer.code == 1
    assert answer.out.startswith("wrong  contact: missing: live visits need it")


def test_a_damaged_store_is_wrong_whatever_is_looked_at(file):
    file.with_name("rolecall.db").write_bytes(b"no database at all" * 100)
    for part in ("store", "sources", "mail"):
        answer = call("doctor", part, "--json")
        assert answer.code == 1
        assert ("wrong", "store") in {(line["grade"], line["what"]) for line in answer.lines}


def test_a_sample_is_sent_at_once_and_past_the_outbox(file):
    with MailServer() as server:
        text = SMTP.format(port=server.port, sender="roles@tidewater.example")
        file.write_text(CONTACT + SEARCH + text.replace("127.0.0.1", HOST) + 'security = "none"\n')
        answer = call("doctor", "mail", "--to", "me@reader.example")
        assert answer.code == 0, answer.out
        assert "fine   me@reader.example: a sample left: " in answer.out
        assert server.recipients == ["me@reader.example"]
    assert not file.with_name("rolecall.db").exists()


def test_a_sample_that_cannot_leave_is_wrong(file):
    text = SMTP.format(port=unused_port(), sender="roles@tidewater.example")
    file.write_text(CONTACT + SEARCH + text)
    answer = call("doctor", "mail", "--to", "me@reader.example")
    assert answer.code == 1
    assert "wrong  me@reader.example: " in answer.out


def test_a_sample_for_nobody_s_search_or_address_is_refused(file):
    file.write_text(CONTACT)
    answer = call("doctor", "mail", "--to", "me@reader.example")
    assert answer.code == 1
    assert "wrong  me@reader.example: no [[search]] to make a sample of" in answer.out
    assert call("doctor", "--to", "Me <me@reader.example>").code == 2
