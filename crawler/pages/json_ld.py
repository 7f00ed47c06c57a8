"""Postings that a page states as schema.org JobPosting in JSON-LD scripts.

Finds the scripts without building a document tree: most pages need nothing else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crawler.fields.patterns import late
from crawler.pages import dom, lenient, schema_org

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from crawler.items import Posting

# Some templates escape the plus sign of the media type.
_MEDIA = late(r"application/ld(?:\+|&#43;|&#x2b;|%2b)json", re.IGNORECASE)
_PLAIN_MEDIA = "application/ld+json"  # as nearly all write it: found at once
# Any case is spelt out, because a pattern that ignores case is not looked for by its first letter.
_OPENING = late(r"<(?:!--|[sS\u017f][cC][rR][iI\u0130\u0131][pP][tT]\b)")
_CLOSING = late(r"</[sS\u017f][cC][rR][iI\u0130\u0131][pP][tT]")


def objects(html: str) -> list[dict[str, Any]]:
    """Give every typed JSON-LD object of the page, outer before inner, in page order.

    Keys begin in lower case whatever the page wrote. A block that cannot be read is left out.
    """
    if _PLAIN_MEDIA not in html and not _MEDIA.search(html):
        return []
    found = _objects(_scripts(html))
    return found or _objects(dom.scripts(html, "ld+json"))


def postings(
    html: str,
    *,
    url: str,
    now: datetime,
    currency: str | None = None,
    organization: str | None = None,
) -> tuple[Posting, ...]:
    """Give every JobPosting of the page, each once.

    ``url`` is the page's own, ``now`` the time of the visit, ``currency`` what a bare sign means
    there, ``organization`` the employer when the page does not name one. What the page does not
    state stays empty; a JobPosting without a title is none.
    """
    page = schema_org.Context(
        url=url,
        now=now,
        currency=currency,
        organization=organization,
        language=dom.language(html),
    )
    return schema_org.postings(objects(html), page)


def _scripts(html: str) -> Iterator[str]:
    """Walk over comments and scripts as a browser would; each character is looked at once."""
    at, last_comment_end = 0, html.rfind("-->")
    while (opening := _OPENING.search(html, at)) is not None:
        at = opening.end()
        if opening[0] == "<!--":
            # A comment that never ends hides nothing: the page is sloppy or was cut.
            at = html.find("-->", at) + 3 if at <= last_comment_end else at
            continue
        start = html.find(">", at) + 1 or len(html)
        closing = _CLOSING.search(html, start)
        end = closing.start() if closing else len(html)
        if _MEDIA.search(html, at, start):
            yield html[start:end]
        at = end


def _objects(texts: Iterator[str] | list[str]) -> list[dict[str, Any]]:
    return [node for text in texts for value in lenient.values(text) for node in _typed(value)]


def _typed(value: Any) -> Iterator[dict[str, Any]]:
    """Walk a value without recursion, so that its depth is not limited by the stack."""
    stack = [value]
    while stack:
        top = stack.pop()
        if isinstance(top, dict):
            if schema_org.types(top):
                yield top
            stack.extend(reversed(top.values()))
        elif isinstance(top, list):
            stack.extend(reversed(top))
