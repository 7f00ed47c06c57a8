"""Pages of somebody else's vacancies: the page's own posting, and the others around it."""

import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.pages import aggregator, card, dom, fence, labelled, marks, titled

NOW = datetime(2026, 11, 2, 7, 0, tzinfo=UTC)
URL = "https://vacancies.example/v/481-potter?utm_source=mail"
TEXT = (
    "<p>You throw bowls and plates on a kick wheel, trim them the day after, and help to stack the"
    " kilns.</p><p>We fire twice a week. You know clay, you like early mornings, and you carry what"
    " a bag of porcelain weighs.</p>"
)
PAY = "<p>This place pays $2,900 - $3,100 monthly.</p>"


def others(count=4, *, wage="$%d - $%d per hour", name="vacancy-card"):
    cards = [
        f"<article class='{name}'><h3><a href='/v/{n}-glazer'>Glazer {n}</a></h3>"
        f"<span class='company'>Tilery {n}</span><span class='location'>Linz</span>"
        f"<span class='salary'>{wage % (n, n + 5) if '%' in wage else wage}</span>"
        f"<ul><li class='tag'>Full time</li><li class='tag'>Shift {n}</li></ul>"
        f"<p>Glaze tiles for the tilery, {n} of them an hour, with steady hands.</p></article>"
        for n in range(30, 30 + count)
    ]
    return "".join(cards)


def page(main, rest="", *, title="Potter | Vacancies Example"):
    return (
        f"<html lang='en'><head><title>{title}</title></head><body><nav><a href='/'>Home</a></nav>"
        f"<main>{main}</main>{rest}<footer>Subscribe for $9 a month</footer></body></html>"
    )


def read(html, **known):
    return aggregator.read(html, url=URL, now=NOW, **known)


def own(html, **known):
    (posting,), _ = read(html, **known)
    return posting


def amounts(pay):
    return pay and (pay.min, pay.max, pay.currency, pay.period)


HEAD = "<header><h1>Potter</h1><p class='company'>Kiln &amp; Sons</p><p class='location'>Gmunden</p></header>"
SIMILAR = f"<section><h2>Similar vacancies</h2>{others()}</section>"


def test_the_pages_own_posting_is_read_as_it_is_shown():
    posting = own(page(HEAD + TEXT + PAY, SIMILAR))
    assert (posting.title, posting.organization, posting.language) == (
        "Potter",
        "Kiln & Sons",
        "en",
    )
    assert (posting.id, posting.url) == ("/v/481-potter", "https://vacancies.example/v/481-potter")
    assert posting.body.startswith("You throw bowls")
    assert posting.body.endswith("$2,900 - $3,100 monthly.")
    assert amounts(posting.salary) == (2900, 3100, None, "month")


def test_each_other_vacancy_keeps_its_own_pay_tags_and_link():
    _, snippets = read(page(HEAD + TEXT, SIMILAR), currency="USD")
    assert [(s.title, s.organization, amounts(s.salary), s.tags, s.url) for s in snippets[:2]] == [
        ("Glazer 30", "Tilery 30", (30, 35, "USD", "hour"), ("Full time", "Shift 30"), "https://vacancies.example/v/30-glazer"),
        ("Glazer 31", "Tilery 31", (31, 36, "USD", "hour"), ("Full time", "Shift 31"), "https://vacancies.example/v/31-glazer"),
    ]  # fmt: skip
    assert len(snippets) == 4
    assert snippets[0].body == "Glaze tiles for the tilery, 30 of them an hour, with steady hands."


@pytest.mark.parametrize(
    "arrangement",
    [
        lambda: page(HEAD + TEXT, SIMILAR),
        lambda: page(HEAD + TEXT + SIMILAR),
        lambda: page(SIMILAR + HEAD + TEXT),
        lambda: page(HEAD + TEXT, f"<aside><h4>Jobs like this</h4><div>{others()}</div></aside>"),
        lambda: page(HEAD + TEXT, f"<div><p>People also viewed</p></div>{others()}"),
        lambda: page(HEAD + TEXT, others()),
        lambda: page(HEAD + TEXT, f"<ul>{others(name='job-listing')}</ul>"),
        lambda: page(HEAD + TEXT, "<h2>Similar jobs</h2><div>Thrower, $44,000 a year</div>"),
        lambda: page(HEAD + TEXT, "<h2>Similar jobs</h2><p><a href='/v/2'>Thrower</a> $44 an hour</p>" * 2),
    ],
    ids=["after", "inside", "before", "aside", "bare headline", "no headline", "list", "one", "repeated"],
)  # fmt: skip
def test_no_other_vacancys_pay_is_read_as_the_postings(arrangement):
    posting = own(arrangement())
    assert posting.salary is None
    assert "Glazer" not in posting.body
    assert "Thrower" not in posting.body


