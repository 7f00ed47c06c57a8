"""The slate on which a visit writes the page it is parsing, for whoever watches its process.

A parser that never ends cannot say where it is stuck. Memory that both processes share can: writing
there wakes nobody, as a message for each page would, and it outlasts the process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from ctypes import Array

SIZE = 4096
"""Bytes of a slate; of a longer address the beginning is kept."""
_LENGTH = 2  # bytes that say how many are written


class Slate:
    """Holds one page at a time; ``shared`` are ``SIZE`` bytes, without them nobody reads along.

    Written by the process that parses, at no cost worth naming; read by any other.
    """

    def __init__(self, shared: Array[Any] | None = None) -> None:
        self._bytes = memoryview(bytearray(SIZE) if shared is None else shared).cast("B")

    def __deepcopy__(self, _: object) -> Self:
        """Stay what it is in Scrapy's deep copies of its settings."""
        return self

    def write(self, source: str, url: str) -> None:
        """Say that this page is being parsed."""
        text = f"{source}\n{url}".encode(errors="replace")[: SIZE - _LENGTH]
        self._bytes[_LENGTH : _LENGTH + len(text)] = text
        self._bytes[:_LENGTH] = len(text).to_bytes(_LENGTH, "little")

    def wipe(self) -> None:
        """Say that no page is being parsed."""
        self._bytes[:_LENGTH] = bytes(_LENGTH)

    def read(self) -> tuple[str, str] | None:
        """Give the source and the address of the page being parsed, if any."""
        length = int.from_bytes(self._bytes[:_LENGTH], "little")
        text = bytes(self._bytes[_LENGTH : _LENGTH + length]).decode(errors="replace")
        source, _, url = text.partition("\n")
        return (source, url) if text else None
