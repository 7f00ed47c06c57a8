"""What a posting's own text says where no field does: pay, dates, degrees, remote work.

Looks only into the posting's own title and body. A field that is already filled is left alone.
"""

from __future__ import annotations

import dataclasses
import os.path
import re
from typing import TYPE_CHECKING, Any

from crawler.fields import dates, places, salary, terms
from crawler.fields.patterns import late

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from crawler.items import Place, Posting

# A reseller's tracking mark, after which it repeats the employer's name: "#J-18808-Ljbffr Acme".
_MARK = late(r"\s*#[A-Z]-\d{3,}-[A-Za-z]{4,12}\b[ \t]*([^\n]{0,80})\s*\Z")
# What stands between the two prints of a page that was saved with its text twice.
_CHROME = late(
    r"(?:about the (?:job|role|position)|apply(?: now| here| for this (?:job|position|role))?|"
    r"job description|description|share(?: this (?:job|posting))?|save(?: job)?|"
    r"back to (?:all )?jobs)[:.!]?",
    re.IGNORECASE,
)
_NAME = r"[A-Z][\w.'-]*(?: [A-Z][\w.'-]*){0,2}"
_JOINT = r"(?:, (?:or |and )?| or | and )"
# Two names at least: "one of our Acme offices" names the employer.
_OFFICES = late(rf"\b(?:in|at|from) (?:our |the )?({_NAME}(?:{_JOINT}{_NAME}){{1,9}}) offices\b")
# So many equal characters are no coincidence of wording.
_PROBE = 80
_SAME = 0.9
_REFRAINS = 8


def fill(posting: Posting, *, now: datetime, currency: str | None = None) -> Posting:
    """Complete a posting from its own words; what they do not say stays empty."""
    found: dict[str, Any] = {
        "salary": salary.of(posting.salary, posting.body, currency),
        "places": posting.places or offices(posting.body),
        "remote": posting.remote or terms.remote(posting.body),
        "requirements": posting.requirements or terms.degrees(posting.body),
        "employment_types": posting.employment_types or terms.employment(posting.title),
    }
    if not posting.start_date and (start := dates.start(posting.body, now=now)):
        found["start_date"], found["start_date_raw"] = start
    if not posting.valid_through and (deadline := dates.deadline(posting.body, now=now)):
        found["valid_through"], found["valid_through_raw"] = deadline
    return dataclasses.replace(posting, **found)


def offices(body: str) -> tuple[Place, ...]:
    """Give the places that a sentence lists: "in our Rochester, Tucson or Boulder offices"."""
    match = _OFFICES.search(body) if " offices" in body else None
    names = re.split(_JOINT, match[1]) if match else []
    return tuple(dict.fromkeys(place for name in names for place in places.read(name)))


def without_mark(body: str) -> tuple[str, str | None]:
    """Take a reseller's mark off the end; give the body and the employer named after the mark."""
    match = _MARK.search(body) if "#" in body else None
    if match is None:
        return body, None
    return body[: match.start()].rstrip(), match[1].strip() or None


def once(body: str, title: str = "") -> str:
    """Keep one copy of a body that was printed twice; any other body stays as it is."""
    second = next((place for place in _repeats(body) if _same(body, place)), None)
    if second is None:
        return body
    lines = body[:second].rstrip().split("\n")
    while lines and (_CHROME.fullmatch(lines[-1].strip()) or lines[-1].strip() in {"", title}):
        lines.pop()
    return "\n".join(lines).rstrip()


def _repeats(body: str) -> Iterator[int]:
    """Give the places where the body's beginning stands again; a refrain has more than one."""
    place = _PROBE
    for _ in range(_REFRAINS):
        place = body.find(body[:_PROBE], place) if len(body) > 2 * _PROBE else -1
        if place < 0:
            return
        yield place
        place += 1


def _same(body: str, place: int) -> bool:
    again = body[place:].rstrip()
    # one character after the other is what is meant here
    same = len(os.path.commonprefix([body, again]))  # noqa: RUF071 - these are texts, not paths
    return same >= _SAME * len(again)
