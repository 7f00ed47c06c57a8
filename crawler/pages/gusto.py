"""What Gusto's rows and pages state of a posting, which is plain markup. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crawler.fields import salary, terms, text
from crawler.items import Shortfall, Total
from crawler.pages import board, cards, dom

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from crawler.items import Posting, Source

_BOARD = re.compile(r"data-action=[\"']job_boards-show[\"']")
_EMPLOYER = re.compile(r"^Careers at (.+)$")


def employer(html: str) -> str | None:
    """Give the employer that a board names."""
    root = dom.tree(html)
    title = next((dom.words(node) for node in root.iter("h1")), "")
    stated = next((text.clean(node.text or "") for node in root.iter("title")), "")
    match = _EMPLOYER.match(stated)
    return match[1] if match else title or None


def read(card: cards.Card, source: Source, now: datetime, employer: str | None) -> Posting | None:
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


def head(html: str, source: Source, now: datetime, key: str | None, url: str) -> Posting | None:
    """Read the headline of a posting's page: employer, title, then places and hours."""
    lines = [dom.words(line) for line in dom.tree(html).xpath("//h1/span")]
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
        url=url,
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


def body(html: str) -> str:
    """Give the sections below the headline, without the button that ends them."""
    root = dom.tree(html)
    for button in root.xpath("//a[contains(@href, '/applicants/new')]"):
        dom.remove(button)
    sections = root.xpath("(//h1)[1]/following-sibling::*")
    return text.from_html("\n".join(map(dom.markup, sections)))


def after(found: Sequence[cards.Card], response: Any) -> Iterator[Total | Shortfall]:
    """Say what a page without rows means."""
    if not found:
        ours = _BOARD.search(response.text)
        yield Total(0) if ours else Shortfall("the page is no board of postings")
