"""Keeping the store and the kept visits small: some of it after a run, all of it by `thin`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crawler import archive
from monitor import retention

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from crawler.items import Source
    from monitor.commands.work import Work
    from monitor.config import Config
    from monitor.upkeep import Upkeep

SECONDS = 1.0
"""What a run that visited something spends on it in the end."""


@dataclass(slots=True)
class Kept:
    """What became of kept visits: how many went, and the bytes that this and packing spared."""

    visits: int = 0
    spared: int = 0


def some(work: Work, moment: datetime, *, archived: Iterable[Source] = ()) -> None:
    """Go on keeping small what is kept, for about a second."""
    end = time.monotonic() + SECONDS
    upkeep = work.store.upkeep(work.config.retention(), moment)
    upkeep.some(SECONDS)
    for source in archived:
        if time.monotonic() > end:
            return
        pages(work.config, upkeep, source.id, moment)


def pages(
    config: Config, upkeep: Upkeep, source: str, moment: datetime, *, dry: bool = False
) -> Kept:
    """Let old kept visits of a source go, and pack the bodies of the others."""
    folder = config.path(config.captures) / source
    found = {
        at: (name, bodies)
        for name, bodies in archive.visits(folder).items()
        if (at := _moment(name))
    }
    doomed = retention.old_visits(
        {at: bodies for at, (_, bodies) in found.items()},
        {hash_[: archive.NAME] for hash_ in upkeep.bodies(source)},
        config.retention(),
        moment,
    )
    done = Kept(len(doomed))
    if not dry:
        if doomed:
            done.spared += archive.let_go(folder, [found[at][0] for at in doomed])
        done.spared += _pack(folder / archive.BODIES)
    return done


def _pack(bodies: Path) -> int:
    try:
        return archive.repack(bodies) if archive.learn(bodies) else 0
    except ValueError:  # a body is damaged; whoever reads it says so
        return 0


def _moment(name: str) -> datetime | None:
    """Read when a visit began from the name of its folder; what is named otherwise stays."""
    try:
        return datetime.strptime(name, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
