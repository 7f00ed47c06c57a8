import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from replaying import visit
from scrapy import Request

from crawler import EXTRACTOR
from crawler.accounts import says_all
from crawler.items import Gone, Link, Posting, Shortfall, Snippet, Total
from crawler.memory import Recollection, Row, row_hash
from crawler.sources import kinds
from crawler.spiders.base import SweepSpider

SITE = "https://board.example"
MOMENT = datetime(2026, 11, 2, 7, tzinfo=UTC)


class Board(SweepSpider):
    """Reads a paged JSON list; rows may have a page of their own, and may misbehave on request."""

    name = "board"

    def parse(self, response):
        answer = response.json()
        if "total" in answer:
            yield Total(answer["total"])
        for row in answer.get("rows", ()):
            yield from self.row(response, row)
        if "next" in answer:
            yield response.follow(answer["next"], self.parse)
        if "post" in answer:
            yield response.follow("/list", self.parse, method="POST", body=answer["post"])

    def row(self, response, row):
        if "detail" in row:
            meta = {"detail": True, "posting": row.get("id"), "row": row.get("hash")}
            yield response.follow(row["detail"], self.parse_detail, meta=meta)
        elif "raise" in row:
            raise ValueError(row["raise"])
        elif "short" in row:
            yield Shortfall(row["short"])
        elif "snippet" in row:
            yield Snippet(row["snippet"])
        elif "errback" in row:
            yield Request(f"{SITE}/x", errback=print)
        else:
            yield Posting(row["id"], row.get("title", "Role"), body=row.get("body", ""))

    async def parse_detail(self, response):
        answer = response.json()
        if "gone" in answer:
            yield Gone("", answer["gone"])
        else:
            yield Posting(answer["id"], answer["title"])


class Memory:
    """Remembers what a crawl left, as the store would."""

    def __init__(self, crawl=None, rows=()):
        pages = {page.url: page for page in crawl.pages} if crawl else {}
        self.recollection = Recollection(pages, dict(rows))

    def recall(self, _):
        return self.recollection


def case(tmp_path, answers, name="20261102T070000"):
    """Write a case from a mapping of paths to answers (a list: in turn)."""
    folder = tmp_path / "board" / name
    folder.mkdir(parents=True)
    (folder.parent / "source.toml").write_text(f'id = "b"\nkind = "board"\nurl = "{SITE}/list"\n')
    exchanges = []
    for path, given in answers.items():
        for answer in given if isinstance(given, list) else [given]:
            exchange = {"method": "GET", "url": SITE + path, "status": 200, "headers": []}
            if "json" in answer:
                body = folder / f"{len(exchanges)}.json"
                body.write_text(json.dumps(answer["json"]))
                exchange["body"] = body.name
            exchanges.append(exchange | {k: v for k, v in answer.items() if k != "json"})
    index = {"started": MOMENT.isoformat(), "exchanges": exchanges}
    (folder / "index.json").write_text(json.dumps(index))
    return folder


def rows(*ids, **extra):
    return {"json": {"rows": [{"id": name} for name in ids]} | extra}


def run(tmp_path, answers, **kwargs):
    return visit(case(tmp_path, answers), spider=Board, **kwargs)


def test_a_list_read_to_its_end_with_the_stated_total_is_complete(tmp_path):
    crawl = run(
        tmp_path,
        {"/list": rows("1", "2", total=3, next="/list?page=2"), "/list?page=2": rows("3")},
    )
    assert (crawl.outcome, crawl.found, crawl.reasons, crawl.total) == ("complete", 3, (), 3)
    assert crawl.started == crawl.finished == MOMENT


HTML = [["Content-Type", "text/html"]]
CUT = "<html><body><ul><li>One</li>"


class Page(Board):
    """Reads HTML: a role an item; or a posting's own page."""

    def parse(self, response):
        for item in response.css("li::text").getall():
            yield Posting(item, item)
        yield from (
            self.detail(response.urljoin(href), self.parse_detail, posting="1")
            for href in response.css("a::attr(href)").getall()
        )

    def parse_detail(self, response):
        yield Posting("1", response.css("h1::text").get(""), body=response.css("p::text").get(""))


