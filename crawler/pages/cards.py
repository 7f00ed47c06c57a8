"""Listings whose rows are markup: the card around each posting's link, and a list that is empty.

What a card says is for each system to read; here is only how cards are found.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from crawler.fields import links, text
from crawler.fields.patterns import late
from crawler.items import Posting, Shortfall, Total
from crawler.pages import board, dom, schema_org

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from crawler.items import Source

_ROWS = frozenset({"li", "tr", "article"})
_OPEN = (
    r"(?:(?:current|currently|open|available|active|matching|job|career) ){0,3}"
    r"(?:jobs?|positions?|openings?|vacancies|opportunities|roles|results|postings)\b"
    r"(?! (?:alerts?|titles?|too))"
)
_NOTHING_OPEN = late(
    rf"\bno {_OPEN}|(?:\bnot|n't) (?:\w+ ){{0,3}}any {_OPEN}|"
    r"\bnot (?:currently|presently) (?:hiring|recruiting)\b",
    re.IGNORECASE,
)
# A sentence of its own, not a paragraph that happens to hold such words.
_SENTENCE = 200


class Card(NamedTuple):
    """A row of a listing: the posting's id, its absolute link, the link's element and the row's."""

    id: str
    url: str
    link: Any
    node: Any


def read(html: str, url: str, pattern: re.Pattern[str]) -> list[Card]:
    """Give a card for every link whose address holds ``pattern``; its first group is the id.

    A row is the list item, table row or element of class ``row`` around the link, else the link
    itself, as where that holds other postings too. A posting that the page shows in several rows
    has several cards.
    """
    found: list[Card] = []
    shared: dict[Any, set[str]] = defaultdict(set)
    for link in dom.tree(html).iter("a"):
        target = links.absolute(link.get("href") or "", url)
        match = pattern.search(target) if target else None
        row = _row(link) if match else None
        if target and match and match[1] not in shared[row]:
            found.append(Card(match[1], target, link, row))
            shared[row].add(match[1])
    return [
        card._replace(node=card.link) if shared[card.node] > {card.id} else card for card in found
    ]


def _row(link: Any) -> Any:
    for node in link.iterancestors():
        if node.tag in _ROWS or "row" in (node.get("class") or "").split():
            return node
    return link


def posting(card: Card, source: Source, now: datetime, **stated: Any) -> Posting | None:
    """Make a posting of a card and of what it states by ``board.posting``'s names; it has no text.

    Its link may carry what differs on every load; such a query is no part of its address.
    """
    link = card.url.split("?", maxsplit=1)[0]
    return board.posting(source, now, **{"id": card.id, "body": "", "url": link} | stated)


def words(node: Any, *names: str) -> str:
    """Give the visible words of the first element of one of some classes; nothing without one."""
    found = next((one for name in names for one in node.find_class(name)), None)
    return "" if found is None else text.clean(dom.words(found))


def vacant(html: str) -> str | None:
    """Give the line in which a listing says that nothing is open, or ``None``."""
    for line in dom.lines(dom.tree(html)):
        if len(line) < _SENTENCE and _NOTHING_OPEN.search(line):
            return line
    return None


def after(found: Sequence[Card], response: Any) -> Iterator[Total | Shortfall]:
    """Say what a page without cards means: nothing is open, or something else answered."""
    if not found and vacant(response.text):
        yield Total(0)
    elif not found:
        yield Shortfall("the page shows no list of postings")


def merged(things: Iterable[Any]) -> Iterator[Any]:
    """Make one posting of all that carry an id, places added up; hand on what is no posting."""
    found: dict[str, Posting] = {}
    for thing in things:
        if not isinstance(thing, Posting):
            yield thing
        elif twin := found.get(thing.id):
            found[thing.id] = schema_org.merge(twin, thing)
        else:
            found[thing.id] = thing
    yield from found.values()
