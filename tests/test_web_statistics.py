"""Statistics: what is counted, what is left out, and the shapes that are drawn of it."""

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_samples import client, crawl, fill, pay, posting

from monitor.web.charts import HEIGHT, WIDTH, barred, lined, step, stepped
from monitor.web.statistics import survival


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("statistics") / "r.db"
    steady = [
        posting(f"s{n}", f"Steady {n}", salary=pay(400_000 + n * 20_000, None)) for n in range(6)
    ]
    fresh = [posting(f"f{n}", f"Fresh {n}") for n in range(4)]
    visits = [
        crawl(0, *steady),
        crawl(1, *steady, *fresh),
        crawl(3, *steady, *fresh[1:]),
        crawl(5, *steady, *fresh[1:]),
        crawl(19, *steady, *fresh[1:]),
    ]
    with client(fill(path, visits)) as asking:
        yield lxml.html.document_fromstring(asking.get("/statistics").text)


def table(page, heading):
    (found,) = page.xpath(f"//section[h2='{heading}']//tbody")
    return [[cell.text_content() for cell in row.xpath("th|td")] for row in found.xpath("tr")]


def test_open_postings_are_counted_at_the_end_of_each_week(page):
    assert table(page, "Open postings")[:4] == [
        ["23 Nov 2026", "9"],
        ["16 Nov 2026", "9"],
        ["9 Nov 2026", "9"],
        ["2 Nov 2026", "9"],
    ]


def test_a_week_s_news_leaves_out_what_stood_there_before(page):
    assert ["2 Nov 2026", "4", "1"] in table(page, "New and closed a week")


def test_pay_is_shown_in_its_own_currency_and_period(page):
    (said,) = page.xpath("//section[h2='Pay in NOK a year']/p/text()")
    assert said.startswith("Of 6 open postings that state it, the middle of each range.")
    assert "Half are at NOK 450,000 or above" in said
    assert sum(int(row[1]) for row in table(page, "Pay in NOK a year")) == 6


def test_what_is_still_open_counts_as_open_not_as_closed(page):
    (said,) = page.xpath("//section[h2='Time open']/p/text()")
    assert "1 posting closed; 3 are still open and count as open" in said
    assert "More than half are still open after 18 days." in said
    assert table(page, "Time open") == [["0", "100 %"], ["4", "75 %"], ["18", "75 %"]]


def test_every_chart_has_a_name_and_a_table(page):
    charts = page.xpath("//*[local-name()='svg']")
    assert len(charts) == len(page.xpath("//details/table")) == 4
    for chart in charts:
        (title,) = chart.xpath("./*[local-name()='title']")
        assert title.get("id") == chart.get("aria-labelledby")


def test_one_source_has_statistics_of_its_own(tmp_path):
    with client(fill(tmp_path / "r.db")) as asking:
        assert "Statistics of" in asking.get("/statistics?source=mole").text
        assert asking.get("/statistics?source=none").status_code == 404


def test_the_estimate_is_that_of_the_textbook():
    lives = {
        (6, True): 3,
        (6, False): 1,
        (7, True): 1,
        (9, False): 1,
        (10, True): 1,
        (10, False): 1,
    }
    shares = {day: round(share, 4) for day, share in survival(lives)}
    assert shares == {0: 1.0, 6: 0.625, 7: 0.4688, 10: 0.2344}


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 900), st.booleans()), st.integers(1, 50), min_size=1, max_size=30
    )
)
def test_the_share_still_open_only_falls(lives):
    shares = [share for _, share in survival(lives)]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= share <= 1 for share in shares)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=60))
def test_nothing_is_drawn_outside_of_its_chart(values):
    labels = [str(n) for n in range(len(values))]
    line = lined("x", labels, [values])
    points = [point.split(",") for point in line.lines[0].split()]
    assert all(0 <= float(x) <= WIDTH and 0 <= float(y) <= HEIGHT for x, y in points)
    for bar in barred("x", labels, [("a", values), ("b", values)]).bars:
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH
        assert 0 <= bar.y <= bar.y + bar.height <= HEIGHT + 0.1
    assert 2 <= len(line.rows) <= 6
    assert len(line.columns) <= 6


def test_no_label_runs_over_a_side_of_its_chart():
    columns = lined("x", ["26 Oct", "2 Nov", "9 Nov"], [[1, 2, 3]]).columns
    assert [(tick.words, tick.anchor) for tick in columns] == [
        ("26 Oct", "start"),
        ("2 Nov", "middle"),
        ("9 Nov", "end"),
    ]
    (alone,) = barred("x", ["2 Nov"], [("a", [1])]).columns
    assert alone.anchor == "middle"


@pytest.mark.parametrize(("most", "each"), [(0, 1), (3, 1), (4, 1), (9, 2.5), (41, 20), (900, 250)])
def test_an_axis_goes_in_round_steps(most, each):
    assert step(most) == each


def test_a_share_falls_in_steps():
    drawn = stepped("x", [(0, 1.0), (4, 0.5)], "d")
    assert len(drawn.lines[0].split()) == 4
    assert [tick.words for tick in drawn.rows] == ["0 %", "25 %", "50 %", "75 %", "100 %"]
