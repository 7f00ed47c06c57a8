"""What every command has: ``--config``, ``--json``, ``--log-json``, ``-v``; where you like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from monitor.commands.voice import Voice

if TYPE_CHECKING:
    from collections.abc import Callable

FINE, SOME_FAILED, USAGE, NOTHING_DONE, KEPT, LOCKED, NEWS, INTERRUPTED = 0, 1, 2, 3, 4, 5, 10, 130
"""The exit codes; docs/start.md explains them."""


class Written(click.ParamType[str]):
    """A value written as in rolecall.toml; its function of ``notation`` says what is wrong."""

    def __init__(self, name: str, accept: Callable[[str], str]) -> None:
        self.name, self.accept = name, accept

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Give the value in the form the rest works with, or fail as click does."""
        try:
            return self.accept(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    voice = context.ensure_object(Voice)
    if value:
        setattr(voice, str(parameter.name), value)


def common() -> list[click.Parameter]:
    """Give the options that the group and each of its commands take."""
    shared: dict[str, Any] = {"expose_value": False, "callback": _remember}
    file = click.Path(dir_okay=False)
    return [
        click.Option(
            ["--config"],
            type=file,
            metavar="FILE",
            help="The file to read. Default: $ROLECALL_CONFIG, else ./rolecall.toml.",
            **shared,
        ),
        click.Option(["--json"], is_flag=True, help="Print results as JSON lines.", **shared),
        click.Option(
            ["--log-json"], is_flag=True, help="Say everything on stderr as JSON lines.", **shared
        ),
        click.Option(["-v", "--verbose"], count=True, help="Say more; twice: log it.", **shared),
    ]


class Command(click.Command):
    """A command with the common options, which may stand before or after its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(common())


def command(name: str, **kwargs: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a function a command; what it returns is the exit code (``None`` is 0)."""
    return click.command(name, cls=Command, **kwargs)


said = click.make_pass_decorator(Voice, ensure=True)
"""Hands the command its ``Voice`` as the first argument."""
