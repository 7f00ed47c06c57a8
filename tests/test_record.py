"""Recording: what was exchanged is kept as a case, and the case gives the same postings again."""

from __future__ import annotations

import gzip
import json
import socket
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from calling import call
from hypothesis import given
from hypothesis import strategies as st
from replaying import visit
from site_on_loopback import Site
from test_live import listing, page
from test_visit import Memory

from crawler import archive, captures
from crawler.items import Source
from monitor.sweep import Sweeper

pytestmark = pytest.mark.slow  # real child processes; run by make test-all

PACKED = {"Content-Encoding": "gzip", "Set-Cookie": "session=1234", "ETag": '"list"'}
LARGEST = 100_000
MOMENT = datetime(2026, 11, 2, 7, tzinfo=UTC)


@pytest.fixture(scope="module")
def site():
    with Site() as made, socket.create_server(("127.0.0.1", 0)) as bound:
        made.closed = f"http://127.0.0.1:{bound.getsockname()[1]}"
        bound.close()
        made.put("/robots.txt", "User-agent: *\nDisallow: /private\n")
        private = '<a href="/private/jobs/9-welder">Role 9</a>'
        made.put(
            "/jobs",
            gzip.compress(listing(1, 2, 3, 4, 5, 6, extra=private).encode()),
            headers=PACKED,
        )
        made.put("/jobs/1-welder", gzip.compress(page("Röle 1").encode()), headers=PACKED)
        made.put("/jobs/2-welder", status=302, headers={"Location": "/jobs/2b-welder"})
        made.put("/jobs/2b-welder", page("Role 2"))
        made.put("/jobs/3-welder", "gone", status=410)
        made.put("/jobs/4-welder", page("Role 4"), delay=10)
        made.put("/jobs/5-welder", status=302, headers={"Location": f"{made.closed}/jobs/5-welder"})
        bomb = gzip.compress(page("Role 6").encode() + bytes(2 * LARGEST))
        made.put("/jobs/6-welder", bomb, headers=PACKED)
        made.put("/small/jobs", page("Role 8"))
        yield made


@pytest.fixture(scope="module")
def recorded(site, tmp_path_factory):
    """Record one visit, and archive another one twice; give the folders and the crawls."""
    folder = tmp_path_factory.mktemp("recorded")
    settings = {
        "ROLECALL_ALLOW": [
            f"127.0.0.1/32:{url.rpartition(':')[2]}" for url in (site.url, site.closed)
        ],
        "ROLECALL_MODE": "record",
        "DOWNLOAD_DELAY": 0,
        "DOWNLOAD_MAXSIZE": LARGEST,
        "DOWNLOAD_TIMEOUT": 1.1,  # so that the visits around it are named by other seconds
        "RETRY_TIMES": 0,
        "LOG_LEVEL": "CRITICAL",
    }
    acme = Source("acme", "careers_page", url=f"{site.url}/jobs", organization="Acmé 🙂")
    small = Source("small", "careers_page", url=f"{site.url}/small/jobs")
    crawls = []
    with Sweeper(settings) as sweeper:
        for source, name in ((small, "archive"), (acme, "cases"), (small, "archive")):
            here = {"ROLECALL_CAPTURES": str(folder / name), "ROLECALL_ARCHIVE": name == "archive"}
            sweeper.sweep([source], finished=crawls.append, settings=here)
    (case,) = captures.cases(folder / "cases")
    return SimpleNamespace(case=case, crawl=crawls[1], archive=folder / "archive", source=acme)


def exchanges(recorded, path):
    return [one for one in recorded.case.exchanges if one.url.endswith(path)]


def shown(crawl):
    """Give what a visit came to, apart from clocks and from how a refusal is worded."""
    found = {posting.id: posting for posting in crawl.postings}
    reasons = {reason.split(": ")[0] for reason in crawl.reasons}
    return crawl.outcome, found, set(crawl.gone), reasons, crawl.counts


def test_a_recorded_visit_replays_to_the_same_crawl(site, recorded):
    assert recorded.crawl.outcome == "partial"
    assert {posting.title for posting in recorded.crawl.postings} == {"Röle 1", "Role 2"}
    again = visit(recorded.case.path, DOWNLOAD_MAXSIZE=LARGEST, RETRY_TIMES=0)
    assert shown(again) == shown(recorded.crawl)
    assert f"{site.url}/jobs/4-welder: no answer in time" in again.reasons
    assert again.started == recorded.crawl.started == recorded.case.started


def test_a_case_knows_its_source_as_it_was(recorded):
    assert recorded.case.source == recorded.source


