"""What one letter says, before it is a letter."""

from dataclasses import replace
from datetime import datetime, timedelta

import mail_samples as samples
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mail_samples import SEARCH, SINCE, UNTIL, changed, event, monthly, pending, posting

from crawler.items import NEWEST_ONLY, Place
from monitor.digest import CrawlNote, compose
from monitor.events import QUARANTINED, Change, Event, Known


def composed(*events, search=SEARCH, **fields):
    return compose(search, pending(*events, **fields), now=UNTIL)


def section(digest, key):
    return next((one for one in digest.sections if one.key == key), None)


def everything(digest):
    """Give every card and line of a digest."""
    return [
        one
        for part in digest.sections
        for one in (
            *part.cards,
            *part.lines,
            *(card for bundle in part.bundles for card in bundle.cards),
        )
    ]


def test_nothing_to_say_is_an_empty_digest():
    digest = composed()
    assert digest.empty
    assert digest.sections == ()
    assert digest.checked == "1 source checked"


def test_opened_and_then_changed_is_new_as_it_now_stands():
    first = posting(1, salary=monthly(9_000))
    digest = composed(event("opened", first), changed(first, replace(first, salary=monthly(9_500))))
    (card,) = section(digest, "new").cards
    assert card.pay == "$9,500 a month"
    assert card.rows == ()
    assert digest.counts == {"new": 1}


def test_changed_twice_shows_the_first_before_and_the_last_after():
    a, b, c = (posting(1, salary=monthly(pay)) for pay in (9_000, 9_500, 10_800))
    (card,) = section(composed(changed(a, b), changed(b, c, 2)), "changed").cards
    (row,) = card.rows
    assert (row.before, row.now) == ("$9,000 a month", "$10,800 a month")
    assert (row.mark, row.note) == ("▲", "+20 % over the old top, +20 % over the old floor")


def test_changed_and_changed_back_says_nothing():
    a, b = posting(1, salary=monthly(9_000)), posting(1, salary=monthly(9_500))
    assert composed(changed(a, b), changed(b, a, 2)).empty
    bare = {"before": None, "posting": a}
    there = (Change("remote", "hybrid", "remote", "material"),)
    back = (Change("remote", "remote", "hybrid", "material"),)
    assert composed(
        event("changed", a, 1, changes=there, **bare), event("changed", a, 2, changes=back, **bare)
    ).empty


def test_two_changes_with_another_reading_in_between_are_each_told_like_with_like():
    a, b, reread, c = (posting(1, salary=monthly(pay)) for pay in (9_000, 9_500, 800, 880))
    reread, c = replace(reread, remote="hybrid"), replace(c, remote="hybrid")
    (card,) = section(composed(changed(a, b), changed(reread, c, 2)), "changed").cards
    assert [(row.label, row.before, row.now) for row in card.rows] == [
        ("Pay", "$9,000 a month", "$9,500 a month"),
        ("Pay", "$800 a month", "$880 a month"),
    ]
    assert card.rows[1].note == "+10 % over the old top, +10 % over the old floor"


def test_a_reading_in_between_that_concerns_another_field_does_not_part_two_changes():
    a, b, c = (posting(1, salary=monthly(pay)) for pay in (9_000, 9_500, 10_800))
    reread, c = replace(b, remote="hybrid"), replace(c, remote="hybrid")
    (card,) = section(composed(changed(a, b), changed(reread, c, 2)), "changed").cards
    ((row,),) = (card.rows,)
    assert (row.before, row.now) == ("$9,000 a month", "$10,800 a month")


def test_two_edits_of_a_text_are_told_as_one():
    a, b, c = (
        posting(1, body=f"We bake bread.\nThe shift lasts {hours} hours.") for hours in (6, 7, 8)
    )
    (card,) = section(composed(changed(a, b), changed(b, c, 2)), "changed").cards
    assert [span.text for span in card.passages[0].after if span.marked] == ["8"]
    assert [span.text for span in card.passages[0].before if span.marked] == ["6"]
    assert composed(changed(a, b), changed(b, a, 2)).empty


