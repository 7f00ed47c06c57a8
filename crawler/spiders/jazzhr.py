"""JazzHR career pages: one table of rows, then each posting's own page."""

from __future__ import annotations

import re

from crawler.about import About
from crawler.pages import jazzhr
from crawler.spiders.listed import ListedSpider


class JazzHRSpider(ListedSpider):
    """Reads ``NAME.applytojob.com``: its one list, which holds every row twice, then postings.

    About a quarter of the employers have a page without JSON-LD: there the row and the text are all
    that is stated, and no date. A deadline 90 days after the publication is filled in by JazzHR and
    passes while the posting stays open, so it is none. A closed account leads to JazzHR's own site,
    which is no empty list; neither is the shell of scripts that answers at times.
    """

    name = "jazzhr"
    about = About(
        fetched="the one-page list, then each posting's own page",
        requests="1 + postings that are new or whose row changed",
        gives="place, department, text; date, employment type and pay where the page "
        "states schema.org markup",
        lacks="a total, an update time, a deadline unless it was set by hand; all dates where the "
        "page has no markup",
        asks="is not known to ask anything of programs beyond robots.txt",
    )
    recognises = (
        r"https?://(?P<board>(?!www\.|app\.)[a-z0-9-]+)\.applytojob\.com(?:[/?#:]|$)",
        r"https?://app\.jazz\.co/(?:widgets/basic/create|feeds/export/jobs)/(?P<board>[\w-]+)",
    )
    number = re.compile(r"/apply/(?:jobs/details/)?([A-Za-z0-9]{6,})")
    default_terms = (90,)
    sign = re.compile(r"applytojob\.com|jazz\.co|jazzhr|resumator", re.IGNORECASE)
    back = re.compile(r"/apply/?(?:jobs/?)?(?:[?#]|$)")
    begins = "https://{board}.applytojob.com/apply/jobs"
    read = staticmethod(jazzhr.read)
    body = staticmethod(jazzhr.body)
    after = staticmethod(jazzhr.after)
