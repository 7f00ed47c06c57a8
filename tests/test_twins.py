"""One opening at several sources: what a digest says of it, once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mail_samples import SEARCH, SINCE, UNTIL, changed, event, monthly, pending, posting

from crawler.items import Place
from monitor.digest import compose
from monitor.events import Known, Tie
from monitor.twins import families

AT_ACME = posting(1, id="a1", requisition_id="R-7", salary=monthly(10_000))
AT_GAZETTE = replace(
    AT_ACME, id="g1", requisition_id=None, url="https://gazette.example/g1", salary=monthly(9_000)
)
RAISED = replace(AT_ACME, salary=monthly(11_000))


def known(item=AT_ACME, source="acme", state="open", **fields):
    return Known(item, state, SINCE - timedelta(9), UNTIL, source=source, **fields)


def tie(new=AT_GAZETTE, old=AT_ACME, *, strong=True, states=("open", "open"), missing=None):
    """Tie a posting of the gazette to one of Acme."""
    one = known(new, "gazette", states[0])
    other = known(old, "acme", states[1], missing_since=missing)
    return Tie("twin", strong, "title 100% alike", one, other)


def told(*events, ties=None, **fields):
    fields = {"ties": (tie(),) if ties is None else ties, "secondhand": {"gazette"}} | fields
    return compose(fields.pop("search", SEARCH), pending(*events, **fields), now=UNTIL)


def only(digest):
    """Give the one card or line of a digest."""
    (part,) = digest.sections
    (one,) = (*part.cards, *part.lines)
    assert digest.total == part.count == 1
    return one


def gazette(kind, item=AT_GAZETTE, hours=1, **fields):
    return event(kind, item, hours, source="gazette", **fields)


# Which postings are one opening.


def test_twins_of_twins_are_one_opening():
    third = known(replace(AT_ACME, id="b1"), "borea")
    chain = (tie(), Tie("twin", True, "", third, tie().new))
    (family,) = set(families(chain).values())
    assert {one.source for one in family} == {"acme", "gazette", "borea"}


@pytest.mark.parametrize(
    "link",
    [
        tie(strong=False),
        tie(new=replace(AT_GAZETTE, requisition_id="R-8")),
        Tie("edition", True, "", known(), known(AT_GAZETTE, "gazette")),
        Tie("twin", True, "", known(), known(replace(AT_ACME, id="a2"))),
    ],
    ids=["weak", "two requisitions", "edition", "side by side"],
)
def test_what_may_be_another_opening_is_not_folded(link):
    assert families([link]) == {}


def test_two_requisitions_are_two_openings_even_where_an_advert_is_a_twin_of_both():
    second = known(replace(AT_ACME, id="c1", requisition_id="R-8"), "cobalt")
    both = (tie(), Tie("twin", True, "", tie().new, second))
    assert {one.source for one in families(both)["gazette", "g1"]} == {
        "acme",
        "gazette",
    }
    assert ("cobalt", "c1") not in families(both)


@pytest.mark.parametrize("closer", ["a1", "a2"])
def test_of_two_roles_alike_the_advert_is_of_the_one_it_is_most_like(closer):
    other = replace(AT_ACME, id="a2", requisition_id="R-8")
    links = [
        replace(tie(old=item), score=0.9 if item.id == closer else 0.8) for item in (AT_ACME, other)
    ]
    for order in (links, links[::-1]):
        found = families(order)
        assert {one.key for one in found["gazette", "g1"]} == {("acme", closer), ("gazette", "g1")}


# New.


def test_an_opening_that_two_sources_show_is_one_card_that_names_both():
    digest = told(event("opened", AT_ACME), gazette("opened"), gazette("twin", weight="material"))
    card = only(digest)
    assert (card.kind, card.source, card.url) == ("new", "acme", AT_ACME.url)
    assert [(one.words, one.url) for one in card.also] == [("Also at gazette", AT_GAZETTE.url)]
    assert card.told == ""
    assert digest.counts == {"new": 1}


def test_the_employer_wins_and_what_an_advert_says_otherwise_stands_below():
    advert = replace(
        AT_GAZETTE, places=(Place("Bern"),), remote="remote", valid_through="2026-12-24"
    )
    card = only(told(gazette("opened", advert), event("opened", AT_ACME), ties=(tie(new=advert),)))
    assert (card.pay, card.place, card.source) == ("$10,000 a month", "Zürich, Switzerland", "acme")
    (words,) = card.apart
    assert words.removeprefix("The advert at gazette says: ").split("; ") == [
        "Pay $9,000 a month",
        "Place Bern",
        "Remote remote",
        "Deadline 24 Dec 2026",
    ]


def test_what_an_advert_leaves_out_contradicts_nothing():
    advert = replace(AT_GAZETTE, salary=None, places=(), body="Call us.")
    card = only(told(event("opened", AT_ACME), ties=(tie(new=advert),)))
    assert card.apart == ()


def test_a_known_opening_that_another_source_shows_is_told_as_such():
    card = only(told(gazette("opened"), gazette("twin", hours=1)))
    assert (card.kind, card.source) == ("twin", "acme")
    assert card.told == "Now also listed at gazette"
    assert (card.pay, card.url) == ("$10,000 a month", AT_ACME.url)
    assert len(card.apart) == 1
    late = told(event("opened", AT_ACME), event("twin", AT_ACME))
    assert (only(late).kind, only(late).told) == ("twin", "Now also listed at acme")


def test_where_no_source_is_the_employer_s_the_first_one_speaks():
    card = only(told(event("opened", AT_ACME), gazette("opened"), secondhand={"gazette", "acme"}))
    assert (card.source, card.apart[0][:30]) == ("acme", "The advert at gazette says: Pa")


def test_another_board_of_the_employer_is_no_advert():
    card = only(told(event("opened", AT_ACME), gazette("opened"), secondhand=frozenset()))
    assert card.apart == ("The posting at gazette says: Pay $9,000 a month",)


def test_a_new_search_shows_an_opening_once():
    stock = (known(), known(AT_GAZETTE, "gazette"))
    digest = told(known=stock, since=None)
    assert digest.counts == {"open": 1}
    assert only(digest).also[0].words == "Also at gazette"


LAST_YEAR = replace(AT_ACME, id="a0", requisition_id=None, salary=monthly(8_000))
AGAIN = Tie("edition", True, "a year later", known(), known(LAST_YEAR, state="closed"))


def test_an_edition_that_an_advert_showed_first_is_told_as_the_employer_s():
    advert = replace(changed(LAST_YEAR, AT_GAZETTE, source="gazette"), kind="edition")
    both = event("opened", AT_ACME), gazette("opened"), advert
    card = only(told(*both, ties=(tie(), AGAIN)))
    assert (card.kind, card.source, card.rows[0].now) == ("edition", "acme", "$10,000 a month")
    assert card.told == "The role of an earlier year again (a year later)"
    unknown = only(told(*both))
    assert (unknown.kind, unknown.rows[0].now) == ("edition", "$9,000 a month")


def test_an_edition_of_an_opening_that_changed_too_is_its_change():
    advert = replace(changed(LAST_YEAR, AT_GAZETTE, source="gazette"), kind="edition")
    card = only(told(gazette("opened"), advert, ties=(tie(),)))
    assert (card.kind, card.source) == ("edition", "acme")
    card = only(told(changed(AT_ACME, RAISED), advert, ties=(tie(old=RAISED),)))
    assert (card.kind, [row.now for row in card.rows]) == ("changed", ["$11,000 a month"])
    assert card.told == "Now also listed at gazette"


def test_the_employer_s_other_board_is_named_before_the_adverts():
    board = known(replace(AT_ACME, id="b1"), "borea")
    ties = tie(), Tie("twin", True, "", replace(board, first_seen=UNTIL), tie().old)
    card = only(told(event("opened", AT_ACME), ties=ties))
    assert [one.words for one in card.also] == ["Also at borea", "Also at gazette"]


# Weak links.


def test_a_posting_that_may_be_another_is_shown_and_flagged():
    digest = told(
        event("opened", AT_ACME),
        gazette("opened"),
        gazette("twin", weight="minor"),
        ties=(tie(strong=False),),
    )
    (part,) = digest.sections
    assert digest.counts == {"new": 2}
    assert [(one.words, one.url, one.note) for card in part.cards for one in card.maybe] == [
        (
            "Possibly the same as “Research Engineer 1” at gazette",
            AT_GAZETTE.url,
            "title 100% alike",
        ),
        ("Possibly the same as “Research Engineer 1” at acme", AT_ACME.url, "title 100% alike"),
    ]
    assert all(card.also == card.apart == () for card in part.cards)


def test_a_second_copy_of_one_source_is_flagged():
    second = replace(AT_GAZETTE, id="g2", url="https://gazette.example/g2")
    digest = told(event("opened", AT_ACME), ties=(tie(), tie(new=second)))
    card = only(digest)
    assert (card.also[0].url, card.maybe[0].url) == (AT_GAZETTE.url, second.url)


@pytest.mark.parametrize(
    "link",
    [
        tie(strong=False, states=("closed", "open")),
        tie(new=replace(AT_GAZETTE, requisition_id="R-8"), strong=False),
        tie(new=replace(AT_GAZETTE, requisition_id="R-8")),
    ],
)
def test_what_closed_or_is_proven_another_is_not_flagged(link):
    assert only(told(event("opened", AT_ACME), ties=(link,))).maybe == ()


def test_many_doubts_are_counted():
    many = [tie(new=replace(AT_GAZETTE, id=f"g{n}", url=None), strong=False) for n in range(1, 8)]
    words = [one.words for one in only(told(event("opened", AT_ACME), ties=tuple(many))).maybe]
    assert (len(words), words[-1]) == (4, "Possibly the same as 4 more")


# Changes.


def both():
    return tie(new=replace(AT_GAZETTE, salary=monthly(11_000)), old=RAISED)


def test_the_same_change_at_both_is_told_once():
    advert = replace(AT_GAZETTE, salary=monthly(11_000))
    same = replace(AT_GAZETTE, salary=monthly(10_000))
    card = only(
        told(changed(AT_ACME, RAISED), changed(same, advert, source="gazette"), ties=(both(),))
    )
    assert [(row.before, row.now) for row in card.rows] == [("$10,000 a month", "$11,000 a month")]
    assert (card.told, card.apart) == ("", ())


def test_an_advert_that_catches_up_with_what_was_told_says_nothing():
    advert = replace(AT_GAZETTE, salary=monthly(11_000))
    late = changed(AT_GAZETTE, advert, source="gazette")
    for field in ("salary", ""):
        assert told(late, ties=(both(),), told={("acme", "a1", field)}).empty
    untold = only(told(late, ties=(both(),)))
    assert (untold.told, untold.rows[0].note.split(" · ")[0]) == (
        "Changed at gazette",
        "at gazette",
    )


def test_a_change_of_an_advert_alone_is_told_as_the_advert_s():
    advert = replace(AT_GAZETTE, salary=monthly(9_500))
    card = only(told(changed(AT_GAZETTE, advert, source="gazette"), ties=(tie(new=advert),)))
    assert (card.kind, card.source, card.pay) == ("changed", "acme", "$10,000 a month")
    assert card.told == card.headline == "Changed at gazette"
    assert card.rows[0].now == "$9,500 a month"
    assert card.rows[0].note.startswith("at gazette · +5.6 % over the old top")
    assert not card.material


def test_the_employer_s_change_is_told_and_an_advert_that_stays_behind_is_said():
    card = only(told(changed(AT_ACME, RAISED), ties=(tie(old=RAISED),)))
    assert (card.rows[0].now, card.rows[0].note[:10]) == ("$11,000 a month", "+10 % over")
    assert card.apart == ("The advert at gazette says: Pay $9,000 a month",)


def test_two_changes_of_one_field_are_the_employer_s_and_what_the_advert_says():
    advert = replace(AT_GAZETTE, salary=monthly(9_500))
    events = changed(AT_ACME, RAISED), changed(AT_GAZETTE, advert, source="gazette")
    card = only(told(*events, ties=(tie(new=advert, old=RAISED),)))
    assert [row.now for row in card.rows] == ["$11,000 a month"]
    assert card.apart == ("The advert at gazette says: Pay $9,500 a month",)


def test_two_adverts_with_one_change_are_told_once():
    first, second = AT_GAZETTE, replace(AT_GAZETTE, id="n1", url="https://news.example/n1")
    far = [replace(one, remote="remote") for one in (first, second)]
    events = changed(first, far[0], source="gazette"), changed(second, far[1], source="news")
    ties = tie(new=far[0]), Tie("twin", True, "", known(far[1], "news"), known())
    card = only(told(*events, ties=ties, secondhand={"gazette", "news"}))
    assert [(row.now, row.note) for row in card.rows] == [("remote", "at gazette")]


def test_texts_that_both_change_are_shown_as_the_employer_s():
    old, new = (replace(AT_ACME, body=f"The shift lasts {n} hours.") for n in (7, 8))
    there = [replace(AT_GAZETTE, body=f"The shift lasts {n} hours. Apply here.") for n in (7, 8)]
    events = changed(old, new), changed(*there, source="gazette")
    card = only(told(*events, ties=(tie(new=there[1], old=new),)))
    assert len(card.passages) == 1
    alone = only(told(events[1], ties=(tie(new=there[1], old=new),)))
    assert (alone.told, len(alone.passages)) == ("Changed at gazette", 1)


def test_the_same_edit_on_many_adverts_is_one_line():
    adverts = [
        (
            replace(AT_GAZETTE, id=f"g{n}", title=f"Role {n}"),
            replace(AT_ACME, id=f"a{n}", requisition_id=None, title=f"Role {n}"),
        )
        for n in range(1, 4)
    ]
    digest = told(
        *(changed(one, replace(one, remote="remote"), source="gazette") for one, _ in adverts),
        ties=tuple(tie(replace(one, remote="remote"), own) for one, own in adverts),
    )
    (bundle,) = digest.sections[0].bundles
    assert bundle.count == digest.total == 3
    assert bundle.rows[0].now == "remote"


# Closings and returns.


def test_an_opening_that_its_employer_still_lists_has_not_closed():
    card = only(
        told(gazette("closed", reason="not listed"), ties=(tie(states=("closed", "open")),))
    )
    assert card.kind == "changed"
    assert card.told == "Closed at gazette on 21 Nov (not listed); still listed at acme"


def test_an_opening_that_its_employer_closed_has_closed_wherever_it_is_still_listed():
    closing = event("closed", AT_ACME, reason="its page answers 404")
    line = only(told(closing, ties=(tie(states=("open", "closed")),)))
    assert line.kind == "closed"
    assert line.told == (
        "Closed at acme on 21 Nov, open since 20 Nov 2026 (its page answers 404);"
        " still listed at gazette"
    )
    assert line.also[0].url == AT_GAZETTE.url


def test_a_posting_that_is_missing_is_not_said_to_be_listed():
    link = tie(states=("closed", "open"), missing=SINCE)
    assert only(told(gazette("closed"), ties=(link,))).told == (
        "Closed at gazette on 21 Nov; not found at acme since 21 Nov"
    )


def test_an_opening_that_closed_at_both_is_one_line():
    closings = event("closed", AT_ACME), gazette("closed", hours=2)
    line = only(told(*closings, ties=(tie(states=("closed", "closed")),)))
    assert (
        line.told == "Closed at acme on 21 Nov, open since 20 Nov 2026; closed at gazette on 21 Nov"
    )


def test_a_closing_that_was_told_is_not_told_again_when_the_adverts_go():
    gone = tie(states=("closed", "closed"))
    was = frozenset({("acme", "a1")})
    assert told(gazette("closed"), ties=(gone,), told_closed=was).empty
    assert only(told(gazette("closed"), ties=(gone,))).kind == "closed"


def test_an_advert_that_comes_back_retracts_no_closing_of_the_opening():
    was = frozenset({("gazette", "g1")})
    card = only(told(gazette("retracted"), told_closed=was))
    assert (card.kind, card.told) == ("changed", "Listed again at gazette")


def test_a_closing_of_the_employer_s_that_was_told_and_undone_is_retracted():
    card = only(told(event("retracted", AT_ACME), told_closed=frozenset({("acme", "a1")})))
    assert (card.kind, card.told) == ("retracted", "You were told that it had closed; it has not")
    assert card.also[0].words == "Also at gazette"


def test_opened_and_closed_at_both_is_one_line():
    steps = (("opened", 1), ("closed", 2))
    here = [event(kind, AT_ACME, hours) for kind, hours in steps]
    there = [gazette(kind, hours=hours) for kind, hours in steps]
    digest = told(*here, *there, ties=(tie(states=("closed", "closed")),))
    assert (only(digest).badge, digest.counts) == ("opened and closed", {"closed": 1})


def test_an_advert_that_comes_and_goes_within_the_window_is_no_news():
    gone = tie(states=("closed", "open"))
    assert told(gazette("opened"), gazette("twin"), gazette("closed", hours=2), ties=(gone,)).empty


def test_an_advert_under_another_id_is_not_said_to_be_closed():
    old = replace(AT_GAZETTE, id="g0")
    ties = tie(), tie(new=old, states=("closed", "open"))
    assert told(gazette("closed", old), ties=ties).empty
    card = only(told(gazette("closed", old), gazette("opened"), ties=ties))
    assert (card.told, len(card.also)) == ("Now also listed at gazette", 1)


# Whom it concerns.


def test_a_search_that_fits_either_posting_gets_the_card():
    advert = replace(AT_GAZETTE, body="Sauna on the roof.")
    search = replace(SEARCH, any_words=("sauna",))
    digest = told(event("opened", AT_ACME), ties=(tie(new=advert),), search=search)
    assert only(digest).why == "“sauna” in the text (at gazette)"
    assert told(event("opened", AT_ACME), ties=(), search=search).empty


def test_a_search_is_told_nothing_of_sources_that_it_does_not_watch():
    search = replace(SEARCH, sources=("gazette",))
    card = only(told(gazette("opened"), gazette("twin"), event("opened", AT_ACME), search=search))
    assert (card.kind, card.source, card.also) == ("new", "gazette", ())


def test_the_kinds_of_event_that_a_search_asks_for_hold_for_the_opening():
    new = gazette("opened"), gazette("twin")
    assert told(*new, search=replace(SEARCH, events=("opened",))).empty
    assert told(*new, search=replace(SEARCH, events=("twin",))).counts == {"twin": 1}
    gone = (tie(states=("closed", "open")),)
    assert told(gazette("closed"), ties=gone, search=replace(SEARCH, events=("closed",))).empty


# Laws.

KINDS = st.sampled_from(["opened", "changed", "closed", "reopened", "retracted", "flapping"])


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), KINDS, st.integers(9_000, 9_002)), max_size=8),
    st.tuples(*[st.sampled_from(["open", "closed"])] * 2),
    st.sets(st.sampled_from([("acme", "a1"), ("gazette", "g1")])),
    st.sets(st.sampled_from(["acme", "gazette"])),
)
def test_an_opening_is_told_once_at_most_and_never_without_words(steps, states, was, resold):
    events = []
    for hour, (there, kind, pay) in enumerate(steps):
        item = AT_GAZETTE if there else AT_ACME
        one = changed(item, replace(item, salary=monthly(pay)), hour)
        events.append(replace(one, kind=kind, source="gazette" if there else "acme"))
    digest = told(
        *events,
        ties=(tie(states=states),),
        told_closed=frozenset(was),
        secondhand=frozenset(resold),
    )
    assert digest.total == sum(part.count for part in digest.sections) <= 1
    for part in digest.sections:
        for card in (*part.cards, *part.lines):
            said = card.told or card.rows or card.passages or card.kind in ("new", "open")
            assert said, card
