"""What each kind says of itself: the table of docs/sources.md is written from it.

``python -m crawler.about`` prints the page; a test holds it and the file together.
"""

from __future__ import annotations

from dataclasses import dataclass
from inspect import cleandoc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class About:
    """A kind in five sentences, for people who decide whether to watch a site of it.

    ``fetched`` names what is asked for, ``requests`` how many requests a visit costs, ``gives``
    what the system states beyond title and link, ``lacks`` what it does not state or what is not
    read, ``asks`` what its owner asks of programs, as far as it is known. ``example`` are
    the lines of a source's table, where a board's plain name or a link would not do.
    """

    fetched: str
    requests: str
    gives: str
    lacks: str
    asks: str
    example: str = ""


_HEADINGS = {
    "fetched": "What is fetched",
    "requests": "Requests a visit",
    "gives": "What it gives",
    "lacks": "What it does not give",
    "asks": "What its owner asks",
}

NOT_READ = {
    "LinkedIn, Indeed, Glassdoor": "their terms forbid programs; a posting's page that you saved"
    " yourself can be read with `rolecall extract aggregator FILE`",
    "Google for Jobs": "its results are other sites' postings and its terms forbid programs; watch"
    " the site that a result leads to",
    "Sites behind a login": "Rolecall keeps no cookies and has no account anywhere",
}
"""Systems that are left alone, and why."""

_TOP = """\
# Sources

Generated from the spiders: `python -m crawler.about > docs/sources.md`. A test holds the two
together.

A source is one place that lists postings; its kind says how it is read. `rolecall add LINK`
recognises a careers link, a posting's link or a page that embeds a board, and writes the table
into `rolecall.toml`.

What holds for all kinds:

* Every request obeys robots.txt under the name `Rolecall`, and carries your `contact`. When
  robots.txt answers with a server error or not at all, nothing is fetched; when there is none,
  everything may be.
* Two requests at a time to a host, half a second apart on average, or as the kind says below;
  `Crawl-delay` (up to 60 s) makes it one at a time at the asked pace. `Retry-After` up to two
  minutes is waited out for that host; a longer one ends the visit early, and until it is over (for
  a day at most) no later visit asks that host.
* A failed request is tried twice more, with growing pauses. A host that keeps failing is left alone
  for 10 minutes and more ([faults.md](faults.md)). A visit ends after 15 minutes or
  5,000 pages with what it has, and is then `partial`.
* A page is asked for conditionally (`ETag`, else `Last-Modified`, which is trusted for a day
  only). An unchanged page is not parsed again. An answer may be at most 16 MB.
* No cookies, no login, no proxy. Only public addresses on ports 80 and 443 are dialled, unless
  `[network] allow` says otherwise.
* A posting's own page closes it with authority when it answers 404 or 410, leads back to the
  listing, or says that the posting is closed. Until a listing was read whole, nothing else
  closes.

Our visitor's manners do not replace a site's terms. Whether you may watch a site is for you to
know.
"""
_SECONDHAND = "with the employer's own source of the same opening, the employer's is believed"
_EXAMPLE = """\
```toml
[[source]]
id = "acme"
kind = "{kind}"
{where}
```
"""


def page() -> str:
    """Give docs/sources.md."""
    return "\n".join([_TOP, *_kinds(), "## Not read\n", *_not_read(), ""])


def _kinds() -> Iterator[str]:
    from crawler.sources import kinds  # noqa: PLC0415 - loads every spider

    for name, spider in kinds().items():
        where = 'board = "acme"' if spider.recognises else 'url = "https://acme.example/careers"'
        yield f"## {name}\n\n{_sentence(spider)}\n"
        yield _EXAMPLE.format(kind=name, where=where)
        yield "| | |\n| --- | --- |"
        for field, heading in _HEADINGS.items():
            yield f"| {heading} | {getattr(spider.about, field)} |"
        if spider.secondhand:
            yield f"| Where it disagrees | {_SECONDHAND} |"
        if spider.pace:
            yield f"| Pace | {spider.pace:g} s between two requests to a host |"
        yield ""


def _sentence(spider: type) -> str:
    """Give the first paragraph of a docstring as one line of Markdown."""
    words = cleandoc(spider.__doc__ or "").split("\n\n")[0]
    return " ".join(words.replace("``", "`").split())


def _not_read() -> Iterator[str]:
    for systems, why in NOT_READ.items():
        yield f"* **{systems}**: {why}."
    yield "\n## Another kind\n\nOne spider file and one fixture folder:"
    yield "[CONTRIBUTING.md](../CONTRIBUTING.md#add-a-source)."


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - that is what it is for
