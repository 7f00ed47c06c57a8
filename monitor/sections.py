"""Where a posting's news stands in a letter, and what is said once for many. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from monitor import compare, wording
from monitor.cards import Card, Row, body_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from monitor.excerpts import Excerpt
    from monitor.folding import Story, StoryKind

MOST_OF_A_COMPANY = 8  # cards a section: a page a company at most
SAME_EDIT = 3  # postings of a source from which an equal edit is one line

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

_ONE_LINERS = ("closed",)

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Bundle:
    """Several postings under one line: the same edit on many, or the rest of one company.

    ``more`` counts those that are left out of ``cards``. ``why`` is said here where it is the same
    for all of them.
    """

    label: str
    cards: tuple[Card, ...]
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
    cards: tuple[Card, ...] = ()
    bundles: tuple[Bundle, ...] = ()
    lines: tuple[Card, ...] = ()
    more: int = 0

    @property
    def count(self) -> int:
        """How many postings the section speaks of, shown or not."""
        shown = len(self.cards) + len(self.lines) + self.more
        return shown + sum(bundle.count for bundle in self.bundles)


def sections_of(
    told: Sequence[tuple[Story, Card]], organizations: Mapping[str, str]
) -> tuple[Section, ...]:
    """Give the sections that have something to say, in their order; every card is in one."""
    parts = _grouped(told, lambda pair: _belongs(pair[1]))
    return tuple(_section(key, parts[key], organizations) for key in SECTIONS if key in parts)


def _section(
    key: str, chosen: Sequence[tuple[Story, Card]], organizations: Mapping[str, str]
) -> Section:
    """Make one section of the stories that belong there."""
    same, rest = _same_edits(chosen, organizations) if key == "changed" else ([], chosen)
    cards = sorted((one for _, one in rest), key=lambda one: one.key)
    title = SECTIONS[key][0]
    if key in _ONE_LINERS:
        return Section(key, title, lines=tuple(cards))
    kept, overflow = _a_page_a_company(cards)
    return Section(key, title, tuple(kept), bundles=(*same, *overflow))


def _belongs(one: Card) -> str:
    """Name the section of a card; news with a near deadline is told where that is seen."""
    if one.soon and one.kind in ("new", "open"):
        return "soon"
    return next(key for key, (_, kinds) in SECTIONS.items() if one.kind in kinds)


def _same_edits(
    chosen: Sequence[tuple[Story, Card]], organizations: Mapping[str, str]
) -> tuple[list[Bundle], list[tuple[Story, Card]]]:
    """Take out the edits that many postings of one source got alike: one line each."""
    alike = _grouped(chosen, lambda pair: _fields(pair[0]))

    def edit(pair: tuple[Story, Card]) -> Hashable:
        fields = _fields(pair[0])
        # Without enough of them there is no need to look at their texts.
        return _signature(pair[0]) if len(alike[fields]) >= SAME_EDIT else fields

    groups = _grouped(chosen, edit).values()
    bundles = [_same_edit(group, organizations) for group in groups if len(group) >= SAME_EDIT]
    rest = [pair for group in groups if len(group) < SAME_EDIT for pair in group]
    return bundles, rest


def _fields(story: Story) -> tuple[str, str]:
    """Name what an edit of a source changed besides the text, which every like edit shares."""
    story = _edited(story)
    ends = ((each.field, _bare(each.before), _bare(each.after)) for each in story.changes)
    return story.source, repr([end for end in ends if end[0] != "body"])


def _signature(story: Story) -> tuple[str, str]:
    """Name an edit of a source; where in its text a posting states its pay is no part of it."""
    story = _edited(story)
    told = tuple(
        replace(change, before=_bare(change.before), after=_bare(change.after))
        for change in story.changes
    )
    event = story.event and compare.signature(replace(story.event, changes=told))
    return story.source, event or story.posting.id


def _edited(story: Story) -> Story:
    """Give the story that has the edit: the one of a copy, where the lead was not edited."""
    copies = [copy.story for copy in story.copies if copy.story and copy.story.changes]
    return copies[0] if len(copies) == 1 and not story.changes else story


def _bare(value: object) -> object:
    if isinstance(value, dict):
        return {key: part for key, part in value.items() if key not in ("raw", "start", "end")}
    return value


def _same_edit(group: Sequence[tuple[Story, Card]], organizations: Mapping[str, str]) -> Bundle:
    story, company = _edited(group[0][0]), group[0][1].company
    cards = sorted((one for _, one in group), key=lambda one: one.key)
    # What they have in common is said once, above them.
    cards = [replace(one, company="", pay="", headline="") for one in cards]
    why, cards = _said_once(cards)
    excerpts, smaller = body_of(story.changes)
    name = organizations.get(story.source) or company
    many = wording.count(len(group), "posting")
    return Bundle(
        label=f"The same edit on {many} at {wording.clean(name, 80)}",
        cards=tuple(cards),
        rows=rows_of(story.changes),
        passages=excerpts,
        smaller=smaller,
        why=why,
    )


def _said_once(cards: list[Card]) -> tuple[str, list[Card]]:
    """Take out of cards the reason that all of them have, if it is one."""
    why, *others = {one.why for one in cards}
    return ("", cards) if others else (why, [replace(one, why="") for one in cards])


def _a_page_a_company(cards: Sequence[Card]) -> tuple[list[Card], list[Bundle]]:
    """Keep the first cards of each company; the rest of a company is one line."""
    kept: list[Card] = []
    overflow: list[Bundle] = []
    for group in _grouped(cards, lambda one: one.company.casefold()).values():
        kept += group[:MOST_OF_A_COMPANY]
        if rest := [replace(one, company="") for one in group[MOST_OF_A_COMPANY:]]:
            why, rest = _said_once(rest)
            label = f"+{wording.number(len(rest))} more at {group[0].company}"
            overflow.append(Bundle(label, tuple(rest), why=why))
    return sorted(kept, key=lambda one: one.key), overflow


def _grouped(items: Iterable[Item], key: Callable[[Item], Hashable]) -> dict[Hashable, list[Item]]:
    groups: dict[Hashable, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups
