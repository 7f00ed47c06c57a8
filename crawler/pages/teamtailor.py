"""Teamtailor's feeds of a career site: RSS with elements of its own, and JSON Feed. Pure.

Both know a posting by the number in its link; the feed's guid is another name for it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crawler.fields import text
from crawler.items import Place
from crawler.pages import answers, board, schema_org, xml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crawler.items import Posting, Remote, Source

_NUMBER = re.compile(r"/jobs/(\d+)")
# "none" is what nobody has set: sites have "onsite" beside it. "temporary" is remote for now.
_MODES: dict[str, Remote] = {"fully": "remote", "hybrid": "hybrid", "onsite": "onsite"}


def items(body: bytes) -> list[dict[str, Any]]:
    """Give the items of one page of the RSS feed; raises ``ValueError`` when it is none."""
    root = xml.tree(body)
    if root is None or xml.name(root) != "rss":
        raise ValueError("the answer is no whole feed of postings")
    return [_item(node) for node in root.iter() if xml.name(node) == "item"]


def _item(node: Any) -> dict[str, Any]:
    found: dict[str, Any] = {xml.name(child): xml.content(child) for child in node}
    places = [place for child in node if xml.name(child) == "locations" for place in child]
    return {**found, "places": [{xml.name(one): xml.content(one) for one in p} for p in places]}


def posting(item: Mapping[str, Any], source: Source, now: datetime) -> Posting | None:
    """Read one item of the RSS feed."""
    link = item.get("link") or ""
    return board.posting(
        source,
        now,
        id=known_by(link) or item.get("guid"),
        title=item.get("title"),
        body=text.from_html(item.get("description") or ""),
        labels=[_place(place) for place in item["places"]],
        remote=_MODES.get((item.get("remoteStatus") or "").lower()),
        department=item.get("department"),
        date_posted=item.get("pubDate"),
        url=link,
        apply_url=link,
    )


def known_by(link: str) -> str | None:
    """Give the number in a posting's link."""
    match = _NUMBER.search(link)
    return match[1] if match else None


def _place(stated: Mapping[str, str]) -> str:
    """Give town and country; an office's name where neither is stated."""
    return answers.label(stated.get("city"), stated.get("country")) or stated.get("name", "")


def entry(item: Mapping[str, Any], source: Source, now: datetime) -> Posting | None:
    """Read one item of the JSON Feed, which holds a JobPosting."""
    link = board.word(item["url"]) or ""
    stated = {"description": item.get("content_html"), **item["_jobposting"], "url": link}
    page = schema_org.Context(link, now, source.currency, source.organization)
    found = next(iter(schema_org.postings([stated], page)), None)
    if found is None:
        return None
    places = tuple(dict.fromkeys(_without_region(place) for place in found.places))
    key = known_by(link) or found.id
    return replace(found, id=key, requisition_id=None, places=places, apply_url=link)


def _without_region(place: Place) -> Place:
    """Take out the region: it is the employer's own name for some offices ("Europe")."""
    name = answers.label(place.locality, place.country) or place.name
    return Place(name, place.locality, None, place.country)
