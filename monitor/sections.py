"""Where a posting's news stands in a letter, and what is said once for many. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from monitor import edits, wording
from monitor.cards import Row, body_of, rows_of
from monitor.edits import SAME_EDIT
from monitor.matters import Cards, Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from monitor.excerpts import Excerpt
    from monitor.folding import StoryKind

MOST_OF_A_COMPANY = 8  # cards a section: a page a company at most

SECTIONS: dict[str, tuple[str, tuple[StoryKind, ...]]] = {
    "changed": ("Changed", ("changed",)),
    "retracted": ("Not closed after all", ("retracted",)),
    "back": ("Open again", ("back",)),
    "soon": ("Closing soon", ()),
    "new": ("New", ("new",)),
    "open": ("Open now", ("open",)),
    "again": ("Seen before", ("reposted", "edition", "twin")),
    "flapping": ("Opening and closing", ("flapping",)),
    "closed": ("Closed", ("closed",)),
}
"""The sections in the order a reader meets them: changes before news, closings last."""

_SECTION_OF = {kind: key for key, (_, kinds) in SECTIONS.items() for kind in kinds}
_ONE_LINERS = ("closed",)
_PLACE = attrgetter("key")
_NONE = Cards()

Item = TypeVar("Item")
Key = TypeVar("Key", bound="Hashable")


@dataclass(frozen=True, slots=True)
class Bundle:
    """Several postings under one line: the same edit on many, or the rest of one company.

    ``more`` counts those that are left out of ``cards``. ``why`` is said here where it is the same
    for all of them.
    """

    label: str
    cards: Cards
    more: int = 0
    rows: tuple[Row, ...] = ()
    passages: tuple[Excerpt, ...] = ()
    smaller: str = ""
    why: str = ""

    @property
    def count(self) -> int:
        """How many postings the line stands for."""
        return len(self.cards) + self.more


@dataclass(frozen=True, slots=True)
class Section:
    """One heading: cards, then bundles, then one-liners, then a mere count."""

    key: str
    title: str
    cards: Cards = _NONE
    bundles: tuple[Bundle, ...] = ()
    lines: Cards = _NONE
    more: int = 0

    @property
    def count(self) -> int:
        """How many postings the section speaks of, shown or not."""
        shown = len(self.cards) + len(self.lines) + self.more
        return shown + sum(bundle.count for bundle in self.bundles)


def sections_of(told: Sequence[Entry], organizations: Mapping[str, str]) -> tuple[Section, ...]:
    """Give the sections that have something to say, in their order; every entry is in one."""
    parts = _grouped(told, _belongs)
    return tuple(_section(key, parts[key], organizations) for key in SECTIONS if key in parts)


def _section(key: str, chosen: Sequence[Entry], organizations: Mapping[str, str]) -> Section:
    """Make one section of the entries that belong there."""
    same, rest = _same_edits(chosen, organizations) if key == "changed" else ([], chosen)
    order = _by_deadline if key == "soon" else _PLACE
    entries = sorted(rest, key=order)
    title = SECTIONS[key][0]
    if key in _ONE_LINERS:
        return Section(key, title, lines=Cards(entries))
    kept, overflow = _a_page_a_company(entries)
    kept.sort(key=order)
    return Section(key, title, Cards(kept), bundles=(*same, *overflow))


def _by_deadline(one: Entry) -> tuple[object, ...]:
    return one.matter.due or date.max, *one.key


def _belongs(one: Entry) -> str:
    """Name the section of an entry; news with a near deadline is told where that is seen."""
    return "soon" if one.soon and one.kind in ("new", "open") else _SECTION_OF[one.kind]


def _same_edits(
    chosen: Sequence[Entry], organizations: Mapping[str, str]
) -> tuple[list[Bundle], list[Entry]]:
    """Take out the edits that many postings of one source got alike: one line each."""
    names = edits.names([one.matter.edit for one in chosen])
    named = _grouped(zip(names, chosen, strict=True), lambda pair: pair[0]).values()
    groups = [[one for _, one in pairs] for pairs in named]
    bundles = [_same_edit(group, organizations) for group in groups if len(group) >= SAME_EDIT]
    rest = [one for group in groups if len(group) < SAME_EDIT for one in group]
    return bundles, rest


def _same_edit(group: Sequence[Entry], organizations: Mapping[str, str]) -> Bundle:
    story, company = group[0].matter.edit.story, group[0].matter.company
    excerpts, smaller = body_of(story.changes)
    name = organizations.get(story.source) or company
    many = wording.count(len(group), "posting")
    why = _said_once(group)
    return Bundle(
        label=f"The same edit on {many} at {wording.clean(name, 80)}",
        # What they have in common is said once, above them.
        cards=_below(sorted(group, key=_PLACE), why, "company", "pay", "headline"),
        rows=rows_of(story.changes),
        passages=excerpts,
        smaller=smaller,
        why=why,
    )


def _said_once(entries: Sequence[Entry]) -> str:
    """Give the reason that all entries have, if it is one."""
    why, *others = {one.why for one in entries}
    return "" if others else why


def _below(entries: Sequence[Entry], why: str, *said: str) -> Cards:
    return Cards(entries, (*said, "why") if why else said)


def _a_page_a_company(entries: Sequence[Entry]) -> tuple[list[Entry], list[Bundle]]:
    """Keep the first entries of each company; the rest of a company is one line."""
    kept: list[Entry] = []
    overflow: list[Bundle] = []
    for group in _grouped(entries, lambda one: one.matter.names[0]).values():
        kept += group[:MOST_OF_A_COMPANY]
        if rest := group[MOST_OF_A_COMPANY:]:
            why = _said_once(rest)
            label = f"+{wording.number(len(rest))} more at {group[0].matter.company}"
            overflow.append(Bundle(label, _below(rest, why, "company"), why=why))
    return kept, overflow


def _grouped(items: Iterable[Item], key: Callable[[Item], Key]) -> dict[Key, list[Item]]:
    groups: dict[Key, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups
