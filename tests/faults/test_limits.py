"""Every limit of docs/faults.md, reached by one page of a visit that read others."""

from __future__ import annotations

import gzip
import zlib

import pytest
from test_live import listing

from monitor.config import Config

CROWD = " ".join(f"a{number}='{number}'" for number in range(400))
HEAVY = b"x" * 17_000_000
PACK = {"gzip": gzip.compress, "deflate": zlib.compress}
THIRD = "/jobs/3-welder"


def answer(**kwargs):
    return lambda bench: bench.answer(THIRD, **kwargs)


def moved(bench):
    for number in range(9):
        where = THIRD if not number else f"/moved/{number}"
        bench.answer(where, status=302, headers={"Location": f"/moved/{number + 1}"})


def paged(bench):
    """Let the listing go on for ever."""
    bench.show(1, 3, 4, extra='<a rel="next" href="/jobs/page/2">Next</a>')
    for number in range(2, 12):
        more = f'<a rel="next" href="/jobs/page/{number + 1}">Next</a>'
        bench.answer(f"/jobs/page/{number}", listing(1, extra=more))


LIMITS = {
    "size": (answer(body=HEAVY), {}, f"{THIRD}: the page is too large"),
    "gzip": (
        lambda bench: packed(bench, "gzip"),
        {},
        f"{THIRD}: the page is too large when it is unpacked",
    ),
    "deflate": (
        lambda bench: packed(bench, "deflate"),
        {},
        f"{THIRD}: the page is too large when it is unpacked",
    ),
    "a header": (answer(headers={"X-A": "a" * 300_000}), {}, f"{THIRD}: its headers are too large"),
    "headers": (
        answer(headers={f"X-{n}": "a" * 1000 for n in range(400)}),
        {},
        f"{THIRD}: its headers are too large",
    ),
    "redirects": (moved, {}, "too many redirects"),
    "nesting": (answer(body="<div>" * 2100), {}, "the page is nested too deeply to be read whole"),
    "attributes": (answer(body=f"<p {CROWD}>"), {}, "has more than 300 attributes"),
    "pages": (paged, {"ROLECALL_MOST_PAGES": 9}, "more than 9 pages; the rest was not read"),
    "depth": (paged, {"ROLECALL_MOST_DEPTH": 5}, "more than 5 links deep; the rest was not read"),
    "an answer's time": (answer(delay=3), {"DOWNLOAD_TIMEOUT": 1}, f"{THIRD}: no answer in time"),
    "a visit's time": (answer(delay=3), {"ROLECALL_DEADLINE": 1.5}, "not finished after 2 s"),
}


def packed(bench, name):
    body = PACK[name](bytes(60_000_000), 1)
    bench.answer(THIRD, body, headers={"Content-Encoding": name})


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_that_one_page_reaches_is_partial_with_its_reason_and_closes_nothing(
    limit, bench, monkeypatch
):
    reach, settings, words = LIMITS[limit]
    bench.show(1, 2, 3)
    assert bench.call("run").code == 0
    bench.show(1, 3, 4)
    reach(bench)
    whole = Config.scrapy
    monkeypatch.setattr(Config, "scrapy", lambda self: whole(self) | settings)
    answer = bench.call("crawl", "acme", "--json")
    assert answer.code == 0
    assert bench.outcomes == ["complete", "partial"]
    assert words in bench.reasons
    assert bench.open == {"Role 1", "Role 2", "Role 3", "Role 4"}
    assert bench.events == [("opened", "Role 4")]
    assert bench.rows("SELECT count(*) FROM postings WHERE missing_since IS NOT NULL") == [(0,)]
