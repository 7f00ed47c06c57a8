"""JSON answers that a user describes: the description, and what it finds in an answer. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.fields import links
from crawler.pages import described, details, paths, selectors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.items import Source

PAGE = {"parameter": "", "start": 1, "step": 1, "size": 0}
"""What a table ``options.page`` says where it does not say otherwise."""
_OPTIONS = ("rows", "fields", "next", "page", "total", "script", "detail")


def describe(source: Source) -> dict[str, Any]:
    """Give a description with its fields by their full names; raises ``ValueError`` in words."""
    options = dict(described.options(source, _OPTIONS))
    fields = described.fields(options.get("fields"), "options.fields", wanted=("title",))
    if "id" not in fields and "url" not in fields:
        raise ValueError("options.fields: id or url is wanted, by which a posting is known again")
    options["fields"] = {
        field: paths.check(query, f"options.fields.{field}") for field, query in fields.items()
    }
    options["rows"] = paths.check(options.get("rows"), "options.rows")
    options["total"] = paths.check(options.get("total", "`null`"), "options.total")
    if "script" in options:
        selectors.check(options["script"], "options.script")
    if "next" in options:
        paths.check(options["next"], "options.next")
    if "page" in options:
        options["page"] = described.table(options["page"], "options.page", PAGE)
        if not options["page"]["parameter"]:
            raise ValueError("options.page.parameter is missing")
    details.detail_fields(source)
    return options


def words_of(response: Any, options: Mapping[str, Any]) -> str:
    """Give the JSON's text: the answer, or what the selector of a script finds on the page."""
    if "script" not in options:
        return str(response.text)
    found = selectors.find(selectors.document(response), options["script"], "options.script")
    return str(found[0].xpath("string()").get()) if found else ""


def entry(row: Any, fields: Mapping[str, str], response: Any) -> dict[str, Any]:
    """Read one row; nothing when it has not what its postings are known by."""
    found = {field: paths.find(query, row) for field, query in fields.items()}
    for field in {"url", "apply_url"} & found.keys():
        stated = found[field]
        target = links.absolute(stated, response.url) if isinstance(stated, str) else None
        found[field] = target if stated else None
    return found if found.get("id" if "id" in found else "url") else {}
