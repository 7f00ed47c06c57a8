"""Phenom career sites: a sitemap of one language, then every posting's own page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request

from crawler.about import About
from crawler.fields import links
from crawler.items import Gone, Posting, Shortfall, Total
from crawler.pages import board, careers, described, phenom, trouble
from crawler.spiders.base import SweepSpider, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scrapy.http import Response

    from crawler.items import Source

MOST_SHARDS = 200
"""Sitemaps of one language that are read; a site with more is partial."""


class PhenomSpider(SweepSpider):
    """Reads the sitemaps of one language of a site, and the JSON-LD of each posting's page.

    A site lists every posting once a language, and pages that are no postings among them; sitemaps
    that name no posting at all are a shortfall. A posting is known by the id in its link, since the
    link in its own markup may be the site's front page. A page that leads to the search is a
    closed posting. What the sitemap's ``lastmod`` does not announce is seen within a week.
    """

    name = "phenom"
    about = About(
        fetched="the sitemap index of one language and its sitemaps, then each posting's own page",
        requests="1 + sitemaps + postings that are new or have a new `lastmod`",
        gives="what the posting's schema.org markup states, and from the text what it leaves out",
        lacks="a total, an update time; the publication date may be the last re-publication's",
        asks="is not known to ask anything of programs beyond robots.txt",
        example='board = "careers.acme.example"',
    )
    recognises = (
        rf"https?://(?P<board>[\w-]+(?:\.[\w-]+)+)/(?P<locale>{phenom.LOCALE})/search-results\b",
    )
    marks = (r"\bphApp\.ddo\s*=", r"\bvar\s+phApp\s*=\s*phApp\b")
    readers = ("parse_posting", "parse_search")

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the sitemap index of the source's language, else for that of the whole site."""
        host = source.board or urlsplit(source.url or "").netloc
        if not host:
            raise ValueError(f"{source.id}: a source of kind {self.name} needs a url or a board")
        language = source.options.get("locale") or phenom.locale(source.url or "")
        yield Request(f"https://{host}/{f'{language}/' if language else ''}sitemap_index.xml")

    def parse(
        self,
        response: Response,
        *,
        language: str | None = None,
        rest: tuple[str, ...] = (),
        found: int = 0,
        **_: Any,
    ) -> Iterator[Request | Shortfall]:
        """Read a sitemap: its postings, its children, and then the ``rest`` of its siblings."""
        pages, children = careers.sitemap(response.body)
        if not pages and not children:
            words = trouble.blocked(response)
            yield Shortfall(words or f"{response.url}: the answer is no sitemap, or an empty one")
        postings = {url: lastmod for url, lastmod in pages if phenom.number(url)}
        language = language or phenom.locale(response.url) or phenom.chosen([*children, *postings])
        own = {url: mod for url, mod in postings.items() if phenom.locale(url) == language}
        yield from self._postings(own)
        rest = (*(url for url in children if phenom.locale(url) in (None, language)), *rest)
        if len(rest) > MOST_SHARDS:
            yield Shortfall(f"{len(rest)} sitemaps; the first {MOST_SHARDS} are read")
        if rest:
            state = {"language": language, "rest": rest[1:MOST_SHARDS], "found": found + len(own)}
            yield Request(rest[0], callback=self.parse, cb_kwargs=state)
        elif not found + len(own):
            yield Shortfall("the sitemaps name no postings")

    def _postings(self, pages: Mapping[str, str | None]) -> Iterator[Request]:
        for url, lastmod in pages.items():
            row = {"url": links.canonical(url), "lastmod": lastmod} if lastmod else None
            yield self.detail(url, self.parse_posting, posting=phenom.number(url), row=row)

    def parse_posting(self, response: Response, **_: Any) -> Iterator[Posting | Gone | Shortfall]:
        """Read a posting's own page: its markup, else what it keeps for its scripts."""
        source, now, asked = (response.meta[key] for key in ("source", "now", "posting"))
        key = asked or phenom.number(response.url)
        if words := careers.closed(response.text):
            yield Gone(key or "", f"its page says: {words}")
            return
        if "/search-results" in response.url:
            yield Gone(key or "", "its page leads to the search")
            return
        stated = careers.stated(response)
        url = links.canonical(response.url)
        kept = phenom.job(response.text)
        if stated:
            yield replace(stated[0], id=key or stated[0].id, url=url)
        elif kept and (posting := phenom.read(kept, source, now, url)):
            yield posting
        else:
            words = trouble.blocked(response)
            yield Shortfall(words or f"{response.url}: the page shows no posting")

    def parse_search(self, response: Response, **_: Any) -> Iterator[Posting | Total | Shortfall]:
        """Read a saved answer of the site's search; its rows have no text."""
        source, now = response.meta["source"], response.meta["now"]
        answer = board.dig(described.answer(response.text), "refineSearch")
        total = board.dig(answer, "totalHits")
        if isinstance(total, int):
            yield Total(total)
        yield from rows(
            board.dig(answer, "data", "jobs"), lambda row: phenom.read(row, source, now, None)
        )
