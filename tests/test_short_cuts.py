"""What is passed over to spare time would have said nothing: the short way gives what the long did."""

import pickle
import re
import sys
from datetime import UTC, datetime
from hashlib import blake2b

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.fields import degrees, markup, money, text
from crawler.items import Crawl, Link, Page, Place, Posting, Salary, Source
from crawler.pages import closings, dom, hints, prose
from monitor import shingles
from monitor.passages import words

PIECES = (
    "you", "will", "build", "kilns", "pay", "euro", "euros", "kronor", "per", "p.a.", "pa.", "kr",
    "https://example.com/a", "co-op", "$", "70,000", "90k", "to", "-", ",", ".", "\n", "hourApply",
    "USD", "12EUR", "d\u00eda", "a_b", "mid", "Year", "it's", "and/or", "\u6708\u7d66", "tkr", "(", ")",
)  # fmt: skip
LINES = st.lists(st.sampled_from(PIECES), max_size=14)
LEARNED = (
    "Bachelor's degree", "BS/MS", "BSc", "B. Eng", "B.Eng", "MEng", "M.Phil", "MBA", "Ph. D", "PhD",
    "phd", "a four-year degree", "4 year degree in", "Undergraduate degree", "masters in", "diplom",
    "Dr. rer", "or Dr.", "bac +5", "doctorate", "MAESTR\u00cdA", "ma\u017fter's degree",
    "D\u0131plomab", "master data", "kilns", "or", ",", "\n", " - ", "preferred", "not required",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("wording", closings._WORDINGS.split("\n")[1:-1])
def test_whatever_says_that_a_posting_is_closed_holds_a_hint(wording):
    @settings(max_examples=10)
    @given(st.from_regex(wording, fullmatch=True))
    def holds(notice):
        assert closings._hinted([notice]) == [notice]
        assert hints.possible(f"<p>{notice}</p>")

    holds()


def test_a_line_without_a_hint_is_no_notice():
    assert closings._hinted(["Apply by Friday", "Kiln setter"]) == []


BETWEEN = (
    "<b>", "</b>", "</div>", "<body>", "<br hidden>", "<span hidden>x</span>", "<svg>a</svg>", "<i/>",
    "<!-- a -->", "<!---->", "<!-->", "<![CDATA[", "]]>", "<?a?>", "<!a>", "</>", "</ a>", "</\u00e9>",
    "<b title='>'>", "<@>", "<3>", "<", ">", "&shy;", "&shy", "&nbsp;", "&nbsp", "&#32", "&#x200b;",
    "\u200b", "\xad", "\0", "\x0b", "\x1c", "\x7f", "\u0301", "\ufe0f", "\r\n", "  ", "&", "&amp;", "/",
    "&#153;", "&#1;", "&#0;", "&#x81;", "&#xfdd0;", "&#xd800;", "&#99999999999;", "&zwj;", "&Tab;",
    "<script>a</script>", "<style>", "</style>", "<xmp>", "<textarea>", "<template>a</template>",
)  # fmt: skip
NOTICES = (
    "This job is closed", "The role is not available", "This job doesn\u2019t exist", "Vaga fechada",
    "Cette offre a expir\u00e9", "L'offre n\u2019est plus active", "offerta \u00e8 chiusa",
    "annonsen \u00e4r st\u00e4ngd", "stillingen er besatt", "vacature is niet meer online",
    "ogłoszenie nie jest już dostępne", "\u804c\u4f4d\u5df2\u5173\u95ed", "JOB \uff26\uff29\uff2c\uff2c\uff25\uff24",
    "Dit job filled", "this ad has been taken down", "the post cannot be found", "Job ex\ufb01lled",
)  # fmt: skip
WRITTEN = ("{}", "{}", "{}", "&#{0:d};", "&#x{0:X};", "&#{0:d}")


@st.composite
def torn_notices(draw):
    letters = list(draw(st.sampled_from(NOTICES)))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(letters) - 1))
        if draw(st.booleans()):
            letters.insert(place, draw(st.sampled_from(BETWEEN)))
        elif len(letters[place]) == 1:
            written = draw(st.sampled_from(WRITTEN))
            letters[place] = (
                written.format(ord(letters[place])) if "#" in written else letters[place]
            )
    before, after = draw(st.sampled_from([("", ""), ("<p>", "</p>"), ("<html><body><h1>", "")]))
    return before + "".join(letters) + after


@settings(max_examples=150)
@given(torn_notices())
def test_a_notice_is_seen_in_the_source_however_it_is_torn(html):
    told = any(map(closings._notice, dom.lines(dom.tree(html))))
    assert hints.possible(html) or not told


@pytest.mark.parametrize(
    "html",
    [
        "<p>This job is <i>c</i>losed",
        "<p>This job is clo<span hidden>x</span>sed",
        "<p>This job is clos&#101;d",
        "<p>This job is&nbspclosed",
        "<p>This job is clo&#153;sed",
        "<p>This job is not <!-- a --> available",
        "<p>L\u2019offre est expire<b>\u0301</b>e",
    ],
)
def test_a_torn_notice_is_worth_a_tree(html):
    assert hints.possible(html)


