"""Readers from the command line: who gets no letters, how that is said, lifted and forgotten."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import subscribing
from calling import call
from judging import crawl, judge, posting
from subscribing import Office, form, subscribed
from web_samples import client, site

from monitor import connections, lock
from monitor.commands import letters
from monitor.commands.voice import Voice
from monitor.commands.work import Work
from monitor.config import load
from monitor.store import Store

ANN, BEN = "ann@reader.example", "ben@reader.example"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CONFIG = """contact = "owner@rolecall.example"
public_url = "https://roles.example"
[delivery]
sender = "Rolecall <watch@rolecall.example>"
[[source]]
id = "harbor"
kind = "greenhouse"
board = "harborline"
every = "999d"
[[search]]
id = "mine"
to = ["ann@reader.example", "ben@reader.example"]
[[search]]
id = "hers"
to = ["ann@reader.example"]
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ROLECALL_CONFIG", raising=False)
    for module in ("letters", "subscribe"):
        monkeypatch.setattr(f"monitor.commands.{module}.now", lambda: NOW + timedelta(days=3))
    path = tmp_path / "rolecall.toml"
    path.write_text(CONFIG)
    with Store.open(tmp_path / "rolecall.db") as store:
        store.record(crawl(0, posting("a")), judge)
    return path


def told(file, period, moment=NOW):
    """Decide the digest of both searches and give who gets one, as (search, address)."""
    config = load(file)
    with Store.open(config.path(config.store)) as store:
        before = {one.id for one in store.undelivered()}
        for search in config.searches():
            letters.decide(Work(Voice(), config, store), search, period, moment)
        made = [one for one in store.undelivered() if one.id not in before]
    return {(one.search, one.letter.recipient) for one in made}


def leave(file, recipient, search):
    with Store.open(file.with_name("rolecall.db")) as store:
        assert store.audience.leave(store.audience.key(search, recipient), NOW)


def record(file, *names, day=1):
    with Store.open(file.with_name("rolecall.db")) as store:
        store.record(crawl(day, *map(posting, names)), judge)


def test_a_reader_who_left_gets_no_letter_and_the_operator_is_told(file, capsys):
    assert told(file, "1") == {("mine", ANN), ("mine", BEN), ("hers", ANN)}
    leave(file, ANN, "mine")
    record(file, "a", "b")
    assert told(file, "2", NOW + timedelta(days=1)) == {("mine", BEN), ("hers", ANN)}
    words = f"{ANN}: no letter of mine: unsubscribed on 2026-11-24; `rolecall subscribe {ANN}`"
    assert words in capsys.readouterr().err
    assert words in call("status").err
    answer = call("doctor", "mail")
    assert f"note   {words} lifts it" in answer.out
    assert "no letter of mine: unsubscribed" not in call("status").out


def test_what_nobody_would_get_waits_until_somebody_is_back(file):
    told(file, "1")
    leave(file, ANN, "hers")
    record(file, "a", "b")
    assert told(file, "2", NOW + timedelta(days=1)) == {("mine", ANN), ("mine", BEN)}
    answer = call("subscribe", ANN, "hers", "--json")
    (line,) = answer.lines
    assert (line["address"], line["search"], line["why"]) == (ANN, "hers", "unsubscribed")
    assert told(file, "3", NOW + timedelta(days=2)) == {("hers", ANN)}


