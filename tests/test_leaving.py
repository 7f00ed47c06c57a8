"""Leaving with one click: the key, the headers, the page that answers, and what comes of it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_lint import lint
from web_samples import NOW, SEARCH, START, client, crawl, posting

from monitor.compare import judge
from monitor.digest import compose
from monitor.leaving import leads_out, mark, masked, token
from monitor.render import render
from monitor.store import Store
from monitor.web.login import Access

PUBLIC = "https://roles.example.org"
ANN, BEN = "ann@reader.example", "ben@reader.example"
BOTH = replace(SEARCH, to=(ANN, BEN))
ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def path(tmp_path):
    """Give a store in which one digest was told to two readers."""
    path = tmp_path / "r.db"
    with Store.open(path) as store:
        store.record(crawl(0, posting("a", "Optics Diver")), judge)
        tell(store)
    return path


def tell(store, days=1):
    now = START + timedelta(days=days)
    pending = store.pending(BOTH, now)
    digest = compose(BOTH, pending, now=now, period=f"{now:%Y-%m-%d}")
    made = [
        render(digest, to, "Rolecall <roles@example.org>", public_url=PUBLIC, token=key(store, to))
        for to in BOTH.to
    ]
    store.decide(BOTH, digest.period, pending, made, digest.counts, now)
    return made


def key(store, recipient=ANN, search="optics"):
    return store.audience.key(search, recipient)


def stopped(path):
    with Store.open(path, readonly=True) as store:
        return {(one.recipient, one.search) for one in store.audience.stops()}


# The key.


def test_a_key_is_of_one_reader_one_search_and_one_store():
    first = token(b"a" * 32, "optics", ANN)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", first)
    assert first == token(b"a" * 32, "optics", ANN.upper())
    others = {token(b"b" * 32, "optics", ANN), token(b"a" * 32, "optics", BEN)}
    others |= {token(b"a" * 32, "tides", ANN), token(b"a" * 32, f"optics{ANN}", "")}
    assert len({first, *others}) == 5


@given(st.text())
def test_only_the_path_of_a_key_leads_out(path):
    assert not leads_out(path)
    assert leads_out("/u/" + "k" * 43)
    assert not leads_out(f"/u/{path}/" + "k" * 43)
    assert not leads_out("/u/" + "k" * 43 + "/" + path)
    assert not leads_out("/u/" + "k" * 43 + "\n")


def test_a_letter_that_is_looked_at_shows_no_key():
    link = f"{PUBLIC}/u/{'k' * 43}"
    assert masked(f'<a href="{link}">') == f'<a href="{PUBLIC}/u/-">'
    assert masked(f"at {link}\n") == f"at {PUBLIC}/u/-\n"


# The letter.


def test_the_same_window_makes_the_same_bytes_and_headers_of_one_click(tmp_path):
    with Store.open(tmp_path / "r.db") as store:
        store.record(crawl(0, posting("a", "Optics Diver")), judge)
        now = START + timedelta(days=1)
        digest = compose(BOTH, store.pending(BOTH, now), now=now, period="2026-11-03")
        way = {"public_url": PUBLIC, "sender": "Rolecall <roles@example.org>"}
        first, again = (render(digest, ANN, **way, token=key(store)) for _ in range(2))
        assert first.mime == again.mime
        assert lint(first.mime) == []
        message = message_from_bytes(first.mime)
        assert f"<{PUBLIC}/u/{key(store)}>" in message["List-Unsubscribe"]
        assert message["List-Unsubscribe-Post"] == ONE_CLICK
        assert key(store) in first.text
        assert key(store) not in render(digest, BEN, **way, token=key(store, BEN)).text


def test_of_a_key_only_its_hash_is_kept_beside_the_letters(path):
    with Store.open(path) as store:
        ours = key(store)
    with closing(sqlite3.connect(path)) as connection:
        kept = connection.execute("SELECT * FROM readers ORDER BY recipient").fetchall()
    assert kept[0] == (mark(ours), "optics", ANN)
    assert len(kept) == 2
    assert ours not in str(kept)


# The page.


def test_a_post_from_anywhere_stops_one_reader_of_one_search_and_again_is_as_once(path):
    with Store.open(path) as store:
        link = f"/u/{key(store)}"
    with client(path) as ask:
        for headers in (
            FORM,
            FORM | {"origin": "https://mail.example"},
            {"sec-fetch-site": "none"},
        ):
            answer = ask.post(link, content=ONE_CLICK, headers=headers)
            assert (answer.status_code, answer.history) == (200, [])
            assert "You get no more letters of" in answer.text
            assert "set-cookie" not in answer.headers
            assert stopped(path) == {(ANN, "optics")}
        multipart = ask.post(link, files={"List-Unsubscribe": (None, "One-Click")})
        assert multipart.status_code == 200
        assert BEN not in answer.text
        assert ANN not in answer.text


def test_opening_the_link_stops_nothing_and_shows_a_button(path):
    with Store.open(path) as store:
        link = f"/u/{key(store)}"
    with client(path) as ask:
        for method in (ask.get, ask.head):
            assert method(link).status_code == 200
        page = ask.get(link).text
        assert '<form method="post">' in page
        assert "<nav" not in page
        assert stopped(path) == set()
        ask.post(link)
        assert '<form method="post">' not in ask.get(link).text


def test_the_way_out_needs_no_login_and_opens_no_other_page(path):
    with Store.open(path) as store:
        ours = key(store)
    with client(path, access=Access("scrypt$1$00$00")) as ask:
        assert ask.get("/").status_code == 303
        assert ask.get(f"/u/{ours}").status_code == 200
        assert ask.get(f"/u/{'k' * 43}").status_code == 404
        for path_ in (f"/u/{ours}/", f"/u/{ours}x", "/u/", f"/U/{ours}"):
            assert ask.get(path_).status_code == 303, path_
        assert ask.post("/", headers=FORM).status_code == 403
        assert ask.post(f"/u/{ours}", headers={"host": "evil.example"}).status_code == 421
        assert ask.post(f"/u/{ours}").status_code == 200


def test_guessing_keys_is_slowed_down_but_never_a_reader(path):
    with Store.open(path) as store:
        link = f"/u/{key(store)}"
    with client(path) as ask:
        answers = [ask.post(f"/u/{number:043d}").status_code for number in range(7)]
        assert answers == [404] * 5 + [429] * 2
        assert int(ask.get("/u/short").headers["retry-after"]) > 0
        assert ask.post(link).status_code == 200
    assert stopped(path) == {(ANN, "optics")}


def test_the_page_shows_a_letter_without_its_readers_key(path):
    with Store.open(path) as store:
        ours = key(store)
    with client(path) as ask:
        shown = ask.get("/digest/1").text + ask.get("/letter/1").text
        assert ours not in shown
        assert f"{PUBLIC}/u/-" in shown


# What comes of it.


def test_what_still_waits_for_a_reader_who_left_is_taken_back(path):
    with Store.open(path) as store:
        assert store.audience.leave("k" * 43, NOW) is None
        store.audience.leave(key(store), NOW)
        store.audience.withdraw(NOW)
        assert [one.letter.recipient for one in store.undelivered()] == [BEN]


def test_an_address_that_was_refused_gets_what_it_missed_once_that_is_lifted(path):
    with Store.open(path) as store:
        taken = store.claim(NOW, lease=900)
        assert taken.letter.recipient == ANN
        said = {"sent": False, "reply": "550 5.1.1 who", "retry_at": None, "bounced": True}
        store.settle(taken, now=NOW, **said)
        tell_more(store)
        store.audience.withdraw(NOW)
        dead = [one for one in store.undelivered() if one.state == "dead"]
        assert [one.letter.recipient for one in dead] == [ANN, ANN]
        (stop,) = store.audience.stops()
        assert stop.words == "refused on 2026-11-24: 550 5.1.1 who"
        assert stop.covers("any", ANN.upper())
        lifted = store.audience.lift(ANN.upper(), None, NOW)
        assert (lifted.stops, lifted.letters) == ((stop,), 2)
        assert store.audience.stops() == []
        assert {one.state for one in store.undelivered()} == {"pending"}


def tell_more(store):
    store.record(crawl(2, posting("a", "Optics Diver"), posting("b", "Optics Keeper")), judge)
    tell(store, 3)


def test_lifting_one_search_leaves_another_stopped(path):
    with Store.open(path) as store:
        store.audience.leave(key(store), NOW)
        assert store.audience.lift(ANN, "tides", NOW).stops == ()
        assert store.audience.lift(BEN, None, NOW).stops == ()
        assert [one.search for one in store.audience.lift(ANN, "optics", NOW).stops] == ["optics"]
