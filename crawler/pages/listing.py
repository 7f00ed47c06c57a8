"""Listings on a site of any make: which links lead to postings, and where the next page is.

Judges by the shape of addresses, since the markup is the site's own. A link too many costs one
request; a link too few would lose a posting, so what may be a posting is followed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from crawler.fields import links as link
from crawler.fields.patterns import late
from crawler.pages import dom, json_ld, schema_org

if TYPE_CHECKING:
    from collections.abc import Iterator

# A path segment that says "postings here", in the languages of the recorded sites.
_POSTINGS = late(
    r"(?:.*[-_])?(?:jobs?|jobboard|jobposting|jobdetails?|career|careers|karriere|carrieres?|"
    r"positions?|vacanc(?:y|ies)|vacatures?|stellen?|stellenangebote?|stellenanzeigen?|openings?|"
    r"roles?|emplois?|offres?(?:-d-?emploi)?|empleos?|ofertas?(?:-de-empleo)?|vagas?|lavoro|"
    r"postings?|requisitions?|opportunit(?:y|ies)|internships?|prac[aey]|oferty?|kariera|volna-mista|stillinger|"
    r"stillinga?|lediga-jobb|arbeiten|join-us|work-with-us)(?:\.\w{2,5})?",
    re.IGNORECASE,
)
# The same word and the posting's name in one segment: /job-drone-technician.html
_GLUED = late(
    r"(?:job|position|vacancy|vacature|stelle|stellenangebot|stellenanzeige|opening|emploi|offre)s?"
    r"[-_](?!in[-_]|at[-_]|by[-_])(?=.*[-_\d])[\w.-]{6,}",
    re.IGNORECASE,
)
# What stands where a posting's name would, and is none: the site's own pages, filters, lists.
_NO_POSTING = frozenset(
    """
    a-z about about-us account admin agb alert alerts all all-jobs apply archive assets auth author
    benefits blog board boards candidate candidates categories category cities city commercial
    companies company contact cookie-policy cookies countries country culture customer-service
    data-protection datenschutz department departments design disciplines diversity early-careers
    early-talent employer employers engineering equal-opportunity events faq faqs favorites
    favourites feed field filter finance functions graduates help hiring-process home hr
    human-resources impressum imprint index internship-program internships interview-tips it
    job-alerts job-search jobs-by-category jobs-by-location keyword keywords legal life list listing
    location locations login logout marketing mission new news newsletter offices open
    open-positions openings operations overview page perks post-a-job post-job privacy
    privacy-notice privacy-policy product profile recommended recruitment-fraud recruitment-process
    register remote remote-jobs rss salaries salary sales saved saved-jobs search search-jobs
    search-results settings share sign-in sign-up signin signup sitemap skills sort stories students
    subscribe suche support tag tags talent-community talent-network talent-pool team teams terms
    terms-of-use topics upload user users values view-all
    """.split()  # noqa: SIM905 - a list of so many quoted words reads worse
)
# "life-at-acme", "our-values": pages about the employer, whatever follows
_ABOUT = late(r"(?:life|living|working|work)-(?:at|with|in)-|(?:our|why|about|meet|how|what|who)-")
# Doing something with a posting is another page than the posting's.
_ACT = late(
    r"apply|applicants?|applications?|external-?apply|log-?in|sign-?(?:in|up|out)|register|share|"
    r"save|report|refer(?:-a-friend)?|print|dismiss|flag|unsubscribe|"
    r"(?:[a-z]+-)?(?:apply|email|share|save|report|tweet|send|print|dismiss|flag)-(?:this-)?"
    r"(?:job|position|posting|vacancy|role)",
    re.IGNORECASE,
)
# Writing about work is none either: /career-advice/starting-new-job/what-to-wear
_WRITING = frozenset({"advice", "articles", "blog", "career-advice", "guides", "news", "newsroom"})
# On a host that is all about work (careers.acme.example) such a segment is a posting by itself.
_NUMBERED = late(
    r"(?:.*[-_])?(?:\d{5,}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?:[-_.].*)?",
    re.IGNORECASE,
)
_ASSET = late(
    r"\.(?:pdf|docx?|png|jpe?g|gif|svg|webp|ico|css|js|json|xml|rss|zip|ics|mp4|woff2?)$",
    re.IGNORECASE,
)
_ID_NAMES = late(
    r"gh_jid|(?:job|posting|position|vacancy|vacature|req|requisition|opening|offer|offre|ad)_?-?"
    r"(?:id|nr|no|number|code|ref)?|jid|id|oid|pid|jk|nPostingID|shortcode|ashby_jid",
    re.IGNORECASE,
)
_NEXT = late(
    r"(?:next(?: page| results?)?|older|more (?:jobs|positions|results|openings)|show more|"
    r"load more|"
    r"nächste(?: seite)?|weiter(?:e)?|suivante?s?|page suivante|siguientes?|volgende|successiv[ao]|"
    r"próxim[ao]|seguinte|następna|další|nästa|neste|næste|次へ|下一页)\s*[\u203a\u00bb\u2192>]*",
    re.IGNORECASE,
)
_NEXT_CLASS = late(r"(?:^|[-_\s])next(?:[-_]?page)?(?:\s|$)", re.IGNORECASE)
_ARROW = late(r"[\u203a\u00bb\u2192>]{1,2}")
_PAGING = late(r"pag(?:ination|ing|er)|page-?nav", re.IGNORECASE)
_DEAD = late(r"\b(?:disabled|inactive)\b", re.IGNORECASE)


def links(html: str, *, url: str) -> tuple[str, ...]:
    """Give the links of a listing that look like postings of the same site, in page order.

    Absolute, canonical, each once. Never the listing itself, a login, a policy, a category or a
    filter. Links that the page states as a schema.org ItemList are taken as they are.
    """
    tree = dom.tree(html)
    base = _base(tree, url)
    candidates = [*_anchors(tree, base), *_stated(html, base)]
    found = dict.fromkeys(link.canonical(target) for target in candidates)
    return tuple(
        target
        for target in found
        if link.site(target) == link.site(url) and not _same_listing(target, url)
    )


def leads_to_posting(url: str) -> bool:
    """Say whether an address has the shape of a posting's own page, as far as its words tell."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    segments = [segment for segment in parts.path.split("/") if segment]
    place = next((i for i, s in enumerate(segments) if _POSTINGS.fullmatch(s)), None)
    rest = [_plain(segment) for segment in segments[(-1 if place is None else place) + 1 :]]
    if _ASSET.search(parts.path) or any(map(_ACT.fullmatch, rest)):
        return False
    if _WRITING.intersection(map(_plain, segments[:place])):
        return False
    about_work = any(map(_POSTINGS.fullmatch, (parts.hostname or "").split(".")))
    if _names_posting(parts.query, anywhere=about_work or place is not None):
        return True
    if place is None or not rest:
        return _stands_alone(segments, about_work=about_work)
    listed = _NO_POSTING.intersection(rest) or _ABOUT.match(rest[0])
    return not listed and not all(map(_POSTINGS.fullmatch, rest))


