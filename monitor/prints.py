"""The print of a posting: what is enough to tell whether two postings are one role.

A print is small enough to be a row of the store and JSON-ready by ``crawler.items.plain``. It is
the same in every process and on every machine, and typography, case and white space leave it as it
is. It decides nothing; ``links`` does.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from crawler.fields import months, places
from crawler.fields.links import canonical
from crawler.fields.patterns import late
from crawler.fields.text import fold
from crawler.pages.prose import without_mark
from monitor.closing import day
from monitor.passages import tokens
from monitor.shingles import sketched

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crawler.items import Posting

BUCKET = 24
"""How many postings a word or a shingle may lead to; one that leads to more says nothing."""
CANDIDATES = 8
"""How many candidates are related with a posting."""

Ref = TypeVar("Ref")

_KEY = 6  # bytes of a key's name
_WORDS, _PLACES, _SHINGLES = 8, 2, 4
"""How many words of the title, places and shingles of the text a print can be found by."""

# What a company is, not what it is called; "careers" is the name of its site.
_LEGAL = frozenset(
    {"inc", "incorporated", "llc", "llp", "lp", "ltd", "limited", "plc", "corp", "corporation",
     "co", "company", "gmbh", "mbh", "ag", "se", "kg", "kgaa", "ug", "ev", "bv", "nv", "sa", "sas",
     "sasu", "sarl", "srl", "spa", "sl", "oy", "oyj", "ab", "as", "asa", "aps", "pty", "pte", "pvt",
     "kk", "sro", "doo", "zoo", "careers", "career", "jobs", "job", "hiring", "recruiting",
     "recruitment", "karriere"}
)  # fmt: skip
_OF_COMPANY = late(r"(?:careers?|jobs?|working) (?:at|with) |the ")
# "(m/w/d)", "(all genders)", "(gn)", and the "in" of "Entwickler:in".
_GENDER = late(
    r"\(?\b[mwfdxhi](?: ?[/|,*] ?(?:[mwfdxhivn]|div(?:ers)?|gn))+\b\)?|\((?:gn|div|mwd|wmd)\)"
    r"|\(?\ball genders?\b\)?|(?<=\w)[*:/_]-?in(?:nen)?\b|(?<=\w)\(in(?:nen)?\)"
)
_YEAR = late(r"\b(20\d\d)(?:\b|(?=[-/]\d))|(?<!\w)'(2\d)\b")
_LEVELS = {
    "senior": "senior", "sr": "senior", "snr": "senior", "staff": "staff", "junior": "junior",
    "jr": "junior", "jnr": "junior", "principal": "principal", "lead": "lead", "mid": "mid",
    "i": "1", "ii": "2", "iii": "3", "iv": "4", "1": "1", "2": "2", "3": "3", "4": "4", "5": "5",
}  # fmt: skip
_SAME = {"internship": "intern", "grad": "graduate", "co": "coop", "op": "coop"}
_EMPTY = frozenset(
    {"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "our", "the", "to", "us",
     "with", "und", "fur", "m", "w", "d"}
)  # fmt: skip
_LONG_NUMBER = 4  # digits; no word of a role but a number of the posting
_STEM = 4  # letters that a word keeps when its plural goes
# What stands in the field of a requisition and names none.
_NO_REQUISITION = frozenset({"na", "none", "null", "tbd", "general", "evergreen", "various"})
_REQUISITION = late(r"\A(?:requisition|req|jobid|job|ref|id|no|nr|jr|r)*0*(?=\d)")
_APPLY = late(r"/(?:apply|application|applicants/new)/?$")


@dataclass(frozen=True, slots=True)
class Print:
    """What is kept of a posting to find its twins, its earlier editions and its reposts.

    ``title`` holds its telling words in order of the alphabet, ``level`` those of seniority,
    ``links`` host, path and query of its page and its form, ``places`` canonical keys, ``posted``
    an ISO date. ``season`` is English, ``year`` 0 when none is stated. ``sketch`` are the smallest
    hashes of the text's shingles, ascending, ``shingles`` how many different ones there are and
    ``length`` the characters of the text. What is not known is empty.
    """

    employer: str = ""
    requisition: str = ""
    links: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    season: str = ""
    year: int = 0
    posted: str = ""
    sketch: tuple[int, ...] = ()
    shingles: int = 0
    length: int = 0


_FIELDS = frozenset(field.name for field in fields(Print))


def print_of(posting: Posting, employer: str | None = None) -> Print:
    """Give the print of a posting; ``employer`` is whose source it is, if it does not say.

    A reseller's mark names the employer better than the reseller's own field.
    """
    return with_sketch(outline(posting, employer), posting)


def with_sketch(one: Print, posting: Posting) -> Print:
    """Complete an outline by the sketch of its posting's text."""
    sketch, shingles = sketched(without_mark(posting.body)[0])
    return replace(one, sketch=sketch, shingles=shingles)


def outline(posting: Posting, employer: str | None = None) -> Print:
    """Give a print without the sketch, which costs more than all the rest and few ever need."""
    body, named = without_mark(posting.body)
    season, year = _term(posting)
    words, level = title_words(posting.title)
    posted = day(posting.date_posted)
    return Print(
        employer=company(named or posting.organization or employer or ""),
        requisition=requisition(posting.requisition_id or ""),
        links=_links(posting.url, posting.apply_url),
        title=words,
        level=level,
        places=tuple(sorted({places.canonical(place) for place in posting.places})),
        season=season,
        year=year,
        posted=posted.isoformat() if posted else "",
        length=len(body),
    )


