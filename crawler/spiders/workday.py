"""Workday career sites: pages of the list by POST, then one answer for each posting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.http import JsonRequest

from crawler.about import About
from crawler.items import Shortfall, Total, plain
from crawler.pages import answers, board, described, workday
from crawler.spiders.api import DetailedApiSpider
from crawler.spiders.base import rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scrapy.http import Response

    from crawler.items import Posting, Source

SIZE = 20
"""Rows a page; a request for more is refused."""
CAP = 2000
"""The most that a list ever states; offsets beyond it begin again at the first page."""

_LOCALE = r"(?:[a-z]{2}(?:-[a-z]{2,4})?/)?"
_SITE = r"(?P<board>(?!(?:jobs?|details|login|wday|[a-z]{2}-[a-z]{2})(?:[/?#]|$))[^/?#]+)"


class WorkdaySpider(DetailedApiSpider):
    """Reads ``TENANT.wdN.myworkdayjobs.com``: 20 rows a page by POST, then an answer a posting.

    The total is right on the first page only and never above 2,000, beyond which a list begins
    again: such a site is never complete, unless ``options.facets`` or ``options.search`` narrow it.
    A list that moves while it is read repeats a row and hides another: then the visit is partial.
    "3 Locations" are resolved on the posting's own answer, the age of a posting as well. A closed
    one answers 404, or 403 with the code S22. The id is the end of a posting's path; the title in
    it is not part of the id.
    """

    name = "workday"
    about = About(
        fetched="the list behind the site's own page, 20 rows a request, then an answer a posting",
        requests="1 for every 20 postings + postings that are new or whose row changed. A new site "
        "of more than about 1,500 postings takes several visits, each of them partial",
        gives="every place, remote mode where the employer shows it, text, employment type, first "
        "and last day of the publication, requisition id",
        lacks="pay as a field, department, an update time; anything beyond 2,000 postings, which "
        "makes a visit partial",
        asks="is not known to ask anything of programs beyond robots.txt",
        example='board = "acme/Careers"\noptions = { host = "wd5" }',
    )
    recognises = (
        rf"https?://(?P<tenant>[\w-]+)\.(?P<host>wd\d+)\.myworkdayjobs\.com/(?:wday/cxs/[^/]+/|{_LOCALE}){_SITE}",
        rf"https?://(?P<host>wd\d+)\.(?P<domain>myworkdaysite\.com)/(?:wday/cxs/|{_LOCALE}recruiting/)(?P<tenant>[\w-]+)/{_SITE}",
    )
    lanes = 2
    own = staticmethod(workday.own)

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the first page; raises ``ValueError`` when tenant or host is not known."""
        yield _page(f"{_site(source).api}/jobs", source, {"offset": 0})

    def parse(
        self,
        response: Response,
        *,
        offset: int = 0,
        total: int = 0,
        seen: Sequence[str] = (),
        **_: Any,
    ) -> Iterator[Any]:
        """Ask for the answer of every row that is new, and for the page after this one."""
        answer = answers.read(response)
        entries = board.dig(answer, "jobPostings")
        if offset == 0:
            total = described.count(board.dig(answer, "total")) or 0
            yield from _stated(answer, total)
        known = dict.fromkeys(seen)
        for thing in rows(entries, lambda row: self._posting(response, row)):
            key = thing.meta["posting"] if isinstance(thing, Request) else None
            if key not in known:
                yield thing
            if key:
                known[key] = None
        number = offset // SIZE + 1
        if offset < total and not entries:
            yield Shortfall(f"page {number} of the list is empty; {total} postings are stated")
        elif offset and len(known) == len(seen):
            yield Shortfall(f"page {number} of the list repeats pages before it")
        elif offset + SIZE < min(total, CAP):
            state = {"offset": offset + SIZE, "total": total, "seen": [*known]}
            yield _page(response.url, response.meta["source"], state)

    def parse_rows(self, response: Response, **_: Any) -> Iterator[Posting | Shortfall]:
        """Read the rows of a saved page of the list."""
        entries = board.dig(answers.read(response), "jobPostings")
        yield from rows(entries, lambda row: _row(response, row))

    def _posting(self, response: Response, row: Any) -> Any:
        listed = _row(response, row)
        if listed is None:
            return None
        return self.detail(
            f"{response.url.removesuffix('/jobs')}{row['externalPath']}",
            self.parse_posting,
            posting=listed.id,
            row=workday.stable(row),
            listed=plain(listed),
        )

    def closing(self, response: Response) -> str | None:
        """Know the refusal that means that a posting is no longer there."""
        code = board.dig(described.answer(getattr(response, "text", "")), "errorCode")
        return f"error code {code}" if code == "S22" else None


def _site(source: Source) -> workday.Site:
    tenant, _, name = (source.board or "").rpartition("/")
    pod = source.options.get("host")
    if not (tenant and pod):
        raise ValueError(f'{source.id}: board = "TENANT/SITE" and options.host are wanted')
    shared = source.options.get("domain")
    host = f"{pod}.{shared}" if shared else f"{tenant}.{pod}.myworkdayjobs.com"
    return workday.site(host, tenant, name)


def _page(url: str, source: Source, state: dict[str, Any]) -> Request:
    options = source.options
    wanted = {
        "appliedFacets": options.get("facets", {}),
        "limit": SIZE,
        "offset": state["offset"],
        "searchText": options.get("search", ""),
    }
    return JsonRequest(url, data=wanted, cb_kwargs=state)


def _row(response: Response, row: Any) -> Posting | None:
    site = workday.site_of(response.url)
    source, now = response.meta["source"], response.meta["now"]
    return workday.listed(row, source, now, site.pages if site else "")


def _stated(answer: Any, total: int) -> Iterator[Total | Shortfall]:
    if board.dig(answer, "total") is None:
        yield Shortfall("the list states no total")
        return
    yield Total(min(total, CAP))
    if total >= CAP:
        yield Shortfall(f"the list shows {CAP} postings at most: narrow it with options.facets")
