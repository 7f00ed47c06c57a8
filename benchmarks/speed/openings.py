"""Openings that nobody has: invented words, the same for the same number in every run."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

EVERY = 100
"""One opening in so many is edited, one is new and one is removed in the second version."""
EDITED, REMOVED = 7, 43
"""What remains of the number of an opening that is edited or removed, divided by ``EVERY``."""
EDITS = ("pay", "town", "passage", "deadline")
"""What is edited, by turns. The deadline stands in the JSON-LD alone, as on many a site."""
TOWNS = (
    ("Velmora", "VM", "NO"),
    ("Tarnwick", "TW", "GB"),
    ("Osselby", "OS", "DK"),
    ("Karvanto", "KV", "FI"),
    ("Brunnsee", "BS", "DE"),
    ("Pallanza Nova", "PN", "IT"),
)
CRAFTS = (
    "Surveyor",
    "Rigger",
    "Analyst",
    "Lamp Keeper",
    "Planner",
    "Kiln Engineer",
    "Cartographer",
)
FIELDS = ("Tidal", "Alpine", "Harbour", "Glass", "Orbital", "Peat", "Signal", "Cable", "Dune")
_ONSETS = ("b", "br", "d", "f", "g", "gl", "h", "k", "l", "m", "n", "p", "r", "s", "st", "t", "v")
_RIMES = ("a", "an", "e", "el", "en", "er", "i", "in", "o", "on", "or", "u", "um", "ast", "ield")


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening as its page states it; ``paragraphs`` are the description, pay is a year's."""

    number: int
    title: str
    town: tuple[str, str, str]
    pay: int
    posted: str
    deadline: str
    paragraphs: tuple[str, ...]

    @property
    def slug(self) -> str:
        """The last part of its page's address."""
        return f"{self.number}-{self.title.lower().replace(' ', '-')}"


def _vocabulary() -> list[str]:
    chance = random.Random(11)
    made: dict[str, None] = {}
    while len(made) < 4000:  # noqa: PLR2004 - as many as a site's texts use
        parts = range(chance.choice((1, 2, 2, 3)))
        made["".join(chance.choice(_ONSETS) + chance.choice(_RIMES) for _ in parts)] = None
    return list(made)


WORDS = _vocabulary()
# Often used words are used often, as in any language (Zipf), so that texts compress as texts do.
_SUMS = [0.0]
for _rank in range(1, len(WORDS) + 1):
    _SUMS.append(_SUMS[-1] + 1 / _rank)
_SUMS.pop(0)


def prose(chance: random.Random, words: int) -> str:
    """Give so many words as sentences of a dozen."""
    drawn = chance.choices(WORDS, cum_weights=_SUMS, k=words)
    parts = [" ".join(drawn[at : at + 12]) for at in range(0, words, 12)]
    return ". ".join(part.capitalize() for part in parts) + "."


def opening(number: int) -> Opening:
    """Give the opening with this number, as it is first stated."""
    chance = random.Random(number)
    lengths = [chance.randint(20, 90) for _ in range(chance.randint(5, 11))]
    return Opening(
        number,
        f"{chance.choice(FIELDS)} {chance.choice(CRAFTS)} {number}",
        chance.choice(TOWNS),
        chance.randrange(38_000, 91_000, 500),
        f"2026-{chance.randint(1, 10):02}-{chance.randint(1, 28):02}",
        f"2031-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
        tuple(prose(chance, length) for length in lengths),
    )


def edit(number: int) -> str | None:
    """Say what the second version edits in the opening with this number, if anything."""
    return EDITS[number // EVERY % len(EDITS)] if number % EVERY == EDITED else None


def edited(before: Opening) -> Opening:
    """Give an opening as the second version states it."""
    match edit(before.number):
        case "pay":
            return replace(before, pay=before.pay + 4500)
        case "town":
            return replace(before, town=TOWNS[(TOWNS.index(before.town) + 1) % len(TOWNS)])
        case "passage":
            added = prose(random.Random(-before.number), 40)
            return replace(before, paragraphs=(*before.paragraphs, added))
        case "deadline":
            return replace(before, deadline="2032" + before.deadline[4:])
        case _:
            return before


def first(numbers: Sequence[int]) -> list[Opening]:
    """Give the openings of the first version."""
    return [opening(number) for number in numbers]


def second(numbers: Sequence[int], fresh: Sequence[int]) -> list[Opening]:
    """Give the openings of the second version: one in ``EVERY`` edited, one removed, some fresh."""
    kept = [number for number in numbers if number % EVERY != REMOVED]
    return [edited(opening(number)) for number in kept] + first(fresh)
