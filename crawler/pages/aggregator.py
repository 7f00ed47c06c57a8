"""An aggregator's page of one posting, and the other vacancies it shows around it.

The page's own posting and its "similar vacancies" are different things: the latter become snippets
with their own pay and tags, and nothing of theirs is ever read as the posting's.
"""

from __future__ import annotations

import dataclasses
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from crawler.fields import dates, links, places, terms, text
from crawler.fields.patterns import late
from crawler.items import Posting
from crawler.pages import card, dom, fence, json_ld, labelled, prose, schema_org, titled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from crawler.items import Snippet

# A headline that counts vacancies heads a list, not a posting.
_LIST = late(
    r"\W*[\d.,\s]*\d\+? (?:\S+ ){0,6}"
    r"(?:jobs?|vacancies|positions|results|stellen|offres|vacatures)\b|"
    r"(?:\S+ ){0,6}(?:jobs|vacancies|stellen|offres) (?:in|near|at|à|bei)\b",
    re.IGNORECASE,
)
# A headline that names a section heads no posting either.
_SECTION = late(
    r"(?:careers?|jobs?|job (?:board|openings|offers)|(?:our |current |open )*"
    r"(?:open positions|openings|vacancies|opportunities)|(?:we(?:'| a)re|now) hiring|"
    r"(?:join|work (?:for|with|at)) (?:us|our team)|karriere|stellen(?:angebote|markt)?|"
    r"offene stellen|carrières?|recrutement|empleos?|vacatures|lediga? (?:jobb|tjänster)|"
    r"ledige stillinger|kariéra|kariera|вакансии|採用情報)\W*",
    re.IGNORECASE,
)
_SITE = late(r"\s*(?:careers|jobs|vacancies|openings) (?:at|with) ", re.IGNORECASE)
# Less text than this beside the others' cards is a list's heading, not a description.
_SHORTEST_BODY = 200
# A list has only short lines; a description has sentences.
_SENTENCE = 80
_MAIN = 0.7
_LONGEST_HEAD = 600
_LONGEST_FACT = 160
_MOST_FACTS = 20
_PRINTS = 3  # of one title on a page, at most
# What stands in brackets behind a place and is no part of its name.
_REMARK = late(r"\s*\((?:[^()]*\s){2}[^()]*\)\Z")
# What a page says of itself behind the title.
_PAGE = late(r"の求人(?:詳細)?(?:情報)?\Z")


def read(
    html: str, *, url: str, now: datetime, currency: str | None = None
) -> tuple[tuple[Posting, ...], tuple[Snippet, ...]]:
    """Give the page's own posting (none on a mere list) and the other vacancies as snippets.

    JSON-LD speaks for the posting where there is some, else the page's headline and main block do.
    """
    root = dom.tree(html)
    title = fence.headline(root)
    name = dom.words(title) if title is not None else ""
    cards = fence.divide(root)
    page = schema_org.Context(url, now, currency, None, dom.language(html))
    stated = json_ld.postings(html, url=url, now=now, currency=currency)
    own = _own(stated, name)
    if own is None:
        own = _shown(root, fence.only_heading(root) if title is None else title, page)
    found = (card.snippet(node, url=url, now=now, currency=currency) for node in cards)
    others: dict[Any, Snippet] = {}
    for snippet in filter(None, found):
        others.setdefault(snippet.id or snippet, snippet)  # lists show one again as an advert
    snippets = tuple(others.values())
    if own is None:
        return (), snippets
    return (prose.fill(_unmarked(own), now=now, currency=currency),), snippets


def _own(stated: tuple[Posting, ...], name: str) -> Posting | None:
    """Pick the page's own among the postings it states: the one in its headline, or the only."""
    headed = [posting for posting in stated if text.fold(posting.title) == text.fold(name)]
    only = stated[0] if len(stated) == 1 else None
    return headed[0] if headed else only


