"""SAP SuccessFactors: career sites with their RSS of postings, and the older listing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from scrapy import Request

from crawler.about import About
from crawler.items import Posting, Shortfall, Total
from crawler.pages import successfactors, trouble
from crawler.spiders.described import DescribedSpider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.http import Response

    from crawler.items import Source


class SuccessFactorsSpider(DescribedSpider):
    """Reads ``/sitemal.xml`` (so spelt) of a career site, or the XML of the older listing.

    One answer with every posting and its text. A place often stands in the title's brackets only,
    and ends in a country's code ("Dimona, IL" is in Israel). An expiration date that all postings
    share is the feed's own, not a deadline. The older listing names its facets freely, is no valid
    XML where one has no name, and leaves ``[[tokens]]`` in its texts; its dates are read where the
    answer tells whether day or month comes first. A site that answers with a page or a sitemap of
    links is a shortfall.
    """

    name = "successfactors"
    about = About(
        fetched="`/sitemal.xml` of the career site, or the XML listing of "
        "`careerN.successfactors.com`: one answer with every posting and its text",
        requests="one",
        gives="text, places, employer, department, employment type and dates where the customer "
        "states them",
        lacks="pay as a field, an update time, often the publication date",
        asks="is not known to ask anything of programs beyond robots.txt",
        example='board = "jobs.acme.example"',
    )
    recognises = (
        (
            r"https?://(?P<server>career[\w-]*\.(?:successfactors|sapsf)\.(?:com|eu|cn))/[^#]*?"
            r"[?&]company=(?P<board>[^&#]+)"
        ),
        r"https?://(?P<board>[\w-]+(?:\.[\w-]+)+)/sitemal\.xml",
    )
    marks = (r"rmkcdn\.successfactors\.(?:com|eu)", r"\bj2w\.[\w.]+\.init\s*\(")

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the answer that lists everything."""
        if server := source.options.get("server"):
            company = quote(source.board or "", safe="")
            link = f"https://{server}/career?company={company}&career_ns=job_listing_summary"
            yield Request(f"{link}&resultType=XML")
            return
        host = source.board or urlsplit(source.url or "").netloc
        if not host:
            raise ValueError(f"{source.id}: a source of kind {self.name} needs a url or a board")
        yield Request(f"https://{host}/sitemal.xml")

    def parse(
        self, response: Response, **_: Any
    ) -> Iterator[Posting | Total | Shortfall | Request]:
        """Read either answer."""
        source = response.meta["source"]
        older = source.options.get("server") or b"<Job-Listing" in response.body[:2000]
        try:
            if older:
                host = urlsplit(response.url).netloc
                entries = successfactors.listing(response.body, host, source.board or "")
            else:
                entries = successfactors.site(response.body)
        except ValueError as error:
            yield Shortfall(trouble.blocked(response) or f"{response.url}: {error}")
            return
        if not entries:
            yield Total(0)
        for thing in self.described(entries, response):
            yield thing if older or not isinstance(thing, Posting) else placed(thing)


def placed(posting: Posting) -> Posting:
    """Read places once more in the way of this system."""
    places = tuple(successfactors.place(place.name) or place for place in posting.places)
    return replace(posting, places=places)
