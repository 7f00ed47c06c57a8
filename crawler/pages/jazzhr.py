"""What JazzHR's rows and pages state of a posting. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler.fields import text
from crawler.pages import cards, dom

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from crawler.items import Posting, Shortfall, Source, Total

_INACTIVE = re.compile(r"<title>\s*Inactive Career Page", re.IGNORECASE)


def read(card: cards.Card, source: Source, now: datetime) -> Posting | None:
    """Read one row of the table, or one item of the newer list."""
    cells = [dom.words(cell) for cell in card.node.iter("td" if card.node.tag == "tr" else "li")]
    cells = cells[1:] if card.node.tag in {"tr", "li"} else cells
    team = cards.words(card.node, "resumator_department") or (*cells, "", "")[1]
    title = dom.words(card.link)
    return cards.posting(card, source, now, title=title, labels=cells[:1], department=team)


def body(html: str) -> str:
    """Give the description of a posting's page."""
    root = dom.tree(html)
    parts = [*root.find_class("job_description"), *root.xpath("//*[@id='job-description']")]
    return text.from_html(dom.markup(parts[0])) if parts else ""


def after(found: Sequence[cards.Card], response: Any) -> Iterator[Total | Shortfall]:
    """Say what a page without rows means; raises ``ValueError`` when it is no employer's.

    It may be switched off, or JazzHR's own.
    """
    host = urlsplit(response.url).hostname or ""
    ours = host.endswith(".applytojob.com") and not _INACTIVE.search(response.text)
    if not (found or ours):
        raise ValueError(f"JazzHR has no career page {response.meta['source'].board}")
    yield from cards.after(found, response)
