"""Greenhouse boards: one public JSON answer a board, with every posting's text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.about import About
from crawler.pages import greenhouse
from crawler.spiders.api import ApiSpider

if TYPE_CHECKING:
    from scrapy.http import Response


class GreenhouseSpider(ApiSpider):
    """Reads ``boards-api.greenhouse.io``: one request a board, complete, with a stated total.

    Gives no remote flag, and an employment type only where the employer made a field for it;
    ``updated_at`` moves on any edit. Several pay ranges (zones, pay on target) are no single band
    and are left out. Boards kept in the EU answer at the same address.
    """

    name = "greenhouse"
    about = About(
        fetched="the board's public API: one JSON answer with every posting and its text",
        requests="one",
        gives="place, text, pay range or pay from the text, department, first published, "
        "updated, deadline, requisition id, language",
        lacks="a remote flag; an employment type unless the employer made a field for it. Of "
        'several pay ranges (zones, pay on target) none is taken for the pay. "Updated" '
        "moves on any edit and is never news",
        asks="documents the API for anyone "
        "([developers.greenhouse.io](https://developers.greenhouse.io/job-board.html))",
    )
    recognises = (
        r"https?://(?:boards|job-boards)(?:\.eu)?\.greenhouse\.io/embed/job_(?:board|app)(?:/js)?/?\?(?:.*&)?for=(?P<board>[\w-]+)",
        r"https?://(?:boards|job-boards)(?:\.eu)?\.greenhouse\.io/(?P<board>[\w-]+)",
        r"https?://(?:boards-api|api)(?:\.eu)?\.greenhouse\.io/v1/boards/(?P<board>[\w-]+)",
        r"https?://[^/]+/(?=.*[?&]gh_jid=\d).*[?&]for=(?P<board>[\w-]+)",
    )
    begins = "https://{host}/v1/boards/{board}/jobs?content=true&pay_transparency=true"
    defaults = (("host", "boards-api.greenhouse.io"),)
    listed = ("jobs",)
    stated = ("meta", "total")
    read = staticmethod(greenhouse.read)

    def answer(self, response: Response) -> Any:
        """Parse the board, or one posting of it; "null" is a board without a list."""
        answer = None if response.body == b"null" else super().answer(response)
        single = isinstance(answer, dict) and "jobs" not in answer and "absolute_url" in answer
        return {"jobs": [answer]} if single else answer
