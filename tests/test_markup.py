"""Every page and every letter is HTML as the Nu Html Checker reads it."""

from dataclasses import replace
from pathlib import Path

import markup
import pytest
from mail_samples import READER, SEARCH, SENDER, UNTIL, mixed, pay_change, pending, scripts, twins
from subscribing import ANN, BEN, Office, form, link, subscribed
from test_web_browser import CONFIG, PATHS, SHUT
from web_samples import NOW, client, fill, site

from monitor import alert
from monitor import render as rendering
from monitor.commands.page import preview
from monitor.digest import CrawlNote, compose
from monitor.events import Event
from monitor.lookup import Lookup
from monitor.render import alerted, render, summarised
from monitor.store import Store
from monitor.summary import summarise
from monitor.web.export import export

TEMPLATES = Path(__file__).parent.parent / "templates"
FRAMES = {"web/base.html", "web/parts.html", "shared/card.html", "shared/letter.html"}
"""What is only ever a part of another document."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(bool(markup.missing()), reason=markup.missing() or "here"),
]


@pytest.fixture
def drawn(monkeypatch):
    """Give the names of the templates that documents were made from."""
    names = set()
    rendering.environment_of.cache_clear()
    environment = rendering.environment_of(None)
    get = environment.get_template

    def noted(name, *rest, **more):
        names.add(name)
        return get(name, *rest, **more)

    monkeypatch.setattr(environment, "get_template", noted)
    yield names
    rendering.environment_of.cache_clear()


def pages(folder):
    """Write every page as the server gives it; give their number."""
    store = fill(folder / "r.db")
    shown = site(preview=lambda *asked: preview(CONFIG, *asked), now=lambda: NOW)
    with Store.open(store) as opened:
        key = opened.audience.key("optics", "reader@example.org")
    ours, shut = client(store, shown), client(store, shown, access=SHUT)
    answers = [ours.get(path) for path in PATHS if path != "/posting/1/text"]
    answers += [ours.get(f"/u/{key}"), ours.post(f"/u/{key}"), ours.get(f"/u/{key}")]
    answers += [shut.get("/login"), ours.get("/search/optics/preview")]
    for number, answer in enumerate(answers):
        (folder / f"page-{number}.html").write_text(answer.text, encoding="utf-8")
    with Lookup.open(store) as lookup:
        written, _ = export(shown, lookup, folder / "export")
    return len(answers) + written


def subscribing(folder):
    """Write the pages that readers subscribe on, and the letters they are sent for it."""
    office = Office(folder / "office")
    with office.client() as ask:
        manage = subscribed(office, ask)
        answers = [ask.get("/subscribe"), ask.get(manage), ask.post("/subscribe", data=form(BEN))]
        answers += [ask.get(answers[-1].headers["location"]), ask.get("/nowhere")]
        answers += [ask.post("/subscribe", data=form("nobody"))]
        wish = link(office.mail(BEN)[-1], "s")
        answers += [ask.get(wish), ask.post(wish)]
        ask.post("/subscribe/links", data={"address": ANN})
        answers += [ask.get("/subscribe/links"), ask.post("/subscribe", data=form(ANN))]
    office.turn()
    for number, answer in enumerate(one for one in answers if one.text.startswith("<!")):
        (folder / f"subscribing-{number}.html").write_text(answer.text, encoding="utf-8")
    for number, letter in enumerate(office.mail()):
        (folder / f"mail-subscribing-{number}.html").write_text(letter.html, encoding="utf-8")


def mails(folder):
    """Write a letter of every kind; give their names."""
    failed = CrawlNote("acme", "Acme Imaging", UNTIL, "failed", reasons=("HTTP 503 <p>",))
    windows = {
        "mixed": mixed(),
        "nothing": pending(),
        "first": pending(pay_change(), since=None),
        "trouble": pending(crawls=(failed,)),
        "scripts": scripts(),
        "twins": twins(),
    }
    made = {
        f"{name}-{tongue}": render(
            compose(replace(SEARCH, language=tongue), window, now=UNTIL, sample=name == "mixed"),
            READER,
            SENDER,
            public_url="https://roles.example",
        ).html
        for name, window in windows.items()
        for tongue in ("en", "ar-EG")
    }
    for name, before in (("summary", pending()), ("first-summary", None)):
        counted = summarise(SEARCH, mixed(), before, period="week 2026-W47")
        made[name] = summarised(counted, READER, SENDER).html
    broken = Event(UNTIL, "acme", "source_broken", reason="HTTP <503>", id=1)
    told = alert.compose(replace(pending(), events=(broken,)), READER, ())
    made["alert"] = alerted(told, READER, SENDER).html
    for name, html in made.items():
        (folder / f"mail-{name}.html").write_text(html, encoding="utf-8")
    return {f"mail-{name}.html" for name in made}


def test_every_page_and_letter_is_valid_html(tmp_path, drawn):
    shown = pages(tmp_path)
    subscribing(tmp_path)
    letters = mails(tmp_path)
    assert (shown > 50, len(letters)) == (True, 15)
    known = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}
    assert known - drawn - FRAMES - {"feed/entry.html"} == set()
    files = tmp_path.rglob("*.html")  # letters are also kept in the archive, and previewed
    letters |= {file.name for file in files if "page.css" not in file.read_text(encoding="utf-8")}
    assert markup.findings(tmp_path, mails=letters) == []


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("<p id=a><p id=a>", "Duplicate ID"),
        ("<p><center>x</center>", "obsolete"),
        ("<table width=9><tr><td>x</table>", "obsolete"),
        ("<a href=/ aria-current=\"'page'\">x</a>", "aria-current"),
        ("<ul><p>x</ul>", "not allowed as child"),
    ],
)
def test_the_checker_finds_what_is_wrong(tmp_path, document, said):
    head = '<!doctype html><html lang="en"><title>x</title>'
    (tmp_path / "mail-x.html").write_text(head + document)
    (found,) = [one for one in markup.findings(tmp_path, mails={"mail-x.html"}) if said in one][:1]
    assert found.startswith("mail-x.html:1: ")
