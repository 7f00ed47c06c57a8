"""Workable boards: one public JSON answer a board, with every posting's text."""

from __future__ import annotations

from typing import Any

from crawler.about import About
from crawler.pages import board, workable
from crawler.spiders.api import ApiSpider

_NO_BOARD = r"(?!(?:j|jobs|view|oauth|backend|auth|www|apply|help|resources)(?:[./?#]|$))"


class WorkableSpider(ApiSpider):
    """Reads the widget of ``apply.workable.com``: one request a board.

    A posting in several places is a row a place with one shortcode: its rows are put together, in
    whatever order they come. Places that the employer hides are not read. All boards share a host
    that refuses more than a few requests at a time, so they are asked one after the other, a second
    apart. A link that names only a posting (``/j/…``) does not tell its board.
    """

    name = "workable"
    about = About(
        fetched="the board's public widget: one JSON answer with every posting and its text",
        requests="one",
        gives="all places, remote mode, text, employment type, department, published, the "
        "employer's code",
        lacks="pay as a field, a total, an update time, a deadline",
        asks="documents ten requests in ten seconds for its API "
        "([workable.readme.io](https://workable.readme.io/reference/rate-limits)), which is kept",
    )
    recognises = (
        r"https?://(?:apply|www)\.workable\.com/api/(?:v\d/)?(?:widget/)?accounts/(?P<board>[\w-]+)",
        rf"https?://apply\.workable\.com/(?P<board>{_NO_BOARD}[\w-]+)",
        rf"https?://(?P<board>{_NO_BOARD}[a-z0-9-]+)\.workable\.com(?:[/?#:]|$)",
    )
    marks = (r"\bwhr_embed\(\s*(?P<board>\d+)",)
    pace = 1.0
    lanes = 1
    sources_per_host = 1
    begins = "https://apply.workable.com/api/v1/widget/accounts/{board}?details=true"
    listed = ("jobs",)
    read = staticmethod(workable.read)

    def entries(self, answer: Any) -> Any:
        """Give the rows of each posting."""
        return workable.folded(super().entries(answer))

    def context(self, answer: Any, url: str) -> dict[str, Any]:  # noqa: ARG002 - the answer does
        """Give the employer's name, which stands beside the rows."""
        return {"employer": board.dig(answer, "name")}
