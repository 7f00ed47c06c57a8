"""How long digests take: `python benchmarks/digest.py [EVENTS]... [--readers N] [--profile]`.

Invented events of one window are composed and rendered as one letter, text and HTML: of 100, 45 are
new, 30 changed (all in their text, many in their pay), 15 closed, 10 open again, at 200 employers
whose texts are 4 to 6 kB of mixed prose. The search asks for words and pay. With `--readers`, so
many readers are told of 1,000 events that lie in a real store, up to the outbox, as `rolecall run`
does it; each has a search of words of his own, a floor, a zone and an address, and no two letters
are alike. Processor time in seconds; the hash is of the letter's bytes, to see that a change left
it alone.
"""

from __future__ import annotations

import argparse
import cProfile
import hashlib
import pstats
import random
import resource
import tempfile
import time
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.fields import text
from crawler.items import Crawl, Place, Posting, Salary, Source
from monitor import config, passages
from monitor.commands import letters
from monitor.commands.voice import Voice
from monitor.commands.work import Work
from monitor.compare import changes
from monitor.digest import Pending, compose
from monitor.events import Event, Judgement, Known, Standing
from monitor.render import render
from monitor.search import Search
from monitor.store import Store
from monitor.weigh import heaviest

START = datetime(2026, 11, 2, 6, 30, tzinfo=UTC)
END = START + timedelta(days=1)
SEARCH = Search(
    "kilns",
    "Kilns and glazes",
    to=("reader@example.org",),
    any_words=("kiln keeper", "glaze", "porcelain", "wood firing"),
    none_words=("unpaid",),
    min_salary=1_500,
    salary_currency="GBP",
    salary_period="month",
    zone="Europe/Zurich",
)
KINDS = ("opened",) * 9 + ("changed",) * 6 + ("closed",) * 3 + ("reopened",) * 2
ZONES = ("Europe/Zurich", "America/New_York", "Asia/Tokyo", "UTC")
WORDS = (
    "glaze",
    "porcelain",
    "wood firing",
    "stoneware",
    "cones",
    "moulds",
    "kilns",
    "night shift",
)
TOWNS = [f"Town {n}, GB" for n in range(300)]
SUBJECTS = ("the kilns", "a small team", "our clay store", "every apprentice", "the night shift")
VERBS = ("keeps", "checks", "describes", "improves", "hands over", "plans", "orders", "teaches")
OBJECTS = (
    "the glaze of each batch",
    "wood firing",
    "stoneware",
    "porcelain",
    "the cones",
    "moulds",
)
CLOSES = (
    "with care",
    "before 6 a.m.",
    "in the firm\u2019s own workshop",
    "for 38 hours a week",
    "at \u00a314 an hour",
    "as a Master\u2019s student would",
)


def sentence(chance: random.Random) -> str:
    words = (chance.choice(part) for part in (SUBJECTS, VERBS, OBJECTS, CLOSES))
    return f"{' '.join(words).capitalize()}, {chance.randrange(1_000)} of them."


def posting(number: int, chance: random.Random) -> Posting:
    paragraphs = (
        " ".join(sentence(chance) for _ in range(chance.randint(1, 4)))
        for _ in range(chance.randint(25, 45))
    )
    low = 1_600 + chance.randrange(0, 2_000, 50)
    return Posting(
        id=f"{number}",
        title=f"{chance.choice(('Kiln Keeper', 'Potter', 'Mould Maker'))} {number}",
        organization=f"Pottery {number % 200}",
        places=tuple(Place(chance.choice(TOWNS)) for _ in range(chance.choice((1, 1, 2)))),
        salary=Salary(low, low + 400, "GBP", "month") if chance.random() < 0.6 else None,  # noqa: PLR2004
        employment_types=("FULL_TIME",),
        remote=chance.choice((None, "onsite", "hybrid")),
        date_posted="2026-10-20",
        valid_through=chance.choice((None, None, "2026-12-01", "2026-11-05")),
        body="\n".join(paragraphs),
        url=f"https://pottery.example/{number}?from=board&lang=en",
    )


def changed(before: Posting, chance: random.Random) -> Posting:
    lines = before.body.split("\n")
    for at in chance.sample(range(len(lines)), chance.randint(1, 6)):
        lines[at] = f"{lines[at].rpartition(',')[0]}, {chance.randrange(1_000)} of those each day."
    lines.append(sentence(chance))
    pay = before.salary
    if pay and chance.random() < 0.66:  # noqa: PLR2004
        pay = replace(pay, min=(pay.min or 0) + 200, max=(pay.max or 0) + 300)
    return replace(before, body="\n".join(lines), salary=pay)


