"""Secrets: read from where rolecall.toml says they are, never from the file itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from monitor.complaints import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.config import Config, DeliveryTable, PageTable


def secret(config: Config, name: str, table: DeliveryTable | PageTable) -> str | None:
    """Read the secret of a table; ``None`` when it names none.

    Raises ``ConfigError`` when the variable or the file that it names is not there.
    """
    if table.password_env:
        if (found := os.environ.get(table.password_env)) is None:
            words = f"${table.password_env} is not set; export it"
            raise ConfigError([f"{config.file} {name}.password_env: {words}"])
        return found
    if table.password_file:
        return _first_line(config.path(table.password_file))
    return None


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").split("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise ConfigError([f"{path}: {reason}"]) from None
