"""Secrets: read from where rolecall.toml says they are, never from the file itself."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from monitor.complaints import ConfigError
from monitor.logs import hide

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.config import Config
    from monitor.tables import DeliveryTable, PageTable

_PRIVATE = stat.S_IRWXG | stat.S_IRWXO


class SecretError(Exception):
    """Raised when a secret cannot be had, from ``private``; its words say why and what to do."""


def secret(config: Config, name: str, table: DeliveryTable | PageTable) -> str | None:
    """Read the secret of a table; ``None`` when it names none.

    Raises ``ConfigError`` when the variable or the file that it names is not there, or when others
    may read the file.
    """
    if table.password_env:
        if (found := os.environ.get(table.password_env)) is None:
            words = f"${table.password_env} is not set; export it"
            raise ConfigError([f"{config.file} {name}.password_env: {words}"])
        return hide(found)
    if table.password_file:
        try:
            return hide(_of_file(config.path(table.password_file)).rstrip("\r\n"))
        except SecretError as error:
            raise ConfigError([str(error)]) from None
    return None


def private(variable: str | None, path: Path | None) -> str:
    """Give the secret that a variable holds, else the first line of a file.

    Raises ``SecretError`` for a file that others may read: a secret that is none protects nobody.
    """
    if variable and variable not in os.environ:
        raise SecretError(f"${variable} is not set; export it")
    found = (os.environ[variable] if variable else _of_file(path) if path else "").strip()
    if not found:
        raise SecretError(f"{f'${variable}' if variable else path or 'the secret'} is empty")
    return hide(found)


def _of_file(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            if os.fstat(file.fileno()).st_mode & _PRIVATE:
                raise SecretError(f"{path}: others may read it; chmod 600 {path}")
            return file.readline()
    except UnicodeDecodeError:
        raise SecretError(f"{path}: it is not UTF-8") from None
    except OSError as error:
        raise SecretError(f"{path}: {error.strerror or type(error).__name__}") from None
