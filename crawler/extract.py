"""Reading saved pages without a crawl: what `rolecall extract` does.

The same callbacks that a visit runs read the file; requests they would make are ignored.
"""

from __future__ import annotations

import json
from dataclasses import astuple, replace
from typing import TYPE_CHECKING, Any

from scrapy.http import HtmlResponse, TextResponse, XmlResponse
from scrapy.responsetypes import responsetypes

from crawler.items import Posting, Snippet, Source
from crawler.pages import aggregator, guess, saved_text, xml
from crawler.sources import kinds, recognise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

SAVED = "https://saved.invalid/page"
"""The link of a page that was saved without one (RFC 2606: it leads nowhere)."""


_TELLING = 4
"""So many fields of a row, its id and title among them, make it a posting's."""


class ExtractError(Exception):
    """Raised when a saved page cannot be read at all, in words; from ``extract``."""


def extract(
    kind: str,
    body: bytes,
    *,
    url: str | None,
    organization: str | None,
    now: datetime,
    options: Mapping[str, Any] | None = None,
) -> tuple[list[Posting], list[Snippet]]:
    """Read one saved page of a kind (``auto`` and ``text`` included); may give nothing.

    ``options`` are a source's, such as the description of a ``listing``. Raises ``ExtractError``
    for an unknown kind and for a page its kind cannot make sense of.
    """
    if kind == "text":
        text = body.decode("utf-8-sig", "replace")
        postings, snippets = saved_text.read(text, now=now, organization=organization, url=url)
        return list(postings), list(snippets)
    url = url or SAVED
    source = Source("saved", kind, "saved", url, organization, options=options or {})
    response = _response(url, body, source, now)
    if kind == "auto":
        try:
            return _auto(response, source, now)
        except ValueError:  # a page that cannot be read whole
            return [], []
    if kind not in kinds():
        raise ExtractError(f"unknown kind {kind!r}; known are auto, text, {', '.join(kinds())}")
    return _by_kind(kind, response, source)


def _response(url: str, body: bytes, source: Source, now: datetime) -> Any:
    from scrapy import Request  # noqa: PLC0415 - keeps the module importable for its name alone

    request = Request(url, meta={"source": source, "now": now})
    kind: Any = responsetypes.from_args(url=url, body=body)
    if not issubclass(kind, TextResponse):
        kind = HtmlResponse
    # Without its header a saved XML answer would be taken for sloppy HTML.
    headers = {"Content-Type": "application/xml"} if issubclass(kind, XmlResponse) else None
    return kind(url=url, body=body, encoding="utf-8", headers=headers, request=request)


def _by_kind(kind: str, response: Any, source: Source) -> tuple[list[Posting], list[Snippet]]:
    spider = kinds()[kind](sources=[source])
    complaint: Exception | None = None
    for name in spider.readers:
        try:
            postings, snippets = _sort(getattr(spider, name)(response))
        except Exception as error:  # noqa: BLE001 - a hostile page is a refusal, not a crash
            complaint = error
            continue
        if postings or snippets:
            return postings, snippets
    if complaint is not None:
        raise ExtractError(f"not a page of kind {kind}: {complaint}") from complaint
    return [], []


def _sort(output: Iterable[Any]) -> tuple[list[Posting], list[Snippet]]:
    things = list(output or ())
    postings = [thing for thing in things if isinstance(thing, Posting)]
    return postings, [thing for thing in things if isinstance(thing, Snippet)]


def _auto(response: Any, source: Source, now: datetime) -> tuple[list[Posting], list[Snippet]]:
    """Try the kind the link belongs to, then the kind that reads most; an aggregator's at last.

    The boards' answers look alike (a list called jobs), so the fullest reading tells whose it is.
    Postings without a text and without a link may be some other site's rows: then the names of
    the fields are asked first, and rows that state next to nothing are no reading at all.
    """
    known = recognise(response.url)
    if known and any(found := _attempt(known.kind, response, source)):
        return found
    names = [name for name in kinds() if name != "aggregator"]
    readings = [_attempt(name, response, source)[0] for name in names]
    best = max(readings, key=_stated)
    if any(posting.body or posting.url for posting in best):
        return best, []
    if guessed := _guessed(response, source):
        return guessed, []
    if response.body.lstrip()[:1] in (b"{", b"["):
        return best if _stated(best) >= _TELLING * len(best) else [], []
    postings, snippets = aggregator.read(response.text, url=response.url, now=now)
    return list(postings), list(snippets)


def _guessed(response: Any, source: Source) -> list[Posting]:
    """Read what nobody described, JSON or XML, by the names of its fields."""
    words = response.text
    root = xml.tree(response.body) if response.body.lstrip()[:1] == b"<" else None
    if root is not None and xml.name(root).lower() != "html":
        words = json.dumps(xml.plain(root))
    options = guess.options(words)
    if options is None:
        return []
    described = replace(source, kind="json", options=options)
    page = _response(response.url, words.encode(), described, response.meta["now"])
    return _attempt("json", page, described)[0]


def _attempt(kind: str, response: Any, source: Source) -> tuple[list[Posting], list[Snippet]]:
    try:
        return _by_kind(kind, response, source)
    except ExtractError:
        return [], []


def _stated(postings: list[Posting]) -> int:
    """Count the fields that are stated, over all postings."""
    return sum(value not in (None, (), "") for one in postings for value in astuple(one))