def test_every_request_is_an_exchange_and_so_is_each_hop_of_a_redirect(site, recorded):
    urls = [one.url.removeprefix(site.url) for one in recorded.case.exchanges]
    assert urls[:2] == ["/robots.txt", "/jobs"]
    assert sorted(urls[2:]) == sorted(
        [f"/jobs/{n}-welder" for n in (1, 2, 3, 4, 5, 6)]
        + ["/jobs/2b-welder", f"{site.closed}/robots.txt"]
    )
    (hop,) = exchanges(recorded, "/jobs/2-welder")
    assert (hop.status, dict(hop.headers)["Location"]) == (302, "/jobs/2b-welder")
    (target,) = exchanges(recorded, "/jobs/2b-welder")
    assert (target.status, target.read()) == (200, page("Role 2").encode())


def test_every_case_of_a_host_holds_the_rules_that_were_fetched_once(site, tmp_path):
    settings = {
        "ROLECALL_ALLOW": [f"127.0.0.1/32:{site.url.rpartition(':')[2]}"],
        "ROLECALL_MODE": "record",
        "ROLECALL_CAPTURES": str(tmp_path),
        "DOWNLOAD_DELAY": 0,
        "LOG_LEVEL": "CRITICAL",
    }
    sources = [Source(name, "careers_page", url=f"{site.url}/small/jobs") for name in "ab"]
    with Sweeper(settings) as sweeper:
        sweeper.sweep(sources, finished=lambda _: None)
    asked = [[one.url for one in case.exchanges] for case in captures.cases(tmp_path)]
    assert asked == [[f"{site.url}/robots.txt", f"{site.url}/small/jobs"]] * 2


def test_packed_answers_are_kept_plain_under_the_name_of_what_they_are(recorded):
    (list_,) = exchanges(recorded, "/jobs")
    assert list_.body.name == "001.html"
    assert b"<h1>Openings</h1>" in list_.body.read_bytes()
    assert not {"Content-Encoding", "Content-Length"} & dict(list_.headers).keys()


def test_no_login_and_no_clock_is_kept(recorded):
    names = {name.lower() for one in recorded.case.exchanges for name, _ in one.headers}
    assert "etag" in names
    assert not names & {"set-cookie", "date", "connection"}
    text = "".join(path.read_text() for path in recorded.case.path.glob("*.json"))
    assert "session=1234" not in text


def test_what_could_not_be_had_is_kept_by_the_name_of_its_trouble(recorded, site):
    (late,) = exchanges(recorded, "/jobs/4-welder")
    assert (late.error, late.status, late.body) == ("timeout", None, None)
    (refused,) = exchanges(recorded, f"{site.closed}/robots.txt")
    assert refused.error == "refused"


def test_what_unpacks_to_too_much_is_kept_as_served_and_refused_again(recorded):
    (bomb,) = exchanges(recorded, "/jobs/6-welder")
    assert dict(bomb.headers)["Content-Encoding"] == "gzip"
    assert len(bomb.read()) < LARGEST
    refused = "/jobs/6-welder: the page is too large when it is unpacked"
    assert any(reason.endswith(refused) for reason in recorded.crawl.reasons)


def test_a_page_whose_etag_is_known_answers_304_in_replay(recorded):
    first = visit(recorded.case.path)
    second = visit(recorded.case.path, Memory(first))
    assert second.counts.not_modified >= 2
    assert second.kept == {posting.id for posting in first.postings}
    assert shown(second)[3] == shown(first)[3]


def test_a_replay_says_what_was_not_recorded(tmp_path, recorded):
    folder = tmp_path / "acme" / recorded.case.path.name
    folder.mkdir(parents=True)
    captures.write_source(folder.parent, recorded.source)
    index = {"started": "2026-11-02T07:00:00Z", "exchanges": []}
    (folder / "index.json").write_text(json.dumps(index))
    crawl = visit(folder)
    assert crawl.outcome == "failed"
    assert crawl.reasons == (f"GET {recorded.source.url} was not recorded in {folder.name}",)


def test_a_half_written_case_is_no_case(tmp_path, recorded):
    folder = tmp_path / "acme" / "20261102T070000"
    folder.mkdir(parents=True)
    captures.write_source(folder.parent, recorded.source)
    (folder / "000.html").write_text("<html>")
    (folder / ".index.json.draft").write_text('{"started": ')
    assert captures.cases(tmp_path) == []
    with pytest.raises(captures.CaptureError, match=r"20261102T070000/index\.json"):
        captures.load(folder)


