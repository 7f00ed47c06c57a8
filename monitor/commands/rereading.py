"""Kept visits of a source, read again by today's extractor in a child process, offline.

The visits run in the order of their times against a memory of their own, as they ran live, so that
a 304 finds the page that it vouches for. Of that memory nothing is kept but the readings.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self

from crawler import EXTRACTOR
from crawler.captures import INDEX, CaptureError, load
from monitor.commands import lines, visits
from monitor.compare import judge
from monitor.derivation import Readings, derive, needed
from monitor.store import Store
from monitor.sweep import Sweeper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.captures import Case
    from crawler.items import Crawl, Source
    from monitor.commands.voice import Voice
    from monitor.commands.work import Work
    from monitor.derivation import Derivation

NEWEST = 20
"""Kept visits that a source's first visit by a newer version waits for; `rederive` reads all."""


class Reader:
    """Reads kept visits again; a context manager that keeps its child warm between sources."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="rolecall-"))
            path = Path(folder) / "memory.db"
            self._memory = stack.enter_context(Store.open(path))
            settings = {"ROLECALL_MODE": "replay", "ROLECALL_STORE": str(path)}
            asked = visits.logging(self._voice) | settings
            self._sweeper = stack.enter_context(Sweeper(asked))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def derive(self, store: Store, source: Source, kept: Sequence[Case]) -> Derivation:
        """Give today's readings of a source as it is configured; the store is only read."""
        readings = Readings(store.stands(source.id), store.recall(source.id).pages)

        def finished(crawl: Crawl) -> None:
            readings.take(crawl)
            self._memory.record(crawl, judge)

        for number, case in enumerate(kept, 1):
            self._voice.progress(f"re-reading {source.id} ({number} of {len(kept)} visits)")
            here = {"ROLECALL_CAPTURES": str(case.path.resolve())}
            self._sweeper.sweep([source], finished=finished, settings=here)
        return derive(readings)


def kept(folder: Path) -> tuple[list[Case], list[str]]:
    """Give the kept visits of a source in the order of their times, and what cannot be read."""
    found: list[Case] = []
    troubles: list[str] = []
    for index in sorted(folder.glob(f"*/{INDEX}")):
        try:
            found.append(load(index.parent))
        except CaptureError as error:
            troubles.append(str(error))
    return sorted(found, key=lambda case: case.started), troubles


def catch_up(work: Work, sources: Sequence[Source]) -> None:
    """Read the kept visits again of what is open at sources that another version visited last.

    What their next visit finds is then compared like with like. A board that shows all its postings
    on one page needs one visit for that.
    """
    folder, store = work.config.path(work.config.captures), work.store
    waiting = [source for source in sources if store.behind(source.id, EXTRACTOR)]
    pairs = [(source, _newest(store, source, folder / source.id)) for source in waiting]
    if not any(cases for _, cases in pairs):
        return
    with Reader(work.voice) as reader:
        for source, cases in pairs:
            if cases:
                made = reader.derive(store, source, cases)
                store.rederive(source, made)
                work.voice.talk(lines.derivation_line(source.id, made, len(cases)))


def _newest(store: Store, source: Source, folder: Path) -> list[Case]:
    found = {case.started: case for case in kept(folder)[0]}
    return [found[at] for at in needed(store.stands(source.id), list(found))][-NEWEST:]
