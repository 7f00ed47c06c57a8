"""Aggregators: a page that shows one posting and, below it, others that are not it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.about import About
from crawler.items import Shortfall
from crawler.pages import aggregator, careers, trouble
from crawler.spiders.base import SweepSpider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.http import Response

    from crawler.items import Posting, Snippet


class AggregatorSpider(SweepSpider):
    """Reads the page of one posting; its similar vacancies become snippets with their own pay.

    A snippet opens and closes nothing. A page without a posting is a shortfall, unless it says that
    the posting is closed: then it is held like a miss. What the site's terms forbid is not crawled;
    save the page and use ``rolecall extract aggregator`` instead.
    """

    name = "aggregator"
    secondhand = True
    about = About(
        fetched="the page of one posting",
        requests="one",
        gives="the page's own posting, and the other vacancies around it as snippets with their "
        "own pay and tags; a snippet opens and closes nothing",
        lacks="a closing by 404: aggregators keep dead copies and drop live ones, so neither is "
        "believed",
        asks="many aggregators forbid programs in their terms or robots.txt: save the page and "
        "use `rolecall extract` instead",
    )

    def parse(self, response: Response, **_: Any) -> Iterator[Posting | Snippet | Shortfall]:
        """Read the page's own posting and its snippets."""
        source = response.meta["source"]
        postings, snippets = aggregator.read(
            response.text,
            url=response.url,
            now=response.meta["now"],
            currency=source.currency,
        )
        yield from postings
        yield from snippets
        if not postings and not careers.closed(response.text):
            words = trouble.blocked(response) or "the page shows no posting of its own"
            yield Shortfall(f"{response.url}: {words}")
