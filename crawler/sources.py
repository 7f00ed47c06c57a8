"""Which kind of site a link belongs to: paste any careers link, get a source.

Each spider says itself which links it recognises; there is no list to keep. A link that no spider
claims may still be a careers page whose HTML embeds or links to a board.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from html import unescape
from typing import Literal
from urllib.parse import unquote, urlsplit

from crawler.fields import links
from crawler.items import Source
from crawler.kinds import kinds
from crawler.pages import careers, feed, guess

__all__ = ["Source", "candidates", "kinds", "recognise"]

LINK = re.compile(r"""(?:https?:)?//[^\s"'<>\\)]+""")
BARE = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?:[/?#]|$)", re.IGNORECASE)
NOT_A_NAME = re.compile(r"[^a-z0-9]+")
# Paths of a board's host that are its own: scripts, embeds, images, the API.
NO_BOARD = re.compile(
    r"_.*|embed|jobs|api|v\d|static|assets|users?|favicon|robots|sitemap|"
    r".*\.(?:ico|txt|xml|js|css|png|svg|json)",
    re.IGNORECASE,
)


def recognise(url: str, html: str | None = None) -> Source | None:
    """Give the source a link belongs to, or ``None`` when nothing here can read it.

    Without the page's HTML only the link speaks. With it, an embedded or linked board is found, and
    a page that carries schema.org postings is a ``careers_page``.
    """
    return next(iter(candidates(url, html)), None)


def candidates(url: str, html: str | None = None) -> list[Source]:
    """Give every source that a link and its page lead to, the surest first."""
    url = url.strip()
    if BARE.match(url):  # as people type it
        url = f"https://{url}"
    if direct := _claimed(url):
        return [direct]
    if html is None or links.absolute(url, url) is None:
        return []
    if found := [*_linked(html), *_marked(url, html)]:
        return found
    try:
        return _read(url, html)
    except ValueError:  # a page that cannot be read whole
        return []


def _read(url: str, html: str) -> list[Source]:
    """Give the source that a page is by itself."""
    host = _name(urlsplit(url).hostname or "careers")
    if _is_feed(html):
        return [Source(host, "feed", url=url)]
    if _shows_postings(url, html):
        return [Source(host, "careers_page", url=url)]
    options = guess.options(html)
    return [Source(host, "json", url=url, options=options)] if options else []


def _is_feed(text: str) -> bool:
    """Say whether an answer is RSS, Atom or JSON Feed and has entries."""
    try:
        return bool(feed.read(text.encode("utf-8", "replace"), text).entries)
    except ValueError:
        return False


def _linked(html: str) -> list[Source]:
    """Give the boards a page embeds or links to, the one it names most often first."""
    text = unescape(html).replace("\\/", "/")  # as scripts write links
    found: dict[tuple[str, str | None], list[Source]] = {}
    for link in LINK.findall(text):
        source = _claimed(f"https:{link}" if link.startswith("//") else link)
        if source is not None:
            found.setdefault((source.kind, source.board), []).append(source)
    return [named[0] for named in sorted(found.values(), key=len, reverse=True)]


def _marked(url: str, html: str) -> list[Source]:
    """Give the kinds that know a page by what its HTML holds: sites with a host of their own."""
    found = []
    for kind, pattern in _patterns("marks"):
        if match := pattern.search(html):
            groups = match.groupdict()
            board = groups.pop("board", None)
            options = {key: value for key, value in groups.items() if value}
            name = _name(board or urlsplit(url).hostname or kind)
            where = {"board": board} if board else {"url": url}
            found.append(Source(name, kind, options=options, **where))
    return found


def _claimed(url: str) -> Source | None:
    for kind, pattern in _patterns("recognises"):
        match = pattern.match(url)
        if match is None:
            continue
        groups = match.groupdict()
        board, tenant = unquote(groups.pop("board")).strip(" ."), groups.pop("tenant", None)
        if board and not NO_BOARD.fullmatch(board):
            board = f"{tenant.lower()}/{board}" if tenant else board
            options = {key: value.lower() for key, value in groups.items() if value}
            return Source(_name(board), kind, board=board, options=options)
    return None


@cache
def _patterns(of: Literal["recognises", "marks"]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (kind, re.compile(pattern, re.IGNORECASE))
        for kind, spider in kinds().items()
        for pattern in getattr(spider, of)
    )


def _shows_postings(url: str, html: str) -> bool:
    """Say whether a page states postings itself or links to several."""
    stated = careers.postings(html, url=url, now=datetime.now(UTC))
    return bool(stated) or len(careers.links(html, url=url)) > 1


def _name(text: str) -> str:
    return NOT_A_NAME.sub("-", text.lower().removeprefix("www.")).strip("-") or "source"


def host(source: Source) -> str:
    """Give the host a source's visit begins at; its id when that cannot be said."""
    spider = kinds().get(source.kind)
    return spider(sources=[source]).host(source) if spider else source.id
