"""The short facts that a page sets beside a vacancy's title: company, place, pay, date, tags.

Reads a card of a list as well as the head of a posting's own page. Goes by the names the page's
author gave the elements, then by what only a pay or a date can look like; the rest is text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from itertools import groupby, islice, pairwise
from typing import TYPE_CHECKING, Any

from crawler.fields import dates, links, places, salary, terms, text, wording
from crawler.fields.patterns import late
from crawler.items import Snippet
from crawler.pages import dom, labelled, titled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from crawler.items import Salary

_NAMES = {
    "title": late(r"(?<!sub)(?<!sub[-_])title|heading|headline|position-?name|job-?name"),
    "organization": late(
        r"compan|employer|advertiser|org-name|organi[sz]ation|firma|entreprise|empresa|sub[-_]?title"
    ),
    "employment": late(r"(?:work|job|employ|employment|contract)[-_]?type"),
    "place": late(r"locat|place|city|region|address|standort|\barea\b|ort\b"),
    "pay": late(r"salar|pay\b|wage|compens|gehalt|remunerat|money|lohn|price"),
    "date": late(r"date|posted|ago\b|publish|time|fresh|age\b"),
    "tag": late(r"tag|badge|chip|label|pill|skill|attribute|benefit|keyword"),
}
_DATE = late(
    r"(?:posted |updated |added |vor |il y a |hace )?(?:\d{1,3}\+? ?(?:min(?:ute)?s?|h(?:ours?)?|"
    r"d(?:ays?)?|w(?:eeks?)?|mo(?:nth)?s?|tage?n?|stunden?|wochen?|jours?|heures?|semaines?|días?|"
    r"semanas?)"
    r"(?: ago)?|today|yesterday|just (?:now|posted)|new|heute|gestern|hoy|aujourd'hui)(?: ago)?",
    re.IGNORECASE,
)
# What a widget says the market pays.
_OTHERS = late(
    r"\baverage|\bmedian|\bmarket\b|similar|comparable|compare|\bsalaries\b|durchschnitt|moyen|"
    r"promedio|vidutin|průměr|średni|gemiddeld|gjennomsnitt|genomsnitt|平均|相場",
    re.IGNORECASE,
)
_LABEL = late(
    rf"(?:[^\W\d]+ ){{0,2}}(?:{'|'.join(sorted(wording.PAY))})(?: \w+){{0,2}}\s*[:\uff1a]?\s*",
    re.IGNORECASE,
)
_PARTS = late(r"\s+[|\u2022\u00b7]\s+")
# Where a site keeps what it knows of an employer.
_PROFILE = late(r"/(?:cmp|compan(?:y|ies)|employers?|firm[ay]|unternehmen|entreprises?)/[^/?#]+/?$")
_ID_NAME = late(
    r"data-(?:id|jk|(?:[a-z]+-)?(?:job|ad|advert|entity|job-?ad|listing|offer|posting|vacancy)"
    r"[-_]?(?:id|key|urn))"
)
_ID = late(r"(?=\D*\d)[\w-]{3,64}")
_OWN_ID = late(r"(?:[a-z]{1,10}[-_])?(?:\d{5,20}|[0-9a-f]{16,64})")
_NEAR = 20  # elements of a card in which its id stands
_TITLES = frozenset({"h1", "h2"})
_LONGEST = 120
_LONGEST_TAG = 40
_LONGEST_PAY = 80
_CHOICES = 3


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands beside a title, each in the page's own words; empty where it states nothing."""

    title: str = ""
    organization: str = ""
    place: str = ""
    pay: str = ""
    date: str = ""
    employment: str = ""
    tags: tuple[str, ...] = ()


