"""Any two readings of a posting side by side, and its text and its kept page alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.archive import read
from monitor import wording
from monitor.cards import rows_of
from monitor.compare import changes
from monitor.web.posting import found, paragraphs
from monitor.web.sides import aligned
from monitor.web.site import Missing, Page, Raw

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.lookup import Lookup, Revision
    from monitor.web.site import Ask, Site

_NAME = 32
"""Hexadecimal digits of a body's hash that its file is named by (crawler/archive.py)."""
_KEPT = 2_000_000
"""Characters of a kept page that are shown."""


def compare(site: Site, lookup: Lookup, ask: Ask) -> Page:
    """Show two readings of a posting: the newest and the one before, or the two asked for."""
    row = found(lookup, ask)
    stood, _ = lookup.history(row)
    before, after = _two(stood, ask)
    title = wording.clean(row.known.posting.title, 160) or "(no title)"
    return Page(
        "compare.html",
        f"Two readings of {title}",
        {
            "name": title,
            "posting": ask.to("posting", id=row.id),
            "action": ask.form("compare", id=row.id),
            "choice": [(one.id, site.moment(one.at)) for one in stood],
            "before": (before.id, site.moment(before.at)),
            "after": (after.id, site.moment(after.at)),
            "rows": rows_of(changes(before.posting, after.posting)),
            "pairs": aligned(paragraphs(before.posting.body), paragraphs(after.posting.body)),
        },
    )


def _two(stood: list[Revision], ask: Ask) -> tuple[Revision, Revision]:
    numbers = {one.id: one for one in stood}
    after = numbers.get(ask.number("after") or 0, stood[-1])
    before = numbers.get(ask.number("before") or 0, stood[max(stood.index(after) - 1, 0)])
    return before, after


def text(_site: Site, lookup: Lookup, ask: Ask) -> Raw:
    """Give the whole text of a posting."""
    posting = found(lookup, ask).known.posting
    return Raw("\n".join([wording.clean(posting.title), "", *paragraphs(posting.body)]) + "\n")


def kept(site: Site, lookup: Lookup, ask: Ask) -> Raw:
    """Give the page that a posting was read from, as the archive kept it; as text, never drawn."""
    row = found(lookup, ask)
    path = _body(site, row.known.source, row.known.page_hash)
    if path is None:
        raise Missing(
            "The page of this posting was not kept. `rolecall run --keep` archives every visit."
        )
    try:
        content = read(path)
    except (OSError, ValueError) as error:
        raise Missing(f"The kept page cannot be read: {wording.clean(error, 160)}.") from None
    return Raw(content.decode("utf-8", "replace")[:_KEPT])


def _body(site: Site, source: str, digest: str | None) -> Path | None:
    """Find the kept body; its name is made of hexadecimal digits only, whatever the store says."""
    name = (digest or "")[:_NAME]
    if site.captures is None or len(name) < _NAME or not all(c in "0123456789abcdef" for c in name):
        return None
    folder = site.captures / source if "/" not in source and source[:1] != "." else site.captures
    path = folder / "bodies" / f"{name}.zst"
    return path if path.is_file() else None
