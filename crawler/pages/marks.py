"""The words by which pages set other vacancies apart from their own, in many languages."""

from __future__ import annotations

import re

from crawler.fields.patterns import late

# One wording a line: headlines after which only other vacancies follow.
_FENCES = r"""
(?:similar|related|matching|suggested) (?:\w+ ){0,2}?(?:jobs?|vacancies|positions?).{0,40}
(?:similar|related|matching|suggested) (?:\w+ ){0,2}?(?:roles?|openings?|postings?).{0,40}
recommended (?:jobs?|vacancies|positions?|roles?|openings?|postings?).{0,40}
(?:similar|related|suggested|recommended) (?:opportunities|offers?|listings?|searches).{0,40}
(?:other|more) (?:\w+ ){0,2}?(?:jobs|vacancies|positions|roles)
(?:other|more) (?:\w+ ){0,2}?(?:jobs|vacancies|positions|roles) (?:at|from|in|near|like|you) .{0,60}
(?:other|more) (?:open )?(?:openings|opportunities|postings).{0,60}
people also (?:viewed|searched|considered).{0,40}
(?:jobs|vacancies|positions|roles) you (?:may|might|could)(?: also)? (?:like|be interested in)
(?:jobs|vacancies|positions|roles) (?:(?:similar|related) to .{0,80}|like this|for you|nearby)
you (?:may|might) also (?:like|be interested in).{0,40}
recommended(?: for you| by .{0,40})?
explore (?:more|other|similar) .{0,40}
(?:ähnliche|weitere|passende) (?:jobs|stellen\w*|angebote|positionen).{0,40}
(?:offres?|emplois|annonces) (?:d'emploi )?similaires?
autres (?:offres|postes|emplois).{0,40}
(?:ofertas|empleos|vacantes) (?:similares|relacionad[ao]s)
vagas (?:similares|semelhantes|relacionadas)
(?:vergelijkbare|soortgelijke|andere) vacatures
(?:offerte|annunci|lavori) simili
podobn[eéá] (?:nabídky|oferty|ogłoszenia|pozice)
(?:lignende|liknande|relaterte) (?:stillinger|jobb|jobs)
(?:похожие|схожі) ваканс(?:ии|ії)
(?:この求人に)?似(?:ている|た)求人
(?:类似|相似)职位
"""
_ENDS = r"""
do you want to receive more
subscribe(?: and| to| now|$)
get (?:new|similar|the latest) .{0,30}(?:jobs|vacancies).{0,30}(?:e-?mail|inbox|alert)
(?:create|set up) (?:a |an )?(?:job |e-?mail )?alert
be the first to (?:apply|know)
receive (?:new|similar)\b
sign up for (?:job )?alerts
(?:popular|related|similar|suggested) searches
searches related
"""


def _wordings(lines: str) -> str:
    return "|".join(lines.split("\n")[1:-1])


FENCE = late(rf"(?:{_wordings(_FENCES)})[\s:.…]*", re.IGNORECASE)
# What closes a run of vacancies: an offer to subscribe, then links to searches.
END = late(_wordings(_ENDS), re.IGNORECASE)
