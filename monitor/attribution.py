"""What a page must have changed itself, when another version of the extractor reads it. Pure.

Two readings by two versions differ for two reasons at once, and a reader is told of the page alone.
Where the old body is kept, ``rolecall rederive`` reads it anew and nothing is left to guess. Where
it is not:

* A page that is the same to the byte changed nothing.
* Else the words decide that the readings stand on: a change is the page's when what the old
  reading stood on is gone from the new one, and what the new one stands on was nowhere in the old.
  A version that reads the same page better finds its words in the old reading too, or leaves those
  of the old one standing.
* A version that looks in another place of every page would pass that test. So a field that it reads
  otherwise on a page that did not change, or in half of the postings at once, is in doubt, and
  believed only where the text of the posting itself lost the old words and won the new ones. So is
  every field where there are too few postings to see that, such as one that comes back later.

It refuses to tell what has no words of its own to be looked for: what only one side states (a newer
version may look where the older did not), and what is one of a few words of ours (remote,
employment type, degree). That is lost once, at an upgrade, rather than told of every posting.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from monitor.passages import noted, tokens
from monitor.weigh import changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crawler.items import Posting
    from monitor.events import Change

_NAMES = ("title", "organization", "department")
_MANY = 3
"""Postings that it takes to tell a habit from an accident."""


class Rereading(NamedTuple):
    """A posting as an older and a newer version read it; ``same``: its page is the same."""

    before: Posting
    after: Posting
    same: bool


def attributed(rereadings: Mapping[str, Rereading]) -> dict[str, tuple[Change, ...]]:
    """Give for each of a source's rereadings the changes that its page itself made."""
    found = {id_: changes(one.before, one.after) for id_, one in rereadings.items()}
    doubtful = _doubtful(rereadings, found)
    return {
        id_: () if one.same else tuple(_told(one, found[id_], doubtful))
        for id_, one in rereadings.items()
    }


def _doubtful(
    rereadings: Mapping[str, Rereading], found: Mapping[str, tuple[Change, ...]]
) -> frozenset[str]:
    """Name the fields that the newer version may read in another place."""
    if len(rereadings) < _MANY:
        return frozenset(change.field for delta in found.values() for change in delta)
    settled, open_ = Counter[str](), Counter[str]()
    for id_, one in rereadings.items():
        (settled if one.same else open_).update(change.field for change in found[id_])
    moved = sum(not one.same for one in rereadings.values())
    many = {field for field, times in open_.items() if times >= max(_MANY, moved / 2)}
    return frozenset(settled) | many


def _told(one: Rereading, found: Iterable[Change], doubtful: frozenset[str]) -> Iterable[Change]:
    before, after = one.before, one.after
    whole = _stated(before), _stated(after)
    bodies = _line(before.body), _line(after.body)
    for change in found:
        grounds = _grounds(change.field, before, after)
        if change.field == "body":
            yield from _of_body(change, before, after)
        elif _apart(grounds, *whole) and (
            change.field not in doubtful or _in_text(grounds, *bodies)
        ):
            yield change


def _apart(grounds: tuple[Sequence[str], Sequence[str]], old: str, new: str) -> bool:
    """Say whether both sides stand on words, and none of them on words of the other reading."""
    went, came = ([_line(text) for text in texts] for texts in grounds)
    if not all((*went, *came)) or not (went and came):
        return False
    return not any(line in new for line in went) and not any(line in old for line in came)


def _in_text(grounds: tuple[Sequence[str], Sequence[str]], old: str, new: str) -> bool:
    """Say whether the words of each side stand in the text of that side."""
    went, came = grounds
    return all(_line(text) in old for text in went) and all(_line(text) in new for text in came)


def _grounds(field: str, before: Posting, after: Posting) -> tuple[Sequence[str], Sequence[str]]:
    """Give the words of the page that the two values of a field were read from."""
    if field in _NAMES:
        return _one(getattr(before, field)), _one(getattr(after, field))
    if field == "salary":
        return _pay(before, after)
    if field == "places":
        old, new = ([place.name for place in one.places] for one in (before, after))
        return [name for name in old if name not in new], [name for name in new if name not in old]
    if field in ("valid_through", "start_date"):
        return _date(field, before, after)
    return (), ()


def _pay(before: Posting, after: Posting) -> tuple[Sequence[str], Sequence[str]]:
    """Give the words of two pays; a field for programs and running text are not compared."""
    old, new = before.salary, after.salary
    if old is None or new is None or old.provenance != new.provenance:
        return (), ()
    return _one(old.raw), _one(new.raw)


def _date(field: str, before: Posting, after: Posting) -> tuple[Sequence[str], Sequence[str]]:
    """Give the words of two dates: the page's own, or the ISO date where the page wrote one."""
    raws = [getattr(one, f"{field}_raw") for one in (before, after)]
    if any(raws):
        return _one(raws[0]), _one(raws[1])
    return _one(getattr(before, field)), _one(getattr(after, field))


def _one(text: str | None) -> Sequence[str]:
    return (text,) if text else ()


def _of_body(change: Change, before: Posting, after: Posting) -> Iterable[Change]:
    """Keep the passages that were reworded with words that came, and words that went, for good."""
    old, new = set(tokens(before.body)), set(tokens(after.body))
    kept = [one for one in change.after or () if _reworded(one, old, new)]
    if kept:
        yield replace(change, after=kept, note=noted(kept))


def _reworded(passage: dict[str, Any], old: set[str], new: set[str]) -> bool:
    if passage["kind"] != "reworded":
        return False
    went, came = set(tokens(passage["before"])), set(tokens(passage["after"]))
    return bool(went - new) and bool(came - old)


def _stated(posting: Posting) -> str:
    """Give all words that a reading shows, as one line of folded words."""
    pay = posting.salary.raw if posting.salary else ""
    raws = (posting.valid_through_raw, posting.start_date_raw, posting.date_posted_raw)
    dates = (posting.valid_through, posting.start_date, *raws)
    places = (place.name for place in posting.places)
    names = (getattr(posting, name) for name in _NAMES)
    shown = (*names, *places, pay, *dates, posting.body)
    return "\n".join(_line(text) for text in shown if text)


def _line(text: str) -> str:
    """Give text as folded words with a space on either side, so that 10 is not found in 100."""
    words = tokens(text)
    return f" {' '.join(words)} " if words else ""
