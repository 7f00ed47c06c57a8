from dataclasses import fields, replace
from datetime import timedelta
from statistics import median

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from visits import T0, TEXT, Board, crawl, monthly, posting

from crawler.items import NEWEST_ONLY, plain
from monitor.compare import changes, judge, signature
from monitor.events import QUARANTINED, Event, Standing
from monitor.folding import folded


def test_the_first_complete_crawl_opens_nothing_and_sets_the_baseline():
    board = Board()
    assert board.said(["1", "2"], hours=3) == []
    assert board.judgement.baseline
    assert board.standing.baseline_at == T0 + timedelta(hours=3)
    assert board.standing.counts == (2,)
    assert set(board.standing.known) == {"1", "2"}
    assert board.said(["1", "2", "3"], hours=6) == ["opened 3"]
    assert not board.judgement.baseline


def test_an_empty_board_has_a_baseline_too():
    board = Board()
    assert board.said([]) == []
    assert board.said(["1"], hours=8) == ["opened 1"]


def test_partial_crawls_before_the_baseline_remember_in_silence():
    board = Board()
    assert board.said(["1"], outcome="partial") == []
    assert board.standing.baseline_at is None
    assert board.said([posting("1", remote="remote"), "2"], hours=8) == []
    assert board.standing.known["1"].posting.remote == "remote"
    assert board.standing.known["1"].first_seen == T0


def test_what_was_read_in_part_is_told_all_the_same():
    board = Board("1", "2")
    told = board.said([posting("1", title="Head Grinder"), "3"], hours=8, outcome="partial")
    assert told == ["changed 1", "opened 3"]
    assert board.standing.known["2"].missing_since is None


def test_a_change_carries_both_sides_and_its_weight():
    board = Board(posting("1", salary=monthly(10_000, 11_000)))
    (event,) = board.visit([posting("1", salary=monthly(12_100))], hours=8)
    assert (event.kind, event.weight, event.source) == ("changed", "material", "tidewater")
    assert (event.before.salary.max, event.posting.salary.max) == (11_000, 12_100)
    assert event.changes[0].note == "+10 % over the old top, +21 % over the old floor"
    (event,) = board.visit(
        [posting("1", salary=monthly(12_100), body=TEXT.replace("40", "36"))], hours=16
    )
    assert (event.weight, [change.field for change in event.changes]) == (
        "material",
        ["work_hours", "body"],
    )


def test_reseller_marks_make_a_cosmetic_event_and_stamps_make_none():
    board = Board("1")
    (event,) = board.visit([posting("1", body=f"{TEXT}\n#LI-QQ7")], hours=8)
    assert (event.kind, event.weight) == ("changed", "cosmetic")
    stamped = posting("1", body=f"{TEXT}\n#LI-QQ7", date_updated="2027-03-02")
    assert board.said([stamped], hours=16) == []
    assert board.standing.known["1"].posting == stamped


def test_a_kept_posting_is_merely_seen():
    board = Board("1")
    assert board.said(kept=["1", "unheard-of"], hours=8) == []
    known = board.standing.known["1"]
    assert (known.last_seen, known.posting) == (T0 + timedelta(hours=8), posting("1"))
    assert "unheard-of" not in board.standing.known


def test_of_a_posting_listed_twice_the_first_reading_counts():
    board = Board("1")
    board.visit(["1", posting("2", title="A"), posting("2", title="B")], hours=8)
    assert board.standing.known["2"].posting.title == "A"
    assert board.said(["1", posting("2", title="B"), posting("2", title="A")], hours=16) == []
    assert board.standing.counts == (1, 2, 2)


def test_a_newer_extractor_on_an_equal_page_is_no_news():
    board = Board()
    board.visit(["1"], extractor=1, page_of={"1": "aa"})
    reread = posting("1", salary=monthly(9_000))
    assert board.said([reread], hours=8, extractor=2, page_of={"1": "aa"}) == []
    known = board.standing.known["1"]
    assert (known.posting, known.extractor) == (reread, 2)


