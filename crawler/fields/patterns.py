"""Regular expressions that are compiled when they are first used.

The rules that read a posting have some two hundred of them, a quarter of a second's work in each
process, and a visit to a site where nothing changed needs none.
"""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")


class _Late:
    """Stands where a pattern will be, and takes its methods over once one is asked for."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern, self._flags = pattern, flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        made = re.compile(self.pattern, self._flags)
        for each in _METHODS:  # from now on nothing stands between
            setattr(self, each, getattr(made, each))
        return getattr(made, name)


def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Give what ``re.compile`` would, compiled at the first use, which also says if it is wrong."""
    return cast("re.Pattern[str]", _Late(pattern, flags))
