"""Texts and pages made small with zstd, and what those of one source have in common.

A dictionary is trained on texts that are much alike, such as the postings of one employer; what was
packed with it is unpacked with it alone, so whoever trains one keeps it as long as anything was
packed with it. What is damaged, cut short or far too large when unpacked is refused.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeAlias

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    # Scrapy brings this backport along on older Pythons.
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Sequence

Dictionary: TypeAlias = zstd.ZstdDict

LARGEST = 64 * 1024 * 1024  # bytes; beyond what a crawl may have read
LEVEL = 9
"""A tenth smaller than the default level; still 60 µs for a text of 3 kB (docs/performance.md)."""
_SIZES = (64 * 1024, 16 * 1024)
"""Bytes of a dictionary; twice as many make texts smaller by another tenth at most."""

_UNSEEN = 40
_FEWEST = 16
"""Texts below which a dictionary is not even tried."""


def dictionary(content: bytes) -> Dictionary:
    """Give the dictionary that these bytes are; raises ``ValueError`` when they are none."""
    try:
        return zstd.ZstdDict(content)
    except (ValueError, zstd.ZstdError) as error:
        raise ValueError(f"the dictionary is damaged: {error}") from error


def number(content: bytes) -> int:
    """Give the number of the dictionary that something says it was packed with, 0 for none."""
    try:
        return int(zstd.get_frame_info(content).dictionary_id)
    except zstd.ZstdError:
        return 0  # whoever unpacks it says what is wrong


def pack(body: bytes, common: Dictionary | None = None) -> bytes:
    """Make a body small."""
    return zstd.compress(body, LEVEL, zstd_dict=common)


def unpack(content: bytes, common: Dictionary | None = None) -> bytes:
    """Give a body back; raises ``ValueError`` for what is damaged or far too large."""
    unpacker: Any = zstd.ZstdDecompressor(zstd_dict=common)
    try:
        body: bytes = unpacker.decompress(content, max_length=LARGEST)
    except zstd.ZstdError as error:
        raise ValueError(f"the kept body is damaged: {error}") from error
    if not unpacker.eof:
        raise ValueError(f"the kept body is cut short or larger than {LARGEST} bytes")
    return body


def train(bodies: Sequence[bytes], count: int) -> bytes | None:
    """Train a dictionary where it pays; ``None`` where it does not.

    It is proven on some of the bodies that it has not seen: what it spares there, over as many
    bodies as there are (``count``), must be twice what the dictionary itself takes.
    """
    if len(bodies) < _FEWEST:
        return None
    seen = [body for place, body in enumerate(bodies) if place % 3]
    unseen = bodies[::3][:_UNSEEN]
    alone = sum(len(pack(body)) for body in unseen)
    best: tuple[float, bytes | None] = (0.0, None)
    for size in _SIZES:
        made = _trained(seen, size)
        if made is None:
            continue
        content = made.dict_content
        spared = (alone - sum(len(pack(body, made)) for body in unseen)) * count / len(unseen)
        if spared > 2 * len(content):
            best = max(best, (spared - len(content), content))
    return best[1]


def _trained(bodies: Sequence[bytes], size: int) -> Dictionary | None:
    try:
        return zstd.train_dict(bodies, size)
    except (ValueError, zstd.ZstdError):  # too little, or nothing that recurs
        return None