def look(tmp_path, answers):
    (tmp_path / "board").mkdir(exist_ok=True)
    bodies = {path: tmp_path / "board" / f"{number}.html" for number, path in enumerate(answers)}
    for path, page in bodies.items():
        page.write_text(answers[path])
    given = {path: {"headers": HTML, "body": str(page)} for path, page in bodies.items()}
    return visit(case(tmp_path, given), spider=Page)


def test_a_list_that_breaks_off_gives_what_it_has_and_is_partial(tmp_path):
    crawl = look(tmp_path, {"/list": CUT})
    assert ([posting.id for posting in crawl.postings], crawl.outcome) == (["One"], "partial")
    assert crawl.reasons == (f"{SITE}/list: the page breaks off before its end",)
    assert crawl.pages == ()  # asked anew next time, whatever it answers


def test_half_of_a_posting_is_no_reading_of_it(tmp_path):
    whole = "<html><body><div><a href='/1'>One</a></div></body></html>"
    half = "<html><body><div><h1>One</h1><p>Half of wh"
    crawl = look(tmp_path, {"/list": whole, "/1": half})
    assert (crawl.postings, crawl.outcome) == ((), "failed")
    assert crawl.reasons == (f"{SITE}/1: the page breaks off before its end",)


def test_a_crawl_says_whether_its_kind_repeats_what_employers_state(tmp_path):
    class Copied(Board):
        secondhand = True

    folder = case(tmp_path, {"/list": rows("1")})
    assert [visit(folder, spider=kind).secondhand for kind in (Board, Copied)] == [False, True]
    assert {name for name, kind in kinds().items() if kind.secondhand} == {
        "aggregator",
        "feed",
        "github_list",
        "hn_whoishiring",
        "workatastartup",
    }


def test_fewer_postings_than_the_site_states_is_partial(tmp_path):
    crawl = run(tmp_path, {"/list": rows("1", "2", total=5)})
    assert crawl.outcome == "partial"
    assert crawl.reasons == ("the site states 5 postings, 2 were read",)


def test_a_total_that_counts_a_posting_whose_page_is_gone_agrees(tmp_path):
    rows = [{"id": "1"}, {"id": "2", "detail": "/role/2"}]
    answers = {"/list": {"json": {"rows": rows, "total": 2}}, "/role/2": {"status": 410}}
    crawl = run(tmp_path, answers)
    assert (crawl.outcome, [gone.id for gone in crawl.gone]) == ("complete", ["2"])


def test_a_key_that_an_owner_gave_out_goes_with_every_request_also_from_memory(tmp_path):
    class Keyed(Board):
        def headers(self, source):
            if source.options.get("forgotten"):
                raise ValueError("the key is missing")
            return {"X-Key": source.id}

    asked = []

    class Watched(Keyed):
        def parse(self, response):
            asked.append(response.request.headers["X-Key"])
            yield from super().parse(response)

    folder = case(tmp_path, {"/list": rows("1", next="/list?page=2"), "/list?page=2": rows("2")})
    first = visit(folder, spider=Watched)
    assert (first.outcome, asked) == ("complete", [b"b", b"b"])
    table = folder.parent / "source.toml"
    table.write_text(table.read_text() + "options = { forgotten = true }\n")
    again = visit(folder, spider=Keyed)
    assert (again.outcome, again.reasons) == ("failed", (f"{SITE}/list: the key is missing",))


