"""Visits: which sources, how they are asked, and what is written and said of each crawl.

Nothing is decided here: ``compare`` says what a crawl means, the store what was written already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor import schedule
from monitor.commands import lines, network
from monitor.commands.work import now
from monitor.complaints import ConfigError, meant

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from crawler.gates import Gate
    from crawler.items import Crawl, Source
    from monitor.commands.voice import Voice
    from monitor.commands.work import Tally, Work
    from monitor.config import Config
    from monitor.events import Event, Judgement
    from monitor.store import Store


def chosen(config: Config, names: Collection[str]) -> list[Source]:
    """Give the sources with these names, or raise ``ConfigError`` with a guess for each unknown."""
    known = {source.id: source for source in config.sources()}
    unknown = [name for name in names if name not in known]
    if unknown:
        next_step = "; `rolecall status` lists them"
        raise ConfigError(
            f'no source "{name}"{meant(name, known) or next_step}' for name in unknown
        )
    return [known[name] for name in dict.fromkeys(names)]


def due(config: Config, store: Store, moment: datetime) -> list[Source]:
    """Give the sources whose interval has passed."""
    names = set(store.due_sources(schedule.spans(config.intervals()), moment))
    return [source for source in config.sources() if source.id in names]


def idle(config: Config) -> str:
    """Say why there is nothing to visit, and the next step."""
    if not config.source:
        return "no sources yet; `rolecall add LINK` watches one"
    return "nothing is due; `rolecall crawl SOURCE` visits one all the same"


def crawl(
    work: Work, sources: Sequence[Source], *, settings: Mapping[str, Any] | None = None
) -> None:
    """Visit sources live and record each crawl as it ends, one transaction each."""
    if not sources:
        return
    # A run that finds nothing due has no use for any of these.
    from crawler.gates import Gates  # noqa: PLC0415 - see above
    from monitor.sweep import sweep  # noqa: PLC0415 - see above

    config, voice, tally = work.config, work.voice, work.tally
    reachable(config)
    network.tell(voice, config)

    gates = Gates(work.store.hosts.gates(now()))

    def gated(host: str, gate: Gate | None) -> None:
        work.store.hosts.put(host, gate, now())
        gates.take(host, gate)  # for a child that takes the place of this one
        if gate:
            voice.talk(f"{host}: {gate.words}", event="host")

    def begun(name: str) -> None:
        voice.progress(f"visiting {name} ({tally.visited} of {len(sources)} done)", source=name)

    def finished(crawl: Crawl) -> None:
        announce(voice, crawl, record(voice, work.store, crawl, tally))

    sweep(
        sources,
        store=config.path(config.store),
        settings=config.scrapy()
        | logging(voice)
        | {"ROLECALL_GATES": gates}
        | dict(settings or {}),
        processes=config.network.processes,
        begun=begun,
        gated=gated,
        finished=finished,
    )


def logging(voice: Voice) -> dict[str, Any]:
    """Give how much of Scrapy's log is shown: a failure is a reason in the crawl already."""
    levels = ("CRITICAL", "WARNING", "INFO", "DEBUG")
    level = levels[min(voice.verbose, len(levels) - 1)]
    return {"LOG_LEVEL": level, "ROLECALL_LOG_JSON": voice.log_json}


def reachable(config: Config) -> None:
    """Refuse a live visit that does not say whose it is."""
    if not config.contact:
        words = 'missing: sites must be able to reach you; add contact = "you@example.org"'
        raise ConfigError([f"{config.file} contact: {words}"])


def record(voice: Voice, store: Store, crawl: Crawl, tally: Tally) -> Judgement | None:
    """Write one crawl and count what it means."""
    from monitor.compare import judge  # noqa: PLC0415 - a run that finds nothing due judges nothing

    judgement = store.record(crawl, judge)
    tally.visited += 1
    tally.failed += crawl.outcome == "failed"
    tally.news += sum(not event.held for event in events(judgement))
    if voice.json:
        voice.emit(lines.crawl_fields(crawl, judgement))
    return judgement


def announce(voice: Voice, crawl: Crawl, judgement: Judgement | None) -> None:
    """Say how a live visit went, and print what it found as the result."""
    line = lines.crawl_line(crawl, judgement)
    if crawl.outcome == "failed":
        voice.trouble(line, fg="red", source=crawl.source.id, event="visit")
    else:
        voice.talk(line, source=crawl.source.id, event="visit")
    if voice.json or not voice.quiet:
        tell(voice, judgement)


def tell(voice: Voice, judgement: Judgement | None) -> None:
    """Print the events of one crawl."""
    for event in events(judgement):
        voice.result(lines.event_line(event), lines.event_fields(event))


def events(judgement: Judgement | None) -> tuple[Event, ...]:
    """Give the events of a crawl; none when it was recorded already."""
    return judgement.events if judgement else ()


def keeping(config: Config) -> dict[str, Any]:
    """Give the settings that archive a live crawl."""
    folder = str(config.path(config.captures))
    return {"ROLECALL_MODE": "record", "ROLECALL_CAPTURES": folder, "ROLECALL_ARCHIVE": True}
