"""Hacker News "Who is hiring?": one comment of a monthly thread, one posting."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.about import About
from crawler.pages import answers, board, hiring
from crawler.spiders.base import SweepSpider, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.http import Response

    from crawler.items import Posting, Shortfall, Source

API = "https://hn.algolia.com/api/v1"
_THREAD = re.compile(r"(?:.*[?&]id=|.*/items/)?(\d+)(?:\D.*)?")
_TITLE = re.compile(r"who is hiring\b", re.IGNORECASE)
# When a month begins, one thread of three is exchanged: fewer postings leave than a site that is
# broken loses. With the newest thread alone each month would look like a broken source.
_THREADS = 3


class HnWhoIsHiringSpider(SweepSpider):
    """Reads the newest "Who is hiring?" threads through Algolia's API, or a thread of your choice.

    A company posts again every month under a new id; of a thread it is not known when its openings
    are filled, so the newest three count (option ``threads``). Company, role, place, mode and pay
    come from the first line, whose order is custom only. A deleted comment has no text and is
    missed like a posting that is no longer listed; replies are no postings.
    """

    name = "hn_whoishiring"
    secondhand = True
    about = About(
        fetched="the threads' comments through the search API of Hacker News (Algolia); the newest "
        "three threads, or the one whose link is given",
        requests="1 + threads; one for a thread of your choice",
        gives="text, the time of posting, and from the first line by custom: company, role, place, "
        "remote mode, employment type, pay, link",
        lacks="a total, when an opening is filled, and any field that a comment words freely. "
        "Towns that are little known stay text",
        asks="documents the API for anyone, 10,000 requests an hour "
        "([hn.algolia.com/api](https://hn.algolia.com/api))",
    )
    recognises = (
        r"https?://news\.ycombinator\.com/(?:user|submitted)\?id=(?P<board>whoishiring)\b",
        r"https?://news\.ycombinator\.com/item\?id=(?P<board>\d+)",
        r"https?://hn\.algolia\.com/api/v1/items/(?P<board>\d+)",
    )
    readers = ("parse_thread",)

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for one thread, or for the names of the newest."""
        if match := _THREAD.fullmatch(source.url or source.board or ""):
            yield Request(f"{API}/items/{match[1]}", callback=self.parse_thread)
            return
        # Two other threads a month, for those who look for work, are by the same author.
        hits = 3 * int(source.options.get("threads", _THREADS)) + 3
        yield Request(f"{API}/search_by_date?tags=story,author_whoishiring&hitsPerPage={hits}")

    def parse(self, response: Response, **_: Any) -> Iterator[Request]:
        """Follow the newest threads; raises ``ValueError`` when the answer names none."""
        hits = board.dig(answers.read(response), "hits")
        found = [
            key
            for hit in board.several(hits)
            if _TITLE.search(str(board.dig(hit, "title")))
            and (key := board.word(board.dig(hit, "objectID")))
        ]
        if not found:
            raise ValueError("the search names no thread")
        wanted = int(response.meta["source"].options.get("threads", _THREADS))
        for thread in found[:wanted]:
            yield Request(f"{API}/items/{thread}", callback=self.parse_thread)

    def parse_thread(self, response: Response, **_: Any) -> Iterator[Posting | Shortfall]:
        """Read the comments of a thread; raises ``ValueError`` when it is about something else."""
        thread = answers.read(response)
        if not re.search(r"\bhiring\b", str(board.dig(thread, "title")), re.IGNORECASE):
            raise ValueError("the thread is not one of openings")
        source, now = response.meta["source"], response.meta["now"]
        comments = board.dig(thread, "children")
        if isinstance(comments, list):
            comments = [one for one in comments if board.dig(one, "text") not in (None, "")]
        yield from rows(comments, lambda comment: hiring.read(comment, source, now))
