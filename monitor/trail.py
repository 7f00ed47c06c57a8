"""Links from a letter to the page: a posting's history, what a letter has no room for. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from monitor.cards import Card
    from monitor.sections import Section

KNOWN = "/known"
"""The path below which the page finds a posting by its source and its id there."""
_LISTS = {
    "changed": "/?kind=changed",
    "retracted": "/?kind=retracted",
    "back": "/?kind=reopened",
    "soon": "/postings",
    "new": "/?kind=opened",
    "open": "/postings",
    "flapping": "/?kind=flapping",
    "closed": "/?kind=closed",
}


def below(public_url: str, path: str) -> str:
    """Write the link to a path of the page."""
    return f"{public_url.rstrip('/')}{path}"


@dataclass(frozen=True, slots=True)
class Trail:
    """Where the page is that a letter leads to; "" where its reader cannot open one."""

    page: str = ""

    def history(self, card: Card) -> str:
        """Write the link to what became of a posting, "" without a page."""
        asked = urlencode({"source": card.source, "posting": card.posting_id}, errors="replace")
        return below(self.page, f"{KNOWN}?{asked}") if self.page else ""

    def rest(self, section: Section) -> str:
        """Write the link to the list that has what a section leaves out, "" without a page."""
        return below(self.page, _LISTS.get(section.key, "/")) if self.page else ""
