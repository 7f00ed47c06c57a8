"""A week or a month in numbers, beside the one before. Pure.

It counts what digests tell, by their own rules: a posting once, twins folded, what came and went
back not at all. Pay is of new postings, each currency and period by itself; nothing is converted.
A span that was not watched is not compared with: what nobody saw is not what did not happen.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from monitor import health, wording
from monitor.digest import counted, stories
from monitor.language import ENGLISH, speaking

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from monitor.digest import Pending
    from monitor.folding import Story
    from monitor.health import Note
    from monitor.search import Search

ALWAYS = ("new", "changed", "closed")
"""What is counted even when it is none; of anything else, only what there was."""
_PAY = {"raised": "pay raised", "lowered": "pay lowered"}
_FAR = 10.0**15


class Row(NamedTuple):
    """One count: what, how many now and in the span before (``None`` when not compared)."""

    kind: str
    now: int
    before: int | None

    @property
    def difference(self) -> str:
        """Say how it differs from the span before, in words."""
        if self.before is None:
            return ""
        more = self.now - self.before
        return (
            "as many"
            if not more
            else f"{wording.number(abs(more))} {'more' if more > 0 else 'fewer'}"
        )


class Pay(NamedTuple):
    """What new postings pay in one currency and period, now and in the span before, in words."""

    now: str
    before: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything one summary says. ``span`` is "week" or "month"; its ends stand in ``zone``.

    ``compared`` says that there is a span before to compare with; ``stated`` how many of the new
    postings state pay that can be compared.
    """

    search: str
    name: str
    zone: str
    span: str
    since: datetime
    until: datetime
    period: str
    counts: Mapping[str, int]
    rows: tuple[Row, ...]
    pay: tuple[Pay, ...]
    stated: int
    compared: bool
    notes: tuple[Note, ...] = ()
    checked: str = ""
    language: str = ENGLISH


@speaking
def summarise(search: Search, now: Pending, before: Pending | None, *, period: str) -> Summary:
    """Count what happened in a span, and in the one before unless that is ``None``.

    ``period`` names the span for good ("week 2026-W47"): the same span is the same summary.
    """
    zone = ZoneInfo(search.zone)
    assert now.since is not None
    told = [story for story, _ in stories(search, now)]
    earlier = None if before is None else [story for story, _ in stories(search, before)]
    counts = _counts(told)
    notes, checked = health.notes(search, now, zone)
    pay = _pay(told)
    return Summary(
        search=search.id,
        name=wording.clean(search.name) or wording.clean(search.id),
        zone=search.zone,
        span=period.partition(" ")[0],
        since=now.since.astimezone(zone),
        until=now.until.astimezone(zone),
        period=period,
        counts={kind: number for kind, number in counts.items() if number},
        rows=tuple(_rows(counts, None if earlier is None else _counts(earlier))),
        pay=tuple(_compared(pay, _pay(earlier or []))),
        stated=sum(map(len, pay.values())),
        compared=before is not None,
        notes=notes,
        checked=checked,
        language=search.language,
    )


def _counts(told: Iterable[Story]) -> dict[str, int]:
    """Count stories by kind, new ones first, then changes of pay by what happened to it."""
    listed = list(told)
    facts = Counter(
        _PAY[change.fact]
        for story in listed
        for change in story.changes
        if change.field == "salary" and change.fact in _PAY
    )
    kinds = counted(story.kind for story in listed)
    first = {kind: kinds.get(kind, 0) for kind in ALWAYS}
    return first | kinds | {word: facts[word] for word in _PAY.values()}


def _rows(counts: Mapping[str, int], before: Mapping[str, int] | None) -> Iterator[Row]:
    for kind in dict.fromkeys([*counts, *(before or ())]):
        now, then = counts.get(kind, 0), (before or {}).get(kind, 0)
        if kind in ALWAYS or now or then:
            yield Row(kind, now, None if before is None else then)


def _pay(told: Iterable[Story]) -> dict[tuple[str, str], list[tuple[float, float]]]:
    """Give the ends of pay that new postings state, by currency and period."""
    found: defaultdict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for story in told:
        pay = story.posting.salary
        if story.kind not in ("new", "reposted", "edition") or pay is None:
            continue
        ends = [end for end in (pay.min, pay.max) if end is not None and abs(end) < _FAR]
        if ends and pay.currency and pay.period:
            found[pay.currency, pay.period].append((min(ends), max(ends)))
    return dict(found)


def _compared(
    now: Mapping[tuple[str, str], list[tuple[float, float]]],
    before: Mapping[tuple[str, str], list[tuple[float, float]]],
) -> Iterator[Pay]:
    """Put pay beside that of the span before, what is stated most first."""
    units = sorted(now.keys() | before.keys(), key=lambda unit: (-len(now.get(unit, ())), unit))
    for unit in units:
        yield Pay(_range(unit, now.get(unit, [])), _range(unit, before.get(unit, [])))


def _range(unit: tuple[str, str], ends: list[tuple[float, float]]) -> str:
    if not ends:
        return "none"
    named = {"currency": unit[0], "period": unit[1]}
    whole = {"min": min(low for low, _ in ends), "max": max(high for _, high in ends)}
    middle = round(median((low + high) / 2 for low, high in ends), 2)
    words = wording.count(len(ends), "posting")
    if len(ends) > 1:
        words += f", median {wording.money(named | {'min': middle, 'max': middle})}"
    return f"{wording.money(named | whole)} ({words})"
