"""``rolecall similar`` and searches with ``like``, on a store of invented trades."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from calling import call
from visits import crawl

from crawler.items import Place, Posting, Source
from monitor.compare import judge
from monitor.search import Search
from monitor.store import Store

KILNS = Source("kilns", "greenhouse", board="kilns", organization="Kiln House")
BOARD = Source("board", "lever", board="board", organization="Trade Board")
TOML = """\
contact = "reader@kilns.example"

[[source]]
id = "kilns"
kind = "greenhouse"
board = "kilns"

[[search]]
id = "pots"
to = ["reader@kilns.example"]
like = "https://kilns.example/firer"
"""
DELFT = (Place("Delft"),)
FIRER = Posting(
    "firer",
    "Porcelain Firer",
    organization="Kiln House",
    places=DELFT,
    requisition_id="R-7",
    url="https://kilns.example/firer",
    body="You fire porcelain in a gas kiln and mix glazes.",
)


def role(id_, title, body, **fields):
    return Posting(id_, title, url=f"https://kilns.example/{id_}", body=body, **fields)


NEARBY = [
    role("stone", "Stoneware Firer", "You fire stoneware in a gas kiln.", places=DELFT),
    role("glazer", "Glazer", "You mix glazes for porcelain."),
    role("books", "Accountant", "You keep books."),
    role("clerk", "Clerk", "You file letters."),
    role("gone", "Porcelain Firer, nights", "You fire porcelain in a gas kiln."),
]
END = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)


def visited(store, postings, source=KILNS, *, hours=0, **fields):
    at = END + timedelta(hours=hours)
    store.record(replace(crawl(postings, source=source, **fields), started=at, finished=at), judge)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ROLECALL_CONFIG", raising=False)
    (tmp_path / "rolecall.toml").write_text(TOML)
    return tmp_path


@pytest.fixture
def store(folder):
    with Store.open(folder / "rolecall.db") as opened:
        yield opened


def ids(found):
    return [known.posting.id for known, _ in found[1]]


def test_open_postings_are_listed_the_nearest_first_each_with_its_reasons(store):
    visited(store, [FIRER, *NEARBY])
    visited(store, [FIRER, *NEARBY[:-1]], hours=1, gone=("gone",))
    answer = call("similar", "firer")
    assert (answer.code, answer.err) == (
        0,
        "near Porcelain Firer · Kiln House · Delft [kilns/firer]\n",
    )
    assert answer.out.splitlines() == [
        "Stoneware Firer · Delft [kilns/stone]",
        "  41% near: shares “firer”, “fire”, “gas” and 1 more, same place",
        "Glazer [kilns/glazer]",
        "  22% near: shares “porcelain”, “glazes”, “mix”",
    ]


def test_what_is_similar_is_json_lines_up_to_a_limit(store):
    visited(store, [FIRER, *NEARBY])
    (line,) = call("similar", "kilns/firer", "--limit", "1", "--json").lines
    assert (line["id"], line["source"], line["schema_version"]) == ("gone", "kilns", 1)
    assert 0.5 < line["closeness"] < 0.8
    assert line["why"][0].startswith("shares “firer”, “porcelain”, “fire”")


def test_a_link_is_known_without_what_only_tracks_its_reader(store):
    visited(store, [FIRER, *NEARBY])
    link = "https://www.kilns.example/firer?utm_source=letter"
    assert call("similar", link).out == call("similar", "firer").out
    assert call("show", link).out.startswith("Porcelain Firer")


def test_a_posting_that_nobody_knows_is_3_and_the_next_step(store):
    visited(store, NEARBY)
    answer = call("similar", "firer")
    assert (answer.code, answer.out) == (3, "")
    assert answer.err == 'no posting "firer"; `rolecall search WORDS` finds it by its words\n'


def test_nothing_near_is_said(store):
    visited(store, NEARBY[2:4])
    answer = call("similar", "books")
    assert (answer.code, answer.out) == (0, "")
    assert "no open posting shares any telling word" in answer.err


def test_the_same_opening_elsewhere_is_not_similar(store):
    twin = replace(FIRER, id="t", url="https://board.example/t", apply_url=FIRER.url)
    other = replace(FIRER, id="o", url="https://board.example/o", requisition_id="R-8")
    visited(store, [FIRER, *NEARBY])
    visited(store, [twin, other], BOARD)
    assert ids(store.similar("firer")) == ["o", "gone", "stone", "glazer"]


def test_another_years_edition_is_not_similar(store):
    text = " ".join(f"You fire plate {n} of porcelain and vase {n}." for n in "abcdefghijk")
    old = replace(FIRER, title="Porcelain Firer, summer 2026", requisition_id=None, body=text)
    new = replace(old, id="new", title="Porcelain Firer, summer 2027", url="https://k.example/new")
    visited(store, [old, *NEARBY])
    visited(store, NEARBY, hours=1, gone=("firer",))
    visited(store, [new, *NEARBY], hours=2)
    assert "edition" in {event.kind for event in store.events()}
    assert ids(store.similar("kilns/firer"))[0] == "gone"
    assert "new" not in ids(store.similar("kilns/firer"))


def test_the_order_in_which_postings_came_does_not_count(store, tmp_path):
    visited(store, [FIRER, *NEARBY])
    with Store.open(tmp_path / "other.db") as other:
        visited(other, [*reversed(NEARBY), FIRER])
        assert other.similar("firer")[0] == store.similar("firer")[0]
        assert ids(other.similar("firer")) == ids(store.similar("firer"))


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "NEAR(a b) OR NOT *",
        "title:x AND {y} ^z - +",
        "a\x00b ''; DROP",
        "²½ ︎ #",
        "机器学习",
        "",
    ],
)
def test_no_text_of_a_posting_breaks_the_question(store, text):
    items = [role(str(n), f"{text} kiln", f"{text}\n{text} fire") for n in range(3)]
    visited(store, items)
    assert ids(store.similar("0")) == ["1", "2"]
    assert store.similar(text or "?") is None


# A search with ``like``.

LIKE = Search("pots", "Pots", to=("reader@kilns.example",), like=FIRER.url)


def test_a_search_with_like_shows_what_is_near_and_open_the_nearest_first(store):
    visited(store, [FIRER, *NEARBY])
    text = call("digest", "preview").out
    assert text.index("* Porcelain Firer, nights") < text.index("* Stoneware Firer")
    assert "Why: shares “firer”, “fire”, “gas” and 1 more, same place" in text
    assert not {"Glazer", "Accountant", "Clerk"} & set(text.split())


def test_other_wishes_of_a_search_with_like_still_hold(store, folder):
    visited(store, [FIRER, *NEARBY])
    (folder / "rolecall.toml").write_text(TOML + 'all = ["stoneware"]\n')
    (line,) = call("digest", "preview", "--json").lines
    assert line["counts"] == {"open": 1}
    assert "Why: “stoneware” in the title, shares “firer”" in line["text"]


def test_a_posting_that_is_not_known_yet_is_waited_for_in_words_and_nothing_is_lost(store):
    visited(store, NEARBY)
    preview = call("digest", "preview")
    assert "Subject: Sample: Nothing to compare with yet: pots" in preview.out
    assert f"! Nothing is told before it can be compared with {FIRER.url}, which" in " ".join(
        preview.out.split()
    )
    sent = call("digest", "send", "--now")
    assert (sent.code, sent.out) == (0, "")
    assert "pots: Nothing is told before" in sent.err
    assert store.last_period("pots") is None
    visited(store, [FIRER, *NEARBY], hours=1)
    call("digest", "send", "--now")
    assert store.last_period("pots")
    assert list(store.pending(LIKE, END + timedelta(hours=2)).events) == []


def test_a_told_search_keeps_what_happens_until_it_can_be_compared(store):
    visited(store, [FIRER, *NEARBY[2:]])
    assert call("digest", "send", "--now").code == 0
    new = replace(NEARBY[0], id="new", title="Porcelain Firer, days")
    visited(store, [FIRER, new, *NEARBY[2:]], hours=1)
    unknown = replace(LIKE, like="https://kilns.example/typing-error")
    assert store.pending(unknown, END).portrait is None
    text = call("digest", "preview").out
    assert "NEW (1)" in text
    assert "* Porcelain Firer, days" in text


def test_the_posting_s_own_news_concern_whoever_named_it(store):
    visited(store, [FIRER, *NEARBY])
    call("digest", "send", "--now")
    visited(store, [replace(FIRER, places=(Place("Gouda"),)), *NEARBY], hours=1)
    assert "Why: the posting that this search is like" in call("digest", "preview").out


def test_the_doctor_says_whether_there_is_something_to_compare_with(store):
    lines = {line["what"]: line for line in call("doctor", "mail", "--json").lines}
    assert lines["pots"]["grade"] == "wrong"
    assert f"like {FIRER.url}: not seen yet" in lines["pots"]["words"]
    visited(store, [FIRER])
    assert "fine   pots: like kilns/firer" in call("doctor", "mail").out
    visited(store, [replace(FIRER, id="t")], BOARD)
    assert "note   pots: like https" in call("doctor", "mail").out
