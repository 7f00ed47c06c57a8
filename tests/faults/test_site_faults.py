"""What a site may do to a visit, over real sockets, with the whole program behind it."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from itertools import pairwise

import pytest
from mail_server import certified
from test_live import listing, page

RANGE = range(1, 11)


@pytest.fixture
def known(bench):
    """Give a bench whose ten postings are known and were shown to the reader."""
    bench.show(*RANGE)
    assert bench.call("run").code == 0
    assert len(bench.letters) == 1
    return bench


def roles(numbers):
    return {f"Role {number}" for number in numbers}


def test_f15_a_site_that_answers_500_is_failed_and_told_at_the_third_time(known):
    known.answer("/jobs", "oops", status=500)
    assert [known.call("crawl", "acme").code for _ in range(3)] == [3] * 3
    assert known.outcomes == ["complete"] + ["failed"] * 3
    assert "HTTP 500" in known.reasons
    assert known.events == [("source_broken", None)]
    assert known.open == roles(RANGE)
    assert known.call("status").code == 1
    known.check()


def paged(bench, **third):
    """Let the site list five pages of two postings; the third answers as given."""
    for number in range(1, 6):
        rows = (2 * number - 1, 2 * number)
        more = f'<a rel="next" href="/jobs/page/{number + 1}">Next</a>' if number < 5 else ""
        path = "/jobs" if number == 1 else f"/jobs/page/{number}"
        bench.answer(path, listing(*rows, extra=more))
    for number in range(1, 11):
        bench.answer(f"/jobs/{number}-welder", page(f"Role {number}"))
    if third:
        bench.answer("/jobs/page/3", **third)


@pytest.mark.parametrize(
    "third",
    [{"status": 500}, {"body": listing(5, 6), "cut": 60}, {"body": listing(5, 6), "cut": 0}],
    ids=["500", "cut", "reset"],
)
def test_f16_a_page_that_is_missing_in_the_middle_lets_new_ones_in_and_closes_nothing(bench, third):
    paged(bench)
    bench.call("run")
    assert bench.open == roles(range(1, 11))
    paged(bench, **third)
    bench.answer("/jobs", listing(1, 2, 99, extra='<a rel="next" href="/jobs/page/2">Next</a>'))
    bench.answer("/jobs/99-welder", page("Role 99"))
    bench.answer("/jobs/2-welder", status=410)
    assert bench.call("crawl", "acme").code == 0
    assert bench.outcomes == ["complete", "partial"]
    assert "/jobs/page/3" in bench.reasons
    assert bench.events == [("opened", "Role 99")]
    assert bench.rows("SELECT count(*) FROM postings WHERE missing_since IS NOT NULL") == [(0,)]
    bench.check()


@contextmanager
def serving(answer):
    """Give the port of a server that hands each connection to ``answer``."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            while True:
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                with line, suppress(OSError):
                    answer(line)

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


def speaking(*answers):
    """Say these bytes to each connection but one for robots.txt, and hang up."""

    def answer(line):
        robots = b"/robots.txt" in line.recv(65536)
        none = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        line.sendall(none if robots else b"".join(answers))

    return serving(answer)


def secured(folder):
    """Speak TLS with a certificate nobody vouches for."""
    context, _ = certified(folder)

    def answer(line):
        with context.wrap_socket(line, server_side=True) as secure:
            secure.recv(100)

    return serving(answer)


def test_f17_a_chunked_listing_that_is_cut_is_no_whole_listing(known):
    half = listing(*RANGE).encode()[:300]
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    with speaking(head, b"%x\r\n" % len(half), half, b"\r\n") as port:
        text = known.file.read_text()
        moved = text.replace(str(known.site.port), str(port))
        known.file.write_text(moved)
        assert known.call("crawl", "acme").code == 3
        known.file.write_text(text)
    assert known.outcomes[-1] == "failed"
    assert "cut short" in known.reasons
    assert known.events == []
    known.check()


@pytest.mark.parametrize(
    "body",
    ["<html><body><h1>Our new home</h1><p>Soon.</p></body></html>", listing(), "<html><title>Jobs"],
    ids=["redesign", "no rows", "unclosed title"],
)
def test_f19_a_page_without_any_posting_closes_nothing_and_is_told_once(known, body):
    known.answer("/jobs", body)
    for _ in range(3):
        known.call("crawl", "acme")
    assert known.open == roles(RANGE)
    assert known.events == [("source_broken", None)]
    known.show(*RANGE)
    assert known.call("crawl", "acme").code == 0
    assert known.events == [("source_broken", None), ("source_recovered", None)]
    known.check()


def test_f20_a_tenth_of_the_usual_postings_is_distrusted(known):
    known.show(1)
    known.call("crawl", "acme")
    assert known.outcomes[-1] == "complete"
    assert known.rows("SELECT suspicious FROM crawls ORDER BY id DESC LIMIT 1") == [
        ("found 1 of the usual 10 postings",)
    ]
    assert known.events == [("source_broken", None)]
    assert known.open == roles(RANGE)
    known.check()


