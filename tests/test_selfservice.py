"""Readers who subscribe by themselves: asked once, told when they said yes, gone when they want."""

from __future__ import annotations

import re
import socket
import threading
import time
import urllib.request
from datetime import timedelta
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from mail_lint import lint
from mail_server import HOST, MailServer, unused_port
from subscribing import ANN, BEN, CARA, CONFIG, OURS, PUBLIC, Office, form, link, subscribed
from web_samples import NOW, client, site

from monitor import outbox
from monitor.commands import notices, page
from monitor.commands.post import posting as standing_by
from monitor.commands.voice import Voice
from monitor.leaving import mark
from monitor.offers import Wish
from monitor.store import Store
from monitor.web import counter
from monitor.web.login import Access
from monitor.web.passwords import hashed


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


@pytest.fixture
def ask(office):
    with office.client() as asking:
        yield asking


# Asking.


def test_nothing_is_sent_before_the_address_said_yes_but_the_letter_that_asks_it(office, ask):
    answer = ask.post("/subscribe", data=form())
    assert (answer.status_code, answer.headers["location"]) == (303, "/subscribe/sent")
    (letter,) = office.mail()
    assert (letter.recipient, letter.subject) == (ANN, "Confirm your subscription")
    assert lint(letter.mime) == []
    message = message_from_bytes(letter.mime, policy=policy.default)
    assert message["Auto-Submitted"] == "auto-generated"
    assert office.posted == [1]
    assert office.turn() == [(CARA, "1 open now: Optics (24 Nov)")]
    assert ask.post(link(letter, "s")).status_code == 200
    assert office.begun == [1]
    assert office.turn() == [(ANN, "2 open now: Everything (24 Nov)")]


def test_of_a_key_only_its_hash_is_kept_beside_the_letter(office, ask):
    ask.post("/subscribe", data=form())
    key = link(office.mail(ANN)[0], "s").rpartition("/")[2]
    (row,) = office.rows("SELECT * FROM enrolments")
    assert mark(key) in row
    assert key not in str(row) + str(office.rows("SELECT * FROM notices"))


def test_opening_the_link_begins_nothing_and_again_is_as_once(office, ask):
    ask.post("/subscribe", data=form())
    path = link(office.mail(ANN)[0], "s")
    for method in (ask.get, ask.head, ask.get):
        assert method(path).status_code == 200
    page = ask.get(path).text
    assert "Begin these letters" in page
    assert ANN not in page
    assert office.rows("SELECT confirmed_at FROM enrolments") == [(None,)]
    first = ask.post(path)
    office.later(hours=1)
    again = ask.post(path)
    assert "Subscribed" in first.text
    assert "Subscribed" in again.text
    ((confirmed,),) = office.rows("SELECT confirmed_at FROM enrolments")
    assert confirmed.startswith(f"{NOW:%Y-%m-%dT%H:%M}")
    assert "<form" not in ask.get(path).text


def test_a_link_that_is_too_old_begins_nothing_and_nothing_is_left_of_it(office, ask):
    ask.post("/subscribe", data=form())
    path = link(office.mail(ANN)[0], "s")
    office.later(hours=49)
    assert ask.get(path).status_code == 404
    assert ask.post(path).status_code == 404
    with Store.open(office.path) as store:
        store.enrolments.purge(office.now)
    for table in ("enrolments", "notices", "outbox"):
        assert office.rows(f"SELECT * FROM {table}") == []


