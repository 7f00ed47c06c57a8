"""What Workday's career sites state of a posting: in a list's row and in its own answer. Pure.

Both answers are of the interface that the sites' own pages read (``/wday/cxs/``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from crawler.fields import places, terms, text
from crawler.pages import answers, board

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crawler.items import Posting, Source

_API = re.compile(r"(https?://[^/]+)/wday/cxs/([^/]+)/([^/?#]+)")
_SHARED = ".myworkdaysite.com"


class Site(NamedTuple):
    """A career site: the address of its interface and of its pages for people."""

    api: str
    pages: str


def site(host: str, tenant: str, name: str) -> Site:
    """Give the addresses of a site; on the host that tenants share, the tenant is in the path."""
    within = f"recruiting/{tenant}/{name}" if host.endswith(_SHARED) else name
    return Site(f"https://{host}/wday/cxs/{tenant}/{name}", f"https://{host}/{within}")


def site_of(url: str) -> Site | None:
    """Give the site that an address of its interface belongs to."""
    match = _API.match(url)
    return site(match[1].partition("://")[2], match[2], match[3]) if match else None


def key(path: str, *numbers: Any) -> str | None:
    """Give a posting's id: what follows the title in the last part of its path.

    ``numbers`` are what may be the requisition's: where one of them stands there the id begins with
    it, else after the last underscore. An appended ``-1`` tells postings of one requisition apart
    and belongs to the id.
    """
    name = path.rstrip("/").rpartition("/")[2]
    for number in filter(None, map(board.word, numbers)):
        _, found, rest = name.rpartition(f"_{number}")
        if found and re.fullmatch(r"(?:-\d+)?", rest):
            return number + rest
    return name.rpartition("_")[2] or None


def listed(row: Mapping[str, Any], source: Source, now: datetime, url: str) -> Posting | None:
    """Read a row of the list, whose site's pages begin with ``url``; it has no text.

    "3 Locations" are no place. The age may be in words of the site's language; "30+ Days" are none.
    """
    path = row["externalPath"]
    bullets = [one for one in map(board.word, row.get("bulletFields") or ()) if one]
    number = key(path, *bullets)
    return board.posting(
        source,
        now,
        id=number,
        title=row["title"],
        body="",
        labels=[row.get("locationsText")],
        remote=terms.remote(board.word(row.get("remoteType")) or ""),
        employment=[row.get("timeType")],
        date_posted=row.get("postedOn"),
        requisition_id=next((one for one in bullets if (number or "").startswith(one)), None),
        url=f"{url}{path}",
    )


def stable(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give what of a row tells that nothing changed: its age changes every day."""
    return {name: value for name, value in row.items() if name != "postedOn"}


def own(response: Any, row: Mapping[str, Any]) -> Posting | None:
    """Read a posting's own answer; ``None`` when it is none."""
    answer, asked = answers.read(response), response.meta.get("posting")
    return read(answer, response.meta["source"], response.meta["now"], asked, row)


def read(
    answer: Any, source: Source, now: datetime, number: str | None, row: Mapping[str, Any]
) -> Posting | None:
    """Read a posting's own answer; ``row`` is what the list's row (as a posting) said of it.

    ``startDate`` is the first day of the publication, ``endDate`` its last. The country is stated
    for the first place only.
    """
    info = board.dig(answer, "jobPostingInfo")
    if not isinstance(info, dict):
        return None
    url, requisition = info.get("externalUrl"), info.get("jobReqId")
    more = info.get("additionalLocations")
    return board.posting(
        source,
        now,
        id=number or key(board.word(url) or "", requisition) or info.get("id"),
        title=info.get("title"),
        body=text.from_html(board.word(info.get("jobDescription")) or ""),
        labels=[_first(info), *(more if isinstance(more, list) else ())],
        remote=terms.remote(board.word(info.get("remoteType")) or "") or row.get("remote"),
        employment=[info.get("timeType")],
        organization=board.dig(answer, "hiringOrganization", "name"),
        date_posted=info.get("startDate") or info.get("postedOn"),
        valid_through=info.get("endDate"),
        requisition_id=requisition,
        url=url or row.get("url"),
    )


def _first(info: Mapping[str, Any]) -> str | None:
    """Give the first place with the country stated beside it, unless its own words have one."""
    label, country = board.word(info.get("location")), board.dig(info, "country", "descriptor")
    if label and not any(place.country for place in places.read(label)):
        return answers.label(label, country)
    return label
