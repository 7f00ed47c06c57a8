"""The visible text of HTML: one pass over the tags, linear in whatever a page may hold.

libxml2 is not used here: it gives nothing at all for text deeper than 255 elements, and an element
with 100,000 attributes keeps it busy for a minute and a half. A posting needs neither a tree nor a
repaired document, only what a reader would see, in order.
"""

from __future__ import annotations

import re
from collections import defaultdict
from html import unescape

from crawler.fields.patterns import late

TAG = late(r"<(?:(!--)|([!?])|(/?)([a-zA-Z][^\s/>]*))")
ATTRIBUTE = late(r"[\s/]*+([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(\"[^\"]*\"|'[^']*'|[^\s>]*))?")
TAG_END = late(r"[\s/]*+>")
HIDING = late(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
HUGE_REFERENCE = late(r"&#[0-9]{8,};?")
ESCAPED_TAG = late(
    r"<(?:/?(?:p|div|br|hr|ul|ol|li|span|strong|em|b|i|u|a|h[1-6]|table|tr|td|section|article|html|"
    r"body|font|blockquote|pre|img)(?=[\s/>])|!--)",
    re.IGNORECASE,
)


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


VOID = _names("area base br col embed hr img input link meta param source track wbr basefont frame")
# What a browser shows no text of; the text of a raw element is not markup.
RAW = _names("script style noscript textarea title iframe noembed noframes xmp")
UNSEEN = _names("template svg math select datalist object audio video canvas")
BLOCKS = _names(
    "address article aside blockquote body button center dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav"
    " ol option p pre search section summary table tbody tfoot thead tr ul caption br"
)
PARAGRAPH = _names("p")
PARAGRAPH_SCOPE = BLOCKS - PARAGRAPH
CELLS = _names("td th")
ITEM_SCOPE = _names("ul ol menu dir")
# Start tags that end an element whose own end tag may be left out: what they end, and within what.
ENDS = {
    "li": (_names("li"), ITEM_SCOPE),
    "dt": (_names("dt dd"), _names("dl")),
    "dd": (_names("dt dd"), _names("dl")),
    "tr": (_names("tr"), _names("table")),
    "td": (CELLS, _names("tr table")),
    "th": (CELLS, _names("tr table")),
}
# Whoever opens more than this without closing cannot make each further tag cost more.
REACH = 32


class _Sheet:
    """Lines of visible text under construction, and the elements open around the next word."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.words: list[str] = []
        self.mark = ""
        self.open: list[tuple[str, bool]] = []
        self.count: defaultdict[str, int] = defaultdict(int)
        self.hidden = 0

    def write(self, text: str) -> None:
        if self.hidden or not text:
            return
        if not self.count["pre"]:
            self.words.append(text)
            return
        first, *rest = text.split("\n")
        self.words.append(first)
        for line in rest:
            self.end_line()
            self.words.append(line)

    def end_line(self) -> None:
        if line := collapsed("".join(self.words)):
            self.lines.append(self.mark + line)
            self.mark = ""
        self.words.clear()

    def start(self, name: str, *, hidden: bool) -> None:
        self.separate(name)
        self.end_implied(name)
        if name in VOID:
            return
        if name == "li":
            self.mark = "- "
        self.open.append((name, hidden))
        self.count[name] += 1
        self.hidden += hidden

    def end(self, name: str) -> None:
        self.separate(name)
        if name == "li" or name in ITEM_SCOPE:
            self.mark = ""
        if self.count[name]:
            while self.pop() != name:
                pass

    def pop(self) -> str:
        name, hidden = self.open.pop()
        self.count[name] -= 1
        self.hidden -= hidden
        return name

    def separate(self, name: str) -> None:
        if name in BLOCKS:
            if not self.hidden:
                self.end_line()
        elif name in CELLS:
            self.write(" ")

    def end_implied(self, name: str) -> None:
        """Close what a browser closes: ``<li>`` ends an open item, a block an open paragraph."""
        if name in ENDS:
            self.end_nearest(*ENDS[name])
        elif name in BLOCKS and name != "br" and self.count["p"]:
            self.end_nearest(PARAGRAPH, PARAGRAPH_SCOPE)

    def end_nearest(self, names: frozenset[str], within: frozenset[str]) -> None:
        for steps in range(1, min(REACH, len(self.open)) + 1):
            name = self.open[-steps][0]
            if name in within:
                return
            if name in names:
                for _ in range(steps):
                    self.pop()
                return


def lines(html: str) -> list[str]:
    """Give the lines a reader sees, white space collapsed, list items after ``- ``.

    Drops scripts, styles, templates, comments, form choices and every element that is ``hidden``,
    ``aria-hidden`` or styled away: such text is written for programs. ``<html>`` and ``<body>`` are
    never taken as hidden, because scripts hide them against flicker. Takes any text whatever; a tag
    that never ends hides the rest, as in a browser.
    """
    sheet = _Sheet()
    position = 0
    while match := TAG.search(html, position):
        sheet.write(decoded(html[position : match.start()]))
        position = _after(html, match, sheet)
    sheet.write(decoded(html[position:]))
    sheet.end_line()
    return sheet.lines


def _after(html: str, match: re.Match[str], sheet: _Sheet) -> int:
    """Take in the tag at ``match`` and say where the text after it begins."""
    comment, declaration, closing, name = match.groups()
    if comment:
        return _behind(html, "-->", match.start() + 2)
    if declaration:
        return _behind(html, ">", match.end())
    name = name.lower()
    attributes, position = _attributes(html, match.end())
    if closing:
        sheet.end(name)
    elif name in RAW:
        sheet.separate(name)
        end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, position)
        return _behind(html, ">", end.end()) if end else len(html)
    else:
        sheet.start(name, hidden=name in UNSEEN or _hides(name, attributes))
    return position


def _behind(html: str, mark: str, position: int) -> int:
    found = html.find(mark, position)
    return len(html) if found < 0 else found + len(mark)


def _attributes(html: str, position: int) -> tuple[dict[str, str], int]:
    """Read attributes up to the ``>`` that ends the tag; the first of a name counts."""
    attributes: dict[str, str] = {}
    if html.startswith(">", position):  # as nearly every tag of a text
        return attributes, position + 1
    while not (end := TAG_END.match(html, position)):
        match = ATTRIBUTE.match(html, position)
        if not match:
            return attributes, len(html)
        attributes.setdefault(match[1].lower(), (match[2] or "").strip("\"'"))
        position = match.end()
    return attributes, end.end()


def _hides(name: str, attributes: dict[str, str]) -> bool:
    if not attributes or name in ("html", "body"):
        return False
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden", "").lower() == "true"
        or HIDING.search(decoded(attributes.get("style", ""))) is not None
    )


def collapsed(text: str) -> str:
    """Give text on one line, white space collapsed to one space and none at the ends."""
    if text.isprintable() and "  " not in text:  # of white space only the space is printable
        return text.strip(" ")
    return " ".join(text.split())


def decoded(text: str) -> str:
    """Decode character references once. A number of thousands of digits is no character."""
    if "&" not in text:
        return text
    # Python refuses to read such a number and raises, where a browser shows a replacement.
    return unescape(HUGE_REFERENCE.sub("\N{REPLACEMENT CHARACTER}", text))


def unescape_html(text: str) -> str:
    """Undo the escaping of HTML that was served as text, once or twice, until real tags appear.

    Greenhouse's board interface escapes the whole content. Text that holds tags already, or would
    hold none that HTML knows (``List&lt;String&gt;``), comes back as it was.
    """
    candidate = text
    for _ in range(3):
        if ESCAPED_TAG.search(candidate):
            return candidate
        candidate = decoded(candidate)
    return text
