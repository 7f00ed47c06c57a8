"""Writes boards that answer with 1,000 postings at once: JSON of 5 MB each, as Recruitee's API."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.speed import openings
from benchmarks.speed.website import EDITION, ROBOTS, VERSIONS

if TYPE_CHECKING:
    from pathlib import Path

POSTINGS = 1000
WORDS = 430
"""Words of a text, so that a board of 1,000 is 5 MB."""


@dataclass(frozen=True, slots=True)
class Boards:
    """So many boards under ``folder``, each at an address of its own."""

    folder: Path
    count: int
    validated: bool = True

    @property
    def addresses(self) -> list[str]:
        """The addresses of the boards."""
        return [f"127.0.{1 if self.validated else 2}.{at + 1}" for at in range(self.count)]

    def write(self) -> None:
        """Write the boards that are not there yet."""
        for at, address in enumerate(self.addresses):
            folder = self.folder / VERSIONS[0] / address
            if not (folder / EDITION).exists():
                (folder / "api").mkdir(parents=True, exist_ok=True)
                rows = [row(at * POSTINGS + number) for number in range(POSTINGS)]
                (folder / "api" / "offers").write_text(json.dumps({"offers": rows}))
                (folder / "robots.txt").write_text(ROBOTS)
                (folder / EDITION).touch()


def row(number: int) -> dict[str, Any]:
    """Give one posting as such a board states it."""
    stated = openings.opening(number)
    town, region, country = stated.town
    text = openings.prose(random.Random(f"board {number}"), WORDS)
    return {
        "id": number,
        "title": stated.title,
        "status": "published",
        "description": f"<p>{text}</p>",
        "requirements": "".join(f"<p>{each}</p>" for each in stated.paragraphs[:2]),
        "locations": [{"city": town, "state": region, "country": country}],
        "employment_type_code": "fulltime",
        "salary": {
            "min": f"{stated.pay}",
            "max": f"{stated.pay + 9000}",
            "currency": "EUR",
            "period": "year",
        },
        "company_name": "Quenlow Board Works",
        "department": stated.title.split()[0],
        "published_at": f"{stated.posted} 08:00:00 UTC",
        "careers_url": f"https://quenlow.example/o/{stated.slug}",
        "careers_apply_url": f"https://quenlow.example/o/{stated.slug}/c/new",
    }
