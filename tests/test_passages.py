import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import passages
from monitor.passages import LONGEST, body_change, brought, edit, likeness, same_words

BODY = """About the workshop
Grind lenses for lighthouses. You know your way around a lathe.
- 40 hours a week
- A master's degree or equal practice
We cannot sponsor visas.
Apply by 3 May."""

words = st.sampled_from(["lens", "grind", "40", "visa", "tide", "C++", "§", "- ", ".", "\n", "é"])
bodies = st.lists(words, max_size=40).map(" ".join)


def shown(before, after):
    change = body_change(before, after)
    return [] if change is None else change.after


@pytest.mark.parametrize(
    "after",
    [
        BODY.replace("master's", "master\u2019s").replace("- ", "\u2022 "),
        BODY.replace(" ", "\u00a0").replace("\n", "\n\n "),
        BODY.upper(),
        BODY.replace(".", "!").replace("week", "week;"),
        f"{BODY}\n{BODY}",
        "\n".join(reversed(BODY.splitlines())),
        BODY.replace("lighthouses", "light\u200bhouses"),
    ],
    ids=["typography", "white space", "case", "punctuation", "repetition", "order", "zero width"],
)
def test_what_a_reader_does_not_see_is_nothing(after):
    assert body_change(BODY, after) is None
    assert body_change(after, BODY) is None


def test_a_reworded_passage_is_shown_on_both_sides():
    change = body_change(BODY, BODY.replace("40 hours", "36 hours"))
    assert (change.field, change.before, change.weight, change.fact, change.note) == (
        "body",
        None,
        "minor",
        "reworded",
        "1 reworded",
    )
    assert change.after == [
        {
            "kind": "reworded",
            "before": "40 hours a week",
            "after": "36 hours a week",
            "significant": True,
        }
    ]
    json.dumps(change.after)


def test_passages_that_matter_come_first():
    after = BODY.replace("Grind lenses", "Polish fine lenses").replace("3 May", "9 June")
    found = shown(BODY, after)
    assert [passage["significant"] for passage in found] == [True, False]
    assert found[0]["after"] == "Apply by 9 June."


def test_added_and_removed_passages_are_named():
    after = BODY.replace("We cannot sponsor visas.", "Bring a coat, the tower is draughty.")
    kinds = {passage["kind"]: passage for passage in shown(BODY, after)}
    assert kinds["removed"]["before"] == "We cannot sponsor visas."
    assert kinds["added"]["after"] == "Bring a coat, the tower is draughty."
    assert kinds["removed"]["significant"]
    assert not kinds["added"]["significant"]


def test_a_turned_meaning_matters_where_the_passage_does():
    assert shown(BODY, BODY.replace("cannot", "can"))[0]["significant"]
    assert not shown(BODY, BODY.replace("You know", "You may know"))[0]["significant"]


@pytest.mark.parametrize(("before", "after"), [("C++", "C#"), ("\u20ac900", "$900"), ("5%", "5")])
def test_a_sign_that_carries_meaning_is_no_punctuation(before, after):
    assert not same_words(before, after)


def test_a_text_that_shares_too_little_is_called_replaced():
    change = body_change(BODY, "Cook for forty keepers.\nThe kitchen is small and the sea loud.")
    assert (change.fact, change.after) == ("text replaced", [])


def test_a_text_that_appears_or_vanishes_is_called_so():
    assert body_change("", BODY).fact == "appeared"
    assert body_change(BODY, " \n").fact == "vanished"


def test_long_passages_are_elided_around_the_difference():
    long = " ".join(f"word{i}" for i in range(400))
    found = shown(f"{long} pays 10 a day", f"{long} pays 12 a day")[0]
    assert found["before"].startswith("\u2026 ")
    assert found["before"].endswith("pays 10 a day")
    assert max(len(found["before"]), len(found["after"])) <= LONGEST


def test_two_distant_differences_keep_their_surroundings():
    middle = " ".join(f"step{i}" for i in range(60))
    found = shown(f"First grind {middle} then ship", f"First polish {middle} then sail")[0]
    assert found["after"] == (
        "First polish step0 step1 step2 step3 step4 step5 \u2026 "
        "step55 step56 step57 step58 step59 then sail"
    )


def test_sentences_that_run_into_one_another_are_cosmetic():
    joined = BODY.replace("lathe.\n- 40", "lathe.*40")
    change = body_change(BODY.replace("- 40", "*40"), joined)
    assert (change.weight, change.fact, change.after) == ("cosmetic", "spacing", [])


