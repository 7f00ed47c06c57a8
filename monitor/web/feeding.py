"""Feeds and calendars over HTTP, below a secret of their own: feed readers know no login.

The secret in the address is of one feed (each of its three forms); it opens no page. Whoever asks
again for what has not changed is told so (304), and it is not drawn again.
"""

from __future__ import annotations

import hashlib
import hmac
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from monitor.leaving import FEED
from monitor.web.documents import KINDS, Written, address, drawn, scoped

if TYPE_CHECKING:
    from datetime import date, datetime

    from starlette.datastructures import Headers
    from starlette.requests import Request

    from monitor.lookup import Lookup
    from monitor.web.documents import Document
    from monitor.web.readers import Readers
    from monitor.web.site import Site
    from monitor.web.strangers import Strangers

    Stamp = tuple[tuple[int, int], str, date | None]

_WORDS = "This feed is not known here. Its address was changed, or what it was of is gone."


class Feeding:
    """Serves feeds. What was drawn last of each is kept until something happens."""

    def __init__(self, site: Site, readers: Readers, strangers: Strangers) -> None:
        self._site, self._readers, self._strangers = site, readers, strangers
        self._written = Written()
        self._kept: dict[tuple[str, str], tuple[Stamp, Document]] = {}

    def route(self) -> Route:
        """Give the route of every feed."""
        return Route(f"{FEED}{{key}}/{{name:path}}", self.answer, name="feed")

    async def answer(self, request: Request) -> Response:
        """Give a feed, or say that it is as it was."""
        key, name = request.path_params["key"], request.path_params["name"]
        base = self._site.home.rstrip("/") or str(request.base_url).rstrip("/")
        found = await self._readers.ask(partial(self._document, key, name, base))
        if found is None:
            return self._strangers.unknown(request, _WORDS)
        return _answered(found, request.headers, KINDS[name.rpartition(".")[2]])

    def _document(self, key: str, name: str, base: str, lookup: Lookup) -> Document | None:
        scope, _, suffix = name.rpartition(".")
        if suffix not in KINDS or not hmac.compare_digest(
            key.encode("utf-8", "replace"), lookup.feed_key(scope).encode()
        ):
            return None
        search = scoped(self._site, lookup, scope)
        if search is None:
            return None
        link = base + address(lookup, scope, suffix)
        # A calendar drops what is long past, so it changes with the day.
        today = self._site.now().date() if suffix == "ics" else None
        stamp: Stamp = (lookup.head(), link, today)
        if (scope, suffix) not in self._kept or self._kept[scope, suffix][0] != stamp:
            self._kept[scope, suffix] = (
                stamp,
                drawn(self._site, lookup, search, suffix, link, self._written),
            )
        return self._kept[scope, suffix][1]


def _answered(document: Document, headers: Headers, kind: str) -> Response:
    tag = f'"{hashlib.sha256(document.content).hexdigest()[:32]}"'
    said = {
        "ETag": tag,
        "Last-Modified": format_datetime(document.changed, usegmt=True),
        # The address is a secret, so no cache of others may keep what is behind it.
        "Cache-Control": "private, no-cache",
        "X-Robots-Tag": "noindex",
    }
    if _unchanged(headers, tag, document.changed):
        return Response(status_code=304, headers=said)
    # Both JSON and what Starlette takes for text: the bytes are UTF-8.
    said["Content-Type"] = kind if kind.endswith("json") else f"{kind}; charset=utf-8"
    return Response(document.content, headers=said)


def _unchanged(headers: Headers, tag: str, changed: datetime) -> bool:
    """Say whether whoever asks has this already (RFC 9110 13.1: the tag goes before the time)."""
    if (tags := headers.get("if-none-match")) is not None:
        known = {each.strip().removeprefix("W/") for each in tags.split(",")}
        return tag in known or "*" in known
    try:
        since = parsedate_to_datetime(headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and changed <= since