def test_a_refused_address_is_said_by_a_quiet_run_and_by_the_page(file, capsys):
    told(file, "1")
    path = file.with_name("rolecall.db")
    with Store.open(path) as store:
        bounced = {"sent": False, "reply": "550 5.1.1 gone", "retry_at": None, "bounced": True}
        store.settle(store.claim(NOW, lease=900), now=NOW, **bounced)
        config = load(file)
        work = Work(Voice(quiet=True), config, store)
        mine, hers = config.searches()
        capsys.readouterr()
        assert letters.listening(work, mine) == ((BEN,), (ANN,))
        words = f"{ANN}: no letter of mine: refused on 2026-11-24: 550 5.1.1 gone"
        assert capsys.readouterr().err.startswith(words)
        assert letters.listening(work, hers) == ((), (ANN,))
        assert capsys.readouterr().err == ""
    assert call("doctor", "mail").out.count("wrong  ann@reader.example: no letter of") == 2
    with client(path, site(searches=(mine,))) as ask:
        assert f"{ANN} (no letters: refused on 2026-11-24: 550" in ask.get("/search/mine").text


def test_an_address_that_is_reached_again_missed_nothing(file):
    told(file, "1")
    config = load(file)
    with Store.open(file.with_name("rolecall.db")) as store:
        bounced = {"sent": False, "reply": "550 5.1.1 gone", "retry_at": None, "bounced": True}
        store.settle(store.claim(NOW, lease=900), now=NOW, **bounced)
        letters.deliver(Work(Voice(), config, store))
    record(file, "a", "b")
    assert told(file, "2", NOW + timedelta(days=1)) == {("mine", BEN), ("mine", ANN)}
    with Store.open(file.with_name("rolecall.db")) as store:
        letters.deliver(Work(Voice(), config, store))
        assert {one.letter.recipient for one in store.undelivered()} == {ANN}
        assert {one.state for one in store.undelivered()} == {"dead"}
    assert call("doctor", "mail").out.count("given up") == 1
    assert "3 letters will be sent again" in call("subscribe", ANN).err
    assert told(file, "3", NOW + timedelta(days=2)) == {("hers", ANN)}
    with Store.open(file.with_name("rolecall.db")) as store:
        letters.deliver(Work(Voice(), config, store))
        assert store.undelivered() == []
    assert len([*file.parent.glob("mail/*.eml")]) == 6


def test_subscribing_says_what_there_was_to_lift(file):
    told(file, "1")
    leave(file, ANN, "mine")
    answer = call("subscribe", ANN.upper())
    assert answer.code == 0
    assert "gets the letters of mine again (unsubscribed on 2026-11-24)" in answer.out
    again = call("subscribe", ANN)
    assert (again.code, again.out) == (0, "")
    assert f"nothing keeps letters from {ANN}" in again.err
    stranger = call("subscribe", "eve@reader.example")
    assert stranger.code == 3
    assert "names eve@reader.example; add it to `to` of one" in stranger.err
    assert call("subscribe", "eve").code == 2


# Forgetting.


def everything(folder):
    """Give the bytes of every file of the store, its log included, and of every letter."""
    files = [*folder.glob("rolecall.db*"), *folder.glob("mail/*")]
    return b"".join(file.read_bytes() for file in files)


def unnamed(file, *addresses):
    text = file.read_text()
    for address in addresses:
        text = text.replace(f'"{address}", ', "").replace(f'"{address}"', '"cleo@reader.example"')
    file.write_text(text)


@pytest.fixture
def kept(file):
    """Give a file whose store keeps letters, files, stops and an old copy of Ann's."""
    told(file, "1")
    leave(file, ANN, "mine")
    config = load(file)
    with Store.open(config.path(config.store)) as store:
        letters.deliver(Work(Voice(), config, store))
    record(file, "a", "b")
    told(file, "2", NOW + timedelta(days=1))
    with closing(sqlite3.connect(file.with_name("rolecall.db"))) as loose, loose:
        # A row that was deleted by an ordinary connection leaves its bytes in the file.
        loose.execute("PRAGMA secure_delete = OFF")
        loose.execute("DELETE FROM outbox WHERE id = (SELECT max(id) FROM outbox)")
    return file