def print_from(stored: Mapping[str, Any]) -> Print:
    """Rebuild a print from what ``plain`` made of it; unknown keys are ignored."""
    values: dict[str, Any] = {key: stored[key] for key in _FIELDS & stored.keys()}
    for name in ("links", "title", "level", "places", "sketch"):
        values[name] = tuple(values.get(name) or ())
    return Print(**values)


def keys(one: Print) -> frozenset[str]:
    """Give the keys under which prints that may be linked with this one are found, at most 18.

    The first letter says what a key stands for: ``r`` a requisition, ``l`` a link, ``p`` a title
    at a place, ``t`` a title, ``w`` a word of it, ``s`` a shingle of the text, all but the links
    together with the employer. Without an employer there are only the links.
    """
    found = {f"l{_name(link)}" for link in one.links}
    if not one.employer:
        return frozenset(found)
    title = " ".join(one.title)
    parts = [("r", one.requisition)] if one.requisition else []
    if one.title:
        parts += [("t", title), *(("p", f"{title}|{place}") for place in one.places[:_PLACES])]
    # The longest words are the rarest, and both titles agree which those are.
    longest = sorted(one.title, key=lambda word: (-len(word), word))
    parts += [("w", word) for word in longest[:_WORDS]]
    parts += [("s", str(number)) for number in one.sketch[:_SHINGLES]]
    return frozenset(found | {f"{kind}{_name(one.employer, text)}" for kind, text in parts})


def company(name: str) -> str:
    """Give the form in which two employers are one: no legal form, no "Careers", no case."""
    words = _OF_COMPANY.sub("", fold(name).replace(".", "")).replace("&", " and ").split()
    words = ["".join(filter(str.isalnum, word)) for word in words]
    words = [word for word in words if word]
    while len(words) > 1 and (words[-1] in _LEGAL or words[-1] == "and"):
        words.pop()
    return " ".join(words)


def _name(*parts: str) -> str:
    """Give the short name of a key."""
    return blake2b("\n".join(parts).encode(errors="replace"), digest_size=_KEY).hexdigest()


def title_words(title: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give a title's telling words and its words of seniority; years, seasons, genders are none."""
    words = tokens(_YEAR.sub(" ", _GENDER.sub(" ", fold(title))))
    level = {_LEVELS[word] for word in words if word in _LEVELS}
    telling = {stem(word) for word in words if not _is_noise(word)}
    return tuple(sorted(telling)), tuple(sorted(level))


def _is_noise(word: str) -> bool:
    """Say whether a word of a title says nothing of the role."""
    if not word.isalnum():
        return word not in {"+", "#"}
    number = word.isdigit() and len(word) >= _LONG_NUMBER
    return number or word in _LEVELS or word in _EMPTY or word in months.SEASONS


def stem(word: str) -> str:
    """Take the plural off: "Systems" and "System" are one word, whatever it is."""
    root = word[:-1] if len(word) > _STEM and word[-1] == "s" and word[-2] != "s" else word
    return _SAME.get(root, root)


def _term(posting: Posting) -> tuple[str, int]:
    """Give the season and the year that a posting is for; the title's words go first."""
    season, year = "", 0
    for text in (posting.title, posting.start_date or "", posting.start_date_raw or ""):
        words = fold(text)
        spoken = (months.SEASONS[word] for word in tokens(words) if word in months.SEASONS)
        season = season or next(spoken, "").lower()
        stated = _YEAR.search(words)
        year = year or (int(stated[1] or f"20{stated[2]}") if stated else 0)
    return season, year


def requisition(text: str) -> str:
    """Give the form in which two requisition ids are one ("REQ-0123" is "123"); "" for none."""
    bare = "".join(filter(str.isalnum, fold(text)))
    return "" if bare in _NO_REQUISITION else _REQUISITION.sub("", bare, count=1)


def _links(*stated: str | None) -> tuple[str, ...]:
    """Give host, path and query of each link, without the form's own ending."""
    return tuple(sorted({link for url in stated if url and (link := _link(url))}))


def _link(url: str) -> str:
    try:
        parts = urlsplit(canonical(url))
    except ValueError:
        return ""
    rest = urlunsplit(("", "", _APPLY.sub("", parts.path).rstrip("/"), parts.query, parts.fragment))
    # A bare host is everybody's link.
    return f"{parts.netloc.removeprefix('www.')}{rest}" if parts.netloc and rest else ""


def shortlist(found: Mapping[str, Sequence[Ref]]) -> tuple[Ref, ...]:
    """Give the few candidates worth relating, the likeliest first, from what each key leads to.

    ``found`` needs no more than ``BUCKET + 1`` of a key, the newest first. Of a requisition, link
    or title the first count even if there are more; a word or shingle of so many counts nothing.
    """
    votes: dict[Ref, float] = defaultdict(float)
    for key in sorted(found):
        refs = found[key]
        sure = key[0] in "rlpt"
        if sure or len(refs) <= BUCKET:
            for ref in refs[:BUCKET]:
                votes[ref] += 4 if sure else 1
    return tuple(sorted(votes, key=lambda ref: (-votes[ref], str(ref)))[:CANDIDATES])


def likeness(some: Iterable[str], others: Iterable[str]) -> float:
    """Give the share of common words among all words, from 0 to 1."""
    one, two = set(some), set(others)
    return len(one & two) / len(one | two) if one or two else 0.0