def test_s22_a_key_goes_to_no_other_site_by_no_link_and_no_redirect(tmp_path):
    """The host of the other site begins as ours does: ``SITE`` goes on as ``.other.example``."""
    asked = {}

    class Keyed(Board):
        def headers(self, _):
            return {"X-Key": "k3y", "Authorization": "Bearer k3y", "User-Agent": "owner@me.example"}

        def parse(self, response):
            asked[response.url] = response.request.headers.to_unicode_dict()
            yield from super().parse(response)

    other = f"{SITE}.other.example"
    moved = {"status": 302, "headers": [["Location", f"{other}/moved"]]}
    answers = {
        "/list": rows("1", next="/2"),
        "/2": rows("2", next="/3"),
        "/3": moved,
        ".other.example/moved": rows("3", next=f"{other}/linked"),
        ".other.example/linked": rows("4", next="/list?p=last"),
        "/list?p=last": rows("5", next=f"{SITE}/end"),
        ".other.example/list?p=last": rows("5", next=f"{SITE}/end"),
        "/end": rows("6"),
    }
    crawl = visit(case(tmp_path, answers), spider=Keyed)
    assert (crawl.outcome, crawl.found) == ("complete", 6), crawl.reasons
    for url, headers in asked.items():
        own = not url.startswith(other)
        assert (headers.get("X-Key"), headers.get("Authorization")) == (
            ("k3y", "Bearer k3y") if own else (None, None)
        ), url
        assert ("owner@me" in headers["User-Agent"]) == own
        assert "Referer" not in headers
    assert len(asked) == 6


def test_a_total_that_counts_repeated_rows_agrees(tmp_path):
    crawl = run(tmp_path, {"/list": rows("1", "2", "2", total=3)})
    assert (crawl.outcome, crawl.found) == ("complete", 2)


@pytest.mark.parametrize(
    "trouble",
    [{"status": 500}, {"status": 403}, {"error": "timeout"}, {"error": "reset"}, {"error": "dns"}],
)
def test_a_later_page_that_fails_makes_the_crawl_partial_and_keeps_what_was_read(tmp_path, trouble):
    crawl = run(tmp_path, {"/list": rows("1", next="/list?page=2"), "/list?page=2": trouble})
    assert (crawl.outcome, crawl.found, len(crawl.reasons)) == ("partial", 1, 1)
    assert "/list?page=2" in crawl.reasons[0]


@pytest.mark.parametrize("trouble", [{"status": 500}, {"status": 404}, {"error": "timeout"}])
def test_a_list_that_cannot_be_had_is_failed(tmp_path, trouble):
    crawl = run(tmp_path, {"/list": trouble})
    assert (crawl.outcome, crawl.found) == ("failed", 0)


def test_an_empty_list_is_complete_and_empty(tmp_path):
    crawl = run(tmp_path, {"/list": rows(total=0)})
    assert (crawl.outcome, crawl.found) == ("complete", 0)


def test_an_answer_that_is_no_json_is_failed_with_its_reason(tmp_path):
    crawl = run(tmp_path, {"/list": {"status": 200}})
    assert crawl.outcome == "failed"
    assert "JSONDecodeError" in crawl.reasons[0]


def test_a_callback_that_breaks_off_keeps_what_it_gave_and_its_page_is_not_remembered(tmp_path):
    broken = {"json": {"rows": [{"id": "1"}, {"raise": "a row without a name"}, {"id": "2"}]}}
    crawl = run(tmp_path, {"/list": broken})
    assert crawl.outcome == "partial"
    assert [posting.id for posting in crawl.postings] == ["1"]
    assert "a row without a name" in crawl.reasons[0]
    assert crawl.pages == ()


def test_a_shortfall_is_a_reason(tmp_path):
    crawl = run(tmp_path, {"/list": {"json": {"rows": [{"id": "1"}, {"short": "capped"}]}}})
    assert (crawl.outcome, crawl.reasons) == ("partial", ("capped",))


def test_every_request_is_accounted_for_with_how_it_ended(tmp_path):
    details = [{"detail": f"/role/{n}", "id": str(n)} for n in (1, 2, 3)]
    answers = {
        "/list": {"json": {"rows": details}},
        "/role/1": {"json": {"id": "1", "title": "Role"}},
        "/role/2": {"status": 404},
        "/role/3": {"status": 500},
    }
    read = run(tmp_path, answers, RETRY_TIMES=0)
    ended = {asked.url.removeprefix(SITE): (asked.status, asked.words) for asked in read.requests}
    assert ended == {
        "/list": (200, ""),
        "/role/1": (200, ""),
        "/role/2": (404, "its page answers HTTP 404"),
        "/role/3": (500, f"{SITE}/role/3: HTTP 500"),
    }
    assert len(read.requests) == read.counts.asked == 4
    again = run(tmp_path / "again", {"/list": answers["/list"]} | answers, memory=Memory(read))
    assert again.requests[0].words == "same body"


