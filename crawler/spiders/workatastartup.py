"""Work at a Startup: the openings of one company on Y Combinator's site."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from scrapy import Request

from crawler.about import About
from crawler.fields import salary
from crawler.fields.links import absolute
from crawler.items import Gone, Posting, plain
from crawler.pages import board, careers, described, dom
from crawler.spiders.base import SweepSpider, rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scrapy.http import Response

    from crawler.items import Shortfall, Source

SITE = "https://www.ycombinator.com"
_LINES = {"minExperience": "Experience", "visa": "Visa", "skills": "Skills"}


class WorkAtAStartupSpider(SweepSpider):
    """Reads a company's openings and each posting's own page on ``www.ycombinator.com``.

    The listing keeps its rows in an attribute of the page and states their ages only; the day and
    the text stand on the posting's page, beside other companies' openings, which are not read.
    Pictures' links and ages differ on every load, so they are no sign of a change.
    """

    name = "workatastartup"
    secondhand = True
    about = About(
        fetched="the company's public list of openings, then each posting's own page",
        requests="1 + postings that are new or whose row changed",
        gives="places, pay, employment type, posted, text, experience, visa and skills as text",
        lacks="a total, an update time, a deadline; the directory of all companies, which asks for "
        "a login",
        asks="is not known to ask anything of programs beyond robots.txt",
    )
    recognises = (
        r"https?://(?:www\.)?ycombinator\.com/companies/(?P<board>[^/?#]+)/jobs(?:[/?#]|$)",
        r"https?://(?:www\.)?workatastartup\.com/companies/(?P<board>[^/?#]+)",
    )
    readers = ("parse_posting", "parse_rows")

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the company's list."""
        yield Request(f"{SITE}/companies/{quote(source.board or '', safe='')}/jobs")

    def parse(self, response: Response, **_: Any) -> Iterator[Request | Posting | Shortfall]:
        """Follow every row to its posting's page; a row without one is a posting as it stands."""
        for thing in self.parse_rows(response):
            if isinstance(thing, Posting) and thing.url:
                row = plain(thing)
                yield self.detail(thing.url, self.parse_posting, posting=thing.id, row=row)
            else:
                yield thing

    def parse_rows(self, response: Response, **_: Any) -> Iterator[Posting | Shortfall]:
        """Read the rows alone, which have no text."""
        source, now = response.meta["source"], response.meta["now"]
        yield from rows(props(response).get("jobPostings"), lambda row: read(row, source, now))

    def parse_posting(self, response: Response, **_: Any) -> Iterator[Posting | Gone]:
        """Read a posting's own page: its fields, and the JSON-LD beside them."""
        source, now = response.meta["source"], response.meta["now"]
        row = props(response).get("job")
        posting = read(row, source, now) if isinstance(row, dict) else None
        if posting is not None:
            found = careers.postings(response.text, url=response.url, now=now)
            yield completed(posting, found[0]) if found else posting
        elif words := careers.closed(response.text):
            yield Gone(response.meta.get("posting") or "", f"its page says: {words}")
        else:
            raise ValueError("the page shows no posting")


def props(response: Response) -> dict[str, Any]:
    """Give the values that a page is drawn from; raises ``ValueError`` when it holds none."""
    for node in dom.tree(response.text).iter():
        if isinstance(node.tag, str) and (drawn := node.get("data-page")):
            found = board.dig(described.answer(drawn), "props")
            if isinstance(found, dict):
                return found
    raise ValueError("the page holds no postings: another one answers, or it is built anew")


def read(row: dict[str, Any], source: Source, now: datetime) -> Posting | None:
    """Read a row; what it says beyond a posting's fields is its text."""
    link = absolute(board.word(row.get("url")) or "", SITE)
    return board.posting(
        source,
        now,
        id=row.get("id"),
        title=row.get("title"),
        body="\n".join(line for line in map(_line, _LINES, [row] * len(_LINES)) if line),
        labels=[row.get("location")],
        employment=board.word(row.get("type")) or (),
        pay=salary.read(board.word(row.get("salaryRange")) or "", currency=source.currency)[:1],
        organization=row.get("companyName"),
        department=row.get("prettyRole"),
        url=link if row.get("url") else None,
        apply_url=row.get("applyUrl"),
    )


def _line(name: str, row: dict[str, Any]) -> str:
    value = row.get(name)
    words = filter(None, map(board.word, value if isinstance(value, list) else [value]))
    stated = ", ".join(words)
    return f"{_LINES[name]}: {stated}" if stated else ""


def completed(posting: Posting, stated: Posting) -> Posting:
    """Give a posting with what its page's JSON-LD states; that knows currency, period and day."""
    return replace(
        posting,
        places=stated.places or posting.places,
        remote=posting.remote or stated.remote,
        salary=stated.salary or posting.salary,
        date_posted=stated.date_posted,
        date_posted_raw=stated.date_posted_raw,
        valid_through=stated.valid_through,
        valid_through_raw=stated.valid_through_raw,
        start_date=stated.start_date,
        start_date_raw=stated.start_date_raw,
        requirements=stated.requirements,
        body="\n".join(part for part in (stated.body, posting.body) if part),
    )
