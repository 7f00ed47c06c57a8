"""What a schema.org JobPosting says, whichever syntax carried it (JSON-LD or microdata).

The vocabulary as Google asks for it (title, hiringOrganization, jobLocation, baseSalary …), read
from objects as ``lenient`` and ``microdata`` give them. What a page does not state stays empty.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler.fields import dates, links, terms, text
from crawler.items import Posting
from crawler.pages import prose, schema_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# Some iCIMS pages state the time of the request, shifted by whole years, as their two dates.
_SHIFTS = {"datePosted": timedelta(days=-730), "validThrough": timedelta(days=365)}
# How far the visit's clock may be from the moment the page was made, and a leap day.
_CLOCK = timedelta(minutes=10)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a page before its objects are read."""

    url: str
    now: datetime
    currency: str | None = None
    organization: str | None = None
    language: str | None = None


def types(node: Mapping[str, Any]) -> frozenset[str]:
    """Give the object's types in lower case, without the vocabulary's address or prefix."""
    stated = node.get("@type")
    listed = stated if isinstance(stated, list) else [stated]
    return frozenset(
        word.rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower()
        for word in listed
        if isinstance(word, str) and word
    )


def postings(objects: Sequence[Mapping[str, Any]], page: Context) -> tuple[Posting, ...]:
    """Give every JobPosting among the objects, each once, in page order."""
    known = {node["@id"]: node for node in objects if isinstance(node.get("@id"), str)}
    stated = [_resolved(node, known) for node in objects if "jobposting" in types(node)]
    stated = [node for node in stated if _title(node)]
    crowded = len({_title(node) for node in stated}) > 1
    shared = _shared([schema_values.identifier(node) for node in stated if crowded])
    found: dict[str, Posting] = {}
    for node in stated:
        posting = _posting(node, page, crowded=crowded, shared=shared)
        twin = found.get(posting.id)
        found[posting.id] = merge(twin, posting) if twin else posting
    return tuple(
        prose.fill(posting, now=page.now, currency=page.currency) for posting in found.values()
    )


def merge(first: Posting, second: Posting) -> Posting:
    """Make one posting of two statements of it: the first one's fields, its gaps from the second.

    Places are added up: many sites repeat a posting once for each place.
    """
    gaps = {
        field.name: getattr(second, field.name)
        for field in dataclasses.fields(Posting)
        if getattr(first, field.name) in (None, (), "")
    }
    gaps["places"] = tuple(dict.fromkeys(first.places + second.places))
    gaps["body"] = max(first.body, second.body, key=len)
    return dataclasses.replace(first, **gaps)


def _resolved(node: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Put in the place of a mere reference (``{"@id": …}``) what it refers to."""
    return {name: _referred(value, known) for name, value in node.items()}


def _referred(value: Any, known: Mapping[str, Mapping[str, Any]]) -> Any:
    if isinstance(value, list):
        return [_referred(item, known) if isinstance(item, dict) else item for item in value]
    if isinstance(value, dict) and set(value) <= {"@id", "@type"}:
        reference = value.get("@id")
        return known.get(reference, value) if isinstance(reference, str) else value
    return value


def _shared(identifiers: list[str | None]) -> frozenset[str]:
    """Give the identifiers that several postings of a page carry: they name the employer."""
    return frozenset(one for one in identifiers if one and identifiers.count(one) > 1)


def _title(node: Mapping[str, Any]) -> str | None:
    words = schema_values.string(node.get("title")) or schema_values.string(node.get("name"))
    return text.clean(text.from_html(words)) or None if words else None


def _posting(
    node: Mapping[str, Any], page: Context, *, crowded: bool, shared: frozenset[str]
) -> Posting:
    title = _title(node) or ""
    identifier = schema_values.identifier(node)
    identifier = None if identifier in shared else identifier
    own = _own_url(node, page.url)
    url = links.canonical(own or page.url)
    stated = {
        **_date(node, "datePosted", "date_posted", page),
        **_date(node, "validThrough", "valid_through", page),
        **_date(node, "jobStartDate", "start_date", page),
        **_date(node, "dateModified", "date_updated", page),
    }
    stated.pop("date_updated_raw", None)
    return Posting(
        id=identifier or links.address(url, None if own or not crowded else title),
        title=title,
        organization=schema_values.organization(node, page.organization),
        places=schema_values.places(node),
        remote="remote" if schema_values.anywhere(node) else None,
        employment_types=_employment(node),
        department=schema_values.string(node.get("department")),
        salary=schema_values.pay(node, page.currency),
        requirements=_degrees(node),
        requisition_id=identifier,
        language=schema_values.string(node.get("inLanguage")) or page.language,
        body=prose.once(_body(node), title),
        url=url,
        apply_url=_apply_url(node, page.url),
        **stated,
    )


def _own_url(node: Mapping[str, Any], page_url: str) -> str | None:
    """Give the posting's own link when it is one: of this site, and not the site's front page.

    We Work Remotely states the employer's home page there.
    """
    stated = schema_values.string(node.get("url"))
    url = links.absolute(stated, page_url) if stated else None
    if not url or links.site(url) != links.site(page_url):
        return None
    parts = urlsplit(url)
    return url if parts.path.strip("/") or parts.query else None


def _date(node: Mapping[str, Any], key: str, name: str, page: Context) -> dict[str, Any]:
    raw = schema_values.string(node.get(key))
    value = dates.read(raw, now=page.now) if raw else None
    if not raw or (value and _invented(value, _SHIFTS.get(key), page.now)):
        return {}
    return {name: value, f"{name}_raw": raw}


def _invented(value: str, shift: timedelta | None, now: datetime) -> bool:
    """Say whether an instant is only the time of the request, moved by whole years."""
    if shift is None or "T" not in value:
        return False
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return False
    distance = instant.replace(tzinfo=instant.tzinfo or now.tzinfo) - (now + shift)
    return any(abs(distance - leap) < _CLOCK for leap in (-_DAY, timedelta(), _DAY))


def _employment(node: Mapping[str, Any]) -> tuple[str, ...]:
    stated = (terms.employment(word) for word in schema_values.strings(node.get("employmentType")))
    return tuple(dict.fromkeys(kind for kinds in stated for kind in kinds))


def _degrees(node: Mapping[str, Any]) -> tuple[str, ...]:
    """Read degrees where the vocabulary has a place for them; the body is read afterwards."""
    stated = _named(node, "educationRequirements", "qualifications")
    return terms.degrees("\n".join(stated))


def _named(node: Mapping[str, Any], *names: str) -> Iterator[str]:
    for name in names:
        for item in schema_values.nodes(node.get(name)):
            for key in ("credentialCategory", "name", "description"):
                yield from schema_values.strings(item.get(key))


def _body(node: Mapping[str, Any]) -> str:
    """Join the parts of a description; parts that the description repeats are not repeated."""
    parts: list[str] = []
    for name in ("description", "responsibilities", "qualifications"):
        for words in _texts(node.get(name)):
            part = text.from_html(words)
            if part and not any(part in other for other in parts):
                parts.append(part)
    return "\n".join(parts)


def _texts(value: Any) -> Iterable[str]:
    return [
        item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)
    ]


def _apply_url(node: Mapping[str, Any], page_url: str) -> str | None:
    for item in schema_values.nodes(node.get("potentialAction")):
        target = item.get("target")
        inner = target.get("urlTemplate") if isinstance(target, dict) else target
        word = schema_values.string(inner) or schema_values.string(item.get("url"))
        if word and (url := links.absolute(word, page_url)):
            return url
    return None
