"""A document tree of whatever a server sent, and the words in it.

Everything here takes broken markup: a page that is no HTML at all has an empty tree.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree
from lxml import html as lxml_html

from crawler.fields import markup as tags
from crawler.fields.patterns import late

if TYPE_CHECKING:
    from collections.abc import Iterator

Element = Any  # lxml ships no types that mypy strict can follow through a tree walk

_LANGUAGE = late(
    r"<html\b[^>]{0,2000}?\blang\s*=\s*[\"']?([a-z]{2,3}(?:[-_][a-z0-9]{2,8})*)", re.IGNORECASE
)
# How far into a page the html element may stand behind comments and a doctype.
_HEAD = 20_000
_UNSEEN = frozenset({"script", "style", "template", "noscript", "svg", "iframe", "head", "select"})
_HIDDEN_STYLE = late(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HIDDEN_CLASS = frozenset({"hidden", "d-none", "is-hidden", "visually-hidden", "sr-only", "hide"})
_BLOCKS = tags.BLOCKS | tags.CELLS
MOST_ATTRIBUTES = 300
"""Attributes of one element; no page that people read has as many."""
# libxml2 compares every attribute of an element with all before it: 40,000 cost it seconds, ten
# times as many minutes. So they are counted before it sees them: this runs over a page, tag by tag
# as HTML is cut into tags, and stops at an element with too many. Each piece, once begun, takes all
# that is its own and never gives it back, so the time is that of the length.
_ATTRIBUTE = (
    r"[\s/]*+[^\s/>][^\s/>=]*+"
    r"(?:\s*+=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))?+"
)
_FEW = rf"(?:{_ATTRIBUTE}){{0,{MOST_ATTRIBUTES}}}+(?![\s/]*+[^\s/>])"
_TEXT = "|".join(  # what stands in these is no markup; a group in such a loop is beyond Python 3.11
    rf"{name}(?=[\s/>]){_FEW}[\s/]*+(?<!/)>(?:[^<]++|<(?!/{name}[\s/>]))*+"
    for name in ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
)
_ORDINARY = late(
    r"(?:[^<]++|</[^<]*+|<(?:"
    rf"(?=[stxin])(?:{_TEXT})|[a-z][^\s/>]*+{_FEW}|!--(?:-?>|(?:[^-]++|-(?!-!?>))*+)|(?!!--|[a-z])))*+",
    re.IGNORECASE,
)


def tree(html: str) -> Element:
    """Build the document tree; an unreadable page gives an empty one.

    Raises ``ValueError`` for a page with an element of more than 300 attributes, and for one that
    is nested deeper than libxml2 reads (2,048 elements): it leaves out what is deeper and all that
    follows, as if the page had ended there.
    """
    html = html.replace("\0", "")
    if _crowded(html):
        raise ValueError(f"an element of the page has more than {MOST_ATTRIBUTES} attributes")
    text = html.encode("utf-8", "replace")
    for deepest in (False, True):  # 256 elements are enough for nearly every page
        parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=deepest)
        try:
            root = lxml_html.document_fromstring(text, parser=parser)
        except (etree.LxmlError, ValueError, AssertionError):
            root = None
        if not any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
            return lxml_html.Element("html") if root is None else root
    raise ValueError("the page is nested too deeply to be read whole")


def _crowded(html: str) -> bool:
    """Say whether an element has more attributes than are read."""
    ordinary = _ORDINARY.match(html)
    return ordinary is None or ordinary.end() < len(html)


def language(html: str) -> str | None:
    """Give the language the page says it is in, without building a tree."""
    match = _LANGUAGE.search(html, 0, _HEAD)
    return match[1].replace("_", "-") if match else None


def scripts(html: str, media: str) -> list[str]:
    """Give the texts of the scripts whose type contains ``media``."""
    found = tree(html).iter("script")
    return [node.text or "" for node in found if media in (node.get("type") or "").lower()]


def named_scripts(html: str, media: str) -> list[tuple[str, str]]:
    """Give the id and the text of every script of a media type that has an id."""
    found = [node for node in tree(html).iter("script") if node.get("type") == media]
    return [(name, node.text or "") for node in found if (name := node.get("id"))]


def lines(node: Element) -> list[str]:
    """Give an element's visible text, one line a block; scripts and hidden parts are not text."""
    text = "".join(_pieces(node))
    return [line for line in (" ".join(part.split()) for part in text.split("\n")) if line]


def words(node: Element) -> str:
    """Give an element's visible text on one line; blocks stand apart by a space."""
    return " ".join(lines(node))


def hidden(node: Element) -> bool:
    """Say whether a browser would not show this element, as far as its own attributes tell."""
    if node.tag in _UNSEEN:
        return True
    if not node.keys():  # as most are
        return False
    style, names = node.get("style"), node.get("class")
    if node.get("hidden") is not None or (style and _HIDDEN_STYLE.search(style)):
        return True
    # "hidden md:block" shows on wide screens
    return bool(names) and ":" not in names and not _HIDDEN_CLASS.isdisjoint(names.split())


def named(node: Element) -> str:
    """Give the words by which a page's author named an element: classes, id, test hooks."""
    attributes = (
        "class",
        "id",
        "itemprop",
        "data-testid",
        "data-test",
        "data-test-name",
        "data-qa",
        "data-automation",
        "data-automation-id",
    )
    return " ".join(node.get(name) or "" for name in attributes).lower()


def markup(node: Element) -> str:
    """Give an element as HTML again, without what follows it."""
    return str(etree.tostring(node, encoding="unicode", method="html", with_tail=False))


def remove(node: Element) -> None:
    """Take an element out of its tree and leave the text that followed it."""
    if node.getparent() is not None:
        node.drop_tree()


def _pieces(root: Element) -> Iterator[str]:
    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, node in walker:
        if event == "start":
            if hidden(node):
                walker.skip_subtree()
                continue
            if node.tag in _BLOCKS:
                yield "\n"
            if words := node.text:
                yield words.replace("\n", " ")
            continue
        if event == "end" and node.tag in _BLOCKS:
            yield "\n"
        if node is not root and (words := node.tail):
            yield words.replace("\n", " ")
