"""Pages that break off: their transfer ended well, but a list on them may have lost its rows.

A page of a listing that was cut short looks like closings. JSON and XML that are cut cannot be
parsed and tables of a curated list are told by their rows; HTML is read whatever happens to it, so
its end is looked for. A fragment has no end of its own and is never said to break off.
"""

from __future__ import annotations

import re

WORDS = "the page breaks off before its end"

_BEGINS = re.compile(r"<(?:html|body)[\s>]", re.IGNORECASE)
_ENDS = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
# Elements whose end tags HTML does not let anyone leave out.
_TAGS = re.compile(
    r"<(/?)(div|section|main|article|ul|ol|table|nav|form|script|style|a)(?=[\s>])", re.IGNORECASE
)


def breaks_off(html: str) -> bool:
    """Say whether a whole page was cut: it never ends, and something in it is still open.

    Some sites leave out the end tags of ``html`` and ``body``, as they may; theirs are no sign.
    """
    if not _BEGINS.search(html) or _ENDS.search(html):
        return False
    if html.rfind("<") > html.rfind(">"):
        return True
    opened: dict[str, int] = {}
    for match in _TAGS.finditer(html):
        name = match[2].lower()
        opened[name] = opened.get(name, 0) + (-1 if match[1] else 1)
    return any(count > 0 for count in opened.values())
