"""JSON answers that a user describes in rolecall.toml with JMESPath expressions."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from scrapy import Request
from w3lib.url import add_or_replace_parameter

from crawler.about import About
from crawler.fields import links
from crawler.items import Posting, Shortfall, Total
from crawler.pages import described, json_rows, paths, trouble
from crawler.spiders.described import DescribedSpider, mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scrapy.http import Response

    from crawler.items import Source


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a listing was read: the page number, rows, the largest total, marks of its pages."""

    at: int = 0
    read: int = 0
    total: int | None = None
    seen: tuple[str, ...] = ()


class JsonSpider(DescribedSpider):
    """Reads JSON by the user's own JMESPath: rows, fields, total, the next page.

    With ``script`` the JSON stands in a script of an HTML page. An answer that is no JSON, or has
    no list where ``rows`` looks, is a shortfall; an empty list is an empty board. Pages are asked
    for until the stated total was read, a page has fewer than ``size`` rows, or none. A page that
    repeats an earlier one is a shortfall; a total that drops after the first page is not believed.
    """

    name = "json"
    about = About(
        fetched="the answer and its next pages, by the expressions of [your "
        "description](describe.md); with `detail` each posting's own page",
        requests="1 + next pages; with `detail` one a posting that is new or whose row changed",
        gives="what the description names, and from the text what it leaves out: pay, start, "
        "deadline, degrees",
        lacks="answers that are given only to a POST or for a key",
        asks="says in robots.txt what may be asked for and how fast; an interface may have terms "
        "of its own",
    )

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the first page, once the description makes sense."""
        page = json_rows.describe(source).get("page")
        for request in super().requests(source):
            yield (
                request.replace(url=_numbered(request.url, page, page["start"]))
                if page
                else request
            )

    def parse(
        self, response: Response, *, progress: Mapping[str, Any] | None = None, **_: Any
    ) -> Iterator[Posting | Total | Shortfall | Request]:
        """Read one page of the answer; ``progress`` tells what the pages before it gave."""
        options = json_rows.describe(response.meta["source"])
        before = Progress(**(progress or {"at": options.get("page", json_rows.PAGE)["start"]}))
        answer = described.answer(json_rows.words_of(response, options))
        found = paths.find(options["rows"], answer)
        if not isinstance(found, list):
            words = "the answer is no JSON" if answer is None else "options.rows finds no list"
            yield Shortfall(trouble.blocked(response) or f"{response.url}: {words}")
            return
        total = _largest(before.total, described.count(paths.find(options["total"], answer)))
        if total is not None:
            yield Total(total)
        things = list(
            self.described(
                [json_rows.entry(row, options["fields"], response) for row in found], response
            )
        )
        yield from things
        here = mark(things)
        if found and here in before.seen:
            yield Shortfall(f"{response.url} repeats an earlier page of the listing")
            return
        after = Progress(before.at, before.read + len(found), total, (*before.seen, here))
        yield from self._next(options, answer, response, after, len(found))

    def _next(
        self,
        options: Mapping[str, Any],
        answer: Any,
        response: Response,
        after: Progress,
        rows: int,
    ) -> Iterator[Request | Shortfall]:
        """Ask for the next page, when there is one."""
        page, at = options.get("page"), after.at
        if "next" in options:
            token = paths.find(options["next"], answer)
            if token in (None, "", False):
                return
        elif page and not _last(page, after, rows):
            token = at = at + page["step"]
        else:
            return
        linked = links.absolute(str(token), response.url)
        url = _numbered(response.url, page, token) if page else linked
        if url is None:
            yield Shortfall(f"options.next finds no link but {str(token)[:80]!r}")
            return
        kwargs = {"progress": asdict(after) | {"at": at}}
        yield Request(url, callback=self.parse, cb_kwargs=kwargs)


def _numbered(url: str, page: Mapping[str, Any], token: Any) -> str:
    return str(add_or_replace_parameter(url, page["parameter"], str(token)))


def _largest(*totals: int | None) -> int | None:
    return max((total for total in totals if total is not None), default=None)


def _last(page: Mapping[str, Any], after: Progress, rows: int) -> bool:
    """Say whether the page just read was the last one."""
    if not rows:
        return True
    if after.total is not None:
        return after.read >= after.total
    return rows < int(page["size"])
