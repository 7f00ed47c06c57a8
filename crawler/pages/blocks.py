"""Pages that somebody else answered with: block pages, challenges, captchas.

Told from pages that mention such words, or carry a captcha for their form, by having little else to
say: a block page is short, states no posting, and shows more than one of its marks.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from crawler.fields.patterns import late
from crawler.pages import dom


class _Block(NamedTuple):
    """Who stands in the way, how its page is titled, and what its markup holds."""

    who: str
    title: str
    marks: tuple[str, ...] = ()


_BLOCKS = (
    _Block(
        "Cloudflare asks whether a person is asking",
        r"just a moment|attention required! \| cloudflare|checking your browser|ddos[- ]",
        ("/cdn-cgi/challenge-platform/", "cf-challenge", "cf_chl_", "cf-error-details"),
    ),
    _Block("DataDome asks whether a person is asking", "", ("captcha-delivery.com",)),
    _Block(
        "PerimeterX asks whether a person is asking",
        r"access to this page has been denied",
        ("px-captcha", "_pxappid", "perimeterx"),
    ),
    _Block(
        "Incapsula blocks the request",
        r"pardon our interruption|request unsuccessful",
        ("_incapsula_resource", "incapsula incident"),
    ),
    _Block("Akamai blocks the request", "", ("errors.edgesuite.net", "bm-verify")),
    _Block(
        "the site asks to solve a captcha",
        r"robot check|captcha|human verification|security (?:check|verification)|bot detection|"
        r"are you (?:a )?(?:human|robot)|verify(?:ing)? (?:that )?you are (?:a )?human|"
        r"client challenge",
        ("g-recaptcha", "h-captcha", "hcaptcha.com", "arkoselabs", "awswafcaptcha"),
    ),
    _Block(
        "access is denied",
        r"access denied|(?:403 )?forbidden|(?:request |you have been )?blocked|error 1020|"
        r"unusual traffic",
    ),
)
_TITLES = tuple(
    (block.who, late(rf"\W*(?:{block.title})", re.IGNORECASE)) for block in _BLOCKS if block.title
)
_CHALLENGE = late(
    r"(?:verify(?:ing)?|prove) (?:that )?you(?: are|'re) (?:a |not a )?(?:human|robot|bot)|"
    r"are you a (?:human|robot)|unusual traffic|enable (?:javascript and )?cookies to continue|"
    r"you have been blocked|press (?:&|and) hold|complete the security check|solve the captcha|"
    r"access denied|access to this page has been denied|request (?:was )?blocked",
    re.IGNORECASE,
)
# A page with more words than this is about something.
_FEW_WORDS = 1500
_REFUSALS = frozenset({401, 403, 405, 406, 407, 409, 418, 429, 503})


def blocked(html: str, status: int) -> str | None:
    """Say in words who answered instead of the page, or ``None`` when it is a page.

    A page that states a posting is never a block page, whatever it holds; a refusing status alone
    is not enough either, for the site may mean it.
    """
    lowered = html.lower()
    if "jobposting" in lowered:
        return None
    root = dom.tree(html)
    words = dom.words(root)
    if len(words) > _FEW_WORDS:
        return None
    title = " ".join("".join(node.itertext()) for node in root.iter("title"))
    titled = next((who for who, pattern in _TITLES if pattern.match(title)), None)
    marked = next((b.who for b in _BLOCKS if any(mark in lowered for mark in b.marks)), None)
    challenge = _CHALLENGE.search(words)
    signs = [titled, marked, challenge, status in _REFUSALS, not words]
    if sum(map(bool, signs)) < 2 or not (titled or marked or challenge):  # noqa: PLR2004 - two signs, one of them the page's
        return None
    return marked or titled or (f"the page says: {challenge[0]}" if challenge else None)
