"""What the document's own title says beside a posting's: its employer, its place.

A title ends in the site's name as often as in the employer's. So a name counts only where the
grammar says whose opening it is ("Potter at Kiln"), where it bears the form of a company, or where
the posting's text speaks of it as the employer.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any, Final, NamedTuple

from crawler.fields import places, text
from crawler.fields.patterns import late
from crawler.pages import dom

_BREAK: Final = r"\s+[|\u2013\u2014\u00b7\u2022-]\s+|\s*[|\uff5c]\s*|:\s+"
_END: Final = rf"(?=(?:{_BREAK})|\Z)"
_AT: Final = late(
    rf"\s+(?:at|bei|chez|presso|hos|bij|@)\s+(?P<organization>\S.*?)"
    rf"(?:\s+in\s+(?P<place>\S.*?))?{_END}",
    re.IGNORECASE,
)
_IN: Final = late(rf"\s+(?:(?:job|stelle) )?in\s+(?P<place>\S.*?){_END}", re.IGNORECASE)
_HIRING: Final = late(r"(?P<organization>\S.*?)\s+(?:is )?hiring:?\s+\Z", re.IGNORECASE)
_FORM: Final = late(
    r"\A(?:uab|株式会社)\s*\S|(?:,? (?:inc|llc|ltd|limited|gmbh|ag|se|kg|plc|s\.r\.o|a\.s|s\.a|"
    r"s\.l|b\.v|bv|n\.v|ab|as|oy|aps|a/s|pty ltd|sp\. z o\. ?o|s\.p\.a|s\.r\.l)\.?|株式会社|"
    r"有限公司|合同会社)\Z",
    re.IGNORECASE,
)
_YEAR: Final = late(r"\A20\d\d\s+")
_LONGEST: Final = 80
_SENTENCE: Final = 60


class Said(NamedTuple):
    """What a title says beside the posting's own; empty where it says nothing."""

    organization: str = ""
    place: str = ""


def read(root: Any, name: str, body: str, place: str = "") -> Said:
    """Give what the title of a document says beside ``name``, the posting's headline.

    ``body`` is the posting's text, which may vouch for a name; ``place`` is what the page says
    elsewhere, which the title may say in full.
    """
    node = next(root.iter("title"), None)
    whole = text.clean(node.text or "") if node is not None else ""
    name = _YEAR.sub("", text.clean(name))
    at = whole.casefold().find(name.casefold()) if name else -1
    if at < 0:
        return Said()
    before, after = whole[:at], whole[at + len(name) :]
    hiring, stated = _HIRING.match(before), _AT.match(after) or _IN.match(after)
    groups = {**(stated.groupdict() if stated else {}), **(hiring.groupdict() if hiring else {})}
    parts = _parts(before, after)
    vouched = (one for one in parts if _FORM.search(one) or _vouched(one, body, root))
    employer = groups.get("organization") or next(vouched, "")
    full = (one for one in parts if place and one.endswith(f" {place}") and not one[0].islower())
    return Said(employer, next(full, "") or _place(groups.get("place") or ""))


def _parts(before: str, after: str) -> list[str]:
    """Give the parts of a title on both sides of the posting's own, set off by a sign or space."""
    parts = [part.strip() for side in (before, after) for part in re.split(_BREAK, side)]
    return [part for part in parts if 1 < len(part) <= _LONGEST]


def _vouched(name: str, body: str, root: Any) -> bool:
    """Say whether a text speaks of a name as its employer: "X is", "At X, we", "About X" above."""
    it = re.escape(name)
    spoken = rf"""(?:^|[.!?:]\s+)(?:at[ ]{it},? | join[ ]{it}\b | {it}[ ]
        (?:is|was|has|builds|develops|designs|makes|offers|provides|helps)\b)"""
    if re.search(spoken, body, re.IGNORECASE | re.MULTILINE | re.VERBOSE):
        return True
    about = re.compile(rf"about {it}\W*", re.IGNORECASE)
    headed = pairwise(dom.lines(root))
    return any(about.fullmatch(line) and len(below) >= _SENTENCE for line, below in headed)


def _place(words: str) -> str:
    """Give words that are certainly a place: with a region or a country that is known."""
    return words if is_place(words) else ""


def is_place(words: str) -> bool:
    """Say whether words are one place, told by a town with its region or country."""
    found = places.read(words) if len(words) <= _LONGEST else ()
    return len(found) == 1 and bool(found[0].locality and (found[0].region or found[0].country))