def test_a_closing_undone_in_the_window_says_nothing():
    item = posting(1)
    for back in ("reopened", "retracted"):
        assert composed(event("closed", item), event(back, item, 2)).empty


def test_a_closing_undone_in_the_window_still_tells_what_changed():
    a, b = posting(1, salary=monthly(9_000)), posting(1, salary=monthly(9_500))
    back = replace(changed(a, b, 2), kind="reopened")
    digest = composed(event("closed", a), back)
    assert digest.counts == {"changed": 1}


@pytest.mark.parametrize(
    ("posted", "since"),
    [("2026-09-20", ", open since 20 Sep 2026"), (None, ", first seen 21 Sep 2026")],
)
def test_a_closing_says_since_when_the_posting_was_open(posted, since):
    digest = composed(event("closed", posting(1, date_posted=posted), reason="not listed"))
    (line,) = section(digest, "closed").lines
    assert line.headline == f"Closed on 21 Nov{since} (not listed)"


def test_opened_and_closed_in_the_window_is_one_line():
    item = posting(1)
    digest = composed(event("opened", item), event("closed", item, 2))
    (line,) = section(digest, "closed").lines
    assert line.badge == "opened and closed"
    assert digest.counts == {"closed": 1}


def test_a_closing_told_earlier_and_undone_is_retracted():
    told = frozenset({("acme", "p1")})
    digest = composed(event("retracted", posting(1)), told_closed=told)
    (card,) = section(digest, "retracted").cards
    assert "has not" in card.told
    digest = composed(event("reopened", posting(1)), told_closed=told)
    assert section(digest, "back").count == 1


def test_a_retraction_reaches_the_reader_even_if_the_posting_no_longer_fits():
    search = replace(SEARCH, any_words=("astronaut",))
    told = frozenset({("acme", "p1")})
    digest = composed(event("retracted", posting(1)), told_closed=told, search=search)
    assert digest.counts == {"retracted": 1}


def test_told_closed_back_and_closed_again_says_nothing():
    told = frozenset({("acme", "p1")})
    item = posting(1)
    assert composed(event("retracted", item), event("closed", item, 2), told_closed=told).empty


def test_a_retraction_of_what_was_never_told_says_nothing():
    assert composed(event("retracted", posting(1))).empty


def test_a_held_closing_says_nothing():
    assert composed(event("closed", posting(1), held=True)).empty


def test_cosmetic_changes_say_nothing():
    change = Change("title", "Baker", "baker", "cosmetic")
    assert composed(event("changed", posting(1), changes=(change,))).empty


def test_the_student_who_no_longer_qualifies_hears_of_it():
    before = posting(1, title="Intern", requirements=("MS",), body="Master's students welcome.")
    after = replace(before, requirements=("PhD",), body="PhD students only.")
    search = replace(SEARCH, any_words=("master's",))
    (card,) = section(composed(changed(before, after), search=search), "changed").cards
    assert card.why == "before this change: “master's” in the text"
    assert [(row.label, row.now) for row in card.rows] == [("Degree", "PhD")]


def test_a_new_posting_that_stopped_fitting_in_the_window_says_nothing():
    before = posting(1, title="Intern")
    after = replace(before, title="Chief Officer")
    search = replace(SEARCH, any_words=("intern",))
    assert composed(event("opened", before), changed(before, after, 2), search=search).empty


def test_kinds_of_event_are_chosen_after_folding():
    item = posting(1, salary=monthly(9_000))
    events = (event("opened", item), changed(item, replace(item, salary=monthly(9_500)), 2))
    assert composed(*events, search=replace(SEARCH, events=("changed",))).empty
    assert composed(*events, search=replace(SEARCH, events=("opened",))).counts == {"new": 1}


def test_other_sources_are_left_out():
    search = replace(SEARCH, sources=("borea",))
    assert composed(event("opened", posting(1)), search=search).empty


