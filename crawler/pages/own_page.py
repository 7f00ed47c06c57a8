"""A posting's own page beside the row that led to it: what one does not say, the other may."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from crawler.items import Gone
from crawler.pages import careers, dom, prose, schema_org, trouble

if TYPE_CHECKING:
    from collections.abc import Container

    from crawler.items import Posting


def read(
    response: Any,
    listed: Posting | None,
    key: str | None,
    body: str = "",
    default_terms: Container[int] = (),
) -> Posting | Gone:
    """Read the page of the posting that its provider calls ``key``.

    Its JSON-LD speaks first, then its row (``listed``); a page without JSON-LD is its row with the
    text ``body``. A deadline just ``default_terms`` days after the publication is the provider's
    filling and not the employer's word. Raises ``ValueError`` in words when the page shows no
    posting at all.
    """
    source, now = response.meta["source"], response.meta["now"]
    if words := careers.closed(response.text):
        return Gone(key or "", f"its page says: {words}")
    if found := careers.stated(response):
        own = found[0]
        if _term(own) in default_terms:
            own = replace(own, valid_through=None, valid_through_raw=None)
            own = prose.fill(own, now=now, currency=source.currency)
        return _completed(own, listed, key)
    if body and listed:
        language = listed.language or dom.language(response.text)
        told = replace(listed, body=body, language=language)
        return prose.fill(told, now=now, currency=source.currency)
    raise ValueError(trouble.blocked(response) or "the page shows no posting")


def silent(_html: str) -> str:
    """Give no text: a page without JSON-LD shows none."""
    return ""


def _completed(own: Posting, listed: Posting | None, key: str | None) -> Posting:
    number = None if own.requisition_id == key else own.requisition_id
    own = replace(own, id=key or own.id, requisition_id=number)
    if listed is None:
        return own
    own = replace(own, url=listed.url or own.url)
    places = () if own.places else listed.places
    return schema_org.merge(own, replace(listed, places=places))


def _term(posting: Posting) -> int | None:
    """Give the days from publication to deadline, where both are stated."""
    posted, due = posting.date_posted or "", posting.valid_through or ""
    try:
        return (date.fromisoformat(due[:10]) - date.fromisoformat(posted[:10])).days
    except ValueError:
        return None