@pytest.mark.parametrize(
    "headline",
    ["Similar jobs", "Similar jobs in Gmunden", "Related positions", "Jobs you may like", "More jobs at Kiln & Sons",
     "Recommended for you", "People also viewed", "Ähnliche Jobs", "Weitere Stellen bei Kiln", "Offres similaires",
     "Autres offres", "Ofertas similares", "Vagas semelhantes", "Vergelijkbare vacatures", "Annunci simili",
     "Podobne oferty", "Podobné nabídky", "Liknande jobb", "Похожие вакансии", "この求人に似ている求人", "相似职位:"],
)  # fmt: skip
def test_the_headline_over_the_others_is_known_in_many_languages(headline):
    rest = f"<div><h3>{headline}</h3>{others(2)}</div>"
    (posting,), snippets = read(page(HEAD + TEXT, rest))
    assert (posting.salary, [snippet.title for snippet in snippets]) == (
        None,
        ["Glazer 30", "Glazer 31"],
    )


@pytest.mark.parametrize(
    "words", ["More jobs mean more clay for all of us", "You may like early mornings", "Similar"]
)
def test_a_sentence_that_begins_like_such_a_headline_is_none(words):
    assert not marks.FENCE.fullmatch(words) or words.startswith("You may")
    posting = own(page(f"{HEAD}<p>{words}, says the master.</p>{TEXT}{PAY}"))
    assert amounts(posting.salary) == (2900, 3100, None, "month")


def stated(**more):
    posting = {"@context": "https://schema.org", "@type": "JobPosting", "title": "Potter"}
    return f"<script type='application/ld+json'>{json.dumps(posting | more)}</script>"


def test_json_ld_speaks_for_the_posting_where_there_is_some():
    pay = {"currency": "EUR", "value": {"minValue": 2700, "maxValue": 2800, "unitText": "MONTH"}}
    html = page(
        stated(identifier="P-7", baseSalary=pay, description=TEXT) + HEAD + TEXT + PAY, SIMILAR
    )
    (posting,), snippets = read(html)
    assert (posting.id, amounts(posting.salary)) == ("P-7", (2700, 2800, "EUR", "month"))
    assert len(snippets) == 4


def test_of_several_stated_postings_the_one_in_the_headline_is_the_pages():
    several = stated(title="Glazer", identifier="G") + stated(identifier="P")
    assert own(page(several + HEAD + TEXT)).title == "Potter"


def test_json_ld_without_pay_takes_none_from_the_others():
    assert own(page(stated(description=TEXT) + HEAD, SIMILAR)).salary is None


# Lists, and pages that are neither


LISTS = [
    "1,284 potter jobs in Gmunden",
    "Potter jobs near Linz",
    "37 vacancies",
    "12 Stellen in Linz",
    "Open positions",
    "Careers",
    "Job board",
    "We're hiring",
]


@pytest.mark.parametrize("headline", LISTS)
def test_a_mere_list_gives_snippets_only(headline):
    postings, snippets = read(page(f"<h1>{headline}</h1>{TEXT}{others()}", title=headline))
    assert postings == ()
    assert [snippet.title for snippet in snippets] == [f"Glazer {n}" for n in range(30, 34)]


def test_a_list_whose_heading_marks_up_what_was_searched_for_is_still_a_list():
    heading = "<h1><b>Potter</b> jobs in <b>Linz</b></h1>"
    html = page(f"{heading}{TEXT}{others()}", title="Potter vacancies, Linz")
    assert read(html)[0] == ()


def test_a_list_without_any_headline_gives_snippets_only():
    postings, snippets = read(page(others(3), title=""))
    assert (postings, len(snippets)) == ((), 3)


