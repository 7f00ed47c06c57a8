"""What every letter must be, checked on its bytes; each finding is one short line.

The allow-list of CSS is what mail clients support (caniemail.com); the rules on headers are RFC
2369, 2919, 5322 and 8058. Nothing here knows how a letter was made.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from email import message_from_bytes, policy

import lxml.html

MOST_HTML = 100_000
ONCE = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "List-Id",
    "List-Unsubscribe",
    "Auto-Submitted",
)
AS_WRITTEN = ("List-Unsubscribe", "References", "Message-ID", "List-Id")
STYLES = frozenset(
    [
        "margin",
        "margin-top",
        "margin-bottom",
        "padding",
        "padding-left",
        "padding-bottom",
        "font-size",
        "font-family",
        "font-weight",
        "line-height",
        "color",
        "background-color",
        "border",
        "border-bottom",
        "border-left",
        "border-collapse",
        "text-align",
        "text-decoration",
        "width",
        "max-width",
        "display",
        "max-height",
        "overflow",
        "vertical-align",
        "white-space",
        "word-break",
        "overflow-wrap",
    ]
)
FORBIDDEN = frozenset(
    [
        "script",
        "form",
        "input",
        "iframe",
        "object",
        "embed",
        "svg",
        "link",
        "video",
        "audio",
        "base",
        "math",
        "picture",
        "button",
        "meter",
        "progress",
        "details",
        "bdo",
    ]
)
LINK = re.compile(r"(?:https?://|mailto:|cid:)")
ISOLATED = re.compile("\u200e\u2067[^\n\u202a-\u202e\u2066-\u2069]*\u2069")
"""A date or an amount from right to left, closed on its own line: what turns nothing around it."""
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def lint(raw):
    """Give the findings of one letter, sorted; none when it is fit to be sent."""
    message = message_from_bytes(raw, policy=policy.default)
    found = [*_bytes(raw), *_headers(message, raw)]
    parts = list(message.iter_parts()) if message.is_multipart() else []
    kinds = [part.get_content_type() for part in parts]
    if message.get_content_type() != "multipart/alternative" or kinds != [
        "text/plain",
        "text/html",
    ]:
        return sorted({*found, "alternative order"})
    text, html = (part.get_content() for part in parts)
    found += _text(text)
    document = lxml.html.document_fromstring(html)
    found += [*_document(html, document), *_elements(document), *_links(document, text)]
    return sorted(set(found))


def _bytes(raw):
    lines = raw.split(b"\r\n")
    if b"\n" in raw.replace(b"\r\n", b"") or b"\r" in raw.replace(b"\r\n", b""):
        yield "bare LF or CR"
    if max(map(len, lines)) > 998:
        yield "line over 998"
    _, _, body = raw.partition(b"\r\n\r\n")
    if max(map(len, body.split(b"\r\n"))) > 76:
        yield "quoted-printable line over 76"
    if b"\0" in raw:
        yield "NUL"


def _headers(message, raw):
    for name in ONCE:
        if len(message.get_all(name, [])) != 1:
            yield f"header {name}"
    unfolded = re.sub(rb"\r\n[ \t]", b" ", raw.partition(b"\r\n\r\n")[0])
    for name in AS_WRITTEN:
        if re.search(rb"(?im)^%s:.*=\?[^?]+\?[bq]\?" % name.encode(), unfolded):
            yield f"RFC 2047 inside {name}"
    click, leave = message.get("List-Unsubscribe-Post"), message.get("List-Unsubscribe", "")
    if not re.search(r"<(?:https|mailto):[^>\s]+>", leave):
        yield "no way to unsubscribe"
    if click is not None and (
        click != "List-Unsubscribe=One-Click" or not re.search(r"<https://[^>\s]+>", leave)
    ):
        yield "one-click pair"
    subject = str(message["Subject"])
    if len(subject) > 78:
        yield "subject length"
    if any(unicodedata.category(character) in ("Cc", "Cf") for character in subject):
        yield "control character in subject"


def _text(text):
    if TURNING.search(ISOLATED.sub("", text)):
        yield "bidi control in text"
    if any(unicodedata.category(one) == "Cc" and one not in "\r\n" for one in text):
        yield "control character in text"


def _document(html, document):
    if len(html.encode()) > MOST_HTML:
        yield "html size"
    if not html.lstrip().lower().startswith("<!doctype html>"):
        yield "doctype"
    wrapper = document.xpath("//body/*[@lang and @dir]")
    if not document.get("lang") or document.get("dir") not in ("ltr", "rtl") or not wrapper:
        yield "lang or dir"
    if not (document.findtext(".//title") or "").strip():
        yield "title"
    if document.xpath("//body//style"):
        yield "style in body"
    if TURNING.search(ISOLATED.sub("", html)):
        yield "bidi control in html"
    levels = [int(heading.tag[1]) for heading in document.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    steps = itertools.pairwise(levels)
    if levels[:1] != [1] or any(after - before > 1 for before, after in steps):
        yield "heading order"


def _elements(document):
    for element in document.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag in FORBIDDEN:
            yield f"forbidden <{element.tag}>"
        yield from _attributes(element)
        if element.tag == "img" and element.get("alt") is None:
            yield "img without alt"
        if element.tag == "table" and not _a_table_with_purpose(element):
            yield "layout table without role"
        following = element.getnext()
        touching = following is not None and not (element.tail or "")
        if element.tag == "del" and touching and following.tag == "ins":
            yield "old and new text touch"


def _attributes(element):
    for name, value in element.attrib.items():
        if name.startswith("on"):
            yield f"event attribute {name}"
        if name in ("href", "src") and not LINK.match(value):
            yield f"scheme {value[:40]}"
    for declaration in (element.get("style") or "").split(";"):
        name = declaration.partition(":")[0].strip().lower()
        if name and name not in STYLES:
            yield f"css {name}"


def _a_table_with_purpose(table):
    own = "./tr/th[@scope]|./tbody/tr/th[@scope]|./thead/tr/th[@scope]"
    return table.get("role") == "presentation" or bool(table.xpath(own))


def _links(document, text):
    for link in document.iter("a"):
        if not (link.text_content().strip() or link.get("aria-label")):
            yield "empty link"
        if link.get("href", "") not in text:
            yield "link missing in text part"
