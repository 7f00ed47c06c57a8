"""``rolecall init``: a commented rolecall.toml to start from."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from monitor import config as configuration
from monitor import notation
from monitor.commands.command import FINE, Written, command, said
from monitor.commands.voice import Voice  # noqa: TC001 - click's decorator reads it
from monitor.complaints import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = "rolecall.schema.json"

_TEXT = """\
#:schema ./{schema}
# Rolecall: what to watch, for whom, and how to tell.
# `rolecall config check` reads this file and says what is wrong.
# `rolecall config schema --markdown` lists every key.

store = "rolecall.db"
# Told to every site that is visited, so that its owner can reach you.
contact = {contact}

# How digests leave: "folder" writes .eml files, "smtp" sends, "stdout" prints.
[delivery]
method = {method}
{delivery}
# What you want to hear of. A key that is left out asks nothing.
[[search]]
id = "mine"
name = "My roll"
to = [{address}]
# At least one of these words must occur (whole words, any case).
{words}
# none = ["unpaid"]
# places = ["Zurich", "Remote"]
# remote = ["remote", "hybrid"]
# employment = ["FULL_TIME", "INTERN"]
# min_salary = 60000
# salary_currency = "EUR"
# salary_period = "year"
# When its digest is due; days = ["mon", "thu"] makes it rarer.
at = "07:00"
zone = {zone}

# What is watched. `rolecall add LINK` recognises a careers link and writes such a table:
#
# [[source]]
# id = "acme"
# kind = "greenhouse"
# board = "acme"
# every = "6h"
"""

_FOLDER = 'folder = "mail"\n'
_SMTP = """\
sender = {address}
host = {host}
security = "starttls"
# username = {address}
# The password does not stand here: name the environment variable or the file that holds it.
# password_env = "ROLECALL_PASSWORD"
"""


_ADDRESS = Written("address", notation.address)
_WAYS = click.Choice(["folder", "smtp", "stdout"])
_NOWHERE = "smtp.example.org"
"""Stands for a server that is still to be named (RFC 2606)."""


@command("init")
@click.option(
    "--email", type=_ADDRESS, help="Where digests go, and the contact that sites are told."
)
@click.option("--delivery", type=_WAYS, help="Files in a folder, mail, or printed.")
@click.option(
    "--words", metavar="LIST", help="Words to look for, separated by commas; empty: everything."
)
@click.option(
    "--host",
    metavar="NAME",
    default=_NOWHERE,
    show_default=True,
    help="The SMTP server, for --delivery smtp.",
)
@said
def init_command(
    voice: Voice, email: str | None, delivery: str | None, words: str | None, host: str
) -> int:
    """Write a commented rolecall.toml.

    Asks three questions, or none when the options answer them. Never overwrites a file.
    """
    path = configuration.find(voice.config)
    if path.exists():
        raise _there(path)
    if email is None:
        question = "Your e-mail address (for digests, and for sites to reach you)"
        email = _asked(question, type=_ADDRESS)
    if delivery is None:
        delivery = _asked("How shall digests leave", type=_WAYS, default="folder")
    if words is None:
        question = "Words to look for, separated by commas (empty: everything)"
        words = _asked(question, default="", show_default=False)
    text = _text(email, delivery, words, host)
    configuration.loads(text, path)
    _new(path, text)
    schema = path.with_name(SCHEMA)
    if not schema.exists():
        _new(schema, json.dumps(configuration.schema(), indent=1) + "\n")
    unnamed = delivery == "smtp" and host == _NOWHERE
    server = "name your mail server in its [delivery], then " if unnamed else ""
    voice.result(f"wrote {path}; next: {server}rolecall add LINK", {"wrote": str(path)})
    return FINE


def _asked(question: str, **kwargs: Any) -> str:
    """Ask on stderr: stdout is for results."""
    try:
        answer: str = click.prompt(question, err=True, **kwargs)
    except click.Abort as error:
        if not isinstance(error.__context__, EOFError) or sys.stdin.isatty():
            raise
        click.echo(err=True)  # the question stands alone on its line
        words = "nobody is there to answer; --email, --delivery and --words answer beforehand"
        raise click.UsageError(words) from None
    return answer


def _there(path: Path) -> ConfigError:
    words = "is there already and stays as it is; --config FILE names another"
    return ConfigError([f"{path}: {words}"])


def _new(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise _there(path) from None


def _text(email: str, delivery: str, words: str, host: str) -> str:
    listed = [word.strip() for word in words.split(",") if word.strip()]
    any_of = f"any = {_toml(listed)}" if listed else '# any = ["engineer", "scientist"]'
    ways = {"folder": _FOLDER, "smtp": _SMTP, "stdout": ""}
    return _TEXT.format(
        schema=SCHEMA,
        contact=_toml(notation.contact(email)),
        method=_toml(delivery),
        delivery=ways[delivery].format(address=_toml(email), host=_toml(host)),
        address=_toml(email),
        words=any_of,
        zone=_toml(local_zone()),
    )


def _toml(value: str | list[str]) -> str:
    # A JSON string of printable characters is a TOML basic string (https://toml.io/en/v1.0.0#string).
    return json.dumps(value, ensure_ascii=False)


def local_zone() -> str:
    """Give the name of this machine's time zone, or UTC when it does not tell.

    Linux and macOS make /etc/localtime a link into the time zone database.
    """
    named = os.environ.get("TZ", "").removeprefix(":")
    linked = os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    for name in (named, linked.removeprefix("posix/")):
        try:
            return notation.zone(name)
        except ValueError:
            continue
    return "UTC"
