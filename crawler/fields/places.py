"""Labels that say where the work is, to places, and when two places are one for a reader.

Splits what names several places, drops what names none ("Remote", "3 Locations"), and fills the
parts that are stated or certain. A name it does not know stays a place as it stands.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from crawler.fields import regions
from crawler.fields.patterns import late
from crawler.fields.text import clean
from crawler.items import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_LIST = 4000  # characters of a label; more is a document
_LONGEST_LABEL = 120  # characters of a label that may be a sentence
_SENTENCE = 8  # words of one name
_LOWER = 3  # words of one name in lower case; "Newcastle upon Tyne" has one
_STREETS = 2  # parts an address needs before its first can be a street

_SEPARATOR: Final = late(
    r"\s*[;|•·\r\n]\s*|\s*<br\s*/?>\s*|\s+[/+]\s+"
    r"|(?<=[^\W\d_]{2})/(?=[^\W\d_]{2})(?!(?i:main|oder|saale|breisgau|bienne|donau|inn|see)\b)"
    r"|(?:\s*,)?\s+(?:or|oder|ou|and|und|&)\s+|(?<!,)\s+OR\s+(?=[A-Z][a-z])"
)
# Names with a word for "and" inside: none of them is two places.
_WHOLE: Final = late(
    r"\b(?:(?:trinidad|antigua|bosnia|newfoundland|brighton|hammersmith|tyne|turks|wallis|jammu|"
    r"andaman|dumfries|perth|argyll|telford|windsor|redcar|kensington|barking|svalbard|nuneaton|"
    r"basingstoke|king's lynn|são tomé|sao tome|s(?:ain)?t\.? (?:kitts|pierre|vincent)|"
    r"bath|tonbridge|reigate|oadby|hinckley) (?:and|&) (?:the )?[\w-]+)|\bbill & [\w]+",
    re.IGNORECASE,
)
_MODE: Final = (
    r"(?:(?:100 ?%|fully|full|partially|mostly|temporarily) )?(?:remote(?:ly)?|hybrid|on-?site|"
    r"on site|in[- ](?:the )?office|in[- ]person|home ?-?office|(?:home|field|office)[- ]based|"
    r"wfh|work(?:ing)? from (?:home|anywhere)|tele(?:commut(?:e|ing)|work(?:ing)?)|anywhere|"
    r"everywhere|world-?wide|virtual|distributed|flexible|télétravail|teletrabajo|h[íi]brid[oa]|"
    r"remot[oa]|hybride)(?:[ -](?:first|friendly|eligible|ok|possible|optional|option|only|"
    r"work(?:er|ing)?|job|position|role|opportunity|locations?|office|employees?|mode|available|"
    r"allowed|preferred))*"
)
_MODE_FIRST: Final = late(
    rf"(?:{_MODE})(?!\w)[\s:,/\u2013\u2014-]*(?:(?:or |and )?(?:in|within|from|across|throughout|"
    rf"for|based in|anywhere in) )?(?-i:the )?",
    re.IGNORECASE,
)
_MODE_LAST: Final = late(rf"[\s:,/\u2013\u2014-]*(?<!\w)(?:{_MODE})\Z", re.IGNORECASE)
_BEFORE: Final = late(
    r"(?:(?:locations?|standorte?|office|city|place|lieu|ort)\s*:\s*|"
    r"(?:based|located) in |and |or )+",
    re.IGNORECASE,
)
_AFTER: Final = late(
    r"(?:\s*[+&,]?\s*\d+ (?:more|others?)(?: locations?)?|\s+\+\s*\d+|\s+only|\s+hq|"
    r"\s+headquarters?|(?<=[^\W\d_])\s+(?:head )?offices?|(?<=\w\w)\.)\Z",
    re.IGNORECASE,
)
_ROLL_UP: Final = late(
    r"(?:(?:\d+\+?|multiple|various|several|many|all|any|other|different)\s+)?"
    r"(?:(?:other|different|office|more)\s+)?"
    r"(?:locations?|cities|offices|sites|places|countries)\b"
    r"(?:\s+(?:in|across|within)\s+(?-i:the )?)?"
    r"|(?:multiple|various|several|\d+)\s+(?=\w+ locations\Z)",
    re.IGNORECASE,
)
_ROLLED: Final = late(r"\s+locations\Z", re.IGNORECASE)
_NOTHING: Final = frozenset(
    {"all", "any", "global", "international", "various", "multiple", "several", "none", "null",
     "nan", "na", "n a", "unknown", "unspecified", "tbd", "tba", "hq", "headquarters", "preferred",
     "office", "other", "head office", "not specified", "not available", "to be determined",
     "see description"}
)  # fmt: skip
_BRACKET: Final = late(r"\s*[(\[]([^()\[\]]*)[)\]]\s*")
_CODED: Final = late(r"([A-Z]{2,3})[-.](?:([A-Z]{2,3})(?:[-.]|\Z))?(.*)")
_FORMAL: Final = late(
    r", (?:(?:united|islamic|plurinational|bolivarian) )?(?:republic|state) of\b", re.IGNORECASE
)
_INNER_CODE: Final = late(r"[A-Z]{0,4}-?\d+[A-Z]?")
_DASH: Final = late(r"\s+[-\u2013\u2014]\s+|\s*:\s+")
_POSTAL: Final = late(r"\b\d{4,6}(?:-\d{3,4})?\b")
# Names that are a town's as well: alone they say neither.
_BOTH: Final = frozenset({"new york", "washington", "victoria", "georgia", "quebec"})
_CITY_STATES: Final = {"SG": "singapore", "HK": "hong kong", "LU": "luxembourg", "MC": "monaco"}
# Letters that parts of two countries share.
_SHARED: Final = frozenset({"SA", "WA", "NT"})
_ABBREVIATION = 3  # letters

_LAST_WORDS: Final = frozenset({"US", "USA", "U.S.", "UK", "D.C."})

_Parts = tuple[str | None, str | None, str | None]


def read(text: str) -> tuple[Place, ...]:
    """Give the places a label names, in its order, each once; none for "Remote" or "Various".

    ``name`` is clean text without words for the way of working. Prose names no places.
    """
    if len(text) > _LONGEST_LIST:
        return ()
    names = [parts for piece in _pieces(text) for parts in _named(piece)]
    if len(text) > _LONGEST_LABEL and any(_is_prose(", ".join(parts)) for parts in names):
        return ()
    found: dict[str, Place] = {}
    for parts in names:
        place = Place(", ".join(parts), *_stated(parts))
        found.setdefault(canonical(place), place)
    return tuple(found.values())


def canonical(place: Place) -> str:
    """Give the key of a place: its locality, region and country, whatever their spelling.

    A city's other names, a state's letters and a country's code count as the same name. Parts that
    are not stated stay empty, unless a stated one implies them: a US state, its country.
    """
    return "|".join(_key(place))


def same(a: Place, b: Place) -> bool:
    """Say whether two places are one for a reader; what one leaves out contradicts nothing.

    A country or a state is no city: "Germany" is not the same as "Berlin, Germany".
    """
    (town, area, land), (other_town, other_area, other_land) = _key(a), _key(b)
    if town != other_town or (not town and bool(area) != bool(other_area)):
        return False
    return not _contradict(area, other_area) and not (land and other_land and land != other_land)


def _contradict(area: str, other: str) -> bool:
    """Say whether two regions differ; letters that no table knows may stand for any name."""
    if not area or not other or area == other:
        return False
    short, known = min(area, other, key=len), area.isupper() and other.isupper()
    return known or len(short) > _ABBREVIATION


def _pieces(text: str) -> Iterator[str]:
    """Split a label where it begins another place, but not inside brackets or a compound name."""
    whole = [match.span() for match in _WHOLE.finditer(text)]
    start = depth = 0
    for match in _SEPARATOR.finditer(text):
        depth = text.count("(", 0, match.start()) - text.count(")", 0, match.start())
        if depth > 0 or any(first <= match.start() < last for first, last in whole):
            continue
        yield clean(text[start : match.start()])
        start = match.end()
    yield clean(text[start:])


def _named(piece: str) -> Iterator[list[str]]:
    """Give the comma-separated parts of each place that a piece of a label names."""
    outside, inside = _brackets(piece)
    bare = _bare(outside)
    if not bare and inside:
        for inner in inside:
            for part in _pieces(inner):
                yield from _named(part)
        return
    if not bare:
        return
    parts = _ordered(_FORMAL.sub("", bare))
    for inner in inside:
        parts = _widened(parts, inner)
    if parts:
        yield from map(_once, _listed(parts))


def _brackets(piece: str) -> tuple[str, list[str]]:
    """Take the brackets off; what they say is given unless it names no place."""
    inside = [bare for match in _BRACKET.finditer(piece) if (bare := _bare(match[1]))]
    inside = [bare for bare in inside if not any(map(str.isdigit, bare))]
    return _BRACKET.sub(" ", piece).strip(), inside


def _widened(parts: list[str], inner: str) -> list[str]:
    """Put what stood in brackets where it belongs: "Canada (Vancouver)" is Vancouver in Canada."""
    within = _parts(inner)
    if not parts or not within:
        return parts or within
    if len(parts) == 1 and _is_area(parts[0]) and not _is_area(inner):
        return [*within, *parts]
    return [*parts, *within] if _is_area(within[-1]) else [*parts[:-1], f"{parts[-1]} ({inner})"]


def _bare(words: str) -> str:
    """Drop words for the way of working, for "several places" and for nothing at all."""
    before = None
    while words != before:
        before = words
        for first in (_BEFORE, _MODE_FIRST, _ROLL_UP):
            if match := first.match(words):
                words = words[match.end() :]
        for last in (_MODE_LAST, _AFTER, _ROLLED):
            if len(words) <= _LONGEST_LABEL:
                words = last.sub("", words)
        words = words.strip(" ,;:/|*-\u2013\u2014\u00b7")
    named = any(map(str.isalpha, words)) and regions.fold(words) not in _NOTHING
    return words if named else ""


def _ordered(words: str) -> list[str]:
    """Give the parts of one place's name, the narrower first: of "US-CA-Monrovia", too."""
    pieces = [bare for part in _DASH.split(words) if (bare := _bare(part))]
    pieces = [piece for piece in pieces if not (pieces[1:] and _INNER_CODE.fullmatch(piece))]
    parts = [_parts(piece) for piece in pieces]
    flat = [part for piece in parts for part in piece]
    if len(flat) > 1 and _is_broad(flat[0], flat[-1]):
        chain = all(regions.region(part) for part in flat[1:-1])
        return flat[::-1] if chain else [*flat[1:], flat[0]]
    areas = not pieces[1:] or _is_area(pieces[-1])
    return flat if areas else _parts(" - ".join(pieces))