def test_an_address_that_the_file_names_is_not_forgotten_and_its_line_is_said(kept):
    before = everything(kept.parent)
    answer = call("forget", ANN.upper())
    assert answer.code == 2
    assert answer.err.splitlines() == [
        f"rolecall.toml:12 search[0].to: still names {ANN}; take it out, then forget it",
        f"rolecall.toml:15 search[1].to: still names {ANN}; take it out, then forget it",
    ]
    sender = call("forget", "watch@rolecall.example")
    assert "rolecall.toml:4 delivery.sender: every letter names watch@" in sender.err
    assert everything(kept.parent) == before


def test_after_forgetting_the_address_is_nowhere_in_the_files(kept):
    assert everything(kept.parent).count(ANN.encode()) > 5
    unnamed(kept, ANN)
    with Store.open(kept.with_name("rolecall.db")) as store:
        key = store.audience.key("mine", ANN).encode()
    answer = call("forget", ANN, "--json")
    assert answer.code == 0
    (line,) = answer.lines
    removed = {name: line[name] for name in ("letters", "files", "keys", "stops", "searches")}
    assert removed == {"letters": 1, "files": 1, "keys": 2, "stops": 1, "searches": []}
    left = everything(kept.parent)
    assert ANN.encode() not in left.lower()
    assert key not in left
    assert BEN.encode() in left
    assert "Restart `rolecall serve`" in answer.err
    with Store.open(kept.with_name("rolecall.db"), readonly=True) as store:
        assert {known.posting.id for known in store.search("knots")} == {"a", "b"}


def test_forgetting_again_finds_nothing_and_is_fine(kept):
    unnamed(kept, ANN)
    assert "removed 1 letter, 1 file, 2 keys, 1 stop" in call("forget", ANN).out
    again = call("forget", ANN)
    assert (again.code, again.out) == (0, f"{ANN}: nothing was kept\n")


def test_a_search_of_one_reader_alone_goes_with_them(kept):
    text = kept.read_text()
    kept.write_text(text[: text.index('[[search]]\nid = "hers"')].replace(f'"{ANN}", ', ""))
    assert call("forget", ANN, "--json").lines[0]["searches"] == ["hers"]
    with closing(sqlite3.connect(kept.with_name("rolecall.db"))) as store:
        assert store.execute("SELECT id FROM searches").fetchall() == [("mine",)]
        assert store.execute("SELECT DISTINCT search FROM digests").fetchall() == [("mine",)]


def test_forgetting_waits_for_no_run_that_is_under_way(kept):
    unnamed(kept, ANN)
    with lock.hold(kept.with_name("rolecall.db")):
        assert call("forget", ANN).code == 5


def test_traces_that_a_reader_of_the_file_keeps_are_said(kept, monkeypatch):
    monkeypatch.setitem(connections.dial.__kwdefaults__, "patience", 0.05)
    unnamed(kept, ANN)
    with closing(sqlite3.connect(kept.with_name("rolecall.db"))) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM outbox").fetchall()
        answer = call("forget", ANN)
    assert answer.code == 1
    assert "another program reads it. Run this again." in answer.err
    assert call("forget", ANN).code == 0
    assert ANN.encode() not in everything(kept.parent)


# Other ways than mail.


@pytest.fixture
def fed(file):
    extra = 'channels = ["news"]\n[[channel]]\nid = "news"\nkind = "atom"\n'
    file.write_text(CONFIG + extra)
    assert told(file, "1") == {("mine", ANN), ("mine", BEN), ("hers", ANN), ("hers", "news")}
    return file


def test_a_channel_goes_on_when_every_reader_left(fed):
    leave(fed, ANN, "hers")
    record(fed, "a", "b")
    later = NOW + timedelta(days=1)
    assert told(fed, "2", later) == {("mine", ANN), ("mine", BEN), ("hers", "news")}
    with Store.open(fed.with_name("rolecall.db")) as store:
        store.audience.withdraw(NOW + timedelta(days=3))
        waiting = [(one.search, one.letter.recipient) for one in store.undelivered()]
    assert waiting.count(("hers", "news")) == 2
    assert ("hers", ANN) not in waiting


