"""One opening at several sources, told once. Pure.

Strong twins become one story: the employer's own posting leads, the others are its copies. What a
weak link says is a doubt beside a story; nothing is hidden for it. An opening is open while its
employer lists it; where no source is the employer's own, while anyone does.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from monitor.editions import compared
from monitor.folding import Copy, Doubt, Story
from monitor.prints import requisition
from monitor.weigh import changes
from monitor.wording import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from monitor.events import Change, Known, Tie
    from monitor.folding import StoryKind

Key: TypeAlias = tuple[str, str]

WHOLE = ""
"""In place of a field: the posting itself was told."""

_FRESH: tuple[StoryKind, ...] = ("edition", "reposted", "new", "open")
"""How a posting that was not known before is told, the most telling first."""
_RETURNED: tuple[StoryKind, ...] = ("back", "retracted")
_TURNS: tuple[StoryKind, ...] = ("back", "retracted", "closed", "flapping")


def merged(
    stories: Iterable[Story],
    ties: Iterable[Tie],
    *,
    secondhand: frozenset[str] = frozenset(),
    told_closed: frozenset[Key] = frozenset(),
    told: frozenset[tuple[str, str, str]] = frozenset(),
) -> list[Story]:
    """Give one story an opening: that of its lead, with the postings that repeat it as copies.

    ``secondhand`` names the sources that are no employer's own, ``told_closed`` the postings whose
    closing was told before, ``told`` (source, posting, field) of earlier changes, ``WHOLE`` for a
    posting that was told as new. An opening of which nothing is left to tell has no story.
    """
    ties = tuple(ties)
    of: dict[Key, list[Tie]] = defaultdict(list)
    for tie in ties:
        of[tie.new.key].append(tie)
        of[tie.old.key].append(tie)
    mine = {story.key: story for story in stories}
    found = families(ties)
    finished: set[Key] = set()
    answer = []
    for key, story in mine.items():
        if key in finished:
            continue
        family = found.get(key, ())
        finished.update(one.key for one in family)
        one: Story | None = story
        if family:
            one = _Opening(family, mine, of, secondhand, told_closed, told).story()
        if one is not None:
            doubts = _doubts(one, of, family)
            answer.append(replace(one, doubts=doubts) if doubts else one)
    return answer


def families(ties: Iterable[Tie]) -> dict[Key, tuple[Known, ...]]:
    """Give each posting that has strong twins all postings of its opening, itself among them.

    Twins of twins are one opening unless something contradicts it: two open postings of one source,
    or two requisition ids. Then the surest links hold.
    """
    members: dict[Key, list[Known]] = {}
    for tie in sorted(ties, key=_surest_first):
        if tie.kind != "twin" or not tie.strong:
            continue
        one = members.setdefault(tie.new.key, [tie.new])
        other = members.setdefault(tie.old.key, [tie.old])
        if one is not other and not any(_apart(a, b) for a in one for b in other):
            one += other
            members.update((known.key, one) for known in other)
    return {key: tuple(family) for key, family in members.items() if len(family) > 1}


def _surest_first(tie: Tie) -> tuple[int, float, Key, Key]:
    """Order links: both open, then most alike; then by name, so that it is an order."""
    closed = sum(end.state == "closed" for end in tie.ends)
    return closed, -tie.score, tie.new.key, tie.old.key


def _apart(one: Known, other: Known) -> bool:
    """Say whether two postings cannot be one opening: side by side, or of two requisitions."""
    if one.source == other.source and one.state == other.state == "open":
        return True
    return _two_requisitions(one, other)


def _two_requisitions(one: Known, other: Known) -> bool:
    some, others = (requisition(end.posting.requisition_id or "") for end in (one, other))
    return bool(some and others) and some != others


def _doubts(
    story: Story, ties: Mapping[Key, Sequence[Tie]], family: Sequence[Known]
) -> tuple[Doubt, ...]:
    """Give the open postings that may be this one; none for a closing."""
    if story.kind == "closed":
        return ()
    own = {story.key, *(one.key for one in family)}
    doubts: dict[Key, Doubt] = {}
    for key in sorted(own):
        for tie in ties.get(key, ()):
            other = tie.old if tie.new.key == key else tie.new
            outside = other.key not in own and other.state == "open"
            if tie.kind == "twin" and outside and not _two_requisitions(*tie.ends):
                doubts.setdefault(other.key, Doubt(other, tie.why))
    return tuple(doubts[key] for key in sorted(doubts))


class _Opening:
    """The postings of one opening, and what happened to them in the window."""

    def __init__(
        self,
        family: Sequence[Known],
        stories: Mapping[Key, Story],
        ties: Mapping[Key, Sequence[Tie]],
        secondhand: frozenset[str],
        told_closed: frozenset[Key],
        told: frozenset[tuple[str, str, str]],
    ) -> None:
        self.secondhand, self.told_closed, self.told = secondhand, told_closed, told
        self.ties = ties
        self.members = sorted(
            family, key=lambda one: (one.source in secondhand, one.first_seen, one.key)
        )
        self.stories = {one.key: stories[one.key] for one in self.members if one.key in stories}
        self.earlier = [one for one in self.members if not self._is_fresh(one)]

    def story(self) -> Story | None:
        """Give what there is to tell of the opening."""
        lead = self._lead()
        left = self._left(lead)
        kind = self._kind(lead, left)
        return None if kind is None else self._told(kind, lead, left)

    def _owners(self, members: Sequence[Known]) -> Sequence[Known]:
        """Give the postings that decide whether the opening is open."""
        return [one for one in members if one.source not in self.secondhand] or members

    def _is_fresh(self, one: Known) -> bool:
        story = self.stories.get(one.key)
        return story is not None and (story.kind in _FRESH or story.brief)

    def _was_open(self, one: Known) -> bool:
        """Say whether a posting was open when the window began, as the reader knew it."""
        story = self.stories.get(one.key)
        if story is not None and story.kind == "closed":
            return True
        return one.state == "open" and not (story is not None and story.kind in _RETURNED)

    @property
    def _is_open(self) -> bool:
        return any(one.state == "open" for one in self._owners(self.members))

    @property
    def _stood_open(self) -> bool:
        return any(self._was_open(one) for one in self._owners(self.earlier))

    def _lead(self) -> Known:
        """Give the posting that speaks for all: the employer's own, rather an open one.

        Of an opening that closed it is one that closed now. Where it closed before, and was not
        told, whoever has news speaks for himself.
        """
        owners = self._owners(self.members)
        for one in owners:
            if one.state == "open":
                return one
        with_news = [one for one in self.members if one.key in self.stories]
        closed = [one for one in owners if self._has(one, "closed")]
        return next(iter((*closed, *with_news)))

    def _has(self, one: Known, *kinds: StoryKind) -> bool:
        story = self.stories.get(one.key)
        return story is not None and story.kind in kinds

    def _kind(self, lead: Known, left: Mapping[Key, tuple[Change, ...]]) -> StoryKind | None:
        if self._is_open and self.earlier and self._stood_open:
            return self._went_on(lead, left)
        if self._is_open and not self.earlier:
            return self._appeared()
        story = self.stories.get(lead.key)
        if self._is_open:
            return story.kind if story else self._appeared()
        return self._ended(lead)

    def _appeared(self) -> StoryKind | None:
        kinds = {story.kind for story in self.stories.values()}
        return next((kind for kind in _FRESH if kind in kinds), None)

    def _ended(self, lead: Known) -> StoryKind | None:
        """Name the news of an opening that is closed; a closing that was told is told once."""
        untold = not any(one.key in self.told_closed for one in self._owners(self.earlier))
        if self.earlier and not self._stood_open and not untold:
            return None
        return self.stories[lead.key].kind

    def _went_on(self, lead: Known, left: Mapping[Key, tuple[Change, ...]]) -> StoryKind | None:
        """Name the news of an opening that was open and still is."""
        if self._has(lead, "flapping"):
            return "flapping"
        if any(left.values()):
            return "changed"
        fresh = [one for one in self.members if self._is_fresh(one) and one.state == "open"]
        if fresh:
            return "edition" if any(self._has(one, "edition") for one in fresh) else "twin"
        turned = (
            self._has(one, *_TURNS) and not self.stories[one.key].brief
            for one in self.members
            if not self._is_replaced(one)
        )
        return "changed" if any(turned) else None

    def _is_replaced(self, one: Known) -> bool:
        """Say whether a closed posting's own source lists the opening under another id."""
        listing = (each.source for each in self.members if each.state == "open")
        return one.state == "closed" and one.source in listing

    def _left(self, lead: Known) -> dict[Key, tuple[Change, ...]]:
        """Give the changes of each posting that are left to tell, the lead's whole.

        A copy that says now what the lead was told to say has changed nothing for the reader.
        """
        left: dict[Key, tuple[Change, ...]] = {}
        seen: set[tuple[str, str]] = set()
        own = self._changes(lead)
        for one in (lead, *(one for one in self.members if one is not lead)):
            found = own if one is lead else self._of_copy(one, lead, own)
            left[one.key] = tuple(each for each in found if (each.field, _ends(each)) not in seen)
            seen.update((each.field, _ends(each)) for each in found)
        return left

    def _changes(self, one: Known) -> tuple[Change, ...]:
        """Give what changed; an edition's table is no change of the window."""
        story = self.stories.get(one.key)
        return () if story is None or self._is_fresh(one) else story.changes

    def _of_copy(self, one: Known, lead: Known, own: Iterable[Change]) -> tuple[Change, ...]:
        found = self._changes(one)
        if not found:
            return ()
        moved = {each.field for each in own}
        ends = (replace(end.posting, body="") for end in (one, lead))
        differ = {each.field for each in changes(*ends)}
        known = {
            each.field
            for each in found
            if each.field not in differ
            and {(*lead.key, each.field), (*lead.key, WHOLE)} & self.told
        }
        return tuple(each for each in found if each.field not in moved | known)

    def _told(self, kind: StoryKind, lead: Known, left: Mapping[Key, tuple[Change, ...]]) -> Story:
        story = self.stories.get(lead.key)
        at = max(each.at for each in self.stories.values())
        base = story or Story(kind, lead.source, lead.posting, at)
        if kind in _FRESH:
            base = self._as_appeared(base, kind, lead)
        else:
            base = replace(base, changes=() if kind in ("closed", "twin") else left[lead.key])
        return replace(
            base,
            kind=kind,
            brief=kind == "closed" and not self.earlier,
            known=lead,
            alone=story.kind if story else None,
            copies=tuple(self._copies(lead, left)),
        )

    def _copies(self, lead: Known, left: Mapping[Key, tuple[Change, ...]]) -> Iterator[Copy]:
        """Give the other postings, without those that their own source posted again."""
        for one in self.members:
            if one is not lead and not self._is_replaced(one):
                story = self.stories.get(one.key)
                kept = story and replace(story, changes=left[one.key])
                yield Copy(one, one.source in self.secondhand, kept)

    def _as_appeared(self, base: Story, kind: StoryKind, lead: Known) -> Story:
        """Give the lead the table of its earlier edition, also where a copy was read first."""
        if base.kind == kind or kind not in ("edition", "reposted"):
            return base
        own = self.ties.get(lead.key, ())
        ties = (tie for tie in own if tie.kind == kind and tie.new.key == lead.key)
        tie = max(ties, key=lambda tie: tie.score, default=None)
        if tie is not None:
            before = tie.old.posting
            delta = compared(lead.posting, before)
            return replace(base, changes=delta, before=before, reason=tie.why)
        first = next(story for story in self.stories.values() if story.kind == kind)
        return replace(base, changes=first.changes, before=first.before, reason=first.reason)


def _ends(change: Change) -> str:
    """Write where a change ends, to know the same change of two postings."""
    return shown(change.field, change.after) if change.field != "body" else ""
