"""The values inside a schema.org JobPosting: employer, places, pay, identifier.

Takes what sites really write where the vocabulary asks for an object: a string, a list, the object
in an odd place. What is neither is no value; nothing here raises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.fields import markup, text
from crawler.fields import places as place_words
from crawler.fields import salary as pay_words
from crawler.fields.patterns import late
from crawler.items import Place, Salary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# iCIMS writes UNAVAILABLE where it has no value; boards for remote work write Anywhere.
_NOTHING = frozenset(
    {"", "-", "n/a", "na", "nan", "none", "null", "tbd", "unavailable", "undefined", "unknown",
     "not available", "not specified", "see opening id", "various"}
)  # fmt: skip
_ANYWHERE = frozenset({"anywhere", "everywhere", "remote", "worldwide", "global"})
# Above this many bare countries a remote posting lists the world, not places (251 on one page).
_WORLD = 60
# An identifier has a digit; We Work Remotely writes employer and title there, which may change.
_IDENTIFIER = late(r"(?=[^\s/]*\d)[^\s/]{1,80}")
_AMOUNT = late(r"\s*[\d.,']+\s*")


def string(value: Any) -> str | None:
    """Give the one text a value can mean: itself, a named object's name, a list's first."""
    return next(strings(value), None)


def strings(value: Any, *, depth: int = 4) -> Iterator[str]:
    """Give every text in a value, cleaned; placeholders such as UNAVAILABLE are none."""
    for item in _listed(value):
        if isinstance(item, dict) and depth:
            named = next((item[key] for key in ("name", "@value", "value") if key in item), None)
            yield from strings(named, depth=depth - 1)
        elif isinstance(item, (str, int, float)) and not isinstance(item, bool):
            # "&amp;amp;#xa;" has been seen: escaped by two templates in a row
            words = text.clean(markup.decoded(markup.decoded(str(item))))
            if words.casefold() not in _NOTHING:
                yield words


def nodes(value: Any) -> list[Mapping[str, Any]]:
    """Give the objects in a value; a bare text counts as an object of that name."""
    listed = _listed(value)
    return [item if isinstance(item, dict) else {"name": item} for item in listed if item]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def organization(node: Mapping[str, Any], fallback: str | None) -> str | None:
    """Name the employer: as the posting says, else the caller's, else a place bearing its name."""
    if stated := _employer(node):
        return stated
    if fallback:
        return fallback
    addressed = (place for place in nodes(node.get("jobLocation")) if place.get("address"))
    names = {name for place in addressed if (name := string(place.get("name")))}
    return names.pop() if len(names) == 1 else None  # several names are places' own


def _employer(node: Mapping[str, Any]) -> str | None:
    stated = nodes(node.get("hiringOrganization"))
    names = (string(one.get("name")) or string(one.get("legalName")) for one in stated)
    return next(filter(None, names), None)


def identifier(node: Mapping[str, Any]) -> str | None:
    """Give the posting's identifier when it looks like one: a token, not a name or a sentence."""
    for item in nodes(node.get("identifier")):
        value = item.get("value") if "value" in item else item.get("name")
        word = string(value)
        if word and word != "0" and _IDENTIFIER.fullmatch(word):
            return word
    return None


def places(node: Mapping[str, Any]) -> tuple[Place, ...]:
    """Give where the work is; for a remote posting without places, where applicants may live."""
    stated = nodes(node.get("jobLocation"))
    employer = _employer(node)  # some sites put its name where the town belongs
    found = tuple(
        dict.fromkeys(
            place
            for item in _undisguised(stated)
            for place in _place(item)
            if place.name != employer or place.country
        )
    )
    stubs = [place for place in found if place.country and not (place.locality or place.region)]
    if len(stubs) > _WORLD:
        found = tuple(place for place in found if place not in stubs)
    if found or stubs:
        return found
    residences = nodes(node.get("applicantLocationRequirements"))
    names = dict.fromkeys(string(item.get("name")) for item in residences)
    return tuple(Place(name, country=name) for name in names if name and _narrow(name))


