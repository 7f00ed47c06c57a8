"""Writes the sites that are measured: pages, listings, sitemaps and boards, in two versions.

A version is a folder that holds a folder for each address. What did not change in the second
version is a hard link to the first, so that it keeps its time and thus its ETag.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.speed import markup, openings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.speed.openings import Opening

VERSIONS = ("v1", "v2")
EDITION = "3"
"""Raised when the pages change, so that kept ones are written anew."""
WRITTEN = (1_793_000_000, 1_793_100_000)
"""Seconds since 1970 at which the pages of the two versions claim to be written.

An ETag of nginx is made of a page's time and size, and an edit may leave the size as it was."""
MOST_A_SITE = 1000
ROBOTS = "User-agent: *\nDisallow: /admin/\n"


@dataclass(frozen=True, slots=True)
class Website:
    """Some sites with so many ``pages`` of openings in all, under ``folder``."""

    folder: Path
    pages: int

    @property
    def sites(self) -> int:
        """How many sites there are: ten, or as many as keep each to ``MOST_A_SITE`` pages."""
        return max(1, min(10, self.pages // openings.EVERY), self.pages // MOST_A_SITE)

    @property
    def validated(self) -> list[str]:
        """The addresses that answer with an ETag, and conditionally."""
        return [f"127.0.1.{site + 1}" for site in range(self.sites)]

    @property
    def plain(self) -> list[str]:
        """The addresses of the same pages that know no conditional request."""
        return [f"127.0.2.{site + 1}" for site in range(self.sites)]

    @property
    def even(self) -> bool:
        """Whether each site has its whole share of edited, new and removed openings."""
        return self.sites > 0 and self.pages > 0 and self.pages % (self.sites * openings.EVERY) == 0

    def numbers(self, site: int) -> range:
        """Give the numbers of a site's openings."""
        each = self.pages // self.sites
        return range(site * each, (site + 1) * each)

    def fresh(self, site: int) -> range:
        """Give the numbers of those that are new in the second version."""
        each = self.pages // self.sites // openings.EVERY
        return range(self.pages + site * each, self.pages + (site + 1) * each)

    def openings(self, site: int, version: str) -> list[Opening]:
        """Give the openings of a site."""
        numbers = self.numbers(site)
        second = version == VERSIONS[1]
        return openings.second(numbers, self.fresh(site)) if second else openings.first(numbers)

    def write(self) -> None:
        """Write all pages, unless they stand there already."""
        stamp = self.folder / "stamp"
        if stamp.exists() and stamp.read_text() == EDITION:
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        for site in range(self.sites):
            self._write_site(site)
        stamp.write_text(EDITION)

    def _write_site(self, site: int) -> None:
        template = markup.Template(site)
        first = self.folder / VERSIONS[0] / self.validated[site]
        second = self.folder / VERSIONS[1] / self.validated[site]
        stated = self.openings(site, VERSIONS[0])
        _write_version(first, stated, template)
        _date(first, WRITTEN[0])
        _write_version(second, self.openings(site, VERSIONS[1]), template, stated, first)
        _date(second, WRITTEN[1])
        for version in VERSIONS:
            folder = self.folder / version
            shutil.copytree(
                folder / self.validated[site], folder / self.plain[site], copy_function=os.link
            )

    def publish(self, port: int) -> None:
        """Write the sitemaps, whose links name the port."""
        for version, written in zip(VERSIONS, WRITTEN, strict=True):
            for site in range(self.sites):
                paths = self._paths(version, self.validated[site])
                for address in (self.validated[site], self.plain[site]):
                    path = self.folder / version / address / "sitemap.xml"
                    path.write_text(sitemap(f"http://{address}:{port}", paths))
                    os.utime(path, (written, written))

    def links(self, port: int) -> list[str]:
        """Give the links of all pages of the first version."""
        return [
            f"http://{address}:{port}{path}"
            for address in self.validated
            for path in self._paths(VERSIONS[0], address)
        ]

    def _paths(self, version: str, address: str) -> list[str]:
        """Give the paths of a site's pages by number."""
        names = [page.name for page in (self.folder / version / address / "jobs").iterdir()]
        return [f"/jobs/{name}" for name in sorted(names, key=lambda name: int(name.split("-")[0]))]


def _write_version(
    folder: Path,
    stated: Sequence[Opening],
    template: markup.Template,
    former: Sequence[Opening] = (),
    before: Path | None = None,
) -> None:
    """Write one version of a site; openings that stand in the ``former`` one are linked to it."""
    (folder / "jobs").mkdir(parents=True)
    (folder / "list").mkdir()
    (folder / "robots.txt").write_text(ROBOTS)
    same = set(former)
    for each in stated:
        path = folder / "jobs" / each.slug
        if before is not None and each in same:
            path.hardlink_to(before / "jobs" / each.slug)
        else:
            path.write_text(markup.posting_page(each, template))
    cards = [stated[at : at + markup.CARDS] for at in range(0, len(stated), markup.CARDS)]
    for page, shown in enumerate(cards, 1):
        following = f"/list/{page + 1}" if page < len(cards) else None
        (folder / "list" / str(page)).write_text(markup.listing_page(shown, template, following))


def _date(folder: Path, written: int) -> None:
    """Set the time of every page that has no link elsewhere: of those of this version alone."""
    for page in folder.rglob("*"):
        if page.is_file() and page.stat().st_nlink == 1:
            os.utime(page, (written, written))


def sitemap(base: str, paths: Sequence[str]) -> str:
    """Give a sitemap of these paths."""
    entries = "".join(f"<url><loc>{base}{path}</loc></url>\n" for path in paths)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{space}">\n{entries}</urlset>\n'