def event(number: int, chance: random.Random) -> Event:
    one = posting(number, chance)
    kind = KINDS[number % len(KINDS)]
    values = {
        "at": START + timedelta(seconds=number),
        "source": f"pottery-{number % 200}",
        "posting_id": one.id,
        "title": one.title,
        "id": number,
    }
    if kind != "changed":
        return Event(kind=kind, posting=one, **values)
    new = changed(one, chance)
    delta = changes(one, new)
    return Event(
        kind=kind, posting=new, before=one, changes=delta, weight=heaviest(delta), **values
    )


def forget() -> None:
    """Forget what making the events left in mind: a digest is composed hours after they came."""
    for kept in (text._kept, passages._key):  # noqa: SLF001 - nobody else needs to
        kept.cache_clear()


def measured(number: int) -> str:
    chance = random.Random(11)
    events = tuple(event(each, chance) for each in range(1, number + 1))
    waiting = Pending(
        search=SEARCH.id, since=START, until=END, cursor=0, head=number, events=events,
        told_closed=frozenset((one.source, one.posting_id) for one in events
                              if one.kind == "reopened"),
    )  # fmt: skip
    forget()
    begun = time.process_time()
    digest = compose(SEARCH, waiting, now=END)
    composed = time.process_time()
    letter = render(digest, recipient=SEARCH.to[0], sender="rolecall@example.org")
    ended = time.process_time()
    return (
        f"{number:>8,} events, {digest.total:,} told: composed {composed - begun:.2f} s,"
        f" rendered {ended - composed:.2f} s, together {ended - begun:.2f} s,"
        f" {len(letter.mime) / 1000:.0f} kB"
        f" ({hashlib.sha256(letter.mime).hexdigest()[:16]})"
    )


def recorded(store: Store, number: int) -> None:
    """Write the events of 200 sources into a store, as visits do."""
    chance = random.Random(11)
    events = [event(each, chance) for each in range(1, number + 1)]
    for index in range(200):
        source = Source(f"pottery-{index}", "greenhouse", f"pottery-{index}")
        mine = [one for one in events if one.source == source.id]
        crawl = Crawl(source, START, START + timedelta(minutes=5), "complete")
        states = {"closed": "closed"}
        known = {
            one.posting_id: Known(one.posting, states.get(one.kind, "open"), START, START)
            for one in mine
        }
        judged = Judgement(Standing(source.id, known=known, baseline_at=START), tuple(mine))
        store.record(crawl, lambda _crawl, _standing, judged=judged: judged)


def reader(number: int) -> Search:
    """Make a search of words, a floor of pay, a zone and an address of one reader's own."""
    chance = random.Random(number)
    return replace(
        SEARCH,
        id=f"s{number}",
        to=(f"reader{number}@example.org",),
        zone=ZONES[number % len(ZONES)],
        any_words=tuple(chance.sample(WORDS, 4)),
        min_salary=1_000 + number,
    )


def queued(readers: int, number: int) -> str:
    """Compose and queue a letter to each of so many readers, from one store, as a run does."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "r.db") as store:
        work = Work(Voice(quiet=True), config.loads('contact = "owner@example.org"'), store)
        searches = [reader(each) for each in range(readers)]
        for search in searches:
            store.decide(search, "before", store.pending(search, START), (), {}, START)
        recorded(store, number)
        forget()
        begun = time.process_time()
        for search in searches:
            letters.decide(work, search, "today", END)
        spent = time.process_time() - begun
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        assert len(store.undelivered()) == readers
    return (
        f"{readers:>8,} readers of {number:,} events ({work.tally.told / readers:,.0f} told to"
        f" each): composed and queued in {spent:.1f} s, {1000 * spent / readers:.0f} ms each;"
        f" peak {peak:,.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("events", nargs="*", type=int, default=[5, 500, 5_000])
    parser.add_argument("--readers", type=int, default=0, help="so many, of 1,000 events each")
    parser.add_argument("--profile", action="store_true", help="say what takes the time")
    given = parser.parse_args()
    with cProfile.Profile() if given.profile else nullcontext() as profile:
        if given.readers:
            print(queued(given.readers, 1_000))
        for line in () if given.readers else map(measured, given.events):
            print(line)
    if profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(45)


if __name__ == "__main__":
    main()
