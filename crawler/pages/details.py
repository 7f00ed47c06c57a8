"""Postings' own pages of the kinds that a user describes, by selectors or by markup. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.pages import careers, described, dom, selectors

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crawler.items import Posting, Source


def selected(response: Any, row: Posting, fields: Mapping[str, str]) -> Posting | None:
    """Read a posting's own page by the user's selectors."""
    source, now = response.meta["source"], response.meta["now"]
    found = selectors.read(selectors.document(response), fields, "options.detail")
    known = {"id": row.id, "title": row.title, "language": dom.language(response.text)}
    return described.posting(known | found, source, now) if found else None


def marked_up(response: Any, row: Posting) -> Posting | None:
    """Read a posting's own page by its schema.org markup: the one of this title, else the first."""
    stated = careers.stated(response)
    same = [posting for posting in stated if posting.title == row.title]
    return next(iter([*same, *stated]), None)


def detail_fields(source: Source) -> dict[str, str]:
    """Give the selectors for postings' own pages; none when those carry schema.org markup."""
    stated = source.options.get("detail")
    return {} if stated is None or isinstance(stated, bool) else checked(stated, "options.detail")


def checked(stated: Any, option: str, *, wanted: Iterable[str] = ()) -> dict[str, str]:
    """Give the fields of a table of selectors, each known to be one."""
    fields = described.fields(stated, option, wanted=wanted)
    return {field: selectors.check(query, f"{option}.{field}") for field, query in fields.items()}
