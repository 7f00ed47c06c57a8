import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.pages.closings import closed

DUTIES = (
    "<p>You keep the tide mill turning, mend its gates and teach visitors how flour is made. "
    "The mill stands in a bay and is open every day of the year.</p>" * 6
)
WORDINGS = [
    "This job is no longer available.",
    "This position has been filled",
    "Sorry, this vacancy has now closed!",
    "No longer accepting applications",
    "We are no longer accepting new applications for this role",
    "This job posting is no longer active.",
    "The job you are looking for is no longer open.",
    "The page you are looking for doesn\u2019t exist.",
    "Applications for this position are closed",
    "Job expired",
    "Diese Stelle ist leider nicht mehr verfügbar.",
    "Die Stelle ist bereits besetzt",
    "Die Bewerbungsfrist ist abgelaufen.",
    "Cette offre n'est plus disponible",
    "L’offre d’emploi a expiré.",
    "Ce poste est pourvu",
    "Esta oferta ya no está disponible",
    "La oferta de empleo ha caducado",
    "Deze vacature is gesloten",
    "Deze vacature is niet meer beschikbaar",
    "Questa offerta di lavoro non è più disponibile",
    "Esta vaga foi encerrada",
    "Ta oferta pracy wygasła",
    "Nabídka již není aktuální",
    "Stillingen er besat",
    "Tjänsten är tillsatt",
    "この求人は募集を終了しました",
    "该职位已关闭",
]


def page(notice, body=DUTIES):
    return f"""<html><body><header><h1>Tide Miller</h1></header>{notice}
        <section class="job-description"><h2>The work</h2>{body}</section></body></html>"""


@pytest.mark.parametrize("words", WORDINGS)
@pytest.mark.parametrize("tag", ["h2", 'div class="alert alert-warning"', "p", "figcaption"])
def test_a_notice_beside_the_posting_closes_it(words, tag):
    assert closed(page(f"<{tag}>{words}</{tag.split()[0]}>")) == words


@pytest.mark.parametrize("words", WORDINGS)
def test_a_page_that_says_only_this_closes_its_posting(words):
    assert closed(f"<html><title>Tide Mill</title><body><p>{words}</p></body></html>") == words


@pytest.mark.parametrize("words", WORDINGS)
def test_the_same_words_in_a_description_say_nothing(words):
    assert closed(page("", f"{DUTIES}<p>{words}</p>")) is None


@pytest.mark.parametrize("words", WORDINGS)
def test_the_same_words_in_the_stated_description_say_nothing_wherever_they_are_shown(words):
    stated = json.dumps({"@type": "JobPosting", "title": "x", "description": f"<p>{words}</p>"})
    script = f'<script type="application/ld+json">{stated}</script>'
    assert closed(f"<body>{script}<main><h1>Tide Miller</h1><p>{words}</p></main></body>") is None


@pytest.mark.parametrize("words", WORDINGS)
@pytest.mark.parametrize(
    "where",
    [
        '<ul class="similar-jobs"><li>{}</li></ul>',
        "<footer><p>{}</p></footer>",
        '<div class="cookie-consent">{}</div>',
        '<div style="display: none">{}</div>',
        "<div hidden>{}</div>",
        "<template><p>{}</p></template>",
        "<script>var texts = ['{}'];</script>",
        "<dialog>{}</dialog>",
        '<div class="faq"><p>{}</p></div>',
    ],
)
def test_the_words_elsewhere_on_the_page_say_nothing(words, where):
    assert closed(page(where.format(words))) is None


@pytest.mark.parametrize(
    "words",
    [
        "Applications close on 12 December.",
        "Open until filled",
        "This position is available immediately",
        "The role will be filled as soon as the right person applies.",
        "Your job: keep the position of every gate filled in.",
        "We work with closed loops; this opportunity is open.",
        "Diese Stelle ist ab sofort zu besetzen",
        "Nicht mehr lange: Bewerbungsfrist endet bald",
        "Cette offre est disponible",
        "Esta vacante está abierta",
        "Experience with expired job postings is welcome",
        "If the position has been filled we will tell you at once.",
        "Applications are read as they come until the position is filled.",
        "Once this vacancy has been closed, everybody gets a letter.",
        "We are no longer accepting applications by post.",
        "Si cette offre n'est plus disponible, écrivez-nous.",
        "This position has been filled" + " with care" * 30,
    ],
)
def test_an_open_posting_s_words_do_not_close_it(words):
    assert closed(page(f"<p>{words}</p>")) is None


@pytest.mark.parametrize(
    "html", ["", " ", "<html></html>", "not html", "\x00", "<h1>Tide Miller</h1>" + DUTIES]
)
def test_pages_without_a_word_of_it_are_not_closed(html):
    assert closed(html) is None


def test_the_mark_survives_inner_markup_and_odd_spacing():
    notice = "<h2>This <b>position</b>\n has&nbsp;been <i>filled</i></h2>"
    assert closed(page(notice)) == "This position has been filled"


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(WORDINGS), st.text("<>/ abp\"'=", max_size=12), st.integers(0, 700))
def test_broken_markup_never_raises(words, noise, place):
    html = page(f"<p>{words}</p>")
    closed(html[:place] + noise + html[place:])
