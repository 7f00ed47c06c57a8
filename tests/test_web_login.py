"""The login: no page without it, no way around it, no guessing, nothing kept that opens it."""

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from web_samples import client, crawl, fill, posting

from monitor.cli import cli
from monitor.commands.page import access
from monitor.complaints import ConfigError
from monitor.config import loads
from monitor.web import passwords
from monitor.web.login import OPEN, Access, within
from monitor.web.passwords import hashed, matches, sound
from monitor.web.sessions import LIFE, Guesses, Sessions

WORD = "correct horse"
OWN = {"sec-fetch-site": "same-origin"}


@pytest.fixture(autouse=True, scope="module")
def cheap():
    """Let a guess cost a thousandth: what is tested is not the time."""
    before, passwords._COST = passwords._COST, 2**5
    yield
    passwords._COST = before


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return fill(tmp_path_factory.mktemp("login") / "r.db", [crawl(0, posting("a", "Diver"))])


@pytest.fixture
def known():
    return Access(hashed(WORD))


def log_in(ask, password=WORD, **options):
    return ask.post("/login", data={"password": password}, headers=OWN, **options)


def paths(ask):
    for route in ask.app.routes:
        yield route.path.replace("{id}", "1").replace("{name}", "kelp")


def test_every_page_but_the_listed_ones_asks_for_a_login(store, known):
    with client(store, access=known) as ask:
        walked = set(paths(ask))
        assert len(walked) > 20
        assert walked >= OPEN
        for path in walked | {"/nothing", "/posting/1/text", "//login", "/login/", "/LOGIN"}:
            answer = ask.get(path)
            if path in OPEN:
                assert answer.status_code == 200, path
            else:
                assert answer.status_code == 303, path
                assert answer.headers["location"].startswith("/login?next=%2F"), path
                assert "Diver" not in answer.text
            refused = ask.post(path, headers=OWN)
            assert refused.status_code in ((403, 405) if path in OPEN else (403,)), path