def test_the_answer_is_the_same_whether_or_not_an_address_is_known(office, ask):
    subscribed(office, ask, BEN)
    with Store.open(office.path) as store:
        store.claim(office.now, lease=900)
        bounced = {"sent": False, "reply": "550 5.1.1 gone", "retry_at": None, "bounced": True}
        store.settle(store.undelivered()[0], now=office.now, **bounced)
    answers = set()
    for path, data in (
        ("/subscribe", form(ANN)),
        ("/subscribe", form(BEN)),
        ("/subscribe", form("dee@uni.example")),
        ("/subscribe", form(CARA, search="optics")),
        ("/subscribe/links", {"address": BEN}),
        ("/subscribe/links", {"address": "nobody@uni.example"}),
        *[("/subscribe", form("eve@uni.example"))] * 5,
    ):
        before = office.rows("SELECT count(*) FROM notices")[0][0]
        answer = ask.post(path, data=data)
        answers.add((answer.status_code, answer.headers["location"], answer.text))
        written = office.rows("SELECT count(*) FROM notices")[0][0] - before
        assert written == 1 or data["address"] == "eve@uni.example"
    assert answers == {(303, "/subscribe/sent", "")}
    assert [one.subject for one in office.mail("nobody@uni.example")] == []


def test_one_address_is_sent_three_letters_a_day_however_often_it_is_typed(office, ask):
    for _ in range(5):
        ask.post("/subscribe", data=form())
        ask.post("/subscribe/links", data={"address": ANN.upper()})
    assert len(office.mail(ANN)) == 2
    office.later(hours=25)
    ask.post("/subscribe", data=form())
    assert len(office.mail(ANN)) == 3


def test_one_client_may_send_so_many_forms_in_five_minutes_whoever_asks_for_it(office, monkeypatch):
    assert counter._FORMS == 40
    monkeypatch.setattr(counter, "_FORMS", 2)
    with office.client(proxies=("10.0.0.0/8",)) as ask:
        hops = ("203.0.113.1", "203.0.113.2", "203.0.113.3")
        taken = [
            ask.post("/subscribe", data={}, headers={"x-forwarded-for": hop}).status_code
            for hop in hops
        ]
    assert taken == [422, 422, 429]  # nobody whom we trust said who asks
    with office.client(proxies=("10.0.0.0/8",), client=("10.0.0.7", 1)) as ask:
        for number, asked in enumerate((422, 422, 422, 422, 429)):
            hop = f"203.0.113.5, 198.51.100.{number % 2}"
            answer = ask.post("/subscribe", data={}, headers={"x-forwarded-for": hop})
            assert answer.status_code == asked, number
        assert int(answer.headers["retry-after"]) > 0
        assert ask.post("/subscribe", data={}, headers={"x-forwarded-for": "?"}).status_code == 422
        assert ask.get("/subscribe").status_code == 200


def test_a_full_house_takes_nobody_and_says_so_to_all(tmp_path):
    office = Office(tmp_path, CONFIG.replace("own_words = true", "most = 1"))
    with office.client() as ask:
        subscribed(office, ask, BEN)
        for address in (ANN, BEN):
            answer = ask.post("/subscribe", data=form(address))
            assert answer.status_code == 503
            assert "No more subscriptions are taken" in answer.text
        assert ask.post("/subscribe/links", data={"address": BEN}).status_code == 303
        assert office.mail(BEN)[-1].subject == "Your subscriptions"


WRONG = {
    "address": [{"address": "ann"}, {"address": "ann@other.example"}, {"address": "a@b\nBcc: c@d"}],
    "search": [{"search": "harbor"}],
    "any": [{"search": "", "any": " , "}, {"search": "", "any": "x" * 61}],
    "none": [{"search": "", "any": "optics", "none": ",".join("abcdefghijk")}],
    "day": [{"day": []}, {"day": ["7"]}],
    "at": [{"at": "25:00"}, {"at": ""}],
    "zone": [{"zone": "Mars/Olympus"}, {"zone": "../../etc/passwd"}],
}


@pytest.mark.parametrize("field", WRONG)
def test_a_form_that_cannot_be_taken_says_why_beside_the_field(office, ask, field):
    for values in WRONG[field]:
        answer = ask.post("/subscribe", data=form(**values))
        assert answer.status_code == 422, values
        assert re.findall(r'id="wrong-(\w+)"', answer.text) == [field], values
        assert 'role="alert"' in answer.text
    assert office.mail() == []


