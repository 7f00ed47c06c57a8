"""What one crawl means: the one place where a visit becomes news.

``judge`` takes a finished crawl and what was known before it, and gives the events and what is
known after it. It asks no clock (the crawl's start is the time), no database and no network, and it
does not depend on the order in which a source lists its postings.

How the words of the design were read where they leave a choice:

* A failed crawl says nothing about the source, so it neither ends nor feeds a streak of suspicious
  crawls; neither does a partial one, unless it shows a posting that the streak claims is missing.
* Suspicious crawls agree when they miss the same postings; one that appeared meanwhile is told as
  opened (losing it would be worse) and does not break the agreement.
* A streak that is believed becomes the source's new usual size, else its next crawl would be
  suspicious again.
* A feed that shows only its newest entries never has a complete crawl; the first that read all it
  shows is its baseline. Nothing of it ever closes by absence.
* Until the baseline nothing is told of postings; only the source itself may be reported broken.
* A posting that changes in the crawl that closes it, or brings it back, has its changes ride in
  that one event.
* While a closed posting is still listed past its own end, its readings are not taken over, so
  that its return is compared with what the reader was last told.
* A difference that is cosmetic (marks that resellers put under a text) is an event of that weight:
  printed, never mailed.
* A reading by another version of the extractor is taken over in silence when its page is the same,
  also when it shows a posting that was not seen there before; when the page changed as well, only
  what the page itself must have changed is told (``attribution``).
* The same id with another title is the same posting, changed (providers reuse nothing but edit
  everything); the same posting under another link has not changed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crawler.items import plain
from monitor import closing, passages
from monitor.attribution import Rereading, attributed
from monitor.events import (
    QUARANTINED,
    Change,
    Event,
    EventKind,
    Judgement,
    Known,
    Standing,
    altered,
)
from monitor.weigh import changes, heaviest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crawler.items import Crawl, Posting

__all__ = ["changes", "judge", "signature"]

_USUAL_OF = 5
"""How many believed crawls the usual size of a source is the median of."""

Step = tuple[Known, tuple[Event, ...]]


@dataclass(frozen=True, slots=True)
class _Scene:
    """Everything that the judgement of one posting may look at."""

    crawl: Crawl
    sight: closing.Sight
    fates: closing.Fates
    watching: bool
    pages: Mapping[str, int]
    upgraded: Mapping[str, tuple[Change, ...]]

    def event(self, kind: EventKind, known: Known, delta: tuple[Change, ...] = ()) -> Event:
        """Say something of a posting as it is known now."""
        posting = known.posting
        return Event(
            at=self.sight.at,
            source=self.crawl.source.id,
            kind=kind,
            posting_id=posting.id,
            title=posting.title,
            changes=delta,
            posting=posting,
        )


def judge(crawl: Crawl, standing: Standing) -> Judgement:
    """Give the events of one crawl and the standing after it; the rules are DESIGN section 6.

    ``standing.known`` of the answer holds the postings whose memory changes: all that were seen,
    missed for the first time, or closed. Crawls must come in the order of their start.
    """
    standing = closing.by_then(standing, crawl.started)
    if crawl.outcome == "failed":
        return _failed(crawl, standing)
    sight = _look(crawl, standing.known)
    fates = closing.fates(standing.known, sight)
    suspicious = closing.suspicion(standing, sight, fates) if sight.counting else None
    believed = suspicious is not None and closing.believed(standing, sight)
    if believed:
        fates = closing.fates(standing.known, sight, since=standing.suspect_since)
        suspicious = None
    elif suspicious is not None:
        fates = closing.Fates()
    after, news = _source(crawl, standing, sight, suspicious=suspicious, believed=believed)
    watching = standing.baseline_at is not None
    upgraded = attributed(_rereadings(crawl, sight, standing.known))
    scene = _Scene(crawl, sight, fates, watching, standing.pages, upgraded)
    known, told = _walk(scene, standing.known)
    return Judgement(
        standing=replace(after, known=known),
        events=news + told,
        suspicious=suspicious,
        baseline=standing.baseline_at is None and after.baseline_at is not None,
    )


def signature(event: Event) -> str:
    """Give a hash of what changed, the same for every posting that got the same edit.

    A digest folds changes of one source and one signature into one line. Of a text, what the edit
    brought in counts, or else what it took out, where the event has the posting on both sides.
    """
    edit: list[object] = [plain(change) for change in event.changes if change.field != "body"]
    body = [change for change in event.changes if change.field == "body"]
    if body and event.before is not None and event.posting is not None:
        edit.append(passages.edit(event.before.body, event.posting.body))
    else:
        edit.append(plain(body))
    text = json.dumps(edit, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _failed(crawl: Crawl, standing: Standing) -> Judgement:
    """Count a failed crawl; report the source at the third in a row, or when it is quarantined."""
    failures, kills = standing.failures + 1, standing.kills + crawl.killed
    after = replace(standing, failures=failures, kills=kills, known={})
    why = ""
    if crawl.killed and kills >= closing.KILLS:
        after = replace(after, quarantined_at=crawl.started)
        why = "" if standing.quarantined_at else QUARANTINED
    elif failures >= closing.FAILURES and not standing.broken:
        why = f"{failures} visits in a row failed"
    if not why:
        return Judgement(after)
    event = _of_source(crawl, "source_broken", "; ".join((why, *crawl.reasons)))
    return Judgement(replace(after, broken=True), (event,))


def _look(crawl: Crawl, known: Mapping[str, Known]) -> closing.Sight:
    """Give what the crawl shows, every posting once, and as open or as gone but not both.

    A curated list that has an open and a closed row of one id shows it as open; for anyone else
    the posting's own page outranks the listing that still names it.
    """
    curated = crawl.source.kind in closing.CURATED
    read = _once(crawl.postings, known)
    shown = read.keys() | crawl.kept
    gone = {one.id: one.reason for one in reversed(crawl.gone)}
    if curated:
        gone = {id_: reason for id_, reason in gone.items() if id_ not in shown}
    return closing.Sight(
        at=crawl.started,
        read=read,
        seen=frozenset(shown - gone.keys()),
        gone=gone,
        counting=crawl.outcome in ("complete", "unchanged"),
        curated=curated,
    )


def _once(postings: Iterable[Posting], known: Mapping[str, Known]) -> dict[str, Posting]:
    """Give each id one reading: the one that says nothing new if there is one, else the first.

    Public lists repeat ids in differing rows; whichever comes first today must not be news.
    """
    read: dict[str, Posting] = {}
    for posting in postings:
        first = read.setdefault(posting.id, posting)
        if first is posting or posting.id not in known:
            continue
        before = known[posting.id].posting
        if changes(before, first) and not changes(before, posting):
            read[posting.id] = posting
    return read


def _rereadings(
    crawl: Crawl, sight: closing.Sight, known: Mapping[str, Known]
) -> dict[str, Rereading]:
    """Give what this crawl read that another version of the extractor had read before."""
    return {
        id_: Rereading(
            known[id_].posting,
            posting,
            same=id_ in crawl.page_of and crawl.page_of[id_] == known[id_].page_hash,
        )
        for id_, posting in sight.read.items()
        if id_ in known and known[id_].extractor != crawl.extractor
    }


def _source(
    crawl: Crawl,
    standing: Standing,
    sight: closing.Sight,
    *,
    suspicious: str | None,
    believed: bool,
) -> tuple[Standing, tuple[Event, ...]]:
    """Give the standing of the source itself after a crawl that did not fail."""
    standing = replace(standing, kills=0, quarantined_at=None)
    if not sight.counting:
        after = closing.unsuspect(standing) if closing.contradicted(standing, sight) else standing
        begun = sight.at if crawl.windowed else None
        return replace(after, failures=0, baseline_at=standing.baseline_at or begun), ()
    if suspicious is not None:
        after = closing.suspect(standing, sight)
        after = replace(after, failures=standing.failures + 1, broken=True)
        news = () if standing.broken else (_of_source(crawl, "source_broken", suspicious),)
        return after, news
    before = () if believed else standing.counts
    after = replace(
        closing.unsuspect(standing),
        baseline_at=standing.baseline_at or sight.at,
        counts=(*before, len(sight.seen))[-_USUAL_OF:],
        failures=0,
        broken=False,
    )
    seen = len(sight.seen)
    why = f"found {seen} posting{'s' * (seen != 1)}"
    news = (_of_source(crawl, "source_recovered", why),) if standing.broken else ()
    return after, news


def _of_source(crawl: Crawl, kind: EventKind, reason: str) -> Event:
    """Say something of the source as a whole."""
    return Event(at=crawl.started, source=crawl.source.id, kind=kind, reason=reason)


def _walk(scene: _Scene, known: Mapping[str, Known]) -> tuple[dict[str, Known], tuple[Event, ...]]:
    """Judge every posting that the crawl touches, in the order of their ids."""
    sight, fates = scene.sight, scene.fates
    remembered = sight.seen & known.keys()
    touched = sight.read.keys() | remembered | fates.closing.keys() | fates.missing
    after: dict[str, Known] = {}
    told: list[Event] = []
    for id_ in sorted(touched):
        item = known.get(id_)
        if item is None:
            step = _first(scene, sight.read[id_])
        elif item.state == "closed":
            step = _while_closed(scene, item)
        else:
            step = _while_open(scene, item)
        after[id_] = step[0]
        told += step[1]
    return after, tuple(told) if scene.watching else ()


def _first(scene: _Scene, posting: Posting) -> Step:
    """Remember a posting that was not known; one that is over already is not told as opened."""
    at = scene.sight.at
    item = Known(
        posting,
        "open",
        first_seen=at,
        last_seen=at,
        extractor=scene.crawl.extractor,
        page_hash=scene.crawl.page_of.get(posting.id),
    )
    version = scene.pages.get(item.page_hash or "", item.extractor)
    over = scene.sight.gone.get(posting.id)
    if over is None and closing.expired(posting, at):
        over = f"valid through {posting.valid_through}"
    if over is not None:
        return _closed(item, closing.Closing(over, authority=True), scene), ()
    if version != item.extractor:  # it was on this very page before
        return item, ()
    return item, (scene.event("opened", item),)


def _while_closed(scene: _Scene, item: Known) -> Step:
    """Bring a closed posting back if it is listed as open and not past its own end."""
    id_, at = item.stated.id, scene.sight.at
    if id_ not in scene.sight.seen:
        return item, ()
    if closing.expired(scene.sight.read.get(id_, item.stated), at):
        return altered(item, last_seen=at), ()
    fresh, delta = _reread(scene, item)
    fresh = replace(
        fresh, state="open", missing_since=None, closed_at=None, closed_by=None, authority=False
    )
    event = scene.event(closing.returned(item, at), fresh, delta)
    return _flip(scene, fresh, replace(event, before=item.posting))


def _while_open(scene: _Scene, item: Known) -> Step:
    """Judge an open posting: closed, missed for the first time, still missing, or seen."""
    id_ = item.stated.id
    fresh, delta = _reread(scene, item)
    verdict = scene.fates.closing.get(id_)
    if verdict is not None:
        event = replace(
            scene.event("closed", fresh, delta), before=item.posting, reason=verdict.reason
        )
        return _flip(scene, _closed(fresh, verdict, scene), event)
    told = _changed(scene, item, fresh, delta)
    if id_ in scene.fates.missing:
        held = replace(scene.event("closed", fresh), held=True, reason=_absence(scene, id_))
        told = told if item.flapping else (*told, held)
        return altered(fresh, missing_since=scene.sight.at), told
    if id_ in scene.sight.seen and fresh.missing_since is not None:
        fresh = altered(fresh, missing_since=None)
    return fresh, told


def _reread(scene: _Scene, item: Known) -> tuple[Known, tuple[Change, ...]]:
    """Take over this crawl's reading of a known posting and say what it changes.

    Of what another version of the extractor read, only what the page changed is said.
    """
    id_ = item.stated.id
    posting = scene.sight.read.get(id_)
    if id_ in scene.sight.seen:
        item = altered(item, last_seen=scene.sight.at)
    if posting is None:
        return item, ()
    delta = scene.upgraded.get(id_)
    if delta is None:
        delta = changes(item.posting, posting)
    page, extractor = scene.crawl.page_of.get(id_), scene.crawl.extractor
    return replace(item, posting=posting, extractor=extractor, page_hash=page), delta


def _closed(item: Known, verdict: closing.Closing, scene: _Scene) -> Known:
    """Give the memory of a posting that is closed from now on."""
    return replace(
        item,
        state="closed",
        closed_at=scene.sight.at,
        closed_by=verdict.reason,
        authority=verdict.authority,
    )


def _changed(
    scene: _Scene, item: Known, fresh: Known, delta: tuple[Change, ...]
) -> tuple[Event, ...]:
    """Say what changed, if anything did."""
    if not delta:
        return ()
    event = scene.event("changed", fresh, delta)
    return (replace(event, before=item.posting, weight=heaviest(delta)),)


def _flip(scene: _Scene, item: Known, event: Event) -> Step:
    """Tell a closing or return, or that the posting is flapping; what changed is told always."""
    if not scene.watching:
        return item, ()
    counted, manner = closing.flip(item)
    if manner == "told":
        return counted, (event,)
    if manner == "flapping":
        why = f"closed or back {counted.flips} times since {closing.words(item.first_seen)}"
        return counted, (replace(event, kind="flapping", reason=why),)
    weight = heaviest(event.changes)
    silent = replace(event, kind="changed", weight=weight, reason=None)
    return counted, (silent,) if event.changes else ()


def _absence(scene: _Scene, id_: str) -> str:
    """Say in words why a closing is held."""
    return f"{scene.sight.gone.get(id_, 'not listed')}; held for a day"
