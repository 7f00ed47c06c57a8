"""A posting saved as plain text, the way someone copies it off a page.

The first line is the title, the rest its body. What the page showed below it, other vacancies with
their own pay, is split off: another posting's pay is never read as this one's. What the text does
not say (a company, an address) is the caller's to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.fields import links, text
from crawler.items import Posting
from crawler.pages import prose, tail

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.items import Snippet


def read(
    saved: str,
    *,
    now: datetime,
    organization: str | None = None,
    url: str | None = None,
    currency: str | None = None,
) -> tuple[tuple[Posting, ...], tuple[Snippet, ...]]:
    """Give the posting of a saved text, and the other vacancies that stand below it as snippets.

    ``now`` is the time of saving, ``currency`` what a bare sign means there. The id is the given
    link's path, else a slug of company and title. An empty text gives nothing.
    """
    lines = [" ".join(line.split()) for line in saved.lstrip("\ufeff").splitlines()]
    lines = [line for line in lines if line]
    if not lines:
        return (), ()
    title, rest = text.clean(lines[0]), lines[1:]
    end = tail.begin(rest)
    body, named = prose.without_mark(prose.once("\n".join(rest[:end]), lines[0]))
    employer = organization or named
    posting = Posting(
        id=links.address(url) if url else links.slug(employer, title) or "saved",
        title=title,
        organization=employer,
        body="\n".join(filter(None, map(text.clean, body.split("\n")))),
        url=links.canonical(url) if url else None,
    )
    filled = prose.fill(posting, now=now, currency=currency)
    return (filled,), tail.snippets(rest[end:], currency=currency)
