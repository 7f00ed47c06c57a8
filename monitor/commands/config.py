"""``rolecall config``: check rolecall.toml, or describe its keys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from monitor import config as configuration
from monitor.commands import opened
from monitor.commands.command import FINE, Command, common, said
from monitor.reference import reference
from monitor.wording import count

if TYPE_CHECKING:
    from monitor.commands.voice import Voice

config_command = click.Group(
    "config", params=common(), help="Check rolecall.toml, or describe its keys."
)


@config_command.command("check", cls=Command)
@said
def check(voice: Voice) -> int:
    """Read rolecall.toml and say everything that is wrong in it.

    Leaves with 2 when it cannot be used. Nothing is fetched.
    """
    path = configuration.find(voice.config)
    config = opened.config(voice)
    counts = {"sources": len(config.source), "searches": len(config.search)}
    searches = count(counts["searches"], "search", "searches")
    words = f"{count(counts['sources'], 'source')}, {searches}"
    voice.result(f"{path}: fine, {words}", {"config": str(path)} | counts)
    return FINE


@config_command.command("schema", cls=Command)
@click.option("--markdown", is_flag=True, help="Print docs/config.md instead.")
@said
def schema(voice: Voice, markdown: bool) -> int:
    """Print the JSON Schema of rolecall.toml, for editors.

    `rolecall init` writes it beside the file and names it in the first line.
    """
    if markdown:
        text = reference()
        voice.result(text.rstrip("\n"), {"markdown": text})
    else:
        voice.document(json.dumps(configuration.schema(), indent=1))
    return FINE
