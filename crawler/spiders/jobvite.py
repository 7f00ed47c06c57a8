"""Jobvite career sites: pages of rows, then each posting's own page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.about import About
from crawler.fields import links, terms, text
from crawler.items import Posting, Shortfall, Total
from crawler.pages import board, cards, dom
from crawler.spiders.base import rows
from crawler.spiders.listed import ListedSpider

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scrapy.http import Response

    from crawler.items import Source

SITE = "https://jobs.jobvite.com"
_SPAN = re.compile(r"\b(\d[\d,]*)\s*-\s*(\d[\d,]*)\s+of\s+(\d[\d,]*)\b")
_NAME = r"(?!(?:support|careers|job)\b)[\w-]+"
_SEARCH = re.compile(r"/search(?:[/?#]|$)")
_SHOW_MORE = re.compile(r"^(?:show|view) more$", re.IGNORECASE | re.MULTILINE)
_MARK = "\u241f"
_PAGE = re.compile(r"[?&]p=([1-9]\d*)")


class JobviteSpider(ListedSpider):
    """Reads ``jobs.jobvite.com/NAME``: the pages of its search with their total, then postings.

    The plain list cuts off long categories, so it is read only where there is no search. A closed
    posting leads back to a list, and an unknown name to Jobvite's own site: neither is a page of
    the employer. "3 Locations" is no place; the posting's page has them.
    """

    name = "jobvite"
    about = About(
        fetched="the pages of the site's search, else its one-page list, then each posting's page",
        requests="1 for every 50 postings + postings that are new or whose row changed",
        gives="all places, text, department; date and employment type where the site states "
        "schema.org markup",
        lacks="an update time, a deadline; pay unless the text has it",
        asks="is not known to ask anything of programs beyond robots.txt",
    )
    recognises = (
        rf"https?://(?:jobs|careers)\.jobvite\.com/(?:careers/)?(?P<board>{_NAME})(?:[/?#]|$)",
    )
    number = re.compile(r"/job/(\w+)")
    sign = re.compile(r"[\"' ]jv-")
    back = re.compile(r"/(?:jobs|search)(?:[/?#]|$)|[?&](?:error|invalid)=")

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the first page of the search."""
        yield Request(f"{SITE}/{source.board}/search")

    def parse_rows(self, response: Response, **_: Any) -> Iterator[Any]:
        """Read the rows of one page, and ask for the page after it."""
        source, now = response.meta["source"], response.meta["now"]
        if "invalid=" in response.url:
            raise ValueError(f"Jobvite has no site {source.board}")
        found = self.cards(response, SITE)
        yield from cards.merged(rows(found, lambda card: _read(card, source, now)))
        if not found:
            yield self._bare(response)
            return
        root = dom.tree(response.text)
        span = _SPAN.search(cards.words(root, "jv-pagination-text"))
        if span:
            yield Total(int(span[3].replace(",", "")))
        if span and _PAGE.search(response.url) and span[1] == "1":
            yield Shortfall("a further page of the search was asked for, the first one came")
        elif after := _next(root, response):
            yield Request(after, callback=self.parse)
        elif not span and _SHOW_MORE.search("\n".join(dom.lines(root))):
            yield Shortfall("the list cuts off its long categories")

    def _bare(self, response: Response) -> Request | Total | Shortfall:
        """Say what a page without rows means; the plain list is asked where there is no search."""
        if self.sign.search(response.text) and cards.vacant(response.text):
            return Total(0)
        if _SEARCH.search(response.url):
            return Request(f"{SITE}/{response.meta['source'].board}/jobs", callback=self.parse)
        return Shortfall("the page shows no list of postings")

    def head(self, response: Response, key: str | None) -> Posting | None:
        """Read the head of a posting's page: title, department, places."""
        source, now = response.meta["source"], response.meta["now"]
        root = dom.tree(response.text)
        department, *labels = _meta(root)
        return board.posting(
            source,
            now,
            id=key,
            title=cards.words(root, "jv-header"),
            body="",
            labels=[label for label in labels if not terms.employment(label)],
            employment=labels,
            department=department,
            url=self.address(response),
        )

    def text(self, response: Response) -> str:
        """Give the description of the page."""
        parts = dom.tree(response.text).find_class("jv-job-detail-description")
        return text.from_html("\n".join(map(dom.markup, parts)))


def _next(root: Any, response: Response) -> str | None:
    """Give the next page, where its link leads anywhere else."""
    for link in root.find_class("jv-pagination-next"):
        target = links.absolute(link.get("href") or "", response.url)
        if link.get("href") and target and target != response.url:
            return target
    return None


def _meta(root: Any) -> list[str]:
    """Give the parts of the line under a posting's title: the department, then its places."""
    for line in root.find_class("jv-job-detail-meta"):
        for mark in line.find_class("jv-inline-separator"):
            mark.text = _MARK
        parts = [text.clean(part) for part in line.text_content().split(_MARK) if part.strip()]
        # What stands alone is a department or a place, and only a place has a comma.
        return parts if len(parts) > 1 else ["", *(part for part in parts if "," in part)]
    return [""]


def _read(card: cards.Card, source: Source, now: datetime) -> Posting | None:
    """Read one row; where its place stands inside the link, it is no part of the title."""
    place = cards.words(card.node, "jv-job-list-location")
    title = cards.words(card.link, "title") or dom.words(card.link).removesuffix(place)
    return board.posting(
        source,
        now,
        id=card.id,
        title=title,
        body="",
        labels=[place],
        employment=cards.words(card.node, "jv-job-list-type"),
        url=card.url.split("?", maxsplit=1)[0],
    )
