"""XML that others sent: parsed without entities, network or trust.

A document that was cut short is none, because a part of a list would look like closings.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

_ENDS = re.compile(rb"</|/>")
_CDATA = re.compile(rb"<!\[CDATA\[.*?\]\]>", re.DOTALL)

Element = Any  # as in dom: no types that strict checking can follow through a tree walk


def tree(body: bytes) -> Element | None:
    """Parse a document; ``None`` when it is no XML or was cut short.

    One that is whole but broken inside (a bare ``&`` in a link) is read all the same. Entities of
    its own are never expanded.
    """
    body = body.strip()
    root = _parsed(body, recover=False)
    if root is not None:
        return root
    root = _parsed(body, recover=True)
    return root if root is not None and _ended(body, root) and not _lost(body, root) else None


def name(node: Element) -> str:
    """Give an element's name without its namespace; empty for what is no element."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def namespace(node: Element) -> str:
    """Give an element's namespace; empty when it has none."""
    return (etree.QName(node).namespace or "") if isinstance(node.tag, str) else ""


def content(node: Element) -> str:
    """Give what stands in an element: its text, with the markup of its children if it has any."""
    text = node.text or ""
    return (text + "".join(etree.tostring(child, encoding="unicode") for child in node)).strip()


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


def _ended(body: bytes, root: Element) -> bool:
    """Say whether a document's last tag closes its root."""
    return body.rstrip(b"\0 \r\n\t").endswith(
        (f"</{name(root)}>".encode(), f":{name(root)}>".encode())
    )


def _lost(body: bytes, root: Element) -> bool:
    """Say whether the parser gave up some elements: a list of which would be short."""
    return len(_ENDS.findall(_CDATA.sub(b"", body))) > sum(1 for _ in root.iter())
