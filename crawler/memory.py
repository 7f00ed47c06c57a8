"""What the crawler may ask of the memory, and nothing more.

One read a visit: ``recall`` gives everything that is known of a source as one immutable value. Used
alone, the crawler has an empty memory and reads every page in full.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from crawler import EXTRACTOR

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crawler.items import Page


@dataclass(frozen=True, slots=True)
class Row:
    """A known posting's row in the listing: its hash, and when and how its page was last read.

    ``extractor`` is the version that read it: an equal row vouches for the page, not for what an
    older version made of it.
    """

    hash: str
    read_at: datetime
    extractor: int = EXTRACTOR


@dataclass(frozen=True, slots=True)
class Recollection:
    """What is known of one source: pages by URL, listing rows by posting id."""

    pages: Mapping[str, Page] = field(default_factory=dict)
    rows: Mapping[str, Row] = field(default_factory=dict)


class Memory(Protocol):
    """Anything that remembers sources between visits."""

    def recall(self, source: str) -> Recollection:
        """Give what is known of the source with this id; an unknown one is an empty value."""
        ...


class Blank:
    """The memory of a crawler that is used alone: it knows nothing."""

    def recall(self, source: str) -> Recollection:  # noqa: ARG002 - the protocol's argument
        """Give the empty recollection."""
        return Recollection()


def row_hash(row: Any) -> str:
    """Give a listing row's hash: what tells that the page behind it need not be read again."""
    text = json.dumps(row, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]
