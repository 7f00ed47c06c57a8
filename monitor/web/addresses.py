"""Which pages there are, where they are, and how a link to one is written. No server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlencode

from monitor.web import (
    compared,
    crawls,
    digests,
    latest,
    posting,
    postings,
    searches,
    sources,
    statistics,
)

if TYPE_CHECKING:
    from monitor.web.site import Maker


class Address(NamedTuple):
    """The path of a page, its parts in braces, and what makes it."""

    path: str
    make: Maker


PAGES: dict[str, Address] = {
    "latest": Address("/", latest.latest),
    "postings": Address("/postings", postings.postings),
    "posting": Address("/posting/{id}", posting.posting),
    "compare": Address("/posting/{id}/compare", compared.compare),
    "text": Address("/posting/{id}/text", compared.text),
    "kept": Address("/posting/{id}/page", compared.kept),
    "sources": Address("/sources", sources.sources),
    "source": Address("/source/{name}", sources.source),
    "crawls": Address("/visits", crawls.crawls),
    "crawl": Address("/visit/{id}", crawls.crawl),
    "statistics": Address("/statistics", statistics.statistics),
    "searches": Address("/searches", searches.searches),
    "search": Address("/search/{name}", searches.search),
    "preview": Address("/search/{name}/letter", searches.preview),
    "digests": Address("/digests", digests.digests),
    "digest": Address("/digest/{id}", digests.digest),
    "letter": Address("/letter/{id}", digests.letter),
}
"""Every page, by name."""

NAVIGATION = (
    ("latest", "Latest"),
    ("postings", "Postings"),
    ("sources", "Sources"),
    ("crawls", "Visits"),
    ("statistics", "Statistics"),
    ("searches", "Searches"),
    ("digests", "Digests"),
)
"""The pages that every page leads to."""

_PART = re.compile(r"\{(\w+)\}")


def parts(name: str) -> list[str]:
    """Give the names of what stands in the path of a page."""
    return _PART.findall(PAGES[name].path)


def to(name: str, /, **asked: object) -> str:
    """Write the link to a page below the root; what is empty is left out of the query."""
    path = _PART.sub(lambda part: quote(str(asked[part[1]]), safe=""), PAGES[name].path)
    inside = parts(name)
    rest = {key: str(it) for key, it in asked.items() if key not in inside and it not in (None, "")}
    return f"{path}?{urlencode(rest)}" if rest else path
