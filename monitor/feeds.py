"""A search as a feed: Atom (RFC 4287) and JSON Feed 1.1, one entry a card. Pure: values to bytes.

What a digest adds to a feed is written once, with the digest (``entries``); a feed is drawn from
the newest of these parts (``atom``, ``json_feed``), so that drawing it again gives the same bytes.
Everything scraped is text here: markup comes escaped from the templates, and what XML cannot carry
(RFC 4287 2; https://www.w3.org/TR/xml/#charsets) is dropped.
"""

from __future__ import annotations

import json
import re
from datetime import UTC
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

from monitor import mailbox, mime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from monitor.cards import Card
    from monitor.digest import Digest

    Written = Callable[[Card, str], tuple[str, str]]

_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PROGRAM = "Rolecall"


def authority(sender: str, public_url: str | None) -> str:
    """Name who vouches for our ids (RFC 4151): the host of the page, else the sender's domain."""
    host = urlsplit(public_url).hostname if public_url else None
    return host or mailbox.sender_of(sender)[1].rpartition("@")[2]


def entries(digest: Digest, host: str, write: Written, *, home: str = "") -> bytes | None:
    """Give what a digest adds to the feeds of its search, or ``None`` when that is nothing.

    ``write`` gives a card's content as text and as HTML, ``home`` is a page of ours to link to.
    """
    name = _tag(host, digest.search)
    found = [_entry(name, title, card, write(card, label)) for title, card, label in told(digest)]
    if trouble := [note.text for note in digest.notes if note.tone == "trouble" and note.news]:
        found.append(_trouble(name, digest, trouble))
    head = (digest.search, digest.name, host)
    return part(head, instant(digest.until), found, home=home) if found else None


def part(
    head: tuple[str, str, str], until: str, found: Sequence[dict[str, Any]] = (), *, home: str = ""
) -> bytes:
    """Write entries down; the head is the search, its name and the authority of its ids."""
    search, name, host = head
    written = {
        "search": search,
        "feed": _tag(host, search),
        "name": name,
        "home": home,
        "until": until,
        "entries": list(found),
    }
    return json.dumps(written).encode()


def _tag(host: str, search: str) -> str:
    return f"tag:{host},2026:{quote(search)}"


def told(digest: Digest) -> Iterator[tuple[str, Card, str]]:
    """Give each card of a digest once, in its order: its section, itself, and its bundle's line."""
    for section in digest.sections:
        for card in section.cards:
            yield section.title, card, ""
        for bundle in section.bundles:
            why = f"Why: {bundle.why}" if bundle.why else ""
            for card in bundle.cards:
                yield section.title, card, "\n".join(filter(None, (bundle.label, why)))
        for card in section.lines:
            yield section.title, card, ""


def instant(moment: datetime) -> str:
    """Write an instant as RFC 3339 in UTC, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _entry(name: str, section: str, card: Card, content: tuple[str, str]) -> dict[str, Any]:
    when = instant(card.at) if card.at else ""
    own = mime.digest_of(f"{card.source}\n{card.posting_id}\n{card.kind}\n{when}")[:32]
    return {
        "id": f"{name}/{own}",
        "title": f"{section}: " + " · ".join(filter(None, (card.title, card.company))),
        "url": card.url,
        "language": card.language,
        "updated": when,
        "text": content[0],
        "html": content[1],
        "kind": card.kind,
        "source": card.source,
        "posting_id": card.posting_id,
        "rows": [
            {"label": row.label, "before": row.before, "now": row.now, "fact": row.fact}
            for row in card.rows
        ],
    }


def _trouble(name: str, digest: Digest, lines: Sequence[str]) -> dict[str, Any]:
    """Make the entry of what could not be checked: a feed that is silent about it would lie."""
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return {
        "id": f"{name}/{mime.digest_of(digest.period)[:32]}",
        "title": "What could not be checked",
        "url": "",
        "language": "",
        "updated": instant(digest.until),
        "text": "\n".join(lines),
        "html": html,
        "kind": "trouble",
    }


def newest(parts: Iterable[bytes], keep: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Give the newest part, and the newest ``keep`` entries of all; each id once.

    ``parts`` come newest first. A digest is never cut in two: the newest one is always whole, for
    what a feed drops before anyone read it was never told.
    """
    older = iter(parts)
    head = json.loads(next(older))
    kept = {entry["id"]: entry for entry in head["entries"]}
    while len(kept) < keep and (part := next(older, None)):
        for entry in json.loads(part)["entries"][: keep - len(kept)]:
            kept.setdefault(entry["id"], entry)
    return head, list(kept.values())


def atom(parts: Iterable[bytes], *, keep: int, link: str = "") -> bytes:
    """Draw the Atom feed of a search from its parts, newest first; ``link`` is its own address."""
    head, found = newest(parts, keep)
    feed = ET.Element("feed", xmlns=_ATOM)
    _add(feed, "id", head["feed"])
    _add(feed, "title", head["name"])
    _add(feed, "updated", head["until"])
    _add(_add(feed, "author"), "name", _PROGRAM)
    _add(feed, "generator", _PROGRAM)
    if link:
        _add(feed, "link", rel="self", type="application/atom+xml", href=link)
    if head["home"]:
        _add(feed, "link", rel="alternate", href=head["home"])
    for entry in found:
        _add_entry(feed, entry, head["until"])
    ET.indent(feed)
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True)) + b"\n"


def _add_entry(feed: ET.Element, entry: dict[str, Any], until: str) -> None:
    made = _add(feed, "entry")
    _add(made, "id", entry["id"])
    title = _add(made, "title", entry["title"], type="text")
    if entry["language"]:
        title.set("xml:lang", entry["language"])
    _add(made, "updated", entry["updated"] or until)
    if entry["url"]:
        _add(made, "link", rel="alternate", href=entry["url"])
    _add(made, "category", term=entry["kind"])
    _add(made, "summary", entry["text"], type="text")
    _add(made, "content", entry["html"], type="html")


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    made = ET.SubElement(parent, name)
    made.text = None if text is None else _plain(text)
    for key, value in attributes.items():
        made.set(key, _plain(value))
    return made


def _plain(text: str) -> str:
    """Drop what XML cannot carry; a carriage return would come back as another character."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n"))


def json_feed(parts: Iterable[bytes], *, keep: int, link: str = "") -> bytes:
    """Draw the JSON Feed of a search (https://jsonfeed.org/version/1.1), as ``atom`` does."""
    head, found = newest(parts, keep)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": head["name"],
        "home_page_url": head["home"],
        "feed_url": link,
        "authors": [{"name": _PROGRAM}],
        "items": [_item(entry, head["until"]) for entry in found],
    }
    stated = {key: value for key, value in feed.items() if value or key == "items"}
    return _plain(json.dumps(stated, ensure_ascii=False, indent=1)).encode() + b"\n"


def _item(entry: dict[str, Any], until: str) -> dict[str, Any]:
    own = {key: entry[key] for key in ("kind", "source", "posting_id", "rows") if key in entry}
    item = {
        "id": entry["id"],
        "url": entry["url"],
        "title": entry["title"],
        "content_html": entry["html"],
        "content_text": entry["text"],
        "date_published": entry["updated"] or until,
        "language": entry["language"],
        "tags": [entry["kind"]],
        "_rolecall": own,
    }
    return {key: value for key, value in item.items() if value}
