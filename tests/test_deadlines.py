"""The deadlines of a search as a calendar that calendar programs read back unharmed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import mail_samples as samples
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from monitor import deadlines
from monitor.digest import compose

DUE = "2026-12-15"


def opening(number=1, **fields):
    return samples.posting(number, **({"valid_through": DUE} | fields))


def part(*events, day=0, **fields):
    """Make what the digest of a day says of deadlines."""
    until = samples.UNTIL + timedelta(days=day)
    pending = samples.pending(*events, until=until, **fields)
    return deadlines.states(compose(samples.SEARCH, pending, now=until), "lists.example")


def opened(*items, day=0):
    return part(*(samples.event("opened", item, 24 * day) for item in items), day=day)


def changed(before, after, day=1):
    return part(samples.changed(before, after, 24 * day), day=day)


def closed(item, day=1):
    return part(samples.event("closed", item, 24 * day, reason="its page answers 404"), day=day)


def events(*parts):
    """Give the events of the calendar of these parts, oldest first, as a calendar reads them."""
    drawn = deadlines.calendar(reversed(parts))
    assert drawn.endswith(b"\r\n")
    lines = drawn.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()
    read = Calendar.from_ical(drawn)
    assert read["version"] == "2.0"
    found = read.walk("VEVENT")
    assert not any(one.errors for one in found)
    return found


def only(*parts):
    (found,) = events(*parts)
    return found


def test_a_deadline_is_an_event_of_its_whole_day():
    one = only(opened(opening(places=(), url="https://jobs.acme.example/1")))
    assert one["summary"] == "Deadline: Research Engineer 1 (Acme Imaging)"
    assert one.decoded("dtstart") == date(2026, 12, 15)
    assert one["dtstart"].params["VALUE"] == "DATE"
    assert one["uid"].endswith("@lists.example")
    assert one["url"] == "https://jobs.acme.example/1"
    assert (one["status"], one["sequence"], one["transp"]) == ("CONFIRMED", 0, "TRANSPARENT")
    assert one.decoded("dtstamp") == samples.SINCE
    (alarm,) = one.walk("VALARM")
    assert alarm.decoded("trigger") == timedelta(days=-2)


def test_a_posting_without_a_deadline_is_no_event():
    assert opened(samples.posting(1)) is None
    assert len(events(opened(samples.posting(1), opening(2)))) == 1


def test_a_deadline_that_moves_is_the_same_event_with_a_higher_sequence():
    before, after = opening(), opening(valid_through="2026-12-31")
    first, second = only(opened(before)), only(opened(before), changed(before, after))
    assert first["uid"] == second["uid"]
    assert second.decoded("dtstart") == date(2026, 12, 31)
    assert (second["sequence"], second["status"]) == (1, "CONFIRMED")
    assert second.decoded("dtstamp") > first.decoded("dtstamp")


def test_another_change_of_its_posting_leaves_the_event_as_it_was():
    before = opening(remote="hybrid")
    after = replace(before, remote="onsite")
    moved = only(opened(before), changed(before, after))
    assert moved == only(opened(before))


def test_a_deadline_that_vanishes_is_cancelled_on_its_day():
    before, after = opening(), opening(valid_through=None)
    one = only(opened(before), changed(before, after))
    assert (one["status"], one["sequence"]) == ("CANCELLED", 1)
    assert one.decoded("dtstart") == date(2026, 12, 15)
    assert one.walk("VALARM") == []
    again = only(opened(before), changed(before, after), changed(after, before, day=2))
    assert (again["status"], again["sequence"]) == ("CONFIRMED", 2)


def test_a_posting_that_closes_before_its_deadline_cancels_it_once():
    one = only(opened(opening()), closed(opening()), closed(opening(), day=2))
    assert (one["status"], one["sequence"]) == ("CANCELLED", 1)


def test_a_posting_that_closes_after_its_deadline_leaves_it():
    one = only(opened(opening()), closed(opening(), day=25))
    assert (one["status"], one["sequence"]) == ("CONFIRMED", 0)


def test_the_closing_of_a_posting_that_was_never_in_the_calendar_adds_nothing():
    assert len(events(opened(opening(2)), closed(opening()))) == 1


def test_a_deadline_long_past_leaves_the_file():
    old, new = opened(opening()), opened(opening(2, valid_through="2027-06-01"), day=114)
    assert len(events(old, new)) == 1
    assert len(events(old, opened(opening(2, valid_through="2027-06-01"), day=113))) == 2


def test_the_same_parts_draw_the_same_bytes_and_each_uid_is_unique():
    items = [opening(number) for number in range(30)]
    drawn = [deadlines.calendar([opened(*items)]) for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert len({one["uid"] for one in events(opened(*items))}) == 30


@pytest.mark.parametrize(
    "text",
    [
        "Ends\r\nBEGIN:VEVENT\r\nUID:x",
        "a; b, c \\ d \\n e",
        "END:VCALENDAR",
        "nul\x00 bell\x07 nel\x85 ls\u2028 \ud800",
        "工程师" * 40,
        'X";VALUE=URI:javascript:1',
    ],
)
def test_a_hostile_posting_is_text_in_the_calendar(text):
    item = opening(title=text, organization=text, url=f"https://x.example/{text}", id=text)
    one = only(opened(item))
    assert set(one) <= {
        *("UID", "DTSTAMP", "SEQUENCE", "STATUS", "DTSTART", "SUMMARY", "LOCATION"),
        *("DESCRIPTION", "URL", "TRANSP"),
    }
    assert one["summary"].startswith("Deadline: ")


@pytest.mark.parametrize("due", ["0001-01-01", "9999-12-31", "2026-13-45", "soon", ""])
def test_a_deadline_at_the_end_of_time_breaks_nothing(due):
    found = opened(opening(), opening(2, valid_through=due))
    assert {one.decoded("dtstart").year for one in events(found)} <= {2026, 9999}


@given(text=st.text(max_size=90))
def test_any_text_comes_back_as_it_was(text):
    item = opening(title=text, organization="", places=())
    shown = compose(
        samples.SEARCH, samples.pending(samples.event("opened", item)), now=samples.UNTIL
    )
    (card,) = shown.sections[0].cards
    one = only(opened(item))
    assert one["summary"] == f"Deadline: {card.title} ({card.company})"


@given(line=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=300))
def test_a_folded_line_unfolds_to_what_it_was(line):
    made = deadlines.folded(line)
    pieces = made.split(b"\r\n")
    assert pieces.pop() == b""
    assert all(len(piece) <= 75 and piece.decode() for piece in pieces if piece)
    assert made.replace(b"\r\n ", b"").decode() == line + "\r\n"
