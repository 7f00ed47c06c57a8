"""What a shell may complete: the names that rolecall.toml gives its sources and searches.

The file is read as TOML and no further: whoever types in the middle of an edit wants names, not
complaints. A file that cannot be read gives none.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import config as configuration
from monitor.commands.voice import Voice

if TYPE_CHECKING:
    import click


def sources(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Give the names of sources that begin so and do not stand in the line yet."""
    given = context.params.get(str(parameter.name)) or ()
    return [name for name in _names(context, "source", begun) if name not in given]


def searches(context: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """Give the names of searches that begin so."""
    return _names(context, "search", begun)


def kinds(_: click.Context, __: click.Parameter, begun: str) -> list[str]:
    """Give the kinds of source that begin so."""
    return [kind for kind in configuration.kinds() if kind.startswith(begun)]


def _names(context: click.Context, table: str, begun: str) -> list[str]:
    path = configuration.find(context.ensure_object(Voice).config)
    try:
        # The shell hands on what was typed, a tilde as a tilde.
        found = tomllib.loads(Path(path).expanduser().read_text(encoding="utf-8-sig"))
        names = [str(row["id"]) for row in found.get(table, ()) if "id" in row]
    except (OSError, ValueError, RuntimeError, AttributeError, TypeError):
        return []
    return [name for name in names if name.startswith(begun)]
