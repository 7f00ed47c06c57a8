"""How long a digest takes: `python benchmarks/digest.py [EVENTS]... [--profile]`.

Invented events of one window (half of them changes, the others new, closed and back) are composed
and rendered as one letter, text and HTML; processor time in seconds, and the size of the letter.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import time
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crawler.items import Place, Posting, Salary
from monitor.compare import changes
from monitor.digest import Pending, compose
from monitor.events import Event
from monitor.render import render
from monitor.search import Search

START = datetime(2026, 11, 2, 6, 30, tzinfo=UTC)
BODY = "You keep the kilns of the pottery at their heat.\n" * 60
SEARCH = Search("kilns", "Kilns", to=("reader@example.org",), any_words=("kilns",))


def posting(number: int) -> Posting:
    return Posting(
        id=f"{number}",
        title=f"Kiln Keeper {number}",
        organization=f"Pottery {number % 200}",
        places=(Place("Stoke, GB", "Stoke", None, "GB"),),
        salary=Salary(2_000 + number, 2_400 + number, "GBP", "month"),
        body=f"{BODY}Kiln {number}.",
        url=f"https://pottery.example/{number}",
    )


def event(number: int) -> Event:
    one = posting(number)
    at = START + timedelta(seconds=number)
    kind = ("changed", "opened", "changed", "closed", "changed", "reopened")[number % 6]
    values = {"source": f"pottery-{number % 200}", "posting_id": one.id, "title": one.title}
    if kind != "changed":
        return Event(at=at, kind=kind, posting=one, id=number, **values)
    new = replace(
        one, body=f"{BODY}Kiln {number} burns wood.", salary=Salary(2_500, 3_000, "GBP", "month")
    )
    return Event(
        at=at, kind=kind, posting=new, before=one, changes=changes(one, new), id=number, **values
    )


def measured(number: int) -> str:
    events = tuple(map(event, range(1, number + 1)))
    waiting = Pending(
        search=SEARCH.id, since=START, until=START + timedelta(days=1), cursor=0, head=number,
        events=events,
    )  # fmt: skip
    begun = time.process_time()
    digest = compose(SEARCH, waiting, now=START + timedelta(days=1))
    composed = time.process_time()
    letter = render(digest, recipient=SEARCH.to[0], sender="rolecall@example.org")
    ended = time.process_time()
    return (
        f"{number:>8,} events: composed {composed - begun:.2f} s,"
        f" rendered {ended - composed:.2f} s,"
        f" {len(letter.mime) / 1000:.0f} kB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("events", nargs="*", type=int, default=[5, 500, 5_000])
    parser.add_argument("--profile", action="store_true", help="say what takes the time")
    given = parser.parse_args()
    with cProfile.Profile() if given.profile else nullcontext() as profile:
        for number in given.events:
            print(measured(number))
    if profile:
        pstats.Stats(profile).sort_stats("cumulative").print_stats(40)


if __name__ == "__main__":
    main()
