"""What the letters of one run have in common, worked out once for all of them. Pure.

Hundreds of searches are told of the same events. What a posting's texts are when folded, what
happened to it and what its card says is the same for each of them. A letter that is composed among
others is the letter that is composed alone: here it is decided when something is worked out, never
what comes of it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from monitor import wording
from monitor.folding import Copy, Story, of_postings, story_of
from monitor.matters import Matter, Sight
from monitor.search import texts, watches
from monitor.twins import merged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from typing import TypeAlias

    from crawler.items import Posting
    from monitor.cards import Card
    from monitor.digest import Pending
    from monitor.events import Event
    from monitor.search import Search, Texts

    Key: TypeAlias = tuple[str, str]

ROOM = 32_000_000
"""Characters of folded texts that are kept for the next search; what is read holds as many."""
_CARDS = 2_048
_MERGED = 4


class Shared:
    """What was worked out of the window that was looked at last; of another one it starts anew.

    It does not grow with the readers. ``room`` is how many characters of folded texts are kept:
    none, where one letter is composed alone.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._begin(())

    def _begin(self, window: tuple[object, ...]) -> None:
        self._window, self._left = window, self._room
        self._groups: dict[Key, list[Event]] | None = None
        self._stories: dict[tuple[Key, bool], Story | None] = {}
        self._opened: dict[Key, Story] = {}
        self._merged: dict[tuple[object, ...], list[Story]] = {}
        self._matters: dict[int, tuple[Story, Matter]] = {}
        self._texts: dict[int, tuple[Posting, Texts]] = {}
        self.card = lru_cache(maxsize=_CARDS)(_card)

    def matters(self, search: Search, pending: Pending) -> list[Matter]:
        """Give what there is to tell at the sources that a search watches, an opening once."""
        window = (
            *(pending.events, pending.known, pending.ties, pending.secondhand),
            *(pending.organizations, pending.first_seen),
        )
        if not _same(window, self._window):
            self._begin(window)
        return [self._matter(story, pending) for story in self._told(search, pending)]

    def texts(self, posting: Posting) -> Texts:
        """Give the folded texts of a posting, as ``search.texts`` does."""
        if (found := self._texts.get(id(posting))) is not None:
            return found[1]
        made = texts(posting)
        if len(made.whole) <= self._left:
            self._left -= len(made.whole)
            self._texts[id(posting)] = posting, made
        return made

    def _told(self, search: Search, pending: Pending) -> list[Story]:
        """Give the stories of a search, those of one opening merged."""
        tied = [tie for tie in pending.ties if all(watches(search, end.source) for end in tie.ends)]
        stories = (*self._happened(search, pending), *self._open_now(search, pending))
        if not tied:
            return list(stories)
        asked = search.sources, frozenset(pending.told_closed), frozenset(pending.told)
        if asked not in self._merged:
            if len(self._merged) >= _MERGED:
                self._merged.clear()
                self._matters.clear()
            self._merged[asked] = merged(
                stories,
                tied,
                secondhand=pending.secondhand,
                told_closed=pending.told_closed,
                told=pending.told,
            )
        return self._merged[asked]

    def _happened(self, search: Search, pending: Pending) -> Iterator[Story]:
        """Give what happened to each posting, in the order of their first events."""
        if self._groups is None:
            self._groups = of_postings(pending.events)
        for key, events in self._groups.items():
            if watches(search, key[0]):
                told = key, key in pending.told_closed
                if told not in self._stories:
                    self._stories[told] = story_of(events, told=told[1])
                if (story := self._stories[told]) is not None:
                    yield story

    def _open_now(self, search: Search, pending: Pending) -> Iterator[Story]:
        """Give what a new search finds open, once."""
        if not pending.known:
            return
        told = {(event.source, event.posting_id) for event in pending.events}
        for known in pending.known:
            if known.state == "open" and watches(search, known.source) and known.key not in told:
                if known.key not in self._opened:
                    self._opened[known.key] = Story(
                        kind="open", source=known.source, posting=known.posting, at=known.first_seen
                    )
                yield self._opened[known.key]

    def _matter(self, story: Story, pending: Pending) -> Matter:
        if (found := self._matters.get(id(story))) is not None:
            return found[1]
        one = _named(story, pending.organizations or {})
        made = Matter(one, _company(one, pending), _first_seen(one, pending))
        self._matters[id(story)] = story, made  # with the story, so that no other gets its id
        return made


def _same(some: tuple[object, ...], others: tuple[object, ...]) -> bool:
    return len(some) == len(others) and all(a is b for a, b in zip(some, others, strict=True))


def _card(matter: Matter, sight: Sight, blank: tuple[str, ...]) -> Card:
    """Make the card of a matter, some of its fields left empty."""
    empty: dict[str, Any] = dict.fromkeys(blank, "")
    return replace(matter.card(sight), **empty) if blank else matter.card(sight)


def _named(story: Story, names: Mapping[str, str]) -> Story:
    """Fill in the company that a posting does not state from the name of its source."""
    name = names.get(story.source)
    if name is None and not story.copies:
        return story
    copies = tuple(_named_copy(copy, names) for copy in story.copies)
    return replace(
        story,
        posting=named(story.posting, name),
        before=story.before and named(story.before, name),
        copies=copies,
    )


def _named_copy(copy: Copy, names: Mapping[str, str]) -> Copy:
    known = copy.known
    posting = named(known.posting, names.get(known.source))
    return replace(copy, known=replace(known, posting=posting))


def named(posting: Posting, name: str | None) -> Posting:
    """Give a posting that states its company, if it or its source does."""
    return posting if posting.organization or not name else replace(posting, organization=name)


def _company(story: Story, pending: Pending) -> str:
    names = pending.organizations or {}
    return wording.clean(story.posting.organization or names.get(story.source) or story.source, 80)


def _first_seen(story: Story, pending: Pending) -> datetime | None:
    """Give our first look at the opening, at whichever source it was."""
    seen = [copy.known.first_seen for copy in story.copies]
    own = story.at if story.kind == "open" else (pending.first_seen or {}).get(story.key)
    own = story.known.first_seen if story.known else own
    return min((*seen, own)) if own else None