def test_a_card_printed_in_two_layouts_is_one_snippet_with_one_title():
    twice = "".join(
        f"<div class='job-card'><a class='m' href='/v/{n}'>Glazer {n}</a><h3><a href='/v/{n}'>Glazer {n}</a></h3>"
        f"<div class='wage'>${n} an hour</div><p>Steady hands are all it takes.</p></div>"
        for n in (20, 21, 22)
    )  # fmt: skip
    _, snippets = read(page(f"<h1>3 jobs in Linz</h1>{twice}"))
    assert [(s.title, s.salary.min) for s in snippets] == [
        ("Glazer 20", 20),
        ("Glazer 21", 21),
        ("Glazer 22", 22),
    ]
    assert "Glazer" not in snippets[0].body


def test_the_same_card_printed_twice_is_given_once():
    _, snippets = read(page(HEAD + TEXT, f"<div><h2>Similar jobs</h2>{others(3)}{others(3)}</div>"))
    assert [snippet.title for snippet in snippets] == ["Glazer 30", "Glazer 31", "Glazer 32"]


def test_a_section_that_describes_the_employer_is_no_posting():
    html = page(f"<h1>Kiln &amp; Sons</h1>{TEXT}", title="Careers at Kiln & Sons")
    assert read(html) == ((), ())


@pytest.mark.parametrize("main", ["<h1>Potter</h1><p>Too little is said here.</p>", TEXT, ""])
def test_a_page_that_says_too_little_gives_nothing(main):
    assert read(page(main, title="")) == ((), ())


# Headlines


def test_the_headline_is_the_heading_that_the_documents_title_repeats():
    html = page(f"<h1>Careers</h1><h2>Potter</h2>{TEXT}{PAY}")
    assert own(html).title == "Potter"
    html = page(f"<div><h1>Clay</h1><h1>Tools</h1></div><h1>POTTER</h1>{TEXT}{PAY}")
    assert own(html).title == "POTTER"


def test_the_headline_stands_against_a_title_that_also_names_the_employer():
    html = page(f"<h2>Kiln</h2><h1>Potter in Gmunden</h1>{TEXT}", title="Kiln: Potter wanted")
    assert own(html).title == "Potter in Gmunden"


def test_of_a_heading_that_holds_more_the_part_that_is_the_title_counts():
    heading = "<h1><div>Kiln &amp; Sons</div><span>Potter</span> <span>Gmunden</span></h1>"
    assert own(page(heading + TEXT, title="Potter at Kiln & Sons")).title == "Potter"


def test_a_lone_heading_of_the_second_level_heads_a_page_without_a_first():
    assert own(page(f"<h2>Potter</h2>{TEXT}", SIMILAR, title="")).title == "Potter"


def test_one_heading_of_a_run_heads_no_page():
    assert read(page(f"<h2>Throwing</h2>{TEXT}<h2>Firing</h2>{TEXT}", title=""))[0] == ()


def test_a_page_in_ideographs_needs_fewer_of_them():
    text = (
        "<p>土を練り、ろくろを回し、皿と鉢を作り、窯に詰めて焼き、釉薬を掛ける仕事です。未経験の方も歓迎。</p>"
        * 3
    )
    html = page(f"<h1>陶工の募集</h1><p class='pay'>時給1,350円</p>{text}", title="陶工の募集")
    assert amounts(own(html).salary) == (1350, 1350, "JPY", "hour")


def test_the_facts_of_the_posting_itself_are_no_vacancies():
    facts = "".join(
        f"<li class='job-criteria'><h3>{name}</h3><span>{value}</span></li>"
        for name, value in (("Level", "Entry"), ("Hours", "Full time"), ("Craft", "Pottery"))
    )
    (posting,), snippets = read(page(f"{HEAD}{TEXT}<ul>{facts}</ul>"))
    assert (posting.title, snippets) == ("Potter", ())


def test_cards_within_their_links_are_vacancies():
    cards = "".join(
        f"<a href='/v/{n}'><div class='job-card'><h3>Glazer {n}</h3><p>Linz, ${n} an hour</p></div></a>"
        for n in (20, 21, 22)
    )
    (posting,), snippets = read(page(HEAD + TEXT, cards))
    assert posting.salary is None
    assert [snippet.title for snippet in snippets] == ["Glazer 20", "Glazer 21", "Glazer 22"]
    assert snippets[0].url == "https://vacancies.example/v/20"


# Pay beside the text


@pytest.mark.parametrize(
    "fact",
    [
        "<p class='salary'>$2,900 - $3,100 monthly</p>",
        "<p>$2,900 - $3,100 monthly</p>",
        "<p>Full time | $2,900 - $3,100 monthly | Lunch</p>",
    ],
)
def test_pay_in_the_head_of_the_page_is_the_postings(fact):
    html = page(f"<header><h1>Potter</h1>{fact}</header><div>{TEXT * 2}</div>", SIMILAR)
    assert amounts(own(html).salary) == (2900, 3100, None, "month")