def facts(node: Any) -> Facts:
    """Read the short facts out of an element; each fact is the first that looks like it."""
    found: dict[str, str] = {}
    tags: list[str] = []
    for kind, words in _labelled(node):
        if kind == "tag" and not is_pay(words):
            tags.append(words)
        else:
            found.setdefault("pay" if kind == "tag" else kind, labelled.bare(words))
    lines = dom.lines(node)
    stated = pay_lines(lines)
    if is_pay(named := found.get("pay", "")) and named in lines and named not in stated:
        named = ""
    found["pay"] = named or next(iter(stated), "")
    found["date"] = next(filter(_DATE.fullmatch, lines), "") or found.get("date", "")
    kept = (tag for tag in tags if tag not in found.values() and not _DATE.fullmatch(tag))
    return Facts(**found, tags=tuple(dict.fromkeys(kept)))


def snippet(node: Any, *, url: str, now: datetime, currency: str | None = None) -> Snippet | None:
    """Make a snippet of a card with its own pay, or ``None`` when it has no title."""
    stated = facts(node)
    title = _title(node) or stated.title
    if not title:
        return None
    tags = tuple(filter(None, dict.fromkeys((stated.employment, *stated.tags))))
    known = {title, stated.organization, stated.place, stated.pay, stated.date, *tags}
    rest = [line for line in dom.lines(node) if _adds(line, known)]
    return Snippet(
        title=text.clean(title),
        organization=stated.organization or None,
        places=places.read(stated.place),
        salary=pay(stated.pay, currency) or pay("\n".join(rest), currency),
        tags=tags,
        date_posted=_posted(node, stated, now),
        date_posted_raw=stated.date or None,
        body="\n".join(rest),
        url=_link(node, title, url, number(node)),
        id=number(node),
    )


def _posted(node: Any, stated: Facts, now: datetime) -> str | None:
    """Give the day a card states for programs, else the one that its words name."""
    stamps = (dates.read(time.get("datetime"), now=now) for time in node.iter("time"))
    stamp: str | None = next(filter(None, stamps), None)
    return stamp or dates.read(stated.date, now=now)


def number(node: Any) -> str | None:
    """Give the site's own id of a card's vacancy: of an attribute made for it, else the card's id.

    Ids that scripts give out anew at every load have other shapes, and are none.
    """
    for inner in islice(node.iter("*"), _NEAR):
        for name, value in inner.attrib.items():
            if _ID_NAME.fullmatch(name) and _ID.fullmatch(last := str(value).rpartition(":")[2]):
                return last
    own = str(node.get("id") or "")
    return own if _OWN_ID.fullmatch(own) else None


def _adds(line: str, known: Iterable[str]) -> bool:
    """Say whether a line holds more than known facts, which pages set side by side unspaced."""
    for fact in sorted(known, key=len, reverse=True):
        line = line.replace(fact, "") if fact else line
    return bool(line.strip(" |\u2022\u00b7,;-\u2013"))


def _link(node: Any, title: str, url: str, key: str | None) -> str | None:
    """Give the link on the title, else the card's first; one that stays on the page is none.

    Where its path holds the vacancy's id (``key``), its query only says where a reader came from.
    """
    anchors = [a for a in node.iter("a") if (a.get("href") or "#")[0] != "#"]
    titled = [anchor for anchor in anchors if dom.words(anchor) == title]
    targets = (links.absolute(anchor.get("href"), url) for anchor in [*titled, *anchors])
    found = next((links.canonical(target) for target in targets if target), None)
    path, _, _ = (found or "").partition("?")
    return path if key and key in path else found


def shaped(node: Any) -> Facts:
    """Read the facts that only a place or an hours label can look like."""
    leaves = (one for one in node.iter() if isinstance(one.tag, str) and not len(one))
    shown = (dom.words(one) for one in leaves if not dom.hidden(one) and one.tag not in _TITLES)
    facts = (line for line in shown if len(line) <= _LONGEST and not labelled.kind_of(line))
    words = [part for line in facts for part in parts(line)]
    hours = (one for one in words if len(one) <= _LONGEST_TAG and terms.employment(one))
    return Facts(
        place=next(filter(titled.is_place, words), ""),
        employment=next(hours, ""),
        tags=tuple(one for one in words if one and terms.remote(one) and len(one) <= _LONGEST_TAG),
    )


