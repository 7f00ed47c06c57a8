"""Letters in a real browser: no barriers, no request, no complaint; in light, dark and narrow."""

import re
from dataclasses import replace

import pytest
from mail_samples import READER, SEARCH, SENDER, UNTIL, mixed, pay_change, pending, scripts, twins
from test_web_browser import CHROMIUM, SCREENS, Watched

from monitor import alert
from monitor.digest import CrawlNote, compose
from monitor.events import Event
from monitor.render import alerted, render, summarised
from monitor.summary import summarise

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # A letter is a part of the mailbox's page, whose landmarks they are.
    "rules": {"landmark-one-main": {"enabled": False}, "region": {"enabled": False}},
}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium"),
]


@pytest.fixture(scope="module")
def letters():
    failed = CrawlNote("acme", "Acme Imaging", UNTIL, "failed", reasons=("HTTP 503",))
    windows = {
        "mixed": ("en", mixed()),
        "nothing": ("en", pending()),
        "trouble": ("en", pending(pay_change(), crawls=(failed,))),
        "twins": ("en", twins()),
        "scripts": ("en", scripts()),
        **{f"mixed-{tongue}": (tongue, mixed()) for tongue in ("ar-EG", "ja")},
    }
    made = {
        name: render(compose(replace(SEARCH, language=tongue), window, now=UNTIL), READER, SENDER)
        for name, (tongue, window) in windows.items()
    }
    others = (replace(SEARCH, id="all", name="Whatever there is"),)
    shared = replace(compose(SEARCH, mixed(), now=UNTIL, others=others), besides="2 more stand.")
    made["page"] = render(shared, READER, SENDER, public_url="https://roles.example", token="k")
    for name, before in (("summary", pending()), ("first-summary", None)):
        week = summarise(SEARCH, mixed(), before, period="week 2026-W47")
        made[name] = summarised(week, READER, SENDER)
    broken = Event(UNTIL, "acme", "source_broken", reason="HTTP <503>", id=1)
    told = alert.compose(replace(pending(), events=(broken,)), READER, ())
    return made | {"alert": alerted(told, READER, SENDER)}


@pytest.mark.parametrize(
    ("scheme", "width", "styled"),
    [("light", 800, True), ("dark", 800, True), ("light", 375, True), ("dark", 375, False)],
)
def test_no_letter_has_barriers_or_asks_for_anything(chromium, letters, scheme, width, styled):
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 only where a browser is

    axe, found = Axe(), {}
    folder = SCREENS / f"mail-{scheme}-{width}{'' if styled else '-without-style'}"
    folder.mkdir(parents=True, exist_ok=True)
    view = {"width": width, "height": 900}
    with Watched(chromium, color_scheme=scheme, viewport=view) as watched:
        for name, letter in letters.items():
            html = letter.html if styled else re.sub(r"(?s)<style.*?</style>", "", letter.html)
            assert ("<style" in html) is styled
            watched.page.set_content(html)
            results = axe.run(watched.page, options=RULES)
            if results.violations_count:
                found[name] = results.generate_report()
            assert watched.page.evaluate("document.documentElement.scrollWidth") <= width, name
            watched.page.screenshot(path=folder / f"{name}.png", full_page=True)
        assert (watched.said, watched.asked) == ([], [])
    assert found == {}
