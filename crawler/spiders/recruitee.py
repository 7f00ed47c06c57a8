"""Recruitee career sites: one JSON answer a site, with every posting's text."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from crawler.about import About
from crawler.pages import board, recruitee
from crawler.spiders.api import ApiSpider

if TYPE_CHECKING:
    from crawler.items import Source

_OWN = "www|api|app|auth|docs|support|help|blog|status|careers|careers-analytics|assets|cdn"


class RecruiteeSpider(ApiSpider):
    """Reads ``/api/offers`` of a career site, at ``recruitee.com`` or at a host of its own.

    Of several allowed ways of working, hybrid wins over remote and remote over on site. The text is
    in two parts. From 10 February 2027 a token is asked for that the employer makes: its source
    names the variable of the environment that holds it (``options.token_env``).
    """

    name = "recruitee"
    about = About(
        fetched="`/api/offers` of the career site: one JSON answer with every posting and its text",
        requests="one",
        gives="all places, remote mode, text, employment type, pay, department, published, "
        "updated, deadline, the language where there is one only",
        lacks="a total",
        asks="documents the answer and, from 10 February 2027, for a token of the employer's "
        "([docs.recruitee.com](https://docs.recruitee.com/reference/authentication-1))",
    )
    recognises = (rf"https?://(?P<board>(?!(?:{_OWN})\.)[a-z0-9-]+)\.recruitee\.com(?:[/?#:]|$)",)
    marks = (r"\bcareers\.recruiteecdn\.com/",)
    begins = "https://{board}.recruitee.com/api/offers"
    anywhere = True
    listed = ("offers",)
    read = staticmethod(recruitee.read)

    def headers(self, source: Source) -> dict[str, str]:
        """Give the token, once the employer asks for one."""
        token = os.environ.get(str(source.options.get("token_env") or ""))
        return {"X-Careers-Sites-Token": token} if token else {}

    def entries(self, answer: Any) -> Any:
        """Give the rows that are published; what is listed only is nobody's to read."""
        found = super().entries(answer)
        if not isinstance(found, list):
            return found
        return [row for row in found if board.dig(row, "status") in (None, "published")]