@pytest.mark.parametrize(("extractor", "page"), [(1, "aa"), (2, "bb"), (2, None)])
def test_what_another_page_or_the_same_extractor_reads_is_news(extractor, page):
    board = Board()
    before = posting("1", title="Lens Polisher")
    board.visit([before, "2", "3"], extractor=1, page_of=dict.fromkeys("123", "aa"))
    pages = dict.fromkeys("123", page) if page else {}
    reread = [posting("1", title="Prism Grinder"), "2", "3"]
    assert board.said(reread, hours=8, extractor=extractor, page_of=pages) == ["changed 1"]


def test_a_newer_extractor_on_a_changed_page_tells_only_what_the_page_changed():
    old, new = "$4,000 a month", "$4,500 a month"
    board = Board()
    before = posting("1", salary=replace(monthly(4_000), raw=old), body=f"{TEXT}\n{old}")
    board.visit([before], extractor=1, page_of={"1": "aa"})
    after = replace(
        before,
        salary=replace(monthly(4_500), raw=new),
        remote="remote",
        requirements=("BS",),
        body=f"Home\n{TEXT}\n{new}\nFollow us",
    )
    (event,) = board.visit([after], hours=8, extractor=2, page_of={"1": "bb"})
    assert [change.field for change in event.changes] == ["salary", "body"]
    assert event.changes[1].note == "1 reworded"
    later = replace(after, remote="hybrid")
    (event,) = board.visit([later], hours=16, extractor=2, page_of={"1": "cc"})
    assert [(one.field, one.before) for one in event.changes] == [("remote", "remote")]


def test_a_posting_that_only_a_newer_extractor_sees_on_an_equal_page_is_not_opened():
    board = Board()
    board.visit(["1"], extractor=1, page_of={"1": "aa"})
    board.standing = replace(board.standing, pages={"aa": 1, "cc": 2})
    pages = {"1": "aa", "2": "aa", "3": "bb", "4": "cc"}
    told = board.said(["1", "2", "3", "4"], hours=8, extractor=2, page_of=pages)
    assert told == ["opened 3", "opened 4"]
    assert board.standing.known["2"].state == "open"


def test_a_failed_crawl_touches_nothing_and_the_third_in_a_row_is_told():
    board = Board("1")
    for hour in (1, 2):
        assert board.said(["9"], hours=hour, outcome="failed", gone=["1"]) == []
    (event,) = board.visit(hours=3, outcome="failed", reasons=("timeout", "HTTP 503"))
    assert (event.kind, event.posting_id) == ("source_broken", None)
    assert event.reason == "3 visits in a row failed; timeout; HTTP 503"
    assert board.said(hours=4, outcome="failed") == []
    assert set(board.standing.known) == {"1"}
    assert board.said(["1"], hours=5, outcome="partial") == []
    assert board.said(["1"], hours=6) == ["source_recovered"]
    assert (board.standing.failures, board.standing.broken) == (0, False)


def test_a_partial_crawl_breaks_a_row_of_failures():
    board = Board("1")
    for hour, outcome in enumerate(["failed", "failed", "partial", "failed", "failed"], 1):
        assert board.said(["1"], hours=hour, outcome=outcome) == []


def test_a_source_that_never_answered_is_reported_too():
    board = Board()
    said = [board.said(hours=hour, outcome="failed") for hour in range(4)]
    assert said == [[], [], ["source_broken"], []]
    assert board.said(["1"], hours=5) == ["source_recovered"]


def test_the_third_visit_that_kills_its_reader_quarantines_the_source_and_says_so_once():
    board = Board("1", "2")
    for hours in (24, 48):
        assert board.said(hours=hours, outcome="failed", killed=True) == []
    assert board.standing.quarantined_at is None
    assert board.said(hours=60, outcome="failed") == ["source_broken"]
    (event,) = board.visit(hours=72, outcome="failed", killed=True, reasons=("killed",))
    assert (event.kind, event.reason) == ("source_broken", f"{QUARANTINED}; killed")
    assert board.standing.quarantined_at == event.at
    assert board.said(hours=250, outcome="failed", killed=True) == []
    assert board.standing.quarantined_at == T0 + timedelta(hours=250)