def test_reseller_marks_alone_are_cosmetic():
    change = body_change(BODY, f"{BODY}\n#LI-XY1")
    assert (change.weight, change.fact) == ("cosmetic", "marks")
    assert [passage["after"] for passage in change.after] == ["#LI-XY1"]
    assert body_change(f"#J-99999-Ljbffr\n{BODY}", f"{BODY} #J-99999-Ljbffr") is None


def test_marks_beside_a_real_difference_are_not_shown():
    found = shown(BODY, f"{BODY.replace('40', '38')}\n#LI-Remote")
    assert [passage["after"] for passage in found] == ["38 hours a week"]


def test_the_same_new_text_is_the_same_edit_whatever_it_replaced():
    new = "Tidewater makes light go far."
    first = edit(f"We make lamps.\n{BODY}", f"{new}\n{BODY}")
    second = edit("Lamps since 1911.\nCooks wanted.", f"{new}\nCooks wanted.")
    assert first == second == ["tidewater makes light go far"]
    assert edit(f"{new}\n{BODY}", BODY) == first


SENTENCES = ("We bake.", "we  bake", "Bring salt.", "We bake. Bring salt.", "- Flour!", "Bake we.")


@given(*[st.lists(st.sampled_from(SENTENCES), max_size=6)] * 2)
def test_an_edit_is_what_one_text_has_and_the_other_has_not(old, new):
    words = {"We bake.": ["we bake"], "we  bake": ["we bake"], "Bring salt.": ["bring salt"]}
    words |= {"We bake. Bring salt.": ["we bake", "bring salt"], "- Flour!": ["flour"]}
    words |= {"Bake we.": ["bake we"]}
    before, after = ({word for line in side for word in words[line]} for side in (old, new))
    expected = sorted(after - before) or sorted(before - after)
    assert edit("\n".join(old), "\n".join(new)) == expected


@given(bodies)
def test_a_text_compared_with_itself_says_nothing(body):
    assert body_change(body, body) is None


@given(bodies, st.randoms(use_true_random=False))
def test_reordering_lines_says_nothing(body, random):
    lines = [f"{line}." for line in body.splitlines()]
    other = random.sample(lines, len(lines))
    assert body_change("\n".join(lines), "\n".join(other)) is None


@given(bodies, bodies)
def test_a_change_is_seen_from_both_sides(before, after):
    there, back = body_change(before, after), body_change(after, before)
    assert (there is None) == (back is None)
    if there is not None and there.fact == "reworded":
        assert there.after
        texts = [passage[side] or "" for passage in there.after for side in ("before", "after")]
        assert max(map(len, texts)) <= LONGEST


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_two_texts_can_be_compared(before, after):
    body_change(before, after)


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_likeness_is_the_longest_common_subsequence(before, after):
    rows = [[0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i, a in enumerate(before):
        for j, b in enumerate(after):
            rows[i + 1][j + 1] = rows[i][j] + 1 if a == b else max(rows[i][j + 1], rows[i + 1][j])
    total = len(before) + len(after)
    assert likeness(before, after) == (2 * rows[-1][-1] / total if total else 1.0)


def test_hundreds_of_passages_are_aligned_quickly():
    old = [f"Passage {i} tells of lamp {i * 7} and of tide {i * 3} at noon." for i in range(400)]
    new = [line.replace("noon", "dusk") for line in reversed(old)]
    began = time.process_time()
    found = shown("\n".join(old), "\n".join(new))
    assert time.process_time() - began < 5
    assert {passage["kind"] for passage in found} == {"reworded"}


@given(st.text() | st.text(st.characters(max_codepoint=127)))
def test_words_are_the_tokens_that_are_no_signs(written):
    assert passages.words(written) == [one for one in passages.tokens(written) if one.isalnum()]


LINES = st.sampled_from(
    [
        "Grind lenses.",
        "- Grind LENSES!",
        "40 hours #LI-AB1. We pay \u00a314.",
        "#",
        "LI-AB1 \u2013 caf\u00e9",
        "We pay \u00a3 14",
        "Tides rise. Grind lenses. Tides fall.",
        "Tides fall",
        "\u6f6e\u3002\u706b\u3002",
        "",
    ]
)


@given(*[st.lists(LINES, max_size=6).map("\n".join)] * 2)
def test_the_words_that_an_edit_brought_are_known_before_its_passages(before, after):
    may, must = brought(before, after)
    given = {word for passage in edit(before, after) for word in passages.words(passage)}
    assert must <= given <= may


def test_what_is_in_neither_text_is_in_no_edit():
    assert brought("Grind lenses.\nBy day.", "By day.\nGrind mirrors.") == (
        {"grind", "mirrors"},
        {"mirrors"},
    )
    assert brought("Grind lenses.\nBy day.", "By day.") == ({"grind", "lenses"}, set())
