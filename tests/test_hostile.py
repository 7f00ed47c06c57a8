"""Every recorded case, damaged: a visit ends once and in words, and tells of no false closing.

Cases and kinds are found by themselves. All of it is left to `make test-all`.
"""

from __future__ import annotations

import html
import itertools
import json
import math
import re
import shutil
import time
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree
from replaying import visit
from scrapy import signals
from scrapy.http import TextResponse
from scrapy.http.request import NO_CALLBACK
from sites import Memory
from w3lib.url import canonicalize_url

from crawler.captures import load
from crawler.items import Posting, Snippet, Source, plain
from crawler.pages import curated, ends
from crawler.sources import kinds

FIXTURES = Path(__file__).parent.parent / "fixtures"
CASES = sorted(path.parent for path in FIXTURES.glob("*/*/postings.json"))

ERROR_PAGE = b"""<!DOCTYPE html><html><head><title>Something went wrong</title></head>
<body><h1>We are sorry</h1><p>Please come back later.</p></body></html>"""
LOGIN = b"""<!DOCTYPE html><html><head><title>Sign in</title></head><body><form action="/login">
<input name="email"><input name="password" type="password"><button>Sign in</button></form></body>
</html>"""
CAPTCHA = b"""<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>
<div class="g-recaptcha"></div><p>Verify you are human.</p></body></html>"""
PAGES = {"an error page": ERROR_PAGE, "a login": LOGIN, "a captcha": CAPTCHA}
ANSWERS = {"nothing": b"", "null": b"null", "[]": b"[]", "{}": b"{}"}
EMPTY_BOARDS = {
    ("lever", "[]"): "a board without postings is an empty list",
    ("breezy", "[]"): "a board without postings is an empty list",
    ("rippling", "[]"): "a page without rows is an empty list, the one behind the last as well",
    ("personio", "[]"): "a search without postings is an empty list",
    ("smartrecruiters", "nothing"): "the page behind the last of a list is blank",
    ("github_list", "[]"): "a listings.json without entries is an empty list",
}
"""What a system says itself when a board has no postings."""
ENDLESS = {"github_list": "Markdown has no end: a cut between two of its tables shows nowhere"}
"""Kinds whose answers may be cut without a trace."""

