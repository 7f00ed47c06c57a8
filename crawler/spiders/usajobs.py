"""USAJOBS: one search of the federal government's openings, through its API."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from scrapy import Request

from crawler.about import About
from crawler.items import Gone, Posting, Shortfall, Total
from crawler.pages import answers, board, described, trouble, usajobs
from crawler.spiders.base import SweepSpider, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.http import Response

    from crawler.items import Source

API = "https://data.usajobs.gov/api/Search"
_A_PAGE = 500
_CAP = 10_000
# The website's names for filters, and what its API calls them; paging and order are ours.
_NAMES = {
    "k": "Keyword",
    "l": "LocationName",
    "a": "Organization",
    "d": "Organization",
    "j": "JobCategoryCode",
    "hp": "HiringPath",
    "r": "Radius",
}
_OURS = frozenset({"p", "s", "sort", "page", "resultsperpage", "fields", "sortfield"})


class UsajobsSpider(SweepSpider):
    """Reads ``data.usajobs.gov`` with your own key: 500 rows a page, at most 10,000 rows a search.

    Option ``key_env`` names the environment variable that holds the key, ``email`` the address it
    was given to, which the API wants as User-Agent. A search that finds more than the cap is never
    complete. The control number is the id, the announcement number the requisition. Telework is no
    remote work; a place to be agreed on is no place.
    """

    name = "usajobs"
    about = About(
        fetched="the rows of one search, in full, through the official search API",
        requests="1 for every 500 postings",
        gives="agency, department, every place, pay with its period, schedule and appointment "
        "type, opened and closing dates, text, announcement number, remote work",
        lacks="an update time; anything beyond 10,000 rows, which makes a visit partial",
        asks="gives a free key to an e-mail address and wants both with every request "
        "([developer.usajobs.gov](https://developer.usajobs.gov/)): options `key_env` and `email`",
    )
    recognises = (
        r"https?://(?:www\.)?usajobs\.gov/search/results/?\?(?P<board>[^#\s]+)",
        r"https?://data\.usajobs\.gov/api/search/?\?(?P<board>[^#\s]+)",
    )

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the first page; raises ``ValueError`` when there is no key or no such filter."""
        yield self._page(source, 1)

    def parse(
        self, response: Response, *, page: int = 1, **_: Any
    ) -> Iterator[Posting | Gone | Total | Shortfall | Request]:
        """Read a page of rows; the first one leads to the others."""
        source, now = response.meta["source"], response.meta["now"]
        if response.body.lstrip()[:1] == b"<":
            yield from self._feed(response)
            return
        result = board.dig(answers.read(response), "SearchResult")
        total = described.count(board.dig(result, "SearchResultCountAll"))
        if total is None:
            raise ValueError("the answer is no result of a search")
        shown = min(total, _CAP)
        entries = board.dig(result, "SearchResultItems")
        yield from rows(entries, lambda row: usajobs.read(row, source, now))
        if page > 1:
            return
        yield Total(shown)
        if shown < total:
            yield Shortfall(f"the search finds {total} postings, the API shows {_CAP}: narrow it")
        stated = described.count(board.dig(result, "UserArea", "NumberOfPages"))
        for number in range(2, min(stated or -(-shown // _A_PAGE), _CAP // _A_PAGE) + 1):
            yield self._page(source, number)

    def _feed(self, response: Response) -> Iterator[Posting | Gone | Shortfall]:
        """Read a saved feed in HR-XML; an opening that is marked inactive is closed with authority.

        Raises ``ValueError`` in words for a page in its place.
        """
        source, now = response.meta["source"], response.meta["now"]
        found = usajobs.openings(response.body)
        if not found:
            raise ValueError(trouble.blocked(response) or "the answer is no result of a search")
        open_rows = [row for row, active in found if active]
        yield from rows(open_rows, lambda row: usajobs.read(row, source, now))
        for row, active in found:
            if not active and row["MatchedObjectId"]:
                yield Gone(row["MatchedObjectId"], "its status is inactive")

    def _page(self, source: Source, number: int) -> Request:
        wanted = _filters(source) | {
            "Fields": "Full",
            "Page": str(number),
            "ResultsPerPage": str(_A_PAGE),
        }
        url = f"{API}?{urlencode(wanted)}"
        return Request(url, callback=self.parse, cb_kwargs={"page": number})

    def headers(self, source: Source) -> dict[str, str]:
        """Give what the API wants to see of the source's owner; a replay needs nothing."""
        key = os.environ.get(str(source.options.get("key_env") or "USAJOBS_KEY"))
        email = source.options.get("email")
        if self.settings["ROLECALL_MODE"] == "replay":
            return {}
        if not (key and email):
            raise ValueError("usajobs needs options.email, and a key in options.key_env's variable")
        return {"Authorization-Key": key, "User-Agent": str(email)}


def _filters(source: Source) -> dict[str, str]:
    """Give the search as the API spells it; one it cannot ask for would widen the search."""
    query = urlsplit(source.url).query if source.url else source.board or ""
    wanted: dict[str, list[str]] = {}
    for name, value in parse_qsl(query):
        if name.lower() in _OURS:
            continue
        known = _NAMES.get(name.lower()) or (name if name[:1].isupper() else None)
        if known is None:
            raise ValueError(f"usajobs: the search's {name}={value} has no counterpart in the API")
        wanted.setdefault(known, []).append(value)
    return {name: ";".join(values) for name, values in wanted.items()}