@pytest.mark.parametrize(
    "fact",
    [
        "<dt>Pay range:</dt><dd>$2,900 - $3,100 monthly</dd>",
        "<dd>Salary: $2,900 - $3,100 monthly</dd>",
    ],
)
def test_pay_in_a_column_of_facts_is_the_postings_when_it_says_so(fact):
    html = page(f"<h1>Potter</h1><div><div>{TEXT * 3}</div><dl>{fact}<dd>Gmunden</dd></dl></div>")
    assert amounts(own(html).salary) == (2900, 3100, None, "month")


WIDGETS = {
    "filter": "<div class='facets'><p>Salary</p><ul><li>$30,000+</li><li>$50,000+</li><li>$70,000+</li></ul></div>",
    "filter in a line": "<div>Salary $30,000+ $50,000+ $70,000+ $90,000+</div>",
    "filter in a form": "<form><label>Salary</label><span>$30,000 - $50,000</span></form>",
    "market": "<div><h3>Average salary for a potter</h3><p>$41,000 per year</p></div>",
    "market in a line": "<p>Average salary: $41,000 per year</p>",
    "market range": "<div><p>Potter salaries in Gmunden</p><p>$38,000 - $44,000 a year</p></div>",
    "alert": "<div class='newsletter'><p>Salary: $41,000 per year</p></div>",
    "dialog": "<dialog><p>Salary: $41,000 per year</p></dialog>",
    "hidden": "<div style='display:none'><p>Salary: $41,000 per year</p></div>",
}


@pytest.mark.parametrize("widget", WIDGETS.values(), ids=WIDGETS)
@pytest.mark.parametrize("place", ["head", "side", "end"])
def test_a_widget_is_no_pay(widget, place):
    at = {name: widget if place == name else "" for name in ("head", "side", "end")}
    html = page(
        f"<header><h1>Potter</h1>{at['head']}</header><div>{TEXT * 2}</div><div>{at['side']}</div>",
        at["end"] + SIMILAR,
    )
    assert own(html).salary is None


# Facts that a page without JSON-LD states around its headline


def shown(facts, *, title="Potter | Vacancies Example", text=TEXT, rest=SIMILAR):
    return own(page(f"<div><h1>Potter</h1>{facts}</div><div>{text}</div>", rest, title=title))


def names(posting):
    return [place.name for place in posting.places]


@pytest.mark.parametrize(
    "facts",
    [
        "<p>Employer: Kiln &amp; Sons</p><p>Location: Linz, Austria</p><p>Job type: Full-time; early shift</p>",
        ("<dl><dt>Employer</dt><dd>Kiln &amp; Sons</dd><dt>Location</dt><dd>Linz, Austria</dd>"
        "<dt>Employment type</dt><dd>Full time</dd></dl>"),
        ("<table><tr><th>Company</th><td>Kiln &amp; Sons</td></tr><tr><th>Place of work</th><td>Linz, Austria</td></tr>"
        "<tr><th>Hours</th><td>Full time</td></tr></table>"),
        ("<div><span class='sr-only'>Unternehmen</span><p>Kiln &amp; Sons</p></div>"
        "<div><b>Standort:</b> Linz, Austria</div><div><b>Anstellungsart:</b> Vollzeit</div>"),
        ("<p><b>Společnost</b></p><p>Kiln &amp; Sons</p><p><b>Lokalita</b></p><p>Linz, Austria</p>"
        "<p><b>Typ pracovního poměru</b></p><p>Práce na plný úvazek</p>"),
        "<p>Company name:</p><p>Kiln &amp; Sons</p><p>Location:</p><p>Linz, Austria</p><p>Type of contract:</p><p>full time</p>",
        ("<i data-automation='advertiser-name'>Kiln &amp; Sons</i><i data-automation='role-location'>Linz, Austria</i>"
        "<i data-automation='role-work-type'>Full time</i>"),
        "<button><b class='employer-name'>Kiln &amp; Sons</b></button><p>Linz, Austria · Full time · 42 applicants</p>",
    ],
    ids=["lines", "terms", "table", "hidden label", "bold label", "two lines", "test hooks", "shapes"],
)  # fmt: skip
def test_facts_beside_the_headline_are_read_by_label_name_or_shape(facts):
    posting = shown(facts)
    assert (posting.organization, names(posting)) == ("Kiln & Sons", ["Linz, Austria"])
    assert posting.employment_types == ("FULL_TIME",)


