"""What an earlier edition of a role said and this year's says: the rows of its own table.

Pure. The fields are compared as any two readings are; of the text at most five passages are given,
those that an applicant decides by. Headings that ran into their text are told apart first, for an
aggregator prints a page without its line ends.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from crawler.fields.patterns import late
from crawler.fields.text import fold, passages
from crawler.pages.prose import without_mark
from monitor.passages import tokens
from monitor.prints import company
from monitor.weigh import changes
from monitor.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crawler.items import Posting
    from monitor.events import Change

MOST = 5
"""Passages that are given, as many as a card shows."""
_LEAD = 4
"""Words by which the beginning of a passage is known again."""
_HEADING = 7
"""Words of the longest heading."""

# What an applicant decides by, where it stands beside no number.
_DECISIVE = late(
    r"\d|\b(?:ph\.?d|doctorate|master'?s?|bachelor'?s?|m\.?sc|b\.?sc|visa\w*|sponsor\w*|eligib\w*"
    r"|citizen\w*|clearance|relocat\w*|remote\w*|hybrid|on-?site|unpaid|hours?|(?:full|part)-time"
    r"|deadline|apply by|start date)\b"
)
_PLACED = ("reworded", "added", "removed")


def compared(new: Posting, old: Posting) -> tuple[Change, ...]:
    """Give what differs between a posting and its earlier edition, as ``weigh.changes`` does.

    Resellers' marks, another spelling of the employer and another host are nothing here. Of the
    text at most ``MOST`` passages are left, all significant, no heading and none that only repeats
    the pay; the note says how many more there are.
    """
    before, after = _bare(old), _bare(new)
    if company(before.organization or "") == company(after.organization or ""):
        before = replace(before, organization=after.organization)
    link: dict[str, Any] = {"url": None, "apply_url": None}
    before = replace(before, body=_parted(before.body, after.body), **link)
    after = replace(after, body=_parted(after.body, before.body), **link)
    found = (_told(change, before, after) for change in changes(before, after))
    return tuple(change for change in found if change is not None)


def _bare(posting: Posting) -> Posting:
    """Take the reseller's mark off; the employer it names speaks where no field does."""
    body, named = without_mark(posting.body)
    return replace(posting, body=body, organization=posting.organization or named)


def _parted(body: str, other: str) -> str:
    """Put each heading that ran into a passage of the other text on a line of its own."""
    leads = {tuple(tokens(passage)[:_LEAD]) for passage in passages(other)}
    return "\n".join(chain.from_iterable(_split(passage, leads) for passage in passages(body)))


def _split(passage: str, leads: set[tuple[str, ...]]) -> list[str]:
    """Part a passage before the words with which a passage of the other text begins."""
    words = passage.split()
    for end in range(1, min(_HEADING, len(words) - 1) + 1):
        if tuple(tokens(" ".join(words[end : end + 2 * _LEAD]))[:_LEAD]) in leads:
            head = words[:end]
            return [" ".join(head), " ".join(words[end:])] if _is_heading(head) else [passage]
    return [passage]


def _is_heading(words: list[str]) -> bool:
    """Say whether words stand as a heading's do: few, and all but the short ones in capitals."""
    long = [word for word in words if len(word) >= _LEAD]
    return len(words) <= _HEADING and words[0][:1].isupper() and not any(map(_is_small, long))


def _is_small(word: str) -> bool:
    return word[:1].islower()


def _told(change: Change, before: Posting, after: Posting) -> Change | None:
    """Leave of a text's change what a reader decides by; headings alone are no change."""
    if change.field != "body" or not change.after:
        return change
    pay = [one.raw for one in (before.salary, after.salary) if one is not None]
    said = [one for one in change.after if not _only_heading(one["before"] or one["after"])]
    weighty = [one for one in said if one["significant"] and not _only_pay(one, pay)]
    shown = sorted(weighty, key=_rank)[:MOST]
    left = len(said) - len(shown)
    which = "more wording change" if len(weighty) > MOST else "smaller wording change"
    note = f"and {count(left, which)}" if left else None
    return replace(change, after=shown, note=note) if said else None


def _only_heading(text: str) -> bool:
    """Say whether a passage is a heading and says nothing itself."""
    words = text.split()
    if len(words) > _HEADING or any(map(str.isdigit, text)):
        return False
    return text.endswith((":", "?")) or (text[-1] != "." and _is_heading(words))


def _only_pay(passage: Mapping[str, Any], pay: Iterable[str]) -> bool:
    """Say whether both sides are one but for the pay, which has a row of its own."""
    before, after = passage["before"], passage["after"]
    return bool(before and after) and _unpaid(before, pay) == _unpaid(after, pay)


def _unpaid(text: str, pay: Iterable[str]) -> list[str]:
    """Give the words of a passage without the pay that the table states."""
    for raw in pay:
        text = text.replace(raw, " ")
    return tokens(text)


def _rank(passage: Mapping[str, Any]) -> tuple[bool, int]:
    """Put what an applicant decides by first, and two sides before one."""
    said = fold(f"{passage['before'] or ''} {passage['after'] or ''}")
    return not _DECISIVE.search(said), _PLACED.index(passage["kind"])