def _parts(piece: str) -> list[str]:
    """Split one name at its commas, or at the hyphens of "US-CA-Monrovia"."""
    coded = _CODED.fullmatch(piece)
    if coded and regions.country(coded[1]):
        return [part for part in coded.groups() if part]
    return [part for comma in piece.split(",") if (part := _bare(comma))]


def _is_broad(first: str, last: str) -> bool:
    """Say whether a name begins with its widest part; a list of countries does not."""
    if _is_land(first):
        return not _is_land(last)
    return _is_area(first) and not _is_area(last)


def _is_area(name: str) -> bool:
    """Say whether a name is a country's or that of a country's part."""
    return bool(regions.country(name) or regions.region(name)) and regions.fold(name) not in _BOTH


def _listed(parts: list[str]) -> list[list[str]]:
    """Split a comma-separated list of countries or of large cities, and places run together."""
    if len(parts) > 1 and all(map(_is_land, parts)):
        return [[part] for part in parts]
    found: list[list[str]] = [[]]
    for part, following in zip(parts, [*parts[1:], ""], strict=True):
        area, next_town = _run_together(part) if found[-1] else ("", "")
        if area:
            found[-1].append(area)
            found.append([next_town])
            continue
        found[-1].append(part)
        if len(found[-1]) == 1 and _are_cities(part, following):
            found.append([])
    return found


def _is_land(name: str) -> bool:
    return bool(regions.country(name)) and not regions.region(name)


def _are_cities(name: str, other: str) -> bool:
    """Say whether these are two cities; "Oslo, Oslo, Norway" is a city and its region."""
    one, two = regions.city(name), regions.city(other)
    return (
        one[0] != two[0] and one[0] in regions.LARGE and two[0] in regions.LARGE and _is_town(other)
    )


def _is_town(name: str) -> bool:
    return not regions.region(name) and not regions.country(name)


def _run_together(part: str) -> tuple[str, str]:
    """Split "TX Chicago" and "New Jersey Irving": a state, and the next town."""
    words = part.split()
    for size in (2, 1):
        area, rest = " ".join(words[:size]), words[size:]
        if rest and regions.region(area) and regions.fold(rest[0]) not in regions.CITY_TAILS:
            town = " ".join(rest)
            open_end = _is_area(town) or not town[0].isalpha() or not town[0].isupper()
            return ("", "") if open_end else (area, town)
    return "", ""


def _once(parts: list[str]) -> list[str]:
    """Drop a part that repeats the one before: "United States, United States"."""
    lands = [regions.country(part) for part in parts]
    return [
        part for i, part in enumerate(parts) if not (i and lands[i] and lands[i] == lands[i - 1])
    ]


