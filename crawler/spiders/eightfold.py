"""Eightfold career sites: pages of a search, then one answer for each posting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin

from scrapy import Request

from crawler.about import About
from crawler.pages import eightfold, paging, trouble
from crawler.spiders.api import DetailedApiSpider
from crawler.spiders.base import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.http import Response

    from crawler.items import Source

SIZE = 10
"""Rows a page, whatever is asked for."""
CAP = 2000
"""The most that a search shows."""

_SERVICES = r"(?!(?:www|app|api|static|cdn|login|status|docs|help|vs-errors)\.)"


class EightfoldSpider(DetailedApiSpider):
    """Reads ``/api/pcsx/search`` of a career site, ten rows a page, then an answer a posting.

    The search wants the employer's domain, which the site's page states (or ``options.domain``).
    It ends at 2,000 postings. It answers too many questions at a time with 429, so they are asked
    one after the other. Sites that have it switched off, or want a cookie for it, answer 403 and
    cannot be read. Places may be written as Python writes a list.
    """

    name = "eightfold"
    about = About(
        fetched="the site's page, once, for its domain; its search; then each posting's answer",
        requests="1 + 1 for every 10 postings + postings that are new or whose row changed. A new "
        "site of more than about 1,000 postings takes several visits, each of them partial",
        gives="every place, remote mode, text, department, published, updated where stated, the "
        "requisition id of the system behind it; employment type where the employer shows it",
        lacks="pay as a field, a deadline; anything beyond 2,000 postings, which makes a visit "
        "partial; sites that want a cookie",
        asks="is not known to ask anything of programs beyond robots.txt",
    )
    recognises = (
        rf"https?://(?P<board>{_SERVICES}[a-z0-9-]+)\.eightfold\.ai(?:[/?#:]|$)",
        r"https?://app\.eightfold\.ai/careers(?:/[^?#]*)?\?(?:[^#]*&)?domain=(?P<board>[\w-]+\.[\w.-]+)",
    )
    marks = (r"<code[^>]*\bid=[\"']pcsx-data[\"']", r"\bhide_eightfold_branding\b")
    pace = 0.7
    lanes = 1
    listed = ("positions",)
    read = staticmethod(eightfold.read)
    own = staticmethod(eightfold.own)

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the site's page, or at once for its postings where the domain is known."""
        name = source.board or ""
        host = "app" if "." in name else name
        url = source.url or f"https://{host}.eightfold.ai/careers"
        domain = source.options.get("domain") or (name if "." in name else None)
        yield _page(url, domain) if domain else Request(url, callback=self.parse_site)

    def answer(self, response: Response) -> Any:
        """Parse the result of a search; raises ``ValueError`` when the answer is none."""
        return eightfold.found(response)

    def context(self, answer: Any, url: str) -> dict[str, str]:  # noqa: ARG002 - the link does
        """Give the link that the links of postings are relative to."""
        return {"url": url}

    def parse_site(self, response: Response, **_: Any) -> Iterator[Request]:
        """Read the domain; raises ``ValueError`` when the page states none."""
        domain = eightfold.domain(response.text)
        if domain is None:
            raise ValueError(trouble.blocked(response) or "the page is no Eightfold career site")
        yield _page(response.url, domain)

    def parse(
        self,
        response: Response,
        *,
        domain: str = "",
        start: int = 0,
        total: int = 0,
        first: str | None = None,
        **_: Any,
    ) -> Iterator[Any]:
        """Ask for the answer of every row, and for the page after this one."""
        found = self.answer(response)
        entries = found["positions"]
        sheet = paging.sheet(entries, "id", start, total if start else found["count"], first)
        yield from paging.notes(sheet, CAP)
        if not sheet.follows:
            return
        yield from rows(entries, lambda row: self._posting(response, row, domain))
        if start + SIZE < min(sheet.total, CAP):
            state = {"total": sheet.total, "first": first or sheet.begin}
            yield _page(response.url, domain, start + SIZE, **state)

    def _posting(self, response: Response, row: Any, domain: str) -> Any:
        source, now = response.meta["source"], response.meta["now"]
        posting = eightfold.read(row, source, now, response.url)
        if posting is None:
            return None
        query = urlencode({"position_id": posting.id, "domain": domain, "hl": "en"})
        url = urljoin(response.url, f"/api/pcsx/position_details?{query}")
        stated = eightfold.stable(row)
        return self.detail(url, self.parse_posting, posting=posting.id, row=stated, listed=stated)


def _page(url: str, domain: str, start: int = 0, **state: Any) -> Request:
    query = {"domain": domain, "query": "", "location": "", "start": start, "sort_by": "timestamp"}
    return Request(
        urljoin(url, f"/api/pcsx/search?{urlencode(query)}"),
        cb_kwargs={"domain": domain, "start": start, **state},
    )
