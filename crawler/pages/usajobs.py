"""Postings of USAJOBS: the search API's rows, and the HR-XML of its older feeds. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crawler.fields import salary, text
from crawler.pages import board, xml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from crawler.items import Posting, Salary, Source

# Piece work, fee basis and "without compensation" are no pay for a time.
_PERIODS = {"PA": "year", "PH": "hour", "PD": "day", "BW": "biweek", "PM": "month"}
# Places that are none: they are agreed on later, or anywhere.
_NOWHERE = ("negotiable", "multiple locations", "anywhere", "location negotiable", "remote job")
_SECTIONS = (
    ("", "JobSummary"),
    ("Duties", "MajorDuties"),
    ("Requirements", "KeyRequirements"),
    ("Requirements", "Requirements"),
    ("Qualifications", "QualificationSummary"),
    ("Education", "Education"),
    ("How you will be evaluated", "Evaluations"),
    ("Other information", "OtherInformation"),
)
# Where the older feeds keep what the API's rows hold.
_ELEMENTS = {
    "PositionID": "PositionProfile/PositionID",
    "PositionTitle": "PositionProfile/PositionTitle",
    "OrganizationName": "PositionProfile/PositionOrganization/*/OrganizationName",
    "PublicationStartDate": "PositionProfile/PositionPeriod/StartDate/FormattedDateTime",
    "ApplicationCloseDate": "PositionProfile/PositionPeriod/EndDate/FormattedDateTime",
    "JobSummary": "*//JobSummary",
    "MajorDuties": "*//MajorDuties",
    "KeyRequirements": "*//KeyRequirement",
    "Requirements": "*//Requirements",
    "QualificationSummary": "*//Qualifications",
    "Education": "*//Education",
    "Evaluations": "*//Evaluations",
    "OtherInformation": "*//OtherInformation",
}
_STATE = re.compile(r", ([A-Z]{2}) (United States)$")
_RANGE = {
    "MinimumRange": "RemunerationMinimumAmount",
    "MaximumRange": "RemunerationMaximumAmount",
    "RateIntervalCode": "RemunerationRateIntervalCode",
}


def read(row: Any, source: Source, now: datetime) -> Posting | None:
    """Read one row: ``MatchedObjectId`` (the control number) and ``MatchedObjectDescriptor``."""
    stated, key = row["MatchedObjectDescriptor"], board.word(row.get("MatchedObjectId"))
    details = board.dig(stated, "UserArea", "Details") or {}
    return board.posting(
        source,
        now,
        id=key,
        title=stated.get("PositionTitle"),
        body=text.from_html("\n".join(_parts({**details, **stated}))),
        labels=[name for name in _several(stated, "PositionLocation", "LocationName") if name],
        remote="remote" if _true(details.get("RemoteIndicator")) else None,
        employment=[
            *_several(stated, "PositionSchedule", "Name"),
            *_several(stated, "PositionOfferingType", "Name"),
        ],
        pay=[band for band in map(_pay, stated.get("PositionRemuneration") or ()) if band],
        organization=stated.get("OrganizationName"),
        department=stated.get("DepartmentName"),
        date_posted=_day(stated.get("PublicationStartDate")),
        valid_through=_day(stated.get("ApplicationCloseDate")),
        requisition_id=stated.get("PositionID"),
        url=stated.get("PositionURI") or f"https://www.usajobs.gov/job/{key}",
        apply_url=board.dig(stated, "ApplyURI", 0),
    )


def openings(body: bytes) -> list[tuple[dict[str, Any], bool]]:
    """Give each opening of an HR-XML document as a row of the API, and whether it is active.

    Raises ``ValueError`` when the document is none or was cut short.
    """
    root = xml.tree(body)
    if root is None:
        raise ValueError("the answer is no whole XML document")
    return [_opening(node) for node in root.iter("{*}PositionOpening")]


def _opening(node: xml.Element) -> tuple[dict[str, Any], bool]:
    stated: dict[str, Any] = {name: _texts(node, path) for name, path in _ELEMENTS.items()}
    lone = {name: (found or [None])[0] for name, found in stated.items() if name[0] in "PAO"}
    coded = {
        name: [{"Name": word.partition("-")[2]} for word in _texts(node, f"*/{name}TypeCode")]
        for name in ("PositionSchedule", "PositionOffering")
    }
    descriptor = (
        stated
        | lone
        | {
            "PositionLocation": [
                {"LocationName": name} for name in _texts(node, "*//LocationName")
            ],
            "PositionSchedule": coded["PositionSchedule"],
            "PositionOfferingType": coded["PositionOffering"],
            "PositionRemuneration": list(_ranges(node)),
            "ApplyURI": _texts(node, "*/GOVT_ApplyOnlineURL"),
        }
    )
    key = next(iter(_texts(node, "DocumentID")), None)
    active = "inactive" not in map(str.lower, _texts(node, "PositionOpeningStatusCode"))
    return {"MatchedObjectId": key, "MatchedObjectDescriptor": descriptor}, active


def _texts(node: xml.Element, path: str) -> list[str]:
    """Give the texts of the elements at a path, whatever their namespace."""
    steps = "/".join(step if step in ("", "*") else f"{{*}}{step}" for step in path.split("/"))
    return [found.text.strip() for found in node.iterfind(steps) if (found.text or "").strip()]


def _ranges(node: xml.Element) -> Iterator[dict[str, str]]:
    for found in node.iterfind("*//{*}RemunerationRange"):
        yield {name: next(iter(_texts(found, path)), "") for name, path in _RANGE.items()}


def _parts(stated: Mapping[str, Any]) -> Iterator[str]:
    """Give the sections of the text as HTML; some are lists, some plain text."""
    for heading, name in _SECTIONS:
        found = stated.get(name)
        parts = [
            part for part in (found if isinstance(found, list) else [found]) if board.word(part)
        ]
        if parts and heading:
            yield f"<h3>{heading}</h3>"
        yield from (f"<div>{part}</div>" for part in parts)


def _several(stated: Mapping[str, Any], name: str, key: str) -> list[str]:
    """Give one field of each entry of a list; places that are none are left out."""
    found = [board.word(board.dig(entry, key)) for entry in stated.get(name) or ()]
    return [word for word in found if word and not word.lower().startswith(_NOWHERE)]


def _pay(entry: Any) -> Salary | None:
    """Read one range; its rate code (``PA``, ``PH``) says for what time."""
    low, high = board.dig(entry, "MinimumRange"), board.dig(entry, "MaximumRange")
    code = str(board.dig(entry, "RateIntervalCode")).upper()
    if code == "WC":
        return None
    raw = f"{low} - {high} {board.word(board.dig(entry, 'Description')) or code}"
    return salary.structured(low, high, "USD", _PERIODS.get(code), raw=text.clean(raw))


def _day(value: Any) -> str | None:
    """Give the day: the hours are midnight and its last second, in no stated zone."""
    stated = board.word(value)
    return stated.partition("T")[0] if stated else None


def _true(value: Any) -> bool:
    return value is True or str(value).lower() in ("true", "yes")