@pytest.mark.parametrize(
    "facts",
    [
        "<div><h4>Company</h4><a href='/about'>About</a></div>",
        "<div><h4>Company</h4><ul><li><a href='/a'>About</a></li><li><a href='/b'>Team</a></li></ul></div>",
        "<p>Company: Kiln</p><p>Company: Tilery</p>",
        "<p>Location: Linz</p><p>Location: Wels</p>",
        "<p>Location: you choose where you want to work</p>",
        "<p>Company: Location:</p>",
        "<p>Bring a friend of the company</p><p>Clay Days</p>",
    ],
    ids=["link", "menu", "two employers", "two places", "sentence", "label", "no label"],
)
def test_a_label_without_one_value_of_its_own_states_nothing(facts):
    posting = shown(facts)
    assert (posting.organization, posting.places) == (None, ())


def test_a_similar_vacancys_facts_are_not_the_postings():
    rest = (
        "<section><h2>Similar vacancies</h2><article class='vacancy-card'><h3><a href='/v/9'>Glazer</a></h3>"
        "<p>Employer: Tilery</p><p>Location: Wels, Austria</p><p>Job type: Part-time</p><p>Salary: $20 an hour</p>"
        "</article></section>"
    )  # fmt: skip
    posting = shown("", rest=rest)
    assert (posting.organization, posting.places, posting.employment_types) == (None, (), ())
    assert posting.salary is None


def test_dates_and_mode_are_read_by_their_labels():
    posting = shown(
        "<p>Date posted: 3 November 2026</p><p>Last updated: 2026-11-05</p><p>Workplace type: Hybrid</p>"
    )
    assert (posting.date_posted, posting.date_updated) == ("2026-11-03", "2026-11-05")
    assert posting.remote == "hybrid"


def test_a_place_keeps_no_remark_but_its_mode_counts():
    posting = shown("<p>Location: Linz, Austria (Remote)</p>")
    assert (names(posting), posting.remote) == (["Linz, Austria"], "remote")
    assert names(shown("<p>Location: Linz, Austria (we pay no relocation)</p>")) == [
        "Linz, Austria"
    ]


def test_facts_stand_where_the_page_prints_its_title_again():
    main = (
        "<header><h1>Potter</h1></header><article><section><p class='company'>Kiln</p><p>Potter</p>"
        f"<ul><li class='area'>Linz</li><li class='job-type'>Part-time</li></ul></section><div>{TEXT * 3}</div></article>"
    )
    posting = own(page(main))
    assert (posting.organization, names(posting)) == ("Kiln", ["Linz"])
    assert posting.employment_types == ("PART_TIME",)


def test_another_posting_of_the_same_title_is_not_the_title_again():
    other = (
        "<aside><h3><a href='/v/9'>Potter</a></h3><p class='company'>Tilery</p>"
        "<p class='city'>Wels</p><p class='salary'>$20 an hour</p></aside>"
    )
    posting = shown("", rest=other)
    assert (posting.organization, posting.places, posting.salary) == (None, (), None)


@pytest.mark.parametrize(
    ("title", "text", "organization", "place"),
    [
        ("Potter at Kiln & Sons | Vacancies Example", TEXT, "Kiln & Sons", []),
        ("Potter at Kiln in Linz, Austria - Board", TEXT, "Kiln", ["Linz, Austria"]),
        ("Kiln hiring Potter in Linz, Austria | Board", TEXT, "Kiln", ["Linz, Austria"]),
        ("Potter Job in Linz, Austria - Board", TEXT, None, ["Linz, Austria"]),
        ("Potter in high demand - Board", TEXT, None, []),
        ("Potter – Kiln & Sons GmbH", TEXT, "Kiln & Sons GmbH", []),
        ("Potter - Kiln", f"<p>About Kiln</p>{TEXT}", "Kiln", []),
        ("Kiln: Potter", f"{TEXT}<p>Kiln makes bowls that outlive their owners.</p>", "Kiln", []),
        ("Potter - Board", TEXT, None, []),
        ("Potter - Board", f"{TEXT}<p>About Board</p><p>Help</p>", None, []),
        ("Throwers - Kiln GmbH", TEXT, None, []),
    ],
    ids=["at", "at in", "hiring", "in", "no place", "form", "about", "is", "site", "site's menu", "other"],
)  # fmt: skip
def test_the_documents_title_names_the_employer_only_where_something_vouches(
    title, text, organization, place
):
    posting = shown("", title=title, text=text)
    assert (posting.organization, names(posting)) == (organization, place)


