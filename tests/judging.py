"""A judge far simpler than the real one, and crawls to put before it."""

from __future__ import annotations

import itertools
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crawler import EXTRACTOR
from crawler.items import Crawl, Place, Posting, Salary, Source
from monitor.events import Change, Event, Judgement, Known
from monitor.store import Store

DAY = timedelta(days=1)
START = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
HARBOR = Source("harbor", "greenhouse", board="harborline", organization="Harborline Ltd")


def posting(name: str, **fields) -> Posting:
    """Give a posting as messy as any."""
    defaults = {
        "title": f"Quay\u2011side Engineer {name}",
        "organization": "Harborline Ltd",
        "places": (Place("Łódź, PL", locality="Łódź", country="PL"),),
        "salary": Salary(10.0, 12.5, "EUR", "hour", raw="10\u201312,50 €/h"),
        "body": f"You tie knots.\n\nReference {name}",
        "url": f"https://jobs.harborline.example/{name}",
    }
    return Posting(name, **{**defaults, **fields})


def crawl(day: float, *postings: Posting, source: Source = HARBOR, **fields) -> Crawl:
    """Give a complete visit on a day that found these postings."""
    started = START + day * DAY
    values = {"outcome": "complete", "postings": postings, "extractor": EXTRACTOR, **fields}
    return Crawl(source, started, started + timedelta(minutes=2), **values)


def judge(crawl, standing):
    """Open what is new, close what is missed, say what changed; believe everything at once."""
    found = {each.id: each for each in crawl.postings}
    known = {name: _seen(crawl, standing.known.get(name), each) for name, each in found.items()}
    baseline = standing.baseline_at is None and crawl.outcome == "complete"
    events = [] if baseline else list(_events(crawl, standing, found))
    if crawl.outcome == "complete":
        for name, before in standing.known.items():
            if name not in found and name not in crawl.kept and before.state == "open":
                known[name] = replace(
                    before, state="closed", closed_at=crawl.started, closed_by="missed"
                )
    after = replace(
        standing,
        source=crawl.source.id,
        baseline_at=standing.baseline_at or (crawl.started if baseline else None),
        counts=(*standing.counts, crawl.found)[-5:],
        failures=standing.failures + 1 if crawl.outcome == "failed" else 0,
        known=known,
    )
    return Judgement(after, tuple(events), baseline=baseline)


def _seen(crawl, before, found):
    if before is None:
        return Known(found, "open", crawl.started, crawl.started, crawl.extractor)
    return replace(before, posting=found, state="open", last_seen=crawl.started, closed_at=None)


def _events(crawl, standing, found):
    for name, each in found.items():
        before = standing.known.get(name)
        if before is None:
            yield _event(crawl, "opened", each)
        elif before.state == "closed":
            yield _event(crawl, "reopened", each)
        elif before.posting != each:
            change = Change("title", before.posting.title, each.title, "material", note="other")
            yield _event(crawl, "changed", each, before=before.posting, changes=(change,))
    if crawl.outcome == "complete":
        for name in standing.known.keys() - found.keys() - crawl.kept:
            if standing.known[name].state == "open":
                yield _event(crawl, "closed", standing.known[name].posting, reason="missed")


def _event(crawl, kind, posting, **fields):
    return Event(
        crawl.started, crawl.source.id, kind, posting.id, posting.title, posting=posting, **fields
    )


def record_without_end(path: str) -> None:
    """Record crawls, every one of which changes, opens and closes, until killed."""
    with Store.open(path) as store:
        visits = sum(1 for _ in store.crawls("harbor"))
        for day in itertools.count(visits):
            changed = [posting(f"p{n}", title=f"Title {day}") for n in range(40)]
            store.record(crawl(day, *changed, posting(f"only-{day}")), judge)


if __name__ == "__main__":
    record_without_end(sys.argv[1])