# -- the archive --------------------------------------------------------------------------------


def test_an_archive_keeps_each_body_once_however_often_it_was_served(recorded):
    first, second = captures.cases(recorded.archive)
    assert first.started < second.started
    bodies = {one.url: one.body.resolve() for one in first.exchanges if one.body}
    assert bodies == {one.url: one.body.resolve() for one in second.exchanges if one.body}
    kept = sorted((recorded.archive / "small" / "bodies").iterdir())
    assert kept == sorted(set(bodies.values()))
    assert {path.suffix for path in kept} == {".zst"}


def test_an_archived_visit_replays_like_any_other(recorded):
    first, _ = captures.cases(recorded.archive)
    crawl = visit(first.path)
    assert (crawl.counts.answered, crawl.counts.failed) == (1, 0)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda body: body[:-4], "cut short"),
        (lambda _: b"", "cut short"),
        (lambda body: b"\0" + body[1:], "damaged"),
        (lambda body: body[:8] + b"\xff" * 20, "damaged"),
    ],
)
def test_a_damaged_body_is_a_reason_that_names_its_page(tmp_path, damage, words):
    recorder = captures.Recorder(tmp_path / "acme", MOMENT, archive=True)
    url = "https://acme.example/jobs"
    body = listing(1, 2, 3).encode()
    recorder.add(captures.Exchange("GET", url, status=200), body)
    folder = recorder.write(Source("acme", "careers_page", url=url))
    (kept,) = (tmp_path / "acme" / "bodies").iterdir()
    kept.write_bytes(damage(kept.read_bytes()))
    crawl = visit(folder)
    assert crawl.outcome == "failed"
    (reason,) = crawl.reasons
    assert reason.startswith(f"{url}: ")
    assert words in reason


def test_a_body_that_is_missing_is_a_reason_that_names_its_page(tmp_path):
    url = "https://acme.example/jobs"
    recorder = captures.Recorder(tmp_path / "acme", MOMENT, archive=False)
    recorder.add(captures.Exchange("GET", url, status=200), b"<html></html>")
    folder = recorder.write(Source("acme", "careers_page", url=url))
    (folder / "000.txt").unlink()
    (reason,) = visit(folder, RETRY_TIMES=0).reasons
    assert reason.startswith(f"{url}: ")
    assert "000.txt" in reason


@given(st.binary(max_size=3000))
def test_whatever_is_kept_comes_back(tmp_path_factory, body):
    folder = tmp_path_factory.getbasetemp() / "bodies"
    name = archive.keep(folder, body)
    assert archive.read(folder / name) == body
    assert archive.keep(folder, body) == name


# -- the commands -------------------------------------------------------------------------------


@pytest.fixture
def config(tmp_path, site):
    path = tmp_path / "rolecall.toml"
    path.write_text(
        f"""contact = "crew@example.org"
[network]
allow = ["127.0.0.1/32:{site.port}"]
delay = 0
[[source]]
id = "small"
kind = "careers_page"
url = "{site.url}/small/jobs"
[[source]]
id = "nowhere"
kind = "careers_page"
url = "http://192.0.2.1/jobs"
"""
    )
    return path


def test_record_makes_a_case_that_is_complete_by_itself(config, tmp_path):
    said = call("record", "small", "--into", tmp_path / "cases", "--config", config)
    assert said.code == 0, said.err
    (case,) = captures.cases(tmp_path / "cases")
    assert said.out == f"{case.path}\n"
    assert "may be dialled ([network] allow): 127.0.0.1/32:" in said.err
    (expected,) = json.loads((case.path / "postings.json").read_text())
    (posting,) = visit(case.path).postings
    assert (expected["id"], expected["title"]) == (posting.id, "Role 8")
    assert not list(tmp_path.glob("*.db"))


def test_record_tells_of_a_source_that_cannot_be_reached_and_keeps_the_refusal(config, tmp_path):
    said = call("record", "nowhere", "--into", tmp_path / "cases", "--config", config)
    assert said.code == 3
    assert "is not a public address" in said.err
    (case,) = captures.cases(tmp_path / "cases")
    assert {one.error for one in case.exchanges} == {"blocked"}


def test_run_keep_archives_the_visit_beside_the_store(config, tmp_path):
    said = call("run", "--keep", "--config", config)
    assert said.code == 1, said.err
    (case,) = captures.cases(tmp_path / "captures" / "small")
    assert [one.body.suffix for one in case.exchanges if one.status == 200] == [".zst"] * 2
    assert [posting.title for posting in visit(case.path).postings] == ["Role 8"]
