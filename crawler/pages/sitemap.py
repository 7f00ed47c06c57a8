"""Sitemaps: the addresses a site lists for programs, with the time it says they last changed."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from crawler.pages import xml as documents

if TYPE_CHECKING:
    from collections.abc import Iterator

# sitemaps.org allows a file of 50 MB once unpacked; more is an attack or a mistake.
_LARGEST = 52_428_800
_GZIP = b"\x1f\x8b"
_ROOTS = frozenset({"urlset", "sitemapindex"})


def sitemap(xml: bytes) -> tuple[list[tuple[str, str | None]], list[str]]:
    """Give a sitemap's pages with their ``lastmod`` as written, and an index's child sitemaps.

    Takes either namespace or none, plain or gzipped. Entities are never expanded. What is no
    sitemap, such as an error page, gives two empty lists; so does one that was cut short, because
    a part of the list would look like closings.
    """
    root = documents.tree(_unpacked(xml.strip()))
    if root is None or documents.name(root) not in _ROOTS:
        return [], []
    entries = dict(entry for entry in map(_entry, root) if entry[0].startswith(("http:", "https:")))
    if documents.name(root) == "urlset":
        return list(entries.items()), []
    return [], list(entries)


def _unpacked(xml: bytes) -> bytes:
    if not xml.startswith(_GZIP):
        return xml
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(xml, _LARGEST)
    except zlib.error:
        return b""


def _entry(node: Any) -> tuple[str, str | None]:
    stated = dict(_texts(node))
    return stated.get("loc") or "", stated.get("lastmod") or None


def _texts(node: Any) -> Iterator[tuple[str, str]]:
    for child in reversed(node):  # the first of a name counts
        yield documents.name(child), (child.text or "").strip()