@pytest.mark.parametrize("outcome", ["complete", "partial"])
def test_a_visit_that_is_read_ends_the_quarantine(outcome):
    board = Board("1")
    for hours in (1, 2, 3):
        board.visit(hours=hours, outcome="failed", killed=True)
    board.visit(hours=4, outcome="failed")
    assert board.standing.quarantined_at == T0 + timedelta(hours=3)
    said = board.said(["1"], hours=5, outcome=outcome)
    assert said == (["source_recovered"] if outcome == "complete" else [])
    assert (board.standing.kills, board.standing.quarantined_at) == (0, None)


def test_changes_ride_in_the_event_that_closes_or_brings_back():
    board = Board("1")
    (event,) = board.visit([posting("1", valid_through="2027-02-01")], hours=8)
    assert (event.kind, [change.field for change in event.changes]) == ("closed", ["valid_through"])
    (event,) = board.visit([posting("1", remote="remote")], hours=16)
    assert (event.kind, event.before.valid_through) == ("reopened", "2027-02-01")
    assert [change.field for change in event.changes] == ["remote", "valid_through"]


def test_a_posting_back_from_its_hold_under_another_title_has_changed():
    board = Board("1", "2")
    board.visit(["1"], hours=8)
    assert board.said(["1", posting("2", title="Harbour Pilot")], hours=20) == ["changed 2"]


def test_only_touched_postings_are_given_back():
    board = Board("1", "2", "3")
    board.visit(["1"], hours=8)
    board.visit(["1"], hours=10)
    assert set(board.judgement.standing.known) == {"1"}


def test_one_edit_on_many_postings_has_one_signature():
    old = ["We make lamps.", "Lamps are made here, since 1911."]
    board = Board(
        *(posting(f"{n}", title=f"Role {n}", body=f"{old[n % 2]}\n{TEXT}") for n in range(6))
    )
    new = f"Tidewater makes light go far.\n{TEXT}"
    events = board.visit([posting(f"{n}", title=f"Role {n}", body=new) for n in range(6)], hours=8)
    assert len(events) == 6
    assert len({signature(event) for event in events}) == 1
    (other,) = board.visit([posting("1", title="Role 1", body=new, remote="remote")], hours=9)[:1]
    assert signature(other) != signature(events[1])
    assert signature(replace(other, before=None)) == signature(other)


ids = st.sampled_from("abcdefghij")
readings = st.builds(
    posting,
    ids,
    st.sampled_from(["Grinder", "Senior Grinder"]),
    remote=st.sampled_from([None, "remote"]),
    salary=st.sampled_from([None, monthly(10), monthly(12)]),
    valid_through=st.sampled_from([None, "2027-03-01T08:00:00Z", "2028-01-01"]),
    body=st.sampled_from(
        ["", "Grind.", TEXT, TEXT.replace("40", "32"), f"{TEXT}\nWe do not sponsor visas."]
    ),
)
boards = st.lists(readings, unique_by=lambda one: one.id, max_size=10)
outcomes = st.sampled_from(["complete", "unchanged", "partial", "failed"])


@given(boards, boards, outcomes, st.sets(ids), st.randoms(use_true_random=False))
def test_the_order_of_a_listing_says_nothing(before, after, outcome, gone, random):
    board = Board(*before)
    how = {"hours": 8, "outcome": outcome, "gone": sorted(gone)}
    shuffled = random.sample(after, len(after))
    known = board.standing
    assert judge(crawl(after, **how), known) == judge(crawl(shuffled, **how), known)


@given(boards, st.sampled_from(["complete", "unchanged", "partial"]))
def test_the_same_board_twice_says_nothing(listing, outcome):
    board = Board(*listing)
    board.visit(listing)
    assert board.visit(listing, outcome=outcome) == ()
    assert board.visit(kept=[one.id for one in listing], outcome=outcome) == ()


@given(readings, readings, readings)
def test_changes_compose(first, second, third):
    """What two steps end in differs from the start just where a direct comparison says."""
    first, second, third = (replace(one, id="a") for one in (first, second, third))
    steps = {
        change.field for pair in ((first, second), (second, third)) for change in changes(*pair)
    }
    direct = {change.field for change in changes(first, third)}
    assert direct <= steps
    for name in (steps - direct) & {field.name for field in fields(first)}:
        assert plain(getattr(first, name)) == plain(getattr(third, name))


