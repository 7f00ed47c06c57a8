"""What SAP SuccessFactors lists: the RSS of its career sites, and the older listing's XML.

Both list every posting with its text in one answer. Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from crawler.fields import regions, text
from crawler.items import Place
from crawler.pages import feed, xml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.pages.feed import Entry

Stated = dict[str, Any]

# "Process Engineer (Ghent, BE)": only a place ends in a country's code.
_PLACED = re.compile(r"(?P<title>.+?)\s*\((?P<place>[^()]+,\s*[A-Z]{2}(?:,\s*[\w -]*\d[\w -]*)?)\)")
_CODED = re.compile(r"(?P<locality>[^,]+)(?:,\s*(?P<region>[^,]+))?,\s*(?P<country>[A-Z]{2})")
_POSTCODE = re.compile(r",[^,]*\d[^,]*$")
_NUMBER = re.compile(r"/(\d+)/?(?:\?|$)")
_TOKEN = re.compile(r"\[\[(\w+)\]\]")
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
# A facet that a customer has not named is printed with no name at all, which is no XML.
_NAMELESS = re.compile(rb"<!\[CDATA\[.*?\]\]>|<(/?)>", re.DOTALL)
_NOTHING = frozenset({"", "n/a", "not applicable", "other/not applicable", "none", "tbd"})
_LABELS = (
    ("places", re.compile(r"(?:(?:job|posting|work|primary|geographic) )?location|city")),
    ("country", re.compile(r"(?:posting )?country(?:/region)?.*")),
    ("department", re.compile(r"department|division|(?:job )?(?:function|family|category).*")),
    ("employment_types", re.compile(r"(?:employment|job) (?:type|status)|type of employment")),
    ("remote", re.compile(r"work (?:setting|mode|model)|location flexibility|workplace(?: type)?")),
)


def site(body: bytes) -> list[Stated]:
    """Read the RSS of a career site; ``ValueError`` in words when the answer is none."""
    entries = feed.read(body, "").entries
    ends = {end for entry in entries for end in entry.get("expiration_date", ())}
    return [_entry(entry, dated=len(ends) > 1) for entry in entries]


def _entry(entry: Entry, *, dated: bool) -> Stated:
    """Read one posting; an end that all of them share is only the feed's own."""
    found: Stated = feed.stated(
        entry, {"organization": "employer", "employment_types": "job_type"}, None
    )
    if not dated:
        found["valid_through"] = []
    links = found["url"]
    found["id"] = (
        entry.get("id") or entry.get("guid") or [m[1] for m in map(_NUMBER.search, links) if m]
    )
    for title in found["title"][:1]:
        if match := _PLACED.fullmatch(title):
            found["title"], found["places"] = [match["title"]], found["places"] or [match["place"]]
    return found


def listing(body: bytes, server: str, company: str) -> list[Stated]:
    """Read the older XML listing; ``ValueError`` in words when the answer is none."""
    root = xml.tree(_NAMELESS.sub(_named, body))
    if root is None or xml.name(root) != "Job-Listing":
        raise ValueError("the answer is no whole listing of SuccessFactors")
    found = [_job(node) for node in root.iter("Job")]
    _settle([job for job in found if job.get("date_posted")])
    for job in found:
        number, name = quote(job.get("id") or ""), quote(company)
        if number:
            job["url"] = f"https://{server}/sfcareer/jobreqcareer?jobId={number}&company={name}"
    return found


def place(label: str) -> Place | None:
    """Read a place whose last part is a country's code: "Dimona, IL" is not in Illinois."""
    match = _CODED.fullmatch(_POSTCODE.sub("", label))
    if match is None or regions.country(match["country"]) is None:
        return None
    return Place(match[0], match["locality"], match["region"], match["country"])


def _named(match: re.Match[bytes]) -> bytes:
    return match[0] if match[1] is None else b"<" + match[1] + b"nameless>"


def _job(node: Any) -> Stated:
    """Read one posting of the older listing: plain elements, and facets known by their labels."""
    own = {xml.name(child): _value(child) for child in node}
    found: Stated = {}
    for label, value in _facets(node):
        for field, names in _LABELS:
            if names.fullmatch(label) and value.lower() not in _NOTHING:
                found.setdefault(field, value)
    stated = {
        "id": own.get("ReqId"),
        "requisition_id": own.get("ReqId"),
        "title": text.clean(text.from_html(own.get("JobTitle", ""))),
        "places": own.get("Location"),
        "department": own.get("Department") or own.get("Division"),
        "date_posted": own.get("Posted-Date"),
    }
    kept = {
        field: value for field, value in stated.items() if (value or "").lower() not in _NOTHING
    }
    found |= kept
    found["places"] = found.get("places") or found.pop("country", None)
    tokens = own | {"id": own.get("ReqId", "")}
    found["body"] = _TOKEN.sub(
        lambda token: tokens.get(token[1], ""), own.get("Job-Description", "")
    )
    return found


def _facets(node: Any) -> Iterator[tuple[str, str]]:
    for child in node:
        parts = {xml.name(part): xml.content(part) for part in child}
        if "label" in parts and not _TOKEN.search(parts.get("value", "")):
            yield text.fold(parts["label"]), text.clean(text.from_html(parts.get("value", "")))


def _value(node: Any) -> str:
    value = next((xml.content(part) for part in node if xml.name(part) == "value"), None)
    value = xml.content(node) if value is None else value
    return "" if _TOKEN.fullmatch(value) else value


def _settle(jobs: Sequence[Stated]) -> None:
    """Write dates such as 03/04/2026 as ISO, where others of the same answer tell the order."""
    dates = [match for job in jobs if (match := _DAY.fullmatch(job["date_posted"]))]
    first, second = (any(int(match[place]) > 12 for match in dates) for place in (1, 2))  # noqa: PLR2004 - a year has so many months
    if first == second:
        return
    for job in jobs:
        if match := _DAY.fullmatch(job["date_posted"]):
            day, month = (match[1], match[2]) if first else (match[2], match[1])
            job["date_posted"] = f"{match[3]}-{month:0>2}-{day:0>2}"
