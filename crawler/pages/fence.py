"""The line between a page's own posting and the other vacancies shown beside it.

Works on any make of page: a headline such as "Similar vacancies" begins the others; where there is
none, a run of like elements that look like vacancies does. Everything on the far side is taken out
of the tree, so that nothing of it can be read as the posting's own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Any

from crawler.fields import text
from crawler.fields.patterns import late
from crawler.pages import dom
from crawler.pages.marks import END, FENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_CHROME = frozenset({"nav", "footer", "form", "dialog", "button", "script", "style", "template"})
_CHROME_NAMES = late(
    r"cookie|consent|gdpr|subscri|newsletter|job-?alert|breadcrumb|site-?(?:header|footer|nav)|modal|"
    r"share-|social|banner-?ad|login",
)
# A button that unfolds what is known of the employer has its name for a label.
_EMPLOYER = late(r"(?:company|employer|advertiser|organi[sz]ation)[-_]?name")
_VACANCY_NAMES = late(r"card|vacanc|job|result|serp|offer|posting|position|listing|stelle")
_HEADLINES = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "span", "strong", "b", "legend", "dt")
_TITLES = ("h1", "h2", "h3", "h4", "h5", "a")
_LONGEST_HEADLINE = 120
_MANY = 6  # parts: a headline has fewer
_CARD = range(15, 4000)  # characters of text in one card
# Like elements that make a run where no headline says so; one less where each has a linked title.
_FEWEST = 3
_COVER = 0.55  # share of the others' text that their cards must hold


def divide(root: Any) -> list[Any]:
    """Take everything that is not the page's own posting out of the tree; give the cards in it.

    Cards are the elements of one other vacancy each, in page order.
    """
    title = headline(root)
    for node in [node for node in root.iter() if _is_chrome(node, title)]:
        dom.remove(node)
    found: list[Any] = []
    for mark in _fences(root, title):
        if root in mark.iterancestors():  # else it went with an earlier fence
            region = _region(mark, title)
            found += [_whole(node) for node in _cards(region) if _says_more(node)]
            for node in region:
                dom.remove(node)
    if not found:
        found = [_whole(node) for node in _run(root, title)]
        for node in found:
            dom.remove(node)
    return found


def headline(root: Any) -> Any:
    """Give the element that titles the page, or ``None``.

    Sites head every page with their own name too, so the heading that the document's title repeats
    comes first; without one, the first of the first level does.
    """
    first = [node for node in root.iter("h1") if dom.words(node)]
    titled = _titled_by(root)
    named = [node for node in first if text.fold(dom.words(node)) in titled]
    if named:
        return max(named, key=lambda node: len(dom.words(node)))
    if not any(_shares(node, titled) for node in first):
        second = (node for node in root.iter("h2") if text.fold(dom.words(node)))
        first = [*(n for n in second if titled.startswith(text.fold(dom.words(n)))), *first]
    return _part(first[0], titled) if first else None


def _part(heading: Any, titled: str) -> Any:
    """Give the part of a heading with which the document's title begins, or the whole of it."""
    parts = [node for node in heading.iter("*") if len(dom.words(node)) > 3]  # noqa: PLR2004 - as below
    return next((node for node in parts if titled.startswith(text.fold(dom.words(node)))), heading)


def only_heading(root: Any) -> Any:
    """Give the first heading of a page without a headline, unless it is one of a run; or none.

    Of a run the one counts that the document's title names.
    """
    headings = [node for node in root.iter("h2", "h3") if dom.words(node)]
    if not headings or FENCE.fullmatch(dom.words(headings[0])):
        return None
    titled = _titled_by(root)
    named = [node for node in headings if _named_by(node, titled)]
    if len(named) == 1:
        return named[0]
    label = (headings[0].tag, headings[0].get("class"))
    alike = [node for node in headings if (node.tag, node.get("class")) == label]
    return headings[0] if len(alike) == 1 else None


def _titled_by(root: Any) -> str:
    title = next(root.iter("title"), None)
    return text.fold(title.text or "") if title is not None else ""


def _shares(node: Any, titled: str) -> bool:
    return any(word in titled for word in text.fold(dom.words(node)).split() if len(word) > 3)  # noqa: PLR2004 - shorter ones are "the" and "for"


def _named_by(node: Any, titled: str) -> bool:
    """Whether every word of a heading of several stands in the document's title."""
    words = [word for word in text.fold(dom.words(node)).split() if not word.isdigit()]
    return len(words) > 1 and set(words) <= set(re.findall(r"\w+", titled))


def _is_chrome(node: Any, title: Any) -> bool:
    if not isinstance(node.tag, str) or node.tag in {"html", "body", "main", "article"}:
        return False
    if node.tag == "button" and any(_EMPLOYER.search(dom.named(one)) for one in node.iter("*")):
        return False
    if node.tag not in _CHROME and not _CHROME_NAMES.search(dom.named(node)):
        return False
    return title is None or (title is not node and node not in title.iterancestors())


