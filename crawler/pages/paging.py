"""Lists that are read by offsets, page after page: what a page tells of the whole. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crawler.items import Shortfall, Total
from crawler.pages import board

if TYPE_CHECKING:
    from collections.abc import Iterator


class Sheet(NamedTuple):
    """One page: where it stands, the total its list states, and the id of its first row.

    ``first`` is the first id of the list's first page, where that was another one.
    """

    offset: int
    total: int
    begin: str | None
    first: str | None = None

    @property
    def follows(self) -> bool:
        """Whether the page has rows and does not begin the list anew."""
        return self.begin not in (None, self.first)


def sheet(entries: Any, key: str, offset: int, total: int, first: str | None) -> Sheet:
    """Describe a page by its rows, whose id is called ``key``."""
    begin = board.word(board.dig(entries, 0, key)) or "nameless" if entries else None
    return Sheet(offset, total, begin, first)


def notes(page: Sheet, cap: int) -> Iterator[Total | Shortfall]:
    """Say how many postings the list states, and why it cannot be read whole, where it cannot.

    ``cap`` is the most that the system ever shows.
    """
    if page.offset == 0:
        yield Total(min(page.total, cap))
        if page.total > cap:
            yield Shortfall(f"the list shows {cap} of {page.total} postings")
    if page.offset < page.total and not page.follows:
        words = "is empty" if page.begin is None else "begins again"
        yield Shortfall(f"the list {words} at offset {page.offset} of {page.total}")