def parts(line: str) -> list[str]:
    """Give the facts that stand side by side in one line, set off by a bar or a dot."""
    return _PARTS.split(line)


def together(stated: Sequence[Facts]) -> Facts:
    """Make one set of facts of several, the first that states a fact first."""
    names = [field.name for field in fields(Facts) if field.name != "tags"]
    found = {name: next(filter(None, (getattr(one, name) for one in stated)), "") for name in names}
    return Facts(**found, tags=tuple(dict.fromkeys(tag for one in stated for tag in one.tags)))


def pay(words: str, currency: str | None) -> Salary | None:
    """Give the first pay in some words of a card or a head."""
    return next(iter(salary.read(words, currency=currency)), None) if words else None


def pay_lines(lines: Sequence[str]) -> list[str]:
    """Give the lines that state pay and nothing else.

    What others earn on average is not pay, nor are the choices of a search form.
    """
    stated = [
        line
        if is_pay(line) and not _OTHERS.search(line) and not _OTHERS.search(before[:_LONGEST])
        else ""
        for before, line in pairwise(("", *lines))
    ]
    runs = (list(run) for some, run in groupby(stated, bool) if some)
    return [line for run in runs if not _is_choice(run) for line in run]


def _is_choice(run: Sequence[str]) -> bool:
    """Say whether pays in a row are offered to choose from: three, or two of them open."""
    different = set(run)
    return len(different) >= _CHOICES or (
        len(different) > 1 and all(line.endswith("+") for line in different)
    )


def labelled_pay(lines: Sequence[str]) -> str:
    """Give the one line of pay that says so itself, or below a line that does; empty if several."""
    stated = set(pay_lines(lines))
    found = {
        line
        for before, line in pairwise(("", *lines))
        if line in stated and (_LABEL.match(line) or _LABEL.fullmatch(before))
    }
    return found.pop() if len(found) == 1 else ""


def is_pay(line: str) -> bool:
    """Say whether a line, or one part of a line of facts, is a statement of pay and no more."""
    parts = _PARTS.split(line)
    return any(map(_is_pay, parts if len(parts) > 1 and len(line) <= _LONGEST else [line]))


def _is_pay(words: str) -> bool:
    if len(words) > _LONGEST_PAY or not any(map(str.isdigit, words)):
        return False
    bands = salary.read(words)
    return bool(bands) and bands[0].end - bands[0].start >= len(words) // 2


def _labelled(node: Any) -> Iterator[tuple[str, str]]:
    for inner in node.iter():
        if not isinstance(inner.tag, str) or inner is node or dom.hidden(inner) or len(inner) > 4:  # noqa: PLR2004 - a fact has few parts
            continue
        kind = _kind(inner)
        words = dom.words(inner) if kind else ""
        longest = _LONGEST_TAG if kind == "tag" else _LONGEST
        if kind and words and len(words) <= longest and not (kind == "tag" and len(inner) > 1):
            yield kind, words


def _kind(node: Any) -> str | None:
    if node.tag == "time":
        return "date"
    if node.tag == "a" and _PROFILE.search(node.get("href") or ""):
        return "organization"
    names = dom.named(node)
    return next((kind for kind, pattern in _NAMES.items() if pattern.search(names)), None)


def _title(node: Any) -> str:
    headings = (n for n in node.iter("h1", "h2", "h3", "h4", "h5", "h6") if dom.words(n))
    anchors = (n for n in node.iter("a") if dom.words(n))
    found = next(headings, None)
    found = next(anchors, None) if found is None else found
    if found is None:
        return ""
    inner = next((n for n in found.iter("a") if dom.words(n)), found)
    words = dom.words(inner)
    return words if len(words) <= 2 * _LONGEST else ""
