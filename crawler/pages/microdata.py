"""Typed objects that a page states as microdata (``itemscope``) or RDFa (``typeof``) attributes.

Gives the same objects as JSON-LD would, so that one reader serves all three. Items that refer to
one another by ``itemref`` are not followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.pages import dom

if TYPE_CHECKING:
    from collections.abc import Iterator

_SOURCES = ("content", "datetime", "href", "src", "data", "value")


def objects(html: str) -> list[dict[str, Any]]:
    """Give every JobPosting item of the page with its properties; texts of blocks keep markup."""
    if "jobposting" not in html.lower():
        return []
    return [_item(node) for node in dom.tree(html).iter() if "jobposting" in _type(node).lower()]


def _type(node: dom.Element) -> str:
    if not isinstance(node.tag, str):
        return ""
    scoped = node.get("itemtype") if node.get("itemscope") is not None else None
    return str(scoped or node.get("typeof") or "")


def _item(node: dom.Element) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": _type(node).split()}
    for inner in _properties(node):
        value = _item(inner) if _type(inner) else _value(inner)
        for name in (inner.get("itemprop") or inner.get("property") or "").split():
            earlier = found.get(name)
            found[name] = value if earlier is None else [*_listed(earlier), value]
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _properties(node: dom.Element) -> Iterator[dom.Element]:
    """Walk the properties of one item; those of an item within it are its own."""
    stack = list(reversed(node))
    while stack:
        inner = stack.pop()
        if not isinstance(inner.tag, str):
            continue
        if inner.get("itemprop") or inner.get("property"):
            yield inner
        if not _type(inner):
            stack.extend(reversed(inner))


def _value(node: dom.Element) -> str:
    stated = next((node.get(name) for name in _SOURCES if node.get(name) is not None), None)
    if stated is not None:
        return str(stated).strip()
    return dom.markup(node) if len(node) else (node.text or "").strip()
