"""Text as a reader sees it, whatever markup it was served in."""

import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crawler.fields.text import UNSEEN, clean, fold, from_html, passages, unescape_html


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ("Throw &amp; glaze", "Throw & glaze"),
        ("caf&eacute;&nbsp;&#8211;&#x20AC;", "café –€"),
        ("&copy no semicolon", "© no semicolon"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<p>a</p>\n\n<p>b <b>bo</b>ld</p>", "a\nb bold"),
        ("<p>a<p>b<div>c</div>d", "a\nb\nc\nd"),
        ("<div>a<div>b</div>c</div>", "a\nb\nc"),
        ("one\n   two\tthree", "one two three"),
        ("<pre>one\n  two</pre>", "one\ntwo"),
        ("<ul><li>a<li>b</ul>c", "- a\n- b\nc"),
        ("<ul><li><p>a</p></li><li><span>b</span></li></ul>", "- a\n- b"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n- b\n- c"),
        ("<ol><li>a</li></ol>", "- a"),
        ("<ul><li></li><li> </li></ul>x", "x"),
        (
            "<table><tr><th>Pay</th><td>$9</td></tr><tr><td>Town</td><td>Graz</td></table>",
            "Pay $9\nTown Graz",
        ),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"),
        ("<dl><dt>Pay<dd>$9<dt>Town<dd>Graz</dl>", "Pay\n$9\nTown\nGraz"),
        ("<h1>A</h1><section>b</section>", "A\nb"),
        ("a < b and c > d", "a < b and c > d"),
        ("5<6", "5<6"),
        ("C<sup>2</sup>H<wbr>ello", "C2Hello"),
        ('<a href="x>y">link</a>', "link"),
        ("", ""),
    ],
)
def test_a_reader_sees_lines(html, seen):
    assert from_html(html) == seen


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>if (a < b) alert('$90,000')</script>",
        "<script>'</scrip' + 't>'</script>",
        "<style>p { color: red }</style>",
        "<!-- $90,000 --><!-- > -->",
        "<template><p>x</p></template>",
        "<noscript>Enable it</noscript>",
        "<title>Title</title>",
        "<textarea>typed</textarea>",
        "<select><option>$30,000+</option></select>",
        "<svg><text>drawn</text></svg>",
        "<p hidden>x</p>",
        "<p aria-hidden='true'>x</p>",
        "<div style='color:red; DISPLAY : none'><p>x</p>y</div>",
        "<span style='display&#58;none'>x</span>",
        "<span style=visibility:hidden>x</span>",
        "<!doctype html>",
        "<?xml version='1.0'?>",
    ],
)
def test_what_a_browser_does_not_show_is_no_text(unseen):
    assert from_html(f"<p>before</p>{unseen}<p>after</p>") == "before\nafter"


def test_a_page_hidden_by_its_own_script_until_it_runs_is_still_read():
    assert from_html("<html style='visibility:hidden'><body hidden><p>a</p></body></html>") == "a"


@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_description_escaped_as_text_reads_the_same(times):
    html = "<p>Wedge &amp; throw.</p><ul><li>Tea &lt; coffee</li></ul>"
    for _ in range(times):
        html = html.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert from_html(html) == "Wedge & throw.\n- Tea < coffee"


def test_escaped_code_is_not_taken_for_markup():
    assert unescape_html("Use List&lt;String&gt; &amp; maps") == "Use List&lt;String&gt; &amp; maps"
    assert from_html("Use List&lt;String&gt; &amp; maps") == "Use List<String> & maps"


