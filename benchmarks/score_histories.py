"""Score what the monitor says against recorded histories of real boards.

    python benchmarks/score_histories.py [DATA] [--events FILE]...

DATA holds ``histories/<board>/`` with captures and a ``truth.jsonl``; it is not ours to ship.
``--events`` takes the lines of ``rolecall replay DIR --json``; without it the captures are read and
judged here. For each board: found, missed and false for new postings, changes a reader can see and
closings, against the recorded truth; a silent edit (stamps, order, markup) is found when nothing
is told of it. The closings that are due follow from the truth's presence by
the rule of the design, worked out here on its own. Exit code 1 when anything is missed or false.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from crawler.captures import cases, load_source
from crawler.fields.text import fold
from crawler.items import Crawl, Posting, Source, plain
from crawler.pages import greenhouse, lever
from monitor.compare import judge, signature
from monitor.events import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BOARDS = ("greenhouse_luno", "greenhouse_impact", "lever_mamamoney", "lever_moo")
HOLD = timedelta(hours=24)
Mark = tuple[datetime, str]
Line = dict[str, Any]


@dataclass
class Absence:
    """One time that a posting was not listed, and how it ended."""

    id: str
    title: str
    since: datetime
    back: datetime | None = None
    renamed: bool = False


@dataclass
class Truth:
    """What a history says happened, and what is due from it."""

    new: set[Mark] = field(default_factory=set)
    changed: set[Mark] = field(default_factory=set)
    worded: set[Mark] = field(default_factory=set)
    unsaid: set[Mark] = field(default_factory=set)
    invisible: set[Mark] = field(default_factory=set)
    closings: set[Mark] = field(default_factory=set)
    returns: set[Mark] = field(default_factory=set)
    delays: list[timedelta] = field(default_factory=list)
    absences: int = 0
    absences_undone: int = 0
    held_at_end: int = 0


@dataclass
class Tally:
    """One row of the table."""

    found: int
    missed: list[Mark]
    false: list[Mark]

    @classmethod
    def of(cls, due: set[Mark], told: set[Mark]) -> Tally:
        return cls(len(due & told), sorted(due - told), sorted(told - due))

    @property
    def perfect(self) -> bool:
        return not self.missed and not self.false


def instant(text: str) -> datetime:
    """Read ``20260808T195722760851Z`` or an ISO instant; whole seconds, as captures state them."""
    if "-" in text:
        return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)
    return datetime.strptime(text[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)


def recorded(path: Path) -> Truth:
    """Work out what is due from the steps of ``truth.jsonl``."""
    steps = [json.loads(line) for line in path.read_text().splitlines()]
    visits = [instant(step["to"]) for step in steps]
    truth = Truth()
    away: dict[str, Absence] = {}
    absences: list[Absence] = []
    for at, step in zip(visits, steps, strict=True):
        truth.new |= {(at, entry["id"]) for entry in step["new"]}
        for entry in step["changed"]:
            (truth.changed if entry["visible_change"] else truth.invisible).add((at, entry["id"]))
            if entry["body_text_changed"]:
                truth.worded.add((at, entry["id"]))
        for entry in step["reopened"]:
            absence = away.pop(entry["id"], None)
            if absence is None:  # gone since before the history begins
                continue
            absence.back, absence.renamed = at, fold(absence.title) != fold(entry["title"])
        for entry in step["closed"]:
            away[entry["id"]] = Absence(entry["id"], entry["title"], at)
            absences.append(away[entry["id"]])
    for absence in absences:
        settle(truth, visits, absence)
    return truth


def settle(truth: Truth, visits: list[datetime], absence: Absence) -> None:
    """Decide one absence by the rule: closed at the first visit a day later that misses it too."""
    since, back, id_ = absence.since, absence.back, absence.id
    told = next((at for at in visits if at - since >= HOLD and (back is None or at < back)), None)
    truth.absences += 1
    truth.absences_undone += back is not None
    if told is not None:
        truth.closings.add((told, id_))
        truth.delays.append(told - since)
    if back is not None and told is not None:
        truth.returns.add((back, id_))
    elif back is not None and absence.renamed:
        # Away for less than a day and back under another title: no closing, but a change.
        truth.changed.add((back, id_))
        truth.unsaid.add((back, id_))  # what else changed meanwhile the truth does not say
    elif back is None and told is None:
        truth.held_at_end += 1


def lines(directory: Path) -> Iterator[Line]:
    """Read and judge the captures of one board, as ``rolecall replay --json`` prints them."""
    return judged(crawled(directory))


def crawled(directory: Path) -> Iterator[Crawl]:
    """Read the captures of one board."""
    source = load_source(directory)
    for case in cases(directory):
        listing = json.loads(case.exchanges[0].read())
        yield Crawl(
            source=source,
            started=case.started,
            finished=case.started,
            outcome="complete",
            postings=tuple(readings(source, listing, case.started)),
        )


def judged(crawls: Iterable[Crawl]) -> Iterator[Line]:
    """Judge crawls one after another and give a line for each event."""
    standing = Standing("")
    for crawl in crawls:
        judgement = judge(crawl, standing)
        known = {**standing.known, **judgement.standing.known}
        standing = replace(judgement.standing, known=known)
        for event in judgement.events:
            yield {
                "at": event.at.isoformat(),
                "source": event.source,
                "event": event.kind,
                "posting_id": event.posting_id,
                "url": event.posting.url if event.posting else None,
                "held": event.held,
                "weight": event.weight,
                "changes": plain(event.changes),
                "edit": signature(event),
            }


def readings(source: Source, listing: Any, now: datetime) -> Iterator[Posting]:
    """Read every posting of one recorded listing."""
    read = greenhouse.read if source.kind == "greenhouse" else lever.read
    for row in listing["jobs"] if isinstance(listing, dict) else listing:
        posting = read(row, source, now)
        if posting is not None:
            yield posting


def marks(told: Iterable[Line], *kinds: str) -> set[Mark]:
    """Give when and of which posting something of these kinds was told."""
    return {(instant(line["at"]), line["posting_id"]) for line in told if line["event"] in kinds}


def score(truth: Truth, told: list[Line]) -> dict[str, Tally]:
    """Compare what was told with what was due; the baseline is the capture before the first."""
    believed = [line for line in told if not line.get("held")]
    # A posting whose closing or return is the third is told as flapping, once for either.
    flapping = marks(believed, "flapping")
    returns = marks(believed, "reopened", "retracted") | (flapping - truth.closings)
    changed = [line for line in believed if line["event"] == "changed"]
    told_of = marks(changed, "changed") - returns
    worded = marks((line for line in changed if _worded(line)), "changed") - returns
    silent, spoken = truth.invisible - told_of, truth.invisible & told_of
    return {
        "new": Tally.of(truth.new, marks(believed, "opened")),
        "visible change": Tally.of(truth.changed, told_of),
        "- of the text": Tally.of(truth.worded, worded - truth.unsaid),
        "silent edit": Tally(len(silent), [], sorted(spoken)),
        "closing": Tally.of(truth.closings, marks(believed, "closed") | (flapping - returns)),
        "return": Tally.of(truth.returns, returns),
        "source alarm": Tally.of(set(), marks(believed, "source_broken", "source_recovered")),
    }


def _worded(line: Line) -> bool:
    """Say whether the text changed, beside any typed field; a mark under it is a change too."""
    return any(change["field"] == "body" for change in line["changes"])


def same_edit(told: list[Line]) -> str:
    """Say how many postings the widest edit touched, and in how many different ways."""
    visits = Counter(line["at"] for line in told if line["event"] == "changed")
    if not visits:
        return "no edits"
    at, count = visits.most_common(1)[0]
    edits = {
        line.get("edit") or json.dumps(line["changes"], sort_keys=True)
        for line in told
        if line["event"] == "changed" and line["at"] == at
    }
    return f"widest edit: {count} postings in {len(edits)} group(s)"


def report(board: str, truth: Truth, told: list[Line], *, show: bool) -> bool:
    """Print the table of one board and say whether it is perfect."""
    tallies = score(truth, told)
    for category, tally in tallies.items():
        counts = f"{tally.found:6} {len(tally.missed):7} {len(tally.false):6}"
        print(f"{board:22} {category:15} {counts}")
        for word, found in (("missed", tally.missed), ("false", tally.false)):
            for at, id_ in found if show else ():
                print(f"    {word} {at:%Y-%m-%d %H:%M} {id_}")
    cosmetic = sum(line["weight"] == "cosmetic" for line in told if line["event"] == "changed")
    print(
        f"{board:22} {same_edit(told)}; {cosmetic} changes cosmetic, so never mailed; "
        f"{truth.held_at_end} closings held at the end\n"
    )
    return all(tally.perfect for tally in tallies.values())


def undone(truths: Iterable[Truth]) -> str:
    """Say what holding gains, and what it costs."""
    held = list(truths)
    absences, back = sum(t.absences for t in held), sum(t.absences_undone for t in held)
    told, wrong = sum(len(t.closings) for t in held), sum(len(t.returns) for t in held)
    delays = [delay / timedelta(hours=1) for t in held for delay in t.delays]
    late = f"{median(delays):.1f} h" if delays else "no"
    return (
        f"closings undone later: {back}/{absences} = {back / max(absences, 1):.1%} told at the "
        f"first miss, {wrong}/{told} = {wrong / max(told, 1):.1%} held for a day "
        f"(median delay {late})"
    )


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    default = os.environ.get("ROLECALL_DATA") or Path(__file__).parents[1].parent / "shared/data"
    parser = argparse.ArgumentParser(description="Score the monitor on recorded histories.")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--events", action="append", type=Path, default=[], metavar="FILE")
    parser.add_argument("--show", action="store_true", help="list what was missed or false")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    options = arguments(argv)
    histories = options.data / "histories"
    present = [board for board in BOARDS if (histories / board / "truth.jsonl").is_file()]
    if not present:
        print(f"no recorded histories in {options.data}: nothing to score", file=sys.stderr)
        return 0
    told: dict[str, list[Line]] = {}
    for path in options.events:
        for text in path.read_text().splitlines():
            line = json.loads(text)
            if "event" in line:
                told.setdefault(line["source"], []).append(line)
    print(f"{'board':22} {'category':15} {'found':>6} {'missed':>7} {'false':>6}")
    perfect, truths = True, []
    for board in present:
        name = load_source(histories / board).id
        if options.events and name not in told:
            continue
        truths.append(recorded(histories / board / "truth.jsonl"))
        events = told[name] if options.events else list(lines(histories / board))
        perfect = report(board, truths[-1], events, show=options.show) and perfect
    print(undone(truths))
    return 0 if perfect else 1


if __name__ == "__main__":
    sys.exit(main())
