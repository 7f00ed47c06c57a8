"""What a posting's text states besides its fields: who may work, how many hours, days on site.

They are derived from title and text whenever they are asked for, by today's readers; nothing of
them is stored, so there is nothing to migrate, and no newer reader can make news of an old text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.fields import eligibility, hours, workplace

if TYPE_CHECKING:
    from crawler.fields.stated import Stated

_READERS: Final = {
    "eligibility_to_work": eligibility.read,
    "work_hours": hours.read,
    "office_days": workplace.days,
}
_LONGEST = 100_000
"""Characters of title and text in which conditions are looked for: more is no posting's text."""


def read(title: str, body: str) -> dict[str, tuple[Stated, ...]]:
    """Give what is stated, by the name of the condition; places count in title, newline, body."""
    text = f"{title}\n{body}"[:_LONGEST]
    return {name: reader(text) for name, reader in _READERS.items()}
