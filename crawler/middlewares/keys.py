"""Keys stay at home: what a source's owner gave out is sent to that source's own site only.

Scrapy takes ``Authorization`` and cookies off a request that is led to another site, and nothing
else: a key in a header of another name, or the address in a User-Agent, would go along. Nor is any
site told by a Referer where we came from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.addresses import site

if TYPE_CHECKING:
    from scrapy import Request


class KeysMiddleware:
    """Puts on what ``meta["keys"]`` names (a site, and headers) there, takes it off elsewhere."""

    def process_request(self, request: Request) -> None:
        """Put the headers on the request, or take them off."""
        request.headers.pop("Referer", None)
        home, headers = request.meta.get("keys", (None, {}))
        if headers and site(request.url) == home:
            request.headers.update(headers)
        else:
            for name in headers:
                request.headers.pop(name, None)
