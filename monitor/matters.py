"""What a letter tells of, before it is written: which place each posting has. Pure.

A letter speaks of thousands of postings and shows a hundred. What decides about a place is worked
out for all of them, a card only for those that somebody looks at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from monitor import wording
from monitor.cards import SOON, Card, card, rows_of, titled
from monitor.edits import Edit
from monitor.language import ENGLISH, spoken
from monitor.search import Fit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from typing import TypeAlias

    from monitor.events import Change
    from monitor.folding import Story, StoryKind


class Sight(NamedTuple):
    """How a reader sees time and numbers; ``now`` is in the zone, which its equality ignores."""

    now: datetime
    zone: str
    language: str


class Matter:
    """A story with what its place in a letter is decided by; the same for every reader.

    ``seen`` is our first look at the posting, ``due`` its deadline. ``source`` is written as a card
    writes it.
    """

    def __init__(self, story: Story, company: str, seen: datetime | None) -> None:
        self.story, self.company, self.seen = story, company, seen
        self.source = wording.clean(story.source, 80)
        self.material = any(change.weight == "material" for change in story.changes)
        title = titled(story.posting)
        self.names = company.casefold(), title.casefold(), self.source, story.posting.id
        self.due = wording.as_date(story.posting.valid_through)

    @cached_property
    def edit(self) -> Edit:
        """What changed, as it may have changed at many postings."""
        return Edit(self.story)

    @cached_property
    def paid(self) -> bool:
        """Whether a row of its card is one of pay."""
        pay = tuple(change for change in _changes(self.story) if change.field == "salary")
        if not pay:
            return False
        with spoken(ENGLISH):  # in any language the same sides are unlike
            return bool(rows_of(pay))

    def soon(self, now: datetime) -> bool:
        """Say whether its deadline is near."""
        return self.due is not None and 0 <= (self.due - now.date()).days <= SOON

    def card(self, sight: Sight) -> Card:
        """Make its card, which says nothing of any search."""
        with spoken(sight.language):
            return card(self.story, Fit(), company=self.company, seen=self.seen, now=sight.now)


def _changes(story: Story) -> Iterator[Change]:
    yield from story.changes
    for copy in story.copies:
        if copy.story:
            yield from copy.story.changes


if TYPE_CHECKING:
    Draw: TypeAlias = Callable[[Matter, Sight, tuple[str, ...]], Card]


class Entry:
    """One posting of a letter: what is told, why it concerns the search, and how it is drawn.

    ``too`` says which other searches of the reader it fits, in words.
    """

    __slots__ = ("_card", "_draw", "_fit", "_sight", "_too", "key", "matter", "soon")

    def __init__(self, matter: Matter, fit: Fit, sight: Sight, draw: Draw, too: str = "") -> None:
        self._too = too
        self.matter, self._fit, self._sight, self._draw = matter, fit, sight, draw
        self.soon = matter.soon(sight.now)
        # Pay, other facts, wording; then by fit, best first; then by their names.
        self.key = (not matter.paid, not matter.material, -round(fit.score, 6), *matter.names)
        self._card: Card | None = None

    @property
    def kind(self) -> StoryKind:
        """What happened."""
        return self.matter.story.kind

    @property
    def why(self) -> str:
        """What of the search it fits, in words."""
        why = wording.clean(", ".join(self._fit.reasons), 160)
        return ", ".join(filter(None, (why, self._too)))

    def card(self, blank: tuple[str, ...]) -> Card:
        """Give its card, made once, with fields that are left empty, as they are said above it."""
        if self._card is None:
            why = "" if "why" in blank else self.why
            bare = self._draw(self.matter, self._sight, blank)
            self._card = replace(bare, why=why, fit=round(self._fit.score, 6))
        return self._card


class Cards(Sequence[Card]):
    """The cards of entries, each made when somebody looks at it. Equal to a tuple of them.

    ``blank`` names the fields that all of them leave empty; an entry is in one such row of cards.
    """

    __slots__ = ("_blank", "_entries")

    def __init__(self, entries: Sequence[Entry] = (), blank: tuple[str, ...] = ()) -> None:
        self._entries, self._blank = tuple(entries), blank

    @overload
    def __getitem__(self, at: int) -> Card: ...
    @overload
    def __getitem__(self, at: slice) -> Cards: ...
    def __getitem__(self, at: int | slice) -> Card | Cards:
        """Give one card, or a part of them without making any."""
        if isinstance(at, slice):
            return Cards(self._entries[at], self._blank)
        return self._entries[at].card(self._blank)

    def __len__(self) -> int:
        """Count the entries; no card is made for that."""
        return len(self._entries)

    def __add__(self, other: Cards) -> Cards:
        """Give these and then others that leave the same fields empty."""
        assert self._blank == other._blank
        return Cards(self._entries + other._entries, self._blank)

    def __eq__(self, other: object) -> bool:
        """Compare what the cards say."""
        if isinstance(other, Cards | tuple):
            return len(self) == len(other) and tuple(self) == tuple(other)
        return NotImplemented

    def __hash__(self) -> int:
        """Hash what the cards say."""
        return hash(tuple(self))

    def __repr__(self) -> str:
        """Show the cards."""
        return repr(tuple(self))

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave for another process as cards, without what was drawn of them here."""
        return tuple, (tuple(replace(card, kept={}) for card in self),)
