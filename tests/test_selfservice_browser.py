"""Subscribing in a real browser: by keyboard, without script, without barriers; its letters too."""

from functools import partial

import pytest
from subscribing import ANN, BEN, SHUT, Office, form, link, subscribed
from test_web_browser import CHROMIUM, RULES, Watched, free
from web_samples import site

from monitor.commands import notices
from monitor.web.app import app
from monitor.web.counter import Service
from monitor.web.server import serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium"),
]
# Not meant for letters: a mail program puts its own landmarks around them.
MAIL = RULES | {"rules": {name: {"enabled": False} for name in ("landmark-one-main", "region")}}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    made = Office(tmp_path_factory.mktemp("office"))
    with made.client() as ask:
        made.manage = subscribed(made, ask)
        ask.post("/subscribe", data=form(BEN))
        made.confirm = link(made.mail(BEN)[0], "s")
        ask.post("/subscribe/links", data={"address": ANN})
    made.turn()
    return made


@pytest.fixture(scope="module")
def served(office):
    service = Service(office.config.terms(), partial(notices.composed, office.config))
    shown = site(now=lambda: office.now, searches=office.config.searches())
    with serving(app(shown, office.path, access=SHUT, service=service), free()) as at:
        yield at.rstrip("/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_no_page_of_a_subscription_has_barriers(chromium, office, served, scheme, width):
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 only where a browser is

    view = {"width": width, "height": 900}
    with Watched(chromium, color_scheme=scheme, viewport=view) as watched:
        page = watched.page
        for path in ("/subscribe", "/subscribe/sent", office.confirm, office.manage):
            page.goto(served + path)
            assert Axe().run(page, options=RULES).violations_count == 0, path
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert watched.said == []
        page.goto(f"{served}/subscribe")
        page.fill("#address", "ann@other.example")
        page.check("#own")
        page.get_by_role("button", name="Subscribe").click()
        assert page.locator("p.trouble").count() == 3
        assert page.locator("#address").get_attribute("aria-describedby") == "wrong-address"
        assert Axe().run(page, options=RULES).violations_count == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_no_letter_of_a_subscription_has_barriers(chromium, office, scheme, width):
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 only where a browser is

    view = {"width": width, "height": 900}
    letters = office.mail(ANN)
    assert len({letter.subject for letter in letters}) == 3
    with Watched(chromium, color_scheme=scheme, viewport=view) as watched:
        for letter in letters:
            watched.page.set_content(letter.html)
            results = Axe().run(watched.page, options=MAIL)
            assert results.violations_count == 0, results.generate_report()
            assert watched.page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_reader_subscribes_confirms_and_stops_by_keyboard_without_script(
    chromium, office, served
):
    with Watched(chromium, java_script_enabled=False) as watched:
        page = watched.page
        page.goto(f"{served}/subscribe")
        page.locator("#address").focus()
        page.keyboard.type("dee@uni.example")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{served}/subscribe/sent")
        page.goto(served + link(office.mail("dee@uni.example")[0], "s"))
        page.get_by_role("button", name="Begin these letters").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("h1:has-text('Subscribed')")
        page.get_by_role("link", name="Change or stop these letters").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("h1:has-text('Your letters')")
        page.get_by_role("button", name="Stop these letters").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("h1:has-text('Stopped')")
        assert watched.said == []
        assert {url.split("/")[2] for url in watched.asked} == {served.split("/")[2]}