@pytest.mark.parametrize("status", [200, 503])
def test_f31_a_maintenance_page_says_nothing_about_postings(known, status):
    words = "<html><body><h1>We will be right back</h1><p>Maintenance.</p></body></html>"
    known.answer("/jobs", words, status=status, headers={"Retry-After": "9000"})
    assert known.call("crawl", "acme").code == 3
    assert known.outcomes[-1] == "failed"
    assert known.events == []
    assert known.open == roles(RANGE)
    known.check()


@pytest.mark.parametrize(
    ("robots", "outcome"),
    [
        ({"status": 404}, "unchanged"),
        ({"body": "<html><body>Welcome</body></html>"}, "unchanged"),
        ({"body": "User-agent: *\nAllow: /\n" + "# words\n" * 75_000}, "unchanged"),
        ({"body": "oops", "status": 500}, "failed"),
        ({"body": "User-agent: *\nDisallow: /jobs\n"}, "failed"),
    ],
    ids=["404", "html", "600 kB", "500", "added later"],
)
def test_f39_robots_txt_is_obeyed_also_when_it_is_odd_and_closes_nothing(known, robots, outcome):
    known.answer("/robots.txt", **robots)
    known.call("crawl", "acme")
    assert known.outcomes[-1] == outcome
    assert ("robots.txt" in known.reasons) == (outcome == "failed")
    assert known.events == []
    known.check()


def test_f40_sources_of_one_host_are_asked_one_after_another_with_the_pause_between(bench):
    text = bench.file.read_text().replace("delay = 0", "delay = 0.3\nprocesses = 4")
    head, search = text.split("[[source]]")[0], text[text.index("[[search]]") :]
    source = '[[source]]\nid = "s{n}"\nkind = "careers_page"\nurl = "{url}/jobs/list/{n}"\n'
    bench.file.write_text(
        head + "".join(source.format(n=n, url=bench.site.url) for n in range(6)) + search
    )
    for number in range(6):
        bench.answer(f"/jobs/list/{number}", listing(number))
        bench.answer(f"/jobs/{number}-welder", page(f"Role {number}"))
    assert bench.call("crawl").code == 0
    times = [at for path, _, at in bench.site.asked if path.startswith("/jobs")]
    assert len(times) == 12
    assert min(two - one for one, two in pairwise(times)) > 0.1  # Scrapy's jitter takes half
    assert bench.site.paths().count("/robots.txt") == 1
    bench.check()


def test_f41_every_way_a_connection_fails_has_its_own_words(bench, tmp_path):
    for number in range(30):
        where = f"/r/{number + 1}"
        bench.answer(f"/r/{number}", status=302, headers={"Location": where})
    wall = '<html><body><h1>Cookies</h1><form action="/consent"><button>Accept</button></form></body></html>'
    bench.answer("/wall", wall)
    with (
        speaking(b"who are you?\n" * 9) as garbage,
        speaking() as reset,
        secured(tmp_path) as tls,
        socket.create_server(("127.0.0.1", 0)) as taken,
    ):
        refused = taken.getsockname()[1]
        taken.close()
        links = {
            "garbage": f"http://127.0.0.1:{garbage}/jobs",
            "reset": f"http://127.0.0.1:{reset}/jobs",
            "tls": f"https://127.0.0.1:{tls}/jobs",
            "refused": f"http://127.0.0.1:{refused}/jobs",
            "redirects": f"{bench.site.url}/r/0",
            "wall": f"{bench.site.url}/wall",
            "dns": "http://nowhere.invalid/jobs",
        }
        text = bench.file.read_text()
        ports = ", ".join(f'"127.0.0.1/32:{port}"' for port in (garbage, reset, tls, refused))
        text = text.replace("allow = [", f"allow = [{ports}, ")
        head, search = text.split("[[source]]")[0], text[text.index("[[search]]") :]
        sources = "".join(
            f'[[source]]\nid = "{name}"\nkind = "careers_page"\nurl = "{link}"\n'
            for name, link in links.items()
        )
        bench.file.write_text(head + sources + search)
        began = time.monotonic()
        answer = bench.call("crawl")
        assert time.monotonic() - began < 60
    assert answer.code == 3
    assert "Traceback" not in answer.err
    said = dict(bench.rows("SELECT source, reasons FROM crawls"))
    words = {
        "garbage": "the connection broke off",
        "reset": "the connection broke off",
        "tls": "certificate",
        "refused": "the connection was refused",
        "redirects": "too many redirects",
        "wall": "shows neither postings nor links",
        "dns": "the host was not found",
    }
    for name, word in words.items():
        assert word in said[name], said[name]