def test_the_documents_title_may_say_a_place_in_full():
    posting = shown("<p class='location'>Linz</p>", title="Potter - Upper Linz | Board")
    assert names(posting) == ["Upper Linz"]


def test_of_several_headings_the_one_that_the_documents_title_names_is_the_headline():
    html = page(
        f"<h2>2026 Master Potter</h2>{TEXT}<h2>How to apply</h2>", title="Kiln: Master Potter"
    )
    assert own(html).title == "2026 Master Potter"


def test_what_a_japanese_headline_says_of_its_page_is_no_part_of_the_title():
    html = page(f"<h1>陶工の求人詳細情報</h1>{TEXT}", title="陶工の求人詳細情報")
    assert own(html).title == "陶工"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_labels_and_titles_of_any_text_are_read_without_an_error(label, title):
    root = dom.tree(
        f"<title>{title}</title><dl><dt>{label}</dt><dd>Linz</dd></dl><p>{label}: x</p>"
    )
    assert set(labelled.read(root)) <= {
        "organization",
        "place",
        "employment",
        "mode",
        "date",
        "updated",
    }
    assert len(titled.read(root, "Potter", label)) == 2


# Cards and marks


def test_the_facts_of_a_card_go_by_their_names_and_their_shapes():
    html = (
        "<div><h3 class='job-title'>Glazer</h3><div class='employer'>Tilery</div><div class='city'>Linz</div>"
        "<div>€14 - €16 per hour</div><p class='badge'>Night shift</p><p>3 days ago</p></div>"
    )
    facts = card.facts(dom.tree(html))
    assert (facts.title, facts.organization, facts.place) == ("Glazer", "Tilery", "Linz")
    assert (facts.pay, facts.date, facts.tags) == (
        "€14 - €16 per hour",
        "3 days ago",
        ("Night shift",),
    )


def test_a_tag_that_is_pay_is_the_cards_pay_and_no_tag():
    html = "<div><h3>Glazer</h3><span class='tag'>€14 - €16 per hour</span> <span class='tag'>Nights</span></div>"
    snippet = card.snippet(dom.tree(html), url=URL, now=NOW)
    assert (amounts(snippet.salary), snippet.tags) == ((14, 16, "EUR", "hour"), ("Nights",))
    assert snippet.body == ""


def test_a_card_without_a_title_is_no_snippet():
    assert card.snippet(dom.tree("<div><p>$14 an hour</p></div>"), url=URL, now=NOW) is None


def test_a_link_that_stays_on_the_page_is_none():
    node = dom.tree("<div><h3><a href='#save'>Glazer</a></h3><p>Steady hands</p></div>")
    assert card.snippet(node, url=URL, now=NOW).url is None


def test_what_others_earn_is_no_line_of_pay():
    lines = [
        "Average salary",
        "$41,000 per year",
        "Market: €30 - €40 per hour",
        "Pay",
        "$20 an hour",
    ]
    assert card.pay_lines(lines) == ["$20 an hour"]
    assert card.labelled_pay(["Salary", "$20 an hour"]) == "$20 an hour"
    assert card.labelled_pay(["Salary", "$20 an hour", "Salary", "$30 an hour"]) == ""
    assert card.labelled_pay(["Lunch", "$20 an hour"]) == ""


def test_the_resellers_mark_is_taken_off_and_names_the_employer():
    posting = own(page(f"<h1>Potter</h1>{TEXT}<p>#K-20417-Zyxwvut Kiln &amp; Sons</p>"))
    assert posting.organization == "Kiln & Sons"
    assert posting.body.endswith("porcelain weighs.")


def test_what_is_not_the_postings_is_taken_out_of_the_tree():
    root = dom.tree(page(HEAD + TEXT, SIMILAR))
    assert [dom.words(node)[:9] for node in fence.divide(root)] == [
        f"Glazer {n}" for n in range(30, 34)
    ]
    assert "Glazer" not in dom.words(root)
    assert "Home" not in dom.words(root)


# Hostile markup