def test_what_was_typed_stands_in_the_form_again_and_is_text(ask):
    wrong = {"search": "", "any": '"><script>alert(1)</script>', "day": ["2"], "at": "9"}
    page = ask.post("/subscribe", data=form("<b>@x", **wrong)).text
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert 'value="&lt;b&gt;@x"' in page
    assert page.count(" checked") == 2


def test_a_form_that_is_too_long_says_nothing(office, ask):
    answer = ask.post("/subscribe", data=form(any="x" * 20_000))
    assert answer.status_code == 422
    assert office.mail() == []


def test_no_word_of_whoever_typed_an_address_is_in_the_letter_to_it(office, ask):
    words = "buy cheap lamps, lamps.example"
    ask.post("/subscribe", data=form(search="", any=words, none="visit me"))
    (letter,) = office.mail(ANN)
    assert "lamps" not in letter.text + letter.html + letter.subject
    assert "visit" not in letter.text + letter.html
    assert "buy cheap lamps" in ask.get(link(letter, "s")).text


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "", "origin": "https://evil.example"},
    ],
)
def test_a_form_of_another_site_subscribes_confirms_and_changes_nothing(office, ask, headers):
    manage = subscribed(office, ask)
    ask.post("/subscribe", data=form(BEN))
    confirm = link(office.mail(BEN)[0], "s")
    before = office.rows("SELECT * FROM enrolments")
    for path in ("/subscribe", "/subscribe/links", confirm, manage):
        assert ask.post(path, data=form(BEN) | {"stop": "1"}, headers=headers).status_code == 403
    assert ask.get("/subscribe", headers={"host": "evil.example"}).status_code == 421
    assert office.rows("SELECT * FROM enrolments") == before
    assert office.rows("SELECT * FROM stops") == []


# What is open.


def test_nothing_but_forms_and_keys_is_open_without_a_login(ask):
    opened = {"/login", "/page.css", "/icon.svg", "/favicon.ico", "/healthz", "/subscribe"}
    opened |= {"/subscribe/sent", "/subscribe/links"}
    keyed = {"/u/{key}", "/s/{key}", "/m/{key}"}
    paths = {route.path for route in ask.app.routes}
    assert opened | keyed <= paths
    for path in paths:
        here = re.sub(r"\{\w+\}", "1", path)
        answer = ask.get(here)
        shut = answer.status_code == 303 and answer.headers["location"].startswith("/login?")
        assert shut == (path not in opened), path
        if path in keyed:
            assert ask.get(path.replace("{key}", "k" * 43)).status_code == 404, path


def test_whoever_cannot_log_in_is_shown_where_to_subscribe(ask):
    assert '<a href="/subscribe">subscribe</a>' in ask.get("/login").text


def test_wrong_keys_are_slowed_down_but_never_a_reader(office, ask):
    manage = subscribed(office, ask)
    answers = [ask.get(f"/{kind}/{7:043d}").status_code for kind in "smsmsm"]
    assert answers == [404] * 5 + [429]
    assert ask.get(manage).status_code == 200


def test_without_the_table_there_is_nothing_to_subscribe_to(office):
    with client(office.path, site(), access=Access("scrypt$1$00$00")) as ask:
        assert ask.get("/subscribe").status_code == 404
        assert ask.post("/subscribe", headers=OURS, data=form()).status_code == 404
        assert ask.get(f"/m/{'k' * 43}").status_code == 404


def test_closed_to_new_readers_it_still_serves_those_who_came(tmp_path):
    office = Office(tmp_path)
    with office.client() as ask:
        manage = subscribed(office, ask)
    office.file.write_text(CONFIG.replace("open = true", "open = false"))
    with office.client() as ask:
        page = ask.get("/subscribe").text
        assert "New subscriptions are not taken here" in page
        assert 'action="/subscribe"' not in page
        ask.post("/subscribe", data=form(BEN))
        assert office.mail(BEN) == []
        assert ask.get(manage).status_code == 200
        assert ask.post("/subscribe/links", data={"address": ANN}).status_code == 303
    assert link(office.mail(ANN)[-1], "m") == manage
    assert (ANN, "2 open now: Everything (24 Nov)") in office.turn()