def test_the_password_opens_every_page_until_one_logs_out(store, known):
    with client(store, access=known) as ask:
        answer = log_in(ask, params={"next": "/postings?q=diver"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/postings?q=diver")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("rolecall=")
        for word in ("HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={LIFE}"):
            assert word in cookie
        page = ask.get("/postings")
        assert "Diver" in page.text
        assert 'action="/logout"' in page.text
        stolen = ask.cookies["rolecall"]
        assert ask.post("/logout", headers=OWN).headers["location"] == "/login"
        assert ask.get("/").status_code == 303
        ask.cookies.set("rolecall", stolen)
        assert ask.get("/").status_code == 303


@pytest.mark.parametrize("cookie", ["", "x", "rolecall", 'rolecall="', "rolecall=\u00e9", "a=b;;;"])
def test_no_other_cookie_opens_it(store, known, cookie):
    with client(store, access=known) as ask:
        assert ask.get("/", headers={"cookie": cookie.encode()}).status_code == 303


def test_over_https_the_cookie_never_travels_otherwise(store):
    with client(store, access=Access(hashed(WORD), secure=True)) as ask:
        cookie = log_in(ask).headers["set-cookie"]
    assert cookie.startswith("__Host-rolecall=")
    assert "; Secure" in cookie


def test_a_form_of_another_site_cannot_log_anyone_in_or_out(store, known):
    with client(store, access=known) as ask:
        for headers in ({}, {"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}):
            for path in ("/login", "/logout"):
                answer = ask.post(path, data={"password": WORD}, headers=headers)
                assert answer.status_code == 403
                assert "set-cookie" not in answer.headers


def test_guessing_is_slowed_down_even_with_the_right_password(store, known):
    with client(store, access=known) as ask:
        for _ in range(5):
            answer = log_in(ask, "wrong")
            assert (answer.status_code, "not the password" in answer.text) == (403, True)
        answer = log_in(ask)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 301
        assert "Try again in" in answer.text


@pytest.mark.parametrize(
    "body", [b"", b"password", b"\xff=\xfe", b"password=" + b"x" * 9999, b"&" * 50]
)
def test_an_odd_form_is_a_wrong_password(store, known, body):
    with client(store, access=known) as ask:
        answer = ask.post("/login", content=body, headers=OWN)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        " /x",
        "javascript:alert(1)",
        "/x\r\nSet-Cookie: a=b",
        "",
        "evil",
        "http:/x",
        "/é",
    ],
)
def test_a_login_leads_nowhere_else(store, known, link):
    assert within(link) == "/"
    with client(store, access=known) as ask:
        assert log_in(ask, params={"next": link}).headers["location"] == "/"


@given(st.text())
def test_whatever_is_asked_for_the_way_back_is_a_path_of_this_page(link):
    back = within(link)
    assert back.startswith("/")
    assert not back.startswith(("//", "/\\"))


def test_a_password_is_kept_as_a_hash_of_its_own():
    first, second = hashed(WORD), hashed(WORD)
    assert first != second
    assert WORD not in first
    assert matches(WORD, first)
    assert matches(WORD, second)
    assert not matches(WORD + " ", first)
    assert sound(first)
    assert not sound(WORD)
    assert not matches("", "")


@pytest.mark.parametrize("word", ["pässwörd\u0301", "\ud800", "\0" * 9, "p" * 400, ""])
def test_any_text_may_be_a_password(word):
    assert matches(word, hashed(word))


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def test_a_login_ends_and_its_token_is_not_kept():
    clock = Clock()
    sessions = Sessions(clock)
    token = sessions.begin()
    assert sessions.lasts(token)
    assert token not in repr(vars(sessions))
    clock.now += LIFE
    assert not sessions.lasts(token)
    assert sessions.begin() != token
    assert len(sessions._ends) == 1


def test_guesses_are_counted_by_address_and_together_and_forgotten():
    clock = Clock()
    guesses = Guesses(clock)
    for _ in range(5):
        guesses.made("10.0.0.1")
    assert guesses.wait("10.0.0.1") == 301
    assert guesses.wait("10.0.0.2") == 0
    for number in range(35):
        guesses.made(f"10.1.0.{number}")
    assert guesses.wait("10.0.0.2") == 301
    clock.now += 300
    assert guesses.wait("10.0.0.1") == 0
    assert not guesses._of


PROXIED = Access(header="X-Remote-User", proxies=("127.0.0.1/32", "fd00::/8"))


@pytest.mark.parametrize(
    ("client_", "headers", "let_in"),
    [
        ("127.0.0.1", {"x-remote-user": "ann"}, True),
        ("fd00::7", {"x-remote-user": "ann"}, True),
        ("127.0.0.2", {"x-remote-user": "ann"}, False),
        ("127.0.0.1", {"x-remote-user": " "}, False),
        ("127.0.0.1", {}, False),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, False),
        ("", {"x-remote-user": "ann"}, False),
        ("testclient", {"x-remote-user": "ann"}, False),
    ],
)
def test_only_a_trusted_proxy_vouches_for_anyone(client_, headers, let_in):
    assert PROXIED.vouched(client_, Headers(headers)) is let_in


def test_without_a_password_there_is_no_way_but_the_proxy(store):
    with client(store, access=PROXIED) as ask:
        answer = ask.get("/", headers={"x-remote-user": "ann"})
        assert answer.status_code == 403
        assert "proxy" in answer.text
        assert ask.get("/logout").status_code == 403


def test_the_file_says_who_is_let_in(tmp_path, monkeypatch):
    monkeypatch.delenv("PAGE", raising=False)
    assert access(loads("")) is None
    header = '[page]\nuser_header = "X-User"\nproxies = ["127.0.0.1"]'
    assert access(loads(header)) == Access(None, "X-User", ("127.0.0.1/32",))
    with pytest.raises(ConfigError, match=r"\$PAGE is not set"):
        access(loads('[page]\npassword_env = "PAGE"'))
    monkeypatch.setenv("PAGE", "in the clear")
    with pytest.raises(ConfigError, match="rolecall config password"):
        access(loads('[page]\npassword_env = "PAGE"'))
    word = tmp_path / "word"
    word.write_text(hashed(WORD) + "\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="others may read it; chmod 600"):
        access(loads('[page]\npassword_file = "word"', tmp_path / "rolecall.toml"))
    word.chmod(0o600)
    text = 'public_url = "https://roles.example.org"\n[page]\npassword_file = "word"'
    found = access(loads(text, tmp_path / "rolecall.toml"))
    assert matches(WORD, found.password)
    assert found.secure


def test_the_command_prints_a_hash_of_what_it_reads():
    answer = CliRunner().invoke(cli, ["config", "password"], input=f"{WORD}\n")
    assert matches(WORD, answer.stdout.strip())
    short = CliRunner().invoke(cli, ["config", "password"], input="short\n")
    assert short.exit_code == 2
    assert "at least 8 characters" in short.stderr
