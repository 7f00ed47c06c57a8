from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
import tomlkit
from calling import call
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from crawler.items import Source
from monitor import config, notation, reference
from monitor.complaints import ConfigError

MIN = '[[search]]\nid = "optics"\nto = ["reader@tidewater.example"]\n'
BOARD = '[[source]]\nid = "tidewater"\nkind = "greenhouse"\nboard = "tidewater"\n'
SMTP = '[delivery]\nmethod = "smtp"\nhost = "mail.tidewater.example"\nsender = "a@b.example"\n'
HOOK = '[[channel]]\nid = "a"\nkind = "webhook"\nurl = "https://a.example"\n'

WHOLE = """\
store = "memory/rolls.db"
contact = "https://reader.example/about"
templates = "~/templates"
public_url = "https://rolls.example/mine"
captures = "/var/captures"

[delivery]
method = "smtp"
folder = "letters"
sender = "Rolls <rolls@reader.example>"
host = "mail.reader.example"
port = 2525
security = "tls"
username = "rolls"
password_env = "ROLLS_PASSWORD"

[[source]]
id = "tidewater"
kind = "greenhouse"
board = "tidewater"
organization = "Tidewater Optics"
every = "30m"
currency = "chf"
match = "path"
options = { region = ".eu" }

[[source]]
id = "gannet.careers"
kind = "careers_page"
url = "https://gannet.example/careers"

[[search]]
id = "optics"
name = "Lenses & mirrors"
to = ["one@reader.example", "two@reader.example"]
any = ["lens", "mirror"]
all = ["lighthouse"]
none = ["unpaid"]
companies = ["Tidewater Optics"]
places = ["Halifax"]
remote = ["remote", "hybrid"]
employment = ["Full-time", "INTERN"]
min_salary = 90000.5
salary_currency = "cad"
salary_period = "year"
events = ["opened", "changed"]
sources = ["tidewater"]
at = "18:30"
days = ["Monday", "fri"]
zone = "America/Halifax"
language = "fr-CA"
heartbeat = true
summary = "monthly"
like = "tidewater/4711"
channels = ["shelf"]

[[channel]]
id = "shelf"
kind = "atom"
folder = "public/feeds"
url = "https://rolls.example/feeds"
keep = 20

[[channel]]
id = "desk"
kind = "webhook"
url = "https://hooks.example/rolls"
secret_env = "ROLLS_SECRET"

[network]
allow = ["10.0.0.0/8:443", "[fd00::/8]:80"]
delay = 2.5
processes = 4

[page]
listen = "[::1]:8750"
hosts = ["Roles.example.org"]
zone = "Europe/Zurich"
password_env = "ROLECALL_PAGE"
user_header = "X-Remote-User"
proxies = ["127.0.0.1"]
metrics_env = "ROLECALL_METRICS"

[alarm]
to = ["owner@reader.example"]
always = true
stale = 4
silence = "2d"

[ping]
url_env = "ROLECALL_PING"

[subscribe]
open = true
searches = ["optics"]
own_words = true
domains = ["@Uni.example", "lab.example"]
most = 40
"""


PUBLIC = 'public_url = "https://roles.example.org"\n'


def complaints(text):
    with pytest.raises(ConfigError) as refused:
        config.loads(text)
    return list(refused.value.lines)


def test_an_empty_file_means_the_defaults():
    found = config.loads("")
    assert (found.store, found.contact, found.templates) == ("rolecall.db", None, None)
    assert (found.public_url, found.captures) == (None, "captures")
    assert (found.source, found.search, found.network.allow) == ((), (), ())
    assert (found.network.delay, found.network.processes) == (None, 1)
    assert (found.delivery.method, found.delivery.folder) == ("folder", "mail")
    assert found.delivery.sender == "Rolecall <rolecall@localhost>"
    assert found.delivery.security == "starttls"
    assert found.scrapy() == {"ROLECALL_ALLOW": []}


def test_a_search_and_a_source_have_defaults():
    found = config.loads(BOARD + MIN)
    (search,) = found.searches()
    assert (search.id, search.name) == ("optics", "optics")
    assert (search.at, search.zone, search.days) == (dt.time(7), "UTC", (0, 1, 2, 3, 4, 5, 6))
    assert (search.any_words, search.min_salary, search.heartbeat) == ((), None, False)
    assert found.intervals() == {"tidewater": 6 * 3600.0}
    assert found.source[0].match == "exact"


