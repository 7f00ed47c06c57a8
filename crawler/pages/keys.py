"""What the keys of an answer that nobody described are called, and what stands under them.

Pure. The names are those people give such things in a dozen languages; a name is believed only
where the values look like the field. What an employer, a contact or a picture has of its own is
never the posting's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crawler.fields import salary, terms
from crawler.fields.patterns import late
from crawler.fields.text import fold
from crawler.pages import board

if TYPE_CHECKING:
    from collections.abc import Callable

Path = tuple[str, ...]
"""The keys that lead to a value; ``EACH`` stands for every entry of a list."""

EACH = "[]"
_LONGEST_TITLE = 250
_LONGEST_NAME = 150
_SHORTEST_BODY = 8
_LANGUAGE = late(r"[a-z]{2}(?:[-_][A-Za-z]{2})?")
# What a key is called, its letters only, the surest name of a field first.
NAMES: dict[str, str] = {
    "title": "jobtitle positiontitle positionname jobname displaytitle displayname "
    "requisitiontitle vacancytitle title position headline jobposition role intitule titre titulo "
    "puesto titel bezeichnung stellenbezeichnung rubrik nazev functie stanowisko name nombre nom",
    "url": "joburl positionurl joblink detailurl absoluteurl hostedurl postingurl canonicalurl "
    "webpageurl externalurl directurl publicurl sourceurl url link permalink weburl href jobpath "
    "detailpath",
    "apply_url": "applyurl applicationurl applylink urlapply applicationlink candidateurl",
    "id": "jobid id jobkey uuid guid jobofferkey reqid requisitionid identifier key offerid "
    "referenceid reference ref shortcode slug",
    "organization": "companyname company employername employer hiringorganization organizationname "
    "organization organisation brand startup entreprise nomentreprise empresa firma arbeitgeber "
    "arbetsgivare bedrijf companytitle hiringorg",
    "places": "locationname location locations joblocation joblocations formattedlocation "
    "primarylocation locationstext lieu libellelieu ubicacion standort arbeitsort lokalita "
    "jobgeo city cities joblocationcity ville ciudad ort municipality municipal workplaceaddress "
    "place region area candidaterequiredlocation",
    "date_posted": "dateposted posteddate datepublished publisheddate publishdate publicationdate "
    "publishedat published postedat postedon pubdate firstpublished releasedate datecreated "
    "creationdate createdat created validfrom dateparution datepublication fechapublicacion "
    "publicationstartdate date",
    "date_updated": "updatedat dateupdated updateddate lastmodified lastmodificationdate "
    "modifieddate updated",
    "valid_through": "validthrough applicationdeadline applicationduedate applicationdue deadline "
    "closingdate closedate expirationdate expirydate expiresat expires validto dateexpiration "
    "publicationenddate enddate",
    "employment_types": "employmenttype employmenttypes jobtype jobtypes contracttype "
    "workinghourstype timetype positionschedulecodes commitment contracttime typeofemployment "
    "engagementtype contractworkperiod extent schedule typecontrat",
    "department": "department departmentname team division",
    "remote": "workplacetype remotetype remote isremote workarrangement worklocationoption",
    "language": "language languagecode locale lang",
    "body": "jobdescription descriptionhtml description adtext positioncontent missiondescription "
    "texteoffre contenthtml content jobcontent body text descriptif beschreibung popis "
    "descripcion annonstext omschrijving purpose formattedpurpose descriptionplain "
    "descriptionteaser summary snippet",
    "salary": "salaryrange salarytext salary jobsalary compensation salarysnippet pay payrange "
    "salarydisplay compensationsummary remuneration gehalt",
}
_RANKS = {
    field: {name: n for n, name in enumerate(names.split())} for field, names in NAMES.items()
}
# Before a name it only says whose it is.
_ENTRY = late(r"(?:job|position|offer|advert|ad|posting|vacancy|opening|listing)(?=[a-z])")
_ONCE = frozenset({"title", "url", "apply_url", "id", "body"})
# What has names, links and texts of its own.
_OTHERS = late(
    r"contact|recruit|author|user|owner|categor|skill|image|logo|picture|phone|fax|culture|meta|"
    r"count|translat|workplace|appl|schedule|type|question|benefit"
)
# Keys below another that only say how it is written: the one above is the name.
_HOW = frozenset(
    {"name", "label", "text", "value", "title", "displayname", "rendered", "html", "formatted"}
)


def rank(field: str, path: Path) -> tuple[int, int, int] | None:
    """Say how sure a path's name is for a field, the lower the surer; ``None`` when it is none."""
    if EACH in path and field in _ONCE:
        return None
    keys = [plain(key) for key in path if key != EACH]
    ranks, how = _RANKS[field], _HOW if field != "id" else {"value"}
    sure = [ranks.get(key, ranks.get(_ENTRY.sub("", key))) for key in keys]
    if len(keys) > 1 and keys[-1] in how and sure[-2] is not None:
        return (0, sure[-2], len(keys))
    if sure[-1] is None or any(_is_entity(key, field) for key in keys[:-1]):
        return None
    return (int(len(keys) > 1), sure[-1], len(keys))


def _is_entity(key: str, field: str) -> bool:
    """Say whether a key holds something of its own, whose names are not the posting's."""
    if any(key in _RANKS[other] for other in ("title", "body", "date_posted", "salary")):
        return True
    entities = ("organization", "places", "department")
    return any(key in _RANKS[other] for other in entities if other != field) or (
        field not in ("places", "employment_types") and _OTHERS.search(key) is not None
    )


def plain(key: str) -> str:
    """Give a key's letters and digits only."""
    return re.sub(r"[^a-z0-9]+", "", fold(key))


def _name(value: Any) -> bool:
    words = board.word(value) if isinstance(value, str) else None
    return words is not None and len(words) <= _LONGEST_NAME and any(map(str.isalpha, words))


def _titled(value: Any) -> bool:
    return isinstance(value, str) and 1 < len(value) <= _LONGEST_TITLE and "://" not in value


def _numbered(value: Any) -> bool:
    return type(value) in (int, str) and 0 < len(str(value)) <= _LONGEST_NAME


def _linked(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://", "/"))


def _dated(value: Any) -> bool:
    return type(value) in (int, str) and any(map(str.isdigit, str(value)[:40]))


def _placed(value: Any) -> bool:
    return _name(value) or (isinstance(value, list) and any(map(_name, value)))


def _employed(value: Any) -> bool:
    words = value if isinstance(value, list) else [value]
    return bool(terms.employment([one for one in words if isinstance(one, str)]))


def _modes(value: Any) -> bool:
    return isinstance(value, bool) or (isinstance(value, str) and terms.remote(value) is not None)


def _paid(value: Any) -> bool:
    return isinstance(value, str) and bool(salary.read(value))


def _spoken(value: Any) -> bool:
    return (
        isinstance(value, str) and re.fullmatch(r"[a-z]{2}(?:[-_][A-Za-z]{2})?", value) is not None
    )


LOOKS: dict[str, Callable[[Any], bool]] = {
    "title": _titled,
    "url": _linked,
    "apply_url": _linked,
    "id": _numbered,
    "organization": _name,
    "places": _placed,
    "date_posted": _dated,
    "date_updated": _dated,
    "valid_through": _dated,
    "employment_types": _employed,
    "department": _name,
    "remote": _modes,
    "language": _spoken,
    "body": lambda value: isinstance(value, str) and len(value) >= _SHORTEST_BODY,
    "salary": _paid,
}