def _stands_alone(segments: list[str], *, about_work: bool) -> bool:
    """Say whether a path without a "jobs" above its end names a posting all the same."""
    last = segments[-1] if segments else ""
    named = _GLUED.fullmatch(last) or (about_work and _NUMBERED.fullmatch(last))
    return bool(named) and _NO_POSTING.isdisjoint(map(_plain, segments))


def next_page(html: str, *, url: str) -> str | None:
    """Give the link to the listing's next page, or ``None`` on the last one.

    Takes ``rel=next`` before words; a dead link, one to another site or to this very page is none.
    """
    tree = dom.tree(html)
    base, own = _base(tree, url), link.canonical(url)
    for node in [*tree.iter("link"), *tree.iter("a")]:
        if not _says_next(node) or _DEAD.search(dom.named(node)):
            continue
        target = link.absolute(node.get("href") or "", base)
        if target and link.site(target) == link.site(url) and link.canonical(target) != own:
            return target
    return None


def _same_listing(target: str, url: str) -> bool:
    """Say whether a link is the listing once more: sorted, filtered or on another page."""
    there, here = urlsplit(target), urlsplit(link.canonical(url))
    same = (there.hostname, there.path.rstrip("/")) == (here.hostname, here.path.rstrip("/"))
    return same and not _names_posting(there.query, anywhere=True)


def _base(tree: Any, url: str) -> str:
    stated = next((node.get("href") for node in tree.iter("base") if node.get("href")), "")
    return link.absolute(stated, url) or url


def _anchors(tree: Any, base: str) -> Iterator[str]:
    for node in tree.iter("a", "area"):
        href = (node.get("href") or "").strip()
        target = link.absolute(href, base) if href[:1] != "#" else None
        if target and leads_to_posting(target):
            yield target


def _stated(html: str, base: str) -> Iterator[str]:
    for node in json_ld.objects(html):
        if "itemlist" in schema_org.types(node):
            elements = node.get("itemListElement")
            for element in elements if isinstance(elements, list) else [elements]:
                yield from _addresses(element, base)
        elif "jobposting" in schema_org.types(node):
            yield from _addresses(node, base)


def _addresses(element: Any, base: str) -> Iterator[str]:
    inner = element.get("item") if isinstance(element, dict) else None
    for owner in (element, inner):
        stated = owner.get("url") or owner.get("@id") if isinstance(owner, dict) else owner
        target = link.absolute(stated, base) if isinstance(stated, str) and stated else None
        if target and urlsplit(target).path.strip("/"):
            yield target
            return


def _names_posting(query: str, *, anywhere: bool) -> bool:
    names = [name for name, value in parse_qsl(query) if re.search(r"\d|\w{6}", value)]
    return any(name.lower() in {"gh_jid", "ashby_jid"} for name in names) or (
        anywhere and any(_ID_NAMES.fullmatch(name) for name in names)
    )


def _plain(segment: str) -> str:
    return re.sub(r"\.\w{2,5}$", "", segment).lower()


def _says_next(node: Any) -> bool:
    if "next" in (node.get("rel") or "").lower().split():
        return True
    if node.tag != "a":
        return False
    classes = f"{node.get('class') or ''} {_parent_class(node)}"
    text = dom.words(node) or node.get("aria-label") or node.get("title") or ""
    if (
        _NEXT_CLASS.search(classes)
        or _NEXT.fullmatch(text)
        or _NEXT.fullmatch(node.get("aria-label") or "")
    ):
        return True
    paging = any(_PAGING.search(dom.named(outer)) for outer in node.iterancestors())
    return bool(_ARROW.fullmatch(text)) and paging


def _parent_class(node: Any) -> str:
    parent = node.getparent()
    return str(parent.get("class") or "") if parent is not None and parent.tag == "li" else ""
