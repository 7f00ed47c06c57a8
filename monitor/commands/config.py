"""``rolecall config``: check rolecall.toml, or describe its keys."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor import config as configuration
from monitor.commands import opened
from monitor.commands.command import FINE, Command, common, said
from monitor.reference import reference
from monitor.web.passwords import SHORTEST, hashed
from monitor.wording import count

if TYPE_CHECKING:
    from monitor.commands.voice import Voice

_RESULTS = Path(__file__).parent.parent / "results.schema.json"

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


@config_command.command("password", cls=Command)
@said
def password(voice: Voice) -> int:
    """Ask for the password of the page, and print its hash.

    Keep what is printed in a file or a variable that [page] of rolecall.toml names. Where there is
    no terminal, the password is the first line of standard input.
    """
    if sys.stdin.isatty():
        word = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        word = sys.stdin.readline().rstrip("\r\n")
    if len(word) < SHORTEST:
        raise click.UsageError(f"the password must have at least {SHORTEST} characters")
    written = hashed(word)
    voice.result(written, {"hash": written})
    return FINE


@config_command.command("schema", cls=Command)
@click.option("--markdown", is_flag=True, help="Print docs/config.md instead.")
@click.option("--results", is_flag=True, help="Print the schema of what --json prints instead.")
@said
def schema(voice: Voice, markdown: bool, results: bool) -> int:
    """Print the JSON Schema of rolecall.toml, for editors.

    `rolecall init` writes it beside the file and names it in the first line.
    """
    if results:
        voice.document(_RESULTS.read_text(encoding="utf-8").rstrip("\n"))
    elif markdown:
        text = reference()
        voice.result(text.rstrip("\n"), {"markdown": text})
    else:
        voice.document(json.dumps(configuration.schema(), indent=1))
    return FINE