# Being told.


def test_a_reader_is_shown_once_what_is_open_and_then_told_of_news_alone(office, ask):
    subscribed(office, ask, search="", any="optics, sonar", none="cook")
    office.turn()
    assert office.mail(ANN)[-1].subject == "1 open now: optics, sonar (24 Nov)"
    office.later(days=1)
    office.visit("c")
    office.turn()
    letter = office.mail(ANN)[-1]
    assert letter.subject == "1 new: optics, sonar (25 Nov)"
    assert lint(letter.mime) == []
    assert f"You get this because {ANN} subscribed to “optics, sonar”." in letter.text
    (first, second) = (link(one, "m") for one in office.mail(ANN)[1:])
    assert first == second
    office.later(days=1)
    assert [to for to, _ in office.turn()] == []


def test_letters_come_on_the_days_and_at_the_time_that_were_asked_for(office, ask):
    subscribed(office, ask, day=["1", "4"], at="18:30", zone="Asia/Tokyo")
    (search,) = [one for one in office.searches() if one.to == (ANN,)]
    assert (search.days, f"{search.at:%H:%M}", search.zone) == ((1, 4), "18:30", "Asia/Tokyo")
    assert (search.name, search.channels) == ("Everything", ())


def test_whom_the_file_names_is_told_by_it_and_not_twice(office, ask):
    ask.post("/subscribe", data=form(CARA, search="optics"))
    (letter,) = office.mail(CARA)
    assert letter.subject == "Your subscriptions"
    assert "sends you Optics already" in letter.text
    subscribed(office, ask, CARA, search="all")
    subscribed(office, ask, BEN, search="optics")
    assert sorted(to for to, _ in office.turn()) == [BEN, CARA, CARA]
    office.file.write_text(CONFIG.replace(f'"{CARA}"', f'"{CARA}", "{BEN}"'))
    assert [one.id for one in office.searches() if BEN in one.to] == ["optics"]


def test_what_is_not_on_offer_any_more_sleeps_and_wakes(office, ask):
    manage = subscribed(office, ask, search="", any="optics")
    office.file.write_text(CONFIG.replace("own_words = true", "own_words = false"))
    assert [one.to for one in office.searches()] == [(CARA,)]
    office.file.write_text(CONFIG.replace('["@uni', '["@else'))
    assert [one.to for one in office.searches()] == [(CARA,)]
    with office.client() as other:
        assert "None are sent at present" in other.get(manage).text
    office.file.write_text(CONFIG)
    assert [one.to for one in office.searches()] == [(CARA,), (ANN,)]


def test_a_search_is_asked_for_once_and_five_by_one_address(office, ask):
    first = subscribed(office, ask)
    ask.post("/subscribe", data=form(at="12:00"))
    assert link(office.mail(ANN)[-1], "m") == first
    for day, word in enumerate("bcde", 1):
        office.later(days=day)
        subscribed(office, ask, search="", any=word)
    office.later(days=1)
    ask.post("/subscribe", data=form(search="optics"))
    letter = office.mail(ANN)[-1]
    assert letter.subject == "Your subscriptions"
    assert letter.text.count(f"{PUBLIC}/m/") == 5


# Changing and stopping.


