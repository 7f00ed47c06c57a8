"""By what the edits of a source are known to be one edit on many postings. Pure.

To name the edit of a text, both texts are read passage by passage. Of a thousand edits nearly all
are of one posting alone, and the words that they brought in say so in a tenth of the time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from monitor import compare, passages

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from monitor.folding import Story

SAME_EDIT = 3  # postings of a source from which an equal edit is one line


class Edit:
    """The edit that a story tells of, with what it is known by; each is made when asked for."""

    def __init__(self, story: Story) -> None:
        self.story = _edited(story)

    @cached_property
    def fields(self) -> tuple[str, str]:
        """Its source, and what it changed besides the text, which every like edit shares."""
        ends = ((one.field, _bare(one.before), _bare(one.after)) for one in self.story.changes)
        return self.story.source, repr([end for end in ends if end[0] != "body"])

    @cached_property
    def name(self) -> tuple[str, str]:
        """Its name; where in its text a posting states its pay is no part of it."""
        story = self.story
        told = tuple(
            replace(change, before=_bare(change.before), after=_bare(change.after))
            for change in story.changes
        )
        event = story.event and compare.signature(replace(story.event, changes=told))
        return story.source, event or story.posting.id

    @cached_property
    def words(self) -> tuple[frozenset[str], frozenset[str]]:
        """The words that an edit of the same name may have brought in, and those that it must."""
        event = self.story.event
        texts = event and event.before and event.posting and (event.before, event.posting)
        if not texts or all(change.field != "body" for change in self.story.changes):
            return frozenset(), frozenset()
        return passages.brought(*(text.body for text in texts))


def names(edits: Sequence[Edit]) -> list[Hashable]:
    """Name each edit; those that at least ``SAME_EDIT`` postings got have one name in common."""
    alike = Counter(edit.fields for edit in edits)
    several = [edit for edit in edits if alike[edit.fields] >= SAME_EDIT]
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for edit in several:
        found[edit.story.source].update(edit.words[0])
    shared = {
        edit
        for edit in several
        if all(found[edit.story.source][word] >= SAME_EDIT for word in edit.words[1])
    }
    return [edit.name if edit in shared else edit for edit in edits]


def _edited(story: Story) -> Story:
    """Give the story that has the edit: the one of a copy, where the lead was not edited."""
    copies = [copy.story for copy in story.copies if copy.story and copy.story.changes]
    return copies[0] if len(copies) == 1 and not story.changes else story


def _bare(value: object) -> object:
    if isinstance(value, dict):
        return {key: part for key, part in value.items() if key not in ("raw", "start", "end")}
    return value
