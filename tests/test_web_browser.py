"""The page in a real browser: quiet, of one origin, without script, and without barriers."""

import re
import socket
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

import pytest
from web_samples import NOW, fill, site

from monitor.commands.page import preview
from monitor.config import loads
from monitor.lookup import Lookup
from monitor.store import Store
from monitor.web.addresses import PAGES
from monitor.web.app import app
from monitor.web.export import export
from monitor.web.login import Access
from monitor.web.passwords import hashed
from monitor.web.server import serving

CHROMIUM = Path("/usr/bin/chromium")
SCREENS = Path(__file__).parent.parent / "build/screens"
"""Where pictures of what was looked at are kept, for people to look at too."""
CONFIG = loads('[[search]]\nid = "optics"\nto = ["reader@example.org"]\nany = ["optics"]')
PATHS = (
    "/",
    "/?kind=changed",
    "/postings",
    "/postings?q=optics&employment=intern",
    "/postings?state=closed",
    "/posting/1",
    "/posting/1/compare",
    "/posting/1/text",
    "/posting/1/page",
    "/posting/5",
    "/sources",
    "/source/kelp",
    "/visits",
    "/visit/8",
    "/statistics",
    "/searches",
    "/search/optics",
    "/search/optics/letter",
    "/digests",
    "/digest/1",
    "/letter/1",
    "/nothing",
)
PLACES = [path.partition("?")[0] for path in PATHS]
LETTERS = ("/search/optics/letter", "/letter/1")
ALONE = ("/posting/1/text", *LETTERS)
"""What is shown as it is, without the frame of a page: a text, a letter."""
OVER_A_SIDE = """
() => [...document.querySelectorAll("svg.chart text")].filter(one => {
  const [words, chart] = [one, one.closest("svg")].map(each => each.getBoundingClientRect());
  return words.left < chart.left - 1 || words.right > chart.right + 1;
}).map(one => one.textContent)
"""
SHUT = Access(hashed("correct horse"))
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

UNFRAMED = (
    "landmark-one-main",
    "region",
    "page-has-heading-one",
    "document-title",
    "html-has-lang",
)
AS_IT_IS = RULES | {"rules": {name: {"enabled": False} for name in UNFRAMED}}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium"),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return fill(tmp_path_factory.mktemp("browser") / "r.db")


