"""The command line: ``rolecall COMMAND``. The only click, together with ``monitor.commands``.

A command's module is loaded when it is called, so that ``rolecall --help`` need not load Scrapy.
Whatever a user can get wrong ends in one line that says what, where and the next step, never in a
traceback; a traceback is a defect of ours.
"""

from __future__ import annotations

import atexit
import errno
import gc
import importlib
import io
import itertools
import os
import signal
import sys
import traceback
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, NoReturn

import click

from monitor.commands.command import (
    INTERRUPTED,
    LOCKED,
    NOTHING_DONE,
    SOME_FAILED,
    USAGE,
    common,
)
from monitor.commands.voice import Voice, hang_up
from monitor.logs import put, speaking

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from click.shell_completion import CompletionItem

COMMANDS = {
    "init": ("init", "Write a commented rolecall.toml."),
    "add": ("add", "Recognise careers links and watch them."),
    "record": ("record", "Record one visit of a source as a test case."),
    "crawl": ("crawl", "Visit the sources that are due, or those named."),
    "digest": ("digest", "Look at a digest, or send it."),
    "run": ("run", "Crawl, compose and deliver whatever is due (for cron)."),
    "serve": ("serve", "Keep running on a schedule of its own, and show the page."),
    "export": ("export", "Write the pages of `serve` as a static site."),
    "replay": ("replay", "Run recorded visits offline and print what they mean."),
    "rederive": ("rederive", "Read kept visits again with today's extractors."),
    "extract": ("extract", "Read saved pages and print their postings."),
    "show": ("look", "Show one posting: its facts, its links, its history."),
    "search": ("look", "Search the remembered postings."),
    "similar": ("similar", "List the open postings near one, the nearest first."),
    "status": ("status", "Show every source: last visit, outcome, postings."),
    "feeds": ("feeds", "Print the addresses of feeds and calendars that `serve` answers."),
    "readers": ("readers", "List who gets letters of which search, and who does not and why."),
    "subscribe": (
        "subscribe",
        "Let letters go again to an address that stopped or refused them.",
    ),
    "forget": ("forget", "Remove a reader and everything that is kept of them."),
    "backup": ("backup", "Copy the store, also while it is in use, and prove the copy."),
    "restore": ("backup", "Put a backup in the place of the store."),
    "thin": ("thin", "Pack what is remembered, and let go what is no longer kept."),
    "doctor": ("doctor", "Find out what keeps Rolecall from working."),
    "config": ("config", "Check rolecall.toml, or describe its keys."),
    "completion": ("completion", "Print the completion script of a shell."),
}
"""Where each command lives, and the first line of its help (a test holds the two together)."""


def _loaded(name: str) -> ModuleType:
    """Load a module undisturbed: to look through what stays took a quarter of the time."""
    if name not in sys.modules:
        gc.disable()
        try:
            importlib.import_module(name)
        finally:
            gc.freeze()
            gc.enable()
    return sys.modules[name]


class Commands(click.Group):
    """The commands, known by name and loaded when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Give the names in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Load a command's module and give the command."""
        if cmd_name not in COMMANDS:
            return None
        module = _loaded(f"monitor.commands.{COMMANDS[cmd_name][0]}")
        found: click.Command = getattr(module, f"{cmd_name}_command")
        return found

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command that is meant, or guess at it from the table."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(
                error.command_name, possibilities=COMMANDS, ctx=ctx
            ) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """List the commands from the table, without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Give the commands that begin so from the table, without loading any, or the options."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - for this alone

        named = [
            CompletionItem(name, help=help_)
            for name, (_, help_) in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return named + click.Command.shell_complete(self, ctx, incomplete)


def version() -> str:
    """Give the installed version."""
    from importlib import metadata  # noqa: PLC0415 - it loads the e-mail package, 60 ms

    try:
        return metadata.version("rolecall")
    except metadata.PackageNotFoundError:
        return "0+unknown"


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"rolecall {version()}")
        ctx.exit()


_OPTIONS: list[click.Parameter] = [
    *common(),
    click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_version,
        help="Print the version and leave.",
    ),
]

cli = Commands(
    "rolecall",
    params=_OPTIONS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Watches careers sites and job boards, remembers every posting, and mails what is new, "
    "changed, closed or back.",
    epilog="Start with `rolecall init`, `rolecall add LINK`, `rolecall run`.",
)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code."""
    signal.signal(signal.SIGTERM, _terminate)
    atexit.register(gc.freeze)  # the memory goes as a whole; nobody need look through it again
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A title that the terminal's encoding lacks is no reason to stop.
            stream.reconfigure(errors="backslashreplace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    # Looked for before anything is parsed: a mistake in the arguments is told so too.
    voice = Voice(log_json="--log-json" in itertools.takewhile("--".__ne__, given))
    with speaking() if voice.log_json else nullcontext():
        code = _guarded(voice, given)
    sys.exit(code)


def _terminate(*_: Any) -> NoReturn:
    """Stop on SIGTERM as on Ctrl-C: children are ended, nothing half-done is written."""
    raise KeyboardInterrupt


def _guarded(voice: Voice, arguments: list[str]) -> int:
    try:
        code = cli.main(arguments, "rolecall", standalone_mode=False, obj=voice)
    except click.ClickException as error:
        if voice.log_json:
            voice.trouble(error.format_message(), fg="red", event="usage")
        else:
            error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt) as error:
        if isinstance(error.__cause__, EOFError):  # click takes one for Ctrl-D at a question
            voice.trouble("the process that visits sites did not start or died; -vv says more")
            return NOTHING_DONE
        if error.__cause__ is None and not voice.log_json:
            click.echo(err=True)  # a question that is left open leaves its line open
        voice.trouble("interrupted; what was finished is kept")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - what cannot be explained is raised again
        return _explained(voice, error)
    return code if isinstance(code, int) else 0


def _explained(voice: Voice, error: Exception) -> int:
    """Say what a user can act on and give its exit code; anything else is raised again."""
    # Named, not imported: loading the store to compare its errors would cost every command.
    codes = {
        "ConfigError": USAGE,
        "ListenError": USAGE,
        "ExportError": USAGE,
        "CaptureError": USAGE,
        "ExtractError": USAGE,
    }
    codes |= {"LockHeld": LOCKED, "StoreError": NOTHING_DONE, "RenderError": NOTHING_DONE}
    code = codes.get(type(error).__name__)
    if code is None and isinstance(error, OSError) and error.filename:
        voice.trouble(f"{error.filename}: {error.strerror}", fg="red")
        return NOTHING_DONE
    if code is None and getattr(error, "errno", None) == errno.ENOSPC:
        hang_up(sys.stdout)
        voice.trouble(f"stdout: {os.strerror(errno.ENOSPC)}", fg="red")
        return NOTHING_DONE
    if code is None and voice.log_json:
        trace = "".join(traceback.format_exception(error))
        put("critical", f"{type(error).__name__}: {error}", event="defect", traceback=trace)
        return SOME_FAILED  # as Python leaves with what nobody caught
    if code is None:
        raise error
    voice.trouble(str(error), fg="red", event="refused")
    return code
