"""Conditional requests: ask only for what changed.

The ETag goes alone when there is one (nginx lets a date override it); else the server's own
Last-Modified, word for word. A host whose Last-Modified stays put while its content moves would
answer 304 for ever, so a page without an ETag is read in full once a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crawler.items import Page

if TYPE_CHECKING:
    from scrapy import Request

TRUST = timedelta(hours=24)


def validators(page: Page, now: datetime) -> dict[str, str]:
    """Give the headers that ask whether this page changed; none when it must be read again."""
    if page.etag:
        return {"If-None-Match": page.etag}
    if page.last_modified and now - page.read_at < TRUST:
        return {"If-Modified-Since": page.last_modified}
    return {}


class ConditionalMiddleware:
    """Adds validators to requests that carry what is remembered (``meta["remembered"]``)."""

    def process_request(self, request: Request) -> None:
        """Add the validators of the remembered page, as of ``meta["now"]``."""
        page, now = request.meta.get("remembered"), request.meta.get("now")
        if isinstance(page, Page) and isinstance(now, datetime):
            for name, value in validators(page, now).items():
                request.headers.setdefault(name, value)
