"""Digests on their way out: composed, decided together with their outbox rows, delivered."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

from monitor import mailbox
from monitor.commands.secrets import secret
from monitor.commands.work import now
from monitor.deliveries import MAIL
from monitor.store import AlreadyDecided

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from monitor.commands.voice import Voice
    from monitor.commands.work import Work
    from monitor.config import Config
    from monitor.digest import Digest
    from monitor.doors import Transport
    from monitor.search import Search
    from monitor.store import Delivery, Letter, Store

    Keys = tuple[str | None, str | None]


NO_KEYS: Keys = (None, None)
"""Those of a letter that is only looked at."""


def keys(store: Store, search: Search, recipient: str) -> Keys:
    """Give the keys by which a reader leaves a search, and changes it if they made it."""
    leave = store.audience.key(search.id, recipient)
    return leave, store.enrolments.key(search.id, recipient)


def written(config: Config, digest: Digest, recipient: str, keys: Keys = NO_KEYS) -> Letter:
    """Render one digest for one address, with the templates and the sender of the file."""
    from monitor.render import render  # noqa: PLC0415 - most runs have nothing to say

    return render(
        digest,
        recipient,
        config.delivery.sender,
        templates=config.templates_path(),
        public_url=config.public_url,
        token=keys[0],
        manage=keys[1],
    )


def addressee(config: Config, search: Search) -> str:
    """Name whom a preview is addressed to: the first reader, else the sender himself."""
    return search.to[0] if search.to else mailbox.sender_of(config.delivery.sender)[1]


def decide(work: Work, search: Search, period: str, moment: datetime) -> None:
    """Compose a search's digest of one period and commit it with its letters.

    A search that was never told anything and has nothing to say is left undecided: its first digest
    shows what is open, and that moment has not come yet. Neither is decided what waits for the
    posting that it is to be compared with, nor what nobody would get: once a reader is back, the
    next digest tells everything since.
    """
    pending, digest = work.digest(search, period, moment)
    if digest.waiting:
        # After a visit it is trouble; every quarter of an hour it would only be noise.
        (work.voice.trouble if work.tally.visited else work.voice.talk)(
            f"{search.id}: {digest.waiting}"
        )
        return
    if digest.empty and pending.since is None and not (search.heartbeat and pending.crawls):
        return
    silent = digest.empty and not search.heartbeat
    shared = any(work.readers.others(search, to) for to in search.to)
    readers, withheld = listening(work, search) if shared or not silent else ((), ())
    if not (silent or readers or search.channels):
        return
    mails = [
        (told, to, keys(work.store, search, to))
        for to in (*readers, *withheld)
        if not (told := work.readers.digest(search, pending, digest, to, moment)).empty
        or search.heartbeat
    ]

    def drawn(config: Config) -> list[Letter]:
        letters = [written(config, told, to, keys) for told, to, keys in mails]
        if search.channels:
            from monitor.commands import channels  # noqa: PLC0415 - loads every way out

            news = channels.News(config, work.store, search, pending, digest, silent)
            letters += news.letters()
        return letters

    made = work.drawn(drawn)
    going = [letter for letter in made if letter.recipient not in withheld]
    try:
        told_of = digest.keys if shared else None
        work.store.decide(search, period, pending, made, digest.counts, moment, told_of)
    except AlreadyDecided:
        return
    if going and (mails or not silent):
        work.tally.digests += 1
        work.tally.told += digest.total
        announce(work.voice, search, period, going, digest.counts)


def listening(work: Work, search: Search) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the addresses of a search that get its letters, and say which do not and why.

    Beside them stand those whose letters are kept until they are reached again: an address that was
    refused shall miss nothing; whoever unsubscribed wants nothing.

    An address that was refused is trouble, which a quiet run says too; but while nobody listens,
    this is asked every quarter of an hour, and only then said when something was visited.
    """
    from monitor import doctor  # noqa: PLC0415 - most runs have nothing to say

    stops = work.store.audience.stops()
    why = {each: {stop.why for stop in stops if stop.covers(search.id, each)} for each in search.to}
    readers = tuple(each for each in search.to if not why[each])
    loud = bool(readers) or work.tally.visited
    for finding in doctor.readers(stops, [search]):
        say = work.voice.trouble if loud and finding.grade == "wrong" else work.voice.talk
        say(f"{finding.what}: {finding.words}")
    return readers, tuple(each for each in search.to if why[each] == {"bounced"})


def announce(
    voice: Voice,
    search: Search,
    period: str,
    made: Sequence[Letter],
    counts: Mapping[str, int],
) -> None:
    """Say that letters were decided."""
    fields = {
        "digest": search.id,
        "period": period,
        "subject": made[0].subject,
        "to": [letter.recipient for letter in made if letter.channel == MAIL],
        "channels": [letter.recipient for letter in made if letter.channel != MAIL],
        "counts": dict(counts),
    }
    if voice.json:
        voice.emit(fields)
    else:
        voice.talk(f"{search.id}: {made[0].subject}", event="digest")


def deliver(work: Work) -> None:
    """Send what waits in the outbox; what cannot be sent is kept and said."""
    work.store.audience.withdraw(now())
    if not work.store.undelivered():
        return
    from monitor import outbox  # noqa: PLC0415 - loads the e-mail package
    from monitor.commands import channels  # noqa: PLC0415 - loads every way out

    mail = transport(work.config, sys.stderr if work.voice.json else sys.stdout)
    doors = channels.Doors(work.config, work.store, mail)
    report = outbox.deliver(work.store, doors, now=now())
    work.tally.sent += report.sent
    for kept in (one for one in work.store.undelivered() if one.state != "dead"):
        work.tally.kept += 1
        words = f"kept for {kept.letter.recipient}: {_waiting(kept)}"
        work.voice.trouble(words, event="kept")
    if report.dead:
        work.tally.kept += report.dead
        words = f"{report.dead} given up for good; `rolecall doctor mail` shows why"
        work.voice.trouble(words, fg="red", event="given_up")


def _waiting(kept: Delivery) -> str:
    """Say why a letter was not sent yet, and when it is tried next."""
    if kept.state == "sending":
        from monitor import outbox  # noqa: PLC0415 - as above

        minutes = outbox.LEASE / 60
        return f"its sending was cut short; tried again {minutes:.0f} minutes after it began"
    reply = kept.last_reply or "not tried yet"
    return f"{reply}; next attempt {kept.next_at:%Y-%m-%d %H:%M} UTC"


def transport(config: Config, stream: TextIO) -> Transport:
    """Give the way out that the file names; ``stream`` is where letters are printed, if so."""
    from monitor import outbox  # noqa: PLC0415 - loads the e-mail package

    delivery = config.delivery
    if delivery.method == "folder":
        return outbox.Folder(config.path(delivery.folder))
    if delivery.method == "stdout":
        return outbox.Stdout(stream)
    return outbox.Smtp(
        host=str(delivery.host),
        port=delivery.port_used,
        security=delivery.security,
        username=delivery.username,
        password=password(config),
    )


def password(config: Config) -> str | None:
    """Read the password from where the file says it is, or raise ``ConfigError``."""
    return secret(config, "delivery", config.delivery)
