"""Curated lists: openings that people collect in a file of a public repository."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request

from crawler.about import About
from crawler.items import Gone, Posting, Shortfall
from crawler.pages import curated
from crawler.spiders.base import SweepSpider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.http import Response

    from crawler.items import Source

RAW = "https://raw.githubusercontent.com"
_FILE = re.compile(
    r"(?:https?://(?:www\.)?(?:github|raw\.githubusercontent)\.com/)?"
    r"(?P<repository>[^/?#\s]+/[^/?#\s]+?)(?:\.git)?"
    r"(?:/(?:blob/|raw/|tree/)?(?P<path>[^?#\s]+?))?/?(?:[?#].*)?",
    re.IGNORECASE,
)
# Repositories whose owners write their tables from a file that says more.
_WITH_JSON = re.compile(r"(?:simplifyjobs|vanshb03)/", re.IGNORECASE)
_LISTINGS = ".github/scripts/listings.json"
# A page links to many repositories; only those that are called a list of openings are taken.
_CALLED = (
    r"(?=[^?#]*(?:intern(?:ship)?s?\b|new-?grad|(?:college|tech|remote)-jobs|positions|hiring))"
)
_PAGE = rf"https?://(?:www\.)?github\.com/{_CALLED}"
_FILES = rf"https?://raw\.githubusercontent\.com/{_CALLED}"
_NAME = r"[\w-]+/[\w.-]+?"
_END = r"(?:[?#]|$)"


class GithubListSpider(SweepSpider):
    """Reads ``listings.json`` or the Markdown and HTML tables of a curated list, one file each.

    What the list marks closed (a lock, ``active: false``) or hides is held like a miss, for such
    marks are somebody's opinion. Relative ages are never news. "↳" is the company of the row above;
    repeated ids are one posting when they lead to one link. A table's rows are known by their link,
    so a row that gets another link is another posting.
    """

    name = "github_list"
    secondhand = True
    about = About(
        fetched="the list's file as it stands in the repository: `listings.json`, or a Markdown "
        "file with tables",
        requests="one",
        gives="company, places, the link to apply, pay and work model where the list has a column "
        "for them, when it was added, sponsorship and terms as text",
        lacks="the posting's own text, a total, an authority on what is closed: its locks and flags"
        " are held for a day. From ages (`9d`) comes a date that is never news",
        asks="serves raw files of public repositories to anyone; its robots.txt is obeyed",
    )
    recognises = (
        rf"{_PAGE}(?P<board>{_NAME}/(?:blob|raw)/[^?#]+\.(?:md|markdown)){_END}",
        rf"{_PAGE}(?P<board>{_NAME}/(?:blob|raw)/[^?#]+/listings)\.json{_END}",
        rf"{_FILES}(?P<board>{_NAME}/[^?#]+\.(?:md|markdown)){_END}",
        rf"{_FILES}(?P<board>{_NAME}/[^?#]+/listings)\.json{_END}",
        rf"{_PAGE}(?P<board>{_NAME})(?:\.git)?/?{_END}",
        rf"{_PAGE}(?P<board>{_NAME}/tree/[^/?#]+)/?{_END}",
    )

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the file that a link to a repository, to its page or to itself means."""
        yield Request(address(source.url or source.board or ""))

    def parse(self, response: Response, **_: Any) -> Iterator[Posting | Gone | Shortfall]:
        """Read the list."""
        source, now = response.meta["source"], response.meta["now"]
        found = curated.read(response.text, source, now)
        if not found.rows and not urlsplit(response.url).path.endswith(".json"):
            raise ValueError("an empty list answers instead of the list's file")
        yield from found.postings
        yield from found.gone
        if found.unread:
            yield Shortfall(f"{found.unread} of {found.rows} rows could not be read")
        elif not found.whole:
            yield Shortfall(f"{response.url}: the list breaks off before its end")


def address(link: str) -> str:
    """Give the raw file's address; one on another host stands as it is.

    A repository alone means its ``listings.json`` where its owner is known to keep one, else its
    README, on its main branch where the link names none.
    """
    match = _FILE.fullmatch(link.strip())
    if match is None:
        return link.strip()
    repository, path = match["repository"], match["path"] or "HEAD"
    if "/" not in path:  # a branch
        path += f"/{_LISTINGS if _WITH_JSON.match(repository) else 'README.md'}"
    elif path.endswith("/listings"):
        path += ".json"  # as a board's name the link loses it
    return f"{RAW}/{repository}/{path}"