def test_a_reader_changes_stops_and_begins_again_by_the_link(office, ask):
    manage = subscribed(office, ask)
    office.turn()
    assert 'value="07:00"' in ask.get(manage).text
    changed = ask.post(manage, data=form(search="", any="optics", at="19:00", day=["5"]))
    assert "Saved." in changed.text
    (search,) = [one for one in office.searches() if one.to == (ANN,)]
    assert (search.any_words, f"{search.at:%H:%M}", search.days) == (("optics",), "19:00", (5,))
    assert ask.post(manage, data={"at": "25:00"}).status_code == 422
    assert "<h1>Stopped</h1>" in ask.post(manage, data={"stop": "1"}).text
    office.visit("c")
    office.later(days=1)
    assert ANN not in [to for to, _ in office.turn()]
    assert [one.to for one in office.told()] == [(CARA,)]
    page = ask.get(manage).text
    assert "<h1>Stopped</h1>" in page
    assert "Begin again" in page
    ask.post(manage, data=form())
    assert (ANN, "1 new: Everything (25 Nov)") in office.turn()


def test_the_click_that_leaves_a_list_works_for_them_too(office, ask):
    manage = subscribed(office, ask)
    office.turn()
    letter = office.mail(ANN)[-1]
    message = message_from_bytes(letter.mime, policy=policy.default)
    (leave,) = re.findall(rf"{PUBLIC}(/u/[\w-]{{43}})", str(message["List-Unsubscribe"]))
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    anywhere = {"sec-fetch-site": "cross-site"}
    assert (
        ask.post(leave, content="List-Unsubscribe=One-Click", headers=anywhere).status_code == 200
    )
    assert "<h1>Stopped</h1>" in ask.get(manage).text


def test_the_page_shows_letters_without_the_keys_of_their_readers(office, ask):
    manage = subscribed(office, ask)
    office.turn()
    with client(office.path) as reading:
        digest = office.rows("SELECT max(digest), max(id) FROM outbox")[0]
        shown = reading.get(f"/digest/{digest[0]}").text + reading.get(f"/letter/{digest[1]}").text
        assert f"{PUBLIC}/m/-" in shown
        assert manage not in shown
        notice = office.rows("SELECT id FROM outbox WHERE digest IS NULL")[0][0]
        assert reading.get(f"/letter/{notice}").status_code == 404


# Leaving by mail servers.


def test_an_address_that_bounces_gets_nothing_more_nor_is_asked_again(office, ask):
    subscribed(office, ask)
    office.turn()
    with Store.open(office.path) as store:
        refused = next(one for one in store.undelivered() if one.letter.recipient == ANN)
        taken = store.claim(office.now, lease=900)
        while taken.id != refused.id:
            taken = store.claim(office.now, lease=900)
        bounced = {"sent": False, "reply": "550 5.1.1 gone", "retry_at": None, "bounced": True}
        store.settle(taken, now=office.now, **bounced)
    before = len(office.mail(ANN))
    ask.post("/subscribe", data=form(search="optics"))
    ask.post("/subscribe/links", data={"address": ANN})
    assert len(office.mail(ANN)) == before


def test_a_confirmation_that_cannot_leave_is_kept_and_leaves_later_as_the_same_letter(office, ask):
    ask.post("/subscribe", data=form())
    (letter,) = office.mail(ANN)
    with Store.open(office.path) as store:
        door = outbox.Smtp(HOST, unused_port(), security="none", timeout=2)
        report = outbox.deliver(store, door, now=office.now)
        assert (report.sent, report.kept) == (0, 1)
        with MailServer() as server:
            door = outbox.Smtp(HOST, server.port, security="none", timeout=5)
            later = office.now + timedelta(minutes=6)
            assert outbox.deliver(store, door, now=later).sent == 1
    (arrived,) = server.contents
    assert message_from_bytes(arrived)["Message-ID"] == letter.message_id


def test_a_letter_that_somebody_waits_for_leaves_at_once(office, ask):
    with standing_by(Voice(quiet=True), office.config) as post:
        ask.post("/subscribe", data=form())
        post()
        folder = office.file.parent / "mail"
        for _ in range(200):
            if office.rows("SELECT 1 FROM outbox WHERE state = 'sent'"):
                break
            office.wait()
    (file,) = folder.glob("*.eml")
    assert b"Confirm your subscription" in file.read_bytes()