def _shown(root: Any, title: Any, page: schema_org.Context) -> Posting | None:
    """Read the posting off the page as it is shown, the others already taken out."""
    name = dom.words(title) if title is not None else ""
    if not name or _heads_list(title) or _of_site(root):
        return None
    name = _PAGE.sub("", name)
    block = _main(root)
    facts, told = _facts(root, title, block), labelled.read(root)
    dom.remove(title)
    body = _body(text.from_html(dom.markup(block)), facts)
    if _width(body) < _SHORTEST_BODY or max(map(_width, body.split("\n"))) < _SENTENCE:
        return None
    place = facts.place or told.get("place") or ""
    said = titled.read(root, name, body, place)
    place = said.place if said.place.endswith(place) else place
    posted, updated = facts.date or told.get("date"), told.get("updated")
    modes = (place, told.get("mode"), *card.parts(name)[1:], *facts.tags)
    hours = (facts.employment, told.get("employment"))
    return Posting(
        id=links.address(page.url),
        title=text.clean(name),
        organization=facts.organization or told.get("organization") or said.organization or None,
        places=places.read(_REMARK.sub("", place)),
        remote=terms.remote(" ; ".join(filter(None, modes))),
        employment_types=terms.employment(", ".join(filter(None, hours))),
        salary=card.pay(facts.pay or _aside(root, block), page.currency),
        date_posted=dates.read(posted, now=page.now) if posted else None,
        date_posted_raw=posted,
        date_updated=dates.read(updated, now=page.now) if updated else None,
        language=page.language,
        body=prose.once(body),
        url=links.canonical(page.url),
    )


def _heads_list(title: Any) -> bool:
    """Whether a headline, or the heading it is part of, is that of a list or a section."""
    names = [dom.words(node) for node in (title, *title.iterancestors("h1"))]
    return any(_LIST.match(name) or _SECTION.fullmatch(name) for name in names)


def _of_site(root: Any) -> bool:
    """Whether the document's own title says that it is an employer's whole list."""
    title = next(root.iter("title"), None)
    return title is not None and bool(_SITE.match(title.text or ""))


def _width(words: str) -> int:
    """Measure text by what it says: an ideograph says what three letters do."""
    return len(words) + 2 * sum(character > "\u2e80" for character in words)


def _main(root: Any) -> Any:
    """Descend to the smallest element that still holds most of the page's own text."""
    node = root
    while True:
        size = len(dom.words(node))
        inner = [c for c in node if isinstance(c.tag, str) and len(dom.words(c)) > _MAIN * size]
        if not inner:
            return node
        node = inner[0]


def _head(root: Any, title: Any, block: Any) -> Any:
    """Give the element around the title that states its facts: what the main block is not."""
    around = [node for node in title.iterancestors() if block not in node.iter()]
    if around:
        return around[-1]
    inside = block in title.iterancestors()
    return next(title.iterancestors(), root) if inside else root


def _facts(root: Any, title: Any, block: Any) -> card.Facts:
    """Read the facts beside the title, and beside where the page prints it again."""
    again = [_around(node, block) for node in _again(root, title)]
    near = [_around(title, block), *_below(_around(title, block), block), *again]
    named = [card.facts(node) for node in (_head(root, title, block), *again)]
    return card.together([*named, *map(card.shaped, near)])


def _again(root: Any, title: Any) -> list[Any]:
    """Give the other elements whose words are the title's; one that leads on is another's."""
    name = text.fold(_PAGE.sub("", dom.words(title)))
    leaves = (node for node in root.iter() if isinstance(node.tag, str) and not len(node))
    same = (one for one in leaves if one is not title and text.fold(one.text or "") == name)
    return [one for one in islice(same, _PRINTS) if not _leads_on(one)]


def _leads_on(node: Any) -> bool:
    """Whether an element is a link or stands in one."""
    return node.tag == "a" or next(node.iterancestors("a"), None) is not None


def _around(node: Any, block: Any) -> Any:
    """Climb from a title to the head it stands in: what is short and holds no description."""
    while (parent := node.getparent()) is not None and block not in parent.iter():
        if len(dom.words(parent)) > _LONGEST_HEAD:
            break
        node = parent
    return node


def _below(head: Any, block: Any) -> Iterator[Any]:
    """Give the short elements that follow a head, up to the text."""
    for node in islice(head.itersiblings("*"), _MOST_FACTS):
        if len(dom.words(node)) > _LONGEST_FACT or block in node.iter():
            return
        yield node


def _aside(root: Any, block: Any) -> str:
    """Give the pay that a column of facts states, beside the text and under its own label."""
    told = set(dom.lines(block))
    return card.labelled_pay([line for line in dom.lines(root) if line not in told])


def _body(words: str, facts: card.Facts) -> str:
    """Drop the lines of the head that the fields now hold."""
    known = {facts.organization, facts.place, facts.pay, facts.date}
    return "\n".join(line for line in words.split("\n") if line not in known)


def _unmarked(posting: Posting) -> Posting:
    body, named = prose.without_mark(posting.body)
    return dataclasses.replace(posting, body=body, organization=posting.organization or named)
