"""Crawls of an invented board for tests: ``Board`` visits it and remembers as a store would."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crawler.items import Crawl, Gone, Posting, Salary, Source
from monitor.compare import judge
from monitor.events import Standing

T0 = datetime(2027, 3, 1, 6, 0, tzinfo=UTC)
SOURCE = Source("tidewater", "greenhouse", board="tidewater", organization="Tidewater Optics")
TEXT = "Grind lenses for lighthouses.\nYou know your way around a lathe.\n40 hours a week."


def posting(id_="1", title="Lens Grinder", **fields):
    return Posting(id_, title, **{"body": TEXT, **fields})


def monthly(low, high=None):
    return Salary(low, high or low, "USD", "month")


def crawl(postings=(), *, hours=0, outcome="complete", gone=(), kept=(), source=SOURCE, **fields):
    at = T0 + timedelta(hours=hours)
    return Crawl(
        source=source,
        started=at,
        finished=at + timedelta(minutes=1),
        outcome=outcome,
        postings=tuple(posting(one) if isinstance(one, str) else one for one in postings),
        gone=tuple(Gone(id_, "404 at its own page") for id_ in gone),
        kept=frozenset(kept),
        **fields,
    )


class Board:
    """A source that is visited again and again; keeps what a store would keep."""

    def __init__(self, *baseline, source=SOURCE):
        self.source = source
        self.standing = Standing(source.id)
        self.judgement = None
        if baseline:
            self.visit(baseline)

    def visit(self, postings=(), **fields):
        """Judge one visit and give its events."""
        return self.judge(crawl(postings, source=self.source, **fields))

    def judge(self, visit):
        self.judgement = judge(visit, self.standing)
        known = {**self.standing.known, **self.judgement.standing.known}
        self.standing = replace(self.judgement.standing, known=known)
        return self.judgement.events

    def said(self, postings=(), **fields):
        """Judge one visit and give what it says in short: ``kind id``, held ones in brackets."""
        events = self.visit(postings, **fields)
        words = [" ".join(filter(None, (event.kind, event.posting_id))) for event in events]
        pairs = zip(words, events, strict=True)
        return [f"({word})" if event.held else word for word, event in pairs]
