"""How children begin: without the script that their parent runs."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


_TURN = Lock()


@contextmanager
def nobody_in_charge() -> Iterator[None]:
    """Hide which script runs: a child would run it again, and so load the whole command line."""
    with _TURN:  # of two threads the second would hide what the first one put there
        script = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = script