def test_the_same_edit_on_three_postings_is_one_line():
    edits = [
        changed(posting(n, body="We bake."), posting(n, body="We bake. Night shifts are paid."))
        for n in range(1, 12)
    ]
    part = section(composed(*edits), "changed")
    (bundle,) = part.bundles
    assert bundle.label == "The same edit on 11 postings at Acme Imaging"
    assert part.cards == ()
    assert part.count == bundle.count == 11
    assert [passage.label for passage in bundle.passages] == ["Added"]


def test_one_edit_is_found_among_many_others_of_the_same_source():
    rows = [f"We bake {n} loaves at {n} o'clock." for n in range(12)]
    own = [
        changed(posting(n, body=rows[n]), posting(n, body=rows[n].replace("bake", f"eat{n}")))
        for n in range(1, 9)
    ]
    alike = [
        changed(posting(n, body=rows[n]), posting(n, body=f"Night shifts are paid. {rows[n]}"))
        for n in (9, 10, 11)
    ]
    part = section(composed(*own[:4], *alike, *own[4:]), "changed")
    assert [bundle.count for bundle in part.bundles] == [3]
    assert {card.posting_id for card in part.bundles[0].cards} == {"p9", "p10", "p11"}
    assert part.count == 11


def test_the_reason_that_a_whole_line_of_postings_has_is_said_once():
    edits = [
        changed(posting(n, title="Lens Fitter"), posting(n, title="Lens Fitter", remote="onsite"))
        for n in (1, 2, 3)
    ]
    search = replace(SEARCH, any_words=("lens", "acme"))
    new = [event("opened", posting(n, body="lens" if n == 20 else "")) for n in range(9, 21)]
    digest = composed(*edits, *new, search=search)
    (same,) = section(digest, "changed").bundles
    assert same.why == "“lens” in the title, “acme” in the company"
    assert {one.why for one in same.cards} == {""}
    (rest,) = section(digest, "new").bundles
    assert (rest.why, rest.count) == ("“acme” in the company", 4)


def test_the_same_edit_on_two_postings_is_two_cards():
    edits = [changed(posting(n), posting(n, places=(Place("Bern"),))) for n in (1, 2)]
    part = section(composed(*edits), "changed")
    assert (len(part.cards), part.bundles) == (2, ())


def test_where_a_text_states_its_pay_does_not_make_two_edits_differ():
    edits = [
        changed(
            posting(n, salary=replace(monthly(9_000), start=n, end=n + 6)),
            posting(n, salary=replace(monthly(9_500), start=n * 7, end=n * 7 + 6)),
        )
        for n in (1, 2, 3)
    ]
    assert section(composed(*edits), "changed").bundles[0].count == 3


def test_the_sections_stand_in_their_order():
    keys = [part.key for part in compose(SEARCH, samples.mixed(), now=UNTIL).sections]
    assert keys == ["changed", "retracted", "back", "soon", "new", "closed"]


def test_pay_comes_before_other_facts_and_wording_last():
    word = changed(posting(1, title="A", body="We bake."), posting(1, title="A", body="We cook."))
    place = changed(posting(2, title="B"), posting(2, title="B", places=(Place("Bern"),)))
    pay = changed(posting(3, title="C"), posting(3, title="C", salary=monthly(9_000)))
    cards = section(composed(word, place, pay), "changed").cards
    assert [card.title for card in cards] == ["C", "B", "A"]


def test_news_stand_in_the_order_in_which_they_fit_the_search():
    search = replace(SEARCH, any_words=("lens",), places=("Bern", "Basel"))
    here = {"places": (Place("Bern"),)}
    text = event("opened", posting(1, title="A", body="Grind a lens.", **here))
    title = event("opened", posting(2, title="Z, Lens", **here))
    gone = [event("closed", posting(3, title="B", body="Lens.", **here))]
    gone.append(event("closed", posting(4, title="Y, Lens", **here)))
    digest = composed(text, title, *gone, search=search)
    assert [(card.title, card.why) for card in section(digest, "new").cards] == [
        ("Z, Lens", "“lens” in the title, Bern"),
        ("A", "“lens” in the text, Bern"),
    ]
    assert [line.title for line in section(digest, "closed").lines] == ["Y, Lens", "B"]


