"""Feeds: RSS, Atom and JSON Feed, and what job boards add to them.

An entry is what a feed lists; it is read by the names that its elements have without their
prefixes. Nothing here asks whether a feed lists everything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crawler.fields import text
from crawler.pages import board, described, xml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAMES: dict[str, tuple[str, ...]] = {
    "id": ("guid", "id"),
    "title": ("title",),
    "url": ("link", "url", "external_url"),
    "organization": ("company", "company_name", "employer", "hiringOrganization"),
    "places": ("location", "locations", "job_location", "region"),
    "remote": ("remoteStatus", "workplace_type"),
    "employment_types": ("job_type", "jobtype", "employment_type", "employmentType", "type"),
    "department": ("department", "job_function"),
    "salary": ("salary", "compensation"),
    "date_posted": ("pubDate", "published", "date_published", "issued", "date"),
    "date_updated": ("updated", "modified", "date_modified", "lastmod"),
    "valid_through": ("expiration_date", "expires_at", "expires", "valid_through", "validThrough"),
    "body": ("encoded", "content", "content_html", "content_text", "description", "summary"),
    "apply_url": ("apply_url", "applyUrl"),
}
"""The elements that each field is looked for in, the surest first."""

_ROOTS = frozenset({"rss", "RDF", "feed"})
_ENTRIES = frozenset({"item", "entry"})
_ADDRESSES = frozenset({"url", "apply_url"})
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_LONGEST_TITLE = 500

Entry = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's entries, each as the values of its elements by name, and the link to its next."""

    entries: list[Entry]
    after: str | None = None


def read(body: bytes, words: str) -> Feed:
    """Read a feed of any of the three formats; raises ``ValueError`` in words when it is none."""
    if words.lstrip("\ufeff \r\n\t").startswith("{"):
        return _json_feed(described.answer(words))
    root = xml.tree(body)
    if root is None or xml.name(root) not in _ROOTS:
        raise ValueError("the answer is no whole feed (RSS, Atom or JSON Feed)")
    outer = root if xml.name(root) == "feed" else next(iter(root), root)
    ends = [_link(node, "next") for node in outer if xml.name(node) == "link"]
    found = [_entry(node) for node in root.iter() if xml.name(node) in _ENTRIES]
    return Feed(found, next(filter(None, ends), None))


def stated(entry: Entry, names: Mapping[str, str], title: str | None) -> dict[str, Any]:
    """Give an entry's values by field; ``names`` are the user's own, ``title`` is his pattern."""
    chosen = NAMES | {field: (name,) for field, name in names.items()}
    found: dict[str, Any] = {}
    for field, elements in chosen.items():
        values = next((entry[name] for name in elements if entry.get(name)), [])
        plain = field == "body" or field in _ADDRESSES
        found[field] = values if plain else [text.clean(text.from_html(one)) for one in values]
    if title and found["title"]:
        found |= split(title, found["title"][0])
    return found


def pattern(stated: Any, option: str) -> str | None:
    """Give a title's pattern such as ``{company}: {title}`` back; ``ValueError`` for no such."""
    names = _PLACEHOLDER.findall(stated) if isinstance(stated, str) else []
    if stated is not None and ("title" not in names or len(set(names)) != len(names)):
        raise ValueError(f"{option}: a pattern is wanted, like {{company}}: {{title}}")
    described.fields(dict.fromkeys(names), option)
    return str(stated) if stated else None


def split(title: str, words: str) -> dict[str, list[str]]:
    """Take a title apart by a pattern; one that does not fit stays whole.

    The title gets as much as it can, so that the pattern's ends decide what is not it.
    """
    parts = _PLACEHOLDER.split(title)
    names = described.fields(dict.fromkeys(parts[1::2]), "options.title")
    groups = iter(f"(?P<{name}>.+{'' if name == 'title' else '?'})" for name in names)
    expression = "".join(
        next(groups) if place % 2 else re.escape(part) for place, part in enumerate(parts)
    )
    match = re.fullmatch(expression, words[:_LONGEST_TITLE])
    return {name: [value.strip()] for name, value in (match.groupdict() if match else {}).items()}


def _entry(node: Any) -> Entry:
    """Give the values of an entry's elements; of two namespaces the entry's own counts."""
    found: dict[str, tuple[str, list[str]]] = {}
    own = xml.namespace(node)
    for child in sorted(node, key=lambda child: xml.namespace(child) != own):
        for name, value in _values(child):
            space, values = found.setdefault(name, (xml.namespace(child), []))
            if space == xml.namespace(child) and value:
                values.append(value)
    return {name: values for name, (_, values) in found.items()}


def _values(node: Any) -> Iterator[tuple[str, str]]:
    name = xml.name(node)
    if name == "link" and node.get("href"):
        yield name, _link(node, "alternate")
        return
    yield name, xml.content(node)
    for child in node:
        yield f"{name}/{xml.name(child)}", xml.content(child)


def _link(node: Any, relation: str) -> str:
    """Give a link element's address when it stands for this relation; none said is alternate."""
    return (node.get("href") or "") if (node.get("rel") or "alternate") == relation else ""


def _json_feed(answer: Any) -> Feed:
    items = board.dig(answer, "items")
    version = board.word(board.dig(answer, "version")) or ""
    if "//jsonfeed.org/" not in version or not isinstance(items, list):
        raise ValueError("the answer is no JSON Feed with a list of items")
    found = [
        {name: kept for name, value in item.items() if (kept := list(_strings(value)))}
        if isinstance(item, dict)
        else {}
        for item in items
    ]
    return Feed(found, board.word(answer.get("next_url")))


def _strings(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, (str, int, float)) and not isinstance(one, bool):
            yield str(one)
