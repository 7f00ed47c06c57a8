"""XML that others sent: parsed without entities, network or trust.

A document that was cut short is none, because a part of a list would look like closings.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

_ENDS = re.compile(rb"</|/>")
_CDATA = re.compile(rb"<!\[CDATA\[.*?\]\]>", re.DOTALL)
_MARKUP = frozenset({"p", "br", "b", "strong", "em", "i", "ul", "ol", "li", "div", "span", "a"})
_CLOSED = b"]]>"
_LOOSE = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_LOOSE_OUTSIDE = re.compile(rb"(" + _CDATA.pattern + rb")|" + _LOOSE.pattern, re.DOTALL)

Element = Any  # as in dom: no types that strict checking can follow through a tree walk


def tree(body: bytes) -> Element | None:
    """Parse a document; ``None`` when it is no XML or was cut short.

    One that is whole but broken inside (a bare ``&`` in a link) is read all the same. Entities of
    its own are never expanded.
    """
    body = body.strip()
    root = _parsed(body, recover=False)
    if root is None:
        body = _mended(body)
        root = _parsed(body, recover=False)
    if root is not None:
        return root
    root = _parsed(body, recover=True)
    return root if root is not None and _ended(body, root) and not _lost(body, root) else None


def name(node: Element) -> str:
    """Give an element's name without its namespace; empty for what is no element."""
    # Not by QName, which refuses what a parser that recovers lets through (``<:urlset>``).
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def namespace(node: Element) -> str:
    """Give an element's namespace; empty when it has none."""
    return node.tag[1:].rpartition("}")[0] if isinstance(node.tag, str) else ""


def content(node: Element) -> str:
    """Give what stands in an element: its text, with the markup of its children if it has any."""
    text = node.text or ""
    return (text + "".join(etree.tostring(child, encoding="unicode") for child in node)).strip()


def plain(node: Element) -> Any:
    """Give an element as JSON has it: a text, or a table of its attributes and children.

    Children of one name are a list; markup inside a text is part of the text.
    """
    inner = [child for child in node if name(child)]
    if any(name(child).lower() in _MARKUP for child in inner):
        inner = []
    found: dict[str, Any] = dict(node.attrib)
    for child in inner:
        value = plain(child)
        if (key := name(child)) in found:
            before = found[key]
            found[key] = [*(before if isinstance(before, list) else [before]), value]
        else:
            found[key] = value
    text = "" if inner else content(node)
    return {**found, **({"text": text} if text else {})} if found else text


def _parsed(body: bytes, *, recover: bool) -> Element | None:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=recover,
        remove_comments=True,
        remove_pis=True,
        # Joined with the text around them, as every other reader sees them.
        strip_cdata=True,
    )
    try:
        return etree.fromstring(body, parser)
    except (etree.LxmlError, ValueError):
        return None


def _mended(body: bytes) -> bytes:
    """Escape each ``&`` that begins no reference: libxml2 would drop every reference after it."""
    # Beyond the last end of a section none is closed, and to look for an end would cost the square.
    end = body.rfind(_CLOSED) + len(_CLOSED)
    head = _LOOSE_OUTSIDE.sub(lambda found: found[1] or b"&amp;", body[:end])
    return head + _LOOSE.sub(b"&amp;", body[end:])


def _ended(body: bytes, root: Element) -> bool:
    """Say whether a document's last tag closes its root."""
    return body.rstrip(b"\0 \r\n\t").endswith(
        (f"</{name(root)}>".encode(), f":{name(root)}>".encode())
    )


def _lost(body: bytes, root: Element) -> bool:
    """Say whether the parser gave up some elements: a list of which would be short."""
    end = body.rfind(_CLOSED) + len(_CLOSED)  # as in _mended
    tags = _CDATA.sub(b"", body[:end]) + body[end:]
    return len(_ENDS.findall(tags)) > sum(1 for _ in root.iter())
