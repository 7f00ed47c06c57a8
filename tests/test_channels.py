"""What is decided leaves by every channel of its search, each on its own, none twice."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from calling import call
from http_server import HttpServer
from icalendar import Calendar
from judging import HARBOR, crawl
from judging import posting as messy
from mail_server import HOST, unused_port

from monitor import config
from monitor.commands import letters, page
from monitor.commands.lines import event_fields
from monitor.compare import judge
from monitor.lookup import Lookup
from monitor.store import Store

CONFIG = """
contact = "owner@rolecall.example"
[delivery]
sender = "Rolecall <watch@rolecall.example>"
{delivery}
[[source]]
id = "harbor"
kind = "greenhouse"
board = "harborline"
every = "999d"
[[search]]
id = "mine"
name = "Work by the water"
{search}
"""
FEEDS = """
[[channel]]
id = "shelf"
kind = "atom"
folder = "public"
url = "https://roles.example/feeds/"
keep = 3
[[channel]]
id = "wall"
kind = "jsonfeed"
folder = "public"
"""


def posting(name, **fields):
    return messy(name, **({"title": f"Engineer {name}"} | fields))


class Desk:
    """A reader's folder: rolecall.toml, a store with news, and the commands run there."""

    def __init__(self, folder, more="", search="", delivery=""):
        self.folder, self.file = folder, folder / "rolecall.toml"
        self.write(more, search, delivery)
        self.visited = 0
        self.visit(posting("a"), posting("b"))

    def write(self, more="", search="", delivery=""):
        self.file.write_text(CONFIG.format(search=search, delivery=delivery) + more)

    def visit(self, *found):
        """Record a visit, so late that the next one is not due yet."""
        self.visited += 1
        started = datetime.now(UTC) - timedelta(minutes=60 - self.visited)
        made = replace(crawl(0, *found, source=HARBOR), started=started, finished=started)
        with Store.open(self.folder / "rolecall.db") as store:
            assert store.record(made, judge)

    def send(self):
        return call("--config", self.file, "digest", "send", "--now")

    def decide(self, monkeypatch):
        """Send, and be killed between decision and delivery."""
        with monkeypatch.context() as killed:
            killed.setattr(letters, "deliver", lambda _: None)
            self.send()

    def rows(self, statement):
        with closing(sqlite3.connect(self.folder / "rolecall.db")) as connection:
            return connection.execute(statement).fetchall()

    @property
    def outbox(self):
        return self.rows("SELECT channel, recipient, state FROM outbox ORDER BY id")

    def feed(self):
        found = feedparser.parse((self.folder / "public/mine.atom").read_bytes())
        assert not found.bozo
        return found


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Let every command happen a minute after the one before it: two are never one period."""
    from monitor.commands import digest  # noqa: PLC0415 - its clock is what is patched

    passed = iter(range(1, 1000))
    start = datetime.now(UTC).replace(microsecond=0)

    def now():
        return start + timedelta(minutes=next(passed))

    monkeypatch.setattr(digest, "now", now)
    monkeypatch.setattr(letters, "now", now)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path, FEEDS, 'channels = ["shelf", "wall", "shelf"]')


def test_a_digest_is_written_into_every_feed_of_its_search(desk):
    answer = desk.send()
    today = f"{datetime.now(UTC):%-d %b}"
    assert answer.code == 0
    assert answer.err.splitlines() == [
        f"mine: 2 open now: Work by the water ({today})",
        "1 digest, 2 sent, 0 kept",
    ]
    assert desk.outbox == [("atom", "shelf", "sent"), ("jsonfeed", "wall", "sent")]
    found = desk.feed()
    assert [one.title for one in found.entries] == [
        "Open now: Engineer a · Harborline Ltd",
        "Open now: Engineer b · Harborline Ltd",
    ]
    assert found.feed.links[0].href == "https://roles.example/feeds/mine.atom"
    items = json.loads((desk.folder / "public/mine.json").read_text())["items"]
    assert [one["id"] for one in items] == [one.id for one in found.entries]
    assert not list(desk.folder.glob("public/.*"))


def test_a_feed_grows_with_every_digest_and_forgets_the_oldest(desk):
    desk.send()
    first = [one.id for one in desk.feed().entries]
    desk.visit(posting("a"), posting("b"), posting("c"), posting("d"))
    (desk.folder / "public/mine.atom").unlink()
    desk.send()
    found = desk.feed()
    assert [one.title.split(" · ")[0] for one in found.entries] == [
        "New: Engineer c",
        "New: Engineer d",
        "Open now: Engineer a",
    ]
    assert found.entries[2].id == first[0]
    assert desk.send().err == "0 digests, 0 sent, 0 kept\n"
    assert len(desk.outbox) == 4


CALENDAR = '[[channel]]\nid = "due"\nkind = "calendar"\nfolder = "public"\n'


def deadlines(desk):
    found = Calendar.from_ical((desk.folder / "public/mine.ics").read_bytes()).walk("VEVENT")
    return {str(one["summary"]).split()[2]: (one["status"], one["sequence"]) for one in found}


def due(name, day="2031-05-01"):
    return posting(name, valid_through=day)


def test_a_calendar_that_comes_later_begins_with_all_that_is_open(desk):
    desk.send()
    desk.visit(posting("a"), posting("b"), due("c"))
    desk.send()
    desk.write(FEEDS + CALENDAR, 'channels = ["shelf", "due"]')
    assert desk.send().err == "0 digests, 1 sent, 0 kept\n"
    assert deadlines(desk) == {"c": ("CONFIRMED", 0)}
    desk.visit(posting("a"), posting("b"), due("c", "2031-06-01"), due("d"))
    desk.send()
    assert deadlines(desk) == {"c": ("CONFIRMED", 1), "d": ("CONFIRMED", 0)}


def test_a_calendar_hears_of_deadlines_that_its_search_does_not_tell(tmp_path):
    desk = Desk(tmp_path, CALENDAR, 'channels = ["due"]\nevents = ["opened"]')
    desk.visit(posting("a"), posting("b"), due("c"))
    desk.send()
    desk.visit(posting("a"), posting("b"), due("c", None))
    assert desk.send().err == "0 digests, 1 sent, 0 kept\n"
    assert deadlines(desk) == {"c": ("CANCELLED", 1)}


HOOK = """
[[channel]]
id = "desk"
kind = "webhook"
url = "http://127.0.0.1:{port}/in?token=hush"
secret_env = "ROLLS_SECRET"
[network]
allow = ["127.0.0.1/32:{port}"]
"""
SECRET = "correct-horse-battery-staple"


@pytest.fixture
def server():
    with HttpServer() as made:
        yield made


@pytest.fixture
def hooked(tmp_path, server, monkeypatch):
    monkeypatch.setenv("ROLLS_SECRET", SECRET)
    return Desk(tmp_path, HOOK.format(port=server.port), 'channels = ["desk"]')


def events_told(desk):
    with Store.open(desk.folder / "rolecall.db") as store:
        return [event_fields(event) for event in store.events()]


def test_a_webhook_is_sent_the_events_that_json_prints(hooked, server):
    hooked.send()
    hooked.visit(posting("a", remote="onsite"), posting("b"), posting("c"))
    assert hooked.send().code == 0
    first, second = (json.loads(body) for _, _, body in server.received)
    assert [one["id"] for one in first["open"]] == ["a", "b"]
    assert "body" not in first["open"][0]
    assert (first["events"], second["open"]) == ([], [])
    assert second["events"] == events_told(hooked)
    assert [one["event"] for one in second["events"]] == ["changed", "opened"]
    assert (second["schema_version"], second["type"], second["digest"]) == (1, "digest", "mine")
    assert second["counts"] == {"changed": 1, "new": 1}
    assert second["since"] == first["until"]


def test_a_webhook_that_fails_is_sent_the_same_bytes_under_the_same_id(hooked, server):
    server.script = [500]
    answer = hooked.send()
    assert answer.code == 4
    assert "kept for desk: 500 Internal Server Error; next attempt " in answer.err
    for _ in range(6):  # each a minute later
        hooked.send()
    (one, other) = server.received
    assert one[2] == other[2]
    assert one[1]["webhook-id"] == other[1]["webhook-id"]
    assert hooked.outbox == [("webhook", "desk", "sent")]
    hooked.send()
    assert len(server.received) == 2


def test_a_webhook_without_its_secret_keeps_its_letters(hooked, server, monkeypatch):
    monkeypatch.delenv("ROLLS_SECRET")
    answer = hooked.send()
    assert answer.code == 4
    assert "kept for desk: $ROLLS_SECRET is not set; export it; next attempt" in answer.err
    assert server.received == []
    assert hooked.outbox == [("webhook", "desk", "pending")]


def test_neither_the_secret_nor_the_link_of_a_webhook_is_ever_said(hooked, server):
    server.script = [500, 410]
    said = [hooked.send() for _ in range(7)]
    said += [call("--config", hooked.file, *words) for words in (["doctor"], ["doctor", "--json"])]
    everything = "".join(answer.out + answer.err for answer in said)
    everything += str(hooked.rows("SELECT * FROM outbox"))
    assert "given up after 2 attempts: 410 Gone" in everything
    assert "desk: webhook to 127.0.0.1, its secret is there" in everything
    assert SECRET not in everything
    assert "hush" not in everything


@pytest.mark.slow
def test_a_push_is_a_line_with_the_link_of_the_page(tmp_path, server, monkeypatch):
    monkeypatch.setenv("ROLLS_SECRET", f"json://127.0.0.1:{server.port}/hush")
    phone = '[[channel]]\nid = "phone"\nkind = "push"\nsecret_env = "ROLLS_SECRET"\n'
    desk = Desk(tmp_path, phone, 'channels = ["phone"]')
    allow = f'[network]\nallow = ["127.0.0.1/32:{server.port}"]\n'
    desk.file.write_text(f'public_url = "https://rolls.example/"{desk.file.read_text()}{allow}')
    server.script = [500]
    assert "kept for phone: the service did not take it; next" in desk.send().err
    for _ in range(6):
        answer = desk.send()
    assert (answer.code, desk.outbox) == (0, [("push", "phone", "sent")])
    first, second = (json.loads(body) for _, _, body in server.received)
    assert first == second
    assert first["title"].startswith("2 open now: Work by the water (")
    assert first["message"] == "https://rolls.example/"
    said = call("--config", desk.file, "doctor", "mail")
    assert "phone: push, its secret is there" in said.out
    assert "hush" not in said.out + said.err + str(desk.rows("SELECT * FROM outbox"))


def test_the_page_shows_mail_as_it_left_and_no_other_letter(tmp_path):
    desk = Desk(tmp_path, FEEDS, 'to = ["ann@reader.example"]\nchannels = ["shelf"]')
    desk.send()
    with Lookup.open(tmp_path / "rolecall.db") as lookup, lookup.reading():
        (note,) = lookup.letters.digests()
        assert [one.recipient for one in lookup.letters.letters(note.id)] == ["ann@reader.example"]
        assert (note.letters, lookup.letters.letter(2)) == (1, None)


def test_the_page_previews_a_search_without_addresses(desk):
    settings = config.load(desk.file)
    (search,) = settings.searches()
    with Lookup.open(desk.folder / "rolecall.db") as lookup, lookup.reading():
        shown = page.preview(settings, lookup, search, datetime.now(UTC))
    assert "Engineer a" in shown


def test_what_was_decided_before_a_crash_is_written_later(desk, monkeypatch):
    desk.decide(monkeypatch)
    assert not (desk.folder / "public").exists()
    assert {state for _, _, state in desk.outbox} == {"pending"}
    assert desk.send().err == "0 digests, 2 sent, 0 kept\n"
    assert len(desk.feed().entries) == 2


def test_a_mail_server_that_is_down_keeps_no_feed_waiting(tmp_path):
    server = f'method = "smtp"\nhost = "{HOST}"\nport = {unused_port()}\nsecurity = "none"'
    search = 'to = ["ann@reader.example"]\nchannels = ["shelf"]'
    desk = Desk(tmp_path, FEEDS, search, server)
    answer = desk.send()
    assert answer.code == 4
    assert "kept for ann@reader.example" in answer.err
    assert desk.outbox == [("mail", "ann@reader.example", "pending"), ("atom", "shelf", "sent")]
    assert len(desk.feed().entries) == 2


def test_a_folder_that_cannot_be_written_keeps_the_feed(desk):
    (desk.folder / "public").write_text("a file stands in the way")
    answer = desk.send()
    assert answer.code == 4
    assert "kept for shelf: " in answer.err
    (desk.folder / "public").unlink()
    assert {state for _, _, state in desk.outbox} == {"pending"}


def test_letters_of_a_channel_that_is_gone_are_given_up_in_words(desk, monkeypatch):
    desk.decide(monkeypatch)
    desk.write(FEEDS.replace('"atom"', '"jsonfeed"'), 'channels = ["wall"]')
    assert desk.send().code == 4
    assert desk.outbox == [("atom", "shelf", "dead"), ("jsonfeed", "wall", "sent")]
    (reply,) = desk.rows("SELECT last_reply FROM outbox WHERE state = 'dead'")
    assert reply == ("rolecall.toml has no [[channel]] shelf of kind atom any more",)


def test_a_search_without_addresses_can_be_previewed(desk):
    answer = call("--config", desk.file, "digest", "preview", "mine")
    assert answer.code == 0
    assert "Engineer a" in answer.out
