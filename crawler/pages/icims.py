"""What an iCIMS portal's page of cards says: which page it is, and what each card states."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from crawler.fields import text
from crawler.items import Shortfall, Total
from crawler.pages import cards, careers, dom

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.items import Posting, Source
    from crawler.pages.cards import Card

LIST = "https://{board}.icims.com/jobs/search?ss=1&in_iframe=1&pr="
"""Link of a page of cards, without its number, which begins at 0."""
SIGN = re.compile(r"\biCIMS_")
"""Stands on every page of a portal."""

_ASKED = re.compile(r"[?&]pr=(\d+)")
_PAGE = re.compile(r"\bPage\s+(\d+)\s+of\s+(\d+)", re.IGNORECASE)
# Ages differ on every load; the day stands in a title beside them, in the order of the USA.
_DAY = re.compile(r"\b(\d{1,2}/\d{1,2}/\d{4})\b")
_MOST = 50  # labels of a card; one with more is none
_NUMBER = re.compile(r"\b(?:id|number|no)\b|#|\breq", re.IGNORECASE)


def pages(html: str) -> tuple[int, int] | None:
    """Give which page of how many this is, where it says so."""
    match = _PAGE.search(" ".join(dom.tree(html).text_content().split()))
    return (int(match[1]), int(match[2])) if match else None


def read(card: Card, source: Source, now: datetime) -> Posting | None:
    """Read one card; it has no text."""
    stated = _fields(card.node)
    heading = next(card.link.iter("h1", "h2", "h3", "h4"), card.link)
    posted = next((stated[name] for name in stated if "posted" in name), "")
    posting = cards.posting(
        card,
        source,
        now,
        title=dom.words(heading),
        labels=[value for name, value in stated.items() if "location" in name],
        employment=[value for name, value in stated.items() if re.search(r"\btype\b", name)],
        department=stated.get("department"),
        date_posted=_day(posted),
        requisition_id=next((stated[name] for name in stated if _NUMBER.search(name)), None),
    )
    day = _DAY.search(posted)
    return replace(posting, date_posted_raw=day[1]) if posting and day else posting


def _fields(card: Any) -> dict[str, str]:
    """Give a card's labelled values by label in lower case, titles of their elements included."""
    found: dict[str, str] = {}
    for label in [*card.find_class("field-label"), *card.iter("dt")][:_MOST]:
        owner = label.getparent()
        value = label.getnext() if label.tag == "dt" else owner
        if value is not None:
            titles = [node.get("title") or "" for node in value.iter()]
            shown = dom.words(value)
            name = text.clean(label.text_content()).rstrip(" :").lower()
            found.setdefault(name, " ".join([shown, *titles]) if "posted" in name else shown)
    return found


def _day(words: str) -> str | None:
    match = _DAY.search(words)
    try:
        return datetime.strptime(match[1], "%m/%d/%Y").date().isoformat() if match else None  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def after(found: Sequence[Card], response: Any) -> Iterator[str | Total | Shortfall]:
    """Name the page after this one, or say why the list cannot be read whole.

    Raises ``ValueError`` when the page is none of a portal.
    """
    if not SIGN.search(response.text):
        raise ValueError("the page is none of an iCIMS portal")
    asked = _ASKED.search(response.url)
    page, stated = int(asked[1]) if asked else 0, pages(response.text)
    if stated and stated[0] != page + 1:
        yield Shortfall(f"page {page + 1} of the list was asked for, page {stated[0]} came")
    elif found and _more(response, stated):
        yield f"{LIST.format(board=response.meta['source'].board)}{page + 1}"
    elif not found:
        vacant = page == 0 and cards.vacant(response.text)
        bare = Shortfall(f"page {page + 1} of the list shows no postings")
        yield Total(0) if vacant else bare


def _more(response: Any, stated: tuple[int, int] | None) -> bool:
    if stated:
        return stated[0] < stated[1]
    return careers.next_page(response.text, url=response.url) is not None


def body(html: str) -> str:
    """Give the text of a posting's page."""
    found = dom.tree(html).find_class("iCIMS_InfoMsg_Job")
    return text.from_html("\n".join(map(dom.markup, found)))
