"""What Jobvite's rows and pages state of a posting, and where its list goes on. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crawler.fields import links, terms, text
from crawler.items import Posting, Shortfall, Total
from crawler.pages import board, cards, dom

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from crawler.items import Source

SITE = "https://jobs.jobvite.com"
SIGN = re.compile(r"[\"' ]jv-")
"""Stands on every page of Jobvite."""

_SEARCH = re.compile(r"/search(?:[/?#]|$)")
_SPAN = re.compile(r"\b(\d[\d,]*)\s*-\s*(\d[\d,]*)\s+of\s+(\d[\d,]*)\b")
_SHOW_MORE = re.compile(r"^(?:show|view) more$", re.IGNORECASE | re.MULTILINE)
_MARK = "\u241f"
_PAGE = re.compile(r"[?&]p=([1-9]\d*)")


def _meta(root: Any) -> list[str]:
    """Give the parts of the line under a posting's title: the department, then its places."""
    for line in root.find_class("jv-job-detail-meta"):
        for mark in line.find_class("jv-inline-separator"):
            mark.text = _MARK
        parts = [text.clean(part) for part in line.text_content().split(_MARK) if part.strip()]
        # What stands alone is a department or a place, and only a place has a comma.
        return parts if len(parts) > 1 else ["", *(part for part in parts if "," in part)]
    return [""]


def read(card: cards.Card, source: Source, now: datetime) -> Posting | None:
    """Read one row; where its place stands inside the link, it is no part of the title."""
    place = cards.words(card.node, "jv-job-list-location")
    title = cards.words(card.link, "title") or dom.words(card.link).removesuffix(place)
    hours = cards.words(card.node, "jv-job-list-type")
    return cards.posting(card, source, now, title=title, labels=[place], employment=hours)


def _next(root: Any, url: str) -> str | None:
    """Give the next page, where its link leads anywhere else."""
    for link in root.find_class("jv-pagination-next"):
        target = links.absolute(link.get("href") or "", url)
        if link.get("href") and target and target != url:
            return target
    return None


def head(html: str, source: Source, now: datetime, key: str | None, url: str) -> Posting | None:
    """Read the head of a posting's page: title, department, places."""
    root = dom.tree(html)
    department, *labels = _meta(root)
    return board.posting(
        source,
        now,
        id=key,
        title=cards.words(root, "jv-header"),
        body="",
        labels=[label for label in labels if not terms.employment(label)],
        employment=labels,
        department=department,
        url=url,
    )


def after(found: Sequence[cards.Card], response: Any) -> Iterator[str | Total | Shortfall]:
    """Name the page after this one; the plain list where there is no search."""
    if found:
        yield from _progress(response.text, response.url)
    elif SIGN.search(response.text) and cards.vacant(response.text):
        yield Total(0)
    elif _SEARCH.search(response.url):
        yield f"{SITE}/{response.meta['source'].board}/jobs"
    else:
        yield Shortfall("the page shows no list of postings")


def _progress(html: str, url: str) -> Iterator[str | Total | Shortfall]:
    root = dom.tree(html)
    span = _SPAN.search(cards.words(root, "jv-pagination-text"))
    if span:
        yield Total(int(span[3].replace(",", "")))
    if span and _PAGE.search(url) and span[1] == "1":
        yield Shortfall("a further page of the search was asked for, the first one came")
    elif after := _next(root, url):
        yield after
    elif not span and _SHOW_MORE.search("\n".join(dom.lines(root))):
        yield Shortfall("the list cuts off its long categories")


def body(html: str) -> str:
    """Give the text of a posting's page."""
    found = dom.tree(html).find_class("jv-job-detail-description")
    return text.from_html("\n".join(map(dom.markup, found)))
