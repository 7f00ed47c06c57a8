"""``rolecall doctor``: find out what keeps Rolecall from working."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.items import plain
from monitor import checkup, doctor, notation
from monitor import received as arrived
from monitor.commands import channels, enrolled, letters, opened
from monitor.commands.command import FINE, SOME_FAILED, Written, command, said
from monitor.commands.work import now
from monitor.confinement import RenderError
from monitor.digest import Pending, compose
from monitor.doctor import Finding
from monitor.doors import RefusalError, TemporaryError, UnreachableError
from monitor.search import Search
from monitor.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.commands.voice import Voice
    from monitor.config import Config

_PARTS = ("store", "sources", "mail")
_COLORS = {"fine": "green", "note": "yellow", "wrong": "red"}


@command("doctor")
@click.argument("parts", nargs=-1, type=click.Choice(_PARTS), metavar="[mail|sources|store]...")
@click.option(
    "--to",
    "address",
    type=Written("address", notation.address),
    help="Send a sample digest there, at once.",
)
@click.option(
    "--received",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Judge a letter that arrived, saved as a file: is its sender believed?",
)
@said
def doctor_command(
    voice: Voice, parts: tuple[str, ...], address: str | None, received: Path | None
) -> int:
    """Find out what keeps Rolecall from working.

    Looks at the store (and at who else may write it, rolecall.toml and templates), the sources and
    the mail, or at those named; leaves with 1 when something is wrong. A store that is named is
    read to its last page. Nothing is repaired. Only --to sends
    anything.
    """
    config = opened.config(voice)
    findings = list(_findings(config, parts or _PARTS))
    path = config.path(config.store)
    if (
        "store" in parts
        and path.exists()
        and not any(one.what == "store" and one.grade == "wrong" for one in findings)
    ):
        findings += doctor.store(path, checkup.look(path, now()), now())
    if address:
        findings.append(_sample(config, address))
    if received:
        findings += arrived.judged(received.read_bytes(), config.delivery.sender)
    for finding in findings:
        mark = click.style(f"{finding.grade:<6}", fg=_COLORS[finding.grade])
        voice.result(f"{mark} {finding.what}: {finding.words}", plain(finding))
    return SOME_FAILED if any(finding.grade == "wrong" for finding in findings) else FINE


def _findings(config: Config, parts: tuple[str, ...]) -> Iterator[Finding]:
    rows, waiting, stops, searches = {}, [], [], config.searches()
    liked: dict[str, tuple[str, list[str]]] = {
        search.id: (search.like, []) for search in config.searches() if search.like
    }
    if "store" in parts:
        yield from doctor.disk(config.path(config.store))
        yield from doctor.modes(config)
    try:
        with opened.store(config) as store:
            rows = {str(row["source"]): row for row in store.status()}
            waiting, stops = store.undelivered(), store.audience.stops()
            searches = enrolled.searches(config, store)
            for like, named in liked.values():
                named += [f"{known.source}/{known.posting.id}" for known in store.find(like)]
    except StoreError as error:
        missing = not config.path(config.store).exists()
        if "store" in parts or not missing:
            yield Finding("note" if missing else "wrong", "store", str(error))
    if "sources" in parts:
        yield from doctor.sources(config, rows, now())
        visits = [row["last_visit"] for row in rows.values() if row["last_visit"]]
        yield from doctor.clock(max(visits, default=None), now())
    if "mail" in parts:
        yield from doctor.mail(config)
        yield from _templates(config)
        yield from doctor.channels(config, channels.secret_of)
        yield from doctor.likes(liked)
        yield from doctor.readers(stops, (*searches, *config.alarms()))
        yield from doctor.letters(waiting)


def _templates(config: Config) -> Iterator[Finding]:
    """Draw a letter with the reader's own templates, if there are any."""
    if not config.templates:
        return
    from monitor import sample  # noqa: PLC0415 - few have templates

    moment, search = now(), sample.everything(Search("sample", "Sample"))
    digest = compose(search, sample.pending(search, moment), now=moment, sample=True)
    try:
        letters.written(config, digest, letters.addressee(config, search))
    except RenderError as error:
        yield Finding("wrong", "templates", str(error))
    else:
        yield Finding("fine", "templates", f"{config.templates_path()}: a letter can be drawn")


def _sample(config: Config, address: str) -> Finding:
    """Send a digest that says nothing, past the outbox: it is a question, not a promise."""
    searches = config.searches()
    if not searches:
        return Finding("wrong", address, "no [[search]] to make a sample of")
    moment = now()
    nothing = Pending(searches[0].id, None, moment, 0, 0)
    digest = compose(searches[0], nothing, now=moment, sample=True)
    way = letters.transport(config, sys.stdout)
    try:
        reply = way.send(letters.written(config, digest, address))
    except (RefusalError, TemporaryError, UnreachableError, RenderError, ValueError) as error:
        return Finding("wrong", address, str(error))
    finally:
        way.close()
    return Finding("fine", address, f"a sample left: {reply}")