@given(readings, readings, readings)
def test_two_steps_fold_into_the_direct_comparison(first, second, third):
    first, second, third = (replace(one, id="a") for one in (first, second, third))
    events = [
        Event(T0, "tidewater", "changed", "a", changes=delta, before=before, posting=after)
        for before, after in ((first, second), (second, third))
        if (delta := changes(before, after))
    ]
    told = {change.field: plain(change) for change in folded(events)}
    assert told == {change.field: plain(change) for change in changes(first, third)}


class Reader:
    """A plain model of the rules: dictionaries, one crawl at a time, nothing shared with judge."""

    def __init__(self):
        self.open, self.pay, self.missing, self.flips = {}, {}, {}, {}
        self.closed_at, self.counts, self.streak = {}, [], []
        self.broken, self.failures, self.baseline = False, 0, False

    def told(self, at, outcome, listing, gone):
        """Give what a crawl must say: a set of (kind, id, held)."""
        if outcome == "failed":
            self.failures += 1
            return self.alarm(self.failures >= 3)
        seen = set(listing) - gone
        is_open = {id_ for id_, state in self.open.items() if state}
        counts = outcome == "complete"
        closing = dict.fromkeys(gone & is_open, "page") if counts else {}
        lost = is_open - seen - set(closing) if counts else set()
        closing |= {id_: "miss" for id_ in lost if at - self.missing.get(id_, at) >= 24}
        first = {id_ for id_ in lost if id_ not in self.missing}
        if counts and self.doubtful(seen, is_open, closing, first):
            missed = is_open - seen
            if not self.streak or self.streak[0][1] & is_open != missed:
                self.streak = []
            self.streak.append((at, missed))
            since = self.streak[0][0]
            if len(self.streak) < 3 or at - since < 72:
                self.failures += 1
                return self.alarm(True) | self.accept(at, listing, seen, gone)
            closing |= {id_: "miss" for id_ in lost if at - self.missing.get(id_, since) >= 24}
            first, self.counts = set(), []
        said = self.settle(counts, seen, is_open)
        said |= self.accept(at, listing, seen, gone, closing)
        for id_ in first:
            self.missing[id_] = at
            if self.baseline and self.flips.get(id_, 0) < 3:
                said.add(("closed", id_, True))
        for id_, why in closing.items():
            self.open[id_] = False
            self.missing.pop(id_, None)
            self.closed_at[id_] = (at, why)
            if self.baseline:
                said |= self.flip(id_, "closed", listing)
        if counts:
            self.baseline = True
        return said

    def doubtful(self, seen, is_open, closing, first):
        usual = median(self.counts[-5:] or [0])
        most = max(len(closing), len(first))
        return usual >= 8 and (len(seen) * 2 < usual or (most and most * 2 >= len(is_open)))

    def alarm(self, due):
        said = {("source_broken", None, False)} if due and not self.broken else set()
        self.broken |= due
        return said

    def settle(self, counts, seen, is_open):
        self.failures = 0
        if not counts:
            if self.streak and self.streak[0][1] & is_open & seen:
                self.streak = []
            return set()
        self.streak = []
        self.counts.append(len(seen))
        said = {("source_recovered", None, False)} if self.broken else set()
        self.broken = False
        return said

    def accept(self, at, listing, seen, gone, closing=()):
        said = set()
        for id_, pay in listing.items():
            if id_ not in self.open:
                self.open[id_], self.pay[id_] = id_ in seen, pay
                self.closed_at[id_] = (at, "page")
                if self.baseline and id_ in seen:
                    said.add(("opened", id_, False))
                continue
            if not self.open[id_] and id_ in gone:
                continue
            if id_ in seen:
                self.missing.pop(id_, None)
            if not self.open[id_]:
                self.open[id_] = True
                since, why = self.closed_at[id_]
                kind = "retracted" if why == "miss" and at - since <= 168 else "reopened"
                said |= self.flip(id_, kind, listing) if self.baseline else set()
            elif pay != self.pay[id_] and id_ not in closing and self.baseline:
                said.add(("changed", id_, False))
            if id_ not in closing:
                self.pay[id_] = pay
        return said

    def flip(self, id_, kind, listing):
        before, self.pay[id_] = self.pay[id_], listing.get(id_, self.pay[id_])
        flips = self.flips[id_] = self.flips.get(id_, 0) + 1
        if flips < 3:
            return {(kind, id_, False)}
        if flips == 3:
            return {("flapping", id_, False)}
        return {("changed", id_, False)} if before != self.pay[id_] else set()