def test_in_changes_pay_still_comes_before_a_better_fit():
    word = changed(posting(1, title="A, Lens", body="Bake."), posting(1, title="A, Lens", body="B"))
    pay = changed(posting(2, title="B", body="Lens."), posting(2, title="B", body="Lens. $9."))
    pay = replace(pay, changes=samples.pay_change().changes)
    digest = composed(word, pay, search=replace(SEARCH, any_words=("lens",)))
    assert [card.title for card in section(digest, "changed").cards] == ["B", "A, Lens"]


def test_who_asks_nothing_is_told_no_reason():
    assert {one.why for one in everything(compose(SEARCH, samples.mixed(), now=UNTIL))} == {""}


ASKED = replace(SEARCH, places=("Bern", "Zürich"), min_salary=1, salary_currency="USD")


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False))
def test_ranking_only_orders_what_fits_whatever_order_it_is_given_in(chance):
    events = list(samples.mixed().events)
    chance.shuffle(events)
    digest = compose(ASKED, replace(samples.mixed(), events=tuple(events)), now=UNTIL)
    assert digest == compose(ASKED, samples.mixed(), now=UNTIL)
    told = {card.posting_id for card in everything(digest)}
    assert told == {f"p{n}" for n in (*range(2, 17), *range(20, 35), *range(40, 45))}
    for part in digest.sections:
        assert all(card.why for card in (*part.cards, *part.lines))
        for bundle in part.bundles:
            assert bundle.why or all(card.why for card in bundle.cards)


def test_the_pay_row_comes_first():
    (card,) = section(composed(samples.pay_change()), "changed").cards
    assert card.rows[0].label == "Pay"
    assert card.rows[0].before == "$10,000\u2013$11,000 a month"
    assert card.rows[0].now == "$12,100 a month"
    assert card.rows[0].note == "+10 % over the old top, +21 % over the old floor"
    assert len(card.passages) <= 5
    assert card.smaller == "and 1 smaller wording change"


def test_a_new_posting_with_a_near_deadline_is_closing_soon_and_still_counted_as_new():
    near = event("opened", posting(1, valid_through="2026-11-25"))
    late = event("opened", posting(2, valid_through="2026-12-25"))
    digest = composed(near, late)
    (card,) = section(digest, "soon").cards
    assert card.badge == "closes in 3 days"
    assert section(digest, "new").count == 1
    assert digest.counts == {"new": 2}


@pytest.mark.parametrize(
    ("due", "badge"),
    [
        ("2026-11-22", "closes today"),
        ("2026-11-23T23:59:00+01:00", "closes tomorrow"),
        ("2026-11-29", "closes in 7 days"),
        ("2026-11-30", ""),
        ("2026-11-21", ""),
        ("rolling", ""),
    ],
)
def test_a_deadline_is_near_for_a_week(due, badge):
    (card,) = everything(composed(event("opened", posting(1, valid_through=due))))
    assert card.badge == badge


def test_a_company_gets_a_page_and_the_rest_is_one_line():
    events = [event("opened", posting(n)) for n in range(30)]
    events.append(event("opened", posting(99, organization="Borea Robotics")))
    part = section(composed(*events), "new")
    assert len(part.cards) == 9
    (bundle,) = part.bundles
    assert bundle.label == "+22 more at Acme Imaging"
    assert part.count == 31


def test_what_closes_first_stands_first_and_is_kept_as_a_card():
    days = [27, 25, 26, 24, 28, 29, 23, 28, 27, 26]
    fresh = [
        event("opened", posting(n, valid_through=f"2026-11-{day}")) for n, day in enumerate(days)
    ]
    soon = section(composed(*fresh), "soon")
    assert [card.due.day for card in soon.cards] == [23, 24, 25, 26, 26, 27, 27, 28]
    (rest,) = soon.bundles
    assert [card.due.day for card in rest.cards] == [28, 29]


