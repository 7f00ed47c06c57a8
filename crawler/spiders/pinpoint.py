"""Pinpoint boards: one public JSON answer a board; the text of a posting comes in sections."""

from __future__ import annotations

from typing import Any

from crawler.about import About
from crawler.pages import pinpoint
from crawler.spiders.api import ApiSpider


class PinpointSpider(ApiSpider):
    """Reads ``NAME.pinpointhq.com/postings.json``: one request a board.

    The answer holds the amounts that an employer chose not to show as well; they are not read. The
    link of a posting may be relative, and an office's name is no place where a town is stated.
    """

    name = "pinpoint"
    about = About(
        fetched="the board's public `postings.json` with every posting and its text",
        requests="one",
        gives="place, remote mode, text, employment type, pay where the employer shows it, "
        "department, deadline, requisition id",
        lacks="a total, the day of publication, an update time, pay that is marked as not visible",
        asks="documents the answer for employers' own sites; is not known to ask anything of "
        "programs beyond robots.txt",
    )
    recognises = (
        r"https?://(?P<board>(?!www\.|app\.|api\.)[a-z0-9-]+)\.pinpointhq\.com(?:[/?#:]|$)",
    )
    begins = "https://{board}.pinpointhq.com/postings.json"
    listed = ("data",)
    read = staticmethod(pinpoint.read)

    def context(self, answer: Any, url: str) -> dict[str, str]:  # noqa: ARG002 - the link does
        """Give the link that the links of postings are relative to."""
        return {"site": url}