@pytest.mark.slow
@pytest.mark.parametrize(
    "html",
    [
        "",
        " ",
        "<",
        "\0",
        "<html>",
        "<!-- only a comment -->",
        "plain words",
        "<h1>Potter",
        "<h1><h1><h2>Similar jobs<h2>Similar jobs",
        "<div>" * 1_000 + "Potter",
        "<div>" * 1_000 + "Potter" + "</div>" * 1_000,
        "<h1>Potter</h1>" + "<div><h2>Similar jobs</h2>" * 300,
        "</div>" * 1000 + "<p>x",
        "<frameset><frame src=x></frameset>",
        "<h1>Potter</h1><table><td><a href='http://['>x</a>" + TEXT,
        "<ul>" + "<li class=job><a href=x>" * 400,
        "<h2>Similar jobs</h2>" + "<a href=x>y</a>" * 500,
    ],
    ids=lambda html: html[:24],
)
def test_hostile_markup_gives_something_or_nothing(html):
    postings, snippets = read(html)
    assert len(postings) <= 1
    assert all(snippet.title for snippet in snippets)


def test_a_page_nested_too_deeply_is_refused_in_words():
    with pytest.raises(ValueError, match="nested too deeply"):
        read("<div>" * 10_000 + "Potter" + "</div>" * 10_000)


PARTS = st.sampled_from(
    ["<h1>Potter</h1>", "<h2>Similar jobs</h2>", "<h2>Glazer</h2>", TEXT, PAY, "<div class=job>", "</div>", "<ul>",
     "<a href='/v/1'>Glazer</a>", "<p>$20 an hour</p>", "<li>", "</ul>", "<form>", "</h1>", "<", "&", "<!--",
     "<span hidden>", stated()],
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(PARTS, max_size=14).map("".join) | st.text(max_size=60))
def test_no_page_raises(html):
    postings, snippets = read(html)
    assert len(postings) <= 1
    assert all(snippet.title for snippet in snippets)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 8), st.booleans(), st.integers(10, 90))
def test_the_postings_pay_does_not_depend_on_the_others(count, after, wage):
    rest = f"<section><h2>Similar jobs</h2>{others(count, wage=f'${wage},000 a year')}</section>"
    posting = own(page(HEAD + TEXT + PAY + rest) if after else page(rest + HEAD + TEXT + PAY))
    assert amounts(posting.salary) == (2900, 3100, None, "month")


@pytest.mark.slow
@pytest.mark.parametrize(
    "part",
    [
        others(1),
        "<p>You throw bowls and plates on a kick wheel.</p>",
        "<div>" * 200 + "clay " + "</div>" * 200,
        "<h2>Similar jobs</h2><p>x y z</p>",
        "<span>$1,000 </span>",
    ],
    ids=lambda part: part[:16],
)
def test_a_page_of_a_megabyte_costs_what_its_length_costs(part):
    begun = time.process_time()
    read(page(HEAD + TEXT, part * (1_000_000 // len(part))))
    assert time.process_time() - begun < 15


LISTED = """<div class=card data-entity-urn="urn:ad:posting:77001"><h3 class=title>
<a href="/ads/glazer-77001?from=list&pos=1">Glazer</a></h3><h4 class=subtitle>Marram Optics</h4>
<time datetime="2026-11-20">4 days ago</time></div>"""


def test_a_card_has_the_site_s_own_id_its_day_and_a_link_without_where_one_came_from():
    found = card.snippet(dom.tree(LISTED), url="https://gazette.example/", now=NOW)
    assert (found.id, found.url) == ("77001", "https://gazette.example/ads/glazer-77001")
    assert (found.organization, found.date_posted) == ("Marram Optics", "2026-11-20")
    assert found.date_posted_raw == "4 days ago"


@pytest.mark.parametrize("label", ["id=ember1042", "id=card", "data-reference-id=x81", ""])
def test_a_card_s_number_that_is_none_of_its_vacancy_is_no_id(label):
    node = dom.tree(f"<div class=card {label}><h3><a href=/a>Glazer</a></h3></div>")
    assert card.snippet(node, url=URL, now=NOW).id is None


def test_a_vacancy_that_a_list_shows_again_is_one():
    again = LISTED.replace("4 days ago", "promoted").replace("h3", "h2")
    other = LISTED.replace("77001", "77002").replace("Glazer", "Cutter")
    found = read(f"<html><body><main>{LISTED}{other}{again}</main></body></html>")[1]
    assert [snippet.id for snippet in found] == ["77001", "77002"]