def test_snippets_are_no_postings(tmp_path):
    crawl = run(tmp_path, {"/list": {"json": {"rows": [{"id": "1"}, {"snippet": "Other"}]}}})
    assert (crawl.found, [snippet.title for snippet in crawl.snippets]) == (1, ["Other"])


def test_an_errback_is_refused(tmp_path):
    crawl = run(tmp_path, {"/list": {"json": {"rows": [{"id": "1"}, {"errback": 1}]}}})
    assert crawl.outcome == "partial"
    assert "errback" in crawl.reasons[0]


def test_a_list_that_loops_back_is_asked_once(tmp_path):
    crawl = run(
        tmp_path,
        {"/list": rows("1", next="/list?page=2"), "/list?page=2": rows("2", next="/list")},
    )
    assert (crawl.outcome, crawl.found, crawl.counts.asked) == ("complete", 2, 2)


def test_a_list_whose_next_page_is_a_post_is_read_anew_each_time(tmp_path):
    second = {"json": {"rows": [{"id": "2"}]}, "method": "POST", "request_body": "page=2"}
    folder = case(tmp_path, {"/list": [rows("1", post="page=2"), second]})
    first = visit(folder, spider=Board)
    again = visit(folder, spider=Board, memory=Memory(first))
    for crawl in (first, again):
        assert (crawl.outcome, sorted(p.id for p in crawl.postings)) == ("complete", ["1", "2"])
        assert crawl.pages == ()


def test_a_list_without_end_stops_at_the_limit(tmp_path):
    pages = {f"/list?p={n}": rows(str(n), next=f"/list?p={n + 1}") for n in range(20)}
    crawl = run(tmp_path, {"/list": rows("x", next="/list?p=0")} | pages, ROLECALL_MOST_PAGES=5)
    assert (crawl.outcome, crawl.counts.asked) == ("partial", 5)
    assert "more than 5 pages" in crawl.reasons[0]


def test_s10_a_chain_without_end_stops_at_its_depth_also_when_it_is_recalled(tmp_path):
    pages = {f"/list?p={n}": rows(str(n), next=f"/list?p={n + 1}") for n in range(20)}
    pages = {"/list": rows("x", next="/list?p=0")} | pages
    first = run(tmp_path, pages, ROLECALL_MOST_DEPTH=3)
    assert (first.outcome, first.counts.asked) == ("partial", 4)
    assert first.reasons == ("more than 3 links deep; the rest was not read",)
    again = run(tmp_path / "again", pages, memory=Memory(first), ROLECALL_MOST_DEPTH=3)
    assert (again.counts.asked, again.counts.not_modified) == (4, 4)
    assert again.reasons == first.reasons


def test_two_readings_of_one_posting_keep_the_fuller(tmp_path):
    both = {"json": {"rows": [{"id": "1", "body": "long text"}, {"id": "1", "body": "short"}]}}
    crawl = run(tmp_path, {"/list": both})
    assert [posting.body for posting in crawl.postings] == ["long text"]


def detail(number, **extra):
    return {"json": {"rows": [{"id": number, "detail": f"/role/{number}"} | extra]}}


def role(number, title="Role"):
    return {"json": {"id": number, "title": title}}


def test_an_unchanged_site_is_recalled_without_being_parsed(tmp_path):
    answers = {"/list": detail("1"), "/role/1": role("1")}
    first = run(tmp_path / "1", answers)
    second = run(tmp_path / "2", answers, memory=Memory(first))
    assert (first.outcome, len(first.postings)) == ("complete", 1)
    assert (second.outcome, second.postings, second.kept) == ("unchanged", (), {"1"})


@pytest.mark.parametrize("broken", [{"callback": "parse_long_ago"}, {"url": "no-scheme"}])
def test_a_remembered_link_that_leads_nowhere_costs_itself_and_not_the_visit(tmp_path, broken):
    answers = {"/list": detail("1"), "/role/1": role("1")}
    first = run(tmp_path / "1", answers)
    (page,) = [page for page in first.pages if page.links]
    links = (replace(page.links[0], **broken), *page.links)
    pages = tuple(replace(one, links=links) if one is page else one for one in first.pages)
    second = run(tmp_path / "2", answers, memory=Memory(replace(first, pages=pages)))
    kept = {"1"} if "url" in broken else set()  # the same page is asked for once
    assert (second.outcome, second.kept) == ("partial" if kept else "failed", kept)
    assert len(second.reasons) == 1


