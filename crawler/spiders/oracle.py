"""Oracle Recruiting career sites: pages of an API, then one answer for each posting."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.about import About
from crawler.pages import described, oracle, paging, trouble
from crawler.spiders.api import DetailedApiSpider
from crawler.spiders.base import rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scrapy.http import Response

    from crawler.items import Source

SIZE = 200
"""Rows a page, the most that are given."""
CAP = 10_000
"""Offsets that are answered; what a list has beyond them cannot be read."""

_API = "/hcmRestApi/resources/latest/recruitingCEJobRequisition"
_ORDER = "sortBy=POSTING_DATES_DESC"
_NUMBER = re.compile(r"CX(?:_\d+)?", re.IGNORECASE)
_HOST = r"https?://(?P<tenant>[\w.-]+\.oraclecloud\.com)(?::443)?"


class OracleSpider(DetailedApiSpider):
    """Reads ``recruitingCEJobRequisitions`` of a pod: 200 rows a page, then an answer a posting.

    Paging stands inside the finder; outside of it, it would be ignored and the first page would
    come for ever. A site known by name, or on a host of the employer's own, says on its page where
    its API is and which number it has. Lists end at 10,000 postings. Several sites of one employer
    overlap, and each is a source of its own. An answer without items is a closed posting.
    """

    name = "oracle"
    about = About(
        fetched="the API behind the site's own page: its list, then each posting's answer",
        requests="1 for every 200 postings + postings that are new or whose row changed; 1 more "
        "where the site is not known by its number",
        gives="every place, remote mode, text, employment type, department, first and last day of "
        "the publication; pay where the employer made a field for it or the text has it",
        lacks="an update time; anything beyond 10,000 postings, which makes a visit partial",
        asks="is not known to ask anything of programs beyond robots.txt",
        example='board = "acme.fa.us2.oraclecloud.com/CX_1"',
    )
    recognises = (
        rf"{_HOST}/hcmUI/CandidateExperience/[\w-]+/sites/(?P<board>[\w-]+)",
        rf"{_HOST}/hcmRestApi/resources/[\w.]+/recruitingCE\w+\?.*?siteNumber(?:=|%3D)(?P<board>\w+)",
    )
    marks = (r"data-apibaseurl=[\"']https?://[\w.-]+\.oraclecloud\.com",)
    lanes = 2
    listed = ("requisitionList",)
    read = staticmethod(oracle.listed)
    own = staticmethod(oracle.own)

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the list, or for the page that says where it is."""
        if source.url:
            yield Request(source.url, callback=self.parse_site)
            return
        host, _, name = (source.board or "").rpartition("/")
        if not host:
            raise ValueError(f'{source.id}: board = "HOST/SITE" is wanted')
        pages = f"https://{host}/hcmUI/CandidateExperience/en/sites/{name}"
        if _NUMBER.fullmatch(name):
            site = {"api": f"https://{host}", "number": name, "pages": pages}
            yield self._page(site)
        else:
            yield Request(pages, callback=self.parse_site)

    def answer(self, response: Response) -> Any:
        """Parse the result of a search; raises ``ValueError`` when the answer is none."""
        return oracle.found(response)

    def parse_site(self, response: Response, **_: Any) -> Iterator[Request]:
        """Read where a site has its list; raises ``ValueError`` when the page is none of Oracle."""
        site = oracle.site(response.text, response.url)
        if site is None:
            raise ValueError(trouble.blocked(response) or "the page is no Oracle career site")
        yield self._page(site)

    def parse(
        self,
        response: Response,
        *,
        site: Mapping[str, str] | None = None,
        offset: int = 0,
        first: str | None = None,
        **_: Any,
    ) -> Iterator[Any]:
        """Ask for the answer of every row, and for the page after this one."""
        answer, site = self.answer(response), site or {}
        entries, total = answer.get("requisitionList"), described.count(answer["TotalJobsCount"])
        sheet = paging.sheet(entries, "Id", offset, total or 0, first)
        yield from paging.notes(sheet, CAP)
        if not sheet.follows:
            return
        yield from rows(entries, lambda row: self._posting(response, row, site))
        if offset + SIZE < min(sheet.total, CAP):
            yield self._page(site, offset + SIZE, first or sheet.begin)

    def _page(self, site: Mapping[str, str], offset: int = 0, first: str | None = None) -> Request:
        finder = f"findReqs;siteNumber={site['number']},limit={SIZE},offset={offset}"
        query = f"expand=requisitionList.secondaryLocations&finder={finder},{_ORDER}"
        return Request(
            f"{site['api']}{_API}s?onlyData=true&{query}",
            callback=self.parse,
            cb_kwargs={"site": dict(site), "offset": offset, "first": first},
        )

    def _posting(self, response: Response, row: Any, site: Mapping[str, str]) -> Any:
        posting = self.read(row, response.meta["source"], response.meta["now"])
        if posting is None:
            return None
        finder = f'ById;Id="{posting.id}",siteNumber={site["number"]}'
        stated = oracle.stable(row)
        return self.detail(
            f"{site['api']}{_API}Details?onlyData=true&expand=all&finder={finder}",
            self.parse_posting,
            posting=posting.id,
            row=stated,
            listed=stated,
            pages=site["pages"],
        )

    def headers(self, source: Source) -> Mapping[str, str]:  # noqa: ARG002 - the same for all
        """Ask for plain JSON: Oracle's own media type is not known to be a text."""
        return {"Accept": "application/json, text/html;q=0.9"}
