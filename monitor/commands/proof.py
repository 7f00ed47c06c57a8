"""What is behind a careers link: small live visits that the store knows nothing of."""

from __future__ import annotations

import dataclasses
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler import captures
from crawler.items import Source
from crawler.sources import candidates
from monitor.commands import visits
from monitor.sweep import sweep
from monitor.wording import count

if TYPE_CHECKING:
    from crawler.captures import Exchange
    from crawler.items import Crawl
    from monitor.commands.voice import Voice
    from monitor.config import Config

_OK = 200
_GLANCE = {"ROLECALL_MOST_PAGES": 1, "ROLECALL_DEADLINE": 60.0}
_TASTE = {"ROLECALL_MOST_PAGES": 20, "ROLECALL_DEADLINE": 120.0}
"""A proof needs some postings, not all of them: those are the first run's."""


class Refused(Exception):  # noqa: N818 - it is an answer, not a mistake
    """Raised when a link is not added, with the reason and the next step in words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page answered: its status (``None`` when it did not), content type and body."""

    status: int | None
    served: str
    body: bytes


def prove(voice: Voice, config: Config, source: Source) -> Source:
    """Read some postings of a source; give it with what that taught, or raise ``Refused``."""
    crawl, _ = _visit(voice, config, source, _TASTE)
    what = f"{source.kind} {source.board or source.url}"
    if not crawl.postings and crawl.outcome != "complete":
        raise Refused(f"looks like {what}, but {_reasons(crawl)}")
    number = count(crawl.found, "posting") if crawl.found else "no posting just now"
    voice.talk(f"{what}: read {number}" + (", more to come" * (crawl.outcome == "partial")))
    employers = {posting.organization for posting in crawl.postings} - {None}
    if source.organization is None and len(employers) == 1:
        return dataclasses.replace(source, organization=employers.pop())
    return source


def look(voice: Voice, config: Config, link: str) -> list[Source]:
    """Give what a page leads to whose link says nothing, the surest first.

    Raises ``Refused`` with what was seen there when it is nothing that can be read.
    """
    crawl, answers = _visit(voice, config, Source("page", "careers_page", url=link), _GLANCE)
    page = next((answer for answer in answers if answer.status == _OK), None)
    found = candidates(link, page.body.decode("utf-8", "replace")) if page else []
    if not found:
        raise Refused(_sight(answers, crawl))
    return found


def _sight(answers: list[Answer], crawl: Crawl) -> str:
    if not answers or answers[-1].status is None:
        return _reasons(crawl)
    last = answers[-1]
    return (
        f"saw {last.status}, {last.served or 'no content type'}, {len(last.body) / 1000:.0f} kB,"
        " but no board of a known kind and no schema.org posting. Open the page that lists the"
        " openings, follow one to where it can be applied for, and add that link"
    )


def _reasons(crawl: Crawl) -> str:
    said = "; ".join(crawl.reasons) or "nothing answered"
    if "is not a public address" in said:
        said += ". If it is your own, name it in `allow` of [network]"
    return said


def _visit(
    voice: Voice, config: Config, source: Source, limits: dict[str, Any]
) -> tuple[Crawl, list[Answer]]:
    """Make one recorded visit and give it with what its pages answered, robots.txt left out."""
    visits.reachable(config)
    voice.progress(f"visiting {source.board or source.url}")
    crawls: list[Crawl] = []
    with tempfile.TemporaryDirectory(prefix="rolecall-") as folder:
        recording = {"ROLECALL_MODE": "record", "ROLECALL_CAPTURES": folder}
        settings = config.scrapy() | visits.logging(voice) | recording | limits
        sweep([source], store=None, settings=settings, finished=crawls.append)
        recorded = [one for case in captures.cases(Path(folder)) for one in case.exchanges]
        answers = [_answer(one) for one in recorded if not one.url.endswith("/robots.txt")]
    return crawls[0], answers


def _answer(exchange: Exchange) -> Answer:
    named = (value for name, value in exchange.headers if name.lower() == "content-type")
    return Answer(exchange.status, next(named, "").split(";")[0].strip(), exchange.read())