def test_a_304_is_answered_by_what_is_known(tmp_path):
    tagged = {"headers": [["ETag", '"a"']]}
    first = run(tmp_path / "1", {"/list": detail("1") | tagged, "/role/1": role("1") | tagged})
    not_modified = {"status": 304, "headers": [["ETag", '"a"']]}
    second = run(
        tmp_path / "2", {"/list": not_modified, "/role/1": not_modified}, memory=Memory(first)
    )
    assert (second.outcome, second.kept, second.counts.bytes) == ("unchanged", {"1"}, 0)


def test_a_304_that_nobody_asked_for_is_an_error_and_not_an_empty_page(tmp_path):
    crawl = run(tmp_path, {"/list": {"status": 304}})
    assert crawl.outcome == "failed"


def test_a_changed_page_behind_an_unchanged_list_is_read(tmp_path):
    first = run(tmp_path / "1", {"/list": detail("1"), "/role/1": role("1")})
    second = run(
        tmp_path / "2", {"/list": detail("1"), "/role/1": role("1", "New")}, memory=Memory(first)
    )
    assert [posting.title for posting in second.postings] == ["New"]
    assert second.outcome == "complete"


def test_a_page_read_by_an_older_extractor_is_read_again(tmp_path):
    answers = {"/list": rows("1")}
    first = run(tmp_path / "1", answers)
    old = replace(first, pages=tuple(replace(p, extractor=EXTRACTOR - 1) for p in first.pages))
    assert run(tmp_path / "2", answers, memory=Memory(old)).postings


def test_an_unchanged_row_vouches_for_its_page_until_the_revisit_is_due(tmp_path):
    mark = row_hash({"title": "Role"})
    answers = {"/list": detail("1", hash=mark)}  # the page itself is not even recorded
    fresh = Memory(rows={"1": Row(mark, MOMENT - timedelta(days=1))}.items())
    crawl = run(tmp_path / "1", answers, memory=fresh)
    assert (crawl.outcome, crawl.kept, crawl.rows) == ("complete", {"1"}, {"1": mark})
    stale = Memory(rows={"1": Row(mark, MOMENT - timedelta(days=30))}.items())
    again = run(tmp_path / "2", answers | {"/role/1": role("1")}, memory=stale)
    assert len(again.postings) == 1


def test_an_unchanged_row_does_not_vouch_for_what_an_older_extractor_read(tmp_path):
    mark = row_hash({"title": "Role"})
    answers = {"/list": detail("1", hash=mark), "/role/1": role("1")}
    old = Memory(rows={"1": Row(mark, MOMENT, EXTRACTOR - 1)}.items())
    assert [posting.id for posting in run(tmp_path, answers, memory=old).postings] == ["1"]


def test_a_changed_row_is_read_with_its_page_even_when_the_page_did_not_change(tmp_path):
    def site(row):
        rows = [{"id": "1", "detail": "/role/1", "hash": row}]
        return {
            "/list": {"json": {"rows": rows}},
            "/role/1": {"json": {"id": "1", "title": "Role"}, "headers": [["ETag", '"same"']]},
        }

    first = run(tmp_path, site("a"))
    known = {"1": Row("a", MOMENT)}
    changed = run(tmp_path / "later", site("b"), memory=Memory(first, known))
    assert [posting.id for posting in changed.postings] == ["1"]
    same = run(tmp_path / "last", site("a"), memory=Memory(first, known))
    assert (same.postings, same.kept) == ((), frozenset({"1"}))


@pytest.mark.parametrize("status", [404, 410])
def test_the_page_of_a_known_posting_that_is_gone_says_so(tmp_path, status):
    first = run(tmp_path / "1", {"/list": detail("1"), "/role/1": role("1")})
    answers = {"/list": detail("1"), "/role/1": {"status": status}}
    second = run(tmp_path / "2", answers, memory=Memory(first))
    assert [(mark.id, mark.reason) for mark in second.gone] == [
        ("1", f"its page answers HTTP {status}")
    ]
    assert "1" not in second.kept


