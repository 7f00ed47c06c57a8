"""The same pages as files: a site without a server, for those whose cron writes it.

Pages are written in the order in which they are reached from the first one, up to a number; a link
to a page beyond it is plain text. What needs a server to answer is left out: search, narrowing by
more than a source, kept pages. Links are relative, so that the folder may lie anywhere.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
import tempfile
from collections import Counter, deque
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from monitor.language import spoken
from monitor.render import asset
from monitor.web import addresses
from monitor.web.drawing import draw
from monitor.web.site import Ask, Missing, Page, Raw

if TYPE_CHECKING:
    from monitor.lookup import Lookup
    from monitor.web.site import Site

MOST = 5_000
"""Pages that are written unless another number is asked for."""
ASSETS = ("page.css", "icon.svg")
_MARK = ".rolecall-export"
_WORDS = "This folder is written by `rolecall export`, which replaces all of it.\n"
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,80}")
_ASKED = {
    "latest": {"kind", "before"},
    "postings": {"source", "state", "before"},
    "sources": {"from"},
    "crawls": {"before"},
    "compare": {"before", "after"},
    "statistics": {"source"},
    "digests": {"before"},
}
"""What may be asked of a page that is a file; a question with any other part has no file."""


class ExportError(Exception):
    """Raised when the folder is not ours to replace; says what to do."""


class Target(NamedTuple):
    """One page: its name and what is asked of it, in one order."""

    name: str
    asked: tuple[tuple[str, str], ...]


class Export:
    """One export on its way: which pages there are to be, and which were refused."""

    def __init__(self, site: Site, lookup: Lookup, most: int) -> None:
        self._site, self._lookup, self._most = site, lookup, most
        self._files: dict[Target, str] = {}
        self._taken: set[str] = set()
        self._waiting: deque[Target] = deque()
        self._refused: set[Target] = set()

    @property
    def left(self) -> Counter[str]:
        """How many pages of each name were left out because there were too many."""
        return Counter(target.name for target in self._refused)

    def write(self, folder: Path) -> int:
        """Write every page that is reached; give how many."""
        for name in ("latest", *addresses.PAGES):
            if not addresses.parts(name):
                self._enlist(Target(name, ()))
        written = 0
        while self._waiting:
            target = self._waiting.popleft()
            file = folder / self._files[target]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self._content(target), encoding="utf-8", errors="replace")
            written += 1
        for name in ASSETS:
            (folder / name).write_text(asset(name, self._site.templates), encoding="utf-8")
        return written

    def _content(self, target: Target) -> str:
        to = partial(self._to, posixpath.dirname(self._files[target]))
        made: Page | Raw
        try:
            ask = Ask(to, dict(target.asked), forms=False)
            with spoken(self._site.language):
                made = addresses.PAGES[target.name].make(self._site, self._lookup, ask)
        except Missing as error:
            made = Page("trouble.html", "Not found", {"words": str(error)})
        if isinstance(made, Raw):
            return made.text
        up = "../" * self._files[target].count("/")
        return draw(self._site, made, to, assets=up, name=target.name)

    def _to(self, here: str, name: str, /, **asked: object) -> str:
        """Write a relative link to a page that has a file, or "" for one that has none."""
        said = {key: str(value) for key, value in asked.items() if value not in (None, "")}
        if name == "kept" or said.keys() - {*addresses.parts(name), *_ASKED.get(name, ())}:
            return ""
        target = Target(name, tuple(sorted(said.items())))
        if not self._enlist(target):
            return ""
        return quote(posixpath.relpath(self._files[target], here or "."))

    def _enlist(self, target: Target) -> bool:
        if target in self._files:
            return True
        if len(self._files) >= self._most:
            self._refused.add(target)
            return False
        self._files[target] = self._named(target)
        self._waiting.append(target)
        return True

    def _named(self, target: Target) -> str:
        """Give the file of a page: one that no file system takes for another's."""
        asked = dict(target.asked)
        address = addresses.PAGES[target.name]
        rest = {key: asked[key] for key in asked if key not in addresses.parts(target.name)}
        safe = all(_SAFE.fullmatch(asked[part]) for part in addresses.parts(target.name))
        mark = hashlib.sha256(json.dumps(target).encode()).hexdigest()[:12]
        path = address.path.strip("/").format(**asked) if safe else f"{target.name}/{mark}"
        path = (path or "index") + (f"-{mark}" if rest else "")
        path = f"{path}-{mark}" if path.lower() in self._taken else path
        self._taken.add(path.lower())
        return path + (".txt" if target.name == "text" else ".html")


def export(
    site: Site, lookup: Lookup, folder: Path, *, most: int = MOST
) -> tuple[int, Counter[str]]:
    """Write the site; give how many pages it has, and how many of each name were left out.

    The folder is replaced as a whole, once everything is written. Raises ``ExportError`` for one
    that holds anything else than an earlier export.
    """
    folder = folder.absolute()
    if folder.exists() and not _ours(folder):
        raise ExportError(
            f"{folder}: holds other files; name a new or empty folder, which is then replaced"
            " by each export"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as draft:
        fresh = Path(draft) / "site"
        fresh.mkdir()
        (fresh / _MARK).write_text(_WORDS, encoding="utf-8")
        work = Export(site, lookup, most)
        with lookup.reading():
            written = work.write(fresh)
        if folder.exists():
            folder.rename(Path(draft) / "old")
        fresh.rename(folder)
    return written, work.left


def _ours(folder: Path) -> bool:
    return folder.is_dir() and ((folder / _MARK).is_file() or not any(folder.iterdir()))