def test_every_key_is_read():
    found = config.loads(WHOLE)
    for name, model in {"": config.Config, **config.TABLES}.items():
        table = getattr(found, name) if name else found
        given = table[0] if isinstance(table, tuple) else table
        if name == "source":
            given = table[0].model_copy(update={"url": table[1].url})
        if name == "channel":
            given = table[0].model_copy(update={"secret_env": table[1].secret_env})
        missing = {key for key in model.model_fields if getattr(given, key) in (None, (), {})}
        assert missing <= {"password_file", "secret_file", "metrics_file", "url", "url_file"}, (
            f"WHOLE leaves keys of {model.__name__} out"
        )


def test_sources_are_given_as_the_crawler_knows_them():
    assert config.loads(WHOLE).sources() == (
        Source(
            "tidewater",
            "greenhouse",
            board="tidewater",
            organization="Tidewater Optics",
            currency="CHF",
            options={"region": ".eu"},
        ),
        Source("gannet.careers", "careers_page", url="https://gannet.example/careers"),
    )


def test_searches_are_given_as_the_monitor_knows_them():
    (search,) = config.loads(WHOLE).searches()
    assert (search.id, search.name) == ("optics", "Lenses & mirrors")
    assert search.to == ("one@reader.example", "two@reader.example")
    assert search.any_words == ("lens", "mirror")
    assert search.all_words == ("lighthouse",)
    assert search.none_words == ("unpaid",)
    assert (search.companies, search.places) == (("Tidewater Optics",), ("Halifax",))
    assert (search.remote, search.employment) == (("remote", "hybrid"), ("FULL_TIME", "INTERN"))
    assert (search.min_salary, search.salary_currency) == (90000.5, "CAD")
    assert (search.salary_period, search.events) == ("year", ("opened", "changed"))
    assert (search.sources, search.at, search.days) == (("tidewater",), dt.time(18, 30), (0, 4))
    assert (search.zone, search.heartbeat) == ("America/Halifax", True)
    assert search.summary == "monthly"


def test_scrapy_is_told_who_asks_what_may_be_dialled_and_how_fast():
    assert config.loads(WHOLE).scrapy() == {
        "ROLECALL_ALLOW": ["10.0.0.0/8:443", "[fd00::/8]:80"],
        "USER_AGENT": "Rolecall (posting monitor; +https://reader.example/about)",
        "DOWNLOAD_DELAY": 2.5,
    }


def test_intervals_are_seconds_by_source():
    assert config.loads(WHOLE).intervals() == {"tidewater": 1800.0, "gannet.careers": 21600.0}


@pytest.mark.parametrize(
    ("given", "port"),
    [
        ("", 587),
        ('security = "starttls"', 587),
        ('security = "tls"', 465),
        ('security = "none"', 25),
        ('security = "tls"\nport = 2525', 2525),
    ],
)
def test_the_port_is_the_file_s_else_the_security_s(given, port):
    assert config.loads(SMTP + given).delivery.port_used == port