def test_a_posting_led_back_to_the_listing_is_gone(tmp_path):
    first = run(tmp_path / "1", {"/list": detail("1"), "/role/1": role("1")})
    back = {"status": 302, "headers": [["Location", "/list"]]}
    second = run(tmp_path / "2", {"/list": detail("1"), "/role/1": back}, memory=Memory(first))
    assert [mark.reason for mark in second.gone] == ["its page leads back to the listing"]


def test_a_closing_mark_without_an_id_means_the_posting_its_page_showed(tmp_path):
    first = run(tmp_path / "1", {"/list": detail("1"), "/role/1": role("1")})
    closed = {"json": {"gone": "filled"}}
    second = run(tmp_path / "2", {"/list": detail("1"), "/role/1": closed}, memory=Memory(first))
    assert second.gone == (Gone("1", "filled"),)


def test_a_page_that_says_it_is_closed_says_so_again_at_the_next_visit(tmp_path):
    rows = [{"id": "1"}, {"id": "2", "detail": "/role/2"}]
    closed = {"json": {"gone": "filled"}}
    answers = {"/list": {"json": {"rows": rows, "total": 1}}, "/role/2": closed}
    first = run(tmp_path, answers)
    again = run(tmp_path / "again", answers, memory=Memory(first))
    assert [page.url for page in first.pages] == [f"{SITE}/list"]
    assert [asked.words for asked in again.requests] == ["same body", ""]


def test_a_dead_link_to_a_posting_nobody_knows_is_no_trouble(tmp_path):
    rows = {"json": {"rows": [{"detail": "/role/1"}, {"id": "2"}]}}
    crawl = run(tmp_path, {"/list": rows, "/role/1": {"status": 404}})
    assert (crawl.outcome, crawl.gone) == ("complete", ())


def test_a_list_whose_links_all_lead_to_no_posting_is_failed_and_not_empty(tmp_path):
    dead = {"json": {"rows": [{"detail": "/role/1"}, {"detail": "/role/2"}]}}
    gone = {"status": 404}
    crawl = run(tmp_path, {"/list": dead, "/role/1": gone, "/role/2": gone})
    assert crawl.outcome == "failed"
    assert crawl.reasons == ("none of the pages that the listing leads to shows a posting",)


def test_the_redirect_to_a_page_already_read_is_read_once(tmp_path):
    two = {"json": {"rows": [{"detail": "/role/1"}, {"detail": "/role/2"}]}}
    there = {"status": 301, "headers": [["Location", "/role/1"]]}
    crawl = run(tmp_path, {"/list": two, "/role/1": role("1"), "/role/2": there})
    assert (crawl.outcome, crawl.found) == ("complete", 1)


def test_a_source_without_its_link_is_failed_in_words(tmp_path):
    folder = case(tmp_path, {"/list": rows("1")})
    (folder.parent / "source.toml").write_text('id = "b"\nkind = "board"\n')
    crawl = visit(folder, spider=Board)
    assert crawl.outcome == "failed"
    assert "needs a url" in crawl.reasons[0]


@pytest.mark.parametrize(
    ("more", "whole"),
    [
        ({}, True),
        ({"meta": {"detail": True, "posting": "7", "row": "abc"}}, True),
        ({"meta": {"page": 2}}, False),
        ({"method": "POST"}, False),
        ({"body": "page=2"}, False),
        ({"headers": {"Accept": "text/html"}}, False),
        ({"callback": print}, False),
        ({"url": f"{SITE}/list?b=2&a=1"}, False),
    ],
)
def test_a_request_that_says_more_than_its_link_is_kept_as_it_is(more, whole):
    board = Board(board="acme")
    given = {"url": f"{SITE}/list?a=1&b=2", "callback": board.parse_detail} | more
    link = Link(f"{SITE}/list?a=1&b=2", "parse_detail")
    assert says_all(link, Request(**given), board) is whole