def anywhere(node: Mapping[str, Any]) -> bool:
    """Say whether the posting says in its own vocabulary that it is done from afar."""
    if any(kind.casefold() == "telecommute" for kind in strings(node.get("jobLocationType"))):
        return True
    addresses = (
        address for place in nodes(node.get("jobLocation")) for address in _addresses(place)
    )
    return any(not _narrow(string(address.get("addressLocality")) or "") for address in addresses)


def _narrow(name: str) -> bool:
    return name.casefold() not in _ANYWHERE


def _undisguised(stated: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Where several named places carry one copied address, only the names tell them apart."""
    names = {string(place.get("name")) for place in stated}
    addresses = {tuple(_parts(address)) for place in stated for address in _addresses(place)}
    copied = len(addresses) == 1 < len(names) == len(stated) and None not in names
    return [{"name": place["name"]} for place in stated] if copied else stated


def _addresses(place: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = nodes(place.get("address"))
    return found or ([place] if any(str(key).startswith("address") for key in place) else [])


def _place(stated: Mapping[str, Any]) -> Iterator[Place]:
    addresses = _addresses(stated)
    for address in addresses:
        parts = _parts(address)
        if any(parts):
            name = ", ".join(dict.fromkeys(part for part in parts if part))
            yield Place(name, *parts)
        elif words := string(address.get("name")):
            yield from place_words.read(words)
    if not addresses and (words := string(stated.get("name"))):
        yield from (place for place in place_words.read(words) if _narrow(place.name))


def _parts(address: Mapping[str, Any]) -> list[str | None]:
    return [_part(address, f"address{which}") for which in ("Locality", "Region", "Country")]


def _part(address: Mapping[str, Any], name: str) -> str | None:
    words = string(address.get(name))
    named = words is not None and any(map(str.isalpha, words))
    return words if words and named and _narrow(words) else None


def pay(node: Mapping[str, Any], currency: str | None) -> Salary | None:
    """Give the stated pay; several bands in one currency and period give the span over all."""
    bare = string(node.get("salaryCurrency"))
    found = [
        band for item in nodes(node.get("baseSalary")) if (band := _band(item, bare, currency))
    ]
    if not found:
        return None
    first = found[0]
    same = [b for b in found if (b.currency, b.period) == (first.currency, first.period)]
    lows, highs = [b.min for b in same], [b.max for b in same]
    return Salary(
        min=None if None in lows else min(low for low in lows if low is not None),
        max=None if None in highs else max(high for high in highs if high is not None),
        currency=first.currency,
        period=first.period,
        raw="; ".join(dict.fromkeys(b.raw for b in same)),
        provenance=first.provenance,
    )


def _band(item: Mapping[str, Any], bare: str | None, currency: str | None) -> Salary | None:
    """Read one MonetaryAmount; unit and currency may stand on it or on its inner value."""
    inner = next(iter(nodes(item.get("value"))), {})
    stated = _first("currency", item, inner) or bare
    unit = _first("unitText", inner, item) or _first("unitCode", inner, item)
    amount = _first("value", inner) or _first("name", inner, item)
    low = _first("minValue", inner, item)
    high = _first("maxValue", inner, item)
    if low is None and high is None:
        if amount is None:
            return None
        if not _AMOUNT.fullmatch(amount):  # a sentence where a number belongs
            words = " ".join(word for word in (amount, unit) if word)
            return next(iter(pay_words.read(words, currency=stated or currency)), None)
        low = high = amount
    raw = " ".join(
        w for w in ("-".join(dict.fromkeys(a for a in (low, high) if a)), stated, unit) if w
    )
    return pay_words.structured(low, high, stated or currency, unit, raw)


def _first(name: str, *owners: Mapping[str, Any]) -> str | None:
    return next((word for owner in owners if (word := string(owner.get(name)))), None)
