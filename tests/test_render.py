"""Letters as readers get them: whatever a page says, however much happened."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from html import unescape
from pathlib import Path

import lxml.html
import mail_samples as samples
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mail_lint import lint
from mail_samples import READER, SEARCH, SENDER, UNTIL, changed, event, monthly, pending, posting

from crawler.items import Place
from monitor.budget import LADDER, within
from monitor.confinement import RenderError
from monitor.digest import CrawlNote, compose
from monitor.events import Known, Tie
from monitor.render import MOST_BYTES, environment_of, headline, render

CHROMIUM = Path("/usr/bin/chromium")


def letter_of(waiting, search=SEARCH, **options):
    return render(compose(search, waiting, now=UNTIL), READER, SENDER, **options)


@pytest.fixture(scope="module")
def mixed():
    return letter_of(samples.mixed())


def test_a_letter_carries_everything_a_mailbox_needs(mixed):
    assert lint(mixed.mime) == []
    message = message_from_bytes(mixed.mime, policy=policy.default)
    assert message["To"] == READER
    assert message["Message-ID"] == mixed.message_id
    assert message["Date"] == "Sun, 22 Nov 2026 07:00:00 +0100"
    assert message["List-Id"] == '"ML internships, PhD" <ml-intern-phd.lists.example>'
    assert message["X-Rolecall-Counts"] == "changed=16; new=15; retracted=1; back=1; closed=3"
    assert message["X-Rolecall-Search"] == "ml-intern-phd"


def test_the_subject_says_what_the_letter_holds(mixed):
    assert mixed.subject == "16 changed, 15 new, 5 more: ML internships, PhD (22 Nov)"
    assert letter_of(pending(samples.pay_change())).subject == (
        "1 changed: ML internships, PhD (22 Nov)"
    )


def test_a_long_name_gives_way_and_the_date_stays():
    search = replace(SEARCH, name="Everything that has to do with glass, light and lenses anywhere")
    subject = letter_of(samples.mixed(), search).subject
    assert len(subject) <= 78
    assert subject.endswith("… (22 Nov)")


def test_both_parts_say_of_every_posting_why_it_is_there():
    search = replace(SEARCH, any_words=("lens",), min_salary=9_000)
    search = replace(search, salary_currency="USD", salary_period="month")
    item = posting(1, title="Lens Grinder", salary=monthly(9_000, 9_300))
    line = posting(2, title="Fitter", body="You fit a lens.")
    letter = letter_of(pending(event("opened", item), event("closed", line)), search)
    html = " ".join(lxml.html.document_fromstring(letter.html).text_content().split())
    for part in (" ".join(letter.text.split()), html):
        assert "Why: “lens” in the title, pay up to 9,300 a month" in part
        assert "Why: “lens” in the text" in part


def test_the_same_window_makes_the_same_bytes(mixed):
    assert letter_of(samples.mixed()).mime == mixed.mime


@pytest.mark.parametrize(
    ("waiting", "words"),
    [
        (pending(), "Nothing new"),
        (
            pending(crawls=(CrawlNote("acme", "Acme", UNTIL, "failed", ("timeout",)),)),
            "1 source with a problem",
        ),
        (
            pending(crawls=(CrawlNote("acme", "Acme", UNTIL, "complete", baseline=312),)),
            "Now watching 312 postings at Acme (acme)",
        ),
    ],
)
def test_a_letter_without_postings_says_why_it_comes(waiting, words):
    letter = letter_of(waiting)
    assert letter.subject.startswith(words)
    assert words in letter.text
    assert lint(letter.mime) == []


def test_a_sample_says_that_it_is_one():
    digest = compose(SEARCH, pending(), now=UNTIL, sample=True)
    letter = render(digest, READER, SENDER)
    assert letter.subject.startswith("Sample: ")
    assert "This is a sample" in letter.text
    assert "This is a sample" in letter.html


def test_the_window_is_stated_with_its_offsets(mixed):
    window = "21 Nov 2026, 07:00 (UTC+01:00) to 22 Nov 2026, 07:00 (UTC+01:00), Europe/Zurich"
    assert window in " ".join(mixed.text.split())
    assert window in mixed.html


def test_the_preview_line_is_the_pay_change(mixed):
    preview = lxml.html.document_fromstring(mixed.html).xpath("//body/div[1]")[0].text_content()
    assert "Pay: $10,000\u2013$11,000 a month → $12,100 a month" in preview


def test_a_change_is_a_table_with_named_rows_and_columns():
    document = lxml.html.document_fromstring(letter_of(pending(samples.pay_change())).html)
    (table,) = document.xpath("//table[not(@role)]")
    assert [cell.text_content() for cell in table.xpath(".//th[@scope='col']")] == [
        "Field",
        "Before",
        "Now",
    ]
    first = table.xpath(".//tr[th[@scope='row']]")[0]
    assert first.xpath("string(th)") == "Pay"
    assert first.xpath("string(.//span[@role='img']/@aria-label)") == "raised"
    assert "+10\xa0% over the old top, +21\xa0% over the old floor" in first.text_content()


@pytest.mark.parametrize(
    ("kind", "caption"),
    [("changed", "Changed since 21 Nov"), ("edition", "Beside the earlier one")],
)
def test_a_table_says_what_it_compares_with(kind, caption):
    html = letter_of(pending(replace(samples.pay_change(), kind=kind))).html
    assert lxml.html.document_fromstring(html).xpath("string(//caption)") == caption


def test_each_passage_is_labelled_in_words_and_old_and_new_never_touch():
    html = letter_of(pending(samples.pay_change())).html
    assert re.findall(r"Reworded|Added|Removed", html) == ["Reworded"] * 4 + ["Added"]
    assert "</del><ins" not in html


@pytest.mark.parametrize("waiting", [samples.mixed(), samples.scripts(), samples.twins()])
def test_the_text_part_is_as_wide_as_a_terminal(waiting):
    lines = letter_of(waiting).text.splitlines()
    assert max(map(len, lines)) > 60
    assert [line for line in lines if len(line) > 76 and len(line.split()) > 1] == []


def said_in(html):
    """Give what the HTML part shows: titles, cells of changes, links."""
    document = lxml.html.document_fromstring(html)
    titles = [" ".join(one.text_content().split()) for one in document.xpath("//h1|//h2|//h3|//a")]
    pairs = [
        (row.xpath("string(td[1])").strip(), row.xpath("string(td[2]/span)").strip())
        for row in document.xpath("//tr[th[@scope='row']]")
    ]
    return titles, pairs, document.xpath("//a/@href")


@pytest.mark.parametrize(
    "waiting",
    [samples.mixed(), samples.scripts(), samples.twins()],
    ids=["mixed", "scripts", "twins"],
)
def test_the_text_part_says_all_that_the_html_part_says(waiting):
    letter = letter_of(waiting)
    titles, pairs, links = said_in(letter.html)
    assert pairs
    flowing = " ".join(letter.text.split())
    folded = flowing.casefold()
    assert [title for title in titles if title.casefold() not in folded] == []
    assert all(f"{before} -> {now}" in flowing for before, now in pairs)
    assert all(link in letter.text for link in links)
    for card in compose(SEARCH, waiting, now=UNTIL).sections[0].cards:
        assert card.pay in flowing
        assert card.facts in flowing


NAMES = {
    "Latin": ("Research Engineer", "Company", "Zürich, Switzerland", "en"),
    "Arabic": ("مهندس تعلم الآلة", "شركة أكمي للتصوير", "دبي", "ar"),
    "Chinese": ("机器学习实习生（影像）", "蓝海影像科技有限公司", "上海市浦东新区", "zh"),
}


def crowd(number, script="Latin"):
    """Make a window of so many events: changes, news and closings of forty companies."""
    events = []
    title, company, place, language = NAMES[script]
    for n in range(number):
        item = posting(
            n,
            title=f"{title} {n}",
            organization=f"{company} {n % 40}",
            places=(Place(place),),
            language=language,
            salary=monthly(9_000 + n, 12_000 + n),
        )
        if n % 3 == 0:
            events.append(changed(item, replace(item, salary=monthly(9_500 + n, 12_700 + 2 * n))))
        else:
            events.append(event("opened" if n % 3 == 1 else "closed", item))
    return pending(*events)


MANY = [pytest.param(number, marks=pytest.mark.slow) for number in (1000, 5000)]


@pytest.mark.parametrize("script", NAMES)
@pytest.mark.parametrize("number", [0, 1, 5, 200, *MANY])
def test_no_letter_is_too_long_and_every_posting_is_counted(number, script):
    letter = letter_of(crowd(number, script))
    assert len(letter.html.encode()) <= MOST_BYTES
    assert lint(letter.mime) == []
    assert letter.mime == letter_of(crowd(number, script)).mime
    told = re.findall(r"<h2[^>]*>[^<]*\(([\d,]+)\)</h2>", letter.html)
    assert sum(int(count.replace(",", "")) for count in told) == number
    document = lxml.html.document_fromstring(letter.html)
    postings = len({link for link in document.xpath("//a/@href") if "openings" in link})
    left = re.findall(r"(?:… )?and ([\d,]+) more", document.text_content())
    assert postings + sum(int(count.replace(",", "")) for count in left) == number


def test_a_letter_is_as_full_as_its_size_allows(monkeypatch):
    digest = compose(SEARCH, crowd(160), now=UNTIL)
    letter = render(digest, READER, SENDER)
    monkeypatch.setattr("monitor.render.MOST_BYTES", 10**9)
    forms = [within(digest, limits) for limits in LADDER]
    sizes = [len(render(form, READER, SENDER).html.encode()) for form in forms]
    assert sizes[0] > MOST_BYTES > sizes[-1]
    assert sizes == sorted(sizes, reverse=True)
    assert len(letter.html.encode()) == next(size for size in sizes if size <= MOST_BYTES)


def test_a_letter_of_nothing_but_monsters_still_fits():
    events = [
        event(
            "opened",
            posting(
                n,
                title="W" * 10_000,
                organization=f"{n}" + "é" * 500,
                url="https://acme.example/" + "é" * 900 + str(n),
            ),
        )
        for n in range(120)
    ]
    failures = tuple(
        CrawlNote(f"s{n}", "ü" * 900, UNTIL, "failed", ("€" * 5000,)) for n in range(300)
    )
    letter = letter_of(pending(*events, crawls=failures))
    assert len(letter.html.encode()) <= MOST_BYTES
    assert lint(letter.mime) == []


HOSTILE = (
    "two\r\nlines: forged",
    "nul\0byte",
    "\u202egnp.exe",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "{% raw %}",
    "=?utf-8?q?x?=",
    "\u2067isolate",
    "T" * 10_000,
    "</td></table>",
    "\"'onload=x",
    "a\u2028b\u2029c\x85d\x0be",
    "\ud800",
    "&lt;b&gt;",
    "\u200b\ufeffzero",
    "Bcc: x@y.example",
    "\U000e0041tag",
    ".",
    "..",
    "\x1b[31mred",
    "",
)
LINKS = (
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "//evil.example",
    "https://[broken",
    "https://acme.example/a b\"c<d>'e",
    "HTTPS://ACME.example/\u202egnp",
    "https://acme.example/" + "p" * 5000,
    "https://acme.example/é?q={{7*7}}&r=1",
    "vbscript:x",
    " javascript:alert(1)",
    "https:evil",
    "mailto:x@y.example?subject=a%0d%0aBcc:z@y.example",
    "",
)
NO_DIGITS = st.characters(exclude_categories=["Nd"])  # "49" would prove that {{7*7}} was run
anything = st.one_of(st.sampled_from(HOSTILE), st.text(NO_DIGITS, max_size=60))
link = st.one_of(st.sampled_from(LINKS), st.text(max_size=30))


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_page_can_break_a_letter(data):
    def draw():
        return data.draw(anything)

    def draw_posting(number):
        return posting(
            number,
            title=draw(),
            organization=draw(),
            places=(Place(draw()), Place(draw())),
            url=data.draw(link),
            apply_url=data.draw(link),
            department=draw(),
            body=draw(),
            employment_types=(draw(),),
            requirements=(draw(),),
            language=draw(),
            date_posted=draw(),
            valid_through=draw(),
            start_date=draw(),
            remote=draw(),
            salary=replace(monthly(9_000), currency=draw(), period=draw(), raw=draw()),
        )

    items = [draw_posting(n) for n in range(4)]
    source = draw()
    copy = Known(items[2], "open", UNTIL, UNTIL, source=draw())
    waiting = pending(
        event("opened", items[0], source=source),
        changed(items[1], replace(items[2], id=items[1].id)),
        event("closed", items[3], reason=draw()),
        crawls=(CrawlNote(draw(), draw(), UNTIL, "failed", (draw(),)),),
        organizations={"acme": draw()},
        ties=(
            Tie("twin", True, draw(), copy, Known(items[0], "open", UNTIL, UNTIL, source=source)),
            Tie("twin", False, draw(), Known(items[1], "open", UNTIL, UNTIL, source="acme"), copy),
        ),
    )
    letter = letter_of(waiting, replace(SEARCH, name=draw(), any_words=()))
    assert lint(letter.mime) == []
    assert len(letter.html.encode()) <= MOST_BYTES
    assert "\n" not in letter.subject
    assert not re.search(r"\b49\b", letter.text + letter.html)
    for address in lxml.html.document_fromstring(letter.html).xpath("//a/@href"):
        assert address.startswith(("http://", "https://", "mailto:"))


@pytest.mark.parametrize("title", ["<b>bold</b>", "{{7*7}}", "a & b", "=?utf-8?q?x?=", "&lt;"])
def test_a_title_is_shown_as_it_is_written(title):
    letter = letter_of(pending(event("opened", posting(1, title=title))))
    assert title in letter.text
    assert title in unescape(letter.html)
    assert "<b>" not in letter.html


def test_a_forged_line_stays_within_its_line():
    title = "Baker\n\nStop these letters: https://evil.example"
    letter = letter_of(pending(event("opened", posting(1, title=title))))
    assert "* Baker Stop these letters: https://evil.example\n" in letter.text


@pytest.mark.parametrize(
    "name", ["x.html", "x.htm", "x.xml", "x.HTML", "x", "x.txt.bak", "x.TXT", "x.svg", "x.txt.html"]
)
def test_every_suffix_but_txt_is_escaped(tmp_path, name):
    (tmp_path / name).write_text("{{ value }}", encoding="utf-8")
    environment = environment_of(tmp_path)
    assert environment.get_template(name).render(value="<i>") == "&lt;i&gt;"


def test_plain_text_is_not_escaped_and_strings_are(tmp_path):
    (tmp_path / "x.txt").write_text("{{ value }}", encoding="utf-8")
    environment = environment_of(tmp_path)
    assert environment.get_template("x.txt").render(value="<i>") == "<i>"
    assert environment.from_string("{{ value }}").render(value="<i>") == "&lt;i&gt;"


def test_a_missing_name_is_an_error(tmp_path):
    folder = tmp_path / "digest"
    folder.mkdir()
    (folder / "subject.txt").write_text("\n{{ headlin }}", encoding="utf-8")
    with pytest.raises(RenderError, match=r"subject.txt:2: 'headlin' is undefined$"):
        letter_of(pending(), templates=tmp_path)


def test_a_template_of_the_readers_own_comes_first(tmp_path):
    folder = tmp_path / "digest"
    folder.mkdir()
    (folder / "subject.txt").write_text("[roles] {{ headline }}", encoding="utf-8")
    letter = letter_of(pending(samples.pay_change()), templates=tmp_path)
    assert letter.subject == "[roles] 1 changed"
    assert "Machine Learning Intern" in letter.html


def test_no_template_of_ours_trusts_a_string_or_loads_anything():
    folder = Path(__file__).parent.parent / "templates"
    for path in sorted((folder / "digest").iterdir()) + sorted((folder / "shared").iterdir()):
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape|<img|url\(|@import|<link", source), path


def test_one_click_needs_a_page_and_a_key():
    waiting = pending(samples.pay_change())
    letter = letter_of(waiting, public_url="https://roles.example/", token="k3y")
    message = message_from_bytes(letter.mime, policy=policy.default)
    assert "<https://roles.example/u/k3y>" in message["List-Unsubscribe"]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert lint(letter.mime) == []
    without = message_from_bytes(letter_of(waiting, public_url="https://roles.example").mime)
    assert without["List-Unsubscribe-Post"] is None


PAGE = "https://roles.example"


def test_with_a_page_a_card_leads_to_its_history_and_a_count_to_the_rest():
    letter = letter_of(crowd(1000), public_url=PAGE)
    history = f"{PAGE}/known?source=acme&posting=p"
    links = lxml.html.document_fromstring(letter.html).xpath("//a/@href")
    led = [link for link in links if link.startswith(history)]
    assert len(led) >= 12
    assert [link for link in led if f"  History: {link}\n" not in letter.text] == []
    for kind in ("changed", "opened", "closed"):
        assert f"{PAGE}/?kind={kind}" in links
        assert f"On the page: {PAGE}/?kind={kind}\n" in letter.text
    assert len(letter.html.encode()) <= MOST_BYTES
    assert lint(letter.mime) == []


@pytest.mark.parametrize("reader", [{}, {"public_url": PAGE, "token": "k", "manage": "m"}])
def test_a_reader_who_cannot_open_the_page_is_not_led_to_it(reader):
    letter = letter_of(crowd(1000), **reader)
    assert "/known?" not in letter.text + letter.html
    assert "On the page" not in letter.text
    assert "left out to keep this letter readable\n" in letter.text


@pytest.mark.parametrize("number", [2, 12])
def test_the_headline_names_every_kind(number):
    words = headline(compose(SEARCH, samples.mixed(), now=UNTIL))
    assert words == "16 changed, 15 new, 1 not closed after all, 1 open again, 3 closed"
    short = headline(compose(SEARCH, samples.mixed(), now=UNTIL), most=number)
    assert (short == words) is (number == 12)


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")
def test_a_narrow_screen_shows_the_whole_width_and_the_pay_first(tmp_path):
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 only where a browser is

    monster = posting(
        7,
        title="Donaudampfschifffahrtsgesellschaft" * 4,
        organization="x" * 80,
        salary=monthly(1_000_000_000, 2_000_000_000),
        url="https://acme.example/" + "y" * 300,
    )
    letters = {
        **{f"{script} {n}": crowd(n, script) for script in NAMES for n in (0, 1, 5, 200, 1000)},
        "Latin 5000": crowd(5000),
        "mixed": samples.mixed(),
        "scripts": samples.scripts(),
        "twins": samples.twins(),
        "long": pending(
            changed(
                monster,
                replace(
                    monster,
                    salary=monthly(3 * 10**9, 4 * 10**12),
                    department="Dampfmaschinenbetrieb" * 3,
                    employment_types=("PART_TIME",),
                    valid_through="2027-01-31",
                ),
            )
        ),
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        for name, waiting in letters.items():
            page = browser.new_page(viewport={"width": 375, "height": 800})
            path = tmp_path / f"{name}.html"
            path.write_text(letter_of(waiting).html, encoding="utf-8")
            page.goto(path.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= 375, name
            sizes = page.evaluate(
                "[...document.querySelectorAll('p,td,th,h1,h2,h3,span,a')]"
                ".map(one => parseFloat(getComputedStyle(one).fontSize))"
            )
            assert min(sizes) >= 16
            labels = page.locator("th[scope=row]").all_inner_texts()
            assert labels[:1] == ([] if name.endswith(" 0") else ["Pay"]), name
            broken = page.evaluate(
                "[...document.querySelectorAll('th[scope=row]')].filter(one => {"
                "const range = document.createRange(); range.selectNodeContents(one);"
                "return !/\\s/.test(one.innerText) && range.getClientRects().length > 1})"
                ".map(one => one.innerText)"
            )
            assert broken == [], "a label is one word on one line"
        browser.close()