def test_a_reference_with_thousands_of_digits_is_no_character():
    assert from_html("a&#" + "9" * 5000 + ";b") == "a\ufffdb"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("  a \t b\u00a0\u2003c\n", "a b c"),
        ("Pot\u00adter", "Potter"),
        ("Pot\u200bter\ufeff", "Potter"),
        ("\u202eretsaM\u202c Glazer", "retsaM Glazer"),
        ("\u2066a\u2069\u200f", "a"),
        ("a\x00b\x1bc", "abc"),
        ("a\U000e0041b", "ab"),
        ("80\u200d–\u200d90", "80–90"),
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),  # shapes the letters of Hindi
        ("\U0001f469\u200d\U0001f527", "\U0001f469\u200d\U0001f527"),  # one emoji of two
        ("\ud800x", "x"),
    ],
)
def test_clean_text_holds_nothing_that_cannot_be_seen(text, seen):
    assert clean(text) == seen


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Full‑time", "full-time"),
        ("2020–2021", "2020-2021"),
        ("the “kiln” team’s", 'the "kiln" team\'s'),
        ("ﬁring", "firing"),
        ("ＡＢＣ", "abc"),
        ("Straße", "STRASSE"),
        ("a\u00a0 b", "a b"),
        ("Pot\u200bter", "potter"),
        ("cafe\u0301", "café"),
    ],
)
def test_typography_case_and_spacing_do_not_count_in_comparing(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("C", "C++"), ("a b", "ab"), ("$10", "$100"), ("é", "e")]
)
def test_what_a_reader_can_tell_apart_stays_apart(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("body", "blocks"),
    [
        ("We throw. We fire! Do you? Yes", ["We throw.", "We fire!", "Do you?", "Yes"]),
        ("- Wedge clay\n• Fire pots\n\nRest", ["Wedge clay", "Fire pots", "Rest"]),
        ("Clay • Glaze • Kiln", ["Clay", "Glaze", "Kiln"]),
        ("Tools, e.g. Wheels. Next", ["Tools, e.g. Wheels.", "Next"]),
        ("In the U.S. Only here", ["In the U.S. Only here"]),
        ("Know C++. And C#. Or not", ["Know C++. And C#. Or not"]),
        ("Pays 12.5 an hour. Good", ["Pays 12.5 an hour.", "Good"]),
        ('He said "stop." Then left', ['He said "stop."', "Then left"]),
        ("土を練る。焼く。", ["土を練る。", "焼く。"]),
        ("", []),
        ("\n \n", []),
    ],
)
def test_a_body_falls_into_its_sentences_and_items(body, blocks):
    assert passages(body) == blocks


# Laws

TAGS = "<p> </p> <li> <ul> </ul> <div\nhidden> </div> <b > < & &lt; &amp; <!-- --> <script> </script> <td>"
MORE = "<table> <pre> <br/> </ <style> &#0; &#x110000; a B. é \" ' ="
MARKUP = st.sampled_from(
    [*TAGS.split(" "), *MORE.split(" "), " ", "\n", "\0", "\u202e", "\u200d", "\ud83d"]
)


@settings(max_examples=250, deadline=None)
@given(st.lists(MARKUP, max_size=30).map("".join) | st.text(max_size=80))
def test_no_markup_raises_and_lines_are_clean(html):
    seen = from_html(html)
    assert all(line and clean(line) == line for line in seen.split("\n") if seen)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_cleaning_and_folding_twice_is_cleaning_and_folding_once(text):
    assert clean(clean(text)) == clean(text)
    assert fold(fold(text)) == fold(text)
    assert fold(clean(text)) == fold(text)


def slowly_folded(text):
    marks = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
    marks |= dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4`", "'")
    marks |= dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"')
    plain = UNSEEN.sub("", text).translate(str.maketrans(marks))
    plain = unicodedata.normalize("NFKC", plain).casefold()
    plain = unicodedata.normalize("NFKC", plain).translate(str.maketrans(marks))
    return " ".join(UNSEEN.sub("", plain).split())


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=60)
    | st.text(
        "aZ `\n\t\u00a0\u00b4\u180b\u200b\u2028\u2019\u3000\ufb01\uff40\U000e0100\x07\x1f"
        "\u0130\u0149\u00df\u0301\u0345\u00a8\u1161\uac00\ud83d",
        max_size=12,
    )
)
@example("a\U000e01efb")
@example("\u0301")
@example("e\u0301\u0149")
@example("\U000e01ef\u0130")
def test_the_short_cuts_of_folding_change_no_text(text):
    among_ascii = f" The Kiln Keeper`s tools\t{text[:4]}and what each of them is for: {text[:4]} "
    assert fold(text) == slowly_folded(text)
    assert fold(among_ascii) == slowly_folded(among_ascii)


@given(st.text(max_size=80))
def test_passages_lose_nothing_but_bullets_and_white_space(body):
    def kept(text):
        return [c for c in text if c.isalnum()]

    assert kept("".join(passages(body))) == kept(body)


@pytest.mark.slow
@pytest.mark.parametrize(
    "html",
    [
        "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</p>",
        "<div>" * 100_000 + "x",
        "<li>" * 100_000 + "x",
        "<p>" * 100_000 + "x",
        "<b hidden>" * 100_000,
        "</div>" * 100_000,
        "<" * 100_000,
        "<a " * 100_000,
        '<p a="' * 50_000,
        "<!--" * 100_000,
        "<script>" * 50_000,
        "&" * 500_000,
        "&amp;" * 100_000,
        " " * 1_000_000,
    ],
    ids=lambda html: html[:12],
)
def test_hostile_markup_costs_what_its_length_costs(html):
    begun = time.process_time()
    from_html(html)
    assert time.process_time() - begun < 10  # a tree takes half a minute for some