def _stated(parts: list[str]) -> _Parts:
    """Give locality, region and country as far as the parts of a label say which is which."""
    rest = _spread(parts)
    wide = rest.pop() if len(rest) > 1 and regions.fold(rest[-1]) in regions.WIDE else None
    land = rest.pop() if _is_country(rest[-1], rest[:-1]) else None
    area = rest.pop() if rest and _is_region(rest, land) else None
    if not rest or not (land or area or wide):
        return None, area, land
    street = len(rest) >= _STREETS and rest[0][0].isdigit()
    return rest[-1] if street else rest[0], area, land


def _spread(parts: list[str]) -> list[str]:
    """Split a state and a country off the end of the last part: "Beaverton, Oregon US"."""
    *rest, last = [*parts[:1], *map(_lettered, parts[1:])]
    words = [_POSTAL.sub("", last).strip() or last]
    for _ in ("country", "region"):
        head, _space, tail = words[0].rpartition(" ")
        if head and _is_apart(head, tail, alone=not rest):
            words[:1] = [head, tail]
    return [*rest, *words]


def _lettered(part: str) -> str:
    """Give letters that stand for a state or country their capitals: "austin, tx"."""
    return part.upper() if len(part) <= _ABBREVIATION and part.islower() else part


def _is_apart(head: str, tail: str, *, alone: bool) -> bool:
    """Say whether the last word of a name is its state or country; a full name only of a city."""
    if tail in _LAST_WORDS or (tail.isupper() and regions.region(tail)):
        return True
    return alone and bool(regions.region(tail)) and regions.city(head)[0] in regions.LARGE


def _is_country(name: str, before: list[str]) -> bool:
    code = regions.country(name)
    if not code or not regions.region(name):
        return bool(code)
    far = any(regions.abroad(town, name) for town in before)
    return far or (len(before) > 1 and bool(_is_part(before[-1], code)))


def _is_part(name: str, code: str) -> bool:
    return regions.region(name, code) is not None or (name.isupper() and len(name) <= _ABBREVIATION)


def _is_region(rest: list[str], land: str | None) -> bool:
    """Say whether the last part is a region: by its name, or by standing before a country."""
    name = rest[-1]
    known = regions.region(name, regions.country(land) if land else None)
    if len(rest) > 1:
        return bool(known or land)
    twofold = regions.fold(name) in _BOTH or (not land and bool(regions.country(name)))
    return known is not None and not twofold and len(regions.city(name)) == 1


@lru_cache(maxsize=1024)
def _key(place: Place) -> tuple[str, str, str]:
    """Give folded locality, region and country; codes where the tables know the name."""
    town, area, land = _told(place)
    area, land = _lettered(area or ""), _lettered(land or "")
    code = (regions.country(land) or regions.fold(land)) if land else ""
    known = regions.region(area, code or None) if area else None
    if known:
        code = code or ("" if known[0] in _SHARED else known[1])
    region = known[0] if known else regions.fold(area)
    if not town:
        return (_CITY_STATES.get(code, "") if not region else ""), region, code
    name, *implied = regions.city(_POSTAL.sub("", town).strip() or town)
    state, home = implied or ("", "")
    if home and code in {"", home}:
        region, code = region or state, home
    lone = {city: country for country, city in _CITY_STATES.items()}
    return name or town, region, code or lone.get(name, "")


def _told(place: Place) -> _Parts:
    """Give a place's parts; one that has none, or a whole label for a town, is read again."""
    if place.region or (place.country and "," not in (place.locality or "")):
        return place.locality, place.region, place.country
    label = place.locality or place.name
    parts = [part for comma in label[:_LONGEST_LIST].split(",") if (part := comma.strip())]
    town, area, land = _stated(parts) if parts else (None, None, None)
    if not (town or area or land):
        return label, None, place.country
    return town, area, place.country or land


def _is_prose(name: str) -> bool:
    words = name.split()
    return len(words) >= _SENTENCE or sum(word[0].islower() for word in words) >= _LOWER