def known(number, **fields):
    return Known(posting(number, **fields), "open", SINCE, UNTIL, source="acme")


def test_a_new_search_shows_what_is_open_and_fits_once():
    search = replace(SEARCH, any_words=("engineer",))
    stock = (known(1), known(2, title="Cook"), known(3), replace(known(4), state="closed"))
    digest = composed(event("opened", posting(3)), known=stock, since=None, search=search)
    assert [card.title for card in section(digest, "open").cards] == ["Research Engineer 1"]
    assert digest.counts == {"new": 1, "open": 1}
    assert digest.since is None


def test_a_new_search_over_named_sources_shows_what_is_open_there_only():
    search = replace(SEARCH, sources=("acme",))
    stock = (known(1), replace(known(2), source="borea"))
    digest = composed(known=stock, since=None, search=search)
    assert [card.title for card in section(digest, "open").cards] == ["Research Engineer 1"]
    assert section(digest, "open").cards[0].source == "acme"


def test_what_could_not_be_checked_is_said_with_the_reason():
    at = UNTIL - timedelta(hours=1)
    digest = composed(
        crawls=(
            CrawlNote("acme", None, at, "failed", ("robots.txt answered 503",)),
            CrawlNote("borea", None, at, "partial", ("page 3 answered 500",)),
            CrawlNote("cobalt", None, at, "complete", suspicious="found 12 of 300 postings"),
            CrawlNote("delta", "Delta Tea", at, "complete", baseline=312),
            CrawlNote("echo", None, at, "complete"),
        )
    )
    texts = [note.text for note in digest.notes]
    assert [note.tone for note in digest.notes] == ["trouble"] * 3 + ["good"]
    assert "robots.txt answered 503. Its postings are not marked closed." in texts[0]
    assert "only in part" in texts[1]
    assert "found 12 of 300 postings" in texts[2]
    assert texts[3] == "Now watching 312 postings at Delta Tea (delta)."
    assert digest.checked == "5 sources checked, 3 with a problem"
    assert not digest.empty


def test_a_source_that_failed_and_was_read_later_is_no_trouble():
    crawls = (
        CrawlNote("acme", None, SINCE, "failed", ("timeout",)),
        CrawlNote("acme", None, UNTIL, "complete"),
    )
    assert composed(crawls=crawls).empty


def test_sources_that_broke_or_recovered_are_told():
    broken = Event(SINCE, "acme", "source_broken", reason="answers 403")
    fixed = Event(UNTIL, "acme", "source_recovered", reason="found 40 postings")
    assert "could not be read" in composed(broken).notes[0].text
    assert "can be read again" in composed(broken, fixed).notes[0].text


def test_a_feed_that_shows_only_its_newest_entries_is_no_trouble():
    crawls = (CrawlNote("acme", None, UNTIL, "partial", (NEWEST_ONLY,)),)
    assert composed(event("opened", posting(1)), crawls=crawls).notes == ()


def test_a_source_that_stays_broken_is_no_reason_for_another_letter():
    crawls = (CrawlNote("acme", None, UNTIL, "failed", ("answers 403",)),)
    quiet = composed(crawls=crawls)
    assert (quiet.empty, len(quiet.notes)) == (True, 1)
    broken = Event(SINCE, "acme", "source_broken", reason="answers 403")
    assert not composed(broken, crawls=crawls).empty
    beside = composed(event("opened", posting(1)), crawls=crawls)
    assert (beside.empty, len(beside.notes)) == (False, 1)


def test_a_broken_source_is_not_told_twice():
    broken = Event(SINCE, "acme", "source_broken", reason="answers 403")
    crawls = (CrawlNote("acme", None, UNTIL, "failed", ("answers 403",)),)
    assert len(composed(broken, crawls=crawls).notes) == 1