BARE = re.compile(r"Traceback|\b[A-Z]\w*(?:Error|Exception|Exit)\b")
MODEST = settings(deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


def undamaged(path):
    return witnessed(path)[0]


def samples():
    """Give one case a kind: its first that reads whole, else its first."""
    of_kind = {}
    for path in CASES:
        of_kind.setdefault(load(path).source.kind, []).append(path)
    for kind, paths in sorted(of_kind.items()):
        whole = [path for path in paths if json.loads((path / "postings.json").read_text())]
        yield pytest.param((whole or paths)[0], id=kind)


SAMPLES = list(samples())
ALL = [pytest.param(path, id=str(path.relative_to(FIXTURES))) for path in CASES]


# -- damage ----------------------------------------------------------------------------------


def pages(path):
    """Give the numbers of the exchanges of a case that are pages."""
    return [
        number
        for number, exchange in enumerate(load(path).exchanges)
        if exchange.body and not exchange.url.endswith("/robots.txt")
    ]


def damaged(path, folder, number, body, media=None):
    """Copy a case with another body in one of its exchanges."""
    place = folder / str(len(list(folder.iterdir()))) / path.name
    place.mkdir(parents=True)
    (place.parent / "source.toml").write_bytes((path.parent / "source.toml").read_bytes())
    index = json.loads((path / "index.json").read_text(encoding="utf-8"))
    for one, entry in enumerate(index["exchanges"]):
        if entry.get("body"):
            name = f"{one}-{Path(entry['body']).name}"
            shutil.copyfile(path / entry["body"], place / name)
            entry["body"] = name
    entry = index["exchanges"][number]
    (place / "damaged").write_bytes(body)
    entry["body"] = "damaged"
    # What vouches for the body vouches for another one.
    kept = [pair for pair in entry.get("headers", ()) if pair[0].lower() == "content-type"]
    entry["headers"] = [["Content-Type", media]] if media else kept
    (place / "index.json").write_text(json.dumps(index), encoding="utf-8")
    return place


@st.composite
def damages(draw, path):
    """Draw an exchange of a case, another body for it with its type, and what it is called."""
    numbers = pages(path)
    number = draw(st.sampled_from([numbers[0], *numbers]))  # the listing more often
    word = draw(st.sampled_from([*PAGES, *ANSWERS, *["a cut"] * 5]))
    if word != "a cut":
        return number, word, (PAGES | ANSWERS)[word], "text/html" if word in PAGES else None
    body = load(path).exchanges[number].read()
    return number, word, body[: draw(st.integers(1, max(len(body) - 1, 1)))], None


def memory(path, number):
    """Remember the undamaged visit where a posting's own page is damaged.

    A page that never showed a posting may be some other page that the listing links to; one that
    did is known.
    """
    before = undamaged(path)
    details = {link.url for page in before.pages for link in page.links if "detail" in link.kwargs}
    known = canonicalize_url(load(path).exchanges[number].url) in details
    return Memory(before) if known else None


def found(crawl):
    return {posting.id for posting in crawl.postings} | crawl.kept | {g.id for g in crawl.gone}


def allowed(kind, word):
    return (kind, word) in EMPTY_BOARDS or (word == "a cut" and kind in ENDLESS)


def judge_damage(path, folder, damage):
    number, word, body, media = damage
    crawl = visit(damaged(path, folder, number, body, media), memory=memory(path, number))
    assert crawl.outcome in ("complete", "unchanged", "partial", "failed")
    assert [reason for reason in crawl.reasons if BARE.search(reason)] == []
    assert (crawl.outcome in ("complete", "unchanged")) == (not crawl.reasons)
    assert crawl.total is None or 0 <= crawl.total < 2**63
    for posting in crawl.postings:
        assert list(complaints(posting)) == []
    kind = crawl.source.kind
    if crawl.outcome in ("complete", "unchanged") and not allowed(kind, word):
        lost = found(undamaged(path)) - found(crawl)
        assert not lost, f"{word} in place of {load(path).exchanges[number].url}"


@pytest.mark.slow
@pytest.mark.parametrize("path", ALL)
def test_a_damaged_page_is_told_in_words_and_closes_nothing(path, tmp_path):
    @settings(MODEST, max_examples=5)
    @given(damages(path))
    def law(damage):
        judge_damage(path, tmp_path, damage)

    law()


PAGE = '<html><body><ul><li><a href="/jobs/1">One</a></li>'


@pytest.mark.parametrize(
    ("page", "cut"),
    [
        (PAGE, True),
        (PAGE + "<li><a hre", True),
        (PAGE + "</ul></body></html>", False),
        (PAGE + "</ul>", False),  # its last two end tags may be left out
        ('<ul><li><a href="/jobs/1">One</a></li>', False),  # a fragment
        ("", False),
    ],
)
def test_a_whole_page_with_something_open_at_its_end_breaks_off(page, cut):
    assert ends.breaks_off(page) is cut


ROWS = (
    "| Company | Role | Apply |\n|---|---|---|\n| Marram | Intern | <https://marram.example/1> |\n"
)


@pytest.mark.parametrize(
    ("markdown", "whole"),
    [
        (ROWS, True),
        (ROWS.rstrip(), True),
        (ROWS + "| Gullane | Int", False),
        (f"<!-- LIST_START -->\n{ROWS}", False),
        (f"<!-- LIST_START (say nothing) -->\n{ROWS}<!-- LIST_END -->\n", True),
        (f"{ROWS}\n<table><tr><td>Gullane</td>", False),
    ],
)
def test_a_list_that_does_not_end_what_it_began_is_not_whole(markdown, whole):
    source = Source("x", "github_list", board="fen/list")
    assert curated.read(markdown, source, datetime(2026, 11, 2, tzinfo=UTC)).whole is whole


# -- what a posting must be ------------------------------------------------------------------

DATES = ("date_posted", "date_updated", "valid_through")
START = re.compile(r"\d{4}-\d\d(?:-\d\d)?|(?:Spring|Summer|Autumn|Winter) \d{4}")


def fits(value, hint):
    """Say whether a value is of an annotated type."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return any(fits(value, part) for part in parts)
    if origin is Literal:
        return isinstance(value, str) and value in parts
    if origin is tuple:
        return isinstance(value, tuple) and all(fits(one, parts[0]) for one in value)
    if is_dataclass(hint):
        return type(value) is hint and not list(misfits(value))
    if hint is float:
        return type(value) in (int, float) and math.isfinite(value)
    return type(value) is hint


def misfits(thing):
    """Name the fields of a value that are not of their types."""
    hints = get_type_hints(type(thing))
    for field in fields(thing):
        value = getattr(thing, field.name)
        if not fits(value, hints[field.name]):
            yield f"{field.name} is {value!r:.80}"
        elif isinstance(value, str) and re.search("[\0\ud800-\udfff]", value):
            yield f"{field.name} cannot be kept: {value!r:.80}"


def complaints(thing):
    """Say what is wrong with a posting or a snippet, whatever page it was read from."""
    yield from misfits(thing)
    if not thing.title.strip():
        yield "it has no title"
    band = thing.salary
    if band is not None and None not in (band.min, band.max) and band.min > band.max:
        yield f"pay from {band.min} to {band.max}"
    if any(len(place.name) < 2 for place in thing.places):
        yield f"places {[place.name for place in thing.places]}"
    for link in (thing.url, getattr(thing, "apply_url", None)):
        if link is not None and not link.startswith(("http://", "https://")):
            yield f"the link {link!r:.80}"
    if isinstance(thing, Posting):
        if not thing.id.strip():
            yield "it has no id"
        yield from (f"{name}: no date" for name in DATES if not dated(getattr(thing, name)))
        if thing.start_date is not None and not START.fullmatch(thing.start_date):
            yield f"start {thing.start_date}"


def dated(value):
    try:
        return value is None or bool(datetime.fromisoformat(value))
    except ValueError:
        return False


# -- below the crawl: callbacks over mutated answers -----------------------------------------


def heard(path):
    """Give what each callback of a visit was given: the callback and its answer."""
    return witnessed(path)[1]


@cache
def witnessed(path):
    """Replay a case as it is: its crawl, and what each callback was given."""
    found = []

    class Listening(kinds()[load(path).source.kind]):
        @classmethod
        def from_crawler(cls, crawler, *args, **kwargs):
            def hear(response, request, spider):
                if request.callback is not NO_CALLBACK and isinstance(response, TextResponse):
                    found.append((request.callback or spider.parse, response))

            crawler.signals.connect(hear, signals.response_received, weak=False)
            return super().from_crawler(crawler, *args, **kwargs)

    crawl = visit(path, spider=Listening)
    return crawl, [pair for pair in found if 200 <= pair[1].status < 300]


def read(callback, response, body):
    """Run a callback over another body; only refusals in words may come out of it."""
    things = []
    try:
        for thing in callback(response.replace(body=body), **response.request.cb_kwargs) or ():
            things.append(thing)  # noqa: PERF402 - what came before a refusal counts
    except ValueError as error:
        if type(error) is not ValueError:
            raise
    return things


DEEP = json.loads("[" * 200 + "]" * 200)
HUGE = 10**400
VALUES = [
    None, True, False, 0, -1, 1.5, HUGE, float("nan"), float("inf"), "", " ", "NaN", "-1",
    "9" * 400, "\0", "\ud800", "word " * 4000, "<b>", "&#0;", [], {}, [None], [[]], ["Lowmere"],
    {"name": None}, {"id": {}}, DEEP,
]  # fmt: skip
GONE = object()
SCRIPT = re.compile(
    rb"""(<script[^>]*\btype=["']?application/(?:ld\+)?json[^>]*>)(.*?)(?=</script)""", re.DOTALL
)
ATTRIBUTE = re.compile(rb'(\bdata-page=")([^"]*)(?=")')
WORDS = re.compile(rb"(?<=>)[^<>]*\S[^<>]*(?=<)")


def documents(body):
    """Give each JSON document of an answer, and how to put another in its place."""
    try:
        yield json.loads(body), lambda value: json.dumps(value).encode()
    except ValueError:
        pass
    else:
        return
    for pattern, unpack, pack in ((SCRIPT, str, str), (ATTRIBUTE, html.unescape, html.escape)):
        for match in pattern.finditer(body):
            try:
                value = json.loads(unpack(match[2].decode()))
            except ValueError:
                continue
            head, tail = body[: match.end(1)], body[match.end() :]
            yield (
                value,
                lambda value, ends=(head, tail), pack=pack: (
                    pack(json.dumps(value)).encode().join(ends)
                ),
            )


def spots(value, above=()):
    """Give the way to every value inside a document."""
    if above:
        yield above
    inner = (
        value
        if isinstance(value, dict)
        else dict(enumerate(value if isinstance(value, list) else ()))
    )
    for key, one in inner.items():
        yield from spots(one, (*above, key))


def changed(value, spot, new):
    """Copy a document with one value in it replaced or taken out."""
    first, *rest = spot
    copy = value.copy()
    if rest:
        copy[first] = changed(value[first], rest, new)
    elif new is GONE:
        del copy[first]
    else:
        copy[first] = new
    return copy


@st.composite
def mutants(draw, answers):
    """Draw an answer of a visit with values of other types, or other words, in it."""
    callback, response = draw(st.sampled_from(answers))
    found = list(documents(response.body))
    if not found:
        return callback, response, rewritten(response.body, draw)
    value, put = draw(st.sampled_from(found))
    for _ in range(draw(st.integers(1, 3))):
        ways = list(spots(value))
        if ways:
            new = draw(st.sampled_from([GONE, *VALUES]))
            value = changed(value, draw(st.sampled_from(ways)), new)
    return callback, response, put(value)


def rewritten(body, draw):
    """Give markup with other words between two of its tags, or without one of its tags."""
    matches = list(WORDS.finditer(body))
    if not matches:
        return body[draw(st.integers(0, len(body))) :]
    match = draw(st.sampled_from(matches))
    new = draw(st.sampled_from([value for value in VALUES if isinstance(value, (str, int))]))
    words = b"" if new is True else str(new).encode("utf-8", "surrogatepass")
    return body[: match.start() - (new is False)] + words + body[match.end() :]


def judge_mutant(mutant):
    callback, response, body = mutant
    for thing in read(callback, response, body):
        if isinstance(thing, (Posting, Snippet)):
            assert list(complaints(thing)) == []


@pytest.mark.slow
@pytest.mark.parametrize("path", ALL)
def test_values_of_other_types_never_break_a_posting(path):
    @settings(MODEST, max_examples=12)
    @given(mutants(heard(path)))
    def law(mutant):
        judge_mutant(mutant)

    law()


# -- order -----------------------------------------------------------------------------------

ORDERED = {"github_list": "an arrow in a table means the company of the row above"}
"""Kinds whose answers mean something by the order of their rows."""
ANY_OF = {"successfactors": "url"}  # a posting has a link for each of its places


def shuffled(body, random):
    """Give an answer with its rows in another order: JSON's weightiest list, or XML's entries."""
    found = list(documents(body))
    if found:
        value, put = found[0]
        lists = [way for way in [(), *spots(value)] if is_rows(at(value, way))]
        if not lists:
            return body
        way = max(lists, key=lambda way: len(json.dumps(at(value, way))))
        rows = random.sample(at(value, way), len(at(value, way)))
        return put(changed(value, way, rows) if way else rows)
    root = etree.fromstring(body) if body.lstrip().startswith(b"<?xml") else None
    for node in () if root is None else root.iter("*"):
        rows = [child for child in node if isinstance(child.tag, str) and len(child)]
        if len(rows) > 1 and len({child.tag for child in rows}) == 1:
            node[:] = [*[c for c in node if c not in rows], *random.sample(rows, len(rows))]
            return etree.tostring(root)
    return body


def at(value, way):
    for step in way:
        value = value[step]
    return value


def is_rows(value):
    return (
        isinstance(value, list) and len(value) > 1 and all(isinstance(row, dict) for row in value)
    )


def unordered(things, kind):
    """Give postings by all that they state, the order of places apart."""
    stated = [plain(thing) for thing in things if isinstance(thing, Posting)]
    for one in stated:
        one["places"].sort(key=str)
        one.pop(ANY_OF.get(kind), None)
    return sorted(stated, key=str)


@pytest.mark.slow
@pytest.mark.parametrize("path", [p for p in SAMPLES if p.id not in ORDERED])
def test_the_order_of_rows_changes_no_posting(path):
    @settings(MODEST, max_examples=2)
    @given(st.randoms(use_true_random=False))
    def law(random):
        for callback, response in heard(path):
            kind = response.meta["source"].kind
            expected = unordered(read(callback, response, response.body), kind)
            body = shuffled(response.body, random)
            assert unordered(read(callback, response, body), kind) == expected

    law()


# -- hostile pages ---------------------------------------------------------------------------


def monsters(body):
    """Give bodies that nobody serves who means well, by what they are."""
    text = body.decode("utf-8", "replace")
    yield "UTF-16", text.encode("utf-16")
    yield "an unknown encoding", text.encode("utf-7", "replace")
    yield "NUL bytes", b"\0".join(body[i : i + 7] for i in range(0, len(body), 7))
    yield "only NUL bytes", b"\0" * 100_000
    yield "nested lists", b"[" * 100_000 + b"]" * 100_000
    yield "nested objects", b'{"jobs":' * 100_000
    yield "nested elements", b"<html><body>" + b"<div>" * 100_000
    yield (
        "nested XML",
        b"<?xml version='1.0'?><rss>" + b"<channel>" * 200 + b"</channel>" * 200 + b"</rss>",
    )
    many = b" ".join(b"a%d='%d'" % (n, n) for n in range(100_000))
    yield "many attributes", b"<html><body><a " + many + b">x</a></body></html>"
    yield "many keys", json.dumps({f"k{n}": n for n in range(100_000)}).encode()
    yield "a long number", b'{"jobs": ' + b"9" * 100_000 + b"}"
    yield "brackets", b"<" * 500_000
    yield "quotes", b'<a href="' * 50_000
    yield "bars", b"| a | b |\n|" + b"-|" * 50_000


@pytest.mark.slow
@pytest.mark.parametrize("path", SAMPLES)
def test_a_hostile_page_costs_seconds_at_most(path):
    callbacks = {callback.__name__: (callback, response) for callback, response in heard(path)}
    for callback, response in callbacks.values():
        for word, body in monsters(response.body):
            begun = time.monotonic()
            things = read(callback, response, body)
            assert time.monotonic() - begun < 5, f"{word} for {callback.__name__}"
            found = [thing for thing in things if isinstance(thing, (Posting, Snippet))]
            assert list(itertools.chain.from_iterable(map(complaints, found))) == []