def _fences(root: Any, title: Any) -> list[Any]:
    return [
        node
        for node in root.iter(*_HEADLINES)
        if node is not title and _short(node) and FENCE.fullmatch(dom.words(node))
    ]


def _short(node: Any) -> bool:
    """Rule out long elements cheaply, before their words are gathered."""
    if len(node) > _MANY or sum(1 for _ in islice(node.iter(), 2 * _MANY)) == 2 * _MANY:
        return False
    return sum(map(len, node.itertext())) < 3 * _LONGEST_HEADLINE


def _region(mark: Any, title: Any) -> list[Any]:
    """Climb to what the headline heads; a bare headline heads what follows it."""
    node = mark
    while (parent := node.getparent()) is not None and _heads(node, parent, title):
        node = parent
    if len(dom.words(node)) > len(dom.words(mark)) + _CARD.start:
        return [node]
    return [node, *node.itersiblings("*")]


def _heads(node: Any, parent: Any, title: Any) -> bool:
    if parent.tag in {"body", "html", "main"} or (parent.text or "").strip():
        return False
    if title is not None and parent in title.iterancestors():
        return False
    return not any(dom.words(earlier) for earlier in node.itersiblings("*", preceding=True))


def _says_more(node: Any) -> bool:
    """Tell a vacancy from a bare link to a search, of which such pages end in many."""
    return len(dom.words(node)) > sum(len(dom.words(anchor)) for anchor in node.iter("a")) or (
        node.tag == "a" and len(dom.lines(node)) > 1
    )


def _whole(node: Any) -> Any:
    """Give a card with the link that is wrapped around it, if one is."""
    parent = node.getparent()
    return parent if parent is not None and parent.tag == "a" and len(parent) == 1 else node


def _cards(region: list[Any]) -> list[Any]:
    """Find the elements that share the region's text out among the vacancies."""
    whole = sum(len(dom.words(node)) for node in region)
    groups = [
        (len(nodes), size, nodes)
        for nodes in _alike(region)
        if (size := sum(len(dom.words(node)) for node in nodes)) >= _COVER * whole
    ]
    return max(groups, key=lambda group: group[:2])[2] if groups else []


def _run(root: Any, title: Any) -> list[Any]:
    """Find a run of vacancies that no headline announces."""
    groups = []
    for nodes in _alike([root]):
        vacancies = [node for node in nodes if _is_vacancy(node, title)]
        fewest = _FEWEST - all(map(_linked, vacancies))
        if len(vacancies) >= max(fewest, len(nodes) // 2):
            groups.append((sum(len(dom.words(node)) for node in vacancies), vacancies))
    return max(groups, key=lambda group: group[0])[1] if groups else []


def _linked(node: Any) -> bool:
    """Whether the heading of an element leads elsewhere, as that of a vacancy's card does."""
    heading = next(node.iter(*_TITLES[:-1]), None)
    return heading is not None and (
        next(heading.iter("a"), None) is not None or heading.getparent().tag == "a"
    )


def _is_vacancy(node: Any, title: Any) -> bool:
    if title is not None and (node is title or node in title.iterancestors()):
        return False
    named = _VACANCY_NAMES.search(dom.named(node)) is not None
    return named and _leads_on(node) and _says_more(node)


def _leads_on(node: Any) -> bool:
    """Whether a link stands in an element or around it; the facts of a posting lead nowhere."""
    around = next(node.iterancestors("a"), None)
    return around is not None or next(node.iter("a"), None) is not None


def _alike(region: Iterable[Any]) -> Iterator[list[Any]]:
    """Group elements of the same name and class that could each be one vacancy.

    Elements without a class are alike at the same depth only; of alike elements within one another
    the outer one counts.
    """
    groups: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for top in region:
        stack: list[tuple[Any, int, frozenset[tuple[str, str]]]] = [(top, 0, frozenset())]
        while stack:
            node, depth, outer = stack.pop()
            label = (node.get("class") or "").split()
            key = (str(node.tag), label[0] if label else str(depth))
            if key not in outer:
                groups[key].append(node)
            inner = reversed(list(node.iterchildren("*")))
            stack.extend((child, depth + 1, outer | {key}) for child in inner)
    for nodes in groups.values():
        kept = [n for n in nodes if _titled(n) and len(dom.words(n)) in _CARD and not _ends(n)]
        if kept:
            yield kept


def _titled(node: Any) -> bool:
    return node.tag == "a" or next(node.iter(*_TITLES), None) is not None


def _ends(node: Any) -> bool:
    words = dom.words(node)
    return bool(END.match(words) or FENCE.fullmatch(words[:_LONGEST_HEADLINE]))