def test_a_source_that_is_left_alone_is_said_to_be_so_once_and_beside_what_happened():
    alone = Event(SINCE, "acme", "source_broken", reason=f"{QUARANTINED}; its process died")
    crawls = (CrawlNote("acme", None, UNTIL, "failed", ("its process died",)),)
    (note,) = composed(alone, crawls=crawls).notes
    assert note.text.endswith(
        ": its process died. Its postings are not marked closed."
        " Its pages hung or killed their reader three times, so it is left alone for a week."
    )
    assert "left alone" not in composed(crawls=crawls).notes[0].text


def test_many_troubles_are_counted():
    crawls = tuple(CrawlNote(f"s{n}", None, UNTIL, "failed") for n in range(400))
    notes = composed(crawls=crawls).notes
    assert len(notes) == 12
    assert notes[-1].text == "And 389 more such lines."


def test_the_window_keeps_its_offsets_over_a_clock_change():
    since = datetime.fromisoformat("2026-10-24T05:00:00+00:00")
    digest = composed(since=since, until=since + timedelta(hours=25))
    assert [end.strftime("%H:%M %z") for end in (digest.since, digest.until)] == [
        "07:00 +0200",
        "07:00 +0100",
    ]


def test_the_period_is_the_window_and_nothing_else():
    one, same = composed(), composed(event("opened", posting(1)))
    assert one.period == same.period == "2026-11-21T06:00:00+00:00/2026-11-22T06:00:00+00:00"
    other = compose(SEARCH, pending(), now=UNTIL, period="2026-11-22")
    assert other.period == "2026-11-22"


def test_first_seen_and_the_source_are_stated():
    (card,) = everything(composed(samples.pay_change()))
    assert card.facts == (
        "posted 21 Sep 2026 · first seen 21 Sep 2026 · deadline 15 Jan 2027 · source acme"
    )


def test_editions_reposts_and_flapping_have_their_places():
    item = posting(1, salary=monthly(12_100))
    edition = replace(changed(replace(item, salary=monthly(10_000)), item), kind="edition")
    digest = composed(
        event("opened", item),
        edition,
        event("reposted", posting(2), reason="closed in May"),
        event("flapping", posting(3), reason="closed or back 3 times"),
    )
    again = section(digest, "again")
    assert {card.kind: card.told for card in again.cards}["reposted"].endswith("(closed in May)")
    of_last_year = next(card for card in again.cards if card.kind == "edition")
    assert of_last_year.rows[0].label == "Pay"
    assert of_last_year.against == "Beside the earlier one"
    assert "3 times" in section(digest, "flapping").cards[0].told
    assert digest.total == 3


KINDS = st.sampled_from(["opened", "changed", "closed", "reopened", "retracted", "flapping"])


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 12), KINDS, st.integers(9_000, 9_003)), max_size=40),
    st.sets(st.integers(1, 12)),
)
def test_every_posting_is_told_once_and_counted_once(steps, told):
    events = []
    for hour, (number, kind, pay) in enumerate(steps):
        before, after = posting(number, salary=monthly(9_000)), posting(number, salary=monthly(pay))
        events.append(replace(changed(before, after, hour), kind=kind))
    digest = composed(*events, told_closed=frozenset({("acme", f"p{n}") for n in told}))
    ids = [card.posting_id for card in everything(digest)]
    assert len(ids) == len(set(ids)) <= len({number for number, _, _ in steps})
    assert digest.total == sum(part.count for part in digest.sections) == len(ids)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.permutations(list(samples.mixed().events)))
def test_the_order_in_which_events_are_given_does_not_count(events):
    shuffled = replace(samples.mixed(), events=tuple(events))
    assert compose(SEARCH, shuffled, now=UNTIL) == compose(SEARCH, samples.mixed(), now=UNTIL)


def test_pay_that_the_text_states_otherwise_is_said_beside_what_counts():
    one = posting(1, salary=replace(monthly(9_000), otherwise="$55 an hour"))
    (card,) = section(composed(event("opened", one)), "new").cards
    assert (card.pay, card.apart) == (
        "$9,000 a month",
        ("Its text states another pay: $55 an hour",),
    )
