"""The kinds of sites that can be read: a file in ``crawler/spiders`` each."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from scrapy.utils.misc import walk_modules_iter

if TYPE_CHECKING:
    from types import ModuleType

    from crawler.spiders.base import SweepSpider


def kinds() -> dict[str, type[SweepSpider]]:
    """Give every spider class by its kind. A new file in ``crawler/spiders`` is all it takes."""
    found: dict[str, type[SweepSpider]] = {}
    for module in walk_modules_iter("crawler.spiders"):
        found |= _spiders(module)
    return dict(sorted(found.items()))


def kind(name: str) -> type[SweepSpider] | None:
    """Give the spider class of one kind, loading the others only if its file is not named so."""
    path = f"crawler.spiders.{name}"
    if name.isidentifier() and find_spec(path) is not None:
        found = _spiders(import_module(path))
        if name in found:
            return found[name]
    return kinds().get(name)


def _spiders(module: ModuleType) -> dict[str, type[SweepSpider]]:
    return {
        thing.name: thing  # type: ignore[attr-defined]
        for thing in vars(module).values()
        if isinstance(thing, type)
        and thing.__module__ == module.__name__
        and isinstance(getattr(thing, "name", None), str)
    }
