"""Gusto job boards: one page of rows, then each posting's own page, both plain markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.about import About
from crawler.fields import salary, terms, text
from crawler.items import Shortfall, Total
from crawler.pages import board, cards, dom
from crawler.spiders.base import rows
from crawler.spiders.listed import ListedSpider

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scrapy.http import Response

    from crawler.items import Posting, Source

SITE = "https://jobs.gusto.com"
_KEY = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_BOARD = re.compile(r"data-action=[\"']job_boards-show[\"']")
_EMPLOYER = re.compile(r"^Careers at (.+)$")


class GustoSpider(ListedSpider):
    """Reads a board of ``jobs.gusto.com`` and each posting's own page.

    There is no schema.org markup and no date; all that is stated stands in the markup. A posting is
    known by the key at the end of its link, since the rest of it is its title. The site may answer
    a program with a challenge, which is not passed: such a visit fails.
    """

    name = "gusto"
    about = About(
        fetched="the board's page, then each posting's own page",
        requests="1 + postings that are new or whose row changed",
        gives="places, employment type, text, pay from the text",
        lacks="all dates, a total, department, remote mode unless the text or a place says it",
        asks="is not known to ask anything of programs beyond robots.txt; may answer them with a "
        "challenge",
        example='board = "acme-inc-5b1f0c3a-7d42-4e0b-9c55-2a6f8e91d704"',
    )
    recognises = (rf"https?://jobs\.gusto\.com/boards/(?P<board>[\w-]*{_KEY})",)
    marks = (rf"href=[\"']/boards/(?P<board>[\w-]*{_KEY})[\"']",)
    number = re.compile(rf"/postings/[^/?#]*?({_KEY})(?:[?#]|$)")
    sign = re.compile(r"data-action=[\"']job_(?:boards|postings)-show[\"']")
    back = re.compile(r"/boards/")

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the board."""
        yield Request(f"{SITE}/boards/{source.board}")

    def parse_rows(self, response: Response, **_: Any) -> Iterator[Any]:
        """Read the rows of the board."""
        source, now = response.meta["source"], response.meta["now"]
        found = self.cards(response, SITE)
        employer = _employer(dom.tree(response.text)) if found else None
        things = rows(found, lambda card: _read(card, source, now, employer))
        yield from cards.merged(things)
        if not found:
            ours = _BOARD.search(response.text)
            yield Total(0) if ours else Shortfall("the page is no board of postings")

    def head(self, response: Response, key: str | None) -> Posting | None:
        """Read the headline of a posting's page: employer, title, then places and hours."""
        source, now = response.meta["source"], response.meta["now"]
        root = dom.tree(response.text)
        lines = [dom.words(line) for line in root.xpath("//h1/span")]
        if len(lines) < 3:  # noqa: PLR2004 - the three that every page has
            return None
        employer, title, stated = lines[:3]
        return _posting(
            source,
            now,
            key=key,
            title=title,
            stated=re.split(r"\s*·\s*", stated),
            employer=employer,
            url=self.address(response),
        )

    def text(self, response: Response) -> str:
        """Give the sections below the headline, without the button that ends them."""
        root = dom.tree(response.text)
        for button in root.xpath("//a[contains(@href, '/applicants/new')]"):
            dom.remove(button)
        sections = root.xpath("(//h1)[1]/following-sibling::*")
        return text.from_html("\n".join(map(dom.markup, sections)))


def _employer(root: Any) -> str | None:
    title = next((dom.words(node) for node in root.iter("h1")), "")
    stated = next((text.clean(node.text or "") for node in root.iter("title")), "")
    match = _EMPLOYER.match(stated)
    return match[1] if match else title or None


def _read(card: cards.Card, source: Source, now: datetime, employer: str | None) -> Posting | None:
    """Read one row: its title, then a line a place, then the hours."""
    heading = next(card.node.iter("h2", "h3", "h4"), None)
    stated = [line for part in card.node.iter("p") for line in dom.lines(part)]
    return _posting(
        source,
        now,
        key=card.id,
        title="" if heading is None else dom.words(heading),
        stated=stated,
        employer=employer,
        url=card.url,
    )


def _posting(
    source: Source,
    now: datetime,
    *,
    key: str | None,
    title: str,
    stated: list[str],
    employer: str | None,
    url: str,
) -> Posting | None:
    """Make a posting of a title and what stands under it: places, hours and pay, by their words."""
    hours = [line for line in stated if terms.employment(line)]
    pay = {line: salary.read(line, currency=source.currency) for line in stated}
    return board.posting(
        source,
        now,
        id=key,
        title=title,
        body="",
        labels=[line for line in stated if line not in hours and not pay[line]],
        employment=hours,
        pay=[band for bands in pay.values() for band in bands],
        organization=employer,
        url=url,
        apply_url=f"{url}/applicants/new",
    )