def test_a_channel_has_no_key_and_is_no_address_to_be_refused(fed):
    with Store.open(fed.with_name("rolecall.db")) as store:
        key = store.audience.key("hers", "news")
        assert store.audience.leave(key, NOW) is None
        feed = next(one for one in store.undelivered() if one.letter.channel == "atom")
        store.settle(feed, now=NOW, sent=False, reply="no", retry_at=None, bounced=True)
        assert store.audience.stops() == []


def test_an_address_is_forgotten_and_the_channel_beside_it_is_not(fed):
    unnamed(fed, ANN)
    assert call("forget", ANN).code == 0
    with Store.open(fed.with_name("rolecall.db")) as store:
        kept = {(one.search, one.letter.recipient) for one in store.undelivered()}
    assert kept == {("mine", BEN), ("hers", "news")}


# Those who subscribed by themselves.


@pytest.fixture
def office(tmp_path, monkeypatch):
    """Give the folder of a page to subscribe on, with two readers of their own and one to come."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ROLECALL_CONFIG", raising=False)
    made = Office(tmp_path)
    with made.client() as ask:
        subscribed(made, ask, subscribing.ANN)
        made.later(seconds=1)
        subscribed(made, ask, subscribing.BEN, search="", any="optics")
        made.later(seconds=1)
        ask.post("/subscribe", data=form("dee@uni.example"))
    made.turn()
    return made


def test_the_readers_are_listed_whoever_named_them(office):
    with Store.open(office.path) as store:
        for one in store.enrolments.all():
            if one.recipient == subscribing.BEN:
                store.audience.leave(store.audience.key(one.search, one.recipient), NOW)
    assert [
        line.partition(" (")[0].split(maxsplit=1) for line in call("readers").out.splitlines()
    ] == [
        [subscribing.CARA, "Optics"],
        [subscribing.ANN, "Everything"],
        [subscribing.BEN, "optics"],
        ["dee@uni.example", "Everything"],
    ]
    listed = call("readers", "--json").lines
    assert [(one["by"], one["state"]) for one in listed] == [
        ("rolecall.toml", "gets letters"),
        ("subscribed", "gets letters"),
        ("subscribed", "unsubscribed on 2026-11-24"),
        ("subscribed", "not confirmed yet"),
    ]
    assert [one["offer"] for one in listed] == [None, "all", None, "all"]
    assert call("subscribe", subscribing.BEN).code == 0
    assert call("readers", "--json").lines[2]["state"] == "gets letters"


def test_a_reader_who_subscribed_is_forgotten_with_everything(office):
    answer = call("forget", subscribing.ANN.upper(), "--json")
    assert answer.code == 0
    (line,) = answer.lines
    assert (line["letters"], line["keys"], line["enrolments"]) == (2, 1, 1)
    assert [name[:2] for name in line["searches"]] == ["s-"]
    assert subscribing.ANN.encode() not in office.path.read_bytes()
    call("forget", "dee@uni.example")
    assert [one["address"] for one in call("readers", "--json").lines] == [
        subscribing.CARA,
        subscribing.BEN,
    ]
    for table in ("enrolments", "notices", "searches", "digests"):
        assert "dee@" not in str(office.rows(f"SELECT * FROM {table}"))


def test_run_and_send_tell_them_like_any_reader(office, monkeypatch):
    office.visit("c")
    answer = call("digest", "send", "--now", "--json")
    assert answer.code == 0
    told = {to for line in answer.lines for to in line.get("to", ())}
    assert told == {subscribing.ANN, subscribing.BEN, subscribing.CARA}
    monkeypatch.setattr("monitor.commands.turn.visits.crawl", lambda *_, **__: None)
    assert call("run").code == 0
    (search,) = {one.id for one in office.searches() if one.to == (subscribing.ANN,)}
    assert call("digest", "preview", search).out.startswith("Subject: Sample: ")