def free():
    """Give an address that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return f"127.0.0.1:{found.getsockname()[1]}"


@pytest.fixture(scope="module")
def link(store):
    shown = site(preview=lambda *asked: preview(CONFIG, *asked), now=lambda: NOW)
    with serving(app(shown, store), free()) as served:
        yield served.rstrip("/")


class Watched:
    """A page of the browser, and whatever it complains of or asks for."""

    def __init__(self, browser, **options):
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.said, self.asked = [], []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("response", self.look)
        self.page.on("request", lambda request: self.asked.append(request.url))

    def look(self, answer):
        if answer.status >= 400:
            self.said.append(f"{answer.status} {answer.url}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()


def walk(watched, start, most=150):
    """Follow every link of the site from a page on; give the pages that were seen."""
    here = urlsplit(start)
    seen, waiting = set(), [start]
    while waiting and len(seen) < most:
        url = waiting.pop(0)
        if url in seen:
            continue
        seen.add(url)
        if "/f/" in url:  # a feed, which a browser saves instead of showing it
            assert watched.context.request.get(url).status == 200, url
            continue
        answer = watched.page.goto(url)
        assert answer is None or answer.status in (0, 200), url
        for href in watched.page.locator("a[href]").evaluate_all("all => all.map(one => one.href)"):
            parts = urlsplit(href)
            choices = parts.query.count("=") > 1
            if (parts.scheme, parts.netloc) == (here.scheme, here.netloc) and not choices:
                waiting.append(urldefrag(href).url)
    return seen


def test_every_link_resolves_without_javascript_quietly_and_from_one_origin(chromium, link):
    with Watched(chromium, java_script_enabled=False) as watched:
        seen = walk(watched, f"{link}/")
        assert len(seen) > 40
        assert watched.said == []
        assert {urlsplit(url).netloc for url in watched.asked} == {urlsplit(link).netloc}


def test_the_export_resolves_from_files_alone(chromium, store, tmp_path):
    with Lookup.open(store) as lookup:
        export(site(), lookup, tmp_path / "out")
    with Watched(chromium, java_script_enabled=False) as watched:
        seen = walk(watched, (tmp_path / "out" / "index.html").as_uri())
        assert len(seen) > 30
        assert watched.said == []
        assert {urlsplit(url).scheme for url in watched.asked} == {"file"}


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 375)])
def test_no_page_has_barriers_or_runs_over_its_side(chromium, link, scheme, width):
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 only where a browser is

    axe, found = Axe(), {}
    view = {"width": width, "height": 900}
    folder = SCREENS / f"page-{scheme}-{width}"
    folder.mkdir(parents=True, exist_ok=True)
    with Watched(chromium, color_scheme=scheme, viewport=view) as watched:
        for number, path in enumerate(PATHS):
            if path in LETTERS:  # its policy lets no script run, that of axe neither
                watched.page.goto("about:blank")
                watched.page.set_content(watched.context.request.get(link + path).text())
            else:
                watched.page.goto(link + path)
            name = re.sub(r"\W+", "-", path).strip("-") or "latest"
            watched.page.screenshot(path=folder / f"{number:02}-{name}.png", full_page=True)
            results = axe.run(watched.page, options=AS_IT_IS if path in ALONE else RULES)
            if results.violations_count:
                found[path] = results.generate_report()
            wide = watched.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (path, wide)
            assert watched.page.evaluate(OVER_A_SIDE) == [], path
    assert found == {}


def test_every_page_is_looked_at():
    looked = [re.compile(re.sub(r"\{\w+\}", r"[^/]+", place.path)) for place in PAGES.values()]
    assert [one.pattern for one in looked if not any(map(one.fullmatch, PLACES))] == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 375), ("dark", 1280)])
def test_the_login_has_no_barriers_in_the_dark_or_narrow(chromium, store, scheme, width):
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 only where a browser is

    view = {"width": width, "height": 800}
    with (
        serving(app(site(), store, access=SHUT), free()) as link,
        Watched(chromium, color_scheme=scheme, viewport=view) as watched,
    ):
        watched.page.goto(link)
        watched.page.fill("input[type=password]", "wrong")
        watched.page.keyboard.press("Enter")
        watched.page.wait_for_selector("p.trouble")
        assert Axe().run(watched.page, options=RULES).violations_count == 0
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_login_has_no_barriers_and_lets_a_reader_in_by_keyboard(chromium, store):
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 only where a browser is

    with serving(app(site(), store, access=SHUT), free()) as link, Watched(chromium) as watched:
        page = watched.page
        page.goto(f"{link}postings?q=optics")
        assert Axe().run(page, options=RULES).violations_count == 0
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.type("correct horse")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{link}postings?q=optics")
        assert page.locator("h3").count() == 4
        page.get_by_role("button", name="Log out").click()
        page.wait_for_url(f"{link}login")
        assert watched.said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_reader_leaves_by_keyboard_without_a_login(chromium, store, scheme):
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 only where a browser is

    with Store.open(store) as opened:
        key = opened.audience.key("optics", "reader@example.org")
        opened.audience.lift("reader@example.org", None, NOW)
    with (
        serving(app(site(), store, access=SHUT), free()) as link,
        Watched(chromium, color_scheme=scheme, java_script_enabled=False) as watched,
        Watched(chromium, color_scheme=scheme, viewport={"width": 375, "height": 800}) as judged,
    ):
        for page in (judged.page, watched.page):
            page.goto(f"{link}u/{key}")
        assert Axe().run(judged.page, options=RULES).violations_count == 0
        watched.page.keyboard.press("Tab")
        watched.page.keyboard.press("Tab")
        watched.page.keyboard.press("Enter")
        watched.page.wait_for_selector("h1:has-text('Stopped')")
        judged.page.reload()
        assert Axe().run(judged.page, options=RULES).violations_count == 0
        assert watched.said == judged.said == []


def test_the_first_key_leads_to_the_content_and_focus_is_seen(chromium, link):
    with Watched(chromium) as watched:
        page = watched.page
        page.goto(f"{link}/postings")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "q"
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"


def test_a_printed_page_is_black_on_white_and_shows_where_its_links_lead(chromium, link):
    with Watched(chromium, color_scheme="dark") as watched:
        watched.page.goto(f"{link}/posting/1")
        watched.page.emulate_media(media="print")
        look = "one => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor]"
        assert watched.page.locator("body").evaluate(look) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
        assert not watched.page.locator("nav[aria-label=Pages]").is_visible()
        after = "one => getComputedStyle(one, '::after').content"
        outward = watched.page.locator("a[rel~=noopener]").first
        assert "https://kelp.example/jobs/g1" in outward.evaluate(after)
