"""Pages that a user describes by selectors: the description, and what it finds. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.fields import links, text
from crawler.items import Shortfall, Total
from crawler.pages import described, details, dom, selectors, trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parsel import Selector

    from crawler.items import Source

_OPTIONS = ("rows", "fields", "next", "total", "empty", "detail")


def describe(source: Source) -> Mapping[str, Any]:
    """Give a description with its fields by their full names; raises ``ValueError`` in words."""
    options = dict(described.options(source, _OPTIONS))
    for name in ("rows", "next", "total"):
        if name == "rows" or (name in options and options[name] is not True):
            options[name] = selectors.check(options.get(name), f"options.{name}")
    options["fields"] = details.checked(
        options.get("fields"), "options.fields", wanted=("title", "url")
    )
    details.detail_fields(source)
    return options


def entry(row: Selector, fields: Mapping[str, str], response: Any, base: str) -> dict[str, Any]:
    """Read one row, whose link is relative to ``base``; nothing when it leads nowhere."""
    found: dict[str, Any] = selectors.read(row, fields, "options.fields")
    href = next(iter(found.get("url", ())), None)
    target = links.absolute(href, base) if href else None
    language = dom.language(response.text)
    return {"language": language} | found | {"url": target} if target else {}


def total(page: Selector, options: Mapping[str, Any]) -> int | None:
    """Give the number of postings that the page states, where the description says so."""
    found = selectors.find(page, options["total"], "options.total") if "total" in options else []
    return described.count(selectors.value("total", found[0])) if found else None


def nothing(page: Selector, options: Mapping[str, Any], response: Any) -> Total | Shortfall:
    """Say what a page without rows means: what it says itself, else that it was not read."""
    stated = text.fold(str(options.get("empty") or ""))
    if stated and stated in text.fold(dom.words(page.root)):
        return Total(0)
    words = trouble.blocked(response)
    return Shortfall(words or f"{response.url}: options.rows finds nothing on the page")