def test_a_page_that_cannot_say_it_is_closed_needs_no_tree(monkeypatch):
    monkeypatch.setattr(dom, "tree", lambda _: pytest.fail("a tree was built"))
    page = (
        "<title>Kiln setter \u2013 Ofen</title><script>a && b.closed('inactive')</script>"
        "<a href='/all?page=2&lang=de'>Back</a><p class='closed'>You&rsquo;ll fire <b>kilns</b>."
    )
    assert closings.closed(page) is None


@given(
    st.text(
        st.sampled_from([chr(n) for n in range(0x20000) if not hints._UNCERTAIN.search(chr(n))])
    )
)
def test_what_needs_no_tree_is_folded_letter_by_letter(written):
    whole = text.fold(written).replace(" ", "")
    assert whole == "".join(text.fold(letter) for letter in written).replace(" ", "")


@given(LINES, st.sampled_from(["", " ", "  "]))
def test_words_of_running_text_are_the_tokens_they_were(pieces, gap):
    written = gap.join(pieces).translate(money.FOLDED)
    quick = money.tokens(written, 0, len(written))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(money, "RUNNING", re.compile(r"(?!)"))
        assert quick == money.tokens(written, 0, len(written))


def test_a_currency_in_small_letters_is_one_in_running_text():
    found = money.tokens("five euros, per day", 0, 19)
    assert [(token.kind, token.word, token.start) for token in found] == [
        ("word", "five", 0),
        ("currency", "EUR", 5),
        ("mark", ",", 10),
        ("word", "per", 12),
        ("word", "day", 16),
    ]


@given(st.lists(st.sampled_from(LEARNED), max_size=6), st.sampled_from(["", " "]))
def test_a_text_without_the_letters_of_a_degree_names_none(pieces, gap):
    written = gap.join(pieces)
    quick = degrees.read(written)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(degrees, "_may_name", lambda _: True)
        assert quick == degrees.read(written)


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_is_folded_and_cleaned_as_any_other_text(written):
    assert text.fold(written + " \u00e9") == f"{text.fold(written)} \u00e9".strip()
    assert text.clean(written + " \u00e9") == f"{text.clean(written)} \u00e9".strip()
    assert text.visible(written) == text.UNSEEN.sub("", written)


@given(st.text(st.characters(codec="utf-8")), st.sampled_from(["", "  ", "\xa0", "\u2003"]))
def test_white_space_is_collapsed_as_split_and_join_do(written, gap):
    spread = gap.join(written)
    assert markup.collapsed(spread) == " ".join(spread.split())


def test_of_all_white_space_only_the_space_is_printable():
    blanks = [chr(n) for n in range(sys.maxunicode) if chr(n).isspace()]
    assert list(filter(str.isprintable, blanks)) == [" "]


TAGS = (
    "<p>", "</p>", "<b>", "</b>", "<li>", "<ul>", "</ul>", "<br>", "<pre>", "</pre>", "<td>", "<svg>",
    "</svg>", "<script>", "</script>", "<template>", "</template>", "kilns", " ", "\n", "a < b", "&lt;p>",
    "<!-- kilns -->", "<div hidden>", "</div>", "<select>", "</select>", ">", "<h2>Glaze</h2>",
)  # fmt: skip


@given(st.lists(st.sampled_from(TAGS), max_size=12))
def test_a_tag_without_attributes_is_read_as_one_with_some(pieces):
    dressed = [re.sub(r"^(<[a-z0-9]+|</[a-z]+)>", r"\1 class='x' >", piece) for piece in pieces]
    assert markup.lines("".join(pieces)) == markup.lines("".join(dressed))


def test_offices_are_looked_for_where_the_word_stands():
    assert [place.name for place in prose.offices("Sit in our Graz or Linz offices.")] == [
        "Graz",
        "Linz",
    ]
    assert prose.offices("Sit in our Graz or Linz workshops.") == ()


@given(LINES)
def test_a_sketch_holds_the_hashes_of_phrases_of_five_words(pieces):
    spoken = words(" ".join(pieces))
    phrases = {" ".join(spoken[i : i + 5]).encode() for i in range(len(spoken) - 4)}
    hashes = sorted(blake2b(phrase, digest_size=6).hexdigest() for phrase in phrases)
    assert shingles.sketched(" ".join(pieces)) == (
        tuple(int(one, 16) for one in hashes),
        len(hashes),
    )


def test_a_sketch_is_the_one_that_stores_hold():
    assert shingles.sketched("Fire the kiln with care") == ((156792659462092,), 1)


def test_what_passes_between_processes_comes_out_as_it_went_in():
    place = Place("Bristol, UK", "Bristol", country="GB")
    pay = Salary(30_000, None, "GBP", "year", raw="from 30,000")
    posting = Posting("7", "Kiln keeper", places=(place,), salary=pay, body="Kilns.")
    now = datetime(2026, 11, 1, 6, tzinfo=UTC)
    page = Page(
        "https://clay.example/7", now, "ab", links=(Link("https://clay.example/8", "parse"),)
    )
    source = Source("clay", "careers_page", options={"pages": 3})
    crawl = Crawl(source, now, now, "complete", postings=(posting,), pages=(page,))
    assert pickle.loads(pickle.dumps(crawl)) == crawl