def test_paths_are_relative_to_the_file(tmp_path, monkeypatch):
    file = tmp_path / "etc" / "rolls.toml"
    file.parent.mkdir()
    file.write_text(WHOLE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    found = config.load(Path("etc/rolls.toml"))
    assert found.file == Path("etc/rolls.toml")
    assert found.path(found.store) == tmp_path / "etc" / "memory" / "rolls.db"
    assert found.path(found.templates) == tmp_path / "home" / "templates"
    assert found.path(found.captures) == Path("/var/captures")


def test_the_file_is_the_one_given_else_the_environment_s_else_here(monkeypatch):
    monkeypatch.delenv("ROLECALL_CONFIG", raising=False)
    assert config.find() == Path("rolecall.toml")
    monkeypatch.setenv("ROLECALL_CONFIG", "/etc/rolls.toml")
    assert config.find() == Path("/etc/rolls.toml")
    assert config.find("mine.toml") == Path("mine.toml")


def test_a_file_that_is_not_there_names_the_next_step(tmp_path):
    path = tmp_path / "rolls.toml"
    with pytest.raises(ConfigError) as refused:
        config.load(path)
    assert refused.value.lines == (
        f"{path}: not found; `rolecall init` writes one, --config names another",
    )


def test_a_folder_and_bytes_that_are_no_text_are_refused_in_words(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        config.load(tmp_path)
    path = tmp_path / "rolls.toml"
    path.write_bytes(b'store = "\xff\xfe"')
    with pytest.raises(ConfigError, match="cannot be read: it is not UTF-8"):
        config.load(path)


def test_a_byte_order_mark_and_windows_lines_are_no_error(tmp_path):
    path = tmp_path / "rolls.toml"
    path.write_bytes(b"\xef\xbb\xbf" + (BOARD + MIN).replace("\n", "\r\n").encode())
    assert [source.id for source in config.load(path).source] == ["tidewater"]


def test_a_misspelt_key_is_an_error_with_its_line_and_a_guess():
    text = "\n" * 10 + MIN + "min_salry = 60000\n"
    assert complaints(text) == [
        "rolecall.toml:14 search[0].min_salry: unknown key; did you mean min_salary?"
    ]


SEARCH_WORDS = "missing: Your name for it; renaming it shows everything again"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('a = "x', ":1:7: not TOML: Illegal character '\\n'"),
        ("stor = 1", ":1 stor: unknown key; did you mean store?"),
        ("wombat = 1", ":1 wombat: unknown key"),
        ("store = 1", ":1 store: must be text, in quotes"),
        ('store = ""', ":1 store: must not be empty"),
        ('contact = "me"', ':1 contact: "me" is not an e-mail address'),
        ('contact = "https://"', ':1 contact: "https://" is not a link; write it with https://'),
        ('public_url = "rolls"', ':1 public_url: "rolls" is not a link; write it with https://'),
        ("delivery = []", ":1 delivery: must be a table"),
        ("[source]\nid = 1", ":1 source: must be a list of tables, each under its own [[source]]"),
        ("[serch]", ":1 serch: unknown key; did you mean search?"),
        (
            '[delivery]\nmethod = "mail"',
            ':2 delivery.method: "mail" is not known; it can be folder, smtp, stdout',
        ),
        ('[delivery]\nmethod = "smpt"', ':2 delivery.method: "smpt" is not known; did you mean'),
        ('[delivery]\nsecurity = "ssl"', ':2 delivery.security: "ssl" is not known; it can be'),
        ("[delivery]\nport = 0", ":2 delivery.port: must be greater than or equal to 1"),
        ("[delivery]\nport = 70000", ":2 delivery.port: must be less than or equal to 65535"),
        ('[delivery]\nsender = "x"', ':2 delivery.sender: "x" is not a sender'),
        (SMTP.replace("host", "folder"), ":1 delivery.host: missing: the method smtp needs it"),
        (SMTP + 'password_env = "X"', ":5 delivery.password_env: a password needs a username"),
        (
            SMTP + 'username = "a"\npassword_env = "X"\npassword_file = "y"',
            ":7 delivery.password_file: password_env is given too; keep one",
        ),
        (
            '[ping]\nurl = "https://hc.example/1"\nurl_env = "X"',
            ":3 ping.url_env: url is given too; keep one",
        ),
        ("[alarm]\nstale = 0.5", ":2 alarm.stale: must be greater than or equal to 1"),
        (
            '[page]\nmetrics_file = "token"',
            ":2 page.metrics_file: means nothing without a login: whoever reaches the page may",
        ),
        (BOARD + "evry = 1", ":5 source[0].evry: unknown key; did you mean every?"),
        (BOARD + 'every = "6 hours"', ':5 source[0].every: "6 hours" is not a duration; write'),
        (BOARD + 'currency = "francs"', ':5 source[0].currency: "francs" is not a currency'),
        (BOARD + 'match = "fuzzy"', ':5 source[0].match: "fuzzy" is not known; it can be exact'),
        (BOARD + "options = 1", ":5 source[0].options: must be a table"),
        (BOARD.replace('"tidewater"', '"tide water"', 1), ':2 source[0].id: "tide water" is not'),
        (
            BOARD.replace("greenhouse", "greenhaus"),
            ':3 source[0].kind: "greenhaus" is not a known kind; did you mean greenhouse?',
        ),
        (
            BOARD.replace("greenhouse", "wombat"),
            ':3 source[0].kind: "wombat" is not a known kind; it can be aggregator, ashby, ',
        ),
        (BOARD.replace("board", "#"), ":1 source[0]: needs a board or a url; `rolecall add LINK`"),
        (BOARD + BOARD, ':6 source[1].id: "tidewater" is taken by source[0]'),
        ('[[source]]\nkind = "lever"\nboard = "a"', ":1 source[0].id: missing: Your name for it"),
        ('[[search]]\nto = ["a@b.example"]', f":1 search[0].id: {SEARCH_WORDS}"),
        ('[[search]]\nid = "a"', ":1 search[0].to: missing: who gets the digest, unless"),
        ('[[search]]\nid = "a"\nto = []', ":3 search[0].to: must not be empty, unless"),
        ('[[search]]\nid = "a"\nto = "b"', ":3 search[0].to: must be a list, like"),
        ('[[search]]\nid = "a"\nto = ["b"]', ':3 search[0].to[0]: "b" is not an e-mail address'),
        (
            '[[search]]\nid = "a"\nto = ["A <a@b.example>"]',
            '; write it without a name, like "a@example.org"',
        ),
        (
            MIN + 'channels = ["shelve"]\n[[channel]]\nid = "shelf"\nkind = "atom"',
            ':4 search[0].channels[0]: there is no channel "shelve"; did you mean shelf?',
        ),
        (
            MIN + 'channels = ["wall"]',
            ':4 search[0].channels[0]: there is no channel "wall"; write its [[channel]] table',
        ),
        ('[[channel]]\nid = "a"', ":1 channel[0].kind: missing: `atom` and `jsonfeed` write"),
        (
            '[[channel]]\nid = "a"\nkind = "atomic"',
            ':3 channel[0].kind: "atomic" is not known; did you mean atom?',
        ),
        (
            '[[channel]]\nid = "mail"\nkind = "atom"',
            ':2 channel[0].id: "mail" is what `to` of a search is for; choose another id',
        ),
        (
            '[[channel]]\nid = "a"\nkind = "calendar"\nkeep = 5',
            ":4 channel[0].keep: means nothing to calendar; take it out",
        ),
        (
            '[[channel]]\nid = "a"\nkind = "webhook"\nsecret_env = "A"',
            ":1 channel[0].url: missing: where the webhook posts to",
        ),
        (
            '[[channel]]\nid = "a"\nkind = "webhook"\nurl = "https://a.example"',
            ":1 channel[0].secret_env: missing: what it is signed with; or name a file",
        ),
        (
            HOOK + 'secret_env = "A"\nsecret_file = "a"',
            ":6 channel[0].secret_file: secret_env is given too; keep one",
        ),
        (
            HOOK + 'secret_env = "A"\nsecret = "x"',
            ":6 channel[0].secret: unknown key; did you mean secret_env?",
        ),
        (
            2 * '[[channel]]\nid = "a"\nkind = "atom"\n',
            ':5 channel[1].id: "a" is taken by channel[0]',
        ),
        (MIN + MIN, ':5 search[1].id: "optics" is taken by search[0]'),
        (MIN + 'any = "lens"', ":4 search[0].any: must be a list, like"),
        (MIN + 'any = ["lens", 2]', ":4 search[0].any[1]: must be text, in quotes"),
        (MIN + 'remote = ["home"]', ':4 search[0].remote[0]: "home" is not known; it can be'),
        (
            MIN + 'employment = ["internship"]',
            ':4 search[0].employment[0]: "internship" is not a type of employment; did you mean',
        ),
        (
            MIN + "min_salary = 5",
            ":4 search[0].min_salary: means nothing without salary_currency and salary_period",
        ),
        (
            MIN + 'salary_currency = "EUR"\nsalary_period = "year"\nmin_salary = -1',
            ":6 search[0].min_salary: must be greater than or equal to 0",
        ),
        (MIN + 'salary_period = "yearly"', '"yearly" is not known; did you mean year?'),
        (MIN + 'events = ["openned"]', '"openned" is not known; did you mean opened?'),
        (
            BOARD + MIN + 'sources = ["tidwater"]',
            ':8 search[0].sources[0]: there is no source "tidwater"; did you mean tidewater?',
        ),
        (MIN + 'at = "7"', ':4 search[0].at: "7" is not a time of day; write it like "07:00"'),
        (MIN + 'days = ["someday"]', ':4 search[0].days[0]: "someday" is not known; it can be'),
        (MIN + "days = []", ":4 search[0].days: must not be empty"),
        (
            MIN + 'zone = "Europe/Zurch"',
            ':4 search[0].zone: "Europe/Zurch" is not a time zone; did you mean Europe/Zurich?',
        ),
        (MIN + 'heartbeat = "often"', ":4 search[0].heartbeat: must be true or false"),
        ('[network]\nallow = ["10.0.0.1"]', ':2 network.allow[0]: "10.0.0.1" is not CIDR:port'),
        ("[network]\ndelay = -1", ":2 network.delay: must be greater than or equal to 0"),
        ("[network]\nprocesses = 0", ":2 network.processes: must be greater than or equal to 1"),
        ('[page]\nlisten = "8750"', ':2 page.listen: "8750" is not address:port; write it like'),
        ('[page]\nlisten = "localhost:80"', '"localhost:80" is not address:port'),
        ('[page]\nlisten = "127.0.0.1:0"', '"127.0.0.1:0" is not address:port'),
        ('[page]\nlisten = "::1:80"', '"::1:80" is not address:port'),
        ('[page]\nhosts = ["a b"]', ':2 page.hosts[0]: "a b" is not a host; write it like'),
        ('[page]\nlisten = "0.0.0.0:80"', ':2 page.listen: "0.0.0.0:80" is not on this machine'),
        (
            '[page]\nproxies = ["::1"]\nuser_header = "X User"',
            ':3 page.user_header: "X User" is not a header',
        ),
        ('[page]\nuser_header = "X-User"', ":2 page.user_header: means nothing without proxies"),
        ('[page]\nproxies = ["::1"]', ":2 page.proxies: means nothing without user_header"),
        (
            '[page]\nuser_header = "X"\nproxies = ["10.0.0.1/8"]',
            ':3 page.proxies[0]: "10.0.0.1/8" is not an address',
        ),
        (
            '[page]\npassword_env = "A"\npassword_file = "b"',
            ":3 page.password_file: password_env is given too; keep one",
        ),
        (
            MIN + '[subscribe]\nsearches = ["optisc"]',
            ':5 subscribe.searches[0]: there is no search "optisc"; did you mean optics?',
        ),
        (
            MIN + "[subscribe]\nopen = true\nown_words = true\n[page]\npassword_env = 'A'",
            ":5 subscribe.open: needs public_url",
        ),
        (
            PUBLIC + "[subscribe]\nopen = true\n[page]\npassword_env = 'A'",
            ":3 subscribe.open: needs searches to offer, or own_words = true",
        ),
        (
            PUBLIC + "[subscribe]\nopen = true\nown_words = true",
            ":3 subscribe.open: needs a login to the other pages",
        ),
        (
            PUBLIC + '[subscribe]\ndomains = ["uni example"]',
            ':3 subscribe.domains[0]: "uni example" is not a domain',
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(text, complaint):
    (line,) = complaints(text + "\n")
    assert line.startswith("rolecall.toml:")
    assert complaint in line


def test_a_search_on_offer_need_name_nobody_and_proxies_may_name_who_asks():
    text = '[[search]]\nid = "optics"\n[page]\npassword_env = "A"\nproxies = ["10.0.0.1"]\n'
    offered = '[subscribe]\nopen = true\nsearches = ["optics"]\ndomains = ["@Uni.example"]\n'
    terms = config.loads(PUBLIC + text + offered).terms()
    assert terms.taking
    assert [one.id for one in terms.searches] == ["optics"]
    assert terms.domains == ("uni.example",)
    assert len(complaints(PUBLIC + text)) == 2


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file():
    text = """\
contct = "a@b.example"
[[search]]
id = "optics"
to = ["nobody"]
at = "noon"
sources = ["gannet"]
[[source]]
id = "tidewater"
kind = "leaver"
[delivery]
port = "often"
method = "smtp"
"""
    assert [line.split(" ")[0] for line in complaints(text)] == [
        "rolecall.toml:1",
        "rolecall.toml:4",
        "rolecall.toml:5",
        "rolecall.toml:6",
        "rolecall.toml:7",
        "rolecall.toml:9",
        "rolecall.toml:10",
        "rolecall.toml:10",
        "rolecall.toml:11",
    ]


SECRET = "open-sesame-94"


@pytest.mark.parametrize(
    "text",
    [
        f'[delivery]\npassword = "{SECRET}"',
        f'[delivery]\npassword_env = ["{SECRET}"]',
        f'[delivery]\npasswrd = "{SECRET}"\nhost = 5',
        f'[delivery.password_file]\nx = "{SECRET}"',
    ],
)
def test_a_secret_put_into_the_file_is_not_printed(text):
    lines = complaints(text)
    assert lines
    assert SECRET not in "\n".join(lines)


# How values are written.


@pytest.mark.parametrize(
    ("accept", "given", "meaning"),
    [
        (notation.seconds, "30m", 1800.0),
        (notation.seconds, "6h", 21600.0),
        (notation.seconds, "2d", 172800.0),
        (notation.duration, "30m", "30m"),
        (notation.identifier, "Tide_water-2.eu", "Tide_water-2.eu"),
        (notation.address, "a.b+c@d-e.example", "a.b+c@d-e.example"),
        (notation.sender, "a@b.example", "a@b.example"),
        (notation.sender, "Rolls <a@b.example>", "Rolls <a@b.example>"),
        (notation.link, "http://b.example:81/x?y#z", "http://b.example:81/x?y#z"),
        (notation.contact, "a@b.example", "mailto:a@b.example"),
        (notation.contact, "mailto:a@b.example", "mailto:a@b.example"),
        (notation.contact, "https://b.example", "https://b.example"),
        (notation.zone, "Pacific/Chatham", "Pacific/Chatham"),
        (notation.clock, "23:59", dt.time(23, 59)),
        (notation.clock, dt.time(7, 30, 59), dt.time(7, 30)),
        (notation.network, "127.0.0.1/32:8080", "127.0.0.1/32:8080"),
        (notation.network, "[::1/128]:1", "[::1/128]:1"),
        (notation.currency, "eur", "EUR"),
        (notation.employment, " full time ", "FULL_TIME"),
        (notation.employment, "Per-Diem", "PER_DIEM"),
        (notation.day, "Wednesday", "wed"),
        (notation.day, "sunny", "sunny"),
        (notation.day, 3, 3),
    ],
)
def test_a_value_is_accepted(accept, given, meaning):
    assert accept(given) == meaning


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        *[(notation.duration, text) for text in ("", "6", "h", "0h", "-1h", "1.5h", "6h\n", "6 h")],
        *[(notation.identifier, text) for text in ("", "a b", "-a", ".", "a/b", "ä", "a\n")],
        *[(notation.address, text) for text in ("", "a", "a@", "@b.example", "a b@c.example")],
        *[(notation.address, text) for text in ("a@b.example,c@d.example", "a@b.example\nBcc: c")],
        *[(notation.sender, text) for text in ("", "Rolls", "Rolls <a>", "A\n <a@b.example>")],
        *[(notation.link, text) for text in ("", "b.example", "ftp://b.example", "https://")],
        *[(notation.link, text) for text in ("https://a b", "https://[::1", "javascript:alert(1)")],
        *[(notation.contact, text) for text in ("", "me", "https://")],
        *[(notation.zone, text) for text in ("", "Mars/Olympus", "../etc/passwd", "/UTC")],
        *[(notation.clock, value) for value in ("7:00", "24:00", "07:60", "07:00\n", 7, None)],
        (notation.clock, dt.time(7, tzinfo=dt.UTC)),
        *[(notation.network, text) for text in ("", "10.0.0.0/8", "10.0.0.0/8:0", "10.0.0.1/8:80")],
        *[(notation.network, text) for text in ("*:80", "10.0.0.0/8:65536", "::1/128:80")],
        *[(notation.currency, text) for text in ("", "€", "EURO", "E R")],
        *[(notation.employment, text) for text in ("", "gardening")],
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_with_words(accept, given):
    with pytest.raises(ValueError, match=r"is not an? \w|is not CIDR"):
        accept(given)


# The schema and the reference.


def documented():
    return re.findall(r"```toml\n(.*?)```", reference.reference(), re.DOTALL)


def test_every_example_of_the_reference_loads():
    examples = documented()
    assert examples
    for text in examples:
        assert config.loads(text).source


def test_the_reference_has_a_row_for_every_key():
    text = reference.reference()
    for name, model in {"": config.Config, **config.TABLES}.items():
        for key, field in model.model_fields.items():
            if key not in config.TABLES:
                assert f"| `{key}` |" in text
                assert field.description, f"{name}.{key} says nothing of itself"
                assert field.description in text


@pytest.mark.parametrize(
    "row",
    [
        '| `store` | `"rolecall.db"` | The file that remembers everything. |',
        "| `id` | needed | Your name for it; renaming it keeps its history. |",
        '| `at` | `"07:00"` | When its digest is due, local time. |',
        "| `delay` |  | Seconds between two requests. |",
        "| `heartbeat` | `false` | Send a digest even when there is nothing to say. |",
    ],
)
def test_the_reference_tells_defaults(row):
    assert row in reference.reference().splitlines()


def errors(text):
    tables = tomlkit.parse(text).unwrap()
    return [error.message for error in Draft202012Validator(config.schema()).iter_errors(tables)]


def test_the_schema_is_sound():
    schema = config.schema()
    Draft202012Validator.check_schema(schema)
    assert schema["title"] == "rolecall.toml"


@pytest.mark.parametrize("text", ["", WHOLE.replace("Monday", "mon"), *documented()])
def test_the_schema_accepts_what_loads(text):
    assert errors(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "stor = 1",
        "store = 1",
        MIN + "min_salry = 1",
        BOARD + 'every = "often"',
        BOARD.replace("id", "#"),
        '[delivery]\nmethod = "mail"',
        MIN + 'at = "7"',
        "[network]\nprocesses = 0",
    ],
)
def test_the_schema_refuses_what_does_not_load(text):
    assert len(errors(text)) == 1
    assert complaints(text)


def test_the_command_prints_the_schema(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = call("config", "schema")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith('{\n "$schema": "https://json-schema.org/draft/2020-12/schema"')
    assert call("config", "schema", "--markdown").out == reference.reference()
    (line,) = call("config", "schema", "--markdown", "--json").lines
    assert line == {"schema_version": 1, "markdown": reference.reference()}


def test_the_kinds_are_those_of_the_spiders():
    from crawler.sources import kinds  # noqa: PLC0415 - the other tests do without Scrapy

    assert config.kinds() == sorted(kinds())


# Laws.


@given(st.text(alphabet=st.sampled_from("[]{}a=\"'#,. \n\t07é"), max_size=80))
@settings(max_examples=80, deadline=None)
def test_any_text_is_read_or_refused_in_words(text):
    read_or_refused(text)


def read_or_refused(text):
    try:
        config.loads(text)
    except ConfigError as error:
        lines = error.lines
    else:
        return
    assert lines
    assert all(line.startswith("rolecall.toml") for line in lines)


KEYS = [key for model in config.TABLES.values() for key in model.model_fields]
VALUES = st.recursive(
    st.one_of(
        st.text(max_size=8),
        st.integers(-(2**40), 2**40),
        st.floats(),
        st.booleans(),
        st.times(),
        st.dates(),
        st.sampled_from(["smtp", "lever", "UTC", "opened", "EUR", "07:00", "a@b.example"]),
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*KEYS, "x"]), inner, max_size=5)
    ),
    max_leaves=12,
)


@pytest.mark.slow
def test_a_channel_whose_kind_is_no_text_is_refused_in_words(tmp_path):
    with pytest.raises(config.ConfigError, match="kind"):
        config.loads('[[channel]]\nid = "feed"\nkind = []\n', tmp_path / "rolecall.toml")


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from([*config.Config.model_fields, "x"]), VALUES, max_size=6))
@settings(max_examples=80, deadline=None)
def test_any_tables_are_read_or_refused_in_words(tables):
    read_or_refused(tomlkit.dumps(tables))
