"""Bodies kept by their content: a body that is served twice is stored once, packed with zstd."""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING, Any

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    # Scrapy brings this backport along on older Pythons.
    from backports import zstd

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 64 * 1024 * 1024  # bytes; beyond what a crawl may have read


def keep(folder: Path, body: bytes) -> str:
    """Store a body under its hash and give the file's name; a known one is not written again."""
    name = f"{hashlib.sha256(body).hexdigest()[:32]}.zst"
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{name}.draft"
        draft.write_bytes(zstd.compress(body))
        draft.replace(path)
    return name


def unpack(content: bytes) -> bytes:
    """Give the body back; raises ``ValueError`` for a file that is damaged or far too large."""
    unpacker: Any = zstd.ZstdDecompressor()
    try:
        body: bytes = unpacker.decompress(content, max_length=LARGEST)
    except zstd.ZstdError as error:
        raise ValueError(f"the kept body is damaged: {error}") from error
    if not unpacker.eof:
        raise ValueError(f"the kept body is cut short or larger than {LARGEST} bytes")
    return body
