"""Employers' own careers pages: postings, the links to them, and pages that are none.

One door to what a ``careers_page`` source needs; each reader has its own module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.pages import dom, json_ld, microdata, schema_org
from crawler.pages.blocks import blocked
from crawler.pages.closings import closed
from crawler.pages.listing import leads_to_posting, links, next_page
from crawler.pages.sitemap import sitemap

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.items import Posting, Source

__all__ = [
    "blocked",
    "closed",
    "leads_to_posting",
    "links",
    "next_page",
    "postings",
    "sitemap",
    "stated",
]


def stated(response: Any) -> tuple[Posting, ...]:
    """Give every posting that the page of a visit states, in its source's terms."""
    source: Source = response.meta["source"]
    return postings(
        response.text,
        url=response.url,
        now=response.meta["now"],
        currency=source.currency,
        organization=source.organization,
    )


def postings(
    html: str,
    *,
    url: str,
    now: datetime,
    currency: str | None = None,
    organization: str | None = None,
) -> tuple[Posting, ...]:
    """Give every posting the page states: JSON-LD first, microdata where there is none.

    Arguments and gaps as in ``json_ld.postings``. A listing that states its postings only by title
    gives postings without a body; their own pages say more.
    """
    found = json_ld.postings(html, url=url, now=now, currency=currency, organization=organization)
    if found:
        return found
    page = schema_org.Context(url, now, currency, organization, dom.language(html))
    return schema_org.postings(microdata.objects(html), page)
