"""``rolecall completion``: the script with which a shell completes what is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.shell_completion import get_completion_class

from monitor.commands.command import FINE, command, said

if TYPE_CHECKING:
    from monitor.commands.voice import Voice

_SHELLS = ("bash", "zsh", "fish")
_ASKED = "_ROLECALL_COMPLETE"
"""The variable by which the script asks; click derives it from the program's name."""


@command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
@said
def completion_command(voice: Voice, shell: str) -> int:
    """Print the completion script of a shell.

    With it the shell completes commands, options, and the sources and searches of rolecall.toml.
    Keep what is printed where your shell looks for completions.
    """
    whole = click.get_current_context().find_root().command
    made = get_completion_class(shell)
    assert made is not None  # click knows the three
    voice.document(made(whole, {}, "rolecall", _ASKED).source())
    return FINE
