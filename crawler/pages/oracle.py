"""What Oracle Recruiting states of a posting, in rows of a list and in its own answer. Pure.

Both name their fields alike, so one reader serves both; what is meant for the employer's own staff
(``Internal…``) is not read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from crawler.fields import salary, terms, text
from crawler.items import Gone
from crawler.pages import answers, board, dom

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from crawler.items import Posting, Salary, Source

_SECTIONS = (
    "ExternalDescriptionStr",
    "ExternalResponsibilitiesStr",
    "ExternalQualificationsStr",
    "CorporateDescriptionStr",
    "OrganizationDescriptionStr",
)
"""In the order of Oracle's own page."""
_TERMS = ("JobSchedule", "JobType", "ContractType", "WorkerType")
_SAYS = (
    *("Id", "Title", "PostedDate", "PostingEndDate", "PrimaryLocation", "WorkplaceTypeCode"),
    *("ShortDescriptionStr", "Department", "JobFamily", "LegalEmployer", "Language", *_TERMS),
)
_PAY = re.compile(r"\b(?:salary|pay|compensation|wage|remuneration)\b", re.IGNORECASE)


def site(html: str, url: str) -> dict[str, str] | None:
    """Give what a career site's page says of itself: address of its API, number, own address."""
    for node in dom.tree(html).iter("base"):
        api, number = node.get("data-apibaseurl"), node.get("data-sitenumber")
        if api and number:
            pages = urljoin(url, node.get("href") or "").rstrip("/")
            return {"api": api.removesuffix(":443"), "number": number, "pages": pages}
    return None


def stable(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give what of a row tells that nothing changed: its flags (hot, trending) come and go."""
    places = [{"Name": name} for name in [*_places(row)][1:]]
    return {name: row.get(name) for name in _SAYS} | {"secondaryLocations": places}


def found(response: Any) -> Any:
    """Give the result of a search; raises ``ValueError`` when the answer is none."""
    stated = board.dig(answers.read(response), "items", 0)
    if board.dig(stated, "TotalJobsCount") is None:
        raise ValueError("the answer is no list of postings")
    return stated


def own(response: Any, row: Mapping[str, Any], pages: str = "") -> Posting | Gone | None:
    """Read a posting's own answer; one without items says that the posting is closed."""
    items = board.dig(answers.read(response), "items")
    if items == []:
        return Gone(response.meta.get("posting") or "", "its answer holds no posting")
    stated = answers.stated(board.dig(items, 0))
    source, now = response.meta["source"], response.meta["now"]
    return read({**row, **stated}, source, now, pages) if stated else None


def listed(row: Mapping[str, Any], source: Source, now: datetime) -> Posting | None:
    """Read a row of a saved list, which does not say where people see its postings."""
    return read(row, source, now, "")


def read(row: Mapping[str, Any], source: Source, now: datetime, pages: str) -> Posting | None:
    """Read a row, or a posting's own answer; ``pages`` is the address of the career site."""
    return board.posting(
        source,
        now,
        id=row.get("Id"),
        title=row.get("Title"),
        body=_body(row),
        labels=_places(row),
        remote=terms.remote(board.word(row.get("WorkplaceTypeCode")) or ""),
        employment=[row.get(name) for name in _TERMS],
        pay=list(_pay(row, source)),
        organization=row.get("LegalEmployer"),
        department=row.get("Department") or row.get("JobFamily") or row.get("Category"),
        date_posted=row.get("ExternalPostedStartDate") or row.get("PostedDate"),
        valid_through=row.get("ExternalPostedEndDate") or row.get("PostingEndDate"),
        requisition_id=row.get("RequisitionNumber"),
        language=row.get("Language"),
        url=f"{pages}/job/{row.get('Id')}" if pages else None,
    )


def _places(row: Mapping[str, Any]) -> Iterator[Any]:
    yield row.get("PrimaryLocation")
    more = row.get("secondaryLocations")
    for place in board.several(more):
        yield board.dig(place, "Name")


def _body(row: Mapping[str, Any]) -> str:
    """Put the sections together; some employers fill several with the same text."""
    parts: list[str] = []
    for name in _SECTIONS:
        part = text.from_html(board.word(row.get(name)) or "")
        if part and not any(part in other for other in parts):
            parts.append(part)
    return "\n".join(parts)


def _pay(row: Mapping[str, Any], source: Source) -> Iterator[Salary]:
    """Read the employer's own fields that are called some pay or other."""
    fields = row.get("requisitionFlexFields")
    for field in board.several(fields):
        name, value = (board.word(board.dig(field, key)) for key in ("Prompt", "Value"))
        if name and value and _PAY.search(name):
            yield from salary.read(f"{name}: {value}", currency=source.currency)
