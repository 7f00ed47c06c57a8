"""What keeps Rolecall from working, found before it is missed: mail, sources, store.

Every finding is one line: what was looked at, what was seen, and the next step where there is one.
Nothing is repaired and nothing is written. What cannot be seen from here (how a receiver judges the
sender's domain) is said, not guessed.
"""

from __future__ import annotations

import os
import shutil
import socket
import stat
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from monitor import closing
from monitor.audience import WITHHELD
from monitor.doors import UnreachableError
from monitor.wording import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from monitor.audience import Stop
    from monitor.checkup import Checkup
    from monitor.config import Config
    from monitor.search import Search
    from monitor.store import Delivery
    from monitor.tables import ChannelTable

OVERDUE = 3
"""A source that missed this many visits in a row is overdue: nobody rings the bell."""
_PATIENCE = 10.0
_LITTLE = 100_000_000
_SKEW = timedelta(minutes=5)
_PRIVATE = stat.S_IRWXG | stat.S_IRWXO
_MOST_LOOSE = 5
"""Files named one by one of those that others may write."""

Grade = Literal["fine", "note", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``wrong`` keeps something from working, ``note`` may."""

    grade: Grade
    what: str
    words: str


def disk(path: Path) -> Iterator[Finding]:
    """Look at where the store lies."""
    here = path.parent
    if not here.is_dir():
        yield Finding("wrong", "store", f"{here}: no such folder; make it, or change `store`")
    elif not os.access(here, os.W_OK):
        yield Finding("wrong", "store", f"{here}: not writable by this user")
    elif (free := shutil.disk_usage(here).free) < _LITTLE:
        yield Finding("wrong", "store", f"{here}: only {free / 1e6:.0f} MB left on the disk")
    if path.exists() and (size := path.stat().st_size):
        yield Finding("fine", "store", f"{path}: {size / 1e6:.1f} MB")


def modes(config: Config) -> Iterator[Finding]:
    """Look whether others may write what Rolecall trusts, or read the secrets of page and ping.

    Whoever writes a folder may put another file in the place of one in it, unless its sticky bit
    forbids that (sticky(7)); a template that we lack may be added to the reader's in any case.
    """
    trusted = [config.file.absolute(), config.path(config.store)]
    homes = {path.parent for path in trusted}
    trusted += (home for home in homes if home.is_dir() and not home.stat().st_mode & stat.S_ISVTX)
    if own := config.templates_path():
        trusted += (own, *sorted(own.rglob("*")))
    loose = [finding for path in trusted if path.exists() for finding in _loose(path)]
    yield from loose[:_MOST_LOOSE]
    if more := loose[_MOST_LOOSE:]:
        grade: Grade = "wrong" if any(one.grade == "wrong" for one in more) else "note"
        yield Finding(grade, "modes", f"{count(len(more), 'file')} more that others may write")
    page, ping = config.page, config.ping
    named = {"login": page.password_file, "metrics": page.metrics_file, "ping": ping.url_file}
    yield from (_secret(config.path(file), what) for what, file in named.items() if file)


def _loose(path: Path) -> Iterator[Finding]:
    """Find what everybody may write; a group may be the owner's alone, so it is only said."""
    mode = path.stat().st_mode
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        grade: Grade = "wrong" if mode & stat.S_IWOTH else "note"
        who = "others" if mode & stat.S_IWOTH else "its group"
        yield Finding(grade, "modes", f"{path}: {who} may write it; chmod go-w {path}")


def store(path: Path, seen: Checkup, moment: datetime) -> Iterator[Finding]:
    """Judge a store that was looked at closely."""
    found = [*_wrong(seen), *(one for one in clock(seen.newest, moment) if one.grade == "wrong")]
    if (free := shutil.disk_usage(path.parent).free) < (size := path.stat().st_size):
        words = f"{free / 1e6:.0f} MB left, less than the {size / 1e6:.0f} MB that a backup takes"
        found.append(Finding("note", "store", words))
    yield from found or [Finding("fine", "store", "every page, reference and cursor is right")]


def clock(newest: datetime | None, moment: datetime) -> Iterator[Finding]:
    """Judge the clock by the newest instant that was recorded."""
    if newest and newest > moment + _SKEW:
        words = (
            f"something was recorded at {newest:%Y-%m-%d %H:%M} UTC, which is yet to come:"
            " is the clock of this machine right?"
        )
        yield Finding("wrong", "clock", words)
    else:
        words = f"{moment:%Y-%m-%d %H:%M} UTC, and nothing that was recorded is yet to come"
        yield Finding("fine", "clock", words)


def _wrong(seen: Checkup) -> Iterator[Finding]:
    back = "`rolecall restore FILE` puts a backup in its place"
    for words in seen.pages:
        yield Finding("wrong", "store", f"is damaged: {words}; {back}")
    if seen.references:
        words = f"{count(seen.references, 'row')} of it name what is not there; {back}"
        yield Finding("wrong", "store", words)
    if seen.texts:
        words = f"{count(seen.texts, 'text')} cannot be unpacked or are not what was read; {back}"
        yield Finding("wrong", "store", words)
    if seen.index:
        yield Finding("wrong", "store", f"its search index does not fit: {seen.index}; {back}")
    if seen.orphans:
        words = f"{count(seen.orphans, 'snapshot')} that nothing names; they only take room"
        yield Finding("note", "store", words)
    if seen.stuck:
        words = f"{count(seen.stuck, 'letter')} due for more than a day; does `rolecall run` run?"
        yield Finding("wrong", "store", words)
    for search in seen.gaps:
        words = "its digests do not follow one another; events may have been told twice or never"
        yield Finding("wrong", search, words)


def sources(
    config: Config, rows: Mapping[str, Mapping[str, Any]], moment: datetime
) -> Iterator[Finding]:
    """Look at every source as it was last seen; ``rows`` are the store's status by source."""
    if not config.contact:
        words = 'missing: live visits need it; add contact = "you@example.org"'
        yield Finding("wrong", "contact", words)
    if not config.source:
        yield Finding("note", "sources", "none yet; `rolecall add LINK` watches one")
    yield from _browsers(config)
    for name, interval in config.intervals().items():
        yield _source(name, interval, rows.get(name), moment)


def _browsers(config: Config) -> Iterator[Finding]:
    """Look whether pages can be drawn for the sources that ask for it."""
    names = [source.id for source in config.source if source.browser]
    if not names:
        return
    from crawler.middlewares.browser import missing  # noqa: PLC0415 - loads Scrapy; few need it

    if words := missing():
        yield from (Finding("wrong", name, words) for name in names)


def _source(name: str, interval: float, row: Mapping[str, Any] | None, moment: datetime) -> Finding:
    if row is None or row["last_visit"] is None:
        return Finding("note", name, f"never visited; `rolecall crawl {name}` does it now")
    seen = f"{row['outcome']} on {row['last_visit']:%Y-%m-%d %H:%M} UTC"
    if row["outcome"] == "failed":
        reasons = "; ".join(row["reasons"]) or "no reason given"
        often = f", {row['failures']} times in a row" if row["failures"] > 1 else ""
        alone = closing.quarantined(row["quarantined_at"], moment)
        step = f"; left alone for a week, unless `rolecall crawl {name}` succeeds" * alone
        return Finding("wrong", name, f"{seen}{often}: {reasons}{step}")
    if overdue(row["last_visit"], interval, moment):
        words = f"{seen}, and not since: is `rolecall run` in the crontab, or `serve` running?"
        return Finding("wrong", name, words)
    if row["suspicious"] or row["outcome"] == "partial":
        reasons = "; ".join(filter(None, (row["suspicious"], *row["reasons"])))
        return Finding("note", name, f"{seen}, nothing closes meanwhile: {reasons}")
    return Finding("fine", name, f"{seen}, {row['open']} open")


def overdue(visit: datetime | None, interval: float, moment: datetime) -> bool:
    """Say whether a source should have been visited long ago (``interval`` in seconds)."""
    return visit is None or moment - visit > timedelta(seconds=OVERDUE * interval)


def mail(config: Config) -> Iterator[Finding]:
    """Look at how digests leave, as far as that can be seen without sending one."""
    delivery = config.delivery
    if not config.search:
        words = "none, so nobody is told; `rolecall config schema --markdown` shows the keys"
        yield Finding("note", "searches", words)
    if (config.public_url or "").startswith("https://"):
        words = f"{config.public_url}: `rolecall serve` must answer there to unsubscribe readers"
        yield Finding("note", "public_url", words)
    if delivery.method == "folder":
        yield _folder("delivery", config.path(delivery.folder), ".eml files")
    elif delivery.method == "stdout":
        yield Finding("fine", "delivery", "printed on stdout")
    else:
        yield from _smtp(config)


def _folder(what: str, path: Path, files: str) -> Finding:
    existing = next(place for place in (path, *path.parents) if place.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        return Finding("wrong", what, f"{path}: cannot be written by this user")
    return Finding("fine", what, f"{files} in {path}")


def channels(
    config: Config, secret_of: Callable[[Config, ChannelTable], object]
) -> Iterator[Finding]:
    """Look at every channel besides mail, as far as that can be seen without sending anything.

    ``secret_of`` reads the secret of a channel, or raises ``UnreachableError``.
    """
    taken = {name for search in config.searches() for name in search.channels}
    for channel in config.channel:
        if channel.id not in taken:
            words = f'no search takes it; add channels = ["{channel.id}"] to a [[search]]'
            yield Finding("note", channel.id, words)
        if channel.kind not in ("webhook", "push"):
            yield _folder(channel.id, config.path(channel.folder), f"{channel.kind} files")
            continue
        try:
            secret_of(config, channel)
        except UnreachableError as error:
            yield Finding("wrong", channel.id, str(error))
        else:
            where = f" to {urlsplit(channel.url).hostname}" if channel.url else ""
            yield Finding("fine", channel.id, f"{channel.kind}{where}, its secret is there")


def _smtp(config: Config) -> Iterator[Finding]:
    delivery = config.delivery
    domain = delivery.sender.rpartition("@")[2].rstrip("> ")
    if "." not in domain:
        words = f"{delivery.sender}: most receivers refuse mail from {domain}"
        yield Finding("wrong", "sender", words)
    yield _reached(str(delivery.host), delivery.port_used)
    if delivery.security == "none" and delivery.username:
        yield Finding("wrong", "security", 'the password would travel in clear; use "starttls"')
    if delivery.password_file:
        yield _secret(config.path(delivery.password_file), "password")
    if delivery.password_env and delivery.password_env not in os.environ:
        words = f"${delivery.password_env} is not set here; cron needs it too"
        yield Finding("wrong", "password", words)
    words = (
        f"ask your provider for SPF, DKIM and DMARC of {domain}; not visible from here, but in a"
        " letter that arrived: `rolecall doctor --received FILE`"
    )
    yield Finding("note", "sender", words)


def _reached(host: str, port: int) -> Finding:
    try:
        with socket.create_connection((host, port), timeout=_PATIENCE):
            return Finding("fine", "server", f"{host}:{port} answers")
    except OSError as error:
        return Finding("wrong", "server", f"{host}:{port}: {error.strerror or error}")


def _secret(path: Path, what: str) -> Finding:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return Finding("wrong", what, f"{path}: {error.strerror}")
    if mode & _PRIVATE:
        return Finding("wrong", what, f"{path}: others may read it; chmod 600 {path}")
    return Finding("fine", what, f"{path}: there, and private")


def likes(found: Mapping[str, tuple[str, Sequence[str]]]) -> Iterator[Finding]:
    """Look whether searches with ``like`` have something to compare with.

    ``found`` gives for each of them, by its id, what its ``like`` says and the postings (as
    ``source/id``) that it names.
    """
    for search, (like, named) in found.items():
        if not named:
            words = f"like {like}: not seen yet, so nothing is told; is its board a [[source]]?"
            yield Finding("wrong", search, words)
        elif len(named) > 1:
            words = f"like {like}: names {', '.join(named)}; the first open one is meant"
            yield Finding("note", search, words)
        else:
            yield Finding("fine", search, f"like {named[0]}")


def readers(stops: Iterable[Stop], searches: Iterable[Search]) -> Iterator[Finding]:
    """Look at which readers that searches name get no letters: one refused, or one who left."""
    stopped = tuple(stops)
    for search in searches:
        for address in search.to:
            stop = next((one for one in stopped if one.covers(search.id, address)), None)
            if stop is not None:
                words = f"no letter of {search.id}: {stop.words}; `rolecall subscribe {address}`"
                grade: Grade = "note" if stop.why == "unsubscribed" else "wrong"
                yield Finding(grade, address, f"{words} lifts it")


def letters(waiting: Iterable[Delivery]) -> Iterator[Finding]:
    """Look at what lies in the outbox; ``readers`` tells of addresses that are held back."""
    for one in (one for one in waiting if one.last_reply != WITHHELD):
        reply = one.last_reply or "not tried yet"
        if one.state == "dead":
            words = f"given up after {one.attempts} attempts: {reply}"
            yield Finding("wrong", one.letter.recipient, words)
        else:
            words = f"kept, tried again {one.next_at:%Y-%m-%d %H:%M} UTC: {reply}"
            yield Finding("note", one.letter.recipient, words)
