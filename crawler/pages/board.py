"""From a board's own fields to a posting: what every board API has in common. Pure.

Structured fields win over text; what only the text says is read from it. Nothing is filled that the
board does not state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.fields import dates, places, salary, terms, text
from crawler.fields.links import canonical
from crawler.items import Place, Posting

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from crawler.items import Remote, Salary, Source

PLACEHOLDER_IDS = frozenset({"", "tbd", "n/a", "na", "none", "see opening id", "-"})


def dig(value: Any, *path: str | int) -> Any:
    """Follow keys and indexes into parsed JSON; ``None`` where it is not of that shape."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step] if -len(value) <= step < len(value) else None
        else:
            return None
    return value


def word(value: Any) -> str | None:
    """Give a string or number as clean text; ``None`` for anything else or nothing."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    return text.clean(str(value)) or None


def several(value: Any) -> list[Any]:
    """Give the entries of a list; anything else has none."""
    return value if isinstance(value, list) else []


def requisition(value: Any) -> str | None:
    """Give a requisition id, unless it is one of the words people type into that field."""
    found = word(value)
    return None if found is None or found.lower() in PLACEHOLDER_IDS else found


def located(names: Iterable[Any]) -> tuple[Place, ...]:
    """Read places from several labels, in order, each once."""
    found: dict[str, Place] = {}
    for name in names:
        label = word(name)
        for place in places.read(label) if label else ():
            found.setdefault(places.canonical(place), place)
    return tuple(found.values())


def link(value: Any) -> str | None:
    """Give a web link without tracking parameters; other schemes are dropped."""
    label = word(value)
    return canonical(label) if label and label.startswith(("http://", "https://")) else None


def only(bands: Sequence[Salary]) -> Salary | None:
    """Give the one band that all of them state; ``None`` when they differ."""
    stated = {(band.min, band.max, band.currency, band.period) for band in bands}
    return bands[0] if len(stated) == 1 else None


def posting(  # noqa: PLR0913 - one argument a field, all named at the call
    source: Source,
    now: datetime,
    *,
    id: Any,  # noqa: A002 - the posting's own word
    title: Any,
    body: str,
    labels: Iterable[Any] = (),
    remote: Remote | None = None,
    employment: Any = (),
    pay: Sequence[Salary] = (),
    organization: Any = None,
    department: Any = None,
    date_posted: Any = None,
    date_updated: Any = None,
    valid_through: Any = None,
    requisition_id: Any = None,
    language: Any = None,
    url: Any = None,
    apply_url: Any = None,
) -> Posting | None:
    """Build a posting from a board's fields; ``None`` when it has no id or no title.

    ``pay`` is every band the fields state. Several different ones (zones, pay on target) are no
    single band, and which of them the text repeats says nothing: then there is no pay. The text is
    read for it only where the fields state none.
    """
    key, name = word(id), word(title)
    if key is None or name is None:
        return None
    stated = [label for label in map(word, labels) if label]
    return Posting(
        id=key,
        title=name,
        organization=word(organization) or source.organization,
        places=located(stated),
        remote=remote or terms.remote(" ; ".join(stated)) or terms.remote(body),
        employment_types=terms.employment(employment),
        department=word(department),
        salary=_pay(pay, body, source.currency),
        date_posted=dates.read(date_posted, now=now),
        date_posted_raw=word(date_posted),
        date_updated=dates.read(date_updated, now=now),
        requisition_id=requisition(requisition_id),
        language=word(language),
        body=body,
        url=link(url),
        apply_url=link(apply_url),
        **_terms(valid_through, body, now),
    )


def _pay(bands: Sequence[Salary], body: str, currency: str | None) -> Salary | None:
    """Give the one band of the fields with what contradicts it in the text, else the text's."""
    band = only(bands)
    return None if bands and band is None else salary.of(band, body, currency)


def _terms(stated: Any, body: str, now: datetime) -> dict[str, Any]:
    """Give start, degrees and deadline; a deadline as its field states it, else as the text does.

    Dates keep the words they came from.
    """
    begin, begin_words = dates.start(body, now=now) or (None, None)
    due, due_words = dates.read(stated, now=now), word(stated)
    if not due:
        due, words = dates.deadline(body, now=now) or (None, None)
        due_words = due_words or words
    return {
        "valid_through": due,
        "valid_through_raw": due_words,
        "start_date": begin,
        "start_date_raw": begin_words,
        "requirements": terms.degrees(body),
    }
