"""NEOGOV (governmentjobs.com, schooljobs.com): one RSS feed an agency."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from scrapy import Request

from crawler.about import About
from crawler.fields import salary, terms, text
from crawler.pages import board, xml
from crawler.spiders.base import SweepSpider, rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scrapy.http import Response

    from crawler.items import Posting, Salary, Shortfall, Source

_STATE = re.compile(r",\s*[A-Z]{2}$")
_NUMBER = re.compile(r"(?:/jobs/|jobid=)(\d+)", re.IGNORECASE)
# Seconds are followed by a lone ":0" in today's feeds.
_TAIL = re.compile(r"(?<=:\d\d:\d\d):\d+$")
_SECTIONS = (
    ("", "description"),
    ("Examples of duties", "examplesofduties"),
    ("Qualifications", "qualifications"),
    ("Supplemental information", "supplementalinformation"),
)
_AGENCY = r"(?P<board>(?!home\b)[^/?#&]+)"


class NeogovSpider(SweepSpider):
    """Reads an agency's feed of ``governmentjobs.com`` or ``schooljobs.com``: one request, whole.

    ``pubDate`` moves on any edit; the posting is as old as its advertisement. A closing date may be
    "Continuous" and pay "Not Displayed": both are nothing. An answer that is no feed of a named
    agency is a failure, never an empty board.
    """

    name = "neogov"
    about = About(
        fetched="the agency's public RSS feed with every posting and its text",
        requests="one",
        gives="place, pay with its period, employment type, department, advertised from and to, "
        "updated, job number, text",
        lacks='a total, a remote flag; the places of a posting whose agency writes "various"',
        asks="is not known to ask anything of programs beyond robots.txt",
    )
    recognises = (
        rf"https?://(?:www\.)?governmentjobs\.com/careers/{_AGENCY}",
        rf"https?://(?P<host>www\.schooljobs\.com)/careers/{_AGENCY}",
        rf"https?://agency\.governmentjobs\.com/{_AGENCY}",
        rf"https?://(?:www\.)?governmentjobs\.com/SearchEngine/JobsFeed\?agency={_AGENCY}",
        rf"https?://(?P<host>www\.schooljobs\.com)/SearchEngine/JobsFeed\?agency={_AGENCY}",
    )

    def requests(self, source: Source) -> Iterator[Request]:
        """Ask for the agency's feed."""
        host = source.options.get("host", "www.governmentjobs.com")
        query = urlencode({"agency": source.board or ""})
        yield Request(f"https://{host}/SearchEngine/JobsFeed?{query}")

    def parse(self, response: Response, **_: Any) -> Iterator[Posting | Shortfall]:
        """Read the feed; raises ``ValueError`` when the answer is none."""
        source, now = response.meta["source"], response.meta["now"]
        root = xml.tree(response.body)
        channel = root.find("channel") if root is not None and xml.name(root) == "rss" else None
        agency = channel.findtext("title", "").strip() if channel is not None else ""
        if channel is None or not agency:
            raise ValueError("the answer is no whole feed of an agency")
        name = _STATE.sub("", agency)
        entries = [fields(item) for item in channel.iterfind("item")]
        yield from rows(entries, lambda row: read(row, name, source, now))


def fields(item: xml.Element) -> dict[str, str]:
    """Give an item's elements by name, without namespaces; times end with their seconds."""
    stated: dict[str, str] = {}
    for node in item:
        if xml.name(node):
            stated.setdefault(xml.name(node), _TAIL.sub("", xml.content(node)))
    return stated


def read(row: dict[str, str], agency: str, source: Source, now: datetime) -> Posting | None:
    """Read one posting of the feed."""
    link = row.get("link") or row.get("guid") or ""
    number = _NUMBER.search(link)
    place = board.word(row.get("location")) or ""
    kind = row.get("jobType") or ""
    end = row.get("advertiseToDateTimeUTC") or ""
    sections = [(heading, row[name]) for heading, name in _SECTIONS if row.get(name)]
    return board.posting(
        source,
        now,
        id=row.get("jobId") or (number and number[1]),
        title=row["title"],
        body="\n".join(part for parts in sections for part in map(text.from_html, parts) if part),
        labels=[place if "," in place else f"{place}, {row.get('state') or ''}".strip(" ,")],
        remote=terms.remote(f"{place} ; {kind}"),
        employment=kind,
        pay=[band for band in [pay(row)] if band],
        organization=agency,
        department=row.get("department"),
        date_posted=row.get("advertiseFromDate") or row.get("pubDate"),
        date_updated=row.get("pubDate"),
        valid_through=f"{end} GMT" if end[-1:].isdigit() else row.get("advertiseToDateTime"),
        requisition_id=row.get("jobNumberSingle"),
        url=link,
        apply_url=link,
    )


def pay(row: dict[str, str]) -> Salary | None:
    """Read the salary fields; "Not Displayed" in either is no pay."""
    low, high = row.get("minimumSalary") or "", row.get("maximumSalary") or ""
    currency, interval = row.get("salaryCurrency"), row.get("salaryInterval")
    raw = " ".join(word for word in (f"{low} - {high}".strip(" -"), currency, interval) if word)
    return salary.structured(low, high, currency, interval, raw=raw)
