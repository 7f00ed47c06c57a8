"""Who may ask the page, from where, and what every answer carries."""

import socket

import pytest
from starlette.datastructures import Headers
from starlette.routing import Route
from web_samples import BASE, client, crawl, fill, posting, site

from monitor.web.guard import POLICY, same_origin
from monitor.web.server import ListenError, bind


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return fill(tmp_path_factory.mktemp("guard") / "r.db", [crawl(0, posting("a", "Diver"))])


@pytest.fixture(scope="module")
def ask(store):
    with client(store, hosts={"roles.example.org", "[fd00::5]"}) as asking:
        yield asking


def test_every_answer_forbids_scripts_frames_and_other_origins(ask):
    for path in ("/", "/postings", "/nothing", "/page.css", "/healthz"):
        headers = ask.get(path).headers
        assert headers["content-security-policy"] == POLICY
        assert "script" not in POLICY
        assert "unsafe" not in POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
    assert "no-store" in ask.get("/").headers["cache-control"]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8750",
        "localhost",
        "LOCALHOST:1",
        "[::1]:8750",
        "roles.example.org",
        "roles.example.org.:443",
        "[fd00::5]:8750",
    ],
)
def test_a_known_host_is_answered(ask, host):
    assert ask.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8750",
        "127.0.0.1.evil.example",
        "evil.example#127.0.0.1",
        "user@localhost",
        "localhost:8750:1",
        "",
        "[::2]",
        "0.0.0.0",
    ],
)
def test_a_foreign_host_is_refused(ask, host):
    answer = ask.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "`hosts` of [page]" in answer.text
    assert answer.headers["content-security-policy"] == POLICY


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": BASE}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": BASE}, True),
        ({"origin": "null"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://127.0.0.1:8751"}, False),
        ({"origin": "http://[broken"}, False),
        ({}, False),
    ],
)
def test_only_our_own_forms_are_taken(ask, headers, own):
    assert same_origin(Headers({"host": "127.0.0.1:8750"} | headers)) is own
    answer = ask.post("/nothing", headers=headers)
    assert answer.status_code == (404 if own else 403)


def test_no_page_is_changed_by_a_form(ask):
    own = {"sec-fetch-site": "same-origin"}
    for route in ask.app.routes:
        assert isinstance(route, Route)
        path = route.path.replace("{id}", "1").replace("{name}", "kelp")
        answer = ask.post(path, headers=own)
        # The way out takes a form, of whoever has a key (test_leaving.py).
        assert answer.status_code == (404 if route.name == "leave" else 405), route.path


def test_an_error_of_ours_shows_nothing_of_the_inside(store):
    def broken():
        raise RuntimeError("secret")

    with client(store, site(now=broken)) as asking:
        asking._transport.raise_server_exceptions = False
        answer = asking.get("/")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_a_taken_address_is_explained():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ListenError, match=r"rolecall serve --no-page"):
            bind(f"127.0.0.1:{port}")