def test_the_example_of_the_documentation_lets_students_in(tmp_path):
    page = (Path(__file__).parent.parent / "docs" / "readers.md").read_text(encoding="utf-8")
    (example,) = (
        text for text in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "own_" in text
    )
    office = Office(tmp_path, example)
    with office.client() as ask:
        assert "Optics and photonics" in ask.get("/subscribe").text
        subscribed(office, ask, ANN, search="optics")
        assert ask.post("/subscribe", data=form("ann@other.example")).status_code == 422
    assert office.turn() == [(ANN, "1 open now: Optics and photonics (24 Nov)")]


# A careers office.


@pytest.mark.slow
def test_five_hundred_readers_are_told_as_fast_as_one_search_that_names_them_all(tmp_path):
    """The bound is that of docs/readers.md; 200 open postings, then a day with 40 new ones."""
    students = [f"student{number}@uni.example" for number in range(500)]
    office = Office(tmp_path)
    office.visit(*(f"p{number}" for number in range(200)), day=1)
    with Store.open(office.path) as store:
        for number, address in enumerate(students):
            now = office.now + timedelta(seconds=number)
            keys = []
            asked = Wish("optics", zone="Europe/Zurich")
            store.enrolments.ask(
                address, asked, office.config.terms(), partial(noted, office.config, now, keys), now
            )
            store.enrolments.confirm(keys[0], now)
    office.later(hours=1)
    first = timed(office)
    office.visit(*(f"p{number}" for number in range(240)), day=2)
    office.later(days=1)
    second = timed(office)
    assert (first[0], second[0]) == (501, 501)
    named = Office(tmp_path / "named", CONFIG.replace(f'"{CARA}"', ", ".join(map(repr, students))))
    named.visit(*(f"p{number}" for number in range(200)), day=1)
    configured = timed(named)
    assert configured[0] == 500
    assert max(first[1], second[1]) < 30
    assert first[1] < 2 * configured[1]


def noted(config, now, keys, notice):
    keys.append(notice.key)
    return notices.composed(config, notice, now)


def timed(office):
    begun = time.process_time()
    told = office.turn()
    return len(told), time.process_time() - begun


@pytest.mark.slow
def test_from_the_form_to_the_first_digest_as_serve_wires_it(tmp_path, monkeypatch):
    """A form over a real socket; the letter lies in the folder before any turn is taken."""
    monkeypatch.setenv("ROLECALL_PAGE", hashed("correct horse"))
    with socket.create_server(("127.0.0.1", 0)) as found:
        listen = f"127.0.0.1:{found.getsockname()[1]}"
    office = Office(tmp_path, CONFIG.replace("[page]", f'[page]\nlisten = "{listen}"'))
    rung = threading.Event()
    with (
        standing_by(Voice(quiet=True), office.config) as post,
        page.serving(office.config, post, rung.set) as link_,
    ):
        send(f"{link_}subscribe", form())
        letter = arrived(office, "Confirm your subscription")
        assert not rung.is_set()
        send(link_ + link(letter, "s")[1:], {})
        assert rung.wait(5)
    assert (ANN, "2 open now: Everything (24 Nov)") in office.turn()


def send(url, fields):
    asked = urllib.request.Request(url, urlencode(fields, doseq=True).encode(), OURS)
    with urllib.request.urlopen(asked, timeout=10) as answer:
        assert answer.status == 200


def arrived(office, subject):
    for _ in range(250):
        if office.rows("SELECT 1 FROM outbox WHERE state = 'sent' AND subject = ?", subject):
            break
        office.wait()
    (file,) = (office.file.parent / "mail").glob("*.eml")
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert message["Subject"] == subject
    text, html = (part.get_content() for part in message.iter_parts())
    return SimpleNamespace(text=text, html=html)
