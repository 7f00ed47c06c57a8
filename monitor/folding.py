"""What happened to one posting over a window, told once: many events become one story. Pure.

A window has two ends. What changed and changed back between them, closed and came back, says
nothing; what opened and then changed is new as it now stands. Held closings are not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from monitor.compare import changes
from monitor.weigh import heaviest
from monitor.wording import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from crawler.items import Posting
    from monitor.events import Change, Event, Known

StoryKind = Literal[
    "changed",
    "retracted",
    "back",
    "new",
    "open",
    "reposted",
    "edition",
    "twin",
    "flapping",
    "closed",
]
_APPEARANCES: dict[str, StoryKind] = {
    "edition": "edition",
    "reposted": "reposted",
    "opened": "new",
}
Step: TypeAlias = "tuple[Event, Change]"
_STANDS = ("opened", "closed", "reopened", "retracted")


@dataclass(frozen=True, slots=True)
class Copy:
    """Another posting of the opening that a story tells of, and its own news if it has any.

    ``secondhand`` says that its source repeats what employers state.
    """

    known: Known
    secondhand: bool
    story: Story | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A posting that may be the one a story tells of; ``why`` in words."""

    known: Known
    why: str


@dataclass(frozen=True, slots=True)
class Story:
    """One posting's news.

    ``before`` is how it stood when the window began, if it was known then; ``brief`` says that it
    opened and closed within the window, ``told`` that its closing was told before. ``copies``,
    ``doubts``, ``known`` (how the posting is remembered) and ``alone`` (what its news is without
    its copies) are filled by ``twins``.
    """

    kind: StoryKind
    source: str
    posting: Posting
    at: datetime
    before: Posting | None = None
    changes: tuple[Change, ...] = ()
    reason: str | None = None
    brief: bool = False
    told: bool = False
    event: Event | None = None
    copies: tuple[Copy, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    known: Known | None = None
    alone: StoryKind | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Where the posting is known: its source and its id there."""
        return self.source, self.posting.id


def fold(events: Iterable[Event], told_closed: frozenset[tuple[str, str]]) -> list[Story]:
    """Give at most one story a posting, in the order of their first events.

    That a posting is another's twin is no news of its own; ``twins`` makes one story of both.
    """
    found = of_postings(events).items()
    stories = (story_of(group, told=key in told_closed) for key, group in found)
    return [story for story in stories if story]


def of_postings(events: Iterable[Event]) -> dict[tuple[str, str], list[Event]]:
    """Give the events that are told of each posting, in the order of their first ones."""
    of_posting: dict[tuple[str, str], list[Event]] = {}
    for event in sorted(events, key=lambda event: (event.at, event.id or 0)):
        if event.posting_id is not None and not event.held and event.kind != "twin":
            of_posting.setdefault((event.source, event.posting_id), []).append(event)
    return of_posting


def story_of(events: Sequence[Event], *, told: bool) -> Story | None:
    """Fold the events of one posting; ``told`` says that its closing was told before."""
    kinds = [event.kind for event in events]
    kind = _kind(kinds, told=told)
    posting = next((event.posting for event in reversed(events) if event.posting), None)
    found = folded(events)
    if kind is None or posting is None or (kind == "changed" and not found):
        return None
    return Story(
        kind=kind,
        source=events[0].source,
        posting=posting,
        at=events[-1].at,
        before=None if "opened" in kinds else events[0].before or events[0].posting,
        changes=() if kind in ("new", "closed") else found,
        reason=next((event.reason for event in reversed(events) if event.reason), None),
        brief=kind == "closed" and any(seen in _APPEARANCES for seen in kinds),
        told=told,
        event=events[-1],
    )


def _kind(kinds: Sequence[str], *, told: bool) -> StoryKind | None:
    if "flapping" in kinds:
        return "flapping"
    stands = [kind for kind in kinds if kind in _STANDS]
    last = stands[-1] if stands else None
    appeared = next((story for kind, story in _APPEARANCES.items() if kind in kinds), None)
    if last == "closed":
        return None if told and not appeared else "closed"
    return appeared or _standing(last, kinds, told=told)


def _standing(last: str | None, kinds: Sequence[str], *, told: bool) -> StoryKind:
    """Name the news of a posting that was known before and is open now."""
    undone = "closed" in kinds and not told  # the reader never heard of that closing
    if last == "retracted" and told:
        return "retracted"
    if last == "reopened" and not undone:
        return "back"
    return "changed"


def folded(events: Sequence[Event]) -> tuple[Change, ...]:
    """Give one change a field, from its first value to its last; equal ends say nothing.

    Where several events touch a field and both ends are known whole, they are compared anew, so
    that "raised, +10 %" is true of the window and not of its last step. Only fields that an event
    named are looked at, and only steps that join are folded: where another version of the extractor
    read the posting anew in between, each side is told by itself, like with like.
    """
    of_field: dict[str, list[Step]] = {}
    if not any(event.changes for event in events):
        return ()
    for event in events:
        for change in event.changes:
            if change.weight != "cosmetic":  # no reader is told of those
                of_field.setdefault(change.field, []).append((event, change))
    merged = (_run(field, run) for field, steps in of_field.items() for run in _joined(steps))
    return tuple(change for change in merged if change)


def _joined(steps: Sequence[Step]) -> list[list[Step]]:
    """Part the steps of one field where one does not begin at what the last one ended at."""
    runs: list[list[Step]] = []
    for event, change in steps:
        if runs and _joins(runs[-1][-1][0], event, change.field):
            runs[-1].append((event, change))
        else:
            runs.append([(event, change)])
    return runs


def _joins(event: Event, following: Event, field: str) -> bool:
    """Say whether an event begins with the value the last one left; unknown sides join."""
    left, found = event.posting, following.before
    if left is None or found is None:
        return True
    return all(one.field != field or one.weight == "cosmetic" for one in changes(left, found))


def _run(field: str, steps: Sequence[Step]) -> Change | None:
    """Give the change of one field over steps that join."""
    changed = [change for _, change in steps]
    first, last = steps[0][0].before, steps[-1][0].posting
    if len(steps) == 1 or first is None or last is None:
        return _merged(changed)
    return next((change for change in changes(first, last) if change.field == field), None)


def _merged(steps: Sequence[Change]) -> Change | None:
    first, last = steps[0], steps[-1]
    if len(steps) == 1:
        return first
    weight = heaviest(steps)
    if first.field == "body":
        found = [one for step in steps for one in step.after or ()]
        return replace(last, weight=weight, after=found)
    if shown(first.field, first.before) == shown(last.field, last.after):
        return None
    return replace(last, before=first.before, weight=weight, fact=None, note=None)
