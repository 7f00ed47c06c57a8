"""Pages as careers sites serve them: mostly not the posting. 16 to 51 kB, 32 kB in the mean."""

from __future__ import annotations

import json
import random
from html import escape
from typing import TYPE_CHECKING, Any

from benchmarks.speed.openings import CRAFTS, FIELDS, TOWNS, WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.speed.openings import Opening

CARDS = 50
"""Openings on one page of a listing."""


class Template:
    """What all pages of one site share: its name, style, script and navigation, drawn once."""

    def __init__(self, site: int) -> None:
        chance = random.Random(f"site {site}")
        self.name = f"{WORDS[300 + site].capitalize()} {WORDS[900 + site].capitalize()} Works"
        self.state = site % 2 == 1
        """Whether its pages carry the state of the script that drew them."""
        names = chance.sample(WORDS, 80)
        self.style = "".join(
            f".{name}-{at}{{margin:{at % 9}px {at % 5}rem;color:#{chance.randrange(4096):03x};"
            f"display:{chance.choice(('flex', 'grid', 'block'))}}}\n"
            for at, name in enumerate(names)
        )
        self.script = "".join(
            f"window.{name}=function(a,b){{return a.{names[at - 1]}||b[{at}]}};\n"
            for at, name in enumerate(names[:50])
        )
        self.menu = "".join(
            f'<li class="{name}-{at} nav__item" data-track="{name}">'
            f'<a class="nav__link" href="/about/{name}" aria-label="{name}">{name}</a></li>\n'
            for at, name in enumerate(names[:30])
        )

    def page(self, title: str, head: str, main: str) -> str:
        """Give a whole page around what is its own."""
        return (
            f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">'
            f"<title>{escape(title)} | {self.name}</title>\n<style>{self.style}</style>\n{head}"
            f"<script>{self.script}</script></head>\n<body><header><nav><ul>{self.menu}</ul></nav>"
            f"</header>\n<main>{main}</main>\n<footer><p>{self.name}</p></footer></body></html>\n"
        )


def structured(opening: Opening, template: Template) -> dict[str, Any]:
    """Give an opening in schema.org's words."""
    town, region, country = opening.town
    address = {"@type": "PostalAddress", "addressLocality": town, "addressRegion": region}
    value = {"@type": "QuantitativeValue", "unitText": "YEAR", "minValue": opening.pay}
    return {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": opening.title,
        "identifier": {"@type": "PropertyValue", "name": template.name, "value": opening.slug},
        "datePosted": opening.posted,
        "validThrough": opening.deadline,
        "employmentType": "FULL_TIME",
        "hiringOrganization": {"@type": "Organization", "name": template.name},
        "jobLocation": {"@type": "Place", "address": address | {"addressCountry": country}},
        "baseSalary": {
            "@type": "MonetaryAmount",
            "currency": "EUR",
            "value": value | {"maxValue": opening.pay + 9000},
        },
        "description": "".join(f"<p>{text}</p>" for text in opening.paragraphs),
    }


def posting_page(opening: Opening, template: Template) -> str:
    """Give the page of an opening, with as many similar ones beside it as its number gives."""
    chance = random.Random(f"beside {opening.number}")
    facts = structured(opening, template)
    head = f'<script type="application/ld+json">{json.dumps(facts)}</script>\n'
    state = {"vacancy": facts, "flags": dict.fromkeys(chance.sample(WORDS, 60), True)}
    drawn = f"<script>window.__STATE__={json.dumps(state)}</script>" if template.state else ""
    text = "\n".join(f"<p>{paragraph}</p>" for paragraph in opening.paragraphs)
    main = (
        f'<article class="vacancy"><h1 class="vacancy__title">{opening.title}</h1>\n'
        f'<ul class="facts"><li class="facts__place">{opening.town[0]}</li>'
        f'<li class="facts__pay">EUR {opening.pay:,} - {opening.pay + 9000:,} per year</li>'
        f'<li class="facts__date">{opening.posted}</li>'
        f'<li class="facts__company">{template.name}</li></ul>\n'
        f'<div class="vacancy__text">{text}</div></article>\n'
        f'<aside class="similar"><h2>Similar vacancies</h2>{_similar(chance)}</aside>{drawn}'
    )
    return template.page(opening.title, head, main)


def _similar(chance: random.Random) -> str:
    """Give 0 to 30 cards of openings elsewhere, which are none of the page's own."""
    return "".join(
        f'<div class="similar__card" data-id="{chance.randrange(10**9)}"><h3 class="similar__name">'
        f'{chance.choice(FIELDS)} {chance.choice(CRAFTS)}</h3><span class="similar__place">'
        f'{chance.choice(TOWNS)[0]}</span><p class="similar__teaser">'
        f"{' '.join(chance.choices(WORDS, k=60))}</p>"
        f'<span class="similar__pay">EUR {chance.randrange(30, 90)},000 per year</span></div>\n'
        for _ in range(chance.randint(0, 30))
    )


def listing_page(cards: Sequence[Opening], template: Template, following: str | None) -> str:
    """Give one page of the listing, with a link to the ``following`` one."""
    rows = "\n".join(_card(card) for card in cards)
    after = f'<a rel="next" class="pager__next" href="{following}">Next</a>' if following else ""
    main = f'<h1>Vacancies</h1><section class="cards">{rows}</section><nav>{after}</nav>'
    return template.page("Vacancies", "", main)


def _card(card: Opening) -> str:
    return (
        f'<div class="card"><h2 class="card__title"><a href="/jobs/{card.slug}">{card.title}</a>'
        f'</h2><span class="card__place">{card.town[0]}</span>'
        f'<span class="card__pay">EUR {card.pay:,} - {card.pay + 9000:,} per year</span>'
        f'<time class="card__date">{card.posted}</time>'
        f'<p class="card__teaser">{card.paragraphs[0]}</p></div>'
    )
