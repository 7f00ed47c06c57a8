"""Selectors that a user wrote: CSS as parsel knows it (``::text``, ``::attr(x)``), or XPath.

A selector that begins with ``/``, ``./`` or ``(`` is XPath. Inside a row every selector looks into
that row only. A selector that makes no sense is a ``ValueError`` that names its option.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cssselect import SelectorError
from parsel import Selector

from crawler.fields import text
from crawler.pages import dom, xml

if TYPE_CHECKING:
    from collections.abc import Mapping

_XPATH = ("/", "./", "(")
_LINKS = frozenset({"url", "apply_url"})
# Names of attributes that say it better than the words of the element do.
_ATTRIBUTES = {
    "url": ("href",),
    "apply_url": ("href",),
    "date_posted": ("datetime",),
    "date_updated": ("datetime",),
    "valid_through": ("datetime",),
}


def document(response: Any) -> Selector:
    """Give the tree of an answer: of XML without its namespaces, else of HTML."""
    if not _is_xml(response):
        return Selector(root=dom.tree(response.text), type="html")
    root = xml.tree(response.body)
    if root is None:
        raise ValueError("the answer is no whole XML document")
    found = Selector(root=root, type="xml")
    found.remove_namespaces()
    return found


def _is_xml(response: Any) -> bool:
    stated = (response.headers.get("Content-Type") or b"").lower()
    head = response.body.lstrip(b"\xef\xbb\xbf \r\n\t")[:200].lower()
    if b"<html" in head or b"<!doctype html" in head or b"xhtml" in stated:
        return False
    return head.startswith(b"<?xml") or b"xml" in stated


def find(node: Selector, query: str, option: str) -> list[Selector]:
    """Give what a selector finds; raises ``ValueError`` when it is none."""
    try:
        if not query.startswith(_XPATH):
            return list(node.css(query))
        inside = query.startswith(("//", "(//"))
        return list(node.xpath(query.replace("//", ".//", 1) if inside else query))
    except (SelectorError, ValueError) as error:
        raise ValueError(f"{option}: {query!r} is no selector: {error}") from None


def check(query: Any, option: str) -> str:
    """Give a selector back once it is known to be one; raises ``ValueError`` in words."""
    if not isinstance(query, str) or not query.strip():
        raise ValueError(f"{option}: a CSS or XPath selector is wanted")
    find(Selector(text="<p></p>", type="html"), query.strip(), option)
    return query.strip()


def read(node: Selector, fields: Mapping[str, str], option: str) -> dict[str, list[str]]:
    """Give what each field's selector finds in a row or a page; nothing where it finds nothing."""
    found = {
        field: [value(field, one) for one in find(node, query, f"{option}.{field}")]
        for field, query in fields.items()
    }
    return {field: kept for field, values in found.items() if (kept := list(filter(None, values)))}


def value(field: str, node: Selector) -> str:
    """Give what a field means by a thing found: a link's address, a body's markup, else words."""
    root = node.root
    if isinstance(root, str):
        return root.strip()
    if not hasattr(root, "iter"):  # XPath gives numbers and truths as well
        return str(node.get())
    for attribute in _ATTRIBUTES.get(field, ()):
        stated = next((one.get(attribute) for one in root.iter() if one.get(attribute)), None)
        if stated:
            return str(stated).strip()
    if node.type == "xml":
        inner = xml.content(root)
        return inner if field == "body" else text.clean(text.from_html(inner))
    if field in _LINKS:
        return ""  # an element that leads nowhere, such as the dead "Next" of a last page
    return dom.markup(root) if field == "body" else dom.words(root)