class AnyInterleaving(RuleBasedStateMachine):
    """Complete, partial, failed and suspicious crawls in any order, against the plain model."""

    def __init__(self):
        super().__init__()
        self.board, self.reader, self.hours = Board(), Reader(), 0
        self.listing = dict.fromkeys("abcdefghij", 10)
        self.heard = {}

    @rule(ids=st.sets(ids, min_size=1, max_size=9), pay=st.sampled_from([None, 10, 12]))
    def edit(self, ids, pay):
        """Take postings off the site, or put them on it with this pay."""
        for id_ in ids:
            self.listing.pop(id_, None)
            if pay:
                self.listing[id_] = pay

    @rule(
        wait=st.sampled_from([1, 8, 24, 36, 200]),
        outcome=st.sampled_from(["complete", "complete", "complete", "partial", "failed"]),
        gone=st.sets(ids, max_size=2),
        whole=st.booleans(),
    )
    def visit(self, wait, outcome, gone, whole):
        self.hours += wait
        listing = dict(self.listing)
        if outcome == "partial" and not whole:
            listing = dict(list(listing.items())[::2])
        postings = [posting(id_, salary=monthly(pay)) for id_, pay in listing.items()]
        events = self.board.visit(postings, hours=self.hours, outcome=outcome, gone=sorted(gone))
        said = [(event.kind, event.posting_id, event.held) for event in events]
        assert len(said) == len(set(said))
        assert set(said) == self.reader.told(self.hours, outcome, listing, gone)
        closed = [one for one in events if one.kind == "closed"]
        assert not closed or (outcome == "complete" and not self.board.judgement.suspicious)
        self.listen(events)

    def listen(self, events):
        """Believe what is told, as one who hears nothing else: no pay may change unheard."""
        if self.board.judgement.baseline:
            self.heard = {id_: one.posting.salary for id_, one in self.board.standing.known.items()}
        for event in events:
            if event.posting_id is None or event.held:
                continue
            if event.kind != "opened":
                # One that was over when it was first seen is first heard of when it returns.
                heard = self.heard.get(event.posting_id, event.before.salary)
                assert event.before.salary == heard
            self.heard[event.posting_id] = event.posting.salary

    @invariant()
    def what_was_told_is_what_is_known(self):
        if self.board.standing.baseline_at is None:
            return
        for id_, known in self.board.standing.known.items():
            assert known.state == ("open" if self.reader.open[id_] else "closed")
            assert known.posting.salary == self.heard.get(id_, known.posting.salary)
            assert known.flapping == (known.flips >= 3)


TestAnyInterleaving = AnyInterleaving.TestCase
TestAnyInterleaving.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.mark.slow
def test_no_event_is_lost_or_doubled_in_long_interleavings():
    run_state_machine_as_test(
        AnyInterleaving,
        settings=settings(TestAnyInterleaving.settings, max_examples=400, stateful_step_count=80),
    )


def test_a_feed_of_the_newest_entries_has_a_baseline_tells_what_is_new_and_closes_nothing():
    board = Board()
    window = {"outcome": "partial", "reasons": (NEWEST_ONLY,)}
    assert board.said(["1", "2"], **window) == []
    assert board.judgement.baseline
    assert board.said(["2", "3"], hours=24, **window) == ["opened 3"]
    assert board.said(["3", "4"], hours=60, **window) == ["opened 4"]
    assert all(known.state == "open" for known in board.standing.known.values())
    broken = Board()
    broken.visit(["1"], outcome="partial", reasons=(NEWEST_ONLY, "page 2: no answer in time"))
    assert broken.standing.baseline_at is None


def test_the_standing_of_an_unknown_source_is_enough_to_begin():
    judgement = judge(crawl(["1"]), Standing("tidewater"))
    assert judgement.events == ()
    assert set(judgement.standing.known) == {"1"}
