"""``rolecall add``: a careers link becomes a source in rolecall.toml."""

from __future__ import annotations

import dataclasses
import shutil
from typing import TYPE_CHECKING, Any

import click
import tomlkit

from crawler.sources import recognise
from monitor import config as configuration
from monitor import notation
from monitor.commands import opened, proof
from monitor.commands.command import FINE, NOTHING_DONE, SOME_FAILED, Written, command, said
from monitor.commands.proof import Refused
from monitor.complaints import ConfigError
from monitor.wording import count

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.items import Source
    from monitor.commands.voice import Voice
    from monitor.config import Config


@command("add")
@click.argument("links", nargs=-1, required=True, metavar="LINK...")
@click.option(
    "--id",
    "name",
    type=Written("name", notation.identifier),
    help="Your name for the source. Default: the name of its board.",
)
@click.option(
    "--every",
    type=Written("duration", notation.duration),
    default="6h",
    show_default=True,
    help="How often to visit it.",
)
@click.option(
    "--pick",
    type=click.IntRange(1),
    metavar="N",
    help="Of several boards a page leads to, the Nth.",
)
@click.option("--no-fetch", is_flag=True, help="Believe the link; do not visit it now.")
@said
def add_command(
    voice: Voice,
    links: tuple[str, ...],
    name: str | None,
    every: str,
    pick: int | None,
    no_fetch: bool,
) -> int:
    """Recognise careers links and watch them.

    Visits each once to prove that it can be read, then appends it to rolecall.toml; everything
    that stands there stays as it is. Nothing is remembered yet: that is the next run's.
    """
    if name and len(links) > 1:
        raise click.UsageError("--id names one source; add the links one by one")
    refused = 0
    for link in links:
        try:
            _add(voice, link, name=name, every=every, fetch=not no_fetch, pick=pick)
        except Refused as error:
            refused += 1
            # Why a page was not read begins with its link, too.
            voice.trouble(f"{link}: {str(error).removeprefix(f'{link}: ')}", fg="red")
    if not refused:
        return FINE
    return NOTHING_DONE if refused == len(links) else SOME_FAILED


def _add(
    voice: Voice, link: str, *, name: str | None, every: str, fetch: bool, pick: int | None
) -> None:
    # Read again for each link: the one before may have been appended.
    config = opened.config(voice)
    link = link if "://" in link else f"https://{link}"
    try:
        notation.link(link)
    except ValueError as error:
        raise Refused(str(error)) from None
    if name in {known.id for known in config.sources()}:
        raise Refused(f'the id "{name}" is taken; --id gives it another')
    source = recognise(link)
    if known := next((one for one in config.sources() if one.url == link), None):
        raise Refused(f"is watched already, as {known.id}")
    if source:
        _new(config, source)
    if fetch:
        source = source or _picked(proof.look(voice, config, link), pick)
        source = proof.prove(voice, config, source)
        _new(config, source)
    if source is None:
        raise Refused("the link alone does not say what it is; leave out --no-fetch")
    source = dataclasses.replace(source, id=name or _free(config, source))
    path = configuration.find(voice.config)
    append(path, table(source, every))
    where = source.board or source.url
    fields = {"added": source.id, "kind": source.kind, "board": source.board, "url": source.url}
    # Who has sources already knows the way.
    more = "" if config.source else "; next: rolecall run"
    voice.result(f"added {source.id}: {source.kind} {where}, to {path}{more}", fields)


def _picked(found: list[Source], pick: int | None) -> Source:
    """Give the one source a page leads to; of several the one that is picked, or refuse."""
    if pick is not None and pick <= len(found):
        return found[pick - 1]
    if len(found) == 1 and pick is None:
        return found[0]
    listed = ", ".join(
        f"{number} {source.kind} {source.board or source.url}"
        for number, source in enumerate(found, 1)
    )
    raise Refused(f"leads to {count(len(found), 'source')}: {listed}; --pick says which")


def _new(config: Config, source: Source) -> None:
    """Refuse a place that is watched already, whatever it is called."""
    for known in config.sources():
        place = (known.kind, known.board, known.url)
        if place == (source.kind, source.board, source.url) and known.options == source.options:
            raise Refused(f"is watched already, as {known.id}")


def _free(config: Config, source: Source) -> str:
    taken = {known.id for known in config.sources()}
    names = (source.id, f"{source.id}-{source.kind}", *(f"{source.id}-{n}" for n in range(2, 1000)))
    return next(name for name in names if name not in taken)


def table(source: Source, every: str) -> str:
    """Write a source as a ``[[source]]`` table of TOML."""
    rows: dict[str, Any] = {
        name: getattr(source, name)
        for name in ("id", "kind", "board", "url", "organization", "currency")
        if getattr(source, name) is not None
    }
    rows["every"] = every
    if source.options:
        # A description is there to be corrected, so its fields stand in lines of their own.
        described = any(isinstance(value, dict) for value in source.options.values())
        rows["options"] = tomlkit.table() if described else tomlkit.inline_table()
        rows["options"].update(dict(source.options))
    tables = tomlkit.aot()
    tables.append(tomlkit.item(rows))
    return tomlkit.dumps({"source": tables})


def append(path: Path, text: str) -> None:
    """Add text to the end of the file, which stays as it is to the byte; all of it or nothing.

    What would come out is read first: a file that writes ``source = […]`` cannot take a table.
    """
    path = path.resolve()
    before = path.read_bytes()
    line = b"\r\n" if b"\r\n" in before else b"\n"
    gap = b"" if before.endswith(b"\n") or not before else line
    after = before + gap + line + text.strip().encode().replace(b"\n", line) + line
    try:
        configuration.loads(after.decode("utf-8-sig"), path)
    except ConfigError as error:
        raise Refused(f"cannot be appended ({error}); add this by hand:\n{text}") from None
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(after)
    shutil.copymode(path, draft)
    draft.replace(path)
