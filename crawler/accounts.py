"""The account of a visit: what was asked, answered, read and refused, and the crawl it comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler import EXTRACTOR
from crawler.items import Counts, Crawl

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy import Request, Spider

    from crawler.items import Asked, Gone, Link, Outcome, Page, Posting, Snippet, Source

MOST_REASONS = 20
"""A site that fails in a hundred ways is described well enough by these."""


def says_all(link: Link, request: Request, spider: Spider) -> bool:
    """Say whether a request is no more than its link: whoever waits can keep that in its place."""
    return (
        request.url == link.url
        and request.method == "GET"
        and not (request.body or request.headers or request.cookies)
        and request.meta.keys() <= {"posting", "row", "detail"}
        and getattr(request.callback, "__self__", spider) is spider
    )


@dataclass
class Reading:
    """What one page gave so far; it becomes a remembered ``Page`` when its callback is done.

    ``fleeting`` when it led to a request that is no GET, which cannot be asked again from memory,
    or said that a posting is closed: such a page is read anew at every visit. ``depth`` is how many
    links led to it.
    """

    postings: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    total: int | None = None
    shortfall: str | None = None
    whole: bool = True
    fleeting: bool = False
    depth: int = 0

    @property
    def empty(self) -> bool:
        """Whether the page gave nothing at all."""
        gave = self.postings or self.links or self.shortfall or self.fleeting
        return not gave and self.total is None


@dataclass
class Ledger:
    """What a visit has seen so far."""

    postings: dict[str, Posting] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    gone: dict[str, Gone] = field(default_factory=dict)
    snippets: list[Snippet] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    rows: dict[str, str] = field(default_factory=dict)
    page_of: dict[str, str] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    requests: list[Asked] = field(default_factory=list)
    listed: int = 0
    total: int | None = None
    asked: int = 0
    details: int = 0
    answered: int = 0
    not_modified: int = 0
    failed: int = 0
    size: int = 0

    def reason(self, words: str) -> None:
        """Keep why the visit is not complete, each reason once."""
        if words not in self.reasons:
            self.reasons.append(words)

    def state(self, total: int | None) -> None:
        """Keep the largest number of postings that the site states."""
        if total is not None:
            self.total = max(total, self.total or 0)

    def crawl(self, source: Source, *, started: datetime, finished: datetime) -> Crawl:
        """Give the finished visit; a stated total that was not reached is a reason of its own."""
        found = len(set(self.postings) | self.kept)
        reached = max(len(set(self.postings) | self.kept | set(self.gone)), self.listed)
        if self.total is not None and reached < self.total:
            self.reason(f"the site states {self.total} postings, {found} were read")
        if self.details and not (found or self.gone or self.reasons):
            self.reason("none of the pages that the listing leads to shows a posting")
        return Crawl(
            source=source,
            started=started,
            finished=finished,
            outcome=self._outcome(found),
            reasons=tuple(self.reasons[:MOST_REASONS]),
            postings=tuple(self.postings.values()),
            kept=frozenset(self.kept - set(self.postings)),
            gone=tuple(self.gone.values()),
            snippets=tuple(self.snippets),
            pages=tuple(self.pages),
            rows=self.rows,
            page_of=self.page_of,
            total=self.total,
            requests=tuple(self.requests),
            counts=Counts(self.asked, self.answered, self.not_modified, self.failed, self.size),
            extractor=EXTRACTOR,
        )

    def _outcome(self, found: int) -> Outcome:
        if not found and (self.reasons or not self.answered):
            return "failed"
        if self.reasons:
            return "partial"
        return "unchanged" if self.answered == self.not_modified else "complete"
